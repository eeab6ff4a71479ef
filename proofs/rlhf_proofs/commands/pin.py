"""``rlhf-lemmas pin``: accept the Lean statements as they are now, after looking at what has changed."""

from collections.abc import Sequence
from typing import Annotated

import typer
from rich.console import Console

from rlhf_proofs.completion import STATEMENT_IDS
from rlhf_proofs.errors import LeanFailureError, TableError, require_known
from rlhf_proofs.ledger.gather import require_one_theorem, run_lean
from rlhf_proofs.progress import KEPT_BY_LEAN, bar
from rlhf_proofs.records.pins import Pin, current_pins, difference, homes_of_pins, load_pins, store_pins
from rlhf_proofs.table import load_table

_COLOUR = {"+": "green", "-": "red", "~": "yellow"}


def pin(
    claim: Annotated[
        list[str] | None,
        typer.Argument(metavar="[ID]...", help="Ids; all if none is given.", autocompletion=STATEMENT_IDS),
    ] = None,
    write: Annotated[bool, typer.Option("--write", help="Pin what is shown; without it nothing is changed.")] = False,
) -> None:
    """Show how rows and Lean statements differ from the pinned ones, and with --write pin them anew.

    Exits 1 while one differs from its pin.
    """
    out, entries = Console(), load_table()
    require_one_theorem(entries)
    pinned = _pinned(out, start_anew=write and not claim)
    with bar(Console(stderr=True), KEPT_BY_LEAN) as progress:
        report = run_lean(entries, "auto", progress)
    current = current_pins(entries, report)
    wanted = _wanted(claim or (), [e.id for e in entries])
    if missing := [c for c in wanted if c not in current]:
        theorem = next(e.lean for e in entries if e.id == missing[0])
        raise LeanFailureError(f"{missing[0]} is not proved and cannot be pinned: {report.refusal(theorem or '')}")
    changed = {c: lines for c in wanted if (lines := list(difference(pinned.get(c), current[c])))}
    for name, lines in changed.items():
        out.print(name, style="bold")
        for line in lines:
            out.print(f"  {line}", markup=False, highlight=False, style=_COLOUR.get(line[0]), soft_wrap=True)
    gone = [] if claim else sorted(set(pinned) - {e.id for e in entries})
    for name in gone:
        out.print(f"{name}: pinned, but no longer in the table", markup=False)
    if write:
        kept = {name: old for name, old in pinned.items() if name not in gone}
        homes = {**(homes_of_pins() if kept else {}), **{e.id: e.papers[0] for e in entries}}
        out.print(f"{len(changed)} pinned in {store_pins({**kept, **{c: current[c] for c in wanted}}, homes)}")
        return
    out.print(f"{len(wanted) - len(changed)} of {len(wanted)} statements are as they were pinned")
    raise typer.Exit(1 if changed or gone else 0)


def _pinned(out: Console, *, start_anew: bool) -> dict[str, Pin]:
    """Return the present pins; those of a file that cannot be read are only dropped where all are pinned anew."""
    try:
        return load_pins()
    except TableError as error:
        if not start_anew:
            raise
        out.print(str(error), markup=False, style="red", soft_wrap=True)
        return {}


def _wanted(asked: Sequence[str], known: Sequence[str]) -> list[str]:
    require_known("statement", asked, known)
    return list(asked or known)
