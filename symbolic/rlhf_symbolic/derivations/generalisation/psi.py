"""The second-order constant ψ(M) = (exp M − 1 − M)/M² of the exponential.

What is checked exactly: ψ is an integral of exponentials, ψ(M) = ∫₀¹ (1 − s)·exp(sM) ds, and so is its derivative,
ψ'(M) = ∫₀¹ s(1 − s)·exp(sM) ds. What is read off and not machine-checked: the second integrand is positive on (0,1),
so that ψ increases; the first integral is the continuous extension of ψ to M = 0, where it is 1/2, and ψ(M) − 1/2 is
the integral of (M/2)(1 − s)²exp(sM), which tends to 0 with M. ψ(M) is sharp: at y = M the bound is an equality.
"""

import sympy as sp

from rlhf_symbolic.engine.derivation import derive
from rlhf_symbolic.engine.problem import M
from rlhf_symbolic.engine.rules import Algebra, Antiderivative, Differentiate
from rlhf_symbolic.engine.statement import Statement

s = sp.Symbol("s", real=True)


def psi(bound: sp.Expr) -> sp.Expr:
    """ψ(M) = (exp M − 1 − M)/M² for M ≠ 0, the least C with exp y ≤ 1 + y + C·y² on [−M, M]."""
    return (sp.exp(bound) - 1 - bound) / bound**2


_ASSUMED = ("M ≠ 0",)
_FIRST = sp.Integral((1 - s) * sp.exp(s * M), (s, 0, 1))
_SECOND = sp.Integral(s * (1 - s) * sp.exp(s * M), (s, 0, 1))

PSI = Statement("psi", "ψ(M) = ∫(1 − s)exp(sM)ds over [0,1]", psi(M), _FIRST, assumptions=_ASSUMED)
PSI_DERIVATIVE = Statement(
    "psi-derivative",
    "ψ'(M) = ∫s(1 − s)exp(sM)ds over [0,1]",
    sp.Derivative(psi(M), M),
    _SECOND,
    assumptions=_ASSUMED,
)
PSI_AT_ZERO = Statement(
    "psi-at-zero",
    "∫(1 − s)exp(s·0)ds = 1/2, the value of ψ at 0",
    sp.Rational(1, 2),
    sp.Integral(1 - s, (s, 0, 1)),
    assumptions=(),
)
PSI_LIMIT = Statement(
    "psi-limit",
    "ψ(M) − 1/2 = ∫(M/2)(1 − s)²exp(sM)ds over [0,1], at most (M/6)exp(M): ψ tends to 1/2",
    psi(M) - sp.Rational(1, 2),
    sp.Integral(M / 2 * (1 - s) ** 2 * sp.exp(s * M), (s, 0, 1)),
    assumptions=_ASSUMED,
)
PSI_SHARP = Statement(
    "psi-sharp",
    "1 + M + ψ(M)M² = exp M: the bound is attained at y = M",
    1 + M + sp.Mul(psi(M), M**2, evaluate=False),
    sp.exp(M),
    assumptions=_ASSUMED,
)

DERIVATIONS = (
    derive(
        PSI,
        (
            "split",
            sp.exp(M) / M**2 - (1 / M + 1 / M**2),
            "field laws",
            Algebra(),
        ),
        (
            "fundamental theorem",
            _FIRST,
            "the integrand is the derivative of ((1 − s)/M + 1/M²)exp(sM)",
            Antiderivative(((1 - s) / M + 1 / M**2) * sp.exp(s * M)),
        ),
        shaped=False,
    ),
    derive(
        PSI_DERIVATIVE,
        (
            "quotient rule",
            ((M - 2) * sp.exp(M) + M + 2) / M**3,
            "quotient rule",
            Differentiate(),
        ),
        (
            "fundamental theorem",
            _SECOND,
            "the integrand is the derivative of (s(1 − s)/M − (1 − 2s)/M² − 2/M³)exp(sM)",
            Antiderivative((s * (1 - s) / M - (1 - 2 * s) / M**2 - 2 / M**3) * sp.exp(s * M)),
        ),
        shaped=False,
    ),
    derive(
        PSI_AT_ZERO,
        (
            "fundamental theorem",
            sp.Integral(1 - s, (s, 0, 1)),
            "the integrand is the derivative of s − s²/2",
            Antiderivative(s - s**2 / 2),
        ),
        shaped=False,
    ),
    derive(
        PSI_LIMIT,
        (
            "fundamental theorem",
            PSI_LIMIT.closed_form,
            "the integrand is the derivative of ((1 − s)²/2 + (1 − s)/M + 1/M²)exp(sM)",
            Antiderivative(((1 - s) ** 2 / 2 + (1 - s) / M + 1 / M**2) * sp.exp(s * M)),
        ),
        shaped=False,
    ),
    derive(PSI_SHARP, ("cancel", sp.exp(M), "M² cancels", Algebra()), shaped=False),
)
