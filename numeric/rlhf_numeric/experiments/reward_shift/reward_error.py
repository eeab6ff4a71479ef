"""The reward-shift term against χ²: |E_P e| beside √((1 + χ²)·E_Q e²) for policies that are tuned ever further.

r̂ is trained on labels of items from Q = (uniform prompts) × q; e = r* − r̂ and P = D⊗π with π ∝ q·exp(r/λ), for three
rewards r: ``r̂``, which the policy of a training is tuned on; ``another``, drawn by itself; and ``the error`` e or −e,
of which |E_P e| grows. ``shift`` is |E_P e| as a sum, ``measured`` |mean of e| over `ROLLOUTS`
rollouts of π, and ``rms`` √(E_P e²). ``centred`` is |E_Q e| + √(χ²·Var_Q e), by `change-of-measure-centred`, which is
at most ``bound``.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from rlhf_numeric.arithmetic.kinds import Array, log_softmax
from rlhf_numeric.drawing import SERIES, canvas
from rlhf_numeric.experiments.common import (
    Conclusion,
    Curve,
    Experiment,
    Row,
    column,
    curve,
    distinct,
    plot_curve,
    where,
)
from rlhf_numeric.experiments.reward_shift.world import World, draw_world
from rlhf_numeric.rollouts.coverage import coverage_coefficient

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TARGETS = ("r̂", "another", "the error")
STRENGTHS = (0.0, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0)  # 1/λ
ROLLOUTS = 20_000
COLUMNS = ("seed", "target", "strength", "chi2", "shift", "measured", "rms", "centred", "bound")


def measure(seed: int) -> Iterator[Row]:
    """Rows of one seed, by target and 1/λ."""
    rng = np.random.default_rng([seed, 9])
    world = draw_world(rng)
    rewards = dict(zip(TARGETS, (world.learned, rng.random(world.true.shape), _harmful(world)), strict=True))
    for target in TARGETS:
        for strength in STRENGTHS:
            policy = np.exp(log_softmax(world.log_reference + strength * rewards[target]))
            met = world.prompts[:, None] * policy
            yield {"seed": seed, "target": target, "strength": strength, **_row(rng, world, met / met.sum())}


def conclude(rows: Sequence[Row]) -> Conclusion:
    """Say what |E_P e| and its bound become, and how much of the bound is used up."""
    ends = tuple(pick(float(row["strength"]) for row in rows) for pick in (min, max))
    numbers = {target: _compared(where(rows, target=target), ends) for target in distinct(rows, "target")}
    parts = [
        f"tuned on {target}, χ² from {found['chi2'][0]:.2g} to {found['chi2'][1]:.2g}, |E_P e| from "
        f"{found['shift'][0]:.2g} to {found['shift'][1]:.2g}, its bound from {found['bound'][0]:.2g} to "
        f"{found['bound'][1]:.2g}, of which it is {100 * found['share']:.2g} % then and at most "
        f"{100 * found['largest_share']:.2g} % in any row"
        for target, found in numbers.items()
    ]
    above = sum(float(row["shift"]) > float(row["bound"]) for row in rows)
    off = max(abs(float(row["measured"]) - float(row["shift"])) * ROLLOUTS**0.5 / float(row["rms"]) for row in rows)
    sentence = (
        f"From 1/λ = {ends[0]:g} to {ends[1]:g}, on average over the seeds: {'; '.join(parts)}. |E_P e| is above "
        f"√((1 + χ²)·E_Q e²) in {above} of {len(rows)} rows; N = {ROLLOUTS} rollouts measure it within {off:.1f} times "
        "√(E_P e²/N)."
    )
    return Conclusion(sentence, {**numbers, "above_bound": above, "cases": len(rows), "measured_off": off})


def draw(rows: Sequence[Row]) -> "Figure":
    """Draw |E_P e| beside its bounds against χ², and its share of the bound; what is below the axes is next to 0."""
    figure, axes = canvas(2, height=5.0)
    for target, colour, marker in zip(distinct(rows, "target"), SERIES, "os^", strict=False):
        chosen = where(rows, target=target)
        shares = [{**row, "share": share} for row, share in zip(chosen, _shares(chosen), strict=True)]
        label = f"π tuned on {target}"
        plot_curve(axes[0], against_chi2(chosen, "shift"), label=label, colour=colour, marker=marker)
        plot_curve(axes[1], against_chi2(shares, "share"), label=label, colour=colour, marker=marker)
    widest = where(rows, target=max(rows, key=lambda row: float(row["chi2"]))["target"])
    for name, label, line in (("bound", "√((1 + χ²)·E_Q e²)", "--"), ("centred", "|E_Q e| + √(χ²·Var_Q e)", ":")):
        data = against_chi2(widest, name)
        axes[0].plot(data.x, data.middle, line, color="#000000", label=label)
    axes[1].axhline(1, color="#000000", linestyle="--")
    for ax, floor in zip(axes, (1e-3, 1e-2), strict=True):
        ax.set(xlabel="χ²(P‖Q)", ylim=(floor, None))
    axes[0].set_ylabel("|E_P e|  (unit of the reward)")
    axes[1].set_ylabel("|E_P e| as a share of its bound")
    handles = axes[0].get_legend_handles_labels()
    figure.legend(
        *handles,
        fontsize=8,
        title="line: mean; band: range over seeds",
        title_fontsize=8,
        loc="outside lower center",
        ncols=5,
    )
    figure.suptitle("The reward-shift term: policies tuned ever further, 1/λ from 0 up", fontsize=11)
    return figure


def against_chi2(rows: Sequence[Row], name: str, /) -> Curve:
    """Mean and range over the seeds at each 1/λ, drawn at the geometric mean of χ²; |E_P e| may be next to 0."""
    data = curve(rows, "strength", name)
    means = [column(where(rows, strength=strength), name).mean() for strength in data.x]
    return data._replace(x=curve(rows, "strength", "chi2").middle, middle=np.array(means))


def _compared(rows: Sequence[Row], ends: tuple[float, ...]) -> dict[str, Any]:
    """Means over the seeds at the least and the largest 1/λ."""
    names = ("chi2", "shift", "bound")
    found = {name: [float(column(where(rows, strength=end), name).mean()) for end in ends] for name in names}
    return {
        **found,
        "share": float(_shares(where(rows, strength=ends[-1])).mean()),
        "largest_share": float(_shares(rows).max()),
    }


def _shares(rows: Sequence[Row]) -> Array:
    return column(rows, "shift") / column(rows, "bound")


def _harmful(world: World) -> Array:
    """Return e, or −e where that is the direction in which |E_P e| grows from π = q on."""
    error = world.true - world.learned
    start = world.prompts @ (np.exp(world.log_reference) * error).sum(-1)
    harmful: Array = error if start >= 0 else -error
    return harmful


def _row(rng: np.random.Generator, world: World, met: Array) -> Row:
    error, training = world.true - world.learned, world.training
    mean, square = float((training * error).sum()), float((training * error * error).sum())
    factor = float(coverage_coefficient(met.ravel(), training.ravel()))
    counts = rng.multinomial(ROLLOUTS, met.ravel())
    chi2 = factor * factor - 1
    return {
        "chi2": chi2, "shift": abs(float((met * error).sum())),
        "measured": abs(float(counts @ error.ravel())) / ROLLOUTS, "rms": float(np.sqrt((met * error * error).sum())),
        "centred": abs(mean) + float(np.sqrt(chi2 * (square - mean * mean))), "bound": factor * float(np.sqrt(square)),
    }  # fmt: skip


EXPERIMENT = Experiment(
    name="reward-error",
    question="How much of the reward-shift term does a policy use up that is tuned ever further from its reference?",
    columns=COLUMNS,
    measure=measure,
    pieces=len(TARGETS) * len(STRENGTHS),
    conclude=conclude,
    draw=draw,
)
