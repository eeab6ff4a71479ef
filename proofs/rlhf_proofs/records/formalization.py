"""``formalization.yaml``: what was formalized, in the metadata format v0.4 that registries of formalizations read.

Sources come from ``CITATION.cff``, results from the claim table and the pins, divergences from ``DIVERGENCES.md``. It
says what holds of a library that the check has accepted, in which ``sorry`` cannot occur; so the command writes the
file only after a check of the present sources that proved every statement.
"""

import re
from importlib.metadata import version
from typing import Any

from rlhf_proofs.errors import CannotRunError
from rlhf_proofs.lean.audit import ALLOWED_AXIOMS
from rlhf_proofs.lean.library import Library
from rlhf_proofs.lean.scan import is_headline_file
from rlhf_proofs.records.pins import load_pins
from rlhf_proofs.resources import document, proofs_directory
from rlhf_proofs.table import ClaimEntry, load_table

__all__ = ["divergences", "formalization_yaml"]

_HEAD = "# formalization.yaml v0.4, written by `rlhf-lemmas formalization`; a test compares the two.\n"
_AXIOMS_NOTE = (
    "The three axioms of Lean's core are the most that the check allows; it refuses any other, sorry and trust in the "
    "compiler. Which of the three each result uses is visible with the official toolchain only."
)


def formalization_yaml() -> str:
    """Return the text of the file.

    Raises
    ------
    CannotRunError
        If PyYAML is not installed.
    """
    try:
        import yaml
    except ImportError as error:
        raise CannotRunError("PyYAML is missing: pip install 'rlhf-lemmas[report]'") from error
    text: str = yaml.safe_dump(
        _content(yaml.safe_load(document("CITATION.cff"))), sort_keys=False, allow_unicode=True, width=110
    )
    return _HEAD + text


def _content(citation: dict[str, Any]) -> dict[str, Any]:
    entries, pinned = load_table(), load_pins()
    axioms = sorted(ALLOWED_AXIOMS)
    results = [_result(e, pinned[e.id].sha256, axioms) for e in entries if e.lean is not None and e.id in pinned]
    return {
        "version": "v0.4",
        "project": {
            "name": "rlhf-lemmas",
            "description": citation["title"].partition(": ")[2],
            "authors": [a["name"] for a in citation["authors"]],
            "license": citation["license"],
            "version": version("rlhf-lemmas"),
        },
        "sources": [_source(r) for r in citation["references"]],
        "status": {
            "scope": "Finite prompts and actions, any exponential ordered field, core Lean 4 without Mathlib.",
            "sorry_count": 0,
            "sorry_in_definitions": 0,
            "axioms": axioms,
            "axioms_note": _AXIOMS_NOTE,
            "main_results": results,
        },
        "automation": {
            "methods": [{"method": "other", "notes": "How a proof was written is not recorded; the kernel checks it."}],
        },
        "fidelity": {"divergences": divergences()},
        "review": {
            "status": "self-assessed",
            "reviewers": [],
            "notes": "What must be trusted, and what must be read to know what the theorems say, is in TRUST.md.",
        },
        "alignment": {"namespace": "RLHF", "statements": [_alignment(e, e.id in pinned) for e in entries]},
    }


def _source(reference: dict[str, Any]) -> dict[str, Any]:
    return {
        "title": reference["title"],
        "authors": [f"{a['given-names']} {a['family-names']}" for a in reference["authors"]],
        "id": reference["identifiers"][0]["value"],
        "type": "preprint",
    }


def _result(entry: ClaimEntry, digest: str | None, axioms: list[str]) -> dict[str, Any]:
    lean = entry.lean or ""
    return {
        "declaration": lean, "file": _file_of(lean), "sorry_count": 0, "axioms": list(axioms),
        "statement_sha256": digest,
    }  # fmt: skip


def _file_of(theorem: str) -> str:
    """Return the file below ``proofs/`` that states a headline theorem; see `rlhf_proofs.lean.scan`."""
    found = re.compile(rf"^theorem {re.escape(theorem.removeprefix('RLHF.'))}\b", re.MULTILINE)
    main = [m for m in Library.load(proofs_directory()).modules if is_headline_file(m.name, "RLHF")]
    files = [m.name for m in main if found.search(m.source)]
    if len(files) != 1:
        raise CannotRunError(f"{theorem} is declared in {len(files)} files of the headline theorems, expected one")
    return f"proofs/{files[0].replace('.', '/')}.lean"


def _alignment(entry: ClaimEntry, pinned: bool) -> dict[str, Any]:
    status = "proved" if entry.lean is not None and pinned else "not-formalized"
    return {"source": entry.paper, "lean": entry.lean, "status": status, "note": entry.title}


def divergences() -> str:
    """Return the numbered items of ``DIVERGENCES.md``, one a line, without Markdown."""
    items = re.findall(r"^\d+\. .*(?:\n {2,}.*)*", document("DIVERGENCES.md"), re.MULTILINE)
    plain = (re.sub(r"\s+", " ", re.sub(r"\*\*|`", "", item)).replace("\\*", "*") for item in items)
    return "\n".join(plain) + "\n"
