"""Tables on the terminal whose first column holds ids: they fold after hyphens, never inside a word."""

from collections.abc import Collection
from textwrap import wrap

from rich.box import SIMPLE_HEAD
from rich.console import Console, ConsoleOptions, RenderResult
from rich.measure import Measurement
from rich.table import Table

__all__ = ["IdTable", "print_table"]


class IdTable:
    """A table of ids; columns move together, then ids fold, where a terminal is too narrow.

    Parameters
    ----------
    headings
        Of the columns; the first is that of the ids.
    left
        Columns that stand to the left, beside the ids; numbers stand to the right.
    spare
        Columns that are left out where the terminal is too narrow for all of them with whole ids.
    """

    def __init__(self, *headings: str, left: Collection[str] = (), spare: Collection[str] = ()) -> None:
        self._headings, self._left, self._spare = headings, left, spare
        self._rows: list[tuple[str, ...]] = []

    def add_row(self, id: str, *cells: str) -> None:
        """Add a row; cells may hold markup, the id none."""
        self._rows.append((id, *cells))

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        """Return the narrowest width without a fold, and the usual one."""
        return Measurement(*(self._width(console, options, gap) for gap in (0, 1)))

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Render in the room that there is."""
        if self._spare and self._width(console, options, 0) > options.max_width:
            yield from self._narrower().__rich_console__(console, options)
            return
        gap = int(self._width(console, options, 1) <= options.max_width)
        excess = max(self._width(console, options, gap) - options.max_width, 0)
        longest = max((len(row[0]) for row in self._rows), default=0)
        yield self._table(gap, longest - excess if excess else None)

    def _narrower(self) -> "IdTable":
        kept = [i for i, heading in enumerate(self._headings) if heading not in self._spare]
        table = IdTable(*(self._headings[i] for i in kept), left=self._left)
        for row in self._rows:
            table.add_row(*(row[i] for i in kept))
        return table

    def _width(self, console: Console, options: ConsoleOptions, gap: int) -> int:
        return self._table(gap).__rich_measure__(console, options.update(max_width=1000)).maximum

    def _table(self, gap: int, room: int | None = None) -> Table:
        table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, gap, 0, 0))
        table.add_column(self._headings[0], overflow="fold")
        for heading in self._headings[1:]:
            table.add_column(heading, justify="left" if heading in self._left else "right", no_wrap=True)
        for id, *cells in self._rows:
            table.add_row(id if room is None else "\n".join(_folded(id, room)), *cells)
        return table


def print_table(console: Console, table: IdTable) -> None:
    """Print in the width of a terminal, but in full where a file or a pipe has none."""
    whole = table.__rich_measure__(console, console.options).maximum
    (console if console.is_terminal else Console(width=whole)).print(table)


def _folded(id: str, room: int) -> list[str]:
    return wrap(id, max(room, *map(len, id.replace("-", "- ").split())), break_long_words=False)
