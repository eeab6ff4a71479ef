"""Forward-mode dual numbers: a value and its derivative along one direction.

They carry a derivative through the *definition* of a function as coded, which is what the closed forms of the
gradient are checked against. Components may be float arrays, ball arrays, Intervals, or again duals (for second
derivatives).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from rlhf_numeric.arithmetic import kinds as ar
from rlhf_numeric.arithmetic.interval import Index
from rlhf_numeric.arithmetic.kinds import Array, Numbers
from rlhf_numeric.arithmetic.wrapped import Wrapped


@dataclass(frozen=True, eq=False)
class Dual(Wrapped):
    """Value x and tangent ẋ, equal in shape: the number x + ẋε with ε² = 0."""

    value: Numbers
    tangent: Numbers

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the array."""
        shape: tuple[int, ...] = self.value.shape
        return shape

    @property
    def plain(self) -> Numbers:
        """The value, without any derivative."""
        return ar.plain(self.value)

    def __getitem__(self, key: Index) -> "Dual":
        return Dual(self.value[key], self.tangent[key])

    def __neg__(self) -> "Dual":
        return Dual(-self.value, -self.tangent)

    def __add__(self, other: Numbers) -> "Dual":
        other = dual(other)
        return Dual(self.value + other.value, self.tangent + other.tangent)

    def __mul__(self, other: Numbers) -> "Dual":
        other = dual(other)
        return Dual(self.value * other.value, self.tangent * other.value + self.value * other.tangent)

    def __sub__(self, other: Numbers) -> "Dual":
        return self + -dual(other)

    def __rsub__(self, other: Numbers) -> "Dual":
        return dual(other) + -self

    def __truediv__(self, other: Numbers) -> "Dual":
        other = dual(other)
        quotient = self.value / other.value
        return Dual(quotient, (self.tangent - quotient * other.tangent) / other.value)

    def __rtruediv__(self, other: Numbers) -> "Dual":
        return dual(other) / self

    __radd__ = __add__
    __rmul__ = __mul__

    def sum(self, axis: int, keepdims: bool = False) -> "Dual":
        """Sum along an axis."""
        return Dual(self.value.sum(axis, keepdims=keepdims), self.tangent.sum(axis, keepdims=keepdims))

    def exp(self) -> "Dual":
        """Exponential."""
        value = ar.exp(self.value)
        return Dual(value, value * self.tangent)

    def log(self) -> "Dual":
        """Logarithm."""
        return Dual(ar.log(self.value), self.tangent / self.value)

    def sqrt(self) -> "Dual":
        """Square root; its derivative at 0 is infinite or undefined."""
        root = ar.sqrt(self.value)
        return Dual(root, self.tangent / (2 * root))

    def absolute(self) -> "Dual":
        """Absolute value; at 0 the derivative from the right."""
        sign = 2 * ar.at_least(self.value, 0) - 1
        return Dual(sign * self.value, sign * self.tangent)

    def psi(self) -> "Dual":
        """ψ of `_psi`, by ψ' = ψ + (1 − 2ψ)/x; its derivative at 0 is undefined here."""
        value = ar.psi(self.value)
        return Dual(value, self.tangent * (value + (1 - 2 * value) / self.value))

    def amax(self, axis: int, keepdims: bool = False) -> "Dual":
        """Maximum along an axis, with the derivative of the largest entry."""
        value, largest = ar.amax(self.value, axis, keepdims=True), self.value.argmax(axis, keepdims=True)
        both = Dual(value, np.take_along_axis(self.tangent, largest, axis))
        return both if keepdims else both.sum(axis)

    def shift(self) -> Numbers:
        """Largest value along the last axis, a constant."""
        return ar.shift(self.value)

    def argmax(self) -> Array:
        """Index of the largest value along the last axis."""
        return ar.argmax(self.value)

    def pick(self, index: Array, axis: int) -> "Dual":
        """Entries at an index along a negative axis, which is kept."""
        return Dual(ar.pick(self.value, index, axis=axis), ar.pick(self.tangent, index, axis=axis))

    def is_zero(self) -> Array:
        """1.0 where the value is exactly 0, else 0.0."""
        return ar.is_zero(self.value)

    def log_where_positive(self) -> "Dual":
        """Return the logarithm, and 0 where the value is exactly 0."""
        return ar.log(self + self.is_zero()) * (1 - self.is_zero())

    @classmethod
    def joined(cls, parts: tuple[Any, ...]) -> "Dual":
        """Stack on a new last axis."""
        both = [dual(part) for part in parts]
        return cls(ar.join(*(part.value for part in both)), ar.join(*(part.tangent for part in both)))

    @classmethod
    def concatenated(cls, parts: tuple[Any, ...], axis: int) -> "Dual":
        """Concatenate along an axis."""
        both = [dual(part) for part in parts]
        return cls(ar.concat(*(x.value for x in both), axis=axis), ar.concat(*(x.tangent for x in both), axis=axis))


def dual(x: Numbers) -> Dual:
    """Return the constant x, a dual with tangent 0; a Dual stays as it is."""
    return x if isinstance(x, Dual) else Dual(x, ar.zeros_like(x))
