"""Writes ``formulas.js``, which the page beside it computes with: ``python docs/playground/make_formulas.py``.

What is derived is printed from the derivations, a function for each number of actions; the right sides of the bounds,
which are proved and not derived, are short expressions here. A test compares all with `rlhf_numeric` in a browser.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path

import numpy as np
import sympy as sp

from rlhf_symbolic import DERIVATIONS, closed_form, defining_form
from rlhf_symbolic.engine.explicit import Shape, components, sizes, write_out
from rlhf_symbolic.engine.problem import M, abbreviations, definition_of

FORMULAS = Path(__file__).with_name("formulas.js")
ACTIONS = range(2, 7)
PROMPTS = 8
DIM = 2
REWARD = (1.0, 0.5)
_CIRCLE = ((1.0, 0.0), (0.6, 0.8), (0.0, 1.0), (-0.28, 0.96), (0.96, 0.28), (-0.6, 0.8), (0.28, 0.96), (0.8, -0.6))

lam, distance, bound, constant, aligned, slope = sp.symbols("lambda rho B C aligned slope", real=True)
# The right sides, with u = θ* − θ, ρ = ‖u‖, aligned = ⟨∇J_S(θ),u⟩ and slope = ‖∇J_S(θ)‖.
BOUNDS: Mapping[str, tuple[tuple[sp.Symbol, ...], sp.Expr]] = {
    "exponent": ((lam, bound, distance), 2 * bound * distance / lam),
    "range": ((bound, distance), 2 * bound * distance),
    "domination": ((constant, aligned), constant * aligned),
    "dominationByNorm": ((constant, distance, slope), constant * distance * slope),
    "logForm": ((lam, constant, aligned), lam * sp.log(1 + constant * aligned / lam)),
    "below": ((M, aligned), aligned / (2 + M / 2) ** 2),
}


def features() -> list[list[list[float]]]:
    """Return φ, shape (prompts, actions, 2), of norm at most 1.

    The first two actions are opposite points of the unit circle, so B = 1 and the largest difference is 2B, for any
    number of prompts and actions. The others are drawn once, and rounded so that they are short to write.
    """
    rng = np.random.default_rng(0)
    others = rng.uniform(-0.7, 0.7, size=(PROMPTS, ACTIONS[-1] - 2, DIM)).round(2)
    return [[[x, y], [0 - x, 0 - y], *rest] for (x, y), rest in zip(_CIRCLE, others.tolist(), strict=True)]


def divergence(actions: int) -> sp.Expr:
    """Return λ·KL(π_θ‖π_θ*) at a prompt, what `gap-identity` says the gap is on the way to its closed form."""
    statement, shape = DERIVATIONS["gap-identity"].statement, Shape(actions, DIM)
    (expr,) = components(statement.milestones[0], statement.free, shape)
    while found := abbreviations(expr):
        expr = expr.xreplace({term: write_out(definition_of(term), sizes(shape)) for term in found})
    return expr


def derived(actions: int) -> dict[str, Sequence[sp.Expr]]:
    """Return what is computed at one prompt with so many actions.

    The gradient is an expectation over two actions, so that it is exact to rounding where one action has almost all
    of the probability, too: there φ − Eφ is a difference of nearly equal numbers, and exp M would show the error.
    """
    return {
        "gap": defining_form("gap-identity", m=actions, d=DIM).expressions,
        "logarithm": closed_form("gap-identity", m=actions, d=DIM).expressions,
        "divergence": (divergence(actions),),
        "gradient": defining_form("pairwise-estimator", m=actions, d=DIM).expressions,
    }


def javascript(arguments: Sequence[sp.Symbol], expressions: Sequence[sp.Expr], *, packed: bool = False) -> str:
    """Return a function of JavaScript; ``packed``: its arguments come as one array, and so does what it returns."""
    shared, results = sp.cse(list(expressions), symbols=sp.numbered_symbols("t"))
    names = ", ".join(map(sp.jscode, arguments))
    lines = [f"    const {name} = {sp.jscode(value)};" for name, value in shared]
    returned = ", ".join(map(sp.jscode, results))
    taken, given = (f"[{names}]", f"[{returned}]") if packed else (names, returned)
    return "\n".join([f"({taken}) => {{", *lines, f"    return {given};", "  }"])


def written() -> Iterator[str]:
    """Yield the lines of ``formulas.js``."""
    yield "// Written by make_formulas.py from the derivations in rlhf_symbolic. Do not edit."
    yield '"use strict";'
    yield "const FORMULAS = {"
    for actions in ACTIONS:
        symbols = closed_form("gap-identity", m=actions, d=DIM).symbols
        yield f"  {actions}: {{"
        for name, expressions in derived(actions).items():
            yield f"  {name}: {javascript(symbols, expressions, packed=True)},"
        yield "  },"
    for name, (arguments, expression) in {**BOUNDS, **_psi()}.items():
        yield f"  {name}: {javascript(arguments, [expression])},"
    yield "};"
    yield f"const PROBLEM = {{ reward: {json.dumps(REWARD)}, bound: 1, features: ["
    yield from (f"  {json.dumps(prompt)}," for prompt in features())
    yield "] };"


def _psi() -> dict[str, tuple[tuple[sp.Symbol, ...], sp.Expr]]:
    """Return ψ and its value at 0, as they are derived."""
    psi, at_zero = (DERIVATIONS[name].statement.definition for name in ("psi", "psi-at-zero"))
    size = sp.Symbol("M", real=True)  # in the derivation of ψ, M is not 0
    return {"psi": ((size,), sp.Piecewise((at_zero, sp.Eq(size, 0)), (psi.xreplace({M: size}), True)))}


if __name__ == "__main__":
    FORMULAS.write_text("\n".join(chain(written(), [""])), encoding="utf-8")
