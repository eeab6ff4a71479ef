"""The closed forms that sympy derives against the numpy functions that users call: the same numbers, to 1e-12."""

from collections.abc import Callable

import numpy as np
import pytest

import rlhf_numeric as numeric
from rlhf_numeric import Problem
from rlhf_numeric.claims.reward_shift.change_of_measure import Shift, chi_square
from rlhf_numeric.model.gradient import covariance_of
from rlhf_numeric.model.policy import log_boltzmann, relative_entropy
from rlhf_symbolic import DERIVATIONS, Shape, numpy_function

SHAPES = [(1, 2, 1), (2, 3, 2), (1, 4, 3)]  # (n, m, d)
RELATIVE = 1e-12
INSTANCES = 20

Point = dict[str, np.ndarray]


def _deviations(problem: Problem, theta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    probs = numeric.policy(problem, theta)
    return probs, problem.features - np.einsum("nm,nmd->nd", probs, problem.features)[:, None]


def _optimal(problem: Problem) -> np.ndarray:
    return numeric.policy(problem, problem.theta_star)


def _log_ratio(problem: Problem, theta: np.ndarray) -> np.ndarray:
    return numeric.log_policy(problem, theta) - np.log(problem.ref_probs)


def _gap(problem: Problem, theta: np.ndarray) -> np.ndarray:
    start = numeric.objective_per_prompt(problem, theta)
    return numeric.objective_per_prompt(problem, problem.theta_star) - start


def _alignment(problem: Problem, theta: np.ndarray) -> np.ndarray:
    return np.array(numeric.gradient(problem, theta) @ (problem.theta_star - theta))


def _score(problem: Problem, theta: np.ndarray) -> np.ndarray:
    return _deviations(problem, theta)[1] / problem.kl_coef


def _covariance_with(problem: Problem, theta: np.ndarray, values: np.ndarray) -> np.ndarray:
    probs, deviation = _deviations(problem, theta)
    return np.einsum("nm,nm,nmd->nd", probs, values, deviation)


def _kl_gradient(problem: Problem, theta: np.ndarray) -> np.ndarray:
    return numeric.covariance_per_prompt(problem, theta) @ theta / problem.kl_coef**2


def _slope(problem: Problem, point: Point) -> np.ndarray:
    rewards, slopes = np.split(point["s"], [problem.n_actions * problem.n_prompts])
    rewards = rewards.reshape(problem.n_prompts, problem.n_actions)
    slopes = slopes.reshape(problem.n_prompts, problem.n_actions, -1)
    probs = np.exp(log_boltzmann(problem, rewards))
    residual = point["f"] - rewards
    along = [covariance_of(probs, residual, slopes[..., k]) for k in range(problem.dim)]
    return np.stack(along, -1) / problem.kl_coef


# What users call (or one einsum of it) for each closed form; arguments: problem, θ, and f, p, s of the statement.
COUNTERPARTS: dict[str, Callable[[Problem, np.ndarray, Point], np.ndarray]] = {
    "boltzmann-normalised": lambda s, t, _: numeric.policy(s, t).sum(-1),
    "log-ratio": lambda s, t, _: _log_ratio(s, t),
    "implicit-reward": lambda s, t, _: s.kl_coef * (_log_ratio(s, t) + numeric.log_partition(s, t)[:, None]),
    "dpo-reward": lambda s, _t, _: numeric.reward(s),
    "grad-log-partition": lambda s, t, _: np.einsum("nm,nmd->nd", numeric.policy(s, t), s.features) / s.kl_coef,
    "score": lambda s, t, _: _score(s, t),
    "grad-policy": lambda s, t, _: numeric.policy(s, t)[..., None] * _score(s, t),
    "grad-expectation": lambda s, t, point: _covariance_with(s, t, point["f"]) / s.kl_coef,
    "hess-log-partition": lambda s, t, _: numeric.covariance_per_prompt(s, t) / s.kl_coef**2,
    "objective-value": lambda s, t, _: numeric.objective_per_prompt(s, t),
    "optimum-value": lambda s, _t, _: s.kl_coef * numeric.log_partition(s, s.theta_star),
    "gibbs-variational": lambda s, _t, point: numeric.value_of_policy(s, point["p"]),
    "gap-identity": lambda s, t, _: s.kl_coef * numeric.kl_to_optimum(s, t),
    "kl-gradient": lambda s, t, _: _kl_gradient(s, t),
    "entropy-gradient": lambda s, t, _: -_kl_gradient(s, t) - _covariance_with(s, t, np.log(s.ref_probs)) / s.kl_coef,
    "grad-objective-prompt": lambda s, t, _: numeric.gradient_per_prompt(s, t),
    "grad-objective": lambda s, t, _: numeric.gradient(s, t),
    "gradient-alignment": lambda s, t, _: _alignment(s, t),
    "score-identity": lambda s, t, _: numeric.gradient_per_prompt(s, t),
    "pairwise-estimator": lambda s, t, _: numeric.gradient_per_prompt(s, t),
    "gap-general": lambda s, _t, point: s.kl_coef * relative_entropy(point["p"], log_boltzmann(s, point["f"])),
    "nonlinear-gradient": lambda s, _t, point: _slope(s, point),
    "reward-error-identity": lambda s, t, _: _gap(s, t),
    "reward-error-transfer": lambda s, _t, point: (
        numeric.objective_per_prompt(s, s.theta_star) - numeric.value_of_policy(s, point["p"])
    ),
    "chi-square-moment": lambda s, _t, point: 1 + chi_square(Shift(point["p"], s.ref_probs)),
    "k3-unbiased": lambda s, _t, point: relative_entropy(point["p"], np.log(s.ref_probs)),
}
# No function of `rlhf_numeric` computes these: third moments and what is made of them.
WITHOUT = {"grad-covariance", "hess-objective", "curvature", "smoothness-below", "smoothness-above"}


def _instance(rng: np.random.Generator, n: int, m: int, d: int) -> tuple[Problem, np.ndarray, Point]:
    ref, other = rng.uniform(0.1, 1.0, (2, n, m))
    ref /= ref.sum(-1, keepdims=True)
    features = rng.normal(size=(n, m, d))
    point = {"f": rng.normal(size=(n, m)), "p": other / other.sum(-1, keepdims=True)}
    problem = Problem(features, ref, rng.normal(size=d), kl_coef=float(rng.uniform(0.5, 2)))
    theta = rng.normal(size=d)
    point["s"] = rng.normal(size=n * m * (1 + d))  # the reward s, then its derivatives
    return problem, theta, point


def compare(slug: str, shape: tuple[int, int, int]) -> None:
    """Raise an AssertionError that names the statement, the component and the instance."""
    n, m, d = shape
    statement = DERIVATIONS[slug].statement
    function = numpy_function(slug, Shape(m, d, n))
    for seed in range(INSTANCES):
        problem, theta, point = _instance(np.random.default_rng([*shape, seed]), *shape)
        extra = [point[name] for name in ("f", "p", "s") if name in statement.extra]
        arguments = (theta, problem.theta_star, problem.features, problem.ref_probs, problem.kl_coef, *extra)
        derived, ours = function(*arguments), COUNTERPARTS[slug](problem, theta, point)
        assert ours.shape == derived.shape, f"{slug}: shape {ours.shape}, derived {derived.shape}"
        # The terms of a component may cancel: relative to the largest component, and to 1.
        wrong = np.abs(ours - derived) > RELATIVE * max(1.0, float(np.abs(derived).max()))
        where = [(str(statement.free), tuple(map(int, index))) for index in np.argwhere(wrong)]
        assert not where, f"{slug} ({statement.title}): component {where[0]} at n,m,d = {shape}, seed {seed}"


@pytest.mark.no_cover
@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("slug", COUNTERPARTS)
def test_numpy_computes_what_sympy_derives(slug: str, shape: tuple[int, int, int]) -> None:
    compare(slug, shape)


def test_every_closed_form_is_compared_or_has_no_counterpart() -> None:
    shaped = {name for name, derivation in DERIVATIONS.items() if derivation.shaped}
    assert shaped == set(COUNTERPARTS) | WITHOUT
    assert not set(COUNTERPARTS) & WITHOUT


@pytest.mark.parametrize("slug", COUNTERPARTS)
def test_a_change_in_the_eleventh_digit_is_seen_and_named(slug: str, monkeypatch: pytest.MonkeyPatch) -> None:
    real = COUNTERPARTS[slug]
    monkeypatch.setitem(COUNTERPARTS, slug, lambda s, t, point: real(s, t, point) + 1e-10)
    with pytest.raises(AssertionError, match=slug):
        compare(slug, (1, 2, 1))


def test_a_lost_factor_in_the_gradient_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    real = numeric.gradient
    monkeypatch.setattr(numeric, "gradient", lambda problem, theta: real(problem, theta) * (1 + 1e-6))
    with pytest.raises(AssertionError, match=r"grad-objective .*component"):
        compare("grad-objective", (2, 3, 2))


def test_a_wrong_number_of_entries_is_refused() -> None:
    with pytest.raises(ValueError, match="expected 11 entries in all, got 10"):
        numpy_function("score", Shape(2, 2))(*np.ones(10))
