"""``rlhf-lemmas lean heartbeats``: which proofs have become slower since their cost was recorded."""

from typing import Annotated

import typer
from rich.console import Console

from rlhf_proofs.ledger.gather import run_lean
from rlhf_proofs.progress import KEPT_BY_LEAN, bar
from rlhf_proofs.records.heartbeats import compare, load_record, recorded, write_record
from rlhf_proofs.table import load_table


def heartbeats(
    write: Annotated[bool, typer.Option("--write", help="Record the present costs.")] = False,
) -> None:
    """Compare what each declaration takes, in heartbeats, with the record.

    Exits 1 if one takes more than twice as many.
    """
    out = Console()
    with bar(Console(stderr=True), KEPT_BY_LEAN) as progress:
        report = run_lean(load_table(), "auto", progress)
    current = recorded(report)
    if write:
        if not report.accepted:
            out.print(f"not recorded: {report.defects[0]}", markup=False, style="red", soft_wrap=True)
            raise typer.Exit(1)
        out.print(f"{len(current.heartbeats)} declarations recorded in {write_record(current)}")
        return
    old = load_record()
    grown = compare(old, current)
    for growth in grown:
        out.print(str(growth), markup=False, highlight=False, style="red", soft_wrap=True)
    known = len(set(current.heartbeats) & set(old.heartbeats))
    out.print(
        f"{known} of {len(current.heartbeats)} declarations are in the record; {len(grown)} have more than doubled"
    )
    raise typer.Exit(1 if grown else 0)
