"""What a word of a Lean source may mean where it stands: names by namespace, and variables, which hide names."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

__all__ = ["Scope", "Word", "bound", "code_only", "prefixes", "scopes", "words"]

_PART = r"(?:[^\W\d][\w'!?]*|«[^»]*»)"
_WORD = re.compile(rf"(?:(\.)|(?<![\w'!?».])){_PART}(?:\.{_PART})*")
_SOME = rf"((?!fun\b){_PART}(?:\s+(?!fun\b){_PART})*)"
_COMMENT = re.compile(r"/-.*?-/|--[^\n]*|\"(?:\\.|[^\"\\])*\"", re.DOTALL)
# Where Lean binds variables. Too many rather than too few: a word that may be a variable gets no link.
_BINDERS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"[(\[{{⦃]\s*{_SOME}\s*:(?!=)",
        rf"(?:∀|∃|∃!|\bfun|\bintro|\bintros|\brename_i|\bfunext|\|)\s*{_SOME}",
        r"(?:\bobtain|\brintro|\bfun|\bintro|\bwith|\bhave|\blet|∃|∀)\s*(⟨[^:=]*)",
        rf"\b(?:have|let|set|suffices|by_cases|induction|cases|letI|haveI)\s+({_PART})",
        rf"\bgeneralize\b[^\n]*=\s*({_PART})",
    )
)
_COMMAND = re.compile(rf"^(?:(?:[^\n]* )?(section)|(namespace|end))\b[ \t]*({_PART}(?:\.{_PART})*)?", re.MULTILINE)


@dataclass(frozen=True)
class Word:
    """A dotted word, where it starts, and whether a dot stands before it, as after a bracket."""

    start: int
    parts: tuple[str, ...]
    projected: bool

    def offset(self, part: int) -> int:
        """Return where a part starts."""
        return self.start + sum(len(each) + 1 for each in self.parts[:part])


def words(code: str) -> Iterator[Word]:
    """Yield the words of a source whose comments are blank."""
    for found in _WORD.finditer(code):
        text = found[0].lstrip(".")
        parts = tuple(re.findall(_PART, text))
        yield Word(found.end() - len(text), parts, bool(found[1]))


def code_only(source: str) -> str:
    """Return a source with comments and strings as blanks, everything else where it was."""
    return _COMMENT.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), source)


def bound(code: str) -> frozenset[str]:
    """Return what may be the name of a variable in a piece of Lean."""
    groups = (found[1] for pattern in _BINDERS for found in pattern.finditer(code))
    return frozenset(name for group in groups for name in re.findall(_PART, group))


@dataclass(frozen=True)
class Scope:
    """What holds from a place in a module on: the namespace, and which sections and namespaces are open, by number."""

    start: int
    namespace: str
    opened: tuple[int, ...]


def scopes(code: str) -> list[Scope]:
    """Return the scopes of a module in order; none is open at its head."""
    opened: list[tuple[int, str]] = []
    found = [Scope(0, "", ())]
    for number, each in enumerate(_COMMAND.finditer(code)):
        section, command, name = each.groups()
        if section or command == "namespace":
            opened.append((number, name or "" if command else ""))
        elif opened:
            opened.pop()
        space = ".".join(name for _, name in opened if name)
        found.append(Scope(each.end(), space, tuple(number for number, _ in opened)))
    return found


def prefixes(name: str) -> Iterable[str]:
    """Yield a dotted name and what is left of it when parts are taken off at its end, the empty name last."""
    while name:
        yield name
        name = name.rpartition(".")[0]
    yield ""
