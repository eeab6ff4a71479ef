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

Array: TypeAlias = npt.NDArray[Any]
Numbers: TypeAlias = Any  # a float array, a ball array, an Interval, a Dual or a Foreign
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
    """Whether x is an `Interval` or a `Dual`: made by this package, so its values need no validation."""
    return getattr(x, "__array_ufunc__", ...) is None


def exp(x: T) -> T:
    """Exponential of any number kind."""
    return _apply(x, "exp", np.exp)


def log(x: T) -> T:
    """Logarithm of any number kind."""
    return _apply(x, "log", np.log)


def psi(x: T) -> T:
    """ψ(x) = (exp x − 1 − x)/x², and 1/2 at 0, for x ≥ 0: the sharp second-order constant of exp."""
    return _apply(x, "psi", psi_of_balls if is_balls(x) else psi_of_floats)


def sqrt(x: T) -> T:
    """Square root of the non-negative part of a quantity that is non-negative on paper."""
    return _apply(x, "sqrt", _sqrt_ball if is_balls(x) else np.sqrt)


def absolute(x: T) -> T:
    """Absolute value."""
    return _apply(x, "absolute", _absolute_ball if is_balls(x) else np.abs)


def amax(x: Numbers, axis: int, *, keepdims: bool = False) -> Numbers:
    """Maximum along an axis; of balls, a ball that contains it; the derivative is that of the largest entry."""
    if isinstance(x, Interval) or _is_foreign(x):
        return x.amax(axis, keepdims)
    if _is_dual(x):
        value, largest = amax(x.value, axis, keepdims=True), x.value.argmax(axis, keepdims=True)
        both = type(x)(value, np.take_along_axis(x.tangent, largest, axis))
        return both if keepdims else both.sum(axis)
    larger: Any = _larger_ball if is_balls(x) else np.maximum
    return larger.reduce(x, axis=axis, keepdims=keepdims)


def amin(x: Numbers, axis: int) -> Numbers:
    """Minimum along an axis; of balls, a ball that contains it."""
    return -amax(-x, axis)


def at_least(x: Numbers, level: Numbers) -> Numbers:
    """Return the indicator of x ≥ level, 0 or 1; the enclosure [0, 1] where enclosures cannot tell."""
    x, level = (part.value if _is_dual(part) else part for part in (x, level))
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
    if isinstance(x, Interval):
        return x.mid.max(-1, keepdims=True)
    if _is_foreign(x):
        return x.amax(-1, keepdims=True)
    if is_balls(x):
        return amax(_midpoint(x), -1, keepdims=True)
    return shift(x.value) if _is_dual(x) else np.max(x, axis=-1, keepdims=True)


def argmax(x: Numbers) -> Array:
    """Index of the (nearly) largest entry along the last axis; any index is correct where it is used."""
    if _is_dual(x):
        return argmax(x.value)
    if _is_foreign(x):
        index: Array = x.argmax()
        return index
    x = _midpoint(x) if is_balls(x) else getattr(x, "mid", x)
    largest: Array = np.equal(x, np.max(x, axis=-1, keepdims=True)).astype(bool).argmax(-1)
    return largest


def pick(x: Numbers, index: Array, *, axis: int) -> Numbers:
    """Entries x[..., index, ...] along a negative axis (kept), one index for each position before it."""
    if _is_foreign(x):
        return x.pick(index, axis)
    if isinstance(x, Interval):
        return Interval(pick(x.mid, index, axis=axis), pick(x.rad, index, axis=axis))
    if _is_dual(x):
        return type(x)(pick(x.value, index, axis=axis), pick(x.tangent, index, axis=axis))
    index = index.reshape(index.shape + (1,) * -axis)
    ndim = max(x.ndim, index.ndim)
    x, index = (array.reshape((1,) * (ndim - array.ndim) + array.shape) for array in (x, index))
    return np.take_along_axis(x, index, axis)


def zeros_like(x: T) -> T:
    """Exact zeros of the kind and shape of x."""
    zeros: T = x * 0  # type: ignore[operator, assignment]
    return zeros


def log_where_positive(x: Numbers) -> Numbers:
    """Return log x, and 0 where x is exactly 0, so that x·log x follows the convention 0·log 0 = 0."""
    if isinstance(x, Interval):
        return log(Interval(np.where(is_zero(x) == 1, 1.0, x.mid), x.rad))
    if _is_dual(x):
        return log(x + is_zero(x)) * (1 - is_zero(x))
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
    if any(isinstance(part, Interval) for part in parts):
        enclosed = [interval(part) for part in parts]
        return Interval(_join([part.mid for part in enclosed]), _join([part.rad for part in enclosed]))
    if (kind := next((type(part) for part in parts if _is_dual(part)), None)) is not None:
        zeros = [part.tangent if _is_dual(part) else zeros_like(part) for part in parts]
        return kind(join(*(part.value if _is_dual(part) else part for part in parts)), join(*zeros))
    return _join(list(parts))


def concat(*parts: Numbers, axis: int = -1) -> Numbers:
    """Concatenate along an existing axis; the batch axes before it are equal."""
    if any(isinstance(part, Interval) for part in parts):
        enclosed = [interval(part) for part in parts]
        mids, radii = [part.mid for part in enclosed], [part.rad for part in enclosed]
        return Interval(np.concatenate(mids, axis), np.concatenate(radii, axis))
    if (kind := next((type(part) for part in parts if hasattr(part, "tangent")), None)) is not None:
        values = [getattr(part, "value", part) for part in parts]
        tangents = [part.tangent if hasattr(part, "tangent") else zeros_like(part) for part in parts]
        return kind(concat(*values, axis=axis), concat(*tangents, axis=axis))
    return np.concatenate(parts, axis)


def pairs(x: Numbers, *, axis: int) -> Numbers:
    """Merge the negative ``axis`` and the one after it into one axis, in lexicographic order."""
    outer, inner = np.divmod(np.arange(x.shape[axis] * x.shape[axis + 1]), x.shape[axis + 1])
    return x[(..., outer, inner, *(slice(None),) * (-axis - 2))]


def is_zero(x: Numbers) -> Array:
    """1.0 where x is exactly 0, else 0.0: what is added to a divisor that may be replaced there."""
    if _is_dual(x):
        return is_zero(x.value)
    zero = (x.mid == 0) & (x.rad == 0) if isinstance(x, Interval) else np.equal(x, 0).astype(bool)
    return np.where(zero, 1.0, 0.0)


def balls(x: Numbers) -> Array:
    """Exact balls of a float array, at the working precision of the caller."""
    x = np.asarray(x)
    out = np.empty(x.shape, dtype=object)
    out[...] = _ball(x)
    return out


def _is_dual(x: object) -> bool:
    return hasattr(x, "tangent")


def _is_foreign(x: object) -> bool:
    return hasattr(x, "namespace")  # `array_api.Foreign`


def _apply(x: T, name: str, ufunc: Callable[..., Any]) -> T:
    result: T = getattr(x, name)() if is_wrapped(x) else ufunc(x)
    return result


def _join(parts: list[Array]) -> Array:
    return np.stack(np.broadcast_arrays(*parts), axis=-1)
