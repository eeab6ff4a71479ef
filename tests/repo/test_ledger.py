"""The ledger: what was promised and failed decides, and what did not run never reads as done."""

import json

import jsonschema
import pytest

from rlhf_proofs import Status, build_ledger
from rlhf_proofs.errors import CannotRunError, LeanFailureError
from rlhf_proofs.ledger.build import Row, recall, remember, sources_digest
from rlhf_proofs.ledger.evidence import LeanEvidence, NumericEvidence, SymbolicEvidence
from rlhf_proofs.table import ClaimEntry

from .conftest import SCHEMA, validated

KINDS = {"lean": LeanEvidence, "symbolic": SymbolicEvidence, "numeric": NumericEvidence}


def row(lean="proved", symbolic="derived", numeric="tested", *, declared=("lean", "symbolic", "numeric")):
    """A row with these statuses; the table promises the kinds that are declared."""
    entry = ClaimEntry("one", "title", "group", "paper", *(k if k in declared else None for k in KINDS))
    statuses = {"lean": lean, "symbolic": symbolic, "numeric": numeric}
    evidence = (KINDS[k](status=Status(s), why=f"reason of {k}") for k, s in statuses.items())
    return Row(entry, "0" * 64, *evidence, {"campaign": None, "hunt": None})


VERDICTS = [
    # lean, symbolic, numeric, effective, who gives the reason
    ("proved", "derived", "tested", "proved", "lean"),
    ("proved", "not-applicable", "not-applicable", "proved", "lean"),
    ("proved", "not-run", "not-run", "proved", "lean"),
    ("not-run", "derived", "tested", "derived", "symbolic"),
    ("not-run", "not-run", "tested", "tested", "numeric"),
    ("not-run", "not-applicable", "tested", "tested", "numeric"),
    ("proved", "derived", "refuted", "refuted", "numeric"),
    ("proved", "refuted", "vacuous", "refuted", "symbolic"),
    ("open", "open", "refuted", "refuted", "numeric"),
    ("not-run", "not-run", "refuted", "refuted", "numeric"),
    ("proved", "derived", "vacuous", "vacuous", "numeric"),
    ("open", "derived", "vacuous", "vacuous", "numeric"),
    ("stale", "derived", "tested", "stale", "lean"),
    ("stale", "derived", "refuted", "refuted", "numeric"),
    ("stale", "open", "tested", "stale", "lean"),
    ("open", "derived", "tested", "open", "lean"),
    ("proved", "open", "tested", "open", "symbolic"),
    ("proved", "derived", "open", "open", "numeric"),
]


@pytest.mark.parametrize(("lean", "symbolic", "numeric", "effective", "reason"), VERDICTS)
def test_the_verdict_is_that_of_the_strongest_kind_unless_another_one_failed(
    lean, symbolic, numeric, effective, reason
):
    status, why = row(lean, symbolic, numeric).verdict
    assert status == effective
    assert why.startswith(f"{reason}: reason of {reason}")


def test_what_the_table_does_not_promise_may_be_open_and_is_named():
    status, why = row("open", "derived", "tested", declared=("symbolic", "numeric")).verdict
    assert status is Status.DERIVED
    assert why == "symbolic: reason of symbolic; lean open"


def test_what_did_not_run_is_named_beside_the_verdict():
    assert row("not-run", "not-applicable", "tested").verdict[1] == "numeric: reason of numeric; lean not-run"


@pytest.mark.parametrize("lean", ["not-run", "open"])
@pytest.mark.parametrize("symbolic", ["derived", "not-run", "not-applicable", "open"])
@pytest.mark.parametrize("numeric", ["tested", "not-run", "not-applicable", "open"])
@pytest.mark.parametrize("declared", [(), tuple(KINDS)], ids=["not promised", "promised"])
def test_nothing_reads_as_proved_without_lean(lean, symbolic, numeric, declared):
    assert row(lean, symbolic, numeric, declared=declared).verdict[0] is not Status.PROVED


def test_without_any_evidence_the_verdict_is_not_run():
    assert row("not-run", "not-run", "not-run").verdict == (
        Status.NOT_RUN, "lean not-run; symbolic not-run; numeric not-run",
    )  # fmt: skip
    assert row("not-applicable", "not-applicable", "not-applicable").verdict == (Status.NOT_RUN, "no evidence")


GOOD, BAD = row(), row(numeric="refuted")
CRASHED, ABSENT = LeanFailureError("Lean was killed"), CannotRunError("no Lean")


@pytest.mark.parametrize(
    ("rows", "outcome", "defects", "code"),
    [
        ([GOOD], "report", (), 0),
        ([row("not-run")], None, (), 0),
        ([GOOD, BAD], "report", (), 1),
        ([row(numeric="vacuous")], "report", (), 1),
        ([row("open")], "report", (), 1),
        ([GOOD], "report", ("a warning",), 1),
        ([GOOD], CRASHED, (), 1),
        ([row("not-run")], ABSENT, (), 2),
        ([BAD], ABSENT, (), 1),
        ([], ABSENT, (), 2),
    ],
)
def test_the_exit_status_is_1_for_what_is_wrong_before_2_for_what_could_not_run(
    ledger_of, report, rows, outcome, defects, code
):
    ledger = ledger_of(rows, report(defects=defects) if outcome == "report" else outcome)
    assert ledger.exit_code == code
    validated(ledger)


def test_the_json_of_a_lean_run_says_what_ran_and_of_none_null(ledger_of, report):
    ran = validated(ledger_of([GOOD], report("log_ratio")))["lean"]
    assert (ran["toolchain"], ran["backend"], ran["accepted"], ran["replayed"]) == ("Lean 4.28.0", "wasm", True, 3)
    for outcome, accepted, defects in (
        (None, None, []), (ABSENT, None, ["no Lean"]), (CRASHED, False, ["Lean was killed"]),
    ):  # fmt: skip
        lean = validated(ledger_of([GOOD], outcome))["lean"]
        assert (lean.pop("accepted"), lean.pop("defects")) == (accepted, defects)
        assert set(lean.values()) == {None}


def broken(data, *path, value):
    """The data with one place changed."""
    data = json.loads(json.dumps(data))
    place = data
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return data


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("schema",), 1),
        (("extra",), 1),
        (("made",), "yesterday"),
        (("sources_sha256",), "0"),
        (("lean", "backend"), "mathlib"),
        (("lean", "extra"), 1),
        (("claims", 0, "id"), "Not A Slug"),
        (("claims", 0, "effective"), "true"),
        (("claims", 0, "effective"), "not-applicable"),
        (("claims", 0, "lean", "status"), "tested"),
        (("claims", 0, "numeric", "status"), "proved"),
        (("claims", 0, "numeric", "instances"), 0),
        (("claims", 0, "numeric", "worst_ratio"), "1.0"),
        (("claims", 0, "numeric", "refuted_by"), {}),
        (("claims", 0, "symbolic", "extra"), None),
        (("claims", 0, "why"), ""),
    ],
)
def test_the_schema_refuses_what_is_not_in_its_form(ledger_of, path, value):
    data = validated(ledger_of([GOOD]))
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(broken(data, *path, value=value), SCHEMA)


def objects(schema):
    """All object schemas inside a schema."""
    if isinstance(schema, dict):
        if "properties" in schema:
            yield schema
        for value in schema.values():
            yield from objects(value)


LATER = (
    "papers",
    "group_slug",
    "tests",
    "derives",
    "holds_over",
)  # a ledger that was stored before there were these is still read


def test_the_schema_is_a_schema_and_leaves_no_field_out():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    found = list(objects(SCHEMA))
    assert len(found) == 12
    for schema in found:
        assert schema["additionalProperties"] is False
        assert schema["required"] == [name for name in schema["properties"] if name not in LATER]


def test_a_stored_ledger_is_recalled_and_a_damaged_one_is_not(table, cache):
    with pytest.raises(CannotRunError, match="no check has been run yet: rlhf-lemmas check"):
        recall()
    ledger = build_ledger(only="numeric", instances=60)
    path = remember(ledger)
    assert recall() == validated(ledger)
    assert [p.name for p in cache.iterdir()] == ["ledger.json"]
    path.write_text(path.read_text()[:-9])
    with pytest.raises(
        CannotRunError, match=r"ledger\.json: expected .* read as JSON .*; make it anew: rlhf-lemmas che"
    ):
        recall()


def test_the_digest_of_the_sources_changes_with_the_table_and_is_else_the_same(monkeypatch, tmp_path):
    before = sources_digest()
    assert sources_digest() == before
    (tmp_path / "other.toml").write_text("")
    monkeypatch.setattr("rlhf_proofs.ledger.build.claims_folder", lambda: tmp_path)
    assert sources_digest() != before
