"""The coverage coefficient: how much the error of a reward may grow from its training data to a policy."""

import math

import numpy as np

from rlhf_numeric.arithmetic.kinds import Array, Numbers
from rlhf_numeric.claims.reward_shift.change_of_measure import Shift, chi_square
from rlhf_numeric.model.validation import check_probabilities
from rlhf_numeric.rollouts.checks import floats


def coverage_coefficient(policy: Numbers, training: Numbers, /) -> Array:
    """Coverage coefficient 𝒞 = √(1 + χ²(P‖Q)), by which |E_P e| ≤ 𝒞·√(E_Q e²) for every e.

    ``χ²(P‖Q) = Σ (P − Q)²/Q``. P is what the policy meets, the law of prompts times π, and Q what the reward was
    trained on; over pairs of prompt and answer flatten both to one axis. Where Q = 0, P must be 0, and the term is 0.
    Lean: ``RLHF.reward_shift``.

    Parameters
    ----------
    policy
        P, probabilities ≥ 0, shape (..., m), sum 1.
    training
        Q, probabilities ≥ 0, shape (..., m), sum 1.

    Returns
    -------
    Array
        𝒞 ≥ 1, without unit, shape (...).

    Raises
    ------
    TypeError
        If an argument is not of float32 or float64.
    ValueError
        If they are no probabilities, their shapes do not fit, Q = 0 where P > 0, or 𝒞 exceeds float64.

    References
    ----------
    2602.21765, the term of the reward shift.

    Examples
    --------
    >>> float(coverage_coefficient([1.0, 0.0], [0.25, 0.75]))
    2.0
    """
    p, q = _probabilities(policy, "policy"), _probabilities(training, "training")
    if p.shape[-1] != q.shape[-1]:
        raise ValueError(f"policy, training: expected one size of the last axis, got shapes {p.shape} and {q.shape}")
    try:
        p, q = np.broadcast_arrays(p, q)
    except ValueError:
        raise ValueError(
            f"policy, training: expected shapes that broadcast together, got {p.shape} and {q.shape}"
        ) from None
    if np.any((q == 0) & (p > 0)):
        raise ValueError("training: expected Q > 0 where P > 0, got 0 there: no error of the reward is seen in Q there")
    return _coefficient(p, q)


def estimated_coefficient(log_ratios: Array, /) -> float | None:
    """Return √(mean exp ℓ), an estimate of 𝒞 from rollouts for Q = the same prompts times π_ref; None if it overflows.

    Few large ratios decide it: where none was drawn, it is far too small.
    """
    largest = float(log_ratios.max())
    half = (largest + math.log(float(np.exp(log_ratios - largest).mean()))) / 2
    return math.exp(half) if half < math.log(np.finfo(float).max) else None


def _probabilities(x: Numbers, name: str) -> Array:
    array = floats(x, name, axes=("m",))
    check_probabilities(array, name, positive=False)
    return array


def _coefficient(p: Array, q: Array) -> Array:
    absent = q == 0
    with np.errstate(over="ignore"):
        found = np.sqrt(1 + chi_square(Shift(np.where(absent, 1.0, p), np.where(absent, 1.0, q))))
    if not np.isfinite(found).all():
        raise ValueError("training: expected probabilities with (P − Q)²/Q in the range of float64, got an overflow")
    result: Array = found
    return result
