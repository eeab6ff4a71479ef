"""What an audit says of the hypotheses: certain, violated or undecided, and never more than was checked."""

import re

import numpy as np
import pytest

from rlhf_numeric import Problem, audit
from rlhf_numeric.audit import streaming as _streaming

RNG = np.random.default_rng(5)
N, M, D = 7, 3, 4
FEATURES = RNG.normal(size=(N, M, D))
REF = np.full((N, M), 1 / M)
PROBLEM = Problem(FEATURES, REF, RNG.normal(size=D) / 4, kl_coef=1.0)
THETA = RNG.normal(size=D) / 4


def hypothesis(found, start):
    return next(h for h in found.hypotheses if h.name.startswith(start))


TWO = np.array(
    [[[1.0, 0.0], [-1.0, 0.0]], [[0.0, 1.0], [0.0, -1.0]]]
)  # each prompt varies along a direction of its own


@pytest.mark.parametrize(
    ("sample", "status", "words"),
    [
        ([0, 1], "holds (certified)", "full rank 2"),
        ([0], "violated", r"V\(θ\) has rank 2 at least, V_S\(θ\) 1 at most: 1 prompts in S"),
    ],
)
def test_what_s_sees_is_compared_with_all_prompts_at_the_same_theta(sample, status, words):
    """At θ* = 1e4 the policy is deterministic and V(θ*) = 0: at θ the comparison still says what it should."""
    found = audit(Problem(TWO, np.full((2, 2), 0.5), [1e4, 1e4], kl_coef=1.0), [0.0, 0.0], sample=sample)
    assert found.rank_at_optimum == 0
    sight = hypothesis(found, "V_S(θ)v = 0 only where V(θ)v = 0")
    assert sight.status == status
    assert re.search(words, sight.why)


def test_a_sample_that_lacks_a_direction_by_chance_is_undecided_and_one_with_every_prompt_is_certain():
    features = RNG.normal(size=(3, 4, 3)) * [[[1.0, 1.0, 0.0]], [[1.0, 1.0, 0.0]], [[1.0, 1.0, 1.0]]]
    problem = Problem(features, np.full((3, 4), 0.25), [1.0, 0.0, 0.0], kl_coef=1.0)
    found = audit(problem, np.zeros(3), sample=[0, 1])
    assert hypothesis(found, "V_S(θ)v = 0").status == "undecided"
    assert "2 eigenvalues of V_S(θ) and 3 of V(θ)" in hypothesis(found, "V_S(θ)v = 0").why
    flat = Problem(features * [1.0, 1.0, 0.0], np.full((3, 4), 0.25), [1.0, 0.0, 0.0], kl_coef=1.0)
    assert hypothesis(audit(flat, np.zeros(3)), "V_S(θ)v = 0").why == "every prompt is in S"


def test_coverage_that_is_not_certified_is_never_said_to_hold(monkeypatch):
    real = _streaming.Stream.covariance
    monkeypatch.setattr(_streaming.Stream, "covariance", lambda *args: (real(*args)[0], 1e3))
    found = audit(PROBLEM, THETA)
    assert (found.rank, found.above_tolerance, found.sigma, found.kappa) == (0, D, None, None)
    coverage = hypothesis(found, "coverage at θ")
    assert (coverage.status, coverage.holds) == ("undecided", None)
    assert "within the error bound 1e+03 of 0" in coverage.why
    assert hypothesis(found, "exact coverage").status == "undecided"
    assert {b.verdict for b in found.bounds if b.arrangement == "covered"} == {"vacuous"}


def test_exact_coverage_is_violated_only_where_no_smaller_eigenvalue_could_help():
    """Rank 2 of 3 with certainty: one prompt of three actions; and rank 2 of 3 up to rounding."""
    seen = Problem(RNG.normal(size=(3, 3, 3)), np.full((3, 3), 1 / 3), [1.0, 0.0, 0.0], kl_coef=1.0)
    assert hypothesis(audit(seen, np.zeros(3), sample=[0]), "exact coverage").status == "violated"
    flat = np.concatenate([seen.features[..., :2], seen.features[..., :2].sum(-1, keepdims=True) * (1 + 1e-12)], -1)
    nearly = audit(Problem(flat, seen.ref_probs, seen.theta_star, kl_coef=1.0), np.zeros(3))
    assert nearly.rank == 2
    assert hypothesis(nearly, "exact coverage").status == "undecided"


def test_a_gradient_is_zero_only_where_that_is_certain():
    assert hypothesis(audit(PROBLEM, THETA), "∇J_S(θ) = 0").status == "violated"
    assert hypothesis(audit(PROBLEM, PROBLEM.theta_star), "∇J_S(θ) = 0").status == "holds (certified)"
    along = np.array([0.1, 0.2, 0.3])
    features = RNG.normal(size=(2, 3, 2)) @ RNG.normal(size=(2, 3))
    features -= features @ np.outer(along, along) / (along @ along)
    problem = Problem(features, np.full((2, 3), 1 / 3), along, kl_coef=1.0)  # u has no variance, up to rounding
    assert hypothesis(audit(problem, np.zeros(3)), "∇J_S(θ) = 0").status == "undecided"


def test_the_only_words_for_a_hypothesis_are_three():
    for sample in ([0], None):
        words = {h.status: h.holds for h in audit(PROBLEM, THETA, sample=sample).hypotheses}
        assert set(words) <= {"holds (certified)", "violated", "undecided"}
        assert all(holds == {"h": True, "v": False, "u": None}[status[0]] for status, holds in words.items())
