"""The few functions in which number kinds differ.

One function of the package serves five kinds of array: floats, object arrays of `flint.arb` (rigorous balls),
`Interval` (vectorised float64 intervals), `Dual` (forward-mode derivatives) and `Foreign` (other libraries' arrays).
Plain operators, ``.sum(axis)`` and indexing work on all of them; everything else goes through here.
"""

from collections.abc import Callable
from typing import Any, TypeAlias, TypeVar

import flint
import numpy as np
import numpy.typing as npt

from rlhf_numeric.arithmetic.interval import Interval, interval
from rlhf_numeric.arithmetic.psi import psi_of_balls, psi_of_floats
from rlhf_numeric.arithmetic.wrapped import Wrapped, picked, stacked

Array: TypeAlias = npt.NDArray[Any]
Numbers: TypeAlias = Any  # a float array, a ball array, an Interval, a Dual or a Foreign
Unary: TypeAlias = Callable[[Any], Any]
T = TypeVar("T")

_absolute_ball = np.frompyfunc(abs, 1, 1)
_larger_ball = np.frompyfunc(flint.arb.max, 2, 1)
_sqrt_ball = np.frompyfunc(lambda x: x.nonnegative_part().sqrt(), 1, 1)
_indicator_ball = np.frompyfunc(
    lambda x, y: flint.arb(1) if x >= y else flint.arb(0) if x < y else flint.arb(0.5, 0.5), 2, 1
)
_midpoint = np.frompyfunc(lambda x: x.mid(), 1, 1)
_ball = np.frompyfunc(lambda x: flint.arb(float(x)), 1, 1)


def is_balls(x: object) -> bool:
    """Whether x is an object array of balls (or one ball)."""
    return isinstance(x, flint.arb) or (isinstance(x, np.ndarray) and x.dtype == object)


def is_wrapped(x: object) -> bool:
    """Whether x is an `Interval`, a `Dual` or a `Foreign`: made by this package, so its values need no validation."""
    return isinstance(x, Wrapped)


def plain(x: Numbers) -> Numbers:
    """Return x without a derivative."""
    return x.plain if isinstance(x, Wrapped) else x


def exp(x: T) -> T:
    """Exponential of any number kind."""
    plainly: Unary = np.exp
    result: T = x.exp() if isinstance(x, Wrapped) else plainly(x)
    return result


def log(x: T) -> T:
    """Logarithm of any number kind."""
    plainly: Unary = np.log
    result: T = x.log() if isinstance(x, Wrapped) else plainly(x)
    return result


def psi(x: T) -> T:
    """ψ(x) = (exp x − 1 − x)/x², and 1/2 at 0, for x ≥ 0: the sharp second-order constant of exp."""
    plainly: Unary = psi_of_balls if is_balls(x) else psi_of_floats
    result: T = x.psi() if isinstance(x, Wrapped) else plainly(x)
    return result


def sqrt(x: T) -> T:
    """Square root of the non-negative part of a quantity that is non-negative on paper."""
    plainly: Unary = _sqrt_ball if is_balls(x) else np.sqrt
    result: T = x.sqrt() if isinstance(x, Wrapped) else plainly(x)
    return result


def absolute(x: T) -> T:
    """Absolute value."""
    plainly: Unary = _absolute_ball if is_balls(x) else np.abs
    result: T = x.absolute() if isinstance(x, Wrapped) else plainly(x)
    return result


def amax(x: Numbers, axis: int, *, keepdims: bool = False) -> Numbers:
    """Maximum along an axis; of balls, a ball that contains it; the derivative is that of the largest entry."""
    if isinstance(x, Wrapped):
        return x.amax(axis, keepdims)
    larger: Any = _larger_ball if is_balls(x) else np.maximum
    return larger.reduce(x, axis=axis, keepdims=keepdims)


def amin(x: Numbers, axis: int) -> Numbers:
    """Minimum along an axis; of balls, a ball that contains it."""
    return -amax(-x, axis)


def at_least(x: Numbers, level: Numbers) -> Numbers:
    """Return the indicator of x ≥ level, 0 or 1; the enclosure [0, 1] where enclosures cannot tell."""
    x, level = plain(x), plain(level)
    if isinstance(x, Interval) or isinstance(level, Interval):
        gap = interval(x - level)
        known = np.abs(gap.mid) > gap.rad
        exact = known | ((gap.mid == 0) & (gap.rad == 0))
        return Interval(np.where(exact, gap.mid >= 0, 0.5), np.where(exact, 0.0, 0.5))
    return _indicator_ball(x, level) if is_balls(x) else np.where(x >= level, 1.0, 0.0)


def norm(x: Numbers) -> Numbers:
    """Euclidean norm ‖x‖ along the last axis; of floats also where x² overflows or underflows."""
    if not (isinstance(x, np.ndarray) and x.dtype.kind == "f"):
        return sqrt((x * x).sum(-1))
    with np.errstate(over="ignore"):
        size = np.asarray(np.sqrt((x * x).sum(-1)))
    extreme = ~has_safe_square(size)
    if extreme.any():
        with np.errstate(over="ignore"):
            size[extreme] = np.hypot.reduce(x[extreme], axis=-1, initial=0)
    return size[()]


def has_safe_square(size: Array) -> Array:
    """Whether no digits were lost to underflow or overflow in the sum of squares whose roots are given."""
    limits = np.finfo(size.dtype)
    safe: Array = (size > np.sqrt(limits.tiny / limits.eps)) & (size < np.inf)
    return safe


def shift(x: Numbers) -> Numbers:
    """Constant near max x along the last axis (kept): the shift of log-sum-exp, where any number is correct."""
    if isinstance(x, Wrapped):
        return x.shift()
    return amax(_midpoint(x), -1, keepdims=True) if is_balls(x) else np.max(x, axis=-1, keepdims=True)


def argmax(x: Numbers) -> Array:
    """Index of the (nearly) largest entry along the last axis; any index is correct where it is used."""
    if isinstance(x, Wrapped):
        index: Array = x.argmax()
        return index
    x = _midpoint(x) if is_balls(x) else x
    largest: Array = np.equal(x, np.max(x, axis=-1, keepdims=True)).astype(bool).argmax(-1)
    return largest


def pick(x: Numbers, index: Array, *, axis: int) -> Numbers:
    """Entries x[..., index, ...] along a negative axis (kept), one index for each position before it."""
    return x.pick(index, axis) if isinstance(x, Wrapped) else picked(x, index, axis)


def zeros_like(x: T) -> T:
    """Exact zeros of the kind and shape of x."""
    zeros: T = x * 0  # type: ignore[operator, assignment]
    return zeros


def log_where_positive(x: Numbers) -> Numbers:
    """Return log x, and 0 where x is exactly 0, so that x·log x follows the convention 0·log 0 = 0."""
    if isinstance(x, Wrapped):
        return x.log_where_positive()
    return log(np.where(np.equal(x, 0).astype(bool), x * 0 + 1, x))


def log_sum_exp(x: Numbers) -> Numbers:
    """Return log Σ exp x along the last axis, without overflow."""
    largest = shift(x)
    return largest[..., 0] + log(exp(x - largest).sum(-1))


def log_softmax(x: Numbers) -> Numbers:
    """Return x − log Σ exp x along the last axis; its exponentials sum to 1 whatever the size of x."""
    shifted = x - shift(x)
    return shifted - log(exp(shifted).sum(-1))[..., None]


def join(*parts: Numbers) -> Numbers:
    """Stack on a new last axis the sides of several comparisons that form one claim."""
    kind = _kind(parts)
    return stacked(list(parts)) if kind is None else kind.joined(parts)


def concat(*parts: Numbers, axis: int = -1) -> Numbers:
    """Concatenate along an existing axis; the batch axes before it are equal."""
    kind = _kind(parts)
    return np.concatenate(parts, axis) if kind is None else kind.concatenated(parts, axis)


def pairs(x: Numbers, *, axis: int) -> Numbers:
    """Merge the negative ``axis`` and the one after it into one axis, in lexicographic order."""
    outer, inner = np.divmod(np.arange(x.shape[axis] * x.shape[axis + 1]), x.shape[axis + 1])
    return x[(..., outer, inner, *(slice(None),) * (-axis - 2))]


def is_zero(x: Numbers) -> Array:
    """1.0 where x is exactly 0, else 0.0: what is added to a divisor that may be replaced there."""
    if isinstance(x, Wrapped):
        zeros: Array = x.is_zero()
        return zeros
    return np.where(np.equal(x, 0).astype(bool), 1.0, 0.0)


def balls(x: Numbers) -> Array:
    """Exact balls of a float array, at the working precision of the caller."""
    x = np.asarray(x)
    out = np.empty(x.shape, dtype=object)
    out[...] = _ball(x)
    return out


def _kind(parts: tuple[Numbers, ...]) -> type[Wrapped] | None:
    """Return the kind of the first of the parts that is wrapped."""
    return next((type(part) for part in parts if isinstance(part, Wrapped)), None)
