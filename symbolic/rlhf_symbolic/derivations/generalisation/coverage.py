"""The expected weight of the prompts that a sample misses, for three prompts and two draws.

What is checked exactly: the expectation over all nine samples, with the weights s, t and 1 − s − t, is the sum of
D(1 − D)² over the prompts, and stays below 4/9 = 3·(2/3)²/3 by (1/3 − D)²(4/3 − D) for each of them: the bound is the
value at D = 1/3, and the difference is a square times what is positive for D ≤ 1. For all sizes the same bound is
``RLHF.coverage_rate``.
"""

from itertools import product

import sympy as sp

from rlhf_symbolic.engine.derivation import derive
from rlhf_symbolic.engine.rules import Algebra
from rlhf_symbolic.engine.statement import Statement

s, t = sp.symbols("s t", real=True)
_WEIGHTS = (s, t, 1 - s - t)
_SAMPLES = tuple(product(range(3), repeat=2))
_THIRD = sp.Rational(1, 3)


def _missing(sample: tuple[int, ...]) -> sp.Expr:
    """Weight of the prompts that the sample misses."""
    return sp.Add(*(weight for place, weight in enumerate(_WEIGHTS) if place not in sample))


MISSING = Statement(
    "coverage-rate",
    "4/9 − E = Σ (1/3 − D)²(4/3 − D) ≥ 0 for N = 3, n = 2: E the expected weight of the prompts that a sample misses",
    3 * _THIRD * (1 - _THIRD) ** 2 - sp.Add(*(_WEIGHTS[i] * _WEIGHTS[j] * _missing((i, j)) for i, j in _SAMPLES)),
    sp.Add(*((_THIRD - weight) ** 2 * (4 * _THIRD - weight) for weight in _WEIGHTS)),
)

DERIVATIONS = (
    derive(
        MISSING,
        (
            "one prompt at a time",
            3 * _THIRD * (1 - _THIRD) ** 2 - sp.Add(*(weight * (1 - weight) ** 2 for weight in _WEIGHTS)),
            "a sample misses x if both draws do",
            Algebra(),
        ),
        ("tangent at 1/3", MISSING.closed_form, "4/27 − D(1 − D)² vanishes twice at D = 1/3", Algebra()),
        shaped=False,
    ),
)
