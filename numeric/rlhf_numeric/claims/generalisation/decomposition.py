"""Claims on the error decomposition and on the concentration of J_S(θ*) over samples S.

Expectations over S ~ D^n are exact: every sample is enumerated, see `rlhf_numeric.claims.common.samples`.
"""

from rlhf_numeric.arithmetic.kinds import (
    Numbers,
    absolute,
    amin,
    at_least,
    concat,
    exp,
    is_zero,
    join,
    log,
    norm,
    sqrt,
    zeros_like,
)
from rlhf_numeric.claims.common.hypotheses import BOUNDED, SAMPLED, SETTING
from rlhf_numeric.claims.common.samples import on_samples, sample_probs, tails_of
from rlhf_numeric.claims.generalisation.geometry import second_order
from rlhf_numeric.evaluation.claim import Constant, identity, inequality, inequality_with_constant
from rlhf_numeric.evaluation.instance import Instance
from rlhf_numeric.model.gradient import expectation, gradient, variance
from rlhf_numeric.model.objective import objective, objective_per_prompt
from rlhf_numeric.model.problem import feature_bound
from rlhf_numeric.model.sharing import shared


@inequality(
    "error-decomposition",
    "J(θ*) − J(θ) ≤ |J_S(θ*) − J(θ*)| + |J_S(θ*) − J_S(θ)| + |J_S(θ) − J(θ)|",
    SETTING,
    "J is the average of J_x with arbitrary weights D, J_S that over the sample",
)
def error_decomposition(instance: Instance) -> tuple[Numbers, Numbers]:
    """With every prompt once in the sample; an equality where the three differences are all ≥ 0."""
    problem, optimum = instance.problem, instance.problem.theta_star
    empirical, empirical_best = objective(problem, instance.theta), objective(problem, optimum)
    value, best = population(instance, instance.theta), population(instance, optimum)
    terms = join(empirical_best - best, empirical_best - empirical, empirical - value)
    return best - value, absolute(terms).sum(-1)


@inequality_with_constant("optimisation-error", "|J_S(θ*) − J_S(θ)| ≤ Cρ‖∇J_S(θ)‖", SETTING, BOUNDED, "‖θ* − θ‖ ≤ ρ")
def optimisation_error(instance: Instance, constant: Constant) -> tuple[Numbers, Numbers]:
    """With ρ = ‖θ* − θ‖; M = 2Bρ/λ."""
    problem = instance.problem
    radius = norm(problem.theta_star - instance.theta)
    gap = objective(problem, problem.theta_star) - objective(problem, instance.theta)
    return absolute(gap), second_order(instance, radius, constant) * radius * norm(gradient(problem, instance.theta))


@identity(
    "concentration-variance",
    "E_S(J_S(θ*) − J(θ*))² = Var_D(J_x(θ*))/n ≤ (B‖θ*‖)²/n",
    SETTING,
    BOUNDED,
    SAMPLED,
    samples=True,
)
def concentration_variance(instance: Instance) -> tuple[Numbers, Numbers]:
    """Put the inequality as an identity too: the smaller one of Var_D/n and (B‖θ*‖)²/n is Var_D/n."""
    weights, deviations = _deviations(instance)
    spread = _sample_variance(instance)
    smaller = amin(join(spread, _range(instance) * _range(instance) / instance.extent.sample), -1)
    return join(expectation(weights, deviations * deviations), smaller), join(spread, spread)


@inequality("concentration-mean", "E_S|J_S(θ*) − J(θ*)| ≤ B‖θ*‖/√n", SETTING, BOUNDED, SAMPLED, samples=True)
def concentration_mean(instance: Instance) -> tuple[Numbers, Numbers]:
    """Multiplied by √n."""
    weights, deviations = _deviations(instance)
    bound = _range(instance)
    return sqrt(zeros_like(bound) + instance.extent.sample) * expectation(weights, absolute(deviations)), bound


@inequality(
    "concentration-chebyshev",
    "P_S(|J_S(θ*) − J(θ*)| ≥ t) ≤ (B‖θ*‖)²/(nt²)",
    SETTING,
    BOUNDED,
    SAMPLED,
    "t > 0",
    samples=True,
)
def concentration_chebyshev(instance: Instance) -> tuple[Numbers, Numbers]:
    """Multiplied by nt², for t = 3/4 and 5/4 of the standard deviation of J_S(θ*), where the bound means something."""
    weights, deviations = _deviations(instance)
    bound, deviation = _range(instance), sqrt(_sample_variance(instance))
    levels = [deviation * factor for factor in (0.75, 1.25)]
    tails = [expectation(weights, at_least(absolute(deviations), level[..., None])) for level in levels]
    scaled = [tail * level * level for tail, level in zip(tails, levels, strict=True)]
    return instance.extent.sample * join(*scaled), join(bound * bound, bound * bound)


@inequality(
    "concentration-hoeffding",
    "P_S(|J_S(θ*) − J(θ*)| ≥ t) ≤ 2exp(−nt²/(2(B‖θ*‖)²)); with probability ≥ 1 − δ it is ≤ B‖θ*‖√(2log(2/δ)/n)",
    SETTING,
    BOUNDED,
    SAMPLED,
    "h is a sub-Gaussian constant",
    "t ≥ 0",
    "δ > 0",
    samples=True,
)
def concentration_hoeffding(instance: Instance) -> tuple[Numbers, Numbers]:
    """With h = 1/8; t nearly half of the largest deviation and nearly all of it, and δ = 1/2 and 1/8.

    The first bound is multiplied by t/(B‖θ*‖), as where t = 0 no enclosure can tell whether |Δ| ≥ t.

    Where B‖θ*‖ = 0 there is no deviation, and 1 stands for it: enclosures could not tell it from the bound.
    """
    weights, deviations = _deviations(instance)
    bound, size = _range(instance) + is_zero(_range(instance)), instance.extent.sample
    tails, levels = tails_of(instance, deviations)
    share = levels / bound[..., None]
    confidences = [zeros_like(bound) + delta for delta in (1 / 2, 1 / 8)]
    radii = [bound * sqrt(2 * log(2 / delta) / size) for delta in confidences]
    beyond = [1 - expectation(weights, at_least(radius[..., None], absolute(deviations))) for radius in radii]
    bounds = 2 * share * exp(-size * (share * share) / 2)
    return concat(share * tails, join(*beyond)), concat(bounds, join(*confidences))


@shared
def population(instance: Instance, theta: Numbers, /) -> Numbers:
    """J(θ) = Σ_x D(x)J_x(θ), shape (...)."""
    return expectation(instance.weights, objective_per_prompt(instance.problem, theta))


def _deviations(instance: Instance) -> tuple[Numbers, Numbers]:
    """Probability of every sample and J_S(θ*) − J(θ*) on it, shapes (..., K)."""
    problem = instance.problem
    values = objective_per_prompt(problem, problem.theta_star)
    mean = population(instance, problem.theta_star)
    return sample_probs(instance), on_samples(instance, values) - mean[..., None]


def _sample_variance(instance: Instance) -> Numbers:
    """Var_D(J_x(θ*))/n, shape (...)."""
    problem = instance.problem
    return variance(instance.weights, objective_per_prompt(problem, problem.theta_star)) / instance.extent.sample


def _range(instance: Instance) -> Numbers:
    """B‖θ*‖, shape (...)."""
    return feature_bound(instance.problem) * norm(instance.problem.theta_star)
