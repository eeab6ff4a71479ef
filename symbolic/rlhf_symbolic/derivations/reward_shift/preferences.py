"""The affinity √(σ(u)σ(v)) + √(σ(−u)σ(−v)) of the labels of two margins u and v, σ(y) = 1/(1 + exp(−y)).

With a = exp(u/4) and b = exp(v/4) the roots are a²b² and 1, over one root √((1 + a^4)(1 + b^4)): the square of the
affinity is (a²b² + 1)²/((1 + a^4)(1 + b^4)). That it is cosh²/(cosh² + sinh²), with 2cosh((u + v)/4) = ab + 1/(ab) and
2sinh((u − v)/4) = a/b − b/a, is checked with both denominators multiplied out.
"""

import sympy as sp

from rlhf_symbolic.engine.derivation import derive
from rlhf_symbolic.engine.rules import Algebra
from rlhf_symbolic.engine.statement import Statement

a, b = sp.symbols("a b", positive=True)
_COSH, _SINH = (a * b + 1 / (a * b)) / 2, (a / b - b / a) / 2
_ROOT = (a**2 * b**2 + 1) ** 2

AFFINITY = Statement(
    "preference-affinity",
    "(1 + a^4)(1 + b^4)·affinity(u,v)²·(cosh²((u + v)/4) + sinh²((u − v)/4)) = (1 + a^4)(1 + b^4)·cosh²((u + v)/4), "
    "a = exp(u/4), b = exp(v/4)",
    _ROOT * (_COSH**2 + _SINH**2),
    (1 + a**4) * (1 + b**4) * _COSH**2,
    assumptions=("a > 0", "b > 0"),
)

DERIVATIONS = (
    derive(
        AFFINITY,
        (
            "product of two cosh",
            _ROOT * ((a**2 + 1 / a**2) / 2) * ((b**2 + 1 / b**2) / 2),
            "cosh² s + sinh² t = cosh(s + t)cosh(s − t), at u/2 and v/2",
            Algebra(),
        ),
        (
            "common denominator",
            (1 + a**4) * (1 + b**4) * _ROOT / (4 * a**2 * b**2),
            "a² + 1/a² = (1 + a^4)/a²",
            Algebra(),
        ),
        ("cosh²", AFFINITY.closed_form, "(a²b² + 1)²/(4a²b²) = cosh²((u + v)/4)", Algebra()),
        shaped=False,
    ),
)
