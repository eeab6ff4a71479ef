"""The experiments by name, and the function that runs one: rows to CSV as they come, then a sentence and a figure."""

import json
from collections.abc import Callable, Mapping, Sequence
from itertools import chain
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from rlhf_numeric.drawing import canvas
from rlhf_numeric.experiments import (
    assumption_5,
    convergence_profile,
    coverage_ablation,
    dimension_scaling,
    last_versus_best,
)
from rlhf_numeric.experiments.common import Conclusion, Experiment, Row, save, write_rows
from rlhf_numeric.experiments.reward_shift import (
    clip_threshold,
    ou_variance,
    pac_bayes,
    reward_error,
    rollout_budget,
    three_terms,
)
from rlhf_numeric.files import replace_file

MODULES = (
    dimension_scaling, convergence_profile, coverage_ablation, assumption_5, last_versus_best,
    rollout_budget, clip_threshold, three_terms, reward_error, pac_bayes, ou_variance,
)  # fmt: skip

EXPERIMENTS: Mapping[str, Experiment] = MappingProxyType(
    {module.EXPERIMENT.name: module.EXPERIMENT for module in MODULES}
)


class Outcome(NamedTuple):
    """What an experiment left: its conclusion and the files, CSV first."""

    conclusion: Conclusion
    files: tuple[Path, ...]


def run_experiment(
    experiment: Experiment,
    folder: Path,
    /,
    *,
    seed: int = 0,
    seeds: int = 5,
    figures: bool = True,
    progress: Callable[[int, int], None] | None = None,
) -> Outcome:
    """Run an experiment for the seeds seed, …, seed + seeds − 1 and write what it found.

    Parameters
    ----------
    experiment
        One of `EXPERIMENTS`.
    folder
        Created if missing. Gets ``rows.csv`` (each row written when it is measured, so an interruption loses none),
        ``summary.md``, ``summary.json``, and with ``figures`` ``NAME.png`` and ``NAME.svg``.
    seed, seeds
        First seed ≥ 0 and number of seeds ≥ 1; the same seeds give the same files.
    progress
        Called with (rows written, rows in all).

    Raises
    ------
    ValueError
        If ``seed`` or ``seeds`` is below its range.
    ModuleNotFoundError
        If ``figures`` is set and matplotlib is missing; before anything is measured.
    """
    for name, value, least in (("seed", seed, 0), ("seeds", seeds, 1)):
        if value < least:
            raise ValueError(f"{name}: expected an integer ≥ {least}, got {value}")
    if figures:
        canvas(1)
    folder.mkdir(parents=True, exist_ok=True)
    table, rows = folder / "rows.csv", list[Row]()
    measured = chain.from_iterable(experiment.measure(seed + k) for k in range(seeds))
    for row in write_rows(table, experiment.columns, measured):
        rows.append(row)
        if progress is not None:
            progress(len(rows), seeds * experiment.pieces)
    conclusion = experiment.conclude(rows)
    drawn = save(experiment.draw(rows), folder, experiment.name) if figures else []
    written = _write_summary(folder, experiment, conclusion, {"seed": seed, "seeds": seeds, "rows": len(rows)}, drawn)
    return Outcome(conclusion, (table, *written, *drawn))


def _write_summary(
    folder: Path, experiment: Experiment, conclusion: Conclusion, run: dict[str, int], drawn: Sequence[Path]
) -> list[Path]:
    pictures = "".join(f"![{experiment.name}]({path.name})\n\n" for path in drawn if path.suffix == ".png")
    text = (
        f"# {experiment.name}\n\n{experiment.question}\n\n**{conclusion.sentence}**\n\n{pictures}"
        f"{run['rows']} rows, seeds {run['seed']} to {run['seed'] + run['seeds'] - 1}: `rows.csv`; "
        "the numbers of the sentence: `summary.json`.\n"
    )
    data: dict[str, Any] = {"experiment": experiment.name, **run, **conclusion._asdict()}
    paths = [folder / "summary.md", folder / "summary.json"]
    replace_file(paths[0], text)
    encoded = json.dumps(data, indent=1, ensure_ascii=False, default=float, allow_nan=False)
    replace_file(paths[1], encoded + "\n")
    return paths
