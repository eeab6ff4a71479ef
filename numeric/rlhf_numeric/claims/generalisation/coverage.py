"""Claims on the coverage of random samples: what the population covers, a sample covers with high probability.

The population covers at θ with Π = I − (I − V/τ)², V = Σ_x w(x)V_x(θ) and τ = tr V, as in `stability`; that a sample
does is tested along the direction v of the instance. Samples are enumerated one by one, or, where a bound says nothing
of short ones, by their tallies, how often each prompt occurs in them.
"""

from functools import cache
from itertools import combinations
from math import comb

import numpy as np

from rlhf_numeric.arithmetic.kinds import Array, Numbers, amin, at_least, concat, exp, join, zeros_like
from rlhf_numeric.claims.common.hypotheses import SAMPLED, SETTING
from rlhf_numeric.claims.common.samples import frequencies, occurrences, sample_probs
from rlhf_numeric.claims.generalisation.stability import image, trace
from rlhf_numeric.evaluation.claim import identity, inequality
from rlhf_numeric.evaluation.instance import Instance
from rlhf_numeric.model.gradient import covariance_per_prompt, expectation
from rlhf_numeric.model.sharing import shared

_COVERED = "coverage by the population with D at θ, P, σ, ε"
_SIZES = (251, 43, 13, 7, 5, 3, 2)  # primes: half of an expected number is no integer by chance
_MOST_TALLIES = 1000


def population_varies(instance: Instance) -> Array:
    """Whether some feature varies at a prompt that has weight, so that tr V > 0."""
    return np.broadcast_to(trace(_weighted(instance, instance.weights)) > 0, instance.batch_shape)


def half_varies(instance: Instance) -> Array:
    """Whether some feature varies at one of the first half of the prompts."""
    first = _members(instance, _half(instance))
    return np.broadcast_to(trace(_weighted(instance, first)) > 0, instance.batch_shape)


@inequality(
    "coverage-random-sample",
    "P_S(S lacks a prompt, or (σ/n)‖Pv‖² > ⟨V_S(θ)v,v⟩) ≤ N(1 − p)^n",
    SETTING,
    SAMPLED,
    _COVERED,
    "p ≤ D(x) for every x",
    applicable=population_varies,
    samples=True,
)
def coverage_random_sample(instance: Instance) -> tuple[Numbers, Numbers]:
    """With the largest p; equal where there are two prompts of one weight."""
    needed = covered(instance, instance.weights) / instance.extent.sample
    good = holds_all(instance, slice(None)) * at_least(_seen(instance), needed[..., None])
    return expectation(sample_probs(instance), 1 - good), bound_on_absence(instance)


def bound_on_absence(instance: Instance) -> Numbers:
    """N(1 − p)^n with the least weight p, shape (...)."""
    return instance.problem.n_prompts * power(1 - amin(instance.weights, -1), instance.extent.sample)


@inequality(
    "coverage-half",
    "P_S(x has at most half of its expected share) ≤ exp(−nD(x)/8) for each x, "
    "P_S((σ/2)‖Pv‖² > ⟨V_S(θ)v,v⟩) ≤ N·exp(−np/8)",
    SETTING,
    SAMPLED,
    _COVERED,
    "p ≤ D(x) for every x",
    applicable=population_varies,
)
def coverage_half(instance: Instance) -> tuple[Numbers, Numbers]:
    """With the largest p, by tallies of 251 draws for at most two prompts, of 43 for three, of fewer for more."""
    weights, n_prompts = instance.weights, instance.problem.n_prompts
    size = affordable(n_prompts)
    share, probs = tallies(n_prompts, size) / size, tally_probs(weights, size)
    rare = at_least((weights / 2)[..., None, :], share)
    seen = (share * quadratics(instance)[..., None, :]).sum(-1)
    missed = 1 - at_least(seen, (covered(instance, weights) / 2)[..., None])
    total = n_prompts * decay(amin(weights, -1), size)
    tails = (probs[..., None] * rare).sum(-2)
    return concat(tails, join(expectation(probs, missed))), concat(decay(weights, size), join(total))


def decay(weight: Numbers, size: int) -> Numbers:
    """exp(−nD/8)."""
    return exp(-size * weight / 8)


@identity(
    "coverage-tail",
    "P_S(x ∉ S) = (1 − D(x))^n; P_S(S holds G and (σ/n)‖Pv‖² ≤ ⟨V_S(θ)v,v⟩) ≥ 1 − Σ_{x∈G}(1 − D(x))^n",
    SETTING,
    SAMPLED,
    "coverage by the prompts of G at θ, P, σ, ε",
    "n ≥ 1",
    applicable=half_varies,
    samples=True,
)
def coverage_tail(instance: Instance) -> tuple[Numbers, Numbers]:
    """For G the first half of the prompts, and for all; the inequality as an identity: the smaller side is the right.

    With at most two prompts the events that one is lacking exclude each other, and both sides are equal.
    """
    probs, absent = sample_probs(instance), absences(instance)
    lacks = 1 - at_least(occurrences(instance.problem.n_prompts, instance.extent.sample), 1)
    found = [(probs[..., None] * lacks).sum(-2)]
    right = [absent]
    for kept in (_half(instance), slice(None)):
        bound = 1 - absent[..., kept].sum(-1)
        found.append(join(amin(join(holding(instance, kept), bound), -1)))
        right.append(join(bound))
    return concat(*found), concat(*right)


def holding(instance: Instance, kept: slice) -> Numbers:
    """P_S(S holds the prompts of G and covers along v with σ/n), for G a range of prompts, shape (...)."""
    needed = covered(instance, _members(instance, kept)) / instance.extent.sample
    good = holds_all(instance, kept) * at_least(_seen(instance), needed[..., None])
    return expectation(sample_probs(instance), good)


@identity(
    "coverage-rate",
    "E_S[Σ_x D(x)·1{x ∉ S}] = Σ_x D(x)(1 − D(x))^n ≤ N(n/(n+1))^n/(n+1) ≤ N/(n+1)",
    SAMPLED,
    samples=True,
)
def coverage_rate(instance: Instance) -> tuple[Numbers, Numbers]:
    """Put the inequalities as an identity, too: the smallest of the sum and the two bounds is the sum."""
    weights, probs = instance.weights, sample_probs(instance)
    lacks = 1 - at_least(occurrences(instance.problem.n_prompts, instance.extent.sample), 1)
    missing = expectation(probs, (weights[..., None, :] * lacks).sum(-1))
    total = (weights * absences(instance)).sum(-1)
    return join(missing, amin(join(total, *missing_bounds(instance)), -1)), join(total, total)


def missing_bounds(instance: Instance) -> tuple[Numbers, Numbers]:
    """N(n/(n+1))^n/(n+1) and N/(n+1), shapes (...)."""
    size = instance.extent.sample
    one = zeros_like(instance.weights[..., 0]) + 1
    coarse = instance.problem.n_prompts * one / (size + 1)
    return coarse * power(one * size / (size + 1), size), coarse


def absences(instance: Instance) -> Numbers:
    """(1 − D(x))^n for every prompt, shape (..., N)."""
    return power(1 - instance.weights, instance.extent.sample)


def power(x: Numbers, exponent: int, /) -> Numbers:
    """x^n for n ≥ 0."""
    result = zeros_like(x) + 1
    for _ in range(exponent):
        result = result * x
    return result


def holds_all(instance: Instance, kept: slice) -> Array:
    """Whether a sample holds every prompt of a range, 1.0 or 0.0, shape (K,)."""
    occurs = occurrences(instance.problem.n_prompts, instance.extent.sample)[:, kept]
    return np.where((occurs > 0).all(-1), 1.0, 0.0)


@shared
def quadratics(instance: Instance, /) -> Numbers:
    """⟨V_x(θ)v,v⟩ at every prompt, shape (..., N)."""
    v = instance.direction[..., None, :]
    return (image(covariance_per_prompt(instance.problem, instance.theta), v) * v).sum(-1)


def covered(instance: Instance, weights: Numbers) -> Numbers:
    """σ‖Πv‖² for the coverage by the prompts with these weights, σ = 27τ/32, shape (...)."""
    matrix, rest = _weighted(instance, weights), instance.direction
    total = trace(matrix)
    for _ in range(2):
        rest = rest - image(matrix, rest) / total[..., None]
    projected = instance.direction - rest
    return 27 * total / 32 * (projected * projected).sum(-1)


def _seen(instance: Instance) -> Numbers:
    """⟨V_S(θ)v,v⟩ on every sample, shape (..., K)."""
    return (frequencies(instance) * quadratics(instance)[..., None, :]).sum(-1)


def _weighted(instance: Instance, weights: Numbers) -> Numbers:
    """Σ_x w(x)V_x(θ), shape (..., d, d)."""
    return (weights[..., None, None] * covariance_per_prompt(instance.problem, instance.theta)).sum(-3)


def _half(instance: Instance) -> slice:
    """Return the range of the first half of the prompts."""
    return slice(0, (instance.problem.n_prompts + 1) // 2)


def _members(instance: Instance, kept: slice) -> Array:
    """1.0 for the prompts of a range, else 0.0, shape (N,)."""
    inside = np.zeros(instance.problem.n_prompts)
    inside[kept] = 1
    return inside


def affordable(n_prompts: int, /) -> int:
    """Return a number n of draws with at most 1000 tallies, 1 if there is none."""
    fits = (size for size in _SIZES if comb(size + n_prompts - 1, size) <= _MOST_TALLIES)
    return next(fits, 1)


@cache
def tallies(n_prompts: int, size: int, /) -> Array:
    """How often each prompt occurs in a sample, every possibility once, shape (K, N)."""
    places = range(size + n_prompts - 1)
    bars = np.array([(-1, *chosen, len(places)) for chosen in combinations(places, n_prompts - 1)])
    return np.diff(bars, axis=-1) - 1


def tally_probs(weights: Numbers, size: int, /) -> Numbers:
    """Probability n!·Π_x D(x)^k_x/k_x! of every tally under D^n, shape (..., K); n^n divides n! and multiplies Π."""
    n_prompts = weights.shape[-1]
    chosen = tallies(n_prompts, size)
    term = zeros_like(weights) + 1
    terms, scale = [term], zeros_like(weights[..., 0]) + 1
    for k in range(1, size + 1):
        term = term * weights * size / k
        terms.append(term)
        scale = scale * k / size
    table = join(*terms)
    probs = scale[..., None]
    for prompt in range(n_prompts):
        probs = probs * table[..., prompt, chosen[:, prompt]]
    return probs
