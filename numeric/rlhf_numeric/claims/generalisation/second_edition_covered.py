"""Claims on the population gap where a sample covers with some probability, not always.

Coverage is that of `stability` beside this module. Enclosures cannot tell apart a gap of 0 and a bound of 0, nor two
probabilities of 0: every bound on a gap has `high_probability.slack` added, and that on a probability `LEAST`.
"""

from typing import NamedTuple

import numpy as np

from rlhf_numeric.arithmetic.kinds import Array, Numbers, amax, amin, at_least, exp, join, norm, zeros_like
from rlhf_numeric.claims.common.hypotheses import BOUNDED, SAMPLED, SETTING
from rlhf_numeric.claims.common.samples import frequencies, on_samples, sample_probs, spread_out
from rlhf_numeric.claims.common.tallies import probs_of_tallies, tallies
from rlhf_numeric.claims.generalisation.geometry import exp_radius, second_order
from rlhf_numeric.claims.generalisation.high_probability import slack, two_prompts, two_weights
from rlhf_numeric.claims.generalisation.stability import covering, kappa, residual_term, trace
from rlhf_numeric.claims.generalisation.stability_on_samples import (
    covariances_of,
    covers_after_a_step,
    covers_at_optimum,
    empirical_optima,
    full_step,
    one_step,
    population_gaps,
)
from rlhf_numeric.evaluation.claim import Constant, inequality_with_constant
from rlhf_numeric.evaluation.instance import Instance
from rlhf_numeric.model.ascent import moved
from rlhf_numeric.model.gradient import covariance_per_prompt, expectation, gradient_per_prompt
from rlhf_numeric.model.objective import objective_per_prompt
from rlhf_numeric.model.problem import Problem, feature_bound

LEAST = 2.0**-40
SIZE = 24  # draws of two prompts: δ is below 1/2 if the first one has a weight of 1/4


class MostlyCovered(NamedTuple):
    """Constants with which samples of probability 1 − δ cover; which do, shape (..., K), the others (...)."""

    sigma: Numbers
    epsilon: Numbers
    good: Numbers
    delta: Numbers


def covers_in_both(instance: Instance) -> Array:
    """Whether features vary on every sample, at θ* and after a step, so that tr V > 0."""
    mask: Array = covers_at_optimum(instance) & covers_after_a_step(instance)
    return mask


@inequality_with_constant(
    "suboptimality-mostly-covered",
    "P_S(J(θ*) − J(θ_S) > C(κρ‖∇J_S(θ_S)‖ + 2ε²ρ²/λ)) ≤ δ, E_S[J(θ*) − J(θ_S)] ≤ C(κρE_S‖∇J_S(θ_S)‖ + (2ε² + δB²)ρ²/λ)",
    SETTING,
    BOUNDED,
    SAMPLED,
    "coverage of S at θ_S by P_S, σ, ε with probability at least 1 − δ",
    "‖θ* − θ_S‖ ≤ ρ for every S",
    applicable=covers_in_both,
    samples=True,
)
def suboptimality_mostly_covered(instance: Instance, constant: Constant) -> tuple[Numbers, Numbers]:
    """For one step of gradient ascent, and for the optima of `empirical_optima`, with the smallest ρ and δ."""
    problem = instance.problem
    matrices = on_samples(instance, covariance_per_prompt(problem, problem.theta_star), axes=2)
    both = one_step(instance), empirical_optima(instance, matrices)
    sides = [_sides_of(instance, thetas, constant) for thetas in both]
    return join(*(lhs for left, _ in sides for lhs in left)), join(*(rhs for _, right in sides for rhs in right))


def _sides_of(instance: Instance, thetas: Numbers, constant: Constant) -> tuple[list[Numbers], list[Numbers]]:
    """Both sides of both inequalities for parameters θ_S of shape (..., K, d)."""
    problem, probs = instance.problem, sample_probs(instance)
    wide, share = spread_out(problem), frequencies(instance)[..., None]
    seen, gaps = mostly_covered(instance, thetas), population_gaps(instance, thetas)
    radius = amax(norm(wide.theta_star - thetas), -1)
    factor, rest = second_order(instance, radius, constant), residual_term(problem, seen.epsilon, radius)
    slopes = kappa(problem, seen.sigma)[..., None] * norm((gradient_per_prompt(wide, thetas) * share).sum(-2))
    slopes = slopes * radius[..., None]
    bounds = (factor * rest + slack(instance))[..., None] + factor[..., None] * slopes
    beyond = expectation(probs, 1 - at_least(bounds, gaps))
    mean = factor * (expectation(probs, slopes) + rest + cost(instance, seen.delta, radius))
    return [beyond, expectation(probs, gaps)], [seen.delta + LEAST, mean + slack(instance)]


def mostly_covered(instance: Instance, thetas: Numbers, /) -> MostlyCovered:
    """Coverage at θ_S with an ε just above the least of all samples, and 0.6 of the mean of their extreme σ."""
    problem = instance.problem
    sigmas, epsilons = covering(problem.features[..., None, :, :, :], covariances_of(instance, thetas))
    sigma = 0.3 * amax(sigmas, -1) + 0.3 * amin(sigmas, -1)
    epsilon = 1.01 * amin(epsilons, -1) + LEAST * feature_bound(problem)
    good = at_least(sigmas, sigma[..., None]) * at_least(epsilon[..., None], epsilons)
    return MostlyCovered(sigma, epsilon, good, expectation(sample_probs(instance), 1 - good))


def cost(instance: Instance, delta: Numbers, radius: Numbers, /) -> Numbers:
    """δB²ρ²/λ, what the samples cost that do not cover, shape (...)."""
    reach = feature_bound(instance.problem) * radius
    return delta * reach * reach / instance.problem.kl_coef


def first_varies(instance: Instance) -> Array:
    """Whether the first prompt has weight and some feature varies at it, so that tr V > 0."""
    return np.broadcast_to(trace(_first_covariance(instance)) > 0, instance.batch_shape)


@inequality_with_constant(
    "suboptimality-frequent-prompts",
    "P_S(J(θ*) − J(θ) > C(κρ‖∇J_S(θ)‖ + 2ε²ρ²/λ) for some θ) ≤ δ, "
    "E_S[J(θ*) − J(θ_S)] ≤ C(κρE_S‖∇J_S(θ_S)‖ + (2ε² + δB²)ρ²/λ), κ = 4B²e^M/σ, δ = Σ_{x∈G}exp(−nD(x)/8)",
    SETTING,
    BOUNDED,
    SAMPLED,
    "coverage by the prompts of G with their weights at θ*, P, σ, ε",
    "‖θ* − θ‖ ≤ ρ and ‖θ* − θ_S‖ ≤ ρ for every S",
    applicable=first_varies,
)
def suboptimality_frequent_prompts(instance: Instance, constant: Constant) -> tuple[Numbers, Numbers]:
    """For N = 2, G the first prompt, the other one as it is and without features.

    The parameters are θ, in the place of all, and θ_S of a step of gradient ascent.
    """
    pair = two_prompts(instance.problem)
    sides = [_sides_with(instance, problem, constant) for problem in (pair, _silenced(pair))]
    return join(*(lhs for left, _ in sides for lhs in left)), join(*(rhs for _, right in sides for rhs in right))


def _sides_with(instance: Instance, pair: Problem, constant: Constant) -> tuple[list[Numbers], list[Numbers]]:
    """Both sides of both inequalities for a problem with two prompts."""
    thetas = _step_by_counts(instance, pair)
    sigma, epsilon = covering(pair.features, _first_covariance(instance))
    here = instance.theta[..., None, :] + zeros_like(thetas)
    radius = amax(join(*(amax(norm(pair.theta_star[..., None, :] - at), -1) for at in (here, thetas))), -1)
    factor, rest = second_order(instance, radius, constant), residual_term(pair, epsilon, radius)
    scale = (kappa(instance.problem, halved(sigma)) * exp_radius(instance, radius) * radius)[..., None]
    slopes, gaps = zip(*(_slopes_and_gaps(instance, pair, at) for at in (here, thetas)), strict=True)
    probs, delta = probs_of_tallies(two_weights(instance), SIZE), rarely(instance)
    start = (factor * rest + slack(instance))[..., None]
    within = [at_least(start + factor[..., None] * scale * s, g) for s, g in zip(slopes, gaps, strict=True)]
    mean = factor * (expectation(probs, scale * slopes[1]) + rest + cost(instance, delta, radius))
    beyond = expectation(probs, 1 - within[0] * within[1])
    return [beyond, expectation(probs, gaps[1])], [delta, mean + slack(instance)]


def halved(sigma: Numbers, /) -> Numbers:
    """σ/2."""
    return sigma / 2


def rarely(instance: Instance, /, *, rate: float = 1 / 8) -> Numbers:
    """exp(−nD(x)/8) for the first prompt, shape (...)."""
    return exp(-SIZE * rate * two_weights(instance)[..., 0])


def _first_covariance(instance: Instance) -> Numbers:
    """D(x)V_x(θ*) for the first prompt x, shape (..., d, d)."""
    matrices = covariance_per_prompt(two_prompts(instance.problem), instance.problem.theta_star)
    return two_weights(instance)[..., 0][..., None, None] * matrices[..., 0, :, :]


def _silenced(pair: Problem) -> Problem:
    """Set the features of the last prompt to 0."""
    seen = np.array([1.0, 0.0])[:, None, None]
    return Problem.trusted(pair.features * seen, pair.ref_probs, pair.theta_star, kl_coef=pair.kl_coef)


def _step_by_counts(instance: Instance, pair: Problem) -> Numbers:
    """θ_S of a step of gradient ascent on J_S from θ, η = λ/B², for every tally, shape (..., K, d)."""
    slopes = gradient_per_prompt(pair, instance.theta)
    mean = (slopes[..., None, :, :] * _shares(instance)).sum(-2)
    return moved(instance.theta[..., None, :], mean, full_step(instance.problem)[..., None])


def _slopes_and_gaps(instance: Instance, pair: Problem, thetas: Numbers) -> tuple[Numbers, Numbers]:
    """‖∇J_S(θ_S)‖ and J(θ*) − J(θ_S) for θ_S of shape (..., K, d), shapes (..., K)."""
    wide = spread_out(pair)
    slopes = (gradient_per_prompt(wide, thetas) * _shares(instance)).sum(-2)
    gaps = objective_per_prompt(wide, wide.theta_star) - objective_per_prompt(wide, thetas)
    return norm(slopes), (two_weights(instance)[..., None, :] * gaps).sum(-1)


def _shares(instance: Instance) -> Numbers:
    """Share of either prompt in a sample, for every tally, shape (..., K, 2, 1)."""
    return ((zeros_like(two_weights(instance))[..., None, :] + tallies(2, SIZE)) / SIZE)[..., None]
