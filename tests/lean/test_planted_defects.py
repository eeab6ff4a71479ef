"""Real Lean on small libraries, each with one planted defect: none may ever read as proved."""

from dataclasses import replace

import pytest

from rlhf_proofs.lean.audit import LibraryReport
from rlhf_proofs.lean.build import _SAID
from rlhf_proofs.lean.census import Hypothesis, Reader, hypotheses
from rlhf_proofs.lean.scan import refusals
from rlhf_proofs.ledger.evidence import Status
from rlhf_proofs.ledger.gather import lean_evidence
from rlhf_proofs.records.pins import current_pins, difference
from rlhf_proofs.table import ClaimEntry

from .planted import CIRCULAR, FAULTS, FORGED, IDLE, PLANTED, Run, _of

pytestmark = pytest.mark.lean


@pytest.fixture(scope="module")
def reports(run: Run) -> dict[str, LibraryReport]:
    return {root: run.judged(root, run.of(root)) for root in PLANTED}


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
        ("ConstantExp", "ConstantExp.lean:13:"),
        ("UnprovedLaw", "UnprovedLaw.lean:9:"),
        ("AbsentLaw", "AbsentLaw.lean:9:"),
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


def _as_headlines(report: LibraryReport) -> LibraryReport:
    """The report as if its theorems stood in a file of headline theorems and used all that they assume."""
    theorems = {name: replace(t, unused=(), module="RLHF.Main") for name, t in report.theorems.items()}
    return replace(report, theorems=theorems)


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
    reports = {name: _as_headlines(reports[name]) for name in ("Pinned", root)}
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


@pytest.mark.parametrize("theorem", CIRCULAR)
def test_a_statement_that_follows_from_its_hypotheses_by_unfolding_alone_is_refused(run: Run, theorem: str) -> None:
    assert f"{theorem} says nothing" in " ".join(run.judged("Headlines", run.of("Headlines")).defects)


@pytest.mark.parametrize("theorem", ["honest", "conditional", "impossible", *IDLE])
def test_a_statement_that_needs_a_proof_is_not_called_circular(run: Run, theorem: str) -> None:
    said = [e["granted"] for e in run.events if e["event"] == "headline" and e["name"] == theorem]
    assert said == [False]


@pytest.mark.parametrize(("theorem", "said"), FAULTS.items(), ids=FAULTS)
def test_a_headline_theorem_over_what_is_not_there_is_refused(
    reports: dict[str, LibraryReport], theorem: str, said: str
) -> None:
    assert any(said in defect for defect in reports["Headlines"].defects)
    assert reports["Headlines"].refusal(theorem) is not None


def test_of_an_honest_headline_theorem_nothing_is_said(reports: dict[str, LibraryReport]) -> None:
    assert not [d for d in reports["Headlines"].defects if "honest" in d]
    assert reports["Headlines"].theorems["honest"].unused == ()


@pytest.mark.parametrize("theorem", IDLE)
def test_a_hypothesis_that_is_only_named_in_the_proof_is_unused(
    reports: dict[str, LibraryReport], theorem: str
) -> None:
    assert reports["Headlines"].theorems[theorem].unused == ("h",)


def test_one_word_with_a_dot_is_not_two_words(run: Run, reports: dict[str, LibraryReport]) -> None:
    constants = reports["Names"].constants.by_name
    assert {"Names.norm", "«Names.norm»"} <= set(constants), reports["Names"].defects
    assert constants["planted"]["type_uses"].count("«Names.norm»") == 1
    assert "Names.norm" not in constants["planted"]["type_uses"]
    assert any("a name with more than letters" in d for d in reports["Names"].defects)


def test_a_look_alike_is_found_in_the_source_and_in_what_was_compiled(reports: dict[str, LibraryReport]) -> None:
    assert any("LookAlike.lean:6: the character" in d for d in reports["LookAlike"].defects)
    assert any("LookAlike declares n\\u03bfrm" in d for d in reports["LookAlike"].defects), reports["LookAlike"].defects


def test_a_compiled_module_that_changes_how_things_are_read_is_not_loaded(reports: dict[str, LibraryReport]) -> None:
    assert any("the compiled Notation holds entries of" in d for d in reports["Notation"].defects)
    assert reports["Notation"].theorems == {}


def test_a_source_that_reports_on_itself_is_not_believed(run: Run) -> None:
    """It skips the kernel, writes its olean, says that all is proved, and ends the process."""
    said = [e["text"] for e in run.events if e["event"] == "message" and e["module"] == "Forger"]
    assert FORGED[0] in run.events, said  # the forgery worked as far as it goes
    assert any("run_cmd is not allowed" in refused for refused in refusals(run.libraries["Forger"]))
    end = run.events.index(FORGED[-1])
    assert [e for e in run.events[:end] if e["event"] == "done"] == []  # of the process that it ended
    believed = [e for e in run.of("Forger") if e["event"] in _SAID] + _of(
        run.libraries["Forger"], run.events[end + 1 :]
    )
    report = run.judged("Forger", believed)
    judged = [d for d in report.defects if not d.startswith("Forger.lean")]  # not by the scan
    assert any("the kernel rejects" in d and "planted" in d for d in judged), "; ".join(judged)
    assert report.refusal("planted") is not None


def test_nothing_is_said_of_a_library_after_the_forgery_but_by_the_judge(run: Run) -> None:
    """The forger comes last, so that no other library was elaborated in a process that it had run in."""
    end = run.events.index(FORGED[-1])
    started = [e["module"] for e in run.events[:end] if e["event"] == "start"]
    assert started[-1] == "Forger"
    assert {e["event"] for e in run.events[end + 1 :]}.isdisjoint({"start", "module"})
