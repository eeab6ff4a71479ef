"""The three kinds of evidence for a statement, and the status that each has reached."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

__all__ = ["Evidence", "LeanEvidence", "NumericEvidence", "Status", "SymbolicEvidence"]


class Status(StrEnum):
    """What is known of a statement from one kind of evidence, or from all of them."""

    PROVED = "proved"
    DERIVED = "derived"
    TESTED = "tested"
    REFUTED = "refuted"
    VACUOUS = "vacuous"
    STALE = "stale"
    OPEN = "open"
    NOT_APPLICABLE = "not-applicable"
    NOT_RUN = "not-run"


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What all kinds share.

    Attributes
    ----------
    status
        What was reached.
    why
        The reason, in a sentence; for a success, how it was reached.
    seconds
        Wall time, None where it was not measured.
    """

    status: Status
    why: str
    seconds: float | None = None


@dataclass(frozen=True, kw_only=True)
class LeanEvidence(Evidence):
    """A theorem, see `rlhf_proofs.lean.audit.AuditedTheorem` for the fields.

    Attributes
    ----------
    hypotheses
        What it assumes, see `rlhf_proofs.lean.census.Hypothesis`.
    audit_lines
        Lines of Lean to read to know what it says, see `rlhf_proofs.lean.census.AuditSurface`.
    holds_over
        The fields over which it is stated, see `rlhf_proofs.lean.census.holds_over`.
    """

    theorem: str | None = None
    axioms: tuple[str, ...] | None = None
    core_axioms: tuple[str, ...] | None = None
    statement: str | None = None
    statement_sha256: str | None = None
    unused: tuple[str, ...] | None = None
    hypotheses: tuple[dict[str, Any], ...] | None = None
    audit_lines: int | None = None
    holds_over: str | None = None


@dataclass(frozen=True, kw_only=True)
class SymbolicEvidence(Evidence):
    """A derivation: number of steps, of fixed shapes checked exactly, and whether Lean's kernel re-checked it."""

    derivation: str | None = None
    steps: int | None = None
    shapes: int | None = None
    kernel_checked: bool | None = None


@dataclass(frozen=True, kw_only=True)
class NumericEvidence(Evidence):
    """A random search, see `rlhf_numeric.evaluation.findings.Tally` for the fields.

    Attributes
    ----------
    decided
        Instances at which every comparison holds or one is violated: neither vacuous nor undecided nor an equality.
    """

    claim: str | None = None
    instances: int | None = None
    vacuous: int | None = None
    undecided: int | None = None
    decided: int | None = None
    worst_ratio: float | None = None
    worst_gap: float | None = None
    large: int | None = None
    largest: dict[str, int | None] | None = None
    refuted_by: dict[str, Any] | None = None
    seed: int | None = None
