"""Claims on the clipped divergence and on its estimators, at each prompt.

The policies are the arbitrary one and π_θ, and ℓ = log(π/q) is their log-ratio to the reference policy. Where an action
has the probability 0, ℓ is unspecified, and its term in every expectation is 0. Thresholds are parts of the largest ±ℓ.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from rlhf_numeric.arithmetic.kinds import (
    Numbers,
    absolute,
    amax,
    amin,
    concat,
    exp,
    join,
    log,
    log_where_positive,
    zeros_like,
)
from rlhf_numeric.claims.common.hypotheses import SETTING
from rlhf_numeric.evaluation.claim import identity, inequality
from rlhf_numeric.evaluation.instance import Instance
from rlhf_numeric.model.gradient import expectation
from rlhf_numeric.model.objective import value_of_boltzmann
from rlhf_numeric.model.policy import log_boltzmann, log_policy

POLICY = "π is a probability vector"
REFERENCE = "q is a probability vector, q > 0"
THRESHOLD = "τ ≥ 0"


class Draws(NamedTuple):
    """A policy at each prompt, shape (..., n, m), and its log-ratio to the reference."""

    probs: Numbers
    log_ratio: Numbers


def clipped(threshold: Numbers, values: Numbers, /) -> Numbers:
    """max(−τ, min(τ, y)), shapes (..., n, 1) and (..., n, m)."""
    level = threshold + zeros_like(values)
    return amax(join(-level, amin(join(level, values), -1)), -1)


def positive_part(values: Numbers, /) -> Numbers:
    """(y)₊ = max(y, 0)."""
    return amax(join(values, zeros_like(values)), -1)


def draws_of(instance: Instance, /) -> tuple[Draws, ...]:
    """Both policies."""
    ratio = log_where_positive(instance.probs) - log(instance.problem.ref_probs)
    return Draws(instance.probs, ratio), _boltzmann(instance, instance.theta)


def _boltzmann(instance: Instance, theta: Numbers) -> Draws:
    log_probs = log_policy(instance.problem, theta)
    return Draws(exp(log_probs), log_probs - log(instance.problem.ref_probs))


def two_sided(instance: Instance, draws: Draws, /) -> Numbers:
    """Take 1/(1+λ) of the smaller of max ℓ and max −ℓ, which cuts off at both sides, shape (..., n, 1)."""
    reach = (amax(side, -1, keepdims=True) for side in (draws.log_ratio, -draws.log_ratio))
    return positive_part(amin(join(*reach), -1)) / (1 + _kl_coef(instance))


def _half(draws: Draws) -> Numbers:
    """Half of the largest |ℓ|, shape (..., n, 1); it may cut off at one side alone."""
    return amax(absolute(draws.log_ratio), -1, keepdims=True) / 2


def _kl_coef(instance: Instance) -> Numbers:
    """λ, shape (..., 1, 1), for every prompt and action."""
    return instance.problem.kl_coef[..., None, None]


def cases(instance: Instance, /) -> list[tuple[Draws, Numbers]]:
    """Both policies with both thresholds."""
    return [(draws, level) for draws in draws_of(instance) for level in (two_sided(instance, draws), _half(draws))]


def divergence(draws: Draws, /) -> Numbers:
    """KL(π‖q), shape (..., n)."""
    return expectation(draws.probs, draws.log_ratio)


def clipped_divergence(draws: Draws, threshold: Numbers, /) -> Numbers:
    """E_π clip_τ ℓ, shape (..., n)."""
    return expectation(draws.probs, clipped(threshold, draws.log_ratio))


def tails(draws: Draws, threshold: Numbers, /) -> tuple[Numbers, Numbers]:
    """E_π(ℓ − τ)₊ and E_π(−ℓ − τ)₊, shape (..., n)."""
    upper, lower = (positive_part(side - threshold) for side in (draws.log_ratio, -draws.log_ratio))
    return expectation(draws.probs, upper), expectation(draws.probs, lower)


def cut_off(draws: Draws, threshold: Numbers, /) -> Numbers:
    """b(τ) = E_π(|ℓ| − τ)₊, shape (..., n)."""
    return expectation(draws.probs, positive_part(absolute(draws.log_ratio) - threshold))


def squares(draws: Draws, /) -> Numbers:
    """Σ_a π²/q as E_π exp ℓ, shape (..., n); infinite in floats where q is tiny."""
    with np.errstate(over="ignore"):
        return expectation(draws.probs, exp(draws.log_ratio))


def tail_bound(draws: Draws, threshold: Numbers, /) -> Numbers:
    """exp(−τ − 1)·(1 + Σ_a π²/q), shape (..., n)."""
    with np.errstate(over="ignore"):
        return exp(-threshold[..., 0] - 1) * (1 + squares(draws))


@identity("clip-range", "|clip_τ y| = min(τ, |y|), clip_τ y of the sign of y", THRESHOLD)
def clip_range(instance: Instance) -> tuple[Numbers, Numbers]:
    """For y = f(x,a) and τ = λ; the sign as clip_τ y·|y| = min(τ, |y|)·y."""
    values, threshold = instance.values, instance.problem.kl_coef[..., None, None]
    size = absolute(values)
    cut, least = clipped(threshold, values), amin(join(size, threshold + zeros_like(size)), -1)
    return join(absolute(cut), cut * size), join(least, least * values)


@identity("clip-bias", "KL(π‖q) − E_π clip_τ ℓ = E_π(ℓ − τ)₊ − E_π(−ℓ − τ)₊", POLICY, REFERENCE, THRESHOLD)
def clip_bias(instance: Instance) -> tuple[Numbers, Numbers]:
    """For both policies and both thresholds."""
    sides = [(divergence(d) - clipped_divergence(d, level), tails(d, level)) for d, level in cases(instance)]
    return join(*(bias for bias, _ in sides)), join(*(upper - lower for _, (upper, lower) in sides))


@inequality("clip-bias-bound", "|KL(π‖q) − E_π clip_τ ℓ| ≤ E_π(|ℓ| − τ)₊", POLICY, REFERENCE, THRESHOLD)
def clip_bias_bound(instance: Instance) -> tuple[Numbers, Numbers]:
    """For both policies, with the threshold that cuts off at both sides; at one alone both sides are equal."""
    sides = [(d, two_sided(instance, d)) for d in draws_of(instance)]
    bias = join(*(divergence(d) - clipped_divergence(d, level) for d, level in sides))
    return absolute(bias), join(*(cut_off(d, level) for d, level in sides))


@inequality("clip-tail", "E_π(|ℓ| − τ)₊ ≤ exp(−τ − 1)·(1 + Σ_a π²/q)", POLICY, REFERENCE)
def clip_tail(instance: Instance) -> tuple[Numbers, Numbers]:
    """For both policies, at both thresholds and at ±λ, of which one is below 0."""
    free = [(d, sign * _kl_coef(instance)) for d in draws_of(instance) for sign in (1, -1)]
    sides = [(cut_off(d, level), tail_bound(d, level)) for d, level in (*cases(instance), *free)]
    return join(*(lhs for lhs, _ in sides)), join(*(rhs for _, rhs in sides))


@inequality("clipped-kl-nonneg", "0 ≤ E_π clip_τ ℓ for τ ≥ 1", POLICY, REFERENCE, "τ ≥ 1")
def clipped_kl_nonneg(instance: Instance) -> tuple[Numbers, Numbers]:
    """For both policies, with τ = 1 and 1 + λ."""
    return signs(instance, 1.0)


def signs(instance: Instance, least: float, /) -> tuple[Numbers, Numbers]:
    """Sides of the claim with the least threshold ``least``."""
    levels = (least + factor * _kl_coef(instance) for factor in (0, 1))
    found = join(*(clipped_divergence(d, level) for level in levels for d in draws_of(instance)))
    return zeros_like(found), found


@inequality(
    "clipped-optimum-gap",
    "J^r(π_r) − J^r(π) ≤ λ(E_π(ℓ − τ)₊ + E_{π_r}(−ℓ_r − τ)₊) ≤ λexp(−τ − 1)(1 + Σ_a π²/q)",
    SETTING,
    POLICY,
    THRESHOLD,
    "π does at least as well as π_r in E r − λE clip_τ ℓ",
)
def clipped_optimum_gap(instance: Instance) -> tuple[Numbers, Numbers]:
    """For both policies and the reward f, with the threshold that cuts off at both sides for π_r.

    To the first bound is added twice what π loses in E r − λE clip_τ ℓ, which is nothing under the hypothesis.
    """
    return optimum_gap(instance, tail_bound)


def optimum_gap(instance: Instance, bound: Callable[[Draws, Numbers], Numbers], /) -> tuple[Numbers, Numbers]:
    """Sides of the claim with ``bound`` for exp(−τ − 1)(1 + Σ_a π²/q)."""
    problem, rewards = instance.problem, instance.values
    log_best, kl_coef = log_boltzmann(problem, rewards), problem.kl_coef[..., None]
    best = Draws(exp(log_best), log_best - log(problem.ref_probs))
    level = two_sided(instance, best)
    lhs, rhs = [], []
    for draws in draws_of(instance):
        lost = positive_part(_clipped_value(instance, best, level) - _clipped_value(instance, draws, level))
        cut = kl_coef * (tails(draws, level)[0] + tails(best, level)[1])
        gap = value_of_boltzmann(problem, rewards, rewards) - _value(instance, draws)
        lhs += [gap, cut]
        rhs += [2 * lost + cut, kl_coef * bound(draws, level)]
    return join(*lhs), join(*rhs)


def _value(instance: Instance, draws: Draws) -> Numbers:
    return expectation(draws.probs, instance.values) - instance.problem.kl_coef[..., None] * divergence(draws)


def _clipped_value(instance: Instance, draws: Draws, threshold: Numbers) -> Numbers:
    cost = clipped_divergence(draws, threshold)
    return expectation(draws.probs, instance.values) - instance.problem.kl_coef[..., None] * cost


@identity("k3-unbiased", "E_π[exp(−ℓ) − 1 + ℓ] = KL(π‖q)", POLICY, "π > 0", REFERENCE)
def k3_unbiased(instance: Instance) -> tuple[Numbers, Numbers]:
    """For π_θ and π_θ'; that E_π ℓ is the divergence is its definition."""
    found = [_boltzmann(instance, theta) for theta in (instance.theta, instance.theta_prime)]
    return join(*(expectation(d.probs, k3(d.log_ratio)) for d in found)), join(*map(divergence, found))


@inequality("k3-nonneg", "0 ≤ exp(−ℓ) − 1 + ℓ", "ℓ is any number")
def k3_nonneg(instance: Instance) -> tuple[Numbers, Numbers]:
    """At the log-ratios of both policies."""
    found = concat(*(k3(d.log_ratio) for d in draws_of(instance)))
    return zeros_like(found), found


def k3(log_ratio: Numbers, /) -> Numbers:
    """exp(−ℓ) − 1 + ℓ."""
    with np.errstate(over="ignore"):  # infinite in floats from ℓ ≈ −710 on
        return exp(-log_ratio) - 1 + log_ratio
