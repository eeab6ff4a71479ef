"""What hypothesis draws, by the fields of a record: simple numbers, to shrink a counterexample to, or any at all.

The order of the draws of simple ones is part of what a seed means. All need hypothesis.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from rlhf_numeric.arithmetic.kinds import Array
from rlhf_numeric.evaluation.family import Family
from rlhf_numeric.evaluation.fields import Field, Kind
from rlhf_numeric.evaluation.record import R

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

_COEFFICIENTS = (1.0, 2.0, 0.5, 4.0, 0.25, 8.0, 16.0, 0.125)
_SCALES = (1.0, 0.5, 2.0, 0.125, 8.0)
_LEAST = 1e-100  # what is smaller is drawn as 0
_LARGEST = 3  # of an axis, where the family says nothing
_RANGES = {Kind.REAL: (-3, 3), Kind.POSITIVE_PROBABILITY: (1, 4), Kind.PROBABILITY: (0, 3)}  # of integers


def simple_records(family: Family[R], /) -> "SearchStrategy[R]":
    """Return a strategy for small records of simple numbers: small integers, shares of them, and a few powers of two.

    Real fields with the same axes are drawn as one list, and have one scale if any of them is ``relative``.

    Raises
    ------
    ImportError
        If hypothesis is not installed.
    """
    from hypothesis import strategies as st

    axes = list(dict.fromkeys(axis for field in family.record.ARRAYS for axis in field.axes))
    largest = {axis: (family.simple or {}).get(axis, _LARGEST) for axis in axes}

    def of_sizes(sizes: tuple[int, ...]) -> "SearchStrategy[R]":
        return _of_sizes(family, dict(zip(axes, sizes, strict=True)))

    return st.tuples(*(st.integers(1, largest[axis]) for axis in axes)).flatmap(of_sizes)


def records(
    record: type[R],
    sizes: Mapping[str, int],
    /,
    *,
    reach: Mapping[str, float] | None = None,
    counts: "SearchStrategy[Any] | None" = None,
) -> "SearchStrategy[R]":
    """Return a strategy for records, without a batch, of these sizes, with numbers of every scale, zeros and ties.

    ``reach`` says by field how far its numbers go: real ones to ±reach (default 10), positive ones to 10^±reach (6),
    positive probabilities down to e^−reach (690). ``counts`` draws the count; default: the usual one.

    Raises
    ------
    ImportError
        If hypothesis is not installed.
    """
    from hypothesis import strategies as st

    reach = reach or {}
    numbers = {field.name: _numbers(field, _shape(field, sizes), reach) for field in record.ARRAYS}
    numbers |= {f.name: st.just(f.default) if counts is None else counts for f in record.COUNTS}
    return st.fixed_dictionaries(numbers).map(record.checked)


def _numbers(field: Field, shape: tuple[int, ...], reach: Mapping[str, float]) -> "SearchStrategy[Any]":
    if field.kind is Kind.REAL:
        most = reach.get(field.name, 10.0)
        return arrays(shape, -most, most)
    if field.kind is Kind.POSITIVE:
        digits = reach.get(field.name, 6.0)
        return arrays(shape, -digits, digits).map(lambda x: 10.0**x)
    if field.kind is Kind.PROBABILITY:
        return shares_with_zeros(shape)
    return positive_shares(shape, smallest_log=-reach.get(field.name, 690.0))


def arrays(shape: tuple[int, ...], low: float, high: float, /) -> "SearchStrategy[Array]":
    """Float64 arrays with entries in [low, high], zeros and ties included."""
    from hypothesis import strategies as st
    from hypothesis.extra import numpy as hnp

    elements = st.floats(low, high, allow_subnormal=False).map(lambda x: x if abs(x) > _LEAST else 0.0)
    return hnp.arrays(np.float64, shape, elements=elements)


def positive_shares(shape: tuple[int, ...], /, *, smallest_log: float) -> "SearchStrategy[Array]":
    """Positive probabilities, down to about exp(smallest_log)."""
    return arrays(shape, smallest_log, 0.0).map(lambda logs: _shares(np.exp(logs)))


def shares_with_zeros(shape: tuple[int, ...], /) -> "SearchStrategy[Array]":
    """Probabilities in which any outcome but one may be impossible."""
    from hypothesis import strategies as st
    from hypothesis.extra import numpy as hnp

    return hnp.arrays(np.float64, shape, elements=st.integers(0, 3).map(float)).map(_shares)


def _of_sizes(family: Family[R], sizes: Mapping[str, int]) -> "SearchStrategy[R]":
    from hypothesis import strategies as st

    positive, groups = _grouped(family.record.FIELDS)
    scaled = [group for group in reversed(groups) if any(field.relative for field in group)]
    scales = [st.sampled_from(_COEFFICIENTS) for _ in positive] + [st.sampled_from(_SCALES) for _ in scaled]

    def build(drawn: tuple[float, ...], *numbers: list[int]) -> R:
        values = {f.name: np.full(_shape(f, sizes), x) for f, x in zip(positive, drawn, strict=False)}
        for group, integers in zip(groups, numbers, strict=True):
            scale = drawn[len(positive) + scaled.index(group)] if group in scaled else 1.0
            values |= _arrays(group, integers, scale, sizes)
        return family.record.checked(values)

    lists = []
    for group in groups:
        count = sum(int(np.prod(_shape(field, sizes))) for field in group)
        lists.append(st.lists(st.integers(*_RANGES[group[0].kind]), min_size=count, max_size=count))
    return st.builds(build, st.tuples(*scales), *lists)


def _grouped(fields: Sequence[Field]) -> tuple[list[Field], list[tuple[Field, ...]]]:
    """Positive fields, and the groups that are drawn as one list: real ones of the same axes, one of probabilities."""
    real: dict[tuple[str, ...], list[Field]] = {}
    for field in fields:
        if field.kind is Kind.REAL:
            real.setdefault(field.axes, []).append(field)
    shares = [(field,) for field in fields if field.is_share]
    return [field for field in fields if field.kind is Kind.POSITIVE], [*map(tuple, real.values()), *shares]


def _arrays(group: tuple[Field, ...], integers: list[int], scale: float, sizes: Mapping[str, int]) -> dict[str, Array]:
    arrays = np.reshape(np.array(integers, float), (len(group), *_shape(group[0], sizes)))
    return {f.name: _shares(x) if f.is_share else scale * x for f, x in zip(group, arrays, strict=True)}


def _shape(field: Field, sizes: Mapping[str, int]) -> tuple[int, ...]:
    return tuple(sizes[axis] for axis in field.axes)


def _shares(counts: Array) -> Array:
    """Return counts as probabilities; where all are zero, the uniform ones."""
    filled = np.where(counts.sum(-1, keepdims=True) == 0, 1.0, counts)
    result: Array = filled / filled.sum(-1, keepdims=True)
    return result
