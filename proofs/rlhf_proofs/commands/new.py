"""``rlhf-lemmas new`` and ``rlhf-lemmas lean imports``: the files of a new claim, and the root of the Lean library."""

from pathlib import Path
from typing import Annotated

import typer

from rlhf_proofs.lean.root import root_text
from rlhf_proofs.lean.store import below
from rlhf_proofs.lean.unconditional import MODULE as UNCONDITIONAL
from rlhf_proofs.lean.unconditional import unconditional
from rlhf_proofs.resources import claims_folder, proofs_directory, replace_text
from rlhf_proofs.stubs import plan
from rlhf_proofs.table import load_table


def new(
    id: Annotated[str, typer.Argument(metavar="ID", help="Id of the new statement.")],
    paper: Annotated[str, typer.Option("--paper", help="Name of its paper, as of a module; a new one begins a paper.")],
    group: Annotated[
        str | None, typer.Option("--group", help="Name of its group. Default: the only one of the paper.")
    ] = None,
) -> None:
    """Write the stubs of one claim, which fail the check until they are filled in."""
    root = claims_folder().parent
    found = plan(root, id, paper, group)
    for path, text in {**found.by_hand, **found.whole}.items():
        replace_text(path, text)
    written = [*found.whole, _write_root()]
    typer.echo("\n".join([
        "to fill in:", *(f"  {path.relative_to(root)}" for path in found.by_hand),
        "written whole:", *(f"  {path.relative_to(root)}" for path in written),
        "and by hand, where there is one: a proof, in a module beside Main/; words of a new hypothesis, setting.toml;",
        f"  a derivation, symbolic/rlhf_symbolic/derivations/{paper}/, without symbolic = false in the row",
        'then: make records BY="A. NAME"',
    ]))  # fmt: skip


def imports(
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit 1 if the file is not up to date.")
    ] = False,
) -> None:
    """Write RLHF.lean, which imports every module, and the module that takes every headline theorem at the reals."""
    texts = _generated()
    old = [path for path, text in texts.items() if not path.is_file() or path.read_text(encoding="utf-8") != text]
    if check:
        for path in texts:
            typer.echo(f"{path} is {'not up to date: rlhf-lemmas lean imports' if path in old else 'up to date'}")
        raise typer.Exit(1 if old else 0)
    for path, text in texts.items():
        replace_text(path, text)
        typer.echo(f"written to {path}")


def _generated() -> dict[Path, str]:
    """Texts of the modules that are written from the folder and from the table, by their files."""
    folder = proofs_directory()
    headlines = [entry.lean for entry in load_table() if entry.lean is not None]
    return {
        below(folder, UNCONDITIONAL, ".lean"): unconditional(folder, headlines),
        folder / "RLHF.lean": root_text(folder),
    }


def _write_root() -> Path:
    path = proofs_directory() / "RLHF.lean"
    replace_text(path, root_text(path.parent))
    return path
