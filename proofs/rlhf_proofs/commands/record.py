"""``rlhf-lemmas record-ledger``: the ledger that ships with a release."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from rlhf_proofs.errors import CannotRunError
from rlhf_proofs.ledger.build import read_ledger, released, sources_digest, stored_ledger
from rlhf_proofs.ledger.gather import run_lean
from rlhf_proofs.progress import bar
from rlhf_proofs.publish.citation import software_commit
from rlhf_proofs.records.recorded import record, remark, unfit
from rlhf_proofs.resources import records_folder
from rlhf_proofs.table import load_table


def record_ledger(
    by: Annotated[str | None, typer.Option("--by", help="Who answers for the check: a name.")] = None,
    folder: Annotated[
        Path | None,
        typer.Option("--out", help="Folder for ledger.json and recorded.json. Default: records/ of the checkout."),
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit 1 unless what is recorded is of these sources.")
    ] = False,
) -> None:
    """Record the last full check for a release, or with --check say whether that was done for these sources."""
    if check:
        _check()
    if by is None or not by.strip():
        raise typer.BadParameter("--by: say who answers for the check")
    if not stored_ledger().exists():
        raise CannotRunError("nothing was recorded: no check of your own is stored: rlhf-lemmas check")
    ledger, sources = read_ledger(stored_ledger()), sources_digest()
    if problem := unfit(ledger, sources):
        raise CannotRunError(f"nothing was recorded: {problem}")
    entries = load_table()
    with bar(Console(stderr=True)) as progress:  # from the cache, where the check has left it
        report = run_lean(entries, ledger["lean"]["backend"], progress)
    if report.defects:
        raise CannotRunError(f"nothing was recorded: {report.defects[0]}")
    target = folder or records_folder()
    commit, modified = software_commit()
    theorems = [e.lean for e in entries if e.lean is not None]
    try:
        record(stored_ledger(), report, theorems, target, by=by.strip(), commit=commit, modified=modified)
    except OSError as error:
        raise CannotRunError(f"cannot write to {target}: {error.strerror or error}") from error
    typer.echo(f"written: {target / 'ledger.json'}, {target / 'recorded.json'}")


def _check() -> None:
    ledger = released()
    if ledger is None:
        raise CannotRunError("no ledger is recorded: rlhf-lemmas record-ledger --by NAME, after a check")
    current = ledger["sources_sha256"] == sources_digest()
    typer.echo(remark(ledger, current=current))
    raise typer.Exit(0 if current else 1)
