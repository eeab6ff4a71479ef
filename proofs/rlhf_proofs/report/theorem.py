"""What the page of a statement shows of Lean: the theorem, its proof, its lemmas, and every name in them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from markupsafe import Markup

from rlhf_proofs.lean.census import Place, Reader
from rlhf_proofs.publish.setting import load_setting
from rlhf_proofs.report.code import Code, file_of
from rlhf_proofs.report.html import mixed
from rlhf_proofs.report.names import Names
from rlhf_proofs.report.notation import Symbol, notation

__all__ = ["Explained", "Theorems", "in_words"]


@dataclass(frozen=True)
class Explained:
    """A name of the library, with what somebody who points at it is shown.

    Attributes
    ----------
    name
        In full.
    page, anchor
        Of its declaration: the module, and where on the page of that.
    text
        Its docstring and signature, short definitions whole.
    symbol
        How the papers write it, if the table of the notation says so.
    """

    name: str
    page: str
    anchor: str
    text: str
    symbol: Symbol | None


@dataclass(frozen=True)
class Theorems:
    """Shows theorems of a report."""

    reader: Reader

    @cached_property
    def code(self) -> Code:
        """Shows sources."""
        return Code(Names(self.reader.report))

    @cached_property
    def notation(self) -> Mapping[str, Symbol]:
        """How the papers write what names stand for."""
        return notation(self.code.names)

    def place(self, constant: str | None) -> Place | None:
        """Return the declaration of a constant, or None where the check has not seen it."""
        known = self.reader.report.constants.by_name
        return self.reader.place(constant) if constant and constant in known else None

    def shown(self, theorem: str | None) -> dict[str, Any] | None:
        """Return what a page shows of a theorem, None where the check has not seen it."""
        place = self.place(theorem)
        if place is None or theorem is None:
            return None
        meaning = self.reader.surface([theorem]).places
        lemmas = self._lemmas(place)
        above = self.code.context(place)
        own = dict.fromkeys(name for each in (*above, place) for name in self.code.mentioned(each))
        further = dict.fromkeys(name for each in (*lemmas, *meaning) for name in self.code.mentioned(each))
        shown = {each.name for each in (*lemmas, *meaning)}
        return {
            "context": [self.code.listing(each) for each in above],
            "statement": self.code.statement(place),
            "proof": self.code.proof(place),
            "lemmas": [self.code.listing(each) for each in lemmas],
            "meaning": [self.code.listing(each) for each in meaning],
            "notation": self.notation,
            "symbols": self._symbols(self.code.mentioned(place, statement=True)),
            "names": [self.explained(name) for name in sorted(own | further) if name not in shown],
        }

    def _lemmas(self, place: Place) -> list[Place]:
        """Return the theorems of the library that a proof names, in its order."""
        stated = set(self.code.mentioned(place, statement=True))
        found = (self.code.names.known[name] for name in self.code.mentioned(place) if name not in stated)
        return [each for each in dict.fromkeys(found) if self._is_theorem(each) and each != place]

    def _is_theorem(self, place: Place) -> bool:
        return self.code.kind(place) == "theorem"

    def _symbols(self, names: Iterable[str]) -> list[tuple[Explained, Symbol]]:
        return [(self.explained(name), self.notation[name]) for name in names if name in self.notation]

    def explained(self, name: str) -> Explained:
        """Return what somebody who points at a name is shown."""
        place = self.code.names.known[name]
        return Explained(name, place.module, self.code.anchor(name), self.code.explained(name), self.notation.get(name))

    def module(self, name: str, rows: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
        """Return what the page of a module shows."""
        headlines = {row["lean"]["theorem"]: slug for slug, row in rows.items() if row["lean"]["theorem"]}
        here = (theorem for theorem in headlines if (at := self.place(theorem)) is not None and at.module == name)
        return {
            "module": name,
            "path": file_of(name),
            "draw": self.code.page(name),
            "proves": [headlines[t] for t in here],
        }


def in_words(hypotheses: Sequence[Mapping[str, Any]], latex: str | None) -> list[dict[str, Any]]:
    """Return hypotheses, each with the words that say it in the LaTeX of the statement, none where it has them not."""
    assumes = load_setting().assumes
    said = ((each, assumes.get(each["type"].replace("RLHF.", ""), ())) for each in hypotheses)
    return [
        dict(each) | {"words": [] if each["of"] is not None or latex is None else _quoted(latex, words)}
        for each, words in said
    ]


def _quoted(latex: str, words: Iterable[str]) -> list[Markup]:
    """Return pieces of a text as it has them, from the beginning of a word on."""
    starts = [(latex.find(piece), len(piece)) for piece in words]
    return [mixed(latex[_word_start(latex, at) : at + length]) for at, length in starts if at >= 0]


def _word_start(text: str, at: int) -> int:
    while at and text[at].isalpha() and text[at - 1].isalpha():
        at -= 1
    return at
