"""Claims on the bias of clipping at other thresholds, and on the tails of the log-ratio, at each prompt.

Policies and thresholds are those of the module on the clipped divergence.
"""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from rlhf_numeric.arithmetic.kinds import Numbers, absolute, amax, at_least, concat, exp, join, log, zeros_like
from rlhf_numeric.claims.common.hypotheses import SETTING
from rlhf_numeric.claims.reward_shift.clipped_kl import (
    POLICY,
    REFERENCE,
    THRESHOLD,
    Draws,
    cases,
    clipped,
    clipped_divergence,
    cut_off,
    divergence,
    draws_of,
    positive_part,
    squares,
    tails,
    two_sided,
)
from rlhf_numeric.evaluation.claim import identity, inequality
from rlhf_numeric.evaluation.instance import Instance
from rlhf_numeric.model.gradient import expectation
from rlhf_numeric.model.policy import log_boltzmann

Moment: TypeAlias = Callable[[Draws], Numbers]


@inequality("clip-lipschitz", "|clip_τ y − clip_τ z| ≤ |y − z| and clip_τ y ≤ clip_τ z for y ≤ z", "τ is any number")
def clip_lipschitz(instance: Instance) -> tuple[Numbers, Numbers]:
    """For y = f(x,a) and z = λ + |f(x,a)|, which is never below y, with τ = λ."""
    values, level = instance.values, instance.problem.kl_coef[..., None, None]
    above = level + absolute(values)
    low, high = clipped(level, values), clipped(level, above)
    return concat(absolute(high - low), low), concat(absolute(above - values), high)


@identity("clip-excess", "|y − clip_τ y| = (|y| − τ)₊", THRESHOLD)
def clip_excess(instance: Instance) -> tuple[Numbers, Numbers]:
    """For y = f(x,a) and τ = λ."""
    values, level = instance.values, instance.problem.kl_coef[..., None, None]
    return absolute(values - clipped(level, values)), positive_part(absolute(values) - level)


@inequality("clip-bias-mono", "0 ≤ b(τ) − b(τ′) ≤ τ′ − τ, b(τ) = E_π(|ℓ| − τ)₊", POLICY, "τ ≤ τ′")
def clip_bias_mono(instance: Instance) -> tuple[Numbers, Numbers]:
    """For both policies, with τ the threshold that cuts off at both sides and τ′ = τ + λ."""
    lhs, rhs, step = [], [], instance.problem.kl_coef[..., None]
    for draws in draws_of(instance):
        level = two_sided(instance, draws)
        less, more = cut_off(draws, level + step[..., None]), cut_off(draws, level)
        lhs += [less, more - less]
        rhs += [more, step + zeros_like(more)]
    return join(*lhs), join(*rhs)


@inequality(
    "clip-bias-zero",
    "π(a)(|ℓ_a| − τ) ≤ E_π(|ℓ| − τ)₊ for every action a, and |log(π_r/q)| ≤ range(r)/λ",
    SETTING,
    "π > 0",
)
def clip_bias_zero(instance: Instance) -> tuple[Numbers, Numbers]:
    """For both policies, zeros allowed, and for r = f; where π > 0, |ℓ| ≤ τ follows if the mean is 0."""
    lhs, rhs = [], []
    for draws in draws_of(instance):
        level = two_sided(instance, draws)
        terms = draws.probs * (absolute(draws.log_ratio) - level)
        lhs.append(terms)
        rhs.append(cut_off(draws, level)[..., None] + zeros_like(terms))
    ratio = log_boltzmann(instance.problem, instance.values) - log(instance.problem.ref_probs)
    reach = (amax(instance.values, -1) + amax(-instance.values, -1)) / instance.problem.kl_coef[..., None]
    return concat(*lhs, absolute(ratio)), concat(*rhs, reach[..., None] + zeros_like(ratio))


@inequality("clip-lower-tail", "E_π(−ℓ − τ)₊ ≤ exp(−τ − 1)", POLICY, REFERENCE)
def clip_lower_tail(instance: Instance) -> tuple[Numbers, Numbers]:
    """For both policies, at both thresholds and at ±λ, of which one is below 0."""
    found = anywhere(instance)
    return join(*(tails(d, level)[1] for d, level in found)), join(*(exp(-level[..., 0] - 1) for _, level in found))


@inequality("clip-upper-tail", "E_π(ℓ − τ)₊ ≤ exp(−τ − 1)·Σ_a π²/q", POLICY, "q > 0")
def clip_upper_tail(instance: Instance) -> tuple[Numbers, Numbers]:
    """For both policies, at both thresholds and at ±λ, of which one is below 0."""
    return upper_tails(instance, squares)


def upper_tails(instance: Instance, moment: Moment, /) -> tuple[Numbers, Numbers]:
    """Sides of the claim with ``moment`` for Σ_a π²/q."""
    found = anywhere(instance)
    with np.errstate(over="ignore"):
        bounds = [exp(-level[..., 0] - 1) * moment(d) for d, level in found]
    return join(*(tails(d, level)[0] for d, level in found)), join(*bounds)


@inequality("clip-second-moment", "4τ·E_π(|ℓ| − τ)₊ ≤ E_π ℓ²", POLICY, "τ > 0")
def clip_second_moment(instance: Instance) -> tuple[Numbers, Numbers]:
    """For both policies and both thresholds."""
    found = cases(instance)
    moments = [expectation(d.probs, d.log_ratio * d.log_ratio) for d, _ in found]
    return join(*(4 * level[..., 0] * cut_off(d, level) for d, level in found)), join(*moments)


@inequality("log-ratio-tail", "P_π(ℓ ≥ τ) ≤ exp(−τ)·Σ_a π²/q and P_π(ℓ ≤ −τ) ≤ exp(−τ)", POLICY, REFERENCE)
def log_ratio_tail(instance: Instance) -> tuple[Numbers, Numbers]:
    """For both policies, with half of the threshold that cuts off at both sides; all times that threshold."""
    return probabilities(instance, squares)


def probabilities(instance: Instance, moment: Moment, /) -> tuple[Numbers, Numbers]:
    """Sides of the claim with ``moment`` for Σ_a π²/q."""
    lhs, rhs = [], []
    for draws in draws_of(instance):
        level = two_sided(instance, draws)
        scale, size = level[..., 0], exp(-level[..., 0] / 2)
        with np.errstate(over="ignore"):
            rhs += [scale * size * moment(draws), scale * size]
        sides = (draws.log_ratio, -draws.log_ratio)
        lhs += [scale * expectation(draws.probs, at_least(side, level / 2)) for side in sides]
    return join(*lhs), join(*rhs)


@inequality("clipped-kl-lower", "τ − exp(τ − 1) ≤ E_π clip_τ ℓ", POLICY, REFERENCE, THRESHOLD)
def clipped_kl_lower(instance: Instance) -> tuple[Numbers, Numbers]:
    """For both policies, with the threshold that cuts off at both sides and with τ = 1/(1+λ)."""
    return from_below(instance, 1.0)


def from_below(instance: Instance, factor: float, /) -> tuple[Numbers, Numbers]:
    """Sides of the claim with exp(τ − 1) multiplied by ``factor``."""
    free = 1 / (1 + instance.problem.kl_coef[..., None, None])
    found = [(d, level) for d in draws_of(instance) for level in (two_sided(instance, d), free)]
    with np.errstate(over="ignore"):
        bounds = [level[..., 0] - factor * exp(level[..., 0] - 1) for _, level in found]
    values = [clipped_divergence(d, level) for d, level in found]
    return join(*(b + zeros_like(v) for b, v in zip(bounds, values, strict=True))), join(*values)


@inequality("clipped-kl-upper", "E_π clip_τ ℓ ≤ KL(π‖q) + exp(−τ − 1)", POLICY, REFERENCE, THRESHOLD)
def clipped_kl_upper(instance: Instance) -> tuple[Numbers, Numbers]:
    """For both policies and both thresholds."""
    found = cases(instance)
    bounds = [divergence(d) + exp(-level[..., 0] - 1) for d, level in found]
    return join(*(clipped_divergence(d, level) for d, level in found)), join(*bounds)


def anywhere(instance: Instance, /) -> list[tuple[Draws, Numbers]]:
    """Both policies with both thresholds and ±λ."""
    kl_coef = instance.problem.kl_coef[..., None, None]
    free = [(d, sign * kl_coef + zeros_like(d.log_ratio[..., :1])) for d in draws_of(instance) for sign in (1, -1)]
    return [*cases(instance), *free]
