"""Claims on the change of measure by the chi-square divergence, at each prompt and over prompts.

The policies are the arbitrary one and π_θ, against the reference policy, which is positive; the function f is the
arbitrary one. Over prompts, training data have half of their prompts from D and half from the uniform law, and the
actions of the reference policy; the learned reward is that of the problem, and the true one f.
"""

from typing import NamedTuple

import numpy as np

from rlhf_numeric.arithmetic.kinds import Numbers, absolute, amax, exp, join, log, sqrt, zeros_like
from rlhf_numeric.claims.common.hypotheses import SETTING
from rlhf_numeric.evaluation.claim import identity, inequality
from rlhf_numeric.evaluation.instance import Instance
from rlhf_numeric.model.gradient import expectation, variance
from rlhf_numeric.model.objective import reward
from rlhf_numeric.model.policy import log_boltzmann, policy, relative_entropy

_PROBABILITIES = "p and q are probability vectors"
_MASS = "q > 0 where p > 0"


class Shift(NamedTuple):
    """A law p to which one from q goes, shapes (..., m)."""

    to: Numbers
    of: Numbers


def shifts(instance: Instance, /) -> tuple[Shift, Shift]:
    """From the reference policy to the arbitrary policy and to π_θ, shapes (..., n, m)."""
    reference = instance.problem.ref_probs
    return Shift(instance.probs, reference), Shift(policy(instance.problem, instance.theta), reference)


def chi_square(shift: Shift, /) -> Numbers:
    """χ²(p‖q) = Σ (p − q)²/q along the last axis, for q > 0."""
    change = shift.to - shift.of
    with np.errstate(over="ignore"):
        return (change * change / shift.of).sum(-1)


@identity("chi-square-moment", "Σ p²/q = 1 + χ²(p‖q), q > 0", _PROBABILITIES, _MASS)
def chi_square_moment(instance: Instance) -> tuple[Numbers, Numbers]:
    """For both policies against the reference."""
    both = shifts(instance)
    with np.errstate(over="ignore"):
        moments = join(*((s.to * s.to / s.of).sum(-1) for s in both))
    return moments, 1 + join(*map(chi_square, both))


@inequality("change-of-measure", "(E_p f)² ≤ (1 + χ²(p‖q))·E_q f², q > 0", _PROBABILITIES, _MASS)
def change_of_measure(instance: Instance) -> tuple[Numbers, Numbers]:
    """For both policies against the reference."""
    f, both = instance.values, shifts(instance)
    means = [expectation(s.to, f) for s in both]
    return join(*(mean * mean for mean in means)), join(*(second_moment(s, f) for s in both))


def second_moment(shift: Shift, values: Numbers, /) -> Numbers:
    """(1 + χ²(p‖q))·E_q f²."""
    with np.errstate(over="ignore", invalid="ignore"):  # in floats 0·∞ for a tiny q
        return (1 + chi_square(shift)) * expectation(shift.of, values * values)


@inequality(
    "change-of-measure-centred",
    "(E_p f − E_q f)² ≤ χ²·Var_q f and |E_p f| ≤ |E_q f| + √(χ²·Var_q f) ≤ √((1 + χ²)·E_q f²)",
    _PROBABILITIES,
    _MASS,
)
def change_of_measure_centred(instance: Instance) -> tuple[Numbers, Numbers]:
    """For both policies against the reference; with two actions the first is an equality."""
    f, lhs, rhs = instance.values, [], []
    for shift in shifts(instance):
        change, spread = expectation(shift.to - shift.of, f), amplified(shift, f)
        amplified_mean = absolute(expectation(shift.of, f)) + sqrt(spread)
        lhs += [change * change, absolute(expectation(shift.to, f)), amplified_mean]
        rhs += [spread, amplified_mean, sqrt(second_moment(shift, f))]
    return join(*lhs), join(*rhs)


def amplified(shift: Shift, values: Numbers, /) -> Numbers:
    """χ²(p‖q)·Var_q f."""
    with np.errstate(over="ignore", invalid="ignore"):
        return chi_square(shift) * variance(shift.of, values)


@inequality("chi-square-ratio", "1 + χ²(p‖q) ≤ κ, E_p f² ≤ κE_q f² and Var_p f ≤ κVar_q f", _PROBABILITIES, "p ≤ κq")
def chi_square_ratio(instance: Instance) -> tuple[Numbers, Numbers]:
    """For both policies against the reference, with κ the largest p/q."""
    f, lhs, rhs = instance.values, [], []
    for shift in shifts(instance):
        ratio = largest_ratio(shift)
        lhs += [1 + chi_square(shift), expectation(shift.to, f * f), variance(shift.to, f)]
        with np.errstate(over="ignore", invalid="ignore"):
            rhs += [ratio, ratio * expectation(shift.of, f * f), ratio * variance(shift.of, f)]
    return join(*lhs), join(*rhs)


def largest_ratio(shift: Shift, /) -> Numbers:
    """Largest p/q."""
    with np.errstate(over="ignore"):
        return amax(shift.to / shift.of, -1)


@inequality("kl-chi-square", "KL(p‖q) ≤ log(1 + χ²(p‖q)) ≤ χ²(p‖q), q > 0", _PROBABILITIES, _MASS)
def kl_chi_square(instance: Instance) -> tuple[Numbers, Numbers]:
    """For both policies against the reference."""
    both = shifts(instance)
    squares = [chi_square(s) for s in both]
    logs = [log(1 + square) for square in squares]
    return join(*(relative_entropy(s.to, log(s.of)) for s in both), *logs), join(*logs, *squares)


@inequality(
    "reward-shift",
    "|E_P e| ≤ √(1 + χ²(P‖Q))·√(E_Q e²), e = r − s",
    "D, D′, every π_x and every μ_x are probability vectors",
    "Q > 0 where P > 0",
)
def reward_shift(instance: Instance) -> tuple[Numbers, Numbers]:
    """For both policies against the training data of this module."""
    error = of_pairs(instance.values - reward(instance.problem))
    sides = [(expectation(shift.to, error), second_moment(shift, error)) for shift in deployments(instance)]
    return join(*(absolute(lhs) for lhs, _ in sides)), join(*(sqrt(rhs) for _, rhs in sides))


def deployments(instance: Instance, /) -> list[Shift]:
    """From D′ ⊗ μ to D ⊗ π for both policies, shapes (..., n·m)."""
    deployed, trained = instance.weights, training_weights(instance)
    at_prompts = shifts(instance)
    return [Shift(of_pairs(deployed[..., None] * s.to), of_pairs(trained[..., None] * s.of)) for s in at_prompts]


def training_weights(instance: Instance, /) -> Numbers:
    """D′, half of it D and half of it uniform, shape (..., n); 1/n is divided out in the arithmetic of the weights."""
    uniform = (zeros_like(instance.weights) + 1) / instance.problem.n_prompts
    return (instance.weights + uniform) / 2


def of_pairs(values: Numbers, /) -> Numbers:
    """Merge the axes of prompts and actions, shapes (..., n, m) to (..., n·m)."""
    prompts, actions = np.divmod(np.arange(values.shape[-2] * values.shape[-1]), values.shape[-1])
    merged: Numbers = values[..., prompts, actions]
    return merged


@inequality(
    "coverage-boltzmann",
    "(1 + χ²(π_r‖q))/exp(range(r)²/(4λ²)) ≤ 1",
    SETTING,
    "h is a sub-Gaussian constant",
    "lo ≤ r ≤ hi",
)
def coverage_boltzmann(instance: Instance) -> tuple[Numbers, Numbers]:
    """For the reward f; of the constants h the smallest, 1/8."""
    return coverage(instance, 1 / 8)


def coverage(instance: Instance, h: float, /) -> tuple[Numbers, Numbers]:
    """Sides of the claim with the constant h, both divided by the bound."""
    problem, reach = instance.problem, _reach(instance)
    log_best = log_boltzmann(problem, instance.values)
    exponents = 2 * log_best - log(problem.ref_probs) - (2 * h * (reach * reach))[..., None]
    total = exp(exponents).sum(-1)
    return total, zeros_like(total) + 1


@identity(
    "chi-square-disintegration",
    "1 + χ²(P‖Q) = Σ_x (D²/D′)(1 + χ²(π_x‖μ_x)), Q > 0",
    "D, D′, every π_x and every μ_x are probability vectors",
    "Q > 0 where P > 0",
)
def chi_square_disintegration(instance: Instance) -> tuple[Numbers, Numbers]:
    """For both policies against the training data of this module."""
    factors, at_prompts = prompt_factors(instance), shifts(instance)
    parts = (expectation(factors, 1 + chi_square(shift)) for shift in at_prompts)
    return 1 + join(*map(chi_square, deployments(instance))), join(*parts)


def prompt_factors(instance: Instance, /) -> Numbers:
    """D²/D′, shape (..., n)."""
    return instance.weights * instance.weights / training_weights(instance)


@inequality(
    "mean-shift-kl",
    "(E_p f − E_q f)² ≤ range(f)²·KL(p‖q)/2",
    "h is a sub-Gaussian constant",
    _PROBABILITIES,
    "q > 0",
    "lo ≤ f ≤ hi",
)
def mean_shift_kl(instance: Instance) -> tuple[Numbers, Numbers]:
    """For both policies against the reference; of the constants h the smallest, 1/8."""
    return mean_shift(instance, 1 / 8)


def mean_shift(instance: Instance, h: float, /) -> tuple[Numbers, Numbers]:
    """Sides of the claim with the constant h."""
    f, lhs, rhs = instance.values, [], []
    spread = amax(f, -1) + amax(-f, -1)
    for shift in shifts(instance):
        change = expectation(shift.to - shift.of, f)
        lhs.append(change * change)
        rhs.append(4 * h * (spread * spread) * relative_entropy(shift.to, log(shift.of)))
    return join(*lhs), join(*rhs)


@inequality("boltzmann-ratio", "|log(π_f/q)| ≤ range(f)/λ", SETTING, "lo ≤ f ≤ hi")
def boltzmann_ratio(instance: Instance) -> tuple[Numbers, Numbers]:
    """For the reward f, at every action."""
    log_ratio = log_boltzmann(instance.problem, instance.values) - log(instance.problem.ref_probs)
    return absolute(log_ratio), _reach(instance)[..., None] + zeros_like(log_ratio)


@inequality("kl-budget", "KL(π_f‖q) ≤ range(f)²/(8λ²)", SETTING, "h is a sub-Gaussian constant", "lo ≤ f ≤ hi")
def kl_budget(instance: Instance) -> tuple[Numbers, Numbers]:
    """For the reward f; of the constants h the smallest, 1/8."""
    return budget(instance, 1 / 8)


def budget(instance: Instance, h: float, /) -> tuple[Numbers, Numbers]:
    """Sides of the claim with the constant h."""
    problem, reach = instance.problem, _reach(instance)
    log_best = log_boltzmann(problem, instance.values)
    return expectation(exp(log_best), log_best - log(problem.ref_probs)), h * (reach * reach)


def _reach(instance: Instance) -> Numbers:
    """range(f)/λ, shape (..., n)."""
    return (amax(instance.values, -1) + amax(-instance.values, -1)) / instance.problem.kl_coef[..., None]
