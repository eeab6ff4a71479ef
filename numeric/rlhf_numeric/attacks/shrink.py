"""Small instances of simple numbers, as hypothesis draws and shrinks them."""

from contextlib import suppress
from random import Random
from typing import TYPE_CHECKING

import numpy as np

from rlhf_numeric.arithmetic.kinds import Array
from rlhf_numeric.evaluation.claim import Claim
from rlhf_numeric.evaluation.instance import Instance
from rlhf_numeric.model.problem import Problem
from rlhf_numeric.model.sharing import sharing

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

_COEFFICIENTS = (1.0, 2.0, 0.5, 4.0, 0.25, 8.0, 16.0, 0.125)
_SCALES = (1.0, 0.5, 2.0, 0.125, 8.0)
_EXAMPLES = 300
_ARRAYS = (
    *("theta_prime", "direction", "values", "probs", "weights", "theta"),
    *("features", "ref_probs", "theta_star", "kl_coef"),
)
_BITS = (0, 1, 2, 4, 8, 16, 32)
_SHRINKS = 150  # instances tried after the first counterexample


def simple_instances() -> "SearchStrategy[Instance]":
    """Return a strategy for instances of at most 3 prompts, 3 actions and 2 features, of simple numbers.

    Raises
    ------
    ImportError
        If hypothesis is not installed.
    """
    from hypothesis import strategies as st

    def of_shape(shape: tuple[int, int, int]) -> "SearchStrategy[Instance]":
        n, m, d = shape
        signed, counts, positive = st.integers(-3, 3), st.integers(0, 3), st.integers(1, 4)

        def several(numbers: "SearchStrategy[int]", size: int) -> "SearchStrategy[list[int]]":
            return st.lists(numbers, min_size=size, max_size=size)

        parts = [several(signed, n * m * d), several(signed, 4 * d), several(signed, n * m)]
        parts += [several(positive, n * m), several(counts, n * m), several(counts, n)]
        scales = st.tuples(*[st.sampled_from(x) for x in (_COEFFICIENTS, _SCALES, _SCALES)])
        return st.builds(lambda scale, *numbers: _instance(shape, scale, *numbers), scales, *parts)

    shapes = st.tuples(st.integers(1, 3), st.integers(1, 3), st.integers(1, 2))
    return shapes.flatmap(of_shape)


def find_simple(claim: Claim, /, *, seed: int = 0, examples: int = _EXAMPLES) -> Instance | None:
    """Return a simple instance at which float64 intervals show the claim to be false, shrunk by hypothesis; or None.

    None if none of so many ``examples`` is one.

    Raises
    ------
    ImportError
        If hypothesis is not installed.
    """
    from hypothesis import HealthCheck, Phase, Verbosity, find, settings
    from hypothesis.errors import Flaky, NoSuchExample

    patient = settings(
        max_examples=examples,
        database=None,
        deadline=None,
        derandomize=True,
        verbosity=Verbosity.quiet,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    found: list[Instance] = []
    tried_since = 0

    def is_false(instance: Instance) -> bool:
        nonlocal tried_since
        tried_since += bool(found)
        if tried_since > _SHRINKS or not is_false_at(claim, instance):
            return False
        found.append(instance)
        return True

    with suppress(NoSuchExample, Flaky):  # flaky: out of shrinks, so the last check of the smallest one fails
        find(simple_instances(), is_false, settings=patient, random=Random(seed))
    return found[-1] if found else None


def is_false_at(claim: Claim, instance: Instance, /) -> bool:
    """Whether float64 intervals show the claim to be false at one instance."""
    flat = instance.flattened()
    with np.errstate(all="ignore"):
        with sharing(flat):
            lhs, rhs = claim.sides(flat)
        if claim.kind == "inequality" and not np.any(lhs > rhs):  # floats are quick, and enough to rule most out
            return False
        decision = claim.settle(flat, precisions=(53,))
        return bool(decision.wrong.any())


def rounded(claim: Claim, instance: Instance, /) -> Instance:
    """Give each array of a counterexample, with batch shape (), the fewest significant bits that keep it one."""
    for name in _ARRAYS:
        for bits in _BITS:
            candidate = _with_bits(instance, name, bits)
            if candidate is not None and is_false_at(claim, candidate):
                instance = candidate
                break
    return instance


def _with_bits(instance: Instance, name: str, bits: int) -> Instance | None:
    """Round one array to some bits, 0 for zeros; None where that is no instance."""
    array = getattr(instance.problem if name in _ARRAYS[-4:] else instance, name)
    mantissa, exponent = np.frexp(array)
    other = np.ldexp(np.round(mantissa * 2.0**bits), exponent - bits) if bits else 0 * array
    if name in ("ref_probs", "probs", "weights"):
        total = other.sum(-1, keepdims=True)
        if not (total > 0).all():
            return None
        other = other / total
    try:
        parts = {key: other if key == name else getattr(instance.problem, key) for key in _ARRAYS[-4:]}
        rest = {key: other if key == name else getattr(instance, key) for key in _ARRAYS[:-4]}
        return Instance(Problem(**parts), rest.pop("theta"), **rest, extent=instance.extent)
    except ValueError:
        return None


def _instance(
    shape: tuple[int, int, int],
    scales: tuple[float, float, float],
    features: list[int],
    vectors: list[int],
    values: list[int],
    references: list[int],
    policies: list[int],
    weights: list[int],
) -> Instance:
    n, m, d = shape
    kl_coef, length, width = scales
    theta_star, theta, theta_prime, direction = length * np.reshape(np.array(vectors, float), (4, d))
    ref_probs = _shares(np.reshape(references, (n, m)))
    problem = Problem(width * np.reshape(np.array(features, float), shape), ref_probs, theta_star, kl_coef=kl_coef)
    return Instance(
        problem,
        theta,
        theta_prime=theta_prime,
        direction=direction,
        values=np.reshape(np.array(values, float), (n, m)),
        probs=_shares(np.reshape(policies, (n, m))),
        weights=_shares(np.array(weights)),
    )


def _shares(counts: Array) -> Array:
    """Return counts as probabilities; where all are zero, the uniform ones."""
    filled = np.where(counts.sum(-1, keepdims=True) == 0, 1.0, counts)
    result: Array = filled / filled.sum(-1, keepdims=True)
    return result
