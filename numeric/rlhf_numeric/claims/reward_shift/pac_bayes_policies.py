"""Claims on the objectives of two policies, estimated from rollouts, every probability by enumeration.

The policies are the arbitrary one and π_θ, the learned reward is that of the problem, and the true one f, or the
learned one itself. One prompt is drawn, and one response of each policy to it: samples may share prompts. So
n = k = 1 and V = 2w², w the range of the learned reward and 2λc more; h = 1/8. The training data are those of
`change_of_measure`.
"""

from typing import NamedTuple

from rlhf_numeric.arithmetic.kinds import (
    Numbers,
    absolute,
    amax,
    at_least,
    exp,
    is_zero,
    join,
    log,
    pairs,
    sqrt,
    zeros_like,
)
from rlhf_numeric.claims.common.hypotheses import SETTING
from rlhf_numeric.claims.reward_shift.change_of_measure import Shift, chi_square, deployments, of_pairs
from rlhf_numeric.claims.reward_shift.clipped_kl import Draws, clipped, cut_off, draws_of, positive_part
from rlhf_numeric.evaluation.claim import inequality
from rlhf_numeric.evaluation.instance import Instance
from rlhf_numeric.model.gradient import expectation
from rlhf_numeric.model.objective import reward

_BOUNDED = "lo ≤ s ≤ hi, and w = hi − lo + 2λc > 0"
_SAMPLES = "of each policy a two-level sample of n prompts and k responses to each, of any joint law"
_SUB_GAUSSIAN = "h is a sub-Gaussian constant"
_APART = 2.0**-20  # w: estimates that clipping makes equal do not count, since rounding would decide it
_BELOW = 0.02  # nats below the largest price that some outcome fails to pay
_SHARES = ((1, 0), (0, 1), (0.5, 0.5), (0.75, 0.25), (0.25, 0.75))  # posteriors, exact in floats


class Estimate(NamedTuple):
    """Of one policy, all in units of w: the estimate of a rollout, shape (..., n, m), J, bias and majorant, (...)."""

    values: Numbers
    truth: Numbers
    bias: Numbers
    majorant: Numbers


def cut(instance: Instance, /) -> Numbers:
    """c: parts of the largest |ℓ| of both policies, at all prompts, shape (...)."""
    first, second = (amax(amax(absolute(draws.log_ratio), -1), -1) for draws in draws_of(instance))
    level: Numbers = first / 20 + second / 10
    return level


def width(instance: Instance, /) -> Numbers:
    """w, and 1 where it is 0, shape (...)."""
    learned = of_pairs(reward(instance.problem))
    found = amax(learned, -1) + amax(-learned, -1) + 2 * instance.problem.kl_coef * cut(instance)
    return found + is_zero(found)


def estimates(instance: Instance, truth: Numbers, /) -> tuple[Estimate, ...]:
    """Of both policies, with the true reward."""
    both = zip(draws_of(instance), deployments(instance), strict=True)
    return tuple(_estimate(instance, truth, draws, shift) for draws, shift in both)


def truths(instance: Instance, /) -> tuple[Numbers, Numbers]:
    """Return f and the learned reward, each as the true one."""
    return instance.values, reward(instance.problem)


def _estimate(instance: Instance, truth: Numbers, draws: Draws, shift: Shift) -> Estimate:
    kl_coef, level, scale = instance.problem.kl_coef, cut(instance)[..., None, None], width(instance)
    learned, cutting = reward(instance.problem), clipped(level, draws.log_ratio)
    values = learned - kl_coef[..., None, None] * cutting
    at_prompts = expectation(draws.probs, truth - kl_coef[..., None, None] * draws.log_ratio)
    error = learned - truth
    shifted = expectation(instance.weights, expectation(draws.probs, error))
    lost = expectation(instance.weights, expectation(draws.probs, draws.log_ratio - cutting))
    return Estimate(
        values / scale[..., None, None],
        expectation(instance.weights, at_prompts) / scale,
        (absolute(shifted) + kl_coef * absolute(lost)) / scale,
        (reward_term(shift, error) + kl_coef * clipping_term(instance, draws, level)) / scale,
    )


def reward_term(shift: Shift, error: Numbers, /) -> Numbers:
    """√(1 + χ²)·√(E_{D′⊗μ} e²)."""
    return sqrt(1 + chi_square(shift)) * sqrt(expectation(shift.of, of_pairs(error * error)))


def clipping_term(instance: Instance, draws: Draws, level: Numbers, /) -> Numbers:
    """E_P(|ℓ| − c)₊."""
    return expectation(instance.weights, cut_off(draws, level))


def outcomes(instance: Instance, both: tuple[Estimate, ...], /) -> tuple[Numbers, Numbers, Numbers]:
    """Probabilities of a prompt and both responses, and the estimates of both policies there, shapes (..., n·m·m)."""
    one, other = (draws.probs for draws in draws_of(instance))
    first, second = (estimate.values for estimate in both)
    probs = instance.weights[..., None, None] * one[..., None] * other[..., None, :]
    values = (first[..., None] + zeros_like(probs), second[..., None, :] + zeros_like(probs))
    flat = [pairs(pairs(x, axis=-2), axis=-2) for x in (probs, *values)]
    return flat[0], flat[1], flat[2]


@inequality(
    "finite-class-selection",
    "P(Ĵ_j ≥ Ĵ_i) ≤ 2K·exp(−g²/(16hV)) where g = J_i − J_j − b_i − b_j > 0, K = 2",
    SETTING,
    _SUB_GAUSSIAN,
    _BOUNDED,
    _SAMPLES,
    "c ≥ 0",
    "δ > 0",
)
def finite_class_selection(instance: Instance) -> tuple[Numbers, Numbers]:
    """For i and j both ways, with g = 0 where it is negative; log(2K/δ) is g²/(16hV)."""
    lhs, rhs = [], []
    for truth in truths(instance):
        one, other = both = estimates(instance, truth)
        probs, first, second = outcomes(instance, both)
        for better, worse, values in ((one, other, second - first), (other, one, first - second)):
            gap = positive_part(better.truth - worse.truth - better.bias - worse.bias)
            lhs.append(expectation(probs, at_least(values, zeros_like(values) + _APART)))
            rhs.append(4 * exp(-gap * gap / 4))
    return join(*lhs), join(*rhs)


@inequality(
    "pac-bayes-rlhf",
    "P(∃Q: |E_Q(Ĵ − J)| > [bound of Catoni or McAllester] + √(E e²)·E_Q 𝒞 + λE_Q E_P(|ℓ| − c)₊)/(2δ) ≤ 1",
    SETTING,
    _SUB_GAUSSIAN,
    _BOUNDED,
    _SAMPLES,
    "D′⊗μ has mass where D⊗π_θ has",
    "c ≥ 0",
    "0 < δ < L and 4^L ≥ 1 + log K/log(L/δ)",
)
def pac_bayes_rlhf(instance: Instance) -> tuple[Numbers, Numbers]:
    """For five posteriors, L = 1 and 2, and t√(hV) = 1 and 2, at the largest price that fails, or the least allowed."""
    total = join(*(part for truth in truths(instance) for part in _of_truth(instance, truth)))
    return total, zeros_like(total) + 1


def _of_truth(instance: Instance, truth: Numbers) -> list[Numbers]:
    probs, excess, costs = beyond_biases(instance, truth)
    both = list(zip(excess, costs, strict=True))
    root = amax(join(*(x * x * 8 / 9 - cost for x, cost in both)), -1)
    linear = [amax(join(*(2 * u * x - cost for x, cost in both)), -1) - u * u for u in (1, 2)]
    least, total = log(zeros_like(probs[..., 0]) + 2), []
    for size in (1, 2):
        level = amax(join(amax(root, -1) - _BELOW, least / (4**size - 1)), -1)
        total.append(failures(probs, root, level) / size)
    return total + [failures(probs, statistic, amax(statistic, -1) - _BELOW) for statistic in linear]


def failures(probs: Numbers, statistic: Numbers, level: Numbers, /) -> Numbers:
    """P(statistic ≥ level)/(2δ), with 1/δ = exp(level)."""
    return exp(level) * expectation(probs, at_least(statistic, level[..., None])) / 2


def beyond_biases(instance: Instance, truth: Numbers, /) -> tuple[Numbers, list[Numbers], list[Numbers]]:
    """Probabilities of outcomes, and of five posteriors (|E_Q(Ĵ − J)| − majorant)₊ over w, and KL(Q‖uniform)."""
    one, other = both = estimates(instance, truth)
    probs, first, second = outcomes(instance, both)
    errors = (first - one.truth[..., None], second - other.truth[..., None])
    excess, costs = [], []
    for shares in _SHARES:
        error = mixed(shares, *errors)
        excess.append(positive_part(absolute(error) - mixed(shares, one.majorant, other.majorant)[..., None]))
        parts = [share * log(zeros_like(error) + 2 * share) for share in shares if share]
        costs.append(sum(parts[1:], start=parts[0]))
    return probs, excess, costs


def mixed(shares: tuple[float, float], one: Numbers, other: Numbers, /) -> Numbers:
    """E_Q of two numbers, of which one that has no share may be infinite."""
    parts = [share * x for share, x in zip(shares, (one, other), strict=True) if share]
    return sum(parts[1:], start=parts[0])
