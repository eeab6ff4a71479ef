"""The README tells the truth, and so do the pages it sends to: numbers are computed, examples run, commands exist."""

import doctest
import json
import re
from pathlib import Path

import pytest
import typer

from docs.front import __main__ as front
from docs.front.numbers import BEGIN, END, ROOT, StaleError, current, words, written
from rlhf_proofs.cli import app

README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = [ROOT / name for name in ("README.md", "docs/use.md", "docs/status.md", "docs/lean.md")]
LEDGER = json.loads((ROOT / "records/ledger.json").read_text(encoding="utf-8"))


def _commands(text: str) -> set[str]:
    return set(re.findall(r"rlhf-lemmas ([a-z]+)", text))


def _known() -> set[str]:
    group = typer.main.get_command(app)
    return set(group.commands)  # type: ignore[attr-defined]


def test_every_example_gives_what_it_says() -> None:
    result = doctest.testfile(str(ROOT / "docs/use.md"), module_relative=False)
    assert result.attempted >= 10
    assert result.failed == 0


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_exists(page: Path) -> None:
    found = _commands(page.read_text(encoding="utf-8"))
    assert found
    assert found <= _known()


def test_a_command_that_does_not_exist_would_be_seen() -> None:
    assert not _commands("rlhf-lemmas conjure ID") <= _known()


@pytest.mark.parametrize("target", ["check", "test", "docs"])
def test_the_commands_are_targets_of_the_makefile_and_with_the_deep_tests_all_that_ci_runs(target: str) -> None:
    assert f"make {target}" in README
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.MULTILINE)
    steps = [s for s in (ROOT / ".ci/run").read_text().splitlines() if s and not s.startswith(("#", "set", "cd"))]
    assert steps == ["bash .ci/browser-and-latex", "make test", "make test-deep", "make docs", "make check"]


def _broken(page: Path, text: str) -> list[str]:
    links = [link for link in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", text) if "://" not in link]
    return [link for link in links if not (page.parent / link).exists()]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_linked_file_exists(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert _broken(page, text) == []
    assert _broken(page, text + "[gone](no/such/file.md#part)") == ["no/such/file.md"]


def test_the_numbers_are_those_of_the_recorded_ledger() -> None:
    """Written anew by ``python -m docs.front``."""
    assert written(README, current()) == README


@pytest.mark.parametrize(
    ("arguments", "damage", "status", "said"),
    [
        (["absent"], None, 2, "absent/statement/gradient-domination.html are needed"),
        (["a", "b"], None, 2, "usage: python -m docs.front"),
        ([], "no marks", 1, "the README is as it was: it has no <!-- numbers"),
        ([], "no README", 2, "README.md"),
    ],
)
def test_what_cannot_be_written_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    arguments: list[str], damage: str | None, status: int, said: str,
) -> None:  # fmt: skip
    monkeypatch.setattr(front, "ROOT", tmp_path)
    (tmp_path / "docs/front").mkdir(parents=True)
    if damage != "no README":
        (tmp_path / "README.md").write_text("# Mine\n" if damage else README, encoding="utf-8")
    assert front.main(arguments) == status
    assert said in capsys.readouterr().err


def test_a_number_that_is_stale_would_be_seen() -> None:
    less = {**LEDGER, "claims": LEDGER["claims"][1:]}
    assert written(README, words(less)) != README
    changed = json.loads(json.dumps(LEDGER))
    changed["claims"][0]["numeric"]["decided"] += 1
    assert written(README, words(changed)) != README


def test_nothing_is_said_of_each_statement_where_one_is_not_proved() -> None:
    changed = json.loads(json.dumps(LEDGER))
    changed["claims"][0]["effective"] = "stale"
    with pytest.raises(StaleError, match=changed["claims"][0]["id"]):
        words(changed)


def test_what_it_is_and_why_to_believe_it_stands_before_all_else_and_the_pictures_have_words() -> None:
    head, _ = README.split("## Two commands")
    assert head.index(BEGIN) < head.index(END) < head.index("![")
    pictures = re.findall(r"!\[([^]]*)\]\(([^)]+)\)", head)
    assert len(pictures) == 2
    for words_for_it, name in pictures:
        assert len(words_for_it.split()) > 5
        assert (ROOT / name).stat().st_size < 150_000


def test_the_four_paths_each_have_a_command() -> None:
    paths = re.findall(r"^### (.*?)\n(.*?)(?=^##)", README, re.MULTILINE | re.DOTALL)
    assert [name for name, _ in paths] == ["Cite", "Check your own", "Reuse the proofs", "Learn"]
    assert all("```sh\n" in text for _, text in paths)
