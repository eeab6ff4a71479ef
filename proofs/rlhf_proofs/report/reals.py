"""What the page on the real numbers shows: over which fields statements hold, definitions from Lean, statements."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from rlhf_proofs.lean.census import MARKS

if TYPE_CHECKING:
    from rlhf_proofs.report.pages import Pages

__all__ = ["reals_page"]

# Where a theorem holds, as `holds_over` says it, the widest first: what the page calls it, and what it means.
_TIERS = {
    "exponential ordered fields": (
        "Any exponential ordered field",
        "A linearly ordered field with two functions exp and log that obey three laws; the reals are one.",
    ),
    "Archimedean fields": (
        "Archimedean fields",
        "Those among them in which every element is at most some natural number; the reals are one.",
    ),
    "the reals": ("The reals", "The numbers constructed below, or every complete ordered field, which is the same."),
}
_DEFINITIONS = (
    "ExpField", "Archimedean", "CauSeq", "CauSeq.Equiv", "CauSeq.le", "Real", "Real.sup", "Real.compound", "Real.exp",
    "Real.log", "CompleteField", "IsFieldIso",
)  # fmt: skip


def reals_page(pages: "Pages") -> dict[str, Any]:
    """Return the context of the template; a definition or statement that the check has not seen is left out."""
    return {
        "rows": pages.rows,
        "tiers": [_tier(over, pages.rows) for over in _TIERS],
        "sources": {f"RLHF.{name}": pages.definition(f"RLHF.{name}") for name in _DEFINITIONS},
        "analysis": [slug for slug, row in pages.rows.items() if row.get("group_slug") == "analysis"],
    }


def _tier(over: str, rows: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    name, meaning = _TIERS[over]
    ids = [slug for slug, row in rows.items() if row["lean"].get("holds_over") == over]
    return {"anchor": over.replace(" ", "-"), "name": name, "mark": MARKS.get(over), "meaning": meaning, "ids": ids}
