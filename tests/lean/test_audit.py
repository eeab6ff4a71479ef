"""Judging synthetic events: a clean library is accepted, and no defect lets a theorem read as proved."""

import copy

import pytest

from rlhf_proofs.lean.audit import ALLOWED_AXIOMS, Constants, judge

FILES = {
    "L": "module\npublic import L.Defs\n",
    "L.Defs": "module\n",
}


def constant(name, kind="theorem", module="L.Defs", *, type="Nat{}", value=None, uses=(), proof=(), unused=()):
    return {
        "event": "constant", "name": name, "module": module, "kind": kind, "type": type, "value": value,
        "statement": f"{name} : …" if kind == "theorem" else "", "type_uses": list(uses), "value_uses": list(proof),
        "unused": list(unused), "instance": False,
    }  # fmt: skip


def built(module, **fields):
    return {"event": "module", "module": module, "ok": True, "milliseconds": 5} | fields


def replayed(*names, root="L"):
    return {"event": "replayed", "root": root, "names": list(names), "milliseconds": 7}


def message(severity, module="L.Defs", text="unused variable"):
    return {"event": "message", "module": module, "severity": severity, "line": 3, "column": 2, "text": text}


# A structure with one field, a definition on it, a lemma, and a theorem that rests on all of them.
CONSTANTS = [
    constant("Box", "inductive", type="S(1)"),
    constant("Box.mk", "constructor", type="Π(Nat{}.Box{}", uses=["Nat", "Box"]),
    constant("double", "definition", type="Π(Box{}.Nat{}", value="λ(Box{}.#0", uses=["Box", "Nat"], proof=["Nat.add"]),
    constant("other", "definition", type="Nat{}", value="3", uses=["Nat"]),
    constant("deep", type="Eq{}", uses=["Eq"], proof=["propext"]),
    constant("middle", type="Eq{}", uses=["Eq"], proof=["deep"]),
    constant("main", module="L", type="Eq{double}", uses=["Eq", "double"], proof=["middle"]),
]
NAMES = [c["name"] for c in CONSTANTS]
CLEAN = [
    {"event": "lean", "version": "4.28.0"}, built("L.Defs"), built("L"), message("information"), *CONSTANTS,
    replayed(*NAMES[:3]), replayed(*NAMES[3:]), {"event": "done"},
]  # fmt: skip


@pytest.fixture
def verdict(write):
    library = write(FILES)
    return lambda events: judge(library, events, backend="wasm", seconds=1.5)


def altered(name, **fields):
    """The clean events with one constant changed."""
    return [e | fields if e.get("name") == name else e for e in copy.deepcopy(CLEAN)]


def test_a_clean_library_is_accepted_and_its_theorem_proved(verdict):
    report = verdict(CLEAN)
    assert report.defects == ()
    assert report.accepted
    assert report.refusal("main") is None
    assert set(report.theorems) == {"deep", "middle", "main"}
    assert (report.toolchain, report.replayed, report.milliseconds) == ("Lean 4.28.0", 7, {"L.Defs": 5, "L": 5})
    assert report.lines == {"L.Defs": 1, "L": 2}


def without(**fields):
    return [e for e in CLEAN if not fields.items() <= e.items()]


MISSING = {"event": "constant", "name": "gone", "module": "L.Defs", "kind": "missing"}
DEFECTS = {
    "an error": ([*CLEAN, message("error", text="type mismatch")], "L/Defs.lean:3:2: error: type mismatch"),
    "a warning": ([*CLEAN, message("warning")], "L/Defs.lean:3:2: warning: unused variable"),
    "a module that is not ok": (
        [built("L.Defs", ok=False) if e == built("L.Defs") else e for e in CLEAN], "L/Defs.lean: not built",
    ),
    "a module event that is missing": (without(event="module", module="L"), "L.lean: not built"),
    "no event at all": ([], "L/Defs.lean: not built"),
    "an axiom of the library's own": (
        [*CLEAN, constant("wish", "axiom"), replayed("wish")], "L.Defs declares the axiom constant wish",
    ),
    "sorryAx two steps below": (altered("deep", value_uses=["sorryAx"]), "deep uses sorryAx"),
    "sorryAx in a statement": (altered("middle", type_uses=["sorryAx"]), "middle uses sorryAx"),
    "trust in the compiler": (altered("middle", value_uses=["Lean.ofReduceBool"]), "middle uses Lean.ofReduceBool"),
    "a replay that is short by one": (
        [*without(event="replayed"), replayed(*NAMES[1:])], "the kernel accepted 6 of 7 constants on replay",
    ),
    "two replays of the same part": (
        [*without(event="replayed"), *2 * [replayed(*NAMES[:4])]], "the kernel accepted 4 of 7 constants on replay",
    ),
    "a replay of what nobody reported": (
        [*CLEAN, replayed("wish")], "the driver said nothing of wish, which it sent to the kernel",
    ),
    "no replay": (without(event="replayed"), "the kernel accepted 0 of 7 constants on replay"),
    "a replay of another library": (
        [*without(event="replayed"), replayed(*NAMES, root="M")], "the kernel accepted 0 of 7 constants on replay",
    ),
    "a driver that failed": (
        [*CLEAN, {"event": "failed", "text": "no such file"}], "the Lean driver stopped: no such file",
    ),
    "a rejected library": (
        [*CLEAN, {"event": "rejected", "root": "L", "text": "the kernel rejects main"}], "the kernel rejects main",
    ),
    "a constant that is missing": ([*CLEAN, MISSING, replayed("gone")], "L.Defs declares the missing constant gone"),
    "a statement that names a missing constant": (
        [*altered("main", type_uses=["gone"]), MISSING, replayed("gone")], "declares the missing constant gone",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("events", "said"), DEFECTS.values(), ids=DEFECTS)
def test_with_a_defect_nothing_reads_as_proved_and_the_defect_is_named(verdict, events, said):
    report = verdict(events)
    assert not report.accepted
    assert any(said in defect for defect in report.defects), report.defects
    for theorem in ("main", "deep", "middle"):
        assert report.refusal(theorem) is not None


def test_a_library_without_constants_is_not_accepted(verdict):
    report = verdict([e for e in without(event="constant") if e["event"] != "replayed"])
    assert report.defects == ("the kernel accepted 0 of 0 constants on replay",)


def test_an_unreached_module_is_a_defect(write):
    library = write(FILES | {"L.Forgotten": "module\n"})
    report = judge(library, CLEAN, backend="wasm", seconds=0.0)
    assert report.defects == ("L/Forgotten.lean is not reached from the root module L: nothing checked it",)
    assert "not reached" in report.refusal("main")


def test_a_module_that_waits_for_a_failed_one_says_which(verdict):
    events = [built(e["module"], ok=False) if e["event"] == "module" else e for e in CLEAN]
    assert "L.lean: not built, because L.Defs was not" in verdict(events).defects


def test_a_theorem_that_is_not_there_is_refused_by_name(verdict):
    assert verdict(CLEAN).refusal("absent") == "there is no theorem absent in the Lean library"


def test_a_definition_does_not_pass_for_a_theorem(verdict):
    assert verdict(CLEAN).refusal("double") == "there is no theorem double in the Lean library"


def test_what_another_library_reports_does_not_count(verdict):
    foreign = [
        constant("main", module="M"), message("error", module="M"), {"event": "rejected", "root": "M", "text": "no"},
    ]  # fmt: skip
    assert verdict([*CLEAN, *foreign]).accepted
    clean = [e for e in without(name="main") if e["event"] != "replayed"]
    report = verdict([*clean, *foreign, replayed(*NAMES[:-1])])
    assert report.refusal("main") == "there is no theorem main in the Lean library"


def test_an_unused_hypothesis_is_refused_by_name(verdict):
    report = verdict(altered("main", unused=["hη"]))
    assert report.accepted
    assert report.refusal("main") == "the proof of main never uses the hypothesis hη"
    assert report.refusal("middle") is None


@pytest.mark.parametrize("banned", ["sorryAx", "Lean.ofReduceBool"])
def test_what_a_theorem_rests_on_is_found_two_steps_below(verdict, banned):
    theorems = verdict(altered("deep", value_uses=[banned])).theorems
    assert theorems["main"].axioms == (banned,)
    assert not theorems["main"].clean


def test_an_own_axiom_is_found_below_the_theorem_and_not_below_others(verdict):
    theorems = verdict([*altered("deep", value_uses=["wish"]), constant("wish", "axiom")]).theorems
    assert theorems["main"].axioms == theorems["deep"].axioms == ("wish",)
    assert verdict([*CLEAN, constant("wish", "axiom")]).theorems["main"].axioms == ()


def axioms(*names):
    return {"event": "axioms", "name": "main", "axioms": list(names)}


def test_axioms_of_core_are_unknown_where_the_back_end_cannot_see_them(verdict):
    report = verdict(CLEAN)
    assert report.theorems["main"].core_axioms is None
    assert report.theorems["main"].clean


def test_the_three_allowed_axioms_of_core_are_listed_and_accepted(verdict):
    report = verdict([*CLEAN, axioms(*sorted(ALLOWED_AXIOMS, reverse=True))])
    assert report.theorems["main"].core_axioms == ("Classical.choice", "Quot.sound", "propext")
    assert report.refusal("main") is None
    assert report.theorems["deep"].core_axioms is None


@pytest.mark.parametrize("foreign", ["sorryAx", "Lean.trustCompiler", "Core.wish"])
def test_a_foreign_axiom_in_core_is_refused_and_only_it_is_named(verdict, foreign):
    assert verdict([*CLEAN, axioms("propext", foreign)]).refusal("main") == f"main rests on {foreign}"


def statement_hash(events, name="main"):
    constants = {e["name"]: e for e in events if e["event"] == "constant"}
    return Constants(constants).statement_hash(name)


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("main", {"type": "Eq{double,double}"}),
        ("double", {"value": "λ(Box{}.(Nat.succ #0)"}),
        ("double", {"type": "Π{Box{}.Nat{}"}),
        ("double", {"kind": "opaque"}),
        ("Box.mk", {"type": "Π(Int{}.Box{}"}),
        ("Box", {"type": "S(2)"}),
    ],
    ids=["statement", "body", "type", "kind", "field", "structure"],
)
def test_the_hash_changes_with_the_statement_and_with_what_its_words_mean(name, fields):
    assert statement_hash(altered(name, **fields)) != statement_hash(CLEAN)


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("main", {"value_uses": ["other"]}),
        ("middle", {"type": "Ne{}", "value_uses": ["other"]}),
        ("other", {"value": "4"}),
        ("main", {"unused": ["h"], "module": "L.Defs", "statement": "printed otherwise"}),
    ],
    ids=["own proof", "lemma of the proof", "unrelated definition", "printing"],
)
def test_the_hash_does_not_change_with_a_proof_or_an_unrelated_constant(name, fields):
    assert altered(name, **fields) != CLEAN
    assert statement_hash(altered(name, **fields)) == statement_hash(CLEAN)


def test_a_proof_inside_a_statement_counts_by_what_it_proves():
    named = altered("main", type_uses=["Eq", "double", "middle"])
    assert statement_hash([e | {"value_uses": ["other"]} if e.get("name") == "middle" else e for e in named]) == (
        statement_hash(named)
    )
    assert statement_hash([e | {"type": "Ne{}"} if e.get("name") == "middle" else e for e in named]) != (
        statement_hash(named)
    )
