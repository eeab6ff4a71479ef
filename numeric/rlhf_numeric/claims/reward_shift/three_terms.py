"""Claims on the objective of a policy and its estimate from rollouts with a learned reward and a clipped divergence.

Rollouts are those of `two_level`, r* is the reward of the instance, and e = r* − r̂.
"""

from rlhf_numeric.arithmetic.kinds import Numbers, absolute, amax, amin, is_zero, join, log, sqrt
from rlhf_numeric.claims.reward_shift.change_of_measure import deployments, of_pairs, second_moment
from rlhf_numeric.claims.reward_shift.clipped_kl import Draws, clipped_divergence, cut_off, divergence, draws_of
from rlhf_numeric.claims.reward_shift.two_level import (
    RANGES,
    ROLLOUTS,
    SUB_GAUSSIAN,
    Sample,
    clipped_reward,
    failures,
    radius,
    rollouts,
    sampled,
    threshold,
)
from rlhf_numeric.evaluation.claim import inequality
from rlhf_numeric.evaluation.instance import Instance
from rlhf_numeric.model.gradient import expectation
from rlhf_numeric.model.objective import reward


def errors(instance: Instance, sample: Sample, /) -> Numbers:
    """Ĵ − J* of every sample, J* = E_D[E_π r* − λKL(π‖q)]."""
    worth = expectation(instance.probs, reward(instance.problem)) - _kl_coef(instance) * divergence(_draws(instance))
    return sample.estimates - expectation(instance.weights, worth)[..., None]


def _draws(instance: Instance) -> Draws:
    return draws_of(instance)[0]


def _kl_coef(instance: Instance) -> Numbers:
    """λ, shape (..., 1)."""
    return instance.problem.kl_coef[..., None]


def reward_bias(instance: Instance, learned: Numbers, /) -> Numbers:
    """|E_P e|, shape (...)."""
    mean = expectation(instance.probs, reward(instance.problem) - learned)
    return absolute(expectation(instance.weights, mean))


def clip_bias(instance: Instance, /) -> Numbers:
    """λ|E_P(ℓ − clip_τ ℓ)|, shape (...)."""
    draws = _draws(instance)
    bias = divergence(draws) - clipped_divergence(draws, threshold(instance))
    return instance.problem.kl_coef * absolute(expectation(instance.weights, bias))


@inequality(
    "three-term-bound",
    "P(|Ĵ − J*| > 2√(h·log(2/δ)·V) + |E_P e| + λ|E_P(ℓ − clip_τ ℓ)|) ≤ δ, e = r* − r̂",
    ROLLOUTS,
    RANGES,
    SUB_GAUSSIAN,
    "τ ≥ 0",
    "δ > 0",
)
def three_term_bound(instance: Instance) -> tuple[Numbers, Numbers]:
    """For δ = 1/2 and 1/8; of the constants h the smallest, 1/8."""
    sample = rollouts(instance)
    rest = reward_bias(instance, instance.values) + clip_bias(instance)
    return failures(sample, errors(instance, sample), lambda delta: radius(sample, delta) + rest)


@inequality(
    "paper-theorem-1",
    "P(|Ĵ − J*| > (1 + 2λτ)α + √(1 + χ²(P‖Q))·√(E_Q e²) + λE_P(|ℓ| − τ)₊) ≤ δ, r̂ ∈ [0, 1]",
    ROLLOUTS,
    "0 ≤ r̂ ≤ 1",
    "Q > 0 where P > 0",
    "τ ≥ 0",
    "0 < δ ≤ 1",
)
def paper_theorem_1(instance: Instance) -> tuple[Numbers, Numbers]:
    """For δ = 1/2 and 1/8 and r̂ the arbitrary function, moved and scaled to [0, 1]; Q as in `reward-shift`."""
    learned = scaled(instance.values)
    sample = sampled(instance, clipped_reward(instance, learned))
    rest = shift_term(instance, learned) + clip_term(instance)
    return failures(sample, errors(instance, sample), lambda delta: paper_radius(instance, sample, delta) + rest)


def scaled(values: Numbers, /) -> Numbers:
    """(f − min f)/range(f), and 0 for a constant f, shape (..., N, m)."""
    least, most = amin(amin(values, -1), -1)[..., None, None], amax(amax(values, -1), -1)[..., None, None]
    reach = most - least
    return (values - least) / (reach + is_zero(reach))


def shift_term(instance: Instance, learned: Numbers, /) -> Numbers:
    """√(1 + χ²(P‖Q))·√(E_Q e²), shape (...)."""
    return sqrt(second_moment(deployments(instance)[0], of_pairs(learned - reward(instance.problem))))


def clip_term(instance: Instance, /) -> Numbers:
    """λE_P(|ℓ| − τ)₊, shape (...)."""
    return instance.problem.kl_coef * expectation(instance.weights, cut_off(_draws(instance), threshold(instance)))


def paper_radius(instance: Instance, sample: Sample, delta: Numbers, /) -> Numbers:
    """(1 + 2λτ)α with α = √(log(4/δ)/(2n)) + √(log(4/δ)/(2nK)), shape (...)."""
    width = 1 + 2 * instance.problem.kl_coef * threshold(instance)[..., 0, 0]
    level = log(4 / delta) / 2
    sizes = (sample.prompts, sample.prompts * sample.rollouts)
    return width * join(*(sqrt(level / size) for size in sizes)).sum(-1)
