"""Real Lean on small libraries, each with one planted defect: none may ever read as proved."""

from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from rlhf_proofs.errors import CannotRunError
from rlhf_proofs.evidence import Status
from rlhf_proofs.gather import lean_evidence
from rlhf_proofs.lean.audit import LibraryReport, judge
from rlhf_proofs.lean.backend import Backend, find_backend
from rlhf_proofs.lean.build import _LEAVE_TO_REPLAY, run_jobs
from rlhf_proofs.lean.census import Hypothesis, Reader, hypotheses
from rlhf_proofs.lean.events import Event
from rlhf_proofs.lean.library import Library
from rlhf_proofs.lean.process import Limits
from rlhf_proofs.pins import current_pins, difference
from rlhf_proofs.table import ClaimEntry

pytestmark = pytest.mark.lean

HEAD = "module\n\npublic section\n\n"
GOOD = "/-- One. -/\ntheorem fine (n : Nat) : n + 0 = n := rfl\n"

# Root module -> the files of its library.
WORD = "/-- Word. -/\ndef word (n : Nat) : Nat := n + 1\n\n"
STATED = "theorem planted (n : Nat) : word n = word n := rfl\n"
PLANTED: dict[str, dict[str, str]] = {
    "Good": {"Good": HEAD + GOOD},
    "Sorry": {"Sorry": HEAD + GOOD + "theorem planted : 1 = 2 := by sorry\n"},
    "HiddenSorry": {
        "HiddenSorry": "module\npublic import HiddenSorry.Inner\n\npublic section\n\n"
        "theorem planted : 1 = 2 := inner\n",
        "HiddenSorry/Inner": HEAD + "theorem inner : 1 = 2 := sorry\n",
    },
    "DeclaredAxiom": {"DeclaredAxiom": HEAD + "axiom wish : 1 = 2\n\ntheorem planted : 1 = 2 := wish\n"},
    "NativeDecide": {"NativeDecide": HEAD + "theorem planted : 10000 < 20000 := by native_decide\n"},
    "WrongProof": {"WrongProof": HEAD + GOOD + "theorem planted (n : Nat) : n + 1 = n := by\n  omega\n"},
    "Warned": {
        "Warned": HEAD + "variable {R : Type} [Inhabited R]\n\ntheorem planted (x : R) : x = x := rfl\n",
    },
    "Unreached": {"Unreached": HEAD + GOOD, "Unreached/Forgotten": HEAD + "theorem planted : True := trivial\n"},
    "KernelSkipped": {
        "KernelSkipped": HEAD + "set_option debug.skipKernelTC true in\ntheorem planted : 1 = 2 := by decide +kernel\n"
    },
    "KernelSkippedLater": {  # after `fine` in the order of the replay, so the other part's to check
        "KernelSkippedLater": HEAD + GOOD + "set_option debug.skipKernelTC true in\n"
        "theorem planted : 1 = 2 ∧ 0 + 0 = 0 := ⟨by decide +kernel, fine 0⟩\n"
    },
    "Shared": {"Shared": HEAD + GOOD + "theorem planted (n : Nat) : 0 + n = n := by rw [Nat.add_comm, fine]\n"},
    # One statement, and what may have become of it since it was pinned.
    "Pinned": {"Pinned": HEAD + WORD + STATED},
    "Commented": {"Commented": HEAD + "/-! Page -/\n" + WORD.replace("Word", "A word") + "-- new\n" + STATED},
    "Redefined": {"Redefined": HEAD + WORD.replace("n + 1", "n + 2") + STATED},
    "Weakened": {"Weakened": HEAD + WORD + STATED.replace("Nat) :", "Nat) (_ : 0 < n) :")},
    "Idle": {"Idle": HEAD + "theorem planted (n : Nat) (_idle : 0 < n) : n = n := rfl\n"},
    # The last of its lane, because from there on the kernel is left to the replay.
    "ReplayOnly": {"ReplayOnly": HEAD + GOOD + "theorem planted : 1 = 2 := by decide +kernel\n"},
}


def _backend() -> Backend:
    try:
        return find_backend()
    except CannotRunError as error:  # loud: the suite without Lean has not tested what it is for
        pytest.fail(f"no Lean to test with: {error}")


def _libraries(folder: Path) -> dict[str, Library]:
    for files in PLANTED.values():
        for name, text in files.items():
            path = folder / f"{name}.lean"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
    return {root: Library.load(folder, root) for root in PLANTED}


def _job(libraries: list[Library], out: Path) -> list[str]:
    """Several libraries in one process: a start takes longer than all of them together."""
    lines = [f"path\t{out}"]
    for library in libraries:
        lines += [f"set\t{_LEAVE_TO_REPLAY}"] if library.root == "ReplayOnly" else []
        for module in library.modules:
            olean = out / (module.name.replace(".", "/") + ".olean")
            olean.parent.mkdir(parents=True, exist_ok=True)
            lines.append(f"module\t{module.name}\t{module.path}\t{olean}")
        for part in range(2):  # shared as if between two processes
            lines += [f"own\t{m.name}" for m in library.modules]
            lines += ["headline\tplanted"] if part == 0 else []
            lines.append(f"audit\t{library.root}\t{part}\t2")
    return lines


@dataclass(frozen=True)
class Run:
    """What Lean reported of all planted libraries."""

    backend: str
    libraries: dict[str, Library]
    events: list[Event]

    def of(self, root: str) -> list[Event]:
        return _of(self.libraries[root], self.events)

    def judged(self, root: str, events: list[Event]) -> LibraryReport:
        return judge(self.libraries[root], events, backend=self.backend, seconds=0.0)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("planted")
    backend = _backend()
    libraries = _libraries(folder)
    each = list(libraries.values())
    lanes = [[_job(each[i::2], folder / "out")] for i in range(2)]
    return Run(backend.name, libraries, list(run_jobs(backend, lanes, folder, Limits())))


@pytest.fixture(scope="module")
def reports(run: Run) -> dict[str, LibraryReport]:
    return {root: run.judged(root, run.of(root)) for root in run.libraries}


def _of(library: Library, events: list[Event]) -> list[Event]:
    """Events about one library: what happens to another is not its business."""
    names = {m.name for m in library.modules}
    mine: list[Event] = []
    last = ""  # a census names no module; it follows the constants of the library that it belongs to
    for e in events:
        last = e["module"] if e["event"] == "constant" else last
        where = last if e["event"] == "census" else e.get("module", library.root)
        if where in names and e.get("root") in (None, library.root):
            mine.append(e)
    return mine


def test_a_good_library_is_accepted_and_its_theorem_proved(reports: dict[str, LibraryReport]) -> None:
    assert reports["Good"].defects == ()
    assert reports["Good"].refusal("fine") is None


@pytest.mark.parametrize(
    ("root", "said"),
    [
        ("Sorry", "sorry"),
        ("HiddenSorry", "sorry"),
        ("DeclaredAxiom", "wish"),
        ("NativeDecide", "NativeDecide"),
        ("WrongProof", "WrongProof.lean:8:2: error"),
        ("Warned", "Warned.lean:7:0: warning"),
        ("Unreached", "Unreached/Forgotten.lean is not reached"),
        ("KernelSkipped", "planted"),
        ("KernelSkippedLater", "planted"),
        ("ReplayOnly", "planted"),
    ],
)
def test_a_planted_defect_is_never_proved(reports: dict[str, LibraryReport], root: str, said: str) -> None:
    refusal = reports[root].refusal("planted")
    assert refusal is not None
    assert any(said in defect for defect in reports[root].defects), reports[root].defects


def test_a_sorry_behind_an_import_is_found_in_the_proof_term_too(reports: dict[str, LibraryReport]) -> None:
    assert reports["HiddenSorry"].theorems["planted"].axioms == ("sorryAx",)


def test_an_axiom_is_named_in_what_the_theorem_rests_on(reports: dict[str, LibraryReport]) -> None:
    assert reports["DeclaredAxiom"].theorems["planted"].axioms == ("wish",)


@pytest.mark.parametrize("root", ["KernelSkipped", "KernelSkippedLater", "ReplayOnly"])
def test_a_declaration_that_the_kernel_never_saw_is_rejected_on_replay(
    reports: dict[str, LibraryReport], root: str
) -> None:
    assert any("the kernel rejects" in defect for defect in reports[root].defects)


@pytest.mark.parametrize("part", [0, 1])
def test_the_replay_of_one_part_alone_is_not_enough(run: Run, part: int) -> None:
    events = run.of("Shared")
    replays = [e for e in events if e["event"] == "replayed"]
    assert [len(e["names"]) > 0 for e in replays] == [True, True]
    assert not set(replays[0]["names"]) & set(replays[1]["names"])
    assert run.judged("Shared", events).defects == ()
    alone = run.judged("Shared", [e for e in events if e != replays[part]])
    assert any("on replay" in defect for defect in alone.defects), alone.defects


def _with_nothing_unused(report: LibraryReport) -> LibraryReport:
    return replace(report, theorems={name: replace(t, unused=()) for name, t in report.theorems.items()})


@pytest.mark.parametrize(
    ("root", "same", "said"),
    [
        ("Commented", True, []),
        ("Redefined", False, ["~ word: redefined"]),
        ("Weakened", False, ["+ ∀ (n : Nat), 0 < n → word n = word n", "- ∀ (n : Nat), word n = word n"]),
    ],
)
def test_a_definition_or_a_hypothesis_changes_the_pin_and_a_comment_does_not(
    reports: dict[str, LibraryReport], root: str, same: bool, said: list[str]
) -> None:
    entry = ClaimEntry("planted", "title", "group", "paper", "planted", None, None)
    # The added hypothesis is idle, too, and idle ones are refused before pins are compared.
    reports = {name: _with_nothing_unused(reports[name]) for name in ("Pinned", root)}
    old, new = (current_pins([entry], report)["planted"] for report in reports.values())
    evidence = lean_evidence(entry, reports[root], old.sha256)
    assert evidence.status is (Status.PROVED if same else Status.STALE)
    lines = sorted(line for line in difference(old, new) if line[0] in "+-~")
    assert lines == said


def test_each_declaration_is_timed_once_with_its_full_name(reports: dict[str, LibraryReport]) -> None:
    costs = reports["Pinned"].costs
    assert [(c.module, c.name) for c in costs] == [("Pinned", "word"), ("Pinned", "planted")]
    assert all(c.heartbeats > 0 and c.milliseconds >= 0 for c in costs)


def test_the_census_names_what_a_statement_assumes(reports: dict[str, LibraryReport]) -> None:
    assert hypotheses(reports["Pinned"], "planted") == ()
    assert hypotheses(reports["Idle"], "planted") == (Hypothesis("_idle", "0 < n"),)


def test_the_lines_to_read_are_those_of_the_statement_and_of_the_definition_in_it(
    reports: dict[str, LibraryReport],
) -> None:
    surface = Reader(reports["Commented"]).surface(["planted"])
    assert (surface.statements, surface.definitions, surface.unplaced) == (1, 2, ())
    assert [(p.name, p.first, p.last) for p in surface.places] == [("word", 6, 7)]


def test_a_hypothesis_that_the_proof_never_uses_is_reported(reports: dict[str, LibraryReport]) -> None:
    assert reports["Idle"].theorems["planted"].unused == ("_idle",)
    assert "_idle" in (reports["Idle"].refusal("planted") or "")
    assert reports["Good"].theorems["fine"].unused == ()
