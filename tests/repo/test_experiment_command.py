"""``rlhf-lemmas experiment``: what it writes, what it says, and how it ends."""

import json
import sys

import pytest
from typer.testing import CliRunner

from rlhf_numeric.experiments import EXPERIMENTS, coverage_ablation, read_rows
from rlhf_proofs import cli
from rlhf_proofs.commands import experiment as command_module

NAME = "coverage-ablation"


def command(*args):
    return CliRunner().invoke(cli.app, ["experiment", *map(str, args)])


@pytest.fixture(autouse=True)
def small(monkeypatch):
    for name, value in {"SIZES": (1, 2), "POPULATION": 8, "STEPS": 10}.items():
        monkeypatch.setattr(coverage_ablation, name, value)


def test_one_experiment_writes_its_files_and_says_its_sentence(tmp_path):
    result = command(NAME, "--out", tmp_path, "--seeds", 2, "--seed", 7)
    assert result.exit_code == 0, result.output
    summary = json.loads((tmp_path / NAME / "summary.json").read_text())
    assert (summary["seed"], summary["seeds"]) == (7, 2)
    assert summary["sentence"] in " ".join(result.output.split())
    assert {path.suffix for path in (tmp_path / NAME).iterdir()} == {".csv", ".md", ".json", ".png", ".svg"}


def test_all_runs_every_one_of_them(tmp_path, monkeypatch):
    ran = []

    def run(name, folder, *_):
        ran.append((name, folder))
        return f"sentence of {name}", ()

    monkeypatch.setattr(command_module, "_run", run)
    result = command("all", "--out", tmp_path)
    assert ran == [(name, tmp_path / name) for name in EXPERIMENTS]
    assert all(f"sentence of {name}" in result.output for name in EXPERIMENTS)


def test_the_help_lists_them_all():
    words = " ".join(command("--help").output.replace("│", " ").split()).replace("- ", "-")
    assert [name for name in (*EXPERIMENTS, "all") if name not in words] == []


@pytest.mark.parametrize("bad", [("no-such",), (NAME, "--seeds", 0), (NAME, "--seed", -1)])
def test_a_bad_argument_exits_2(bad):
    result = command(*bad)
    assert result.exit_code == 2
    assert bad[-2 if len(bad) > 1 else 0] in result.output


def test_an_unknown_name_lists_the_known_ones():
    assert f"known: {', '.join(EXPERIMENTS)}, all" in " ".join(command("no-such").output.replace("│", " ").split())


def test_an_interruption_exits_130_and_says_where_the_rows_are(tmp_path, monkeypatch):
    real = coverage_ablation._row

    def row(world, prompts):
        if len(prompts) == 2:
            raise KeyboardInterrupt
        return real(world, prompts)

    monkeypatch.setattr(coverage_ablation, "_row", row)
    result = command(NAME, "--out", tmp_path)
    assert result.exit_code == 130
    assert "stopped" in result.output
    assert f"the rows so far are in {tmp_path / NAME / 'rows.csv'}" in result.output
    assert len(read_rows(tmp_path / NAME / "rows.csv")) == 1


@pytest.mark.parametrize("missing", ["matplotlib", "folder"])
def test_what_is_missing_exits_2_with_a_remedy(tmp_path, monkeypatch, capsys, missing):
    folder = tmp_path / "taken"
    if missing == "matplotlib":
        monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    else:
        folder.write_text("a file, not a folder")
    monkeypatch.setattr(sys, "argv", ["rlhf-lemmas", "experiment", NAME, "--out", str(folder)])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 2
    words = " ".join(capsys.readouterr().err.split())
    assert (
        "pip install 'rlhf-lemmas[plots]', or --no-figures" if missing == "matplotlib" else "cannot write to"
    ) in words
