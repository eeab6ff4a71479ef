"""Claims on the geometry of the gradient: the engine of every rate. The second-order constant C is a parameter."""

import numpy as np

from rlhf_numeric.arithmetic.kinds import Array, Numbers, amax, exp, join, norm, psi
from rlhf_numeric.claims.common.hypotheses import BOUNDED, SETTING
from rlhf_numeric.claims.generalisation.policy import log_mgf, scaled_error
from rlhf_numeric.evaluation.claim import Constant, identity, inequality, inequality_with_constant
from rlhf_numeric.evaluation.instance import Instance
from rlhf_numeric.model.gradient import gradient, gradient_per_prompt, variance
from rlhf_numeric.model.objective import objective, objective_per_prompt
from rlhf_numeric.model.policy import log_partition, policy, relative_features
from rlhf_numeric.model.problem import feature_bound


@inequality("variance-bound", "Var_{π_θ}(⟨v,φ⟩) ≤ B²‖v‖²", SETTING, BOUNDED)
def variance_bound(instance: Instance) -> tuple[Numbers, Numbers]:
    """At each prompt, for the direction v."""
    bound = feature_bound(instance.problem) * norm(instance.direction)
    return _projected_variance(instance, instance.direction), (bound * bound)[..., None]


@identity("gradient-alignment", "⟨∇J_S(θ),u⟩ = (1/λ)·mean_i Var_{π_θ}(⟨u,φ⟩) ≥ 0", SETTING, "u = θ* − θ")
def gradient_alignment(instance: Instance) -> tuple[Numbers, Numbers]:
    """Its right side is an average of squares, which shows its sign."""
    problem = instance.problem
    mean_variance = _projected_variance(instance, _error(instance)).sum(-1) / problem.n_prompts
    return _alignment(instance), mean_variance / problem.kl_coef


@inequality("gradient-cocoercive", "‖∇J_S(θ)‖² ≤ (B²/λ)⟨∇J_S(θ),u⟩, also for ∇J_x", SETTING, BOUNDED, "u = θ* − θ")
def gradient_cocoercive(instance: Instance) -> tuple[Numbers, Numbers]:
    """For the sample and for each of its prompts."""
    problem = instance.problem
    sample, single = gradient(problem, instance.theta), gradient_per_prompt(problem, instance.theta)
    alignment = join(_alignment(instance)[..., None], (single * _error(instance)[..., None, :]).sum(-1))
    bound = feature_bound(problem)
    squares = join((sample * sample).sum(-1)[..., None], (single * single).sum(-1))
    return squares, (bound * bound / problem.kl_coef)[..., None, None] * alignment


@inequality_with_constant("log-mgf-bound", "log E exp Y ≤ C·Var(Y)", SETTING, "Y is centred", "|Y| ≤ M")
def log_mgf_bound(instance: Instance, constant: Constant) -> tuple[Numbers, Numbers]:
    """For Y = ⟨u, φ − Eφ⟩/λ under π_θ, so that M = 2B‖u‖/λ."""
    spread = variance(policy(instance.problem, instance.theta), scaled_error(instance))
    return log_mgf(instance), second_order(instance, norm(_error(instance)), constant)[..., None] * spread


@inequality_with_constant(
    "gradient-domination", "J_S(θ*) − J_S(θ) ≤ C⟨∇J_S(θ),u⟩ ≤ C‖u‖‖∇J_S(θ)‖", SETTING, BOUNDED, "u = θ* − θ"
)
def gradient_domination(instance: Instance, constant: Constant) -> tuple[Numbers, Numbers]:
    """Both bounds on the gap; M = 2B‖u‖/λ."""
    problem = instance.problem
    gap = objective(problem, problem.theta_star) - objective(problem, instance.theta)
    radius = norm(_error(instance))
    by_norm = radius * norm(gradient(problem, instance.theta))
    factor = second_order(instance, radius, constant)
    return join(gap, gap), factor[..., None] * join(_alignment(instance), by_norm)


def is_stationary(instance: Instance) -> Array:
    """Sufficient for ∇J_S(θ) = 0, and exact in floats: along every coordinate u is 0 or the features do not vary."""
    varies = (relative_features(instance.problem) != 0).any((-3, -2))
    mask: Array = ~((_error(instance) != 0) & varies).any(-1)
    return np.broadcast_to(mask, instance.batch_shape)


@identity(
    "stationary-is-optimal",
    "∇J_S(θ) = 0 ⇒ J_S(θ) = J_S(θ*) = max over all policies",
    SETTING,
    "∇J_S(θ) = 0",
    applicable=is_stationary,
)
def stationary_is_optimal(instance: Instance) -> tuple[Numbers, Numbers]:
    """J_S(θ) = J_S(θ*) = λ·mean_i A_{x_i}(θ*), the maximum by `gibbs-variational`."""
    problem = instance.problem
    best = problem.kl_coef * log_partition(problem, problem.theta_star).sum(-1) / problem.n_prompts
    value = objective(problem, instance.theta)
    return join(value, value), join(objective(problem, problem.theta_star), best)


@inequality(
    "covariance-comparison",
    "e^{−M}·Var_{π_θ'}(f) ≤ Var_{π_θ}(f) ≤ e^{M}·Var_{π_θ'}(f), M = 2Bρ/λ",
    SETTING,
    BOUNDED,
    "‖θ − θ'‖ ≤ ρ",
)
def covariance_comparison(instance: Instance) -> tuple[Numbers, Numbers]:
    """With ρ = ‖θ − θ'‖, for the function f, at each prompt; the lower bound with exp M on the other side."""
    problem = instance.problem
    here = variance(policy(problem, instance.theta), instance.values)
    there = variance(policy(problem, instance.theta_prime), instance.values)
    ratio = exp_radius(instance, norm(instance.theta - instance.theta_prime))[..., None]
    return join(there, here), join(ratio * here, ratio * there)


@inequality("kernel-invariant", "Var_{π_θ}⟨v,φ⟩ = 0 if and only if ⟨v,φ(x,·)⟩ is constant", SETTING)
def kernel_invariant(instance: Instance) -> tuple[Numbers, Numbers]:
    """Quantitative form of both directions: (min_a π_θ)²·R² ≤ Var_{π_θ}⟨v,φ⟩ ≤ R²/4.

    R is the range of ⟨v,φ(x,·)⟩, which does not depend on θ, so neither does the set where the variance is 0.
    """
    problem = instance.problem
    projected = (relative_features(problem) * instance.direction[..., None, None, :]).sum(-1)
    spread = amax(projected, -1) + amax(-projected, -1)
    smallest = -amax(-policy(problem, instance.theta), -1)
    middle = _projected_variance(instance, instance.direction)
    lower = spread * smallest
    return join(lower * lower, middle), join(middle, spread * spread / 4)


@inequality(
    "kl-lower-variance",
    "ψ(−M)g ≤ J_x(θ*) − J_x(θ) ≤ ψ(M)g, and 1 + ψ(−M)g/λ ≤ exp((J_x(θ*) − J_x(θ))/λ)",
    SETTING,
    BOUNDED,
    "the field is Archimedean",
    "u = θ* − θ",
)
def kl_lower_variance(instance: Instance) -> tuple[Numbers, Numbers]:
    """At each prompt, with g = ⟨∇J_x(θ),u⟩ and M = 2B‖u‖/λ; ψ(−M) = e^{−M}(1 + (M − 1)ψ(M)) without cancellation."""
    problem, kl_coef = instance.problem, instance.problem.kl_coef[..., None]
    gap = objective_per_prompt(problem, problem.theta_star) - objective_per_prompt(problem, instance.theta)
    slope = (gradient_per_prompt(problem, instance.theta) * _error(instance)[..., None, :]).sum(-1)
    radius = (2 * feature_bound(problem) * norm(_error(instance)) / problem.kl_coef)[..., None]
    with np.errstate(over="ignore", invalid="ignore"):  # in floats infinite, or 0·∞, from M ≈ 710 on
        above = psi(radius)
        below = exp(-radius) * (1 + (radius - 1) * above)
        by_log = 1 + below * slope / kl_coef
        return join(below * slope, by_log, gap), join(gap, exp(gap / kl_coef), above * slope)


def second_order(instance: Instance, radius: Numbers, constant: Constant, /) -> Numbers:
    """Constant C(M) of (H_C), exp y ≤ 1 + y + C·y² for |y| ≤ M, at M = 2B·radius/λ; shape (...).

    In floats it is infinite from M ≈ 710 on.
    """
    problem = instance.problem
    with np.errstate(over="ignore"):
        return constant(2 * feature_bound(problem) * radius / problem.kl_coef)


def exp_radius(instance: Instance, radius: Numbers, /) -> Numbers:
    """e^M at M = 2B·radius/λ, shape (...): the largest ratio of densities of policies at that distance."""
    return second_order(instance, radius, exp)


def _error(instance: Instance) -> Numbers:
    return instance.problem.theta_star - instance.theta


def _alignment(instance: Instance) -> Numbers:
    """⟨∇J_S(θ), u⟩, shape (...)."""
    return (gradient(instance.problem, instance.theta) * _error(instance)).sum(-1)


def _projected_variance(instance: Instance, direction: Numbers) -> Numbers:
    """Var_{π_θ}(⟨v, φ(x,·)⟩), shape (..., n)."""
    projected = (relative_features(instance.problem) * direction[..., None, None, :]).sum(-1)
    return variance(policy(instance.problem, instance.theta), projected)
