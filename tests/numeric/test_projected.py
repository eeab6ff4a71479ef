"""Laws of noisy gradient ascent with projection onto a ball."""

from itertools import pairwise

import flint
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rlhf_numeric import Problem, gradient, gradient_ascent, noisy_gradient_ascent, random_instances
from rlhf_numeric.arithmetic.interval import interval
from rlhf_numeric.arithmetic.kinds import balls
from rlhf_numeric.model.projected import noisy_estimate, project_on_ball, projected_step
from strategies import arrays

FEATURES = np.random.default_rng(0).normal(size=(2, 3, 2))
PROBLEM = Problem(FEATURES, [[0.2, 0.3, 0.5], [0.6, 0.3, 0.1]], [1.0, -1.0], kl_coef=0.5)
THETA0 = np.array([-0.5, 0.25])
NOISE = np.array([[1.0, 0.0], [-1.0, 2.0], [0.0, -2.0]])
BALL = {"centre": [0.25, -0.25], "radius": 1.5}


def ascend(theta0=THETA0, *, seed=0, problem=PROBLEM, **options):
    arguments = {"steps": 5, "noise": NOISE, **BALL} | options
    return noisy_gradient_ascent(problem, theta0, rng=np.random.default_rng(seed), **arguments)


@given(arrays((3,), -5, 5), arrays((3,), -5, 5), st.floats(1e-3, 10))
def test_the_projection_is_inside_and_leaves_what_is_inside(point, centre, radius):
    projected = project_on_ball(point, centre=centre, radius=np.array(radius))
    assert np.linalg.norm(projected - centre) <= radius * (1 + 1e-12) + 1e-12
    if np.linalg.norm(point - centre) <= radius:
        np.testing.assert_array_equal(projected, point)


@given(arrays((3,), -5, 5), arrays((3,), -5, 5), arrays((3,), -1, 1), st.floats(1e-3, 10))
def test_the_projection_is_the_nearest_point(point, centre, direction, radius):
    other = centre + radius * direction / max(1.0, np.linalg.norm(direction))
    projected = project_on_ball(point, centre=centre, radius=np.array(radius))
    assert np.linalg.norm(point - projected) <= np.linalg.norm(point - other) + 1e-9


def test_the_projection_of_enclosures_contains_that_of_floats():
    point, centre, radius = np.array([[3.0, -1.0]]), np.array([[0.5, 0.25]]), np.array([0.7])
    exact = project_on_ball(balls(point), centre=balls(centre), radius=balls(radius))
    enclosed = project_on_ball(interval(point), centre=interval(centre), radius=interval(radius))
    for ball, mid, rad in zip(exact[0], enclosed.mid[0], enclosed.rad[0], strict=True):
        assert abs(ball - flint.arb(float(mid))) <= flint.arb(float(rad))
        assert rad < 1e-14


def test_every_iterate_stays_in_the_ball():
    thetas = ascend(np.tile(THETA0, (50, 1)), steps=30, step_size=0.7).thetas
    distance = np.linalg.norm(thetas - np.array(BALL["centre"]), axis=-1)
    assert (distance <= 1.5 + 1e-12).all()
    assert (distance > 1.5 - 1e-9).any()  # the projection was needed


def test_each_step_is_a_projected_noisy_step():
    thetas = ascend(steps=6, step_size=0.3).thetas
    for before, after in pairwise(thetas):
        options = {"step_size": np.array(0.3), "centre": np.array(BALL["centre"]), "radius": np.array(1.5)}
        possible = [
            projected_step(before, noisy_estimate(PROBLEM, before, NOISE, np.array(k)), **options) for k in range(3)
        ]
        assert min(np.abs(after - candidate).max() for candidate in possible) < 1e-14


def test_the_estimate_is_unbiased():
    estimates = [noisy_estimate(PROBLEM, THETA0, NOISE, np.array(k)) for k in range(3)]
    np.testing.assert_allclose(np.mean(estimates, axis=0), gradient(PROBLEM, THETA0), rtol=1e-12)


def test_outcomes_come_as_often_as_their_probabilities_say():
    probs, noise = np.array([0.75, 0.25]), np.array([[0.1, 0.0], [-0.3, 0.0]])
    moved = ascend(np.tile(THETA0, (20_000, 1)), steps=1, step_size=1e-3, noise=noise, noise_probs=probs).thetas[1]
    share = (moved[:, 0] > moved[:, 0].mean()).mean()
    assert abs(share - 0.75) < 5 * np.sqrt(0.75 * 0.25 / 20_000)


def test_without_noise_and_in_a_large_ball_it_is_gradient_ascent():
    quiet = ascend(noise=np.zeros((1, 2)), radius=100.0, step_size=0.1).thetas
    np.testing.assert_array_equal(quiet, gradient_ascent(PROBLEM, THETA0, steps=5, step_size=0.1).thetas)


def test_the_seed_determines_the_ascent_and_instances_of_a_batch_draw_independently():
    assert (ascend(seed=1).thetas == ascend(seed=1).thetas).all()
    assert (ascend(seed=1, steps=20).thetas != ascend(seed=2, steps=20).thetas).any()
    assert len(np.unique(ascend(np.tile(THETA0, (8, 1))).thetas[-1], axis=0)) > 1


def test_the_default_step_is_that_of_the_theorem():
    noiseless = {"noise": np.zeros((1, 2)), "radius": 100.0}
    square = (np.linalg.norm(FEATURES, axis=-1).max()) ** 2
    expected = ascend(steps=4, step_size=0.5 / square / 2, **noiseless).thetas
    np.testing.assert_allclose(ascend(steps=4, **noiseless).thetas, expected, rtol=1e-12)


def test_a_batch_of_problems_has_a_ball_each():
    batch = random_instances(np.random.default_rng(3), batch=20, shape=(2, 3, 2))
    centre = (batch.theta + batch.problem.theta_star) / 2
    radius = np.linalg.norm(batch.theta - batch.problem.theta_star, axis=-1) / 2 + 1e-9
    run = ascend(batch.theta, problem=batch.problem, centre=centre, radius=radius, noise=NOISE)
    assert run.thetas.shape == (6, 20, 2)
    rounding = 1e-14 * (1 + np.linalg.norm(centre, axis=-1))
    assert (np.linalg.norm(run.thetas - centre, axis=-1) <= radius + rounding).all()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_float_type_is_kept(dtype):
    problem = Problem(FEATURES.astype(dtype), np.full((2, 3), 1 / 3, dtype), np.ones(2, dtype), kl_coef=0.5)
    run = ascend(THETA0.astype(dtype), problem=problem, noise=NOISE.astype(dtype), radius=5)
    assert run.thetas.dtype == run.gap.dtype == dtype
