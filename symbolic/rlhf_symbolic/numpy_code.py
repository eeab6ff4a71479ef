"""Numpy functions made from closed forms, so that an implementation can be compared with what was derived."""

from collections.abc import Callable
from typing import Any

import numpy as np
import sympy as sp
from numpy.typing import ArrayLike, NDArray

from rlhf_symbolic.closed_form import closed_form
from rlhf_symbolic.explicit import Shape

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
        p (n, m), h (d,), B, M; returns an array of the shape of the free indices (prompt, action, coordinates).

    Raises
    ------
    KeyError, ValueError
        As `closed_form`. The function itself raises ValueError if it gets another number of entries.

    Examples
    --------
    >>> gradient = numpy_function("grad-objective", Shape(m=2, d=1))
    >>> gradient([0.0], [2.0], [[[1.0], [-1.0]]], [[0.5, 0.5]], 1.0).tolist()
    [2.0]
    """
    form = closed_form(id, m=shape.m, d=shape.d, n=shape.n)
    compiled: Callable[..., Any] = sp.lambdify(form.symbols, list(form.expressions), modules="numpy", cse=True)

    def function(*arguments: ArrayLike) -> NDArray[np.float64]:
        point = [float(entry) for argument in arguments for entry in np.ravel(np.asarray(argument, dtype=np.float64))]
        if len(point) != len(form.symbols):
            raise ValueError(f"{id} at {shape}: expected {len(form.symbols)} entries in all, got {len(point)}")
        return np.array(compiled(*point), dtype=np.float64).reshape(form.shape)

    return function
