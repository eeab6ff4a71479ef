"""``rlhf-lemmas trace`` as a shell runs it, with the tracing itself replaced."""

import importlib.machinery
import json
import re
import sys
from dataclasses import fields
from types import SimpleNamespace

import pytest

from rlhf_proofs.commands import trace as command
from rlhf_proofs.dojo import Agreement, Edge, Premise, Tactic, Theorem, Trace, read
from rlhf_proofs.dojo.loader import _git, lean_dojo
from rlhf_proofs.dojo.run import claims_by_theorem
from rlhf_proofs.errors import CannotRunError
from rlhf_proofs.table import load_table

from .conftest import REPOSITORY

ROW = Theorem(
    "RLHF.a", "RLHF.a", "RLHF.Main", "RLHF/Main.lean", False, ("a",), (1, 1), (2, 3), "theorem a : 1 ≤ 2", None, (),
    (Premise("Nat", "Init.Prelude", in_statement=True, in_proof=True),),
)  # fmt: skip


@pytest.fixture
def traced(monkeypatch):
    def answer(*disagreements):
        agreement = Agreement(1, 0, 1, 0, 0, disagreements)
        result = Trace((ROW,), (Edge("a", "b", True, False),), agreement, ("RLHF.Main",), "Lean 4.28.0", "0" * 40)
        monkeypatch.setattr(command, "trace_proofs", lambda **_: result)

    return answer


def test_the_data_set_is_written_as_json_lines(traced, run_main, tmp_path):
    traced()
    status, out, _ = run_main("trace", tmp_path / "new" / "folder")
    assert status == 0
    assert "1 theorems (1 of the claim table), 0 tactics, 1 premises" in out
    assert "1 edges between statements: 0 in the kernel, 1 by the sources, 0 in both" in out
    assert read(tmp_path / "new" / "folder") == (ROW,)
    edge = json.loads((tmp_path / "new/folder/premises.jsonl").read_text())
    assert edge == {
        "theorem": "RLHF.a", "from": "RLHF.Main", "name": "Nat", "module": "Init.Prelude", "in_statement": True,
        "in_proof": True,
    }  # fmt: skip
    between = json.loads((tmp_path / "new/folder/statements.jsonl").read_text())
    assert between == {"statement": "a", "rests_on": "b", "in_source": True, "in_kernel": False}


def test_a_disagreement_with_the_elaborator_exits_1_and_nothing_is_written(traced, run_main, tmp_path):
    traced("RLHF.a: its first goal is wrong")
    status, out, _ = run_main("trace", tmp_path / "folder")
    assert status == 1
    assert "RLHF.a: its first goal is wrong" in out
    assert not (tmp_path / "folder").exists()


def test_a_file_in_the_place_of_the_folder_is_a_usage_error(traced, run_main, tmp_path):
    traced()
    (tmp_path / "file").write_text("kept")
    status, _, err = run_main("trace", tmp_path / "file")
    assert status == 2
    assert "is not a folder" in err
    assert (tmp_path / "file").read_text() == "kept"


def test_without_lean_dojo_it_cannot_run_and_says_what_to_install(monkeypatch, run_main, no_lean, tmp_path):
    monkeypatch.setitem(sys.modules, "lean_dojo", None)
    status, _, err = run_main("trace", tmp_path)
    assert status == 2
    assert "lean_dojo is missing: pip install 'rlhf-lemmas[dojo]'" in " ".join(err.split())
    assert list(tmp_path.iterdir()) == []


def test_a_lean_dojo_that_may_ask_a_server_is_refused(monkeypatch):
    for name, content in {"lean_dojo": {}, "lean_dojo.constants": {"DISABLE_REMOTE_CACHE": False}}.items():
        module = SimpleNamespace(__spec__=importlib.machinery.ModuleSpec(name, None), __name__=name, **content)
        monkeypatch.setitem(sys.modules, name, module)
    with pytest.raises(CannotRunError, match="set DISABLE_REMOTE_CACHE=1"):
        lean_dojo()


def test_without_git_it_cannot_run(monkeypatch, tmp_path):
    with pytest.raises(CannotRunError, match="git conjure failed in a temporary folder: git: 'conjure' is not a git"):
        _git(tmp_path, "conjure")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CannotRunError, match="git is missing, which lean-dojo needs"):
        _git(tmp_path, "init")


def test_the_documentation_names_every_field():
    rows = [line for line in (REPOSITORY / "docs/trace.md").read_text().splitlines() if line.startswith("| ")][2:]
    documented = [re.findall(r"`(\w+)`", row.split("|")[3]) for row in rows]
    held = [[field.name for field in fields(kind)] for kind in (Theorem, Tactic, Premise)]
    assert documented == [*held, ["theorem", "from", *held[2]], list(Edge._fields)]


def test_every_statement_of_the_table_with_a_theorem_is_looked_for():
    entries = load_table()
    table = claims_by_theorem(entries)
    assert sorted(slug for ids in table.values() for slug in ids) == sorted(e.id for e in entries if e.lean)
