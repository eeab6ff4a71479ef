"""``rlhf-lemmas derive``: what it prints, its exit status, and LaTeX that a real pdflatex accepts."""

import shutil
import subprocess
from dataclasses import replace

import pytest
from typer.testing import CliRunner

from rlhf_proofs import cli
from rlhf_proofs.commands import derive
from rlhf_proofs.errors import CannotRunError
from rlhf_symbolic import DERIVATIONS, standalone


def command(*args):
    return CliRunner().invoke(cli.app, ["derive", *args])


def test_plain_text_is_the_default_and_names_every_step():
    result = command("grad-objective")
    assert result.exit_code == 0
    assert all(f"[{step.name}: {step.reason}]" in result.stdout for step in DERIVATIONS["grad-objective"].steps)
    assert command("grad-objective", "--text").stdout == result.stdout


def test_latex_is_one_align_environment_with_a_reason_for_each_step():
    result = command("grad-log-partition", "--latex")
    assert result.stdout.startswith("\\begin{align*}")
    assert result.stdout.count("\\text{(") == len(DERIVATIONS["grad-log-partition"].steps)
    assert "documentclass" not in result.stdout
    assert "\\documentclass" in command("grad-log-partition", "--standalone").stdout


def test_a_shape_of_ones_own_is_checked():
    assert "n,m,d = 1,5,2: all exact" in command("score", "--shape", "1,5,2").stderr


@pytest.mark.parametrize("shape", ["1,2", "a,b,c", "0,1,1", "1,2,-3"])
def test_a_shape_that_is_none_is_refused(shape):
    result = command("score", "--shape", shape)
    assert isinstance(result.exception, CannotRunError)
    assert "expected three positive integers" in str(result.exception)


def test_an_unknown_derivation_exits_2_and_names_those_that_are_like_it(run_main):
    status, _, errors = run_main("derive", "grad-objectiv")
    assert status == 2
    assert "no derivation 'grad-objectiv'; did you mean grad-objective" in errors


def test_psi_has_no_shape():
    assert "has no shape" in str(command("psi", "--shape", "1,2,1").exception)


def test_two_formats_exclude_each_other():
    assert command("score", "--text", "--latex").exit_code == 2


def test_a_step_that_does_not_follow_exits_with_1_and_prints_no_derivation(monkeypatch):
    real = DERIVATIONS["score"]
    wrong = replace(real, steps=(*real.steps[:-1], replace(real.steps[-1], after=-real.steps[-1].after)))
    monkeypatch.setattr(derive, "DERIVATIONS", {"score": wrong})
    result = command("score")
    assert result.exit_code == 1
    assert "does not follow" in result.stderr.replace("\n", " ")
    assert result.stdout == ""


@pytest.fixture
def pdflatex(tmp_path):
    if shutil.which("pdflatex") is None:
        pytest.skip("NO pdflatex: the LaTeX of the derivations has NOT been compiled (apt: texlive-latex-recommended)")

    def compile_(text):
        (tmp_path / "it.tex").write_text(text, encoding="utf-8")
        done = subprocess.run(
            ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "it.tex"],
            cwd=tmp_path, capture_output=True, text=True, errors="replace", check=False,
        )  # fmt: skip
        return done.returncode, done.stdout

    return compile_


@pytest.mark.slow
def test_pdflatex_compiles_every_derivation_and_no_line_is_too_long(pdflatex):
    for name, derivation in DERIVATIONS.items():
        status, said = pdflatex(standalone(derivation))
        assert status == 0, (name, said[-600:])
        assert "Overfull" not in said, name


def test_pdflatex_refuses_a_broken_derivation(pdflatex):
    assert pdflatex(standalone(DERIVATIONS["score"]).replace("\\end{align*}", ""))[0] != 0
