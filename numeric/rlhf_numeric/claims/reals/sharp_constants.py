"""Claims with the best constants: of the exponential to second order, of Hoeffding and of Pinsker.

None is about policies: what an instance has of probabilities and numbers serves as such. Every moment generating
function is divided by its bound, so that it cannot overflow. The theorems hold with any sub-Gaussian constant h; the
claims take the smallest, 1/8.
"""

import numpy as np

from rlhf_numeric.arithmetic.kinds import (
    Numbers,
    absolute,
    amax,
    at_least,
    concat,
    exp,
    is_zero,
    join,
    log,
    norm,
    psi,
    sqrt,
    zeros_like,
)
from rlhf_numeric.claims.common.hypotheses import SAMPLED
from rlhf_numeric.claims.common.samples import on_samples, sample_probs, samples, tails_of
from rlhf_numeric.evaluation.claim import inequality
from rlhf_numeric.evaluation.instance import Instance
from rlhf_numeric.model.gradient import expectation
from rlhf_numeric.model.policy import log_policy, relative_entropy

_ARCHIMEDEAN = "the field is Archimedean"
_PROBABILITY = "p is a probability vector"
_BOUNDED = "lo ≤ f ≤ hi"
_SUB_GAUSSIAN = "h is a sub-Gaussian constant"


@inequality("second-order-constant", "exp y ≤ 1 + y + ψ(M)·y² for |y| ≤ M", _ARCHIMEDEAN, "M > 0")
def second_order_constant(instance: Instance) -> tuple[Numbers, Numbers]:
    """At y = (2p − 1)M for every probability p of the arbitrary policy, all times e^{−M}; equal where p = 1."""
    radius = (norm(instance.direction) / instance.problem.kl_coef)[..., None, None]
    y = (2 * instance.probs - 1) * radius
    shrink = exp(-radius)
    with np.errstate(over="ignore", invalid="ignore"):  # in floats 0·∞ from M ≈ 710 on
        return exp(y - radius), shrink * (1 + y) + shrink * psi(radius) * (y * y)


@inequality("hoeffding-constant", "(p·exp((1−p)s) + (1−p)·exp(−ps))/exp(s²/5) ≤ 1", "0 ≤ p ≤ 1")
def hoeffding_constant(instance: Instance) -> tuple[Numbers, Numbers]:
    """For every probability p of the arbitrary policy, with s the number f that stands there."""
    return two_points(instance, 1 / 5)


@inequality(
    "hoeffding-constant-archimedean",
    "(p·exp((1−p)s) + (1−p)·exp(−ps))/exp(s²/8) ≤ 1",
    _ARCHIMEDEAN,
    "0 ≤ p ≤ 1",
)
def hoeffding_constant_archimedean(instance: Instance) -> tuple[Numbers, Numbers]:
    """As the claim with 1/5."""
    return two_points(instance, 1 / 8)


def two_points(instance: Instance, h: float, /) -> tuple[Numbers, Numbers]:
    """Sides of the bound with the constant h for two points."""
    p, s = instance.probs, instance.values
    exponents = (1 - p) * s - h * (s * s), -p * s - h * (s * s)
    total = p * exp(exponents[0]) + (1 - p) * exp(exponents[1])
    return total, zeros_like(total) + 1


@inequality("hoeffding-lemma", "E exp(s(f − E f))/exp(s²(hi − lo)²/8) ≤ 1", _SUB_GAUSSIAN, _PROBABILITY, _BOUNDED)
def hoeffding_lemma(instance: Instance) -> tuple[Numbers, Numbers]:
    """For f under the arbitrary policy at each prompt, with s = ±1/λ."""
    return moments(instance, 1 / 8)


def moments(instance: Instance, h: float, /) -> tuple[Numbers, Numbers]:
    """Sides of the lemma with the constant h."""
    probs, f, scale = instance.probs, instance.values, instance.problem.kl_coef[..., None]
    spread = (amax(f, -1) + amax(-f, -1)) / scale
    centred = (f - expectation(probs, f)[..., None]) / scale[..., None]
    bound = (h * (spread * spread))[..., None]
    total = join(*((probs * exp(side - bound)).sum(-1) for side in (centred, -centred)))
    return total, zeros_like(total) + 1


@inequality("pinsker", "(Σ|p − q|)² ≤ 2KL(p‖q)", _SUB_GAUSSIAN, "p and q are probability vectors", "q > 0")
def pinsker(instance: Instance) -> tuple[Numbers, Numbers]:
    """For the arbitrary policy and the reference, and for π_θ and π_θ'."""
    problem = instance.problem
    here, there = log_policy(problem, instance.theta), log_policy(problem, instance.theta_prime)
    distance = join(absolute(instance.probs - problem.ref_probs).sum(-1), absolute(exp(here) - exp(there)).sum(-1))
    divergence = join(relative_entropy(instance.probs, log(problem.ref_probs)), (exp(here) * (here - there)).sum(-1))
    return distance * distance, 2 * divergence


@inequality(
    "hoeffding-mean",
    "P(|mean_i f(x_i) − E_D f| ≥ t) ≤ 2exp(−2nt²/(hi − lo)²)",
    _SUB_GAUSSIAN,
    SAMPLED,
    _BOUNDED,
    "t ≥ 0",
    samples=True,
)
def hoeffding_mean(instance: Instance) -> tuple[Numbers, Numbers]:
    """For f at the first action, with t nearly half of the largest deviation and nearly all of it; times t/range."""
    return mean_of_draws(instance, 1 / 8)


def mean_of_draws(instance: Instance, h: float, /) -> tuple[Numbers, Numbers]:
    """Sides of the tail bound with the constant h."""
    f = instance.values[..., 0]
    spread = amax(f, -1) + amax(-f, -1)
    deviations = on_samples(instance, f) - expectation(instance.weights, f)[..., None]
    tails, levels = tails_of(instance, deviations)
    share = levels / (spread + is_zero(spread))[..., None]
    return share * tails, 2 * share * exp(-instance.extent.sample * (share * share) / (4 * h))


@inequality(
    "mcdiarmid",
    "P(F − E F ≥ t) ≤ exp(−2t²/Σc_i²) and P(F − E F > √(Σc_i²·log(1/δ)/2)) ≤ δ",
    _SUB_GAUSSIAN,
    SAMPLED,
    "replacing x_i changes F by at most c_i",
    "t ≥ 0",
    "δ > 0",
    samples=True,
)
def mcdiarmid(instance: Instance) -> tuple[Numbers, Numbers]:
    """For Σ_i f(x_i, a_i) and max_i f(x_i, a_i), a_i = i, i = 1, …, n; t nearly half of the largest excess, and all.

    The bounds at t are multiplied by t/√(Σc_i²), and where that root is 0, 1 stands for it; δ = 1/2 and 1/8.
    """
    return bounded_differences(instance, 1 / 8)


def bounded_differences(instance: Instance, h: float, /) -> tuple[Numbers, Numbers]:
    """Sides of the claim with the constant h."""
    tables = _of_samples(instance)
    sides = [_exceeding(instance, table, h) for table in tables]
    return concat(*(lhs for lhs, _ in sides)), concat(*(rhs for _, rhs in sides))


def differences(instance: Instance, table: Numbers, /) -> list[Numbers]:
    """c_i of a function of the sample, shape (..., K), for every i: the smallest, shape (...)."""
    prompts, size = instance.problem.n_prompts, instance.extent.sample
    found = []
    for place in range(size):
        stride = prompts ** (size - 1 - place)
        base = np.flatnonzero(np.arange(prompts**size) // stride % prompts == 0)
        over = table[..., base[:, None] + stride * np.arange(prompts)]
        found.append(amax(amax(over, -1) + amax(-over, -1), -1))
    return found


def _of_samples(instance: Instance) -> tuple[Numbers, Numbers]:
    """Sum and maximum of f(x_i, a_i) over every sample, shapes (..., K)."""
    drawn, actions = samples(instance.problem.n_prompts, instance.extent.sample), instance.problem.n_actions
    parts = [instance.values[..., drawn[:, i], i % actions] for i in range(instance.extent.sample)]
    return join(*parts).sum(-1), amax(join(*parts), -1)


def _exceeding(instance: Instance, table: Numbers, h: float) -> tuple[Numbers, Numbers]:
    probs = sample_probs(instance)
    spread = sqrt(join(*(c * c for c in differences(instance, table))).sum(-1))
    spread = spread + is_zero(spread)
    excess = (table - expectation(probs, table)[..., None]) / spread[..., None]
    shares = [amax(excess, -1) * factor for factor in (0.47, 0.999)]
    tails = [share * expectation(probs, at_least(excess, share[..., None])) for share in shares]
    confidences = [zeros_like(spread) + delta for delta in (1 / 2, 1 / 8)]
    radii = [2 * sqrt(h * log(1 / delta)) for delta in confidences]
    beyond = [1 - expectation(probs, at_least(radius[..., None], excess)) for radius in radii]
    bounds = [share * exp(-share * share / (4 * h)) for share in shares]
    return join(*tails, *beyond), join(*bounds, *confidences)
