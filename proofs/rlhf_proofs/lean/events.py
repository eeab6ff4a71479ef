"""What the Lean driver reports, one JSON object a line, and how a file of them is followed."""

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rlhf_proofs.errors import LeanFailureError

__all__ = ["Diagnostic", "Event", "Follower", "diagnostic", "prefix"]

Event = dict[str, Any]


@dataclass(frozen=True)
class Diagnostic:
    """One message of Lean.

    Attributes
    ----------
    module, line, column
        Where; lines count from 1, columns from 0, as Lean counts.
    severity
        ``"error"``, ``"warning"`` or ``"information"``.
    text
        Lean's own words.
    """

    module: str
    line: int
    column: int
    severity: str
    text: str

    def __str__(self) -> str:
        """Return ``file:line:column: severity: text``."""
        return f"{self.module.replace('.', '/')}.lean:{self.line}:{self.column}: {self.severity}: {self.text.strip()}"


def diagnostic(event: Event) -> Diagnostic:
    """Return the message in a ``message`` event."""
    return Diagnostic(event["module"], event["line"], event["column"], event["severity"], event["text"])


def prefix(name: str) -> str:
    """Return a Lean name without its last word, as the Lean programs print names; a word in «» may hold dots."""
    words = re.findall(r"«(?:[^»]|»»)*»|[^.]+", name)
    return ".".join(words[:-1])


@dataclass
class Follower:
    """Reads the complete lines that have been added to an events file since the last look.

    With a nonce, each event must carry it: it was not known to whoever wrote to the file before the job was given out.
    """

    path: Path
    nonce: str | None = None
    _position: int = 0
    events: list[Event] = field(default_factory=list)

    def new(self) -> list[Event]:
        """Return the events that are new.

        Raises
        ------
        LeanFailureError
            If a complete line is not an event, or does not carry the nonce.
        """
        with self.path.open("rb") as file:
            file.seek(self._position)
            data = file.read()
        complete = data[: data.rfind(b"\n") + 1]
        self._position += len(complete)
        fresh = [self._event(line) for line in complete.split(b"\n")[:-1]]
        self.events.extend(fresh)
        return fresh

    def _event(self, line: bytes) -> Event:
        event = _event(line)
        if self.nonce is not None and event.pop("nonce", None) != self.nonce:
            raise LeanFailureError(f"Lean reported a line without the text that each must carry: {line[:200]!r}")
        return event


# What the process that elaborates says, field by field; it can be made to say anything.
_FIELDS: dict[str, dict[str, type]] = {
    "start": {"module": str},
    "message": {"module": str, "line": int, "column": int, "severity": str, "text": str},
    "declaration": {"module": str, "name": str, "milliseconds": int, "heartbeats": int},
    "module": {"module": str, "ok": bool, "milliseconds": int},
    "failed": {"text": str},
}


def _event(line: bytes) -> Event:
    try:
        event: Event = json.loads(line)
        fields = _FIELDS.get(event["event"], {})  # every event says what it is
        well_formed = all(isinstance(event[name], kind) for name, kind in fields.items())
    except (ValueError, TypeError, KeyError) as error:
        raise LeanFailureError(f"Lean reported a line that is not an event: {line[:200]!r}") from error
    if not well_formed:
        raise LeanFailureError(f"Lean reported a line that is not an event: {line[:200]!r}")
    return event
