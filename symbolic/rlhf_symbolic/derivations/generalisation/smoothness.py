"""Smoothness of the objective: its curvature along a direction, the constant L = (B²/λ)(1 + M), the descent lemma.

With ‖φ‖ ≤ B, M = 2B‖θ* − θ‖/λ and Y = ⟨θ* − θ,φ − μ⟩/λ, three facts are inequalities and are not derived here: |Y| ≤ M,
Var⟨h,φ⟩ ≤ B²‖h‖², π ≥ 0. The two certificates write L‖h‖² ± ⟨h,∇²J h⟩ as sums of products that these facts make
nonnegative, so |⟨h,∇²J h⟩| ≤ L‖h‖² is read off. The Lean library proves the descent lemma itself
without integrals, with L in place of L/2 (``RLHF.Problem.le_objective_add``).
"""

from collections.abc import Callable

import sympy as sp

from rlhf_symbolic.derivations.generalisation.gradient import HESS_OBJECTIVE, gap, times
from rlhf_symbolic.derivations.generalisation.objective import objective
from rlhf_symbolic.derivations.generalisation.policy import deviation, mean, pi_x
from rlhf_symbolic.engine.derivation import derive
from rlhf_symbolic.engine.problem import B, M, d, h, k, l, lam, theta, x
from rlhf_symbolic.engine.rules import Algebra, Antiderivative, Lemma
from rlhf_symbolic.engine.statement import Statement

s, eta = sp.symbols("s eta", real=True)
L = sp.Symbol("L", positive=True)
F = sp.Function("F", real=True)


def _along(vector: Callable[[sp.Expr], sp.Expr], action: sp.Expr) -> sp.Expr:
    """⟨v,φ − μ⟩ at one action."""
    return times(lambda t: deviation(t)(action), vector)


def _square(action: sp.Expr) -> sp.Expr:
    return _along(lambda t: h[t], action) ** 2


def _centred(action: sp.Expr) -> sp.Expr:
    return _along(gap, action) / lam


_NORM = sp.Sum(h[k] ** 2, (k, 1, d))
_CURVATURE = sp.Sum(sp.Sum(h[k] * sp.Derivative(objective(theta, x), theta[k], theta[l]) * h[l], (l, 1, d)), (k, 1, d))
_CURVATURE_CLOSED = mean(pi_x, lambda t: _square(t) * (_centred(t) - 1)) / lam
_CONSTANT = B**2 / lam * (1 + M)
_SLACK = (1 + M) / lam * (B**2 * _NORM - mean(pi_x, _square))

CURVATURE = Statement(
    "curvature", "⟨h,∇²J h⟩ = E[⟨h,φ − μ⟩²(Y − 1)]/λ, Y = ⟨θ* − θ,φ − μ⟩/λ", _CURVATURE, _CURVATURE_CLOSED, (x,)
)
SMOOTH_BELOW = Statement(
    "smoothness-below",
    "L‖h‖² + ⟨h,∇²J h⟩ = (1 + M)(B²‖h‖² − Var⟨h,φ⟩)/λ + E[⟨h,φ − μ⟩²(M + Y)]/λ, L = (B²/λ)(1 + M)",
    _CONSTANT * _NORM + _CURVATURE,
    _SLACK + mean(pi_x, lambda t: _square(t) * (M + _centred(t))) / lam,
    (x,),
)
SMOOTH_ABOVE = Statement(
    "smoothness-above",
    "L‖h‖² − ⟨h,∇²J h⟩ = (1 + M)(B²‖h‖² − Var⟨h,φ⟩)/λ + E[⟨h,φ − μ⟩²(2 + M − Y)]/λ, L = (B²/λ)(1 + M)",
    _CONSTANT * _NORM - _CURVATURE,
    _SLACK + mean(pi_x, lambda t: _square(t) * (2 + M - _centred(t))) / lam,
    (x,),
)
_SLOPE = sp.Derivative(F(s), s)
TAYLOR = Statement(
    "taylor-remainder",
    "F(1) − F(0) − F'(0) = ∫(1 − s)F''(s)ds over [0,1], F(s) = J(θ + sh)",
    F(1) - F(0) - sp.Subs(_SLOPE, s, 0),
    sp.Integral((1 - s) * sp.Derivative(F(s), (s, 2)), (s, 0, 1)),
    assumptions=("F is twice continuously differentiable",),
)
DESCENT_CONSTANT = Statement(
    "descent-constant",
    "F'' ≥ −L gives the remainder −∫(1 − s)L ds = −L/2",
    -L / 2,
    sp.Integral(-(1 - s) * L, (s, 0, 1)),
    assumptions=(),
)
DESCENT_STEP = Statement(
    "descent-step",
    "η − (L/2)η² = 1/(2L) − (L/2)(η − 1/L)²: the best step is 1/L and gains ‖∇J‖²/(2L)",
    eta - L / 2 * eta**2,
    1 / (2 * L) - L / 2 * (eta - 1 / L) ** 2,
    assumptions=("L > 0",),
)

DERIVATIONS = (
    derive(
        CURVATURE,
        (
            "Hessian",
            sp.Sum(sp.Sum(h[k] * HESS_OBJECTIVE.closed_form * h[l], (l, 1, d)), (k, 1, d)),
            "∇²J = E[(φ − μ)(φ − μ)⟨θ* − θ,φ − μ⟩]/λ² − V/λ",
            Lemma(HESS_OBJECTIVE),
        ),
        ("square of the sum", _CURVATURE_CLOSED, "Σ_k Σ_l h_k(φ − μ)_k h_l(φ − μ)_l is a square", Algebra()),
    ),
    derive(
        SMOOTH_BELOW,
        ("curvature", _CONSTANT * _NORM + _CURVATURE_CLOSED, "⟨h,∇²J h⟩ = E[⟨h,φ − μ⟩²(Y − 1)]/λ", Lemma(CURVATURE)),
        ("split", SMOOTH_BELOW.closed_form, "Y − 1 = (M + Y) − (1 + M)", Algebra()),
    ),
    derive(
        SMOOTH_ABOVE,
        ("curvature", _CONSTANT * _NORM - _CURVATURE_CLOSED, "⟨h,∇²J h⟩ = E[⟨h,φ − μ⟩²(Y − 1)]/λ", Lemma(CURVATURE)),
        ("split", SMOOTH_ABOVE.closed_form, "1 − Y = (2 + M − Y) − (1 + M)", Algebra()),
    ),
    derive(
        TAYLOR,
        (
            "fundamental theorem",
            TAYLOR.closed_form,
            "the integrand is the derivative of (1 − s)F'(s) + F(s)",
            Antiderivative((1 - s) * _SLOPE + F(s)),
        ),
        shaped=False,
    ),
    derive(
        DESCENT_CONSTANT,
        (
            "fundamental theorem",
            DESCENT_CONSTANT.closed_form,
            "the integrand is the derivative of (s²/2 − s)L",
            Antiderivative((s**2 / 2 - s) * L),
        ),
        shaped=False,
    ),
    derive(
        DESCENT_STEP,
        ("complete the square", DESCENT_STEP.closed_form, "(η − 1/L)² = η² − 2η/L + 1/L²", Algebra()),
        shaped=False,
    ),
)
