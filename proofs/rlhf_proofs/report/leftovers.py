"""What other commands may have left behind: campaigns, counterexamples to mutants, experiments."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rlhf_numeric import CLAIMS
from rlhf_numeric.attacks.campaign import Finding, run_campaign
from rlhf_numeric.attacks.mutate import MutationReport, stored_reports
from rlhf_numeric.evaluation.case_file import CaseFileError
from rlhf_numeric.evaluation.case_json import Form, StoredFileError, read_stored, schema_of
from rlhf_proofs.errors import CannotRunError
from rlhf_proofs.output import place, require_slugs
from rlhf_proofs.progress import Progress

__all__ = ["INSTANCES", "Bar", "Experiment", "campaign", "experiments", "histogram", "mutants"]

INSTANCES = 1024  # of the campaign that draws the figures where no other was run
_PLOT_WIDTH, _PLOT_HEIGHT = 600, 150
_FIGURES = (".svg", ".png")  # the first is shown where there are both


@dataclass(frozen=True)
class Experiment:
    """The results that an experiment left in a folder.

    Attributes
    ----------
    name
        Slug: the name of the folder.
    summary
        In Markdown.
    figures
        For each name of a figure that the summary may use, where the site shows it: a PNG as the SVG of the same name.
    rows
        Where the site has the table, None without one.
    files
        What the site copies, to ``experiments/NAME``.
    """

    name: str
    summary: str
    figures: Mapping[str, str]
    rows: str | None
    files: tuple[Path, ...]


@dataclass(frozen=True)
class Bar:
    """One bar of a histogram, in the coordinates of its picture, and what it says."""

    x: float
    y: float
    width: float
    height: float
    label: str


# No digest: its figures are drawn, and nothing is concluded from them.
_CAMPAIGN = Form(
    "what rlhf-lemmas campaign stores", "run it again, or name another folder", schema_of(Mapping[str, Finding]),
    sealed=False,
)  # fmt: skip


def mutants() -> dict[str, MutationReport]:
    """Return what became of the mutants of each claim, where that is shipped."""
    try:
        return stored_reports()
    except CaseFileError as error:
        raise CannotRunError(str(error)) from error


def campaign(folder: Path, progress: Progress) -> dict[str, Any]:
    """Return what the last campaign stored by id; where there is none, run one that takes seconds."""
    path = folder / "campaign.json"
    if path.exists():
        try:
            found: dict[str, Any] = read_stored(path, _CAMPAIGN)
        except StoredFileError as error:
            raise CannotRunError(*error.args) from error
        return found
    run = run_campaign(
        list(CLAIMS.values()), instances=INSTANCES, progress=lambda done: progress("instances", done, INSTANCES)
    )
    return {slug: asdict(finding) for slug, finding in run.items()}


def histogram(claim: str, counts: Sequence[int]) -> tuple[list[Bar], str, float] | None:
    """Return the bars of the distribution of tightness (logarithmic height), what it shows, and where its axis ends."""
    most = max(counts, default=0)
    if not most or claim not in CLAIMS:
        return None
    inequality = CLAIMS[claim].kind == "inequality"
    end = 1.0 if inequality else 50.0
    wide = _PLOT_WIDTH / len(counts)
    bars = []
    for i, count in enumerate(counts):
        if count:
            tall = _PLOT_HEIGHT * math.log1p(count) / math.log1p(most)
            span = f"{end * i / len(counts):.3g} to {end * (i + 1) / len(counts):.3g}: {count}"
            bars.append(Bar(i * wide, _PLOT_HEIGHT - tall, wide, tall, span))
    what = "lhs / rhs" if inequality else "decimal digits to which the two sides are known to agree"
    return bars, what, end


def experiments(folder: Path) -> list[Experiment] | None:
    """Return the experiments with a summary below a folder, None where there is none.

    Raises
    ------
    CannotRunError
        If a folder or a file has a name that no experiment gives, is a link, or cannot be read.
    """
    summaries = sorted(folder.glob("*/summary.md")) if folder.is_dir() else []
    require_slugs(str(folder), [path.parent.name for path in summaries])
    return [_experiment(folder, path.parent.name) for path in summaries] or None


def _experiment(folder: Path, name: str) -> Experiment:
    drawn = [p for suffix in _FIGURES for p in sorted((folder / name).glob(f"*{suffix}"))]
    rows = [p for p in ((folder / name) / "rows.csv",) if p.exists()]
    require_slugs(f"{folder / name}", [p.stem.replace("_", "-") for p in drawn])
    for path in (folder / name / "summary.md", *drawn, *rows):
        place(folder, f"{name}/{path.name}")  # through a link another's file would be copied, and published
    best = {p.stem: p.name for p in reversed(drawn)}
    figures = {p.name: f"experiments/{name}/{best[p.stem]}" for p in drawn}
    try:
        text = (folder / name / "summary.md").read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise CannotRunError(f"{folder / name}/summary.md: cannot be read: {error}") from error
    return Experiment(name, text, figures, f"experiments/{name}/rows.csv" if rows else None, (*drawn, *rows))
