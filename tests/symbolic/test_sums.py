import inspect
from dataclasses import replace

import pytest
import sympy as sp

from rlhf_symbolic import DERIVATIONS, StepError
from rlhf_symbolic.derivations.generalisation.policy import pi
from rlhf_symbolic.engine import sums
from rlhf_symbolic.engine.explicit import Shape, extents
from rlhf_symbolic.engine.partition import partition, weight
from rlhf_symbolic.engine.problem import (
    RANGES,
    a,
    abbreviate,
    b,
    d,
    f,
    i,
    inner,
    j,
    k,
    l,
    lam,
    m,
    n,
    phi,
    q,
    r,
    theta,
    x,
)
from rlhf_symbolic.engine.rules import Algebra
from rlhf_symbolic.engine.sums import (
    UnsupportedExpressionError,
    check_denominators,
    contract,
    difference,
    is_positive,
    normal,
    rebuild,
)

FRAGMENT = {
    "product of sums": sp.Sum(q[x, a] * phi[x, a, k], (a, 1, m)) * sp.Sum(q[x, b] * phi[x, b, k], (b, 1, m)),
    "square of a sum": sp.Sum(q[x, a] * f[x, a], (a, 1, m)) ** 2,
    "shadowed index": sp.Sum(q[x, a] * (f[x, a] - sp.Sum(q[x, a] * f[x, a], (a, 1, m))), (a, 1, m)),
    "nested sums": sp.Sum(theta[r] * sp.Sum(q[x, a] * phi[x, a, r] * inner(theta, x, a), (a, 1, m)), (r, 1, d)),
    "inverse inside prompts": sp.Sum(sp.Sum(weight(theta, i, a) * f[i, a], (a, 1, m)) / partition(theta, i), (i, 1, n)),
    "prompts inside coordinates": sp.Sum(theta[r] * sp.Sum(phi[i, a, r] / n, (i, 1, n)), (r, 1, d)),
    "exponential of a difference": sp.exp((inner(theta, x, a) - inner(theta, x, b)) / (2 * lam)),
    "logarithm of a product": sp.log(3 * weight(theta, x, a) / partition(theta, x) ** 2),
    "constant body": sp.Sum(lam, (a, 1, m)),
    "long denominator": 1 / (2 * lam + 2 * q[x, a]),
    "delta": sp.Sum(sp.KroneckerDelta(j, k) * phi[x, a, j] ** 2, (j, 1, d)),
}


@pytest.mark.parametrize("name", FRAGMENT)
def test_normal_form_keeps_the_value(name, same_value):
    expr = FRAGMENT[name]
    assert same_value(expr, rebuild(normal(expr)))
    assert not same_value(expr, expr * (1 + sp.Rational(1, 10**20)))


@pytest.mark.parametrize("name", FRAGMENT)
def test_normal_form_is_idempotent_and_separates_a_perturbed_expression(name):
    expr = FRAGMENT[name]
    assert difference(rebuild(normal(expr)), expr) == 0
    assert difference(expr + lam, expr) == lam


def test_bound_names_are_immaterial():
    left = sp.Sum(q[x, a] * inner(theta, x, a), (a, 1, m))
    right = sp.Sum(sp.Sum(theta[l] * phi[x, b, l] * q[x, b], (b, 1, m)), (l, 1, d))
    assert difference(left, right) == 0


def test_bound_indices_of_different_ranges_are_not_exchanged():
    left = sp.Sum(phi[x, a, k] * theta[j], (a, 1, m), (j, 1, d))
    right = sp.Sum(phi[x, a, k] * theta[j], (a, 1, d), (j, 1, m))
    assert difference(left, right) != 0


def test_free_index_is_not_captured_by_a_bound_one():
    left = sp.Sum(phi[x, a, k] * theta[k], (k, 1, d))
    assert difference(left, phi[x, a, k] * theta[k]) != 0
    nested = sp.exp(inner(theta, x, a)) * sp.Sum(sp.exp(inner(theta, x, a)), (a, 1, m))
    squared = sp.Sum(sp.exp(2 * inner(theta, x, a)), (a, 1, m))
    assert difference(sp.Sum(nested, (a, 1, m)), squared) != 0


def test_delta_contracts_to_the_free_index():
    delta = sp.KroneckerDelta(j, k)
    contracted = contract(frozenset({(delta, 1), (theta[j], 2)}), delta, j, d)
    assert rebuild(contracted) == theta[k] ** 2


@pytest.mark.parametrize(
    "factors",
    [{(sp.KroneckerDelta(2 * j, k), 1)}, {(sp.KroneckerDelta(j, k), -1)}, {(sp.KroneckerDelta(k, l), 1)}],
    ids=["not the index itself", "denominator", "another index"],
)
def test_delta_that_does_not_select_is_refused(factors):
    ((delta, _),) = factors
    with pytest.raises(UnsupportedExpressionError, match="cannot contract"):
        contract(frozenset(factors), delta, j, d)


@pytest.mark.parametrize("size", [m, n, 3, d - 1, d + 1], ids=str)
def test_delta_is_contracted_only_over_the_range_of_its_free_index(size):
    with pytest.raises(UnsupportedExpressionError, match="another range"):
        normal(sp.Sum(sp.KroneckerDelta(j, k) * theta[j], (j, 1, size)))
    assert difference(sp.Sum(sp.KroneckerDelta(j, k) * theta[j], (j, 1, d)), theta[k]) == 0


@pytest.mark.parametrize("other", [a, b, i, x, sp.Integer(1), sp.Symbol("t", integer=True)], ids=str)
def test_delta_with_an_index_of_another_or_no_range_is_not_contracted(other):
    with pytest.raises(UnsupportedExpressionError, match="another range"):
        normal(sp.Sum(sp.KroneckerDelta(j, other) * theta[j], (j, 1, d)))


def test_delta_with_a_bound_index_is_not_contracted():
    with pytest.raises(UnsupportedExpressionError, match="another range"):
        normal(sp.Sum(sp.KroneckerDelta(j, k) * theta[j] * theta[k], (k, 1, m), (j, 1, d)))


def test_the_range_of_a_free_index_is_the_one_of_the_fixed_shapes():
    assert [RANGES[index] for index in (x, i, a, b, j, k, l, r)] == [n, n, m, m, d, d, d, d]
    assert extents((x, a, k, i, b), Shape(4, 3, 2)) == (2, 4, 3, 2, 4)


def test_delta_of_two_free_indices_stays():
    assert difference(sp.KroneckerDelta(k, l) * theta[k], theta[k]) != 0


def test_partition_functions_of_each_prompt_cancel_under_the_sum():
    total = sp.Sum(sp.Sum(weight(theta, i, a), (a, 1, m)) / partition(theta, i), (i, 1, n))
    assert difference(total, n) == 0


def test_logarithm_splits_only_positive_products():
    assert difference(sp.log(q[x, a] * q[x, b]), sp.log(q[x, a]) + sp.log(q[x, b])) == 0
    signed = sp.log(f[x, a] * f[x, b])
    assert difference(signed, sp.log(f[x, a]) + sp.log(f[x, b])) != 0


ZERO = sp.log(6) - sp.log(2) - sp.log(3)  # sympy does not know that it is 0
POSITIVE = {
    "symbol": lam,
    "entry": q[x, a],
    "rational": sp.Rational(1, 3),
    "exponential": sp.exp(theta[k]),
    "power": lam**-2,
    "product": lam * q[x, a] * sp.exp(f[x, a]),
    "sum of terms": lam + q[x, a] + 1,
    "sum over actions": sp.Sum(q[x, a], (a, 1, m)),
    "sum over two indices": sp.Sum(q[i, a], (a, 1, m), (i, 1, n)),
    "sum over three": sp.Sum(q[x, a], (a, 1, 3)),
    "partition function": partition(theta, x),
}
UNKNOWN = {
    "zero": sp.S.Zero,
    "negative": sp.Integer(-1),
    "real symbol": sp.Symbol("t", real=True),
    "real entry": f[x, a],
    "even power": f[x, a] ** 2,
    "power zero of a real entry": sp.Pow(f[x, a], 0, evaluate=False),
    "root": sp.sqrt(lam),
    "symbolic power": lam ** sp.Symbol("t", integer=True),
    "product with one real factor": lam * f[x, a],
    "product of two real factors": f[x, a] * f[x, b],
    "sum with one real term": lam + f[x, a],
    "difference": lam - q[x, a],
    "difference of positive constants": ZERO,
    "logarithm": sp.log(lam),
    "positive logarithm": sp.log(3),
    "sum of real terms": sp.Sum(f[x, a], (a, 1, m)),
    "sum over nothing": sp.Sum(q[x, a], (a, 1, 0)),
    "sum that may be empty": sp.Sum(q[x, a], (a, 1, m - 1)),
    "sum to a size that may be 0": sp.Sum(q[x, a], (a, 1, sp.Symbol("t", integer=True, nonnegative=True))),
    "sum to no integer": sp.Sum(q[x, a], (a, 1, lam)),
    "sum to a free index": sp.Sum(q[x, a], (a, 1, b)),
    "sum from 2": sp.Sum(q[x, a], (a, 2, m)),
    "sum with one bad range": sp.Sum(q[i, a], (a, 1, m), (i, 2, n)),
    "delta": sp.KroneckerDelta(k, l),
    "function": sp.Function("F", positive=True)(lam),
    "float": sp.Float(0.5),
    "infinity": sp.oo,
    "pi": sp.pi,
}
PREDICATES = {name: getattr(sums, name) for name in ("is_positive", "_is_range")}


def wrong_signs(positive):
    table = [(expr, True) for expr in POSITIVE.values()] + [(expr, False) for expr in UNKNOWN.values()]
    return [expr for expr, truth in table if positive(expr) is not truth]


def test_positivity_follows_from_form_and_assumptions_only():
    assert wrong_signs(is_positive) == []


# Every comparison, connective and type of the two predicates, changed.
MUTANTS = [
    ("is_positive(expr.function) and all(", "all("),
    ("is_positive(expr.function) and all(", "is_positive(expr.function) or all("),
    ("and all(_is_range", "and any(_is_range"),
    (" and all(_is_range(lower, upper) for _, lower, upper in expr.limits)", ""),
    ("isinstance(expr, sp.Sum)", "False"),
    ("is_positive(expr.base) and isinstance(expr.exp, sp.Integer)", "is_positive(expr.base)"),
    ("is_positive(expr.base) and isinstance(expr.exp, sp.Integer)", "isinstance(expr.exp, sp.Integer)"),
    ("is_positive(expr.base) and", "is_positive(expr.base) or"),
    ("isinstance(expr, sp.Pow)", "False"),
    ("sp.Mul | sp.Add", "sp.Mul"),
    ("sp.Mul | sp.Add", "sp.Add"),
    ("all(is_positive(part)", "any(is_positive(part)"),
    ("sp.Symbol | sp.Indexed | sp.Rational", "sp.Indexed | sp.Rational"),
    ("sp.Symbol | sp.Indexed | sp.Rational", "sp.Symbol | sp.Rational"),
    ("sp.Symbol | sp.Indexed | sp.Rational", "sp.Symbol | sp.Indexed"),
    ("sp.Symbol | sp.Indexed | sp.Rational", "sp.Expr"),
    (") and bool(expr.is_positive)", ")"),
    ("and bool(expr.is_positive)", "or bool(expr.is_positive)"),
    ("known or isinstance(expr, sp.exp)", "known"),
    ("known or isinstance(expr, sp.exp)", "known or isinstance(expr, (sp.exp, sp.log))"),
    ("known or isinstance(expr, sp.exp)", "True"),
    ("expr.is_positive)", "expr.is_nonnegative)"),
    ("expr.is_positive)", "expr.is_nonzero)"),
    ("expr.is_positive)", "expr.is_real)"),
    ("lower == 1 and ", ""),
    ("lower == 1", "lower >= 1"),
    (" and upper.is_positive", ""),
    ("upper.is_positive", "upper.is_nonnegative"),
    ("upper.is_integer and", ""),
]


@pytest.mark.parametrize(("old", "new"), MUTANTS)
def test_every_mutant_of_the_predicates_gets_a_sign_wrong(old, new):
    source = "".join(map(inspect.getsource, PREDICATES.values()))
    assert old in source
    names = dict(vars(sums))
    exec(source.replace(old, new), names)  # our own source, one change in it
    assert wrong_signs(names["is_positive"])


def never_evaluated(*factors):
    return sp.Mul(*factors, evaluate=False)


def inverse(expr):
    return sp.Pow(expr, -1, evaluate=False)


@pytest.mark.parametrize(
    "zero",
    [ZERO, f[x, a], sp.Sum(f[x, a], (a, 1, m)), sp.Sum(q[x, a], (a, 1, m - 1)), lam - q[x, a], sp.log(lam), theta[k]],
    ids=str,
)
def test_nothing_is_divided_by_what_may_be_zero(zero):
    """0·x/0 = x, with a 0 that nobody sees."""
    for divided in (
        never_evaluated(phi[x, a, k], zero, inverse(zero)),
        never_evaluated(phi[x, a, k], inverse(zero), inverse(inverse(zero))),
        phi[x, a, k] * lam / zero,
        sp.Sum(never_evaluated(phi[x, b, k], zero, inverse(zero)), (b, 1, m)),
        sp.exp(never_evaluated(zero, inverse(zero)), evaluate=False),
        sp.Derivative(never_evaluated(theta[l], zero, inverse(zero)), theta[l]),
    ):
        with pytest.raises(UnsupportedExpressionError, match="nothing shows to be other than 0"):
            check_denominators(divided)
        step = replace(DERIVATIONS["score"].steps[0], before=divided, after=divided, rule=Algebra())
        with pytest.raises(StepError, match="nothing shows to be other than 0"):
            DERIVATIONS["score"].check_step(step)
    with pytest.raises(UnsupportedExpressionError, match="nothing shows to be other than 0"):
        normal(never_evaluated(phi[x, a, k], inverse(zero), inverse(inverse(zero))))


@pytest.mark.parametrize("positive", [lam, q[x, a], partition(theta, x), 2 * lam + q[x, a], -lam, pi[x, a]], ids=str)
def test_what_is_positive_by_its_form_is_divided_by(positive):
    check_denominators(phi[x, a, k] / positive)


@pytest.mark.parametrize("bad", [sp.log(-lam, evaluate=False), sp.log(-lam - q[x, a])], ids=str)
def test_the_logarithm_of_what_is_negative_is_refused(bad):
    with pytest.raises(UnsupportedExpressionError, match="logarithm of what is not positive"):
        normal(bad)


@pytest.mark.parametrize(
    "expr",
    [sp.Float(0.5) * lam, sp.sqrt(lam), sp.sin(lam), sp.Sum(theta[j], (j, 0, d))],
    ids=["float", "root", "unknown function", "sum from 0"],
)
def test_what_is_outside_the_exact_fragment_is_refused(expr):
    with pytest.raises(UnsupportedExpressionError):
        normal(expr)


def test_division_by_zero_is_refused():
    zero = sp.Add(sp.Sum(lam, (a, 1, m)), -m * lam, evaluate=False)
    with pytest.raises(UnsupportedExpressionError, match="identically 0"):
        normal(1 / zero)


def test_abbreviation_names_are_unique():
    with pytest.raises(ValueError, match="already defined"):
        abbreviate("pi", lambda s, t: theta[s] + theta[t])
