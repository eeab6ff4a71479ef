"""What a statement assumes and how much of the source must be read, from synthetic events."""

import pytest

from rlhf_proofs.lean.audit import judge
from rlhf_proofs.lean.census import Hypothesis, Place, Reader, holds_over, hypotheses, statement_of

from .test_audit import CONSTANTS, built, constant, replayed

DEFS = """module

/-- A box. -/
structure Box where
  size : Nat

/-- Twice. -/
def double (b : Box) : Nat :=

  b.size + b.size

instance : Add Box := sorry
def other := 3
"""
MAIN = """module

/-- Main. -/
theorem main (b : Box) (h : 0 < b.size) :
    double b = double b := by
  rfl
"""


def declared(module, name, first, last):
    return {
        "event": "declaration", "module": module, "name": name, "milliseconds": 1, "heartbeats": 1,
        "first_line": first, "last_line": last,
    }  # fmt: skip


def binder(name, kind, type, head=""):
    return {"name": name, "kind": kind, "type": type, "head": head}


EVENTS = [
    {"event": "lean", "version": "4"}, built("L.Defs"), built("L"), *CONSTANTS, replayed(len(CONSTANTS)),
    declared("L.Defs", "Box", 3, 5), declared("L.Defs", "double", 7, 10), declared("L.Defs", "", 12, 12),
    declared("L.Defs", "other", 13, 13), declared("L", "main", 3, 6),
    {"event": "census", "name": "main", "conclusion": "double b = double b", "binders": [
        binder("b", "variable", "Box", "Box"), binder("c", "variable", "Box", "Box"),
        binder("h", "hypothesis", "0 < b.size", "LT.lt"), binder("inst", "instance", "Add Box", "Add"),
    ]},
    {"event": "census", "name": "Box.mk", "conclusion": "Box", "binders": [
        binder("size", "variable", "Nat", "Nat"), binder("pos", "hypothesis", "0 < size"),
        binder("toBag", "instance", "Bag Nat", "Bag"),
    ]},
]  # fmt: skip


@pytest.fixture
def report(write):
    library = write({"L": "module\npublic import L.Defs\n" + MAIN.removeprefix("module\n\n"), "L.Defs": DEFS})
    return lambda *more: judge(library, [*EVENTS, *more], backend="wasm", seconds=0.0)


def test_a_theorem_assumes_its_propositions_and_the_laws_of_the_structures_it_ranges_over_each_once(report):
    assert hypotheses(report(), "main") == (
        Hypothesis("h", "0 < b.size"), Hypothesis("pos", "0 < size", "Box"), Hypothesis("toBag", "Bag Nat", "Box"),
    )  # fmt: skip


def test_what_lean_did_not_tell_is_unknown_and_not_empty(report):
    assert hypotheses(report(), "middle") is None


def test_the_surface_is_the_statement_and_the_definitions_it_unfolds_to_without_proofs_and_blank_lines(report):
    surface = Reader(report()).surface(["main"])
    assert (surface.statements, surface.definitions, surface.lines) == (3, 6, 9)
    assert surface.places == (Place("L.Defs", "Box", 3, 5), Place("L.Defs", "double", 7, 10))
    assert surface.unplaced == ()


def test_a_definition_that_two_theorems_need_is_read_once(report):
    assert Reader(report()).surface(["main", "main"]).definitions == 6


def needing(name):
    """Events that make the definition `double` need one more constant."""
    found = constant(name, "definition", type="Nat{}", value="1")
    return [found, constant("double", "definition", type="N", value="v", uses=["Box"], proof=[name])]


def test_a_nameless_instance_counts_all_of_its_module(report):
    surface = Reader(report(*needing("instAddBox"))).surface(["main"])
    assert Place("L.Defs", "", 12, 12) in surface.places
    assert (surface.definitions, surface.unplaced) == (7, ())


def test_a_constant_whose_lines_are_not_known_is_named_and_not_counted(report):
    lost = needing("lost")
    lost[0]["module"] = "L"
    surface = Reader(report(*lost)).surface(["main"])
    assert (surface.definitions, surface.unplaced) == (6, ("lost",))


@pytest.mark.parametrize(
    ("source", "statement"),
    [
        ("theorem t : a = b := by\n  x", "theorem t : a = b"),
        ("theorem t (x : Nat := 3) : a = b :=\n  rfl", "theorem t (x : Nat := 3) : a = b"),
        (
            "/-- Says `x := 1`. -/\ntheorem t : { x := 1 } = y := rfl",
            "/-- Says `x := 1`. -/\ntheorem t : { x := 1 } = y",
        ),
        ("theorem t : ∀ n, n = n\n  | n => rfl", "theorem t : ∀ n, n = n\n  | n => rfl"),
    ],
)
def test_a_statement_ends_where_its_proof_begins(source, statement):
    assert statement_of(source) == statement


@pytest.mark.parametrize(
    ("mentioned", "where"),
    [
        ((), None),
        (("RLHF.ExpField",), "exponential ordered fields"),
        (("RLHF.ExpField", "RLHF.Archimedean"), "Archimedean fields"),
        (("RLHF.ExpField", "RLHF.Archimedean", "RLHF.Real"), "the reals"),
    ],
)
def test_where_a_theorem_holds_is_read_off_what_its_statement_unfolds_to(report, mentioned, where):
    """``main`` mentions ``double`` alone, whose value mentions these."""
    found = [constant(name, "definition", type="Sort", value="1") for name in mentioned]
    double = constant("double", "definition", type="N", value="v", uses=["Box"], proof=list(mentioned))
    assert holds_over(report(*found, double), "main") == where


def test_what_only_the_proof_mentions_does_not_restrict_where_a_theorem_holds(report):
    real = constant("RLHF.Real", "definition", type="Sort", value="1")
    main = constant("main", module="L", type="Eq{double}", uses=["Eq", "double"], proof=["RLHF.Real"])
    assert holds_over(report(real, main), "main") is None
