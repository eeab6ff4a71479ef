"""Pins: a statement that is not the pinned one is stale, and only a deliberate command pins it anew."""

from dataclasses import replace

import pytest
from typer.testing import CliRunner

from rlhf_proofs import cli
from rlhf_proofs.commands import pin as command
from rlhf_proofs.errors import TableError
from rlhf_proofs.pins import Pin, difference, load_pins, write_pins
from rlhf_proofs.table import load_table

from .conftest import validated
from .test_gather import run

PIN = Pin("RLHF.one", "0" * 64, "∀ x,\n  f x ≤ 1", {"RLHF.f": "a"})


@pytest.fixture
def pins(table, tmp_path, monkeypatch):
    """The two statements of the test's table, pinned as the fake Lean reports them."""
    path = tmp_path / "pins.json"
    write_pins(
        {e.id: Pin(e.lean, "0" * 64, f"{e.lean.removeprefix('RLHF.')} : …", {}) for e in load_table(table)}, path
    )
    monkeypatch.setattr(command, "load_table", lambda: load_table(table))
    monkeypatch.setattr(command, "load_pins", lambda: load_pins(path))
    monkeypatch.setattr(command, "write_pins", lambda pins: write_pins(pins, path))
    return path


@pytest.fixture
def changed(report):
    """A report in which the statement of the first theorem is another one."""
    found = report("log_ratio", "kl_nonneg")
    other = replace(found.theorems["RLHF.log_ratio"], statement="log_ratio : 0 < λ → …", statement_sha256="1" * 64)
    return replace(found, theorems={**found.theorems, "RLHF.log_ratio": other})


def pinned(*arguments):
    return CliRunner().invoke(cli.app, ["pin", *arguments])


def test_pins_are_read_as_they_were_written(tmp_path):
    path = write_pins({"b": PIN, "a": PIN}, tmp_path / "pins.json")
    assert load_pins(path) == {"a": PIN, "b": PIN}
    assert list(load_pins(path)) == ["a", "b"]
    assert [p.name for p in tmp_path.iterdir()] == ["pins.json"]


@pytest.mark.parametrize("text", ["", "[]", '{"a": 1}', '{"a": {"theorem": "x"}}'])
def test_a_file_that_holds_no_pins_is_named(tmp_path, text):
    path = tmp_path / "pins.json"
    path.write_text(text)
    with pytest.raises(TableError, match=r"pins\.json: not a file of pins"):
        load_pins(path)


@pytest.mark.parametrize(
    ("new", "lines"),
    [
        (PIN, []),
        (replace(PIN, sha256="1" * 64), ["~ the elaborated statement has changed, though it prints alike"]),
        (replace(PIN, sha256="1", definitions={"RLHF.f": "b"}), ["~ RLHF.f: redefined"]),
        (replace(PIN, sha256="1", definitions={"RLHF.g": "a"}), ["~ RLHF.f: no longer mentioned", "~ RLHF.g: new"]),
        (replace(PIN, sha256="1", statement="∀ x,\n  f x ≤ 2"), ["-   f x ≤ 1", "+   f x ≤ 2"]),
    ],
)
def test_the_difference_tells_what_has_changed(new, lines):
    assert [line for line in difference(PIN, new) if line[0] in "+-~"] == lines


def test_a_changed_statement_is_stale_and_fails_the_check(table, lean, changed):
    lean(changed)
    ledger = run()
    first, second = validated(ledger)["claims"]
    assert (first["lean"]["status"], first["effective"], second["effective"]) == ("stale", "stale", "proved")
    assert first["why"] == "lean: proved, but the statement is not the one that was pinned: rlhf-lemmas pin log-ratio"
    assert (first["pinned_sha256"], first["lean"]["statement_sha256"]) == ("0" * 64, "1" * 64)
    assert ledger.exit_code == 1


def test_a_statement_that_was_never_pinned_is_stale(table, lean, report, tmp_path):
    lean(report("log_ratio", "kl_nonneg"))
    ledger = run(pins=write_pins({"log-ratio": replace(PIN, sha256="0" * 64)}, tmp_path / "other.json"))
    assert [row["effective"] for row in validated(ledger)["claims"]] == ["proved", "stale"]
    assert "was never pinned" in validated(ledger)["claims"][1]["why"]


def test_the_command_shows_the_difference_and_changes_nothing_by_itself(pins, lean, changed):
    before = pins.read_text()
    lean(changed)
    result = pinned()
    assert result.exit_code == 1, result.output
    assert "- log_ratio : …" in result.output
    assert "+ log_ratio : 0 < λ → …" in result.output
    assert "1 of 2 statements are as they were pinned" in result.output
    assert pins.read_text() == before


def test_the_command_pins_what_it_was_asked_to_and_then_finds_no_difference(pins, lean, changed):
    lean(changed)
    assert pinned("kl-nonneg", "--write").exit_code == 0
    assert load_pins(pins)["log-ratio"].sha256 == "0" * 64
    assert pinned("log-ratio", "--write").exit_code == 0
    assert load_pins(pins)["log-ratio"].sha256 == "1" * 64
    assert pinned().exit_code == 0


def test_a_pin_without_a_row_is_reported_and_dropped_when_all_are_pinned(pins, lean, report):
    write_pins({**load_pins(pins), "gone": PIN}, pins)
    lean(report("log_ratio", "kl_nonneg"))
    result = pinned()
    assert (result.exit_code, "gone: pinned, but no longer in the table" in result.output) == (1, True)
    assert pinned("--write").exit_code == 0
    assert sorted(load_pins(pins)) == ["kl-nonneg", "log-ratio"]


def test_what_is_not_proved_cannot_be_pinned(pins, lean, report, run_main):
    lean(report("kl_nonneg"))
    code, _, errors = run_main("pin", "--write")
    assert code == 1
    assert "log-ratio is not proved and cannot be pinned: there is no theorem RLHF.log_ratio" in " ".join(
        errors.split()
    )


def test_an_id_that_is_not_in_the_table_is_named(pins, lean, report, run_main):
    lean(report("log_ratio", "kl_nonneg"))
    code, _, errors = run_main("pin", "nonsense")
    assert code == 2
    assert "no statement 'nonsense'; known: log-ratio, kl-nonneg" in " ".join(errors.split())


def test_every_row_of_the_shipped_table_with_a_theorem_is_pinned_to_it():
    theorems = {e.id: e.lean for e in load_table() if e.lean is not None}
    assert {claim: pin.theorem for claim, pin in load_pins().items()} == theorems
