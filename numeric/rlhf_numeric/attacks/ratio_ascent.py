"""Gradient ascent on lhs/rhs with dual numbers: all partial derivatives in one vectorised evaluation."""

from collections.abc import Callable, Mapping

import numpy as np

from rlhf_numeric.arithmetic import kinds as ar
from rlhf_numeric.arithmetic.dual import Dual, dual
from rlhf_numeric.arithmetic.kinds import Array, Numbers
from rlhf_numeric.evaluation.claim import Claim
from rlhf_numeric.evaluation.instance import USUAL, Extent, Instance
from rlhf_numeric.model.problem import Problem

_ROUNDS = 40
_LADDER = 10.0 ** np.arange(-9.0, 2.0, 0.5)  # step lengths tried along the gradient, all at once

Point = dict[str, Array]


def ascend(
    start: Point, ratio: Callable[[Point], Array], claim: Claim, /, *, extent: Extent = USUAL
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


def gradient_of_ratio(claim: Claim, point: Mapping[str, Array], /, *, extent: Extent = USUAL) -> Point:
    """Gradient of the largest lhs/rhs of a claim in the free coordinates of one instance (batch shape (1,))."""
    sizes = {name: array[0].size for name, array in point.items()}
    total, offset, moving = sum(sizes.values()), 0, {}
    for name, array in point.items():
        tangent = np.zeros((total, sizes[name]))
        tangent[offset : offset + sizes[name]] = np.eye(sizes[name])
        value = np.repeat(array, total, axis=0)
        moving[name] = Dual(value, tangent.reshape(value.shape))
        offset += sizes[name]
    with np.errstate(all="ignore"):
        lhs, rhs = map(dual, claim.sides(_moving_instance(moving, extent)))
        ratio = lhs / rhs
        values, tangents = (np.reshape(x, (total, -1)) for x in np.broadcast_arrays(ratio.value, ratio.tangent))
    worst = np.where((np.reshape(np.broadcast_to(rhs.value, ratio.value.shape), values.shape) > 0), values, -np.inf)
    slopes = tangents[np.arange(total), worst.argmax(-1)]
    parts = np.split(slopes, np.cumsum(list(sizes.values()))[:-1])
    return {name: part.reshape(point[name].shape) for name, part in zip(point, parts, strict=True)}


def _moving_instance(moving: Mapping[str, Numbers], extent: Extent) -> Instance:
    probs = {name: ar.exp(ar.log_softmax(moving[name])) for name in ("ref_probs", "probs", "weights")}
    kl_coef, ref_probs = ar.exp(moving["kl_coef"]), probs.pop("ref_probs")
    problem = Problem.trusted(moving["features"], ref_probs, moving["theta_star"], kl_coef=kl_coef)
    rest = {name: moving[name] for name in ("theta_prime", "direction", "values")}
    return Instance(problem, moving["theta"], **rest, **probs, extent=extent)


def _column(x: Array, like: Array) -> Array:
    return x.reshape(-1, *[1] * (like.ndim - 1))
