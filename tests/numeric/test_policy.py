import numpy as np
import pytest
from hypothesis import given

from rlhf_numeric import (
    Instance,
    Problem,
    gradient,
    kl_divergence,
    kl_to_optimum,
    kl_to_reference,
    log_partition,
    log_policy,
    objective_per_prompt,
    policy,
    random_instances,
)
from rlhf_numeric.arithmetic.kinds import balls
from strategies import (
    EXTREMES,
    gentle_instances,
    instances,
    policies_with_zeros,
    reference_policies,
    with_extremes,
)

CORE = (log_policy, policy, log_partition, kl_to_reference, kl_to_optimum, objective_per_prompt, gradient)
EPS = np.finfo(float).eps


@with_extremes
@given(instances())
def test_policy_is_a_probability_vector(instance):
    probs = policy(instance.problem, instance.theta)
    assert (probs >= 0).all()
    np.testing.assert_allclose(probs.sum(-1), 1, rtol=8 * EPS)


@with_extremes
@given(instances())
def test_nothing_overflows_or_becomes_nan(instance):
    with np.errstate(all="raise", under="ignore"):
        for function in CORE:
            assert np.isfinite(function(instance.problem, instance.theta)).all()


@given(gentle_instances())
def test_policy_is_the_normalised_tilted_reference(instance):
    problem = instance.problem
    weights = problem.ref_probs * np.exp(problem.features @ instance.theta / problem.kl_coef)
    np.testing.assert_allclose(policy(problem, instance.theta), weights / weights.sum(-1, keepdims=True), rtol=1e-12)
    np.testing.assert_allclose(log_partition(problem, instance.theta), np.log(weights.sum(-1)), rtol=1e-12, atol=1e-14)


@given(instances())
def test_equal_features_leave_the_reference_policy(instance):
    problem = instance.problem
    shifted = Problem(problem.features * 0 + 7.0, problem.ref_probs, problem.theta_star, kl_coef=problem.kl_coef)
    np.testing.assert_allclose(policy(shifted, instance.theta), problem.ref_probs, rtol=1e-12)


def test_log_policy_resolves_what_policy_rounds_to_zero():
    instance = EXTREMES["tiny kl_coef"]
    assert policy(instance.problem, instance.theta).min() == 0
    assert log_policy(instance.problem, instance.theta).min() < -1e5


@with_extremes
@given(instances())
def test_kl_is_non_negative_up_to_rounding(instance):
    for divergence in (kl_to_reference, kl_to_optimum):
        scale = 1 + np.abs(instance.problem.features).max() * 1e2 / instance.problem.kl_coef
        assert (divergence(instance.problem, instance.theta) >= -64 * EPS * scale).all()


@given(policies_with_zeros((4,)), reference_policies((4,), smallest_log=-690.0))
def test_kl_is_zero_iff_policies_agree(p, q):
    assert kl_divergence(q, q) == 0
    hellinger = ((np.sqrt(p) - np.sqrt(q)) ** 2).sum()
    assert kl_divergence(p, q) >= hellinger - 8 * EPS


def test_kl_uses_zero_log_zero():
    assert kl_divergence([0.0, 1.0], [0.25, 0.75]) == pytest.approx(np.log(4 / 3))


@pytest.mark.parametrize("function", CORE)
def test_a_batch_equals_a_loop(function):
    batch = random_instances(np.random.default_rng(3), batch=12, shape=(2, 3, 2))
    rows = [batch.take(i) for i in range(12)]
    looped = [function(row.problem, row.theta) for row in rows]
    np.testing.assert_allclose(function(batch.problem, batch.theta), looped, rtol=1e-12)


@pytest.mark.parametrize("function", CORE)
def test_a_broadcast_batch_equals_a_loop(function):
    rng = np.random.default_rng(4)
    features, ref_probs = rng.normal(size=(3, 2, 3, 2)), np.full((2, 3), 1 / 3)
    kl_coef, theta = np.array([[0.5], [2.0]]), rng.normal(size=2)
    together = function(Problem(features, ref_probs, [1.0, -1.0], kl_coef=kl_coef), theta)
    for i, j in np.ndindex(2, 3):
        alone = function(Problem(features[j], ref_probs, [1.0, -1.0], kl_coef=kl_coef[i, 0]), theta)
        np.testing.assert_allclose(together[i, j], alone, rtol=1e-12)


@given(gentle_instances())
def test_float32_agrees_with_float64(instance):
    problem = instance.problem
    single = Problem(
        *(a.astype(np.float32) for a in (problem.features, problem.ref_probs, problem.theta_star)),
        kl_coef=problem.kl_coef,
    )
    for function in CORE:
        value, reference = function(single, instance.theta.astype(np.float32)), function(problem, instance.theta)
        assert value.dtype == np.float32
        # gradients are products of λ⁻¹ ≤ 4, features ≤ 3√3 twice and parameters ≤ 4√3: below 1000
        np.testing.assert_allclose(value, reference, rtol=1e-4, atol=1e3 * np.finfo(np.float32).eps)


@with_extremes
@given(gentle_instances())
def test_the_same_function_runs_in_ball_arithmetic(instance):
    problem = instance.problem
    in_balls = Problem(
        balls(problem.features), balls(problem.ref_probs), balls(problem.theta_star), kl_coef=balls(problem.kl_coef)
    )
    for function in CORE:
        enclosure = np.asarray(function(in_balls, balls(instance.theta)))
        value = np.asarray(function(problem, instance.theta))
        assert enclosure.shape == value.shape
        scale = 1 + np.abs(value).max() + np.abs(problem.features).max() ** 2 * 10 / problem.kl_coef
        for ball, number in zip(enclosure.ravel(), value.ravel(), strict=True):
            assert abs(float(ball.mid()) - number) <= float(ball.rad()) + 1e3 * EPS * float(scale)


def test_defaults_of_an_instance_are_the_natural_ones():
    problem = EXTREMES["ties"].problem
    instance = Instance(problem, [0.0, 0.0])
    assert (instance.theta_prime == problem.theta_star).all()
    assert (instance.probs == problem.ref_probs).all()
    assert instance.weights.sum() == 1
