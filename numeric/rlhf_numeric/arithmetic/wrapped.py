"""The base of the number kinds that are no arrays of numpy: `Interval`, `Dual` and `Foreign`.

Plain operators, ``.sum(axis)`` and indexing work on every kind. The functions of `_arithmetic` in which kinds differ
ask a wrapped one for the method of the same name; what a kind cannot do, it refuses.
"""

from typing import Any, NoReturn, Self

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


class Wrapped:
    """An array with arithmetic of its own. It is made by this package, so its values need no validation."""

    __array_ufunc__ = None  # numpy's operators leave the work to ours

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the array."""
        self._refuse("shape")

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return len(self.shape)

    @property
    def plain(self) -> Any:  # noqa: ANN401 - an array, or a number kind without derivative
        """The numbers without a derivative, for a decision that needs none."""
        return self

    def exp(self) -> Self:
        """Exponential."""
        self._refuse("exp")

    def log(self) -> Self:
        """Logarithm."""
        self._refuse("log")

    def sqrt(self) -> Self:
        """Square root of the non-negative part."""
        self._refuse("sqrt")

    def absolute(self) -> Self:
        """Absolute value."""
        self._refuse("absolute")

    def psi(self) -> Self:
        """ψ of `_psi`."""
        self._refuse("psi")

    def amax(self, axis: int, keepdims: bool = False) -> Self:
        """Maximum along an axis."""
        self._refuse("amax")

    def shift(self) -> Any:  # noqa: ANN401 - numbers of this kind, or plain ones
        """Constant near the maximum along the last axis, which is kept."""
        self._refuse("shift")

    def argmax(self) -> Any:  # noqa: ANN401 - integers of numpy or of another library
        """Index of the (nearly) largest along the last axis."""
        self._refuse("argmax")

    def pick(self, index: Any, axis: int) -> Self:  # noqa: ANN401
        """Entries at an index along a negative axis, which is kept."""
        self._refuse("pick")

    def is_zero(self) -> Any:  # noqa: ANN401 - a float array
        """1.0 where it is exactly 0, else 0.0."""
        self._refuse("is_zero")

    def log_where_positive(self) -> Self:
        """Return the logarithm, and 0 where it is exactly 0."""
        self._refuse("log_where_positive")

    @classmethod
    def joined(cls, parts: tuple[Any, ...]) -> Self:
        """Stack parts, of which some are of this kind, on a new last axis."""
        raise TypeError(f"join: {cls.__name__} has none")

    @classmethod
    def concatenated(cls, parts: tuple[Any, ...], axis: int) -> Self:
        """Concatenate parts, of which some are of this kind, along an axis."""
        raise TypeError(f"concat: {cls.__name__} has none")

    def _refuse(self, operation: str) -> NoReturn:
        raise TypeError(f"{operation}: {type(self).__name__} has none")


def picked(x: Array, index: Array, axis: int, /) -> Array:
    """Entries of an array at an index along a negative axis (kept), one for each position before it."""
    index = index.reshape(index.shape + (1,) * -axis)
    ndim = max(x.ndim, index.ndim)
    x, index = (array.reshape((1,) * (ndim - array.ndim) + array.shape) for array in (x, index))
    return np.take_along_axis(x, index, axis)


def stacked(parts: list[Array], /) -> Array:
    """Broadcast arrays against each other and stack them on a new last axis."""
    return np.stack(np.broadcast_arrays(*parts), axis=-1)
