"""Vectorised float64 intervals: a midpoint and a radius that bounds everything rounding may have done.

The first tier of every verdict. An operation returns an enclosure of the exact result whenever its operands are
enclosures, so no tolerance has to be chosen. The one assumption is on the platform: its ``exp`` and ``log`` are
within 4 units in the last place. What cannot be bounded, by an overflow or at a pole, has an infinite radius, which
decides nothing; no radius is ever undefined.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from rlhf_numeric.arithmetic.psi import PSI_ERROR, psi_of_floats
from rlhf_numeric.arithmetic.wrapped import Wrapped, picked, stacked

Floats: TypeAlias = npt.NDArray[np.float64]
Operand: TypeAlias = Any  # an Interval, a float array or a number; a Dual is left to Dual
Index: TypeAlias = Any

_UNIT = 2.0**-53  # unit roundoff of float64
_LIBRARY = 8 * _UNIT  # 4 units in the last place
_TINY = float(np.finfo(np.float64).smallest_normal)  # covers any underflow
_SMALL = 2.0**-900  # below it a relative error may underflow
_EXACT = 2.0**53  # integers up to it are floats
_BYTES = 8  # of a float64
_NUMBERS = (int, float, np.integer, np.float16, np.float32)
_ZERO = np.zeros(())  # never changed
_OUTWARD = 1 + 2.0**-48  # covers the few roundings made while a radius itself is computed


def _binary(operation: Callable[["Interval", "Interval"], "Interval"]) -> Callable[["Interval", Operand], "Interval"]:
    """Lift the second operand to an Interval, or leave the operation to it if it is of another number kind."""

    def lifted(self: "Interval", other: Operand) -> "Interval":
        foreign = isinstance(other, Wrapped) and not isinstance(other, Interval)
        return NotImplemented if foreign else operation(self, interval(other))

    return lifted


@dataclass(frozen=True, eq=False)
class Interval(Wrapped):
    """Array of intervals [mid − rad, mid + rad]; a plain array or number is an interval of radius 0."""

    mid: Floats
    rad: Floats

    def __array__(self, *_: object, **__: object) -> Floats:
        raise TypeError("interval: expected its own operations; as a plain array it would lose its radius")

    def __bool__(self) -> bool:
        raise TypeError("interval: expected `_arithmetic.at_least`; an enclosure has no truth value")

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the array."""
        return self.mid.shape

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return self.mid.ndim

    def __getitem__(self, key: Index) -> "Interval":
        return Interval(self.mid[key], self.rad[key])

    def __neg__(self) -> "Interval":
        return Interval(-self.mid, self.rad)

    @_binary
    def __add__(self, other: "Interval") -> "Interval":
        mid = self.mid + other.mid
        part = mid - self.mid
        rounding = (self.mid - (mid - part)) + (other.mid - part)  # the exact error of a float addition, by Knuth
        return _enclose(mid, self.rad + other.rad + np.abs(rounding))

    @_binary
    def __mul__(self, other: "Interval") -> "Interval":
        mid, size, other_size = self.mid * other.mid, np.abs(self.mid), np.abs(other.mid)
        rad = size * other.rad
        rad += self.rad * (other_size + other.rad)
        rad += _UNIT * np.abs(mid)
        rad += _TINY * ((size + self.rad > 0) & (other_size + other.rad > 0))
        return _enclose(mid, rad)

    @_binary
    def __sub__(self, other: "Interval") -> "Interval":
        return self + -other

    @_binary
    def __rsub__(self, other: "Interval") -> "Interval":
        return other + -self

    @_binary
    def __truediv__(self, other: "Interval") -> "Interval":
        return self * _reciprocal(other)

    @_binary
    def __rtruediv__(self, other: "Interval") -> "Interval":
        return other * _reciprocal(self)

    __radd__ = __add__
    __rmul__ = __mul__

    def sum(self, axis: int, keepdims: bool = False) -> "Interval":
        """Sum along an axis, with the a-priori bound k·2⁻⁵³·Σ|x| for k terms in any order."""
        mids: Any = self.mid  # numpy 2.5 knows no `keepdims` that is a variable
        radii: Any = self.rad
        terms = mids.shape[axis]
        rounding = (terms - 1) * _UNIT * abs(mids).sum(axis, keepdims=keepdims)
        spread = (radii.sum(axis, keepdims=keepdims) + rounding) * (1 + 4 * terms * _UNIT)
        return _enclose(mids.sum(axis, keepdims=keepdims), spread)

    def exp(self) -> "Interval":
        """Exponential."""
        mid, growth = np.exp(self.mid), np.expm1(self.rad)
        exact = np.minimum(self.rad, _TINY)  # exp 0 = 1 is exact; a radius that has underflown cannot grow outward
        rounding = np.where(self.mid == 0, exact, (mid * _LIBRARY + _TINY) * (1 + growth))
        return _enclose(mid, mid * growth + rounding)

    def log(self) -> "Interval":
        """Logarithm; an interval that reaches 0 has an infinite one.

        The spread is log(m/(m − r)) = log1p(r/(m − r)): the difference of two floats has a small relative error, which
        log1p does not magnify; 1 − r/m loses all digits where r is near m.
        """
        mid = np.log(self.mid)
        spread = np.where(self.rad < self.mid, np.log1p(self.rad / (self.mid - self.rad)), np.inf)
        return _enclose(mid, spread * (1 + _LIBRARY) + _LIBRARY * np.abs(mid) + np.minimum(self.rad, _TINY))

    def psi(self) -> "Interval":
        """ψ of `_psi`; the midpoint must be ≥ 0, or nothing is known, and the enclosure may reach below."""
        mid, growth = psi_of_floats(self.mid), np.expm1(self.rad)
        return _enclose(mid, np.where(self.mid >= 0, mid * (growth + PSI_ERROR * (1 + growth)), np.inf))

    def sqrt(self) -> "Interval":
        """Square root of the non-negative part."""
        low, high = np.sqrt(np.maximum(self.mid - self.rad, 0)), np.sqrt(self.mid + self.rad)
        rounding = np.where(self.rad > 0, 4 * _UNIT * high, _UNIT * high)
        return _enclose((low + high) / 2, (high - low) / 2 + rounding)

    def absolute(self) -> "Interval":
        """Absolute value."""
        return Interval(np.abs(self.mid), self.rad)

    def amax(self, axis: int, keepdims: bool = False) -> "Interval":
        """Maximum along an axis."""
        lows: Any = self.mid - self.rad
        highs: Any = self.mid + self.rad
        low, high = lows.max(axis, keepdims=keepdims), highs.max(axis, keepdims=keepdims)
        half = (high - low) / 2  # low + half, unlike (low + high)/2, is exact where both are equal, and so large
        exact = (self.rad == 0).all(axis, keepdims=keepdims)
        rounding = 4 * _UNIT * (abs(low) + abs(high)) + _TINY
        return _enclose(low + half, half + np.where(exact, 0.0, rounding))

    def shift(self) -> Floats:
        """Largest midpoint along the last axis: any constant is correct."""
        largest: Floats = self.mid.max(-1, keepdims=True)
        return largest

    def argmax(self) -> npt.NDArray[np.intp]:
        """Index of the largest midpoint along the last axis."""
        return np.asarray((self.mid == self.mid.max(-1, keepdims=True)).argmax(-1))

    def pick(self, index: Index, axis: int) -> "Interval":
        """Entries at an index along a negative axis, which is kept."""
        return Interval(picked(self.mid, index, axis), picked(self.rad, index, axis))

    def is_zero(self) -> Floats:
        """1.0 where it is exactly 0, else 0.0."""
        return np.where((self.mid == 0) & (self.rad == 0), 1.0, 0.0)

    def log_where_positive(self) -> "Interval":
        """Return the logarithm, and 0 where it is exactly 0."""
        return Interval(np.where(self.is_zero() == 1, 1.0, self.mid), self.rad).log()

    @classmethod
    def joined(cls, parts: tuple[Operand, ...]) -> "Interval":
        """Stack on a new last axis."""
        enclosed = [interval(part) for part in parts]
        return cls(stacked([part.mid for part in enclosed]), stacked([part.rad for part in enclosed]))

    @classmethod
    def concatenated(cls, parts: tuple[Operand, ...], axis: int) -> "Interval":
        """Concatenate along an axis."""
        enclosed = [interval(part) for part in parts]
        mids, radii = [part.mid for part in enclosed], [part.rad for part in enclosed]
        return cls(np.concatenate(mids, axis), np.concatenate(radii, axis))


def interval(x: Operand) -> Interval:
    """Interval around a real array or number, of radius 0 if it is finite and a float; an Interval stays as it is.

    Integers beyond 2⁵³ need a radius, and what is beyond floats, or not finite, has an infinite one.

    Raises
    ------
    TypeError
        If the elements are not floats of at most 64 bits, integers or bools.
    """
    if isinstance(x, Interval):
        return x
    if isinstance(x, float | int) and abs(x) < _EXACT:
        return Interval(np.asarray(x, dtype=np.float64), _ZERO)
    array = np.asarray(x, dtype=object if isinstance(x, list | tuple) else None)
    if array.dtype.kind not in "fb" or array.itemsize > _BYTES:
        return _of_numbers(array)
    mid = array.astype(np.float64, copy=False)
    return Interval(mid, np.zeros_like(mid) if np.isfinite(mid).all() else np.where(np.isfinite(mid), 0.0, np.inf))


def _of_numbers(array: npt.NDArray[Any]) -> Interval:
    """Enclose integers, or a mixture with floats, whatever their size."""
    elements = array.astype(object)
    strangers = {type(number).__name__ for number in elements.ravel() if not isinstance(number, _NUMBERS)}
    if strangers:
        found = ", ".join(sorted(strangers))
        raise TypeError(f"interval: expected floats of at most 64 bits, integers or bools, got {found}")
    mid = np.asarray(_nearest(elements), dtype=np.float64)
    beyond = np.where(np.isfinite(mid), np.abs(mid) * _UNIT, np.inf)
    return Interval(mid, np.where(np.abs(mid) < _EXACT, 0.0, beyond))


def _float(n: float) -> float:
    try:
        return float(n)
    except OverflowError:
        return math.inf if n > 0 else -math.inf


_nearest = np.frompyfunc(_float, 1, 1)


def _enclose(mid: Floats, rad: Floats) -> Interval:
    """Return the interval with its radius, which is overwritten, a little larger; an undefined one is infinite."""
    rad *= _OUTWARD
    if rad.size and np.isnan(rad.max()):  # as that of ∞ − ∞; the maximum is the quickest look at all of them
        rad = np.where(np.isnan(rad), np.inf, rad)
    return Interval(np.asarray(mid), np.asarray(rad))


def _reciprocal(x: Interval) -> Interval:
    size = np.abs(x.mid)
    mid = 1 / x.mid
    spread = np.where(x.rad < size, x.rad / size / (size - x.rad), np.inf)
    return _enclose(mid, spread * (1 + 8 * _UNIT) + _UNIT * np.abs(mid) + np.where(np.abs(mid) < _SMALL, _TINY, 0.0))
