"""The clipped divergence of log-ratios with what clipping costs, and the estimators k1, k2, k3.

The formulas of the clipped divergence are those that the claims are tested with, `claims.reward_shift.clipped_kl`.
"""

from typing import NamedTuple

import numpy as np

from rlhf_numeric.arithmetic.kinds import Array, Numbers
from rlhf_numeric.arithmetic.psi import psi_of_floats
from rlhf_numeric.claims.reward_shift.clipped_kl import Draws, clipped_divergence, cut_off, divergence, tails
from rlhf_numeric.model.validation import check_axis, check_probabilities, checked_number
from rlhf_numeric.rollouts.checks import floats


class ClippedKL(NamedTuple):
    """Result of `clipped_kl`, in nats, each of shape (...).

    Attributes
    ----------
    value
        E clip_τ ℓ.
    divergence
        E ℓ.
    bias
        E ℓ − E clip_τ ℓ, as E(ℓ − τ)₊ − E(−ℓ − τ)₊, which loses no digits.
    bias_bound
        b(τ) = E(|ℓ| − τ)₊, at least the absolute value of the bias.
    """

    value: Array
    divergence: Array
    bias: Array
    bias_bound: Array


class KLEstimates(NamedTuple):
    """Result of `kl_estimators`, in nats, each of the shape of the log-ratios.

    Attributes
    ----------
    k1
        ℓ.
    k2
        ℓ²/2.
    k3
        exp(−ℓ) − 1 + ℓ ≥ 0.
    """

    k1: Array
    k2: Array
    k3: Array


def clipped_kl(log_ratios: Numbers, /, threshold: Numbers, *, weights: Numbers = None) -> ClippedKL:
    """Clipped divergence E clip_τ ℓ of log-ratios ℓ = log(π/q), and what clipping costs.

    ``clip_τ y = max(−τ, min(τ, y))``, ``|E ℓ − E clip_τ ℓ| ≤ E(|ℓ| − τ)₊``. Of a sample from π the means are estimates
    of the expectations; with the probabilities of π as ``weights`` they are the expectations. Lean:
    ``RLHF.clip_bias``, ``RLHF.clip_bias_bound``; from τ = 1 on the expectation is ≥ 0: ``RLHF.clipped_kl_nonneg``.

    Parameters
    ----------
    log_ratios
        ℓ, in nats, shape (..., k); the mean is over the last axis.
    threshold
        τ ≥ 0, in nats, a number or shape (...).
    weights
        Probabilities ≥ 0, shape (..., k), sum 1; default 1/k.

    Returns
    -------
    ClippedKL
        Nats; the clipped divergence is in [−τ, τ].

    Raises
    ------
    TypeError
        If an argument is not of float32 or float64.
    ValueError
        If a number is not finite, τ is negative, the weights are no probabilities, or shapes do not fit.

    References
    ----------
    2602.21765, the term of the clipped KL.

    Examples
    --------
    >>> found = clipped_kl([3.0, -1.0, 0.5, 0.5], 1.0)
    >>> float(found.value), float(found.divergence), float(found.bias), float(found.bias_bound)
    (0.25, 0.75, 0.5, 0.5)
    """
    ratios = floats(log_ratios, "log_ratios", axes=("k",))
    level = _threshold(threshold, ratios.shape[:-1])
    draws = Draws(_weights(weights, ratios.shape), ratios)
    upper, lower = tails(draws, level)
    return ClippedKL(
        clipped_divergence(draws, level), divergence(draws) + np.zeros(upper.shape), upper - lower,
        cut_off(draws, level),
    )  # fmt: skip


def kl_estimators(log_ratios: Numbers, /) -> KLEstimates:
    """Estimates k1 = ℓ, k2 = ℓ²/2 and k3 = exp(−ℓ) − 1 + ℓ of KL(π‖q) from each log-ratio ℓ = log(π/q) of π's rollouts.

    k1 and k3 have the mean KL(π‖q) where π > 0 (Lean: ``RLHF.k3_unbiased``), and k3 ≥ 0 (``RLHF.k3_nonneg``); k2 is
    biased, within ``RLHF.k2_bracket``. Near ℓ = 0, k3 is ℓ²ψ(−ℓ), ψ by its series: no digits are lost there.

    Parameters
    ----------
    log_ratios
        ℓ, in nats, any shape.

    Returns
    -------
    KLEstimates
        Nats; infinite where a square or exponential exceeds float64.

    Raises
    ------
    TypeError
        If the log-ratios are not of float32 or float64.
    ValueError
        If one is not finite.

    Examples
    --------
    >>> found = kl_estimators([0.0, 1e-9])
    >>> [f"{float(x[1]):.3g}" for x in found]
    ['1e-09', '5e-19', '5e-19']
    """
    ratios = floats(log_ratios, "log_ratios", axes=())
    with np.errstate(over="ignore"):
        k3 = np.where(ratios > 1, np.expm1(-ratios) + ratios, ratios * ratios * psi_of_floats(-np.minimum(ratios, 1)))
        return KLEstimates(ratios.copy(), ratios * ratios / 2, k3)


def _threshold(threshold: Numbers, batch: tuple[int, ...]) -> Array:
    """Return τ with a last axis of size 1, which broadcasts with log-ratios of this batch."""
    level = floats(checked_number(threshold, "threshold"), "threshold", axes=())
    if not np.all(level >= 0):
        raise ValueError(f"threshold: expected numbers ≥ 0, got {level.min()}")
    try:
        np.broadcast_shapes(level.shape, batch)
    except ValueError:
        raise ValueError(
            f"threshold: expected a number, or a shape that broadcasts with {batch}, got shape {level.shape}"
        ) from None
    return level[..., None]


def _weights(weights: Numbers, shape: tuple[int, ...]) -> Array:
    if weights is None:
        return np.full(shape[-1], 1 / shape[-1])
    array = floats(weights, "weights", axes=("k",))
    check_axis(array, -1, shape[-1], "weights", "k")
    check_probabilities(array, "weights", positive=False)
    return array
