"""The closed forms that sympy derives against the numpy functions that users call: the same numbers."""

import math

import numpy as np
import pytest
import sympy as sp

import rlhf_numeric as numeric
from rlhf_numeric import Problem
from rlhf_symbolic import closed_form

SHAPES = [(1, 2, 1), (2, 3, 2), (1, 4, 3)]  # (n, m, d)


def _numpy_side(slug: str, problem: Problem, theta: np.ndarray) -> np.ndarray:
    probs = numeric.policy(problem, theta)
    mean = np.einsum("nm,nmd->nd", probs, problem.features)
    return {
        "grad-log-partition": lambda: mean[0] / problem.kl_coef,
        "hess-log-partition": lambda: numeric.covariance(problem, theta) / problem.kl_coef**2,
        "grad-objective-prompt": lambda: numeric.gradient_per_prompt(problem, theta)[0],
        "grad-objective": lambda: numeric.gradient(problem, theta),
        "gap-identity": lambda: (
            numeric.objective_per_prompt(problem, problem.theta_star) - numeric.objective_per_prompt(problem, theta)
        )[0],
        "score": lambda: (problem.features - mean[:, None])[0] / problem.kl_coef,
    }[slug]()


def _instance(rng: np.random.Generator, n: int, m: int, d: int) -> tuple[Problem, np.ndarray]:
    ref = rng.uniform(0.1, 1.0, (n, m))
    ref /= ref.sum(-1, keepdims=True)
    features = rng.normal(size=(n, m, d))
    return Problem(features, ref, rng.normal(size=d), kl_coef=float(rng.uniform(0.5, 2))), rng.normal(size=d)


def _sympy_side(slug: str, problem: Problem, theta: np.ndarray) -> np.ndarray:
    n, m, d = problem.features.shape
    form = closed_form(slug, m=m, d=d, n=n)
    flat = [theta, problem.theta_star, problem.features, problem.ref_probs, problem.kl_coef]
    point = [float(v) for part in flat for v in np.ravel(part)]
    function = sp.lambdify(form.symbols, list(form.expressions), modules="math", cse=True)
    return np.array(function(*point))


@pytest.mark.parametrize(
    "slug", ["grad-log-partition", "hess-log-partition", "grad-objective-prompt", "gap-identity", "score"]
)
@pytest.mark.parametrize("shape", [s for s in SHAPES if s[0] == 1])
def test_numpy_computes_what_sympy_derives(slug: str, shape: tuple[int, int, int]) -> None:
    _compare(slug, shape)


@pytest.mark.parametrize("shape", SHAPES)
def test_numpy_computes_the_gradient_of_the_sample_that_sympy_derives(shape: tuple[int, int, int]) -> None:
    _compare("grad-objective", shape)


def _compare(slug: str, shape: tuple[int, int, int]) -> None:
    rng = np.random.default_rng([math.prod(shape), len(slug)])
    for _ in range(20):
        problem, theta = _instance(rng, *shape)
        ours = np.ravel(_numpy_side(slug, problem, theta))
        theirs = _sympy_side(slug, problem, theta)
        assert ours.shape == theirs.shape
        np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-12 * max(1.0, float(np.abs(theirs).max())))


def test_the_comparison_sees_a_lost_factor(monkeypatch: pytest.MonkeyPatch) -> None:
    real = numeric.gradient
    monkeypatch.setattr(numeric, "gradient", lambda problem, theta: real(problem, theta) * (1 + 1e-6))
    with pytest.raises(AssertionError):
        _compare("grad-objective", (2, 3, 2))
