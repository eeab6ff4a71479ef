"""``records/pins/<paper>.json``: each row of the claim table as it was when somebody last looked at all that says it.

A pin holds the Lean statement that the derivation, the claim and the prose were written against, and the row's own
title, LaTeX, place, and names. A row that is no longer as it was pinned is stale: whoever changed it must look at
everything that says the same thing in another language, and then pin it anew.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from difflib import ndiff
from pathlib import Path

from rlhf_numeric.evaluation.case_json import HASH, Form, StoredFileError, read_stored, record, schema_of, sealed
from rlhf_proofs.errors import TableError
from rlhf_proofs.lean.audit import LibraryReport
from rlhf_proofs.resources import pins_folder, replace_text
from rlhf_proofs.table import ClaimEntry

__all__ = [
    "Pin",
    "changed_since",
    "current_pins",
    "difference",
    "homes_of_pins",
    "load_pins",
    "require_rows",
    "store_pins",
    "write_pins",
]


_FORMAT = "rlhf-lemmas pins 2"
_FIELDS = ("title", "latex", "group", "paper")  # beside the names, which the table calls by the kind of evidence
_NAMES = {"lean": "theorem", "symbolic": "derivation", "numeric": "claim"}


@dataclass(frozen=True, kw_only=True)
class Pin:
    """A row of the table and its Lean statement, as they were when they were pinned.

    Attributes
    ----------
    theorem, derivation, claim
        What the row names; None where it names none.
    title, latex, group, paper
        Of the row, see `rlhf_proofs.table.ClaimEntry`.
    sha256
        See `rlhf_proofs.lean.audit.AuditedTheorem.statement_sha256`; None without a theorem, and so the rest.
    statement
        As Lean prints it.
    definitions
        Hash of every definition of the library that the statement unfolds to, by name.
    """

    theorem: str | None
    derivation: str | None
    claim: str | None
    title: str
    latex: str | None
    group: str
    paper: str
    sha256: str | None
    statement: str | None
    definitions: Mapping[str, str]


_FORM = Form(
    "the pins of the claim table",
    "restore it, or look at every statement and pin all anew: rlhf-lemmas pin --write",
    record(sha256=HASH, format={"const": _FORMAT}, pins=schema_of(Mapping[str, Pin])),
)


def load_pins(path: Path | None = None) -> dict[str, Pin]:
    """Read the pins by id.

    Parameters
    ----------
    path
        A folder of pins, a file for each paper, or one such file. Default: those that ship with the package.

    Raises
    ------
    TableError
        If a file is not what `write_pins` wrote, or two of them pin one id.
    """
    return {claim: pin for _, claim, pin in _read(path or pins_folder())}


def homes_of_pins(folder: Path | None = None) -> dict[str, str]:
    """Return for each pinned id the paper whose file holds it."""
    return {claim: file.stem for file, claim, _ in _read(folder or pins_folder())}


def _read(path: Path) -> list[tuple[Path, str, Pin]]:
    found: dict[str, tuple[Path, str, Pin]] = {}
    for file in sorted(path.glob("*.json")) if path.is_dir() else [path]:
        try:
            rows = read_stored(file, _FORM)["pins"]
        except StoredFileError as error:
            raise TableError(*error.args) from error
        for claim, row in rows.items():
            if claim in found:
                raise TableError(f"{file}: {claim}: is pinned in {found[claim][0].name}, too; let one of them go")
            found[claim] = file, claim, Pin(**row)
    return list(found.values())


def store_pins(pins: Mapping[str, Pin], homes: Mapping[str, str], folder: Path | None = None) -> Path:
    """Write each pin into the file of its paper, and let files without a pin go; return the folder."""
    folder = folder or pins_folder()
    for home in sorted({homes[claim] for claim in pins}):
        write_pins({claim: pin for claim, pin in pins.items() if homes[claim] == home}, folder / f"{home}.json")
    for file in folder.glob("*.json"):
        if file.stem not in {homes[claim] for claim in pins}:
            file.unlink()
    return folder


def write_pins(pins: Mapping[str, Pin], path: Path) -> Path:
    """Write the pins of one file, sorted, all or nothing; return the file."""
    body = sealed({"format": _FORMAT, "pins": {claim: asdict(pins[claim]) for claim in sorted(pins)}})
    replace_text(path, json.dumps(body, indent=1, ensure_ascii=False, sort_keys=True) + "\n")
    return path


def require_rows(entries: Sequence[ClaimEntry], pins: Mapping[str, Pin]) -> None:
    """Require that no statement was lost since the table was pinned.

    Raises
    ------
    TableError
        If a pinned statement is not in the table.
    """
    if gone := sorted(set(pins) - {entry.id for entry in entries}):
        raise TableError(
            f"claims: {', '.join(gone)}: pinned, but no longer in the table; put it back, or let it go for good: "
            "rlhf-lemmas pin --write"
        )


def changed_since(pin: Pin | None, entry: ClaimEntry, report: LibraryReport | None) -> tuple[str, ...] | None:
    """Return the fields of the table in which a row departs from its pin, None if it has none.

    With a report of Lean, also "pinned statement" if the text of the pin is not what Lean says of the statement with
    the pinned hash.
    """
    if pin is None:
        return None
    names = [field for field in _FIELDS if getattr(entry, field) != getattr(pin, field)]
    names += [kind for kind, name in _NAMES.items() if getattr(entry, kind) != getattr(pin, name)]
    found = None if report is None else report.theorems.get(pin.theorem or "")
    if report is not None and found is not None and found.statement_sha256 == pin.sha256:
        told = (found.statement, report.constants.definitions(found.name))
        names += [] if told == (pin.statement, dict(pin.definitions)) else ["pinned statement"]
    return tuple(names)


def current_pins(entries: Sequence[ClaimEntry], report: LibraryReport) -> dict[str, Pin]:
    """Return what pinning every row now would store; a theorem can only be pinned if it counts as proved."""
    return {e.id: _pin(e, report) for e in entries if e.lean is None or report.refusal(e.lean) is None}


def _pin(entry: ClaimEntry, report: LibraryReport) -> Pin:
    row = {name: getattr(entry, kind) for kind, name in _NAMES.items()} | {f: getattr(entry, f) for f in _FIELDS}
    if entry.lean is None:
        return Pin(**row, sha256=None, statement=None, definitions={})
    found = report.theorems[entry.lean]
    definitions = report.constants.definitions(entry.lean)
    return Pin(**row, sha256=found.statement_sha256, statement=found.statement, definitions=definitions)


def _lines(pin: Pin) -> list[str]:
    row = [f"{name}: {getattr(pin, name)}" for name in (*_FIELDS, *_NAMES.values())]
    return [*row, *(pin.statement or "").splitlines()]


def difference(old: Pin | None, new: Pin) -> Iterator[str]:
    """Yield the lines that tell what has changed, none if nothing has: ``-`` was pinned, ``+`` is now."""
    if old is None:
        yield from (f"+ {line}" for line in _lines(new))
        return
    before, after = _lines(old), _lines(new)
    if before != after:
        yield from (line.rstrip("\n") for line in ndiff(before, after))
    for name in sorted({*old.definitions, *new.definitions}):
        was, now = old.definitions.get(name), new.definitions.get(name)
        if was != now:
            yield f"~ {name}: " + ("no longer mentioned" if now is None else "new" if was is None else "redefined")
    if old.sha256 != new.sha256 and before == after and dict(old.definitions) == dict(new.definitions):
        yield "~ the elaborated statement has changed, though it prints alike"
