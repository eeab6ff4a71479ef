"""Gradient ascent on lhs/rhs with dual numbers: all partial derivatives in one vectorised evaluation."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from rlhf_numeric.arithmetic.dual import Dual, dual
from rlhf_numeric.arithmetic.kinds import Array
from rlhf_numeric.evaluation.claim import Claim
from rlhf_numeric.evaluation.record import Point, R

_ROUNDS = 40
_LADDER = 10.0 ** np.arange(-9.0, 2.0, 0.5)  # step lengths tried along the gradient, all at once


def ascend(
    start: Point,
    ratio: Callable[[Point], Array],
    claim: Claim[R],
    /,
    *,
    extent: Any = None,  # noqa: ANN401
) -> tuple[Point, float]:
    """Climb from one point (batch shape (1,)) as long as some step along the gradient raises ``ratio``.

    Returns the point reached and its ratio. Where the claim has no derivative by dual numbers, or it is not finite, the
    start is returned.
    """
    point, best = start, float(ratio(start)[0])
    for _ in range(_ROUNDS):
        slope = gradient_of_ratio(claim, point, extent=extent)
        size = max(float(np.abs(part).max()) for part in slope.values())
        if size == 0 or not all(np.isfinite(part).all() for part in slope.values()):
            break
        rungs = {name: array + _column(_LADDER, array) * (slope[name] / size) for name, array in point.items()}
        reached = ratio(rungs)
        top = int(reached.argmax())
        if not reached[top] > best:
            break
        point, best = {name: array[[top]] for name, array in rungs.items()}, float(reached[top])
    return point, best


def gradient_of_ratio(claim: Claim[R], point: Mapping[str, Array], /, *, extent: Any = None) -> Point:  # noqa: ANN401
    """Gradient of the largest lhs/rhs of a claim in the free coordinates of one instance (batch shape (1,)).

    ``extent`` is the count of its record, None for the usual one.
    """
    sizes = {name: array[0].size for name, array in point.items()}
    total, offset, moving = sum(sizes.values()), 0, {}
    for name, array in point.items():
        tangent = np.zeros((total, sizes[name]))
        tangent[offset : offset + sizes[name]] = np.eye(sizes[name])
        value = np.repeat(array, total, axis=0)
        moving[name] = Dual(value, tangent.reshape(value.shape))
        offset += sizes[name]
    with np.errstate(all="ignore"):
        lhs, rhs = map(dual, claim.sides(claim.family.record.from_free(moving, extent)))
        ratio = lhs / rhs
        values, tangents = (np.reshape(x, (total, -1)) for x in np.broadcast_arrays(ratio.value, ratio.tangent))
    worst = np.where((np.reshape(np.broadcast_to(rhs.value, ratio.value.shape), values.shape) > 0), values, -np.inf)
    slopes = tangents[np.arange(total), worst.argmax(-1)]
    parts = np.split(slopes, np.cumsum(list(sizes.values()))[:-1])
    return {name: part.reshape(point[name].shape) for name, part in zip(point, parts, strict=True)}


def _column(x: Array, like: Array) -> Array:
    return x.reshape(-1, *[1] * (like.ndim - 1))
