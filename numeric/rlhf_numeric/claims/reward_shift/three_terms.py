"""Claims on the three terms, on the rollouts of `two_level`: sampling, reward shift and clipping.

The reference policy gives the first of the two responses (1 + 2q)/4, where q is what that of the instance gives to the
first action. The true reward is that of the instance, and the learned one, too, or the function f brought to [0, 1].
Log-ratios are clipped at 0 and at half of the largest. The reward was learned on prompts and responses of weights
halfway from D and π to the uniform ones.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from rlhf_numeric.arithmetic.kinds import Numbers, absolute, amax, is_zero, join, log, log_where_positive, sqrt
from rlhf_numeric.claims.common.hypotheses import SETTING
from rlhf_numeric.claims.generalisation.high_probability import CONFIDENCES
from rlhf_numeric.claims.reward_shift.clipped_kl import THRESHOLD, clipped, positive_part
from rlhf_numeric.claims.reward_shift.two_level import (
    RANGES,
    ROLLOUTS,
    Pairs,
    alpha,
    misses,
    slack,
    two_by_two,
    width,
)
from rlhf_numeric.evaluation.claim import inequality
from rlhf_numeric.evaluation.instance import Instance
from rlhf_numeric.model.objective import reward

_H = 1 / 8


class Case(NamedTuple):
    """Weights and policy, log-ratios, both rewards and the threshold, shapes (..., 2, 2), and λ, shape (..., 1, 1)."""

    pairs: Pairs
    log_ratio: Numbers
    true: Numbers
    learned: Numbers
    threshold: Numbers
    kl_coef: Numbers


Term = Callable[[Case, float], Numbers]


def cases(instance: Instance, /) -> list[Case]:
    """Both learned rewards with both thresholds."""
    found = two_by_two(instance)
    ends = np.array([0, instance.problem.n_prompts - 1])
    reference = (1 + 2 * instance.problem.ref_probs[..., ends, 0]) / 4
    ratio = log_where_positive(found.probs) - log(join(reference, 1 - reference))
    largest = amax(amax(absolute(ratio), -1), -1)[..., None, None]
    true = reward(instance.problem)[..., ends, :][..., np.array([0, instance.problem.n_actions - 1])]
    scale = instance.problem.kl_coef[..., None, None]
    rewards = [(to_unit(true), to_unit(true)), (true, to_unit(found.values))]
    return [Case(found, ratio, *both, part * largest, scale) for both in rewards for part in (0, 0.5)]


def to_unit(values: Numbers, /) -> Numbers:
    """Brought to [0, 1], shape (..., 2, 2): what is at most the least number is 0, 1 is the largest."""
    least = -amax(amax(-values, -1), -1)[..., None, None]
    spread = amax(amax(values - least, -1), -1)[..., None, None]
    return (values - least) / (spread + is_zero(spread))


def mean_of(case: Case, values: Numbers, /) -> Numbers:
    """E_P, shape (...)."""
    return (case.pairs.weights * (case.pairs.probs * values).sum(-1)).sum(-1)


def estimated(case: Case, /) -> Pairs:
    """Return what is averaged over the rollouts: the learned reward less the clipped log-ratio."""
    return case.pairs._replace(values=case.learned - case.kl_coef * clipped(case.threshold, case.log_ratio))


def objective(case: Case, /) -> Numbers:
    """E_D(E_π r − λKL(π‖q)), shape (...)."""
    return mean_of(case, case.true - case.kl_coef * case.log_ratio)


def sampling(case: Case, delta: float, /) -> Numbers:
    """ε(δ), shape (...)."""
    return width(estimated(case), delta, _H)


def reward_bias(case: Case, _delta: float, /) -> Numbers:
    """|E_P(r − s)|, shape (...)."""
    return absolute(mean_of(case, case.true - case.learned))


def clipping_bias(case: Case, _delta: float, /) -> Numbers:
    """λ|E_P(ℓ − clip_τ ℓ)|, shape (...)."""
    return case.kl_coef[..., 0, 0] * absolute(mean_of(case, case.log_ratio - clipped(case.threshold, case.log_ratio)))


def _missed(instance: Instance, terms: list[Term]) -> tuple[Numbers, Numbers]:
    """Probabilities that |Ĵ − J| exceeds the sum of the terms, a function of case and δ each, in every case."""
    sides = []
    for case in cases(instance):
        none = slack(case.true, case.learned, case.kl_coef * case.log_ratio)
        bounds = [sum((term(case, delta) for term in terms), start=none) for delta in CONFIDENCES]
        sides.append(misses(estimated(case), objective(case), bounds))
    return join(*(lhs for lhs, _ in sides)), join(*(rhs for _, rhs in sides))


@inequality(
    "three-term-bound",
    "P(|Ĵ − J| > 2√(h·log(2/δ)·V) + |E_P(r − s)| + λ|E_P(ℓ − clip_τ ℓ)|) ≤ δ",
    SETTING,
    ROLLOUTS,
    "h is a sub-Gaussian constant",
    RANGES,
    "δ > 0",
)
def three_term_bound(instance: Instance) -> tuple[Numbers, Numbers]:
    """For h = 1/8 and every δ of `CONFIDENCES`."""
    return _missed(instance, [sampling, reward_bias, clipping_bias])


def shift_term(case: Case, _delta: float, /) -> Numbers:
    """√(1 + χ²(P‖Q))·√(E_Q(r − s)²), shape (...)."""
    ratio, error = divergence_term(case), case.true - case.learned
    return ratio * sqrt(under_training(case, error * error))


def training(case: Case, /) -> tuple[Numbers, Numbers]:
    """D′ and μ, halfway to the uniform ones."""
    return (case.pairs.weights + 0.5) / 2, (case.pairs.probs + 0.5) / 2


def under_training(case: Case, values: Numbers, /) -> Numbers:
    """E_Q, shape (...)."""
    weights, probs = training(case)
    return (weights * (probs * values).sum(-1)).sum(-1)


def divergence_term(case: Case, /) -> Numbers:
    """√(1 + χ²(P‖Q)), shape (...)."""
    weights, probs = training(case)
    ours = case.pairs.weights[..., None] * case.pairs.probs
    return sqrt((ours * ours / (weights[..., None] * probs)).sum(-1).sum(-1))


def clipping_term(case: Case, _delta: float, /) -> Numbers:
    """λE_P(|ℓ| − τ)₊, shape (...)."""
    return case.kl_coef[..., 0, 0] * mean_of(case, positive_part(absolute(case.log_ratio) - case.threshold))


def sampling_term(case: Case, delta: float, /) -> Numbers:
    """(1 + 2λτ)(√(log(4/δ)/(2n)) + √(log(4/δ)/(2nk))), shape (...)."""
    one, two = alpha(case.pairs, delta)
    size = 1 + 2 * case.kl_coef[..., 0, 0] * case.threshold[..., 0, 0]
    return size * (one + two) / sqrt(0 * one + 2)


@inequality(
    "paper-theorem-1",
    "P(|Ĵ − J| > (1 + 2λτ)α + √(1 + χ²(P‖Q))·√(E_Q(r − s)²) + λE_P(|ℓ| − τ)₊) ≤ δ",
    "the field is Archimedean",
    SETTING,
    ROLLOUTS,
    "Q has mass where P has",
    "0 ≤ s ≤ 1",
    THRESHOLD,
    "δ > 0",
)
def paper_theorem_1(instance: Instance) -> tuple[Numbers, Numbers]:
    """For every δ of `CONFIDENCES`; α is the sum of √(log(4/δ)/(2n)) and √(log(4/δ)/(2nk))."""
    return _missed(instance, [sampling_term, shift_term, clipping_term])
