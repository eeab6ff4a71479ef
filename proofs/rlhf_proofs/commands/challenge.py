"""``rlhf-lemmas lean challenge``: the headline theorems without their proofs."""

import re
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from rlhf_proofs.errors import CannotRunError
from rlhf_proofs.lean.challenge import CHALLENGE, comparator
from rlhf_proofs.lean.challenge import challenge as challenge_text
from rlhf_proofs.lean.library import Library
from rlhf_proofs.ledger.build import recall, sources_digest
from rlhf_proofs.output import require_no_links, write_named
from rlhf_proofs.records.recorded import remark
from rlhf_proofs.resources import proofs_directory
from rlhf_proofs.table import load_table

__all__ = ["challenge"]

CONFIGURATION = "comparator.json"
_MODULE = re.compile(r"[^\W\d][\w']*(?:\.[^\W\d][\w']*)*")


def challenge(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where to write.")],
    solution: Annotated[str, typer.Option(help="Module that proves them, for the configuration.")] = "RLHF",
) -> None:
    """Write every headline theorem with sorry for its proof, and a configuration that names them for a comparator."""
    if not _MODULE.fullmatch(solution):
        raise typer.BadParameter(
            f"--solution: expected the name of a Lean module, as RLHF or My.Module, got {solution!r}"
        )
    ledger = recall()
    surface = ledger["lean"].get("audit_surface")
    if surface is None:
        raise CannotRunError("the ledger has no answer of Lean: rlhf-lemmas check")
    if said := remark(ledger, current=ledger["sources_sha256"] == sources_digest()):
        Console(stderr=True).print(said, style="yellow", markup=False, soft_wrap=True)
    headlines = [entry.lean for entry in load_table() if entry.lean is not None]
    library = Library.load(proofs_directory())
    folder.mkdir(parents=True, exist_ok=True)
    texts = {
        f"{CHALLENGE}.lean": challenge_text(library, headlines, surface["files"]),
        CONFIGURATION: comparator(headlines, solution),
    }
    require_no_links(folder, texts)
    for name, text in texts.items():
        write_named(folder / name, text)
    typer.echo(f"{len(headlines)} statements in {folder / CHALLENGE}.lean, their names in {folder / CONFIGURATION}")
