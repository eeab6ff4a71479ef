import pytest
import sympy as sp

from rlhf_symbolic.partition import partition, weight
from rlhf_symbolic.problem import a, abbreviate, b, d, f, i, inner, j, k, l, lam, m, n, phi, q, r, theta, x
from rlhf_symbolic.sums import UnsupportedExpressionError, contract, difference, is_positive, normal, rebuild

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
    contracted = contract(frozenset({(delta, 1), (theta[j], 2)}), delta, j)
    assert rebuild(contracted) == theta[k] ** 2


@pytest.mark.parametrize(
    "factors",
    [{(sp.KroneckerDelta(2 * j, k), 1)}, {(sp.KroneckerDelta(j, k), -1)}, {(sp.KroneckerDelta(k, l), 1)}],
    ids=["not the index itself", "denominator", "another index"],
)
def test_delta_that_does_not_select_is_refused(factors):
    ((delta, _),) = factors
    with pytest.raises(UnsupportedExpressionError, match="cannot contract"):
        contract(frozenset(factors), delta, j)


def test_delta_of_two_free_indices_stays():
    assert difference(sp.KroneckerDelta(k, l) * theta[k], theta[k]) != 0


def test_partition_functions_of_each_prompt_cancel_under_the_sum():
    total = sp.Sum(sp.Sum(weight(theta, i, a), (a, 1, m)) / partition(theta, i), (i, 1, n))
    assert difference(total, n) == 0


def test_logarithm_splits_only_positive_products():
    assert difference(sp.log(q[x, a] * q[x, b]), sp.log(q[x, a]) + sp.log(q[x, b])) == 0
    signed = sp.log(f[x, a] * f[x, b])
    assert difference(signed, sp.log(f[x, a]) + sp.log(f[x, b])) != 0


@pytest.mark.parametrize(("expr", "positive"), [(q[x, a], True), (f[x, a], False), (partition(theta, x), True)])
def test_positivity_follows_from_the_assumptions_only(expr, positive):
    assert is_positive(expr) is positive


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
