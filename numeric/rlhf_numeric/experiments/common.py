"""What the experiments share: rows in a CSV file, power laws fitted to them, and figures that look alike."""

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

from rlhf_numeric.arithmetic.kinds import Array
from rlhf_numeric.drawing import GREY

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Row: TypeAlias = dict[str, str | int | float]
Advance: TypeAlias = Callable[[int], None]

# Of `drawing.SERIES`; one colour and marker for a thing in all figures.
COLOURS = {
    "GA": "#0072B2",
    "SGA, one prompt": "#D55E00",
    "SGA, one pair": "#009E73",
    "expanding prompts": "#0072B2",
    "redundant prompts": "#D55E00",
    "bound": GREY,
}
MARKERS = {"GA": "o", "SGA, one prompt": "s", "SGA, one pair": "^", "expanding prompts": "o", "redundant prompts": "s"}

SPREAD = "line: geometric mean; band: range over seeds"


class Conclusion(NamedTuple):
    """One sentence on what was seen, and the numbers it was made from (JSON-able)."""

    sentence: str
    numbers: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Experiment:
    """One experiment: a table that is a function of the seed, a sentence and figures that are functions of the table.

    Attributes
    ----------
    name
        Slug; also the folder of its output.
    question
        What it asks, in one sentence.
    columns
        Names of the columns of its rows, in order.
    measure
        Generator (seed) → rows of one seed, in order; the only function that draws.
    pieces
        How many rows one seed gives, for progress.
    conclude
        Function rows → `Conclusion`.
    draw
        Function rows → figure; needs matplotlib.
    """

    name: str
    question: str
    columns: tuple[str, ...]
    measure: Callable[[int], Iterator[Row]]
    pieces: int
    conclude: Callable[[Sequence[Row]], Conclusion]
    draw: Callable[[Sequence[Row]], "Figure"]


class PowerFit(NamedTuple):
    """Least-squares line through (log x, log y): y ≈ factor·x^exponent, with the standard error of the exponent."""

    exponent: float
    error: float
    factor: float
    points: int

    def __str__(self) -> str:
        return f"{self.exponent:+.2f} ± {self.error:.2f}"


def fit_power(x: Sequence[float] | Array, y: Sequence[float] | Array, /) -> PowerFit | None:
    """Fit y = factor·x^exponent to the points with x, y > 0; None below three distinct x.

    Parameters
    ----------
    x, y
        Points, sequences of the same length.

    Raises
    ------
    ValueError
        If the lengths differ.

    Examples
    --------
    >>> fit = fit_power([1, 2, 4, 8], [3, 6, 12, 24])
    >>> round(fit.exponent, 9), round(fit.factor, 9), fit.points
    (1.0, 3.0, 4)
    """
    xs, ys = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    if xs.shape != ys.shape:
        raise ValueError(f"x, y: expected the same length, got {xs.shape} and {ys.shape}")
    usable = (xs > 0) & (ys > 0) & np.isfinite(ys)
    log_x, log_y = np.log(xs[usable]), np.log(ys[usable])
    if len(np.unique(log_x)) < 3:
        return None
    centred = log_x - log_x.mean()
    spread = float(centred @ centred)
    exponent = float(centred @ log_y) / spread
    rest = log_y - log_y.mean() - exponent * centred
    error = float(np.sqrt(rest @ rest / max(len(rest) - 2, 1) / spread))
    return PowerFit(exponent, error, float(np.exp(log_y.mean() - exponent * log_x.mean())), len(log_x))


def write_rows(path: Path, columns: Sequence[str], rows: Iterable[Row], /) -> Iterator[Row]:
    """Write rows to a CSV file as they come, each one flushed to it before it is passed on.

    Raises
    ------
    ValueError
        If the keys of a row are not the columns.
    """
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        for row in rows:
            if tuple(row) != tuple(columns):
                raise ValueError(f"row: expected the columns {', '.join(columns)}, got {', '.join(row)}")
            writer.writerow([repr(float(x)) if isinstance(x, float) else x for x in row.values()])
            file.flush()
            yield row


def read_rows(path: Path, /) -> list[Row]:
    """Read a file of `write_rows`; the rows are equal to those that were written."""
    with path.open(newline="", encoding="utf-8") as file:
        return [{name: _parsed(text) for name, text in row.items()} for row in csv.DictReader(file)]


def _parsed(text: str) -> str | int | float:
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def where(rows: Sequence[Row], /, **wanted: str | int | float) -> list[Row]:
    """Rows in which these columns have these values."""
    return [row for row in rows if all(row[name] == value for name, value in wanted.items())]


def column(rows: Sequence[Row], name: str, /) -> Array:
    """One column as floats."""
    return np.array([float(row[name]) for row in rows])


def distinct(rows: Sequence[Row], name: str, /) -> list[Any]:
    """Values of a column, each once, in the order of appearance."""
    return list(dict.fromkeys(row[name] for row in rows))


class Curve(NamedTuple):
    """A column against another one over the seeds: geometric mean, smallest and largest, each by x."""

    x: Array
    middle: Array
    low: Array
    high: Array


def curve(rows: Sequence[Row], x: str, y: str, /, *, floor: float = 1e-300) -> Curve:
    """Geometric mean and range of y over the rows with equal x, which is what a logarithmic axis shows."""
    xs = np.array(sorted({float(row[x]) for row in rows}))
    groups = [np.maximum([float(row[y]) for row in rows if float(row[x]) == value], floor) for value in xs]
    middle = [float(np.exp(np.log(group).mean())) for group in groups]
    return Curve(xs, np.array(middle), np.array([g.min() for g in groups]), np.array([g.max() for g in groups]))


def plot_curve(ax: "Axes", data: Curve, /, *, label: str, colour: str, marker: str = "o", line: str = "-") -> None:
    """Draw the middle as a line and the range over the seeds as a band, on logarithmic axes."""
    ax.fill_between(data.x, data.low, data.high, color=colour, alpha=0.15, linewidth=0)
    ax.loglog(data.x, data.middle, line, color=colour, marker=marker, markersize=4, linewidth=1.6, label=label)


def guide(ax: "Axes", x: Array, start: float, exponent: float, text: str, /) -> None:
    """Draw a thin dotted line of a given slope from ``start`` at the first x, named at its end."""
    y = start * (x / x[0]) ** exponent
    ax.plot(x, y, ":", color=COLOURS["bound"], linewidth=1.2)
    ax.annotate(text, (x[-1], y[-1]), xytext=(4, 0), textcoords="offset points", fontsize=8, va="center",
                color=COLOURS["bound"], annotation_clip=False)  # fmt: skip


def save(figure: "Figure", folder: Path, name: str, /) -> list[Path]:
    """Write the figure as PNG and SVG, without dates, so that equal data give equal files."""
    from matplotlib import rc_context

    paths = [folder / f"{name}.png", folder / f"{name}.svg"]
    with rc_context({"svg.hashsalt": name, "svg.fonttype": "path"}):
        figure.savefig(paths[0], metadata={"Software": None})
        figure.savefig(paths[1], metadata={"Date": None})
    return paths


def fits_as_numbers(fits: Mapping[str, PowerFit | None], /) -> dict[str, Any]:
    """Fits as JSON-able numbers; a fit that could not be made is null."""
    return {name: None if fit is None else fit._asdict() for name, fit in fits.items()}
