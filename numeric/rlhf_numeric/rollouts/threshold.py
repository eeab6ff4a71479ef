"""The clipping threshold that makes the sum of the sampling term and the clipping term least."""

import math
from collections.abc import Callable, Mapping
from typing import Literal, TypeAlias

import numpy as np

from rlhf_numeric.arithmetic.kinds import Array, Numbers
from rlhf_numeric.model.validation import checked_count
from rlhf_numeric.rollouts.checks import floats, probability

SamplingBound: TypeAlias = Literal["union", "joint"]


def union_width(n: int, k: int, delta: float, /) -> float:
    """α = √(log(4/δ)/(2n)) + √(log(4/δ)/(2nK)): the sampling term for a range of 1, by two events of δ/2."""
    return math.sqrt(math.log(4 / delta) / (2 * n)) + math.sqrt(math.log(4 / delta) / (2 * n * k))


def joint_width(n: int, k: int, delta: float, /) -> float:
    """√(log(2/δ)(1/n + 1/(nK))/2): the sampling term for a range of 1, by one sub-Gaussian bound for both levels."""
    return math.sqrt(math.log(2 / delta) * (1 / n + 1 / (n * k)) / 2)


_WIDTHS: Mapping[str, Callable[[int, int, float], float]] = {"union": union_width, "joint": joint_width}


def least_cost_threshold(sizes: Array, cost: float, /) -> float:
    """Return the smallest τ ≥ 0 at which cτ + mean(z − τ)₊ is least, for sizes z ≥ 0, shape (N,), and c ≥ 0.

    0 or the smallest of the sizes above which lies a share of at most c. Lean: ``RLHF.clip_threshold_optimal``.

    Examples
    --------
    >>> least_cost_threshold(np.array([1.0, 2.0, 3.0, 4.0]), 0.25), least_cost_threshold(np.array([1.0]), 1.0)
    (3.0, 0.0)
    """
    above = math.floor(min(cost, 1.0) * len(sizes))
    return 0.0 if above == len(sizes) else float(np.sort(sizes)[len(sizes) - 1 - above])


def optimal_clip_threshold(
    log_ratios: Numbers, /, *, n: int, k: int, delta: float, bound: SamplingBound = "union"
) -> float:
    """Threshold τ at which (1 + 2λτ)α + λ·mean(|ℓ| − τ)₊ is least: the (1 − 2α)-quantile of |ℓ|, and 0 for 2α ≥ 1.

    ``α = √(log(4/δ)/(2n)) + √(log(4/δ)/(2nK))`` is the sampling term of Theorem 1 for a range of 1; λ has no part in
    where the minimum is. Of several minimisers it is the smallest. Chosen on a sample, τ is for new rollouts: the
    theorem holds for a τ that does not depend on the sample. Lean: ``RLHF.clip_threshold_optimal``,
    ``RLHF.clip_threshold_exists``.

    Parameters
    ----------
    log_ratios
        ℓ = log(π/q) of rollouts of π, in nats, any shape; each counts the same.
    n
        Prompts n ≥ 1 of the sample that the bound is for.
    k
        Rollouts K ≥ 1 for each prompt.
    delta
        Probability δ that the bound may fail, in (0, 1).
    bound
        ``"union"``: α as above, the paper's. ``"joint"``: the smaller α = √(log(2/δ)(1/n + 1/(nK))/2) of one bound for
        both levels, which `generalisation_certificate` uses; τ is at least as large.

    Returns
    -------
    float
        τ ≥ 0, in nats: 0 or one of the |ℓ|.

    Raises
    ------
    TypeError
        If the log-ratios are not of float32 or float64, or δ is no number.
    ValueError
        If a log-ratio is not finite, n or K is no integer ≥ 1, δ is not in (0, 1), or there is no such bound.

    References
    ----------
    2602.21765, the choice of τ.

    Examples
    --------
    >>> ratios = np.arange(-100.0, 101.0)
    >>> optimal_clip_threshold(ratios, n=1000, k=8, delta=0.05)
    88.0
    >>> optimal_clip_threshold(ratios, n=10, k=1, delta=0.05)
    0.0
    """
    sizes = np.abs(floats(log_ratios, "log_ratios", axes=())).ravel()
    n, k, delta = checked_count(n, "n", least=1), checked_count(k, "k", least=1), probability(delta, "delta")
    if bound not in _WIDTHS:
        raise ValueError(f"bound: expected one of {', '.join(_WIDTHS)}, got {bound!r}")
    return least_cost_threshold(sizes, 2 * _WIDTHS[bound](n, k, delta))
