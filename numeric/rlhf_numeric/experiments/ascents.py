"""The three ascents that the experiments compare, and what the proved rates say about them.

For gradient ascent the rate is about the best iterate before T (`ga-rate`); for stochastic ascent about the average
over t < T of the expected gap (`sga-rate`, `sga-pairwise-rate`), with K = B²/λ and 2B²/λ.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from rlhf_numeric.arithmetic.kinds import Array
from rlhf_numeric.claims import CLAIMS
from rlhf_numeric.claims.generalisation.geometry import exp_radius
from rlhf_numeric.evaluation.instance import Instance
from rlhf_numeric.model.ascent import Estimator, Trajectory, gradient_ascent, stochastic_gradient_ascent
from rlhf_numeric.model.problem import Problem

METHODS = ("GA", "SGA, one prompt", "SGA, one pair")
RUNS = 8  # independent runs of a stochastic method on one problem


class Rate(NamedTuple):
    """Proved bounds at T: ``gap`` on the gap, ``gradient`` on ‖∇J_S‖ (root mean square for a stochastic method)."""

    gap: float
    gradient: float


def ascend(method: str, problem: Problem, /, *, steps: int, rng: np.random.Generator) -> Trajectory:
    """Run a method from θ_0 = 0 at its default step; trajectory arrays have the shape (steps + 1, runs).

    Raises
    ------
    ValueError
        If there is no such method.
    """
    if method == "GA":
        return gradient_ascent(problem, np.zeros((1, problem.dim)), steps=steps)
    if method not in METHODS:
        raise ValueError(f"method: expected one of {', '.join(METHODS)}, got {method!r}")
    start = np.zeros((RUNS, problem.dim))
    estimator: Estimator = "prompt" if method == "SGA, one prompt" else "pairwise"
    return stochastic_gradient_ascent(problem, start, steps=steps, rng=rng, estimator=estimator)


def rate(method: str, problem: Problem, /) -> Callable[[int], Rate]:
    """Bounds by T: C·K'ρ²/T on the gap and ρ√(KK'/T) on the gradient, from θ_0 = 0; K' = K = B²/λ, for pairs K' = 2K.

    Kρ² is the right side of `ga-rate` at T = 1. The gradient of a stochastic method: `gradient-cocoercive`, summed.
    """
    instance = Instance(problem, np.zeros(problem.dim))
    constant = float(exp_radius(instance, np.linalg.norm(problem.theta_star)))
    at_one = float(CLAIMS["ga-rate"].sides(instance)[1][0])
    factor = 2.0 if method == "SGA, one pair" else 1.0
    squared_radius = float(problem.theta_star @ problem.theta_star)
    slope = at_one * np.sqrt(factor / squared_radius)
    return lambda t: Rate(gap=constant * factor * at_one / t, gradient=float(slope / np.sqrt(t)))


def checkpoints(last: int, /) -> list[int]:
    """Return 1, 2, 3, 4, 6, 8, 12, …, up to ``last``: two in each doubling."""
    points = {1, last} | {2**k for k in range(1, 31)} | {3 * 2**k for k in range(30)}
    return sorted(point for point in points if point <= last)


def bounded_gap(method: str, trajectory: Trajectory, steps: int, /) -> float:
    """Return what the rate bounds: the smallest gap before T, or the average over t < T and the runs."""
    gaps: Array = trajectory.gap[:steps]
    return float(gaps.min() if method == "GA" else gaps.mean())


def bounded_gradient(method: str, trajectory: Trajectory, steps: int, /) -> float:
    """Return the smallest ‖∇J_S‖ before T, or its root mean square over t < T and the runs."""
    norms: Array = trajectory.gradient_norm[:steps]
    return float(norms.min() if method == "GA" else np.sqrt((norms * norms).mean()))
