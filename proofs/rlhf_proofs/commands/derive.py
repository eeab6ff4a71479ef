"""``rlhf-lemmas derive``: one derivation, checked and printed step by step."""

from typing import Annotated

import typer
from rich.console import Console

from rlhf_proofs.completion import DERIVATION_IDS
from rlhf_proofs.errors import CannotRunError, require_known
from rlhf_symbolic import DERIVATIONS, Derivation, Shape, StepError, standalone

__all__ = ["derive"]


def derive(
    id: Annotated[
        str,
        typer.Argument(metavar="ID", help="Id of the derivation, e.g. grad-objective.", autocompletion=DERIVATION_IDS),
    ],
    text: Annotated[bool, typer.Option("--text", help="Plain text (the default).")] = False,
    latex: Annotated[bool, typer.Option("--latex", help="A LaTeX align environment, a reason for each step.")] = False,
    standalone_: Annotated[
        bool, typer.Option("--standalone", help="A complete LaTeX document (implies --latex).")
    ] = False,
    shape: Annotated[
        str | None, typer.Option(metavar="N,M,D", help="Check at n prompts, m actions, d coordinates, too.")
    ] = None,
) -> None:
    """Derive a closed form from its definition: check every step, then print all of them. Exits 1 if one fails."""
    if text and (latex or standalone_):
        raise typer.BadParameter("--text and --latex exclude each other")
    derivation = _derivation(id)
    console = Console(stderr=True)
    try:
        with console.status(f"deriving {id}") as status:
            derivation.run(status.update)
            if shape is not None:
                status.update(f"{id} at {shape}")
                derivation.check_shape(_shape(shape, derivation))
    except StepError as error:
        console.print(str(error), style="red", markup=False)
        raise typer.Exit(1) from error
    if standalone_:
        typer.echo(standalone(derivation))
    else:
        typer.echo(derivation.latex() if latex else derivation.text())
    console.print(_summary(derivation, shape), markup=False, highlight=False)


def _summary(derivation: Derivation, shape: str | None) -> str:
    fixed = f", {len(derivation.shapes)} fixed shapes" if derivation.shapes else ""
    return f"{len(derivation.steps)} steps{fixed}{f', n,m,d = {shape}' if shape else ''}: all exact"


def _derivation(id: str) -> Derivation:
    require_known("derivation", [id], DERIVATIONS)
    return DERIVATIONS[id]


def _shape(text: str, derivation: Derivation) -> Shape:
    parts = text.split(",")
    if len(parts) != 3 or not all(part.strip().isdigit() and int(part) > 0 for part in parts):
        raise CannotRunError(f"--shape: expected three positive integers N,M,D, got {text!r}")
    if not derivation.shaped:
        raise CannotRunError(f"--shape: {derivation.id} is not about a policy: it has no shape")
    n, m, d = map(int, parts)
    return Shape(m, d, n)
