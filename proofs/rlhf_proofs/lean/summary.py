"""What the ledger says of the Lean library as a whole."""

from collections.abc import Sequence
from typing import Any

from rlhf_proofs.errors import CannotRunError, LeanFailureError
from rlhf_proofs.lean.audit import LibraryReport
from rlhf_proofs.lean.census import Reader

__all__ = ["library_json"]


def _surface_json(report: LibraryReport, theorems: Sequence[str]) -> dict[str, Any]:
    surface = Reader(report).surface(theorems)
    files: dict[str, list[str]] = {}
    for place in surface.places:
        files.setdefault(place.module, []).append(place.name or f"instance at line {place.first}")
    return {
        "statements": surface.statements,
        "definitions": surface.definitions,
        "lines": surface.lines,
        "of": sum(report.lines.values()),
        "files": files,
        "unplaced": list(surface.unplaced),
    }


def library_json(
    outcome: LibraryReport | CannotRunError | LeanFailureError | None, theorems: Sequence[str]
) -> dict[str, Any]:
    """Return the outcome of a Lean run in the form of the schema; what is unknown is None."""
    if isinstance(outcome, LibraryReport):
        return {
            "toolchain": outcome.toolchain,
            "backend": outcome.backend,
            "accepted": outcome.accepted,
            "defects": list(outcome.defects),
            "modules": len(outcome.lines),
            "lines": sum(outcome.lines.values()),
            "replayed": outcome.replayed,
            "seconds": outcome.seconds,
            "cached": outcome.cached,
            "audit_surface": _surface_json(outcome, theorems),
        }
    defects = [] if outcome is None else [str(outcome)]
    unknown = dict.fromkeys(
        ("toolchain", "backend", "modules", "lines", "replayed", "seconds", "cached", "audit_surface")
    )
    return {**unknown, "accepted": None if not isinstance(outcome, LeanFailureError) else False, "defects": defects}
