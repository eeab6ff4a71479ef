"""What a sample leaves open is decided exactly or not at all; the optima are stationary; the pages' numbers."""

from fractions import Fraction
from math import comb, cosh, log
from pathlib import Path

import flint
import numpy as np
import pytest

from rlhf_numeric import CLAIMS, SHARP_CLAIMS, Instance, Problem, Verdict, objective_per_prompt, random_instances
from rlhf_numeric import gradient as gradient_of_objective
from rlhf_numeric.arithmetic.interval import interval
from rlhf_numeric.arithmetic.kinds import balls
from rlhf_numeric.claims.common.samples import samples
from rlhf_numeric.claims.generalisation import without_coverage
from rlhf_numeric.claims.generalisation.without_coverage import (
    leaves_open,
    optima_of_sets,
    rank_of_all,
    ranks_of_sets,
)
from rlhf_numeric.evaluation.instance import Extent


def exact_rank(vectors):
    """Rank of vectors of fractions, by elimination."""
    rows, rank = [list(vector) for vector in vectors], 0
    for column in range(len(rows[0]) if rows else 0):
        pivot = next((i for i in range(rank, len(rows)) if rows[i][column]), None)
        if pivot is None:
            continue
        rows[rank], rows[pivot] = rows[pivot], rows[rank]
        for i in range(rank + 1, len(rows)):
            ratio = rows[i][column] / rows[rank][column]
            rows[i] = [x - ratio * y for x, y in zip(rows[i], rows[rank], strict=True)]
        rank += 1
    return rank


def differences(features, prompts):
    """All φ(x,a) − φ(x,b) at some prompts, of the exact values of the floats."""
    exact = [[[Fraction(float(y)) for y in action] for action in prompt] for prompt in features]
    return [[y - z for y, z in zip(action, exact[x][0], strict=True)] for x in prompts for action in exact[x][1:]]


def is_open(features, sample, prompt):
    """Whether the differences at a prompt are not all in the span of those on the sample."""
    return exact_rank(differences(features, [*sample, prompt])) > exact_rank(differences(features, sample))


def hard_features(rng):
    """Features of three prompts with rank-deficient differences that rounding would not show: sums of a few vectors."""
    few = rng.normal(size=(2, 4))
    whole = np.rint(few * 2**20) / 2**20  # exact sums of few terms
    return (rng.integers(-1, 2, (3, 2, 2)) @ whole) + rng.integers(-2, 3, (3, 1, 4))


def with_features(features, extent=2):
    n, m, d = features.shape
    problem = Problem(features, np.full((n, m), 1 / m), np.ones(d), kl_coef=1.0)
    return Instance(problem, np.zeros(d), extent=Extent(extent, 3))


@pytest.mark.parametrize("seed", range(12))
def test_what_a_sample_leaves_open_is_what_exact_elimination_says(seed):
    features = hard_features(np.random.default_rng(seed))
    with flint.ctx.workprec(1024):
        found = leaves_open(with_features(features).flattened().enclosed(balls).problem)[0]
    sets = [[x for x in range(3) if code >> x & 1] for code in range(8)]
    expected = [[is_open(features, prompts, x) for x in range(3)] for prompts in sets]
    assert (found == np.array(expected, dtype=float)).all()
    assert all(ball.is_exact() for ball in found.ravel())


def test_the_hard_features_have_prompts_that_are_open_and_prompts_that_are_not():
    found = [
        is_open(hard_features(np.random.default_rng(seed)), sample, x)
        for seed in range(12)
        for sample in samples(3, 2)
        for x in set(range(3)) - set(sample)
    ]
    assert 20 < sum(found) < len(found) - 20


def test_a_rank_that_intervals_cannot_tell_is_undecided_and_not_guessed():
    features = np.array([[[0.0, 0.0], [0.1, 0.3]], [[0.0, 0.0], [0.1 * 3, 0.3 * 3]]])  # parallel but for rounding
    problem = with_features(features).flattened().enclosed(interval).problem
    found = ranks_of_sets(problem)[0, -1]
    assert found.mid - found.rad < 1.5 < found.mid + found.rad
    assert exact_rank(differences(features, [0, 1])) == 2  # 3·0.1 and 3·0.3 are rounded
    with flint.ctx.workprec(1024):
        assert ranks_of_sets(with_features(features).flattened().enclosed(balls).problem)[0, -1] == 2


def test_parallel_features_have_rank_one_and_leave_nothing_open():
    features = np.array([[[0.0, 0.0], [0.1, 0.3]], [[0.0, 0.0], [0.2, 0.6]]])
    with flint.ctx.workprec(1024):
        problem = with_features(features).flattened().enclosed(balls).problem
        assert rank_of_all(problem)[0] == 1
        assert (leaves_open(problem)[0, 1:] == 0).all()


def test_the_optima_are_stationary_and_differ_from_the_optimum_where_a_direction_is_free():
    batch = random_instances(np.random.default_rng(1), batch=60, shape=(3, 2, 3))
    moved = 0
    for row in range(60):
        instance = batch.take(np.array(row))
        thetas = optima_of_sets(instance)
        for code in range(1, 8):
            prompts = [x for x in range(3) if code >> x & 1]
            seen = Problem(
                instance.problem.features[prompts],
                instance.problem.ref_probs[prompts],
                instance.problem.theta_star,
                kl_coef=instance.problem.kl_coef,
            )
            scale = 1 + np.abs(seen.features).max() ** 2 * np.abs(thetas[code] - seen.theta_star).max() / seen.kl_coef
            assert np.abs(gradient_of_objective(seen, thetas[code])).max() < 1e-12 * scale
            moved += bool((np.abs(thetas[code] - seen.theta_star) > 1e-3).any())
    assert moved > 60


def test_a_rule_that_leaves_the_kernel_is_refuted(monkeypatch):
    """The control: without ∇J_S(θ_S) = 0 the bound is false."""
    instance = axes(prompts=2, dim=2, size=8, theta=2.0)
    claim = CLAIMS["no-coverage-hoeffding"]
    assert claim.evaluate(instance).verdict is Verdict.HOLDS

    monkeypatch.setattr(
        without_coverage, "optima_of_sets", lambda each: each.theta[..., None, :] + 0 * optima_of_sets(each)
    )
    assert claim.evaluate(instance).verdict is Verdict.VIOLATED


def axes(*, prompts, dim, size, theta=0.01, weights=None):
    """Prompts with one axis each, features ±e_x for x < dim, 0 beyond; θ = 0 knows nothing of θ*."""
    features = np.zeros((prompts, 2, dim))
    for x in range(dim):
        features[x, :, x] = 1, -1
    problem = Problem(features, np.full((prompts, 2), 0.5), np.full(dim, theta), kl_coef=1.0)
    return Instance(problem, np.zeros(dim), weights=weights, extent=Extent(size, 3))


PAGE = (Path(__file__).parents[2] / "docs/assumption5.md").read_text(encoding="utf-8")


def rows(start):
    """Cells of the table of the page whose head begins with some words."""
    lines = PAGE[PAGE.index(f"| {start}") :].split("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def mass_left_open(k, size, prompts, p):
    """E_S Σ_x D(x)·1(S leaves x open) for N prompts in general position in R^k, D(x) = p/N.

    What is known of a sample is how many different ones of these prompts it holds.
    """
    law = {0: 1.0}
    for _ in range(size):
        later = dict.fromkeys(range(len(law) + 1), 0.0)
        for seen, share in law.items():
            new = p * (prompts - seen) / prompts
            later[seen] += share * (1 - new)
            later[seen + 1] += share * new
        law = later
    return sum(share * p * (prompts - seen) / prompts for seen, share in law.items() if seen < k)


@pytest.mark.parametrize("row", rows("instance |"))
def test_the_page_says_how_close_the_mass_left_open_comes_to_its_bound(row):
    instance, (k, size, prompts), p = row[0], map(int, row[1:4]), float(Fraction(row[4]))
    if instance == "axes":
        assert (prompts, p) == (k, pytest.approx(k / (size + 1)))
    left, bound = mass_left_open(k, size, prompts, p), k / (size + 1)
    assert row[5:] == [f"{left:#.4g}", f"{bound:#.4g}", f"{left / bound:.3f}"]


@pytest.mark.parametrize(("k", "size", "prompts"), [(2, 1, 4), (2, 2, 3), (1, 2, 3), (3, 2, 4)])
def test_the_mass_left_open_in_general_position_is_what_the_claim_enumerates(k, size, prompts):
    features = np.zeros((prompts + 1, 2, k))
    features[:prompts, 1] = [[x**power for power in range(k)] for x in range(1, prompts + 1)]  # Vandermonde
    weights = np.array([1 / 8] * prompts + [1 - prompts / 8])
    problem = Problem(features, np.full((prompts + 1, 2), 0.5), np.ones(k), kl_coef=1.0)
    sides = CLAIMS["leave-one-out"].evaluate(Instance(problem, np.zeros(k), weights=weights, extent=Extent(size, 3)))
    expected = mass_left_open(k, size, prompts, prompts / 8)
    assert float(sides.lhs[-1]) / (size + 1) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("row", rows("ρ |"))
def test_the_page_says_how_close_the_gap_comes_to_its_bounds(row):
    size, rho = 10, float(row[0])
    instance = axes(prompts=2, dim=1, size=size, theta=rho, weights=np.array([1 / (size + 1), size / (size + 1)]))
    exponential, sharp = (
        claim.evaluate(instance, precisions=(53,))
        for claim in (CLAIMS["suboptimality-no-coverage"], SHARP_CLAIMS["suboptimality-no-coverage-sharp"])
    )
    hoeffding = CLAIMS["no-coverage-hoeffding"].evaluate(instance, precisions=(53,))
    with_eighth, trivial = hoeffding.rhs
    sides = [exponential.lhs[0], exponential.rhs[0], sharp.rhs[0], with_eighth * 8 / 5, with_eighth, trivial]
    assert row[1:] == [f"{float(side) / (size + 1):#.4g}" for side in sides]


def gap_of_coupons(k, size, rho):
    """E_S[J(θ*) − J(θ_S)] on k axes with λ = 1: an axis that S has not seen, if there is one, times log cosh ρ / k."""
    all_seen = sum((-1) ** j * comb(k, j) * Fraction(k - j, k) ** size for j in range(k + 1))
    return float(1 - all_seen) / k * log(cosh(rho))


def test_the_gap_of_coupons_is_what_the_objectives_say():
    problem, rho, total = axes(prompts=3, dim=3, size=4, theta=0.1).problem, 0.1, 0.0
    best = objective_per_prompt(problem, problem.theta_star)
    for sample in samples(3, 4):
        unseen = [x for x in range(3) if x not in sample]
        theta = problem.theta_star - rho * (np.arange(3) == (unseen[0] if unseen else -1))
        total += (best - objective_per_prompt(problem, theta)).mean() / 3**4
    assert total == pytest.approx(gap_of_coupons(3, 4, rho), rel=1e-9)


@pytest.mark.parametrize("row", rows("k | n | E_S"))
def test_the_page_says_that_the_gap_needs_more_than_the_bound_without_the_rank(row):
    k, size, rho = int(row[0]), int(row[1]), 0.1
    gap, bound = gap_of_coupons(k, size, rho), rho**2 / 2 * k / (size + 1)
    assert bound / k < gap < bound
    assert [float(cell) for cell in row[2:]] == [float(f"{side:.4g}") for side in (gap, bound, bound / k)]
