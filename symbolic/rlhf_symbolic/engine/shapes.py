"""Fixed shapes: identities as rational functions in w_a = exp(⟨θ,φ_a⟩/λ), checked by literally zero numerators.

This level shares nothing with `sums` but the statement: sums are written out, the derivative is the chain rule on
generators (∂w_a = φ_a·w_a/λ, ∂Z = Σ q·∂w, ∂u⁻¹ = −u⁻²·∂u) instead of sympy's ``diff``, and equality is decided in a
polynomial ring over ℚ. Generators: θ, θ*, φ, q, λ, w, w* = exp(⟨θ*,φ⟩/λ), Z, Z*, and where they occur f, p, log q,
log p, log Z, G = exp E_π⟨θ*−θ,φ⟩/λ, wf = exp(f/λ), Zf, the same of a reward s with its derivatives ds. Units have
their inverse as a generator: u·u⁻¹ = 1, and at the end Z = Σ q·w.
"""

from collections.abc import Callable
from functools import lru_cache
from itertools import product
from operator import itemgetter, mul
from typing import Any

import sympy as sp
from sympy.core.function import AppliedUndef
from sympy.polys.rings import ring

from rlhf_symbolic.engine.explicit import Shape, named_reward, sizes, write_out
from rlhf_symbolic.engine.problem import definition_of
from rlhf_symbolic.engine.sums import UnsupportedExpressionError

Element = Any  # sympy's PolyElement, which has no types

_UNITS = ("lambda", "q", "p", "w", "w*", "wf", "ws", "Z", "Z*", "Zf", "Zs", "G")
_LOGARITHMS = ("q", "p", "Z", "Z*", "Zf", "Zs")
_REWARDS = frozenset("fs")


class Atoms:
    """Polynomial ring of one shape, with the rules of its exponentials, logarithms and derivatives.

    Parameters
    ----------
    shape
        Number of actions, dimension, prompts.
    extra
        Optional families of generators: ``f`` (a function), ``p`` (an arbitrary policy), ``h`` (a direction), ``s`` (a
        reward that depends on θ), and the bounds ``B`` and ``M``.
    """

    def __init__(self, shape: Shape, extra: frozenset[str]) -> None:
        self.shape = shape
        self.rewards = sorted(extra & _REWARDS)
        names = _generator_names(shape, extra)
        self.ring, *generators = ring(names, sp.QQ)
        self.generators: dict[str, Element] = dict(zip(names, generators, strict=True))
        place = {name: position for position, name in enumerate(names)}
        self.pairs = [(place[name], place[f"1/{name}"]) for name in names if f"1/{name}" in place]
        self._units, self._inverses = (itemgetter(*places) for places in zip(*self.pairs, strict=True))
        self.inverse_name = {names[s]: names[t] for s, t in self.pairs} | {names[t]: names[s] for s, t in self.pairs}
        self._prompts = {
            x: itemgetter(*(place[name] for name in names if _prompt(name) == x)) for x in map(_prompt, names) if x
        }
        self.partitions = {name: self._partition(name) for name in names if name[0] == "Z"}
        self.logarithms = self._logarithms()
        self._derivatives: dict[tuple[str, str], Element] = {}
        self._elements: dict[sp.Expr, Element] = {}

    def _partition(self, name: str) -> Element:
        kind, x = name.split("_")
        actions = range(1, self.shape.m + 1)
        return sum(
            self.generators[f"q_{x}_{a}"] * self.generators[f"{kind.replace('Z', 'w')}_{x}_{a}"] for a in actions
        )

    def _logarithms(self) -> dict[str, Element]:
        """Logarithms: log w_a = ⟨θ,φ_a⟩/λ; log q and log Z are generators; log G = E_π⟨θ*−θ,φ⟩/λ."""
        g = self.generators
        logs = {name[4:-1]: g[name] for name in g if name.startswith("log(")}
        for x in range(1, self.shape.n + 1):
            mean = self.ring(0)
            for a in range(1, self.shape.m + 1):
                logs[f"w_{x}_{a}"] = self._inner("theta", x, a)
                logs[f"w*_{x}_{a}"] = self._inner("theta_star", x, a)
                mean += g[f"q_{x}_{a}"] * g[f"w_{x}_{a}"] * (logs[f"w*_{x}_{a}"] - logs[f"w_{x}_{a}"])
                logs |= {f"w{r}_{x}_{a}": g[f"{r}_{x}_{a}"] * g["1/lambda"] for r in self.rewards}
            logs[f"G_{x}"] = self.cancel(mean * self.inverse(self.partitions[f"Z_{x}"]))
        return logs

    def _inner(self, v: str, x: int, a: int) -> Element:
        g = self.generators
        return sum(g[f"{v}_{j}"] * g[f"phi_{x}_{a}_{j}"] for j in range(1, self.shape.d + 1)) * g["1/lambda"]

    def element(self, expr: sp.Expr) -> Element:
        """Return the ring element of an expression without sums or indices.

        Raises
        ------
        UnsupportedExpressionError
            If it is not rational in the generators, their exponentials and logarithms; floats in particular.
        """
        if expr not in self._elements:
            self._elements[expr] = self._element(expr)
        return self._elements[expr]

    def _element(self, expr: sp.Expr) -> Element:
        for kind, rule in _RULES:
            if isinstance(expr, kind):
                return self.cancel(rule(self, expr))
        raise UnsupportedExpressionError(f"no exact rule for {type(expr).__name__}: {expr}")

    def generator(self, name: sp.Symbol) -> Element:
        """Return the generator of a symbol."""
        if name.name not in self.generators:
            raise UnsupportedExpressionError(f"no generator of this shape: {name}")
        return self.generators[name.name]

    def unfold(self, term: sp.Indexed) -> Element:
        """Return the element of an abbreviation with integer indices."""
        return self.element(write_out(definition_of(term), sizes(self.shape)))

    def product(self, expr: sp.Mul) -> Element:
        """Return the product of the elements of the factors."""
        total = self.ring(1)
        for factor in expr.args:
            total = self.cancel(total * self.element(factor))
        return total

    def power(self, expr: sp.Pow) -> Element:
        """Return the integer power; a negative one needs a unit or a partition function as base."""
        if not isinstance(expr.exp, sp.Integer):
            raise UnsupportedExpressionError(f"only integer powers are exact here: {expr}")
        base = self.element(expr.base)
        return (base if expr.exp > 0 else self.inverse(base)) ** abs(int(expr.exp))

    def inverse(self, base: Element) -> Element:
        """Return the inverse of coefficient · units · (1 or a partition function)."""
        coefficient, exponents = self.factor(base)
        total = self.ring(1 / coefficient)
        for name, e in exponents.items():
            if name not in self.inverse_name:
                raise UnsupportedExpressionError(f"division by {name}")
            total *= self.generators[self.inverse_name[name]] ** e
        return total

    def exponential(self, expr: sp.exp) -> Element:
        """Return the exponential of an integer combination of the known logarithms of w, w* and G."""
        argument, total = self.element(expr.args[0]), self.ring(1)
        for name, logarithm in self.logarithms.items():
            if name[0] not in "wG":
                continue
            e = argument.get(logarithm.leading_expv(), 0) / logarithm.LC if logarithm else 0
            if e and e.denominator == 1:
                argument -= e * logarithm
                total *= self.generators[name if e > 0 else f"1/{name}"] ** abs(int(e))
        if argument:
            raise UnsupportedExpressionError(f"exponential outside the generators: exp({argument})")
        return total

    def logarithm(self, expr: sp.log) -> Element:
        """Return the logarithm of a product of units and a partition function."""
        coefficient, exponents = self.factor(self.element(expr.args[0]))
        if coefficient != 1:
            raise UnsupportedExpressionError(f"logarithm outside the generators: {expr}")
        total = self.ring(0)
        for name, e in exponents.items():
            inverse, unit = name.startswith("1/"), name.removeprefix("1/")
            if unit not in self.logarithms:
                raise UnsupportedExpressionError(f"logarithm outside the generators: {expr}")
            total += (-e if inverse else e) * self.logarithms[unit]
        return total

    def factor(self, base: Element) -> tuple[Any, dict[str, int]]:
        """Write an element as coefficient · Π generator^e, where Σ q·w counts as the generator Z.

        Raises
        ------
        UnsupportedExpressionError
            If it has no such form.
        """
        if not base:
            raise UnsupportedExpressionError("0 is no unit of the ring")
        content = tuple(map(min, zip(*base, strict=True)))
        exponents = {str(g): e for g, e in zip(self.ring.symbols, content, strict=False) if e}
        primitive = self.ring({tuple(s - t for s, t in zip(mono, content, strict=True)): c for mono, c in base.items()})
        if len(primitive) == 1:
            return primitive.LC, exponents
        for name, polynomial in self.partitions.items():
            if primitive == polynomial * primitive.LC:
                return primitive.LC, exponents | {name: exponents.get(name, 0) + 1}
        raise UnsupportedExpressionError(f"not a unit of the ring: {base}")

    def derivative(self, expr: sp.Derivative) -> Element:
        """Return the partial derivatives in θ by the chain rule on the generators."""
        total = self.element(expr.expr)
        for variable in expr.variables:
            total = self.differentiate(total, str(variable))
        return total

    def differentiate(self, value: Element, variable: str) -> Element:
        """∂value = Σ over generators g of (∂value/∂g)·∂g."""
        total = self.ring(0)
        for name in {str(self.ring.symbols[s]) for mono in value for s, e in enumerate(mono) if e}:
            inner = self._derivative_of(name, variable)
            if inner:
                total += value.diff(self.generators[name]) * inner
        return self.cancel(total)

    def _derivative_of(self, name: str, variable: str) -> Element:
        """∂g of one generator; remembered, because every derivation of a shape asks again."""
        key = (name, variable)
        if key not in self._derivatives:
            self._derivatives[key] = self.cancel(self._chain_rule(name, variable))
        return self._derivatives[key]

    def _chain_rule(self, name: str, variable: str) -> Element:
        g = self.generators
        if name.startswith("1/"):
            return -(g[name] ** 2) * self._derivative_of(name[2:], variable)
        if name.startswith("log("):
            unit = name[4:-1]
            return g[f"1/{unit}"] * self._derivative_of(unit, variable)
        if name in self.partitions:
            return self.differentiate(self.partitions[name], variable)
        if name[0] in "wG":
            return g[name] * self.differentiate(self.logarithms[name], variable)
        if name.startswith("s_"):
            return g[f"d{name}_{variable.split('_')[-1]}"]
        return self.ring(1 if name == variable else 0)

    def cancel(self, value: Element) -> Element:
        """Apply u·u⁻¹ = 1."""
        if not any(any(map(mul, self._units(mono), self._inverses(mono))) for mono in value):
            return value
        total = self.ring.zero
        for mono, coefficient in value.items():
            exponents = list(mono)
            for s, t in self.pairs:
                common = min(exponents[s], exponents[t])
                exponents[s] -= common
                exponents[t] -= common
            total += self.ring({tuple(exponents): coefficient})
        return total

    def numerators(self, value: Element) -> list[Element]:
        """Return the numerators over common denominators Π Z^K, with Z = Σ q·w put in: all are zero iff the value is.

        Terms that mention different prompts are first put over their own denominators, which is much cheaper; if that
        leaves anything, all terms are put over one.
        """
        if self.shape.n == 1:
            return [self._numerator(value)]
        parts: dict[frozenset[str], Element] = {}
        for mono, coefficient in value.items():
            key = frozenset(x for x, exponents in self._prompts.items() if any(exponents(mono)))
            parts.setdefault(key, self.ring.zero)
            parts[key] += self.ring({mono: coefficient})
        separate = [self._numerator(part) for part in parts.values()]
        return [self._numerator(value)] if any(separate) else separate

    def _numerator(self, value: Element) -> Element:
        for name, polynomial in self.partitions.items():
            place = self.ring.symbols.index(sp.Symbol(f"1/{name}"))
            parts = _by_degree(value, place, self.ring)
            top = max(parts, default=0)
            value = sum((part * polynomial ** (top - degree) for degree, part in parts.items()), self.ring.zero)
            if value.degree(self.generators[name]) > 0:
                value = value.compose(self.generators[name], polynomial)
            value = self.cancel(value)
        return value


def eliminate(value: Element, relation: Element) -> Element:
    """Put in an equation relation = 0 that is linear in its leading generator, such as p₁ + p₂ − 1."""
    ring_ = relation.ring
    generator = ring_({relation.leading_expv(): sp.QQ(1)})
    return value.compose(generator, generator - relation / relation.LC)


def _by_degree(value: Element, place: int, polynomials: Any) -> dict[int, Element]:  # noqa: ANN401
    """Parts of a polynomial by their degree in one generator, which is removed."""
    parts: dict[int, Element] = {}
    for mono, coefficient in value.items():
        rest = (*mono[:place], 0, *mono[place + 1 :])
        parts.setdefault(mono[place], polynomials.zero)
        parts[mono[place]] += polynomials({rest: coefficient})
    return parts


def _prompt(name: str) -> str:
    """Prompt that a generator belongs to; empty for θ, θ* and λ."""
    family, *indices = name.removeprefix("1/").removeprefix("log(").removesuffix(")").split("_")
    return "" if family in ("lambda", "theta", "h", "B", "M") else indices[0]


def _generator_names(shape: Shape, extra: frozenset[str]) -> list[str]:
    prompts, actions, coordinates = (range(1, size + 1) for size in (shape.n, shape.m, shape.d))
    pairs = [f"{x}_{a}" for x, a in product(prompts, actions)]
    names = ["lambda", *(f"{v}_{j}" for v in ("theta", "theta_star") for j in coordinates)]
    names += [f"phi_{pair}_{j}" for pair in pairs for j in coordinates]
    names += [f"h_{j}" for j in coordinates if "h" in extra]
    names += [name for name in ("B", "M") if name in extra]
    rewards = sorted(extra & _REWARDS)
    tables = ("q", "w", "w*", *sorted(extra & {"f", "p", "s"}), *(f"w{r}" for r in rewards))
    names += [f"{base}_{pair}" for base in tables for pair in pairs]
    names += [f"ds_{pair}_{j}" for pair in pairs for j in coordinates if "s" in extra]
    names += [f"{base}_{x}" for base in ("Z", "Z*", *(f"Z{r}" for r in rewards), "G") for x in prompts]
    family = {name: name.split("_")[0] for name in names}
    logs = [f"log({name})" for name in names if family[name] in _LOGARITHMS]
    return [*names, *logs, *(f"1/{name}" for name in names if family[name] in _UNITS)]


@lru_cache(maxsize=64)
def atoms(shape: Shape, extra: frozenset[str] = frozenset()) -> Atoms:
    """Return the ring of a shape; kept, because every derivation of a shape uses it."""
    return Atoms(shape, extra)


_RULES: tuple[tuple[Any, Callable[[Atoms, sp.Expr], Element]], ...] = (
    (sp.Rational, lambda ring_, e: ring_.ring(sp.QQ(int(e.p), int(e.q)))),
    (sp.Symbol, Atoms.generator),
    (AppliedUndef, lambda ring_, e: ring_.generator(named_reward(e))),
    (sp.Indexed, Atoms.unfold),
    (sp.Add, lambda ring_, e: sum(map(ring_.element, e.args), ring_.ring.zero)),
    (sp.Mul, Atoms.product),
    (sp.exp, Atoms.exponential),
    (sp.Pow, Atoms.power),
    (sp.log, Atoms.logarithm),
    (sp.Derivative, Atoms.derivative),
)
