"""Tactics that prove the generated identities: ``grind`` alone, or on fewer and shorter monomials where that is dear.

Nothing here is trusted: a recipe that does not fit an identity fails in Lean.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import sympy as sp

from rlhf_symbolic.engine.explicit import symbol
from rlhf_symbolic.lean.field import Identity
from rlhf_symbolic.lean.term import atom, term, wrapped


@dataclass(frozen=True)
class Recipe:
    """How an identity is proved.

    Attributes
    ----------
    put_in
        Names, by their first letters, whose definitions are put in before anything else.
    polynomial
        Whether what is left is an identity of polynomials in 1/λ, θ* − θ and the other atoms, which needs no hypothesis
        but those named below.
    deviations
        Whether features occur as φ − μ only; these are then letters.
    brackets
        Whether the squares are of ⟨u,φ⟩ − E⟨u,φ⟩, to be written ⟨u,φ − μ⟩ first.
    shift
        Whether features are written (φ − μ) + μ; that the mean is μ and Σπ = 1 stay as hypotheses.
    last_policy
        Whether the last probability is written 1 − the others.
    """

    put_in: tuple[str, ...] = ()
    polynomial: bool = False
    deviations: bool = False
    brackets: bool = False
    shift: bool = False
    last_policy: bool = False

    def lines(self, found: Identity) -> list[str]:
        """Return the tactics, a line each."""
        put_in, left = self._definitions(found)
        lines = [f"subst {d}" for d in reversed(put_in)]
        if self.last_policy:
            *others, last = (symbol("pi", *place) for place in _places(found, "pi"))
            lines += [f"obtain rfl : {atom(last)} = {term(1 - sp.Add(*others))} := by grind"]
        if self.brackets:
            lines += _open_brackets(found, left)
        if self.polynomial:
            lines += [f"clear {' '.join(left)}"] if self.brackets else []
            lines += _letters([(f"u_{k}", _gap(k)) for (k,) in _places(found, "theta")])
            lines += ["generalize lam⁻¹ = i"]
        if self.deviations:
            lines += _letters([(f"D_{a}_{k}", _deviation(a, k)) for _, a, k in _places(found, "phi")])
        if self.shift:
            lines += [line for _, a, k in _places(found, "phi") for line in _shifted(a, k)]
        finish = "grobner" if self.polynomial else "grind"
        count = len(found.goals)
        lines += [finish if count == 1 else f"refine ⟨{', '.join(['?_'] * count)}⟩ <;> {finish}"]
        return lines

    def unneeded(self, found: Identity) -> frozenset[str]:
        """Return the hypotheses that the proof does without; the theorem does not have them."""
        if not self.polynomial:
            return frozenset()
        nonzero = [f"n{i}" for i in range(len(found.denominators))]
        given = [] if self.shift or self.last_policy else [f"g{i}" for i in range(len(found.given))]
        left = [] if self.shift or self.brackets else self._definitions(found)[1]
        return frozenset([*nonzero, *given, *left])

    def _definitions(self, found: Identity) -> tuple[list[str], list[str]]:
        """Return the names of the definitions that are put in, and of the others."""
        names = {f"d{i}": s.name for i, (s, _) in enumerate(found.definitions)}
        put_in = [d for d, name in names.items() if self.put_in and name.startswith(self.put_in)]
        return put_in, [d for d in names if d not in put_in]


def _places(found: Identity, base: str) -> list[tuple[int, ...]]:
    """Return the indices with which a quantity occurs, such as (prompt, action, coordinate) of φ."""
    names = (s.name.removeprefix(f"{base}_").split("_") for s in found.atoms if s.name.startswith(f"{base}_"))
    return [tuple(map(int, indices)) for indices in names if all(map(str.isdigit, indices))]


def _gap(k: int) -> sp.Expr:
    return symbol("theta_star", k) - symbol("theta", k)


def _deviation(a: int, k: int) -> sp.Expr:
    return symbol("phi", 1, a, k) - symbol("mu", 1, k)


def _letters(named: Sequence[tuple[str, sp.Expr]]) -> list[str]:
    return [f"generalize {term(value)} = {name}" for name, value in named]


def _shifted(a: int, k: int) -> list[str]:
    feature, centre = atom(symbol("phi", 1, a, k)), atom(symbol("mu", 1, k))
    return [
        f"generalize e : {term(_deviation(a, k))} = D_{a}_{k}",
        f"obtain rfl : {feature} = D_{a}_{k} + {centre} := by grobner",
        "clear e",
    ]


def _open_brackets(found: Identity, means: Sequence[str]) -> list[str]:
    """Rewrite each squared ⟨u,φ_a⟩ − E⟨u,φ⟩ as ⟨u,φ_a − μ⟩; a is the action of the terms without a probability."""
    sides = [side for goal in found.goals for side in goal]
    squared = {power.base for side in sides for power in side.atoms(sp.Pow) if power.exp == 2}
    brackets = [base for base in squared if any(s.name.startswith("pi") for s in base.free_symbols)]
    lines = []
    for bracket in sorted(brackets, key=sp.default_sort_key):
        free = [t for t in sp.expand(bracket).args if not any(s.name.startswith("pi") for s in t.free_symbols)]
        (action,) = {int(s.name.split("_")[2]) for t in free for s in t.free_symbols if s.name.startswith("phi")}
        opened = sp.Add(*(_deviation(action, k) * _gap(k) for (k,) in _places(found, "theta")))
        lines += [wrapped(f"rw [show {term(bracket)} = {term(opened)} by", 2).strip(),
                  f"    subst {' '.join(means)}", "    grobner]"]  # fmt: skip
    return lines
