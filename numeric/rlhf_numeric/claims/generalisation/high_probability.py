"""Claims that hold with high probability over the sample S ~ D^n, not in expectation.

Every probability is exact: samples are enumerated. Where the statement says something only for large n, they are
enumerated by how often they hold a prompt, which is all that J_S depends on: the population is then the first and the
last prompt of the instance with the weights D(x_1) and 1 − D(x_1), and a sample has `SIZE` prompts.

A gap that is 0 cannot be told from a bound that is 0 by enclosures: every bound on a gap here has `slack` added to it.
"""

import numpy as np

from rlhf_numeric.arithmetic.kinds import (
    Array,
    Numbers,
    amax,
    amin,
    at_least,
    concat,
    exp,
    is_zero,
    join,
    log,
    norm,
    pairs,
    sqrt,
    zeros_like,
)
from rlhf_numeric.claims.common.hypotheses import BOUNDED, SAMPLED, SETTING
from rlhf_numeric.claims.common.samples import (
    draw_tree,
    draws,
    frequencies,
    on_samples,
    sample_probs,
    spread_out,
)
from rlhf_numeric.claims.generalisation.ascent import steps_of
from rlhf_numeric.claims.generalisation.ascent_stochastic import DRAWS, running_means
from rlhf_numeric.claims.generalisation.geometry import second_order
from rlhf_numeric.claims.generalisation.stability_on_samples import (
    empirical_optima,
    full_step,
    largest_change,
    one_step,
    population_gaps,
)
from rlhf_numeric.evaluation.claim import Constant, inequality, inequality_with_constant
from rlhf_numeric.evaluation.instance import Instance
from rlhf_numeric.model.ascent import moved
from rlhf_numeric.model.gradient import covariance_per_prompt, expectation, gradient_per_prompt
from rlhf_numeric.model.objective import objective_per_prompt
from rlhf_numeric.model.problem import Problem, positive_bound
from rlhf_numeric.model.sharing import shared

SIZE = 56  # from D(x_1) = 0.1 to 0.9 the bound 1 − 2exp(−np/8) on the probability is positive
CONFIDENCES = (0.9, 0.5, 0.125, 0.015625)
FREQUENT = "p ≤ D(x) for every prompt x"
_START = "‖θ* − θ_0‖ = ρ"


def draws_of_two(instance: Instance, /) -> int:
    """Return the number of draws of one of two prompts."""
    return draws(2, instance.extent.steps, least=DRAWS)


@inequality(
    "suboptimality-whp",
    "P_S(J(θ*) − J(θ_S) > G + γ + (2γn + H)√(log(1/δ)/(2n))) ≤ δ for uniformly stable S ↦ θ_S",
    SETTING,
    SAMPLED,
    "h is a sub-Gaussian constant",
    "|J_x(θ_S) − J_x(θ_S')| ≤ γ for all x and all S, S' that differ in one place",
    "J_S(θ*) − J_S(θ_S) ≤ G for every S",
    "J_x(θ*) − J_x(θ_S) ≤ H for all x and S",
    "δ > 0",
    samples=True,
)
def suboptimality_whp(instance: Instance) -> tuple[Numbers, Numbers]:
    """For one step of gradient ascent, with the smallest γ, G and H, for h = 1/8 and every δ of `CONFIDENCES`."""
    return beyond_stable(instance, 1 / 8)


def beyond_stable(instance: Instance, h: float, /) -> tuple[Numbers, Numbers]:
    """Sides of the claim with the constant h."""
    gaps, n = _gaps_after_a_step(instance), instance.extent.sample
    gamma, largest = largest_change(gaps, n), amax(amax(gaps, -1), -1)
    empirical = amax((gaps * frequencies(instance)).sum(-1), -1)
    start = empirical + gamma + slack(instance)
    confidences = [zeros_like(start) + delta for delta in CONFIDENCES]
    bounds = [start + 2 * (2 * gamma * n + largest) * sqrt(h * log(1 / delta) / n) for delta in confidences]
    reached = (gaps * instance.weights[..., None, :]).sum(-1)
    probs = sample_probs(instance)
    beyond = [1 - expectation(probs, at_least(bound[..., None], reached)) for bound in bounds]
    return join(*beyond), join(*confidences)


@inequality(
    "suboptimality-whp-uniform",
    "P_S(J(θ*) − J(θ) > 2(J_S(θ*) − J_S(θ)) for some θ) ≤ N·exp(−np/8)",
    SETTING,
    SAMPLED,
    FREQUENT,
)
def suboptimality_whp_uniform(instance: Instance) -> tuple[Numbers, Numbers]:
    """For N = 2, with θ, θ' and θ + v in the place of all θ."""
    thetas = instance.theta, instance.theta_prime, instance.theta + instance.direction
    every = sum(thetas, start=0 * instance.theta)[..., :1] * 0 + 1  # one for each sample
    for theta in thetas:
        every = every * within_twice(instance, theta, 2)
    return expectation(count_probs(instance), 1 - every), rare(instance)


def within_twice(instance: Instance, theta: Numbers, factor: float, /) -> Numbers:
    """Whether J(θ*) − J(θ) is at most some factor, here 2, times J_S(θ*) − J_S(θ), shape (..., SIZE + 1)."""
    problem = two_prompts(instance.problem)
    gaps = objective_per_prompt(problem, problem.theta_star) - objective_per_prompt(problem, theta)
    excess = ((factor * _counts() - SIZE * two_weights(instance)[..., None, :]) * gaps[..., None, :]).sum(-1)
    return at_least(excess + SIZE * slack(instance)[..., None], zeros_like(excess))


@inequality(
    "suboptimality-whp-optimum",
    "P_S(J(θ_S) < J(θ*)) ≤ N(1 − p)^n for empirical optima",
    SETTING,
    SAMPLED,
    FREQUENT,
    "∇J_S(θ_S) = 0 for every S",
    samples=True,
)
def suboptimality_whp_optimum(instance: Instance) -> tuple[Numbers, Numbers]:
    """For the optima of `empirical_optima`."""
    problem = instance.problem
    matrices = on_samples(instance, covariance_per_prompt(problem, problem.theta_star), axes=2)
    gaps = population_gaps(instance, empirical_optima(instance, matrices))
    passes = at_least(slack(instance)[..., None], gaps)
    missing = zeros_like(passes[..., 0]) + problem.n_prompts
    for _ in range(instance.extent.sample):
        missing = missing * (1 - amin(instance.weights, -1))
    return expectation(sample_probs(instance), 1 - passes), missing


@inequality_with_constant(
    "suboptimality-whp-ga",
    "P_S(J(θ*) − J(θ_t) > 2CKρ²/T for all t < T) ≤ N·exp(−np/8)",
    SETTING,
    BOUNDED,
    SAMPLED,
    FREQUENT,
    "gradient ascent on J_S, η = λ/B², K = B²/λ",
    _START,
    steps=steps_of,
)
def suboptimality_whp_ga(instance: Instance, constant: Constant) -> tuple[Numbers, Numbers]:
    """For N = 2, with the best t < T, for every T."""
    problem, weights = spread_out(two_prompts(instance.problem)), two_weights(instance)[..., None, :]
    share = ((zeros_like(weights) + _counts()) / SIZE)[..., None]
    theta, eta = instance.theta[..., None, :] + zeros_like(share[..., 0, :]), full_step(instance.problem)[..., None]
    gaps = []
    for t in range(instance.extent.steps):
        if t:
            theta = moved(theta, (gradient_per_prompt(problem, theta) * share).sum(-2), eta)
        gaps.append((weights * _gaps_per_prompt(problem, theta)).sum(-1))
    best = [amin(join(*gaps[: t + 1]), -1) for t in range(len(gaps))]
    return _improbable(instance, best, constant)


@inequality_with_constant(
    "suboptimality-whp-sga",
    "P_S(average over t < T of E[J(θ*) − J(θ_t)] > 2CKρ²/T) ≤ N·exp(−np/8)",
    SETTING,
    BOUNDED,
    SAMPLED,
    FREQUENT,
    "each step draws a prompt of S uniformly, η = λ/B², K = B²/λ",
    _START,
    steps=draws_of_two,
)
def suboptimality_whp_sga(instance: Instance, constant: Constant) -> tuple[Numbers, Numbers]:
    """For N = 2, over all sequences of draws, for every T.

    An iterate depends on the prompts that were drawn alone, the probability of these on how often S holds them.
    """
    problem, weights = two_prompts(instance.problem), two_weights(instance)[..., None, :]
    tree = draw_tree(problem, instance.theta, full_step(instance.problem), draws_of_two(instance))
    share = (zeros_like(weights) + _counts()) / SIZE
    means, probs = [], share[..., :1] * 0 + 1
    for thetas, _ in tree:
        gaps = (weights * _gaps_per_prompt(spread_out(problem), thetas)).sum(-1)
        means.append((probs * gaps[..., None, :]).sum(-1))
        probs = pairs(probs[..., :, None] * share[..., None, :], axis=-2)
    return _improbable(instance, running_means(means), constant)


@shared
def two_prompts(problem: Problem, /) -> Problem:
    """First and last prompt, twice the same where there is one."""
    ends = np.array([0, problem.n_prompts - 1])
    features, ref_probs = problem.features[..., ends, :, :], problem.ref_probs[..., ends, :]
    return Problem.trusted(features, ref_probs, problem.theta_star, kl_coef=problem.kl_coef)


@shared
def two_weights(instance: Instance, /) -> Numbers:
    """D of the two prompts, shape (..., 2)."""
    first = instance.weights[..., 0]
    return join(first, 1 - first)


@shared
def count_probs(instance: Instance, /) -> Numbers:
    """Probability that a sample holds the first prompt 0, …, SIZE times, shape (..., SIZE + 1): one draw at a time."""
    first, second = (two_weights(instance)[..., x : x + 1] for x in (0, 1))
    none = zeros_like(first)
    probs = none + 1
    for _ in range(SIZE):
        probs = concat(probs * second, none) + concat(none, probs * first)
    return probs


def rare(instance: Instance, /, *, rate: float = 1 / 8) -> Numbers:
    """N·exp(−np/8), shape (...)."""
    return 2 * exp(-SIZE * rate * amin(two_weights(instance), -1))


def slack(instance: Instance, /) -> Numbers:
    """2^−40·Kρ², and 1 where that is 0, shape (...)."""
    energy = _energy(instance)
    return 2.0**-40 * energy + is_zero(energy)


def _counts() -> Array:
    """How often a sample holds either prompt, shape (SIZE + 1, 2)."""
    first = np.arange(SIZE + 1.0)
    return np.stack([first, SIZE - first], -1)


def _improbable(instance: Instance, gaps: list[Numbers], constant: Constant) -> tuple[Numbers, Numbers]:
    """Return the probability of a gap above 2CKρ²/T, and N·exp(−np/8), for every T."""
    energy = _energy(instance)
    factor = second_order(instance, norm(instance.problem.theta_star - instance.theta), constant)
    bounds = [2 * factor * energy / t + slack(instance) for t in range(1, len(gaps) + 1)]
    probs = count_probs(instance)
    beyond = [expectation(probs, 1 - at_least(b[..., None], gap)) for b, gap in zip(bounds, gaps, strict=True)]
    return join(*beyond), join(*(rare(instance) for _ in beyond))


def _energy(instance: Instance) -> Numbers:
    """Kρ² with K = B²/λ and ρ = ‖θ* − θ‖, shape (...)."""
    bound = positive_bound(instance.problem) * norm(instance.problem.theta_star - instance.theta)
    return bound * bound / instance.problem.kl_coef


def _gaps_per_prompt(wide: Problem, thetas: Numbers) -> Numbers:
    """J_x(θ*) − J_x(θ) at each prompt, shapes (..., K, d) to (..., K, N)."""
    return objective_per_prompt(wide, wide.theta_star) - objective_per_prompt(wide, thetas)


def _gaps_after_a_step(instance: Instance) -> Numbers:
    """J_x(θ*) − J_x(θ_S) of every sample, shape (..., K, N)."""
    return _gaps_per_prompt(spread_out(instance.problem), one_step(instance))
