"""The stored ledger: believed with its digest only and judged again from its parts; what ran the check is in it."""

import json
import platform
from dataclasses import replace
from importlib.metadata import version

import numpy
import pytest
import sympy

from rlhf_numeric.evaluation.case_json import sealed
from rlhf_proofs import build_ledger
from rlhf_proofs.errors import CannotRunError
from rlhf_proofs.ledger import environment
from rlhf_proofs.ledger.build import recall, remember
from rlhf_proofs.ledger.verdict import exit_code_of

from .conftest import validated
from .test_ledger import ABSENT, CRASHED, GOOD, LATER, row


@pytest.fixture
def stored(table, lean, report, cache):
    """A way to forge a stored ledger in which both statements are proved: the digest is made anew."""
    lean(report("log_ratio", "kl_nonneg"))
    path = remember(build_ledger(instances=60))

    def forge(change):
        data = json.loads(path.read_text())
        change(data)
        path.write_text(json.dumps(sealed({name: value for name, value in data.items() if name != "sha256"})))
        return path

    return forge


def test_a_stored_ledger_that_was_not_touched_is_believed(stored):
    stored(lambda data: None)
    assert [row["effective"] for row in recall()["claims"]] == ["proved", "proved"]


def test_a_ledger_that_was_stored_before_it_had_the_later_fields_is_still_shown(
    stored, run_main, tmp_path, monkeypatch
):
    monkeypatch.setattr("rlhf_proofs.report.leftovers.INSTANCES", 20)
    stored(lambda data: [part.pop(name, None) for r in data["claims"] for part in (r, r["lean"]) for name in LATER])
    assert [row["effective"] for row in recall()["claims"]] == ["proved", "proved"]
    for command in (("ledger",), ("show", "kl-nonneg"), ("cite", "kl-nonneg", "--json"), ("report", tmp_path / "site")):
        code, _, errors = run_main(*command)
        assert code == 0, errors
    assert (tmp_path / "site/statement/kl-nonneg.html").is_file()


def test_a_stored_ledger_without_its_digest_is_not_believed(stored):
    path = stored(lambda data: None)
    for change in ({"sha256": "0" * 64}, {"version": "9"}, {"made": "2030-01-01T00:00:00+00:00"}):
        before = path.read_text()
        path.write_text(json.dumps(json.loads(before) | change))
        with pytest.raises(CannotRunError, match="content that its digest does not fit; make it anew"):
            recall()
        path.write_text(before)
    path.write_text(json.dumps({k: v for k, v in json.loads(before).items() if k != "sha256"}))
    with pytest.raises(CannotRunError, match="an object without 'sha256'"):
        recall()


OPEN = {"status": "open", "axioms": ["sorryAx"], "why": "RLHF.log_ratio rests on sorryAx"}
FORGED = {
    "open, sorryAx, and proved": (("lean", OPEN), "log-ratio reads proved, its parts say open"),
    "sorryAx below a proof": (("lean", {"axioms": ["sorryAx"]}), "proved by a theorem that is not"),
    "axioms not looked at": (("lean", {"axioms": None}), "proved by a theorem that is not"),
    "an axiom of another's": (("lean", {"core_axioms": ["propext", "wish"]}), "proved by a theorem that is not"),
    "an unused hypothesis": (("lean", {"unused": ["h"]}), "proved by a theorem that is not"),
    "another statement": (("lean", {"statement_sha256": "1" * 64}), "proved by a theorem that is not"),
    "no statement": (("lean", {"statement_sha256": None}), "proved by a theorem that is not"),
    "no theorem": (("lean", {"theorem": None}), "proved by a theorem that is not"),
    "a refuted claim": (("numeric", {"status": "refuted"}), "reads proved, its parts say refuted"),
    "a vacuous test": (("numeric", {"status": "vacuous"}), "reads proved, its parts say vacuous"),
    "nothing decided": (("numeric", {"decided": 0, "undecided": 60}), "by a search that decided nothing"),
    "more decided than tried": (("numeric", {"decided": 61}), "by a search that decided nothing"),
    "a counterexample": (("numeric", "found"), "by a search that decided nothing"),
    "no step": (("symbolic", {"steps": None}), "derived by a derivation that is not"),
    "refused by the kernel": (("symbolic", {"kernel_checked": False}), "derived by a derivation that is not"),
}
COUNTEREXAMPLE = {"claim": "log-ratio", "origin": [0, 0, 0, "search"], "index": 0, "lhs": 2.0, "rhs": 1.0, "bits": 128}


@pytest.mark.parametrize(("change", "said"), FORGED.values(), ids=FORGED)
def test_a_stored_verdict_is_judged_again_from_its_parts(stored, change, said):
    kind, fields = change
    fields = {"refuted_by": COUNTEREXAMPLE} if fields == "found" else fields
    stored(lambda data: data["claims"][0][kind].update(fields))
    with pytest.raises(CannotRunError, match=f"expected a ledger that agrees with itself, but .*{said}"):
        recall()


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"effective": "derived"}, "log-ratio reads derived, its parts say proved"),
        ({"why": "lean: because"}, "log-ratio reads proved, its parts say proved"),
        ({"changed": ["title"]}, "log-ratio reads proved, its parts say stale"),
        ({"changed": None}, "log-ratio reads proved, its parts say stale"),
        ({"pinned_sha256": None}, "by a theorem that is not"),
    ],
)
def test_a_stored_row_is_judged_again_with_its_pin(stored, fields, said):
    stored(lambda data: data["claims"][0].update(fields))
    with pytest.raises(CannotRunError, match=said):
        recall()


@pytest.mark.parametrize("fields", [{"accepted": False}, {"accepted": None}, {"defects": ["a warning"]}])
def test_nothing_is_proved_by_a_library_that_was_not_accepted(stored, fields):
    stored(lambda data: data["lean"].update(fields))
    with pytest.raises(CannotRunError, match="log-ratio reads proved by a theorem that is not"):
        recall()


def test_a_statement_is_there_once(stored):
    stored(lambda data: data["claims"].append(data["claims"][0]))
    with pytest.raises(CannotRunError, match="it has a statement twice"):
        recall()


def test_a_further_derivation_is_judged_again_too(stored):
    stored(lambda data: data["derivations"][0].update(kernel_checked=False))
    with pytest.raises(CannotRunError, match="psi-sharp reads derived and is not"):
        recall()


def test_a_ledger_of_another_schema_says_so(stored):
    stored(lambda data: data.update(schema=3))
    with pytest.raises(
        CannotRunError, match=r"by this version, got schema = 3, not 4; make it anew: rlhf-lemmas check"
    ):
        recall()


@pytest.mark.parametrize(
    "args", [("ledger",), ("show", "log-ratio"), ("cite", "log-ratio"), ("report", "site"), ("graph",)]
)
def test_no_command_shows_a_forged_ledger(stored, run_main, args, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    stored(lambda data: data["claims"][0]["lean"].update(OPEN))
    code, out, errors = run_main(*args)
    assert (code, out) == (2, "")
    assert "log-ratio reads proved, its parts say open; make it anew: rlhf-lemmas check" in errors
    assert not (tmp_path / "site").exists()


def test_formalization_does_not_believe_a_forged_ledger(stored, run_main, tmp_path):
    stored(lambda data: data["claims"][0]["lean"].update(axioms=["sorryAx"]))
    code, _, errors = run_main("formalization", "--out", tmp_path / "f.yaml")
    assert (code, "by a theorem that is not" in errors) == (2, True)
    assert not (tmp_path / "f.yaml").exists()


@pytest.mark.parametrize(("lean_status", "exit_status"), [("proved", 0), ("open", 1), ("not-run", 2)])
def test_the_stored_ledger_exits_as_the_check_did(ledger_of, report, lean_status, exit_status):
    outcome = ABSENT if lean_status == "not-run" else report()
    ledger = ledger_of([row(lean_status)], outcome)
    assert (ledger.exit_code, exit_code_of(validated(ledger))) == (exit_status, exit_status)
    for other in (CRASHED, ABSENT, None, report(defects=["a warning"])):
        assert exit_code_of(validated(ledger_of([GOOD], other))) == ledger_of([GOOD], other).exit_code


def test_what_ran_a_check_stands_in_the_ledger(ledger_of, report, monkeypatch):
    monkeypatch.setattr("rlhf_proofs.ledger.environment._node", lambda: "v22.1.0")
    with_wasm = validated(ledger_of([GOOD], report()))["environment"]
    assert with_wasm["python"] == platform.python_version()
    assert (with_wasm["numpy"], with_wasm["sympy"], with_wasm["node"]) == (
        numpy.__version__,
        sympy.__version__,
        "v22.1.0",
    )
    assert with_wasm["python_flint"] == version("python-flint")
    assert with_wasm["platform"]
    with_lake = validated(ledger_of([GOOD], replace(report(), backend="lake")))["environment"]
    assert with_lake == with_wasm | {"node": None}
    assert validated(ledger_of([GOOD]))["environment"]["node"] is None


def test_what_is_not_installed_has_no_version(monkeypatch):
    assert environment._version("no-such-distribution") is None
    monkeypatch.setattr(environment, "find_node", lambda: None)
    environment._node.cache_clear()
    try:
        assert environment.environment("wasm")["node"] is None
    finally:
        environment._node.cache_clear()


@pytest.mark.parametrize("content", ["{", "[]", "{}", '{"sources": 1}'])
def test_a_damaged_file_of_tightness_is_a_loud_warning_and_its_rows_are_null(table, cache, run_main, content):
    cache.mkdir()
    (cache / "tightness.json").write_text(content)
    ledger = build_ledger(only="numeric", instances=60)
    data = validated(ledger)
    assert (ledger.exit_code, [row["tightness"] for row in data["claims"]]) == (
        0,
        [{"campaign": None, "hunt": None}] * 2,
    )
    (warning,) = data["warnings"]
    assert "tightness.json: expected what campaigns and hunts have found, got" in warning
    code, _, errors = run_main("check", "--only", "numeric", "--instances", 60)
    assert (code, "WARNING: no row has its tightness" in errors) == (0, True)
