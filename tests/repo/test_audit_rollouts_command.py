"""``rlhf-lemmas audit`` on rollouts, and a training run from its log to the certificate."""

import json
import re
import subprocess
import sys

import jsonschema
import numpy as np
import pytest
from typer.testing import CliRunner

from rlhf_proofs import cli
from rlhf_proofs.commands import rollouts
from rlhf_proofs.resources import rollouts_schema_file

from .conftest import REPOSITORY
from .test_audit_command import perform, same, shown

SCHEMA = json.loads(rollouts_schema_file().read_text(encoding="utf-8"))
PAGE = (REPOSITORY / "docs/rollouts.md").read_text(encoding="utf-8")
EVERYTHING = (
    "--kl-coef", 0.5, "--threshold", 1, "--reward-range", 0, 1, "--coverage", 2, "--reward-error", 0.0625,
    "--clip-bias", 0.25,
)  # fmt: skip
NEEDED = "NO TRAINING RUN AUDITED: pyarrow is missing, pip install 'rlhf-lemmas[tables]'"


def command(*args):
    return CliRunner().invoke(cli.app, ["audit", *map(str, args)])


def failed(monkeypatch, capsys, *args):
    """Exit status and what is said, as a shell gets them."""
    monkeypatch.setattr(sys, "argv", ["rlhf-lemmas", "audit", *map(str, args)])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return ended.value.code, " ".join(capsys.readouterr().err.split())


@pytest.fixture
def data(tmp_path):
    rng = np.random.default_rng(0)
    path = tmp_path / "data.npz"
    columns = {name: -rng.exponential(size=200) for name in ("log_policy", "log_reference")}
    np.savez(path, **columns, reward=rng.uniform(size=200), prompt=np.arange(200) // 4)
    return path


def test_it_shows_the_three_terms_their_status_and_the_bound(data, tmp_path):
    result = command(data, *EVERYTHING, "--json", tmp_path / "audit.json")
    assert result.exit_code == 0, result.output
    found = json.loads((tmp_path / "audit.json").read_text())
    jsonschema.validate(found, SCHEMA)
    assert "n = 50 prompts, K = 4 rollouts each, λ = 0.5, δ = 0.05" in result.output
    assert re.search(r"sampling +\S+ +certified", result.output)
    assert re.search(r"reward shift +0\.5 +given", result.output)
    assert re.search(r"clipping +0\.125 +given", result.output)
    printed = float(re.search(r"\|Ĵ − J\*\| ≤ (\S+) with probability at least 0\.95", result.output)[1])
    assert found["certificate"]["total"] <= printed < 1.001 * found["certificate"]["total"]
    assert found["certificate"]["certified"]


def test_what_was_not_given_is_unknown_or_an_estimate_and_there_is_no_bound(data):
    output = " ".join(command(data, "--kl-coef", 0.5).output.split())
    assert "no bound on |Ĵ − J*| without --coverage and --reward-error" in output
    assert "the threshold was chosen on these rollouts and the range of the rewards is that of these" in output
    assert "clipping: estimated, b(τ) is a mean over these rollouts" in output
    assert "𝒞 ≈" in output


def test_an_estimate_is_not_called_a_bound(data):
    output = " ".join(command(data, "--kl-coef", 0.5, "--coverage", 2, "--reward-error", 0.04).output.split())
    assert "if the estimates are right, which no theorem says" in output
    assert "with probability" not in output


@pytest.mark.parametrize("columns", [80, 120])
def test_no_line_is_wider_than_the_terminal(data, monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", str(columns))
    for args in ((), EVERYTHING[2:]):
        output = command(data, "--kl-coef", 0.5, *args).output
        assert max(map(len, output.splitlines())) <= columns
        assert re.search(r"^ reward shift ", output, re.MULTILINE)


@pytest.mark.parametrize("form", ["png", "svg", "pdf"])
def test_the_figure_is_written_in_the_format_of_its_name(data, tmp_path, form):
    pytest.importorskip("matplotlib", reason="NO FIGURE DRAWN: needs pip install 'rlhf-lemmas[plots]'")
    assert command(data, "--kl-coef", 0.5, "--figure", tmp_path / f"a.{form}").exit_code == 0
    start = {"png": b"\x89PNG", "svg": b"<?xml", "pdf": b"%PDF"}[form]
    assert (tmp_path / f"a.{form}").read_bytes().startswith(start)


@pytest.mark.parametrize("option", ["--json", "--figure"])
def test_nothing_is_overwritten(data, tmp_path, monkeypatch, capsys, option):
    old = tmp_path / "old.svg"
    old.write_text("mine")
    code, said = failed(monkeypatch, capsys, data, "--kl-coef", 0.5, option, old)
    assert (code, old.read_text()) == (2, "mine")
    assert "is there, and nothing is overwritten: name another file, or remove it" in said
    code, said = failed(
        monkeypatch, capsys, data, "--kl-coef", 0.5, "--json", tmp_path / "b.svg", "--figure", tmp_path / "b.svg"
    )
    assert (code, "expected two files" in said) == (2, True)


@pytest.mark.parametrize(
    ("args", "words"),
    [
        ((), "rollouts need --kl-coef"),
        (("--kl-coef", 0), "kl_coef: expected a number > 0"),
        (("--kl-coef", 0.5, "--reward-range", 0, 0.5), "rewards: expected numbers in the range [0.0, 0.5]"),
        (("--kl-coef", 0.5, "--delta", 2), "delta: expected a number between 0 and 1"),
        (("--kl-coef", 0.5, "--cost-rollout", 0), "cost_rollout: expected a number > 0"),
        (("--kl-coef", 0.5, "--step", 3), "step: no such column"),
        (("--kl-coef", 0.5, "--rank-tol", 0.1), "--rank-tol is for features, and data.npz holds rollouts"),
        (("--kl-coef", 0.5, "--figure", "a.gif"), "expected a name that ends in .png, .svg, .pdf"),
        (("--kl-coef", 0.5, "--json", "absent/a.json"), "no folder"),
    ],
)
def test_what_cannot_be_used_exits_2_with_the_reason_and_writes_nothing(
    data, monkeypatch, capsys, tmp_path, args, words
):
    monkeypatch.chdir(tmp_path)
    code, said = failed(monkeypatch, capsys, data, *args, *(() if "--json" in args else ("--json", "new.json")))
    assert code == 2
    assert words in re.sub(r" [│|] ", " ", said)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data.npz"]


def test_ctrl_c_ends_with_130_and_writes_nothing(data, tmp_path, monkeypatch):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(rollouts, "audit_rollouts", interrupted)
    result = command(data, "--kl-coef", 0.5, "--json", tmp_path / "audit.json")
    assert result.exit_code == 130
    assert "stopped at evaluating (1 of 2): nothing was written" in result.output
    assert not (tmp_path / "audit.json").exists()


def test_a_file_that_is_not_there_is_told(tmp_path, monkeypatch, capsys):
    code, said = failed(monkeypatch, capsys, tmp_path / "absent.csv", "--kl-coef", 0.5)
    assert (code, "cannot read" in said or "needs pyarrow" in said) == (2, True)


def test_an_option_of_rollouts_is_refused_for_features(tmp_path, monkeypatch, capsys):
    np.savez(tmp_path / "data.npz", features=np.ones((1, 1, 1)))
    code, said = failed(monkeypatch, capsys, tmp_path / "data.npz", "--kl-coef", 0.5, "--step", 3)
    assert code == 2
    assert "--kl-coef, --step: for rollouts, and data.npz holds none" in re.sub(r" [│|] ", " ", said)


def test_without_matplotlib_a_figure_is_refused_before_anything_is_read(tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    code, said = failed(monkeypatch, capsys, tmp_path / "no.csv", "--kl-coef", 0.5, "--figure", tmp_path / "a.png")
    assert (code, "pip install 'rlhf-lemmas[plots]'" in said) == (2, True)


# ---- from a training run to the certificate


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """Folders with a run of the example each, by seed, and what it said."""
    pytest.importorskip("pyarrow", reason=NEEDED)
    found = {}
    for seed in range(3):
        folder = tmp_path_factory.mktemp(f"seed{seed}")
        script = [sys.executable, str(REPOSITORY / "examples/policy_gradient.py"), "rollouts.parquet", str(seed)]
        done = subprocess.run(script, cwd=folder, capture_output=True, text=True, check=True, timeout=300)
        found[seed] = folder, done.stdout
    return found


def test_the_certificate_of_a_training_run_bounds_how_far_its_estimate_is_from_the_truth(trained):
    for folder, said in trained.values():
        numbers = re.search(r"𝒞 = (\S+), E_Q e² = (\S+), b\(1\.5\) = (\S+)\nĴ = (\S+), .*= (\S+)$", said.strip())
        coverage, error, bias, estimate, distance = map(float, numbers.groups())
        given = ("--coverage", coverage + 1e-6, "--reward-error", error + 1e-6, "--clip-bias", bias + 1e-6)
        options = ("--kl-coef", 0.05, "--threshold", 1.5, "--reward-range", 0, 1, *given)
        result = command(folder / "rollouts.parquet", *options, "--json", folder / "audit.json")
        assert result.exit_code == 0, result.output
        found = json.loads((folder / "audit.json").read_text())
        jsonschema.validate(found, SCHEMA)
        assert (found["step"], found["certificate"]["certified"]) == (119, True)
        assert found["certificate"]["estimate"] == pytest.approx(estimate, abs=1e-4)
        assert 0 < distance < found["certificate"]["total"] < 0.5
        assert found["coverage_estimate"] == pytest.approx(coverage, rel=0.2)
        assert found["divergence"]["bias_bound"] == pytest.approx(bias, rel=0.5)


def test_the_run_learns_and_is_the_same_each_time(trained, tmp_path):
    folder, _ = trained[0]
    parquet = pytest.importorskip("pyarrow.parquet", reason=NEEDED)
    table = parquet.read_table(folder / "rollouts.parquet").to_pydict()
    steps, rewards = np.array(table["step"]), np.array(table["reward"])
    assert rewards[steps == 119].mean() > rewards[steps == 0].mean() + 0.1
    script = [sys.executable, str(REPOSITORY / "examples/policy_gradient.py"), "again.parquet"]
    subprocess.run(script, cwd=tmp_path, check=True, capture_output=True, timeout=300)
    assert parquet.read_table(tmp_path / "again.parquet").to_pydict() == table
    done = subprocess.run(script, cwd=tmp_path, check=False, capture_output=True, text=True, timeout=300)
    assert done.returncode == 1  # what is there is not overwritten
    assert "again.parquet is there" in done.stderr


def test_the_page_shows_what_the_commands_print(tmp_path, monkeypatch):
    pytest.importorskip("pyarrow", reason=NEEDED)
    pytest.importorskip("matplotlib", reason="NOT CHECKED: docs/rollouts.md needs pip install 'rlhf-lemmas[plots]'")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "120")
    commands = shown(PAGE)
    assert [cmd.split()[0] for cmd, _ in commands] == ["python", "rlhf-lemmas", "rlhf-lemmas"]
    for cmd, output in commands:
        actual = perform(cmd, tmp_path)
        assert same(output, actual), f"{cmd}\n{actual}"
    assert (tmp_path / "rollouts.png").exists()


@pytest.mark.parametrize("change", [("certified", "estimated"), ("0.2493", "0.3493"), ("K = 4", "K = 5")])
def test_a_page_that_says_something_else_would_be_seen(change):
    output = shown(PAGE)[2][1]
    assert same(output, output)
    assert change[0] in output
    assert not same(output, output.replace(*change))
