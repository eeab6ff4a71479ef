"""The three terms of Theorem 1 of 2602.21765 for one's own rollouts, each with what is known of it."""

import math
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

import numpy as np

from rlhf_numeric.arithmetic.kinds import Array, Numbers
from rlhf_numeric.claims.reward_shift.clipped_kl import clipped
from rlhf_numeric.rollouts.checks import above, at_least, floats, number, optional, probability
from rlhf_numeric.rollouts.clipping import clipped_kl
from rlhf_numeric.rollouts.threshold import joint_width, least_cost_threshold

Status: TypeAlias = Literal["certified", "given", "estimated", "unknown"]
Range: TypeAlias = tuple[float, float]

HOEFFDING = 1 / 8
"""h, the constant of Hoeffding's lemma in the real numbers."""
POSITIVE_LOG = 1e-6
"""What rounding may make of a log-probability of 0."""


class CertificateTerm(NamedTuple):
    """One term of the bound.

    Attributes
    ----------
    value
        In the unit of the reward; None where it is not known.
    status
        ``"certified"``: by the theorem, from what was given. ``"given"``: as true as the numbers that were given.
        ``"estimated"``: from the rollouts, so the theorem does not cover it. ``"unknown"``: nothing was given.
    because
        The reason in words.
    """

    value: float | None
    status: Status
    because: str


@dataclass(frozen=True)
class GeneralisationCertificate:
    """Result of `generalisation_certificate`, in the unit of the reward where nothing else is said.

    Attributes
    ----------
    prompts, rollouts, kl_coef, delta
        n, K, λ, δ.
    threshold, threshold_chosen
        τ in nats, and whether it was chosen on these rollouts.
    reward_range, prompt_range, value_range
        (lo, hi), w_g and w = hi − lo + 2λτ.
    estimate
        Ĵ, the mean of r̂ − λ·clip_τ ℓ.
    sampling, reward_shift, clipping
        The terms ε(δ), 𝒞√(E_Q e²) and λ·b(τ).
    """

    prompts: int
    rollouts: int
    kl_coef: float
    delta: float
    threshold: float
    threshold_chosen: bool
    reward_range: Range
    prompt_range: float
    value_range: float
    estimate: float
    sampling: CertificateTerm
    reward_shift: CertificateTerm
    clipping: CertificateTerm

    @property
    def terms(self) -> dict[str, CertificateTerm]:
        """The three terms by name."""
        return {"sampling": self.sampling, "reward_shift": self.reward_shift, "clipping": self.clipping}

    @property
    def known(self) -> float:
        """Sum of the terms that are known."""
        return math.fsum(self._values().values())

    @property
    def total(self) -> float | None:
        """Sum of the terms; None if one is unknown."""
        return self.known if len(self._values()) == len(self.terms) else None

    @property
    def dominant(self) -> str:
        """Name of the largest term that is known."""
        values = self._values()
        return max(values, key=values.__getitem__)

    @property
    def certified(self) -> bool:
        """Whether no term is estimated or unknown: then |Ĵ − J*| ≤ total with probability at least 1 − δ."""
        return all(term.status in ("certified", "given") for term in self.terms.values())

    def _values(self) -> dict[str, float]:
        return {name: term.value for name, term in self.terms.items() if term.value is not None}


class Sampled(NamedTuple):
    """Checked rollouts: ℓ and r̂, shape (n, K)."""

    log_ratios: Array
    rewards: Array


def generalisation_certificate(
    log_policy: Numbers,
    log_reference: Numbers,
    rewards: Numbers,
    /,
    *,
    kl_coef: float,
    delta: float = 0.05,
    threshold: float | None = None,
    reward_range: Range | None = None,
    prompt_range: float | None = None,
    coverage: float | None = None,
    reward_error: float | None = None,
    clip_bias: float | None = None,
) -> GeneralisationCertificate:
    """Bound |Ĵ − J*| by the three terms of Theorem 1, beside each other, for one's own rollouts.

    ``|Ĵ − J*| ≤ 2√(h·log(2/δ)·V) + 𝒞√(E_Q e²) + λ·b(τ)`` with probability at least 1 − δ, where Ĵ is the mean of
    r̂ − λ·clip_τ ℓ, J* = E[r* − λℓ] the value of π by the true reward r*, e = r* − r̂, h = 1/8,
    V = w_g²/n + w²/(nK), w = hi − lo + 2λτ and b(τ) = E(|ℓ| − τ)₊. Lean: ``RLHF.three_term_bound``,
    ``RLHF.two_level_confidence``, ``RLHF.reward_shift``, ``RLHF.clip_bias_bound``, and ``RLHF.paper_theorem_1``, which
    has log(4/δ) and two events and is larger.

    The theorem is about a policy π, a threshold τ and a reward r̂ that do not depend on these rollouts, n prompts drawn
    independently, and K independent rollouts of π at each. What the rollouts cannot tell is None unless it is given.

    Parameters
    ----------
    log_policy
        log π(y|x) of each rollout, in nats, ≤ 0, shape (n, K): a row holds the rollouts of one prompt. Two draws of
        the same prompt are two rows.
    log_reference
        log π_ref(y|x), in nats, ≤ 0, shape (n, K).
    rewards
        r̂(x,y), shape (n, K).
    kl_coef
        λ > 0, rewards per nat.
    delta
        Probability δ that the bound may fail, in (0, 1).
    threshold
        τ ≥ 0, in nats. Default: the best one for these rollouts (`optimal_clip_threshold`, ``"joint"``), and then the
        sampling term is no more than an estimate.
    reward_range
        (lo, hi) with lo ≤ r̂ ≤ hi everywhere. Default: the range of these rewards, if it is not 0, and then the sampling
        term is no more than an estimate.
    prompt_range
        w_g > 0, at least the range over prompts of the mean of r̂ − λ·clip_τ ℓ at a prompt; needs a threshold.
        Default: w. From τ = 1 on, hi − lo + λτ is one, by ``RLHF.clipped_kl_nonneg``.
    coverage
        𝒞 ≥ 1, see `coverage_coefficient`.
    reward_error
        E_Q e² ≥ 0, the mean squared error of r̂ on the law of its training data.
    clip_bias
        b(τ) ≥ 0 or a bound on it, in nats. Default: the mean of (|ℓ| − τ)₊, an estimate.

    Returns
    -------
    GeneralisationCertificate
        The terms, their sum, which is the largest, and whether the theorem covers all of it.

    Raises
    ------
    TypeError
        If the arrays are not of float32 or float64, or a number is none.
    ValueError
        If a number is not finite or out of its range, a log-probability is above 0, a reward is out of the range that
        was given, none was given and all rewards are equal, or shapes do not fit.

    References
    ----------
    2602.21765, Theorem 1.

    Examples
    --------
    >>> log_policy, log_reference = np.log([[0.5, 0.25]] * 50), np.log([[0.25, 0.5]] * 50)
    >>> found = generalisation_certificate(
    ...     log_policy, log_reference, np.ones((50, 2)), kl_coef=0.1, threshold=1.0, reward_range=(0.0, 1.0),
    ...     coverage=1.25, reward_error=0.01,
    ... )
    >>> round(found.sampling.value, 3), found.reward_shift.value, found.clipping.value, found.dominant
    (0.282, 0.125, 0.0, 'sampling')
    >>> found.sampling.status, found.reward_shift.status, found.clipping.status, found.certified
    ('certified', 'given', 'estimated', False)
    """
    sample = checked_sample(log_policy, log_reference, rewards)
    kl_coef, delta = number(kl_coef, "kl_coef", *above(0)), probability(delta, "delta")
    bounds = _range(sample.rewards, reward_range)
    level, chosen = _threshold(sample, threshold, prompt_range, delta)
    width = bounds[1] - bounds[0] + 2 * kl_coef * level
    across = width if prompt_range is None else number(prompt_range, "prompt_range", *above(0))
    missing = ["the threshold was chosen on these rollouts"] * chosen
    missing += ["the range of the rewards is that of these"] * (reward_range is None)
    n, k = sample.rewards.shape
    found = GeneralisationCertificate(
        n, k, kl_coef, delta, level, chosen, bounds, across, width, _estimate(sample, kl_coef, level),
        sampling=_sampling((n, k), delta, (across, width), missing),
        reward_shift=_reward_shift(coverage, reward_error), clipping=_clipping(sample, kl_coef, level, clip_bias),
    )  # fmt: skip
    if not math.isfinite(found.known + found.estimate):
        raise ValueError("rewards, kl_coef, threshold: expected r̂ and λτ with squares in the range of float64")
    return found


def checked_sample(log_policy: Numbers, log_reference: Numbers, rewards: Numbers, /) -> Sampled:
    """Return ℓ and r̂ of rollouts, if these are arrays (n, K) as `generalisation_certificate` takes them."""
    arrays = {"log_policy": log_policy, "log_reference": log_reference, "rewards": rewards}
    found = {name: floats(x, name, axes=("n", "K")) for name, x in arrays.items()}
    shape = found["rewards"].shape
    if any(array.shape != shape or array.ndim != 2 for array in found.values()):
        shapes = ", ".join(f"{name} {array.shape}" for name, array in found.items())
        raise ValueError(f"log_policy, log_reference, rewards: expected one shape (n, K), got {shapes}")
    for name in ("log_policy", "log_reference"):
        if (largest := found[name].max()) > POSITIVE_LOG:
            raise ValueError(f"{name}: expected logarithms of probabilities, ≤ 0, got {largest}")
    return Sampled(found["log_policy"] - found["log_reference"], found["rewards"])


def _range(rewards: Array, given: Range | None) -> Range:
    least, most = float(rewards.min()), float(rewards.max())
    if given is None:
        if least == most:
            raise ValueError(f"reward_range: expected (lo, hi) where every reward is the same, {least}, got None")
        return least, most
    if not isinstance(given, tuple | list) or len(given) != 2:
        raise ValueError(f"reward_range: expected a pair (lo, hi), got {given!r}")
    low, high = (number(x, "reward_range", "finite numbers", lambda _: True) for x in given)
    if not low < high:
        raise ValueError(f"reward_range: expected lo < hi, got {low} and {high}")
    if least < low or most > high:
        raise ValueError(f"rewards: expected numbers in the range [{low}, {high}], got {least} to {most}")
    return low, high


def _threshold(sample: Sampled, given: float | None, prompt_range: float | None, delta: float) -> tuple[float, bool]:
    """Return τ, and whether it was chosen here."""
    if given is not None:
        return number(given, "threshold", *at_least(0)), False
    if prompt_range is not None:
        raise ValueError("threshold: expected a number where prompt_range is given, which is a range at that threshold")
    n, k = sample.rewards.shape
    return least_cost_threshold(np.abs(sample.log_ratios).ravel(), 2 * joint_width(n, k, delta)), True


def _estimate(sample: Sampled, kl_coef: float, level: float) -> float:
    return float((sample.rewards - kl_coef * clipped(level, sample.log_ratios)).mean())


def _sampling(shape: tuple[int, int], delta: float, ranges: tuple[float, float], missing: list[str]) -> CertificateTerm:
    n, k = shape
    across, width = ranges
    spread = across * across / n + width * width / (n * k)
    value = 2 * math.sqrt(HOEFFDING * math.log(2 / delta) * spread)
    if missing:
        return CertificateTerm(value, "estimated", " and ".join(missing))
    return CertificateTerm(value, "certified", "if prompts and rollouts are independent")


def _reward_shift(coverage: float | None, reward_error: float | None) -> CertificateTerm:
    factor = optional(coverage, "coverage", *at_least(1))
    error = optional(reward_error, "reward_error", *at_least(0))
    if factor is None or error is None:
        given = {"coverage 𝒞": factor, "reward_error E_Q e²": error}
        names = " and ".join(name for name, value in given.items() if value is None)
        return CertificateTerm(None, "unknown", f"{names} not given, and rollouts cannot tell")
    return CertificateTerm(factor * math.sqrt(error), "given", "as true as the 𝒞 and the E_Q e² that were given")


def _clipping(sample: Sampled, kl_coef: float, level: float, given: float | None) -> CertificateTerm:
    if given is not None:
        bias = number(given, "clip_bias", *at_least(0))
        return CertificateTerm(kl_coef * bias, "given", "as true as the b(τ) that was given")
    bias = float(clipped_kl(sample.log_ratios.ravel(), level).bias_bound)
    return CertificateTerm(
        kl_coef * bias, "estimated", "b(τ) is a mean over these rollouts; a rare large |ℓ| is missed"
    )
