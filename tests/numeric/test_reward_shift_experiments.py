"""The experiments on reward shift, clipped KL, sampling and PAC-Bayes: what they measure, and what they say."""

import math

import numpy as np
import pytest

from rlhf_numeric.experiments import EXPERIMENTS
from rlhf_numeric.experiments.common import column, where
from rlhf_numeric.experiments.reward_shift import (
    clip_threshold,
    ou_variance,
    pac_bayes,
    reward_error,
    rollout_budget,
    three_terms,
    world,
)
from rlhf_numeric.rollouts.budget import optimal_rollouts


def measured(name, seeds=2):
    return [row for seed in range(seeds) for row in EXPERIMENTS[name].measure(seed)]


# ---- the world and its samples


def test_a_world_holds_probabilities_and_rewards_in_the_unit_interval():
    made = world.draw_world(np.random.default_rng(0))
    for law in (made.prompts, made.met, made.training):
        assert law.min() > 0
        assert law.sum() == pytest.approx(1)
    np.testing.assert_allclose(made.policy.sum(-1), 1)
    for reward in (made.true, made.learned):
        assert 0 <= reward.min() < reward.max() <= 1
    assert (np.abs(made.values(0.5) - made.learned) <= 0.5 * world.KL_COEF + 1e-12).all()


@pytest.mark.parametrize("shared", [False, True])
def test_counts_have_the_law_of_two_level_samples(shared):
    made = world.draw_world(np.random.default_rng(1))
    policy = np.stack([made.policy, np.roll(made.policy, 1, -1)]) if shared else made.policy
    n, k, runs = 5, 3, 20000
    counts = world.rollout_counts(np.random.default_rng(2), made.prompts, policy, n=n, k=k, runs=runs)
    assert counts.shape == (runs, *policy.shape)
    at_prompts = counts.sum(-1)
    assert (at_prompts % k == 0).all()  # each draw of a prompt has K rollouts
    assert (at_prompts.sum(-1) == n * k).all()
    assert not shared or (at_prompts[:, 0] == at_prompts[:, 1]).all()
    values = made.values(2.0)
    between, within = world.two_variances(made.prompts, made.policy, values)
    first = counts[:, 0] if shared else counts
    gaps = (first * values).sum((-2, -1)) / (n * k) - (made.met * values).sum()
    variance = between / n + within / (n * k)
    assert abs(gaps.mean()) < 4 * np.sqrt(variance / runs)
    assert gaps.var() == pytest.approx(variance, rel=6 / np.sqrt(runs))


def test_rollouts_come_from_the_prompts_and_the_policy():
    made = world.draw_world(np.random.default_rng(1))
    prompts, actions = world.draw_rollouts(np.random.default_rng(2), made, n=20000, k=5)
    assert (prompts.shape, actions.shape) == ((20000, 1), (20000, 5))
    found = np.zeros_like(made.met)
    np.add.at(found, (prompts, actions), 1 / actions.size)
    np.testing.assert_allclose(found, made.met, atol=5 * np.sqrt(made.met.max() / 20000))
    assert found[made.met < 1e-7].sum() < 1e-4


# ---- prompts against rollouts


def test_the_gap_at_the_best_number_of_rollouts_is_the_least_within_noise():
    found = EXPERIMENTS["rollout-budget"].conclude(measured("rollout-budget")).numbers
    assert found["lost"] <= found["noise"] < 0.05
    assert min(found["worse"].values()) > 2 * found["noise"]
    assert found["prediction_off"] < found["noise"]
    assert found["gap_over_budget"]["exponent"] == pytest.approx(-0.5, abs=0.1)
    assert found["above_bound"] <= rollout_budget.DELTA


def test_the_marked_number_of_rollouts_is_the_whole_one_beside_the_root():
    for row in measured("rollout-budget", seeds=1):
        ratio, best = row["K_real"] ** 2, row["K_star"]
        assert best * (best - 1) <= ratio <= best * (best + 1)
        assert best == optimal_rollouts(cost_prompt=ratio, cost_rollout=1.0, var_prompt=1.0, var_rollout=1.0)
        assert (row["K"] == best) or not row["chosen"]


@pytest.mark.parametrize(("excess", "words"), [(0.0, "the least of all K within noise"), (2.0, "NOT the least")])
def test_rollout_budget_says_whether_the_best_number_was_the_best(excess, words):
    rows = [
        {"seed": 0, "budget": budget, "K": k, "chosen": int(last), "n": 9, "samples": 10000, "gap": budget**-0.5,
         "rms": 1 + abs(np.log(k / 4)) + excess * last, "above": 0, "predicted": 1.0, "bound": 9.0, "K_real": 4.2,
         "K_star": 4}
        for budget in (1, 4, 16)
        for k, last in ((1, False), (4, False), (64, False), (4, True))
    ]  # fmt: skip
    sentence = EXPERIMENTS["rollout-budget"].conclude(rows).sentence
    assert words in sentence
    assert "K* 4 over the seeds" in sentence
    assert "budget^(-0.50 ± 0.00)" in sentence


# ---- clipping bias against sampling error


@pytest.fixture(scope="module")
def thresholds():
    return measured("clip-threshold")


def test_the_quantile_rule_makes_the_two_bounds_least(thresholds):
    for row in where(thresholds, chosen=1):
        grid = where(thresholds, seed=row["seed"], n=row["n"], chosen=0)
        assert row["both"] <= 1.01 * column(grid, "both").min()
        assert row["both"] < 0.95 * min(grid[0]["both"], grid[-1]["both"])  # neither no clipping nor all of it
    for seed in (0, 1):
        stars = column(where(thresholds, seed=seed, chosen=1), "tau")
        assert (np.diff(stars) > 0).all()  # more prompts, a larger threshold


def test_the_exact_quantile_is_no_worse_than_any_threshold_of_the_grid():
    made = world.draw_world(np.random.default_rng(3))
    sizes = np.abs(made.log_ratios)
    for cost in (0.0, 0.1, 0.5, 1.0):
        best = clip_threshold.quantile_under(made.met, sizes, cost)
        costs = [cost * tau + (made.met * np.maximum(sizes - tau, 0)).sum() for tau in (best, *np.linspace(0, 9, 91))]
        assert min(costs) >= costs[0] - 1e-12
    assert clip_threshold.quantile_under(np.array([0.5, 0.5]), np.array([1.0, 2.0]), 0.5) == 1
    assert clip_threshold.quantile_under(np.array([0.5, 0.5]), np.array([1.0, 2.0]), 1.0) == 0


def test_no_measured_error_is_above_its_bound_and_the_bias_falls_with_the_threshold(thresholds):
    found = EXPERIMENTS["clip-threshold"].conclude(thresholds).numbers
    assert found["above_bound"] == 0
    assert found["failed"] <= clip_threshold.DELTA
    for n in clip_threshold.SIZES:
        bounds = column(where(thresholds, seed=0, n=n, chosen=0), "bias_bound")
        assert (np.diff(bounds) <= 0).all()
        assert bounds[0] > 0.05 > bounds[-1]


@pytest.mark.parametrize(("error", "words"), [(1.0, "and the measured error too"), (3.0, "not the measured error")])
def test_clip_threshold_says_whether_the_rule_serves_the_error_too(error, words):
    common = {"seed": 0, "n": 9, "samples": 10, "sampling": 1.0, "bias": 1.0, "above": 1, "sampling_bound": 2.0,
              "bias_bound": 0.5, "tau_exact": 1.5}  # fmt: skip
    rows = [
        {**common, "tau": tau, "chosen": chosen, "both": both, "error": at}
        for tau, chosen, both, at in ((0.0, 0, 4.0, 2.0), (2.0, 0, 2.0, 1.0), (1.0, 1, 2.5, error))
    ]
    sentence = EXPERIMENTS["clip-threshold"].conclude(rows).sentence
    assert words in sentence
    assert "within 25 % of the least" in sentence
    assert f"an error {error:.2f} times the least, which is at τ = 2.00" in sentence
    assert "above its bound in 3 of 3 rows" in sentence
    assert "at most 10 % of the samples" in sentence


# ---- the three terms


def test_the_bound_is_certified_and_above_the_truth_in_every_row_and_term():
    rows = measured("three-terms")
    for row in rows:
        assert row["bound"] == pytest.approx(sum(row[name] for name in three_terms.TERMS))
        assert row["bound"] >= row["error"]
        for name, truth in three_terms.TRUTHS.items():
            assert row[name] >= row[truth]
    found = EXPERIMENTS["three-terms"].conclude(rows).numbers
    assert found["certified"]
    assert (found["below_error"], found["failed"]) == (0, 0)
    first, *_, last = found["largest"].values()
    assert (first, last) == ("sampling", "reward_shift")


def test_the_error_is_that_of_the_estimate_about_the_value_by_the_true_reward(monkeypatch):
    monkeypatch.setattr(three_terms, "SAMPLES", 1)
    made, tau, n = world.draw_world(np.random.default_rng(5)), 0.5, 3
    row = three_terms._row(np.random.default_rng(6), made, n, tau)
    rng = np.random.default_rng(6)
    three_terms.draw_rollouts(rng, made, n=n, k=4)  # what the certificate is of comes first
    counts = world.rollout_counts(rng, made.prompts, made.policy, n=n, k=4, runs=1)
    estimate = (counts * made.values(tau)).sum() / (4 * n)
    value = (made.met * (made.true - world.KL_COEF * made.log_ratios)).sum()
    assert row["error"] == pytest.approx(abs(estimate - value))
    assert row["gap"] == pytest.approx(abs(estimate - (made.met * made.values(tau)).sum()))


@pytest.mark.parametrize(
    ("sampling", "words"),
    [
        ((3.0, 0.1), "is the sampling term, the reward shift from n = 9 on; at n = 9 the reward shift is 83 %"),
        ((0.5, 0.1), "is the reward shift; at n = 9"),
    ],
)
def test_three_terms_says_which_is_the_largest(sampling, words):
    rows = [
        {"seed": 0, "n": n, "sampling": s, "reward_shift": 1.0, "clipping": 0.1, "bound": s + 1.1, "certified": 1,
         "gap": 0.1, "shift": 0.5, "bias": 0.1, "error": 1.5, "samples": 10, "above": 1}
        for n, s in zip((1, 9), sampling, strict=True)
    ]  # fmt: skip
    sentence = EXPERIMENTS["three-terms"].conclude(rows).sentence
    assert words in sentence
    assert "1.0 sampling term, 2.0 reward shift, 1.0 clipping term" in sentence
    assert "in 1 of 2 rows" in sentence
    assert "at most 10 % of the samples are above it" in sentence


# ---- the reward-shift term


def test_the_error_under_the_policy_is_below_both_bounds_in_every_row():
    rows = measured("reward-error")
    for row in rows:
        assert row["shift"] <= row["centred"] <= row["bound"] * (1 + 1e-12)
        assert abs(row["measured"] - row["shift"]) <= 5 * row["rms"] / np.sqrt(reward_error.ROLLOUTS)
    assert EXPERIMENTS["reward-error"].conclude(rows).numbers["above_bound"] == 0


def test_tuning_on_the_error_uses_up_more_of_the_bound_than_tuning_on_the_learned_reward():
    rows = measured("reward-error")
    found = EXPERIMENTS["reward-error"].conclude(rows).numbers
    assert found["the error"]["largest_share"] > 0.3
    assert found["the error"]["share"] > 2 * max(found["r̂"]["share"], found["another"]["share"])
    for target in reward_error.TARGETS:
        chosen = where(rows, seed=0, target=target)
        assert (np.diff(column(chosen, "chi2")) > 0).all()
        assert (np.diff(column(chosen, "bound")) > 0).all()
    assert (np.diff(column(where(rows, seed=0, target="the error"), "shift")) > 0).all()
    starts = where(rows, seed=1, strength=0.0)
    assert len({(row["chi2"], row["shift"]) for row in starts}) == 1  # π = q, whatever it is tuned on


@pytest.mark.parametrize(("bound", "words"), [(2.0, "in 0 of 2 rows"), (0.6, "in 1 of 2 rows")])
def test_reward_error_says_how_much_of_the_bound_is_used_up(bound, words):
    rows = [
        {"target": "r̂", "strength": strength, "chi2": strength, "shift": shift, "measured": shift, "rms": 1.0,
         "bound": bound}
        for strength, shift in ((0.0, 0.5), (8.0, 1.0))
    ]  # fmt: skip
    sentence = EXPERIMENTS["reward-error"].conclude(rows).sentence
    assert words in sentence
    assert "|E_P e| from 0.5 to 1," in sentence
    assert f"it is {100 / bound:.2g} % then" in sentence


# ---- the PAC-Bayes bound


def test_the_bound_is_above_the_truth_in_every_row_and_no_more_samples_than_allowed_break_it():
    rows = measured("pac-bayes")
    for row in rows:
        assert row["bound"] > row["quantile"] > row["optimism"]
        assert max(row["above"], row["broken"]) <= pac_bayes.DELTA * row["samples"]
    assert EXPERIMENTS["pac-bayes"].conclude(rows).numbers["below_quantile"] == 0


def test_a_greedier_posterior_is_further_from_the_prior_and_more_optimistic():
    rows = measured("pac-bayes", seeds=1)
    for n in pac_bayes.SIZES:
        chosen = where(rows, n=n)
        kl, optimism = column(chosen, "kl"), column(chosen, "optimism")
        assert (np.diff(kl) > 0).all()
        assert (kl[0], kl[-1]) == (0, pytest.approx(math.log(pac_bayes.POLICIES)))
        assert optimism[-1] > optimism[0]
        assert (np.diff(column(chosen, "bound")) > 0).all()
    greedy = column(where(rows, c=math.inf), "bound")
    sizes = np.array(pac_bayes.SIZES)
    np.testing.assert_allclose(greedy * np.sqrt(sizes), greedy[0] * np.sqrt(sizes[0]))  # s is of the order of √n


def test_a_sample_above_the_bound_for_one_posterior_is_broken_for_some_and_both_are_counted(monkeypatch):
    monkeypatch.setattr(pac_bayes, "POLICIES", 3)
    gaps = np.array([[0.0, 0.0, 0.0], [0.0, 0.0, 9.0], [9.0, 9.0, 9.0]])
    sampled = pac_bayes.Sampled(np.array([[1.0, 0.0, 0.0]] * 3), gaps, 1.0, 0.1)
    row = pac_bayes._row(sampled, math.inf)
    assert (row["above"], row["broken"], row["samples"]) == (1, 2, 3)
    assert row["bound"] == pytest.approx(math.log(3) + math.log(20) + 0.1)
    assert row["optimism"] == pytest.approx(3)
    prior = pac_bayes._row(sampled, 0.0)
    assert (prior["above"], prior["kl"]) == (1, pytest.approx(0))
    assert prior["bound"] == pytest.approx(math.log(20) + 0.1)


def test_the_gibbs_posterior_makes_the_guaranteed_value_largest():
    rng = np.random.default_rng(0)
    estimates, s = rng.normal(size=8), 3.0

    def guaranteed(weights):
        return weights @ estimates - (weights * np.log(weights * 8)).sum() / s

    best = guaranteed(pac_bayes.posterior(estimates, s))
    others = [guaranteed(weights) for weights in rng.dirichlet(np.ones(8), size=200)]
    assert best > max(others)
    assert pac_bayes.posterior(estimates, math.inf)[estimates.argmax()] == 1


@pytest.mark.parametrize(("bound", "words"), [(0.5, "in 0 of 3 rows"), (0.1, "in 3 of 3 rows")])
def test_pac_bayes_says_how_far_the_bound_is_above_the_truth(bound, words):
    rows = [
        {"n": 9, "c": c, "kl": 0.25, "optimism": 0.01, "quantile": 0.2, "bound": bound, "samples": 10, "above": 1,
         "broken": 2}
        for c in (0.0, 1.0, math.inf)
    ]  # fmt: skip
    sentence = EXPERIMENTS["pac-bayes"].conclude(rows).sentence
    assert words in sentence
    assert sentence.count(f"bound {bound:.3f}, {bound / 0.2:.1f} times that") == 3
    assert "in at most 10 % of the samples" in sentence
    assert "in 20 % for any posterior" in sentence


# ---- Ornstein–Uhlenbeck against the recursion


def test_both_simulations_have_their_closed_forms_and_the_ratio_of_the_two():
    rows = measured("ou-variance")
    found = EXPERIMENTS["ou-variance"].conclude(rows).numbers
    noise = 4 * np.sqrt(2 / ou_variance.CHAINS)  # of a variance, if all times of a chain were one
    assert max(found["off"].values()) < noise < 0.06
    assert found["ratio_off"] < noise
    assert list(found["ratio"].values()) == sorted(found["ratio"].values(), reverse=True)
    assert found["ratio"]["1.9"] == pytest.approx(0.05, abs=0.01)


def test_the_burn_in_leaves_nothing_of_the_start():
    for row in measured("ou-variance", seeds=1):
        step = row["step"]
        for factor in (1 - step, math.exp(-step)):
            assert abs(factor) ** (2 * row["burn_in"]) <= ou_variance.START * (1 + 1e-9)


def test_ou_variance_says_how_far_the_simulations_are_off():
    rows = [
        {"step": step, "ar1": 1.1, "ar1_exact": 1.0, "ou": 1.1 * ratio, "ou_exact": 1.1 * ratio, "ratio": ratio}
        for step, ratio in ((0.1, 0.95), (1.0, 0.75))
    ]
    sentence = EXPERIMENTS["ou-variance"].conclude(rows).sentence
    assert "ηs/(h(2 − ηh)) within 10.0 %" in sentence
    assert "ηs/(2h) within 0.0 %" in sentence
    assert "by 5.0 % at ηh = 0.1 and by 25.0 % at ηh = 1" in sentence
    assert "1 − ηh/2 within 0.250" in sentence
