"""What a headline theorem must be beyond proved, from synthetic events: each gate is shown to close."""

import pytest

from rlhf_proofs.lean.audit import judge
from rlhf_proofs.lean.gates import CLASSES, CORE_INSTANCES, OWN_INSTANCES, idle_fields, instance_of

from .test_audit import CLEAN, FILES, constant

HEADLINE, DEMO = "RLHF.main", "RLHF.Demo.main_instance"


def binder(kind, head, type="…", *, is_class=False):
    return {"name": "x", "kind": kind, "type": type, "head": head, "class": is_class or kind == "instance"}


def held(name, head):
    """A field of a structure that is a proposition."""
    return binder("hypothesis", head) | {"name": name}


FIELD = binder("instance", "RLHF.ExpField", "ExpField R")


def census(name, *binders):
    return {"event": "census", "name": name, "binders": [FIELD, *binders], "conclusion": "True"}


THEOREM = constant(HEADLINE, module="L", uses=["RLHF.word"], proof=["propext"])
WORD = constant("RLHF.word", "definition", value="1", uses=["Nat"])
INSTANCE = constant(DEMO, module="L", proof=[HEADLINE])
STATED = {"event": "headline", "name": HEADLINE, "granted": False, "instances": ["RLHF.ExpField.toLE", "instHMul"]}
SHOWN = {"event": "instance", "name": DEMO, "of": HEADLINE, "discharged": True}
SPY = constant("RLHF.instEvil", "definition", value="1") | {"instance": True}
GOOD = [
    THEOREM, WORD, INSTANCE, STATED, SHOWN, census(HEADLINE, binder("hypothesis", "LT.lt", "0 < n")),
    census(DEMO, binder("variable", "Nat", "Nat")),
]  # fmt: skip


@pytest.fixture
def defects(write):
    library = write(FILES)

    def judged(*changed, drop=()):
        """Defects with these events in place of those of the same kind and name."""
        new = {(e["event"], e["name"]): e for e in changed}
        events = {(e["event"], e["name"]): e for e in GOOD if e not in drop} | new
        names = [e["name"] for e in events.values() if e["event"] == "constant"]
        done = {"event": "replayed", "root": "L", "names": names, "milliseconds": 1}
        return judge(library, [*CLEAN, *events.values(), done], [HEADLINE], backend="wasm", seconds=0.0).defects

    return judged


def test_a_good_headline_theorem_passes(defects):
    assert defects() == ()


@pytest.mark.parametrize("kind", ["theorem", "constructor", "inductive"])
def test_what_only_proves_or_makes_an_instance_is_not_one(defects, kind):
    assert defects(SPY | {"kind": kind, "statement": ""}, WORD | {"type_uses": ["Nat", "RLHF.instEvil"]}) == ()


def test_without_headlines_nothing_is_asked(write):
    assert judge(write(FILES), CLEAN, backend="wasm", seconds=0.0).defects == ()


FAULTS = {
    "a circular statement": ([STATED | {"granted": True}], "RLHF.main says nothing"),
    "a class of the library's own": (
        [census(HEADLINE, binder("instance", "RLHF.Nice", "Nice R"))], "assumes the instance Nice R",
    ),
    "a class of core": ([census(HEADLINE, binder("instance", "LE", "LE R"))], "assumes the instance LE R"),
    "a class in a binder that is no instance": (
        [census(HEADLINE, binder("variable", "LE", "LE R", is_class=True))], "assumes the instance LE R",
    ),
    "an instance in the statement": (
        [STATED | {"instances": ["RLHF.instEvil"]}], "uses the instance RLHF.instEvil",
    ),
    "an instance made on the spot": ([STATED | {"instances": ["LE.mk"]}], "uses the instance LE.mk"),
    "an instance in a definition": (
        [SPY, WORD | {"type_uses": ["Nat", "RLHF.instEvil"]}], "uses the instance RLHF.instEvil",
    ),
    "an instance in the body of a definition": (
        [SPY, WORD | {"value_uses": ["RLHF.instEvil"]}], "uses the instance RLHF.instEvil",
    ),
    "an instance that leaves a hypothesis open": (
        [census(DEMO, binder("hypothesis", "LT.lt", "n < 0"))], "assumes n < 0: every hypothesis must be discharged",
    ),
    "an instance over another class": (
        [census(DEMO, binder("instance", "RLHF.Nice", "Nice R"))], "assumes the instance Nice R, which is more than",
    ),
    "an instance that does not apply the theorem": ([SHOWN | {"discharged": False}], "does not apply RLHF.main to"),
    "an instance of another theorem": ([SHOWN | {"of": "RLHF.other"}], "has no instance at a concrete problem"),
    "an instance that is a definition": ([INSTANCE | {"kind": "definition"}], "has no instance at a concrete problem"),
}  # fmt: skip


@pytest.mark.parametrize(("changed", "said"), FAULTS.values(), ids=FAULTS)
def test_a_headline_theorem_that_is_not_what_it_seems_is_a_defect(defects, changed, said):
    assert any(said in defect for defect in defects(*changed)), defects(*changed)


@pytest.mark.parametrize("gone", [INSTANCE, SHOWN, GOOD[-1]], ids=["theorem", "event", "census"])
def test_without_its_instance_a_headline_theorem_is_a_defect(defects, gone):
    assert any("there is no theorem RLHF.Demo.main_instance" in d for d in defects(drop=[gone]))


@pytest.mark.parametrize("gone", [STATED, GOOD[-2]], ids=["headline", "census"])
def test_what_was_not_reported_of_a_headline_theorem_is_a_defect(defects, gone):
    assert any("nothing was reported of what RLHF.main assumes" in d for d in defects(drop=[gone]))


# A structure of two propositions, and one that holds it among its own.
STRUCTURES = [
    constant("RLHF.Two.mk", "constructor"), constant("RLHF.Two.first"), constant("RLHF.Two.second"),
    census("RLHF.Two.mk", binder("variable", "Nat"), *(held(n, "Eq") for n in ("first", "second"))),
    constant("RLHF.Whole.mk", "constructor"), constant("RLHF.Whole.toTwo"),
    census("RLHF.Whole.mk", held("toTwo", "RLHF.Two")),
    census(HEADLINE, binder("hypothesis", "RLHF.Two", "∀ n, Two n")),
]  # fmt: skip
BOTH = THEOREM | {"value_uses": ["RLHF.Two.first", "RLHF.lemma"]}
LEMMA = constant("RLHF.lemma", proof=["RLHF.Two.second"])
IDLE_SECOND = ("RLHF.Two assumes second, which no headline theorem that assumes RLHF.Two uses",)
WHOLE = census(HEADLINE, binder("variable", "RLHF.Whole", "Whole"))


def test_a_field_of_a_hypothesis_that_no_proof_uses_is_a_defect_and_one_used_in_a_lemma_is_not(defects):
    assert defects(*STRUCTURES, BOTH, LEMMA) == ()
    assert defects(*STRUCTURES, BOTH, LEMMA | {"value_uses": []}) == IDLE_SECOND
    assert len(defects(*STRUCTURES, THEOREM)) == 2


def test_the_fields_of_what_is_a_field_itself_are_asked_for_too(defects):
    used = BOTH | {"value_uses": [*BOTH["value_uses"], "RLHF.Whole.toTwo"]}
    assert defects(*STRUCTURES, WHOLE, used, LEMMA) == ()
    assert defects(*STRUCTURES, WHOLE, used, LEMMA | {"value_uses": []}) == IDLE_SECOND
    (idle,) = defects(*STRUCTURES, WHOLE, BOTH, LEMMA)
    assert idle.startswith("RLHF.Whole assumes toTwo")


def test_a_field_counts_as_used_only_by_a_headline_theorem_that_assumes_its_structure():
    events = [*STRUCTURES, census("RLHF.other")]
    constants = {e["name"]: e for e in events if e["event"] == "constant"}
    fields = {"RLHF.Two.first", "RLHF.Two.second"}
    closures = {HEADLINE: {"RLHF.Two.first"}, "RLHF.other": fields}
    assert tuple(idle_fields([*closures], constants, closures, events)) == IDLE_SECOND
    events[-1] = census("RLHF.other", binder("hypothesis", "RLHF.Two"))
    assert tuple(idle_fields([*closures], constants, closures, events)) == ()


def test_a_structure_that_no_headline_theorem_assumes_is_free(defects):
    assert defects(*STRUCTURES[:-1]) == ()


@pytest.mark.parametrize("name", ["«RLHF.word»", "RLHF.«wo rd»", "RLHF.wοrd", "RLHF.w\u0430rd", "RLHF.θ", "a‑b", ""])
def test_a_name_that_could_be_taken_for_another_is_a_defect(defects, name):
    found = defects(constant(name, "definition", value="0"))
    assert any("a name with more than letters" in d for d in found)
    assert all(d.isascii() for d in found)


def test_two_constants_of_one_name_are_a_defect_and_one_equation_proved_twice_is_not(write):
    twice = [constant("RLHF.word", "definition", value="0"), constant("RLHF.word", "definition", "L", value="0")]
    replayed = {"event": "replayed", "root": "L", "names": ["RLHF.word"], "milliseconds": 1}

    def found(*events):
        return judge(write(FILES), [*CLEAN, *events, replayed], backend="wasm", seconds=0.0).defects

    assert found(*twice) == ()
    different = found(twice[0], twice[1] | {"value": "1"})
    assert different == ("two different constants are called RLHF.word, in L.Defs and in L",)


@pytest.mark.parametrize(
    ("headline", "demo"), [("RLHF.main", "RLHF.Demo.main_instance"), ("planted", "Demo.planted_instance")]
)
def test_the_instance_of_a_theorem_has_a_fixed_name(headline, demo):
    assert instance_of(headline) == demo


def test_the_lists_hold_nothing_of_which_a_statement_could_be_made_over_anything():
    assert frozenset({"RLHF.ExpField", "RLHF.CompleteField"}) == CLASSES
    assert all(name.startswith("RLHF.") for name in OWN_INSTANCES)
    assert not any(name.endswith(".mk") for name in OWN_INSTANCES | CORE_INSTANCES)
