"""Claims on algorithms with randomness of their own: all samples S ~ D^n and all sequences of draws are enumerated.

Stochastic gradient ascent on J_S draws a prompt x of S with its frequency in S, so that the points it may reach are
those of the draws of any prompts of the population: one tree serves all samples, with weights that depend on S. Level
t of the tree holds the N^t points θ_t. Coverage is as in `stability_on_samples` beside this module, or, for one sample,
in `assembled`.
"""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from rlhf_numeric.arithmetic.kinds import (
    Numbers,
    absolute,
    amax,
    amin,
    at_least,
    is_zero,
    join,
    norm,
    pairs,
    sqrt,
    zeros_like,
)
from rlhf_numeric.claims.common.hypotheses import BOUNDED, SAMPLED, SETTING
from rlhf_numeric.claims.common.samples import draw_tree, draws, frequencies, on_samples, sample_probs, spread_out
from rlhf_numeric.claims.generalisation.ascent_stochastic import (
    DRAWS,
    PAIR_DRAWS,
    SAMPLED_PROMPT,
    noise_draws_of,
    noise_variance,
    pairs_of_actions,
    pairwise_moves,
    running_means,
)
from rlhf_numeric.claims.generalisation.assembled import (
    COVERED_AT_OPTIMUM,
    START,
    WEIGHTED,
    is_covered_at_optimum,
)
from rlhf_numeric.claims.generalisation.geometry import exp_radius, second_order
from rlhf_numeric.claims.generalisation.stability import cover, first_half, kappa, residual_term
from rlhf_numeric.claims.generalisation.stability_on_samples import (
    concentration,
    cover_all,
    covers_at_optimum,
    full_step,
    largest_change,
    population_gaps,
)
from rlhf_numeric.evaluation.claim import Constant, inequality, inequality_with_constant
from rlhf_numeric.evaluation.instance import Instance
from rlhf_numeric.model.gradient import covariance_per_prompt, expectation, gradient
from rlhf_numeric.model.objective import objective_per_prompt
from rlhf_numeric.model.problem import Problem, positive_bound
from rlhf_numeric.model.projected import projected_step
from rlhf_numeric.model.sharing import shared

Estimates: TypeAlias = Callable[[Problem, Numbers], tuple[Numbers, Numbers]]  # sample, θ to probabilities, moves
COVERED_SAMPLES = "coverage of every S at θ* by P_S, σ, ε; κ = 2B²e^M/σ"
RETURNED = "θ̂ the first iterate t < T of least ‖∇J_S(θ_t)‖, η = λ/B², K = B²/λ"


def sampled_draws_of(instance: Instance, /) -> int:
    """Return the number of draws of a prompt of S, two actions and one of two outcomes of noise."""
    return draws(2 * pairs_of_actions(first_half(instance.problem)), instance.extent.steps - 1, least=PAIR_DRAWS)


def levels_of(instance: Instance, /) -> int:
    """Return the number of levels of the tree of draws, the largest T."""
    return draws(instance.problem.n_prompts, instance.extent.steps, least=DRAWS)


@inequality(
    "random-stability",
    "|E_S E_ω[J_S(θ_{S,ω}) − J(θ_{S,ω})]| ≤ γ, replacing one prompt of S changes no E_ω J_x(θ_{S,ω}) by more than γ",
    SETTING,
    SAMPLED,
    "|E_ω[J_x(θ_{S,ω}) − J_x(θ_{S',ω})]| ≤ γ for all x and all S, S' that differ in one place",
    "ω, the algorithm's own randomness, does not depend on S",
    samples=True,
    steps=levels_of,
)
def random_stability(instance: Instance) -> tuple[Numbers, Numbers]:
    """For the iterates θ_1, … of stochastic gradient ascent on J_S from θ, η = λ/B², with the smallest γ of each."""
    excess = frequencies(instance) - instance.weights[..., None, :]
    sides = []
    for (thetas, _), weights in zip(_tree(instance)[1:], path_weights(instance)[1:], strict=True):
        values = objective_per_prompt(spread_out(instance.problem), thetas)
        means = (weights[..., None] * values[..., None, :, :]).sum(-2)
        bias = expectation(sample_probs(instance), (excess * means).sum(-1))
        sides.append((absolute(bias), largest_change(means, instance.extent.sample)))
    return join(*(lhs for lhs, _ in sides)), join(*(rhs for _, rhs in sides))


@inequality_with_constant(
    "suboptimality-sga-three-terms",
    "E_S E[J(θ*) − J(θ̂)] ≤ B‖θ*‖/√n + CKρ²/√T + C(κρ·Kρ/√T + 2ε²ρ²/λ)",
    SETTING,
    BOUNDED,
    SAMPLED,
    COVERED_SAMPLES,
    SAMPLED_PROMPT,
    RETURNED,
    START,
    applicable=covers_at_optimum,
    samples=True,
    steps=levels_of,
)
def suboptimality_sga_three_terms(instance: Instance, constant: Constant) -> tuple[Numbers, Numbers]:
    """Take all samples and all sequences of draws, for every T."""
    lhs, rhs = _two_terms(instance, constant)
    return lhs, concentration(instance)[..., None] + rhs


@inequality_with_constant(
    "suboptimality-sga-two-terms",
    "E_S E[J(θ*) − J(θ̂)] ≤ CKρ²/√T + C(κρ·Kρ/√T + 2ε²ρ²/λ)",
    SETTING,
    BOUNDED,
    SAMPLED,
    COVERED_SAMPLES,
    SAMPLED_PROMPT,
    RETURNED,
    START,
    applicable=covers_at_optimum,
    samples=True,
    steps=levels_of,
)
def suboptimality_sga_two_terms(instance: Instance, constant: Constant) -> tuple[Numbers, Numbers]:
    """Take all samples and all sequences of draws, for every T."""
    return _two_terms(instance, constant)


@inequality_with_constant(
    "suboptimality-noisy",
    "average over t < T of E[J(θ*) − J(θ_t)] ≤ C(κ(ρ²/(ηT) + ηs²) + 8ε²r²/λ), and ≤ C(κ(ρ²/α + αs²)/√T + 8ε²r²/λ)",
    SETTING,
    BOUNDED,
    COVERED_AT_OPTIMUM,
    "unbiased gradients of variance at most s² on a ball of radius r that contains θ* and θ_0, projection onto it",
    "0 < η and ηB² ≤ λ; η = α/√T, 0 < α and αB² ≤ λ in the second bound",
    "C at M = 4Br/λ",
    START,
    WEIGHTED,
    applicable=is_covered_at_optimum,
    steps=noise_draws_of,
)
def suboptimality_noisy(instance: Instance, constant: Constant) -> tuple[Numbers, Numbers]:
    """Take the smallest ball about θ', two outcomes of noise along v, η = α/√T for the last T: there both bounds agree.

    The noise is (1 − p)v with probability p, else −pv, of mean 0 and variance s² = p(1 − p)‖v‖², at every θ.
    """
    return _projected(instance, constant, full_step(instance.problem), noise_draws_of(instance), _full_gradient)


@inequality_with_constant(
    "suboptimality-sampled",
    "average over t < T of E[J(θ*) − J(θ_t)] ≤ C(κ(ρ²/(ηT) + ηs²) + 8ε²r²/λ), two sampled actions and noise a step",
    SETTING,
    BOUNDED,
    COVERED_AT_OPTIMUM,
    "each step draws a prompt of S uniformly, two actions from π_θ, and noise of mean 0 and variance at most s²",
    "projection onto a ball of radius r that contains θ* and θ_0; L = 2B²/λ, 0 < η ≤ 1/L",
    "C at M = 4Br/λ",
    START,
    WEIGHTED,
    applicable=is_covered_at_optimum,
    steps=sampled_draws_of,
)
def suboptimality_sampled(instance: Instance, constant: Constant) -> tuple[Numbers, Numbers]:
    """Take the ball and the noise of `suboptimality_noisy`, and all draws, for every T, at η = 1/(L√T) of the last."""
    steps = sampled_draws_of(instance)
    return _projected(instance, constant, full_step(instance.problem) / 2, steps, _pairs_of_actions)


@shared
def path_weights(instance: Instance, /) -> list[Numbers]:
    """Probability of every sequence of drawn prompts under every sample, for each level, shapes (..., K, N^t)."""
    share = frequencies(instance)
    weights = [share[..., :1] * 0 + 1]
    for _ in range(1, levels_of(instance)):
        weights.append(pairs(weights[-1][..., None] * share[..., None, :], axis=-2))
    return weights


@shared
def least_gradient_gaps(instance: Instance, /) -> list[Numbers]:
    """E_S E[J(θ*) − J(θ̂)] for T = 1, 2, …, shapes (...); of equal gradients the first one counts."""
    found, branches = [], instance.problem.n_prompts
    least = gaps = zeros_like(sample_probs(instance))[..., None]
    for t, ((thetas, slopes), weights) in enumerate(zip(_tree(instance), path_weights(instance), strict=True)):
        size = norm((frequencies(instance)[..., None, :, None] * slopes[..., None, :, :, :]).sum(-2))
        here = population_gaps(instance, thetas)[..., None, :] + zeros_like(size)
        if t:
            before = np.arange(least.shape[-1]).repeat(branches)  # the points that these come from
            kept, least = gaps[..., before], least[..., before]
            gaps = kept + (1 - at_least(size, least)) * (here - kept)
            least = amin(join(size, least), -1)
        else:
            least, gaps = size, here
        found.append(expectation(sample_probs(instance), (weights * gaps).sum(-1)))
    return found


def _two_terms(instance: Instance, constant: Constant) -> tuple[Numbers, Numbers]:
    """E_S E[J(θ*) − J(θ̂)] and CKρ²/√T + C(κKρ²/√T + 2ε²ρ²/λ), for every T, shapes (..., T)."""
    problem, gaps = instance.problem, least_gradient_gaps(instance)
    matrices = on_samples(instance, covariance_per_prompt(problem, problem.theta_star), axes=2)
    seen, radius = cover_all(problem, matrices), norm(problem.theta_star - instance.theta)
    energy = positive_bound(problem) * positive_bound(problem) / problem.kl_coef * radius * radius
    factor, rest = second_order(instance, radius, constant), residual_term(problem, seen.epsilon, radius)
    transfer = kappa(problem, seen.sigma) * exp_radius(instance, radius)
    roots = [sqrt(zeros_like(energy) + t) for t in range(1, len(gaps) + 1)]
    return join(*gaps), join(*(factor * (energy / root + transfer * energy / root + rest) for root in roots))


@shared
def _tree(instance: Instance) -> list[tuple[Numbers, Numbers]]:
    """Points θ_t and gradients at every prompt, for each level, shapes (..., N^t, d) and (..., N^t, N, d)."""
    return draw_tree(instance.problem, instance.theta, full_step(instance.problem), levels_of(instance))


def _ball(instance: Instance) -> Numbers:
    """Return the least radius of a ball about θ' that holds θ* and θ_0, shape (...); 1 where it is 0."""
    points = instance.problem.theta_star, instance.theta
    radius = amax(join(*(norm(point - instance.theta_prime) for point in points)), -1)
    return radius + is_zero(radius)


def _projected(
    instance: Instance, constant: Constant, alpha: Numbers, steps: int, estimates: Estimates
) -> tuple[Numbers, Numbers]:
    """Both sides of the bound on projected ascent at η = α/√T, T = ``steps``, for 1, …, T steps, shapes (..., T)."""
    problem, ball = instance.problem, _ball(instance)
    root = sqrt(zeros_like(alpha) + steps)
    averages = running_means(_projected_gaps(instance, alpha / root, ball, steps, estimates))
    error, spread = problem.theta_star - instance.theta, noise_variance(instance)
    square = (error * error).sum(-1)
    seen = cover(problem, first_half(problem), problem.theta_star)
    transfer = kappa(problem, seen.sigma) * exp_radius(instance, 2 * ball)
    rest, factor = residual_term(problem, seen.epsilon, 2 * ball), second_order(instance, 2 * ball, constant)
    each = [square * root / (alpha * (t + 1)) + alpha / root * spread for t in range(steps)]
    return join(*averages), join(*(factor * (transfer * one + rest) for one in each))


def _projected_gaps(
    instance: Instance, step_size: Numbers, radius: Numbers, steps: int, estimates: Estimates
) -> list[Numbers]:
    """E[J(θ*) − J(θ_t)] for every t along the projected ascent on J_S with noise, shapes (...)."""
    p = instance.probs[..., 0, 0]
    odds, noise = join(p, 1 - p), join(1 - p, -p)[..., None] * instance.direction[..., None, :]
    thetas, weights = instance.theta[..., None, :], (odds.sum(-1) * 0 + 1)[..., None]
    means = [population_gaps(instance, thetas)[..., 0]]
    for _ in range(1, steps):
        probs, moves = estimates(spread_out(first_half(instance.problem)), thetas)
        noisy = pairs(moves[..., None, :] + noise[..., None, None, :, :], axis=-3)
        moved = projected_step(
            thetas[..., None, :],
            noisy,
            step_size=step_size[..., None, None],
            centre=instance.theta_prime[..., None, None, :],
            radius=radius[..., None, None],
        )
        chances = pairs(probs[..., None] * odds[..., None, None, :], axis=-2)
        thetas, weights = pairs(moved, axis=-3), pairs(weights[..., None] * chances, axis=-2)
        means.append((weights * population_gaps(instance, thetas)).sum(-1))
    return means


def _full_gradient(sample: Problem, thetas: Numbers) -> tuple[Numbers, Numbers]:
    """Return the gradient of J_S, which is certain."""
    moves = gradient(sample, thetas)[..., None, :]
    return moves[..., 0] * 0 + 1, moves


def _pairs_of_actions(sample: Problem, thetas: Numbers) -> tuple[Numbers, Numbers]:
    """Draw a prompt of S and two actions from π_θ."""
    probs, moves, _ = pairwise_moves(sample, thetas)
    return probs, moves
