"""Small instances of simple numbers, as hypothesis draws and shrinks them."""

from contextlib import suppress
from random import Random

import numpy as np

from rlhf_numeric.evaluation.claim import Claim
from rlhf_numeric.evaluation.fields import Field
from rlhf_numeric.evaluation.record import R
from rlhf_numeric.evaluation.strategies import simple_records
from rlhf_numeric.model.sharing import sharing

_EXAMPLES = 300
_BITS = (0, 1, 2, 4, 8, 16, 32)
_SHRINKS = 150  # instances tried after the first counterexample


def find_simple(claim: Claim[R], /, *, seed: int = 0, examples: int = _EXAMPLES) -> R | None:
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
    found: list[R] = []
    tried_since = 0

    def is_false(instance: R) -> bool:
        nonlocal tried_since
        tried_since += bool(found)
        if tried_since > _SHRINKS or not is_false_at(claim, instance):
            return False
        found.append(instance)
        return True

    with suppress(NoSuchExample, Flaky):  # flaky: out of shrinks, so the last check of the smallest one fails
        find(simple_records(claim.family), is_false, settings=patient, random=Random(seed))
    return found[-1] if found else None


def is_false_at(claim: Claim[R], instance: R, /) -> bool:
    """Whether float64 intervals show the claim to be false at one instance."""
    flat = instance.flattened()
    with np.errstate(all="ignore"):
        with sharing(flat):
            lhs, rhs = claim.sides(flat)
        if claim.kind == "inequality" and not np.any(lhs > rhs):  # floats are quick, and enough to rule most out
            return False
        decision = claim.settle(flat, precisions=(53,))
        return bool(decision.wrong.any())


def rounded(claim: Claim[R], instance: R, /) -> R:
    """Give each array of a counterexample, with batch shape (), the fewest significant bits that keep it one."""
    for field in _in_turn(type(instance).FIELDS):
        for bits in _BITS:
            candidate = _with_bits(instance, field, bits)
            if candidate is not None and is_false_at(claim, candidate):
                instance = candidate
                break
    return instance


def _in_turn(fields: tuple[Field, ...]) -> list[Field]:
    """First what may be left out, probabilities last; then the rest, what the record holds itself before its parts."""
    arrays = [field for field in fields if field.is_array]
    optional = sorted((field for field in arrays if field.default is not None), key=lambda field: field.is_share)
    required = sorted((field for field in arrays if field.default is None), key=lambda field: field.within is not None)
    return [*optional, *required]


def _with_bits(instance: R, field: Field, bits: int) -> R | None:
    """Round one array to some bits, 0 for zeros; None where that is no instance."""
    array = field.with_bits(field.of(instance), bits)
    try:
        return None if array is None else instance.replaced(field, array)
    except ValueError:
        return None
