import random
from collections.abc import Callable
from functools import cache, reduce
from operator import mul

import mpmath
import pytest
import sympy as sp
from sympy.core.function import AppliedUndef

from rlhf_symbolic.engine.explicit import Shape, sizes, with_named_rewards, write_out
from rlhf_symbolic.engine.problem import a, abbreviations, b, definition_of, i, k, l, r, x

SIZES = Shape(3, 2, 2)
INDICES = {x: 1, i: 2, a: 1, b: 2, k: 1, l: 2, r: 1}
POLICY = {"p_1_1": sp.Rational(1, 2), "p_1_2": sp.Rational(1, 3), "p_1_3": sp.Rational(1, 6)}
DIGITS = 200  # a difference quotient of step h has an error of h², and loses the digits of h
STEP = mpmath.mpf("1e-50")

# Integers for indices and sizes; what is added to the number of a plain symbol.
Point = tuple[tuple[sp.Symbol, sp.Integer | mpmath.mpf], ...]


def value_at_a_random_point(expr: sp.Expr) -> mpmath.mpf:
    """Evaluate at rational numbers, for 3 actions, 2 coordinates, 2 prompts; Σ_a p = 1."""
    values = sizes(SIZES) | {index: sp.Integer(t) for index, t in INDICES.items()}
    with mpmath.workdps(DIGITS):
        return _value(expr, tuple(values.items()))


@cache
def _value(expr: sp.Expr, point: Point) -> mpmath.mpf:
    """Part by part: a mutant shares most parts with the others, and rules of sympy are not asked."""
    if isinstance(expr, sp.Add | sp.Sum):
        return mpmath.fsum(_parts(expr, point))
    if isinstance(expr, sp.Mul):
        return reduce(mul, _parts(expr, point))
    if isinstance(expr, sp.Pow):
        base, exponent = _parts(expr, point)
        return base**exponent
    if isinstance(expr, sp.exp | sp.log):
        return (mpmath.exp if isinstance(expr, sp.exp) else mpmath.log)(*_parts(expr, point))
    if isinstance(expr, sp.Indexed) and abbreviations(expr):
        return _value(definition_of(write_out(expr, _indices(point))), point)
    if isinstance(expr, sp.Derivative) and not expr.has(AppliedUndef):
        return _slope(expr, point)
    return _number(expr, point)


def _parts(expr: sp.Expr, point: Point) -> list[mpmath.mpf]:
    if not isinstance(expr, sp.Sum):
        return [_value(part, point) for part in expr.args]
    *inside, (index, lower, upper) = expr.limits
    body = sp.Sum(expr.function, *inside) if inside else expr.function
    indices = range(int(lower), int(upper.xreplace(_indices(point))) + 1)
    return [_value(body, _moved(point, index, sp.Integer(t))) for t in indices]


def _indices(point: Point) -> dict[sp.Symbol, sp.Integer]:
    return {symbol: value for symbol, value in point if isinstance(value, sp.Integer)}


def _moved(point: Point, symbol: sp.Symbol, value: sp.Integer | mpmath.mpf) -> Point:
    return tuple((dict(point) | {symbol: value}).items())


def _slope(expr: sp.Derivative, point: Point) -> mpmath.mpf:
    """Difference quotient in the last variable."""
    *others, last = expr.variables
    inside = sp.Derivative(expr.expr, *others) if others else expr.expr
    variable = write_out(last, _indices(point))
    here = dict(point).get(variable, mpmath.mpf(0))
    ahead, behind = (_value(inside, _moved(point, variable, here + step)) for step in (STEP, -STEP))
    return (ahead - behind) / (2 * STEP)


def _number(expr: sp.Expr, point: Point) -> mpmath.mpf:
    """Of a symbol; of an integral or a function after sympy's ``doit``."""
    plain = write_out(expr, _indices(point))
    while found := abbreviations(plain):
        plain = plain.xreplace({term: write_out(definition_of(term), sizes(SIZES)) for term in found})
    plain = with_named_rewards(plain.doit())
    numbers = {symbol: _at(symbol) + sp.Float(dict(point).get(symbol, 0), DIGITS) for symbol in plain.free_symbols}
    return mpmath.mpf(sp.Float(plain.subs(numbers), DIGITS)._mpf_)


def _at(symbol: sp.Symbol) -> sp.Rational:
    return POLICY.get(symbol.name) or sp.Rational(random.Random(symbol.name).randint(4, 40), 20)


@pytest.fixture
def same_value() -> Callable[[sp.Expr, sp.Expr], bool]:
    """Whether two expressions agree to 30 digits at a random rational point."""

    def compare(left: sp.Expr, right: sp.Expr) -> bool:
        s, t = value_at_a_random_point(left), value_at_a_random_point(right)
        return bool(abs(s - t) <= mpmath.mpf("1e-30") * (1 + abs(s)))

    return compare
