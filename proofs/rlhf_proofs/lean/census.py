"""What a statement assumes, and how much Lean a person must read to know what it says."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from rlhf_proofs.lean.audit import LibraryReport
from rlhf_proofs.lean.events import Event, prefix

__all__ = ["MARKS", "AuditSurface", "Hypothesis", "Place", "Reader", "holds_over", "hypotheses", "statement_of"]

_OPENING, _CLOSING = "([{⟨", ")]}⟩"


@dataclass(frozen=True)
class Hypothesis:
    """One thing that a statement assumes.

    Attributes
    ----------
    name, type
        As Lean prints them.
    of
        The structure or class that it is a field of; None if the statement assumes it itself.
    """

    name: str
    type: str
    of: str | None = None


# What makes a statement one about fewer fields than any exponential ordered one, the fewest first.
_TIERS = {
    "RLHF.Real": "the reals",
    "RLHF.Archimedean": "Archimedean fields",
    "RLHF.ExpField": "exponential ordered fields",
}
# What stands beside the status of a theorem that is stated over fewer than all of them.
MARKS = {"Archimedean fields": "A", "the reals": "R"}


def holds_over(report: LibraryReport, theorem: str) -> str | None:
    """Return where a theorem holds, by what its elaborated statement unfolds to; None if it speaks of no field."""
    meant = report.constants.meaning(theorem)
    return next((where for constant, where in _TIERS.items() if constant in meant), None)


@dataclass(frozen=True)
class Place:
    """Lines of a module that hold one declaration, its docstring included; lines count from 1."""

    module: str
    name: str
    first: int
    last: int


def hypotheses(report: LibraryReport, theorem: str) -> tuple[Hypothesis, ...] | None:
    """Return what a theorem assumes, or None where Lean was not asked.

    These are the propositions among its leading binders, then those among the fields of the library's structures and
    classes that its other binders range over. What stands behind a quantifier of the conclusion is part of that.
    """
    if theorem not in report.census:
        return None
    own = tuple(Hypothesis(b["name"], b["type"]) for b in _binders(report, theorem) if b["kind"] == "hypothesis")
    return own + tuple(h for structure in _ranges(report, theorem) for h in _fields(report, structure))


def _binders(report: LibraryReport, name: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = report.census[name]["binders"]
    return found


def _ranges(report: LibraryReport, theorem: str) -> list[str]:
    """Structures of the library that the variables and instances of a theorem range over, in order, each once."""
    heads = (b["head"] for b in _binders(report, theorem) if b["kind"] != "hypothesis")
    return [h for h in dict.fromkeys(heads) if f"{h}.mk" in report.census]


def _fields(report: LibraryReport, structure: str) -> Iterable[Hypothesis]:
    fields = _binders(report, f"{structure}.mk")
    yield from (Hypothesis(b["name"], b["type"], structure) for b in fields if b["kind"] == "hypothesis")
    # A class that extends others keeps them as fields; those of core stand for their own laws.
    parents = [b for b in fields if b["kind"] != "hypothesis" and re.fullmatch(r"to[A-Z]\w*", b["name"])]
    yield from (Hypothesis(b["name"], b["type"], structure) for b in parents)


@dataclass(frozen=True)
class AuditSurface:
    """What must be read to know what theorems say.

    Attributes
    ----------
    statements
        Lines of the statements, docstrings included, proofs left out.
    definitions
        Lines of the definitions, structures and instances of the library that the statements unfold to, docstrings and
        the proofs inside them included.
    places
        Where these definitions are.
    unplaced
        Constants whose lines are not known; hence not counted.
    """

    statements: int
    definitions: int
    places: tuple[Place, ...]
    unplaced: tuple[str, ...]

    @property
    def lines(self) -> int:
        """All lines to read."""
        return self.statements + self.definitions


@dataclass(frozen=True)
class Reader:
    """Finds the source of what a report speaks of.

    Where a declaration is, Lean itself says: the lines of every command that it elaborates. A constant without lines of
    its own (a field, a constructor, a recursor) counts by the declaration that it belongs to. Instances without a name
    have lines but no name: if a statement needs one from a module, all of that module count. Blank lines do not.
    """

    report: LibraryReport

    @cached_property
    def _lines(self) -> Mapping[str, Sequence[str]]:
        return {module: text.splitlines() for module, text in self.report.sources.items()}

    @cached_property
    def _places(self) -> Mapping[tuple[str, str], Place]:
        return {(p.module, p.name): p for p in map(_place, self.report.declarations) if p.name and p.first}

    def place(self, constant: str) -> Place | None:
        """Return where a constant of the library is declared, or None if that is not known."""
        name = constant
        while name:
            if found := self._places.get((self._module(constant), name)):
                return found
            name = prefix(name)
        return None

    def _module(self, constant: str) -> str:
        return str(self.report.constants.by_name[constant].get("module", ""))

    def text(self, place: Place) -> str:
        """Return the source of a declaration."""
        return "\n".join(self._lines[place.module][place.first - 1 : place.last])

    def surface(self, theorems: Iterable[str]) -> AuditSurface:
        """Return what must be read for these theorems together."""
        known = [t for t in theorems if t in self.report.constants.by_name]
        meaning = sorted({c for t in known for c in self.report.constants.meaning(t)} - set(known))
        found = {c: self.place(c) for c in meaning}
        nameless = self._nameless({self._module(c) for c, place in found.items() if place is None})
        covered = {place.module for place in nameless}
        places = sorted({p for p in found.values() if p is not None} | nameless, key=lambda p: (p.module, p.first))
        stated = {t: self.place(t) for t in known}
        missing = [c for c, p in found.items() if p is None and self._module(c) not in covered]
        missing += [t for t, place in stated.items() if place is None]
        statements = sum(_filled(statement_of(self.text(p)).splitlines()) for p in stated.values() if p is not None)
        definitions = _filled(line for p in _disjoint(places) for line in self.text(p).splitlines())
        return AuditSurface(statements, definitions, tuple(places), tuple(missing))

    def _nameless(self, modules: Iterable[str]) -> set[Place]:
        wanted = set(modules)
        return {p for p in map(_place, self.report.declarations) if not p.name and p.first and p.module in wanted}


def _place(event: Event) -> Place:
    return Place(event["module"], event["name"], event.get("first_line", 0), event.get("last_line", 0))


def _disjoint(places: Iterable[Place]) -> Iterable[Place]:
    """Leave out what lies inside a place that comes before it, in places by module and first line."""
    last: Place | None = None
    for place in places:
        if last is None or place.module != last.module or place.first > last.last:
            last = place
            yield place


def _filled(lines: Iterable[str]) -> int:
    return sum(bool(line.strip()) for line in lines)


def statement_of(source: str) -> str:
    """Return a theorem's source up to its proof: to the first ``:=`` outside brackets and comments."""
    start = source.find("-/") + 2 if source.lstrip().startswith("/-") else 0
    depth = 0
    for i in range(start, len(source)):
        depth += (source[i] in _OPENING) - (source[i] in _CLOSING)
        if depth == 0 and source.startswith(":=", i):
            return source[:i].rstrip()
    return source
