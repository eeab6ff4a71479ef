"""Claims that assume nothing of the samples: what a sample leaves open, and the population gap of empirical optima.

A sample S leaves a prompt x open if the differences of features at x are not all in the span of those on S: if adding x
to S raises their rank. That rank is known exactly or not at all. For G = Σ δδᵀ over the differences δ it is the number
of elementary symmetric polynomials of the eigenvalues of G that are not 0; the k-th, times k!, is a polynomial in the
entries of G (Newton), computed without division, so that balls wide enough find that it is exactly 0. Where an
enclosure contains 0 and more, the indicator is [0, 1], and what follows from it is undecided.
"""

from functools import cache
from math import factorial

import numpy as np

from rlhf_numeric.arithmetic.kinds import Array, Numbers, amax, at_least, concat, is_zero, join, norm, zeros_like
from rlhf_numeric.claims.common.hypotheses import BOUNDED, SAMPLED, SETTING
from rlhf_numeric.claims.common.samples import sample_probs, samples, tails_of
from rlhf_numeric.claims.generalisation.geometry import second_order
from rlhf_numeric.claims.generalisation.stability import image, largest_difference, trace
from rlhf_numeric.claims.generalisation.stability_on_samples import population_gaps
from rlhf_numeric.evaluation.claim import Constant, inequality, inequality_with_constant
from rlhf_numeric.evaluation.instance import Instance
from rlhf_numeric.model.gradient import expectation
from rlhf_numeric.model.policy import relative_features
from rlhf_numeric.model.problem import Problem, feature_bound
from rlhf_numeric.model.sharing import shared

_SPANNED = "w_1, …, w_k span the differences of features; k their rank"
_STATIONARY = "∇J_S(θ_S) = 0 and ‖θ* − θ_S‖ ≤ ρ for every S"


@inequality("leave-one-out", "E_S[Σ_x D(x)·1(S leaves x open)] ≤ k/(n+1)", _SPANNED, SAMPLED, samples=True)
def leave_one_out(instance: Instance) -> tuple[Numbers, Numbers]:
    """For the first 1, 2, … prompts of the samples of size n, multiplied by that number plus 1."""
    problem, size, probs = instance.problem, instance.extent.sample, sample_probs(instance)
    masses = (leaves_open(problem) * instance.weights[..., None, :]).sum(-1)
    codes = [_codes(problem.n_prompts, size, drawn) for drawn in range(1, size + 1)]
    shares = [(drawn + 1) * expectation(probs, masses[..., code]) for drawn, code in enumerate(codes, 1)]
    return join(*shares), rank_of_all(problem)[..., None]


@inequality_with_constant(
    "suboptimality-no-coverage",
    "E_S[J(θ*) − J(θ_S)] ≤ CKρ²·k/(n+1) for empirical optima, K = B²/λ",
    SETTING,
    BOUNDED,
    SAMPLED,
    _SPANNED,
    _STATIONARY,
    samples=True,
)
def suboptimality_no_coverage(instance: Instance, constant: Constant) -> tuple[Numbers, Numbers]:
    """All times n + 1; M = 2Bρ/λ."""
    gap, radius = gaps_of_optima(instance)
    size = feature_bound(instance.problem) * radius
    bound = second_order(instance, radius, constant) * size * size / instance.problem.kl_coef
    return (instance.extent.sample + 1) * gap, bound * rank_of_all(instance.problem)


@inequality(
    "no-coverage-hoeffding",
    "E_S[J(θ*) − J(θ_S)] ≤ min(Δ²ρ²/(8λ), Δρ)·k/(n+1) for empirical optima",
    SETTING,
    "‖φ(x,a) − φ(x,b)‖ ≤ Δ",
    "h is a sub-Gaussian constant",
    SAMPLED,
    _SPANNED,
    _STATIONARY,
    samples=True,
)
def no_coverage_hoeffding(instance: Instance) -> tuple[Numbers, Numbers]:
    """With h = 1/8 and the smallest Δ, all times n + 1."""
    gap, radius = gaps_of_optima(instance)
    size = largest_difference(instance.problem) * radius
    bounds = join(size * size / (8 * instance.problem.kl_coef), size)
    return (instance.extent.sample + 1) * gap[..., None], bounds * rank_of_all(instance.problem)[..., None]


@inequality(
    "leave-one-out-tail",
    "P_S(Σ_x D(x)·1(S leaves x open) ≥ t) ≤ (k/(t(r+1)))^s for rs ≤ n",
    _SPANNED,
    SAMPLED,
    "t > 0",
    samples=True,
)
def leave_one_out_tail(instance: Instance) -> tuple[Numbers, Numbers]:
    """Multiplied by (t(r+1))^s, for t nearly half of the largest mass and nearly all of it, and r = 1, …, n."""
    size = instance.extent.sample
    masses = (leaves_open(instance.problem) * instance.weights[..., None, :]).sum(-1)
    found = masses[..., _codes(instance.problem.n_prompts, size, size)]
    return tail_in_blocks(instance, found, rank_of_all(instance.problem))


@inequality(
    "no-coverage-whp",
    "P_S(J(θ*) − J(θ_S) > tΔ²ρ²/(8λ)) ≤ (k/(t(r+1)))^s for rs ≤ n and empirical optima",
    SETTING,
    "‖φ(x,a) − φ(x,b)‖ ≤ Δ",
    "h is a sub-Gaussian constant",
    SAMPLED,
    _SPANNED,
    _STATIONARY,
    "t > 0",
    samples=True,
)
def no_coverage_whp(instance: Instance) -> tuple[Numbers, Numbers]:
    """With h = 1/8 and the smallest Δ; as the claim on the mass, for levels of the gap, all in units of Δ²ρ²/(8λ)."""
    gaps, radius = gaps_on_samples(instance)
    reach = largest_difference(instance.problem) * radius
    return tail_in_blocks(
        instance, gaps, rank_of_all(instance.problem) * reach * reach / (8 * instance.problem.kl_coef)
    )


def tail_in_blocks(instance: Instance, values: Numbers, bound: Numbers, /) -> tuple[Numbers, Numbers]:
    """Sides of P_S(X ≥ t)·(t(r+1))^s ≤ bound^s, s = ⌊n/r⌋, for X on the samples, shape (..., K); all r and two t."""
    size = instance.extent.sample
    tails, levels = tails_of(instance, values)
    blocks = [(r, size // r) for r in range(1, size + 1)]
    sides = [(tails * _power(levels * (r + 1), s), _power(bound, s)[..., None]) for r, s in blocks]
    zeros = zeros_like(tails)
    return concat(*(left for left, _ in sides)), concat(*(right + zeros for _, right in sides))


def _power(x: Numbers, exponent: int) -> Numbers:
    product = x
    for _ in range(exponent - 1):
        product = product * x
    return product


def gaps_of_optima(instance: Instance, /) -> tuple[Numbers, Numbers]:
    """E_S[J(θ*) − J(θ_S)] and ρ for the optima of `optima_of_sets`, shapes (...)."""
    gaps, radius = gaps_on_samples(instance)
    return expectation(sample_probs(instance), gaps), radius


@shared
def gaps_on_samples(instance: Instance, /) -> tuple[Numbers, Numbers]:
    """J(θ*) − J(θ_S) of every sample and ρ for the optima of `optima_of_sets`, shapes (..., K) and (...).

    ρ is the largest ‖θ* − θ_S‖, which is at most ‖θ* − θ‖; the latter where θ_S = θ* for every S.
    """
    problem, size, thetas = instance.problem, instance.extent.sample, optima_of_sets(instance)
    drawn = _codes(problem.n_prompts, size, size)
    largest = amax(norm(problem.theta_star[..., None, :] - thetas)[..., drawn], -1)
    fixed = (_largest_ranks(problem)[..., drawn] >= problem.dim).all(-1)
    gaps = population_gaps(instance, thetas)[..., drawn]
    return gaps, largest + norm(problem.theta_star - instance.theta) * fixed


def leaves_open(problem: Problem, /) -> Numbers:
    """Whether each set of prompts, by its code, leaves each one open: 0 or 1, [0, 1] where unknown; (..., 2^N, N)."""
    codes, ranks = np.arange(2**problem.n_prompts)[:, None], ranks_of_sets(problem)
    risen = at_least(ranks[..., codes | 2 ** np.arange(problem.n_prompts)] - ranks[..., :, None], 0.5)
    return risen * ~_sets(problem.n_prompts)  # a prompt of S is not open, whatever is known of its rank


def rank_of_all(problem: Problem, /) -> Numbers:
    """Rank of all differences of features, shape (...)."""
    return ranks_of_sets(problem)[..., -1]


@shared
def ranks_of_sets(problem: Problem, /) -> Numbers:
    """Rank of the differences of features on every set of prompts, in the order of the codes; shape (..., 2^N)."""
    sizes, most = _symmetric(_gram(problem)), _largest_ranks(problem)
    found = [(1 - at_least(zeros_like(size), size)) * (most >= k) for k, size in enumerate(sizes[1:], 1)]
    return join(*found).sum(-1)


def optima_of_sets(instance: Instance, /) -> Numbers:
    """θ_S = θ* + N_S(θ − θ*) by the set of prompts in S, in the order of the codes; shape (..., 2^N, d).

    The differences of features on S have rank at most k, as is known from how many are not 0, and in how many
    coordinates. N_S = k^k·p(G) for G = Σ δδᵀ, scaled to trace 1, and the polynomial p of degree k whose roots
    are the k largest eigenvalues of G: it takes the differences to 0, so that θ_S and θ* have one policy on S and
    ∇J_S(θ_S) = 0, and what no difference sees to k^k times the product of these eigenvalues, at most 1. For k ≥ d it
    is 0, and θ_S = θ*. No eigenvalue is computed.
    """
    problem, matrix, most = instance.problem, _gram(instance.problem), _largest_ranks(instance.problem)
    total = trace(matrix)
    scaled = matrix / (total + is_zero(total))[..., None, None]
    error = (instance.theta - problem.theta_star)[..., None, :]
    moved, value = problem.theta_star[..., None, :], error + zeros_like(scaled[..., 0])
    for k, size in enumerate(_symmetric(scaled)[:-1]):
        value = (size / factorial(k))[..., None] * error - image(scaled, value) if k else value
        moved = moved + value * (k**k * (most == k))[..., None]
    return moved


def _gram(problem: Problem) -> Numbers:
    """Σ δδᵀ over the differences δ of features on every set of prompts, shape (..., 2^N, d, d)."""
    differences = relative_features(problem)
    each = (differences[..., :, None] * differences[..., None, :]).sum(-3)
    return (each[..., None, :, :, :] * _sets(problem.n_prompts)[:, :, None, None]).sum(-3)


def _largest_ranks(problem: Problem) -> Array:
    """Bound the rank on every set by how many differences are not 0, and in how many coordinates; shape (..., 2^N)."""
    inside, moving = _sets(problem.n_prompts), is_zero(relative_features(problem)) == 0
    differences = (moving.any(-1).sum(-1)[..., None, :] * inside).sum(-1)
    varying = (moving.any(-2)[..., None, :, :] & inside[:, :, None]).any(-2).sum(-1)
    most: Array = np.minimum(differences, varying)
    return most


def _symmetric(matrix: Numbers) -> list[Numbers]:
    """k!·e_k of the eigenvalues for k = 0, …, d, from the traces of the powers, shapes (..., d, d) to (...)."""
    powers, product = [trace(matrix)], matrix
    for _ in range(matrix.shape[-1] - 1):
        product = (product[..., :, :, None] * matrix[..., None, :, :]).sum(-2)
        powers.append(trace(product))
    found: list[Numbers] = [zeros_like(powers[0]) + 1]
    for k in range(1, len(powers) + 1):
        terms = [factorial(k - 1) // factorial(k - i) * found[k - i] * powers[i - 1] for i in range(1, k + 1)]
        found.append(sum(terms[::2]) - sum(terms[1::2]))
    return found


@cache
def _codes(n_prompts: int, size: int, drawn: int) -> Array:
    """Code of the set of the first so many prompts of every sample, shape (K,)."""
    return np.asarray(np.bitwise_or.reduce(1 << samples(n_prompts, size)[:, :drawn], axis=1))


@cache
def _sets(n_prompts: int) -> Array:
    """Which prompts each set holds, shape (2^N, N): prompt x is in it if bit x of its code is 1."""
    codes = np.arange(2**n_prompts)[:, None]
    return np.asarray(codes >> np.arange(n_prompts) & 1 == 1)
