"""formalization.yaml is what the command writes, names what is there, and has the fields of the format."""

import jsonschema
import pytest
import yaml
from typer.testing import CliRunner

from rlhf_proofs import cli
from rlhf_proofs.errors import CannotRunError
from rlhf_proofs.records.formalization import divergences, formalization_yaml
from rlhf_proofs.records.pins import load_pins
from rlhf_proofs.table import load_table

from .conftest import REPOSITORY

FILE = REPOSITORY / "formalization.yaml"
TEXT = {"type": "string", "minLength": 1}
SOURCE = {"type": "object", "required": ["title", "authors", "id"], "properties": {"title": TEXT, "id": TEXT}}
RESULT = {"type": "object", "required": ["declaration", "file", "sorry_count", "axioms"]}
# The required fields of formalization.yaml v0.4 (mathlib-initiative/formalization.yaml).
FORMAT = {
    "type": "object",
    "required": ["project", "sources", "automation", "review"],
    "properties": {
        "project": {
            "required": ["name", "authors", "license"],
            "properties": {"name": TEXT, "authors": {"type": "array", "minItems": 1}, "license": TEXT},
        },
        "sources": {"type": "array", "minItems": 1, "items": SOURCE},
        "status": {"properties": {"main_results": {"type": "array", "minItems": 1, "items": RESULT}}},
        "automation": {"required": ["methods"]},
        "review": {"required": ["status"], "properties": {"status": TEXT}},
    },
}


@pytest.fixture(scope="module")
def data():
    return yaml.safe_load(FILE.read_text(encoding="utf-8"))


def test_the_file_is_what_the_command_writes_now():
    assert FILE.read_text(encoding="utf-8") == formalization_yaml(), "run rlhf-lemmas formalization"


def test_the_file_has_the_fields_that_the_format_requires(data):
    jsonschema.validate(data, FORMAT)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({key: value for key, value in data.items() if key != "review"}, FORMAT)


def test_every_result_is_a_pinned_theorem_in_the_file_that_it_names(data):
    results = data["status"]["main_results"]
    pins = {pin.theorem: pin.sha256 for pin in load_pins().values()}
    assert {r["declaration"]: r["statement_sha256"] for r in results} == pins
    for result in results:
        text = (REPOSITORY / result["file"]).read_text(encoding="utf-8")
        assert f"theorem {result['declaration'].removeprefix('RLHF.')} " in text.replace("\n", " ")


def test_a_statement_without_a_pin_is_not_a_result(monkeypatch):
    monkeypatch.setattr("rlhf_proofs.records.formalization.load_pins", dict)
    data = yaml.safe_load(formalization_yaml())
    assert data["status"]["main_results"] == []
    assert {s["status"] for s in data["alignment"]["statements"]} == {"not-formalized"}


def test_every_divergence_is_there_with_its_number(data):
    lines = data["fidelity"]["divergences"].splitlines()
    assert lines == divergences().splitlines()
    assert [int(line.split(".")[0]) for line in lines] == list(range(1, len(lines) + 1))
    assert len(lines) > 10


def test_all_statements_are_aligned(data):
    assert [s["lean"] for s in data["alignment"]["statements"]] == [e.lean for e in load_table()]


def test_citation_cff_has_what_the_format_requires_and_the_version_that_is_packaged():
    import tomllib

    cff = yaml.safe_load((REPOSITORY / "CITATION.cff").read_text(encoding="utf-8"))
    for field in ("cff-version", "message", "title", "authors"):
        assert cff[field]
    assert cff["cff-version"] == "1.2.0"
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    assert (cff["version"], cff["license"]) == (project["version"], project["license"])
    assert all(set(a) <= {"family-names", "given-names", "name"} for r in cff["references"] for a in r["authors"])


@pytest.fixture
def ledger(monkeypatch):
    """What the last check said, in place of a real one."""
    rows = [{"id": e.id, "lean": {"status": "proved"}} for e in load_table()]
    data = {"sources_sha256": "0" * 64, "claims": rows}
    monkeypatch.setattr("rlhf_proofs.commands.cite.recall", lambda: data)
    monkeypatch.setattr("rlhf_proofs.commands.cite.sources_digest", lambda: "0" * 64)
    return data


def write(path):
    return CliRunner().invoke(cli.app, ["formalization", "--out", str(path)])


def test_it_is_written_after_a_check_that_proved_everything(ledger, tmp_path):
    assert write(tmp_path / "f.yaml").exit_code == 0
    assert (tmp_path / "f.yaml").read_text(encoding="utf-8") == FILE.read_text(encoding="utf-8")


@pytest.mark.parametrize("status", ["open", "stale", "not-run"])
def test_a_statement_that_the_check_did_not_prove_is_not_written_as_proved(ledger, tmp_path, status):
    ledger["claims"][3]["lean"]["status"] = status
    result = write(tmp_path / "f.yaml")
    assert isinstance(result.exception, CannotRunError)
    assert ledger["claims"][3]["id"] in str(result.exception)
    assert not (tmp_path / "f.yaml").exists()


def test_nothing_is_written_about_sources_that_were_not_checked(ledger, tmp_path):
    ledger["sources_sha256"] = "1" * 64
    assert "run `rlhf-lemmas check`" in str(write(tmp_path / "f.yaml").exception)
    assert not (tmp_path / "f.yaml").exists()
