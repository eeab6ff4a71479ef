"""Claims of the second edition: bounds for iterates that an algorithm can find, in expectation, and how sharp they are.

The sample S is the first half of the prompts, D the prompt weights of the instance; B bounds the features of all
prompts, seen or not. Coverage is that of `stability` beside this module.
"""

import numpy as np

from rlhf_numeric.arithmetic.kinds import (
    Array,
    Numbers,
    absolute,
    amax,
    amin,
    at_least,
    concat,
    exp,
    join,
    log,
    norm,
    psi,
    sqrt,
    zeros_like,
)
from rlhf_numeric.claims.common.hypotheses import BOUNDED, SAMPLED, SETTING
from rlhf_numeric.claims.common.samples import frequencies, sample_probs, spread_out
from rlhf_numeric.claims.generalisation.ascent import determinant, iterates, steps_of
from rlhf_numeric.claims.generalisation.assembled import COVERED_AT_OPTIMUM, START, WEIGHTED, is_covered_at_optimum
from rlhf_numeric.claims.generalisation.decomposition import population
from rlhf_numeric.claims.generalisation.geometry import exp_radius, second_order
from rlhf_numeric.claims.generalisation.stability import cover, first_half, kappa, residual_term, trace
from rlhf_numeric.claims.generalisation.stability_on_samples import (
    full_step,
    largest_change,
    one_step,
    population_gaps,
)
from rlhf_numeric.evaluation.claim import Constant, identity, inequality, inequality_with_constant
from rlhf_numeric.evaluation.instance import Instance
from rlhf_numeric.model.gradient import covariance, expectation, gradient, gradient_per_prompt
from rlhf_numeric.model.objective import objective, objective_per_prompt
from rlhf_numeric.model.problem import Problem, positive_bound

_CONSTANT = "C = ψ(M), M = 2Bρ/λ"


@inequality_with_constant(
    "gap-two-sided",
    "⟨∇J_x(θ),u⟩/(2 + M/2)² ≤ J_x(θ*) − J_x(θ) ≤ C⟨∇J_x(θ),u⟩, also for J_S",
    SETTING,
    BOUNDED,
    "u = θ* − θ, ‖u‖ ≤ ρ",
)
def gap_two_sided(instance: Instance, constant: Constant) -> tuple[Numbers, Numbers]:
    """For each prompt and for the sample of all, with ρ = ‖u‖."""
    problem, theta, best = instance.problem, instance.theta, instance.problem.theta_star
    error = best - theta
    per_prompt = objective_per_prompt(problem, best) - objective_per_prompt(problem, theta)
    gaps = concat(per_prompt, join(objective(problem, best) - objective(problem, theta)))
    aligned = (gradient_per_prompt(problem, theta) * error[..., None, :]).sum(-1)
    slopes = concat(aligned, join((gradient(problem, theta) * error).sum(-1)))
    lower, upper = _below(instance, norm(error))[..., None], second_order(instance, norm(error), constant)[..., None]
    with np.errstate(invalid="ignore"):  # in floats 0·∞ from M ≈ 710 on
        return concat(slopes, gaps), concat(lower * gaps, upper * slopes)


@inequality(
    "empirical-optimum-iff",
    "‖∇J_S(θ)‖² ≤ K(2 + M/2)²·g and g ≤ C‖u‖‖∇J_S(θ)‖ for g = J_S(θ*) − J_S(θ) ≥ J_S(θ') − J_S(θ), K = B²/λ",
    SETTING,
    BOUNDED,
    "u = θ* − θ, ‖u‖ ≤ ρ",
    _CONSTANT,
)
def empirical_optimum_iff(instance: Instance) -> tuple[Numbers, Numbers]:
    """Quantitative form of both directions, and that the largest value is J_S(θ*), compared with J_S(θ')."""
    problem, best = instance.problem, objective(instance.problem, instance.problem.theta_star)
    radius, bound = norm(problem.theta_star - instance.theta), positive_bound(problem)
    gap, slope = best - objective(problem, instance.theta), norm(gradient(problem, instance.theta))
    at_most = _below(instance, radius) * bound * bound / problem.kl_coef * gap
    by_slope = _least(instance, radius) * radius * slope
    return join(slope * slope, gap, objective(problem, instance.theta_prime)), join(at_most, by_slope, best)


@inequality(
    "suboptimality-without-concentration",
    "E_S[J(θ*) − J(θ_S)] ≤ E_S[J_S(θ*) − J_S(θ_S)] + γ",
    SETTING,
    SAMPLED,
    "|J_x(θ_S) − J_x(θ_S')| ≤ γ for all x and all S, S' that differ in one place",
    samples=True,
)
def suboptimality_without_concentration(instance: Instance) -> tuple[Numbers, Numbers]:
    """For a step of gradient ascent, with the smallest γ, and with τ the expected empirical gap itself."""
    problem, thetas, probs = instance.problem, one_step(instance), sample_probs(instance)
    values = objective_per_prompt(spread_out(problem), thetas)
    best = objective_per_prompt(problem, problem.theta_star)[..., None, :]
    empirical = expectation(probs, (frequencies(instance) * (best - values)).sum(-1))
    gap = expectation(probs, population_gaps(instance, thetas))
    return gap, empirical + largest_change(values, instance.extent.sample)


@inequality_with_constant(
    "suboptimality-ga-last-iterate",
    "J(θ*) − J(θ_T) ≤ C(κ(2 + M/2)²·Cρ²/(ηT) + 2ε²ρ²/λ)",
    SETTING,
    BOUNDED,
    COVERED_AT_OPTIMUM,
    "gradient ascent on J_S, η = 1/L, L = (B²/λ)(1 + M)",
    START,
    WEIGHTED,
    applicable=is_covered_at_optimum,
    steps=steps_of,
)
def suboptimality_ga_last_iterate(instance: Instance, constant: Constant) -> tuple[Numbers, Numbers]:
    """For every T, at the largest step."""
    problem, sample = instance.problem, first_half(instance.problem)
    radius, bound = norm(problem.theta_star - instance.theta), positive_bound(problem)
    smoothness = bound * bound / problem.kl_coef * (1 + 2 * bound * radius / problem.kl_coef)
    thetas = iterates(sample, instance.theta, 1 / smoothness, instance.extent.steps)
    gaps = [population(instance, problem.theta_star) - population(instance, theta) for theta in thetas[1:]]
    transfer, rest = _transfer(instance, sample)
    factor, below = second_order(instance, radius, constant), _below(instance, radius)
    first = transfer * below * factor * radius * radius * smoothness
    return join(*gaps), join(*(factor * (first / t + rest) for t in range(1, len(thetas))))


@inequality_with_constant(
    "suboptimality-ga-least-gradient",
    "J(θ*) − J(θ_t) ≤ C(κKρ²/√T + r) and ≤ C(κ(κKρ²/T + r) + r), r = 2ε²ρ²/λ, K = B²/λ",
    SETTING,
    BOUNDED,
    COVERED_AT_OPTIMUM,
    "gradient ascent on J_S, η = λ/B²",
    "t < T and ‖∇J_S(θ_t)‖ ≤ ‖∇J_S(θ_s)‖ for all s < T",
    START,
    WEIGHTED,
    applicable=is_covered_at_optimum,
    steps=steps_of,
)
def suboptimality_ga_least_gradient(instance: Instance, constant: Constant) -> tuple[Numbers, Numbers]:
    """For every t < T; the gap counts as 0 where another gradient is certainly smaller."""
    problem, sample = instance.problem, first_half(instance.problem)
    radius, bound = norm(problem.theta_star - instance.theta), positive_bound(problem)
    thetas = iterates(sample, instance.theta, full_step(problem), instance.extent.steps - 1)
    gaps = [population(instance, problem.theta_star) - population(instance, theta) for theta in thetas]
    slopes = [norm(gradient(sample, theta)) for theta in thetas]
    energy, (transfer, rest) = bound * bound / problem.kl_coef * radius * radius, _transfer(instance, sample)
    factor, lhs, rhs = second_order(instance, radius, constant), [], []
    for total in range(1, len(thetas) + 1):
        root = sqrt(zeros_like(energy) + total)
        bounds = [transfer * energy / root + rest, transfer * (transfer * energy / total + rest) + rest]
        for t in range(total):
            lhs += [_if_least(slopes[:total], t) * gaps[t]] * 2
            rhs += [factor * each for each in bounds]
    return join(*lhs), join(*rhs)


def is_exactly_covered_by_half(instance: Instance) -> Array:
    """Whether V_S(θ_0) is regular, by a margin beyond rounding: det V ≥ 2⁻⁴⁰τ^d > 0."""
    matrix = covariance(first_half(instance.problem), instance.theta)
    total = trace(matrix)
    mask: Array = (determinant(matrix) >= 2.0**-40 * total**instance.problem.dim) & (total > 0)
    return np.broadcast_to(mask, instance.batch_shape)


@inequality_with_constant(
    "ga-linear-from-start",
    "‖Πu_t‖² ≤ r^t‖Πu_0‖² and J_x(θ*) − J_x(θ_t) ≤ C(B²/λ)r^t‖Πu_0‖² at every prompt, r = 1 − e^{−2M}σ/B²",
    SETTING,
    BOUNDED,
    "gradient ascent on J_S, η = λ/B²",
    "coverage of S by Π, σ and ε = 0 at θ_0",
    START,
    applicable=is_exactly_covered_by_half,
    steps=steps_of,
)
def ga_linear_from_start(instance: Instance, constant: Constant) -> tuple[Numbers, Numbers]:
    """With Π = I and σ as in `ga-linear`; the largest gap of all prompts, half of them unseen."""
    problem, sample = instance.problem, first_half(instance.problem)
    radius, bound = norm(problem.theta_star - instance.theta), positive_bound(problem)
    thetas = iterates(sample, instance.theta, full_step(problem), instance.extent.steps - 1)
    best = objective_per_prompt(problem, problem.theta_star)
    gaps = [amax(best - objective_per_prompt(problem, theta), -1) for theta in thetas]
    squares = [((problem.theta_star - theta) * (problem.theta_star - theta)).sum(-1) for theta in thetas]
    rate, scale = _rate(instance, sample), second_order(instance, radius, constant) * bound * bound / problem.kl_coef
    powers = [squares[0]]
    for _ in squares[1:]:
        powers.append(rate * powers[-1])
    return join(*squares[1:], *gaps), join(*powers[1:], *(scale * power for power in powers))


@identity(
    "coverage-tight",
    "J(θ*) − J(0) = (λ/2)log cosh(ερ/λ), min(J(θ*) − J(0), ε²ρ²/(10λ)) = ε²ρ²/(10λ), ‖∇J_S(0)‖ = 0",
    "prompts with the features ±Be_1 and ±εe_2, q = 1/2, θ* = ρe_2, S the first alone, D = (1/2, 1/2)",
    "B ≥ ε > 0, ρ ≥ 0, λ > 0 and ερ ≤ λ",
)
def coverage_tight(instance: Instance) -> tuple[Numbers, Numbers]:
    """For the λ of the instance, with B = λ, ε = λq and ρ = π/q, probabilities q > 0 and π of its two policies."""
    share, y = instance.problem.ref_probs[..., 0, 0], instance.probs[..., 0, 0]
    kl_coef = instance.problem.kl_coef
    problem = two_axes(kl_coef, kl_coef * share, y / share, kl_coef)
    start = zeros_like(problem.theta_star)
    per_prompt = objective_per_prompt(problem, problem.theta_star) - objective_per_prompt(problem, start)
    gap, lower = per_prompt.sum(-1) / 2, _felt(y) * kl_coef
    seen = Problem.trusted(
        problem.features[..., :1, :, :], problem.ref_probs[..., :1, :], problem.theta_star, kl_coef=kl_coef
    )
    closed = kl_coef / 2 * log((exp(y) + exp(-y)) / 2)
    return join(gap, amin(join(gap, lower), -1), norm(gradient(seen, start))), join(closed, lower, zeros_like(lower))


def two_axes(bound: Numbers, epsilon: Numbers, radius: Numbers, kl_coef: Numbers, /) -> Problem:
    """Prompts with the features ±Be_1 and ±εe_2, q = 1/2 and θ* = ρe_2, from arrays of shape (...)."""
    none = zeros_like(bound * epsilon)
    rows = [join(bound + none, none), join(-bound + none, none), join(none, epsilon), join(none, -epsilon)]
    features = concat(*(row[..., None, :] for row in rows), axis=-2)
    prompts = concat(features[..., None, :2, :], features[..., None, 2:, :], axis=-3)
    half = zeros_like(prompts[..., 0]) + 0.5
    return Problem.trusted(prompts, half, join(zeros_like(radius), radius), kl_coef=kl_coef)


def _felt(y: Numbers) -> Numbers:
    """ε²ρ²/(10λ²) at y = ερ/λ, shape (...)."""
    return y * y / 10


def _least(instance: Instance, radius: Numbers) -> Numbers:
    """C = ψ(M), shape (...)."""
    return second_order(instance, radius, psi)


def _below(instance: Instance, radius: Numbers) -> Numbers:
    """(2 + M/2)², shape (...)."""
    return second_order(instance, radius, lambda exponent: (2 + exponent / 2) * (2 + exponent / 2))


def _transfer(instance: Instance, sample: Problem) -> tuple[Numbers, Numbers]:
    """κ = 2B²e^M/σ and 2ε²ρ²/λ for the coverage of all prompts by a sample at θ*, shapes (...)."""
    problem = instance.problem
    radius, seen = norm(problem.theta_star - instance.theta), cover(problem, sample, problem.theta_star)
    factor = kappa(problem, seen.sigma) * exp_radius(instance, radius)
    return factor, residual_term(problem, seen.epsilon, radius)


def _if_least(slopes: list[Numbers], t: int) -> Numbers:
    """1 if the t-th number is the least of all, else 0; the enclosure [0, 1] where enclosures cannot tell."""
    chosen = 1 + zeros_like(absolute(slopes[t]))
    for s, slope in enumerate(slopes):
        if s != t:
            chosen = chosen * at_least(slope, slopes[t])
    return chosen


def _rate(instance: Instance, sample: Problem) -> Numbers:
    """1 − e^{−2M}σ/B² with σ = det V/(τ/(d−1))^{d−1} ≤ the least eigenvalue of V = V_S(θ_0), τ = tr V; shape (...)."""
    problem, bound = instance.problem, positive_bound(instance.problem)
    matrix, rest = covariance(sample, instance.theta), problem.dim - 1
    least, mean = determinant(matrix), trace(matrix) / max(rest, 1)
    for _ in range(rest):
        least = least / mean
    drift = exp_radius(instance, norm(problem.theta_star - instance.theta))
    return 1 - least / (drift * drift) / (bound * bound)
