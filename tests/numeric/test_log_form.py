"""The bounds with the logarithm kept: where they are attained, and what they say of the example in Lean."""

import numpy as np
import pytest

from rlhf_numeric import CLAIMS, SHARP_CLAIMS, Instance, Problem, gradient_ascent
from rlhf_numeric.claims.generalisation.log_form import Parts, split, together

# `RLHF.Demo.partlySeen`, and its sample.
FIRST, LAST = [1.0, 0.0], [0.5, 0.1]
FEATURES = np.array([[row, [-x for x in row]] for row in (FIRST, FIRST, LAST)])
TARGET = np.array([0.3, 0.4])
PROBLEM = Problem(FEATURES, np.full((3, 2), 0.5), TARGET, kl_coef=1.0)
SAMPLE = Problem(FEATURES[:2], np.full((2, 2), 0.5), TARGET, kl_coef=1.0)


def gap(theta):
    """J(θ*) − J(θ) at equal weights."""
    lhs, _ = CLAIMS["gap-log-form-sample"].sides(Instance(PROBLEM, theta))
    return float(lhs[..., 1])


def test_the_example_in_lean_says_something():
    """Its bounds with C = 4/5 beside the gap, and far below the range 2B‖θ*‖ = 1."""
    best = np.log(1 + 0.8 * (np.sqrt(0.15) + 0.05) ** 2)
    by_split = np.log(311 / 250)
    assert gap(np.zeros(2)) == pytest.approx(0.0355, abs=1e-4)
    assert gap(np.zeros(2)) < best < by_split < 0.25


@pytest.mark.parametrize(("steps", "bound"), [(400, np.log(1 + 0.8 * 0.12**2)), (400, np.log(1 + 0.8 * 37 / 2500))])
def test_gradient_ascent_of_the_example_stays_below_its_bound(steps, bound):
    thetas = gradient_ascent(SAMPLE, np.zeros(2), steps=steps - 1, step_size=1.0).thetas
    gaps = [gap(theta) for theta in thetas]
    assert min(gaps) < np.mean(gaps) < bound < gaps[0] < 1


@pytest.mark.parametrize(("square", "rest"), [(4.0, 3.0), (1e-6, 2.0), (9.0, 1e-4)])
def test_the_best_split_is_the_square_of_the_sum_and_every_other_is_more(square, rest):
    parts = Parts(square, rest)
    least = rest / np.sqrt(square)
    assert split(parts, least) == pytest.approx(together(parts))
    assert min(split(parts, least * 1.01), split(parts, least / 1.01)) > together(parts)


@pytest.mark.parametrize("radius", [0.1, 1.0, 5.0])
def test_the_log_form_is_attained_where_one_of_two_actions_is_nearly_never_taken(radius):
    """With ψ(M) the ratio of the sides tends to 1 as the weight p of the better action tends to 0."""
    ratios = []
    for p in (1e-2, 1e-4, 1e-6):
        problem = Problem([[[1.0], [0.0]]], [[p, 1 - p]], [radius], kl_coef=1.0)
        lhs, rhs = SHARP_CLAIMS["gap-log-form-sharp"].sides(Instance(problem, [0.0]))
        ratios.append(float(lhs[..., 0] / rhs[..., 0]))
    assert ratios == sorted(ratios)
    assert 1 - 1e-3 < ratios[-1] <= 1 + 1e-9


def test_the_bound_stays_of_the_order_of_the_range_where_the_form_without_logarithm_explodes():
    for kl_coef in (1.0, 0.1, 0.01):
        problem = Problem(FEATURES, np.full((3, 2), 0.5), TARGET, kl_coef=kl_coef)
        instance = Instance(problem, np.zeros(2))
        _, with_log = CLAIMS["gap-log-form"].sides(instance)
        _, without = CLAIMS["gradient-domination"].sides(instance)
        assert float(with_log.max()) < 2
    assert float(without.max()) > 1e40
