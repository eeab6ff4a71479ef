"""The numbers of the README, computed from the ledger that is recorded for the release."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

__all__ = ["BEGIN", "END", "ROOT", "StaleError", "current", "words", "written"]

ROOT = Path(__file__).resolve().parents[2]
BEGIN = "<!-- numbers: written by `python -m docs.front`, compared by a test -->\n"
END = "<!-- end -->\n"


class StaleError(Exception):
    """The README cannot say what it says of this ledger; the message says why."""


def words(ledger: Mapping[str, Any]) -> str:
    """Return the sentences of the README about a ledger.

    Raises
    ------
    StaleError
        If a statement is not proved: then no sentence may begin with "each".
    """
    rows = ledger["claims"]
    if open_ones := [row["id"] for row in rows if row["effective"] != "proved"]:
        raise StaleError(f"not proved: {', '.join(open_ones)}")
    tested = [row["numeric"]["decided"] for row in rows if row["numeric"]["status"] == "tested"]
    derived = sum(row["symbolic"]["status"] == "derived" for row in rows)
    surface = ledger["lean"]["audit_surface"]
    decided, to_read, of = (_spaced(number) for number in (sum(tested), surface["lines"], surface["of"]))
    lines = (
        f"**{len(rows)} statements**, each **proved** by Lean's kernel; {derived} closed forms among them",
        f"are **derived** by sympy, {len(tested)} are **tested** on {decided} decided instances. To know what they",
        f"say, read {to_read} of {of} lines of Lean. One ledger says which statement has which.",
    )
    return "".join(f"{line}\n" for line in lines)


def _spaced(number: int) -> str:
    return f"{number:,}".replace(",", " ")


def current() -> str:
    """Return the sentences that are true of the recorded ledger."""
    return words(json.loads((ROOT / "records/ledger.json").read_text(encoding="utf-8")))


def written(readme: str, sentences: str) -> str:
    r"""Return the README with these sentences in their place.

    Raises
    ------
    StaleError
        If it has no place for them.

    Examples
    --------
    >>> written("a\n" + BEGIN + "old\n" + END, "new\n") == "a\n" + BEGIN + "new\n" + END
    True
    """
    before, begin, rest = readme.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise StaleError(f"it has no {BEGIN.strip()} … {END.strip()}")
    return before + BEGIN + sentences + END + after
