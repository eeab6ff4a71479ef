"""Progress on the terminal, for anything that takes more than a second, and what is said when it is stopped."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

__all__ = ["INTERRUPTED", "KEPT_BY_LEAN", "Progress", "bar", "silent", "stoppable"]

Progress = Callable[[str, int, int], None]

INTERRUPTED = 130  # the exit status of a program that Ctrl-C has ended, by the convention of shells
NOTHING = "nothing was written"
LINE_EVERY = 60.0  # seconds between lines where no terminal shows a bar
KEPT_BY_LEAN = "Lean modules that are done are kept, nothing else was changed; the same command goes on"


def silent(_what: str, _done: int, _total: int) -> None:
    """Report nothing."""


@contextmanager
def stoppable(console: Console, kept: str = NOTHING) -> Iterator[None]:
    """On Ctrl-C, say what is kept and how to go on, and end with exit status 130."""
    try:
        yield
    except KeyboardInterrupt:
        raise _stopped(console, "", kept) from None


def _stopped(console: Console, where: str, kept: str) -> typer.Exit:
    console.print(f"stopped{where}{kept and ': '}{kept}", markup=False, highlight=False, soft_wrap=True)
    return typer.Exit(INTERRUPTED)


@contextmanager
def bar(console: Console, kept: str = NOTHING) -> Iterator[Progress]:
    """Show a bar that follows calls (what, done, total), says how long it may still take, and vanishes at the end.

    Where there is no terminal, a line each minute says the same.
    On Ctrl-C, say where it was and what is kept, and end as `stoppable` does.
    """
    columns = (
        TextColumn("{task.description:<40.40}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
        TextColumn("left"), TimeRemainingColumn(),
    )  # fmt: skip
    where = ""
    lines = _Lines(console)
    try:
        with Bar(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
            task = progress.add_task("starting", total=None)

            def report(what: str, done: int, total: int) -> None:
                nonlocal where
                where = f" at {what} ({done} of {total})"
                progress.update(task, description=what, completed=done, total=total)
                lines.say(what, done, total)

            yield report
    except KeyboardInterrupt:
        raise _stopped(console, where, kept) from None


class _Lines:
    """A line each minute, of the last thing that was told, where there is no terminal."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._start = self._last = time.monotonic()

    def say(self, what: str, done: int, total: int) -> None:
        now = time.monotonic()
        if self._console.is_terminal or now - self._last < LINE_EVERY:
            return
        self._last = now
        spent = now - self._start
        left = f", about {_minutes(spent * (total - done) / done)} left" if 0 < done < total else ""
        said = f"{what}: {done} of {total} after {_minutes(spent)}{left}"
        self._console.print(said, markup=False, highlight=False, soft_wrap=True)


def _minutes(seconds: float) -> str:
    return f"{max(round(seconds / 60), 1)} min"
