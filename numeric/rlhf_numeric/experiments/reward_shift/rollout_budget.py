"""Prompts against rollouts: the generalisation gap |Ĵ − J_f| over K at a fixed budget, with the best K marked.

n prompts with K rollouts each cost n(c_p + K·c_d), so K fixes n. ``gap`` is the mean of |Ĵ − J_f| over the samples and
``rms`` its root mean square; f = r̂ − λ·clip_τ ℓ, and J_f = E_P f is a sum. ``predicted`` is √(σ_p²/n + σ_r²/(nK)), the
root of the variance, and ``bound`` ε(δ) of one sub-Gaussian bound for both levels: |Ĵ − J_f| may exceed it with
probability δ, and ``above`` counts the samples in which it did. ``K_real`` is √R, R = c_p·σ_r²/(c_d·σ_p²), and
``K_star`` the whole number of `optimal_rollouts`, K(K − 1) ≤ R ≤ K(K + 1); it has a row of its own, ``chosen`` = 1.
"""

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from rlhf_numeric.drawing import GREY, SERIES, canvas
from rlhf_numeric.experiments.common import (
    SPREAD,
    Conclusion,
    Experiment,
    Row,
    column,
    curve,
    distinct,
    fit_power,
    fits_as_numbers,
    plot_curve,
    where,
)
from rlhf_numeric.experiments.reward_shift.world import KL_COEF, World, draw_world, rollout_counts, two_variances
from rlhf_numeric.rollouts.budget import optimal_rollouts
from rlhf_numeric.rollouts.threshold import joint_width

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BUDGETS = (1000, 4000, 16000)
ROLLOUTS = (1, 2, 3, 4, 5, 6, 8, 12, 16, 24, 32, 64)
COST_PROMPT, COST_ROLLOUT = 32.0, 1.0
THRESHOLD, DELTA, SAMPLES = 2.0, 0.05, 4000
COLUMNS = (
    "seed", "budget", "K", "chosen", "n", "samples", "gap", "rms", "above", "predicted", "bound", "K_real", "K_star",
)  # fmt: skip


def measure(seed: int) -> Iterator[Row]:
    """Rows of one seed, by budget and K; the last of each budget is at K*."""
    rng = np.random.default_rng([seed, 6])
    world = draw_world(rng)
    between, within = two_variances(world.prompts, world.policy, world.values(THRESHOLD))
    best = optimal_rollouts(cost_prompt=COST_PROMPT, cost_rollout=COST_ROLLOUT, var_prompt=between, var_rollout=within)
    real = math.sqrt(COST_PROMPT * within / (COST_ROLLOUT * between))
    for budget in BUDGETS:
        for place, k in enumerate((*ROLLOUTS, best)):
            n = int(budget / (COST_PROMPT + k * COST_ROLLOUT))
            yield {
                "seed": seed, "budget": budget, "K": k, "chosen": int(place == len(ROLLOUTS)),
                **_sampled(rng, world, n, k), "predicted": math.sqrt(between / n + within / (n * k)),
                "bound": _bound(n, k), "K_real": real, "K_star": best,
            }  # fmt: skip


def conclude(rows: Sequence[Row]) -> Conclusion:
    """Compare the gap at K* with the least of all K, and with the smallest and the largest K."""
    noise = 4 / math.sqrt(2 * min(int(row["samples"]) for row in rows))
    ends = [pick(int(row["K"]) for row in where(rows, chosen=0)) for pick in (min, max)]
    chosen = where(rows, chosen=1)
    lost = [float(row["rms"]) / min(column(_beside(rows, row), "rms")) - 1 for row in chosen]
    worse = {k: float(np.mean([_at(rows, row, k) / float(row["rms"]) for row in chosen])) - 1 for k in ends}
    stars, real = sorted(distinct(chosen, "K_star")), column(chosen, "K_real")
    off = max(abs(float(row["rms"]) / float(row["predicted"]) - 1) for row in rows)
    failed = max(int(row["above"]) / int(row["samples"]) for row in rows)
    fit = fit_power(column(chosen, "budget"), column(chosen, "gap"))
    least = "the least of all K within noise" if max(lost) <= noise else "NOT the least of all K"
    sentence = (
        f"With {COST_PROMPT:g} for a prompt and {COST_ROLLOUT:g} for a rollout, √R is {real.min():.2f} to "
        f"{real.max():.2f} and K* {_span(stars)} over the seeds; the root mean square of the gap there is {least} (at "
        f"most {100 * max(lost):.1f} % above it, noise {100 * noise:.1f} %); at K = {ends[0]} it is "
        f"{100 * worse[ends[0]]:.0f} % and at K = {ends[1]} {100 * worse[ends[1]]:.0f} % larger than at K*. It is "
        f"√(σ_p²/n + σ_r²/(nK)) within {100 * off:.1f} %, the gap at K* falls as budget^({fit or 'too few budgets'}), "
        f"and at most {100 * failed:.2g} % of the samples are above ε(δ), δ = {100 * DELTA:g} %."
    )
    numbers = {
        "K_star": stars, "lost": max(lost), "noise": noise, "worse": {str(k): x for k, x in worse.items()},
        "prediction_off": off, "above_bound": failed, **fits_as_numbers({"gap_over_budget": fit}),
    }  # fmt: skip
    return Conclusion(sentence, numbers)


def draw(rows: Sequence[Row]) -> "Figure":
    """Gap against K for each budget, and its root mean square over that at K*."""
    figure, axes = canvas(2, height=5.0)
    for budget, colour, marker in zip(distinct(rows, "budget"), SERIES, "os^", strict=False):
        grid, chosen = where(rows, budget=budget, chosen=0), where(rows, budget=budget, chosen=1)
        plot_curve(axes[0], curve(grid, "K", "gap"), label=f"budget {budget}", colour=colour, marker=marker)
        axes[0].plot(column(chosen, "K"), column(chosen, "gap"), "*", color="#000000", markersize=9, zorder=5)
        relative = [{**row, "rms": float(row["rms"]) / _at_star(chosen, row)} for row in grid]
        plot_curve(axes[1], curve(relative, "K", "rms"), label=f"budget {budget}", colour=colour, marker=marker)
    axes[0].plot([], [], "*", color="#000000", markersize=9, label="K*, each seed")
    axes[1].axhline(1, color=GREY, linewidth=1)
    for ax in axes:
        _mark(ax, rows)
    axes[0].set_ylabel("mean of |Ĵ − J_f|  (unit of the reward)")
    axes[1].set_ylabel("root mean square of the gap, at K* = 1")
    axes[1].set(yscale="linear")
    handles = axes[0].get_legend_handles_labels()
    figure.legend(*handles, fontsize=8, title=SPREAD, title_fontsize=8, loc="outside lower center", ncols=5)
    figure.suptitle(
        f"Prompts against rollouts: c_p = {COST_PROMPT:g}, c_d = {COST_ROLLOUT:g}, λ = {KL_COEF}", fontsize=11
    )
    return figure


def _mark(ax: "Axes", rows: Sequence[Row]) -> None:
    """Mark the range of √R over the seeds, and name the axis of K."""
    real = column(rows, "K_real")
    ax.axvspan(real.min(), real.max(), color=GREY, alpha=0.15, linewidth=0, label="√R = √(c_p·σ_r²/(c_d·σ_p²))")
    ticks = [1, 2, 4, 8, 16, 32, 64]
    ax.set_xticks(ticks, [str(tick) for tick in ticks])
    ax.set_xticks([], minor=True)
    ax.set_xlabel("rollouts K for each prompt")


def _sampled(rng: np.random.Generator, world: World, n: int, k: int) -> Row:
    values = world.values(THRESHOLD)
    counts = rollout_counts(rng, world.prompts, world.policy, n=n, k=k, runs=SAMPLES)
    gaps = np.abs((counts * values).sum((-2, -1)) / (n * k) - (world.met * values).sum())
    above = int((gaps > _bound(n, k)).sum())
    return {
        "n": n, "samples": SAMPLES, "gap": float(gaps.mean()), "rms": float(np.sqrt((gaps * gaps).mean())),
        "above": above,
    }  # fmt: skip


def _bound(n: int, k: int) -> float:
    """ε(δ) for rewards in [0, 1]: the range of f is 1 + 2λτ."""
    return (1 + 2 * KL_COEF * THRESHOLD) * joint_width(n, k, DELTA)


def _beside(rows: Sequence[Row], row: Row) -> list[Row]:
    return where(rows, seed=row["seed"], budget=row["budget"])


def _at(rows: Sequence[Row], row: Row, k: int) -> float:
    return float(where(_beside(rows, row), K=k, chosen=0)[0]["rms"])


def _at_star(chosen: Sequence[Row], row: Row) -> float:
    return float(where(chosen, seed=row["seed"])[0]["rms"])


def _span(values: Sequence[int]) -> str:
    return str(values[0]) if len(values) == 1 else f"{values[0]} to {values[-1]}"


EXPERIMENT = Experiment(
    name="rollout-budget",
    question="At a fixed budget, how many rollouts for each prompt make the generalisation gap least?",
    columns=COLUMNS,
    measure=measure,
    pieces=len(BUDGETS) * (len(ROLLOUTS) + 1),
    conclude=conclude,
    draw=draw,
)
