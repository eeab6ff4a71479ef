"""Second moments of gradient descent with noise on a quadratic, θ ← θ − η(Hθ − ξ).

What is checked exactly: in one direction, what a step does to the distance of the second moment from its fixed point,
and what the equation in continuous time makes of that; for matrices at d = 2, every entry of the equation of the step
against that of the Lyapunov equation, at once. Letters: e is the step η,
u a second moment, s the variance of the noise; in one direction r = 2 − ηh stands for the step, η = (2 − r)/h.
"""

import sympy as sp

from rlhf_symbolic.engine.derivation import derive
from rlhf_symbolic.engine.rules import Algebra
from rlhf_symbolic.engine.statement import Statement

e, s, u = sp.symbols("e s u", real=True)
h, r = sp.symbols("h r", positive=True)

STEP_SIZE = (2 - r) / h
FIXED_POINT = STEP_SIZE * s / (h * r)

AR1 = Statement(
    "ar1-stationary",
    "(1 − ηh)²u + η²s − σ² = (1 − ηh)²(u − σ²), σ² = ηs/(h(2 − ηh)), r = 2 − ηh",
    (r - 1) ** 2 * u + STEP_SIZE**2 * s - FIXED_POINT,
    (r - 1) ** 2 * (u - FIXED_POINT),
    assumptions=("h > 0", "r > 0"),
)
CONTINUOUS = Statement(
    "ou-vs-ar1",
    "ηs/(2h) = σ²(1 − ηh/2), σ² = ηs/(h(2 − ηh)), r = 2 − ηh",
    STEP_SIZE * s / (2 * h),
    sp.Mul(FIXED_POINT, r / 2, evaluate=False),
    assumptions=("h > 0", "r > 0"),
)


def _matrix(letter: str) -> sp.Matrix:
    """Return a 2 × 2 matrix of letters, row by row."""
    return sp.Matrix(2, 2, sp.symbols(f"{letter}1:5", real=True))


_H, _A, _S = map(_matrix, "hks")
_STEP = sp.eye(2) - e * _H
_LEFT, _RIGHT = sp.Matrix([sp.symbols("f g", real=True)]), sp.Matrix(sp.symbols("c d", real=True))


def _entries(matrix: sp.Matrix) -> sp.Expr:
    """All four entries, as the coefficients of fc, fd, gc and gd."""
    form: sp.Expr = (_LEFT * matrix * _RIGHT)[0, 0]
    return form


LYAPUNOV = Statement(
    "lyapunov-discrete",
    "A − (I − ηH)A(I − ηH) − η²S = η(HA + AH − η(S + HAH)) for 2 × 2 matrices, between (f, g) and (c, d), η = e",
    _entries(_A - _STEP * _A * _STEP - e**2 * _S),
    e * _entries(_H * _A + _A * _H - e * (_S + _H * _A * _H)),
    assumptions=(),
)

DERIVATIONS = tuple(
    derive(statement, (name, statement.closed_form, why, Algebra()), shaped=False)
    for statement, name, why in (
        (AR1, "distance from the fixed point", "common denominator h²r"),
        (CONTINUOUS, "cancel", "r cancels"),
        (LYAPUNOV, "expand", "products of matrices, entry by entry"),
    )
)
