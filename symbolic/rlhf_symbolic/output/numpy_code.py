"""Numpy functions made from closed forms, so that an implementation can be compared with what was derived."""

from collections.abc import Callable
from typing import Any

import numpy as np
import sympy as sp
from numpy.typing import ArrayLike, NDArray

from rlhf_symbolic.engine.explicit import Shape
from rlhf_symbolic.output.closed_form import closed_form

NumpyFunction = Callable[..., NDArray[np.float64]]


def numpy_function(id: str, shape: Shape) -> NumpyFunction:
    """Return a closed form as a function of numpy arrays.

    The code is sympy's ``lambdify`` of the derived closed form, common subexpressions shared, in float64.

    Parameters
    ----------
    id
        Slug of the derivation, e.g. ``grad-objective``.
    shape
        m actions, d coordinates, n prompts.

    Returns
    -------
    function
        Called with θ (d,), θ* (d,), φ (n, m, d), q (n, m), λ > 0 (a number), then what the statement has of f (n, m),
        p (n, m), h (d,), s (n, m) and its derivatives (n, m, d), B, M; returns an array of the shape of the free
        indices (prompt, action, coordinates).

    Raises
    ------
    KeyError, ValueError
        As `closed_form`. The function itself raises TypeError if it gets what is no real number, ValueError if it gets
        another number of entries or its result is not finite.

    Examples
    --------
    >>> gradient = numpy_function("grad-objective", Shape(m=2, d=1))
    >>> gradient([0.0], [2.0], [[[1.0], [-1.0]]], [[0.5, 0.5]], 1.0).tolist()
    [2.0]
    """
    form = closed_form(id, m=shape.m, d=shape.d, n=shape.n)
    compiled: Callable[..., Any] = sp.lambdify(form.symbols, list(form.expressions), modules="numpy", cse=True)

    def function(*arguments: ArrayLike) -> NDArray[np.float64]:
        point = [entry for argument in arguments for entry in _entries(argument)]
        if len(point) != len(form.symbols):
            raise ValueError(f"{id} at {shape}: expected {len(form.symbols)} entries in all, got {len(point)}")
        with np.errstate(all="ignore"):
            result = np.array(compiled(*point), dtype=np.float64).reshape(form.shape)
        if not np.isfinite(result).all():
            raise ValueError(f"{id} at {shape}: expected arguments whose result is finite, got an overflow or 1/0")
        return result

    return function


def _entries(argument: ArrayLike) -> list[float]:
    array = np.asarray(argument)
    if isinstance(argument, np.ma.MaskedArray) or array.dtype.kind not in "fiu":
        raise TypeError(
            f"arguments: expected unmasked arrays of real numbers, got {type(argument).__name__} {array.dtype}"
        )
    return [float(entry) for entry in array.ravel()]
