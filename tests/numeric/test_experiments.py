"""The experiments: their tables are functions of the seed, and their sentences functions of the tables."""

import json
import sys
from dataclasses import replace
from itertools import islice

import numpy as np
import pytest

from rlhf_numeric import CLAIMS, Instance, feature_bound, gradient_ascent
from rlhf_numeric.claims.generalisation.geometry import exp_radius
from rlhf_numeric.drawing import canvas
from rlhf_numeric.experiments import (
    EXPERIMENTS,
    ascents,
    assumption_5,
    convergence_profile,
    coverage_ablation,
    dimension_scaling,
    fit_power,
    last_versus_best,
    read_rows,
    run_experiment,
    worlds,
    write_rows,
)
from rlhf_numeric.experiments.common import column, curve, distinct, where

from .small_experiments import SMALL

every_experiment = pytest.mark.parametrize("name", EXPERIMENTS)


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """Experiments of a second instead of a minute."""
    for module, sizes in SMALL.items():
        for name, value in sizes.items():
            monkeypatch.setattr(module, name, value)
    monkeypatch.setattr(ascents, "RUNS", 2)


def measured(name, seeds=2):
    return [row for seed in range(seeds) for row in EXPERIMENTS[name].measure(seed)]


# ---- all of them


def test_every_experiment_is_there():
    assert len(EXPERIMENTS) == len(SMALL) == 11
    assert all(name == experiment.name for name, experiment in EXPERIMENTS.items())


@every_experiment
def test_a_table_is_a_function_of_the_seed(name):
    measure = EXPERIMENTS[name].measure
    assert list(measure(1)) == list(measure(1))
    assert list(measure(1)) != [{**row, "seed": 1} for row in measure(2)]


@every_experiment
def test_each_row_has_the_columns_and_numbers_that_are_not_nan(name):
    for row in measured(name):
        assert tuple(row) == EXPERIMENTS[name].columns
        assert not any(isinstance(value, float) and np.isnan(value) for value in row.values())


def test_progress_counts_every_row(tmp_path):
    seen = []
    experiment = replace(EXPERIMENTS["coverage-ablation"], pieces=6)
    run_experiment(experiment, tmp_path, seeds=2, figures=False, progress=lambda *pair: seen.append(pair))
    assert seen == [(k, 12) for k in range(1, 13)]


@pytest.mark.no_cover
@every_experiment
def test_the_stated_number_of_rows_is_the_true_one(name, monkeypatch):
    monkeypatch.undo()
    slow = {"convergence-profile": convergence_profile, "last-versus-best": last_versus_best}
    if name in slow:  # the same product of two lengths as in the module, with the sizes that ship
        rows = len(ascents.METHODS) * len(ascents.checkpoints(slow[name].STEPS))
        assert EXPERIMENTS[name].pieces == rows
        return
    assert EXPERIMENTS[name].pieces == len(list(EXPERIMENTS[name].measure(0)))


@every_experiment
def test_a_run_writes_everything_and_again_the_same(name, tmp_path):
    outcomes = [run_experiment(EXPERIMENTS[name], tmp_path / side, seed=3, seeds=2) for side in ("one", "two")]
    names = [path.name for path in outcomes[0].files]
    assert names == ["rows.csv", "summary.md", "summary.json", f"{name}.png", f"{name}.svg"]
    for first, second in zip(*(outcome.files for outcome in outcomes), strict=True):
        assert first.read_bytes() == second.read_bytes(), first.name
    rows = read_rows(outcomes[0].files[0])
    assert distinct(rows, "seed") == [3, 4]
    sentence = EXPERIMENTS[name].conclude(rows).sentence
    assert outcomes[0].conclusion.sentence == sentence
    assert sentence in outcomes[0].files[1].read_text()
    summary = json.loads(outcomes[0].files[2].read_text())
    assert (summary["sentence"], summary["seed"], summary["seeds"], summary["rows"]) == (sentence, 3, 2, len(rows))
    assert outcomes[0].files[3].read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("bad", [{"seed": -1}, {"seeds": 0}])
def test_a_seed_out_of_range_is_refused(tmp_path, bad):
    with pytest.raises(ValueError, match=next(iter(bad))):
        run_experiment(EXPERIMENTS["assumption-5"], tmp_path, **bad)


def test_an_interruption_loses_no_row(tmp_path):
    experiment = EXPERIMENTS["coverage-ablation"]

    def interrupted(seed):
        yield from islice(experiment.measure(seed), 4)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_experiment(replace(experiment, measure=interrupted), tmp_path, figures=False)
    assert read_rows(tmp_path / "rows.csv") == list(islice(experiment.measure(0), 4))


def test_without_matplotlib_nothing_is_measured_and_the_remedy_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(ModuleNotFoundError, match=r"pip install 'rlhf-lemmas\[plots\]'"):
        run_experiment(EXPERIMENTS["assumption-5"], tmp_path / "new")
    assert not (tmp_path / "new").exists()
    run_experiment(EXPERIMENTS["assumption-5"], tmp_path / "new", seeds=1, figures=False)
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == ["rows.csv", "summary.json", "summary.md"]


# ---- what they share


def test_rows_come_back_equal(tmp_path):
    rows = [
        {"name": "GA, one", "n": 3, "x": 0.1 + 0.2, "y": float("inf")},
        {"name": "b", "n": -1, "x": 3.0, "y": 1e-300},
    ]
    assert list(write_rows(tmp_path / "t.csv", ("name", "n", "x", "y"), rows)) == rows
    back = read_rows(tmp_path / "t.csv")
    assert back == rows
    assert [type(value) for value in back[1].values()] == [str, int, float, float]


def test_a_row_with_other_columns_is_refused(tmp_path):
    with pytest.raises(ValueError, match="expected the columns a, b, got b, a"):
        list(write_rows(tmp_path / "t.csv", ("a", "b"), [{"b": 1, "a": 2}]))


@pytest.mark.parametrize("exponent", [-1.0, -0.25, 0.0, 2.0])
def test_a_power_law_is_recovered(exponent):
    x = np.geomspace(1, 1000, 20)
    exact = fit_power(x, 3 * x**exponent)
    assert (exact.exponent, exact.factor) == (pytest.approx(exponent, abs=1e-12), pytest.approx(3))
    assert exact.error < 1e-12
    noisy = fit_power(x, 3 * x**exponent * np.exp(0.1 * np.random.default_rng(0).normal(size=20)))
    assert 0 < abs(noisy.exponent - exponent) < 4 * noisy.error


def test_a_fit_ignores_zeros_and_needs_three_points():
    assert fit_power([1, 2, 4, 8], [1, 2, 4, 0]).points == 3
    assert fit_power([1, 2, 4], [1, 2, 0]) is None
    assert fit_power([2, 2, 2], [1, 2, 3]) is None
    with pytest.raises(ValueError, match="same length"):
        fit_power([1, 2], [1])


def test_a_curve_is_the_geometric_mean_and_the_range_over_the_seeds():
    rows = [{"x": 2, "y": 1.0}, {"x": 1, "y": 3.0}, {"x": 2, "y": 4.0}]
    data = curve(rows, "x", "y")
    assert (data.x.tolist(), data.middle.tolist()) == ([1, 2], [pytest.approx(3), pytest.approx(2)])
    assert (data.low.tolist(), data.high.tolist()) == ([3, 1], [3, 4])
    assert where(rows, x=2) == [rows[0], rows[2]]
    assert column(rows, "y").tolist() == [1, 3, 4]
    assert len(canvas(2)[1]) == 2


# ---- the worlds and the rates


@pytest.mark.parametrize("decay", [0.0, 1.0])
def test_every_world_has_bound_one(decay):
    rng = np.random.default_rng(0)
    features = worlds.gaussian_clusters(rng, prompts=5, actions=3, dim=4, decay=decay)
    assert np.linalg.norm(features, axis=-1).max() == pytest.approx(1)
    problem = worlds.power_law_problem(rng, prompts=5, actions=3, dim=4)
    assert feature_bound(problem) == pytest.approx(1)
    assert np.linalg.norm(problem.theta_star) == pytest.approx(1)
    frame = worlds.random_frame(rng, dim=5, directions=3)
    np.testing.assert_allclose(frame @ frame.T, np.eye(3), atol=1e-14)


def test_the_rate_is_the_right_side_of_the_claim():
    problem = worlds.power_law_problem(np.random.default_rng(0), prompts=4, actions=3, dim=4)
    instance = Instance(problem, np.zeros(4))
    rhs = CLAIMS["ga-rate"].sides(instance)[1]
    constant = exp_radius(instance, 1.0)
    for steps in range(1, len(rhs) + 1):
        assert ascents.rate("GA", problem)(steps).gap == pytest.approx(constant * rhs[steps - 1])
        assert ascents.rate("GA", problem)(steps).gradient ** 2 == pytest.approx(1 / steps)
        assert ascents.rate("SGA, one pair", problem)(steps).gap == pytest.approx(2 * constant * rhs[steps - 1])
    trajectory = ascents.ascend("GA", problem, steps=3, rng=np.random.default_rng(0))
    np.testing.assert_array_equal(trajectory.thetas[:, 0], gradient_ascent(problem, np.zeros(4), steps=3).thetas)
    with pytest.raises(ValueError, match="method: expected one of GA"):
        ascents.ascend("Adam", problem, steps=1, rng=np.random.default_rng(0))


def test_checkpoints_are_two_in_each_doubling_and_end_at_the_last():
    assert ascents.checkpoints(20) == [1, 2, 3, 4, 6, 8, 12, 16, 20]


# ---- sentences: planted tables of both outcomes


def test_dimension_scaling_says_whether_the_embedded_gap_is_flat():
    def table(power):
        return [
            {"seed": 0, "family": f, "d": d, "n": 4, "T": 5, "gap": d**power, "left": d**0.5, "epsilon": 0.5}
            for f in dimension_scaling.FAMILIES
            for d in (4, 8, 16)
        ]

    conclude = EXPERIMENTS["dimension-scaling"].conclude
    flat, steep = conclude(table(0.0)), conclude(table(1.0))
    assert "does not depend on the ambient dimension" in flat.sentence
    assert "gap depends on the ambient dimension" in steep.sentence
    assert (flat.numbers["flat"], steep.numbers["flat"]) == (True, False)
    assert "d^(+1.00 ± 0.00)" in steep.sentence
    assert "is left grows (d^(+0.50" in flat.sentence
    assert "Too few" in conclude(table(0.0)[:2] + table(0.0)[3:5]).sentence


@pytest.mark.parametrize(
    ("power", "bound", "words"),
    [
        (-1.0, 10.0, ["GA T^(-1.00", "faster than the paper's T^(-0.25)", "no flatter", "all 48 values are below"]),
        (-0.2, 10.0, ["no faster than the paper's T^(-0.25)", "faster than the paper's T^(-0.125)", "still flatter"]),
        (-1.0, 0.5, ["48 of 48 values are ABOVE their bounds"]),
    ],
)
def test_convergence_profile_compares_slopes_and_bounds(power, bound, words):
    rows = [
        {"seed": 0, "method": m, "T": t, "gap": t**power, "gap_bound": bound * t**power,
         "gradient": t**power, "gradient_bound": bound * t**power}
        for m in ascents.METHODS
        for t in (1, 2, 4, 8, 16, 32, 64, 128)
    ]  # fmt: skip
    sentence = EXPERIMENTS["convergence-profile"].conclude(rows).sentence
    for text in words:
        assert text in sentence


@pytest.mark.parametrize(
    ("expanding", "redundant", "words"),
    [
        (0.01, 0.9, "new directions, not more prompts, close the gap"),
        (0.9, 0.01, "redundant prompts did BETTER"),
        (0.5, 0.6, "hardly differ"),
    ],
)
def test_coverage_ablation_says_which_prompts_did_better(expanding, redundant, words):
    rows = [
        {"kind": kind, "n": n, "unseen": 1.0 if n == 1 else left, "population": 3.0, "epsilon": 0.5, "bound": 2.0 + n}
        for kind, left in zip(coverage_ablation.KINDS, (expanding, redundant), strict=True)
        for n in (1, 4)
    ]
    conclusion = EXPERIMENTS["coverage-ablation"].conclude(rows)
    assert words in conclusion.sentence
    assert f"{100 * redundant:.2g} % of the gap" in conclusion.sentence
    assert conclusion.numbers["above_bound"] == 0
    low = EXPERIMENTS["coverage-ablation"].conclude([{**row, "bound": 1.0} for row in rows])
    assert "above its bound in 4 of 4 cases" in low.sentence


@pytest.mark.parametrize(
    ("power", "words"),
    [
        (-0.1, "exponents 0 reach −1/4 (enough for a gap of n^(−1/2)), 0 reach"),
        (-0.5, "1 fitted exponents 1 reach −1/4 (enough for a gap of n^(−1/2)), 0 reach"),
        (-1.5, "1 fitted exponents 1 reach −1/4 (enough for a gap of n^(−1/2)), 1 reach"),
    ],
)
def test_assumption_5_counts_the_exponents_and_names_where_the_residual_vanishes(power, words):
    rows = [
        {"clusters": "round", "d": 8, "n": n, "epsilon": n**power if n < 16 else 0.0, "rank": n}
        for n in (1, 2, 4, 8, 16, 32)
    ]
    conclusion = EXPERIMENTS["assumption-5"].conclude(rows)
    assert words in conclusion.sentence
    assert "0 from n = 16 on" in conclusion.sentence
    assert conclusion.numbers["fits"]["round, d = 8"]["exponent"] == pytest.approx(power)
    assert "never 0 here" in EXPERIMENTS["assumption-5"].conclude(rows[:4]).sentence


def test_last_versus_best_says_whether_the_price_grows():
    def table(price, rises):
        return [
            {"seed": 0, "method": m, "T": t, "last": price(t) / t, "best": 1 / t, "price": price(t),
             "worst_price": 2 * price(t), "rises": rises}
            for m in ascents.METHODS
            for t in (4, 8, 16, 32)
        ]  # fmt: skip

    conclude = EXPERIMENTS["last-versus-best"].conclude
    assert (
        "GA: the gap never rises, so the last iterate is the best (T^(-1.00"
        in conclude(table(lambda t: 1.0, 0.0)).sentence
    )
    steady, growing = conclude(table(lambda t: 1.5, 0.25)).sentence, conclude(table(lambda t: t**0.5, 0.25)).sentence
    assert "rises in 25% of the steps, last/best = 1.50 at T = 32 (worst run 3.00) and does not grow with T" in steady
    assert "and grows with T, last T^(-0.50" in growing


# ---- what they measure


def test_epsilon_never_grows_with_n_and_vanishes_at_full_rank():
    for dim in assumption_5.DIMENSIONS:
        rows = where(measured("assumption-5", seeds=1), clusters="round", d=dim)
        assert (np.diff(column(rows, "epsilon")) <= 1e-9).all()
        assert all((row["epsilon"] == 0) == (row["rank"] == dim) for row in rows)


def test_the_rates_hold_and_gradient_ascent_is_monotone():
    assert EXPERIMENTS["convergence-profile"].conclude(measured("convergence-profile")).numbers["above_bound"] == 0
    rows = where(measured("last-versus-best"), method="GA")
    assert column(rows, "rises").max() == 0
    assert (column(rows, "price") == 1).all()


def test_redundant_prompts_add_no_direction():
    rows = measured("coverage-ablation", seeds=1)
    ranks = {kind: column(where(rows, kind=kind), "rank").tolist() for kind in coverage_ablation.KINDS}
    assert ranks == {"expanding prompts": [2, 4, 8], "redundant prompts": [2, 4, 6]}
    assert all(row["population"] <= row["bound"] for row in rows)


def test_features_embedded_in_four_directions_have_rank_four_in_every_dimension():
    rows = measured("dimension-scaling", seeds=1)
    assert set(column(where(rows, family="embedded"), "rank")) == {4}
    assert [row["rank"] for row in where(rows, family="isotropic")] == [4, 8, 12]
