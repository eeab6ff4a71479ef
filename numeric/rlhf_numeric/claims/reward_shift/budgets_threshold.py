"""Claims on the threshold at which to clip: cτ + E(Z − τ)₊ is least at a quantile of Z.

The policies are those of the module on the clipped divergence, and Z = |f(x,a)|: no rounding moves it across itself.
A cost c for which Z_b is a quantile is P_π(Z > Z_b), and a part λ/(1+λ) of P_π(Z = Z_b).
"""

from typing import NamedTuple

from rlhf_numeric.arithmetic.kinds import (
    Array,
    Numbers,
    absolute,
    amin,
    argmax,
    at_least,
    concat,
    join,
    pick,
    zeros_like,
)
from rlhf_numeric.claims.reward_shift.clipped_kl import POLICY, draws_of, positive_part
from rlhf_numeric.evaluation.claim import inequality
from rlhf_numeric.evaluation.instance import Instance
from rlhf_numeric.model.gradient import expectation

QUANTILE = "P_π(Z > t) ≤ c ≤ P_π(Z ≥ t)"


class Sizes(NamedTuple):
    """A policy at each prompt, and the values Z, both of shape (..., n, m)."""

    probs: Numbers
    sizes: Numbers


class Quantile(NamedTuple):
    """A threshold t, and a cost c for which it is a quantile, both of shape (..., n, 1)."""

    threshold: Numbers
    cost: Numbers


def sizes_of(instance: Instance, /) -> tuple[Sizes, ...]:
    """Both policies."""
    return tuple(Sizes(d.probs, absolute(instance.values)) for d in draws_of(instance))


def part(instance: Instance, /) -> Numbers:
    """λ/(1+λ), shape (..., 1, 1)."""
    kl_coef = instance.problem.kl_coef[..., None, None]
    return kl_coef / (1 + kl_coef)


def quantile(found: Sizes, index: Array, share: Numbers, /) -> Quantile:
    """Z_b at the actions b of ``index``, shape (..., n), and the cost with this share of P_π(Z = Z_b)."""
    level = pick(found.sizes, index, axis=-1)
    reached, exceeded = at_least(found.sizes, level), 1 - at_least(-found.sizes, -level)
    return Quantile(level, expectation(found.probs, exceeded + share * (reached - exceeded))[..., None])


def cut_off(found: Sizes, level: Numbers, /) -> Numbers:
    """E_π(Z − τ)₊, shape (..., n)."""
    return expectation(found.probs, positive_part(found.sizes - level))


@inequality("clip-threshold-optimal", "ct + E_π(Z − t)₊ ≤ cτ + E_π(Z − τ)₊", POLICY, QUANTILE, "τ ≥ 0")
def clip_threshold_optimal(instance: Instance) -> tuple[Numbers, Numbers]:
    """For both policies, t = Z of the most probable action, and the thresholds 0, t/2, t + λ and 2t + λ.

    What differs in the costs of the thresholds stands on one side, what differs in the means on the other.
    """
    return against_others(instance, 1.0)


def against_others(instance: Instance, factor: float, /) -> tuple[Numbers, Numbers]:
    """Sides of the claim for ``factor`` times the cost for which t is the quantile."""
    lhs, rhs, step = [], [], instance.problem.kl_coef[..., None, None]
    for found in sizes_of(instance):
        t, cost = quantile(found, argmax(found.probs), part(instance))
        for below in (0 * t, t / 2):
            lhs.append((factor * cost * (t - below))[..., 0])
            rhs.append(cut_off(found, below) - cut_off(found, t))
        for above in (t + step, 2 * t + step):
            lhs.append(cut_off(found, t) - cut_off(found, above))
            rhs.append((factor * cost * (above - t))[..., 0])
    return join(*lhs), join(*rhs)


@inequality(
    "clip-threshold-exists",
    "the least of ct + E_π(Z − t)₊ at t = 0 and at all t = Z_a is at most cτ + E_π(Z − τ)₊",
    POLICY,
    "c ≥ 0",
    "τ ≥ 0",
)
def clip_threshold_exists(instance: Instance) -> tuple[Numbers, Numbers]:
    """For both policies, with c = λ/(1+λ), for τ = λ and for half of E_π Z."""
    return least_at_values(instance, 1.0)


def least_at_values(instance: Instance, factor: float, /) -> tuple[Numbers, Numbers]:
    """Sides of the claim with ``factor`` times the values of Z."""
    lhs, rhs, cost = [], [], part(instance)[..., 0]
    for found in sizes_of(instance):
        values = factor * found.sizes
        gaps = positive_part(found.sizes[..., None, :] - values[..., None])
        at_values = cost[..., None] * values + expectation(found.probs[..., None, :], gaps)
        least = amin(concat(at_values, expectation(found.probs, found.sizes)[..., None]), -1)
        for level in (instance.problem.kl_coef[..., None], expectation(found.probs, found.sizes) / 2):
            lhs.append(least)
            rhs.append(cost * level + cut_off(found, level[..., None]))
    return join(*lhs), join(*rhs)


@inequality("clip-threshold-monotone", "0 ≤ (c − c′)(t′ − t)", POLICY, QUANTILE, "and so for c′ and t′", "c ≠ c′")
def clip_threshold_monotone(instance: Instance) -> tuple[Numbers, Numbers]:
    """For both policies, t and t′ the values of Z at the most and at the least probable action."""
    products = []
    for found in sizes_of(instance):
        (t, c), (other, cost) = (quantile(found, argmax(p), part(instance)) for p in (found.probs, -found.probs))
        products.append(((c - cost) * (other - t))[..., 0])
    sides = join(*products)
    return zeros_like(sides), sides
