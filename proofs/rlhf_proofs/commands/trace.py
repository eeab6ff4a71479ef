"""``rlhf-lemmas trace``: the proofs as a data set, through lean-dojo."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from rlhf_proofs.dojo import Trace, trace_proofs, write
from rlhf_proofs.dojo.dataset import PREMISES, STATEMENTS, THEOREMS
from rlhf_proofs.output import require_no_links
from rlhf_proofs.progress import bar

_SHOWN = 20
_KEPT = "modules that Lean has traced are kept, nothing was written; the same command goes on"


def trace(
    directory: Annotated[Path, typer.Argument(metavar="[DIR]", help="Folder to write to.")] = Path("build/trace"),
    fresh: Annotated[bool, typer.Option("--fresh", help="Have Lean trace every module anew.")] = False,
) -> None:
    """Write every theorem with its tactics, goals and premises as JSON lines, through lean-dojo.

    theorems.jsonl holds a theorem a line, premises.jsonl an edge from a theorem to a premise, statements.jsonl one from
    a statement of the claim table to one that it rests on, by the sources and by the kernel. Before anything is
    written, names, premises and first goals are compared with what the kernel holds; exits 1 if they disagree.
    """
    if directory.exists() and not directory.is_dir():
        raise typer.BadParameter(f"{directory} is there and is not a folder")
    require_no_links(directory, (THEOREMS, PREMISES, STATEMENTS))
    out = Console()
    with bar(Console(stderr=True), _KEPT) as progress:
        result = trace_proofs(progress=progress, fresh=fresh)
    _summary(out, result)
    found = result.agreement.disagreements
    for line in found[:_SHOWN]:
        out.print(line, style="red", markup=False, soft_wrap=True)
    if found:
        out.print(f"{len(found)} disagreements with the elaborator; nothing was written")
        raise typer.Exit(1)
    for path in write(result.rows, result.edges, directory):
        out.print(str(path), soft_wrap=True)


def _summary(out: Console, result: Trace) -> None:
    seen, edges = result.agreement, result.edges
    headlines = sum(bool(row.claims) for row in result.rows)
    out.print(
        f"{seen.theorems} theorems ({headlines} of the claim table), {seen.tactics} tactics, {seen.premises} premises, "
        f"{seen.unused} of them mentioned but not in the kernel's term; {seen.goals} first goals compared\n"
        f"{len(edges)} edges between statements: {sum(e.in_kernel for e in edges)} in the kernel, "
        f"{sum(e.in_source for e in edges)} by the sources, {sum(e.in_kernel and e.in_source for e in edges)} in both\n"
        f"{result.toolchain}, lean-dojo commit {result.commit[:12]}, {len(result.elaborated)} modules traced now",
        markup=False, highlight=False, soft_wrap=True,
    )  # fmt: skip
