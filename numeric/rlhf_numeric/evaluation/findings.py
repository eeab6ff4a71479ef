"""What a search found: counts, the worst case and the first counterexample, mergeable across workers."""

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from rlhf_numeric.arithmetic.kinds import Array
from rlhf_numeric.evaluation.claim import Claim
from rlhf_numeric.evaluation.family import Scheme
from rlhf_numeric.evaluation.record import R, Sizes
from rlhf_numeric.evaluation.verdict import FLOAT_RESOLUTION, Decision, Verdict


class InstanceSeed(NamedTuple):
    """Address of one random instance: JSON-able, and enough to draw it again.

    ``row`` counts the rows of the chunk that ``scheme`` draws, see `rlhf_numeric.evaluation.schemes`.
    """

    seed: int
    chunk: int
    row: int
    scheme: Scheme = "search"


@dataclass(frozen=True)
class Counterexample:
    """A refutation in ball arithmetic: the comparison at ``index`` of instance ``origin`` fails.

    A side beyond the range of float64 is None.
    """

    claim: str
    origin: InstanceSeed
    index: int
    lhs: float | None
    rhs: float | None
    bits: int


@dataclass(frozen=True)
class Tally:
    """What a search found; ``dataclasses.asdict`` of it is JSON-able.

    Attributes
    ----------
    claim
        Id of the claim.
    instances, vacuous, undecided, violated
        Numbers of instances: all, outside the hypotheses, not decided (see ``equal``, ``unsettled``), refuting.
    equal
        Those of the undecided in which every open comparison agrees to half of 1024 bits: attained with equality.
    unsettled
        Those of the undecided that floats could not decide and that were over the limit of ball arithmetic.
    undecided_within
        Largest |lhs − rhs| that an undecided instance may have, after ball arithmetic; a tiny one means equality.
        None if there is no such instance, or no finite bound.
    worst_ratio
        Largest decided lhs/rhs with rhs > 0 of an inequality; None for an identity.
    worst_gap
        Largest decided bound on |lhs − rhs| / max(|lhs|,|rhs|) of an identity; None for an inequality.
    worst_instance_seed
        Where the worst occurred.
    refuted_by
        The first counterexample, or None.
    large
        Those of the instances that a scheme of large ones drew.
    largest
        Largest of each size among the batches in which some comparison was decided; None if there is none.
    seed, seconds
        Seed and wall time.
    """

    claim: str
    instances: int
    vacuous: int
    undecided: int
    violated: int
    equal: int
    unsettled: int
    undecided_within: float | None
    worst_ratio: float | None
    worst_gap: float | None
    worst_instance_seed: InstanceSeed | None
    refuted_by: Counterexample | None
    large: int
    largest: Sizes | None
    seed: int
    seconds: float


def tally_of(claim: Claim[R], decision: Decision, instance: R, origin: InstanceSeed, /) -> Tally:
    """Tally of one decided batch whose first row has the address ``origin``."""
    undecided, decided = decision.rows_with(Verdict.UNDECIDED), decision.decided
    size = np.maximum(np.abs(decision.lhs), np.abs(decision.rhs))
    with np.errstate(all="ignore"):
        measure = decision.ratio if claim.kind == "inequality" else decision.radius / size
    if claim.kind == "identity":  # where both sides vanish there is no relative gap to measure
        decided = decision.refuted | (decided & (measure <= FLOAT_RESOLUTION))
    worst, row = _worst(np.where(decided & np.isfinite(measure), measure, -np.inf))
    return Tally(
        claim=claim.id,
        instances=len(decision.bits),
        vacuous=int(decision.rows_with(Verdict.VACUOUS).sum()),
        undecided=int(undecided.sum()),
        violated=int(decision.rows_with(Verdict.VIOLATED).sum()),
        equal=int((undecided & (decision.equal == decision.open).all(-1)).sum()),
        unsettled=int((undecided & ~decision.used_balls).sum()),
        undecided_within=_largest(decision.radius[decision.open & decision.used_balls[:, None]]),
        worst_ratio=worst if claim.kind == "inequality" else None,
        worst_gap=worst if claim.kind == "identity" else None,
        worst_instance_seed=None if worst is None else _at(origin, row),
        refuted_by=_first_counterexample(claim, decision, origin),
        large=len(decision.bits) if origin.scheme.startswith("large") else 0,
        largest=claim.sizes(instance) if decision.decided.any() else None,
        seed=origin.seed,
        seconds=0.0,
    )


def merge(first: Tally, second: Tally, /) -> Tally:
    """Tally of two disjoint parts of one search, in order.

    Raises
    ------
    ValueError
        If they are about different claims.
    """
    if first.claim != second.claim:
        raise ValueError(f"tallies: expected one claim, got {first.claim!r} and {second.claim!r}")
    worse = max(first, second, key=_badness)
    return replace(
        first,
        instances=first.instances + second.instances,
        vacuous=first.vacuous + second.vacuous,
        undecided=first.undecided + second.undecided,
        violated=first.violated + second.violated,
        equal=first.equal + second.equal,
        unsettled=first.unsettled + second.unsettled,
        large=first.large + second.large,
        seconds=first.seconds + second.seconds,
        undecided_within=_largest(
            np.array([x.undecided_within for x in (first, second) if x.undecided_within is not None])
        ),
        worst_ratio=worse.worst_ratio,
        worst_gap=worse.worst_gap,
        worst_instance_seed=worse.worst_instance_seed,
        refuted_by=first.refuted_by or second.refuted_by,
        largest=_larger(first.largest, second.largest),
    )


def _badness(tally: Tally) -> float:
    worst = tally.worst_gap if tally.worst_ratio is None else tally.worst_ratio
    return -np.inf if worst is None else worst


def _worst(measure: Array) -> tuple[float | None, int]:
    row = int(measure.max(-1).argmax())
    worst = float(measure[row].max())
    return (worst if np.isfinite(worst) else None), row


def _largest(values: Array) -> float | None:
    return _finite(values.max()) if values.size else None


def _larger(first: Sizes | None, second: Sizes | None) -> Sizes | None:
    if first is None or second is None:
        return second if first is None else first
    both = zip(first, second, strict=True)  # one claim: None in the same places
    return Sizes._make(None if one is None or other is None else max(one, other) for one, other in both)


def _at(origin: InstanceSeed, row: int) -> InstanceSeed:
    return origin._replace(row=origin.row + row)


def _first_counterexample(claim: Claim[R], decision: Decision, origin: InstanceSeed) -> Counterexample | None:
    found = np.argwhere(decision.refuted)
    if not found.size:
        return None
    row, index = map(int, found[0])
    lhs, rhs, bits = decision.lhs[row, index], decision.rhs[row, index], int(decision.bits[row])
    return Counterexample(claim.id, _at(origin, row), index, _finite(lhs), _finite(rhs), bits)


def _finite(x: float) -> float | None:
    return float(x) if np.isfinite(x) else None
