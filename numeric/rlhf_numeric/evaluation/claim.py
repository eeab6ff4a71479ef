"""A claim: one statement of the theory as one pure function from an instance to its two sides."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Generic, NoReturn, Protocol, TypeAlias, TypedDict, Unpack

import numpy as np

from rlhf_numeric.arithmetic.kinds import Array, Numbers, exp, psi
from rlhf_numeric.evaluation.family import Family
from rlhf_numeric.evaluation.instance import Instance
from rlhf_numeric.evaluation.instance_family import INSTANCES
from rlhf_numeric.evaluation.record import R, Record, Sizes
from rlhf_numeric.evaluation.verdict import (
    IDENTITY_PRECISIONS,
    PRECISIONS,
    SEARCH_PRECISIONS,
    Decision,
    Kind,
    Sides,
    Verdict,
    decide,
)

Constant: TypeAlias = Callable[[Numbers], Numbers]


class SidesWithConstant(Protocol):
    """The sides of a claim in which a second-order constant enters."""

    def __call__(self, instance: Instance, constant: Constant) -> tuple[Numbers, Numbers]:
        """Return (lhs, rhs) with C = constant(M)."""
        ...


@dataclass(frozen=True, eq=False)
class Evaluation:
    """Outcome of a claim on an instance or a batch. Its truth value raises; read ``verdict``.

    Attributes
    ----------
    lhs, rhs
        The two sides, arrays (..., comparisons): the batch, then all comparisons that the claim makes on one instance.
    margin
        rhs − lhs.
    verdict
        The worst over the whole batch.
    decided_by
        The most precise tier that was needed.
    radius
        Bound on |lhs − rhs|, worst over the batch: for an identity, how far it is known to agree. None if vacuous.
    """

    lhs: Array
    rhs: Array
    margin: Array
    verdict: Verdict
    decided_by: str
    radius: float | None

    def __bool__(self) -> NoReturn:
        raise TypeError("an evaluation has no truth value; compare `evaluation.verdict is Verdict.HOLDS`")


def everywhere(instance: Record) -> Array:
    """Applicability of a claim without hypotheses beyond those of its record type."""
    return np.ones(instance.batch_shape, dtype=bool)


@dataclass(frozen=True, kw_only=True)
class Claim(Generic[R]):
    """One statement of the theory, evaluated by the same function in floats and in ball arithmetic.

    Attributes
    ----------
    id
        Slug, the key of the ledger.
    title
        What is tested, in one line; the id where that is the statement as the claim table has it.
    kind
        "inequality" (lhs ≤ rhs) or "identity" (lhs = rhs), elementwise.
    hypotheses
        What is assumed, in sentences.
    lean
        Full name of the Lean theorem; None for a statement that is tested only.
    sides
        Pure function instance → (lhs, rhs), batch axes first; an instance is a record of the family.
    applicable
        Mask of the instances that satisfy the hypotheses, shape of the batch; the others are vacuous.
    sharp_sides
        The sides with ψ(M) in the place of C = exp M; None where no such constant enters.
    sharp_of
        Id of the claim with C = exp M of which this is the one with ψ(M); None for others.
    samples
        Whether samples are enumerated, of the size that the instance's extent says.
    steps
        The largest T that the sides take on an instance, of one shape; None where no ascent enters.
    family
        What the claim is about: a record type, and how random ones are drawn.
    """

    id: str
    title: str
    kind: Kind
    hypotheses: tuple[str, ...]
    lean: str | None
    sides: Sides[R]
    applicable: Callable[[R], Array] = everywhere
    sharp_sides: Sides[R] | None = None
    sharp_of: str | None = None
    samples: bool = False
    steps: Callable[[R], int] | None = None
    family: Family[R] = INSTANCES  # type: ignore[assignment]

    def sizes(self, instance: R, /) -> Sizes | None:
        """Return how large an instance is, in what matters to the claim."""
        steps = None if self.steps is None else self.steps(instance)
        return instance.measured(samples=self.samples, steps=steps)

    def evaluate(self, instance: R, /, *, precisions: tuple[int, ...] | None = None) -> Evaluation:
        """Evaluate on an instance or a batch.

        Parameters
        ----------
        instance
            Where.
        precisions
            Tiers to use, in bits, growing; 53 stands for float64 intervals. Default: all of them for an inequality, so
            that balls are used where floats cannot decide; 512 and 1024 for an identity.

        Examples
        --------
        >>> from rlhf_numeric import CLAIMS, Instance, Problem
        >>> problem = Problem([[[1.0], [-1.0]]], [[0.5, 0.5]], [2.0], kl_coef=1.0)
        >>> evaluation = CLAIMS["objective-range"].evaluate(Instance(problem, [0.5]))
        >>> evaluation.verdict.value, evaluation.decided_by
        ('holds', 'float64 intervals')
        """
        flat = instance.flattened()
        decision = self.settle(flat, precisions=precisions)
        shape = (*instance.batch_shape, -1)
        return Evaluation(
            lhs=decision.lhs.reshape(shape),
            rhs=decision.rhs.reshape(shape),
            margin=decision.margin.reshape(shape),
            verdict=decision.overall(),
            decided_by=_tier(decision),
            radius=_radius(decision),
        )

    def decide(self, instance: R, /, *, ball_rows: int | None = None) -> Decision:
        """Decide every comparison on a flat batch, as a search does; see `rlhf_numeric.evaluation.verdict.decide`."""
        applicable = self.applicable(instance)
        return decide(self.sides, self.kind, instance, applicable, ball_rows=ball_rows, precisions=SEARCH_PRECISIONS)

    def settle(self, instance: R, /, *, precisions: tuple[int, ...] | None = None) -> Decision:
        """Decide every comparison on a flat batch, in all rows, at the given precisions (default as in `evaluate`)."""
        if precisions is None:
            precisions = IDENTITY_PRECISIONS if self.kind == "identity" else PRECISIONS
        return decide(self.sides, self.kind, instance, self.applicable(instance), precisions=precisions)


class Options(TypedDict, Generic[R], total=False):
    """What may be said of a claim besides its words; see `Claim`."""

    applicable: Callable[[R], Array]
    samples: bool
    steps: Callable[[R], int]
    family: Family[R]


def inequality(
    slug: str, title: str = "", *hypotheses: str, **options: Unpack[Options[R]]
) -> Callable[[Sides[R]], Claim[R]]:
    """Make a claim lhs ≤ rhs of the decorated function; without a title it tests what the claim table says."""
    return _claim("inequality", slug, title, hypotheses, options)


def inequality_with_constant(
    slug: str, title: str = "", *hypotheses: str, **options: Unpack[Options]
) -> Callable[[SidesWithConstant], Claim]:
    """Make a claim lhs ≤ rhs of a function that takes the second-order constant M ↦ C(M) as its second argument.

    The claim has C = exp M, as in Lean; `sharpened` makes the one with ψ(M).
    """

    def make(sides: SidesWithConstant) -> Claim:
        claim = inequality(slug, f"{title or slug}, C = exp M", *hypotheses, **options)(partial(sides, constant=exp))
        return replace(claim, sharp_sides=partial(sides, constant=psi))

    return make


def sharpened(claim: Claim[R], /) -> Claim[R]:
    """Return the claim with C = ψ(M), which Lean has for Archimedean fields, with ``_sharp`` after the name.

    Raises
    ------
    ValueError
        If no second-order constant enters the claim.
    """
    if claim.sharp_sides is None:
        raise ValueError(f"claim: expected one with a second-order constant C, got {claim.id!r}")
    title = claim.title.replace("C = exp M", "C = ψ(M) = (exp M − 1 − M)/M²")
    words: dict[str, Any] = {"id": claim.id + "-sharp", "title": title, "sharp_of": claim.id}
    words["hypotheses"] = (*claim.hypotheses, "the field is Archimedean")
    words["lean"] = None if claim.lean is None else claim.lean + "_sharp"
    return replace(claim, **words, sides=claim.sharp_sides, sharp_sides=None)


def identity(
    slug: str, title: str = "", *hypotheses: str, **options: Unpack[Options[R]]
) -> Callable[[Sides[R]], Claim[R]]:
    """Make a claim lhs = rhs of the decorated function; without a title it tests what the claim table says."""
    return _claim("identity", slug, title, hypotheses, options)


def _claim(
    kind: Kind, slug: str, title: str, hypotheses: tuple[str, ...], options: Options[R]
) -> Callable[[Sides[R]], Claim[R]]:
    def make(sides: Sides[R]) -> Claim[R]:
        words: dict[str, Any] = {"id": slug, "title": title or slug, "kind": kind, "hypotheses": hypotheses}
        return Claim(**words, lean="RLHF." + slug.replace("-", "_"), sides=sides, **options)

    return make


def _tier(decision: Decision) -> str:
    if decision.overall() is Verdict.VACUOUS:
        return "hypotheses that fail"
    bits = int(decision.bits.max())
    return f"balls of {bits} bits" if decision.used_balls.any() else "float64 intervals"


def _radius(decision: Decision) -> float | None:
    radii = decision.radius[decision.decided | decision.open]
    return float(radii.max()) if radii.size else None
