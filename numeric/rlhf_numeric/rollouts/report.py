"""Audit of rollouts: the certificate, what clipping costs, the best threshold and number of rollouts."""

import math
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

import numpy as np

from rlhf_numeric.arithmetic.kinds import Array
from rlhf_numeric.claims.reward_shift.clipped_kl import clipped
from rlhf_numeric.rollouts.budget import optimal_rollouts
from rlhf_numeric.rollouts.certificate import (
    GeneralisationCertificate,
    Range,
    Sampled,
    checked_sample,
    generalisation_certificate,
)
from rlhf_numeric.rollouts.checks import above, at_least, number
from rlhf_numeric.rollouts.clipping import clipped_kl, kl_estimators
from rlhf_numeric.rollouts.coverage import estimated_coefficient
from rlhf_numeric.rollouts.file import Rollouts
from rlhf_numeric.rollouts.threshold import joint_width, least_cost_threshold

_POINTS = 101  # thresholds of the figure


class Settings(NamedTuple):
    """What is given besides the rollouts, see `generalisation_certificate`; the costs as in `optimal_rollouts`."""

    kl_coef: float
    delta: float = 0.05
    threshold: float | None = None
    reward_range: Range | None = None
    coverage: float | None = None
    reward_error: float | None = None
    clip_bias: float | None = None
    cost_prompt: float = 1.0
    cost_rollout: float = 1.0


class Divergence(NamedTuple):
    """Means over the rollouts of ℓ, ℓ²/2, exp(−ℓ) − 1 + ℓ and clip_τ ℓ; bias, its bound, and what is cut off.

    In nats, but for the share of the rollouts with |ℓ| > τ. ``k3`` is None where it exceeds float64.
    """

    k1: float
    k2: float
    k3: float | None
    clipped: float
    bias: float
    bias_bound: float
    share_cut_off: float
    largest: float


class AtThreshold(NamedTuple):
    """Sampling and clipping term at a threshold τ, for these rollouts."""

    threshold: float
    sampling: float
    clipping: float


class Budget(NamedTuple):
    """Best K for the estimated variance and for the sampling term, at costs for a prompt and for a rollout.

    What the rollouts do not show is None, and ``because`` says why.
    """

    cost_prompt: float
    cost_rollout: float
    var_prompt: float | None
    var_rollout: float | None
    for_variance: int | None
    for_bound: int
    because: str | None


@dataclass(frozen=True)
class RolloutAudit:
    """Result of `audit_rollouts`.

    Attributes
    ----------
    step, unread
        Step of the training, and columns that were not read; see `rlhf_numeric.rollouts.file.Rollouts`.
    certificate
        The three terms.
    divergence
        Estimates of KL(π‖π_ref), and what clipping costs.
    best_threshold
        Where sampling and clipping term are least together, for these rollouts.
    thresholds
        Both terms from 0 to the largest |ℓ|.
    budget
        The best K.
    coverage_estimate
        √(mean exp ℓ), 𝒞 for a reward that was trained on the same prompts with answers of π_ref; None if it exceeds
        float64. An estimate that a few rollouts decide; the certificate does not use it.
    """

    step: int | None
    unread: tuple[str, ...]
    certificate: GeneralisationCertificate
    divergence: Divergence
    best_threshold: AtThreshold
    thresholds: tuple[AtThreshold, ...]
    budget: Budget
    coverage_estimate: float | None

    def as_json(self) -> dict[str, Any]:
        """Return the audit as JSON-able data, in the form of ``rollouts.schema.json``; what is not known is null."""
        found = self.certificate
        together = {name: getattr(found, name) for name in ("total", "known", "dominant", "certified")}
        terms = {name: term._asdict() for name, term in found.terms.items()}
        rows = {name: getattr(self, name)._asdict() for name in ("divergence", "best_threshold", "budget")}
        return {
            "schema": 1, "kind": "rollouts", **asdict(self), "unread": list(self.unread), **rows,
            "certificate": {**asdict(found), "reward_range": list(found.reward_range), **terms, **together},
            "thresholds": [point._asdict() for point in self.thresholds],
        }  # fmt: skip


def audit_rollouts(rollouts: Rollouts, settings: Settings, /) -> RolloutAudit:
    """Audit rollouts of one policy.

    Raises
    ------
    TypeError, ValueError
        As `generalisation_certificate` and `optimal_rollouts`.

    Examples
    --------
    >>> log_policy, log_reference = np.log([[0.5, 0.25]] * 50), np.log([[0.25, 0.5]] * 50)
    >>> rollouts = Rollouts(log_policy, log_reference, np.array([[1.0, 0.0]] * 50), None, ())
    >>> found = audit_rollouts(rollouts, Settings(kl_coef=0.1, threshold=0.5))
    >>> found.divergence.clipped, found.budget.for_variance, found.budget.because
    (0.0, None, 'the means at the prompts differ no more than rollouts do: the more rollouts, the better')
    """
    sample = checked_sample(rollouts.log_policy, rollouts.log_reference, rollouts.rewards)
    found = generalisation_certificate(
        rollouts.log_policy, rollouts.log_reference, rollouts.rewards, kl_coef=settings.kl_coef, delta=settings.delta,
        threshold=settings.threshold, reward_range=settings.reward_range, coverage=settings.coverage,
        reward_error=settings.reward_error, clip_bias=settings.clip_bias,
    )  # fmt: skip
    sizes = np.sort(np.abs(sample.log_ratios), axis=None)
    best = least_cost_threshold(sizes, 2 * joint_width(found.prompts, found.rollouts, found.delta))
    levels = np.linspace(0, sizes[-1], _POINTS) if sizes[-1] > 0 else np.zeros(1)
    return RolloutAudit(
        rollouts.step, rollouts.unread, found, _divergence(sample, found.threshold),
        at_thresholds(found, sizes, np.array([best]))[0], at_thresholds(found, sizes, levels),
        _budget(sample, found, settings), estimated_coefficient(sample.log_ratios),
    )  # fmt: skip


def at_thresholds(found: GeneralisationCertificate, sizes: Array, levels: Array, /) -> tuple[AtThreshold, ...]:
    """Return both terms at thresholds, from the sizes |ℓ|, rising."""
    low, high = found.reward_range
    sampling = joint_width(found.prompts, found.rollouts, found.delta) * (high - low + 2 * found.kl_coef * levels)
    above_it = len(sizes) - np.searchsorted(sizes, levels, side="right")
    sums = np.concatenate([[0.0], np.cumsum(sizes[::-1])])[above_it]
    clipping = found.kl_coef * np.maximum(sums - above_it * levels, 0) / len(sizes)
    return tuple(AtThreshold(*map(float, point)) for point in zip(levels, sampling, clipping, strict=True))


def _divergence(sample: Sampled, threshold: float) -> Divergence:
    ratios = sample.log_ratios.ravel()
    clip, estimates = clipped_kl(ratios, threshold), kl_estimators(ratios)
    with np.errstate(over="ignore"):
        k3 = float(estimates.k3.mean())
    sizes = np.abs(ratios)
    return Divergence(
        float(clip.divergence), float(estimates.k2.mean()), k3 if math.isfinite(k3) else None, float(clip.value),
        float(clip.bias), float(clip.bias_bound), float((sizes > threshold).mean()), float(sizes.max()),
    )  # fmt: skip


def _budget(sample: Sampled, found: GeneralisationCertificate, settings: Settings) -> Budget:
    prompt = number(settings.cost_prompt, "cost_prompt", *at_least(0))
    rollout = number(settings.cost_rollout, "cost_rollout", *above(0))
    values = sample.rewards - found.kl_coef * clipped(found.threshold, sample.log_ratios)
    between, within, because = _variances(values)
    best = None
    if between is not None and within is not None and because is None:
        best = optimal_rollouts(cost_prompt=prompt, cost_rollout=rollout, var_prompt=between, var_rollout=within)
    equal = optimal_rollouts(cost_prompt=prompt, cost_rollout=rollout, var_prompt=1.0, var_rollout=1.0)
    return Budget(prompt, rollout, between, within, best, equal, because)


def _variances(values: Array) -> tuple[float | None, float | None, str | None]:
    """Estimate σ_p² and σ_r² without bias, from the mean squares between and within prompts; the first is cut at 0."""
    n, k = values.shape
    if n < 2 or k < 2:
        return None, None, "two prompts with two rollouts each are needed to tell the variances apart"
    within = float(values.var(axis=1, ddof=1).mean())
    between = float(values.mean(axis=1).var(ddof=1)) - within / k
    if between <= 0:
        because = "the means at the prompts differ no more than rollouts do: the more rollouts, the better"
        return 0.0, within, because
    return between, within, None
