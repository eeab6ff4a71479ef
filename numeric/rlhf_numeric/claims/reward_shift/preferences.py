"""Claims on preferences and on the policy of the reward that is learned from them.

The class of rewards is the true one, that of the problem, and two others: the arbitrary function f, and its reflection
in the true one; all are scaled, so that margins are small. Items have a prompt from D and two actions of the reference
policy; the label of (a, b) and that of (b, a) say the same, so an outcome is a prompt, the action preferred and the
other one, or that both are the same. All outcomes of k labelled items are enumerated. A probability at least 1 − δ for
every δ > 0 is tested where the bound reaches what it bounds: at the δ at which it is that of one reward of the class.
"""

from typing import NamedTuple

import numpy as np

from rlhf_numeric.arithmetic.kinds import (
    Numbers,
    absolute,
    amax,
    at_least,
    concat,
    exp,
    join,
    log,
    sqrt,
    zeros_like,
)
from rlhf_numeric.claims.common.hypotheses import SETTING
from rlhf_numeric.claims.reward_shift.clipped_kl import positive_part
from rlhf_numeric.claims.reward_shift.misspecified_reward import width
from rlhf_numeric.evaluation.claim import Constant, identity, inequality, inequality_with_constant, sharpened
from rlhf_numeric.evaluation.instance import Instance
from rlhf_numeric.model.gradient import expectation
from rlhf_numeric.model.objective import reward, value_of_boltzmann

_MOST_OUTCOMES, _MOST_ITEMS = 50, 3
_CLASS = 3
_SLACK = 0.01  # by which U exceeds the largest range, so that it is not 0
_RESOLVED = 1e-9  # enclosures cannot tell a tie from what is next to it; a smaller event has a smaller probability
_DATA = "k independent labelled items of the Bradley–Terry model"


def log_logistic(y: Numbers, /) -> Numbers:
    """Logarithm of 1/(1 + exp(−y)), without overflow."""
    return -log(1 + exp(-absolute(y))) - positive_part(-y)


def affinity(u: Numbers, v: Numbers, /) -> Numbers:
    """√(σ(u)σ(v)) + √(σ(−u)σ(−v)), σ(y) = 1/(1 + exp(−y))."""
    roots = (log_logistic(s) + log_logistic(t) for s, t in ((u, v), (-u, -v)))
    first, second = (sqrt(exp(root)) for root in roots)
    return first + second


def sinh_over_cosh(s: Numbers, t: Numbers, /) -> Numbers:
    """Return sinh(s)/cosh(t), with numerator and denominator divided by exp|t|."""
    size = absolute(t)
    return (exp(s - size) - exp(-s - size)) / (1 + exp(-2 * size))


def cosh(y: Numbers, /) -> Numbers:
    """(exp y + exp(−y))/2."""
    return (exp(y) + exp(-y)) / 2


@identity(
    "preference-affinity", "affinity(u,v)² = 1/(1 + sinh²((u − v)/4)/cosh²((u + v)/4))", "u and v are any numbers"
)
def preference_affinity(instance: Instance) -> tuple[Numbers, Numbers]:
    """For u = f(x,a) and v = r*(x,a)."""
    u, v = instance.values, reward(instance.problem)
    same = affinity(u, v)
    with np.errstate(over="ignore"):  # infinite in floats for margins far apart
        ratio = sinh_over_cosh((u - v) / 4, (u + v) / 4)
        return same * same, 1 / (1 + ratio * ratio)


@inequality(
    "preference-affinity-lower",
    "(u − v)²/(32cosh²(U/2)) ≤ 1 − affinity(u,v)",
    "g is a sinh constant",
    "|u| ≤ U and |v| ≤ U",
)
def preference_affinity_lower(instance: Instance) -> tuple[Numbers, Numbers]:
    """For u = f(x,a), v = r*(x,a) and U the larger size; of the constants g the largest, 1."""
    return affinity_from_below(instance, 32)


def affinity_from_below(instance: Instance, factor: float, /) -> tuple[Numbers, Numbers]:
    """Sides of the claim with a factor in the place of 32."""
    u, v = instance.values, reward(instance.problem)
    half = amax(join(absolute(u), absolute(v)), -1) / 2
    with np.errstate(over="ignore"):  # infinite in floats from 1,420 on
        square = factor * (cosh(half) * cosh(half))
    return (u - v) * (u - v) / square, 1 - affinity(u, v)


class Data(NamedTuple):
    """All outcomes of k labelled items: their probabilities, and how the others of the class do against the true one.

    ``likely`` is the indicator of a log-likelihood of at least that of the true reward, for each other reward; of ties,
    only those are counted in which no item tells anything.
    """

    items: int
    chances: Numbers
    likely: list[Numbers]


def true_reward(instance: Instance, /) -> Numbers:
    """Return the reward of the problem, scaled, shape (..., n, m)."""
    return scale(instance) * reward(instance.problem)


def others(instance: Instance, /) -> list[Numbers]:
    """Return the rewards of the class beside the true one, shape (..., n, m)."""
    found = instance.values, 2 * reward(instance.problem) - instance.values
    return [scale(instance) * rewards for rewards in found]


def scale(instance: Instance, /) -> Numbers:
    """Return 1/(1 + the largest range of r* and of f): no range of the class is beyond 3, shape (..., 1, 1)."""
    reach = amax(concat(width(reward(instance.problem)), width(instance.values)), -1)
    return (1 / (1 + reach))[..., None, None]


def margins(rewards: Numbers, /) -> Numbers:
    """r(x,a) − r(x,b), shapes (..., n, m) to (..., n, m, m)."""
    return rewards[..., :, None] - rewards[..., None, :]


def labelled(instance: Instance, /) -> Data:
    """Return the data for as many items as there are few enough outcomes of, at least one and at most three."""
    chances, ratios = one_item(instance)
    outcomes, items = chances.shape[-1], 1
    while items < _MOST_ITEMS and outcomes ** (items + 1) <= _MOST_OUTCOMES:
        items += 1
    draws = np.indices((outcomes,) * items).reshape(items, -1)
    together, totals = chances[..., draws[0]], [ratio[..., draws[0]] for ratio in ratios]
    for draw in draws[1:]:
        together = together * chances[..., draw]
        totals = [total + ratio[..., draw] for total, ratio in zip(totals, ratios, strict=True)]
    alike = np.where((draws == outcomes - 1).all(0), 1.0, 0.0)  # where no item tells anything, a tie for certain
    return Data(items, together, [alike + (1 - alike) * at_least(total, _RESOLVED) for total in totals])


def one_item(instance: Instance, /) -> tuple[Numbers, list[Numbers]]:
    """Probabilities of the outcomes of one item, and the log-likelihood ratios of the others to the true reward."""
    problem, truth = instance.problem, log_logistic(margins(true_reward(instance)))
    x, a, b = _distinct(problem.n_prompts, problem.n_actions)
    q, weights = problem.ref_probs, instance.weights
    ordered = 2 * weights[..., x] * q[..., x, a] * q[..., x, b] * exp(truth[..., x, a, b])
    alike = expectation(weights, (q * q).sum(-1))[..., None]
    ratios = [(log_logistic(margins(r)) - truth)[..., x, a, b] for r in others(instance)]
    return concat(ordered, alike), [concat(ratio, zeros_like(alike)) for ratio in ratios]


def _distinct(prompts: int, actions: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Index all prompts with two different actions."""
    x, a, b = np.indices((prompts, actions, actions)).reshape(3, -1)
    return x[a != b], a[a != b], b[a != b]


def remoteness(instance: Instance, rewards: Numbers, /) -> Numbers:
    """1 − E_ν affinity of a reward, shape (...)."""
    near = affinity(margins(rewards), margins(true_reward(instance)))
    pairs = expectation(instance.problem.ref_probs[..., None, :], near)
    return 1 - expectation(instance.weights, expectation(instance.problem.ref_probs, pairs))


def failures(data: Data, sizes: list[Numbers], /) -> list[Numbers]:
    """For each other reward, the probability that one at least as large is at least as likely as the true one."""
    found = []
    for j, level in enumerate(sizes):
        missed: Numbers = zeros_like(data.chances) + 1
        for i, (size, likely) in enumerate(zip(sizes, data.likely, strict=True)):
            counted = likely if i == j else likely * at_least(size, (1 + _RESOLVED) * level + _RESOLVED)[..., None]
            missed = missed * (1 - counted)
        found.append((data.chances * (1 - missed)).sum(-1))
    return found


def class_size() -> int:
    """Return the number of rewards of the class, by which the bounds on probabilities are multiplied."""
    return _CLASS


@inequality(
    "preference-mle",
    "P(some r_j with 1 − ρ_j ≥ y is at least as likely as r_t) ≤ n·exp(−ky)",
    _DATA,
    "ν is a law of items",
)
def preference_mle(instance: Instance) -> tuple[Numbers, Numbers]:
    """For the law D ⊗ q ⊗ q of the items, at y = 1 − ρ_j for each other reward."""
    data, sizes = labelled(instance), [remoteness(instance, r) for r in others(instance)]
    return join(*failures(data, sizes)), join(*(class_size() * exp(-data.items * size) for size in sizes))


@inequality_with_constant(
    "preference-to-policy",
    "P(E_D gap ≥ y for some r_j at least as likely as r_t) ≤ n·exp(−kyλ/(16Cκcosh²(U/2)))",
    SETTING,
    _DATA,
    "D is a probability vector",
    "r_j(x,a) − r_j(x,b) ≤ U for all j, x, a and b",
    "C ≥ 0",
    "g is a sinh constant, g > 0",
)
def preference_to_policy(instance: Instance, constant: Constant) -> tuple[Numbers, Numbers]:
    """At y = E_D gap of each other reward; of the constants g the largest, 1."""
    data, sizes = labelled(instance), [mean_gap(instance, r) for r in others(instance)]
    unit = bound_unit(instance, constant)
    return join(*failures(data, sizes)), join(*(class_size() * exp(-data.items * (size / unit)) for size in sizes))


preference_to_policy_sharp = sharpened(preference_to_policy)


def mean_gap(instance: Instance, rewards: Numbers, /) -> Numbers:
    """E_D[J^r(π_r) − J^r(π_s)] of the true reward r and another one s, shape (...)."""
    problem, truth = instance.problem, true_reward(instance)
    gaps = value_of_boltzmann(problem, truth, truth) - value_of_boltzmann(problem, truth, rewards)
    return expectation(instance.weights, gaps)


def bound_unit(instance: Instance, constant: Constant, /) -> Numbers:
    """16Cκcosh²(U/2)/λ with κ = exp(U/λ) and C = C(2U/λ), shape (...)."""
    kl_coef = instance.problem.kl_coef
    reach = amax(concat(*map(width, (true_reward(instance), *others(instance)))), -1) + _SLACK
    with np.errstate(over="ignore"):
        square = cosh(reach / 2) * cosh(reach / 2)
        return 16 * constant(2 * reach / kl_coef) * exp(reach / kl_coef) * square / kl_coef
