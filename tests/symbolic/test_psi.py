import sympy as sp

from rlhf_symbolic.derivations.generalisation.psi import PSI, PSI_AT_ZERO, PSI_DERIVATIVE, M, psi, s


def test_integrals_are_those_that_sympy_computes():
    for statement in (PSI, PSI_DERIVATIVE, PSI_AT_ZERO):
        value = statement.closed_form.doit(conds="none")
        assert sp.simplify(value - statement.definition.doit()) == 0


def test_limit_at_zero_is_the_value_of_the_integral():
    assert sp.limit(psi(M), M, 0) == PSI_AT_ZERO.definition
    assert PSI.closed_form.function.subs(M, 0) == PSI_AT_ZERO.closed_form.function


def test_power_series_has_the_positive_coefficients_of_the_integral():
    """Coefficient of M^i: ∫(1 − s)s^i/i! ds = 1/(i + 2)!, so that ψ increases on M ≥ 0; the first twelve."""
    series = sp.series(psi(M), M, 0, 12).removeO()
    for order in range(12):
        expected = sp.integrate((1 - s) * s**order / sp.factorial(order), (s, 0, 1))
        assert series.coeff(M, order) == expected == 1 / sp.factorial(order + 2)


def test_second_integrand_is_positive_inside_the_interval():
    factors = PSI_DERIVATIVE.closed_form.function.as_ordered_factors()
    assert set(factors) == {s, 1 - s, sp.exp(M * s)}


def test_psi_is_the_value_at_the_end_of_the_interval():
    assert sp.simplify(sp.exp(M) - (1 + M + psi(M) * M**2)) == 0
