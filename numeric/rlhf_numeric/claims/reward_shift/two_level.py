"""Claims on rollouts: n prompts, and k responses to each; every expectation and probability by enumeration.

There are two prompts, the first and the last of the instance with the weights D(x_1) and 1 − D(x_1), and two responses
to each, the first with the probability that the arbitrary policy gives to the first action. The mean depends on how
often each of the four pairs occurs; all such tallies lie on one axis. The least w_g and w are taken, and h = 1/8.
Every bound on a deviation has `slack` added to it: a deviation of 0 cannot be told from a bound of 0 by enclosures.
"""

from typing import NamedTuple

import numpy as np

from rlhf_numeric.arithmetic.kinds import (
    Array,
    Numbers,
    absolute,
    amax,
    at_least,
    concat,
    exp,
    is_zero,
    join,
    log,
    pairs,
    sqrt,
    zeros_like,
)
from rlhf_numeric.claims.generalisation.high_probability import CONFIDENCES
from rlhf_numeric.evaluation.claim import identity, inequality
from rlhf_numeric.evaluation.instance import Instance

PROMPTS, RESPONSES = 5, 3
ROLLOUTS = "rollouts: n prompts of law D and, given these, k responses to each of law π_x, independent"
_SUB_GAUSSIAN = "h is a sub-Gaussian constant"
RANGES = "g(x) − g(y) ≤ w_g and f(x,a) − f(x,b) ≤ w"
_H = 1 / 8
_SHARES = (0.47, 0.7, 0.999)  # of the largest deviation
_TILTS = (-2.0, -0.5, 0.5, 2.0)


class Pairs(NamedTuple):
    """Two prompts with weights (..., 2), the policy and a function on two responses to each, (..., 2, 2)."""

    weights: Numbers
    probs: Numbers
    values: Numbers


def two_by_two(instance: Instance, /) -> Pairs:
    """Take the first and the last prompt and action, with f."""
    first = instance.weights[..., 0]
    ends = _ends(instance.values)
    chosen = instance.probs[..., np.array([0, instance.problem.n_prompts - 1]), 0]
    return Pairs(join(first, 1 - first), join(chosen, 1 - chosen), ends)


def _ends(values: Numbers) -> Numbers:
    """At the first and the last prompt and action, shapes (..., N, m) to (..., 2, 2)."""
    prompts, actions = (np.array([0, size - 1]) for size in values.shape[-2:])
    return values[..., prompts, :][..., actions]


def at_prompts(found: Pairs, /) -> Numbers:
    """g(x) = E_π f(x, ·), shape (..., 2)."""
    return (found.probs * found.values).sum(-1)


def overall(found: Pairs, /) -> Numbers:
    """J_f = E_P f, shape (...)."""
    return (found.weights * at_prompts(found)).sum(-1)


def _tallies() -> Array:
    """How often each pair occurs, in every tally, shape (K, 4)."""
    firsts = range(PROMPTS + 1)
    sizes = [(RESPONSES * first, RESPONSES * (PROMPTS - first)) for first in firsts]
    return np.array([(b, one - b, c, two - c) for one, two in sizes for b in range(one + 1) for c in range(two + 1)])


TALLIES = _tallies()


def _binomials(chance: Numbers, draws: int) -> list[Numbers]:
    """Probabilities of 0, …, t successes in t draws, for every t up to ``draws``, shapes (..., t + 1)."""
    success, failure = chance[..., None], 1 - chance[..., None]
    none = zeros_like(success)
    found = [none + 1]
    for _ in range(draws):
        found.append(concat(found[-1] * failure, none) + concat(none, found[-1] * success))
    return found


def tally_probs(found: Pairs, /) -> Numbers:
    """Probability of every tally, shape (..., K)."""
    most = PROMPTS * RESPONSES
    firsts = _binomials(found.weights[..., 0], PROMPTS)[-1]
    one, two = (_binomials(found.probs[..., x, 0], most) for x in (0, 1))
    parts = []
    for first in range(PROMPTS + 1):
        left, right = one[RESPONSES * first], two[RESPONSES * (PROMPTS - first)]
        both = pairs(left[..., :, None] * right[..., None, :], axis=-2)
        parts.append(firsts[..., first : first + 1] * both)
    return concat(*parts)


def deviations(found: Pairs, aim: Numbers, /) -> Numbers:
    """Mean over the rollouts less a number, for every tally, shape (..., K)."""
    excess = found.values - aim[..., None, None]
    cells = [excess[..., x, a, None] * TALLIES[:, 2 * x + a] for x in (0, 1) for a in (0, 1)]
    return sum(cells[1:], start=cells[0]) / (PROMPTS * RESPONSES)


def ranges(found: Pairs, /) -> tuple[Numbers, Numbers]:
    """w_g and w, the least that there are, shape (...)."""
    g, f = at_prompts(found), found.values
    widths = absolute(f[..., 0] - f[..., 1])
    return absolute(g[..., 0] - g[..., 1]), amax(widths, -1)


def proxy(found: Pairs, /) -> Numbers:
    """V = w_g²/n + w²/(nk), shape (...)."""
    between, within = ranges(found)
    return between * between / PROMPTS + within * within / (PROMPTS * RESPONSES)


def variance_of_mean(found: Pairs, /) -> Numbers:
    """σ_p²/n + σ_r²/(nk), shape (...)."""
    g, mean = at_prompts(found), overall(found)
    between = (found.weights * (g - mean[..., None]) * (g - mean[..., None])).sum(-1)
    centred = found.values - g[..., None]
    within = (found.weights * (found.probs * centred * centred).sum(-1)).sum(-1)
    return between / PROMPTS + within / (PROMPTS * RESPONSES)


def slack(*values: Numbers) -> Numbers:
    """2^−40 of the largest |f| of all f, shapes (..., 2, 2), and 2^−40 where that is 0, shape (...)."""
    largest = amax(join(*(amax(amax(absolute(each), -1), -1) for each in values)), -1)
    return 2.0**-40 * (largest + is_zero(largest))


@identity("two-level-mean", "E Ĵ = E_P f, Ĵ = mean of f over rollouts", ROLLOUTS)
def two_level_mean(instance: Instance) -> tuple[Numbers, Numbers]:
    """For f at the four pairs."""
    found = two_by_two(instance)
    none = zeros_like(found.weights[..., 0])
    return (tally_probs(found) * deviations(found, none)).sum(-1), overall(found)


@identity("two-level-variance", "E(Ĵ − E_P f)² = σ_p²/n + σ_r²/(nk)", ROLLOUTS)
def two_level_variance(instance: Instance) -> tuple[Numbers, Numbers]:
    """For f at the four pairs."""
    found = two_by_two(instance)
    off = deviations(found, overall(found))
    return (tally_probs(found) * off * off).sum(-1), variance_of_mean(found)


def tails(found: Pairs, off: Numbers, /) -> list[tuple[Numbers, Numbers]]:
    """P(Δ ≥ t) and t, for several parts t of the largest Δ."""
    probs, largest = tally_probs(found), amax(off, -1)
    levels = [share * largest for share in _SHARES]
    return [((probs * at_least(off, level[..., None])).sum(-1), level) for level in levels]


@inequality("two-level-chebyshev", "P(|Ĵ − E_P f| ≥ t)·t² ≤ σ_p²/n + σ_r²/(nk)", ROLLOUTS, "t > 0")
def two_level_chebyshev(instance: Instance) -> tuple[Numbers, Numbers]:
    """For several parts t of the largest deviation."""
    found = two_by_two(instance)
    both = tails(found, absolute(deviations(found, overall(found))))
    bound = variance_of_mean(found)
    return join(*(chance * level * level for chance, level in both)), join(*(bound for _ in both))


def squared_levels(found: Pairs, level: Numbers, h: float, /) -> Numbers:
    """t²/(4hV), with the square of `slack` added to V, shape (...)."""
    least = slack(found.values)
    return level * level / (4 * h * (proxy(found) + least * least))


@inequality("two-level-mgf", "E exp(s(Ĵ − E_P f))/exp(hs²V) ≤ 1", ROLLOUTS, _SUB_GAUSSIAN, RANGES)
def two_level_mgf(instance: Instance) -> tuple[Numbers, Numbers]:
    """For several s√V."""
    found = two_by_two(instance)
    spread = proxy(found)
    standard = deviations(found, overall(found)) / sqrt(spread + is_zero(spread))[..., None]
    probs = tally_probs(found)
    sides = [(probs * exp(s * standard - _H * s * s)).sum(-1) for s in _TILTS]
    return join(*sides), join(*(zeros_like(side) + 1 for side in sides))


@inequality("chernoff", "P(Δ ≥ t) ≤ exp(−t²/(4hV))", "E exp(sΔ) ≤ exp(hs²V) for all s", "V > 0", "t ≥ 0")
def chernoff(instance: Instance) -> tuple[Numbers, Numbers]:
    """For Δ the mean over rollouts less its mean, either way."""
    found = two_by_two(instance)
    off = deviations(found, overall(found))
    return _against(found, [*tails(found, off), *tails(found, -off)], 1, _H)


def _against(found: Pairs, both: list[tuple[Numbers, Numbers]], size: float, h: float) -> tuple[Numbers, Numbers]:
    """Probabilities, and size·exp(−t²/(4hV))."""
    bounds = [size * exp(-squared_levels(found, level, h)) for _, level in both]
    return join(*(chance for chance, _ in both)), join(*bounds)


@inequality("two-level-hoeffding", "P(|Ĵ − E_P f| ≥ t) ≤ 2exp(−t²/(4hV))", ROLLOUTS, _SUB_GAUSSIAN, RANGES, "t ≥ 0")
def two_level_hoeffding(instance: Instance) -> tuple[Numbers, Numbers]:
    """For several parts t of the largest deviation."""
    return beyond(instance, _H)


def beyond(instance: Instance, h: float, /) -> tuple[Numbers, Numbers]:
    """Sides of the tail bound with the constant h."""
    found = two_by_two(instance)
    return _against(found, tails(found, absolute(deviations(found, overall(found)))), 2, h)


def width(found: Pairs, delta: float, h: float, /) -> Numbers:
    """ε(δ) = 2√(h·log(2/δ)·V), shape (...)."""
    spread = proxy(found)
    return 2 * sqrt(h * log(zeros_like(spread) + 2 / delta) * spread)


def alpha(found: Pairs, delta: float, /) -> tuple[Numbers, Numbers]:
    """√(log(4/δ)/n) and √(log(4/δ)/(nk)), shape (...)."""
    level = log(zeros_like(found.weights[..., 0]) + 4 / delta)
    return sqrt(level / PROMPTS), sqrt(level / (PROMPTS * RESPONSES))


def union_width(found: Pairs, delta: float, h: float, /) -> Numbers:
    """2√h(w_g√(log(4/δ)/n) + w√(log(4/δ)/(nk))), shape (...)."""
    roots = [side * root for side, root in zip(ranges(found), alpha(found, delta), strict=True)]
    return 2 * sqrt(zeros_like(roots[0]) + h) * (roots[0] + roots[1])


def misses(found: Pairs, aim: Numbers, bounds: list[Numbers], /) -> tuple[Numbers, Numbers]:
    """P(|Ĵ − aim| > bound) and δ, for the bound of each confidence."""
    sizes, probs = absolute(deviations(found, aim)), tally_probs(found)
    reach = [bound[..., None] for bound in bounds]
    chances = [1 - (probs * at_least(level, sizes)).sum(-1) for level in reach]
    return join(*chances), join(*(zeros_like(chances[0]) + delta for delta in CONFIDENCES))


@inequality("two-level-confidence", "P(|Ĵ − E_P f| > 2√(h·log(2/δ)·V)) ≤ δ", ROLLOUTS, _SUB_GAUSSIAN, RANGES, "δ > 0")
def two_level_confidence(instance: Instance) -> tuple[Numbers, Numbers]:
    """For every δ of `CONFIDENCES`."""
    return confident(instance, _H)


def confident(instance: Instance, h: float, /) -> tuple[Numbers, Numbers]:
    """Sides of the claim with the constant h."""
    found = two_by_two(instance)
    return misses(found, overall(found), [slack(found.values) + width(found, delta, h) for delta in CONFIDENCES])


@inequality(
    "two-level-union",
    "P(|Ĵ − E_P f| > 2√h(w_g√(log(4/δ)/n) + w√(log(4/δ)/(nk)))) ≤ δ",
    ROLLOUTS,
    _SUB_GAUSSIAN,
    RANGES,
    "δ > 0",
)
def two_level_union(instance: Instance) -> tuple[Numbers, Numbers]:
    """For every δ of `CONFIDENCES`."""
    return united(instance, _H)


def united(instance: Instance, h: float, /) -> tuple[Numbers, Numbers]:
    """Sides of the claim with the constant h."""
    found = two_by_two(instance)
    return misses(found, overall(found), [slack(found.values) + union_width(found, delta, h) for delta in CONFIDENCES])
