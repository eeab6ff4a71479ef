"""Claims on feature coverage and on what it makes stable. The constant κ is 2B²/σ throughout.

Coverage asks for a symmetric P and σ > 0 with σ‖Pv‖² ≤ ⟨V_S(θ)v,v⟩, and ε bounds ‖φ − Pφ‖. Taking the projector on
the column space of V = V_S(θ) needs eigenvalues, which enclosures do not give. Instead P = I − (I − V/τ)² with
τ = tr V: an eigenvalue τy of V, 0 ≤ y ≤ 1, gives P the eigenvalue y(2 − y), and y(2 − y)² ≤ 32/27 (its value at
y = 2/3) makes σ = 27τ/32 valid, without any eigenvalue. For V of rank one P is the projector itself.
"""

from typing import NamedTuple

import numpy as np

from rlhf_numeric.arithmetic.kinds import Array, Numbers, absolute, amax, amin, exp, join, norm
from rlhf_numeric.claims.common.hypotheses import BOUNDED, SETTING
from rlhf_numeric.claims.generalisation.decomposition import population
from rlhf_numeric.claims.generalisation.geometry import second_order
from rlhf_numeric.evaluation.claim import Constant, inequality, inequality_with_constant
from rlhf_numeric.evaluation.instance import Instance
from rlhf_numeric.model.gradient import covariance, gradient, variance
from rlhf_numeric.model.objective import objective_per_prompt
from rlhf_numeric.model.policy import relative_features
from rlhf_numeric.model.problem import Problem, feature_bound
from rlhf_numeric.model.sharing import shared

COVERED = "coverage of S at θ by P, σ, ε"


class Coverage(NamedTuple):
    """A sample and the constants with which it covers all prompts of the instance at a parameter."""

    sample: Problem
    sigma: Numbers
    epsilon: Numbers


def is_covered(instance: Instance) -> Array:
    """Whether some feature varies on both samples at their parameters, so that tr V > 0."""
    samples = first_half(instance.problem), last_half(instance.problem)
    thetas = instance.theta, instance.theta_prime
    traces = [trace(covariance(sample, theta)) for sample, theta in zip(samples, thetas, strict=True)]
    mask: Array = np.logical_and(*(total > 0 for total in traces))
    return np.broadcast_to(mask, instance.batch_shape)


@inequality(
    "coverage-transfer",
    "Var_π⟨v,φ(x,·)⟩ ≤ κ⟨V_S(θ)v,v⟩ + 2ε²‖v‖² at every prompt, for every policy π",
    SETTING,
    BOUNDED,
    COVERED,
    "π(·|x) is a probability vector",
    applicable=is_covered,
)
def coverage_transfer(instance: Instance) -> tuple[Numbers, Numbers]:
    """At each prompt, half of them unseen, for the arbitrary policy π and the direction v."""
    return coverage_transfer_sides(instance, cover(instance.problem, first_half(instance.problem), instance.theta))


def coverage_transfer_sides(instance: Instance, seen: Coverage) -> tuple[Numbers, Numbers]:
    """Sides of `coverage_transfer` for a given coverage."""
    problem, v = instance.problem, instance.direction
    quadratic = (image(covariance(seen.sample, instance.theta), v) * v).sum(-1)
    rest = seen.epsilon * norm(v)
    projected = (relative_features(problem) * v[..., None, None, :]).sum(-1)
    return variance(instance.probs, projected), (kappa(problem, seen.sigma) * quadratic + 2 * rest * rest)[..., None]


@inequality(
    "coverage-by-differences",
    "Var_π⟨v,φ(x,·)⟩ ≤ Δ²/(2σ)·⟨V_S(θ)v,v⟩ + ε²‖v‖²/2 at every prompt, for every policy π",
    SETTING,
    "‖φ(x,a) − φ(x,b)‖ ≤ Δ",
    "coverage of the differences by S at θ, P, σ, ε",
    "π(·|x) is a probability vector",
    applicable=is_covered,
)
def coverage_by_differences(instance: Instance) -> tuple[Numbers, Numbers]:
    """At each prompt, half of them unseen, for the policy π and the direction v, with the smallest Δ and ε."""
    problem, v = instance.problem, instance.direction
    seen = cover_differences(problem, first_half(problem), instance.theta)
    quadratic = (image(covariance(seen.sample, instance.theta), v) * v).sum(-1)
    rest, bound = seen.epsilon * norm(v), largest_difference(problem)
    projected = (relative_features(problem) * v[..., None, None, :]).sum(-1)
    total = bound * bound / (2 * seen.sigma) * quadratic + rest * rest / 2
    return variance(instance.probs, projected), total[..., None]


@inequality_with_constant(
    "pointwise-gap",
    "J_x(θ*) − J_x(θ) ≤ C(κ⟨∇J_S(θ),u⟩ + 2ε²‖u‖²/λ) at every prompt, u = θ* − θ",
    SETTING,
    BOUNDED,
    COVERED,
    "‖u‖ ≤ ρ",
    applicable=is_covered,
)
def pointwise_gap(instance: Instance, constant: Constant) -> tuple[Numbers, Numbers]:
    """At each prompt, half of them unseen, with ρ = ‖u‖; M = 2Bρ/λ."""
    seen = cover(instance.problem, first_half(instance.problem), instance.theta)
    return pointwise_gap_sides(instance, seen, constant)


def pointwise_gap_sides(instance: Instance, seen: Coverage, constant: Constant = exp) -> tuple[Numbers, Numbers]:
    """Sides of `pointwise_gap` for a given coverage."""
    problem, theta = instance.problem, instance.theta
    error = problem.theta_star - theta
    gap = objective_per_prompt(problem, problem.theta_star) - objective_per_prompt(problem, theta)
    alignment = (gradient(seen.sample, theta) * error).sum(-1)
    bound = kappa(problem, seen.sigma) * alignment + residual_term(problem, seen.epsilon, norm(error))
    return gap, (second_order(instance, norm(error), constant) * bound)[..., None]


@inequality_with_constant(
    "gradient-norm-stability",
    "|J_x(θ) − J_x(θ')| ≤ C(κρ·max(‖∇J_S(θ)‖,‖∇J_S'(θ')‖) + 2ε²ρ²/λ) at every prompt",
    SETTING,
    BOUNDED,
    COVERED,
    "coverage of S' at θ' by P', σ, ε",
    "‖θ* − θ‖ ≤ ρ and ‖θ* − θ'‖ ≤ ρ",
    applicable=is_covered,
)
def gradient_norm_stability(instance: Instance, constant: Constant) -> tuple[Numbers, Numbers]:
    """With the smallest ρ, the smaller σ and the larger ε of the two; S and S' are equal in size."""
    problem = instance.problem
    here = cover(problem, first_half(problem), instance.theta)
    there = cover(problem, last_half(problem), instance.theta_prime)
    return gradient_norm_stability_sides(instance, here, there, constant)


def gradient_norm_stability_sides(
    instance: Instance, here: Coverage, there: Coverage, constant: Constant = exp
) -> tuple[Numbers, Numbers]:
    """Sides of `gradient_norm_stability` for given coverages, of S at θ and of S' at θ'."""
    problem, theta, other = instance.problem, instance.theta, instance.theta_prime
    both = Coverage(here.sample, amin(join(here.sigma, there.sigma), -1), amax(join(here.epsilon, there.epsilon), -1))
    radius = amax(join(norm(problem.theta_star - theta), norm(problem.theta_star - other)), -1)
    slope = amax(join(norm(gradient(here.sample, theta)), norm(gradient(there.sample, other))), -1)
    bound = kappa(problem, both.sigma) * radius * slope + residual_term(problem, both.epsilon, radius)
    change = objective_per_prompt(problem, theta) - objective_per_prompt(problem, other)
    return absolute(change), (second_order(instance, radius, constant) * bound)[..., None]


def suboptimality_direct(instance: Instance, constant: Constant) -> tuple[Numbers, Numbers]:
    """With ρ = ‖θ* − θ‖, for the prompt weights D of the instance."""
    seen = cover(instance.problem, first_half(instance.problem), instance.theta)
    return suboptimality_direct_sides(instance, seen, constant)


def suboptimality_direct_sides(instance: Instance, seen: Coverage, constant: Constant = exp) -> tuple[Numbers, Numbers]:
    """Sides of `suboptimality_direct` for a given coverage."""
    problem, theta = instance.problem, instance.theta
    radius = norm(problem.theta_star - theta)
    by_gradient = kappa(problem, seen.sigma) * radius * norm(gradient(seen.sample, theta))
    bound = second_order(instance, radius, constant) * (by_gradient + residual_term(problem, seen.epsilon, radius))
    return population(instance, problem.theta_star) - population(instance, theta), bound


@shared
def first_half(problem: Problem, /) -> Problem:
    """Sample S: the first ⌈n/2⌉ prompts."""
    return _sample(problem, slice(None, (problem.n_prompts + 1) // 2))


@shared
def last_half(problem: Problem, /) -> Problem:
    """Sample S': the last ⌈n/2⌉ prompts."""
    return _sample(problem, slice(problem.n_prompts // 2, None))


@shared
def cover(problem: Problem, sample: Problem, theta: Numbers, /) -> Coverage:
    """Coverage of all prompts of ``problem`` by a sample at θ, shapes (...)."""
    return Coverage(sample, *covering(problem.features, covariance(sample, theta)))


def cover_differences(problem: Problem, sample: Problem, theta: Numbers, /) -> Coverage:
    """Coverage of the differences of features at every prompt of ``problem`` by a sample at θ, shapes (...)."""
    matrix = covariance(sample, theta)
    found = [covering(differences, matrix) for differences in _differences(problem)]
    return Coverage(sample, found[0][0], amax(join(*(epsilon for _, epsilon in found)), -1))


def largest_difference(problem: Problem, /) -> Numbers:
    """Smallest Δ with ‖φ(x,a) − φ(x,b)‖ ≤ Δ, shape (...)."""
    return amax(join(*(amax(amax(norm(differences), -1), -1) for differences in _differences(problem))), -1)


def covering(features: Numbers, matrix: Numbers, /) -> tuple[Numbers, Numbers]:
    """σ = 27τ/32 and the largest residual ε of all features, for V of shape (..., d, d); shapes (...)."""
    total = trace(matrix)
    scaled, residual = (matrix / total[..., None, None])[..., None, None, :, :], features
    for _ in range(2):
        residual = residual - image(scaled, residual)
    return 27 * total / 32, amax(amax(norm(residual), -1), -1)


def kappa(problem: Problem, sigma: Numbers, /) -> Numbers:
    """κ = 2B²/σ, shape (...)."""
    bound = feature_bound(problem)
    return 2 * bound * bound / sigma


def residual_term(problem: Problem, epsilon: Numbers, radius: Numbers, /) -> Numbers:
    """2ε²ρ²/λ, shape (...)."""
    return 2 * (epsilon * radius) * (epsilon * radius) / problem.kl_coef


@shared
def image(matrix: Numbers, vector: Numbers, /) -> Numbers:
    """Matrix times vector, shapes (..., d, d) and (..., d) to (..., d)."""
    return (matrix * vector[..., None, :]).sum(-1)


def trace(matrix: Numbers, /) -> Numbers:
    """Sum of the diagonal, shapes (..., d, d) to (...)."""
    diagonal = np.arange(matrix.shape[-1])
    return matrix[..., diagonal, diagonal].sum(-1)


def _differences(problem: Problem) -> list[Numbers]:
    """φ(x,a) − φ(x,b), for each action b an array of shape (..., n, m, d)."""
    features = problem.features
    return [features - features[..., action : action + 1, :] for action in range(problem.n_actions)]


def _sample(problem: Problem, prompts: slice) -> Problem:
    features, ref_probs = problem.features[..., prompts, :, :], problem.ref_probs[..., prompts, :]
    return Problem.trusted(features, ref_probs, problem.theta_star, kl_coef=problem.kl_coef)
