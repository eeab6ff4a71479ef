"""Checks of the arguments of this folder: float64 arrays of data, and numbers in a range."""

from collections.abc import Callable

import numpy as np

from rlhf_numeric.arithmetic.kinds import Array, Numbers, is_balls
from rlhf_numeric.model.validation import checked_array, checked_number


def floats(x: Numbers, name: str, *, axes: tuple[str, ...]) -> Array:
    """Return x as a float64 array of shape (..., *axes), finite, with no empty axis.

    Raises
    ------
    TypeError
        If it holds anything but float32 or float64.
    ValueError
        If an axis is missing or empty, or an element is NaN or infinite.
    """
    array = checked_array(x, name, axes=axes)
    if is_balls(array):
        raise TypeError(f"{name}: expected float32 or float64, got flint.arb")
    return np.asarray(array, dtype=np.float64)


def number(x: object, name: str, what: str, holds: Callable[[float], bool]) -> float:
    """Return one finite float for which ``holds``; ``what`` says in words what that is.

    Raises
    ------
    TypeError
        If it is no number.
    ValueError
        If it is not finite, an array, or not as ``what`` says.
    """
    array = checked_number(x, name)
    if is_balls(array):
        raise TypeError(f"{name}: expected a float, got flint.arb")
    if array.ndim:
        raise ValueError(f"{name}: expected one number, got an array of shape {array.shape}")
    value = float(array)
    if not holds(value):
        raise ValueError(f"{name}: expected {what}, got {value}")
    return value


def optional(x: object, name: str, what: str, holds: Callable[[float], bool]) -> float | None:
    """Return None as it is, anything else as `number` does."""
    return None if x is None else number(x, name, what, holds)


def at_least(least: float) -> tuple[str, Callable[[float], bool]]:
    """Words and test for a number ≥ ``least``."""
    return f"a number ≥ {least:g}", lambda x: x >= least


def above(least: float) -> tuple[str, Callable[[float], bool]]:
    """Words and test for a number > ``least``."""
    return f"a number > {least:g}", lambda x: x > least


def probability(x: object, name: str) -> float:
    """Return a number strictly between 0 and 1."""
    return number(x, name, "a number between 0 and 1, both excluded", lambda value: 0 < value < 1)
