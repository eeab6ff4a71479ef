"""The divergence between normal laws: its integral over the line, its sum over coordinates, and claims that use it."""

import numpy as np
import pytest
import sympy as sp

from rlhf_numeric.claims.common.process import NORMALS
from rlhf_numeric.claims.reward_shift.stationary_sgd import divergence
from rlhf_numeric.evaluation.record import Setting
from rlhf_symbolic.derivations.reward_shift.normal_laws import DENSITY, DIVERGENCE, LOG_RATIO, c, g, s, t, u

DENSITY_OF_THE_LAW = DENSITY / sp.sqrt(2 * sp.pi)


def test_the_integral_over_the_whole_line_is_the_formula():
    integral = sp.integrate(sp.expand(LOG_RATIO * DENSITY_OF_THE_LAW), (t, -sp.oo, sp.oo))
    assert sp.simplify(integral - DIVERGENCE) == 0


def test_another_formula_is_not_the_integral():
    integral = sp.integrate(sp.expand(LOG_RATIO * DENSITY_OF_THE_LAW), (t, -sp.oo, sp.oo))
    assert sp.simplify(integral - DIVERGENCE - u**2 / c) != 0


def test_what_an_interval_leaves_out_tends_to_zero():
    assert sp.limit(-(s**2 / c - 1) * g * sp.exp(-(g**2) / 2), g, sp.oo) == 0


def test_the_log_ratio_is_that_of_the_densities():
    mu, nu, x = sp.symbols("mu nu x", real=True)

    def log_density(mean, variance):
        return -((x - mean) ** 2) / (2 * variance) - sp.log(2 * sp.pi * variance) / 2

    ratio = (log_density(mu, s**2) - log_density(nu, c)).subs(x, mu + s * t).subs(mu, nu + u)
    assert sp.simplify(sp.expand_log(ratio - LOG_RATIO, force=True)) == 0


@pytest.mark.parametrize("d", [1, 2, 3])
def test_the_claims_use_the_mean_of_the_log_ratio_under_the_law(d):
    laws = NORMALS.draw(np.random.default_rng(4), 20, Setting((d,)))
    nodes, weights = np.polynomial.hermite_e.hermegauss(8)  # exact for polynomials of degree 15
    shift = (laws.mean - laws.prior_mean)[..., None] + np.sqrt(laws.variance)[..., None] * nodes
    variances = laws.variance[..., None], laws.prior_variance[..., None]
    ratios = -np.log(variances[0] / variances[1]) / 2 - nodes**2 / 2 + shift**2 / (2 * variances[1])
    found = (ratios * weights).sum(-1).sum(-1) / np.sqrt(2 * np.pi)
    np.testing.assert_allclose(divergence(laws, laws.prior_variance), found, rtol=1e-9, atol=1e-9)
