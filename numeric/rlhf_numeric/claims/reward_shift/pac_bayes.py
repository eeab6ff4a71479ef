"""Claims on PAC-Bayes bounds and on finite classes, every probability by enumeration.

The functions Δ_θ are deviations of the mean of g_θ(x_i) over a sample from its mean under D, where g_θ is f(·, a) over
its range for every action a, or the indicator of a prompt; so V = 1/n and h = 1/8. Samples have the size of the extent,
or one prompt. The prior gives half to the actions, as the reference policy of the first prompt does, and half to the
prompts. What is tested for all posteriors is tested for the worst, Q ∝ P·exp(sΔ), at prices log(1/δ) a little
below the largest that some sample fails to pay: rounding does not decide whether it does.
"""

from typing import NamedTuple

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
    log_softmax,
    log_sum_exp,
    sqrt,
    zeros_like,
)
from rlhf_numeric.claims.common.hypotheses import SAMPLED
from rlhf_numeric.claims.common.samples import on_samples, sample_probs
from rlhf_numeric.evaluation.claim import identity, inequality
from rlhf_numeric.evaluation.instance import Instance
from rlhf_numeric.model.gradient import expectation
from rlhf_numeric.model.policy import policy, relative_entropy

_H = 1 / 8
_MOMENTS = "E exp(sΔ_θ) ≤ exp(hs²V) for all s and θ"
_PRIOR = "P is a probability vector, P > 0"
_DELTA = "δ > 0"
_SHARES = (0.47, 0.7, 0.85, 0.999)  # of the largest deviation
_BELOW = (0.02, 0.2, 0.5, 1.0)  # the largest price, in nats


@inequality(
    "donsker-varadhan",
    "(Σ|p − q_F|)²/2 ≤ KL(p‖q) + log E_q exp F − E_p F ≤ Σ(p − q_F)log(p/q_F), q_F ∝ q·exp F",
    "p and q are probability vectors",
    "q > 0",
)
def donsker_varadhan(instance: Instance) -> tuple[Numbers, Numbers]:
    """For the arbitrary policy and its mean with the reference, with F = f: equality at q_F, and there alone."""
    log_q, f = log(instance.problem.ref_probs), instance.values
    log_mean, log_tilted = log_sum_exp(log_q + f), log_softmax(log_q + f)
    mixed = (instance.probs + instance.problem.ref_probs) / 2
    both = (instance.probs, mixed)
    gaps = [divergence(p, log_q) + log_mean - expectation(p, f) for p in both]
    distances = [absolute(p - exp(log_tilted)).sum(-1) for p in both]
    above = ((mixed - exp(log_tilted)) * (log(mixed) - log_tilted)).sum(-1)
    return join(*(d * d / 2 for d in distances), gaps[1]), join(*gaps, above)


def divergence(probs: Numbers, log_reference: Numbers, /) -> Numbers:
    """KL(p‖q) from p and log q."""
    return relative_entropy(probs, log_reference)


class Deviations(NamedTuple):
    """Δ_θ over √(hV) for every sample, shape (..., K, N), probabilities of samples, and log P, shape (..., 1, N)."""

    sizes: Numbers
    probs: Numbers
    log_prior: Numbers


def deviations(instance: Instance, /) -> tuple[Deviations, Deviations]:
    """Of one prompt, and of the mean over a sample."""
    f, prompts = instance.values, instance.problem.n_prompts
    spread = amax(f, -2) + amax(-f, -2)
    indicators = zeros_like(f[..., :1]) + np.eye(prompts)
    functions = concat(f / (spread + is_zero(spread))[..., None, :], indicators)
    centred = functions - (instance.weights[..., None] * functions).sum(-2)[..., None, :]
    first = instance.problem.ref_probs[..., 0, :] / 2
    log_prior = log(concat(first, zeros_like(instance.weights) + 1 / (2 * prompts)))[..., None, :]
    scale = sqrt(zeros_like(f[..., :1, :1]) + instance.extent.sample / _H)
    means = on_samples(instance, centred, axes=1) * scale
    single = centred * sqrt(zeros_like(f[..., :1, :1]) + 1 / _H)
    return Deviations(single, instance.weights, log_prior), Deviations(means, sample_probs(instance), log_prior)


def tilts(instance: Instance, /) -> list[Numbers]:
    """Values of s√(hV), shape (...): 1/λ, and 1 and 2."""
    free = 1 / instance.problem.kl_coef
    return [free, zeros_like(free) + 1, zeros_like(free) + 2]


def evidence(found: Deviations, tilt: Numbers, /) -> Numbers:
    """s·E_Q Δ − KL(Q‖P) − hs²V for the worst posterior Q ∝ P·exp(sΔ), shape (..., K)."""
    slope = tilt[..., None, None]
    log_posterior = log_softmax(found.log_prior + slope * found.sizes)
    posterior = exp(log_posterior)
    cost = expectation(posterior, log_posterior - found.log_prior)
    return tilt[..., None] * expectation(posterior, found.sizes) - cost - (tilt * tilt)[..., None]


def failures(found: Deviations, statistic: Numbers, size: float = 1.0, /) -> list[Numbers]:
    """P(statistic ≥ price)/δ with J = size and log(J/δ) several numbers below the largest statistic."""
    levels = [amax(statistic, -1) - gap for gap in _BELOW]
    return [beyond(found, statistic, level) / size for level in levels]


def beyond(found: Deviations, statistic: Numbers, level: Numbers, /) -> Numbers:
    """exp(level)·P(statistic ≥ level): a probability over the confidence that costs it."""
    return exp(level) * expectation(found.probs, at_least(statistic, price(level)[..., None]))


def price(level: Numbers, /) -> Numbers:
    """log(1/δ), from itself."""
    return level


@inequality(
    "pac-bayes-catoni",
    "P(∃Q: E_Q Δ > (KL(Q‖P) + log(1/δ))/s + hsV)/δ ≤ 1",
    _MOMENTS,
    _PRIOR,
    "s > 0",
    _DELTA,
    SAMPLED,
    samples=True,
)
def pac_bayes_catoni(instance: Instance) -> tuple[Numbers, Numbers]:
    """At three values of s√(hV), those of `tilts`."""
    pairs = [(found, tilt) for found in deviations(instance) for tilt in tilts(instance)]
    total = join(*(part for found, tilt in pairs for part in failures(found, evidence(found, tilt))))
    return total, zeros_like(total) + 1


@inequality(
    "pac-bayes-grid",
    "P(∃Q, j: E_Q Δ > (KL(Q‖P) + log(J/δ))/s_j + hs_jV)/δ ≤ 1",
    _MOMENTS,
    _PRIOR,
    "s_j > 0",
    "J ≥ 1",
    _DELTA,
    SAMPLED,
    samples=True,
)
def pac_bayes_grid(instance: Instance) -> tuple[Numbers, Numbers]:
    """For the three values of s√(hV) of `tilts`, so that J = 3."""
    parts = []
    for found in deviations(instance):
        statistic = amax(join(*(evidence(found, tilt) for tilt in tilts(instance))), -1)
        parts += failures(found, statistic, 3)
    total = join(*parts)
    return total, zeros_like(total) + 1


@inequality(
    "pac-bayes-mcallester",
    "P(∃Q: E_Q Δ > (3/√2)√(hV(KL(Q‖uniform) + log(J/δ))))/δ ≤ 1",
    _MOMENTS,
    "0 < δ < J and 4^J ≥ 1 + log N/log(J/δ)",
    SAMPLED,
    samples=True,
)
def pac_bayes_mcallester(instance: Instance) -> tuple[Numbers, Numbers]:
    """For J = 1, 2, 3 and posteriors Q ∝ exp(sΔ), log(J/δ) nearly the largest that fails, or the smallest allowed."""
    return mcallester(instance, 9 / 2)


def mcallester(instance: Instance, square: float, /) -> tuple[Numbers, Numbers]:
    """Sides of the claim with √square for 3/√2."""
    parts = []
    for found in deviations(instance):
        statistic = amax(join(*(excess(found, tilt, square) for tilt in tilts(instance))), -1)
        largest = amax(statistic, -1) - _BELOW[0]
        entropy = log(zeros_like(largest) + found.sizes.shape[-1])
        levels = [(size, amax(join(largest, entropy / (4**size - 1)), -1)) for size in (1, 2, 3)]
        parts += [beyond(found, statistic, level) / size for size, level in levels]
    total = join(*parts)
    return total, zeros_like(total) + 1


def excess(found: Deviations, tilt: Numbers, square: float, /) -> Numbers:
    """(E_Q Δ)₊²/(square·hV) − KL(Q‖uniform) for Q ∝ exp(sΔ): the least log(J/δ) that covers it, shape (..., K)."""
    log_posterior = log_softmax(tilt[..., None, None] * found.sizes)
    posterior = exp(log_posterior)
    gain = expectation(posterior, found.sizes)
    gain = amax(join(gain, zeros_like(gain)), -1)
    uniform = zeros_like(log_posterior) - log(zeros_like(log_posterior) + log_posterior.shape[-1])
    return gain * gain / square - expectation(posterior, log_posterior - uniform)


@inequality(
    "finite-class",
    "P(max_θ |Δ_θ| ≥ t) ≤ 2N·exp(−t²/(4hV))",
    _MOMENTS,
    _DELTA,
    SAMPLED,
    samples=True,
)
def finite_class(instance: Instance) -> tuple[Numbers, Numbers]:
    """At shares t of the largest deviation; log(2N/δ) is t²/(4hV)."""
    return of_class(instance, instance.problem.n_actions + instance.problem.n_prompts)


def of_class(instance: Instance, size: int, /) -> tuple[Numbers, Numbers]:
    """Sides of the claim with ``size`` for N."""
    tails, bounds = [], []
    for found in deviations(instance):
        largest = amax(absolute(found.sizes), -1)
        for t in (share * amax(largest, -1) for share in _SHARES):
            tails.append(t * expectation(found.probs, at_least(largest, t[..., None])))
            bounds.append(t * 2 * size * exp(-t * t / 4))
    return join(*tails), join(*bounds)


@inequality("kl-data-processing", "KL(g_#p‖g_#q) ≤ KL(p‖q)", "p and q are probability vectors", "q > 0 where p > 0")
def kl_data_processing(instance: Instance) -> tuple[Numbers, Numbers]:
    """For the arbitrary policy against the reference and π_θ; g merges the actions by twos, or the last two."""
    p, last = instance.probs, instance.problem.n_actions - 1
    actions, lhs, rhs = np.arange(last + 1), [], []
    for q in (instance.problem.ref_probs, policy(instance.problem, instance.theta)):
        for classes in (actions // 2, np.minimum(actions, max(last - 1, 0))):
            lhs.append(divergence(pushed(p, classes), log(pushed(q, classes))))
            rhs.append(divergence(p, log(q)))
    return join(*lhs), join(*rhs)


def pushed(probs: Numbers, classes: Numbers, /) -> Numbers:
    """Probabilities of the classes, shapes (..., m) to (..., k)."""
    parts = [probs[..., np.flatnonzero(classes == c)].sum(-1) for c in range(int(classes.max()) + 1)]
    return join(*parts)


@identity(
    "kl-uniform", "KL(p‖uniform) = log N − H(p), log N at a point mass, and (−H(p))₊ = 0", "p is a probability vector"
)
def kl_uniform(instance: Instance) -> tuple[Numbers, Numbers]:
    """For the arbitrary policy, π_θ and the point mass at the first action; H(p) ≥ 0 says that KL ≤ log N."""
    point = zeros_like(instance.probs) + (np.arange(instance.problem.n_actions) == 0)
    size = log(zeros_like(instance.probs[..., 0]) + instance.problem.n_actions)
    both = (instance.probs, policy(instance.problem, instance.theta))
    costs = [divergence(p, zeros_like(p) - size[..., None]) for p in (*both, point)]
    entropies = [-divergence(p, zeros_like(p)) for p in both]
    negative = [amax(join(-h, zeros_like(h)), -1) for h in entropies]
    return join(*costs, *negative), join(*(size - h for h in entropies), size, *map(zeros_like, negative))
