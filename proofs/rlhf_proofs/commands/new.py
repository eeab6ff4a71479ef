"""``rlhf-lemmas new`` and ``rlhf-lemmas lean imports``: the files of a new claim, and the root of the Lean library."""

from pathlib import Path
from typing import Annotated

import typer

from rlhf_proofs.lean.root import root_text
from rlhf_proofs.resources import claims_folder, proofs_directory, replace_text
from rlhf_proofs.stubs import plan


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
        f"  a derivation, symbolic/rlhf_symbolic/derivations/{paper}.py, without symbolic = false in the row",
        'then: make records BY="A. NAME"',
    ]))  # fmt: skip


def imports(
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit 1 if the file is not up to date.")
    ] = False,
) -> None:
    """Write RLHF.lean, the root of the library, which imports every module."""
    path = proofs_directory() / "RLHF.lean"
    same = path.read_text(encoding="utf-8") == root_text(path.parent)
    if check:
        typer.echo(f"{path} is {'up to date' if same else 'not up to date: rlhf-lemmas lean imports'}")
        raise typer.Exit(0 if same else 1)
    typer.echo(f"written to {_write_root()}")


def _write_root() -> Path:
    path = proofs_directory() / "RLHF.lean"
    replace_text(path, root_text(path.parent))
    return path
