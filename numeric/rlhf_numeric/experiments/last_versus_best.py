"""Last iterate against best iterate (Open Question 2), for gradient ascent and stochastic gradient ascent.

``last`` is the gap at θ_T, ``best`` the smallest gap at θ_0, …, θ_T, both geometric means over the runs of a method;
``price`` = last/best ≥ 1, and ``worst_price`` its largest value over the runs. ``rises`` is the share of the steps
before T at which the gap rose. The population gap of the paper's question differs from this one by the coverage term
only.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from rlhf_numeric.arithmetic.kinds import Array
from rlhf_numeric.drawing import canvas
from rlhf_numeric.experiments.ascents import METHODS, ascend, checkpoints
from rlhf_numeric.experiments.common import (
    COLOURS,
    MARKERS,
    SPREAD,
    Conclusion,
    Experiment,
    Row,
    column,
    curve,
    fit_power,
    fits_as_numbers,
    plot_curve,
    where,
)
from rlhf_numeric.experiments.worlds import power_law_problem
from rlhf_numeric.model.ascent import Trajectory

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PROMPTS, ACTIONS, DIM, STEPS, FIT_FROM = 32, 4, 32, 1024, 16
ROUNDING = 1e-12  # a relative rise below this is rounding
TREND = 0.1  # the price of the last iterate is called growing above this exponent
COLUMNS = ("seed", "method", "T", "last", "best", "price", "worst_price", "rises")


def measure(seed: int) -> Iterator[Row]:
    """Rows of one seed, by method and T."""
    problem = power_law_problem(np.random.default_rng([seed, 2]), prompts=PROMPTS, actions=ACTIONS, dim=DIM)
    for code, method in enumerate(METHODS):
        trajectory = ascend(method, problem, steps=STEPS, rng=np.random.default_rng([seed, 3, code]))
        for steps in checkpoints(STEPS):
            yield {"seed": seed, "method": method, "T": steps, **_compared(trajectory, steps)}


def conclude(rows: Sequence[Row]) -> Conclusion:
    """Fit last ~ T^a, best ~ T^b and price ~ T^c, and say whether the price of the last iterate grows."""
    numbers, parts = {}, []
    for method in METHODS:
        tail = [row for row in where(rows, method=method) if float(row["T"]) >= FIT_FROM]
        fits = {name: fit_power(column(tail, "T"), column(tail, name)) for name in ("last", "best", "price")}
        final = where(tail, T=max(int(row["T"]) for row in tail))
        price, worst = float(np.exp(np.log(column(final, "price")).mean())), column(final, "worst_price").max()
        rises = column(final, "rises").mean()
        numbers[method] = {**fits_as_numbers(fits), "price": price, "worst_price": worst, "rises": rises}
        trend = fits["price"]
        grows = trend is not None and trend.exponent > TREND and trend.exponent > 3 * trend.error
        if rises == 0:
            parts.append(f"{method}: the gap never rises, so the last iterate is the best (T^({fits['last']}))")
        else:
            parts.append(
                f"{method}: the gap rises in {rises:.0%} of the steps, last/best = {price:.2f} at T = {final[0]['T']} "
                f"(worst run {worst:.2f}) and {'grows' if grows else 'does not grow'} with T, last T^({fits['last']}) "
                f"against best T^({fits['best']})"
            )
    return Conclusion("; ".join(parts) + ".", numbers)


def draw(rows: Sequence[Row]) -> "Figure":
    """Last and best gap on the left, their ratio on the right."""
    figure, axes = canvas(2, height=4.8)
    for method in METHODS:
        chosen, colour, marker = where(rows, method=method), COLOURS[method], MARKERS[method]
        best = curve(chosen, "T", "best")
        plot_curve(axes[0], curve(chosen, "T", "last"), label=f"{method}: last", colour=colour, marker=marker)
        axes[0].plot(best.x, best.middle, "--", color=colour, linewidth=1.1)
        plot_curve(axes[1], curve(chosen, "T", "price"), label=method, colour=colour, marker=marker)
        worst = curve(chosen, "T", "worst_price")
        axes[1].plot(worst.x, worst.high, ":", color=colour, linewidth=1.3)
    axes[0].plot([], [], "--", color=COLOURS["bound"], linewidth=1.1, label="best up to T, same colour")
    axes[1].plot([], [], ":", color=COLOURS["bound"], linewidth=1.3, label="worst run, same colour")
    axes[1].set_yscale("linear")
    axes[0].set_ylabel("gap J_S(θ*) − J_S(θ)  [nats]")
    axes[1].set_ylabel("last gap / best gap")
    for ax in axes:
        ax.set_xlabel("steps T")
    axes[0].legend(fontsize=8, title=SPREAD, title_fontsize=8, loc="lower left")
    axes[1].legend(fontsize=8, loc="upper left")
    figure.suptitle("Last iterate against best iterate (Open Question 2)", fontsize=11)
    return figure


def _compared(trajectory: Trajectory, steps: int) -> Row:
    gaps: Array = trajectory.gap[: steps + 1]
    last, best = gaps[-1], gaps.min(0)
    price = np.where(best > 0, last / np.where(best > 0, best, 1), 1.0)
    rises = gaps[1:] > gaps[:-1] * (1 + ROUNDING)
    return {
        "last": _geometric_mean(last), "best": _geometric_mean(best), "price": _geometric_mean(price),
        "worst_price": float(price.max()), "rises": float(rises.mean()),
    }  # fmt: skip


def _geometric_mean(x: Array) -> float:
    return float(np.exp(np.log(np.maximum(x, 1e-300)).mean()))


EXPERIMENT = Experiment(
    name="last-versus-best",
    question="Is the last iterate as good as the best one (Open Question 2)?",
    columns=COLUMNS,
    measure=measure,
    pieces=len(METHODS) * len(checkpoints(STEPS)),
    conclude=conclude,
    draw=draw,
)
