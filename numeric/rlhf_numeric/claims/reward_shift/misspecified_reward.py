"""Claims on what a wrong reward costs, at each prompt and in the mean over prompts.

The learned reward s is that of the problem, the true one r is the arbitrary function f of the instance, and r − s is
the error. The policy that is tuned on s is π_s; other policies are the arbitrary one.
"""

import numpy as np

from rlhf_numeric.arithmetic.kinds import Numbers, absolute, amax, concat, exp, join, log, sqrt
from rlhf_numeric.claims.common.hypotheses import SETTING
from rlhf_numeric.claims.reward_shift.clipped_kl import positive_part
from rlhf_numeric.evaluation.claim import Constant, identity, inequality, inequality_with_constant, sharpened
from rlhf_numeric.evaluation.instance import Instance
from rlhf_numeric.model.gradient import expectation, variance
from rlhf_numeric.model.objective import reward, value_of_boltzmann, value_under
from rlhf_numeric.model.policy import log_boltzmann, relative_entropy

_POLICY = "π is a probability vector"
_SUB_GAUSSIAN = "h is a sub-Gaussian constant"
_RANGE = "lo ≤ r − s ≤ hi"
_LOWEST = 2  # the lowest scaled error of the bound from below, with the sign changed


def error(instance: Instance, /) -> Numbers:
    """Return r − s, shape (..., n, m)."""
    return instance.values - reward(instance.problem)


def width(values: Numbers, /) -> Numbers:
    """Range max − min over the actions, shapes (..., n, m) to (..., n)."""
    return amax(values, -1) + amax(-values, -1)


def tuned(instance: Instance, /) -> Numbers:
    """π_s, shape (..., n, m)."""
    return exp(log_boltzmann(instance.problem, reward(instance.problem)))


def gap(instance: Instance, truth: Numbers, /) -> Numbers:
    """J^r(π_r) − J^r(π_s) of the true reward r, shape (..., n)."""
    problem = instance.problem
    best = value_of_boltzmann(problem, truth, truth)
    return best - value_of_boltzmann(problem, truth, reward(problem))


def scaled(instance: Instance, values: Numbers, /) -> Numbers:
    """Y = (f − E_{π_s} f)/λ, shape (..., n, m)."""
    centred = values - expectation(tuned(instance), values)[..., None]
    return centred / instance.problem.kl_coef[..., None, None]


def log_moment(instance: Instance, values: Numbers, /) -> Numbers:
    """λ·log E_{π_s} exp Y, shape (..., n), the largest Y taken out."""
    y = scaled(instance, values)
    top = amax(y, -1)
    return _kl_coef(instance) * (top + log(expectation(tuned(instance), exp(y - top[..., None]))))


def _kl_coef(instance: Instance) -> Numbers:
    """λ, shape (..., 1), for every prompt."""
    return instance.problem.kl_coef[..., None]


@identity("reward-error-identity", "J^r(π_r) − J^r(π_s) = λKL(π_s‖π_r) = λlog E_{π_s} exp Y", SETTING)
def reward_error_identity(instance: Instance) -> tuple[Numbers, Numbers]:
    """Both forms of the gap."""
    lost, problem = gap(instance, instance.values), instance.problem
    divergence = relative_entropy(tuned(instance), log_boltzmann(problem, instance.values))
    return join(lost, lost), join(_kl_coef(instance) * divergence, log_moment(instance, error(instance)))


@inequality_with_constant(
    "reward-error-second-order", "J^r(π_r) − J^r(π_s) ≤ (C/λ)·Var_{π_s}(r − s)", SETTING, "|Y| ≤ M"
)
def reward_error_second_order(instance: Instance, constant: Constant) -> tuple[Numbers, Numbers]:
    """With M the largest |Y|."""
    return gap(instance, instance.values), second_order(instance, constant, tuned(instance))


def second_order(instance: Instance, constant: Constant, probs: Numbers, /) -> Numbers:
    """(C/λ)·Var_π(r − s), shape (..., n)."""
    radius = amax(absolute(scaled(instance, error(instance))), -1)
    with np.errstate(over="ignore"):  # infinite in floats from M ≈ 710 on
        return constant(radius) / _kl_coef(instance) * variance(probs, error(instance))


reward_error_second_order_sharp = sharpened(reward_error_second_order)


@inequality("reward-error-lower", "λv/(4 + v) ≤ J^r(π_r) − J^r(π_s), v = Var_{π_s}(Y)", SETTING, "Y ≥ −2")
def reward_error_lower(instance: Instance) -> tuple[Numbers, Numbers]:
    """For the true reward s + c(f − s), with c ≤ 1 such that Y ≥ −2."""
    return from_below(instance, _LOWEST)


def from_below(instance: Instance, lowest: float, /) -> tuple[Numbers, Numbers]:
    """Sides of the claim with Y ≥ −lowest; c = lowest/max(lowest, max(−Y))."""
    depth = amax(-scaled(instance, error(instance)), -1)
    excess = positive_part(depth - lowest)
    part = (lowest / (lowest + excess))[..., None] * error(instance)
    spread = variance(tuned(instance), scaled(instance, part))
    return _kl_coef(instance) * (spread / (4 + spread)), gap(instance, reward(instance.problem) + part)


@inequality(
    "gap-triangle",
    "√(J^r(π_r) − J^r(π)) ≤ √(J^s(π_s) − J^s(π)) + range(r − s)/√(8λ), also for the mean squares over prompts",
    SETTING,
    _SUB_GAUSSIAN,
    "D and every π_x are probability vectors",
    _RANGE,
)
def gap_triangle(instance: Instance) -> tuple[Numbers, Numbers]:
    """For the arbitrary policy; of the constants h the smallest, 1/8."""
    return triangle(instance, 1 / 8)


def triangle(instance: Instance, h: float, /) -> tuple[Numbers, Numbers]:
    """Sides of the claim with the constant h: every prompt, and in the last place the mean over prompts."""
    true, learned = (gap_of_policy(instance, r) for r in (instance.values, reward(instance.problem)))
    reach, weight = width(error(instance)), sqrt(h / _kl_coef(instance))
    means = [sqrt(expectation(instance.weights, part))[..., None] for part in (true, learned, reach * reach)]
    lhs, rhs = concat(sqrt(true), means[0]), sqrt(learned) + bias(reach, weight)
    return lhs, concat(rhs, means[1] + bias(means[2], weight))


def bias(reach: Numbers, weight: Numbers, /) -> Numbers:
    """Return what the error adds, range(r − s)·√(h/λ)."""
    return reach * weight


def gap_of_policy(instance: Instance, rewards: Numbers, /) -> Numbers:
    """J^r(π_r) − J^r(π) of the arbitrary policy as λKL(π‖π_r), not negative in floats either, shape (..., n)."""
    divergence = relative_entropy(instance.probs, log_boltzmann(instance.problem, rewards))
    return positive_part(_kl_coef(instance) * divergence)


@inequality("reward-error-range", "J^r(π_r) − J^r(π_s) ≤ range(r − s)²/(8λ)", SETTING, _SUB_GAUSSIAN)
def reward_error_range(instance: Instance) -> tuple[Numbers, Numbers]:
    """Of the constants h the smallest, 1/8."""
    return by_range(instance, 1 / 8)


def by_range(instance: Instance, h: float, /) -> tuple[Numbers, Numbers]:
    """Sides of the claim with the constant h."""
    reach = width(error(instance))
    return gap(instance, instance.values), h * (reach * reach) / _kl_coef(instance)


@identity(
    "reward-error-transfer",
    "J^r(π_r) − J^r(π) = [J^s(π_s) − J^s(π)] + (E_{π_s}[r − s] − E_π[r − s]) + λlog E_{π_s} exp Y",
    SETTING,
    _POLICY,
)
def reward_error_transfer(instance: Instance) -> tuple[Numbers, Numbers]:
    """For the arbitrary policy."""
    problem, truth, learned = instance.problem, instance.values, reward(instance.problem)
    lhs = value_of_boltzmann(problem, truth, truth) - value_under(problem, truth, instance.probs)
    own = value_of_boltzmann(problem, learned, learned) - value_under(problem, learned, instance.probs)
    return lhs, own + moved(instance) + log_moment(instance, error(instance))


def moved(instance: Instance, /) -> Numbers:
    """E_{π_s}[r − s] − E_π[r − s], shape (..., n)."""
    return expectation(tuned(instance) - instance.probs, error(instance))


@inequality_with_constant(
    "reward-error-training",
    "J^r(π_r) − J^r(π_s) ≤ (Cκ/λ)·Var_μ(r − s) ≤ (Cκ/λ)·E_μ[(r − s)²], also with κ = exp(range(s)/λ) and μ = q",
    SETTING,
    "|Y| ≤ M",
    "C ≥ 0",
    "μ is a probability vector",
    "π_s ≤ κμ",
)
def reward_error_training(instance: Instance, constant: Constant) -> tuple[Numbers, Numbers]:
    """For μ halfway from the reference to the arbitrary policy, with κ the largest π_s/μ, and the number c = 0."""
    data, reference = (instance.probs + instance.problem.ref_probs) / 2, instance.problem.ref_probs
    square = expectation(data, error(instance) * error(instance))
    with np.errstate(over="ignore", invalid="ignore"):  # infinite in floats from range(s)/λ ≈ 710 on
        trained = largest_ratio(instance, data) * second_order(instance, constant, data)
        plain = _reference_ratio(instance) * second_order(instance, constant, reference)
    lost = gap(instance, instance.values)
    return join(lost, variance(data, error(instance)), lost), join(trained, square, plain)


reward_error_training_sharp = sharpened(reward_error_training)


def largest_ratio(instance: Instance, data: Numbers, /) -> Numbers:
    """κ = max π_s/μ, shape (..., n)."""
    return amax(tuned(instance) / data, -1)


def _reference_ratio(instance: Instance) -> Numbers:
    """exp(range(s)/λ), shape (..., n)."""
    return exp(width(reward(instance.problem)) / _kl_coef(instance))
