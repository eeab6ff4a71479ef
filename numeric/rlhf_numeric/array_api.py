"""The same formulas on arrays of other libraries (PyTorch, on a GPU as well, CuPy, JAX), by the array API standard.

A `Foreign` wraps an array and gives it the few methods that the package uses, as `Interval` does for enclosures; so
`policy`, `objective`, `gradient`, `kl_to_optimum`, `feature_bound` and `ascent.gradient_step` run on it as they are, by
the plain formulas. Needs ``pip install 'rlhf-lemmas[arrays]'``.

Examples
--------
>>> import numpy as np
>>> from rlhf_numeric import gradient
>>> q, theta_star = np.array([[0.5, 0.5]]), np.array([2.0])
>>> problem = foreign_problem(np.array([[[1.0], [-1.0]]]), q, theta_star, kl_coef=np.array(1.0))
>>> gradient(problem, Foreign(np.array([0.0]))).array.tolist()
[2.0]
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np

from rlhf_numeric.arithmetic.wrapped import Wrapped
from rlhf_numeric.evaluation.fields import Field, Kind
from rlhf_numeric.evaluation.instance import PROBLEM_FIELDS
from rlhf_numeric.model.problem import Problem
from rlhf_numeric.model.validation import is_masked

Standard: TypeAlias = Any  # an array of any library that follows the standard


@dataclass(frozen=True, eq=False)
class Foreign(Wrapped):
    """An array of any library that follows the array API standard; ``array`` is what it wraps."""

    array: Standard

    @cached_property
    def namespace(self) -> Any:  # noqa: ANN401  (a module)
        """The functions of the array's library, by the names of the standard."""
        from array_api_compat import array_namespace

        return array_namespace(self.array)

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape, as a tuple."""
        return tuple(self.array.shape)

    def __getitem__(self, index: Any) -> "Foreign":  # noqa: ANN401  (whatever the standard allows)
        return Foreign(self.array[index])

    def __neg__(self) -> "Foreign":
        return Foreign(-self.array)

    def __add__(self, other: "Foreign | float") -> "Foreign":
        return Foreign(self.array + _bare(other))

    def __sub__(self, other: "Foreign | float") -> "Foreign":
        return Foreign(self.array - _bare(other))

    def __mul__(self, other: "Foreign | float") -> "Foreign":
        return Foreign(self.array * _bare(other))

    def __truediv__(self, other: "Foreign | float") -> "Foreign":
        return Foreign(self.array / _bare(other))

    __radd__, __rmul__ = __add__, __mul__

    def sum(self, axis: int | tuple[int, ...], keepdims: bool = False) -> "Foreign":
        """Sum along axes."""
        return Foreign(self.namespace.sum(self.array, axis=axis, keepdims=keepdims))

    def amax(self, axis: int, keepdims: bool = False) -> "Foreign":
        """Return the largest along an axis."""
        return Foreign(self.namespace.max(self.array, axis=axis, keepdims=keepdims))

    def shift(self) -> "Foreign":
        """Return the largest along the last axis, which is kept."""
        return self.amax(-1, keepdims=True)

    def argmax(self) -> Standard:
        """Return the index of the largest along the last axis, bare."""
        return self.namespace.argmax(self.array, axis=-1)

    def pick(self, index: Standard, axis: int) -> "Foreign":
        """Entries at a bare index along a negative axis, which is kept."""
        xp, shape = self.namespace, list(self.shape)
        shape[axis] = 1
        wide = xp.broadcast_to(xp.reshape(index, (*index.shape, *[1] * -axis)), tuple(shape))
        return Foreign(xp.take_along_axis(self.array, wide, axis=axis))

    def exp(self) -> "Foreign":
        """Exponential."""
        return Foreign(self.namespace.exp(self.array))

    def log(self) -> "Foreign":
        """Logarithm."""
        return Foreign(self.namespace.log(self.array))

    def sqrt(self) -> "Foreign":
        """Square root of the non-negative part."""
        return Foreign(self.namespace.sqrt(self.array))


def foreign_problem(features: Standard, ref_probs: Standard, theta_star: Standard, *, kl_coef: Standard) -> Problem:
    """Return a problem of arrays of one library, one float type and one device; see `Problem` for their shapes.

    Raises
    ------
    TypeError
        If an array is not one of real floats.
    ValueError
        If the shapes of one problem do not fit, a number is not finite, or q or λ is not positive.

    Examples
    --------
    >>> import numpy as np
    >>> foreign_problem(np.ones((2, 3, 4)), np.full((2, 3), 1 / 3), np.ones(4), kl_coef=np.array(1.0)).dim
    4
    """
    arrays = {"features": features, "ref_probs": ref_probs, "theta_star": theta_star, "kl_coef": kl_coef}
    wrapped = {name: _checked(array, name) for name, array in arrays.items()}
    sizes: dict[str, int] = {}
    for field in PROBLEM_FIELDS:
        _check_field(field, wrapped[field.name], sizes)
        sizes |= field.sizes(wrapped[field.name])
    return Problem.trusted(**wrapped)


def _check_field(field: Field, x: Foreign, sizes: Mapping[str, int]) -> None:
    if field.kind is not Kind.REAL and not bool(x.namespace.all(x.array > 0)):
        raise ValueError(f"{field.name}: expected numbers > 0")
    expected = [sizes.get(axis, axis) for axis in field.axes]
    core = x.shape[x.ndim - len(expected) :]
    if x.ndim < len(expected) or any(sizes.get(axis, n) != n for axis, n in zip(field.axes, core, strict=True)):
        raise ValueError(f"{field.name}: expected shape (..., {', '.join(map(str, expected))}), got {x.shape}")


def _checked(array: Standard, name: str) -> Foreign:
    """Return the array wrapped, if it is one of real, finite floats."""
    wrapped, found = Foreign(array), type(array).__name__
    try:
        found = str(array.dtype)
        xp = wrapped.namespace
        real = (
            not is_masked(array) and not isinstance(array, np.matrix) and bool(xp.isdtype(array.dtype, "real floating"))
        )
    except (TypeError, AttributeError):
        real = False
    if not real:
        raise TypeError(
            f"{name}: expected an array of floats, unmasked and no matrix, of a library with the array API, got {found}"
        )
    if 0 in wrapped.shape:
        raise ValueError(f"{name}: expected no empty axis, got shape {wrapped.shape}")
    if not bool(xp.all(xp.isfinite(array))):
        raise ValueError(f"{name}: expected finite numbers, got NaN or infinity")
    return wrapped


def _bare(x: "Foreign | float") -> Standard:
    return x.array if isinstance(x, Foreign) else x
