"""What names of Lean are called in the papers, from the table in NOTATION.md."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from rlhf_proofs.report.names import Names
from rlhf_proofs.resources import document

__all__ = ["Symbol", "notation"]

# What stands before the dot in the table, and what it may be.
_VARIABLES = {"P": ("Problem", "Setting"), "E": ("Setting", "Expect")}
_APPLIED = re.compile(r"^(?:([A-Z])\.)?([\w'.]+)(?: [\w'*]+)*$")


@dataclass(frozen=True)
class Symbol:
    """How papers write what a name of Lean stands for, and what that is."""

    symbol: str
    meaning: str


def notation(names: Names, text: str | None = None) -> Mapping[str, Symbol]:
    """Return the symbol of each name of the library that the table gives one, the first where it gives several.

    Only what the table shows as a name, alone or applied to variables, counts: in ``P.trueParam - θ`` the name is but a
    part of what the symbol stands for. So is every name in a row that begins with a variable and its type.
    """
    found: dict[str, Symbol] = {}
    for symbol, meaning, snippet in _entries(document("NOTATION.md") if text is None else text):
        if (applied := _APPLIED.match(snippet)) is not None:
            for full in _candidates(applied[1], applied[2]):
                if full in names.known:
                    found.setdefault(full, Symbol(symbol, meaning))
                    break
    return found


def _entries(text: str) -> Iterator[tuple[str, str, str]]:
    """Yield symbol, meaning and a piece of Lean, for each piece in the rows of the table."""
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if line.startswith("|") and len(cells) == 5 and cells[0] != "paper" and not cells[0].startswith("---"):
            symbol, meaning = cells[0].replace("\\", ""), cells[1].replace("\\", "").replace("`", "")
            snippets = re.findall(r"`([^`]*)`", cells[2])
            for snippet in snippets if snippets and ":" not in snippets[0] else ():
                yield "" if symbol == "–" else symbol, meaning, snippet


def _candidates(variable: str | None, name: str) -> Iterator[str]:
    owners = ("",) if variable is None else _VARIABLES.get(variable, ())
    yield from (f"RLHF.{owner}.{name}" if owner else f"RLHF.{name}" for owner in owners)
