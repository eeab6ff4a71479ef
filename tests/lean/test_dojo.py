"""Real Lean and the real lean-dojo on a small library, then on the headline theorems, against the kernel."""

import socket
import subprocess
import sys
from importlib.util import find_spec

import pytest

from rlhf_proofs.dojo import (
    Edge,
    compare,
    extract,
    premise_graph,
    read,
    statement_edges,
    syntax,
    theorems,
    trace_proofs,
    traced_repo,
    write,
)
from rlhf_proofs.dojo.agreement import _declared_theorems
from rlhf_proofs.lean.backend import find_backend
from rlhf_proofs.lean.library import Library
from rlhf_proofs.lean.scan import is_headline_file
from rlhf_proofs.resources import proofs_directory
from rlhf_proofs.table import load_table

# Not importorskip: it would import lean_dojo with its remote cache on.
NONE = "lean-dojo is not installed: pip install 'rlhf-lemmas[dojo]' (Python 3.11 or 3.12)"
pytestmark = [pytest.mark.lean, pytest.mark.slow, pytest.mark.skipif(find_spec("lean_dojo") is None, reason=NONE)]

HEADLINE_MODULES = tuple(sorted(
    name for p in (proofs_directory() / "RLHF/Papers").rglob("*.lean")
    if is_headline_file(name := ".".join(p.relative_to(proofs_directory()).with_suffix("").parts), "RLHF")
))  # fmt: skip
FILES = {
    "Small": "module\npublic import Small.Basic\n\npublic section\n\nnamespace Small\n\n"
    "/-- All. -/\ntheorem main (b : Box) : b.size + 0 = b.size ∧ twice 1 = 2 :=\n  ⟨b.size_add_zero, by rw [twice]⟩\n"
    "\nend Small\n\ntheorem outer : 1 + 1 = 2 := rfl\n",
    "Small/Basic": "module\n\n@[expose] public section\n\nnamespace Small\n\n"
    "/-- A box. -/\nstructure Box where\n  /-- Its size. -/\n  size : Nat\n\n"
    "/-- 2n. -/\ndef twice (n : Nat) : Nat := n + n\n\n"
    "namespace Box\n\n"
    "private theorem step (n : Nat) : n + 0 = n := by\n  induction n with\n  | zero => rfl\n  | succ k ih => rfl\n\n"
    "theorem size_add_zero (b : Box) : b.size + 0 = b.size := by\n  have h : b.size + 0 = b.size := step b.size -- über"
    "\n  exact h\n\n"
    "end Box\n\n"
    "noncomputable section\n\ntheorem inSection {m n : Nat} (h : m = n) : n = m := by\n  exact h.symm\n\nend\n\n"
    "end Small\n",
}
BOX = "_private.Small.Basic.0.Small.Box.step"


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    folder = tmp_path_factory.mktemp("small")
    for name, text in FILES.items():
        path = folder / f"{name}.lean"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return extract(Library.load(folder, "Small"), find_backend())


def rows_of(extraction):
    with traced_repo(extraction) as repo:
        claims = {"Small.main": ["main"], "Small.inSection": ["section"], "Small.Box.size_add_zero": ["size"]}
        return theorems(repo, extraction, claims)


@pytest.fixture(scope="module")
def rows(small):
    return rows_of(small)


def disagreements(rows, extraction, headlines=("Small.main",)):
    return compare(rows, extraction, headlines).disagreements


def by_name(rows):
    return {row.name: row for row in rows}


def test_every_theorem_has_the_name_that_the_kernel_has(small, rows):
    names = {"Small.main", "outer", BOX, "Small.Box.size_add_zero", "Small.inSection"}
    assert {row.constant for row in rows} == names == set(_declared_theorems(small))
    assert [row.name for row in rows if row.private] == ["Small.Box.step"]
    assert by_name(rows)["Small.main"].claims == ("main",)


def test_lean_dojo_and_the_elaborator_agree(small, rows):
    agreement = compare(rows, small, ["Small.main"])
    assert agreement.disagreements == ()
    assert agreement.goals == 2
    assert agreement.theorems == 5


def test_premises_are_found_through_dots_and_are_told_apart_by_place(rows):
    premises = {p.name: p for p in by_name(rows)["Small.main"].premises}
    assert {"Small.Box", "Small.Box.size", "Small.Box.size_add_zero", "Small.twice"} == set(premises)
    assert (premises["Small.twice"].in_statement, premises["Small.twice"].in_proof) == (True, True)
    assert (premises["Small.Box.size_add_zero"].in_statement, premises["Small.Box.size_add_zero"].in_proof) == (
        False,
        True,
    )
    assert premises["Small.Box.size_add_zero"].module == "Small.Basic"
    assert "Eq.symm" in premise_graph(rows)["Small.inSection"]
    assert BOX in premise_graph(rows)["Small.Box.size_add_zero"]
    assert premise_graph(rows, proofs_only=True)["Small.main"] == {"Small.Box.size_add_zero", "Small.twice"}


def test_the_sources_and_the_kernel_say_which_statement_rests_on_which(small, rows):
    assert statement_edges(rows, small.report.constants) == (Edge("main", "size", in_source=True, in_kernel=True),)


def test_a_tactic_has_its_goals_and_its_text_without_comments(rows):
    row = by_name(rows)["Small.Box.size_add_zero"]
    assert row.statement == "theorem size_add_zero (b : Box) : b.size + 0 = b.size"
    first, second = row.tactics
    assert first.tactic == "have h : b.size + 0 = b.size := step b.size"
    assert first.state_before == "b : Box\n⊢ b.size + 0 = b.size"
    assert first.state_after == "b : Box\nh : b.size + 0 = b.size\n⊢ b.size + 0 = b.size"
    assert (second.tactic, second.state_after) == ("exact h", "no goals")
    assert "<a>step</a>" in first.annotated
    assert "b.<a>size</a>" in first.annotated
    induction = by_name(rows)["Small.Box.step"].tactics[0]
    assert induction.tactic.startswith("induction n with")


def test_the_commit_is_a_function_of_the_sources(small):
    commits = set()
    for _ in range(2):
        with traced_repo(small) as repo:
            commits.add(repo.repo.commit)
            assert repo.get_traced_file("Small/Basic.lean").get_traced_theorem("Small.inSection") is not None
            assert list(repo.traced_files_graph.edges) == [("Small.lean", "Small/Basic.lean")]
    assert len(commits) == 1


@pytest.fixture
def no_network(monkeypatch):
    """Refuse every connection and every question for an address."""

    def refuse(*_args, **_kwargs):
        raise AssertionError("a server was asked")

    for name in ("getaddrinfo", "gethostbyname", "create_connection"):
        monkeypatch.setattr(socket, name, refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # of the control
def test_nothing_is_asked_of_a_network(no_network, small):
    """LeanDojo's own constructor from the same files does ask: the control."""
    assert rows_of(small)
    with traced_repo(small) as repo, pytest.raises(AssertionError, match="a server was asked"):
        type(repo).from_traced_files(repo.root_dir)


def test_lean_dojo_is_imported_without_asking_a_server():
    """In a process of its own: here it is imported already."""
    code = (
        "import sys\nasked = []\n"
        "sys.addaudithook(lambda event, _: event in ('socket.connect', 'socket.getaddrinfo') and asked.append(event))\n"
        "from rlhf_proofs.dojo import lean_dojo\nlean_dojo()\nprint(asked)\n"
        "import socket\nsocket.getaddrinfo('localhost', 9)\nprint(asked)\n"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.split("\n")[:2] == ["[]", "['socket.getaddrinfo']"]


def test_what_is_written_is_read_back_and_is_the_same_each_time(rows, small, tmp_path):
    edges = statement_edges(rows, small.report.constants)
    paths = write(rows, edges, tmp_path / "a")
    assert read(tmp_path / "a") == rows
    again = write(rows_of(small), edges, tmp_path / "b")
    assert [p.read_bytes() for p in paths] == [p.read_bytes() for p in again]
    assert paths[1].read_text().count("\n") == sum(len(row.premises) for row in rows)


def test_without_the_normalisation_names_or_premises_come_out_wrong_and_it_is_seen(small, monkeypatch):
    """The control of the comparison on real data: LeanDojo itself says nothing."""
    of_today = syntax._of_today
    monkeypatch.setattr(
        syntax, "_of_today", lambda kind, args: (kind, args) if kind == syntax._END else of_today(kind, args)
    )
    said = disagreements(rows_of(small), small)
    assert any("was traced, and the kernel has no such theorem" in line for line in said)
    assert "outer is a theorem, and was not traced" in said


def test_without_cutting_dotted_identifiers_a_headline_loses_its_premises(small, monkeypatch):
    monkeypatch.setattr(syntax._Builder, "_mentions_within", lambda *_: False)
    main = by_name(rows_of(small))["Small.main"]
    assert "Small.Box.size_add_zero" not in {p.name for p in main.premises}


def test_every_headline_theorem_is_there_with_its_premises_and_agrees_with_the_kernel():
    """The modules that state them and one of tactic proofs, in half a minute; `rlhf-lemmas trace` takes all."""
    entries = [e for e in load_table() if e.lean]
    trace = trace_proofs(modules=[*HEADLINE_MODULES, "RLHF.Geometry.Domination"])
    assert trace.agreement.disagreements == ()
    assert trace.agreement.goals >= 10
    assert {slug for row in trace.rows for slug in row.claims} == {e.id for e in entries}
    headlines = [row for row in trace.rows if row.claims]
    assert len(headlines) == len(entries) > 50
    assert all(any(p.in_proof for p in row.premises) for row in headlines)
    assert "RLHF.Problem.gap_eq_klDiv" in premise_graph(trace.rows)["RLHF.gap_identity"]
