"""Laws of gradient ascent and of its stochastic forms."""

from itertools import product

import flint
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rlhf_numeric import (
    Problem,
    StopReason,
    feature_bound,
    gradient,
    gradient_ascent,
    gradient_per_prompt,
    objective,
    policy,
    random_instances,
    stochastic_gradient_ascent,
)
from rlhf_numeric.model.ascent import pairwise_estimate, prompt_estimate
from strategies import gentle_instances, instances, with_extremes

FEATURES = np.random.default_rng(0).normal(size=(2, 3, 2))
REF_PROBS = np.array([[0.2, 0.3, 0.5], [0.6, 0.3, 0.1]])
PROBLEM = Problem(FEATURES, REF_PROBS, [1.0, -1.0], kl_coef=0.5)
THETA0 = np.array([-0.5, 0.25])


def ascend(estimator, problem, theta0, seed=0, **options):
    """Any of the three, by name."""
    if estimator == "full":
        return gradient_ascent(problem, theta0, **options)
    rng = np.random.default_rng(seed)
    return stochastic_gradient_ascent(problem, theta0, rng=rng, estimator=estimator, **options)


every_estimator = pytest.mark.parametrize("estimator", ["full", "prompt", "pairwise"])


@every_estimator
@with_extremes
@given(instances())
def test_the_distance_to_the_optimum_never_increases_at_the_default_step(estimator, instance):
    distance = ascend(estimator, instance.problem, instance.theta, steps=5).distance
    scale = distance[0] + np.linalg.norm(instance.problem.theta_star)
    assert (np.diff(distance) <= 1e-12 * scale).all()


@given(gentle_instances(), st.floats(0, 2))
def test_the_distance_to_the_optimum_never_increases_up_to_twice_the_default_step(instance, factor):
    problem, bound = instance.problem, feature_bound(instance.problem)
    eta = factor * problem.kl_coef / max(bound * bound, 1e-12)
    distance = gradient_ascent(problem, instance.theta, steps=5, step_size=eta).distance
    assert (np.diff(distance) <= 1e-12 * (1 + distance[0])).all()


def test_the_distance_can_increase_beyond_twice_the_default_step():
    problem = Problem([[[1.0], [-1.0]]], [[0.5, 0.5]], [1e-3], kl_coef=1.0)
    assert np.diff(gradient_ascent(problem, [0.0], steps=1, step_size=2.1).distance) > 0


@every_estimator
@with_extremes
@given(instances())
def test_the_gap_is_never_negative_and_the_best_iterate_has_the_smallest(estimator, instance):
    trajectory = ascend(estimator, instance.problem, instance.theta, steps=4)
    assert (trajectory.gap >= 0).all()
    assert trajectory.gap[trajectory.best] == trajectory.gap.min()


@given(gentle_instances())
def test_what_is_measured_is_what_it_is_named(instance):
    problem, run = instance.problem, gradient_ascent(instance.problem, instance.theta, steps=2)
    for theta, gap, slope, distance in zip(run.thetas, run.gap, run.gradient_norm, run.distance, strict=True):
        missing = objective(problem, problem.theta_star) - objective(problem, theta)
        assert gap == pytest.approx(missing, abs=1e-11)
        assert slope == pytest.approx(np.linalg.norm(gradient(problem, theta)))
        assert distance == pytest.approx(np.linalg.norm(problem.theta_star - theta))


@given(gentle_instances())
def test_each_step_adds_the_step_size_times_the_gradient(instance):
    thetas = gradient_ascent(instance.problem, instance.theta, steps=3, step_size=0.125).thetas
    slopes = np.stack([gradient(instance.problem, theta) for theta in thetas[:-1]])
    np.testing.assert_allclose(np.diff(thetas, axis=0), 0.125 * slopes, atol=1e-13)


def test_a_batch_of_ascents_equals_a_loop_over_them():
    batch = random_instances(np.random.default_rng(1), batch=20, shape=(2, 3, 2))
    whole = gradient_ascent(batch.problem, batch.theta, steps=4)
    for row in range(20):
        one = batch.take(np.array(row))
        alone = gradient_ascent(one.problem, one.theta, steps=4)
        np.testing.assert_allclose(alone.thetas, whole.thetas[:, row], rtol=1e-12, atol=1e-300)
        assert alone.stop.item() is whole.stop[row]


@pytest.mark.parametrize("estimator", ["prompt", "pairwise"])
def test_the_seed_determines_a_stochastic_ascent(estimator):
    first, second, other = (ascend(estimator, PROBLEM, THETA0, seed, steps=20).thetas for seed in (1, 1, 2))
    assert (first == second).all()
    assert (first != other).any()


@pytest.mark.parametrize("estimator", ["prompt", "pairwise"])
def test_instances_of_a_batch_draw_independently(estimator):
    thetas = ascend(estimator, PROBLEM, np.tile(THETA0, (8, 1)), steps=10).thetas
    assert len(np.unique(thetas[-1], axis=0)) > 1


def test_the_prompt_estimate_is_unbiased():
    estimates = [prompt_estimate(PROBLEM, THETA0, np.array(i)) for i in range(2)]
    np.testing.assert_allclose(np.mean(estimates, axis=0), gradient(PROBLEM, THETA0), rtol=1e-12)


def test_the_pairwise_estimate_is_unbiased_at_each_prompt():
    probs = policy(PROBLEM, THETA0)
    for i in range(2):
        drawn = product(range(3), repeat=2)
        terms = [
            probs[i, a] * probs[i, b] * pairwise_estimate(PROBLEM, THETA0, *map(np.array, (i, a, b))) for a, b in drawn
        ]
        np.testing.assert_allclose(np.sum(terms, axis=0), gradient_per_prompt(PROBLEM, THETA0)[i], rtol=1e-12)


@pytest.mark.parametrize("estimator", ["prompt", "pairwise"])
def test_the_mean_of_many_first_steps_is_the_full_step(estimator):
    starts, eta = np.tile(THETA0, (40_000, 1)), 0.1
    moved = ascend(estimator, PROBLEM, starts, steps=1, step_size=eta).thetas[1] - THETA0
    error = np.abs(moved.mean(0) - eta * gradient(PROBLEM, THETA0))
    assert (error <= 5 * moved.std(0) / np.sqrt(len(starts))).all()


@every_estimator
def test_the_optimum_is_a_fixed_point(estimator):
    trajectory = ascend(estimator, PROBLEM, PROBLEM.theta_star, steps=3)
    assert (trajectory.thetas == PROBLEM.theta_star).all()
    assert (trajectory.gap == 0).all()
    assert trajectory.stop.item() is StopReason.STATIONARY


@every_estimator
def test_the_gap_decreases_in_the_long_run(estimator):
    gap = ascend(estimator, PROBLEM, THETA0, steps=400).gap
    assert gap[-1] < 0.02 * gap[0]


def test_stop_reasons_are_told_for_each_instance_of_a_batch():
    starts = np.stack([THETA0, PROBLEM.theta_star])
    assert gradient_ascent(PROBLEM, starts, steps=1).stop.tolist() == [StopReason.COMPLETED, StopReason.STATIONARY]


@every_estimator
def test_without_features_the_default_step_is_zero(estimator):
    problem = Problem(FEATURES * 0, REF_PROBS, [1.0, -1.0], kl_coef=0.5)
    assert (ascend(estimator, problem, THETA0, steps=2).thetas == THETA0).all()


def test_shapes_broadcast_over_problem_start_and_step_size():
    trajectory = gradient_ascent(PROBLEM, np.ones((4, 1, 2)), steps=3, step_size=np.array([0.1, 0.2, 0.3]))
    assert trajectory.thetas.shape == (4, 4, 3, 2)
    assert trajectory.gap.shape == trajectory.distance.shape == trajectory.gradient_norm.shape == (4, 4, 3)
    assert trajectory.best.shape == trajectory.stop.shape == (4, 3)


def test_no_steps_give_the_start_alone():
    assert gradient_ascent(PROBLEM, THETA0, steps=0).thetas.tolist() == [THETA0.tolist()]


@every_estimator
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_float_type_is_kept(estimator, dtype):
    problem = Problem(FEATURES.astype(dtype), REF_PROBS.astype(dtype), np.ones(2, dtype), kl_coef=0.5)
    trajectory = ascend(estimator, problem, THETA0.astype(dtype), steps=2)
    assert trajectory.thetas.dtype == trajectory.gap.dtype == trajectory.distance.dtype == dtype


def test_the_start_is_not_written_to():
    start = THETA0.copy()
    gradient_ascent(PROBLEM, start, steps=3).thetas[:] = 0
    assert (start == THETA0).all()


BAD = {
    "theta0 of wrong d": ({"theta0": np.ones(3)}, ValueError, "theta0: expected d = 2"),
    "theta0 of ints": ({"theta0": [1, 2]}, TypeError, "theta0: expected float32.*int64"),
    "theta0 NaN": ({"theta0": [np.nan, 0.0]}, ValueError, "theta0: expected finite"),
    "theta0 of balls": ({"theta0": [flint.arb(1), flint.arb(2)]}, TypeError, "theta0: expected floats, got arb"),
    "negative steps": ({"steps": -1}, ValueError, "steps: expected an integer ≥ 0, got -1"),
    "fractional steps": ({"steps": 1.5}, ValueError, "steps: expected an integer ≥ 0, got 1.5"),
    "steps bool": ({"steps": True}, ValueError, "steps: expected an integer ≥ 0, got True"),
    "negative step size": ({"step_size": -1}, ValueError, "step_size: expected numbers ≥ 0, got -1.0"),
    "step size NaN": ({"step_size": np.nan}, ValueError, "step_size: expected finite"),
    "step size string": ({"step_size": "1"}, TypeError, "step_size: expected float32"),
    "batches": (
        {"theta0": np.ones((4, 2)), "step_size": np.ones(3)},
        ValueError,
        r"batch axes: .*theta0 \(4,\), step_size \(3,\)",
    ),
    "a legacy generator": ({"rng": np.random.RandomState(0)}, TypeError, "rng: expected .*Generator, got RandomState"),
    "a seed for rng": ({"rng": 0}, TypeError, "rng: expected a numpy.random.Generator, got int"),
    "estimator": ({"estimator": "reinforce"}, ValueError, "estimator: expected one of prompt, pairwise, got 'reinf"),
}


@pytest.mark.parametrize(("changes", "error", "message"), BAD.values(), ids=BAD)
def test_a_bad_argument_is_refused_by_name(changes, error, message):
    arguments = {"theta0": THETA0, "steps": 1, "rng": np.random.default_rng(0)} | changes
    theta0 = arguments.pop("theta0")
    with pytest.raises(error, match=message):
        stochastic_gradient_ascent(PROBLEM, theta0, **arguments)
