"""Lean as HTML in which every name of the library leads to its declaration."""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby
from operator import itemgetter
from textwrap import dedent

from markupsafe import Markup, escape
from pygments.lexers import get_lexer_by_name
from pygments.token import Comment, Keyword, Number, String, _TokenType

from rlhf_proofs.lean.census import Place, statement_of
from rlhf_proofs.report.names import Mention, Names, line_starts

__all__ = ["Code", "Listing", "file_of", "page_of"]

# The other kinds of tokens have the colour of the text: a span around each would only make pages longer.
_COLOURED = {Comment: "c", String.Doc: "sd", String: "s", Number: "m", Keyword: "k"}
_ASSIGNED = re.compile(r"\s*:=[ \t]*\n?")
_LONGEST = 12  # lines of a definition that is shown whole where somebody points at its name


@dataclass(frozen=True)
class _Piece:
    start: int
    end: int
    css: str | None
    name: str | None = None


@dataclass(frozen=True)
class Listing:
    """A stretch of a module to show.

    Attributes
    ----------
    title
        Name of the declaration, short, or where it stands if it has none.
    name
        Of the declaration, in full; empty where it has none.
    module, path
        What it is in, and the file of that.
    first, last
        Lines, counted from 1.
    draw
        Returns it as HTML, given where the top of the site is.
    """

    title: str
    name: str
    module: str
    path: str
    first: int
    last: int
    draw: Callable[[str], Markup]


@dataclass(frozen=True)
class Code:
    """Shows the sources of a report."""

    names: Names
    _cut: dict[str, list[_Piece]] = field(default_factory=dict)
    _anchors: dict[str, str] = field(default_factory=dict)
    _drawn: dict[tuple[str, int, int, str], Markup] = field(default_factory=dict)

    @cached_property
    def _starts(self) -> dict[str, list[int]]:
        return {module: line_starts(text) for module, text in self.names.report.sources.items()}

    def text(self, place: Place) -> str:
        """Return the source of a declaration."""
        start, end = self._span(place)
        return self.names.report.sources[place.module][start:end]

    def listing(self, place: Place) -> Listing:
        """Return a declaration ready to be shown."""
        return self._listing(place, *self._span(place))

    def statement(self, place: Place) -> Listing:
        """Return what a theorem says, its proof left out."""
        return self._listing(place, *self._stated(place))

    def proof(self, place: Place) -> Listing:
        """Return the proof of a theorem alone."""
        (_, start), (_, end) = self._stated(place), self._span(place)
        gap = _ASSIGNED.match(self.names.report.sources[place.module], start, end)
        return self._listing(place, start if gap is None else gap.end(), end)

    def _listing(self, place: Place, start: int, end: int) -> Listing:
        title = place.name.removeprefix("RLHF.") or f"instance at line {place.first}"
        lines = (self._line(place.module, start + 1), self._line(place.module, end))
        return Listing(
            title,
            place.name,
            place.module,
            file_of(place.module),
            *lines,
            lambda root: self.html(place.module, start, end, root),
        )

    def _stated(self, place: Place) -> tuple[int, int]:
        start, _ = self._span(place)
        return start, start + len(statement_of(self.text(place)))

    def mentioned(self, place: Place, *, statement: bool = False) -> tuple[str, ...]:
        """Return the names in a declaration, or in what it says, each once, in the order of the source."""
        start, end = self._stated(place) if statement else self._span(place)
        return tuple(dict.fromkeys(p.name for p in self._between(place.module, start, end) if p.name is not None))

    def kind(self, place: Place) -> str:
        """Return what the kernel holds a declaration for, nothing where the report does not say."""
        held = self.names.report.constants.by_name
        private = f"_private.{place.module}.0.{place.name}"
        return str((held.get(place.name) or held.get(private) or {"kind": ""})["kind"])

    def explained(self, name: str) -> str:
        """Return what somebody who points at a name is shown: its docstring and signature, short definitions whole."""
        place = self.names.known[name]
        text = self.text(place)
        if name != place.name:
            return _field(text, name.rpartition(".")[2])
        short = self.kind(place) in ("definition", "inductive") and text.count("\n") < _LONGEST
        return text if short else statement_of(text)

    def context(self, place: Place) -> tuple[Place, ...]:
        """Return the lines above a declaration that give variables to it, as places."""
        return tuple(
            Place(place.module, "", first, last) for first, last in self.names.variables(place.module, place.first)
        )

    def anchor(self, name: str) -> str:
        """Return where on the page of its module a name is declared: what has no place of its own is in another's."""
        if name not in self._anchors:
            place = self.names.known[name]
            self._anchors[name] = name if name == place.name or name in self._fields(place) else place.name
        return self._anchors[name]

    def _fields(self, place: Place) -> Mapping[str, int]:
        """Return where a structure declares its fields."""
        start, end = self._span(place)
        found: dict[str, int] = {}
        if self.kind(place) not in ("inductive", ""):
            return found
        for piece in self._between(place.module, start, end):
            if piece.name is not None and piece.name.startswith(f"{place.name}."):
                found.setdefault(piece.name, piece.start)
        return found

    def html(self, module: str, start: int, end: int, root: str) -> Markup:
        """Return a stretch of a module as HTML."""
        key = module, start, end, root  # most definitions are on most pages
        if key not in self._drawn:
            text = self.names.report.sources[module]
            self._drawn[key] = Markup("").join(
                self._piece(piece, escape(text[max(piece.start, start) : min(piece.end, end)]), root)
                for piece in self._between(module, start, end)
            )
        return self._drawn[key]

    def page(self, module: str) -> Callable[[str], Markup]:
        """Return what draws a whole module, with an anchor at each declaration and each field of a structure."""
        end = len(self.names.report.sources[module])
        here = sorted((p for p in self.names.places.values() if p.module == module), key=lambda place: place.first)

        def draw(root: str) -> Markup:
            out, position = Markup(""), 0
            for place in here:
                start, stop = self._span(place)
                out += self.html(module, position, start, root)
                out += Markup('<span id="{}"></span>').format(place.name)
                for name, at in sorted(self._fields(place).items(), key=itemgetter(1)):
                    out += self.html(module, start, at, root) + Markup('<span id="{}"></span>').format(name)
                    start = at
                out += self.html(module, start, stop, root)
                position = stop
            return out + self.html(module, position, end, root)

        return draw

    def _piece(self, piece: _Piece, shown: Markup, root: str) -> Markup:
        if piece.name is not None:
            where = escape(f"{page_of(self.names.known[piece.name].module, root)}#{self.anchor(piece.name)}")
            return Markup(f'<a href="{where}">{shown}</a>')  # what is put in is escaped
        return shown if piece.css is None else Markup(f'<span class="{piece.css}">{shown}</span>')

    def _span(self, place: Place) -> tuple[int, int]:
        starts = self._starts[place.module]
        return starts[place.first - 1], starts[place.last] - 1

    def _line(self, module: str, offset: int) -> int:
        return bisect_left(self._starts[module], offset)

    def _between(self, module: str, start: int, end: int) -> Iterator[_Piece]:
        if module not in self._cut:
            text = self.names.report.sources[module]
            self._cut[module] = list(_pieces(text, self.names.mentions(module)))
        pieces = self._cut[module]
        i = bisect_left(pieces, start + 1, key=lambda piece: piece.end)
        while i < len(pieces) and pieces[i].start < end:
            yield pieces[i]
            i += 1


def file_of(module: str) -> str:
    """Return the file of a module, from the top of the repository."""
    return f"proofs/{module.replace('.', '/')}.lean"


def page_of(module: str, root: str) -> str:
    """Return the address of the page of a module."""
    return f"{root}source/{module}.html"


def _pieces(text: str, mentions: Sequence[Mention]) -> Iterator[_Piece]:
    """Cut a module where the colour changes and where a name begins and ends."""
    waiting, position = list(reversed(mentions)), 0
    for start, end, css in _coloured(text):
        position = max(position, start)
        while waiting and waiting[-1].start < end:
            mention = waiting.pop()
            if position < mention.start:
                yield _Piece(position, mention.start, css)
            yield _Piece(mention.start, mention.end, None, mention.name)
            position = mention.end
        if position < end:
            yield _Piece(position, end, css)


def _coloured(text: str) -> Iterator[tuple[int, int, str | None]]:
    """Yield stretches of one colour."""
    tokens = get_lexer_by_name("lean4").get_tokens_unprocessed(text)
    for css, group in groupby(((at, _css(kind), value) for at, kind, value in tokens), key=itemgetter(1)):
        parts = list(group)
        yield parts[0][0], parts[-1][0] + len(parts[-1][2]), css


def _css(kind: _TokenType) -> str | None:
    return next((css for each, css in _COLOURED.items() if kind in each), None)


def _field(source: str, name: str) -> str:
    """Return the lines of a structure that declare a field, with its docstring; all of it if there are none."""
    found = re.search(rf"(?:^ +/--(?:(?!/--).)*?-/\n)?^( +)(?:\w+ )*{re.escape(name)}\b[^\n]*:.*?(?=^\1/--|^\1\S|\Z)",
                      source, re.MULTILINE | re.DOTALL)  # fmt: skip
    return dedent(found[0]).rstrip() if found else statement_of(source)
