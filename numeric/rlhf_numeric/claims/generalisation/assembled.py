"""Claims on the population gap J(θ*) − J(θ) by the direct route: coverage by one sample, no concentration term.

The sample S is the first half of the prompts, D the prompt weights of the instance; B bounds the features of all
prompts, seen or not. Coverage is that of `stability` beside this module, at θ* in the claims on ascents.
"""

import numpy as np

from rlhf_numeric.arithmetic.kinds import Array, Numbers, amin, exp, join, log, norm, sqrt, zeros_like
from rlhf_numeric.claims.common.hypotheses import BOUNDED, SAMPLED, SETTING
from rlhf_numeric.claims.common.samples import draw_tree, draws
from rlhf_numeric.claims.generalisation import stability, stability_on_samples
from rlhf_numeric.claims.generalisation.ascent import iterates, steps_of
from rlhf_numeric.claims.generalisation.ascent_stochastic import (
    DRAWS,
    PAIR_DRAWS,
    pairs_of_actions,
    pairwise_tree,
    running_means,
)
from rlhf_numeric.claims.generalisation.decomposition import population
from rlhf_numeric.claims.generalisation.geometry import exp_radius, second_order
from rlhf_numeric.claims.generalisation.stability import (
    COVERED,
    cover,
    first_half,
    is_covered,
    kappa,
    residual_term,
    trace,
)
from rlhf_numeric.claims.generalisation.stability_on_samples import covers_at_optimum, full_step, population_gaps
from rlhf_numeric.evaluation.claim import Constant, inequality_with_constant
from rlhf_numeric.evaluation.instance import Instance
from rlhf_numeric.model.gradient import covariance, gradient
from rlhf_numeric.model.problem import positive_bound

EXPONENTS = (0.0, 0.25, 1.0)
COVERED_AT_OPTIMUM = "coverage of S at θ* by P, σ, ε; κ = 2B²e^M/σ"
WEIGHTED = "D is a probability vector"
START = "‖θ* − θ_0‖ = ρ"


def draws_of_half(instance: Instance, /) -> int:
    """Return the number of draws of a prompt of S."""
    return draws(first_half(instance.problem).n_prompts, instance.extent.steps, least=DRAWS)


def pair_draws_of_half(instance: Instance, /) -> int:
    """Return the number of draws of a prompt of S and two actions."""
    return draws(pairs_of_actions(first_half(instance.problem)), instance.extent.steps - 1, least=PAIR_DRAWS)


def is_covered_at_optimum(instance: Instance) -> Array:
    """Whether some feature varies on the sample at θ*, so that tr V > 0."""
    problem = instance.problem
    mask: Array = trace(covariance(first_half(problem), problem.theta_star)) > 0
    return np.broadcast_to(mask, instance.batch_shape)


# The sides of these three stand beside what they are made of, so that a mutant of the claim can change that, too.
suboptimality_direct = inequality_with_constant(
    "suboptimality-direct",
    "J(θ*) − J(θ) ≤ C(κρ‖∇J_S(θ)‖ + 2ε²ρ²/λ)",
    SETTING,
    BOUNDED,
    COVERED,
    "‖θ* − θ‖ ≤ ρ",
    "D is a probability vector",
    applicable=is_covered,
)(stability.suboptimality_direct)

suboptimality_empirical_optimum = inequality_with_constant(
    "suboptimality-empirical-optimum",
    "E_S[J(θ*) − J(θ_S)] ≤ B‖θ*‖/√n + C·2ε²ρ²/λ for empirical optima",
    SETTING,
    BOUNDED,
    SAMPLED,
    "coverage of every S at θ_S by P_S, σ, ε",
    "∇J_S(θ_S) = 0 and ‖θ* − θ_S‖ ≤ ρ for every S",
    applicable=covers_at_optimum,
    samples=True,
)(stability_on_samples.suboptimality_empirical_optimum)

suboptimality_ga = inequality_with_constant(
    "suboptimality-ga",
    "E_S[J(θ*) − J(θ_{t(S)})] ≤ B‖θ*‖/√n + CKρ²/T + C(κρ·Kρ/√T + 2ε²ρ²/λ) for some t(S) < T, κ = 2B²e^M/σ",
    SETTING,
    BOUNDED,
    SAMPLED,
    "coverage of every S at θ* by P_S, σ, ε",
    "gradient ascent on J_S, η = λ/B², ‖θ* − θ_0‖ = ρ, K = B²/λ",
    applicable=covers_at_optimum,
    samples=True,
    steps=steps_of,
)(stability_on_samples.suboptimality_ga)


@inequality_with_constant(
    "suboptimality-direct-ga",
    "J(θ*) − J(θ_t) ≤ C(κKρ²/T + 2ε²ρ²/λ) for some t < T",
    SETTING,
    BOUNDED,
    COVERED_AT_OPTIMUM,
    "gradient ascent on J_S, η = λ/B², K = B²/λ",
    START,
    WEIGHTED,
    applicable=is_covered_at_optimum,
    steps=steps_of,
)
def suboptimality_direct_ga(instance: Instance, constant: Constant) -> tuple[Numbers, Numbers]:
    """Take the best t < T, for every T."""
    problem = instance.problem
    best = population(instance, problem.theta_star)
    thetas = iterates(first_half(problem), instance.theta, full_step(problem), instance.extent.steps - 1)
    gaps = [best - population(instance, theta) for theta in thetas]
    smallest = [amin(join(*gaps[: t + 1]), -1) for t in range(len(gaps))]
    return join(*smallest), _bounds(instance, constant, len(gaps))


@inequality_with_constant(
    "suboptimality-sga",
    "average over t < T of E[J(θ*) − J(θ_t)] ≤ C(κKρ²/T + 2ε²ρ²/λ)",
    SETTING,
    BOUNDED,
    COVERED_AT_OPTIMUM,
    "each step draws a prompt of S uniformly, η = λ/B², K = B²/λ",
    START,
    WEIGHTED,
    applicable=is_covered_at_optimum,
    steps=draws_of_half,
)
def suboptimality_sga(instance: Instance, constant: Constant) -> tuple[Numbers, Numbers]:
    """Take all sequences of draws, for every T."""
    problem = instance.problem
    tree = draw_tree(first_half(problem), instance.theta, full_step(problem), draws_of_half(instance))
    gaps = [population_gaps(instance, thetas) for thetas, _ in tree]
    means = [gap.sum(-1) / gap.shape[-1] for gap in gaps]
    return join(*running_means(means)), _bounds(instance, constant, len(tree))


@inequality_with_constant(
    "suboptimality-sga-pairwise",
    "average over t < T of E[J(θ*) − J(θ_t)] ≤ C(κKρ²/T + 2ε²ρ²/λ), two sampled actions a step",
    SETTING,
    BOUNDED,
    COVERED_AT_OPTIMUM,
    "each step draws a prompt of S uniformly and two actions from π_θ, η = λ/(2B²), K = 2B²/λ",
    START,
    WEIGHTED,
    applicable=is_covered_at_optimum,
    steps=pair_draws_of_half,
)
def suboptimality_sga_pairwise(instance: Instance, constant: Constant) -> tuple[Numbers, Numbers]:
    """Take all draws, for every T."""
    problem, theta, draws_each = instance.problem, instance.theta, pair_draws_of_half(instance)
    eta = (full_step(problem) / 2)[..., None, None, None]
    tree = pairwise_tree(first_half(problem), theta, lambda at, move: at + eta * move, draws_each)
    start = population(instance, problem.theta_star) - population(instance, theta)
    later = [(level.weights * population_gaps(instance, level.thetas)).sum(-1) for level in tree[1:]]
    return join(*running_means([start, *later])), _bounds(instance, constant, len(tree), doubled=True)


@inequality_with_constant(
    "coverage-threshold",
    "ε = cn^{−α} ⇒ J(θ*) − J(θ) ≤ C(κρ‖∇J_S(θ)‖ + (2c²ρ²/λ)n^{−2α}); n^{−2α} = 1/√n at α = 1/4",
    SETTING,
    BOUNDED,
    COVERED,
    "‖θ* − θ‖ ≤ ρ",
    WEIGHTED,
    applicable=is_covered,
)
def coverage_threshold(instance: Instance, constant: Constant) -> tuple[Numbers, Numbers]:
    """With c = εn^α for every α of `EXPONENTS`, n the size of the sample; last, α = 1/4 with 1/√n in the bound."""
    problem, theta = instance.problem, instance.theta
    radius = norm(problem.theta_star - theta)
    seen = cover(problem, first_half(problem), theta)
    size = zeros_like(radius) + seen.sample.n_prompts
    by_gradient = kappa(problem, seen.sigma) * radius * norm(gradient(seen.sample, theta))
    scales = [residual_term(problem, seen.epsilon * exp(alpha * log(size)), radius) for alpha in (*EXPONENTS, 0.25)]
    decays = [exp(-2 * alpha * log(size)) for alpha in EXPONENTS] + [1 / sqrt(size)]
    factor = second_order(instance, radius, constant)
    gap = population(instance, problem.theta_star) - population(instance, theta)
    bounds = [factor * (by_gradient + scale * decay) for scale, decay in zip(scales, decays, strict=True)]
    return join(*(gap for _ in bounds)), join(*bounds)


def _bounds(instance: Instance, constant: Constant, steps: int, *, doubled: bool = False) -> Numbers:
    """C(κKρ²/T + 2ε²ρ²/λ) for T = 1, …, steps with coverage at θ* and κ = 2B²e^M/σ, shape (..., steps)."""
    problem = instance.problem
    radius, bound = norm(problem.theta_star - instance.theta), positive_bound(problem)
    seen = cover(problem, first_half(problem), problem.theta_star)
    scale = (2 if doubled else 1) * bound * bound / problem.kl_coef
    transfer = kappa(problem, seen.sigma) * exp_radius(instance, radius) * scale * radius * radius
    rest, factor = residual_term(problem, seen.epsilon, radius), second_order(instance, radius, constant)
    return join(*(factor * (transfer / t + rest) for t in range(1, steps + 1)))
