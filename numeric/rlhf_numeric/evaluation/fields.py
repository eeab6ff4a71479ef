"""Fields: what a record type says of each of its arrays, once.

Everything that has to know the arrays of a record is a function of the list of its fields: checking, enclosures, the
free coordinates of a search, rounding, and the case file are here, for one field; `record` puts them together.
"""

import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import Any

import numpy as np

from rlhf_numeric.arithmetic import kinds as ar
from rlhf_numeric.arithmetic.kinds import Array, Numbers
from rlhf_numeric.model import validation as check

_TINY = float(np.finfo(np.float64).tiny)


class Kind(Enum):
    """What the numbers of a field are; the order is that of the free coordinates of a search."""

    POSITIVE_PROBABILITY = "positive probability"
    PROBABILITY = "probability"
    POSITIVE = "positive"
    REAL = "real"
    COUNT = "count"


_SHARES = (Kind.POSITIVE_PROBABILITY, Kind.PROBABILITY)


@dataclass(frozen=True)
class Field:
    """One field of a record type.

    Attributes
    ----------
    name
        Of the attribute, and in the case file.
    axes
        Names of the axes after the batch, which have one size in a record; of a count: what it counts.
    kind
        Real or positive numbers; probabilities, > 0 or ≥ 0, of sum 1 along the last axis; or a count: an integer, or a
        named tuple of several, the same for the whole batch.
    default
        What a record without the field takes: a function of the record as far as it is known, in the order of the
        fields; of a count, its usual value. None: there must be one.
    within
        Name of the attribute that has the field, where that is not the record itself.
    relative
        Whether a search moves each number in proportion to its size, and simple ones come in several scales.
    most
        A search goes to no real number beyond it.
    least
        Smallest count, or a tuple of them.
    """

    name: str
    axes: tuple[str, ...]
    kind: Kind = Kind.REAL
    default: Any = None
    within: str | None = None
    relative: bool = False
    most: float = math.inf
    least: int | tuple[int, ...] = 1

    @cached_property
    def is_array(self) -> bool:
        """Whether it holds numbers, and not a count."""
        return self.kind is not Kind.COUNT

    @cached_property
    def is_share(self) -> bool:
        """Whether it holds probabilities."""
        return self.kind in _SHARES

    def of(self, record: object, /) -> Any:  # noqa: ANN401 - numbers of any kind, or a count
        """Return what a record has there."""
        return getattr(record if self.within is None else getattr(record, self.within), self.name)

    def default_of(self, record: object, /) -> Any:  # noqa: ANN401
        """Return the default, where there is one, for a record of which the fields before are known."""
        return self.default(record) if self.is_array else self.default

    def batch_shape(self, x: Numbers, /) -> tuple[int, ...]:
        """Shape of the leading axes."""
        shape: tuple[int, ...] = x.shape[: x.ndim - len(self.axes)]
        return shape

    def sizes(self, x: Numbers, /) -> dict[str, int]:
        """Size of each axis."""
        first = x.ndim - len(self.axes)
        return {axis: int(x.shape[first + i]) for i, axis in enumerate(self.axes)}

    def checked(self, x: Numbers, sizes: Mapping[str, int], /) -> Any:  # noqa: ANN401 - as `of`
        """Return x as an array of this kind whose axes have the sizes that are known.

        Raises
        ------
        TypeError, ValueError
            If it is not one; the message names the field.
        """
        if not self.is_array:
            return self._checked_count(x)
        if ar.is_wrapped(x):
            return x
        array = check.checked_array(x, self.name, axes=self.axes)
        known = dict(sizes)
        for place, axis in enumerate(self.axes, -len(self.axes)):  # an axis that is named twice has one size
            check.check_axis(array, place, known.setdefault(axis, array.shape[place]), self.name, axis)
        if self.is_share:
            check.check_probabilities(array, self.name, positive=self.kind is Kind.POSITIVE_PROBABILITY)
        elif self.kind is Kind.POSITIVE:
            check.check_positive(array, self.name)
        return array

    def enclosed(self, x: Numbers, enclose: Callable[[Numbers], Numbers], /) -> Numbers:
        """Lift floats; probabilities are divided by their exact sum, and are exactly 1 where there is one outcome."""
        lifted = enclose(x)
        if not self.is_share:
            return lifted
        return lifted / lifted.sum(-1)[..., None] if lifted.shape[-1] > 1 else ar.zeros_like(lifted) + 1

    def to_free(self, x: Array, /) -> Array:
        """Coordinates of which any real value stands for numbers of this kind: logarithms of what is positive."""
        free: Array = x
        if self.is_share:
            free = np.log(np.maximum(x, _TINY))
        elif self.kind is Kind.POSITIVE:
            free = np.log(x)
        return free

    def from_free(self, x: Numbers, /) -> Numbers:
        """Return the numbers of free coordinates, of any number kind; probabilities are the softmax."""
        if self.is_share:
            probs = ar.exp(ar.log_softmax(x))
            positive = self.kind is Kind.POSITIVE_PROBABILITY and isinstance(probs, np.ndarray)
            return np.maximum(probs, _TINY) if positive else probs
        return ar.exp(x) if self.kind is Kind.POSITIVE else x

    def with_bits(self, x: Array, bits: int, /) -> Array | None:
        """Round to some significant bits, 0 for zeros; None where that leaves no probabilities."""
        mantissa, exponent = np.frexp(x)
        other: Array = np.ldexp(np.round(mantissa * 2.0**bits), exponent - bits) if bits else 0 * x
        if not self.is_share:
            return other
        total = other.sum(-1, keepdims=True)
        return other / total if (total > 0).all() else None

    def to_hex(self, x: Numbers, /) -> Any:  # noqa: ANN401 - nested lists of strings
        """Return x, without a batch, as nested lists of hexadecimal floats."""
        return _nested_hex(np.asarray(x, dtype=np.float64))

    def from_hex(self, nested: Any, /) -> Any:  # noqa: ANN401
        """Read what `to_hex` returns."""
        array = _from_hex(nested)
        if self.is_array:
            return array
        counts = [int(size) for size in array.ravel()]
        return type(self.default)(*counts)

    def _checked_count(self, x: Any) -> Any:  # noqa: ANN401
        what, counts, least = type(self.default), np.atleast_1d(np.array(x, dtype=object)), np.atleast_1d(self.least)
        named = " of integers" if issubclass(what, tuple) else ""
        if type(x) is not what or not all(type(size) is int for size in counts):
            raise TypeError(f"{self.name}: expected {what.__name__}{named}, got {x!r}")
        if any(size < smallest for size, smallest in zip(counts, least, strict=True)):
            bounds = zip(self.axes or ("an integer",), least, strict=True)
            expected = ", ".join(f"{axis} ≥ {smallest}" for axis, smallest in bounds)
            raise ValueError(f"{self.name}: expected {expected}, got {x}")
        return x


def checked_arrays(fields: Iterable[Field], values: Mapping[str, Numbers], /) -> dict[str, Any]:
    """Return the numbers of some fields, checked in this order: axes of one name have one size.

    Raises
    ------
    TypeError, ValueError
        As `Field.checked`.
    """
    found, sizes = dict[str, Any](), dict[str, int]()
    for field in fields:
        found[field.name] = field.checked(values[field.name], sizes)
        sizes |= field.sizes(found[field.name])
    return found


def _nested_hex(array: Array) -> Any:  # noqa: ANN401 - nested lists of strings
    return [_nested_hex(row) for row in array] if np.ndim(array) else hexadecimal(float(array))


def hexadecimal(x: float, /) -> str:
    """Return a float in hexadecimal, without zeros at the end.

    Examples
    --------
    >>> hexadecimal(1.0)
    '0x1p+0'
    """
    return re.sub(r"\.?0*p", "p", x.hex())


def _from_hex(nested: Any) -> Array:  # noqa: ANN401
    if isinstance(nested, str):
        return np.asarray(float.fromhex(nested))
    return np.array([_from_hex(row) for row in nested])
