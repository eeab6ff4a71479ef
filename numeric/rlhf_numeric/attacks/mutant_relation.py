"""What a mutant has to do with its claim: where it says something else, and whether it says less."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import NamedTuple

import numpy as np

from rlhf_numeric.arithmetic.kinds import Array, Numbers, zeros_like
from rlhf_numeric.evaluation.claim import Claim
from rlhf_numeric.evaluation.family import Family
from rlhf_numeric.evaluation.record import R, Setting
from rlhf_numeric.evaluation.verdict import Decision, Sides

_ROWS = 64


class Relation(NamedTuple):
    """Of a mutant to its claim on the instances tried: the same sides; lhs no larger and rhs no smaller; more cases."""

    same: bool
    implied: bool
    outside: tuple[int, int, int]  # instances outside the hypotheses of the claim: it holds, a side is undefined, open

    def both(self, other: "Relation") -> "Relation":
        """Relation on two sets of instances together."""
        first, second = self.outside, other.outside
        counts = first[0] + second[0], first[1] + second[1], first[2] + second[2]
        return Relation(self.same and other.same, self.implied and other.implied, counts)


def relation_of(
    sides: tuple[Numbers, Numbers], assumed: Array, other: Claim[R], instance: R, decision: Decision
) -> Relation:
    """Compare the float sides of a mutant with those of its claim where that applies; ``decision`` is the mutant's."""
    applicable = other.applicable(instance)
    outside = applicable & ~assumed
    if outside.any():
        opened, undefined = decision.open[outside], ~np.isfinite(decision.radius[outside])
        counts = ~opened.any(-1), (opened & undefined).any(-1), opened.any(-1) & ~(opened & undefined).any(-1)
        return Relation(False, False, (int(counts[0].sum()), int(counts[1].sum()), int(counts[2].sum())))
    lhs, rhs, left, right = (side[applicable] for side in np.broadcast_arrays(*sides, *other.sides(instance)))
    same = np.array_equal(lhs, left, equal_nan=True) and np.array_equal(rhs, right, equal_nan=True)
    return Relation(same, bool((left <= lhs).all() and (right >= rhs).all()), (0, 0, 0))


def where_changed(claim: Claim[R], other: Claim[R], /) -> Claim[R]:
    """Return the mutant with only those comparisons that differ from the claim's: no search climbs the others.

    One with other hypotheses stays as it is.
    """
    if other.applicable is not claim.applicable:
        return other
    columns = _changed_columns(claim.family, claim.sides, other.sides)

    def sides(instance: R) -> tuple[Numbers, Numbers]:
        chosen = columns(instance.setting)
        lhs, rhs = other.sides(instance)
        if chosen is None:
            return lhs, rhs
        if not chosen.size:  # 0 ≤ 0 has no ratio to climb
            return zeros_like(lhs), zeros_like(rhs)
        left, right = (side if side.shape[-1] == 1 else side[..., chosen] for side in (lhs, rhs))
        return left, right

    return replace(other, sides=sides)


def _changed_columns(family: Family[R], sides: Sides[R], others: Sides[R]) -> Callable[[Setting], Array | None]:
    @cache
    def columns(setting: Setting) -> Array | None:
        """Return indices of the comparisons that differ on some of a few instances; None for all."""
        batch = family.draw(np.random.default_rng(0), _ROWS, setting)
        with np.errstate(all="ignore"):
            lhs, rhs, left, right = np.broadcast_arrays(*sides(batch), *others(batch))
        if lhs.ndim != 2:
            return None
        same = ((lhs == left) | (np.isnan(lhs) & np.isnan(left))) & ((rhs == right) | (np.isnan(rhs) & np.isnan(right)))
        changed = np.flatnonzero(~same.all(0))
        return changed if changed.size < lhs.shape[1] else None

    return columns
