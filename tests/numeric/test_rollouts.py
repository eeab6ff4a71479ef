"""Functions on rollouts against exact enumeration: clipping, estimators, threshold, budget, coverage."""

import math
from fractions import Fraction

import flint
import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rlhf_numeric import (
    clipped_kl,
    coverage_coefficient,
    kl_divergence,
    kl_estimators,
    optimal_clip_threshold,
    optimal_rollouts,
)
from rlhf_numeric.claims.reward_shift.clipped_kl import k3 as k3_of_the_claims
from rlhf_numeric.rollouts.coverage import estimated_coefficient
from rlhf_numeric.rollouts.threshold import joint_width, union_width

RNG = np.random.default_rng(17)
ratios = st.lists(st.floats(-20, 20), min_size=1, max_size=12).map(np.array)
levels = st.floats(0, 25)


@st.composite
def laws(draw, least=0.0):
    """Two probability vectors of one size, the second ≥ ``least`` everywhere before it is divided by its sum."""
    size = draw(st.integers(1, 6))
    p, q = (
        np.array(draw(st.lists(st.floats(low, 1), min_size=size, max_size=size))) for low in (0.0, max(least, 1e-6))
    )
    p[draw(st.integers(0, size - 1))] += 1
    return p / p.sum(), q / q.sum()


# ---- the clipped divergence


@given(laws(least=1e-3), levels)
def test_with_the_probabilities_as_weights_clipped_kl_is_the_sum_over_all_answers(both, level):
    p, q = both
    seen = [(a, math.log(p[a] / q[a])) for a in range(len(p)) if p[a] > 0]
    found = clipped_kl([ell for _, ell in seen], level, weights=p[p > 0])
    assert found.value == pytest.approx(sum(p[a] * min(max(ell, -level), level) for a, ell in seen), abs=1e-13)
    assert found.divergence == pytest.approx(kl_divergence(p, q), abs=1e-13)
    assert found.bias == pytest.approx(found.divergence - found.value, abs=1e-13)
    assert found.bias_bound == pytest.approx(sum(p[a] * max(abs(ell) - level, 0) for a, ell in seen), abs=1e-13)


@given(ratios, levels)
@example(np.array([3.0, -3.0]), 1.0)
def test_the_bias_is_no_larger_than_its_bound_which_is_zero_where_nothing_is_cut_off(values, level):
    found = clipped_kl(values, level)
    assert abs(found.bias) <= found.bias_bound * (1 + 1e-12)
    assert -level <= found.value <= level * (1 + 1e-12)
    assert (found.bias_bound == 0) == (level >= np.abs(values).max())


def test_the_bound_is_attained_at_one_side_and_a_smaller_one_would_be_broken():
    found = clipped_kl([5.0, 0.0], 1.0)
    assert found.bias == found.bias_bound == 2.0
    assert clipped_kl([5.0, -5.0], 1.0).bias == 0 < clipped_kl([5.0, -5.0], 1.0).bias_bound


def test_a_threshold_for_each_row_and_one_for_all_of_them():
    values = RNG.normal(size=(3, 5))
    each = clipped_kl(values, [0.0, 0.5, 9.0])
    for row, level in enumerate((0.0, 0.5, 9.0)):
        assert all(x[row] == y for x, y in zip(each, clipped_kl(values[row], level), strict=True))
    assert clipped_kl(values, 1).value.shape == (3,)


# ---- the estimators


@given(laws(least=1e-3))
def test_k1_and_k3_have_the_divergence_as_their_mean(both):
    q, p = both[::-1]  # both positive
    p = (p + q) / 2
    found = kl_estimators(np.log(p / q))
    for estimate in (found.k1, found.k3):
        assert (p * estimate).sum() == pytest.approx(kl_divergence(p, q), abs=1e-12)


@given(st.floats(-700, 700))
@example(1e-12)
@example(-1e-12)
@example(1.0)
@example(np.nextafter(1.0, 2.0))
@example(0.0)
def test_k3_is_that_of_the_claims_with_nearly_all_digits_and_never_negative(ell):
    old, flint.ctx.prec = flint.ctx.prec, 4000
    try:
        exact = float(k3_of_the_claims(np.array(flint.arb(ell), dtype=object)[None])[0])
    finally:
        flint.ctx.prec = old
    found = float(kl_estimators(ell).k3)
    assert found >= 0
    assert found == pytest.approx(exact, rel=1e-13, abs=1e-300)
    assert kl_estimators(ell).k2 == ell * ell / 2


def test_an_estimate_that_exceeds_float64_is_infinite_and_the_argument_is_left_alone():
    values = np.array([-1e300, 1e300])
    found = kl_estimators(values)
    assert found.k3.tolist() == [np.inf, 1e300]
    found.k1[0] = 0
    assert values[0] == -1e300


# ---- the threshold


def cost_at(values, level, kl_coef, alpha):
    return (1 + 2 * kl_coef * level) * alpha + kl_coef * np.maximum(np.abs(values) - level, 0).mean()


@given(ratios, st.integers(1, 10_000), st.integers(1, 50), st.floats(1e-6, 0.999), st.sampled_from(["union", "joint"]))
def test_the_threshold_is_as_good_as_any_of_a_grid_whatever_the_coefficient(values, n, k, delta, bound):
    alpha = {"union": union_width, "joint": joint_width}[bound](n, k, delta)
    best = optimal_clip_threshold(values, n=n, k=k, delta=delta, bound=bound)
    others = np.concatenate([np.linspace(0, 25, 101), np.abs(values)])
    for kl_coef in (0.01, 10.0):
        least = min(cost_at(values, level, kl_coef, alpha) for level in others)
        assert cost_at(values, best, kl_coef, alpha) <= least * (1 + 1e-12)


def test_the_quantile_of_one_minus_alpha_is_worse():
    """The mutant: α for 2α."""
    values = RNG.normal(size=10_000)
    alpha = union_width(1000, 8, 0.05)
    best, other = optimal_clip_threshold(values, n=1000, k=8, delta=0.05), np.quantile(np.abs(values), 1 - alpha)
    assert best == pytest.approx(np.quantile(np.abs(values), 1 - 2 * alpha), abs=1e-3)
    assert cost_at(values, best, 1.0, alpha) < cost_at(values, other, 1.0, alpha) - 1e-3


@given(st.integers(1, 10_000), st.integers(1, 100), st.floats(1e-9, 0.999))
def test_one_bound_for_both_levels_is_the_smaller_one_so_its_threshold_is_no_smaller(n, k, delta):
    assert joint_width(n, k, delta) < union_width(n, k, delta)
    values = np.linspace(-3, 3, 101)
    levels = [optimal_clip_threshold(values, n=n, k=k, delta=delta, bound=b) for b in ("union", "joint")]
    assert levels[0] <= levels[1]


def test_the_widths_are_those_of_the_formulas():
    level = math.log(4 / 0.1) / 2
    assert union_width(50, 4, 0.1) == pytest.approx(math.sqrt(level / 50) + math.sqrt(level / 200))
    assert joint_width(50, 4, 0.1) == pytest.approx(math.sqrt(math.log(2 / 0.1) / 2 * (1 / 50 + 1 / 200)))


def test_with_few_prompts_nothing_is_best_kept_and_with_many_all():
    values = RNG.normal(size=100)
    assert optimal_clip_threshold(values, n=2, k=1, delta=0.05) == 0
    assert optimal_clip_threshold(values, n=10**9, k=1, delta=0.05) == np.abs(values).max()


# ---- the budget


costs = st.fractions(0, 100, max_denominator=64)
positive = st.fractions(Fraction(1, 64), 100, max_denominator=64)


@given(costs, positive, positive, costs)
@example(Fraction(6), Fraction(1), Fraction(1), Fraction(1))  # R = 6 = 2·3: K = 2 and 3 are equally good
def test_no_other_number_of_rollouts_has_a_smaller_variance_at_the_same_cost(c_p, c_r, v_p, v_r):
    c_p, c_r, v_p, v_r = (Fraction(float(x)) for x in (c_p, c_r, v_p, v_r))
    best = optimal_rollouts(
        cost_prompt=float(c_p), cost_rollout=float(c_r), var_prompt=float(v_p), var_rollout=float(v_r)
    )

    def value(k):
        return (c_p + k * c_r) * (v_p + v_r / k)

    others = {*range(1, 200), *range(max(1, best - 50), best + 50)}
    assert all(value(best) <= value(k) for k in others)
    assert all(value(best) < value(k) for k in others if k < best)  # the smallest of the best


def test_rounding_the_square_root_is_wrong():
    """The mutant: R = 6.2 has √R = 2.49, and K = 3 is best; costs of any size are decided without rounding."""
    assert optimal_rollouts(cost_prompt=6.2, cost_rollout=1, var_prompt=1, var_rollout=1) == 3
    assert round(math.sqrt(6.2)) == 2
    assert optimal_rollouts(cost_prompt=1e300, cost_rollout=1e-300, var_prompt=1e-300, var_rollout=1e300) > 10**590
    assert optimal_rollouts(cost_prompt=0, cost_rollout=1, var_prompt=1, var_rollout=5) == 1


# ---- the coverage


@given(laws())
def test_no_error_grows_by_more_than_the_coverage_coefficient_and_one_grows_by_it(both):
    p, q = both
    factor = float(coverage_coefficient(p, q))
    assert factor >= 1
    for error in (*RNG.normal(size=(3, len(p))), *np.eye(len(p))):
        assert abs(p @ error) <= factor * math.sqrt(q @ error**2) * (1 + 1e-9)
    worst = p / q
    assert abs(p @ worst) == pytest.approx(factor * math.sqrt(q @ worst**2), rel=1e-9)


def test_where_neither_has_mass_there_is_no_term_and_batches_broadcast():
    assert coverage_coefficient([0.5, 0.5, 0.0], [0.25, 0.75, 0.0]) == coverage_coefficient([0.5, 0.5], [0.25, 0.75])
    assert coverage_coefficient(np.eye(2), [0.5, 0.5]).tolist() == [math.sqrt(2)] * 2


@given(laws(least=1e-3))
def test_the_estimate_from_rollouts_is_that_coefficient_where_every_answer_comes_as_often_as_it_should(both):
    q, p = both[1], (both[0] + both[1]) / 2
    counts = np.round(p * 10_000).astype(int)
    shares = counts / counts.sum()
    rollouts = np.repeat(np.log(shares[counts > 0] / q[counts > 0]), counts[counts > 0])
    assert estimated_coefficient(rollouts) == pytest.approx(float(coverage_coefficient(shares, q)), rel=1e-9)


def test_an_estimate_too_large_for_a_float_is_none():
    assert estimated_coefficient(np.array([2000.0])) is None
    assert estimated_coefficient(np.array([1000.0])) == pytest.approx(math.exp(500))
