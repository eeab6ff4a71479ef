"""Which declaration a word in a Lean source names, from the sources and from what the kernel holds.

A word is looked up as Lean does it: variables first, then namespaces from the innermost outwards. What stands behind
the dot of a variable or of a bracket depends on a type, which no source shows; it is what the kernel's term of the
declaration uses, provided that only one name fits. A word that stays in doubt names nothing.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from rlhf_proofs.lean.audit import LibraryReport
from rlhf_proofs.lean.census import Place
from rlhf_proofs.report.scope import Scope, Word, bound, code_only, prefixes, scopes, words

__all__ = ["Mention", "Names"]

_PRIVATE = re.compile(r"^_private\..*?\.0\.")
_EXPORT = re.compile(r"^export\s+(\S+)\s*\(([^)]*)\)", re.MULTILINE)
_IMPORT = re.compile(r"^(?:public )?(?:meta )?import (?:all )?(\S+)", re.MULTILINE)
_FIELD = re.compile(r"[\w'!?]+(?: [\w'!?]+)* :=")
_VARIABLES = re.compile(r"^variable\b.*(?:\n[ \t]+.*)*", re.MULTILINE)


@dataclass(frozen=True)
class Mention:
    """A stretch of a module that names a declaration of the library."""

    start: int
    end: int
    name: str


@dataclass(frozen=True)
class Names:
    """Finds what words in the sources of a report name."""

    report: LibraryReport

    @cached_property
    def places(self) -> Mapping[str, Place]:
        """Every declaration that has a name, by that name; a public one before a private one of another module."""
        held = self.report.constants.by_name
        public = {p: f"_private.{p.module}.0.{p.name}" not in held for p in self._spots.values()}
        return {place.name: place for place in sorted(public, key=lambda place: public[place])}

    @cached_property
    def _spots(self) -> Mapping[tuple[str, str], Place]:
        """Every declaration by module and name: two modules may each have a private one of the same name."""
        named = (e for e in self.report.declarations if e["name"] and e.get("first_line"))
        return {(e["module"], e["name"]): Place(e["module"], e["name"], e["first_line"], e["last_line"]) for e in named}

    @cached_property
    def known(self) -> Mapping[str, Place]:
        """Every name of the library that a source can mention, and the declaration that introduces it."""
        parts = {plain(name): self.place(name) for name in self.report.constants.by_name}
        return {name: place for name, place in parts.items() if place is not None} | dict(self.places)

    def place(self, constant: str) -> Place | None:
        """Return the declaration that a constant belongs to: its own, or the one that the elaborator split it off."""
        module = self.report.constants.by_name[constant].get("module", "")
        spots = ((module, name) for name in prefixes(plain(constant)) if name)
        return next((self._spots[spot] for spot in spots if spot in self._spots), None)

    @cached_property
    def _uses(self) -> Mapping[Place, frozenset[str]]:
        """What the kernel's terms of each declaration use, what the elaborator split off it included."""
        used: dict[Place, set[str]] = {}
        for name in self.report.constants.by_name:
            if (place := self.place(name)) is not None:
                used.setdefault(place, set()).update(map(plain, self.report.constants.uses(name)))
        return {place: frozenset(names & self.known.keys()) for place, names in used.items()}

    @cached_property
    def _exported(self) -> Mapping[str, str]:
        """Names that an `export` shortens, by the short one."""
        found: dict[str, str] = {}
        for module, text in self.report.sources.items():
            for each in _EXPORT.finditer(text):
                space = self._scope(module, each.start()).namespace
                owner = next((n for n in _within(each[1], space) if n in self.known), each[1])
                found |= {_join(space, word): f"{owner}.{word}" for word in each[2].split()}
        return found

    @cached_property
    def code(self) -> Mapping[str, str]:
        """The modules with comments blanked."""
        return {module: code_only(text) for module, text in self.report.sources.items()}

    @cached_property
    def _scopes(self) -> Mapping[str, list[Scope]]:
        return {module: scopes(code) for module, code in self.code.items()}

    def _scope(self, module: str, offset: int) -> Scope:
        found = self._scopes[module]
        return found[bisect_right(found, offset, key=lambda scope: scope.start) - 1]

    def variables(self, module: str, line: int) -> list[tuple[int, int]]:
        """Return the first and last lines of the commands above a line that give variables to it."""
        code = self.code[module]
        starts = line_starts(code)
        inside = self._scope(module, starts[line - 1]).opened
        found = []
        for each in _VARIABLES.finditer(code, 0, starts[line - 1]):
            opened = self._scope(module, each.start()).opened
            if inside[: len(opened)] == opened:
                found.append((bisect_right(starts, each.start()), bisect_right(starts, each.end() - 1)))
        return found

    def mentions(self, module: str) -> list[Mention]:
        """Return what the words of a module name, in order."""
        code = self.code[module]
        starts = line_starts(code)
        spans = [found.span() for found in _VARIABLES.finditer(code)]
        shared = frozenset(name for start, end in spans for name in bound(code[start:end]))
        within = {line: p for p in self._spots.values() if p.module == module for line in range(p.first, p.last + 1)}
        locals_of: dict[Place, frozenset[str]] = {}
        found: list[Mention] = []
        for word in words(code):
            place = within.get(bisect_right(starts, word.start))
            if (place is None and not any(a < word.start < b for a, b in spans)) or _assigned(code, word):
                continue
            if place is not None and place not in locals_of:
                locals_of[place] = bound(code[starts[place.first - 1] : starts[place.last]]) | shared
            hidden = shared if place is None else locals_of[place]
            found += self._named(word, self._scope(module, word.start).namespace, place, hidden)
        return found

    def _named(self, word: Word, space: str, place: Place | None, hidden: frozenset[str]) -> Iterator[Mention]:
        done = 0
        if not word.projected and word.parts[0] not in hidden:
            done, name = self._by_scope(word, space if place is None else place.name, place)
            if done:
                yield Mention(word.start, word.offset(done) - 1, name)
        for i in range(done, len(word.parts)):
            if (i or word.projected) and (found := self._by_type(word, i, place)) is not None:
                yield Mention(word.offset(i), word.offset(i) + len(word.parts[i]), found)

    def _by_scope(self, word: Word, space: str, place: Place | None) -> tuple[int, str]:
        """Return how many parts of a word make a name, and that name; 0 if none do."""
        for count in range(len(word.parts), 0, -1):
            written = ".".join(word.parts[:count])
            for name in _within(written, space):
                full = self._exported.get(name, name)
                if full in self.known and (place is None or self._is_before(self.known[full], place)):
                    return count, full
        return 0, ""

    def _is_before(self, other: Place, place: Place) -> bool:
        """Whether a declaration can name another: that is itself, or stands above it or in a module that it imports."""
        if other.module == place.module:
            return other.first <= place.first
        return other.module in self._imported[place.module]

    @cached_property
    def _imported(self) -> Mapping[str, frozenset[str]]:
        """Modules that each module imports, directly or not."""
        direct = {module: _IMPORT.findall(code) for module, code in self.code.items()}
        return {module: frozenset(below(module, direct)) for module in direct}

    def _by_type(self, word: Word, part: int, place: Place | None) -> str | None:
        """Return what stands behind a dot, if only one name among those that the declaration uses fits."""
        if place is None:
            return None
        last = f".{word.parts[part]}"
        fitting = [name for name in self._uses.get(place, ()) if name.endswith(last)]
        if len(fitting) > 1 and part == 1 and (head := self._head(place, word.parts[0])):
            fitting = [name for name in fitting if name == head + last]
        return fitting[0] if len(fitting) == 1 else None

    def _head(self, place: Place, variable: str) -> str | None:
        """Return what the type of a variable of a headline theorem is an application of."""
        binders = self.report.census.get(place.name, {}).get("binders", ())
        return next((b["head"] for b in binders if b["name"] == variable), None)


def below(node: str, edges: Mapping[str, Sequence[str]]) -> set[str]:
    """Return what can be reached from a node of a graph, itself left out."""
    found: set[str] = set()
    pending = list(edges.get(node, ()))
    while pending:
        if (current := pending.pop()) not in found:
            found.add(current)
            pending += edges.get(current, ())
    return found


def _assigned(code: str, word: Word) -> bool:
    """Whether a word is the field that a line gives a value: of which structure, no source says."""
    line = code.rfind("\n", 0, word.start) + 1
    return not code[line : word.start].strip() and _FIELD.match(code, word.start) is not None


def _join(space: str, name: str) -> str:
    return f"{space}.{name}" if space else name


def _within(name: str, space: str) -> Iterator[str]:
    """Yield what a name may be short for in a namespace, from the innermost outwards."""
    yield from (_join(outer, name) for outer in prefixes(space))


def plain(name: str) -> str:
    """Return a name as a source writes it: without what marks it as private."""
    return _PRIVATE.sub("", name)


def line_starts(text: str) -> list[int]:
    """Return the offset of each line, and that of the end."""
    return [0, *(found.end() for found in re.finditer("\n", text)), len(text)]
