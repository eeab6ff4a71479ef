"""Claims on two-level samples: n prompts, and K responses to each of them, all outcomes enumerated.

The prompts of an instance are the population, its weights are D, and the arbitrary policy is π. What is averaged is
f = r̂ − λ·clip_τ ℓ, with the arbitrary function for r̂ and τ = max|ℓ|/(2 + 2λ). Of the responses to a prompt only the
tally counts, and of the prompts with these tallies, too. n and K are those of `sizes`.
"""

from collections.abc import Callable
from functools import cache
from math import comb
from typing import NamedTuple

from rlhf_numeric.arithmetic.kinds import (
    Numbers,
    absolute,
    amax,
    at_least,
    exp,
    is_zero,
    join,
    log,
    pairs,
    sqrt,
    zeros_like,
)
from rlhf_numeric.claims.common.tallies import probs_of_tallies, tallies
from rlhf_numeric.claims.reward_shift.clipped_kl import clipped, draws_of
from rlhf_numeric.evaluation.claim import identity, inequality
from rlhf_numeric.evaluation.instance import Instance
from rlhf_numeric.model.gradient import expectation, variance
from rlhf_numeric.model.sharing import shared

ROLLOUTS = "n ≥ 1 independent prompts of law D, and at each of them K ≥ 1 independent responses of law π_x"
RANGES = "w_g ≥ range(g), and w ≥ range f(x,·) for every x"
SUB_GAUSSIAN = "h is a sub-Gaussian constant"
HOEFFDING = 1 / 8
_PROMPTS = (11, 7, 5, 3, 2)  # primes: half of an expected number is no integer by chance
_MOST_OUTCOMES = 80


class Sample(NamedTuple):
    """All outcomes of a two-level sample: the means of f, shape (..., outcomes), and their probabilities.

    ``values`` is f, shape (..., N, m), and ``means`` g = E_π f(x,·), shape (..., N).
    """

    prompts: int
    rollouts: int
    estimates: Numbers
    probs: Numbers
    values: Numbers
    means: Numbers


@cache
def sizes(n_prompts: int, n_actions: int, /) -> tuple[int, int]:
    """Return n and K with at most 80 outcomes up to order: K = 2 and as many prompts as can be, or less of both."""

    def outcomes(n: int, k: int) -> int:
        return comb(n_prompts * comb(n_actions + k - 1, k) + n - 1, n)

    wanted = (*((n, 2) for n in _PROMPTS), (2, 1), (1, 2))
    return next((size for size in wanted if outcomes(*size) <= _MOST_OUTCOMES), (1, 1))


def threshold(instance: Instance, /) -> Numbers:
    """τ = max|ℓ|/(2 + 2λ) of the arbitrary policy, shape (..., 1, 1)."""
    largest = amax(amax(absolute(draws_of(instance)[0].log_ratio), -1), -1)
    level: Numbers = (largest / (2 + 2 * instance.problem.kl_coef))[..., None, None]
    return level


def clipped_reward(instance: Instance, learned: Numbers, /) -> Numbers:
    """Return what is averaged, f = r̂ − λ·clip_τ ℓ, shape (..., N, m)."""
    ratios = draws_of(instance)[0].log_ratio
    return learned - instance.problem.kl_coef[..., None, None] * clipped(threshold(instance), ratios)


@shared
def rollouts(instance: Instance, /) -> Sample:
    """Every sample, for r̂ the arbitrary function."""
    return sampled(instance, clipped_reward(instance, instance.values))


def sampled(instance: Instance, values: Numbers, /) -> Sample:
    """Every sample for a function f, shape (..., N, m)."""
    n, k = sizes(instance.problem.n_prompts, instance.problem.n_actions)
    means = pairs((values[..., None, :] * tallies(instance.problem.n_actions, k)).sum(-1) / k, axis=-2)
    weights = pairs(instance.weights[..., None] * probs_of_tallies(instance.probs, k), axis=-2)
    estimates = (means[..., None, :] * tallies(means.shape[-1], n)).sum(-1) / n
    return Sample(n, k, estimates, probs_of_tallies(weights, n), values, expectation(instance.probs, values))


def target(instance: Instance, sample: Sample, /) -> Numbers:
    """J_f = E_D E_π f, shape (...)."""
    return expectation(instance.weights, sample.means)


def deviations(instance: Instance, sample: Sample, /) -> Numbers:
    """Ĵ − J_f of every sample."""
    return sample.estimates - target(instance, sample)[..., None]


def spread(values: Numbers, /) -> Numbers:
    """Largest difference along the last axis."""
    return amax(pairs(values[..., None] - values[..., None, :], axis=-2), -1)


def ranges(sample: Sample, /) -> tuple[Numbers, Numbers]:
    """w_g and w, shapes (...)."""
    return spread(sample.means), amax(spread(sample.values), -1)


def proxy(sample: Sample, /) -> Numbers:
    """V = w_g²/n + w²/(nK), shape (...)."""
    across, within = ranges(sample)
    return across * across / sample.prompts + within * within / (sample.prompts * sample.rollouts)


def variances(instance: Instance, sample: Sample, /) -> tuple[Numbers, Numbers]:
    """σ_p² = Var_D g, and Var_π f(x,·) at every prompt, shapes (...) and (..., N)."""
    return variance(instance.weights, sample.means), variance(instance.probs, sample.values)


def true_variance(instance: Instance, sample: Sample, /) -> Numbers:
    """σ_p²/n + σ_r²/(nK), shape (...)."""
    across, within = variances(instance, sample)
    rest = expectation(instance.weights, within) / (sample.prompts * sample.rollouts)
    return across / sample.prompts + rest


def confidences(sample: Sample, /) -> list[Numbers]:
    """Return δ = 1/2 and 1/8, shapes (...)."""
    return [zeros_like(sample.means[..., 0]) + delta for delta in (1 / 2, 1 / 8)]


def radius(sample: Sample, delta: Numbers, /) -> Numbers:
    """ε(δ) = 2√(h·log(2/δ)·V) with h = 1/8, shape (...)."""
    return 2 * sqrt(HOEFFDING * log(2 / delta) * proxy(sample))


def union_radius(sample: Sample, delta: Numbers, /) -> Numbers:
    """2√h·(w_g√(log(4/δ)/n) + w√(log(4/δ)/(nK))) with h = 1/8, shape (...)."""
    across, within = ranges(sample)
    share = sqrt(HOEFFDING * log(4 / delta))
    parts = sqrt(across * across / sample.prompts) + sqrt(within * within / _rollouts(sample))
    return 2 * share * parts


def _rollouts(sample: Sample) -> int:
    return sample.prompts * sample.rollouts


def beyond(sample: Sample, errors: Numbers, bound: Numbers, /) -> Numbers:
    """P(|error| > bound); where every f(x,·) is constant and g, too, 1 is added to the bound, which may be attained."""
    level = bound + is_zero(proxy(sample))
    return 1 - expectation(sample.probs, at_least(level[..., None], absolute(errors)))


@identity("two-level-mean", "E Ĵ = J_f = E_D E_π f", ROLLOUTS)
def two_level_mean(instance: Instance) -> tuple[Numbers, Numbers]:
    """For f = r̂ − λ·clip_τ ℓ."""
    sample = rollouts(instance)
    return expectation(sample.probs, sample.estimates)[..., None], target(instance, sample)[..., None]


@identity("two-level-variance", "E(Ĵ − J_f)² = Var_D g/n + E_D Var_π f/(nK)", ROLLOUTS)
def two_level_variance(instance: Instance) -> tuple[Numbers, Numbers]:
    """For f = r̂ − λ·clip_τ ℓ."""
    sample = rollouts(instance)
    errors = deviations(instance, sample)
    return expectation(sample.probs, errors * errors)[..., None], true_variance(instance, sample)[..., None]


@inequality("two-level-chebyshev", "t²·P(|Ĵ − J_f| ≥ t) ≤ Var_D g/n + E_D Var_π f/(nK)", ROLLOUTS, "t > 0")
def two_level_chebyshev(instance: Instance) -> tuple[Numbers, Numbers]:
    """With t nearly half of the largest deviation, and nearly all of it."""
    sample = rollouts(instance)
    tails, levels = tails_of(instance, sample)
    total = true_variance(instance, sample)[..., None]
    return levels * levels * tails, total + zeros_like(levels)


def tails_of(instance: Instance, sample: Sample, /) -> tuple[Numbers, Numbers]:
    """P(|Δ| ≥ t) and t, shapes (..., 2), for t nearly half of the largest |Δ| and nearly all of it.

    Not half: with simple weights |Δ| can be that, and rounding would decide whether it counts.
    """
    errors = absolute(deviations(instance, sample))
    levels = [amax(errors, -1) * factor for factor in (0.47, 0.999)]
    return join(*(expectation(sample.probs, at_least(errors, level[..., None])) for level in levels)), join(*levels)


@inequality("two-level-mgf", "E exp(s(Ĵ − J_f) − hs²V) ≤ 1, V = w_g²/n + w²/(nK)", ROLLOUTS, RANGES, SUB_GAUSSIAN)
def two_level_mgf(instance: Instance) -> tuple[Numbers, Numbers]:
    """For s = ±1/(2√V) and ±2/√V; of the constants h the smallest, 1/8."""
    return moments(instance, rollouts(instance), proxy(rollouts(instance)))


def moments(instance: Instance, sample: Sample, level: Numbers, /) -> tuple[Numbers, Numbers]:
    """Sides of the bound on the moment generating function, with V given."""
    errors, scale = deviations(instance, sample), sqrt(level + is_zero(level))
    found = []
    for factor in (0.5, -0.5, 2.0, -2.0):
        s = factor / scale
        found.append(expectation(sample.probs, exp(s[..., None] * errors - (HOEFFDING * s * s * level)[..., None])))
    total = join(*found)
    return total, zeros_like(total) + 1


@inequality(
    "two-level-hoeffding",
    "P(|Ĵ − J_f| ≥ t) ≤ 2exp(−t²/(4hV)), V = w_g²/n + w²/(nK)",
    ROLLOUTS,
    RANGES,
    SUB_GAUSSIAN,
    "t ≥ 0",
)
def two_level_hoeffding(instance: Instance) -> tuple[Numbers, Numbers]:
    """With t nearly half of the largest deviation, and nearly all of it; times t/√V, and 1 for V where it is 0."""
    return hoeffding(instance, rollouts(instance), HOEFFDING)


def hoeffding(instance: Instance, sample: Sample, h: float, /) -> tuple[Numbers, Numbers]:
    """Sides of the tail bound with the constant h."""
    tails, levels = tails_of(instance, sample)
    level = proxy(sample)
    share = levels / sqrt(level + is_zero(level))[..., None]
    return share * tails, 2 * share * exp(-share * share / (4 * h))


@inequality(
    "two-level-confidence",
    "P(|Ĵ − J_f| > 2√(h·log(2/δ)·V)) ≤ δ, V = w_g²/n + w²/(nK)",
    ROLLOUTS,
    RANGES,
    SUB_GAUSSIAN,
    "δ > 0",
)
def two_level_confidence(instance: Instance) -> tuple[Numbers, Numbers]:
    """For δ = 1/2 and 1/8."""
    sample = rollouts(instance)
    errors = deviations(instance, sample)
    return failures(sample, errors, lambda delta: radius(sample, delta))


def failures(sample: Sample, errors: Numbers, bound: Callable[[Numbers], Numbers], /) -> tuple[Numbers, Numbers]:
    """P(|error| > bound at δ) and δ, for every δ."""
    deltas = confidences(sample)
    return join(*(beyond(sample, errors, bound(delta)) for delta in deltas)), join(*deltas)


@inequality(
    "two-level-union",
    "P(|Ĵ − J_f| > 2√h·(w_g√(log(4/δ)/n) + w√(log(4/δ)/(nK)))) ≤ δ",
    ROLLOUTS,
    RANGES,
    SUB_GAUSSIAN,
    "0 < δ ≤ 1",
)
def two_level_union(instance: Instance) -> tuple[Numbers, Numbers]:
    """For δ = 1/2 and 1/8."""
    sample = rollouts(instance)
    return failures(sample, deviations(instance, sample), lambda delta: union_radius(sample, delta))


@inequality("chernoff", "P(Δ ≥ t) ≤ exp(−t²/(4hV))", "E exp(sΔ) ≤ exp(hs²V) for all s", "V > 0", "t ≥ 0")
def chernoff(instance: Instance) -> tuple[Numbers, Numbers]:
    """For Δ = ±(Ĵ − J_f), with t nearly half of the largest Δ, and nearly all of it; times t/√V."""
    return one_sided(instance, HOEFFDING)


def one_sided(instance: Instance, h: float, /) -> tuple[Numbers, Numbers]:
    """Sides of the bound with the constant h."""
    sample = rollouts(instance)
    errors, level = deviations(instance, sample), proxy(sample)
    scale, lhs, rhs = sqrt(level + is_zero(level)), [], []
    for side in (errors, -errors):
        for factor in (0.47, 0.999):
            reach = factor * amax(side, -1)
            share = reach / scale
            lhs.append(share * expectation(sample.probs, at_least(side, reach[..., None])))
            rhs.append(share * exp(-share * share / (4 * h)))
    return join(*lhs), join(*rhs)
