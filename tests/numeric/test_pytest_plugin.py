"""`pytest --rlhf-claims`: the tests of another project, run by pytest inside pytest."""

import re
import subprocess
import sys
from dataclasses import replace
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from rlhf_numeric import CLAIMS, Verdict
from rlhf_numeric.arithmetic.kinds import join
from rlhf_pytest import items, plugin
from strategies import ON_INSTANCES

pytest_plugins = ["pytester"]

SETTING = """
import numpy as np
from rlhf_numeric import Instance, Problem

rng = np.random.default_rng(0)
mine = Problem(rng.normal(size=(3, 2, 2)), np.full((3, 2), 0.5), np.ones(2), kl_coef=0.5)

"""
BALLS = (
    SETTING
    + """
from flint import arb

def pytest_rlhf_instances():
    return {"balls": Problem(np.array([[[arb(1)]]]), np.array([[arb(1)]]), np.array([arb(1)]), kl_coef=arb(1))}
"""
)
MINE = SETTING + "def pytest_rlhf_instances():\n    return {'mine': mine}\n"


@pytest.fixture
def project(pytester):
    """A project with this conftest; run its tests."""

    def make(conftest, *files):
        pytester.makeconftest(conftest)
        for file in files:
            pytester.makepyfile(file)
        return pytester.runpytest

    return make


@pytest.fixture
def planted(monkeypatch):
    """Make a claim say something else."""

    def plant(slug, sides):
        changed = replace(CLAIMS[slug], sides=lambda instance: sides(*CLAIMS[slug].sides(instance)))
        monkeypatch.setattr(items, "CLAIMS", {**CLAIMS, slug: changed})

    return plant


def test_the_plugin_is_found_by_pytest():
    found = [entry for entry in entry_points(group="pytest11") if entry.name == "rlhf-lemmas"]
    assert [entry.load() for entry in found] == [plugin]


def test_claims_that_hold_pass_beside_the_tests_of_the_project(project):
    run = project(MINE, "def test_own(): assert True")
    result = run("--rlhf-claims", "variance-bound, gradient-domination,variance-bound", "-v")
    result.assert_outcomes(passed=3)
    result.stdout.fnmatch_lines(["*::test_own PASSED*", "rlhf-claims::variance-bound[[]mine[]] PASSED*", "2 hold"])
    assert result.ret == 0


def test_all_is_every_claim_that_is_about_such_records(project):
    result = project(MINE)("--rlhf-claims", "all", "--collect-only", "-q")
    listed = [line.removeprefix("rlhf-claims::") for line in result.outlines if line.startswith("rlhf-claims::")]
    assert listed == [f"{claim.id}[mine]" for claim in ON_INSTANCES]


def test_claims_are_chosen_by_mark_and_by_name_like_any_test(project):
    run = project(MINE, "def test_own(): assert True")
    run("--rlhf-claims", "variance-bound,log-ratio", "-m", "rlhf_claim").assert_outcomes(passed=2, deselected=1)
    run("--rlhf-claims", "variance-bound,log-ratio", "-k", "ratio").assert_outcomes(passed=1, deselected=2)
    run("--rlhf-claims", "log-ratio", "--strict-markers", "-m", "not rlhf_claim").assert_outcomes(
        passed=1, deselected=1
    )


def test_a_false_claim_fails_and_says_what_where_and_by_how_much(project, planted):
    planted("variance-bound", lambda lhs, rhs: (lhs, join(rhs, rhs, rhs * 0.001)))
    result = project(MINE)("--rlhf-claims", "variance-bound,gradient-domination")
    result.assert_outcomes(failed=1, passed=1)
    assert result.ret == 1
    said = result.stdout.str()
    assert "variance-bound is violated on 'mine'\n  Var_{π_θ}(⟨v,φ⟩) ≤ B²‖v‖²\n" in said
    lhs, rhs, ratio = map(float, re.search(r"lhs = (\S+), rhs = (\S+): .* lhs/rhs = (\S+)", said).groups())
    assert lhs > rhs
    assert ratio == pytest.approx(lhs / rhs)
    assert "lhs ≤ rhs is false; rhs − lhs = -" in said
    assert "in comparison 3 of 3, with 128 bits" in said
    assert "Lean: RLHF.variance_bound" in said
    assert "1 violated: variance-bound[mine]" in said
    assert "ClaimNotSeenError" not in said
    assert "collected 2 items" in said


def test_a_false_identity_fails(project, planted):
    planted("grad-objective", lambda lhs, rhs: (lhs, rhs * (1 + 1e-12)))
    result = project(MINE)("--rlhf-claims", "grad-objective")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*lhs = rhs is false*"])


def test_in_a_batch_the_row_that_fails_is_named(project, planted):
    planted("objective-range", lambda lhs, rhs: (lhs, rhs * lhs))
    rows = "mine = Problem([[[0.1]]], [[1.0]], [[30.0], [1.0], [30.0]], kl_coef=0.5)\n"
    result = project(SETTING + rows + "def pytest_rlhf_instances():\n    return {'mine': mine}\n")(
        "--rlhf-claims", "objective-range"
    )
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*at (1,) of the batch*"])


def test_a_vacuous_claim_is_a_skip_with_its_reason(project):
    result = project(MINE)("--rlhf-claims", "stationary-is-optimal", "-ra")
    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(
        ["1 vacuous: stationary-is-optimal[[]mine[]]", "*-is-optimal is vacuous on 'mine', which does not satisfy:*"]
    )
    assert "∇J_S(θ) = 0" in result.stdout.str()


def test_equality_passes_and_is_told(project):
    """At θ = θ* both sides of the bound on the gap are 0, which no rounding arithmetic can show."""
    optimum = SETTING + "def pytest_rlhf_instances():\n    return {'best': Instance(mine, mine.theta_star)}\n"
    result = project(optimum)("--rlhf-claims", "gradient-domination")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["1 attained with equality, as far as 1024 bits tell: gradient-domination[[]best[]]"])


def test_what_cannot_be_decided_fails(project, planted):
    planted("variance-bound", lambda lhs, rhs: (lhs, rhs + (rhs - rhs) * 1e400))
    result = project(MINE)("--rlhf-claims", "variance-bound")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["variance-bound is undecided on 'mine'", "*is known*", "1 undecided: *"])


def test_every_verdict_has_its_line_in_the_summary():
    assert {v.value for v in Verdict} | {"equal"} == set(items._SAID)


@pytest.mark.parametrize(
    ("conftest", "option", "words"),
    [
        (MINE, "conjecture,log-ratio", "no such claim: conjecture. There are: boltzmann-normalised, "),
        (MINE, "log-rato", "no such claim: log-rato. Did you mean log-ratio"),
        (MINE, " , ", "expected ids of claims, or all; got nothing"),
        ("", "all", "nothing to run them on. Write in conftest.py: def pytest_rlhf_instances()"),
        ("def pytest_rlhf_instances(): return {}", "all", "nothing to run them on"),
        ("def pytest_rlhf_instances(): return [1]", "all", "expected a mapping from names to Problem or Instance"),
        ("def pytest_rlhf_instances(): return {'a': 1}", "all", "'a': expected a Problem or an Instance, got int"),
        (SETTING + "def pytest_rlhf_instances(): return {'': mine}", "all", "non-empty strings, got ''"),
        (BALLS, "all", "'balls': expected an instance of floats, got flint.arb"),
        ("def pytest_rlhf_instances(): return 1 / 0", "all", "ZeroDivisionError"),
        (SETTING + "def pytest_rlhf_instances(): Problem(1.0, [1.0], [1.0], kl_coef=0.5)", "all", "features: "),
    ],
    ids=[
        "unknown", "like another", "no id", "no hook", "no instance", "no map", "no problem", "no name",
        "balls", "raises", "invalid",
    ],
)  # fmt: skip
def test_what_cannot_be_run_is_a_usage_error(project, conftest, option, words):
    result = project(conftest, "def test_own(): assert True")("--rlhf-claims", option)
    assert result.ret == pytest.ExitCode.USAGE_ERROR == 4
    assert words in result.stderr.str()
    assert "INTERNALERROR" not in result.stdout.str()


def test_two_conftests_give_instances_together_but_not_of_the_same_name(pytester):
    pytester.makeconftest(MINE)
    below = pytester.mkpydir("below")
    (below / "conftest.py").write_text(MINE.replace("'mine'", "'other'"))
    (below / "test_it.py").write_text("def test_own(): assert True\n")
    pytester.runpytest("--rlhf-claims", "log-ratio", "-m", "rlhf_claim").assert_outcomes(passed=2, deselected=1)
    (below / "conftest.py").write_text(MINE)
    result = pytester.runpytest("--rlhf-claims", "log-ratio")
    assert result.ret == 4
    assert "two instances are named 'mine'" in result.stderr.str()


def test_without_the_option_the_hook_is_not_called_and_the_package_is_not_imported(pytester):
    pytester.makeconftest("def pytest_rlhf_instances(): raise RuntimeError\n")
    pytester.makepyfile(
        "import sys\n\ndef test_own():\n    heavy = {'numpy', 'flint', 'rlhf_numeric', 'rlhf_proofs'}\n"
        "    assert 'rlhf_pytest.plugin' in sys.modules\n    assert heavy.isdisjoint(sys.modules)\n"
    )
    pytester.runpytest_subprocess("-p", "no:hypothesispytest").assert_outcomes(passed=1)


def test_the_plugin_imports_nothing_that_pytest_does_not():
    """It is imported in every run of pytest: its cost is the cost of what it imports."""
    code = "import sys, pytest\nbefore = set(sys.modules)\nimport rlhf_pytest.plugin\nprint(*set(sys.modules) - before)"
    new = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert set(new) == {"rlhf_pytest", "rlhf_pytest.plugin"}


README = Path(__file__).resolve().parents[2] / "README.md"


def test_the_example_of_the_readme_does_what_it_says(project):
    text = README.read_text(encoding="utf-8")
    conftest = re.search(r"```python\n(# conftest\.py\n.*?)```", text, re.DOTALL).group(1)
    command, output = re.search(r"```console\n\$ pytest (--rlhf-claims .*?)\n(.*?)```", text, re.DOTALL).groups()
    result = project(conftest)(*command.split())
    assert result.ret == 0
    result.stdout.fnmatch_lines([line.replace("[", "[[]") for line in output.splitlines() if line.strip() != "..."])
