"""Samples by their tallies, how often each prompt occurs in them: long samples, of which there are too many to list.

The N prompts of an instance are the population, its ``weights`` are D; the number of draws is what `affordable` says.
All tallies lie on one axis K. The coefficients are products of exact floats, so that no kind of number rounds them.
"""

from functools import cache
from itertools import combinations, zip_longest
from math import comb, factorial, prod

import numpy as np

from rlhf_numeric.arithmetic.kinds import Array, Numbers, concat, zeros_like
from rlhf_numeric.evaluation.instance import Instance
from rlhf_numeric.model.sharing import shared

_SIZES = (251, 23, 11, 7, 5, 3, 2)  # primes: half of an expected number is no integer by chance
_MOST_TALLIES = 300


@shared
def tally_probs(instance: Instance, /) -> Numbers:
    """Probability of every tally of the population under D^n, shape (..., K)."""
    return probs_of_tallies(instance.weights, affordable(instance.problem.n_prompts))


def affordable(n_prompts: int, /) -> int:
    """Return a number n of draws with at most 300 tallies, 1 if there is none."""
    fits = (size for size in _SIZES if comb(size + n_prompts - 1, size) <= _MOST_TALLIES)
    return next(fits, 1)


@cache
def tallies(n_prompts: int, size: int, /) -> Array:
    """How often each prompt occurs in a sample, every possibility once, shape (K, N)."""
    places = range(size + n_prompts - 1)
    bars = np.array([(-1, *chosen, len(places)) for chosen in combinations(places, n_prompts - 1)])
    return np.diff(bars, axis=-1) - 1


@cache
def arrangements(n_prompts: int, size: int, /) -> Array:
    """In how many orders each tally can be drawn, n!/Π_x k_x!, as a product of exact floats along axis 0, (F, K)."""
    counts = [factorial(size) // prod(map(factorial, tally)) for tally in tallies(n_prompts, size).tolist()]
    return np.array(list(zip_longest(*(_exact(count, size) for count in counts), fillvalue=1.0)))


def _exact(number: int, largest: int) -> list[float]:
    """Integers below 2⁵³ whose product is a number that has no prime factor beyond ``largest``."""
    factors = [1]
    for prime in range(2, largest + 1):
        while number % prime == 0:
            number //= prime
            if factors[-1] * prime >= 2**53:
                factors.append(1)
            factors[-1] *= prime
    return [float(factor) for factor in factors]


def probs_of_tallies(weights: Numbers, size: int, /) -> Numbers:
    """Probability n!·Π_x D(x)^k_x/k_x! of every tally under D^n, shape (..., K)."""
    n_prompts = weights.shape[-1]
    chosen, table = tallies(n_prompts, size), powers(weights, size)
    probs = table[..., 0, chosen[:, 0]]
    for prompt in range(1, n_prompts):
        probs = probs * table[..., prompt, chosen[:, prompt]]
    for factor in arrangements(n_prompts, size):
        probs = probs * factor
    return probs


def power(x: Numbers, exponent: int, /) -> Numbers:
    """x^n for n ≥ 0."""
    return powers(x, exponent)[..., exponent]


def powers(x: Numbers, most: int, /) -> Numbers:
    """Powers 1, x, x², … up to ``most`` at least, on a new last axis."""
    table, top = (zeros_like(x) + 1)[..., None], x
    while table.shape[-1] <= most:
        table, top = concat(table, table * top[..., None]), top * top
    return table
