"""Rules that can justify a step. Each reduces ``before − after`` by exact rewriting; 0 means that the step follows."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

import sympy as sp

from rlhf_symbolic.engine.problem import RANGES, abbreviations, unfold
from rlhf_symbolic.engine.statement import Statement
from rlhf_symbolic.engine.sums import UnsupportedExpressionError, difference, is_positive


class Rule(Protocol):
    """A rule: the residual of a step, literally 0 when the step follows."""

    def residual(self, before: sp.Expr, after: sp.Expr) -> sp.Expr:
        """Exact residual of ``before = after``."""


@dataclass(frozen=True)
class Algebra:
    """Normal forms agree (see `sums`), after definitions are unfolded; derivatives stay opaque.

    Attributes
    ----------
    given
        Equations (left, right) put in before the comparison; left must be one atom, such as Σ_a p.
    """

    given: tuple[tuple[sp.Expr, sp.Expr], ...] = ()

    def residual(self, before: sp.Expr, after: sp.Expr) -> sp.Expr:
        """Return the normal form of the difference, with the given equations put in."""
        result = difference(_unfolded(before), _unfolded(after))
        for left, right in self.given:
            result = difference(result.xreplace({difference(left, sp.S.Zero): right}), sp.S.Zero)
        return result


@dataclass(frozen=True)
class Differentiate:
    """Normal forms agree after sympy's ``diff`` has evaluated every derivative on both sides."""

    def residual(self, before: sp.Expr, after: sp.Expr) -> sp.Expr:
        """Return the normal form of the difference of the evaluated sides."""
        return Algebra().residual(evaluate(before), evaluate(after))


@dataclass(frozen=True)
class Lemma:
    """The left side of an earlier statement is replaced by its right side, and nothing is differentiated.

    Attributes
    ----------
    statement
        The lemma; a second derivative ∂_l∂_k F uses a lemma about ∂_k F.
    rename
        Free indices of the lemma and what stands for them here.
    """

    statement: Statement
    rename: tuple[tuple[sp.Symbol, sp.Expr], ...] = ()

    def residual(self, before: sp.Expr, after: sp.Expr) -> sp.Expr:
        """Return the normal form of the difference after the replacement.

        Raises
        ------
        UnsupportedExpressionError
            If the left side of the lemma does not occur, or an index is renamed to one of another range, or to one that
            a sum would capture.
        """
        names = dict(self.rename)
        if strangers := [pair for pair in self.rename if RANGES.get(pair[0]) != RANGES.get(pair[1])]:
            raise UnsupportedExpressionError(f"renaming {strangers} in {self.statement.id} changes the range")
        bound = {index for total in self.statement.closed_form.atoms(sp.Sum) for index, _, _ in total.limits}
        if bound & set(names.values()):
            raise UnsupportedExpressionError(f"renaming {names} in {self.statement.id} is captured by a sum")
        left, right = (side.xreplace(names) for side in (self.statement.definition, self.statement.closed_form))
        sides = (before, after)
        replaced = [_replace(side, left, right) for side in sides]
        if tuple(replaced) == sides:
            raise UnsupportedExpressionError(f"the left side of {self.statement.id} does not occur in {before}")
        return Algebra().residual(*replaced)


@dataclass(frozen=True)
class Antiderivative:
    """Fundamental theorem of calculus: ∫ g ds over [lower, upper] = F(upper) − F(lower), with F' = g checked.

    Attributes
    ----------
    primitive
        The antiderivative F.
    """

    primitive: sp.Expr

    def residual(self, before: sp.Expr, after: sp.Expr) -> sp.Expr:
        """Residual of F' = g first; once that is 0, of the value. The integral is ``after``."""
        if not isinstance(after, sp.Integral) or len(after.limits) != 1 or len(after.limits[0]) != 3:
            raise UnsupportedExpressionError(f"not one definite integral: {after}")
        ((variable, lower, upper),) = after.limits
        if variable.is_positive and not (is_positive(lower) and is_positive(upper)):
            raise UnsupportedExpressionError(f"{variable} is assumed positive, and reaches {lower} and {upper}")
        slope = difference(sp.diff(self.primitive, variable), after.function)
        if slope != 0:
            return slope
        value = self.primitive.subs(variable, upper) - self.primitive.subs(variable, lower)
        return difference(evaluate(before), value)


@lru_cache(maxsize=256)
def evaluate(expr: sp.Expr) -> sp.Expr:
    """Replace every derivative by sympy's ``diff`` of what it contains.

    Raises
    ------
    UnsupportedExpressionError
        If a derivative contains an abbreviation, which ``diff`` would take for a constant.
    """
    return expr.xreplace({term: _diff(term) for term in _derivatives(expr)})


@lru_cache(maxsize=1_000)
def _diff(term: sp.Derivative) -> sp.Expr:
    return sp.diff(term.expr, *term.variables)


@lru_cache(maxsize=256)
def _unfolded(expr: sp.Expr) -> sp.Expr:
    _derivatives(expr)
    return unfold(expr)


def _derivatives(expr: sp.Expr) -> set[sp.Derivative]:
    found: set[sp.Derivative] = expr.atoms(sp.Derivative)
    for term in found:
        if abbreviations(term.expr):
            raise UnsupportedExpressionError(f"an abbreviation hides its dependence on θ inside {term}")
    return found


def _replace(expr: sp.Expr, left: sp.Expr, right: sp.Expr) -> sp.Expr:
    """Replace left by right, also under Σ: a lemma holds for every value of its free indices.

    A left side that is a sum of terms can have dissolved in a larger sum; there ``subs`` finds it.
    """
    replaced = expr.xreplace({left: right} | _higher(expr, left, unfold(right)))
    return replaced.subs(left, right) if isinstance(left, sp.Add) else replaced


def _higher(expr: sp.Expr, left: sp.Expr, right: sp.Expr) -> dict[sp.Expr, sp.Expr]:
    """Higher derivatives of a lemma's left side: ∂_l (∂_k F) = ∂_l (right)."""
    if not isinstance(left, sp.Derivative):
        return {}
    first = len(left.variables)
    return {
        term: sp.Derivative(right, *term.variables[first:])
        for term in _derivatives(expr)
        if term.expr == left.expr and term.variables[:first] == left.variables and len(term.variables) > first
    }
