"""Where the bounds with the logarithm kept are attained: the best split, and the first order of the log form.

What is checked exactly: every split 1 + t, 1 + 1/t exceeds (a + b)² by a square over t; and for the centred law
on the two points (1 − p)M and −pM, of weights p and 1 − p, the derivative in p of E exp Y − 1 − ψ(M)Var Y,
where ψ(M)Var Y = (exp M − 1 − M)p(1 − p). What is read off: the square is 0 at t = b/a; that derivative is
(exp M − 1) − M − (exp M − 1 − M) = 0 at p = 0, so both sides of the log form agree there to first order, and no factor
below 1 before C would do.
"""

import sympy as sp

from rlhf_symbolic.engine.derivation import derive
from rlhf_symbolic.engine.problem import M
from rlhf_symbolic.engine.rules import Algebra, Differentiate
from rlhf_symbolic.engine.statement import Statement

a, b, p = sp.symbols("a b p", real=True)
t = sp.Symbol("t", positive=True)

SPLIT = Statement(
    "coverage-split",
    "(1 + t)a² + (1 + 1/t)b² − (a + b)² = (ta − b)²/t ≥ 0, which is 0 at t = b/a",
    (1 + t) * a**2 + (1 + 1 / t) * b**2 - (a + b) ** 2,
    (t * a - b) ** 2 / t,
    assumptions=("t > 0",),
)

_MGF = p * sp.exp((1 - p) * M) + (1 - p) * sp.exp(-p * M)
_BOUND = 1 + (sp.exp(M) - 1 - M) * p * (1 - p)
LOG_FORM = Statement(
    "gap-log-form",
    "d/dp(E exp Y − 1 − ψ(M)Var Y) for Y = M − pM or −pM with weights p, 1 − p: it is 0 at p = 0",
    sp.Derivative(_MGF - _BOUND, p),
    (1 - p * M) * (sp.exp((1 - p) * M) - sp.exp(-p * M)) - M * sp.exp(-p * M) - (1 - 2 * p) * (sp.exp(M) - 1 - M),
    assumptions=(),
)

DERIVATIONS = (
    derive(
        SPLIT,
        (
            "expand",
            t * a**2 + b**2 / t - 2 * a * b,
            "a² and b² cancel",
            Algebra(),
        ),
        (
            "complete the square",
            SPLIT.closed_form,
            "field laws",
            Algebra(),
        ),
        shaped=False,
    ),
    derive(
        LOG_FORM,
        (
            "product rule",
            sp.exp((1 - p) * M) * (1 - p * M) - sp.exp(-p * M) * (1 + (1 - p) * M) - (1 - 2 * p) * (sp.exp(M) - 1 - M),
            "product rule, chain rule",
            Differentiate(),
        ),
        (
            "common factor",
            LOG_FORM.closed_form,
            "1 + (1 − p)M = (1 − pM) + M",
            Algebra(),
        ),
        shaped=False,
    ),
)
