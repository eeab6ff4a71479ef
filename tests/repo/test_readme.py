"""The README tells the truth: its examples run, its commands and files exist."""

import doctest
import re
from pathlib import Path

import pytest
import typer

from rlhf_proofs.cli import app

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def _commands(text: str) -> set[str]:
    return set(re.findall(r"rlhf-lemmas ([a-z]+)", text))


def _known() -> set[str]:
    group = typer.main.get_command(app)
    return set(group.commands)  # type: ignore[attr-defined]


def test_every_example_gives_what_it_says() -> None:
    result = doctest.testfile(str(ROOT / "README.md"), module_relative=False)
    assert result.attempted >= 10
    assert result.failed == 0


def test_every_command_exists() -> None:
    assert _commands(README)
    assert _commands(README) <= _known()


def test_a_command_that_does_not_exist_would_be_seen() -> None:
    assert not _commands("rlhf-lemmas conjure ID") <= _known()


@pytest.mark.parametrize("target", ["check", "test", "docs"])
def test_the_commands_are_targets_of_the_makefile_and_with_the_deep_tests_all_that_ci_runs(target: str) -> None:
    assert f"make {target}" in README
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.MULTILINE)
    steps = [s for s in (ROOT / ".ci/run").read_text().splitlines() if s and not s.startswith(("#", "set", "cd"))]
    assert steps == ["bash .ci/browser-and-latex", "make test", "make test-deep", "make docs", "make check"]


def test_every_linked_file_exists() -> None:
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", README) if "://" not in link]
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []
