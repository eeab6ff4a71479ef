"""``pins.json``: for each statement, the Lean statement that its derivation, claim and prose were written against.

A theorem whose statement is no longer the pinned one is stale: whoever changed it must look at everything that says the
same thing in another language, and then pin it anew.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from difflib import ndiff
from pathlib import Path

from rlhf_proofs.errors import TableError
from rlhf_proofs.lean.audit import LibraryReport
from rlhf_proofs.resources import pins_file, replace_text
from rlhf_proofs.table import ClaimEntry

__all__ = ["Pin", "current_pins", "difference", "load_pins", "write_pins"]


@dataclass(frozen=True)
class Pin:
    """A Lean statement as it was when it was pinned.

    Attributes
    ----------
    theorem
        Full Lean name.
    sha256
        See `rlhf_proofs.lean.audit.AuditedTheorem.statement_sha256`.
    statement
        As Lean prints it.
    definitions
        Hash of every definition of the library that the statement unfolds to, by name.
    """

    theorem: str
    sha256: str
    statement: str
    definitions: Mapping[str, str]


def load_pins(path: Path | None = None) -> dict[str, Pin]:
    """Read the pins by id.

    Raises
    ------
    TableError
        If the file is not what `write_pins` writes.
    """
    path = path or pins_file()
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
        return {claim: Pin(**row) for claim, row in rows.items()}
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise TableError(f"{path}: not a file of pins: {error}") from error


def write_pins(pins: Mapping[str, Pin], path: Path | None = None) -> Path:
    """Write the pins, sorted, all or nothing; return the file."""
    path = path or pins_file()
    rows = {claim: asdict(pins[claim]) for claim in sorted(pins)}
    replace_text(path, json.dumps(rows, indent=1, ensure_ascii=False, sort_keys=True) + "\n")
    return path


def current_pins(entries: Sequence[ClaimEntry], report: LibraryReport) -> dict[str, Pin]:
    """Return what pinning every statement now would store; only what counts as proved can be pinned."""
    proved = {e.id: e.lean for e in entries if e.lean is not None and report.refusal(e.lean) is None}
    return {claim: _pin(report, theorem) for claim, theorem in proved.items()}


def _pin(report: LibraryReport, theorem: str) -> Pin:
    found = report.theorems[theorem]
    return Pin(theorem, found.statement_sha256, found.statement, report.constants.definitions(theorem))


def difference(old: Pin | None, new: Pin) -> Iterator[str]:
    """Yield the lines that tell what has changed, none if nothing has: ``-`` was pinned, ``+`` is now."""
    if old is None:
        yield from (f"+ {line}" for line in (new.theorem, *new.statement.splitlines()))
        return
    before, after = ([pin.theorem, *pin.statement.splitlines()] for pin in (old, new))
    if before != after:
        yield from (line.rstrip("\n") for line in ndiff(before, after))
    for name in sorted({*old.definitions, *new.definitions}):
        was, now = old.definitions.get(name), new.definitions.get(name)
        if was != now:
            yield f"~ {name}: " + ("no longer mentioned" if now is None else "new" if was is None else "redefined")
    if old.sha256 != new.sha256 and before == after and dict(old.definitions) == dict(new.definitions):
        yield "~ the elaborated statement has changed, though it prints alike"
