"""Checks of arguments: every message names the argument, what was expected and what came.

Arrays are float32 or float64, or object arrays of `flint.arb` for rigorous evaluation.
"""

import flint
import numpy as np

from rlhf_numeric.arithmetic.kinds import Array, Numbers, is_balls, is_wrapped

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


def checked_number(x: Numbers, name: str) -> Array:
    """Return a number, or an array of them, as `checked_array` does; a Python integer is a number, too."""
    if isinstance(x, int) and not isinstance(x, bool):
        try:
            x = float(x)
        except OverflowError:
            raise ValueError(
                f"{name}: expected a number in the range of float64, got one of {x.bit_length()} bits"
            ) from None
    return checked_array(x, name, axes=())


def checked_count(x: object, name: str, *, least: int) -> int:
    """Return an integer; raise ValueError unless it is one, and at least ``least``."""
    if isinstance(x, bool) or not isinstance(x, int | np.integer) or x < least:
        raise ValueError(f"{name}: expected an integer ≥ {least}, got {x!r}")
    return int(x)


def check_normal(array: Array, name: str) -> None:
    """Raise ValueError unless every float is a divisor with all its digits, by which no overflow comes back to size."""
    if is_balls(array):
        return
    limits = np.finfo(array.dtype)
    least, most = limits.smallest_normal, limits.max * limits.eps
    if not np.all((array >= least) & (array <= most)):
        wrong = array.min() if array.min() < least else array.max()
        raise ValueError(f"{name}: expected numbers from {least:.3g} to {most:.3g} for {array.dtype}, got {wrong}")


def check_range(result: Numbers) -> None:
    """Raise ValueError if a float result of a problem and a θ has overflowed."""
    if isinstance(result, np.ndarray | np.floating) and result.dtype.kind == "f" and not np.isfinite(result).all():
        most = f"{np.finfo(result.dtype).max:.2g}"
        raise ValueError(
            f"features, theta, kl_coef: expected ⟨θ, φ⟩/λ, ⟨θ*, φ⟩ and their products with φ below {most}, the range "
            f"of {result.dtype}, got an overflow; scale theta, theta_star and kl_coef by one c, or features by c and "
            "theta, theta_star by 1/c: the policy stays the same"
        )


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
    tolerance = float(np.sqrt(precision.eps))
    off = abs(np.atleast_1d(total) - 1)
    if not np.all(off <= tolerance):
        worst = np.atleast_1d(total).ravel()[0 if is_balls(array) else off.argmax()]
        raise ValueError(
            f"{name}: expected a sum of 1 along the last axis, up to {tolerance:.1g} for {array.dtype}, got {worst}; "
            "divide by the sum, in the type of the other arrays"
        )


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
    if is_masked(x):
        raise TypeError(f"{name}: expected a plain array, got a masked one; leave out what is masked, or fill it in")
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


def is_masked(x: object) -> bool:
    """Whether x is a masked array, or holds one: numpy would read what is below the mask."""
    if isinstance(x, list | tuple):
        return any(is_masked(part) for part in x if not isinstance(part, float))
    return isinstance(x, np.ma.MaskedArray)


def _finite(array: Array) -> bool:
    if array.dtype == object:
        return all(element.is_finite() for element in array.ravel())
    blocks = np.nditer(array, flags=["external_loop", "buffered"], buffersize=_BLOCK)  # no copy, no mask of its size
    return all(np.isfinite(block).all() for block in blocks)


def _extreme(array: Array) -> Numbers:
    return array.ravel()[0] if array.dtype == object else array.min()
