"""The ledger: for every statement what is proved, derived, tested, and how much that is worth together."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from rlhf_proofs.errors import CannotRunError, LeanFailureError, UnknownClaimError
from rlhf_proofs.evidence import Evidence, LeanEvidence, NumericEvidence, Status, SymbolicEvidence
from rlhf_proofs.gather import (
    Kind,
    derivation_evidence,
    kernel_library,
    lean_evidence,
    numeric_evidence,
    run_kernel,
    run_lean,
    symbolic_evidence,
)
from rlhf_proofs.lean.audit import LibraryReport
from rlhf_proofs.lean.backend import BackendName
from rlhf_proofs.lean.census import Reader
from rlhf_proofs.lean.library import Library, sha256
from rlhf_proofs.pins import load_pins
from rlhf_proofs.progress import Progress, silent
from rlhf_proofs.resources import (
    audit_source,
    cache_directory,
    claims_file,
    driver_source,
    pins_file,
    proofs_directory,
    replace_text,
)
from rlhf_proofs.table import ClaimEntry, load_table
from rlhf_proofs.tightness import all_tightness
from rlhf_symbolic import DERIVATIONS

__all__ = ["Ledger", "Row", "build_ledger", "recall", "remember", "sources_digest"]

SCHEMA = 3
_DONE = {"lean": Status.PROVED, "symbolic": Status.DERIVED, "numeric": Status.TESTED}


@dataclass(frozen=True)
class Row:
    """One statement with its evidence.

    ``pinned`` is the hash of the Lean statement that its derivation and its claim were written against; ``tightness``
    what the last campaign and the last hunt with the present sources found, None for one that was not run.
    """

    entry: ClaimEntry
    pinned: str | None
    lean: LeanEvidence
    symbolic: SymbolicEvidence
    numeric: NumericEvidence
    tightness: Mapping[str, Mapping[str, Any] | None]

    @property
    def evidence(self) -> dict[Kind, Evidence]:
        """The three kinds by name."""
        return {"lean": self.lean, "symbolic": self.symbolic, "numeric": self.numeric}

    @property
    def verdict(self) -> tuple[Status, str]:
        """Effective status and the reason.

        A refutation, a vacuous test or a stale statement outweighs everything, and so does evidence that the table
        promises and that did not come about. Else the strongest kind that was reached counts: proved, derived, tested.
        """
        declared = {"lean": self.entry.lean, "symbolic": self.entry.symbolic, "numeric": self.entry.numeric}
        for bad in (Status.REFUTED, Status.VACUOUS, Status.STALE):
            for kind, evidence in self.evidence.items():
                if evidence.status is bad:
                    return bad, f"{kind}: {evidence.why}"
        for kind, evidence in self.evidence.items():
            if declared[kind] is not None and evidence.status is Status.OPEN:
                return Status.OPEN, f"{kind}: {evidence.why}"
        reached = [k for k, e in self.evidence.items() if e.status is _DONE[k]]
        missing = [f"{k} {e.status}" for k, e in self.evidence.items() if e.status in (Status.OPEN, Status.NOT_RUN)]
        if not reached:
            return Status.NOT_RUN, "; ".join(missing) or "no evidence"
        first = reached[0]
        return _DONE[first], "; ".join([f"{first}: {self.evidence[first].why}", *missing])

    def as_json(self) -> dict[str, Any]:
        """Return the row in the form of the schema."""
        effective, why = self.verdict
        e = self.entry
        head = {"id": e.id, "title": e.title, "group": e.group, "paper": e.paper, "pinned_sha256": self.pinned}
        found = {k: asdict(v) for k, v in self.evidence.items()} | {"tightness": dict(self.tightness)}
        return head | found | {"effective": effective, "why": why}


@dataclass(frozen=True)
class Ledger:
    """All rows, and what the Lean run said of the library as a whole.

    Attributes
    ----------
    rows
        One for each statement asked for, in the order of the table.
    derivations
        One for each derivation that no statement of the table names; none if only some statements were asked for.
    lean
        Report of the library, why Lean could not run, how it failed, or None if it was not asked for.
    sources
        Digest of everything that was checked, so that an old ledger is seen to be old.
    made
        When, in UTC.
    """

    rows: tuple[Row, ...]
    derivations: tuple[SymbolicEvidence, ...]
    lean: LibraryReport | CannotRunError | LeanFailureError | None
    sources: str
    made: datetime

    @property
    def exit_code(self) -> int:
        """0 ok · 1 refuted, vacuous, stale or unproved · 2 something could not run."""
        bad = {Status.REFUTED, Status.VACUOUS, Status.STALE, Status.OPEN}
        reached = [*(r.verdict[0] for r in self.rows), *(d.status for d in self.derivations)]
        if bad.intersection(reached) or isinstance(self.lean, LeanFailureError):
            return 1
        if isinstance(self.lean, LibraryReport) and not self.lean.accepted:
            return 1
        return 2 if isinstance(self.lean, CannotRunError) else 0

    def as_json(self) -> dict[str, Any]:
        """Return the ledger in the form of ``check.schema.json``."""
        return {
            "schema": SCHEMA,
            "version": version("rlhf-lemmas"),
            "made": self.made.isoformat(timespec="seconds"),
            "sources_sha256": self.sources,
            "lean": _lean_json(self.lean, [r.entry.lean for r in self.rows if r.entry.lean is not None]),
            "claims": [row.as_json() for row in self.rows],
            "derivations": [asdict(derivation) for derivation in self.derivations],
        }


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


def _lean_json(
    outcome: LibraryReport | CannotRunError | LeanFailureError | None, theorems: Sequence[str]
) -> dict[str, Any]:
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


def build_ledger(
    *,
    only: Kind | None = None,
    claims: Sequence[str] = (),
    lean: BackendName = "auto",
    instances: int = 2000,
    seed: int = 0,
    fresh: bool = False,
    progress: Progress = silent,
    table: Path | None = None,
    pins: Path | None = None,
) -> Ledger:
    """Gather the evidence for the statements of the table.

    Parameters
    ----------
    only
        One kind of evidence; the others are marked not-run.
    claims
        Ids; empty for all.
    lean
        Back end.
    instances, seed
        Of the random search, for each claim.
    fresh
        Ignore what the cache holds.
    progress
        Called with (what, done, total).
    table
        Another claim table than the one that ships with the package.
    pins
        Another file of pins.

    Raises
    ------
    UnknownClaimError
        If an id is not in the table.
    """
    everything = load_table(table)
    unknown = sorted(set(claims) - {e.id for e in everything})
    if unknown:
        known = ", ".join(e.id for e in everything)
        raise UnknownClaimError(f"no statement with id {', '.join(unknown)}; known: {known}")
    entries = [e for e in everything if not claims or e.id in claims]
    outcome = None
    if only in (None, "lean"):
        outcome = _try(lambda: run_lean(everything, lean, progress, fresh=fresh))
    kernel = None
    if only is None and not isinstance(outcome, CannotRunError) and any(e.symbolic for e in entries):
        kernel = _try(lambda: run_kernel(lean, progress, fresh=fresh))
    pinned = {claim: pin.sha256 for claim, pin in load_pins(pins).items()}
    attacks = all_tightness()
    named = {entry.symbolic for entry in everything}
    others = [] if claims else [id for id in DERIVATIONS if id not in named]
    total = len(entries) + len(others)
    rows = []
    for i, entry in enumerate(entries):
        progress(entry.id, i, total)
        rows.append(
            Row(
                entry,
                pinned.get(entry.id),
                lean_evidence(entry, outcome, pinned.get(entry.id)),
                symbolic_evidence(entry, run=only in (None, "symbolic"), kernel=kernel),
                numeric_evidence(entry, run=only in (None, "numeric"), instances=instances, seed=seed),
                {kind: attacks.get(kind, {}).get(entry.numeric or "") for kind in ("campaign", "hunt")},
            )
        )
    derivations = []
    for i, id in enumerate(others, start=len(entries)):
        progress(id, i, total)
        derivations.append(derivation_evidence(id, run=only in (None, "symbolic"), kernel=kernel))
    progress("done", total, total)
    return Ledger(tuple(rows), tuple(derivations), outcome, sources_digest(), datetime.now(UTC))


def _try(run: Callable[[], LibraryReport]) -> LibraryReport | CannotRunError | LeanFailureError:
    try:
        return run()
    except (CannotRunError, LeanFailureError) as error:
        return error


def sources_digest() -> str:
    """Return a digest of the Lean libraries, the driver, the table, the pins and the three Python packages."""
    import rlhf_numeric
    import rlhf_proofs
    import rlhf_symbolic

    libraries = [Library.load(proofs_directory()), kernel_library()]
    python = [
        path
        for package in (rlhf_numeric, rlhf_symbolic, rlhf_proofs)
        for path in sorted(Path(str(package.__file__)).parent.rglob("*.py"))
    ]
    files = [claims_file(), pins_file(), driver_source(), audit_source(), *python]
    return sha256(*(m.source for library in libraries for m in library.modules), *(p.read_bytes() for p in files))


def remember(ledger: Ledger) -> Path:
    """Store the ledger for ``ledger`` and ``show``; return the file."""
    path = cache_directory() / "ledger.json"
    replace_text(path, json.dumps(ledger.as_json(), indent=1))
    return path


def recall() -> dict[str, Any]:
    """Return the last stored ledger as JSON.

    Raises
    ------
    CannotRunError
        If there is none, or another version stored it.
    """
    try:
        stored: dict[str, Any] = json.loads((cache_directory() / "ledger.json").read_text())
    except (OSError, ValueError) as error:
        raise CannotRunError("no check has been run yet: rlhf-lemmas check") from error
    if stored.get("schema") != SCHEMA:
        raise CannotRunError("the stored ledger is that of another version: rlhf-lemmas check")
    return stored
