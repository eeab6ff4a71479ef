"""The commands in groups, as ``rlhf-lemmas --help`` shows them."""

from typing import Any

from typer.core import TyperGroup

__all__ = ["GROUPS", "GroupedCommands"]

GROUPS = {
    "Statements": ("check", "ledger", "show", "cite", "derive"),
    "Your own data": ("audit", "experiment"),
    "Counterexamples": ("campaign", "hunt", "mutate", "replay", "tightness", "throughput"),
    "The whole as a site, a graph, a data set": ("report", "graph", "trace"),
    "For those who add statements": ("new", "pin", "formalization", "record-ledger"),
    "Installation": ("doctor", "lean"),
}


class GroupedCommands(TyperGroup):
    """A command line whose help has the commands by what they are for, those of no group last."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ANN401 - as in typer
        """Return the names in the order of the groups; it is that of the shell's completion, too."""
        known = super().list_commands(ctx)
        grouped = [name for names in GROUPS.values() for name in names if name in known]
        return [*grouped, *(name for name in known if name not in grouped)]

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401 - as in typer
        """Write the groups, one below the other, with all names in one column."""
        names = self.list_commands(ctx)
        rest = tuple(name for name in names if not any(name in group for group in GROUPS.values()))
        width = max(map(len, names))
        room = formatter.width - width - 6
        for title, group in {**GROUPS, "Others": rest}.items():
            found = [(name, self.get_command(ctx, name)) for name in group if name in names]
            rows = [(name.ljust(width), command.get_short_help_str(room)) for name, command in found if command]
            if rows:
                with formatter.section(title):
                    formatter.write_dl(rows)
