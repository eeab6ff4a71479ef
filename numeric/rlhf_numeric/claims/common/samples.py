"""Samples S ∈ X^n and draws of a stochastic ascent, enumerated: expectations in claims are finite sums.

The N prompts of an instance are the population X, its ``weights`` are D, its ``extent`` says how many, n, a sample
has. Prompts may repeat; all N^n samples lie on one axis K, in lexicographic order. An average over the prompts of every
sample is a sum over the population, weighted by how often a prompt occurs.
"""

from functools import cache
from itertools import product

import numpy as np

from rlhf_numeric.arithmetic.kinds import Array, Numbers, absolute, amax, at_least, join, pairs, zeros_like
from rlhf_numeric.evaluation.instance import Instance
from rlhf_numeric.model.gradient import expectation, gradient_per_prompt
from rlhf_numeric.model.problem import Problem
from rlhf_numeric.model.sharing import shared

MOST_BRANCHES = 32  # of a tree of draws, before its last one


@cache
def samples(n_prompts: int, size: int, /) -> Array:
    """Return the indices of the prompts of every sample, shape (K, n)."""
    return np.array(list(product(range(n_prompts), repeat=size)))


@shared
def frequencies(instance: Instance, /) -> Numbers:
    """Share of each prompt of the population in every sample, shape (..., K, N); a third is no float."""
    size = instance.extent.sample
    occur = occurrences(instance.problem.n_prompts, size)
    if size & (size - 1) == 0:  # floats are exact
        return occur / size
    return (zeros_like(instance.weights)[..., None, :] + occur) / size


@cache
def occurrences(n_prompts: int, size: int, /) -> Array:
    """How often each prompt of the population occurs in every sample, shape (K, N)."""
    occurs = samples(n_prompts, size)[:, :, None] == np.arange(n_prompts)
    return np.asarray(occurs.sum(1))


@cache
def neighbours(n_prompts: int, size: int, /) -> Array:
    """Pairs of samples that differ in exactly one place, each once, shape (2, pairs); none if there is one prompt."""
    drawn = samples(n_prompts, size)
    differ = (drawn[:, None] != drawn[None]).sum(-1)
    return np.stack(np.nonzero(np.triu(differ == 1)))


@shared
def sample_probs(instance: Instance, /) -> Numbers:
    """Probability of every sample under D^n, shape (..., K)."""
    drawn = samples(instance.problem.n_prompts, instance.extent.sample)
    probs = instance.weights[..., drawn[:, 0]]
    for place in range(1, instance.extent.sample):
        probs = probs * instance.weights[..., drawn[:, place]]
    return probs


def on_samples(instance: Instance, values: Numbers, /, *, axes: int = 0) -> Numbers:
    """Average over the prompts of every sample, shapes (..., N, *axes) to (..., K, *axes)."""
    share = frequencies(instance)[(..., *(None,) * axes)]
    kept = (slice(None),) * (axes + 1)
    return (values[(..., None, *kept)] * share).sum(-1 - axes)


def tails_of(instance: Instance, deviations: Numbers, /) -> tuple[Numbers, Numbers]:
    """P_S(|Δ| ≥ t) and t, shapes (..., 2), for t nearly half of the largest |Δ| over the samples, and nearly all of it.

    Not half: with simple weights |Δ| can be that, and rounding would decide whether it counts.
    """
    sizes, probs = absolute(deviations), sample_probs(instance)
    levels = [amax(sizes, -1) * factor for factor in (0.47, 0.999)]
    return join(*(expectation(probs, at_least(sizes, level[..., None])) for level in levels)), join(*levels)


@shared
def spread_out(problem: Problem, /) -> Problem:
    """Add one more batch axis at the end of a problem, along which parameters (..., K, d) may vary."""
    features, ref_probs = problem.features[..., None, :, :, :], problem.ref_probs[..., None, :, :]
    return Problem.trusted(features, ref_probs, problem.theta_star[..., None, :], kl_coef=problem.kl_coef[..., None])


def draws(branches: int, longest: int, /, *, least: int) -> int:
    """Return the largest T ≤ longest for which T draws reach at most `MOST_BRANCHES` points before the last one.

    At least ``least``, whatever the number of branches of each draw.
    """
    affordable = (t for t in range(longest, least, -1) if branches ** (t - 1) <= MOST_BRANCHES)
    return next(affordable, least)


def draw_tree(problem: Problem, theta: Numbers, step_size: Numbers, steps: int, /) -> list[tuple[Numbers, Numbers]]:
    """Stochastic ascent along every sequence of drawn prompts: iterates (..., n^t, d) and gradients (..., n^t, n, d).

    Step t draws one of the n prompts of ``problem``, so that all n^t points θ_t are equally likely.
    """
    wide, thetas = spread_out(problem), theta[..., None, :]
    tree: list[tuple[Numbers, Numbers]] = []
    for t in range(steps):
        if t:
            thetas = pairs(thetas[..., None, :] + step_size[..., None, None, None] * tree[-1][1], axis=-3)
        tree.append((thetas, gradient_per_prompt(wide, thetas)))
    return tree
