"""What docs/lean.md shows compiles, and the challenge states what the library proves."""

import json
import re

import pytest
from typer.testing import CliRunner

from rlhf_proofs.cli import app
from rlhf_proofs.errors import TableError
from rlhf_proofs.lean.audit import ALLOWED_AXIOMS
from rlhf_proofs.lean.challenge import challenge, comparator
from rlhf_proofs.lean.library import Library
from rlhf_proofs.resources import proofs_directory
from rlhf_proofs.table import load_table

from .elaborate import elaborate

ROOT = proofs_directory().parent
PAGE = (ROOT / "docs/lean.md").read_text(encoding="utf-8")
HEADLINES = [entry.lean for entry in load_table() if entry.lean is not None]
SHORT = [name.removeprefix("RLHF.") for name in HEADLINES]
LAKEFILE = (proofs_directory() / "lakefile.toml").read_text(encoding="utf-8")
LIBRARY = Library.load(proofs_directory())
RECORDED = json.loads((ROOT / "records/ledger.json").read_text(encoding="utf-8"))["lean"]["audit_surface"]["files"]
CHALLENGE = challenge(LIBRARY, HEADLINES, RECORDED)
IMPORTS = re.compile(r"\A(?:import .*\n)+")
THEOREM = re.compile(r"^theorem (?=\w)", re.MULTILINE)


def test_the_challenge_has_every_headline_theorem_once_and_nothing_but_sorry_for_a_proof():
    assert sorted(re.findall(r"^theorem (\S+)", CHALLENGE, re.MULTILINE)) == sorted(SHORT)
    assert len(re.findall(r":= sorry$", CHALLENGE, re.MULTILINE)) == CHALLENGE.count(":= sorry") == len(SHORT)
    assert ":= by" not in CHALLENGE
    assert not [name for name in re.findall(r"^import (\S+)$", CHALLENGE, re.MULTILINE) if ".Main" in name]


def test_a_headline_theorem_that_is_in_no_file_is_refused():
    with pytest.raises(TableError, match=r"in no file of headline theorems: RLHF\.absent"):
        challenge(LIBRARY, ["RLHF.absent"], RECORDED)


def test_the_configuration_names_every_theorem_and_the_axioms_that_the_judge_allows():
    said = json.loads(comparator(HEADLINES, "Mine"))
    assert said["theorem_names"] == HEADLINES
    assert said["solution_module"] == "Mine"
    assert set(said["permitted_axioms"]) == ALLOWED_AXIOMS
    assert all(f"`{field}`" in PAGE for field in said)


def test_the_command_writes_both_files(tmp_path):
    done = CliRunner().invoke(app, ["lean", "challenge", str(tmp_path / "new")])
    assert done.exit_code == 0, done.output
    assert (tmp_path / "new/Challenge.lean").read_text(encoding="utf-8").count(":= sorry") == len(HEADLINES)
    assert json.loads((tmp_path / "new/comparator.json").read_text(encoding="utf-8"))["solution_module"] == "RLHF"


@pytest.mark.parametrize("name", ["", "My Module", "a.b.", "7", "../x"])
def test_a_solution_that_is_no_module_is_refused(tmp_path, name):
    done = CliRunner().invoke(app, ["lean", "challenge", str(tmp_path / "new"), "--solution", name])
    assert done.exit_code == 2
    assert "--solution: expected the name of a Lean module" in " ".join(done.output.split())
    assert not (tmp_path / "new").exists()


def test_what_must_be_required_is_the_name_and_folder_of_the_package():
    (name,) = re.findall(r'^(name = ".*")\n(?=defaultTargets)', LAKEFILE, re.MULTILINE)
    assert f'{name}\npath = "../rlhf-lemmas/proofs"' in PAGE


def _stated_beside_the_library():
    """The challenge with other names, in a file that imports the library, and each statement proved by the library."""
    stated = THEOREM.sub("theorem Stated.", IMPORTS.sub("import RLHF\n", CHALLENGE))
    return stated + "".join(f"\nexample : type_of% @RLHF.Stated.{name} := @RLHF.{name}" for name in SHORT) + "\n"


WRONG = "import RLHF\nexample : type_of% @RLHF.kl_nonneg := @RLHF.log_ratio\n"


@pytest.fixture(scope="module")
def said():
    pages = dict(zip(("Use", "Instance", "Axioms"), re.findall(r"```lean\n(.*?)```", PAGE, re.DOTALL), strict=True))
    return elaborate(Challenge=CHALLENGE, Same=_stated_beside_the_library(), Wrong=WRONG, **pages)


@pytest.mark.lean
@pytest.mark.slow
def test_the_challenge_compiles_with_a_warning_for_each_sorry_and_nothing_else(said):
    assert [severity for severity, _ in said["Challenge"]] == ["warning"] * len(HEADLINES)
    assert {text for _, text in said["Challenge"]} == {"declaration uses `sorry`"}


@pytest.mark.lean
@pytest.mark.slow
def test_the_library_proves_each_statement_of_the_challenge_and_another_statement_would_be_seen(said):
    assert [severity for severity, _ in said["Same"]] == ["warning"] * len(HEADLINES)
    assert [severity for severity, _ in said["Wrong"]] == ["error"]


@pytest.mark.lean
@pytest.mark.slow
def test_the_examples_of_the_page_compile(said):
    assert said["Use"] == said["Instance"] == []
    ((severity, text),) = said["Axioms"]
    assert severity == "information"
    assert text.startswith("'RLHF.gradient_domination' depends on axioms: ")
