"""Large arrays in blocks: the plain formulas' results, to stated tolerances, without arrays of the features' size."""

import sys
import tracemalloc
from contextlib import contextmanager
from unittest import mock

import numpy as np
import pytest
from hypothesis import example, given

from rlhf_numeric import (
    Problem,
    feature_bound,
    gradient,
    gradient_ascent,
    gradient_per_prompt,
    kl_to_optimum,
    kl_to_reference,
    log_partition,
    log_policy,
    objective,
    objective_per_prompt,
    policy,
    reward,
    stochastic_gradient_ascent,
)
from rlhf_numeric.parallel import blocks as _blocks
from strategies import EXTREMES, gentle_instances

FUNCTIONS = (
    gradient,
    gradient_per_prompt,
    objective,
    objective_per_prompt,
    kl_to_optimum,
    kl_to_reference,
    log_policy,
    log_partition,
    policy,
    lambda problem, theta: reward(problem),
    lambda problem, theta: feature_bound(problem),
)
TOLERANCE = {np.float64: 1e-12, np.float32: 2e-5}  # of max(1, largest entry)
SHAPES = {  # several blocks of prompts, several instances in a block, both, one action, a prompt larger than a block
    "one large": (300, 16, 64),
    "many small": (900, 8, 4, 8),
    "a few medium": (3, 50, 32, 96),
    "one action": (600, 1, 64),
    "two batch axes": (5, 7, 20, 3, 16),
    "a large prompt": (2, 300, 700),
}


@contextmanager
def set_to(**constants):
    with mock.patch.multiple(_blocks, **constants):
        yield


def plain():
    return set_to(SMALLEST=sys.maxsize)


def in_tiny_blocks():
    return set_to(SMALLEST=1, BLOCK_BYTES=64, _TILE=4)


def drawn(shape, *, dtype=np.float64, offset=0.0, seed=0):
    rng = np.random.default_rng(seed)
    *batch, n, m, d = shape
    vectors = rng.normal(size=(2, *batch, d)) / np.sqrt(d)
    features, ref_probs = rng.normal(size=shape) + offset, rng.dirichlet(np.ones(m), (*batch, n))
    arrays = (x.astype(dtype) for x in (features, ref_probs, *vectors))
    features, ref_probs, theta_star, theta = arrays
    return Problem(features, ref_probs, theta_star, kl_coef=np.asarray(0.5, dtype)), theta


def assert_same(function, problem, theta, *, tolerance):
    with plain():
        expected = function(problem, theta)
    found = function(problem, theta)
    assert found.shape == expected.shape
    assert found.dtype == expected.dtype
    assert np.abs(found - expected).max() <= tolerance * max(1.0, np.abs(expected).max())


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_blocks_agree_with_the_plain_formulas(shape, dtype, function):
    problem, theta = drawn(shape, dtype=dtype)
    assert problem.features.size >= _blocks.SMALLEST
    assert_same(function, problem, theta, tolerance=TOLERANCE[dtype])


@pytest.mark.parametrize("function", FUNCTIONS)
@example(EXTREMES["tiny kl_coef"])
@example(EXTREMES["one action"])
@example(EXTREMES["ties"])
@example(EXTREMES["tiny probabilities"])
@example(EXTREMES["large common offset"])
@example(EXTREMES["zero features"])
@given(gentle_instances())
def test_tiny_blocks_agree_with_the_plain_formulas(function, instance):
    with in_tiny_blocks():
        assert_same(function, instance.problem, instance.theta, tolerance=1e-11)


@pytest.mark.parametrize("function", [gradient, objective, kl_to_optimum])
def test_every_broadcast_of_the_batch_agrees(function):
    problem, theta = drawn((40, 16, 64))
    several = np.stack([theta, -theta, 0 * theta])
    assert_same(function, problem, several, tolerance=1e-12)
    coefficients = Problem(problem.features, problem.ref_probs, problem.theta_star, kl_coef=np.array([[0.1], [3.0]]))
    assert_same(function, coefficients, several, tolerance=1e-12)
    batched, thetas = drawn((6, 20, 8, 32))
    assert_same(function, batched, thetas[0], tolerance=1e-12)


def test_a_strided_view_needs_no_copy_of_the_features():
    problem, theta = drawn((64, 32, 256))
    strided = Problem(problem.features[::2], problem.ref_probs[::2], problem.theta_star, kl_coef=0.5)
    assert_same(gradient, strided, theta, tolerance=1e-12)
    assert peak_of(lambda: gradient(strided, theta)) < strided.features.nbytes / 2


@pytest.mark.parametrize("function", [gradient, objective_per_prompt, kl_to_optimum])
def test_mixed_float_types_give_the_wider_one(function):
    problem, theta = drawn((64, 32, 16), dtype=np.float32)
    assert_same(function, problem, theta.astype(np.float64), tolerance=1e-5)


OFFSET = 1e6


def test_a_common_offset_costs_no_digits():
    problem, theta = drawn((64, 32, 100), offset=OFFSET)
    relative = problem.features - problem.features[:, :1]
    exact = Problem(relative, problem.ref_probs, problem.theta_star, kl_coef=problem.kl_coef)
    assert problem.has_large_offset
    np.testing.assert_allclose(gradient(problem, theta), gradient(exact, theta), rtol=0, atol=1e-13)


def test_without_relative_features_an_offset_would_cost_digits():
    problem, theta = drawn((64, 32, 100), offset=OFFSET)
    assert problem.has_large_offset
    problem.__dict__["has_large_offset"] = False
    with pytest.raises(AssertionError):
        assert_same(gradient, problem, theta, tolerance=1e-12)


def test_an_offset_is_told_from_a_single_close_pair():
    problem, _ = drawn((64, 32, 100))
    close = problem.features.copy()
    close[3, 1] = close[3, 0]
    assert not _blocks.has_large_offset(close)
    close[3, 2:] = close[3, 0] + 0.01
    assert _blocks.has_large_offset(close)
    assert not _blocks.has_large_offset(close[:, :1])


def test_equal_features_have_gradient_zero_exactly():
    features = np.repeat(np.random.default_rng(0).normal(size=(300, 1, 128)), 3, axis=1)
    problem = Problem(features, np.full((300, 3), 1 / 3), np.ones(128), kl_coef=0.1)
    assert (gradient(problem, np.zeros(128)) == 0).all()


def test_the_gradient_vanishes_exactly_at_the_optimum():
    problem, _ = drawn((300, 16, 64))
    assert (gradient(problem, problem.theta_star) == 0).all()
    assert (kl_to_optimum(problem, problem.theta_star) == 0).all()


def test_a_nearly_deterministic_policy_keeps_its_relative_accuracy():
    problem, theta = drawn((300, 2, 64))
    sharp = Problem(problem.features, problem.ref_probs, problem.theta_star, kl_coef=0.02)
    with plain():
        expected = gradient_per_prompt(sharp, theta)
    found = gradient_per_prompt(sharp, theta)
    size = np.linalg.norm(expected, axis=-1)
    assert size.min() < 1e-30
    assert (np.linalg.norm(found - expected, axis=-1) <= 1e-10 * size).all()


@pytest.mark.parametrize("ascend", [gradient_ascent, stochastic_gradient_ascent])
def test_an_ascent_agrees_with_the_plain_one(ascend):
    problem, theta = drawn((60, 16, 64))

    def run():
        extra = {"rng": np.random.default_rng(1)} if ascend is stochastic_gradient_ascent else {}
        return ascend(problem, theta, steps=5, **extra)

    with plain():
        expected = run()
    found = run()
    np.testing.assert_allclose(found.thetas, expected.thetas, rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(found.gap, expected.gap, rtol=1e-10)


def peak_of(action):
    tracemalloc.start()
    action()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


MEASURED = (gradient, objective, kl_to_optimum, feature_bound, log_policy)


@pytest.mark.parametrize("offset", [0.0, OFFSET], ids=["no offset", "offset"])
@pytest.mark.parametrize("dtype", TOLERANCE)
def test_memory_stays_below_a_twentieth_of_the_features(dtype, offset, monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "1")  # each thread holds a block
    problem, theta = drawn((8192 // np.dtype(dtype).itemsize, 32, 256), dtype=dtype, offset=offset)
    for function in MEASURED:
        arguments = (problem,) if function is feature_bound else (problem, theta)
        assert peak_of(lambda f=function, a=arguments: f(*a)) < problem.features.nbytes / 20, function
    again = (problem.features, problem.ref_probs, problem.theta_star)
    assert peak_of(lambda: Problem(*again, kl_coef=problem.kl_coef)) < problem.features.nbytes / 20


def test_the_plain_formulas_would_fail_the_memory_test():
    problem, theta = drawn((256, 32, 256))
    with plain():
        assert peak_of(lambda: gradient(problem, theta)) > problem.features.nbytes


@pytest.mark.parametrize("function", [gradient, objective_per_prompt])
@pytest.mark.parametrize("shape", [(300, 16, 64), (900, 8, 4, 8)])
def test_results_do_not_depend_on_the_number_of_threads(function, shape, monkeypatch):
    problem, theta = drawn(shape)
    results = []
    for threads in ("1", "2", "5"):
        monkeypatch.setenv("OMP_NUM_THREADS", threads)
        monkeypatch.setattr("os.sched_getaffinity", lambda _: range(8))
        with set_to(BLOCK_BYTES=1 << 14):
            results.append(function(problem, theta))
    np.testing.assert_array_equal(results[0], results[1])
    np.testing.assert_array_equal(results[0], results[2])


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("threads", [1, 2])
def test_a_result_is_not_overwritten_by_the_next_call(function, threads, monkeypatch):
    """Arrays of a block are used again; what is returned must not be one of them."""
    monkeypatch.setenv("OMP_NUM_THREADS", str(threads))
    first, second = (drawn(SHAPES["one large"], seed=seed) for seed in (1, 2))
    result = function(*first)
    kept = np.array(result)
    function(*second)
    function(*drawn(SHAPES["many small"], seed=3))
    assert np.array_equal(result, kept)
