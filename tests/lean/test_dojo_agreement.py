"""Planted mismatches: whatever LeanDojo may get wrong without an error must be seen by the comparison."""

from dataclasses import replace
from pathlib import Path

import pytest

from rlhf_proofs.dojo import Edge, Extraction, Premise, Tactic, Theorem, compare, premise_graph, statement_edges
from rlhf_proofs.lean.audit import Constants, judge
from rlhf_proofs.lean.library import Library, Module

SOURCE = "module\nnamespace L\ntheorem low (b : Box) : twice b = b := by\n  exact P.step b\nend L\n"
LIBRARY = Library("L", Path(), (Module("L", Path("L.lean"), (), SOURCE),), ())


def constant(name, kind, uses, statement=""):
    return {
        "event": "constant", "name": name, "module": "L", "kind": kind, "statement": statement, "type": "t",
        "value": None, "type_uses": uses, "value_uses": [], "unused": [],
    }  # fmt: skip


EVENTS = [
    {"event": "module", "module": "L", "ok": True, "milliseconds": 1},
    *(
        {"event": "declaration", "module": "L", "name": name, "milliseconds": 1, "heartbeats": 1}
        for name in ("L.low", "L.twice", "L.step")
    ),
    constant("L.low", "theorem", ["L.twice", "L.low._proof_1", "Nat"], "∀ (b : L.Box), L.twice b = b"),
    constant("L.low._proof_1", "theorem", ["_private.L.0.L.step"]),
    constant("L.twice", "definition", []),
    constant("L.twice.eq_1", "theorem", [], "∀ b, L.twice b = b"),
    constant("_private.L.0.L.step", "theorem", ["Nat"]),
]
REPORT = judge(LIBRARY, EVENTS, backend="wasm", seconds=1.0)
EXTRACTION = Extraction(LIBRARY, REPORT, {"L": {}}, ())

LOW = Theorem(
    constant="L.low", name="L.low", module="L", path="L.lean", private=False, claims=("low",),
    start=(3, 1), end=(4, 16),
    statement="theorem low (b : Box) : twice b = b", proof="by\n  exact P.step b",
    tactics=(
        Tactic("exact P.step b", "exact P.<a>step</a> b", "b : Box\n⊢ twice b =\n    b", "no goals", (4, 3), (4, 16)),
    ),
    premises=(
        Premise("L.twice", "L", in_statement=True, in_proof=False),
        Premise("_private.L.0.L.step", "L", in_statement=False, in_proof=True),
    ),
)  # fmt: skip
STEP = replace(
    LOW, constant="_private.L.0.L.step", name="L.step", private=True, claims=(), tactics=(), proof=None, premises=()
)
ROWS = (LOW, STEP)


def said(rows, headlines=("L.low",)):
    return compare(rows, EXTRACTION, headlines).disagreements


def with_premise(name, module="L"):
    return (replace(LOW, premises=(*LOW.premises, Premise(name, module, in_statement=False, in_proof=True))), STEP)


def with_goal(text):
    return (replace(LOW, tactics=(replace(LOW.tactics[0], state_before=text),)), STEP)


def test_rows_that_are_right_agree_and_are_counted():
    agreement = compare(ROWS, EXTRACTION, ["L.low"])
    assert agreement.disagreements == ()
    assert (agreement.theorems, agreement.tactics, agreement.premises, agreement.unused, agreement.goals) == (
        2,
        1,
        2,
        0,
        1,
    )


PLANTED = {
    "a wrong name": ((replace(LOW, constant="low"), STEP), "low was traced, and the kernel has no such theorem"),
    "a theorem left out": ((LOW,), "_private.L.0.L.step is a theorem, and was not traced"),
    "a theorem twice": ((LOW, LOW, STEP), "L.low was traced 2 times"),
    "a definition": ((LOW, STEP, replace(STEP, constant="L.twice")), "L.twice was traced, and the kernel has no such"),
    "a made-up premise": (with_premise("L.absent"), "its premise L.absent is no constant of L"),
    "a premise of ours in core": (with_premise("L.twice", "Init.Core"), "L.twice is no constant of Init.Core"),
    "a premise of another module": (with_premise("L.twice", "L.Other"), "L.twice is no constant of L.Other"),
    "a premise that is absent": (with_premise("Nat.succ", "Init.Prelude"), "nor mentions its premise Nat.succ"),
    "another goal": (with_goal("b : Box\n⊢ twice b = twice b"), "its first goal is 'twice b = twice b'"),
    "no goal": (with_goal("no goals"), "its first goal is ''"),
    "a headline without premises": ((replace(LOW, premises=LOW.premises[:1]), STEP), "L.low is a headline theorem and"),
}  # fmt: skip


@pytest.mark.parametrize(("rows", "words"), PLANTED.values(), ids=PLANTED)
def test_a_planted_mismatch_is_seen(rows, words):
    assert any(words in line for line in said(rows))


def test_a_headline_that_was_not_traced_is_seen():
    assert said(ROWS, ["L.low", "L.other"]) == ("L.other is a headline theorem and was not traced",)


def test_what_is_in_modules_that_were_not_traced_is_not_missed():
    nothing = replace(EXTRACTION, traces={})
    assert compare((), EXTRACTION, ["L.low"]).disagreements != ()
    assert compare((), nothing, ["L.low"]).disagreements == ()
    assert compare((), nothing, ["L.other"]).disagreements != ()


def test_a_premise_that_is_unfolded_away_is_counted_and_is_no_mismatch():
    """`P` stands in the source and is no constant of the term: what a rewriting step names."""
    rows = with_premise("Core.P", "Init.Core")
    agreement = compare(rows, EXTRACTION, ["L.low"])
    assert agreement.disagreements == ()
    assert agreement.unused == 1


@pytest.mark.parametrize("goal", ["⊢ L.twice b = b", "x\n⊢   twice b = b"])
def test_layout_and_namespaces_of_a_goal_do_not_count(goal):
    assert said(with_goal(goal)) == ()


def test_the_graph_has_the_names_of_the_kernel():
    assert premise_graph(ROWS) == {"L.low": {"L.twice", "_private.L.0.L.step"}, "_private.L.0.L.step": frozenset()}
    assert premise_graph(ROWS, proofs_only=True)["L.low"] == {"_private.L.0.L.step"}


def using(name, claim, *premises):
    found = (Premise(n, "L", in_statement=False, in_proof=True) for n in premises)
    return replace(STEP, constant=name, claims=(claim,) if claim else (), premises=tuple(found))


def test_a_statement_rests_on_another_if_it_rests_on_all_that_the_other_does_and_on_more():
    """Through lemmas of lemmas; by the sources and by the kernel apart; what rests on nothing is below nothing."""
    rows = (
        using("L.a", "a", "L.b1", "L.z"), using("L.b1", "", "L.y"), using("L.b", "b", "L.y"), using("L.c", "c"),
        using("L.d", "d"), using("L.y", ""), using("L.z", ""),
    )  # fmt: skip
    uses = {"L.a": ["L.z"], "L.b": ["L.y"], "L.c": ["L._aux"], "L._aux": ["L.y", "L.z"]}
    constants = Constants({name: {"value_uses": below} for name, below in uses.items()})
    assert statement_edges(rows, constants) == (
        Edge("a", "b", in_source=True, in_kernel=False), Edge("c", "a", in_source=False, in_kernel=True),
        Edge("c", "b", in_source=False, in_kernel=True),
    )  # fmt: skip
