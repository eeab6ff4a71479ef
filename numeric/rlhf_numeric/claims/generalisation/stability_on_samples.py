"""Claims on algorithms S ↦ θ_S over all samples S ~ D^n: uniform stability, and the three-term bounds.

The algorithm is one step of gradient ascent on J_S from θ, η = λ/B², unless the claim says otherwise. Samples are
enumerated as in `rlhf_numeric.claims.common.samples`. Coverage is that of `stability` beside this
module, of every sample, with the smallest σ and the largest ε of them all.
"""

from typing import NamedTuple

import numpy as np

from rlhf_numeric.arithmetic.kinds import Array, Numbers, absolute, amax, amin, is_zero, join, norm, sqrt, zeros_like
from rlhf_numeric.claims.common.hypotheses import BOUNDED, SAMPLED, SETTING
from rlhf_numeric.claims.common.samples import (
    frequencies,
    neighbours,
    occurrences,
    on_samples,
    sample_probs,
    spread_out,
)
from rlhf_numeric.claims.generalisation.geometry import exp_radius, second_order
from rlhf_numeric.claims.generalisation.stability import covering, image, kappa, residual_term, trace
from rlhf_numeric.evaluation.claim import Constant, inequality, inequality_with_constant
from rlhf_numeric.evaluation.instance import Instance
from rlhf_numeric.model.ascent import moved
from rlhf_numeric.model.gradient import covariance_per_prompt, expectation, gradient_per_prompt
from rlhf_numeric.model.objective import objective_per_prompt
from rlhf_numeric.model.policy import relative_features
from rlhf_numeric.model.problem import Problem, feature_bound, positive_bound
from rlhf_numeric.model.sharing import shared


class WorstCoverage(NamedTuple):
    """Constants with which every sample covers all prompts, shapes (...)."""

    sigma: Numbers
    epsilon: Numbers


@inequality(
    "uniform-stability-generalises",
    "|E_S[J_S(θ_S) − J(θ_S)]| ≤ γ, where replacing one prompt of S changes no J_x(θ_S) by more than γ",
    SETTING,
    SAMPLED,
    "|J_x(θ_S) − J_x(θ_S')| ≤ γ for all x and all S, S' that differ in one place",
    samples=True,
)
def uniform_stability_generalises(instance: Instance) -> tuple[Numbers, Numbers]:
    """With the smallest γ, the largest change over all neighbouring samples and all prompts."""
    values = objective_per_prompt(spread_out(instance.problem), one_step(instance))
    excess = frequencies(instance) - instance.weights[..., None, :]
    bias = expectation(sample_probs(instance), (excess * values).sum(-1))
    return absolute(bias), largest_change(values, instance.extent.sample)


def covers_after_a_step(instance: Instance) -> Array:
    """Whether on every sample S some feature varies at θ_S, so that tr V_S(θ_S) > 0."""
    return np.broadcast_to((trace(covariances_of(instance, one_step(instance))) > 0).all(-1), instance.batch_shape)


@inequality_with_constant(
    "stability-from-gradients",
    "|J_x(θ_S) − J_x(θ_S')| ≤ C(κρG + 2ε²ρ²/λ) at every prompt, for S, S' that differ in one place",
    SETTING,
    BOUNDED,
    "coverage of every S at θ_S by P_S, σ, ε",
    "‖θ* − θ_S‖ ≤ ρ and ‖∇J_S(θ_S)‖ ≤ G for every S",
    applicable=covers_after_a_step,
    samples=True,
)
def stability_from_gradients(instance: Instance, constant: Constant) -> tuple[Numbers, Numbers]:
    """Take the largest change, with the smallest ρ and G; M = 2Bρ/λ."""
    problem, thetas = instance.problem, one_step(instance)
    wide = spread_out(problem)
    seen = cover_all(problem, covariances_of(instance, thetas))
    radius = amax(norm(wide.theta_star - thetas), -1)
    share = frequencies(instance)[..., None]
    slope = amax(norm((gradient_per_prompt(wide, thetas) * share).sum(-2)), -1)
    bound = kappa(problem, seen.sigma) * radius * slope + residual_term(problem, seen.epsilon, radius)
    change = largest_change(objective_per_prompt(wide, thetas), instance.extent.sample)
    return change, second_order(instance, radius, constant) * bound


def covers_at_optimum(instance: Instance) -> Array:
    """Whether at every prompt some feature varies, so that tr V_S(θ*) > 0 for every sample, repetitions included."""
    problem = instance.problem
    mask: Array = (trace(covariance_per_prompt(problem, problem.theta_star)) > 0).all(-1)
    return np.broadcast_to(mask, instance.batch_shape)


def suboptimality_empirical_optimum(instance: Instance, constant: Constant) -> tuple[Numbers, Numbers]:
    """For the optima of `empirical_optima`, with the smallest ρ.

    They differ from θ* in the kernel of V_S(θ*) only, so π_θ_S is π_θ* on S and V_S(θ_S) = V_S(θ*).
    """
    problem = instance.problem
    matrices = on_samples(instance, covariance_per_prompt(problem, problem.theta_star), axes=2)
    thetas, seen = empirical_optima(instance, matrices), cover_all(problem, matrices)
    radius = amax(norm(problem.theta_star[..., None, :] - thetas), -1)
    gap = expectation(sample_probs(instance), population_gaps(instance, thetas))
    rest = second_order(instance, radius, constant) * residual_term(problem, seen.epsilon, radius)
    return gap, concentration(instance) + rest


def suboptimality_ga(instance: Instance, constant: Constant) -> tuple[Numbers, Numbers]:
    """Take the best t(S) < T on each sample, for every T."""
    problem = instance.problem
    matrices = on_samples(instance, covariance_per_prompt(problem, problem.theta_star), axes=2)
    seen, radius = cover_all(problem, matrices), norm(problem.theta_star - instance.theta)
    energy = positive_bound(problem) * positive_bound(problem) / problem.kl_coef * radius * radius
    factor = second_order(instance, radius, constant)
    transfer = kappa(problem, seen.sigma) * exp_radius(instance, radius)
    rest = concentration(instance) + factor * residual_term(problem, seen.epsilon, radius)
    roots = [sqrt(zeros_like(energy) + t) for t in range(1, instance.extent.steps + 1)]
    bounds = [rest + factor * (energy / t + transfer * energy / root) for t, root in enumerate(roots, 1)]
    return join(*_best_gaps(instance)), join(*bounds)


@shared
def one_step(instance: Instance, /) -> Numbers:
    """θ_S of every sample: one step of gradient ascent on J_S from θ with η = λ/B², shape (..., K, d)."""
    problem = instance.problem
    slopes = on_samples(instance, gradient_per_prompt(problem, instance.theta), axes=1)
    return moved(instance.theta[..., None, :], slopes, full_step(problem)[..., None])


@shared
def full_step(problem: Problem, /) -> Numbers:
    """η = λ/B², shape (...)."""
    bound = positive_bound(problem)
    return problem.kl_coef / (bound * bound)


def empirical_optima(instance: Instance, matrices: Numbers, /) -> Numbers:
    """θ_S = θ* + N_S(θ − θ*) with N_S in the kernel of V_S, so that ∇J_S(θ_S) = 0; shape (..., K, d).

    V = V_S(θ*)/τ has rank at most k, the smaller of (m − 1)·(number of distinct prompts in S) and the number of
    coordinates in which features vary on S, both known exactly. N_S is p(V) for the polynomial p of
    degree k whose roots are the k largest eigenvalues: I − V for k = 1, e₂I − V + V² with e₂ = (1 − tr V²)/2 for
    k = 2. (p has the root 0 if the rank is less.) For k ≥ d, or k > 2, N_S = 0 and θ_S = θ*. No eigenvalue is computed.
    """
    problem = instance.problem
    drawn = occurrences(problem.n_prompts, instance.extent.sample) > 0
    still = is_zero(absolute(relative_features(problem)).sum(-2))[..., None, :, :]  # on the prompt, in the coordinate
    varying = ((still == 0) & drawn[:, :, None]).any(-2).sum(-1)
    ranks = np.minimum((problem.n_actions - 1) * drawn.sum(-1), varying)
    linear, quadratic = (((ranks == k) & (k < problem.dim)).astype(float)[..., None] for k in (1, 2))
    total = trace(matrices)
    scaled = matrices / (total + is_zero(total))[..., None, None]
    error = (instance.theta - problem.theta_star)[..., None, :]
    once = image(scaled, error)
    square = (scaled * scaled).sum(-1).sum(-1)
    second = ((1 - square) / 2)[..., None] * error - once + image(scaled, once)
    return problem.theta_star[..., None, :] + linear * (error - once) + quadratic * second


@shared
def cover_all(problem: Problem, matrices: Numbers, /) -> WorstCoverage:
    """Coverage of all prompts by every sample, for V_S of shape (..., K, d, d)."""
    sigma, epsilon = covering(problem.features[..., None, :, :, :], matrices)
    return WorstCoverage(amin(sigma, -1), amax(epsilon, -1))


def largest_change(values: Numbers, size: int, /) -> Numbers:
    """Largest |J_x(θ_S) − J_x(θ_S')| over neighbouring samples of some size, from J_x(θ_S) of shape (..., K, N)."""
    one, other = neighbours(values.shape[-1], size)
    if not one.size:
        return zeros_like(values[..., 0, 0])
    return amax(amax(absolute(values[..., one, :] - values[..., other, :]), -1), -1)


@shared
def population_gaps(instance: Instance, thetas: Numbers, /) -> Numbers:
    """J(θ*) − J(θ) for parameters of shape (..., K, d), shape (..., K)."""
    problem, weights = instance.problem, instance.weights
    best = expectation(weights, objective_per_prompt(problem, problem.theta_star))
    return best[..., None] - expectation(weights[..., None, :], objective_per_prompt(spread_out(problem), thetas))


def concentration(instance: Instance, /) -> Numbers:
    """B‖θ*‖/√n with n the size of the samples, shape (...)."""
    largest = feature_bound(instance.problem) * norm(instance.problem.theta_star)
    return largest / sqrt(zeros_like(largest) + instance.extent.sample)


@shared
def _best_gaps(instance: Instance, /) -> list[Numbers]:
    """E_S[min_{t<T} J(θ*) − J(θ_t)] for every T, θ_t of gradient ascent on J_S."""
    problem, probs = instance.problem, sample_probs(instance)
    wide, eta, thetas = spread_out(problem), full_step(problem)[..., None], one_step(instance)
    share = frequencies(instance)[..., None]
    gaps = [population_gaps(instance, instance.theta[..., None, :]) + zeros_like(probs)]
    for t in range(1, instance.extent.steps):
        if t > 1:
            thetas = moved(thetas, (gradient_per_prompt(wide, thetas) * share).sum(-2), eta)
        gaps.append(population_gaps(instance, thetas))
    return [expectation(probs, amin(join(*gaps[: t + 1]), -1)) for t in range(len(gaps))]


@shared
def covariances_of(instance: Instance, thetas: Numbers) -> Numbers:
    """V_S(θ_S) of every sample, shape (..., K, d, d)."""
    problem, share = instance.problem, frequencies(instance)[..., None, None]
    return (covariance_per_prompt(spread_out(problem), thetas) * share).sum(-3)
