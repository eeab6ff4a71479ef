"""Gap and gradient norm against the number of steps T, with fitted slopes beside the proved and the paper's rates.

The problem (`power_law_problem`) nearly attains the rate 1/T. Slopes are fitted to T ≥ `FIT_FROM`. What is plotted is
what the rates bound, see `rlhf_numeric.experiments.ascents`.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from rlhf_numeric.arithmetic.kinds import Array
from rlhf_numeric.drawing import canvas
from rlhf_numeric.experiments.ascents import (
    METHODS,
    ascend,
    bounded_gap,
    bounded_gradient,
    checkpoints,
    rate,
)
from rlhf_numeric.experiments.common import (
    COLOURS,
    MARKERS,
    SPREAD,
    Conclusion,
    Experiment,
    PowerFit,
    Row,
    column,
    curve,
    fit_power,
    fits_as_numbers,
    guide,
    plot_curve,
    where,
)
from rlhf_numeric.experiments.worlds import power_law_problem

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PROMPTS, ACTIONS, DIM, STEPS, FIT_FROM = 32, 4, 32, 1024, 16
PAPER = {"GA": -1 / 4, "SGA, one prompt": -1 / 8, "SGA, one pair": -1 / 8}
PROVED_GAP = -1.0
COLUMNS = ("seed", "method", "T", "gap", "gap_bound", "gradient", "gradient_bound")


def measure(seed: int) -> Iterator[Row]:
    """Rows of one seed, by method and T: one problem, every method on it."""
    problem = power_law_problem(np.random.default_rng([seed, 0]), prompts=PROMPTS, actions=ACTIONS, dim=DIM)
    for code, method in enumerate(METHODS):
        trajectory = ascend(method, problem, steps=STEPS, rng=np.random.default_rng([seed, 1, code]))
        bound = rate(method, problem)
        for steps in checkpoints(STEPS):
            yield {
                "seed": seed, "method": method, "T": steps,
                "gap": bounded_gap(method, trajectory, steps), "gap_bound": bound(steps).gap,
                "gradient": bounded_gradient(method, trajectory, steps), "gradient_bound": bound(steps).gradient,
            }  # fmt: skip


def conclude(rows: Sequence[Row]) -> Conclusion:
    """Fit both quantities of each method, compare the slopes with both rates and every value with its bound."""
    fits = {
        f"{method}: {name}": fit_power(column(tail, "T"), column(tail, name))
        for method in METHODS
        for tail in [[row for row in where(rows, method=method) if float(row["T"]) >= FIT_FROM]]
        for name in ("gap", "gradient")
    }
    above = sum(float(row[name]) > float(row[f"{name}_bound"]) for row in rows for name in ("gap", "gradient"))
    total = 2 * len(rows)
    nearest = max(float(row["gap"]) / float(row["gap_bound"]) for row in rows)
    parts = [_in_words(method, fits[f"{method}: gap"]) for method in METHODS]
    verdict = (
        f"all {total} values are below their bounds, the nearest gap at {nearest:.2f} of its bound"
        if above == 0
        else f"{above} of {total} values are ABOVE their bounds"
    )
    sentence = f"For T ≥ {FIT_FROM} the gap falls as {'; '.join(parts)}; {verdict}."
    numbers = {"fits": fits_as_numbers(fits), "above_bound": above, "values": total, "nearest_gap_ratio": nearest}
    return Conclusion(sentence, numbers)


def _in_words(method: str, fit: PowerFit | None) -> str:
    if fit is None:
        return f"{method}: too few steps to fit"
    paper = f"T^({PAPER[method]:.3g})"
    against = "faster than" if fit.exponent < PAPER[method] else "no faster than"
    proved = "no flatter" if fit.exponent <= PROVED_GAP + max(0.1, 3 * fit.error) else "still flatter"
    return f"{method} T^({fit}), {against} the paper's {paper}, {proved} in these steps than the proved 1/T"


def draw(rows: Sequence[Row]) -> "Figure":
    """Both quantities against T, with the bounds dashed and reference slopes dotted."""
    figure, axes = canvas(2, height=5.2)
    labels = {"gap": "gap J_S(θ*) − J_S(θ)  [nats]", "gradient": "‖∇J_S(θ)‖  [nats per unit of θ]"}
    for ax, (name, label) in zip(axes, labels.items(), strict=True):
        for method in METHODS:
            chosen = where(rows, method=method)
            colour, bound = COLOURS[method], curve(chosen, "T", f"{name}_bound")
            plot_curve(ax, curve(chosen, "T", name), label=method, colour=colour, marker=MARKERS[method])
            # The bounds of GA and of one prompt are the same: a wide line under a narrow one shows both.
            ax.plot(bound.x, bound.middle, "--", color=colour, linewidth=3.0 if method == "GA" else 1.1)
        ax.plot([], [], "--", color=COLOURS["bound"], linewidth=1.1, label="proved bound, same colour")
        _guides(ax, name, np.array([FIT_FROM, column(rows, "T").max()]))
        ax.set_xlabel("steps T")
        ax.set_ylabel(label)
    axes[0].legend(fontsize=8, title=SPREAD, title_fontsize=8, loc="lower left")
    figure.suptitle("Convergence: best iterate before T (GA), average over t < T (SGA)", fontsize=11)
    return figure


def _guides(ax: "Axes", name: str, x: Array) -> None:
    slopes = {"gap": {"T⁻¹": -1.0}, "gradient": {"T^(−1/2)": -0.5}}[name]
    start = float(ax.get_ylim()[1])
    for text, exponent in (slopes | {"T^(−1/4)": -0.25, "T^(−1/8)": -0.125}).items():
        guide(ax, x, start, exponent, text)


EXPERIMENT = Experiment(
    name="convergence-profile",
    question="How fast do the gap and the gradient fall with the number of steps T?",
    columns=COLUMNS,
    measure=measure,
    pieces=len(METHODS) * len(checkpoints(STEPS)),
    conclude=conclude,
    draw=draw,
)
