"""The coverage that the stability claims build without eigenvalues is one, by eigenvalues."""

import numpy as np
import pytest
from hypothesis import assume, given

from rlhf_numeric import (
    Problem,
    covariance,
    covariance_per_prompt,
    coverage_of,
    feature_bound,
    gradient_per_prompt,
    random_instances,
    spectral_coverage,
)
from rlhf_numeric.claims.common.samples import occurrences, on_samples
from rlhf_numeric.claims.generalisation.ascent import determinant
from rlhf_numeric.claims.generalisation.stability import cover, first_half, is_covered, last_half
from rlhf_numeric.claims.generalisation.stability_on_samples import covers_at_optimum, empirical_optima
from strategies import gentle_instances


def filter_matrix(matrix):
    """P = I − (I − V/τ)²."""
    rest = np.eye(len(matrix)) - matrix / np.trace(matrix)
    return np.eye(len(matrix)) - rest @ rest


@given(gentle_instances())
def test_sigma_bounds_the_covariance_from_below_on_the_range_of_the_filter(instance):
    assume(is_covered(instance))
    problem, theta = instance.problem, instance.theta
    matrix, sigma = covariance(first_half(problem), theta), cover(problem, first_half(problem), theta).sigma
    projected = filter_matrix(matrix)
    least = np.linalg.eigvalsh(matrix - sigma * projected @ projected).min()
    assert least >= -1e-12 * np.trace(matrix)


def test_a_larger_sigma_than_the_one_used_would_be_wrong():
    matrix = np.diag([2.0, 1.0]) / 3  # y = 2/3, where the constant is attained
    projected = filter_matrix(matrix)
    for factor, sign in ((0.999, 1), (1.001, -1)):
        sigma = factor * 27 / 32
        assert np.sign(np.linalg.eigvalsh(matrix - sigma * projected @ projected).min()) == sign


@given(gentle_instances())
def test_epsilon_is_the_largest_residual_seen_or_not(instance):
    assume(is_covered(instance))
    problem, theta = instance.problem, instance.theta
    projected = filter_matrix(covariance(first_half(problem), theta))
    residuals = problem.features - problem.features @ projected
    largest = np.linalg.norm(residuals, axis=-1).max()
    assert cover(problem, first_half(problem), theta).epsilon == pytest.approx(largest, rel=1e-9, abs=1e-12)


def test_a_covariance_of_rank_one_covers_its_own_centred_features_exactly():
    instance = random_instances(np.random.default_rng(0), batch=1, shape=(1, 2, 3)).take(np.array(0))
    problem = instance.problem
    matrix = covariance(problem, instance.theta)
    delta = problem.features[0, 0] - problem.features[0, 1]
    np.testing.assert_allclose(filter_matrix(matrix) @ delta, delta, rtol=1e-9)


def test_both_samples_have_the_same_size_and_together_hold_every_prompt():
    for n in (1, 2, 3):
        problem = random_instances(np.random.default_rng(n), batch=2, shape=(n, 2, 1)).problem
        first, last = first_half(problem).features, last_half(problem).features
        assert first.shape == last.shape
        assert {*first.ravel(), *last.ravel()} == {*problem.features.ravel()}


@pytest.mark.parametrize("n", [1, 2, 3, 1000])
def test_a_quarter_is_the_exponent_that_gives_the_rate_of_concentration(n):
    assert np.exp(-2 * 0.25 * np.log(n)) == pytest.approx(1 / np.sqrt(n), rel=1e-14)


@given(gentle_instances())
def test_empirical_optima_are_stationary_on_their_sample(instance):
    problem = instance.problem
    assume(covers_at_optimum(instance))
    matrices = on_samples(instance, covariance_per_prompt(problem, problem.theta_star), axes=2)
    thetas = empirical_optima(instance, matrices)
    size = instance.extent.sample
    for theta, occurs in zip(thetas, occurrences(problem.n_prompts, size), strict=True):
        slope = occurs / size @ gradient_per_prompt(problem, theta)
        scale = feature_bound(problem) ** 2 * (1 + np.abs(theta - problem.theta_star).max()) / problem.kl_coef
        assert np.abs(slope).max() <= 1e-9 * scale


def test_some_empirical_optima_are_not_the_true_parameter():
    batch = random_instances(np.random.default_rng(0), batch=50, shape=(3, 2, 3))
    matrices = on_samples(batch, covariance_per_prompt(batch.problem, batch.problem.theta_star), axes=2)
    with np.errstate(all="ignore"):
        moved = np.linalg.norm(empirical_optima(batch, matrices) - batch.problem.theta_star[:, None], axis=-1)
    assert (moved > 0.01).any(-1).mean() > 0.5


def test_the_eigenvalue_bound_of_the_linear_rate_is_below_the_least_eigenvalue():
    for dim in (1, 2, 3):
        matrix = np.cov(np.random.default_rng(dim).normal(size=(dim, 20))).reshape(dim, dim)
        bound = determinant(matrix) / (np.trace(matrix) / max(dim - 1, 1)) ** (dim - 1)
        assert determinant(matrix) == pytest.approx(np.linalg.det(matrix))
        assert 0 < bound <= np.linalg.eigvalsh(matrix).min() * (1 + 1e-12)


def test_the_default_tolerance_belongs_to_the_type_of_the_matrix():
    """In float32 the sum of a matrix of rank 1 has eigenvalues of 1e-7 times the largest, which are no directions."""
    feature = np.random.default_rng(0).normal(size=(1, 6)).astype(np.float32)
    matrix = feature.T @ feature + np.diag(np.full(6, 1e-7, np.float32))
    assert spectral_coverage(matrix, feature).rank == 1
    assert spectral_coverage(matrix.astype(float), feature).rank == 6


def test_coverage_by_float32_features_is_summed_up_in_float64():
    rng = np.random.default_rng(1)
    flat = (rng.normal(size=(30, 3, 5)) @ rng.normal(size=(5, 20))).astype(np.float32)
    theta = np.zeros(20, np.float32)
    problem = Problem(flat, np.tile(np.float32([0.5, 0.25, 0.25]), (30, 1)), theta, kl_coef=np.float32(1))
    found = coverage_of(problem, problem, theta)
    assert found.rank == 5
    assert found.epsilon < 1e-4 * feature_bound(problem)


def test_coverage_of_a_batch_is_refused():
    problem = random_instances(np.random.default_rng(0), batch=2, shape=(2, 2, 2)).problem
    with pytest.raises(ValueError, match="no batch axes"):
        coverage_of(problem, problem, np.zeros(2))
