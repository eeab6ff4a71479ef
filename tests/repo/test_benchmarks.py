"""The benchmarks run, say what is missing, and RESULTS.md is what results.json gives."""

import json
import subprocess
import sys
from copy import deepcopy

import numpy as np
import pytest

from .conftest import REPOSITORY

sys.path.insert(0, str(REPOSITORY))
from benchmarks import __main__ as program
from benchmarks import peers, timing
from benchmarks.report import report, targets

RESULTS = REPOSITORY / "benchmarks" / "results.json"
STORED = json.loads(RESULTS.read_text(encoding="utf-8"))


def test_the_results_page_is_what_the_stored_results_give():
    assert (REPOSITORY / "benchmarks" / "RESULTS.md").read_text(encoding="utf-8") == report(STORED)
    assert not STORED["quick"]


def reached(results):
    return {target: ok for target, _, ok in targets(results)}


def test_a_missed_target_is_said_to_be_missed():
    worse = deepcopy(STORED)
    for problem in worse["problems"].values():
        problem["peak_share"] = 0.06
        for row in problem["gradient"].values():
            row["times_ours"] = 0.5
    worse["campaigns"]["at_least_100"] = 0
    worse["seconds"] = 601
    assert not any(reached(worse).values())
    assert report(worse).count("**no**") == len(reached(worse))


def test_a_lean_that_could_not_run_is_said():
    assert "**Lean was not measured: no Node**" in report(STORED | {"lean": {"not_run": "no Node"}})


def test_a_run_that_was_stopped_is_said_to_be():
    stopped = {name: value for name, value in STORED.items() if name not in ("seconds", "load_after", "lean")}
    assert "stopped before its end | **no**" in report(stopped)
    assert "**Lean was not measured" in report(stopped)


def test_the_ratio_is_the_median_of_the_ratios_within_a_round():
    found = timing.summary({"rlhf_numeric": [1.0, 10.0, 2.0], "peer": [3.0, 30.0, 2.0]})
    assert found["peer"]["times_ours"] == 3.0
    assert found["peer"]["least_ms"] == 2000.0
    assert "times_ours" not in timing.summary({"alone": [1.0]})["alone"]


def test_actions_are_timed_in_turn():
    log = []
    times = timing.interleaved({name: lambda name=name: log.append(name) for name in "ab"}, seconds=0.0, least=3)
    assert "".join(log) == "ab" * 4
    assert [len(x) for x in times.values()] == [3, 3]


def test_plain_numpy_agrees_and_a_wrong_peer_is_caught():
    x = peers.drawn((40, 8, 60))
    actions = {"rlhf_numeric": lambda: peers.gradient(x.problem(), x.theta), "plain": lambda: peers.plain_gradient(x)}
    assert peers.check_agreement(actions, np.float64) < 1e-12
    with pytest.raises(AssertionError, match="do not agree"):
        peers.check_agreement(actions | {"wrong": lambda: 1.001 * peers.plain_gradient(x)}, np.float64)
    values = {"rlhf_numeric": lambda: peers.objective(x.problem(), x.theta), "plain": lambda: peers.plain_objective(x)}
    assert peers.check_agreement(values, np.float64) < 1e-12


def test_a_missing_peer_is_said_and_stops_the_run(monkeypatch, capsys):
    monkeypatch.setattr(program, "find_spec", lambda name: None if name == "jax" else True)
    monkeypatch.setattr(sys, "argv", ["benchmarks"])
    assert program.main() == 2
    assert "jax missing" in capsys.readouterr().err


@pytest.mark.slow
def test_a_quick_run_measures_everything(tmp_path):
    pytest.importorskip("torch", reason="the benchmarks' peers are not installed: make bench")
    pytest.importorskip("jax", reason="the benchmarks' peers are not installed: make bench")
    command = [sys.executable, "-m", "benchmarks", "--quick", "--out", str(tmp_path)]
    run = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    results = json.loads((tmp_path / "results.json").read_text())
    assert results["quick"]
    assert {"machine", "problems", "steps", "exponents", "campaigns", "derivations", "seconds"} <= set(results)
    assert "## Targets" in (tmp_path / "RESULTS.md").read_text()
