"""``rlhf-lemmas report`` and ``rlhf-lemmas graph``."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from rlhf_proofs.errors import CannotRunError
from rlhf_proofs.lean.audit import LibraryReport
from rlhf_proofs.ledger.build import recall, released, sources_digest
from rlhf_proofs.ledger.gather import run_lean
from rlhf_proofs.progress import KEPT_BY_LEAN, Progress, bar
from rlhf_proofs.records.recorded import nothing_of_lean, recorded_report, remark
from rlhf_proofs.report import build_site, dependency_graph
from rlhf_proofs.resources import cache_directory
from rlhf_proofs.table import load_table


def report(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new or empty folder, or one with an older report.")],
    campaign: Annotated[
        Path | None,
        typer.Option(help="Folder of a campaign. Default: the one in the cache; without it, 1024 instances are drawn."),
    ] = None,
    experiments: Annotated[
        Path | None,
        typer.Option(help="Results of experiments, one folder for each. Default: experiments, where it is there."),
    ] = None,
    recorded: Annotated[
        bool,
        typer.Option(
            "--recorded",
            help="The ledger recorded for the release, whatever was checked here. If it is not of these sources, all "
            "statements are stale, and nothing of Lean is shown.",
        ),
    ] = False,
) -> None:
    """Write the ledger of the last check as a web site that works from the disk."""
    out, err = Console(), Console(stderr=True)
    if campaign is not None and not (campaign / "campaign.json").exists():
        raise typer.BadParameter(f"--campaign: no campaign.json in {campaign}")
    if experiments is not None and not any(experiments.glob("*/summary.md")):
        raise typer.BadParameter(f"--experiments: no results in {experiments}: no file NAME/summary.md")
    ledger, table, current = _last(err, released if recorded else recall)
    with bar(err, f"no file in {folder} is half written; the same command begins anew") as progress:
        if recorded and not current:
            ledger, lean = nothing_of_lean(ledger)
        else:
            lean = _lean(ledger, progress)
        count = build_site(
            folder, ledger, lean, table, current=current,
            campaign_folder=campaign or cache_directory() / "campaign",
            experiments_folder=experiments or Path("experiments"), progress=progress,
        )  # fmt: skip
    out.print(f"{count} files; open {folder / 'index.html'}", markup=False, highlight=False, soft_wrap=True)


def graph(
    dot: Annotated[bool, typer.Option("--dot", help="In the language of Graphviz.")] = False,
    as_data: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Show what rests on what: a statement rests on those whose whole proof its own proof contains."""
    if dot and as_data:
        raise typer.BadParameter("one form at a time, not --dot and --json")
    err = Console(stderr=True)
    ledger, _, _ = _last(err, recall)
    with bar(err, KEPT_BY_LEAN) as progress:
        found = dependency_graph(ledger, _lean(ledger, progress))
    if not dot and not as_data and "recorded" in ledger:
        typer.echo(remark(ledger, current=True))
    if dot or as_data:
        typer.echo(found.as_dot() if dot else found.as_json())
        return
    for name, status in found.below.items():
        typer.echo(f"{name} ({status}): {', '.join(found.rests_on(name)) or 'on no other statement'}")


def _last(err: Console, source: Callable[[], dict[str, Any] | None]) -> tuple[dict[str, Any], Any, bool]:
    ledger = source()
    if ledger is None:
        raise CannotRunError("no ledger is recorded with these sources: rlhf-lemmas check")
    current = bool(ledger["sources_sha256"] == sources_digest())
    if said := remark(ledger, current=current):
        err.print(said, style="yellow", markup=False, soft_wrap=True)
    return ledger, load_table(), current


def _lean(ledger: dict[str, Any], progress: Progress) -> LibraryReport:
    """Return Lean's answer, which the check has left in the cache if the library is still the one that it checked.

    That of a recorded ledger was recorded with it.
    """
    if "recorded" in ledger:
        return recorded_report(ledger, sources_digest())
    if ledger["lean"]["backend"] is None:
        raise CannotRunError("the last check ran no Lean, so there is nothing to draw: rlhf-lemmas check")
    return run_lean(load_table(), ledger["lean"]["backend"], progress)
