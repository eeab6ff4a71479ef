"""The record of heartbeats: a proof that has become twice as costly is flagged, and nothing else is."""

from dataclasses import replace

import pytest
from typer.testing import CliRunner

from rlhf_proofs import cli
from rlhf_proofs.commands import heartbeats as command
from rlhf_proofs.errors import CannotRunError, TableError
from rlhf_proofs.lean.audit import Cost, LibraryReport
from rlhf_proofs.ledger.gather import run_lean
from rlhf_proofs.records.heartbeats import NOTICEABLE, Growth, Record, compare, load_record, recorded, write_record
from rlhf_proofs.table import load_table

from .planted import COSTLY, Run

OLD = Record("wasm", "Lean 4", {"quick": 1000, "middling": 2 * NOTICEABLE, "slow": 50 * NOTICEABLE})


def grown(**heartbeats):
    return compare(OLD, replace(OLD, heartbeats={**OLD.heartbeats, **heartbeats}))


def test_a_doubling_is_flagged_with_both_counts():
    assert grown(slow=101 * NOTICEABLE) == [Growth("slow", 50 * NOTICEABLE, 101 * NOTICEABLE)]
    assert "2.0 times the recorded 50000000" in str(grown(slow=101 * NOTICEABLE)[0])
    assert [g.name for g in grown(slow=101 * NOTICEABLE, middling=300 * NOTICEABLE)] == ["middling", "slow"]


def test_what_does_not_double_noticeably_is_not_flagged():
    assert grown() == []
    assert grown(slow=100 * NOTICEABLE) == []
    assert grown(quick=900_000) == []
    assert grown(quick=1000 + NOTICEABLE + 1) != []
    assert grown(another=10**9) == []


@pytest.mark.parametrize("other", [{"backend": "lake"}, {"toolchain": "Lean 5"}])
def test_a_record_of_another_lean_is_refused(other):
    with pytest.raises(CannotRunError, match="cannot be compared"):
        compare(OLD, replace(OLD, **other))


def test_a_record_is_read_as_it_was_written(tmp_path):
    assert load_record(write_record(OLD, tmp_path / "heartbeats.json")) == OLD


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"backend": "", "toolchain": "", "heartbeats": {"a": "b"}}'])
def test_a_file_that_is_no_record_is_named(tmp_path, text):
    path = tmp_path / "heartbeats.json"
    path.write_text(text)
    with pytest.raises(
        TableError, match=r"heartbeats\.json: expected a record of heartbeats, got .*lean heartbeats --write"
    ):
        load_record(path)


@pytest.fixture
def measured(monkeypatch, tmp_path):
    """Let the command see a library with these costs, and a record of its own."""
    path = tmp_path / "heartbeats.json"
    monkeypatch.setattr(command, "load_record", lambda: load_record(path))
    monkeypatch.setattr(command, "write_record", lambda record: write_record(record, path))

    def run(*arguments, defects=(), **heartbeats):
        costs = tuple(Cost("M", name, 1, count) for name, count in heartbeats.items())
        report = LibraryReport("wasm", "Lean 4", tuple(defects), {}, (), {}, costs, 0, {}, 0.0)
        monkeypatch.setattr(command, "run_lean", lambda *_: report)
        result = CliRunner().invoke(cli.app, ["lean", "heartbeats", *arguments])
        return result.exit_code, result.output

    return run


def test_the_command_records_compares_and_fails_on_a_doubling(measured):
    assert measured("--write", slow=5 * NOTICEABLE)[0] == 0
    status, text = measured(slow=5 * NOTICEABLE)
    assert status == 0
    assert "1 of 1 declarations are in the record; 0 have more than doubled" in text
    status, text = measured(slow=11 * NOTICEABLE, new=1)
    assert status == 1
    assert "slow: 11000000 heartbeats" in text
    assert "1 of 2 declarations" in text
    assert measured("--write", slow=11 * NOTICEABLE)[0] == 0
    assert measured(slow=11 * NOTICEABLE)[0] == 0


def test_a_library_with_a_defect_is_not_recorded(measured):
    assert measured("--write", defects=["it is wrong"], slow=1)[0] == 1


def test_nameless_instances_are_left_out_and_the_larger_of_two_counts_is_kept():
    costs = tuple(Cost("M", name, 1, count) for name, count in [("", 9), ("a", 2), ("a", 5), ("a", 3)])
    assert recorded(LibraryReport("", "", (), {}, (), {}, costs, 0, {}, 0.0)).heartbeats == {"a": 5}


@pytest.mark.lean
def test_no_proof_of_the_library_takes_twice_what_was_recorded():
    current, record = recorded(run_lean(load_table(), "auto", lambda *_: None)), load_record()
    known = set(current.heartbeats) & set(record.heartbeats)
    assert len(known) >= 0.9 * len(current.heartbeats), (
        "record the new declarations: rlhf-lemmas lean heartbeats --write"
    )
    assert [str(growth) for growth in compare(record, current)] == []


@pytest.mark.lean
def test_a_planted_doubling_of_a_real_proof_is_flagged(run: Run):
    light, again, heavy = (recorded(run.judged(root, run.of(root))) for root in COSTLY)
    assert compare(light, again) == []
    assert [growth.name for growth in compare(light, heavy)] == ["planted"]
