"""``records/heartbeats.json``: what elaborating each declaration took when last recorded, so that a regression is seen.

Lean counts allocations as heartbeats: unlike milliseconds they do not depend on the machine's load. They depend on the
build of Lean, so a record is only compared with runs of the same one.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from rlhf_numeric.evaluation.case_json import Form, StoredFileError, read_stored, schema_of
from rlhf_proofs.errors import CannotRunError, TableError
from rlhf_proofs.lean.audit import LibraryReport
from rlhf_proofs.resources import heartbeats_file, replace_text

__all__ = ["Growth", "Record", "compare", "load_record", "recorded", "write_record"]

FACTOR = 2
NOTICEABLE = 1_000_000  # heartbeats, a few tenths of a second: what grows by less is noise to a reader


@dataclass(frozen=True)
class Record:
    """Heartbeats of every named declaration, by one build of Lean.

    Attributes
    ----------
    backend, toolchain
        Which Lean counted.
    heartbeats
        By full name; the larger count where a name is declared twice.
    """

    backend: str
    toolchain: str
    heartbeats: Mapping[str, int]


# No digest: a wrong count can only make the comparison speak up, or keep still about speed.
_FORM = Form(
    "a record of heartbeats", "make it anew: rlhf-lemmas lean heartbeats --write", schema_of(Record), sealed=False
)


@dataclass(frozen=True)
class Growth:
    """A declaration that takes more than `FACTOR` times the recorded heartbeats."""

    name: str
    was: int
    now: int

    def __str__(self) -> str:
        """Return a sentence."""
        return f"{self.name}: {self.now} heartbeats, {self.now / max(1, self.was):.1f} times the recorded {self.was}"


def recorded(report: LibraryReport) -> Record:
    """Return the record of a checked library."""
    heartbeats: dict[str, int] = {}
    for cost in report.costs:
        if cost.name:  # an instance may have none
            heartbeats[cost.name] = max(cost.heartbeats, heartbeats.get(cost.name, 0))
    return Record(report.backend, report.toolchain, heartbeats)


def compare(old: Record, new: Record) -> list[Growth]:
    """Return what has more than doubled, by a noticeable amount, the largest first.

    Raises
    ------
    CannotRunError
        If the record was made with another build of Lean.
    """
    if (old.backend, old.toolchain) != (new.backend, new.toolchain):
        raise CannotRunError(
            f"heartbeats.json was recorded with {old.toolchain} ({old.backend}), this is {new.toolchain} "
            f"({new.backend}): their heartbeats cannot be compared; record anew with `lean heartbeats --write`"
        )
    grown = [Growth(name, old.heartbeats[name], now) for name, now in new.heartbeats.items() if name in old.heartbeats]
    flagged = [g for g in grown if g.now > FACTOR * g.was and g.now - g.was > NOTICEABLE]
    return sorted(flagged, key=lambda g: g.was - g.now)


def load_record(path: Path | None = None) -> Record:
    """Read the record.

    Raises
    ------
    TableError
        If the file is not what `write_record` writes.
    """
    try:
        return Record(**read_stored(path or heartbeats_file(), _FORM))
    except StoredFileError as error:
        raise TableError(*error.args) from error


def write_record(record: Record, path: Path | None = None) -> Path:
    """Write the record, sorted, all or nothing; return the file."""
    path = path or heartbeats_file()
    replace_text(path, json.dumps(asdict(record), indent=1, ensure_ascii=False, sort_keys=True) + "\n")
    return path
