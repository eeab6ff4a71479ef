"""Closed forms for fixed sizes as plain sympy expressions, for comparison with numeric implementations."""

from typing import NamedTuple

import sympy as sp

from rlhf_symbolic.derivations.catalogue import DERIVATIONS
from rlhf_symbolic.engine.explicit import Shape, components, extents, sizes, symbol, with_named_rewards, write_out
from rlhf_symbolic.engine.problem import B, M, abbreviations, definition_of
from rlhf_symbolic.engine.problem import lam as _lam


class ClosedForm(NamedTuple):
    """Components of a closed form and the symbols they depend on.

    Attributes
    ----------
    expressions
        Components in row-major order of the statement's free indices: prompt, action, then coordinates.
    symbols
        θ (d), θ* (d), φ (n·m·d, row-major), q (n·m), λ; then f (n·m), p (n·m), h (d), s (n·m) and its derivatives
        (n·m·d), B, M if the statement has them.
    shape
        Extents of the free indices.
    """

    expressions: tuple[sp.Expr, ...]
    symbols: tuple[sp.Symbol, ...]
    shape: tuple[int, ...]


def closed_form(id: str, *, m: int, d: int, n: int = 1) -> ClosedForm:
    """Return the closed form of a derived statement at fixed sizes.

    Parameters
    ----------
    id
        Slug, e.g. ``grad-objective`` for the vector ∇J_S = V_S(θ)(θ* − θ)/λ.
    m, d, n
        Numbers of actions, coordinates and prompts, each at least 1.

    Raises
    ------
    KeyError
        If nothing is derived under this id.
    TypeError
        If a size is no integer.
    ValueError
        If a size is below 1, or the statement has no actions (ψ).

    Examples
    --------
    >>> closed_form("grad-objective", m=2, d=1).shape
    (1,)
    """
    return _side(id, Shape(m, d, n), defining=False)


def defining_form(id: str, *, m: int, d: int, n: int = 1) -> ClosedForm:
    """Return the definition of a statement at fixed sizes, derivatives evaluated by sympy; see `closed_form`."""
    return _side(id, Shape(m, d, n), defining=True)


def _side(name: str, shape: Shape, *, defining: bool) -> ClosedForm:
    if name not in DERIVATIONS:
        raise KeyError(f"no derivation {name!r}; there are {', '.join(DERIVATIONS)}")
    if strangers := [size for size in shape if isinstance(size, bool) or not isinstance(size, int)]:
        raise TypeError(f"m, d, n: expected integers, got {strangers}")
    if min(shape) < 1:
        raise ValueError(f"m, d and n must be at least 1, got {shape}")
    derivation = DERIVATIONS[name]
    if not derivation.shaped:
        raise ValueError(f"{name} is not about a policy: it has no shape")
    statement = derivation.statement
    side = statement.definition if defining else statement.closed_form
    entries = tuple(_plain(entry, shape) for entry in components(side, statement.free, shape))
    return ClosedForm(entries, _symbols(shape, statement.extra), extents(statement.free, shape))


def _plain(expr: sp.Expr, shape: Shape) -> sp.Expr:
    """Unfold abbreviations and evaluate derivatives, until plain symbols are left."""
    while found := abbreviations(expr):
        expr = expr.xreplace({term: write_out(definition_of(term), sizes(shape)) for term in found})
    return with_named_rewards(expr.doit())


def _symbols(shape: Shape, occurring: frozenset[str]) -> tuple[sp.Symbol, ...]:
    prompts, actions, coordinates = (range(1, size + 1) for size in (shape.n, shape.m, shape.d))
    vectors = [symbol(v, j) for v in ("theta", "theta_star") for j in coordinates]
    features = [symbol("phi", x, a, j) for x in prompts for a in actions for j in coordinates]
    tables = {t: [symbol(t, x, a) for x in prompts for a in actions] for t in ("q", "f", "p")}
    slopes = [symbol("ds", x, a, j) for x in prompts for a in actions for j in coordinates]
    optional = {**tables, "h": [symbol("h", j) for j in coordinates], "B": [B], "M": [M]}
    optional["s"] = [*(symbol("s", x, a) for x in prompts for a in actions), *slopes]
    extra = [entry for name in ("f", "p", "h", "s", "B", "M") if name in occurring for entry in optional[name]]
    return (*vectors, *features, *tables["q"], _lam, *extra)
