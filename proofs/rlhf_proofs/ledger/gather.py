"""Running the three kinds of evidence for the rows of the claim table."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any, Literal

from rlhf_numeric import CLAIMS
from rlhf_numeric.attacks import search
from rlhf_numeric.evaluation.findings import Tally
from rlhf_proofs.errors import CannotRunError, LeanFailureError, TableError
from rlhf_proofs.lean import Library, LibraryReport, check_library, find_backend
from rlhf_proofs.lean.audit import AuditedTheorem
from rlhf_proofs.lean.backend import BackendName
from rlhf_proofs.lean.census import Reader, holds_over, hypotheses
from rlhf_proofs.lean.scan import is_headline_file
from rlhf_proofs.ledger.evidence import LeanEvidence, NumericEvidence, Status, SymbolicEvidence
from rlhf_proofs.resources import proofs_directory
from rlhf_proofs.table import ClaimEntry, theorem_of
from rlhf_symbolic import DERIVATIONS, Derivation, DerivationResult, Shape, StepError
from rlhf_symbolic.lean import files as lean
from rlhf_symbolic.lean.true_gradient import tie_shapes

__all__ = [
    "Kind",
    "LeanOutcome",
    "derivation_evidence",
    "kernel_library",
    "lean_evidence",
    "numeric_evidence",
    "own_words",
    "require_one_theorem",
    "run_kernel",
    "run_lean",
    "symbolic_evidence",
]

Kind = Literal["lean", "symbolic", "numeric"]
Progress = Callable[[str, int, int], None]

LeanOutcome = LibraryReport | CannotRunError | LeanFailureError | None

_NOT_ASKED = "not asked for"
# Of the instances that satisfy the hypotheses, the share that may stay undecided (equality not counted) in a claim that
# counts as tested. With seeds 0 to 2 the largest is 1 of 1371, and 0 for 48 of the 49 claims.
UNDECIDED_SHARE = 0.01


def require_one_theorem(entries: Sequence[ClaimEntry]) -> None:
    """Require that each row, its derivation and its claim are about the same theorem, and no two rows about one.

    Raises
    ------
    TableError
        If they are not; the message names the row and both theorems.
    """
    seen: dict[str, ClaimEntry] = {}
    for entry in entries:
        theorem = entry.lean or theorem_of(entry.id)
        if theorem in seen:
            raise TableError(f"{seen[theorem].where} and {entry.where} name the same theorem {theorem}")
        seen[theorem] = entry
        derivation, claim = DERIVATIONS.get(entry.symbolic or ""), CLAIMS.get(entry.numeric or "")
        named = {f"the derivation {entry.symbolic}": None if derivation is None else derivation.statement.lean_theorem}
        named[f"the claim {entry.numeric}"] = None if claim is None else claim.lean
        for what, other in named.items():
            if other is not None and other != theorem:
                raise TableError(f"{entry.where}: {what} is about {other}, the row about {theorem}")


def own_words(entry: ClaimEntry) -> dict[str, str | None]:
    """Return what the claim tests and what the derivation derives, in words; None where the row's title says it."""
    claim, derivation = CLAIMS.get(entry.numeric or ""), DERIVATIONS.get(entry.symbolic or "")
    said = {
        "tests": None if claim is None else claim.title,
        "derives": None if derivation is None else derivation.title,
    }
    return {key: None if title in (entry.id, entry.title) else title for key, title in said.items()}


def run_lean(
    entries: Sequence[ClaimEntry], choice: BackendName, progress: Progress, *, fresh: bool = False
) -> LibraryReport:
    """Check the Lean library that ships with this package.

    Raises
    ------
    CannotRunError
        If there is no Lean.
    LeanFailureError
        If Lean crashed, hung or was killed.
    """
    headlines = [e.lean for e in entries if e.lean is not None]
    return check_library(
        Library.load(proofs_directory()), find_backend(choice), headlines, progress=progress, fresh=fresh
    )


def kernel_library() -> Library:
    """Return the generated library; its theorems about derivatives build on those of ``RLHF``."""
    return Library.load(proofs_directory(), lean.ROOT, builds_on=("RLHF",))


def run_kernel(choice: BackendName, progress: Progress, *, fresh: bool = False) -> LibraryReport:
    """Check the generated Lean library, in which the identities of the derivations are proved again.

    Raises
    ------
    CannotRunError
        If there is no Lean.
    LeanFailureError
        If Lean crashed, hung or was killed.
    """
    library = kernel_library()
    return check_library(library, find_backend(choice), progress=progress, fresh=fresh, replay_only=True)


def lean_evidence(entry: ClaimEntry, outcome: LeanOutcome, pinned: str | None) -> LeanEvidence:
    """Return what the Lean run says of one statement.

    ``outcome`` is None if Lean was not asked for, ``pinned`` is the hash that the statement should have.
    """
    if entry.lean is None:
        return LeanEvidence(status=Status.OPEN, why="no Lean theorem yet")
    if outcome is None or isinstance(outcome, CannotRunError):
        why = _NOT_ASKED if outcome is None else str(outcome)
        return LeanEvidence(status=Status.NOT_RUN, why=why, theorem=entry.lean)
    if isinstance(outcome, LeanFailureError):
        return LeanEvidence(status=Status.OPEN, why=str(outcome), theorem=entry.lean)
    refusal = outcome.refusal(entry.lean)
    found = outcome.theorems.get(entry.lean)
    if found is None:
        return LeanEvidence(status=Status.OPEN, why=refusal or "absent", theorem=entry.lean)
    if not is_headline_file(found.module, "RLHF"):  # in others a source may do more than state and prove
        refusal = f"{found.name} is stated in {found.module}, which is no file of headline theorems"
    if refusal is None and found.statement_sha256 != pinned:
        what = "was never pinned" if pinned is None else "is not the one that was pinned"
        return LeanEvidence(
            status=Status.STALE, why=f"proved, but the statement {what}: rlhf-lemmas pin {entry.id}",
            **_facts(outcome, found),
        )  # fmt: skip
    core = "core's axioms not visible with this build" if found.core_axioms is None else ", ".join(found.core_axioms)
    return LeanEvidence(
        status=Status.OPEN if refusal else Status.PROVED,
        why=refusal or f"accepted by the kernel, no axiom of the library's own; {core}",
        **_facts(outcome, found),
    )


def _facts(report: LibraryReport, found: AuditedTheorem) -> dict[str, Any]:
    assumed = hypotheses(report, found.name)
    read = Reader(report).surface([found.name])
    costs = [c.milliseconds for c in report.costs if (c.module, c.name) == (found.module, found.name)]
    return {
        "theorem": found.name,
        "seconds": costs[0] / 1000 if costs else None,
        "axioms": found.axioms,
        "core_axioms": found.core_axioms,
        "statement": found.statement,
        "statement_sha256": found.statement_sha256,
        "unused": found.unused,
        "hypotheses": None if assumed is None else tuple(asdict(h) for h in assumed),
        "audit_lines": read.lines if read.statements and not read.unplaced else None,
        "holds_over": holds_over(report, found.name),
    }


def symbolic_evidence(entry: ClaimEntry, *, run: bool, kernel: LeanOutcome = None) -> SymbolicEvidence:
    """Run the derivation of one statement; ``kernel`` is what Lean said of the generated library, None if not asked."""
    if entry.symbolic is None:
        return SymbolicEvidence(status=Status.NOT_APPLICABLE, why="no closed form to derive")
    return derivation_evidence(entry.symbolic, run=run, kernel=kernel)


def derivation_evidence(id: str, *, run: bool, kernel: LeanOutcome = None) -> SymbolicEvidence:
    """Run one derivation, whether or not a statement of the table names it."""
    if not run:
        return SymbolicEvidence(status=Status.NOT_RUN, why=_NOT_ASKED, derivation=id)
    if id not in DERIVATIONS:
        return SymbolicEvidence(status=Status.OPEN, why=f"there is no derivation {id}", derivation=id)
    try:
        result = DERIVATIONS[id].run()
    except StepError as error:
        return SymbolicEvidence(status=Status.OPEN, why=str(error), derivation=id)
    return _derived(result, *_kernel_checked(DERIVATIONS[id], kernel))


def _kernel_checked(derivation: Derivation, kernel: LeanOutcome) -> tuple[bool | None, str]:
    """Whether Lean proved the generated identities, None if it was not asked or could not run; and the reason."""
    lemmas = lean.lemmas_left_out(derivation)
    wanted = [name for d in (derivation, *(DERIVATIONS[id] for id in lemmas)) for name in lean.theorems(d)]
    if not wanted or kernel is None or isinstance(kernel, CannotRunError):
        return None, "not re-checked by Lean's kernel"
    if isinstance(kernel, LeanFailureError):
        return False, f"re-check by Lean's kernel failed: {kernel}"
    for name in wanted:
        found = kernel.theorems.get(name)
        if kernel.defects or found is None or not found.clean:
            reason = kernel.defects[0] if kernel.defects else f"{name} is absent or rests on an axiom"
            return False, f"refused by Lean's kernel: {reason}"
    where = f"at {_sizes(lean.kernel_shapes(derivation))}" if derivation.shaped else "step by step"
    why = f"re-checked by Lean's kernel {where}" + (f", given {', '.join(lemmas)}" if lemmas else "")
    tied = tie_shapes(derivation)
    return True, why + (f", as the library's derivative at {_sizes(tied)}" if tied else "")


def _sizes(shapes: Sequence[Shape]) -> str:
    return ", ".join(f"m={s.m} d={s.d}" + (f" n={s.n}" if s.n > 1 else "") for s in shapes)


def _derived(result: DerivationResult, kernel_checked: bool | None, kernel_why: str) -> SymbolicEvidence:
    shapes = f", exact at {len(result.shapes)} fixed shapes" if result.shapes else ""
    return SymbolicEvidence(
        status=Status.OPEN if kernel_checked is False else Status.DERIVED,
        why=f"{len(result.steps)} step{'s' if len(result.steps) > 1 else ''}{shapes}; {kernel_why}",
        seconds=result.seconds,
        derivation=result.id,
        steps=len(result.steps),
        shapes=len(result.shapes),
        kernel_checked=kernel_checked,
    )


def numeric_evidence(entry: ClaimEntry, *, run: bool, instances: int, seed: int) -> NumericEvidence:
    """Search for a counterexample to one statement."""
    if entry.numeric is None:
        return NumericEvidence(status=Status.NOT_APPLICABLE, why="nothing that numbers can test")
    if not run:
        return NumericEvidence(status=Status.NOT_RUN, why=_NOT_ASKED, claim=entry.numeric)
    if entry.numeric not in CLAIMS:
        return NumericEvidence(status=Status.OPEN, why=f"there is no claim {entry.numeric}", claim=entry.numeric)
    # All of them may go to ball arithmetic: an instance that is left over is one of which nothing is known.
    return _searched(search.run(CLAIMS[entry.numeric], instances=instances, seed=seed, ball_rows=instances))


def _searched(tally: Tally) -> NumericEvidence:
    status, why = _verdict(tally)
    return NumericEvidence(
        status=status,
        why=why,
        seconds=tally.seconds,
        claim=tally.claim,
        instances=tally.instances,
        vacuous=tally.vacuous,
        undecided=tally.undecided,
        decided=_decided(tally),
        worst_ratio=tally.worst_ratio,
        worst_gap=tally.worst_gap,
        large=tally.large,
        largest=None if tally.largest is None else tally.largest._asdict(),
        refuted_by=None if tally.refuted_by is None else asdict(tally.refuted_by),
        seed=tally.seed,
    )


def _decided(tally: Tally) -> int:
    """Instances at which every comparison was decided; equality to the last bit is none that holds."""
    return tally.instances - tally.vacuous - tally.undecided


def _verdict(tally: Tally) -> tuple[Status, str]:
    tried, open_ = tally.instances - tally.vacuous, tally.undecided - tally.equal
    if tally.refuted_by is not None:
        found = tally.refuted_by
        return Status.REFUTED, f"false at {found.origin}: lhs {found.lhs}, rhs {found.rhs} ({found.bits} bits)"
    if tried == 0:
        return Status.VACUOUS, f"none of {tally.instances} instances satisfies the hypotheses"
    equal = f", {tally.equal} with equality" if tally.equal else ""
    if _decided(tally) == 0:
        return Status.OPEN, f"none of {tried} instances could be decided{equal}"
    if open_ > UNDECIDED_SHARE * tried:
        return Status.OPEN, f"{open_} of {tried} instances could not be decided, more than {UNDECIDED_SHARE:.0%}"
    closeness = (
        f"worst lhs/rhs {tally.worst_ratio:.6g}"
        if tally.worst_ratio is not None
        else f"worst relative gap {tally.worst_gap:.1e}" if tally.worst_gap is not None else "no ratio"
    )  # fmt: skip
    left_out = f", {tally.large} of {tally.instances} large" if tally.large else ""
    left_out += f", {tally.vacuous} vacuous" if tally.vacuous else ""
    undecided = f", {open_} undecided" if open_ else ""
    return (
        Status.TESTED,
        f"{_decided(tally)} instances decided{equal}{undecided}{left_out}, {closeness}, seed {tally.seed}",
    )
