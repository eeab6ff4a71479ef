"""Clipping bias against sampling error over the threshold τ, with the threshold of the quantile rule marked.

Bounds of Theorem 1: ``sampling_bound`` (1 + 2λτ)α, α of two events, and ``bias_bound`` λ·b(τ) with b(τ) = E_P(|ℓ| − τ)₊
as a sum; ``both`` is what the rule makes least. Measured: ``sampling`` is the (1 − δ)-quantile of |Ĵ − J_f| over the
samples, ``bias`` λ|E_P(ℓ − clip_τ ℓ)|, and ``error`` the (1 − δ)-quantile of |Ĵ − J|, J = E_P(r̂ − λℓ) the value without
clipping. ``above`` counts the samples with |Ĵ − J| above both bounds together. All τ of one n see the same samples.

τ* is the (1 − 2α)-quantile of |ℓ| in a pilot sample of its own (`optimal_clip_threshold`); it has a row of its own,
``chosen`` = 1. ``tau_exact`` is the same quantile under P.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from rlhf_numeric.arithmetic.kinds import Array
from rlhf_numeric.drawing import GREY, SERIES, canvas
from rlhf_numeric.experiments.common import Conclusion, Experiment, Row, column, curve, distinct, where
from rlhf_numeric.experiments.reward_shift.world import KL_COEF, World, draw_world, rollout_counts
from rlhf_numeric.rollouts.clipping import clipped_kl
from rlhf_numeric.rollouts.threshold import optimal_clip_threshold, union_width

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SIZES = (64, 256, 1024)
ROLLOUTS = 4
THRESHOLDS = tuple(k / 4 for k in range(25))
DELTA, SAMPLES = 0.05, 2000
FAR = 1.1  # an error this many times the least is called another one
COLUMNS = (
    "seed", "n", "tau", "chosen", "samples", "sampling", "bias", "error", "above", "sampling_bound", "bias_bound",
    "both", "tau_exact",
)  # fmt: skip


class Sampled(NamedTuple):
    """Shares of the pairs (x, a) in each sample, shape (samples, n, m), and the world that they are from."""

    world: World
    shares: Array
    alpha: float


def measure(seed: int) -> Iterator[Row]:
    """Rows of one seed, by n and τ; the last of each n is at τ*."""
    rng = np.random.default_rng([seed, 7])
    world = draw_world(rng)
    for n in SIZES:
        pilot = rollout_counts(rng, world.prompts, world.policy, n=n, k=ROLLOUTS, runs=1)
        seen = np.repeat(world.log_ratios.ravel(), pilot.ravel())
        best = optimal_clip_threshold(seen, n=n, k=ROLLOUTS, delta=DELTA)
        counts = rollout_counts(rng, world.prompts, world.policy, n=n, k=ROLLOUTS, runs=SAMPLES)
        sampled = Sampled(world, counts / (n * ROLLOUTS), union_width(n, ROLLOUTS, DELTA))
        exact = quantile_under(world.met, np.abs(world.log_ratios), 2 * sampled.alpha)
        for place, tau in enumerate((*THRESHOLDS, best)):
            yield {
                "seed": seed, "n": n, "tau": tau, "chosen": int(place == len(THRESHOLDS)), **_row(sampled, tau),
                "tau_exact": exact,
            }  # fmt: skip


def quantile_under(law: Array, sizes: Array, cost: float, /) -> float:
    """Return the smallest τ among 0 and the sizes with P(size > τ) ≤ cost, for a law and sizes of one shape."""
    levels = np.unique(np.append(sizes, 0.0))
    above = np.array([law[sizes > level].sum() for level in levels])
    return float(levels[np.argmax(above <= cost)])


def conclude(rows: Sequence[Row]) -> Conclusion:
    """Say what τ* loses of the least bound and of the least error, and where the error is least."""
    by_n = {n: _compared(rows, n) for n in distinct(rows, "n")}
    parts = [
        f"τ* = {found['tau_star']:.2f} at n = {n} (under P {found['tau_exact']:.2f}), with an error "
        f"{found['error_ratio']:.2f} times the least, which is at τ = {found['tau_of_least_error']:.2f}"
        for n, found in by_n.items()
    ]
    lost = max(0.0, *(found["bound_lost"] for found in by_n.values()))
    far = any(found["error_ratio"] > FAR for found in by_n.values())
    verdict = "not the measured error" if far else "the measured error too"
    failed = max(int(row["above"]) / int(row["samples"]) for row in rows)
    low = sum(any(float(row[x]) > float(row[f"{x}_bound"]) for x in ("sampling", "bias")) for row in rows)
    sentence = (
        f"The quantile rule makes the two bounds together least (within {100 * lost:.2g} % of the least on the grid) "
        f"and {verdict}: on average {'; '.join(parts)}. Sampling or bias is above its bound in {low} of {len(rows)} "
        f"rows, and |Ĵ − J| above both together in at most {100 * failed:.2g} % of the samples, δ = {100 * DELTA:g} %."
    )
    numbers = {"by_n": {str(n): found for n, found in by_n.items()}, "bound_lost": lost}
    return Conclusion(sentence, {**numbers, "above_bound": low, "failed": failed, "cases": len(rows)})


def draw(rows: Sequence[Row]) -> "Figure":
    """Bounds and measured errors against τ, a panel for each n."""
    sizes = distinct(rows, "n")
    figure, axes = canvas(len(sizes), height=5.0)
    for ax, n in zip(axes, sizes, strict=True):
        grid, chosen = where(rows, n=n, chosen=0), where(rows, n=n, chosen=1)
        for name, (label, colour, line) in CURVES.items():
            data = curve(grid, "tau", name)
            ax.plot(data.x, data.middle, line, color=colour, linewidth=1.6, label=label)
        for name, colour in (("both", "#000000"), ("error", SERIES[2])):
            ax.plot(column(chosen, "tau"), column(chosen, name), "*", color=colour, markersize=9, zorder=5)
        _mark(ax, chosen, n)
    axes[0].set_ylabel("unit of the reward")
    axes[0].plot([], [], "*", color="#000000", markersize=9, label="at τ* of a pilot sample, each seed")
    handles = axes[0].get_legend_handles_labels()
    figure.legend(*handles, fontsize=8, loc="outside lower center", ncols=4, title="lines: geometric mean over seeds",
                  title_fontsize=8)  # fmt: skip
    figure.suptitle(f"Clipping bias against sampling error: K = {ROLLOUTS}, λ = {KL_COEF}, δ = {DELTA}", fontsize=11)
    return figure


CURVES = {
    "sampling_bound": ("sampling, bound (1 + 2λτ)α", SERIES[0], "--"),
    "bias_bound": ("clipping, bound λ·b(τ)", SERIES[1], "--"),
    "both": ("both bounds", "#000000", "--"),
    "sampling": ("sampling, measured |Ĵ − J_f|", SERIES[0], "-"),
    "bias": ("clipping, true bias", SERIES[1], "-"),
    "error": ("error, measured |Ĵ − J|", SERIES[2], "-"),
}


def _mark(ax: "Axes", chosen: Sequence[Row], n: int) -> None:
    exact = column(chosen, "tau_exact")
    ax.axvspan(exact.min(), exact.max(), color=GREY, alpha=0.15, linewidth=0, label="(1 − 2α)-quantile of |ℓ| under P")
    ax.set(xlabel="threshold τ  [nats]", title=f"n = {n}", ylim=(0, None))


def _row(sampled: Sampled, tau: float) -> Row:
    world, values = sampled.world, sampled.world.values(tau)
    gaps = (sampled.shares * values).sum((-2, -1)) - (world.met * values).sum()
    clip = clipped_kl(world.log_ratios.ravel(), tau, weights=world.met.ravel())
    bias, bias_bound = KL_COEF * float(clip.bias), KL_COEF * float(clip.bias_bound)
    sampling_bound = (1 + 2 * KL_COEF * tau) * sampled.alpha
    errors = np.abs(gaps + bias)
    return {
        "samples": len(gaps), "sampling": float(np.quantile(np.abs(gaps), 1 - DELTA)), "bias": abs(bias),
        "error": float(np.quantile(errors, 1 - DELTA)), "above": int((errors > sampling_bound + bias_bound).sum()),
        "sampling_bound": sampling_bound, "bias_bound": bias_bound, "both": sampling_bound + bias_bound,
    }  # fmt: skip


def _compared(rows: Sequence[Row], n: int) -> dict[str, float]:
    """τ* beside the best of the grid, on average over the seeds; of the bounds the largest loss."""
    chosen = where(rows, n=n, chosen=1)
    found = []
    for row in chosen:
        grid = where(rows, n=n, seed=row["seed"], chosen=0)
        errors, bounds = column(grid, "error"), column(grid, "both")
        found.append(
            (float(row["both"]) / bounds.min() - 1, float(row["error"]) / errors.min(), grid[errors.argmin()]["tau"])
        )
    lost, ratio, least = np.array(found, dtype=float).T
    return {
        "tau_star": float(column(chosen, "tau").mean()), "tau_exact": float(column(chosen, "tau_exact").mean()),
        "bound_lost": float(lost.max()), "error_ratio": float(ratio.mean()),
        "tau_of_least_error": float(least.mean()),
    }  # fmt: skip


EXPERIMENT = Experiment(
    name="clip-threshold",
    question="Which clipping threshold balances the bias of clipping against the error of sampling?",
    columns=COLUMNS,
    measure=measure,
    pieces=len(SIZES) * (len(THRESHOLDS) + 1),
    conclude=conclude,
    draw=draw,
)
