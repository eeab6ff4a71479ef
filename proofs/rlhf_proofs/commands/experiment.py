"""``rlhf-lemmas experiment``: the experiments that the papers call for."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from rlhf_numeric.experiments import EXPERIMENTS, run_experiment
from rlhf_proofs.completion import EXPERIMENT_NAMES
from rlhf_proofs.errors import CannotRunError, did_you_mean
from rlhf_proofs.output import require_no_links
from rlhf_proofs.progress import Progress, bar

__all__ = ["experiment"]

ALL = "all"
_FILES = ("rows.csv", "summary.md", "summary.json")  # and figures of the name of the experiment
NAMES = (*EXPERIMENTS, ALL)


def _known(name: str) -> str:
    if name not in NAMES:
        raise typer.BadParameter(did_you_mean("experiment", name, NAMES))
    return name


def experiment(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME", callback=_known, help=f"One of: {', '.join(NAMES)}.", autocompletion=EXPERIMENT_NAMES
        ),
    ],
    folder: Annotated[Path, typer.Option("--out", help="Folder of the results; one below it for each experiment.")] = (
        Path("experiments")
    ),
    seed: Annotated[int, typer.Option(min=0, help="First seed.")] = 0,
    seeds: Annotated[int, typer.Option(min=1, help="How many seeds.")] = 5,
    figures: Annotated[bool, typer.Option(help="Draw the figures (PNG and SVG), too.")] = True,
) -> None:
    """Run an experiment: a table, figures, and a sentence on what was seen, computed from the table.

    Rows are written to rows.csv as they are measured, so an interruption loses none.
    """
    out, err = Console(), Console(stderr=True)
    for each in EXPERIMENTS if name == ALL else (name,):
        require_no_links(folder, [f"{each}/{file}" for file in (*_FILES, f"{each}.png", f"{each}.svg")])
    for each in EXPERIMENTS if name == ALL else (name,):
        with bar(err, f"the rows so far are in {folder / each / 'rows.csv'}; the same command begins anew") as progress:
            sentence, files = _run(each, folder / each, seed, seeds, figures, progress)
        out.print(f"[bold]{each}[/]")
        out.print(f"{sentence}", markup=False, highlight=False)
        out.print(
            f"  {', '.join(path.name for path in files)} in {folder / each}", style="dim", markup=False, soft_wrap=True
        )


def _run(
    name: str, folder: Path, seed: int, seeds: int, figures: bool, progress: Progress
) -> tuple[str, tuple[Path, ...]]:
    def report(done: int, total: int) -> None:
        progress(name, done, total)

    try:
        outcome = run_experiment(EXPERIMENTS[name], folder, seed=seed, seeds=seeds, figures=figures, progress=report)
    except ModuleNotFoundError as error:
        raise CannotRunError(f"{error}, or --no-figures") from error
    except OSError as error:
        raise CannotRunError(f"cannot write to {folder}: {error}") from error
    return outcome.conclusion.sentence, outcome.files
