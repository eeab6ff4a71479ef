"""The ledger of a release: shown and cited as somebody else's, stale for other sources, replaced by a check."""

import json
import re
from dataclasses import replace

import pytest
from typer.testing import CliRunner

from rlhf_proofs import cli, resources
from rlhf_proofs.errors import CannotRunError
from rlhf_proofs.lean.audit import Constants
from rlhf_proofs.ledger.build import recall, released, sources_digest
from rlhf_proofs.publish.citation import as_bibtex, as_latex, cite
from rlhf_proofs.records import recorded
from rlhf_proofs.records.recorded import STALE, chosen, recorded_report, remark
from rlhf_proofs.table import load_table

from .conftest import REPOSITORY

MARK = re.compile(
    r"recorded by A\. Name on \d{4}-\d\d-\d\d with Lean 4\.28\.0 \(wasm\) from commit c{16}; not checked here"
)
NAMES = ("log_ratio", "kl_nonneg")


def invoke(*args):
    return CliRunner().invoke(cli.app, [str(a) for a in args])


@pytest.fixture
def checked(table, lean, report, monkeypatch):
    """A full check in which both statements of the table were proved."""
    constants = {
        f"RLHF.{n}": {"name": f"RLHF.{n}", "module": "RLHF.Main", "kind": "theorem", "type": n, "type_uses": [],
                      "value_uses": ["RLHF.lemma", "Core.lemma"]}
        for n in NAMES
    }  # fmt: skip
    constants["RLHF.lemma"] = {
        "name": "RLHF.lemma",
        "module": "RLHF.Main",
        "kind": "theorem",
        "type": "",
        "type_uses": [],
    }
    constants["RLHF.kl_nonneg"]["value_uses"].append("RLHF.more")
    constants["RLHF.more"] = constants["RLHF.lemma"] | {"name": "RLHF.more"}
    lean(replace(report(*NAMES), constants=Constants(constants)))
    for module in ("rlhf_proofs.commands.record", "rlhf_proofs.commands.cite", "rlhf_proofs.commands.report"):
        monkeypatch.setattr(f"{module}.load_table", lambda: load_table(table))
    monkeypatch.setattr("rlhf_proofs.commands.record.software_commit", lambda: ("c" * 40, False))
    assert invoke("check", "--instances", "50").exit_code == 0


@pytest.fixture
def release(checked, tmp_path, monkeypatch, cache):
    """That check recorded, and the own one gone."""
    folder = tmp_path / "release"
    result = invoke("record-ledger", "--by", "A. Name", "--out", folder)
    assert result.exit_code == 0, result.output
    (cache / "ledger.json").unlink()
    monkeypatch.setattr(recorded, "recorded_folder", lambda: folder)
    return folder


@pytest.fixture
def few(monkeypatch):
    """A campaign of few instances draws the figures."""
    monkeypatch.setattr("rlhf_proofs.report.leftovers.INSTANCES", 20)


def test_what_is_recorded_says_by_whom_from_which_commit_on_which_platform(release):
    body = json.loads((release / "recorded.json").read_text())
    assert (body["by"], body["commit"], body["modified"]) == ("A. Name", "c" * 40, False)
    assert body["platform"]
    stored = json.loads((release / "ledger.json").read_text())
    assert stored["sources_sha256"] == sources_digest()
    assert stored["lean"]["toolchain"] == "Lean 4.28.0"


def test_it_is_recorded_where_it_is_looked_for_if_no_folder_is_named(checked, tmp_path, monkeypatch):
    monkeypatch.setattr("rlhf_proofs.commands.record.records_folder", lambda: tmp_path / "records")
    assert invoke("record-ledger", "--by", "A. Name").exit_code == 0
    assert sorted(path.name for path in (tmp_path / "records").iterdir()) == ["ledger.json", "recorded.json"]
    assert resources.recorded_folder() == resources.records_folder()


@pytest.mark.parametrize("command", [("ledger",), ("show", "log-ratio"), ("graph",)])
def test_without_a_check_and_without_lean_commands_show_what_is_recorded_and_say_so(release, no_lean, command):
    result = invoke(*command)
    assert result.exit_code == 0, result.output
    assert MARK.search(result.stdout), result.stdout
    assert "proved" in result.stdout


def test_the_graph_of_the_record_is_that_of_the_check(release, no_lean):
    found = json.loads(invoke("graph", "--json").stdout)
    assert found["edges"] == [{"from": "kl-nonneg", "rests_on": "log-ratio"}]
    assert found["recorded"]["by"] == "A. Name"
    assert invoke("graph", "--dot").stdout.startswith("// recorded by A. Name; not checked here")


@pytest.mark.slow
def test_without_lean_the_report_is_made_from_the_record_and_every_page_says_so(release, few, no_lean, tmp_path):
    result = invoke("report", tmp_path / "site")
    assert result.exit_code == 0, result.output
    pages = list((tmp_path / "site").rglob("*.html"))
    assert len(pages) > 5
    for page in pages:
        assert "Not checked here: this ledger was recorded by A. Name" in page.read_text(encoding="utf-8"), page


@pytest.fixture
def other_sources(monkeypatch):
    """The sources are others than those of every ledger."""
    for module in ("rlhf_proofs.commands.report", "rlhf_proofs.ledger.build"):
        monkeypatch.setattr(f"{module}.sources_digest", lambda: "f" * 64)


@pytest.mark.slow
def test_the_record_is_reported_although_there_is_a_check_of_your_own_if_it_is_asked_for(release, few, tmp_path):
    assert invoke("check", "--instances", "50").exit_code == 0
    assert "recorded by A. Name" not in invoke("report", tmp_path / "own").stderr
    result = invoke("report", tmp_path / "site", "--recorded")
    assert result.exit_code == 0, result.output
    assert MARK.search(result.stderr)
    assert "Not checked here" in (tmp_path / "site/index.html").read_text(encoding="utf-8")
    assert "Not checked here" not in (tmp_path / "own/index.html").read_text(encoding="utf-8")


@pytest.mark.slow
def test_a_record_of_other_sources_is_reported_as_stale_without_anything_that_lean_said(
    release, few, other_sources, tmp_path
):
    assert invoke("report", tmp_path / "refused").exit_code == 1
    result = invoke("report", tmp_path / "site", "--recorded")
    assert result.exit_code == 0, result.output
    assert "NOT OF THESE SOURCES" in result.stderr
    page = (tmp_path / "site/statement/log-ratio.html").read_text(encoding="utf-8")
    assert "The sources have changed since this check was made." in page
    assert set(re.findall(r'class="chip st-([a-z-]+)"', (tmp_path / "site/index.html").read_text())) >= {"stale"}
    assert "st-proved" not in page
    assert "log_ratio : …" not in page  # the statement as Lean printed it for those sources


def test_without_a_record_none_is_reported(checked, tmp_path):
    result = invoke("report", tmp_path / "site", "--recorded")
    assert "no ledger is recorded with these sources" in str(result.exception)
    assert not (tmp_path / "site").exists()


@pytest.mark.parametrize("form", ["--bibtex", "--latex", "--json"])
def test_a_recorded_proof_is_cited_as_recorded_and_not_as_checked(release, no_lean, monkeypatch, form):
    monkeypatch.setattr("rlhf_proofs.commands.cite.load_table", load_table)  # the table of this test has no LaTeX
    result = invoke("cite", "log-ratio", form)
    assert result.exit_code == 0, result.output
    assert MARK.search(result.stderr)
    if form == "--json":
        (said,) = json.loads(result.stdout)
        assert (said["status"], said["recorded"]["by"], said["software"]["commit"]) == ("proved", "A. Name", "c" * 40)
        return
    assert "proved as RLHF.log" in result.stdout
    assert re.search(r"commit c{16}; recorded by A. Name on \d{4}-\d\d-\d\d, not checked here", result.stdout)
    assert "checked 2" not in result.stdout


def test_what_was_recorded_for_other_sources_is_stale_everywhere(release, no_lean, monkeypatch, tmp_path):
    for module in ("ledger.build", "cli", "commands.cite", "commands.report", "commands.record"):
        monkeypatch.setattr(f"rlhf_proofs.{module}.sources_digest", lambda: "f" * 64)
    said = recall()
    assert (
        {row["effective"] for row in said["claims"]} == {row["lean"]["status"] for row in said["claims"]} == {"stale"}
    )
    entries = [entry for entry in load_table() if entry.id == "log-ratio"]
    citation = cite(said, entries, "log-ratio", current=False)
    assert citation["status"] == citation["lean"]["status"] == "stale"
    for form in (as_bibtex, as_latex):
        assert "proved" not in form([citation])
    for command in (("ledger",), ("show", "log-ratio")):
        output = invoke(*command).stdout
        assert output.startswith("NOT OF THESE SOURCES")
        assert not re.search(r"\bproved\b", output)
    for command in (("graph",), ("report", tmp_path / "site")):
        refused = invoke(*command)
        assert isinstance(refused.exception, CannotRunError)
        assert STALE in str(refused.exception)
    assert invoke("record-ledger", "--check").exit_code == 1
    assert "NOT OF THESE SOURCES" in invoke("doctor").stdout


def test_a_check_of_ones_own_replaces_what_is_recorded(release, lean, report):
    lean(report(*NAMES, defects=["planted"]))
    assert invoke("check", "--instances", "50").exit_code == 1
    assert "recorded" not in recall()
    assert {row["effective"] for row in recall()["claims"]} == {"open"}


def test_a_check_that_had_no_lean_and_found_nothing_wrong_does_not_hide_what_is_recorded(release, no_lean):
    assert invoke("check", "--instances", "50").exit_code == 2
    assert recall()["recorded"]["by"] == "A. Name"
    assert {row["effective"] for row in recall()["claims"]} == {"proved"}


def test_a_check_without_lean_that_found_something_wrong_counts():
    row = {"id": "a", "effective": "refuted"}
    own = {"sources_sha256": "s", "claims": [row], "derivations": [], "lean": {"backend": None, "accepted": None}}
    release = {"sources_sha256": "s", "recorded": {}}
    assert chosen(own, release, "s") is own
    assert chosen(own | {"claims": [row | {"effective": "tested"}]}, release, "s") is release
    assert chosen(own, release, "t") is own
    assert chosen(own | {"sources_sha256": "old"}, release, "s") is release
    assert chosen(None, release, "t") is release
    assert chosen(None, None, "t") is None


def test_recording_asks_for_a_name_and_a_check_in_which_everything_was_proved(checked, lean, report, tmp_path, cache):
    assert invoke("record-ledger", "--out", tmp_path / "r").exit_code == 2
    assert invoke("record-ledger", "--by", " ", "--out", tmp_path / "r").exit_code == 2
    lean(report("log_ratio"))
    assert invoke("check", "--instances", "50").exit_code == 1
    refused = invoke("record-ledger", "--by", "A. Name", "--out", tmp_path / "r")
    assert "did not prove or derive kl-nonneg" in str(refused.exception)
    (cache / "ledger.json").unlink()
    assert isinstance(invoke("record-ledger", "--by", "A. Name", "--out", tmp_path / "r").exception, CannotRunError)
    assert not (tmp_path / "r").exists()


def test_a_recorded_ledger_is_not_recorded_again(release, tmp_path):
    refused = invoke("record-ledger", "--by", "B. Name", "--out", tmp_path / "again")
    assert "no check of your own" in str(refused.exception)


@pytest.mark.parametrize("name", ["ledger.json", "recorded.json"])
@pytest.mark.parametrize("damage", [lambda text: text[:-20], lambda text: text.replace("c", "d"), lambda _: "[]"])
def test_a_damaged_record_is_refused_with_a_sentence(release, run_main, name, damage):
    (release / name).write_text(damage((release / name).read_text()))
    status, _, errors = run_main("ledger")
    assert (status, "Traceback" in errors) == (2, False)
    assert "rlhf-lemmas check" in errors


def test_an_edited_row_is_refused_though_the_file_is_whole(release):
    path = release / "ledger.json"
    path.write_text(path.read_text().replace("RLHF.log_ratio", "RLHF.all_true"))
    with pytest.raises(CannotRunError, match="not the record of the ledger beside it"):
        recall()


def test_the_record_of_the_repository_is_read(monkeypatch):
    monkeypatch.setattr(recorded, "recorded_folder", resources.recorded_folder)
    found = released()
    assert found["recorded"]["by"]
    assert len(found["claims"]) >= 40
    if found["sources_sha256"] != sources_digest():
        pytest.skip(f"a release needs another record: {remark(found, current=False)}")
    lean = recorded_report(found, sources_digest())
    assert {row["effective"] for row in found["claims"]} == {"proved"}
    assert all(e.lean in lean.constants.by_name for e in load_table())


def test_the_release_is_told_how_to_record():
    text = (REPOSITORY / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert "rlhf-lemmas record-ledger --check" in text


def test_an_own_check_is_shown_although_the_record_is_damaged(release, run_main, table, lean, report):
    lean(report("log_ratio", "kl_nonneg"))
    assert run_main("check", "--instances", "50")[0] == 0
    (release / "recorded.json").write_text("{}")
    status, shown, _ = run_main("ledger")
    assert status == 0
    assert "recorded by" not in shown
