"""How tight the claims are: the worst cases of campaigns and hunts, remembered as long as the sources stay the same."""

import json
from collections.abc import Iterable
from typing import Any

from rlhf_numeric.campaign import sources_digest
from rlhf_numeric.claim import Claim
from rlhf_proofs.resources import cache_directory, replace_text

__all__ = ["all_tightness", "recall_tightness", "remember_tightness", "tightness_table"]

_NAME = "tightness.json"
_COLUMNS = (
    *("claim", "instances", "vacuous", "equal", "undecided", "unsettled"),
    *("campaign: worst lhs/rhs", "at (seed, chunk, row, scheme)", "hunt: best lhs/rhs"),
)
_HEADER = f"| {' | '.join(_COLUMNS)} |"
_RULE = f"| --- |{' ---: |' * (len(_COLUMNS) - 1)}"


def remember_tightness(kind: str, figures: dict[str, dict[str, Any]]) -> None:
    """Store figures by claim under "campaign" or "hunt"; what is known of other claims stays."""
    stored = _load()
    stored[kind] = stored.get(kind, {}) | figures
    replace_text(cache_directory() / _NAME, json.dumps(stored | {"sources": sources_digest()}, indent=1))


def all_tightness() -> dict[str, dict[str, dict[str, Any]]]:
    """Return what "campaign" and "hunt" have found with the present sources, by claim."""
    return {kind: figures for kind, figures in _load().items() if kind != "sources"}


def recall_tightness(claim: str) -> dict[str, dict[str, Any]]:
    """Return what campaign and hunt have found on a claim with the present sources."""
    return {kind: figures[claim] for kind, figures in all_tightness().items() if claim in figures}


def tightness_table(claims: Iterable[Claim]) -> str:
    """Return what campaign and hunt have found with the present sources, as Markdown; "–" where neither was run."""
    return "\n".join((_HEADER, _RULE, *map(_row, claims)))


def _row(claim: Claim) -> str:
    known = recall_tightness(claim.id)
    campaign, hunt = known.get("campaign"), known.get("hunt")
    cells = [f"`{claim.id}`"]
    if campaign is None:
        cells += ["–"] * 7
    else:
        counted = campaign["equal"] + campaign["unsettled"]
        cells += [campaign["instances"], campaign["vacuous"], campaign["equal"], campaign["undecided"] - counted]
        cells += [campaign["unsettled"], _worst(claim, campaign), _address(campaign["worst_instance_seed"])]
    best = None if hunt is None or claim.kind == "identity" else hunt["worst_ratio"]
    cells.append("–" if best is None else f"{best:.9g}")
    return f"| {' | '.join(map(str, cells))} |"


def _worst(claim: Claim, campaign: dict[str, Any]) -> str:
    if claim.kind == "identity":
        return "–" if campaign["worst_gap"] is None else f"= within {campaign['worst_gap']:.0e}"
    return "–" if campaign["worst_ratio"] is None else f"{campaign['worst_ratio']:.9g}"


def _address(origin: list[int | str] | None) -> str:
    return "–" if origin is None else ", ".join(map(str, origin))


def _load() -> dict[str, Any]:
    try:
        stored: dict[str, Any] = json.loads((cache_directory() / _NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stored if stored.get("sources") == sources_digest() else {}
