"""Identities at a fixed shape as identities between elements of a field, to be proved again by Lean.

Exponentials and logarithms become atoms: the weights w = q·exp(⟨θ,φ⟩/λ), v = q·exp(⟨θ*,φ⟩/λ), y = q·exp(f/λ) and
z = q·exp(s/λ), A = log Z, and so on.
What is used on the way, and is therefore not for Lean to check, are the laws of exp, log and ∂ on these atoms:
exp(s + t) = exp s·exp t, log(s·t) = log s + log t, ∂w = w·φ/λ, ∂z = z·∂s/λ, ∂A = ∂Z/Z, the product rule. All
else is left to the field identities; that the argument of an exponential is the sum into which it is split is one of
them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import sympy as sp
from sympy.core.function import AppliedUndef

from rlhf_symbolic.derivations.generalisation.policy import V, mu, pi
from rlhf_symbolic.engine import problem
from rlhf_symbolic.engine.derivation import Step
from rlhf_symbolic.engine.explicit import Shape, components, named_reward, sizes, symbol, write_out
from rlhf_symbolic.engine.partition import normaliser, partition
from rlhf_symbolic.engine.problem import definition_of
from rlhf_symbolic.engine.rules import Antiderivative, evaluate
from rlhf_symbolic.engine.shapes import atoms
from rlhf_symbolic.engine.statement import Statement
from rlhf_symbolic.engine.sums import UnsupportedExpressionError

Equation = tuple[sp.Expr, sp.Expr]

# Generators of `shapes` under names that Lean can read.
_NAMES = {"w*": "v", "wf": "y", "ws": "z", "Z*": "Zs", "Zf": "Zy", "Zs": "Zz"}
WEIGHTS = ("w", "v", "y", "z")
_PARTITIONS = dict(zip(("Z", "Zs", "Zy", "Zz"), WEIGHTS, strict=True))
_POSITIVE = {"G", "pi", *WEIGHTS, *_PARTITIONS}


@dataclass(frozen=True)
class Identity:
    """One statement at one shape, in atoms.

    Attributes
    ----------
    definitions
        Names of composite quantities (Z, π, μ, V, …) and what they stand for, each after those it mentions.
    given
        Equations that the statement assumes, such as Σ_a p = 1.
    goals
        Equations to be proved: those behind the split of an exponential or a logarithm, then one for each component.
    """

    definitions: tuple[Equation, ...]
    given: tuple[Equation, ...]
    goals: tuple[Equation, ...]

    @property
    def atoms(self) -> list[sp.Symbol]:
        """All symbols in the order of their names."""
        equations = (*self.definitions, *self.given, *self.goals)
        found = set().union(*(side.free_symbols for equation in equations for side in equation))
        return sorted(found, key=lambda s: natural(s.name))

    @property
    def denominators(self) -> list[sp.Symbol]:
        """The symbols that something is divided by; all are positive, so Lean may assume that they are not 0."""
        equations = (*self.definitions, *self.given, *self.goals)
        powers = set().union(*(side.atoms(sp.Pow) for equation in equations for side in equation))
        found = {power.base for power in powers if power.exp.is_negative}
        if composite := [base for base in found if not base.is_Symbol]:
            raise UnsupportedExpressionError(f"division by something without a name: {composite}")
        if doubtful := [s for s in found if not (s.is_positive or s.name.split("_")[0] in _POSITIVE)]:
            raise UnsupportedExpressionError(f"division by what may be 0: {doubtful}")
        return sorted(found, key=lambda s: natural(s.name))


def natural(name: str) -> list[tuple[int, str]]:
    """Sort key that reads numbers as numbers."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in name.split("_")]


def identity(statement: Statement, shape: Shape, *, policy_atoms: bool = False) -> Identity:
    """Write a statement out at a fixed shape as equations between field elements.

    With ``policy_atoms`` the probabilities π_a are atoms, with Σ_a π = 1 given, and differentiate by ∂π = π(φ − μ)/λ,
    ∂A = μ/λ and their derivatives. These rules are statements of their own, written out from the weights: "boltzmann-
    normalised", "grad-policy", "grad-log-partition", "hess-log-partition".
    """
    writer = (_PolicyWriter if policy_atoms else _Writer)(statement, shape)
    sides = [components(side, statement.free, shape) for side in (statement.definition, *statement.milestones,
                                                                  statement.closed_form)]  # fmt: skip
    goals = [(writer.term(start), writer.term(end)) for ends in sides[1:]
             for start, end in zip(sides[0], ends, strict=True)]  # fmt: skip
    given = [
        (writer.term(left), writer.term(right))
        for equation in statement.hypotheses
        for left, right in zip(*(components(side, statement.free, shape) for side in equation), strict=True)
    ]
    given += writer.given
    goals = [*dict.fromkeys(writer.splits), *goals]
    return Identity(_mentioned(writer.definitions, [*given, *goals]), tuple(given), tuple(goals))


def steps_identity(steps: Sequence[Step]) -> Identity:
    """Write the steps of a derivation without actions as equations, one after the other.

    An integral is written as what its antiderivative says: that its derivative is the integrand, and that its values at
    the ends differ by the other side. Values of functions are atoms, derivatives are sympy's.
    """
    goals: list[Equation] = []
    for step in steps:
        if isinstance(step.rule, Antiderivative):
            primitive, ((variable, lower, upper),) = step.rule.primitive, step.after.limits
            goals.append((sp.diff(primitive, variable), step.after.function))
            goals.append((evaluate(step.before), primitive.subs(variable, upper) - primitive.subs(variable, lower)))
        else:
            goals.append((evaluate(step.before), evaluate(step.after)))
    values = (sp.exp, AppliedUndef, sp.Derivative, sp.Subs)
    found = set().union(*(side.atoms(*values) for goal in goals for side in goal))
    names = {e: symbol("e", i) for i, e in enumerate(sorted(found, key=sp.default_sort_key), start=1)}
    return Identity((), (), tuple((left.xreplace(names), right.xreplace(names)) for left, right in goals))


def _mentioned(definitions: Mapping[sp.Symbol, sp.Expr], equations: Sequence[Equation]) -> tuple[Equation, ...]:
    """Return the definitions that the equations rest on."""
    found = set().union(*(side.free_symbols for equation in equations for side in equation))
    kept = []
    for name, value in reversed(list(definitions.items())):  # each comes after those it mentions
        if name in found:
            kept.append((name, value))
            found |= value.free_symbols
    return tuple(reversed(kept))


def _partition_functions(x: sp.Integer, shape: Shape) -> list[tuple[sp.Expr, str]]:
    """Return the partition functions of a prompt with their names; that of s once for each coordinate of θ."""
    found = [(partition(problem.theta, x), "Z"), (partition(problem.theta_star, x), "Zs")]
    found.append((normaliser(lambda prompt, action: problem.f[prompt, action], x), "Zy"))
    moving = [partial(_reward_along, problem.theta[j]) for j in range(1, shape.d + 1)]
    return [*found, *((normaliser(reward, x), "Zz") for reward in moving)]


def _reward_along(variable: sp.Expr, prompt: sp.Expr, action: sp.Expr) -> sp.Expr:
    return problem.s(prompt, action, variable)


class _Writer:
    """Translates written-out expressions of one statement at one shape."""

    def __init__(self, statement: Statement, shape: Shape) -> None:
        self.ring = atoms(shape, statement.extra)
        self.shape = shape
        self.definitions: dict[sp.Symbol, sp.Expr] = {}
        self.splits: list[Equation] = []
        self.partitions = {
            write_out(value, sizes(shape)): (name, x)
            for x in range(1, shape.n + 1)
            for value, name in _partition_functions(sp.Integer(x), shape)
        }
        self.given: list[Equation] = []
        self._terms: dict[sp.Expr, sp.Expr] = {}

    def term(self, expr: sp.Expr) -> sp.Expr:
        """Return an expression in atoms and names."""
        if expr not in self._terms:
            self._terms[expr] = self._term(expr)
        return self._terms[expr]

    def _term(self, expr: sp.Expr) -> sp.Expr:
        if expr in self.partitions:
            return self.partition(*self.partitions[expr])
        if isinstance(expr, sp.Indexed):
            definition = self.term(write_out(definition_of(expr), sizes(self.shape)))
            return self.name(str(expr.base), *map(int, expr.indices), value=definition)
        if isinstance(expr, AppliedUndef):
            return named_reward(expr)
        if isinstance(expr, sp.exp):
            return self.exponential(expr)
        if isinstance(expr, sp.log):
            return self.logarithm(expr)
        if isinstance(expr, sp.Derivative):
            total = self.term(expr.expr)
            for variable in expr.variables:
                total = self.differentiate(total, variable)
            return total
        if expr.is_Symbol or expr.is_Rational:
            return expr
        return expr.func(*map(self.term, expr.args))

    def name(self, base: str, *indices: int, value: sp.Expr) -> sp.Symbol:
        """Return the name of a composite quantity, defined on its first use."""
        named = symbol(base, *indices)
        self.definitions.setdefault(named, value)
        return named

    def partition(self, base: str, x: int) -> sp.Symbol:
        """Return the name of a partition function, Z = Σ q·w, Zs = Σ q·v and so on."""
        value = sp.Add(*(symbol(_PARTITIONS[base], x, a) for a in range(1, self.shape.m + 1)))
        return self.name(base, x, value=value)

    def exponential(self, expr: sp.exp) -> sp.Expr:
        """Split exp(Σ logs) into a product of atoms, and note the sum as an equation."""
        _, exponents = self.ring.factor(self.ring.element(expr))
        self._note(self.term(expr.args[0]), sp.Add(*(e * self.log_of(g) for g, e in exponents.items())))
        return sp.Mul(*(self.generator(g) ** e for g, e in exponents.items()))

    def logarithm(self, expr: sp.log) -> sp.Expr:
        """Split log(Π atoms) into a sum, and note the product as an equation."""
        coefficient, exponents = self.ring.factor(self.ring.element(expr.args[0]))
        if coefficient != 1:
            raise UnsupportedExpressionError(f"logarithm outside the atoms: {expr}")
        self._note(self.term(expr.args[0]), sp.Mul(*(self.generator(g) ** e for g, e in exponents.items())))
        return sp.Add(*(e * self.log_of(g) for g, e in exponents.items()))

    def _note(self, whole: sp.Expr, parts: sp.Expr) -> None:
        if whole != parts:
            self.splits.append((whole, parts))

    def generator(self, name: str) -> sp.Expr:
        """Return the atom of a generator of `shapes`, or its inverse."""
        if name.startswith("1/"):
            return 1 / self.generator(name[2:])
        base, *indices = name.split("_")
        base = _NAMES.get(base, base)
        if base in _PARTITIONS:
            return self.partition(base, int(indices[0]))
        place = tuple(map(int, indices))
        if base in WEIGHTS:
            return symbol(base, *place) / symbol("q", *place)
        return problem.lam if base == "lambda" else symbol(base, *place)

    def log_of(self, name: str) -> sp.Expr:
        """Return the logarithm of a generator: ⟨θ,φ⟩/λ for w, f/λ for y, an atom for q, p, Z, E⟨u,φ⟩/λ for G."""
        if name.startswith("1/"):
            return -self.log_of(name[2:])
        base, *indices = name.split("_")
        place = tuple(map(int, indices))
        if base in ("w", "w*"):
            v = "theta" if base == "w" else "theta_star"
            return sp.Add(*(symbol(v, j) * symbol("phi", *place, j) for j in self.coordinates)) / problem.lam
        if base in ("wf", "ws"):
            return symbol(base[1], *place) / problem.lam
        if base == "G":
            return self.mean_gap(place[0])
        return symbol(_NAMES.get(base, base).replace("Z", "A") if base[0] == "Z" else "log" + base, *place)

    @property
    def coordinates(self) -> range:
        """Coordinates, from 1."""
        return range(1, self.shape.d + 1)

    def mean_gap(self, x: int) -> sp.Symbol:
        """Return the name of E_π⟨θ*−θ,φ⟩/λ at one prompt."""
        actions = range(1, self.shape.m + 1)
        policy = {a: self.term(pi[sp.Integer(x), sp.Integer(a)]) for a in actions}
        inner = {a: self.log_of(f"w*_{x}_{a}") - self.log_of(f"w_{x}_{a}") for a in actions}
        return self.name("g", x, value=sp.Add(*(policy[a] * inner[a] for a in actions)))

    def differentiate(self, value: sp.Expr, variable: sp.Symbol) -> sp.Expr:
        """∂value = Σ over the symbols s of value of (∂value/∂s)·∂s."""
        found = sorted(value.free_symbols, key=lambda s: natural(s.name))
        return sp.Add(*(sp.diff(value, s) * self._derivative_of(s, variable) for s in found))

    def _derivative_of(self, s: sp.Symbol, variable: sp.Symbol) -> sp.Expr:
        if s == variable:
            return sp.S.One
        base, *indices = s.name.split("_")
        place = tuple(int(t) for t in indices if t.isdigit())
        k = int(variable.name.split("_")[-1])
        if base == "w":
            return s * symbol("phi", *place, k) / problem.lam
        if base == "s":
            return symbol("ds", *place, k)
        if base == "z":
            return s * symbol("ds", *place, k) / problem.lam
        if base in ("A", "Az"):
            whole = symbol(base.replace("A", "Z"), *place)
            return self._derivative_of(whole, variable) / whole
        if base == "Zz":
            return self.differentiate(self.definitions[s], variable)
        if base in ("Z", "dZ"):
            x, *orders = place
            return self._derivative_of_partition(x, *orders, k)
        return sp.S.Zero

    def _derivative_of_partition(self, x: int, *orders: int) -> sp.Symbol:
        """Return the name dZ_x_k of ∂_k Z = Σ q·w·φ_k/λ, dZ_x_k_l of ∂_l ∂_k Z, and so on."""
        value = sp.Add(*(
            symbol("w", x, a) * sp.Mul(*(symbol("phi", x, a, k) / problem.lam for k in orders))
            for a in range(1, self.shape.m + 1)
        ))  # fmt: skip
        self.partition("Z", x)
        return self.name("dZ", x, *orders, value=value)


class _PolicyWriter(_Writer):
    """Writes the policy as atoms, with the rules by which it differentiates."""

    def _term(self, expr: sp.Expr) -> sp.Expr:
        if isinstance(expr, sp.Indexed) and expr.base == pi:
            return self.policy(*map(int, expr.indices))
        found = super()._term(expr)
        return self._policies(found) if found.is_Mul else found

    def _policies(self, term: sp.Mul) -> sp.Expr:
        """Replace w/Z by π."""
        powers = term.as_powers_dict()
        for s in term.free_symbols:
            base, *place = s.name.split("_")
            if base == "w" and powers[s] == 1 and powers[symbol("Z", *place[:1])] == -1:
                return term / s * symbol("Z", *place[:1]) * self.policy(*map(int, place))
        return term

    def _note(self, whole: sp.Expr, parts: sp.Expr) -> None:
        super()._note(whole, self._policies(parts) if parts.is_Mul else parts)

    def policy(self, x: int, a: int) -> sp.Symbol:
        """Return the atom of a probability; that they add up to one is given."""
        total = sp.Add(*(symbol("pi", x, b) for b in range(1, self.shape.m + 1)))
        if (total, sp.S.One) not in self.given:
            self.given.append((total, sp.S.One))
        return symbol("pi", x, a)

    def _derivative_of(self, s: sp.Symbol, variable: sp.Symbol) -> sp.Expr:
        base, *indices = s.name.split("_")
        if base not in ("A", "dA", "pi", "dpi"):
            return super()._derivative_of(s, variable)
        k = int(variable.name.split("_")[-1])
        place = (*map(int, indices), k)
        first = 2 if base.endswith("pi") else 1
        x, orders = place[0], place[first:]
        rule = self._of_policy if base.endswith("pi") else self._of_log_partition
        return self.name("d" + base.removeprefix("d"), *place, value=rule(x, place[first - 1], orders))

    def _of_log_partition(self, x: int, _a: int, orders: tuple[int, ...]) -> sp.Expr:
        base = {1: mu, 2: V}[len(orders)]
        return self.term(base[(x, *orders)]) / problem.lam ** len(orders)

    def _of_policy(self, x: int, a: int, orders: tuple[int, ...]) -> sp.Expr:
        value = sp.Mul(*(symbol("phi", x, a, k) - self.term(mu[x, k]) for k in orders))
        if len(orders) == 2:
            value -= self.term(V[(x, *orders)])
        return self.policy(x, a) * value / problem.lam ** len(orders)
