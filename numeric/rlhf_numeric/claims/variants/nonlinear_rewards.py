"""Claims on rewards that need not be linear, at each prompt.

The true reward r is the arbitrary function ``values`` of the instance; the reward s that depends on the parameter is a
polynomial of degree 2 in θ. π_r and π_s are their Boltzmann policies.
"""

import numpy as np

from rlhf_numeric.arithmetic.dual import Dual
from rlhf_numeric.arithmetic.kinds import Numbers, amax, exp, join
from rlhf_numeric.claims.common.hypotheses import SETTING
from rlhf_numeric.evaluation.claim import Constant, identity, inequality_with_constant, sharpened
from rlhf_numeric.evaluation.instance import Instance
from rlhf_numeric.model.gradient import covariance_of, variance
from rlhf_numeric.model.objective import value_of_boltzmann, value_under
from rlhf_numeric.model.policy import log_boltzmann, relative_entropy, relative_features
from rlhf_numeric.model.problem import Problem


@identity(
    "gap-general",
    "J^r(π_r) − J^r(π) = λKL(π‖π_r) for every reward r",
    SETTING,
    "π(·|x) is a probability vector at every prompt",
)
def gap_general(instance: Instance) -> tuple[Numbers, Numbers]:
    """For the arbitrary policy, which may have zeros, and for π_s."""
    problem, truth = instance.problem, instance.values
    best, log_best = value_of_boltzmann(problem, truth, truth), log_boltzmann(problem, truth)
    other = other_reward(problem, instance.theta)
    log_other = log_boltzmann(problem, other)
    values = join(value_under(problem, truth, instance.probs), value_of_boltzmann(problem, truth, other))
    to_other = (exp(log_other) * (log_other - log_best)).sum(-1)
    divergences = join(relative_entropy(instance.probs, log_best), to_other)
    return best[..., None] - values, problem.kl_coef[..., None, None] * divergences


@identity("nonlinear-gradient", "∇J^r(π_{s_θ}) = Cov_{π_{s_θ}}(r − s_θ, ∇s_θ)/λ", SETTING, "s is differentiable at θ")
def nonlinear_gradient(instance: Instance) -> tuple[Numbers, Numbers]:
    """Take the derivative of J^r(π_{s_θ}) along v against Cov(r − s_θ, ⟨∇s_θ,v⟩)/λ, with ∇s_θ in closed form."""
    problem, theta, v = instance.problem, instance.theta, instance.direction
    moving: Numbers = value_of_boltzmann(problem, instance.values, other_reward(problem, Dual(theta, v)))
    other = other_reward(problem, theta)
    along = (1 + _projected(problem, theta)) * _projected(problem, v)
    slope = covariance_of(exp(log_boltzmann(problem, other)), instance.values - other, along)
    return moving.tangent, slope / problem.kl_coef[..., None]


@inequality_with_constant(
    "nonlinear-gap",
    "J^r(π_r) − J^r(π_s) ≤ (C/λ)·Var_{π_s}(f), f = r − s",
    SETTING,
    "f(x,a) − f(x,b) ≤ λM for all actions a and b",
)
def nonlinear_gap(instance: Instance, constant: Constant) -> tuple[Numbers, Numbers]:
    """With λM the range of f; that the gap is λKL(π_s‖π_r) is part of `gap-general`."""
    problem, truth = instance.problem, instance.values
    other = other_reward(problem, instance.theta)
    gap = value_of_boltzmann(problem, truth, truth) - value_of_boltzmann(problem, truth, other)
    residual, kl_coef = truth - other, problem.kl_coef[..., None]
    radius = (amax(residual, -1) + amax(-residual, -1)) / kl_coef
    with np.errstate(over="ignore"):  # infinite in floats from M ≈ 710 on
        factor = constant(radius) / kl_coef
    return gap, factor * variance(exp(log_boltzmann(problem, other)), residual)


nonlinear_gap_sharp = sharpened(nonlinear_gap)


def other_reward(problem: Problem, theta: Numbers, /) -> Numbers:
    """s_θ(x,a) = z + z²/2 with z = ⟨θ, φ(x,a) − φ(x,a₀)⟩, shape (..., n, m); its gradient is (1 + z)(φ − φ(x,a₀))."""
    linear = _projected(problem, theta)
    return linear + linear * linear / 2


def _projected(problem: Problem, direction: Numbers) -> Numbers:
    """⟨v, φ(x,a) − φ(x,a₀)⟩, shape (..., n, m)."""
    return (relative_features(problem) * direction[..., None, None, :]).sum(-1)
