"""The gradient four ways: closed form against central differences, automatic differentiation, structure, and claims."""

import tracemalloc

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from hypothesis import assume, example, given

from rlhf_numeric import (
    Problem,
    covariance,
    covariance_per_prompt,
    gradient,
    gradient_per_prompt,
    objective,
    policy,
)
from rlhf_numeric.model.gradient import expectation, variance
from strategies import EXTREMES, arrays, gentle_instances, instances, reference_policies


def dropped_kl(problem, theta):
    return gradient(problem, theta) * problem.kl_coef


def flipped_sign(problem, theta):
    return -gradient(problem, theta)


def second_moment(problem, theta):
    """The mean is not subtracted: E[φ⟨φ,u⟩]/λ."""
    along = problem.features @ (problem.theta_star - theta)
    weighted = (policy(problem, theta) * along)[..., None] * problem.features
    return weighted.sum((-3, -2)) / problem.n_prompts / problem.kl_coef


def missing_regulariser(problem, theta):
    """The gradient of the expected reward alone: V_S θ*/λ."""
    return covariance(problem, theta) @ problem.theta_star / problem.kl_coef


def summed_over_prompts(problem, theta):
    return gradient_per_prompt(problem, theta).sum(-2)


PERTURBED = (dropped_kl, flipped_sign, second_moment, missing_regulariser, summed_over_prompts)
SAMPLE = EXTREMES["at the optimum"].problem
GENERIC = Problem(SAMPLE.features, SAMPLE.ref_probs, SAMPLE.theta_star, kl_coef=2.0)


def assert_is_central_difference(candidate, problem, theta):
    """Step ε^⅓: truncation and rounding are then both near ε^⅔ ≈ 4e-11 of the scale of J and its third derivative."""
    step = np.cbrt(np.finfo(float).eps)
    basis = step * np.eye(problem.dim)
    slope = (objective(problem, theta + basis) - objective(problem, theta - basis)) / (2 * step)
    np.testing.assert_allclose(candidate(problem, theta), slope, rtol=1e-6, atol=1e-6)


def autograd_objective(problem):
    """J_S written from its definition in section 1 of the theory, for the autograd package."""

    def value(theta):
        weights = problem.ref_probs * anp.exp(anp.dot(problem.features, theta) / problem.kl_coef)
        probs = weights / anp.sum(weights, axis=-1, keepdims=True)
        rewards = anp.dot(problem.features, problem.theta_star)
        return anp.sum(probs * (rewards - problem.kl_coef * anp.log(probs / problem.ref_probs))) / problem.n_prompts

    return value


def assert_is_autograd(candidate, problem, theta):
    expected = autograd.grad(autograd_objective(problem))(theta)
    np.testing.assert_allclose(candidate(problem, theta), expected, rtol=1e-9, atol=1e-9)


@given(gentle_instances())
def test_gradient_is_the_central_difference_of_the_objective(instance):
    assert_is_central_difference(gradient, instance.problem, instance.theta)


@given(gentle_instances())
def test_gradient_is_what_automatic_differentiation_gives(instance):
    assert_is_autograd(gradient, instance.problem, instance.theta)


@pytest.mark.parametrize("perturbed", PERTURBED)
@pytest.mark.parametrize("check", [assert_is_central_difference, assert_is_autograd])
def test_a_perturbed_gradient_is_caught(check, perturbed):
    theta = np.array([0.3, -0.8])
    check(gradient, GENERIC, theta)
    with pytest.raises(AssertionError, match="Not equal to tolerance"):
        check(perturbed, GENERIC, theta)


@given(gentle_instances())
def test_gradient_is_covariance_times_error_over_kl_coef(instance):
    problem, theta = instance.problem, instance.theta
    product = covariance(problem, theta) @ (problem.theta_star - theta) / problem.kl_coef
    np.testing.assert_allclose(gradient(problem, theta), product, rtol=1e-10, atol=1e-12)


@example(EXTREMES["large features"])
@example(EXTREMES["tiny kl_coef"])
@given(instances())
def test_gradient_vanishes_exactly_at_the_optimum(instance):
    assert (gradient(instance.problem, instance.problem.theta_star) == 0).all()


@example(EXTREMES["large common offset"])
@given(gentle_instances())
def test_gradient_does_not_see_a_common_offset_of_the_features(instance):
    problem, theta = instance.problem, instance.theta
    moved = Problem(problem.features + 64.0, problem.ref_probs, problem.theta_star, kl_coef=problem.kl_coef)
    np.testing.assert_allclose(gradient(moved, theta), gradient(problem, theta), rtol=1e-8, atol=1e-8)


def test_gradient_never_forms_a_square_matrix():
    d = 4000
    rng = np.random.default_rng(0)
    problem = Problem(rng.normal(size=(2, 3, d)), np.full((2, 3), 1 / 3), rng.normal(size=d), kl_coef=1.0)
    theta = rng.normal(size=d)
    tracemalloc.start()
    gradient(problem, theta)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < d * d * 8 / 50


@given(gentle_instances())
def test_covariance_is_symmetric_and_positive_semidefinite(instance):
    matrices = covariance_per_prompt(instance.problem, instance.theta)
    np.testing.assert_allclose(matrices, np.swapaxes(matrices, -1, -2), rtol=1e-12, atol=1e-14)
    assert (np.linalg.eigvalsh(matrices) >= -1e-12).all()


@given(gentle_instances())
def test_covariance_is_numpys(instance):
    probs = policy(instance.problem, instance.theta)[0]
    assume(instance.problem.n_actions > 1)
    expected = np.cov(instance.problem.features[0].T, aweights=probs, ddof=0)
    np.testing.assert_allclose(
        covariance_per_prompt(instance.problem, instance.theta)[0], np.atleast_2d(expected), rtol=1e-9, atol=1e-10
    )


@given(reference_policies((5,), smallest_log=-690.0), arrays((5,), -1e4, 1e4))
def test_variance_is_the_pairwise_double_sum(probs, values):
    pairwise = expectation(np.outer(probs, probs).ravel(), (np.subtract.outer(values, values) ** 2).ravel()) / 2
    assert variance(probs, values) == pytest.approx(pairwise, rel=1e-12)


def test_variance_of_a_constant_is_exactly_zero():
    assert variance(np.array([0.1, 0.2, 0.7]), np.full(3, 0.1)) == 0
