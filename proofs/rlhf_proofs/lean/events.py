"""What the Lean driver reports, one JSON object a line, and how a file of them is followed."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rlhf_proofs.errors import LeanFailureError

__all__ = ["Diagnostic", "Event", "Follower", "diagnostic"]

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


@dataclass
class Follower:
    """Reads the complete lines that have been added to an events file since the last look."""

    path: Path
    _position: int = 0
    events: list[Event] = field(default_factory=list)

    def new(self) -> list[Event]:
        """Return the events that are new.

        Raises
        ------
        LeanFailureError
            If a complete line is not an event.
        """
        with self.path.open("rb") as file:
            file.seek(self._position)
            data = file.read()
        complete = data[: data.rfind(b"\n") + 1]
        self._position += len(complete)
        fresh = [_event(line) for line in complete.split(b"\n")[:-1]]
        self.events.extend(fresh)
        return fresh


def _event(line: bytes) -> Event:
    try:
        event: Event = json.loads(line)
        event["event"]  # every event says what it is
    except (ValueError, TypeError, KeyError) as error:
        raise LeanFailureError(f"Lean reported a line that is not an event: {line[:200]!r}") from error
    return event
