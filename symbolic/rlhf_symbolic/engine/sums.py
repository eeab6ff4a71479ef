"""Normal form of expressions with indexed sums of symbolic length: the exact check of the general level.

A normal form is a Laurent polynomial with rational coefficients in *atoms*: symbols, indexed symbols, ``exp`` of one
monomial, ``log`` of one positive atom, and sums Σ whose body is a product of atoms that the bound indices connect.
The rewriting is deterministic and uses only

- the field laws, and linearity: Σ distributes over +, and factors free of the index leave the sum;
- Σ_a Σ_b = Σ_b Σ_a, and the name of a bound index is immaterial;
- Σ_j δ_jk t_j = t_k where the free index k has the range of j (see `problem.RANGES`);
- exp(s + t) = exp s · exp t;  log(s·t) = log s + log t for s, t > 0;  log exp t = t;
- s/s = 1 only where s > 0 by its form: no other expression may be divided by, even if it is a constant.

Two expressions with the same normal form are equal wherever both are defined. The converse is not claimed: what the
rules do not reduce stays, and the step that needed it is rejected.
"""

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from functools import lru_cache
from itertools import count, islice, permutations, product

import sympy as sp
from sympy.core.function import AppliedUndef

from rlhf_symbolic.engine.problem import RANGES, unfold
from rlhf_symbolic.engine.problem import n as prompt_count

Monomial = frozenset[tuple[sp.Expr, int]]
Polynomial = dict[Monomial, Fraction]

ONE: Monomial = frozenset()


class UnsupportedExpressionError(ValueError):
    """An expression outside the exact fragment (a float, a root, an unknown function)."""


@lru_cache(maxsize=100_000)
def normal(expr: sp.Expr) -> Polynomial:
    """Return the normal form of an expression without abbreviations.

    Returns
    -------
    dict
        Monomial → coefficient; the empty dict is zero. Remembered, hence not to be changed.

    Raises
    ------
    UnsupportedExpressionError
        For anything outside the fragment above; floats in particular.
    """
    for kinds, rule in _RULES:
        if isinstance(expr, kinds):
            return rule(expr)
    raise UnsupportedExpressionError(f"no exact rule for {type(expr).__name__}: {expr}")


def rebuild(polynomial: Mapping[Monomial, Fraction]) -> sp.Expr:
    """Return the expression of a normal form."""
    return sp.Add(*(sp.Rational(c.numerator, c.denominator) * _product(mono) for mono, c in polynomial.items()))


def difference(left: sp.Expr, right: sp.Expr) -> sp.Expr:
    """Return the normal form of left − right, as an expression; literally 0 exactly when the two normal forms agree."""
    return rebuild(_plus(normal(left), normal(right), scale=-1))


@lru_cache(maxsize=1_000)
def check_denominators(expr: sp.Expr) -> None:
    """Require that all that an expression divides by, as it is written, is positive by its form.

    To be asked of an expression before anything is put into it: sympy cancels s/s, whatever s is, when it rebuilds.

    Raises
    ------
    UnsupportedExpressionError
        If a denominator may be 0, or an exponent is no integer.
    """
    for power in expr.atoms(sp.Pow):
        if not (isinstance(power.exp, sp.Integer) and power.exp > 0):
            _pow(sp.Pow(unfold(power.base), power.exp, evaluate=False))


def is_positive(expr: sp.Expr) -> bool:
    """Whether positivity follows from the form and the stated assumptions (q, p, λ > 0), without numerical evaluation.

    Positive are: positive symbols and rationals, exp, integer powers, products and sums of those, and Σ of them over
    1, …, N with N ≥ 1. Of all else, such as log 6 − log 2 − log 3, nothing is said: False.
    """
    if isinstance(expr, sp.Sum):
        return is_positive(expr.function) and all(_is_range(lower, upper) for _, lower, upper in expr.limits)
    if isinstance(expr, sp.Pow):
        return is_positive(expr.base) and isinstance(expr.exp, sp.Integer)
    if isinstance(expr, sp.Mul | sp.Add):
        return all(is_positive(part) for part in expr.args)
    known = isinstance(expr, sp.Symbol | sp.Indexed | sp.Rational) and bool(expr.is_positive)
    return known or isinstance(expr, sp.exp)


def _is_range(lower: sp.Expr, upper: sp.Expr) -> bool:
    """Whether 1, …, upper is a range that is not empty."""
    return bool(lower == 1 and isinstance(upper, sp.Symbol | sp.Integer) and upper.is_integer and upper.is_positive)


def _plus(left: Polynomial, right: Polynomial, *, scale: int = 1) -> Polynomial:
    total = dict(left)
    for mono, coefficient in right.items():
        value = total.get(mono, Fraction(0)) + scale * coefficient
        total.pop(mono, None)
        if value:
            total[mono] = value
    return total


def _times(left: Polynomial, right: Polynomial) -> Polynomial:
    total: dict[Monomial, Fraction] = {}
    for (s, cs), (t, ct) in product(left.items(), right.items()):
        mono = _join(s, t)
        total[mono] = total.get(mono, Fraction(0)) + cs * ct
    return {mono: value for mono, value in total.items() if value}


def _join(left: Monomial, right: Monomial) -> Monomial:
    exponents = dict(left)
    for atom, e in right:
        exponents[atom] = exponents.get(atom, 0) + e
    return frozenset((atom, e) for atom, e in exponents.items() if e)


def _product(mono: Monomial) -> sp.Expr:
    return sp.Mul(*(atom**e for atom, e in mono))


def _atom(expr: sp.Expr, exponent: int = 1) -> Polynomial:
    return {frozenset({(expr, exponent)}): Fraction(1)}


def _rational(expr: sp.Rational) -> Polynomial:
    return {ONE: Fraction(int(expr.p), int(expr.q))} if expr else {}


def _add(expr: sp.Add) -> Polynomial:
    total: Polynomial = {}
    for term in expr.args:
        total = _plus(total, normal(term))
    return total


def _mul(expr: sp.Mul) -> Polynomial:
    total: Polynomial = {ONE: Fraction(1)}
    for factor in expr.args:
        total = _times(total, normal(factor))
    return total


def _pow(expr: sp.Pow) -> Polynomial:
    if not isinstance(expr.exp, sp.Integer):
        raise UnsupportedExpressionError(f"only integer powers are exact here: {expr}")
    return _power(normal(expr.base), int(expr.exp))


def _power(base: Polynomial, exponent: int) -> Polynomial:
    if exponent < 0:
        return _power(_inverse(base), -exponent)
    total: Polynomial = {ONE: Fraction(1)}
    for _ in range(exponent):
        total = _times(total, base)
    return total


def _inverse(base: Polynomial) -> Polynomial:
    """Inverse of one monomial; a longer base becomes an opaque atom to the power −1. Both must be positive."""
    if not base:
        raise UnsupportedExpressionError("division by an expression that is identically 0")
    if not all(is_positive(atom) for mono in base for atom, _ in mono) or (len(base) > 1 and min(base.values()) < 0):
        raise UnsupportedExpressionError(f"division by {rebuild(base)}, which nothing shows to be other than 0")
    if len(base) > 1:
        return _atom(rebuild(base), -1)
    ((mono, coefficient),) = base.items()
    return {frozenset((atom, -e) for atom, e in mono): 1 / coefficient}


def _exp(expr: sp.exp) -> Polynomial:
    total: Polynomial = {ONE: Fraction(1)}
    for mono, coefficient in normal(expr.args[0]).items():
        value = sp.exp(_product(mono) / coefficient.denominator)
        base = _atom(value) if isinstance(value, sp.exp) else normal(value)
        total = _times(total, _power(base, coefficient.numerator))
    return total


def _log(expr: sp.log) -> Polynomial:
    argument = normal(expr.args[0])
    if not any(c > 0 for c in argument.values()) and all(is_positive(atom) for mono in argument for atom, _ in mono):
        raise UnsupportedExpressionError(f"logarithm of what is not positive: {expr}")
    if len(argument) != 1:
        return _atom(sp.log(rebuild(argument)))
    ((mono, coefficient),) = argument.items()
    if coefficient < 0 or not all(is_positive(atom) for atom, _ in mono):
        return _atom(sp.log(rebuild(argument)))
    total = {} if coefficient == 1 else _atom(sp.log(sp.Rational(coefficient.numerator, coefficient.denominator)))
    for atom, e in mono:
        value = normal(atom.args[0]) if isinstance(atom, sp.exp) else _atom(sp.log(atom))
        total = _plus(total, value, scale=e)
    return total


def _sum(expr: sp.Sum) -> Polynomial:
    *inside, (index, lower, upper) = expr.limits
    if lower != 1:
        raise UnsupportedExpressionError(f"sums start at 1: {expr}")
    body = sp.Sum(expr.function, *inside) if inside else expr.function
    (fresh,) = _unused(body)
    total: Polynomial = {}
    for mono, coefficient in normal(body.xreplace({index: fresh})).items():
        summed = _sum_monomial(mono, fresh, upper)
        total = _plus(total, {term: coefficient * value for term, value in summed.items()})
    return total


def _unused(*exprs: sp.Expr, number: int = 1) -> list[sp.Symbol]:
    """Return index names that no expression contains, the same for the same expressions."""
    taken = {symbol.name for expr in exprs for symbol in expr.atoms(sp.Symbol)}
    names = (name for name in (f"~{t}" for t in count()) if name not in taken)
    return [sp.Symbol(name, integer=True) for name in islice(names, number)]


@lru_cache(maxsize=100_000)
def _sum_monomial(mono: Monomial, index: sp.Symbol, upper: sp.Expr) -> Polynomial:
    """Σ_index of one monomial: pull out what is free of the index, contract δ, otherwise one connected sum."""
    bound = frozenset((atom, e) for atom, e in mono if index in atom.free_symbols)
    outside: Polynomial = {mono - bound: Fraction(1)}
    if not bound:
        return _times(outside, normal(upper))
    delta = next((atom for atom, _ in bound if isinstance(atom, sp.KroneckerDelta)), None)
    if delta is not None:
        return _times(outside, contract(bound, delta, index, upper))
    nested = next((atom for atom, e in bound if e > 0 and _over_prompts(atom)), None)
    if nested is not None and upper != prompt_count:
        return _times(outside, _swap(bound, nested, (index, 1, upper)))
    factors, limits = _flatten(bound, outer=upper == prompt_count)
    return _times(outside, _atom(_canonical(factors, (*limits, (index, upper)))))


def contract(mono: Monomial, delta: sp.KroneckerDelta, index: sp.Symbol, upper: sp.Expr) -> Polynomial:
    """Σ_j δ_jk t_j = t_k for a free index k whose range is that of j, 1, …, ``upper``.

    Raises
    ------
    UnsupportedExpressionError
        If δ is not δ_jk with j the summed index itself and k free of it, stands in a denominator, or k has another
        range, or none that is known (a bound index).
    """
    others = [argument for argument in delta.args if argument != index]
    exponent = dict(mono)[delta]
    if len(others) != 1 or index in others[0].free_symbols or exponent < 1:
        raise UnsupportedExpressionError(f"cannot contract {delta}^{exponent} over {index}")
    if RANGES.get(others[0]) != upper:
        raise UnsupportedExpressionError(f"cannot contract {delta} over 1, …, {upper}: {others[0]} has another range")
    rest = _product(frozenset((atom, e) for atom, e in mono if atom != delta))
    return normal(rest.xreplace({index: others[0]}))


def _over_prompts(atom: sp.Expr) -> bool:
    return isinstance(atom, sp.Sum) and atom.limits[-1][2] == prompt_count


def _swap(mono: Monomial, nested: sp.Sum, limit: tuple[sp.Symbol, int, sp.Expr]) -> Polynomial:
    """Σ_j s_j Σ_i t_ij = Σ_i Σ_j s_j t_ij: the sum over prompts stays outermost."""
    (fresh,) = _unused(*(atom for atom, _ in mono), limit[0])
    ((prompt, lower, upper),) = nested.limits
    opened = nested.function.xreplace({prompt: fresh}) * _product(mono) / nested
    return normal(sp.Sum(sp.Sum(opened, limit), (fresh, lower, upper)))


def _flatten(mono: Monomial, *, outer: bool) -> tuple[Monomial, list[tuple[sp.Symbol, sp.Expr]]]:
    """Open the sums among the factors, so that nested sums over actions and coordinates become one.

    A sum over prompts (``outer``) keeps its inner sums closed: they carry the partition function that must cancel.
    """
    opens = [] if outer else [(atom, e) for atom, e in mono if e > 0 and isinstance(atom, sp.Sum)]
    factors = mono.difference(opens)
    copies = [atom for atom, e in opens for _ in range(e)]
    names = iter(_unused(*(atom for atom, _ in mono), number=sum(len(atom.limits) for atom in copies)))
    limits = []
    for atom in copies:
        renamed = {index: next(names) for index, _, _ in atom.limits}
        (opened,) = normal(atom.function.xreplace(renamed))
        factors = _join(factors, opened)
        limits += [(renamed[index], upper) for index, _, upper in atom.limits]
    return factors, limits


def _canonical(mono: Monomial, limits: tuple[tuple[sp.Symbol, sp.Expr], ...]) -> sp.Sum:
    """Return the sum with its bound indices renamed canonically: the least of all renamings that keep ranges apart."""
    level = 1 + max(map(_level, mono), default=0)
    names = list(_renamings(limits, level))
    renamed = [frozenset((atom.xreplace(name), e) for atom, e in mono) for name in names]
    best = 0 if len(names) == 1 else min(range(len(names)), key=lambda choice: _key(renamed[choice]))
    bounds = sorted(((names[best][index], upper) for index, upper in limits), key=str)
    return sp.Sum(_product(renamed[best]), *((index, 1, upper) for index, upper in bounds))


def _renamings(limits: tuple[tuple[sp.Symbol, sp.Expr], ...], level: int) -> Iterator[dict[sp.Symbol, sp.Symbol]]:
    """All ways to number the bound indices, separately for each range; a deeper level never reuses a name."""
    groups: dict[sp.Expr, list[sp.Symbol]] = {}
    for index, upper in limits:
        groups.setdefault(upper, []).append(index)
    ordered = [(upper, groups[upper]) for upper in sorted(groups, key=str)]
    for orders in product(*(permutations(indices) for _, indices in ordered)):
        yield {
            index: sp.Symbol(f"~{upper}_{level}_{number}", integer=True)
            for (upper, _), order in zip(ordered, orders, strict=True)
            for number, index in enumerate(order)
        }


def _level(factor: tuple[sp.Expr, int]) -> int:
    """Greatest nesting level of a canonical bound index in a factor; 0 if there is none."""
    parts = (symbol.name.split("_") for symbol in factor[0].atoms(sp.Symbol) if symbol.name.startswith("~"))
    return max((int(part[1]) for part in parts if len(part) == 3), default=0)


@lru_cache(maxsize=100_000)
def _text(expr: sp.Expr) -> str:
    return str(sp.srepr(expr))


def _key(mono: Monomial) -> list[tuple[str, int]]:
    return sorted((_text(atom), e) for atom, e in mono)


_RULES: tuple[tuple[tuple[type, ...], Callable[[sp.Expr], Polynomial]], ...] = (
    ((sp.Rational,), _rational),
    ((sp.Symbol, sp.Indexed, sp.KroneckerDelta, sp.Derivative, sp.Integral, sp.Subs, AppliedUndef), _atom),
    ((sp.Add,), _add),
    ((sp.Mul,), _mul),
    ((sp.exp,), _exp),
    ((sp.Pow,), _pow),
    ((sp.log,), _log),
    ((sp.Sum,), _sum),
)
