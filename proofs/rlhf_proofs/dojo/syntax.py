"""From the extractor's traces to LeanDojo's ``.ast.json``, in the syntax that LeanDojo 4.20 knows.

Four things are put into the shape that its reader expects; left alone, they would give wrong names, none, or a crash:

1. ``section`` has gained a header (``@[expose] public noncomputable meta``): dropped; noncomputable becomes a kind.
2. ``end`` wraps its identifier once more: the identifier is kept, nothing else.
3. ``P.gap_eq x`` is one identifier, of which Lean says that ``gap_eq`` mentions a theorem; LeanDojo looks for premises
   at whole identifiers: such an identifier becomes its components with dots between them.
4. A premise comes with the place of its definition: Lean does not export that, the traces of the other modules have it.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from itertools import islice, takewhile
from typing import Any, TypeAlias

from rlhf_proofs.dojo.extract import RawTrace
from rlhf_proofs.errors import LeanFailureError

__all__ = ["Definitions", "Text", "ast_json", "definitions", "path_of"]

Json: TypeAlias = dict[str, Any]
Raw: TypeAlias = Any  # a syntax node, atom or identifier of Extract.lean: nested lists, or null
Range: TypeAlias = tuple[int, int]
Definitions: TypeAlias = Mapping[str, tuple[Json, Json]]  # constant -> LeanDojo's positions of its name

_SECTION, _END = "Lean.Parser.Command.section", "Lean.Parser.Command.end"
_CORE = ".lake/packages/lean4/src/lean"
_NAMES_ITSELF = {_SECTION, _END, "Lean.Parser.Command.namespace", "Lean.Parser.Command.declId"}


class Text:
    """A source file that is addressed by byte offset, as Lean does."""

    def __init__(self, source: str) -> None:
        self._bytes = source.encode()
        self._starts = [0, *(i + 1 for i, byte in enumerate(self._bytes) if byte == 0x0A)]

    def __getitem__(self, span: slice) -> str:
        return self._bytes[span].decode()

    def position(self, offset: int) -> Json:
        """Return line from 1 and column from 0, in characters."""
        line = bisect_right(self._starts, offset) - 1
        return {"line": line + 1, "column": len(self[self._starts[line] : offset])}


def path_of(module: str) -> str:
    """Return the source file of a module relative to the root of the traced repository.

    >>> path_of("RLHF.Model.Defs"), path_of("Init.Core")
    ('RLHF/Model/Defs.lean', '.lake/packages/lean4/src/lean/Init/Core.lean')
    """
    path = module.replace(".", "/") + ".lean"
    return path if module.split(".")[0] not in ("Init", "Std", "Lean", "Lake") else f"{_CORE}/{path}"


def definitions(texts: Mapping[str, Text], traces: Mapping[str, RawTrace]) -> Definitions:
    """Return where each constant of the library is given its name."""
    return {
        name: (texts[module].position(start), texts[module].position(stop))
        for module, trace in traces.items()
        for start, stop, name in trace["declared"]
    }


def ast_json(text: Text, trace: RawTrace, defined: Definitions) -> Json:
    """Return what LeanDojo reads of one module.

    Raises
    ------
    LeanFailureError
        If the source has a token without a position, or one that the parser did not understand.
    """
    premises = _mentioned(trace)
    build = _Builder(text, sorted(premises))
    return {
        "commandASTs": [build.node(command) for command in trace["commands"]],
        "tactics": [
            {"pos": start, "endPos": stop, "stateBefore": before, "stateAfter": after}
            for start, stop, before, after in trace["tactics"]
        ],
        "premises": [_premise(text, *span, *premises[span], defined) for span in sorted(premises)],
    }


def _mentioned(trace: RawTrace) -> dict[Range, tuple[str, str]]:
    """Return the constant, with its module, that each range of the source mentions.

    ``rw [f]`` mentions ``f`` and its equations ``f.eq_1``, ``f.eq_2``: LeanDojo has room for one, the word itself.
    """
    found: dict[Range, tuple[str, str]] = {}
    for start, stop, name, module in sorted(trace["premises"], key=lambda row: (-len(row[2]), row)):
        found[start, stop] = name, module
    return found


def _premise(text: Text, start: int, stop: int, name: str, module: str, defined: Definitions) -> Json:
    at, to = defined.get(name, (None, None))
    return {
        "fullName": name, "modName": module, "defPath": path_of(module), "defPos": at, "defEndPos": to,
        "pos": text.position(start), "endPos": text.position(stop),
    }  # fmt: skip


class _Builder:
    def __init__(self, text: Text, spans: list[Range]) -> None:
        self._text = text
        self._spans = spans

    def node(self, raw: Raw, *, whole: bool = False) -> Json:
        """Return LeanDojo's form of a syntax node; below ``whole``, identifiers are names that are not to be cut."""
        if raw is None or len(raw) == 1:
            raise LeanFailureError(f"the source has syntax that was not read from it: {raw}")
        if isinstance(raw[1], int):
            return {"atom": {"info": self._info(*raw[1:]), "val": raw[0]}}
        if isinstance(raw[1], str):
            return self._ident(raw) if not whole and self._mentions_within(*raw[3:5]) else self._whole(raw)
        kind, args = _of_today(*raw)
        return self._group(kind, [self.node(arg, whole=whole or kind in _NAMES_ITSELF) for arg in args])

    def _whole(self, raw: Raw) -> Json:
        return self._name(raw[0], raw[1], self._info(*raw[2:]))

    def _ident(self, raw: Raw) -> Json:
        """Cut ``P.gap_eq`` into ``P``, ``.``, ``gap_eq``."""
        value, _, lead, start, stop, trail = raw
        parts: list[Json] = []
        for word in _components(value):
            if parts:
                parts.append({"atom": {"info": self._info(start, start, start + 1, start + 1), "val": "."}})
                start += 1
            end = start + len(word.encode())
            info = self._info(start if parts else lead, start, end, trail if end == stop else end)
            parts.append(self._name(word, word, info))
            start = end
        return self._group("null", parts)

    def _mentions_within(self, start: int, stop: int) -> bool:
        """Whether a premise lies inside this range, and none is all of it."""
        first = bisect_left(self._spans, (start, start))
        inside = list(takewhile(lambda span: span[0] < stop, islice(self._spans, first, None)))
        return bool(inside) and (start, stop) not in inside and all(span[1] <= stop for span in inside)

    def _info(self, lead: int, start: int, stop: int, trail: int) -> Json:
        text = self._text
        around = {"leading": text[lead:start], "trailing": text[stop:trail]}
        return {"original": {"pos": start, "endPos": stop, **around}}

    @staticmethod
    def _name(raw: str, value: str, info: Json) -> Json:
        return {"ident": {"info": info, "rawVal": raw, "val": value, "preresolved": []}}

    @staticmethod
    def _group(kind: str, args: list[Json]) -> Json:
        return {"node": {"info": "none", "kind": kind, "args": args}}


def _components(name: str) -> list[str]:
    """Split at dots, except between « and ».

    >>> _components("P.«a.b».c")
    ['P', '«a.b»', 'c']
    """
    parts = [""]
    quoted = False
    for letter in name:
        quoted = (quoted or letter == "«") and letter != "»"
        if letter == "." and not quoted:
            parts.append("")
        else:
            parts[-1] += letter
    return parts


def _of_today(kind: str, args: list[Raw]) -> tuple[str, list[Raw]]:
    """Undo what ``section`` and ``end`` have gained since LeanDojo's last release."""
    if kind == _SECTION and len(args) == 3:
        header, *rest = args
        word = next((token for token in _tokens(header) if token[0] == "noncomputable"), None)
        return (kind, rest) if word is None else ("Lean.Parser.Command.noncomputableSection", [word, *rest])
    if kind == _END:
        keyword, names = args
        identifiers = [token for token in _tokens(names) if isinstance(token[1], str)]
        return kind, [keyword, ["null", identifiers]]
    return kind, args


def _tokens(raw: Raw) -> Iterable[Raw]:
    if isinstance(raw[1], list):
        for arg in raw[1]:
            yield from _tokens(arg)
    else:
        yield raw
