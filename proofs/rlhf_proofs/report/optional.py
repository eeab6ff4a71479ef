"""What other commands may have left behind: campaigns, counterexamples to mutants, experiments. Absent is not empty."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from rlhf_numeric import CLAIMS
from rlhf_proofs.errors import CannotRunError

__all__ = ["Bar", "Experiment", "Killed", "Mutants", "campaign", "experiments", "histogram", "mutants"]

_PLOT_WIDTH, _PLOT_HEIGHT = 600, 150
_FIGURES = (".svg", ".png")


@dataclass(frozen=True)
class Killed:
    """A false variant of a claim, and the two sides of a comparison at its counterexample."""

    name: str
    found_by: str
    lhs: float
    rhs: float


@dataclass(frozen=True)
class Mutants:
    """What became of the mutants of one claim; ``survived`` gives the reason by name."""

    killed: tuple[Killed, ...]
    survived: Mapping[str, str]


@dataclass(frozen=True)
class Experiment:
    """The results that an experiment left in a folder."""

    name: str
    summary: str
    figures: tuple[Path, ...]
    rows: Path | None


@dataclass(frozen=True)
class Bar:
    """One bar of a histogram, in the coordinates of its picture, and what it says."""

    x: float
    y: float
    width: float
    height: float
    label: str


def _read(path: Path) -> Any:  # noqa: ANN401 - JSON
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CannotRunError(f"{path}: cannot be read as JSON: {error}") from error


def mutants(folder: Path | None = None) -> dict[str, Mutants] | None:
    """Return what became of the mutants of each claim, None where no counterexamples are shipped."""
    folder = folder or Path(str(files("rlhf_numeric"))) / "counterexamples"
    if not folder.is_dir():
        return None
    found = {}
    for path in sorted(folder.glob("*.json")):
        raw = _read(path)
        if isinstance(raw, dict) and str(raw.get("format", "")).startswith("rlhf-lemmas mutants"):
            found[raw["claim"]] = Mutants(tuple(map(_killed, raw["killed"])), raw["survived"])
    return found


def _killed(case: Mapping[str, Any]) -> Killed:
    return Killed(case["mutant"], case["found_by"], float.fromhex(case["lhs"]), float.fromhex(case["rhs"]))


def campaign(folder: Path) -> dict[str, Any] | None:
    """Return what the last campaign stored by id, None where none was run."""
    path = folder / "campaign.json"
    if not path.is_file():
        return None
    found: dict[str, Any] = _read(path)
    return found


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
    """Return the experiments with a summary below a folder, None where there is none."""
    summaries = sorted(folder.glob("*/summary.md")) if folder.is_dir() else []
    return [_experiment(path) for path in summaries] or None


def _experiment(summary: Path) -> Experiment:
    drawn = {p.stem: p for suffix in reversed(_FIGURES) for p in sorted(summary.parent.glob(f"*{suffix}"))}
    rows = summary.with_name("rows.csv")
    text = summary.read_text(encoding="utf-8")
    return Experiment(summary.parent.name, text, tuple(drawn.values()), rows if rows.is_file() else None)
