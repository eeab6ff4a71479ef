"""The moment generating function L(p,s) = p·exp((1 − p)s) + (1 − p)exp(−ps) of a centred law on two points.

What is checked exactly: with a = exp s and b = exp(−ps), so that L(p,s) = b(1 − p + pa), L(p,2s) = b²(1 − p + pa²) and
cosh s = (a + 1/a)/2, L(p,s)²(1 + cosh s)/2 exceeds L(p,2s) by a square over 4a. From this the bound exp(hs²) for small
s is carried to all s, with h = 1/5 in every field; see ``RLHF.Probability.Hoeffding.TwoPoint``.
"""

import sympy as sp

from rlhf_symbolic.engine.derivation import derive
from rlhf_symbolic.engine.rules import Algebra
from rlhf_symbolic.engine.statement import Statement

p, b = sp.symbols("p b", real=True)
a = sp.Symbol("a", positive=True)

HALVING = Statement(
    "hoeffding-constant",
    "L(p,s)²(1 + cosh s)/2 − L(p,2s) = b²(a − 1)²(1 − p − pa)²/(4a) ≥ 0, a = exp s, b = exp(−ps)",
    (b * (1 - p + p * a)) ** 2 * (1 + (a + 1 / a) / 2) / 2 - b**2 * (1 - p + p * a**2),
    b**2 * (a - 1) ** 2 * (1 - p - p * a) ** 2 / (4 * a),
    assumptions=("a > 0",),
)

DERIVATIONS = (
    derive(
        HALVING,
        (
            "common denominator",
            b**2 * ((1 - p + p * a) ** 2 * (1 + a) ** 2 - 4 * a * (1 - p + p * a**2)) / (4 * a),
            "1 + cosh s = (1 + a)²/(2a)",
            Algebra(),
        ),
        (
            "factor",
            HALVING.closed_form,
            "field laws",
            Algebra(),
        ),
        shaped=False,
    ),
)
