"""Writing a general expression out for a fixed shape: no sums, no indices, no abbreviations left."""

from collections.abc import Mapping
from functools import cache
from itertools import product
from typing import NamedTuple

import sympy as sp
from sympy.core.function import AppliedUndef

from rlhf_symbolic.engine import problem


class Shape(NamedTuple):
    """Number of actions m, dimension d and number of prompts n."""

    m: int
    d: int
    n: int = 1


def symbol(base: str, *indices: int) -> sp.Symbol:
    """Return the plain symbol of one entry, such as ``phi_1_2_3`` for φ(x₁,a₂)₃; q and p are positive."""
    return sp.Symbol("_".join([base, *map(str, indices)]), real=True, positive=True if base in ("q", "p") else None)


def write_out(expr: sp.Expr, values: Mapping[sp.Symbol, sp.Integer]) -> sp.Expr:
    """Write out sums; derivatives stay unevaluated, and an abbreviation stays with integer indices.

    Parameters
    ----------
    values
        Integers for m, d, n and for every free index of the expression.
    """
    if isinstance(expr, sp.Indexed):
        return _entry(expr.base, tuple(values.get(index, index) for index in expr.indices))
    if isinstance(expr, sp.Sum):
        *inside, (index, lower, upper) = expr.limits
        body = sp.Sum(expr.function, *inside) if inside else expr.function
        indices = range(int(lower), int(upper.xreplace(values)) + 1)
        return sp.Add(*(write_out(body, {**values, index: sp.Integer(t)}) for t in indices))
    if isinstance(expr, sp.Derivative):
        return sp.Derivative(write_out(expr.expr, values), *(write_out(v, values) for v in expr.variables))
    if not expr.args:
        return values.get(expr, expr)
    return expr.func(*(write_out(argument, values) for argument in expr.args))


def named_reward(term: AppliedUndef | sp.Derivative) -> sp.Symbol:
    """Return the plain symbol ``s_1_2`` of s(x₁,a₂,θ_k), or ``ds_1_2_3`` of its derivative in θ_3."""
    if isinstance(term, sp.Derivative):
        (variable,) = term.variables
        return symbol("ds", *map(int, term.expr.args[:2]), int(variable.name.split("_")[-1]))
    return symbol("s", *map(int, term.args[:2]))


def with_named_rewards(expr: sp.Expr) -> sp.Expr:
    """Replace s and its first derivatives in an expression for a fixed shape by plain symbols."""
    slopes = {term: named_reward(term) for term in expr.atoms(sp.Derivative) if isinstance(term.expr, AppliedUndef)}
    expr = expr.xreplace(slopes)
    return expr.xreplace({term: named_reward(term) for term in expr.atoms(AppliedUndef)})


def sizes(shape: Shape) -> dict[sp.Symbol, sp.Integer]:
    """Return the values of the symbols m, d and n."""
    return dict(zip((problem.m, problem.d, problem.n), map(sp.Integer, shape), strict=True))


@cache
def _entry(base: sp.IndexedBase, indices: tuple[sp.Integer, ...]) -> sp.Expr:
    """Return the plain symbol of an independent entry; an abbreviation stays, with integer indices."""
    term = base[indices]
    return term if problem.abbreviations(term) else symbol(str(base), *map(int, indices))


def components(expr: sp.Expr, free: tuple[sp.Symbol, ...], shape: Shape) -> list[sp.Expr]:
    """Return the components of an expression with free indices, in row-major order of the indices."""
    ranges = [range(1, extent + 1) for extent in extents(free, shape)]
    return [
        write_out(expr, sizes(shape) | dict(zip(free, map(sp.Integer, choice), strict=True)))
        for choice in product(*ranges)
    ]


def extents(free: tuple[sp.Symbol, ...], shape: Shape) -> tuple[int, ...]:
    """Return the numbers of values of free indices, by `problem.RANGES`."""
    return tuple(int(problem.RANGES[index].xreplace(sizes(shape))) for index in free)
