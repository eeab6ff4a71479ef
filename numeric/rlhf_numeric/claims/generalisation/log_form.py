"""Claims on the gap with its logarithm kept, and on coverage whose two parts are put together with a free split.

A gap is λ·log E exp Y, at most λ·log(1 + C·Var Y): of the order of λM for large M, where the forms without the
logarithm are exponential in M, that is in 1/λ. Coverage is that of `stability` beside this module, at θ* in the claim
on gradient ascent.
"""

from typing import NamedTuple

import numpy as np

from rlhf_numeric.arithmetic.kinds import Numbers, amin, exp, join, log, norm, sqrt, zeros_like
from rlhf_numeric.claims.common.hypotheses import BOUNDED, SETTING
from rlhf_numeric.claims.common.samples import draw_tree
from rlhf_numeric.claims.generalisation.ascent import iterates, steps_of
from rlhf_numeric.claims.generalisation.ascent_stochastic import running_means
from rlhf_numeric.claims.generalisation.assembled import (
    COVERED_AT_OPTIMUM,
    START,
    WEIGHTED,
    draws_of_half,
    is_covered_at_optimum,
)
from rlhf_numeric.claims.generalisation.decomposition import population
from rlhf_numeric.claims.generalisation.geometry import exp_radius, second_order
from rlhf_numeric.claims.generalisation.stability import (
    COVERED,
    Coverage,
    cover,
    cover_differences,
    first_half,
    image,
    is_covered,
    largest_difference,
)
from rlhf_numeric.claims.generalisation.stability_on_samples import full_step, population_gaps
from rlhf_numeric.evaluation.claim import Constant, inequality, inequality_with_constant
from rlhf_numeric.evaluation.instance import Instance
from rlhf_numeric.model.gradient import covariance, expectation, gradient, gradient_per_prompt, variance
from rlhf_numeric.model.objective import objective_per_prompt
from rlhf_numeric.model.policy import relative_features
from rlhf_numeric.model.problem import Problem, feature_bound, positive_bound

SPLITS = (0.25, 1.0, 4.0)  # values of t
DIFFERENCES = "‖φ(x,a) − φ(x,b)‖ ≤ Δ"
NEAR = "‖θ* − θ‖ ≤ ρ"


class Parts(NamedTuple):
    """A bound (a + b)² on a variance: the square of the part that is covered, and the other part itself."""

    square: Numbers
    rest: Numbers


@inequality_with_constant(
    "gap-log-form",
    "J_x(θ*) − J_x(θ) ≤ λ·log(1 + (C/λ)⟨∇J_x(θ),u⟩), u = θ* − θ",
    SETTING,
    DIFFERENCES,
    NEAR,
)
def gap_log_form(instance: Instance, constant: Constant) -> tuple[Numbers, Numbers]:
    """At each prompt, with ρ = ‖u‖ and the smallest Δ; C at M = Δρ/λ."""
    factor = _constant(instance, constant)[..., None]
    return _gaps(instance), with_log(instance.problem.kl_coef[..., None], factor * _spread(instance))


@inequality_with_constant(
    "gap-log-form-sample",
    "the same for J_S with ∇J_S(θ), and for J with Σ_x D(x)⟨∇J_x(θ),u⟩",
    SETTING,
    DIFFERENCES,
    NEAR,
    WEIGHTED,
)
def gap_log_form_sample(instance: Instance, constant: Constant) -> tuple[Numbers, Numbers]:
    """For the sample of all prompts and for the weights of the instance, with ρ = ‖u‖ and the smallest Δ."""
    gaps, spread = _both_means(instance, _gaps(instance)), _both_means(instance, _spread(instance))
    factor = _constant(instance, constant)[..., None]
    return gaps, with_log(instance.problem.kl_coef[..., None], factor * spread)


@inequality("gap-range", "0 ≤ J_x(θ*) − J_x(θ) ≤ Δ‖θ* − θ‖; so for J_S and for J", SETTING, DIFFERENCES, WEIGHTED)
def gap_range(instance: Instance) -> tuple[Numbers, Numbers]:
    """With the smallest Δ: at each prompt, for the sample of all prompts, and for the weights of the instance."""
    gaps = _gaps(instance)
    means = _both_means(instance, gaps)
    above = largest_difference(instance.problem) * norm(_error(instance))
    sides = [(gaps[..., i], above) for i in range(gaps.shape[-1])]
    sides += [(means[..., i], above) for i in range(2)]
    sides += [(zeros_like(gap), gap) for gap, _ in sides]
    return join(*(lhs for lhs, _ in sides)), join(*(rhs for _, rhs in sides))


@inequality(
    "coverage-split",
    "Var_π⟨v,φ(x,·)⟩ ≤ (√((B²/σ)⟨V_S(θ)v,v⟩) + ε‖v‖)² = inf_t (1 + t)(B²/σ)⟨V_S(θ)v,v⟩ + (1 + 1/t)ε²‖v‖²",
    SETTING,
    BOUNDED,
    COVERED,
    "π(·|x) is a probability vector",
    applicable=is_covered,
)
def coverage_split(instance: Instance) -> tuple[Numbers, Numbers]:
    """At each prompt, half of them unseen, for the policy π and the direction v; then the split at `SPLITS`."""
    problem = instance.problem
    seen = cover(problem, first_half(problem), instance.theta)
    return _split_sides(instance, along(instance, seen, feature_bound(problem)))


@inequality(
    "coverage-split-differences",
    "Var_π⟨v,φ(x,·)⟩ ≤ (√((Δ²/σ)⟨V_S(θ)v,v⟩) + ε‖v‖)²/4, and with a split",
    SETTING,
    DIFFERENCES,
    "coverage of the differences by S at θ, P, σ, ε",
    "π(·|x) is a probability vector",
    applicable=is_covered,
)
def coverage_split_differences(instance: Instance) -> tuple[Numbers, Numbers]:
    """At each prompt, half of them unseen, with the smallest Δ and ε."""
    problem = instance.problem
    seen = cover_differences(problem, first_half(problem), instance.theta)
    whole = along(instance, seen, largest_difference(problem))
    return _split_sides(instance, Parts(whole.square / 4, whole.rest / 2))


@inequality_with_constant(
    "suboptimality-direct-log",
    "J(θ*) − J(θ) ≤ λ·log(1 + (C/λ²)(√((B²/σ)λρ‖∇J_S(θ)‖) + ερ)²) ≤ λ·log(1 + (C/λ)(κρ‖∇J_S(θ)‖ + 2ε²ρ²/λ))",
    SETTING,
    BOUNDED,
    COVERED,
    NEAR,
    WEIGHTED,
    applicable=is_covered,
)
def suboptimality_direct_log(instance: Instance, constant: Constant) -> tuple[Numbers, Numbers]:
    """With ρ = ‖θ* − θ‖, for the prompt weights D of the instance."""
    seen = cover(instance.problem, first_half(instance.problem), instance.theta)
    return suboptimality_direct_log_sides(instance, seen, constant)


def suboptimality_direct_log_sides(
    instance: Instance, seen: Coverage, constant: Constant = exp
) -> tuple[Numbers, Numbers]:
    """Sides of `suboptimality_direct_log` for a given coverage."""
    problem, theta = instance.problem, instance.theta
    radius = norm(problem.theta_star - theta)
    alignment = radius * norm(gradient(seen.sample, theta))
    gap = population(instance, problem.theta_star) - population(instance, theta)
    parts = _parts(problem, seen, alignment, radius)
    bounds = _log_bounds(problem.kl_coef, parts, second_order(instance, radius, constant))
    return join(gap, gap), join(*bounds)


@inequality_with_constant(
    "suboptimality-direct-ga-log",
    "J(θ*) − J(θ_t) ≤ λ·log(1 + (C/λ²)(√((B²/(e^{−M}σ))B²ρ²/T) + ερ)²) for some t < T",
    SETTING,
    BOUNDED,
    COVERED_AT_OPTIMUM,
    "gradient ascent on J_S, η = λ/B², K = B²/λ",
    START,
    WEIGHTED,
    applicable=is_covered_at_optimum,
    steps=steps_of,
)
def suboptimality_direct_ga_log(instance: Instance, constant: Constant) -> tuple[Numbers, Numbers]:
    """Take the best t < T, for every T; both bounds, that with κ second."""
    problem = instance.problem
    best = population(instance, problem.theta_star)
    thetas = iterates(first_half(problem), instance.theta, full_step(problem), instance.extent.steps - 1)
    gaps = [best - population(instance, theta) for theta in thetas]
    smallest = [amin(join(*gaps[: t + 1]), -1) for t in range(len(gaps))]
    bounds = [_ascent_bounds(instance, constant, t) for t in range(1, len(gaps) + 1)]
    return join(*smallest, *smallest), join(*(least for least, _ in bounds), *(split for _, split in bounds))


@inequality_with_constant(
    "suboptimality-sga-log",
    "average over t < T of E[J(θ*) − J(θ_t)] ≤ λ·log(1 + (C/λ²)((1 + s)(B²/(e^{−M}σ))B²ρ²/T + (1 + 1/s)ε²ρ²))",
    SETTING,
    BOUNDED,
    COVERED_AT_OPTIMUM,
    "each step draws a prompt of S uniformly, η = λ/B²",
    START,
    WEIGHTED,
    "s > 0",
    applicable=is_covered_at_optimum,
    steps=draws_of_half,
)
def suboptimality_sga_log(instance: Instance, constant: Constant) -> tuple[Numbers, Numbers]:
    """Take all sequences of draws, for every T, with every s of `SPLITS`."""
    problem = instance.problem
    tree = draw_tree(first_half(problem), instance.theta, full_step(problem), draws_of_half(instance))
    gaps = [population_gaps(instance, thetas) for thetas, _ in tree]
    means = running_means([gap.sum(-1) / gap.shape[-1] for gap in gaps])
    scale = second_order(instance, norm(_error(instance)), constant) / (problem.kl_coef * problem.kl_coef)
    parts = [_ascent_parts(instance, t) for t in range(1, len(tree) + 1)]
    bounds = [with_log(problem.kl_coef, scale * split(part, s)) for s in SPLITS for part in parts]
    return join(*(mean for _ in SPLITS for mean in means)), join(*bounds)


def with_log(kl_coef: Numbers, excess: Numbers, /) -> Numbers:
    """λ·log(1 + excess), of one shape."""
    with np.errstate(over="ignore"):
        return kl_coef * log(1 + excess)


def along(instance: Instance, seen: Coverage, bound: Numbers) -> Parts:
    """(b²/σ)⟨V_S(θ)v,v⟩ and ε‖v‖ for the direction v of the instance, shape (...)."""
    v = instance.direction
    quadratic = (image(covariance(seen.sample, instance.theta), v) * v).sum(-1)
    return Parts(bound * bound / seen.sigma * quadratic, seen.epsilon * norm(v))


def together(parts: Parts, /) -> Numbers:
    """Return (a + b)² of a² and b, the least of all splits, shape (...)."""
    whole = sqrt(parts.square) + parts.rest
    return whole * whole


def split(parts: Parts, t: float, /) -> Numbers:
    """Return (1 + t)a² + (1 + 1/t)b² of a² and b, shape (...)."""
    return (1 + t) * parts.square + (1 + 1 / t) * (parts.rest * parts.rest)


def _split_sides(instance: Instance, parts: Parts) -> tuple[Numbers, Numbers]:
    """Compare the variance at each prompt with (a + b)², and that with every split."""
    projected = (relative_features(instance.problem) * instance.direction[..., None, None, :]).sum(-1)
    spread, least = variance(instance.probs, projected), together(parts)
    seen = [spread[..., i] for i in range(spread.shape[-1])]
    splits = [split(parts, t) for t in SPLITS]
    return join(*seen, *(least for _ in SPLITS)), join(*(least for _ in seen), *splits)


def _ascent_bounds(instance: Instance, constant: Constant, t: int) -> tuple[Numbers, Numbers]:
    """Both bounds after t steps from θ."""
    factor = second_order(instance, norm(_error(instance)), constant)
    return _log_bounds(instance.problem.kl_coef, _ascent_parts(instance, t), factor)


def _ascent_parts(instance: Instance, t: int) -> Parts:
    """Parts after t steps from θ with coverage at θ*, whose σ is e^{−M} times as large along the way."""
    problem = instance.problem
    radius, bound = norm(_error(instance)), positive_bound(problem)
    seen = cover(problem, first_half(problem), problem.theta_star)
    lasting = seen._replace(sigma=seen.sigma / exp_radius(instance, radius))
    return _parts(problem, lasting, bound * bound / problem.kl_coef * radius * radius / t, radius)


def _parts(problem: Problem, seen: Coverage, alignment: Numbers, radius: Numbers) -> Parts:
    """a² = (B²/σ)λ·alignment and b = ερ."""
    bound = feature_bound(problem)
    return Parts(bound * bound / seen.sigma * (problem.kl_coef * alignment), seen.epsilon * radius)


def _log_bounds(kl_coef: Numbers, parts: Parts, factor: Numbers) -> tuple[Numbers, Numbers]:
    """λ·log(1 + (C/λ²)w) for w = (a + b)² and for the split at t = 1."""
    scale = factor / (kl_coef * kl_coef)
    return with_log(kl_coef, scale * together(parts)), with_log(kl_coef, scale * split(parts, 1.0))


def _constant(instance: Instance, constant: Constant) -> Numbers:
    """C(M) at M = Δ‖θ* − θ‖/λ, shape (...)."""
    with np.errstate(over="ignore"):
        return constant(largest_difference(instance.problem) * norm(_error(instance)) / instance.problem.kl_coef)


def _error(instance: Instance) -> Numbers:
    return instance.problem.theta_star - instance.theta


def _gaps(instance: Instance) -> Numbers:
    """J_x(θ*) − J_x(θ), shape (..., n)."""
    problem = instance.problem
    return objective_per_prompt(problem, problem.theta_star) - objective_per_prompt(problem, instance.theta)


def _spread(instance: Instance) -> Numbers:
    """⟨∇J_x(θ),u⟩/λ, shape (..., n)."""
    slopes = gradient_per_prompt(instance.problem, instance.theta)
    return (slopes * _error(instance)[..., None, :]).sum(-1) / instance.problem.kl_coef[..., None]


def _both_means(instance: Instance, values: Numbers) -> Numbers:
    """Means of values at the prompts, for the sample of all prompts and under D, shape (..., 2)."""
    return join(values.sum(-1) / instance.problem.n_prompts, expectation(instance.weights, values))
