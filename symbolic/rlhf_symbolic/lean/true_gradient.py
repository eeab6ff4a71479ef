"""Lean theorems that tie the closed forms to the ε–δ derivatives of the library `RLHF`.

`lean` proves identities between field elements, in which ∂ is a rule on atoms. Here the left side is the library's own:
``HasGradient F g θ`` says that g is the Fréchet derivative of F, and the coordinates of g are what sympy printed, with
π_a = ``P.policy x θ a`` and φ = ``P.feature x a``. A closed form that is not the derivative has no such proof.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from types import MappingProxyType

import sympy as sp

from rlhf_symbolic.derivations.generalisation.policy import pi
from rlhf_symbolic.engine.derivation import Derivation
from rlhf_symbolic.engine.explicit import Shape, components, extents, sizes, symbol, write_out
from rlhf_symbolic.engine.problem import abbreviations, definition_of, x
from rlhf_symbolic.lean.field import natural
from rlhf_symbolic.lean.term import term, wrapped


@dataclass(frozen=True)
class Tie:
    """How the library states one derivative.

    Attributes
    ----------
    function
        The Lean function F of which the closed form is the gradient. Here and below ``{k}`` stands for a further index,
        from 0, and ``{m}`` and ``{d}`` for the sizes.
    proof
        A Lean term of type ``HasGradient F v θ``.
    first, then
        What a coordinate of v is unfolded by, round by round.
    centred
        Whether deviations φ_k − μ_k occur on both sides.
    """

    function: str
    proof: str
    first: str
    then: tuple[str, ...] = ()
    centred: bool = False

    def at(self, **sizes: int) -> "Tie":
        """Return the same with the index k and the sizes m, d put in."""
        words = (self.function, self.proof, self.first, *self.then)
        function, proof, first, *then = (text.format(**sizes) for text in words)
        return Tie(function, proof, first, tuple(then), self.centred)


_SCORE = "Problem.scoreVec, Vec.smul_apply, Vec.sub_apply, meanVec"
_TIMES = "mulVec, inner, sum_{d}, Vec.smul_apply, Vec.sub_apply"

TIES: Mapping[str, Tie] = MappingProxyType({
    "grad-log-partition": Tie("P.logPartition x", "grad_log_partition P x θ", "Vec.smul_apply, meanVec"),
    "hess-log-partition": Tie(
        "fun θ => ((1 / P.klCoef) * meanVec (P.policy x θ) (P.feature x) : Vec R {d}) {k}",
        "hess_log_partition P x θ {k}",
        "Vec.smul_apply, div_square",
    ),
    "grad-expectation": Tie(
        "fun θ => mean (P.policy x θ) f", "grad_expectation P x θ f", "cov", ("mean_m{m}",), centred=True
    ),
    "score": Tie("fun θ => log (P.policy x θ {k})", "(score_identity P x θ).1 {k}", _SCORE, centred=True),
    "grad-policy": Tie("fun θ => P.policy x θ {k}", "P.hasGradient_policy x θ {k}", _SCORE, centred=True),
    "grad-objective-prompt": Tie(
        "P.objectiveAt x", "(grad_objective (n := 0) P θ).1 x", "Problem.gradientAt, " + _TIMES
    ),
    "grad-objective": Tie("P.objective S", "(grad_objective P θ).2 S", "Problem.gradient, " + _TIMES),
    "hess-objective": Tie(
        "fun θ => P.gradientAt x θ {k}", "hess_objective P x θ {k}",
        "cumulant3, div_square, mean_inner, ← inner_sub_right",
        ("inner, sum_{d}, Vec.sub_apply, meanVec", "mean_m{m}"),
        centred=True,
    ),
})  # fmt: skip
_LARGE = (Shape(4, 3),)
# At (4, 3) these two take longer than all others together.
_SMALLER: Mapping[str, Shape] = MappingProxyType({"grad-objective": Shape(3, 2, 2), "hess-objective": Shape(3, 2)})


def tie_shapes(derivation: Derivation) -> tuple[Shape, ...]:
    """Return the shapes at which the closed form is proved to be the library's derivative."""
    if derivation.id not in TIES:
        return ()
    return (_SMALLER[derivation.id],) if derivation.id in _SMALLER else _LARGE


def tied(derivation: Derivation, shape: Shape, name: str) -> str:
    """Return the Lean theorem that a closed form is the library's derivative.

    Raises
    ------
    KeyError
        If the library does not state the derivative.
    """
    statement, tie = derivation.statement, TIES[derivation.id]
    names = _Names(shape, sampled=statement.sampled)
    *fixed, _ = [index for index in statement.free if index != x]
    printed = [names.text(names.term(c)) for c in components(statement.closed_form, statement.free, shape)]
    goals, proofs = [], []
    for place, choice in enumerate(product(*(range(extent) for extent in extents(tuple(fixed), shape)))):
        here = tie.at(k=choice[0] if choice else 0, m=shape.m, d=shape.d)
        goals.append(_goal(here.function, printed[place * shape.d : (place + 1) * shape.d]))
        proofs.append(_proof(here, names.rules, shape))
    function = f" (f : Fin {shape.m} → R)" if derivation.id == "grad-expectation" else ""
    prompts = f"S : Fin {shape.n} → Fin N" if statement.sampled else "x : Fin N"
    return "\n".join((
        wrapped(f"/-- {derivation.title}, as a true derivative: m = {shape.m}, d = {shape.d}, n = {shape.n}. -/", 0),
        f"theorem {name} {{R : Type u}} [ExpField R] {{N : Nat}} (P : Problem R N {shape.m} {shape.d})",
        f"    ({prompts}) (θ : Vec R {shape.d}){function} :",
        *names.quantified,
        " ∧\n".join(goals) + " := by",
        *names.steps,
        *([f"  refine ⟨{', '.join(['?_'] * len(goals))}⟩"] if len(goals) > 1 else []),
        *proofs, "",
    ))  # fmt: skip


def _goal(function: str, gradient: list[str]) -> str:
    lines = [f"    (∀ g : Vec R {len(gradient)},"]
    lines += [wrapped(f"g {i} = {value} →", 6) for i, value in enumerate(gradient)]
    return "\n".join([*lines, f"      HasGradient ({function}) g θ)"])


def _proof(tie: Tie, rules: list[str], shape: Shape) -> str:
    hypotheses = [f"h{i}" for i in range(shape.d)]
    lines = [
        f"  · intro g {' '.join(hypotheses)}",
        f"    refine ({tie.proof}).congr (fun _ => rfl) (forall_d{shape.d}{' ?_' * shape.d})",
    ]
    for k, h in enumerate(hypotheses):
        lines += [
            wrapped(f"· simp only [{', '.join([h, tie.first, *rules])}]", 4),
            *(wrapped(f"simp only [{', '.join([then, *rules])}]", 6) for then in tie.then),
            wrapped(f"clear {' '.join([*hypotheses, *rules])}", 6),
            # Fewer monomials: a deviation is one letter.
            *(f"      generalize P.feature x {a} {i} - μ_1_{i + 1} = D{a}{i}"
              for a in range(shape.m) for i in (range(shape.d) if len(tie.then) > 1 else [k]) if tie.centred),
            "      grobner",
        ]  # fmt: skip
    return "\n".join(lines)


class _Names:
    """Names for the means and covariances of a closed form, with Lean's word that they are the library's."""

    def __init__(self, shape: Shape, *, sampled: bool) -> None:
        self.shape = shape
        self.sampled = sampled
        self.definitions: dict[sp.Symbol, str] = {}

    def text(self, expr: sp.Expr) -> str:
        """Return the Lean text of an expression in the library's words; indices count from 0 there."""
        return _PLACES.sub(self._word, term(expr))

    def _word(self, found: re.Match[str]) -> str:
        indices = [int(i) - 1 for i in found[2].split("_")[1:]]
        library = _LIBRARY[found[1]]
        if found[1] in ("φ", "π", "f"):
            library = library.format(x=self.prompt(indices.pop(0)))
        return " ".join([library, *map(str, indices)])

    def prompt(self, number: int) -> str:
        """Return the Lean term of a prompt."""
        return f"(S {number})" if self.sampled else "x"

    def term(self, expr: sp.Expr) -> sp.Expr:
        """Return the expression with abbreviations named; the policy is an atom."""
        found = {entry: symbol(str(entry.base), *entry.indices) for entry in abbreviations(expr)}
        for entry, name in sorted(found.items(), key=lambda pair: natural(pair[1].name)):
            if entry.base != pi and name not in self.definitions:
                value = self.term(write_out(definition_of(entry), sizes(self.shape)))
                self.definitions[name] = self.text(value)
        return expr.xreplace(found)

    @property
    def quantified(self) -> list[str]:
        """The names and what they stand for, as premises."""
        if not self.definitions:
            return []
        premises = [wrapped(f"{term(s)} = {value} →") for s, value in self.definitions.items()]
        return [wrapped(f"∀ {' '.join(map(term, self.definitions))} : R,"), *premises]

    @property
    def rules(self) -> list[str]:
        """Names of the facts about the library's means and covariances."""
        return [f"h{term(s)}" for s in self.definitions]

    @property
    def steps(self) -> list[str]:
        """Proofs that each name is the library's mean or covariance."""
        if not self.definitions:
            return []
        lines = [wrapped(f"intro {' '.join(map(term, self.definitions))}", 2)]
        known: list[str] = []
        for s in self.definitions:
            goal, *tactics = self._fact(s)
            lines += ["  intro e", f"  have h{term(s)} : {goal} = {term(s)} := by", *tactics,
                      wrapped(f"clear e {' '.join(known)}", 4), "    grobner", "  clear e"]  # fmt: skip
            known.append(f"h{term(s)}")
        return lines

    def _fact(self, s: sp.Symbol) -> tuple[str, str]:
        """Return what a name is in the library, and the tactic that puts the name and its parts in."""
        base, *indices = s.name.split("_")
        at = " ".join(str(int(i) - 1) for i in indices if i)
        if base == "VS":
            parts = ", ".join(f"h{term(symbol('V', i, *indices))}" for i in range(1, self.shape.n + 1))
            unfold = f"Problem.covarianceOn, averageVec, average, sum_{self.shape.n}, {parts}"
            return f"P.covarianceOn S θ {at}", f"    simp only [e, {unfold}]"
        x_, at = self.prompt(int(indices[0]) - 1), at[at.index(" ") + 1 :]
        if base == "mu":
            goal = f"mean (P.policy {x_} θ) (fun a => P.feature {x_} a {at})"
            return goal, f"    rw [e, mean_m{self.shape.m}]"
        parts = " ".join(f"h{term(symbol('mu', indices[0], i))}" for i in indices[1:])
        return f"P.covarianceAt {x_} θ {at}", f"    rw [e, covarianceAt_m{self.shape.m} {parts}]"


_PLACES = re.compile(r"\b(φ|π|θs|θ|f|lam)((?:_\d+)*)\b")
_LIBRARY = {"φ": "P.feature {x}", "π": "P.policy {x} θ", "θs": "P.trueParam", "θ": "θ", "f": "f", "lam": "P.klCoef"}

_HEAD = """module
public import RLHF.Papers.Generalisation.Main.Gradient

/-!
# Derivatives of the library at a fixed shape

Generated by `rlhf_symbolic.lean`; do not edit.

What is modelled: `HasGradient F g θ` of `RLHF`, the ε–δ derivative of a function on `R^d`, with the
coordinates of `g` in closed form. `μ_x_k` is a mean, `V_x_k_l` a covariance of features under the
policy at the prompt `x`, `VS_k_l` the average of covariances over a sample.
-/

-- One list of rules serves all coordinates.
set_option linter.unusedSimpArgs false

public section

namespace {root}

open RLHF Lean.Grind

universe u

theorem div_square {{R : Type u}} [ExpField R] (s t : R) : s / (t * t) = s * (t⁻¹ * t⁻¹) := by
  grind

"""


def head(root: str) -> str:
    """Return the head of the generated file: what sums and covariances are at the shapes in use, by definition."""
    shapes = {*_LARGE, *_SMALLER.values()}
    lemmas = [*(_sum_lemma(size) for size in sorted({size for shape in shapes for size in (shape.d, shape.n)} - {1})),
              *(_all_coordinates(d) for d in sorted({shape.d for shape in shapes})),
              *(_mean_lemmas(m) for m in sorted({shape.m for shape in shapes}))]  # fmt: skip
    return _HEAD.format(root=root) + "\n".join(lemmas)


def _nested(terms: list[str]) -> str:
    """Right-nested sum that ends with 0, as `RLHF.sum` unfolds."""
    return terms[0] + " + " + (f"({_nested(terms[1:])})" if terms[1:] else "0")


def _sum_lemma(n: int) -> str:
    return f"""theorem sum_{n} {{R : Type u}} [ExpField R] (f : Fin {n} → R) :
    sum f = {_nested([f"f {i}" for i in range(n)])} := rfl
"""


def _all_coordinates(d: int) -> str:
    cases = "\n".join(f"  | {i} => h{i}" for i in range(d))
    premises = " ".join(f"(h{i} : p {i})" for i in range(d))
    return f"theorem forall_d{d} {{p : Fin {d} → Prop}} {premises} : ∀ k, p k\n{cases}\n"


def _mean_lemmas(m: int) -> str:
    means = _nested([f"p {a} * f {a}" for a in range(m)])
    products = [f"P.policy x θ {a} * ((P.feature x {a} i - s) * (P.feature x {a} j - t))" for a in range(m)]
    return f"""theorem mean_m{m} {{R : Type u}} [ExpField R] (p f : Fin {m} → R) :
    mean p f = {means} := rfl

theorem covarianceAt_m{m} {{R : Type u}} [ExpField R] {{N d : Nat}} {{P : Problem R N {m} d}} {{x : Fin N}}
    {{θ : Vec R d}} {{i j : Fin d}} {{s t : R}}
    (hs : mean (P.policy x θ) (fun a => P.feature x a i) = s)
    (ht : mean (P.policy x θ) (fun a => P.feature x a j) = t) :
{wrapped(f"P.covarianceAt x θ i j = {_nested(products)} := by")}
  rw [← hs, ← ht]
  rfl
"""
