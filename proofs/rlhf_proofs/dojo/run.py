"""From the proofs that ship with this package to the data set, in one call."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from rlhf_proofs.dojo.agreement import Agreement, compare
from rlhf_proofs.dojo.dataset import Theorem, theorems
from rlhf_proofs.dojo.extract import extract
from rlhf_proofs.dojo.graph import Edge, statement_edges
from rlhf_proofs.dojo.loader import lean_dojo, traced_repo
from rlhf_proofs.lean.backend import BackendName, find_backend
from rlhf_proofs.lean.library import Library
from rlhf_proofs.progress import Progress, silent
from rlhf_proofs.resources import proofs_directory
from rlhf_proofs.table import ClaimEntry, load_table

__all__ = ["Trace", "trace_proofs"]


@dataclass(frozen=True)
class Trace:
    """The proofs as LeanDojo sees them.

    Attributes
    ----------
    rows
        The theorems.
    edges
        Which statement of the claim table rests on which, by the sources and by the kernel; empty unless all modules
        were traced.
    agreement
        How the theorems compare with what the kernel holds.
    elaborated
        Modules that Lean traced now; the others came from the cache.
    toolchain, commit
        The Lean, and LeanDojo's name for the sources: a function of their content.
    """

    rows: tuple[Theorem, ...]
    edges: tuple[Edge, ...]
    agreement: Agreement
    elaborated: tuple[str, ...]
    toolchain: str
    commit: str


def trace_proofs(
    choice: BackendName = "auto", *,
    modules: Collection[str] | None = None, progress: Progress = silent, fresh: bool = False,
) -> Trace:  # fmt: skip
    """Trace the Lean library that ships with this package.

    Parameters
    ----------
    choice
        Which Lean to run.
    modules
        Names of those to trace; by default all.
    progress
        Called with (what, done, total).
    fresh
        Have Lean trace every module anew.

    Raises
    ------
    ValueError
        If there is no module of such a name.
    CannotRunError
        If lean-dojo, git or Lean is missing.
    LeanFailureError
        If the library is not accepted, or Lean failed.
    """
    lean_dojo()  # before Lean runs for minutes: it may be missing
    entries = load_table()
    headlines = [e.lean for e in entries if e.lean is not None]
    library = Library.load(proofs_directory())
    extraction = extract(library, find_backend(choice), headlines, modules=modules, progress=progress, fresh=fresh)
    with traced_repo(extraction, progress) as repo:
        rows = theorems(repo, extraction, claims_by_theorem(entries))
        commit = str(repo.repo.commit)
    agreement = compare(rows, extraction, headlines)
    edges = statement_edges(rows, extraction.report.constants) if modules is None else ()
    return Trace(rows, edges, agreement, extraction.elaborated, extraction.report.toolchain, commit)


def claims_by_theorem(entries: Sequence[ClaimEntry]) -> dict[str, list[str]]:
    """Return the ids that each theorem proves."""
    table: dict[str, list[str]] = {}
    for entry in entries:
        if entry.lean is not None:
            table.setdefault(entry.lean, []).append(entry.id)
    return table
