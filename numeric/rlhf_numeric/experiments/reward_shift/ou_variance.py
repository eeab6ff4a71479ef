"""The Ornstein–Uhlenbeck model of stochastic gradient descent against the recursion itself: stationary variances.

One eigendirection with curvature h = 1: θ ← θ − η(hθ − ξ), ξ = ±√s with s = 1, a noise that is nowhere near Gaussian;
its stationary variance is σ² = ηs/(h(2 − ηh)) for 0 < ηh < 2. The model dθ = −hθ dt + √(ηs) dW is drawn at the same
times t = η, 2η, …, without an error in time: it has ηs/(2h) = σ²(1 − ηh/2). Both are simulated in `CHAINS` chains from
0, until what is left of the start is below `START` in the slower one, and then averaged over `TIMES` times.
"""

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from rlhf_numeric.drawing import GREY, SERIES, canvas
from rlhf_numeric.experiments.common import Conclusion, Experiment, Row, column, curve, distinct, plot_curve, where

if TYPE_CHECKING:
    from matplotlib.figure import Figure

STEPS = (0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 1.5, 1.9)  # ηh
CHAINS, TIMES, START = 10_000, 100, 1e-6
COLUMNS = ("seed", "step", "ar1", "ar1_exact", "ou", "ou_exact", "ratio", "burn_in")


def measure(seed: int) -> Iterator[Row]:
    """Rows of one seed, by ηh."""
    rng = np.random.default_rng([seed, 11])
    for step in STEPS:
        slowest = max(abs(1 - step), math.exp(-step))
        burn_in = math.ceil(math.log(START) / (2 * math.log(slowest)))
        ar1 = _variance(rng, 1 - step, step, burn_in, gaussian=False)
        noise = math.sqrt(step * -math.expm1(-2 * step) / 2)
        ou = _variance(rng, math.exp(-step), noise, burn_in, gaussian=True)
        yield {
            "seed": seed, "step": step, "ar1": ar1, "ar1_exact": step / (2 - step), "ou": ou, "ou_exact": step / 2,
            "ratio": ou / ar1, "burn_in": burn_in,
        }  # fmt: skip


def conclude(rows: Sequence[Row]) -> Conclusion:
    """Compare both simulations with their closed forms, and with each other."""
    steps = distinct(rows, "step")
    off = {name: float(np.abs(column(rows, name) / column(rows, f"{name}_exact") - 1).max()) for name in ("ar1", "ou")}
    ratios = {step: float(column(where(rows, step=step), "ratio").mean()) for step in steps}
    apart = max(abs(ratio - (1 - step / 2)) for step, ratio in ratios.items())
    ends = [f"{100 * (1 - ratios[step]):.1f} % at ηh = {step:g}" for step in (steps[0], steps[-1])]
    sentence = (
        f"The recursion has the variance ηs/(h(2 − ηh)) within {100 * off['ar1']:.1f} % and the Ornstein–Uhlenbeck "
        f"model ηs/(2h) within {100 * off['ou']:.1f} %; the model understates the variance by {ends[0]} and by "
        f"{ends[1]}, and the ratio of the two is 1 − ηh/2 within {apart:.3f} at every ηh."
    )
    numbers = {"off": off, "ratio": {str(step): ratio for step, ratio in ratios.items()}, "ratio_off": apart}
    return Conclusion(sentence, numbers)


def draw(rows: Sequence[Row]) -> "Figure":
    """Draw both variances against ηh with their closed forms, and their ratio."""
    figure, axes = canvas(2, height=4.8)
    fine = np.geomspace(min(distinct(rows, "step")), max(distinct(rows, "step")), 200)
    exact = {"ar1": fine / (2 - fine), "ou": fine / 2}
    labels = {"ar1": "recursion, simulated", "ou": "Ornstein–Uhlenbeck, simulated"}
    for (name, label), colour, marker in zip(labels.items(), SERIES, "os", strict=False):
        plot_curve(axes[0], curve(rows, "step", name), label=label, colour=colour, marker=marker, line=" ")
        axes[0].plot(fine, exact[name], color=colour, linewidth=1.2)
    axes[0].plot([], [], color=GREY, label="closed forms ηs/(h(2 − ηh)) and ηs/(2h)")
    plot_curve(axes[1], curve(rows, "step", "ratio"), label="ratio of the simulations", colour=SERIES[2], line=" ")
    axes[1].plot(fine, 1 - fine / 2, color=SERIES[2], linewidth=1.2, label="1 − ηh/2")
    axes[1].set(xscale="linear", yscale="linear", ylim=(0, 1.05))
    for ax, label in zip(
        axes, ("stationary variance, s = h = 1", "variance of the model / of the recursion"), strict=True
    ):
        ax.set(xlabel="ηh", ylabel=label)
        ax.legend(fontsize=8)
    figure.suptitle("Stochastic gradient descent as an Ornstein–Uhlenbeck process", fontsize=11)
    return figure


def _variance(rng: np.random.Generator, factor: float, noise: float, burn_in: int, *, gaussian: bool) -> float:
    """Mean of θ² over chains and times after the burn-in, of θ ← factor·θ + noise·ξ with Var ξ = 1."""
    theta, total = np.zeros(CHAINS), 0.0
    for time in range(burn_in + TIMES):
        drawn = rng.normal(size=CHAINS) if gaussian else 2.0 * rng.integers(2, size=CHAINS) - 1
        theta = factor * theta + noise * drawn
        total += float(theta @ theta) * (time >= burn_in)
    return total / (CHAINS * TIMES)


EXPERIMENT = Experiment(
    name="ou-variance",
    question="By how much does the Ornstein–Uhlenbeck model understate the variance of stochastic gradient descent?",
    columns=COLUMNS,
    measure=measure,
    pieces=len(STEPS),
    conclude=conclude,
    draw=draw,
)
