"""Checks of arguments: every message names the argument, what was expected and what came.

Arrays are float32 or float64, or object arrays of `flint.arb` for rigorous evaluation.
"""

import flint
import numpy as np

from rlhf_numeric._arithmetic import Array, Numbers, is_balls, is_wrapped

_BLOCK = 1 << 16  # elements


def checked_array(x: Numbers, name: str, *, axes: tuple[str, ...], unbounded_balls: bool = False) -> Array:
    """Return x as a float or ball array of shape (..., *axes), finite and with no empty axis.

    ``unbounded_balls`` lets balls without a finite bound pass.

    Raises
    ------
    TypeError
        If the elements are not float32, float64 or balls.
    ValueError
        If an axis is missing or empty, or an element is NaN or infinite.
    """
    array = _as_array(x, name)
    expected = f"shape (..., {', '.join(axes)})" if axes else "a number or an array of them"
    if array.ndim < len(axes):
        raise ValueError(f"{name}: expected {expected}, got shape {array.shape}")
    if 0 in array.shape:
        raise ValueError(f"{name}: expected {expected} with no empty axis, got shape {array.shape}")
    if not (unbounded_balls and is_balls(array)) and not _finite(array):
        raise ValueError(f"{name}: expected finite numbers, got NaN or infinity")
    return array


def check_positive(array: Array, name: str) -> None:
    """Raise ValueError unless every element is positive (for balls: certainly positive)."""
    if not np.all(array > 0):
        raise ValueError(f"{name}: expected numbers > 0, got {_extreme(array)} as the smallest")


def check_probabilities(array: Array, name: str, *, positive: bool) -> None:
    """Raise ValueError unless the last axis holds probabilities: ≥ 0 (or > 0), of sum 1 up to √ε.

    ε is that of the type (of float64 for balls, which are usually floats lifted as they are).
    """
    if not np.all(array > 0 if positive else array >= 0):
        raise ValueError(f"{name}: expected probabilities {'> 0' if positive else '≥ 0'}, got {_extreme(array)}")
    total = array.sum(-1)
    precision = np.finfo(np.float64 if is_balls(array) else array.dtype)
    sums_to_one = np.all(abs(total - 1) <= float(np.sqrt(precision.eps)))
    if not sums_to_one:
        raise ValueError(f"{name}: expected a sum of 1 along the last axis, got {np.asarray(total).ravel()[0]}")


def check_axis(array: Array, axis: int, size: int, name: str, meaning: str) -> None:
    """Raise ValueError unless an axis has the size that the rest of the problem gives it."""
    if array.shape[axis] != size:
        raise ValueError(f"{name}: expected {meaning} = {size} on axis {axis}, got shape {array.shape}")


def broadcast_batches(shapes: dict[str, tuple[int, ...]]) -> tuple[int, ...]:
    """Return the common batch shape; raise ValueError that names every argument if there is none."""
    try:
        return np.broadcast_shapes(*shapes.values())
    except ValueError:
        found = ", ".join(f"{name} {shape}" for name, shape in shapes.items())
        raise ValueError(f"batch axes: expected shapes that broadcast together, got {found}") from None


def checked_vector(x: Numbers, name: str, *, dim: int, batch: tuple[int, ...]) -> Numbers:
    """Return x as a vector (..., d) whose batch axes broadcast with those of the problem; see `checked_array`.

    A ball without a finite bound may come out of a step of an ascent: it encloses the truth, and decides nothing.
    """
    if is_wrapped(x):
        return x
    array = checked_array(x, name, axes=("d",), unbounded_balls=True)
    check_axis(array, -1, dim, name, "d")
    broadcast_batches({name: array.shape[:-1], "problem": batch})
    return array


def _as_array(x: Numbers, name: str) -> Array:
    expected = f"{name}: expected float32, float64 or flint.arb elements"
    try:
        array = np.asarray(x)
    except ValueError:
        raise ValueError(f"{name}: expected a rectangular array, got nested sequences of different lengths") from None
    if array.dtype == object:
        strangers = {type(element).__name__ for element in array.ravel() if not isinstance(element, flint.arb)}
        if strangers:
            raise TypeError(f"{expected}, got objects of type {', '.join(sorted(strangers))}")
    elif array.dtype not in (np.float32, np.float64):
        raise TypeError(f"{expected}, got dtype {array.dtype}")
    return array


def _finite(array: Array) -> bool:
    if array.dtype == object:
        return all(element.is_finite() for element in array.ravel())
    blocks = np.nditer(array, flags=["external_loop", "buffered"], buffersize=_BLOCK)  # no copy, no mask of its size
    return all(np.isfinite(block).all() for block in blocks)


def _extreme(array: Array) -> Numbers:
    return array.ravel()[0] if array.dtype == object else array.min()
