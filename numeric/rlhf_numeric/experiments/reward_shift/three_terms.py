"""The three terms of the bound on |Ĵ − J*| over n, stacked, beside what was measured.

The terms are those of `generalisation_certificate` for one sample of n prompts with K rollouts: ``sampling`` ε(δ),
``reward_shift`` 𝒞(π)√(E_Q e²) with both factors as sums, ``clipping`` λ·b(τ), a sum too; ``bound`` is all three. τ is
the best one for a pilot sample of its own, so the theorem covers the bound (``certified`` = 1).

Measured over `SAMPLES` further samples: ``gap`` is the (1 − δ)-quantile of |Ĵ − J_f| and ``error`` that of |Ĵ − J*|,
J* = E_P(r* − λℓ); ``above`` counts the samples with |Ĵ − J*| above the bound. ``shift`` is |E_P e|, e = r* − r̂, and
``bias`` λ|E_P(ℓ − clip_τ ℓ)|: what the second and the third term bound.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from rlhf_numeric.arithmetic.kinds import Array
from rlhf_numeric.drawing import SERIES, canvas
from rlhf_numeric.experiments.common import Conclusion, Experiment, Row, column, curve, distinct, plot_curve, where
from rlhf_numeric.experiments.reward_shift.world import KL_COEF, World, draw_rollouts, draw_world, rollout_counts
from rlhf_numeric.rollouts.certificate import GeneralisationCertificate, generalisation_certificate
from rlhf_numeric.rollouts.clipping import ClippedKL, clipped_kl
from rlhf_numeric.rollouts.coverage import coverage_coefficient
from rlhf_numeric.rollouts.threshold import optimal_clip_threshold

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SIZES = (4, 16, 64, 256, 1024, 4096, 16384)
ROLLOUTS, DELTA, SAMPLES = 4, 0.05, 2000
TERMS = {"sampling": "sampling ε(δ)", "reward_shift": "reward shift C√(E_Q e²)", "clipping": "clipping λ·b(τ)"}
WORDS = {"sampling": "sampling term", "reward_shift": "reward shift", "clipping": "clipping term"}
TRUTHS = {"sampling": "gap", "reward_shift": "shift", "clipping": "bias"}
TRUE_WORDS = {"sampling": "|Ĵ − J_f|, measured", "reward_shift": "|E_P e|", "clipping": "λ|E_P(ℓ − clip_τ ℓ)|"}
COLUMNS = (
    "seed", "n", "tau", "coverage", *TERMS, "bound", "certified", *TRUTHS.values(), "error", "samples", "above",
)  # fmt: skip


def measure(seed: int) -> Iterator[Row]:
    """Rows of one seed, by n."""
    rng = np.random.default_rng([seed, 8])
    world = draw_world(rng)
    for n in SIZES:
        pilot = world.log_ratios[draw_rollouts(rng, world, n=n, k=ROLLOUTS)]
        tau = optimal_clip_threshold(pilot, n=n, k=ROLLOUTS, delta=DELTA, bound="joint")
        yield {"seed": seed, "n": n, "tau": tau, **_row(rng, world, n, tau)}


def conclude(rows: Sequence[Row]) -> Conclusion:
    """Say which term is the largest at which n, and how far the bound and each term are above what they bound."""
    sizes = distinct(rows, "n")
    means = {n: {name: column(where(rows, n=n), name).mean() for name in TERMS} for n in sizes}
    largest = {n: max(TERMS, key=means[n].__getitem__) for n in sizes}
    last, over = sizes[-1], {n: _ratio(where(rows, n=n), "bound", "error") for n in sizes}
    shares = {name: means[last][name] / sum(means[last].values()) for name in TERMS}
    slack = {name: _ratio(where(rows, n=last), name, TRUTHS[name]) for name in TERMS}
    below = sum(float(row["bound"]) < float(row["error"]) for row in rows)
    failed = max(int(row["above"]) / int(row["samples"]) for row in rows)
    sentence = (
        f"The largest term is {_in_turn(largest)}; at n = {last} the {WORDS['reward_shift']} is "
        f"{100 * shares['reward_shift']:.0f} % of the bound, which more rollouts do not lower. The bound is "
        f"{over[sizes[0]]:.1f} times the measured error at n = {sizes[0]} and {over[last]:.1f} times at n = {last}, "
        f"each term over what it bounds there: {', '.join(f'{slack[name]:.1f} {WORDS[name]}' for name in TERMS)}. The "
        f"bound is below the (1 − δ)-quantile of |Ĵ − J*| in {below} of {len(rows)} rows, and at most "
        f"{100 * failed:.2g} % of the samples are above it, δ = {100 * DELTA:g} %."
    )
    numbers = {
        "largest": {str(n): name for n, name in largest.items()}, "shares": shares, "slack": slack,
        "over": {str(n): x for n, x in over.items()}, "below_error": below, "failed": failed, "cases": len(rows),
        "certified": all(row["certified"] for row in rows),
    }  # fmt: skip
    return Conclusion(sentence, numbers)


def draw(rows: Sequence[Row]) -> "Figure":
    """Draw the terms stacked over n with the measured error, and each term beside what it bounds, not below 10⁻⁵."""
    figure, axes = canvas(2, height=5.0)
    _stack(axes[0], rows)
    floor = 1e-5
    for name, colour, marker in zip(TERMS, SERIES, "os^", strict=False):
        plot_curve(axes[1], curve(rows, "n", name, floor=floor), label=TERMS[name], colour=colour, marker=marker)
        truth = curve(rows, "n", TRUTHS[name], floor=floor)
        axes[1].plot(truth.x, truth.middle, "--", color=colour, marker=marker, markersize=4, markerfacecolor="none",
                     label=f"what it bounds: {TRUE_WORDS[name]}")  # fmt: skip
    axes[1].set(ylim=(floor, None), ylabel="unit of the reward", title="each term, and what it bounds")
    axes[1].set_xlabel("prompts n")
    for ax in axes:
        ax.legend(fontsize=7.5, framealpha=0.9)
    figure.suptitle(f"The three terms: K = {ROLLOUTS}, λ = {KL_COEF}, δ = {DELTA}", fontsize=11)
    return figure


def _stack(ax: "Axes", rows: Sequence[Row]) -> None:
    sizes = distinct(rows, "n")
    places, below = np.arange(len(sizes)), np.zeros(len(sizes))
    for name, colour in zip(TERMS, SERIES, strict=False):
        heights = np.array([column(where(rows, n=n), name).mean() for n in sizes])
        ax.bar(places, heights, 0.7, bottom=below, color=colour, label=TERMS[name], zorder=2)
        below += heights
    errors = [column(where(rows, n=n), "error") for n in sizes]
    middle = np.array([each.mean() for each in errors])
    spread = np.abs([[each.min() for each in errors], [each.max() for each in errors]] - middle)
    ax.errorbar(places, middle, spread, fmt="D", color="#000000", markersize=5, capsize=3, zorder=3,
                label="|Ĵ − J*| measured, its (1 − δ)-quantile")  # fmt: skip
    ax.set_xticks(places, [str(n) for n in sizes])
    ax.set(xlabel="prompts n", ylabel="bound on |Ĵ − J*|  (unit of the reward)", title="means over seeds; bars: range")
    ax.grid(False, axis="x")


def _row(rng: np.random.Generator, world: World, n: int, tau: float) -> Row:
    clip = clipped_kl(world.log_ratios.ravel(), tau, weights=world.met.ravel())
    coverage = float(coverage_coefficient(world.met.ravel(), world.training.ravel()))
    found = _certificate(world, draw_rollouts(rng, world, n=n, k=ROLLOUTS), clip, tau=tau, coverage=coverage)
    terms = {name: float(term.value or 0.0) for name, term in found.terms.items()}
    gaps = sampled_gaps(rng, world, n, tau)
    shift, bias = float((world.met * (world.true - world.learned)).sum()), KL_COEF * float(clip.bias)
    errors = np.abs(gaps - shift + bias)
    bound = sum(terms.values())
    return {
        "coverage": coverage, **terms, "bound": bound, "certified": int(found.certified),
        "gap": float(np.quantile(np.abs(gaps), 1 - DELTA)), "shift": abs(shift), "bias": abs(bias),
        "error": float(np.quantile(errors, 1 - DELTA)), "samples": len(errors), "above": int((errors > bound).sum()),
    }  # fmt: skip


def sampled_gaps(rng: np.random.Generator, world: World, n: int, tau: float, /) -> Array:
    """Ĵ − J_f of `SAMPLES` samples; Ĵ − J* is that − E_P e + λE_P(ℓ − clip_τ ℓ)."""
    values = world.values(tau)
    counts = rollout_counts(rng, world.prompts, world.policy, n=n, k=ROLLOUTS, runs=SAMPLES)
    gaps: Array = (counts * values).sum((-2, -1)) / (n * ROLLOUTS) - (world.met * values).sum()
    return gaps


def _certificate(
    world: World, drawn: tuple[Array, Array], clip: ClippedKL, *, tau: float, coverage: float
) -> GeneralisationCertificate:
    error = float((world.training * (world.true - world.learned) ** 2).sum())
    return generalisation_certificate(
        world.log_policy[drawn], world.log_reference[drawn], world.learned[drawn], kl_coef=KL_COEF, delta=DELTA,
        threshold=tau, reward_range=(0.0, 1.0), coverage=coverage, reward_error=error,
        clip_bias=float(clip.bias_bound),
    )  # fmt: skip


def _ratio(rows: Sequence[Row], over: str, under: str) -> float:
    """Ratio of the means of two columns."""
    return float(column(rows, over).mean() / max(column(rows, under).mean(), 1e-300))


def _in_turn(largest: dict[int, str]) -> str:
    """Return the names in their order, each but the first with the n at which it begins."""
    names = list(largest.values())
    starts = [n for n, name, before in zip(largest, names, ["", *names], strict=False) if name != before]
    return ", ".join(f"the {WORDS[largest[n]]}" + f" from n = {n} on" * (n != starts[0]) for n in starts)


EXPERIMENT = Experiment(
    name="three-terms",
    question="Which of the three terms of the bound dominates at how many prompts, and how large is the truth?",
    columns=COLUMNS,
    measure=measure,
    pieces=len(SIZES),
    conclude=conclude,
    draw=draw,
)
