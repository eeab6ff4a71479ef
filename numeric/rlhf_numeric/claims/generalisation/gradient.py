"""Claims on derivatives. One side is a closed form, the other the dual-number derivative of the definition as coded."""

from rlhf_numeric.arithmetic.dual import Dual
from rlhf_numeric.arithmetic.kinds import Numbers, join, log, zeros_like
from rlhf_numeric.claims.common.hypotheses import SETTING
from rlhf_numeric.evaluation.claim import identity
from rlhf_numeric.evaluation.instance import Instance
from rlhf_numeric.model.gradient import (
    centred_scores,
    covariance_per_prompt,
    expectation,
    gradient,
    gradient_per_prompt,
)
from rlhf_numeric.model.objective import objective, objective_per_prompt, reward
from rlhf_numeric.model.policy import log_partition, log_policy, policy, relative_features


@identity("grad-log-partition", "d/dt A_x(θ + tv) = E_{π_θ}[⟨v,φ⟩]/λ at t = 0, for a direction v", SETTING)
def grad_log_partition(instance: Instance) -> tuple[Numbers, Numbers]:
    """Take the derivative of A_x along v against E_{π_θ}⟨v,φ⟩/λ."""
    problem = instance.problem
    projected = (problem.features * instance.direction[..., None, None, :]).sum(-1)
    closed = expectation(policy(problem, instance.theta), projected) / problem.kl_coef[..., None]
    return _tangent(log_partition(problem, _moving(instance))), closed


@identity("hess-log-partition", "d²/dt² A_x(θ + tv) = ⟨v,V_x(θ)v⟩/λ² at t = 0, for a direction v", SETTING)
def hess_log_partition(instance: Instance) -> tuple[Numbers, Numbers]:
    """Second derivative of A_x along v against ⟨v, V_x(θ)v⟩/λ²; all v determine a symmetric matrix."""
    problem, v = instance.problem, instance.direction
    moving_twice = Dual(_moving(instance), Dual(v, zeros_like(v)))
    second = _tangent(_tangent(log_partition(problem, moving_twice)))
    image = (covariance_per_prompt(problem, instance.theta) * v[..., None, None, :]).sum(-1)
    return second, _inner(image, v[..., None, :]) / (problem.kl_coef * problem.kl_coef)[..., None]


@identity("grad-expectation", "∇E_{π_θ}[f] = Cov_{π_θ}(f,φ)/λ", SETTING, "f(x,a) does not depend on θ")
def grad_expectation(instance: Instance) -> tuple[Numbers, Numbers]:
    """Take the derivative of E_{π_θ}[f] along v against Cov_{π_θ}(f,⟨v,φ⟩)/λ."""
    problem, theta = instance.problem, instance.theta
    derivative = _tangent(expectation(policy(problem, _moving(instance)), instance.values))
    product = instance.values * centred_scores(problem, theta, instance.direction)
    return derivative, expectation(policy(problem, theta), product) / problem.kl_coef[..., None]


@identity("grad-objective", "∇J_x(θ) = V_x(θ)(θ* − θ)/λ, hence ∇J_S(θ) = V_S(θ)(θ* − θ)/λ", SETTING)
def grad_objective(instance: Instance) -> tuple[Numbers, Numbers]:
    """Take the derivatives of J_x and of J_S along v against ⟨∇J_x, v⟩ and ⟨∇J_S, v⟩."""
    problem, v = instance.problem, instance.direction
    single = _tangent(objective_per_prompt(problem, _moving(instance)))
    sample = _tangent(objective(problem, _moving(instance)))
    single_closed = _inner(gradient_per_prompt(problem, instance.theta), v[..., None, :])
    sample_closed = _inner(gradient(problem, instance.theta), v)
    return join(single, sample[..., None]), join(single_closed, sample_closed[..., None])


@identity("hess-objective", "∇²J_x(θ) = κ₃(⟨u,φ⟩,φ,φ)/λ² − V_x(θ)/λ, u = θ* − θ", SETTING)
def hess_objective(instance: Instance) -> tuple[Numbers, Numbers]:
    """Take the derivative of each coordinate of ∇J_x along v against that coordinate of the closed form times v."""
    problem, theta, v = instance.problem, instance.theta, instance.direction
    probs, relative = policy(problem, theta), relative_features(problem)
    centred = relative - (probs[..., None] * relative).sum(-2)[..., None, :]
    along = (centred * v[..., None, None, :]).sum(-1)
    error = centred_scores(problem, theta, problem.theta_star - theta)
    third = ((probs * error * along)[..., None] * centred).sum(-2)
    second = ((probs * along)[..., None] * centred).sum(-2)
    coefficient = problem.kl_coef[..., None, None]
    closed = third / (coefficient * coefficient) - second / coefficient
    return _tangent(gradient_per_prompt(problem, _moving(instance))), closed


@identity("score-identity", "∇J_x(θ) = E_{π_θ}[∇log π_θ(a)·(r* − λ log(π_θ/q))]", SETTING)
def score_identity(instance: Instance) -> tuple[Numbers, Numbers]:
    """REINFORCE form along v, with the score ⟨∇log π_θ, v⟩ from dual numbers."""
    problem, v = instance.problem, instance.direction
    moving: Numbers = log_policy(problem, _moving(instance))
    regularised = reward(problem) - problem.kl_coef[..., None, None] * (moving.value - log(problem.ref_probs))
    estimate = expectation(policy(problem, instance.theta), moving.tangent * regularised)
    return _inner(gradient_per_prompt(problem, instance.theta), v[..., None, :]), estimate


@identity("pairwise-estimator", "E[δ⟨δ,u⟩/(2λ)] = ∇J_x(θ), δ = φ(x,a) − φ(x,a')", SETTING, "a, a' are i.i.d. from π_θ")
def pairwise_estimator(instance: Instance) -> tuple[Numbers, Numbers]:
    """Exact double sum over (a, a'), by coordinate."""
    problem, theta = instance.problem, instance.theta
    probs = policy(problem, theta)
    joint = probs[..., :, None] * probs[..., None, :]
    delta = problem.features[..., :, None, :] - problem.features[..., None, :, :]
    along_error = _inner(delta, (problem.theta_star - theta)[..., None, None, None, :])
    estimate = ((joint * along_error)[..., None] * delta).sum(-2).sum(-2)
    return estimate / (2 * problem.kl_coef)[..., None, None], gradient_per_prompt(problem, theta)


def _moving(instance: Instance) -> Dual:
    """θ + εv."""
    return Dual(instance.theta, instance.direction)


def _tangent(x: Numbers) -> Numbers:
    return x.tangent


def _inner(x: Numbers, y: Numbers) -> Numbers:
    return (x * y).sum(-1)
