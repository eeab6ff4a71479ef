"""What a headline theorem must be, beyond proved: plainly named, over the usual instances, not void, not circular."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet

from rlhf_proofs.lean.events import Event, prefix

__all__ = ["CLASSES", "CORE_INSTANCES", "OWN_INSTANCES", "faults", "idle_fields", "instance_of", "name_faults"]

# Classes that a headline theorem may be stated over.
CLASSES = frozenset({"RLHF.ExpField", "RLHF.CompleteField"})
# Instances of the library that a statement may use, itself or through a definition.
OWN_INSTANCES = frozenset({
    "RLHF.ExpField.toField", "RLHF.ExpField.toLE", "RLHF.ExpField.toLT", "RLHF.ExpField.toIsLinearOrder",
    "RLHF.ExpField.toLawfulOrderLT", "RLHF.ExpField.toOrderedRing",
    "RLHF.CompleteField.toField", "RLHF.CompleteField.toLE", "RLHF.CompleteField.toLT",
    "RLHF.CompleteField.toIsLinearOrder", "RLHF.CompleteField.toLawfulOrderLT", "RLHF.CompleteField.toOrderedRing",
    "RLHF.instExpFieldReal", "RLHF.instCompleteFieldReal", "RLHF.CauSeq.setoid", *(f"RLHF.Real.inst{what}" for what in (
        "OfNat", "NatCast", "IntCast", "Add", "Mul", "Neg", "Sub", "Inv", "Div", "PowNat", "PowInt", "LE", "LT",
        "CommRing", "IsLinearOrder", "LawfulOrderLT", "OrderedAdd", "OrderedRing", "Field",
    )),
    "RLHF.instAddVec", "RLHF.instSubVec", "RLHF.instNegVec", "RLHF.instHMulVec", "RLHF.instZeroVec",
})  # fmt: skip
# Instances of Lean's core that the statement of a headline theorem may use.
CORE_INSTANCES = frozenset({
    "Lean.Grind.AddCommMonoid.toZero", "Lean.Grind.CommRing.toCommSemiring", "Lean.Grind.CommRing.toRing",
    "Lean.Grind.CommSemiring.toSemiring", "Lean.Grind.Field.toCommRing", "Lean.Grind.Field.toDiv",
    "Lean.Grind.NatModule.toAddCommMonoid", "Lean.Grind.Ring.intCast", "Lean.Grind.Ring.toNeg",
    "Lean.Grind.Ring.toSub", "Lean.Grind.Semiring.natCast", "Lean.Grind.Semiring.npow", "Lean.Grind.Semiring.ofNat",
    "Lean.Grind.Semiring.toAdd", "Lean.Grind.Semiring.toMul", "Lean.Grind.Semiring.toNatModule", "Zero.toOfNat0",
    "instAddNat", "instHAdd", "instHDiv", "instHMul", "instHSub", "instLENat", "instLTNat", "instMulNat",
    "instOfNatNat",
})  # fmt: skip

_PLAIN = re.compile(r"[A-Za-z0-9_.']+")


def instance_of(headline: str) -> str:
    """Return the name that the instance of a headline theorem at a concrete problem must have."""
    space, _, name = headline.rpartition(".")
    return f"{space}.Demo.{name}_instance" if space else f"Demo.{name}_instance"


def name_faults(constants: Iterable[Event]) -> Iterator[str]:
    """Yield what is amiss with the names of the library's constants.

    A look-alike or a name in quotes can stand for another in a statement as it is printed; and of two constants with
    one name only one would be judged. Lean itself may prove the same equation in several modules.
    """
    seen: dict[str, Event] = {}
    for constant in constants:
        name = constant["name"]
        if not _PLAIN.fullmatch(name):
            yield f"{constant['module']} declares {ascii(name)[1:-1]}, a name with more than letters, digits, _ and '"
        before = seen.setdefault(name, constant)
        if {**before, "module": ""} != {**constant, "module": ""}:
            yield f"two different constants are called {name}, in {before['module']} and in {constant['module']}"


def faults(
    headlines: Sequence[str], constants: Mapping[str, Event], meanings: Mapping[str, Iterable[str]],
    events: Iterable[Event],
) -> Iterator[str]:  # fmt: skip
    """Yield why headline theorems are not what a reader takes them for.

    Parameters
    ----------
    headlines
        Full names.
    constants
        What the kernel holds, by name.
    meanings
        For each headline theorem the constants of the library that its statement unfolds to.
    events
        What was reported while judging.
    """
    reported: dict[tuple[str, str], Event] = {}
    for event in events:
        if event["event"] in ("headline", "instance", "census"):
            reported[event["event"], event["name"]] = event
    for name in headlines:
        if name in constants:  # else there is no such theorem, and it is refused for that
            yield from _statement(name, constants, meanings[name], reported)
            yield from _instance(name, constants, reported)


def _statement(
    name: str, constants: Mapping[str, Event], meaning: Iterable[str], reported: Mapping[tuple[str, str], Event]
) -> Iterator[str]:
    census, headline = reported.get(("census", name)), reported.get(("headline", name))
    if census is None or headline is None:
        yield f"nothing was reported of what {name} assumes"
        return
    if headline["granted"]:
        yield f"{name} says nothing: its conclusion is among its hypotheses, or holds by definition"
    for binder in census["binders"]:
        if (binder["kind"] == "instance" or binder["class"]) and binder["head"] not in CLASSES:
            yield f"{name} assumes the instance {binder['type']}, whose class is not among those to be stated over"
    # A proof adds nothing to what is meant, though its type be a class; a constructor comes with its structure.
    within = {c for c in meaning if constants[c]["instance"] and constants[c]["kind"] in ("definition", "opaque")}
    for used in sorted(within.union(headline["instances"]) - OWN_INSTANCES - CORE_INSTANCES):
        yield f"{name} uses the instance {used}, which is not among those that are canonical"


def _instance(
    name: str, constants: Mapping[str, Event], reported: Mapping[tuple[str, str], Event]
) -> Iterator[str]:  # fmt: skip
    demo = instance_of(name)
    found, census = reported.get(("instance", demo)), reported.get(("census", demo))
    if constants.get(demo, {}).get("kind") != "theorem" or found is None or census is None or found["of"] != name:
        yield f"{name} has no instance at a concrete problem: there is no theorem {demo}"
        return
    if not found["discharged"]:
        yield f"{demo} does not apply {name} to everything that it assumes"
    for binder in census["binders"]:
        if binder["kind"] == "hypothesis":
            yield f"{demo} assumes {binder['type']}: every hypothesis must be discharged in it"
        elif (binder["kind"] == "instance" or binder["class"]) and binder["head"] not in CLASSES:
            yield f"{demo} assumes the instance {binder['type']}, which is more than the field"


def idle_fields(
    headlines: Sequence[str], constants: Mapping[str, Event], closures: Mapping[str, AbstractSet[str]],
    events: Iterable[Event],
) -> Iterator[str]:  # fmt: skip
    """Yield the propositions among the fields of structures that are assumed and that no proof uses.

    A field counts as used where a headline theorem that assumes its structure rests on its projection, be it only to
    fill the field of another structure; one that is reached by taking the structure apart does not.

    Parameters
    ----------
    headlines, constants, events
        As for `faults`.
    closures
        For each headline theorem all names that it rests on.
    """
    census = {e["name"]: e["binders"] for e in events if e["event"] == "census"}
    fields = _fields(census, constants)
    used: dict[tuple[str, str], bool] = {}
    for headline in headlines:
        for structure in _assumed(census.get(headline, ()), fields):
            for field in (b["name"] for b in fields[structure] if b["kind"] == "hypothesis"):
                used.setdefault((structure, field), False)
                used[structure, field] |= f"{structure}.{field}" in closures[headline]
    for structure, field in sorted(key for key, found in used.items() if not found):
        yield f"{structure} assumes {field}, which no headline theorem that assumes {structure} uses"


def _fields(census: Mapping[str, Sequence[Event]], constants: Mapping[str, Event]) -> dict[str, list[Event]]:
    """Fields of the library's structures: what a constructor takes and a projection gives back."""
    makers = [name for name in census if constants.get(name, {}).get("kind") == "constructor"]
    return {
        prefix(maker): [b for b in census[maker] if f"{prefix(maker)}.{b['name']}" in constants] for maker in makers
    }


def _assumed(binders: Iterable[Event], fields: Mapping[str, Sequence[Event]]) -> set[str]:
    """Structures of the library that binders range over or assume, and those among the fields of these."""
    seen: set[str] = set()
    pending = [b["head"] for b in binders]
    while pending:
        head = pending.pop()
        if head in fields and head not in seen:
            seen.add(head)
            pending.extend(b["head"] for b in fields[head])
    return seen
