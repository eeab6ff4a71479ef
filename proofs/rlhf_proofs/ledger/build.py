"""The ledger: for every statement what is proved, derived, tested, and how much that is worth together."""

import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

from rlhf_numeric.evaluation.case_json import Form, StoredFileError, read_stored, sealed
from rlhf_proofs.errors import CannotRunError, LeanFailureError, require_known
from rlhf_proofs.lean.audit import LibraryReport
from rlhf_proofs.lean.backend import BackendName
from rlhf_proofs.lean.library import Library, sha256
from rlhf_proofs.lean.summary import library_json
from rlhf_proofs.ledger.environment import environment
from rlhf_proofs.ledger.evidence import Evidence, LeanEvidence, NumericEvidence, Status, SymbolicEvidence
from rlhf_proofs.ledger.gather import (
    Kind,
    derivation_evidence,
    kernel_library,
    lean_evidence,
    numeric_evidence,
    own_words,
    require_one_theorem,
    run_kernel,
    run_lean,
    symbolic_evidence,
)
from rlhf_proofs.ledger.resolution import unseen_factor, unseen_in_words
from rlhf_proofs.ledger.verdict import contradictions, exit_code, verdict
from rlhf_proofs.progress import Progress, silent
from rlhf_proofs.records.pins import changed_since, load_pins, require_rows
from rlhf_proofs.records.recorded import chosen, recorded_ledger
from rlhf_proofs.records.tightness import all_tightness
from rlhf_proofs.resources import (
    audit_source,
    cache_directory,
    claims_folder,
    driver_source,
    pins_folder,
    proofs_directory,
    replace_text,
    schema_file,
    setting_file,
)
from rlhf_proofs.table import ClaimEntry, load_table
from rlhf_symbolic import DERIVATIONS

__all__ = [
    "Ledger",
    "Row",
    "build_ledger",
    "read_ledger",
    "recall",
    "released",
    "remember",
    "sources_digest",
    "stored_ledger",
]

SCHEMA = 4


@dataclass(frozen=True)
class Row:
    """One statement with its evidence.

    ``pinned`` is the hash of the Lean statement that its derivation and its claim were written against; ``tightness``
    what the last campaign and the last hunt with the present sources found, None for one that was not run. ``changed``
    names what of the row is not as it was pinned; None if it never was.
    """

    entry: ClaimEntry
    pinned: str | None
    lean: LeanEvidence
    symbolic: SymbolicEvidence
    numeric: NumericEvidence
    tightness: Mapping[str, Mapping[str, Any] | None]
    changed: tuple[str, ...] | None = ()

    @property
    def evidence(self) -> dict[Kind, Evidence]:
        """The three kinds by name."""
        return {"lean": self.lean, "symbolic": self.symbolic, "numeric": self.numeric}

    @property
    def verdict(self) -> tuple[Status, str]:
        """Effective status and the reason, see `rlhf_proofs.ledger.verdict`."""
        declared = {"lean": self.entry.lean, "symbolic": self.entry.symbolic, "numeric": self.entry.numeric}
        evidence: dict[str, tuple[Status, str]] = {
            kind: (found.status, found.why) for kind, found in self.evidence.items()
        }
        return verdict(evidence, [kind for kind, name in declared.items() if name is not None], self.changed)

    def as_json(self) -> dict[str, Any]:
        """Return the row in the form of the schema."""
        effective, why = self.verdict
        e = self.entry
        head: dict[str, Any] = {
            "id": e.id,
            "title": e.title,
            "group": e.group,
            "paper": e.paper,
            "papers": e.papers,
            "group_slug": e.group_slug,
            **own_words(e),
            "pinned_sha256": self.pinned,
        }
        head["changed"] = self.changed
        found = {k: asdict(v) for k, v in self.evidence.items()} | {"tightness": dict(self.tightness)}
        numbers = {
            "unseen_factor": unseen_factor(self.numeric, self.tightness),
            "unseen": unseen_in_words(self.numeric, self.tightness),
        }
        return head | found | numbers | {"effective": effective, "why": why}


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
    warnings
        What a reader must know beside the rows, in sentences.
    """

    rows: tuple[Row, ...]
    derivations: tuple[SymbolicEvidence, ...]
    lean: LibraryReport | CannotRunError | LeanFailureError | None
    sources: str
    made: datetime
    warnings: tuple[str, ...] = ()

    @property
    def exit_code(self) -> int:
        """0 ok · 1 refuted, vacuous, stale or unproved · 2 something could not run."""
        statuses = [*(r.verdict[0] for r in self.rows), *(d.status for d in self.derivations)]
        accepted = self.lean.accepted if isinstance(self.lean, LibraryReport) else None
        if isinstance(self.lean, LeanFailureError):
            accepted = False
        return exit_code(statuses, accepted=accepted, could_not_run=isinstance(self.lean, CannotRunError))

    def as_json(self) -> dict[str, Any]:
        """Return the ledger in the form of ``check.schema.json``, with the digest of all of it."""
        body = {
            "schema": SCHEMA,
            "version": version("rlhf-lemmas"),
            "made": self.made.isoformat(timespec="seconds"),
            "sources_sha256": self.sources,
            "environment": environment(self.lean.backend if isinstance(self.lean, LibraryReport) else None),
            "warnings": list(self.warnings),
            "lean": library_json(self.lean, [r.entry.lean for r in self.rows if r.entry.lean is not None]),
            "claims": [row.as_json() for row in self.rows],
            "derivations": [asdict(derivation) for derivation in self.derivations],
        }
        return sealed(body)


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
        Another claim table, or folder of tables, than the one that ships with the package.
    pins
        Another folder or file of pins.

    Raises
    ------
    UnknownClaimError
        If an id is not in the table.
    TableError
        If table or pins are damaged, a row names evidence of another theorem, or a pinned statement is not there.
    """
    everything, pinned = load_table(table), load_pins(pins)
    require_one_theorem(everything)
    require_rows(everything, pinned)
    require_known("statement", claims, [e.id for e in everything])
    entries = [e for e in everything if not claims or e.id in claims]
    outcome = None
    if only in (None, "lean"):
        outcome = _try(lambda: run_lean(everything, lean, progress, fresh=fresh))
    kernel = None
    if only is None and not isinstance(outcome, CannotRunError) and any(e.symbolic for e in entries):
        kernel = _try(lambda: run_kernel(lean, progress, fresh=fresh))
    attacks, warnings = _tightness()
    named = {entry.symbolic for entry in everything}
    others = [] if claims else [id for id in DERIVATIONS if id not in named]
    total = len(entries) + len(others)
    rows = []
    for i, entry in enumerate(entries):
        progress(entry.id, i, total)
        pin = pinned.get(entry.id)
        digest = None if pin is None else pin.sha256
        rows.append(
            Row(
                entry,
                digest,
                lean_evidence(entry, outcome, digest),
                symbolic_evidence(entry, run=only in (None, "symbolic"), kernel=kernel),
                numeric_evidence(entry, run=only in (None, "numeric"), instances=instances, seed=seed),
                {kind: attacks.get(kind, {}).get(entry.numeric or "") for kind in ("campaign", "hunt")},
                changed_since(pin, entry, outcome if isinstance(outcome, LibraryReport) else None),
            )
        )
    derivations = []
    for i, id in enumerate(others, start=len(entries)):
        progress(id, i, total)
        derivations.append(derivation_evidence(id, run=only in (None, "symbolic"), kernel=kernel))
    progress("done", total, total)
    return Ledger(tuple(rows), tuple(derivations), outcome, sources_digest(), datetime.now(UTC), warnings)


def _tightness() -> tuple[Mapping[str, Mapping[str, Any]], tuple[str, ...]]:
    """Return what campaigns and hunts have found; nothing, and a warning, if their file is damaged."""
    try:
        return all_tightness(), ()
    except CannotRunError as error:
        return {}, (f"no row has its tightness: {error}",)


def _try(run: Callable[[], LibraryReport]) -> LibraryReport | CannotRunError | LeanFailureError:
    try:
        return run()
    except (CannotRunError, LeanFailureError) as error:
        return error


def sources_digest() -> str:
    """Return a digest of the Lean libraries, the driver, tables, setting, pins and the three Python packages."""
    libraries = [Library.load(proofs_directory()), kernel_library()]
    python = [
        path
        for package in ("rlhf_numeric", "rlhf_symbolic", "rlhf_proofs")
        for path in sorted(Path(str(files(package))).rglob("*.py"))
    ]
    tables, pins = sorted(claims_folder().glob("*.toml")), sorted(pins_folder().glob("*.json"))
    others = [*tables, setting_file(), *pins, driver_source(), audit_source(), *python]
    return sha256(*(m.source for library in libraries for m in library.modules), *(p.read_bytes() for p in others))


def stored_ledger() -> Path:
    """Return the file in which the last full check stored its ledger."""
    return cache_directory() / "ledger.json"


def remember(ledger: Ledger) -> Path:
    """Store the ledger for ``ledger`` and ``show``; return the file."""
    path = stored_ledger()
    replace_text(path, json.dumps(ledger.as_json(), indent=1))
    return path


def recall() -> dict[str, Any]:
    """Return the last stored ledger as JSON, or the one of the release, with who recorded it as ``recorded``.

    Raises
    ------
    CannotRunError
        If there is none, or it is not to be believed.
    """
    own = read_ledger(stored_ledger()) if os.path.lexists(stored_ledger()) else None
    try:
        recorded = released()
    except CannotRunError:  # what somebody else has recorded is not needed where there is an own check
        if own is None:
            raise
        recorded = None
    found = chosen(own, recorded, sources_digest())
    if found is None:
        raise CannotRunError("no check has been run yet: rlhf-lemmas check")
    return found


def released() -> dict[str, Any] | None:
    """Return the recorded ledger of the release, or None if there is none, see `rlhf_proofs.records.recorded`."""
    return recorded_ledger(read_ledger, sources_digest())


def read_ledger(path: Path) -> dict[str, Any]:
    """Return a ledger that `rlhf-lemmas check` wrote, as JSON.

    Raises
    ------
    CannotRunError
        If the file is damaged or of another version, or a verdict in it does not follow from its parts.
    """
    schema = json.loads(schema_file().read_text(encoding="utf-8"))
    remedy = "make it anew: rlhf-lemmas check"
    try:
        stored: dict[str, Any] = read_stored(path, Form("the ledger of a check by this version", remedy, schema))
    except StoredFileError as error:
        raise CannotRunError(*error.args) from error
    if wrong := next(contradictions(stored), None):
        raise CannotRunError(f"{path}: expected a ledger that agrees with itself, but {wrong}; {remedy}")
    return stored
