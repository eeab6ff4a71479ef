import pytest
import sympy as sp

from rlhf_symbolic.derivations.generalisation.policy import V, boltzmann, mu, pi
from rlhf_symbolic.engine.problem import (
    a,
    abbreviations,
    b,
    definition_of,
    gap_inner,
    inner,
    k,
    l,
    phi,
    theta,
    theta_star,
    unfold,
    x,
)


def test_abbreviations_unfold_to_independent_symbols():
    unfolded = unfold(V[x, k, l] * mu[x, k])
    assert abbreviations(V[x, k, l] * mu[x, k]) == {V[x, k, l], mu[x, k]}
    assert abbreviations(unfolded) == set()


@pytest.mark.parametrize("action", [a, b])
def test_unfolding_keeps_the_free_indices(action):
    assert unfold(pi[x, action]) == boltzmann(theta, x, action)
    symbols = {s for s in unfold(pi[x, action]).free_symbols if isinstance(s, sp.Symbol) and s.is_integer}
    assert {x, action} <= symbols
    assert not symbols & ({a, b} - {action})


def test_independent_symbols_have_no_definition():
    assert definition_of(phi[x, a, k]) is None
    assert definition_of(pi[x, a]) == boltzmann(theta, x, a)


def test_gap_product_is_the_difference_of_the_products(same_value):
    assert same_value(gap_inner(x, a), inner(theta_star, x, a) - inner(theta, x, a))
    assert not same_value(gap_inner(x, a), inner(theta_star, x, a))


def test_index_that_a_definition_binds_is_refused():
    with pytest.raises(ValueError, match="binds its index a"):
        unfold(V[x, a, k])
    assert abbreviations(unfold(V[x, l, k])) == set()
