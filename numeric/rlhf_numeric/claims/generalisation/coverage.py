"""Claims on the coverage of random samples: what the population covers, a sample covers with high probability.

The population covers at θ with Π = I − (I − V/τ)², V = Σ_x w(x)V_x(θ) and τ = tr V, as in `stability`; that a sample
does is tested along the direction v of the instance. Samples are enumerated one by one, or, where a bound says nothing
of short ones, by their tallies, how often each prompt occurs in them.
"""

import numpy as np

from rlhf_numeric.arithmetic.kinds import Array, Numbers, amin, at_least, concat, exp, join, zeros_like
from rlhf_numeric.claims.common.hypotheses import SAMPLED, SETTING
from rlhf_numeric.claims.common.samples import frequencies, occurrences, sample_probs
from rlhf_numeric.claims.common.tallies import affordable, power, tallies, tally_probs
from rlhf_numeric.claims.generalisation.stability import image, trace
from rlhf_numeric.evaluation.claim import identity, inequality
from rlhf_numeric.evaluation.instance import Instance
from rlhf_numeric.model.gradient import covariance_per_prompt, expectation
from rlhf_numeric.model.sharing import shared

_COVERED = "coverage by the population with D at θ, P, σ, ε"


def population_varies(instance: Instance) -> Array:
    """Whether some feature varies at a prompt that has weight, so that tr V > 0."""
    return np.broadcast_to(trace(_weighted(instance, instance.weights)) > 0, instance.batch_shape)


def part_varies(instance: Instance) -> Array:
    """Whether some feature varies at one of every other prompt."""
    inside = _members(instance, _prompts(instance)[::2])
    return np.broadcast_to(trace(_weighted(instance, inside)) > 0, instance.batch_shape)


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
    good = holds_all(instance, _prompts(instance)) * at_least(_seen(instance), needed[..., None])
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
    """With the largest p, by tallies of 251 draws for at most two prompts, of 23 for three, of fewer for more."""
    weights, n_prompts = instance.weights, instance.problem.n_prompts
    size = affordable(n_prompts)
    occurs, probs = tallies(n_prompts, size), tally_probs(instance)
    rare = at_least((size * weights / 2)[..., None, :], occurs)
    seen = (occurs * quadratics(instance)[..., None, :]).sum(-1)
    missed = 1 - at_least(seen, (size * covered(instance, weights) / 2)[..., None])
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
    applicable=part_varies,
    samples=True,
)
def coverage_tail(instance: Instance) -> tuple[Numbers, Numbers]:
    """For G every other prompt, and for all; the inequality as an identity: the smaller side is the right.

    With at most two prompts the events that one is lacking exclude each other, and both sides are equal.
    """
    probs, absent = sample_probs(instance), absences(instance)
    lacks = 1 - at_least(occurrences(instance.problem.n_prompts, instance.extent.sample), 1)
    found = [(probs[..., None] * lacks).sum(-2)]
    right = [absent]
    for chosen in (_prompts(instance)[::2], _prompts(instance)):
        bound = 1 - absent[..., chosen].sum(-1)
        found.append(join(amin(join(holding(instance, chosen), bound), -1)))
        right.append(join(bound))
    return concat(*found), concat(*right)


def holding(instance: Instance, chosen: Array) -> Numbers:
    """P_S(S holds the chosen prompts and covers along v with σ/n), shape (...)."""
    needed = covered(instance, _members(instance, chosen)) / instance.extent.sample
    covers = at_least(_seen(instance), needed[..., None])
    good = amin(join(covers, zeros_like(covers) + holds_all(instance, chosen)), -1)
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


def holds_all(instance: Instance, chosen: Array) -> Array:
    """Whether a sample holds every chosen prompt: 1.0 or 0.0, shape (K,)."""
    occurs = occurrences(instance.problem.n_prompts, instance.extent.sample)[:, chosen]
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


def _prompts(instance: Instance) -> Array:
    """Return the indices of all prompts."""
    return np.arange(instance.problem.n_prompts)


def _members(instance: Instance, chosen: Array) -> Array:
    """1.0 for the chosen prompts, else 0.0, shape (N,)."""
    return np.where(np.isin(_prompts(instance), chosen), 1.0, 0.0)
