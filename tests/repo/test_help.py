"""What the command line says of itself: commands in groups, titles, progress, suggestions."""

import io
import re
import subprocess
import sys

import pytest
import typer
from rich.console import Console
from typer.testing import CliRunner

from rlhf_proofs import cli, progress
from rlhf_proofs.help import GROUPS
from rlhf_proofs.ledger.build import remember

KNOWN = set(typer.main.get_command(cli.app).commands)


def test_every_command_is_in_one_group():
    grouped = [name for names in GROUPS.values() for name in names]
    assert sorted(grouped) == sorted(KNOWN)


def test_the_help_has_every_command_below_its_group():
    said = CliRunner().invoke(cli.app, ["--help"]).output
    sections = dict(re.findall(r"^(\S.*):\n((?:  .*\n)+)", said, re.MULTILINE))
    for title, names in GROUPS.items():
        assert re.findall(r"^  ([a-z-]+) ", sections[title], re.MULTILINE) == list(names)
    assert "Others" not in sections


def test_a_command_without_a_group_stands_last(monkeypatch):
    monkeypatch.setitem(GROUPS, "Installation", ("doctor",))
    said = CliRunner().invoke(cli.app, ["--help"]).output
    assert re.search(r"^Others:\n  lean ", said, re.MULTILINE)


def test_titles_stand_below_their_ids(ledger_of, cache):
    made = ledger_of()
    remember(made)
    said = CliRunner().invoke(cli.app, ["ledger", "--titles"]).output
    for row in made.as_json()["claims"]:
        assert f"{row['id']}  {row['effective']}\n  {row['title']}\n" in said


def test_a_wrong_command_gets_a_suggestion():
    done = subprocess.run(
        [sys.executable, "-c", "from rlhf_lemmas import main; main()", "ledgr"], capture_output=True, text=True
    )
    assert (done.returncode, "Did you mean 'ledger'?" in done.stderr) == (2, True)


def told(monkeypatch, terminal, seconds):
    """What a bar writes where one of three steps is done after each of these times."""
    clock = iter([0.0, *seconds])
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(clock))
    stream = io.StringIO()
    console = Console(file=stream, force_terminal=terminal, width=200)
    with progress.bar(console) as report:
        for done in range(1, len(seconds) + 1):
            report("step", done, 3)
    return stream.getvalue()


def test_without_a_terminal_there_is_a_line_a_minute_that_says_how_long_it_may_take(monkeypatch):
    said = told(monkeypatch, False, [59.0, 61.0, 100.0, 240.0])
    assert said == "step: 2 of 3 after 1 min, about 1 min left\nstep: 4 of 3 after 4 min\n"


def test_a_job_of_less_than_a_minute_says_nothing_without_a_terminal(monkeypatch):
    assert told(monkeypatch, False, [20.0, 40.0, 59.0]) == ""


def test_a_terminal_gets_a_bar_with_the_time_that_is_left(monkeypatch):
    monkeypatch.setenv("TERM", "xterm")  # a dumb one gets no bar
    stream = io.StringIO()
    with progress.bar(Console(file=stream, force_terminal=True, width=200)) as report:
        for done in range(4):
            report("step", done, 3)
    assert re.search(r"left .*\d:\d\d:\d\d", re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", stream.getvalue()))
    assert "after" not in stream.getvalue()


@pytest.mark.parametrize("columns", [80, 60])
def test_no_id_is_broken_inside_a_word(ledger_of, columns, monkeypatch):
    monkeypatch.setenv("COLUMNS", str(columns))
    made = ledger_of()
    remember(made)
    console = Console(file=io.StringIO(), width=columns, force_terminal=True, color_system=None)
    console.print(cli.render.ledger_table(made.as_json()))
    first = [line[:45].split("  ")[0].strip() for line in console.file.getvalue().splitlines()]
    words = {word for row in made.as_json()["claims"] for word in row["id"].split("-")}
    found = {word for cell in first if re.fullmatch(r"[a-z0-9-]+", cell) for word in cell.split("-") if word}
    assert found >= words
    assert found <= words | {"statement"}
