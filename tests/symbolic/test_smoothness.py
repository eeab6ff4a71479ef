"""Curvature against differences of the numeric gradient; the certificates of smoothness at random points."""

from functools import cache

import numpy as np
import pytest
import sympy as sp

from rlhf_numeric import Problem, gradient
from rlhf_symbolic import Shape, numpy_function
from rlhf_symbolic.derivations.generalisation.psi import PSI_LIMIT, PSI_SHARP, s
from rlhf_symbolic.derivations.generalisation.smoothness import DESCENT_CONSTANT, DESCENT_STEP, TAYLOR, F, L, eta

SHAPE = Shape(3, 2)


def draw(seed, *, shrink=1.0):
    """A problem, θ, a direction, B = max‖φ‖ times ``shrink`` and M = 2B‖θ* − θ‖/λ."""
    rng = np.random.default_rng(seed)
    ref = rng.uniform(0.1, 1.0, (1, 3))
    problem = Problem(
        rng.normal(size=(1, 3, 2)), ref / ref.sum(), rng.normal(size=2), kl_coef=float(rng.uniform(0.3, 2))
    )
    theta, direction = rng.normal(size=(2, 2))
    bound = shrink * float(np.linalg.norm(problem.features, axis=-1).max())
    spread = 2 * bound * float(np.linalg.norm(problem.theta_star - theta)) / float(problem.kl_coef)
    return problem, theta, direction, bound, spread


@cache
def compiled(name):
    return numpy_function(name, SHAPE)


def evaluate(name, point, *extra):
    problem, theta, direction, *_ = point
    function = compiled(name)
    arguments = (theta, problem.theta_star, problem.features, problem.ref_probs, problem.kl_coef, direction)
    return float(function(*arguments, *extra)[0])


@pytest.mark.parametrize("seed", range(5))
def test_curvature_is_the_slope_of_the_gradient_along_the_direction(seed):
    point = draw(seed)
    problem, theta, direction, *_ = point
    step = 1e-5
    ahead, behind = (gradient(problem, theta + sign * step * direction) for sign in (1, -1))
    slope = float((ahead - behind) @ direction) / (2 * step)
    assert evaluate("curvature", point) == pytest.approx(slope, rel=1e-6, abs=1e-8)


@pytest.mark.parametrize("name", ["smoothness-below", "smoothness-above"])
def test_the_certificate_is_nonnegative_and_too_small_a_bound_is_not(name):
    points = [draw(seed) for seed in range(60)]
    assert min(evaluate(name, point, *point[3:]) for point in points) >= 0
    small = [draw(seed, shrink=0.2) for seed in range(60)]
    assert min(evaluate(name, point, *point[3:]) for point in small) < 0


def test_taylor_remainder_holds_for_a_function_that_sympy_can_integrate():
    cubic = s**3 + 2 * s**2 - sp.exp(s)
    left, right = (side.subs(F(s), cubic).replace(F, sp.Lambda(s, cubic)).doit()
                   for side in (TAYLOR.definition, TAYLOR.closed_form))  # fmt: skip
    assert sp.simplify(left - right) == 0


def test_the_descent_constants_are_those_of_calculus():
    assert DESCENT_CONSTANT.closed_form.doit() == -L / 2
    gain = DESCENT_STEP.definition
    assert sp.solve(sp.diff(gain, eta), eta) == [1 / L]
    assert sp.simplify(gain.subs(eta, 1 / L) - 1 / (2 * L)) == 0


def test_psi_tends_to_one_half_and_is_attained():
    assert sp.simplify(PSI_LIMIT.closed_form.doit(conds="none") - PSI_LIMIT.definition) == 0
    assert sp.simplify(PSI_SHARP.definition - PSI_SHARP.closed_form) == 0
