"""Field expressions as Lean text."""

import textwrap

import sympy as sp

from rlhf_symbolic.lean.field import WEIGHTS, Equation

_GREEK = {"lambda": "lam", "theta": "θ", "phi": "φ", "pi": "π", "mu": "μ"}


def wrapped(text: str, indent: int = 4) -> str:
    """Return a text filled to 98 columns, indented, further lines by two more."""
    return textwrap.fill(
        text, 98, initial_indent=" " * indent, subsequent_indent=" " * (indent + 2),
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip


def equation_text(equation: Equation) -> str:
    """Return the Lean text of an equation."""
    return f"{term(equation[0])} = {term(equation[1])}"


def atom(s: sp.Symbol) -> str:
    """Return the Lean name of an atom; a weight is the product that it stands for."""
    base, *indices = s.name.replace("_star", "s").split("_")
    if base in WEIGHTS:
        return f"(q_{'_'.join(indices)} * {s.name})"
    star = base.endswith("s") and base[:-1] in _GREEK
    greek = _GREEK[base[:-1]] + "s" if star else _GREEK.get(base, base)
    return "_".join([greek, *indices])


def term(expr: sp.Expr, *, inside: bool = False) -> str:
    """Return the Lean term of a rational expression; ``inside`` puts a sum in parentheses.

    Raises
    ------
    TypeError
        For anything that is not built from symbols and rational numbers by field operations.
    """
    if expr.is_Symbol:
        return atom(expr)
    if expr.is_Rational:
        number = str(abs(expr.p)) if expr.q == 1 else f"({abs(expr.p)} / {expr.q})"
        return f"(-{number})" if expr < 0 else number
    if expr.is_Add:
        body = "".join(_summand(argument, first=i == 0) for i, argument in enumerate(expr.args))
        return f"({body})" if inside else body
    if expr.is_Mul:
        return " * ".join(term(factor, inside=True) for factor in expr.args)
    if expr.is_Pow and expr.exp.is_Integer:
        base = term(expr.base, inside=True) + ("⁻¹" if expr.exp < 0 else "")
        return " * ".join([base] * abs(int(expr.exp)))
    raise TypeError(f"no Lean term for {type(expr).__name__}: {expr}")


def _summand(expr: sp.Expr, *, first: bool) -> str:
    negative = expr.as_coeff_Mul()[0].is_negative
    body = term(-expr if negative else expr, inside=True)
    return ("-" if negative else "") + body if first else (" - " if negative else " + ") + body
