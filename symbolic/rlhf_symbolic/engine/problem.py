"""The setting: symbols of a KL-regularised problem, and named abbreviations with their definitions.

Conventions
-----------
Indices start at 1: prompts ``x, i ≤ n``, actions ``a, b ≤ m``, coordinates ``j, k, l, r ≤ d``. A free index always
lies in its range. ``q`` is positive; that Σ_a q = 1 is never used (every identity here holds for a positive weight).
"""

from collections.abc import Callable
from functools import lru_cache

import sympy as sp

m, d, n = sp.symbols("m d n", integer=True, positive=True)
x, i, a, b, j, k, l, r = sp.symbols("x i a b j k l r", integer=True)  # noqa: E741
RANGES = {x: n, i: n, a: m, b: m, j: d, k: d, l: d, r: d}  # of the free indices, from 1
lam = sp.Symbol("lambda", positive=True)

theta = sp.IndexedBase("theta", real=True)
theta_star = sp.IndexedBase("theta_star", real=True)
phi = sp.IndexedBase("phi", real=True)
q = sp.IndexedBase("q", positive=True)
p = sp.IndexedBase("p", positive=True)  # an arbitrary policy of full support
f = sp.IndexedBase("f", real=True)  # an arbitrary function of prompt and action
h = sp.IndexedBase("h", real=True)  # an arbitrary direction
s = sp.Function("s", real=True)  # a reward s(x,a,θ_k): any function of θ, by the coordinate that is differentiated
B = sp.Symbol("B", positive=True)  # bound on the norm of the features
M = sp.Symbol("M", positive=True)  # bound on |⟨θ* − θ,φ − μ⟩|/λ

_DEFINITIONS: dict[sp.IndexedBase, Callable[..., sp.Expr]] = {}


def inner(v: sp.IndexedBase, prompt: sp.Expr, action: sp.Expr) -> sp.Expr:
    """Return the inner product ⟨v, φ(x,a)⟩ = Σ_j v_j φ(x,a)_j.

    Parameters
    ----------
    v
        Indexed base of shape (d,).
    prompt, action
        Indices; neither may be the symbol ``j``, which the sum binds.
    """
    return sp.Sum(v[j] * phi[prompt, action, j], (j, 1, d))


def gap_inner(prompt: sp.Expr, action: sp.Expr) -> sp.Expr:
    """Return the inner product ⟨u, φ(x,a)⟩ with u = θ* − θ; the sum binds ``r``."""
    return sp.Sum((theta_star[r] - theta[r]) * phi[prompt, action, r], (r, 1, d))


def over_actions(term: Callable[[sp.Expr], sp.Expr], index: sp.Symbol = a) -> sp.Expr:
    """Return the sum Σ_a term(a) over the actions."""
    return sp.Sum(term(index), (index, 1, m))


def abbreviate(name: str, definition: Callable[..., sp.Expr], **assumptions: bool) -> sp.IndexedBase:
    """Name an indexed quantity that depends on θ, so that it prints short and unfolds to ``definition``.

    An abbreviation is opaque to sympy's ``diff``; `derivation` therefore refuses one inside a Derivative.

    Raises
    ------
    ValueError
        If the name is already defined.
    """
    base = sp.IndexedBase(name, real=True, **assumptions)
    if base in _DEFINITIONS:
        raise ValueError(f"abbreviation {name!r} is already defined")
    _DEFINITIONS[base] = definition
    return base


@lru_cache(maxsize=10_000)
def definition_of(term: sp.Indexed) -> sp.Expr | None:
    """Return the one-level definition of an abbreviation such as π[x,a]; None for an independent symbol.

    Raises
    ------
    ValueError
        If a sum of the definition would capture an index of the term, as Σ_a does in V[x,a,k].
    """
    define = _DEFINITIONS.get(term.base)
    if define is None:
        return None
    places = sp.symbols(f"~:{len(term.indices)}", cls=sp.Dummy, integer=True)
    for total in define(*places).atoms(sp.Sum):
        bound = {index for index, _, _ in total.limits}
        for place, index in zip(places, term.indices, strict=True):
            if place in total.free_symbols and bound & index.free_symbols:
                raise ValueError(f"the definition of {term} binds its index {index}")
    return define(*term.indices)


def abbreviations(expr: sp.Expr) -> set[sp.Indexed]:
    """Return the abbreviations that occur in an expression."""
    return {term for term in expr.atoms(sp.Indexed) if term.base in _DEFINITIONS}


def unfold(expr: sp.Expr) -> sp.Expr:
    """Replace every abbreviation by its definition, repeatedly, until none is left."""
    while found := abbreviations(expr):
        expr = expr.xreplace({term: definition_of(term) for term in found})
    return expr
