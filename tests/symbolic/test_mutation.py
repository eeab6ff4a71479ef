"""Every sign, index, factor and power of every step is changed, one at a time: each change must be caught.

A change that is accepted must not change the value: it is compared with the left side at a random rational point.
Such equivalent mutants are not excused by hand; their number is pinned, so that a new one is seen.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain

import pytest
import sympy as sp
from sympy.core.function import AppliedUndef

from rlhf_symbolic import DERIVATIONS, Step, StepError
from rlhf_symbolic.engine.problem import M, a, b, d, i, k, l, lam, m, n, p, q, r, theta, theta_star, x

pytestmark = [
    pytest.mark.deep,
    pytest.mark.slow,
    pytest.mark.no_cover,
]  # tracing doubles the time of sympy, and shows nothing new

# What an index, a size or a symbol is confused with.
NEIGHBOURS = {a: b, b: a, k: l, l: k, r: k, x: i, i: x, theta: theta_star, theta_star: theta, q: p}
Mutant = tuple[str, sp.Expr]


def mutants(expr: sp.Expr) -> Iterator[Mutant]:
    """All changes, at single places and as a whole: what was changed, and the changed expression, each once."""
    seen = {expr}
    for kind, mutant in chain(_everywhere(expr), _as_a_whole(expr)):
        if mutant not in seen:
            seen.add(mutant)
            yield kind, mutant


def _as_a_whole(expr: sp.Expr) -> Iterator[Mutant]:
    """Changes at all places at once."""
    yield "scale", 2 * expr
    yield "indices swapped", expr.xreplace({k: l, l: k})
    yield "actions swapped", expr.xreplace({a: b, b: a})
    yield "prompts", expr.xreplace({x: i})
    yield "parameters swapped", expr.xreplace({theta: theta_star, theta_star: theta})
    yield "inverse everywhere", expr.xreplace({lam: 1 / lam})
    for node in sorted(expr.atoms(sp.Add), key=sp.default_sort_key):
        yield f"term dropped in every {node}", expr.xreplace({node: sp.Add(*node.args[1:])})


def _everywhere(node: sp.Expr) -> Iterator[Mutant]:
    """Changes of a node itself and, one place at a time, below it; what only binds or indexes is no place."""
    for kind, changed in _changes(node):
        yield f"{kind} in {node}", changed
    if isinstance(node, sp.Indexed | AppliedUndef):
        return
    first_only = isinstance(node, sp.Sum | sp.Integral | sp.Derivative | sp.Subs | sp.Pow)
    for place, part in enumerate(node.args[:1] if first_only else node.args):
        for kind, changed in _everywhere(part):
            yield kind, node.func(*node.args[:place], changed, *node.args[place + 1 :])


def _changes(node: sp.Basic) -> Iterator[Mutant]:
    yield "sign", -node
    if isinstance(node, sp.Add):
        for term in node.args:
            yield "sign of a term", node - 2 * term
            yield "term dropped", node - term
    if isinstance(node, sp.Mul):
        for factor in node.args:
            yield "factor dropped", node / factor
    if isinstance(node, sp.Mul | sp.Sum | sp.Integral | sp.Derivative):
        yield "factor 2", 2 * node
    if isinstance(node, sp.Pow):
        yield "power", node * node.base
    if isinstance(node, sp.Indexed):
        yield from _confusions(node)
    if node in (lam, M):
        yield "inverse", 1 / node


def _confusions(node: sp.Indexed) -> Iterator[Mutant]:
    """Another index at one place, another table."""
    for place, index in enumerate(node.indices):
        if index in NEIGHBOURS:
            indices = [NEIGHBOURS[index] if t == place else s for t, s in enumerate(node.indices)]
            yield "index", node.base[tuple(indices)]
    if node.base in NEIGHBOURS:
        yield "table", NEIGHBOURS[node.base][node.indices]


def rejection(derivation, step: Step) -> StepError | None:
    try:
        derivation.check_step(step)
    except StepError as error:
        return error
    return None


def survey(derivation) -> tuple[int, list[tuple[Step, str, sp.Expr]]]:
    """Number of mutants, and those that were accepted; a rejection names the step and says what is left."""
    tried, accepted = 0, []
    for step in derivation.steps:
        caught = 0
        for kind, after in mutants(step.after):
            tried += 1
            error = rejection(derivation, replace(step, after=after))
            if error is None:
                accepted.append((step, kind, after))
            else:
                assert (error.derivation, error.step) == (derivation.id, step.name)
                assert error.residual != 0
                caught += 1
        assert caught >= 2, step.name
    return tried, accepted


# Accepted mutants, all with the value of the original: constants lost under a logarithmic derivative (2Z for Z), shifts
# of one factor of a covariance, a baseline under the mean of the score, a factor Σπ = 1 (also that of another prompt),
# the sign in an even power, another name of a summation index.
EQUIVALENT: dict[str, int] = {
    "coverage-rate": 6,
    "hoeffding-constant": 4,
    "boltzmann-normalised": 4,
    "implicit-reward": 1,
    "grad-log-partition": 3,
    "score": 8,
    "grad-policy": 9,
    "grad-expectation": 19,
    "hess-log-partition": 7,
    "objective-value": 6,
    "optimum-value": 8,
    "gibbs-variational": 4,
    "gap-identity": 7,
    "kl-gradient": 6,
    "entropy-gradient": 6,
    "grad-objective-prompt": 6,
    "grad-objective": 4,
    "gradient-alignment": 5,
    "grad-covariance": 3,
    "hess-objective": 92,
    "score-identity": 152,
    "pairwise-estimator": 1,
    "curvature": 5,
    "smoothness-below": 10,
    "smoothness-above": 10,
    "descent-step": 1,
    "psi-limit": 1,
    "gap-general": 8,
    "nonlinear-gradient": 80,
    "coverage-split": 1,
    "chi-square-moment": 4,
    "k3-unbiased": 2,
    "reward-error-identity": 11,
    "reward-error-transfer": 5,
    "preference-affinity": 3,
    "holder-two": 1,
    "budget-bound": 1,
    "budget-preferences": 1,
    "budget-variance": 2,
    "budget-preferences-fast": 1,
    "ar1-stationary": 1,
    "ou-vs-ar1": 1,
    "gauss-kl": 1,
}


@pytest.mark.parametrize("name", DERIVATIONS)
def test_every_mutant_is_caught_or_has_the_same_value(name, same_value, record_property):
    tried, accepted = survey(DERIVATIONS[name])
    record_property("mutants", tried)
    record_property("equivalent", [f"{step.name}: {kind}" for step, kind, _ in accepted])
    assert tried >= 2
    for step, kind, after in accepted:
        assert same_value(after, step.after) or same_value(after, step.before), (
            f"{name}: {step.name}: {kind} was accepted: {after}"
        )
    assert len(accepted) == EQUIVALENT.get(name, 0), Counter(kind for _, kind, _ in accepted)


def test_the_sizes_are_no_neighbours():
    assert not {m, d, n} & set(NEIGHBOURS)
