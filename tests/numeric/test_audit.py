"""The audit of a user's own features, and how it arranges them for the claims."""

import importlib
import json
import re

import numpy as np
import pytest

from rlhf_numeric import (
    CLAIMS,
    Instance,
    Problem,
    audit,
    covariance,
    coverage_of,
    feature_bound,
    gradient,
    objective,
    objective_per_prompt,
    random_instances,
    spectral_coverage,
)
from rlhf_numeric.audit import bounds as audit_bounds
from rlhf_numeric.audit import streaming as _streaming
from rlhf_numeric.audit.bounds import ARRANGEMENTS, GAPS
from rlhf_numeric.audit.left_out import LEFT_OUT
from rlhf_numeric.claims.generalisation.stability import Coverage, suboptimality_direct_sides

AUDIT = importlib.import_module("rlhf_numeric.audit.report")  # the name in the package is the function
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


def hypothesis(found, start):
    return next(h for h in found.hypotheses if h.name.startswith(start))


def test_the_constants_are_those_of_the_package():
    drawn = np.array([1, 4, 4])
    found, seen = audit(PROBLEM, THETA, sample=drawn, weights=WEIGHTS), sampled(PROBLEM, drawn)
    gaps = objective_per_prompt(PROBLEM, PROBLEM.theta_star) - objective_per_prompt(PROBLEM, THETA)
    assert found.feature_bound == pytest.approx(feature_bound(PROBLEM), rel=1e-15)
    assert found.population_gap == pytest.approx(WEIGHTS @ gaps, abs=1e-14)
    assert found.sample_gap == pytest.approx(objective(seen, PROBLEM.theta_star) - objective(seen, THETA), abs=1e-14)
    assert found.worst_gap == pytest.approx(gaps.max(), abs=1e-14)
    assert found.gradient_norm == pytest.approx(np.linalg.norm(gradient(seen, THETA)))
    assert found.constant == pytest.approx(np.exp(found.exponent))
    assert found.kappa == pytest.approx(2 * found.feature_bound**2 / found.sigma)
    assert found.population_gap <= found.concentration + found.optimisation + found.generalisation + 1e-15
    assert (found.prompts, found.sample_size, found.actions, found.dim) == (N, 3, M, D)


@pytest.mark.parametrize("small", [True, False], ids=["arrays", "streams"])
def test_a_sample_repeated_as_a_whole_is_the_same_sample(monkeypatch, small):
    monkeypatch.setattr(audit_bounds, "_SMALL", 1000 if small else 0)
    once, thrice = (audit(PROBLEM, THETA, sample=drawn, weights=WEIGHTS) for drawn in ([1, 4], [4, 1, 1, 4, 4, 1]))
    assert thrice.sample_size == 6
    for one, other in zip(once.bounds, thrice.bounds, strict=True):
        assert one.rhs == pytest.approx(other.rhs, rel=1e-9), one.claim


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

    real = AUDIT.covered_by
    monkeypatch.setattr(AUDIT, "covered_by", lambda *args: real(*args)._replace(epsilon=0.0))
    assert bounds(audit(problem, theta, sample=[0]))["pointwise-gap"].verdict == "violated"


@pytest.mark.parametrize("small", [True, False], ids=["arrays", "streams"])
def test_a_bound_on_gaps_has_the_trivial_one_and_the_smaller_of_the_two_beside_it(monkeypatch, small):
    monkeypatch.setattr(audit_bounds, "_SMALL", 1000 if small else 0)
    for kl_coef in (1.0, 1e-4, 1e3):
        found = audit(Problem(FEATURES, REF, PROBLEM.theta_star, kl_coef=kl_coef), THETA, sample=[1, 4])
        at_least = 2 * feature_bound(PROBLEM) * np.linalg.norm(PROBLEM.theta_star - THETA)
        for bound in found.bounds:
            if bound.claim not in GAPS:
                assert (bound.trivial, bound.smaller) == (None, None), bound
                continue
            assert at_least <= bound.trivial == pytest.approx(at_least)
            assert bound.smaller == (bound.trivial if bound.rhs is None else min(bound.rhs, bound.trivial))
            assert bound.lhs is None or bound.lhs <= bound.smaller * (1 + 1e-12)
        assert found.worst_gap <= at_least


def test_the_bound_with_the_logarithm_is_never_the_larger_one_and_stays_of_the_order_of_the_trivial_one():
    for kl_coef in (1e3, 1.0, 0.1, 0.02):
        found = audit(Problem(FEATURES, REF, PROBLEM.theta_star, kl_coef=kl_coef), THETA, sample=[1, 4])
        with_log, without = (bounds(found)[slug] for slug in ("suboptimality-direct-log", "suboptimality-direct"))
        assert with_log.rhs <= without.rhs
        if kl_coef == 0.02:
            assert without.rhs > 1e50
            assert with_log.rhs < 2 * with_log.trivial


def test_an_equality_is_called_one_where_balls_decide_and_undecided_where_they_do_not(monkeypatch):
    assert bounds(audit(PROBLEM, THETA))["error-decomposition"].verdict == "equal"
    monkeypatch.setattr(audit_bounds, "_SMALL", 0)
    assert bounds(audit(PROBLEM, THETA))["error-decomposition"].verdict == "undecided"


@pytest.mark.parametrize("small", [0, 2000])
def test_no_data_however_extreme_give_a_nan_a_warning_or_a_bound_that_fails(monkeypatch, small):
    monkeypatch.setattr(audit_bounds, "_SMALL", small)
    rng = np.random.default_rng(2)
    scales, decided = 10.0 ** np.array([-90, -8, -3, 0, 0, 0, 3, 8, 90]), 0
    for _ in range(40):
        one, two, three, kl_coef = rng.choice(scales, 4)
        features, best, theta = (rng.uniform(-1, 1, shape) for shape in ((3, 2, 2), 2, 2))
        found = audit(
            Problem(features * one, np.full((3, 2), 0.5), best * two, kl_coef=kl_coef), theta * three, sample=[0]
        )
        json.dumps(found.as_json(), allow_nan=False)
        for bound in found.bounds:
            assert bound.verdict != "violated"
            assert (bound.reason is None) == (bound.verdict in ("holds", "equal")), bound
            decided += bound.reason is None
    assert decided > 200


def test_every_claim_is_evaluated_or_left_out_with_a_reason():
    found = audit(PROBLEM, THETA)
    assert {bound.claim for bound in found.bounds} == set(ARRANGEMENTS)
    assert set(found.not_evaluated) == set(CLAIMS) - set(ARRANGEMENTS)
    assert all(found.not_evaluated.values())
    assert [slug for slug, why in found.not_evaluated.items() if why.startswith("no arrangement")] == []
    assert set(ARRANGEMENTS) | set(LEFT_OUT) <= set(CLAIMS)
    assert all(CLAIMS[slug].kind == "inequality" for slug in ARRANGEMENTS)


def test_without_any_variation_nothing_is_covered_and_the_covered_bounds_are_vacuous():
    problem = Problem(np.ones((2, 2, 1)), np.full((2, 2), 0.5), [1.0], kl_coef=1.0)
    found = audit(problem, [0.0])
    assert (found.rank, found.sigma, found.kappa, found.epsilon) == (0, None, None, pytest.approx(1.0, rel=1e-5))
    covered = [b for b in found.bounds if b.arrangement == "covered"]
    assert {b.verdict for b in covered} == {"vacuous"}
    assert all(re.search("no σ > 0 is certified .* its largest eigenvalue, 0, is within", b.reason) for b in covered)
    assert hypothesis(found, "coverage at θ").status == "violated"


@pytest.mark.parametrize("small", [True, False], ids=["balls", "intervals"])
def test_a_bound_that_overflows_says_nothing(monkeypatch, small):
    monkeypatch.setattr(audit_bounds, "_SMALL", 1000 if small else 0)
    found = audit(Problem(FEATURES, REF, PROBLEM.theta_star, kl_coef=1e-4), np.zeros(D))
    assert found.constant is None
    bound = bounds(found)["suboptimality-direct"]
    assert (bound.verdict, bound.rhs, bound.ratio) == ("infinite", None, None)
    assert f"says nothing (exp M overflows from M = 709 on, here M = {found.exponent:.3g})" in bound.reason
    assert {b.verdict for b in found.bounds if "C = exp M" in b.title} == {"infinite"}


def test_every_row_that_does_not_hold_says_why():
    for kl_coef in (1.0, 1e-4):
        problem = Problem(FEATURES[:, :2, :], np.full((N, 2), 0.5), PROBLEM.theta_star, kl_coef=kl_coef)
        for bound in audit(problem, THETA, sample=[0]).bounds:
            assert (bound.reason is None) == (bound.verdict in ("holds", "equal")), bound


def test_the_json_form_has_no_nan_and_keeps_every_bound():
    data = json.loads(json.dumps(audit(PROBLEM, THETA).as_json(), allow_nan=False))
    assert [bound["claim"] for bound in data["bounds"]] == list(ARRANGEMENTS)
    assert len(data["spectrum"]) == D
    assert data["schema"] == 2


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


def test_a_batch_is_refused():
    batch = random_instances(np.random.default_rng(0), batch=2, shape=(2, 2, 2))
    with pytest.raises(ValueError, match="no batch axes"):
        audit(batch.problem, batch.theta)


@pytest.mark.parametrize(
    ("name", "factors"),
    [
        ("features", (1e200, 1, 1, 1)),
        ("features", (1e-200, 1, 1, 1)),
        ("theta_star", (1, 1e200, 1, 1)),
        ("theta", (1, 1, 1e-200, 1)),
        ("kl_coef", (1, 1, 1, 1e200)),
    ],
)
def test_numbers_whose_products_overflow_are_refused_and_not_computed(name, factors):
    arrays = [array * factor for array, factor in zip((FEATURES, PROBLEM.theta_star, THETA, 1.0), factors, strict=True)]
    with pytest.raises(ValueError, match=rf"{name}: expected sizes from 1e-100 to 1e\+100.*change units"):
        audit(Problem(arrays[0], REF, arrays[1], kl_coef=arrays[3]), arrays[2])


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


@pytest.mark.parametrize("drawn", [None, [1, 4], [2, 2, 5]])
def test_streams_and_arrays_give_the_same_bounds(monkeypatch, drawn):
    arrays = audit(PROBLEM, THETA, sample=drawn, weights=WEIGHTS)
    monkeypatch.setattr(audit_bounds, "_SMALL", 0)
    monkeypatch.setattr(_streaming, "BLOCK", 1)  # every prompt is a block
    streams = audit(PROBLEM, THETA, sample=drawn, weights=WEIGHTS)
    for one, other in zip(arrays.bounds, streams.bounds, strict=True):
        assert (one.claim, one.arrangement) == (other.claim, other.arrangement)
        if one.claim != "covariance-comparison":  # an arbitrary function of prompt and action, rounded differently
            assert (one.lhs, one.rhs) == pytest.approx((other.lhs, other.rhs), rel=1e-9), one.claim
        assert {one.verdict, other.verdict} <= {"holds", "equal", "undecided"}
        assert other.verdict == "holds" or other.claim in ("error-decomposition", "ga-bounded", "ga-monotone")
    assert streams.sigma == pytest.approx(arrays.sigma, rel=1e-12)


def test_a_claim_that_reads_a_feature_that_a_stream_does_not_give_decides_nothing(monkeypatch):
    monkeypatch.setattr(audit_bounds, "_SMALL", 0)
    monkeypatch.setattr(audit_bounds, "PER_PROMPT", frozenset())
    assert bounds(audit(PROBLEM, THETA))["variance-bound"].verdict == "undecided"


def test_pairs_of_prompts_are_enumerated_only_where_there_are_few():
    n = audit_bounds._MOST_PAIRED + 1
    problem = Problem(RNG.normal(size=(n, 2, 1)), np.full((n, 2), 0.5), [1.0], kl_coef=1.0)
    found = audit(problem, [0.0])
    assert "concentration-mean" not in bounds(found)
    assert f"all {n}² samples" in found.not_evaluated["concentration-mean"]
