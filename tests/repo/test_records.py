"""``make records`` remakes what commands write, each from what stands before it, and stops where one fails."""

import os
import re
import shutil
import subprocess

import pytest
from typer.main import get_command

from rlhf_proofs import cli

from .conftest import REPOSITORY

pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="needs make")

STEPS = [
    "rlhf-lemmas lean setup", "rlhf-lemmas lean imports", "python -m rlhf_symbolic proofs",
    "rlhf-lemmas mutate --outdated --out numeric/rlhf_numeric/counterexamples", "rlhf-lemmas pin --write",
    "rlhf-lemmas lean heartbeats --write", "rlhf-lemmas check", "rlhf-lemmas formalization",
    "rlhf-lemmas record-ledger --by A. Name", "python -m docs.front",
]  # fmt: skip


@pytest.fixture
def make(tmp_path):
    """Run the target with programs that write down how they were called, and of which one may fail."""
    log, programs = tmp_path / "log", tmp_path / "bin"
    programs.mkdir()
    for name in ("rlhf-lemmas", "python"):
        script = f'#!/bin/sh\necho {name} "$@" >> {log}\ntest "{name} $*" != "$FAILS"\n'
        (programs / name).write_text(script)
        (programs / name).chmod(0o755)
    (tmp_path / "ready-test").touch()

    def run(*variables, fails=""):
        done = subprocess.run(
            ["make", "records", f"BIN={programs}", f"VENV={tmp_path}", *variables],
            cwd=REPOSITORY, env=dict(os.environ, FAILS=fails), capture_output=True, text=True,
        )  # fmt: skip
        said = log.read_text().splitlines() if log.exists() else []
        log.unlink(missing_ok=True)
        return done.returncode, said, done.stderr

    return run


def test_every_step_is_run_in_its_order(make):
    assert make("BY=A. Name") == (0, STEPS, "")


@pytest.mark.parametrize("number", range(len(STEPS)))
def test_nothing_is_run_after_a_step_that_fails(make, number):
    code, said, _ = make("BY=A. Name", fails=STEPS[number])
    assert (code, said) == (2, STEPS[: number + 1])


def test_nothing_is_run_unless_somebody_answers_for_it(make):
    code, said, errors = make()
    assert (code, said) == (2, [])
    assert 'make records BY="A. NAME"' in errors


def test_every_command_of_the_target_exists_with_its_options():
    for step in STEPS:
        program, *words = step.split()
        command = get_command(cli.app) if program == "rlhf-lemmas" else None
        while command is not None and hasattr(command, "commands"):
            command = command.commands[words.pop(0)]
        options = set() if command is None else {o for p in command.params for o in p.opts}
        assert command is None or set(re.findall(r"--\S+", " ".join(words))) <= options, step
