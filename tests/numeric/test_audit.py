"""The audit of a user's own features, and how it arranges them for the claims."""

import importlib
import json

import numpy as np
import pytest

from rlhf_numeric import (
    CLAIMS,
    Instance,
    Problem,
    audit,
    audit_bounds,
    covariance,
    coverage_of,
    feature_bound,
    gradient,
    objective,
    objective_per_prompt,
    random_instances,
    spectral_coverage,
)
from rlhf_numeric.audit_bounds import ARRANGEMENTS, LEFT_OUT, arranged
from rlhf_numeric.audit_file import REQUIRED, read_audit_data
from rlhf_numeric.claims.stability import Coverage, first_half, last_half, suboptimality_direct_sides

AUDIT = importlib.import_module("rlhf_numeric.audit")  # the name in the package is the function
RNG = np.random.default_rng(5)
N, M, D = 7, 3, 4
FEATURES = RNG.normal(size=(N, M, D))
REF = np.full((N, M), 1 / M)
PROBLEM = Problem(FEATURES, REF, RNG.normal(size=D) / 4, kl_coef=1.0)
THETA = RNG.normal(size=D) / 4
WEIGHTS = np.arange(1.0, N + 1) / np.arange(1.0, N + 1).sum()


def sampled(problem, drawn):
    return Problem(problem.features[drawn], problem.ref_probs[drawn], problem.theta_star, kl_coef=problem.kl_coef)


def bounds(found):
    return {bound.claim: bound for bound in found.bounds}


def test_the_constants_are_those_of_the_package():
    drawn = np.array([1, 4, 4])
    found, seen = audit(PROBLEM, THETA, sample=drawn, weights=WEIGHTS), sampled(PROBLEM, drawn)
    gaps = objective_per_prompt(PROBLEM, PROBLEM.theta_star) - objective_per_prompt(PROBLEM, THETA)
    assert found.feature_bound == feature_bound(PROBLEM)
    assert found.population_gap == pytest.approx(WEIGHTS @ gaps, abs=1e-14)
    assert found.sample_gap == pytest.approx(objective(seen, PROBLEM.theta_star) - objective(seen, THETA), abs=1e-14)
    assert found.worst_gap == gaps.max()
    assert found.gradient_norm == pytest.approx(np.linalg.norm(gradient(seen, THETA)))
    assert found.constant == pytest.approx(np.exp(found.exponent))
    assert found.kappa == pytest.approx(2 * found.feature_bound**2 / found.sigma)
    assert found.population_gap <= found.concentration + found.optimisation + found.generalisation + 1e-15
    assert (found.prompts, found.sample_size, found.actions, found.dim) == (N, 3, M, D)


@pytest.mark.parametrize("drawn", [[0], [2, 2, 5], list(range(N)), [0, 1, 2, 3, 4, 5, 6, 0, 1]])
def test_the_arrangement_changes_neither_the_sample_nor_the_population(drawn):
    instance = Instance(PROBLEM, THETA, weights=WEIGHTS)
    both = arranged(instance, np.array(drawn))
    seen = sampled(PROBLEM, np.array(drawn))
    half = first_half(both.problem)
    assert half.n_prompts == last_half(both.problem).n_prompts
    np.testing.assert_allclose(covariance(half, THETA), covariance(seen, THETA), atol=1e-14)
    np.testing.assert_allclose(gradient(half, THETA), gradient(seen, THETA), atol=1e-14)
    values = objective_per_prompt(both.problem, THETA)
    assert both.weights @ values == pytest.approx(WEIGHTS @ objective_per_prompt(PROBLEM, THETA), abs=1e-14)
    assert both.weights.sum() == pytest.approx(1)


def test_a_covered_bound_is_the_claim_itself_with_the_projectors_constants():
    drawn = np.array([1, 4])
    found, seen = audit(PROBLEM, THETA, sample=drawn), sampled(PROBLEM, drawn)
    bound = bounds(found)["suboptimality-direct"]
    instance = Instance(PROBLEM, THETA)
    lhs, rhs = suboptimality_direct_sides(instance, Coverage(seen, found.sigma, found.epsilon))
    assert (bound.lhs, bound.rhs) == (pytest.approx(float(lhs)), pytest.approx(float(rhs)))
    assert bound.lhs == pytest.approx(found.population_gap)


def test_a_sample_bound_is_the_evaluation_of_the_claim():
    drawn = np.array([1, 4])
    bound = bounds(audit(PROBLEM, THETA, sample=drawn))["gradient-domination"]
    evaluation = CLAIMS["gradient-domination"].evaluate(Instance(sampled(PROBLEM, drawn), THETA))
    place = (evaluation.lhs / evaluation.rhs).argmax()
    assert (bound.lhs, bound.rhs) == (evaluation.lhs[place], evaluation.rhs[place])
    assert bound.comparisons == 2


def test_no_bound_is_violated_on_random_data_and_most_are_decided():
    batch = random_instances(np.random.default_rng(3), batch=40, shape=(3, 3, 2)).flattened()
    verdicts = []
    for row in range(40):
        one = batch.take(row)
        verdicts += [b.verdict for b in audit(one.problem, one.theta, sample=[0, 2], weights=one.weights).bounds]
    assert "violated" not in verdicts
    assert verdicts.count("holds") > 0.6 * len(verdicts)


@pytest.mark.parametrize("small", [True, False], ids=["balls", "intervals"])
def test_a_violated_bound_would_be_seen(monkeypatch, small):
    """Epsilon planted too small: the sample sees one direction of two, yet claims exact coverage."""
    monkeypatch.setattr(audit_bounds, "_SMALL", 1000 if small else 0)
    features = np.array([[[1.0, 0.0], [-1.0, 0.0]], [[0.0, 1.0], [0.0, -1.0]]])
    problem = Problem(features, np.full((2, 2), 0.5), [1.0, 1.0], kl_coef=1.0)
    theta = [0.999, 0.0]
    assert bounds(audit(problem, theta, sample=[0]))["pointwise-gap"].verdict == "holds"

    def blind(population, sample, theta, *, rank_tolerance=None):
        return spectral_coverage(covariance(sample, theta), population.features * [1.0, 0.0])

    monkeypatch.setattr(AUDIT, "coverage_of", blind)
    assert bounds(audit(problem, theta, sample=[0]))["pointwise-gap"].verdict == "violated"


def test_an_equality_is_called_one_where_balls_decide_and_undecided_where_they_do_not(monkeypatch):
    assert bounds(audit(PROBLEM, THETA))["error-decomposition"].verdict == "equal"
    monkeypatch.setattr(audit_bounds, "_SMALL", 0)
    assert bounds(audit(PROBLEM, THETA))["error-decomposition"].verdict == "undecided"


def test_every_claim_is_evaluated_or_left_out_with_a_reason():
    found = audit(PROBLEM, THETA)
    assert {bound.claim for bound in found.bounds} == set(ARRANGEMENTS)
    assert set(found.not_evaluated) == set(CLAIMS) - set(ARRANGEMENTS)
    assert all(found.not_evaluated.values())
    assert set(ARRANGEMENTS) | set(LEFT_OUT) <= set(CLAIMS)
    assert all(CLAIMS[slug].kind == "inequality" for slug in ARRANGEMENTS)


def test_without_any_variation_nothing_is_covered_and_the_covered_bounds_are_vacuous():
    problem = Problem(np.ones((2, 2, 1)), np.full((2, 2), 0.5), [1.0], kl_coef=1.0)
    found = audit(problem, [0.0])
    assert (found.rank, found.sigma, found.kappa, found.epsilon) == (0, None, None, 1.0)
    assert {b.verdict for b in found.bounds if b.arrangement == "covered"} == {"vacuous"}
    assert {h.name: h.holds for h in found.hypotheses}["S covers every prompt with some σ > 0"] is False


def test_a_constant_that_overflows_is_null_and_its_bounds_need_balls(monkeypatch):
    problem = Problem(FEATURES * 1e3, REF, PROBLEM.theta_star, kl_coef=1.0)
    found = audit(problem, THETA)
    assert found.constant is None
    bound = bounds(found)["suboptimality-direct"]
    assert (bound.verdict, bound.rhs, bound.ratio) == ("holds", None, None)
    monkeypatch.setattr(audit_bounds, "_SMALL", 0)
    assert bounds(audit(problem, THETA))["suboptimality-direct"].verdict == "undecided"


def test_the_json_form_has_no_nan_and_keeps_every_bound():
    data = json.loads(json.dumps(audit(PROBLEM, THETA).as_json(), allow_nan=False))
    assert [bound["claim"] for bound in data["bounds"]] == list(ARRANGEMENTS)
    assert len(data["spectrum"]) == D
    assert data["schema"] == 1


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"sample": [N]}, f"sample: expected indices from 0 to {N - 1}"),
        ({"sample": [-1]}, "sample: expected indices"),
        ({"sample": []}, "sample: expected integers"),
        ({"sample": [0.5]}, "sample: expected integers"),
        ({"weights": np.ones(N)}, "weights: expected a sum of 1"),
        ({"weights": np.ones(2) / 2}, f"weights: expected n = {N}"),
        ({"rank_tolerance": 1.0}, "rank_tolerance"),
    ],
)
def test_a_bad_argument_is_named(options, words):
    with pytest.raises(ValueError, match=words):
        audit(PROBLEM, THETA, **options)


def test_a_batch_and_a_covariance_too_large_for_memory_are_refused(monkeypatch):
    batch = random_instances(np.random.default_rng(0), batch=2, shape=(2, 2, 2))
    with pytest.raises(ValueError, match="no batch axes"):
        audit(batch.problem, batch.theta)
    monkeypatch.setattr(AUDIT, "_MEMORY", 100)
    with pytest.raises(ValueError, match="covariances of at most"):
        audit(PROBLEM, THETA)


# ---- coverage by eigenvalues


def test_the_coverage_is_one():
    """P is symmetric, σ‖Pv‖² ≤ ⟨Vv,v⟩ for all v, ‖φ − Pφ‖ ≤ ε with equality somewhere."""
    seen = sampled(PROBLEM, np.array([3]))
    matrix = covariance(seen, THETA)
    found = coverage_of(PROBLEM, seen, THETA)
    assert found.rank == M - 1
    np.testing.assert_allclose(found.projector, found.projector.T, atol=1e-15)
    np.testing.assert_allclose(found.projector @ found.projector, found.projector, atol=1e-13)
    assert np.linalg.eigvalsh(matrix - found.sigma * found.projector).min() > -1e-14
    assert np.linalg.eigvalsh(matrix - 1.01 * found.sigma * found.projector).min() < -1e-6
    residuals = np.linalg.norm(FEATURES - FEATURES @ found.projector, axis=-1)
    assert residuals.max() == pytest.approx(found.epsilon)


def test_a_larger_tolerance_trades_a_larger_sigma_for_a_larger_epsilon():
    matrix = np.diag([1.0, 1e-3, 1e-6])
    found = [spectral_coverage(matrix, np.eye(3), rank_tolerance=t) for t in (0.0, 1e-4, 1e-2)]
    assert [f.rank for f in found] == [3, 2, 1]
    assert [f.sigma for f in found] == [1e-6, 1e-3, 1.0]
    assert [f.epsilon for f in found] == [0.0, 1.0, 1.0]


def test_rounding_in_the_covariance_does_not_count_as_a_direction():
    flat = np.concatenate([FEATURES, FEATURES.sum(-1, keepdims=True)], -1)  # a fifth coordinate that adds no direction
    problem = Problem(flat, REF, np.ones(5), kl_coef=1.0)
    assert coverage_of(problem, problem, np.zeros(5)).rank == 4
    assert coverage_of(problem, problem, np.zeros(5), rank_tolerance=0.0).rank >= 4


@pytest.mark.parametrize(
    "bad", [(np.ones((2, 3)), np.ones((1, 2))), (np.eye(2), np.ones((1, 3))), (np.ones(2), np.ones((1, 2)))]
)
def test_coverage_of_the_wrong_shape_is_refused(bad):
    with pytest.raises(ValueError, match="expected shapes"):
        spectral_coverage(*bad)


# ---- reading


@pytest.fixture
def arrays():
    return {
        "features": FEATURES, "ref_probs": REF, "theta_star": PROBLEM.theta_star, "theta": THETA, "kl_coef": 1.0
    }  # fmt: skip


def test_what_is_written_is_what_is_audited(tmp_path, arrays):
    np.savez(tmp_path / "data.npz", **arrays, sample=np.array([1, 2]), weights=WEIGHTS)
    found = read_audit_data(tmp_path / "data.npz").audit()
    assert found == audit(PROBLEM, THETA, sample=[1, 2], weights=WEIGHTS)


def test_integers_are_read_as_floats(tmp_path, arrays):
    one_hot = np.tile(np.eye(M, D, dtype=int), (N, 1, 1))
    np.savez(tmp_path / "data.npz", **{**arrays, "features": one_hot, "kl_coef": 2})
    assert read_audit_data(tmp_path / "data.npz").problem.features.dtype == np.float64


@pytest.mark.parametrize("name", REQUIRED)
def test_a_missing_array_is_named_with_what_was_expected(tmp_path, arrays, name):
    np.savez(tmp_path / "data.npz", **{key: value for key, value in arrays.items() if key != name})
    with pytest.raises(ValueError, match=rf"data\.npz: missing {name}; expected features \(N, m, d\)"):
        read_audit_data(tmp_path / "data.npz")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"feature": np.ones(2)}, "unknown feature;"),
        ({"features": FEATURES[0]}, r"features: expected shape \(N, m, d\), got \(3, 4\)"),
        ({"ref_probs": REF[:2]}, "ref_probs: expected n = 7"),
        ({"theta": np.ones(D + 1)}, "theta: expected d = 4"),
        ({"theta_star": np.ones((1, D))}, r"theta_star: expected shape \(d,\)"),
        ({"kl_coef": np.ones(1)}, r"kl_coef: expected shape \(\), got \(1,\)"),
        ({"kl_coef": -1.0}, "kl_coef: expected numbers > 0"),
        ({"features": np.full((N, M, D), "a")}, "features: expected numbers, got dtype"),
        ({"features": np.full((N, M, D), np.nan)}, "features: expected finite numbers"),
        ({"sample": np.array([[0]])}, r"sample: expected shape \(n,\)"),
    ],
)
def test_a_wrong_array_is_named(tmp_path, arrays, change, words):
    np.savez(tmp_path / "data.npz", **{**arrays, **change})
    with pytest.raises(ValueError, match=words):
        read_audit_data(tmp_path / "data.npz").audit()


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x03\x04 torn"])
def test_a_file_that_is_no_npz_is_refused(tmp_path, content):
    (tmp_path / "data.npz").write_bytes(content)
    with pytest.raises(ValueError, match=r"data\.npz: expected an \.npz file"):
        read_audit_data(tmp_path / "data.npz")


def test_an_npy_file_and_pickled_objects_are_refused(tmp_path, arrays):
    np.save(tmp_path / "data.npy", FEATURES)
    np.savez(tmp_path / "data.npz", **{**arrays, "theta": np.array([{}], dtype=object)}, allow_pickle=True)
    for name in ("data.npy", "data.npz"):
        with pytest.raises(ValueError, match=r"expected an \.npz file"):
            read_audit_data(tmp_path / name)
