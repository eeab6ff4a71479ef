import random
from collections.abc import Callable
from functools import cache

import pytest
import sympy as sp

from rlhf_symbolic.engine.explicit import Shape, sizes, with_named_rewards, write_out
from rlhf_symbolic.engine.problem import a, abbreviations, b, definition_of, i, k, l, r, x

SIZES = Shape(3, 2, 2)
INDICES = {x: 1, i: 2, a: 1, b: 2, k: 1, l: 2, r: 1}


@cache
def value_at_a_random_point(expr: sp.Expr) -> sp.Expr:
    """Evaluate to 40 digits at rational numbers, for 3 actions, 2 coordinates, 2 prompts; Σ_a p = 1."""
    plain = write_out(expr, sizes(SIZES) | {index: sp.Integer(t) for index, t in INDICES.items()})
    while found := abbreviations(plain):
        plain = plain.xreplace({term: write_out(definition_of(term), sizes(SIZES)) for term in found})
    plain = with_named_rewards(plain.doit())
    numbers = {s: sp.Rational(random.Random(s.name).randint(4, 40), 20) for s in plain.free_symbols}
    policy = {"p_1_1": sp.Rational(1, 2), "p_1_2": sp.Rational(1, 3), "p_1_3": sp.Rational(1, 6)}
    numbers |= {s: policy[s.name] for s in plain.free_symbols if s.name in policy}
    return plain.subs(numbers).evalf(40)


@pytest.fixture
def same_value() -> Callable[[sp.Expr, sp.Expr], bool]:
    """Whether two expressions agree to 30 digits at a random rational point."""

    def compare(left: sp.Expr, right: sp.Expr) -> bool:
        s, t = value_at_a_random_point(left), value_at_a_random_point(right)
        return bool(abs(s - t) <= sp.Float("1e-30", 40) * (1 + abs(s)))

    return compare
