"""The PAC-Bayes bound of a finite class of policies beside what it bounds, for posteriors from blind to greedy.

The class has `POLICIES` policies with a uniform prior 𝖯. A sample is n prompts, the same for all, and K rollouts of
each policy; Δ_θ = Ĵ_θ − J_θ for f = r̂ − λ·clip_τ ℓ_θ. The posterior is 𝖰 ∝ exp(c·s·Ĵ), from c = 0, the prior, over
c = 1, at which E_𝖰 Ĵ minus the bound is largest, to c = ∞, all on the best Ĵ. ``bound`` is the mean over the samples of
(KL(𝖰‖𝖯) + log(1/δ))/s + hsV, h = 1/8, V = w²/n + w²/(nK), w = 1 + 2λτ, and s fixed beforehand: the best one for
KL = log N. ``optimism`` is the mean of E_𝖰 Δ and ``quantile`` its (1 − δ)-quantile; ``above`` counts the samples with
E_𝖰 Δ above their bound, and ``broken`` those in which some 𝖰 at all is, that is log E_𝖯 exp(sΔ) > log(1/δ) + hs²V.
"""

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from rlhf_numeric.arithmetic.kinds import Array, log_softmax, log_sum_exp
from rlhf_numeric.claims.reward_shift.clipped_kl import clipped
from rlhf_numeric.drawing import SERIES, canvas
from rlhf_numeric.experiments.common import Conclusion, Experiment, Row, column, curve, distinct, plot_curve, where
from rlhf_numeric.experiments.reward_shift.world import KL_COEF, World, draw_world, rollout_counts
from rlhf_numeric.rollouts.certificate import HOEFFDING

if TYPE_CHECKING:
    from matplotlib.figure import Figure

POLICIES = 32
SIZES = (16, 64, 256, 1024)
GREED = (0.0, 0.3, 1.0, 3.0, 10.0, math.inf)  # c
ROLLOUTS, THRESHOLD, DELTA, SAMPLES = 2, 2.0, 0.05, 500
COLUMNS = ("seed", "n", "c", "kl", "optimism", "quantile", "bound", "samples", "above", "broken")


class Sampled(NamedTuple):
    """Ĵ and Δ of each policy in each sample, shape (samples, policies), with s and hV."""

    estimates: Array
    gaps: Array
    s: float
    spread: float


def measure(seed: int) -> Iterator[Row]:
    """Rows of one seed, by n and c; all c of one n see the same samples."""
    rng = np.random.default_rng([seed, 10])
    world = draw_world(rng)
    nudges = rng.normal(size=(POLICIES, *world.true.shape))
    log_policies = log_softmax(world.log_policy + nudges)
    for n in SIZES:
        sampled = _sampled(rng, world, log_policies, n)
        for greed in GREED:
            yield {"seed": seed, "n": n, "c": greed, **_row(sampled, greed)}


def conclude(rows: Sequence[Row]) -> Conclusion:
    """Compare bound and truth for the blind, the Gibbs and the greedy posterior, and count what is above."""
    last = max(int(row["n"]) for row in rows)
    numbers, parts = {}, []
    for greed, words in ((0.0, "the prior"), (1.0, "the Gibbs posterior"), (math.inf, "the best of the sample")):
        chosen = where(rows, n=last, c=greed)
        found = {name: float(column(chosen, name).mean()) for name in ("kl", "optimism", "quantile", "bound")}
        numbers[words] = {**found, "ratio": found["bound"] / found["quantile"]}
        parts.append(
            f"{words}: KL = {found['kl']:.2f}, E Δ {found['optimism']:+.4f} on average and {found['quantile']:.4f} in "
            f"its (1 − δ)-quantile, bound {found['bound']:.3f}, {numbers[words]['ratio']:.1f} times that"
        )
    low = sum(float(row["bound"]) < float(row["quantile"]) for row in rows)
    above, broken = (max(int(row[name]) / int(row["samples"]) for row in rows) for name in ("above", "broken"))
    sentence = (
        f"At n = {last}, on average over the seeds, {'; '.join(parts)}. The bound is below the (1 − δ)-quantile in "
        f"{low} of {len(rows)} rows; in at most {100 * above:.2g} % of the samples is E_𝖰 Δ above it for one of these "
        f"posteriors, in {100 * broken:.2g} % for any posterior at all, δ = {100 * DELTA:g} %."
    )
    return Conclusion(
        sentence, {**numbers, "below_quantile": low, "above": above, "broken": broken, "cases": len(rows)}
    )


def draw(rows: Sequence[Row]) -> "Figure":
    """Draw bound and truth against n, and against the divergence of the posterior at the largest n."""
    figure, axes = canvas(2, height=5.0)
    labels = {0.0: "c = 0, the prior", 1.0: "c = 1, Gibbs", math.inf: "c = ∞, the best Ĵ"}
    for (greed, label), colour, marker in zip(labels.items(), SERIES, "os^", strict=False):
        chosen = where(rows, c=greed)
        plot_curve(
            axes[0], curve(chosen, "n", "bound"), label=f"bound, {label}", colour=colour, marker=marker, line="--"
        )
        plot_curve(axes[0], curve(chosen, "n", "quantile"), label=f"truth, {label}", colour=colour, marker=marker)
    axes[0].set(xlabel="prompts n", ylabel="(1 − δ)-quantile of E Δ, and its bound  (unit of the reward)")
    for n, colour, marker in zip(distinct(rows, "n"), SERIES, "os^v", strict=False):
        chosen = where(rows, n=n)
        greeds, names = distinct(chosen, "c"), ("kl", "bound", "quantile")
        mean = {name: [column(where(chosen, c=greed), name).mean() for greed in greeds] for name in names}
        axes[1].plot(mean["kl"], mean["bound"], "--", color=colour, marker=marker, markersize=4)
        axes[1].plot(mean["kl"], mean["quantile"], color=colour, marker=marker, markersize=4, label=f"n = {n}")
    axes[1].axvline(math.log(POLICIES), color="#000000", linewidth=1, linestyle=":", label="log N")
    axes[1].set(yscale="log", xlabel="KL(posterior ‖ prior), mean  [nats]", title="dashed: bound; solid: truth")
    axes[1].set_ylim(top=2.5)
    axes[0].legend(fontsize=7.5, handlelength=4)
    axes[1].legend(fontsize=7.5, loc="upper left", ncols=3)
    figure.suptitle(f"PAC-Bayes on {POLICIES} policies: K = {ROLLOUTS}, δ = {DELTA}", fontsize=11)
    return figure


def _sampled(rng: np.random.Generator, world: World, log_policies: Array, n: int) -> Sampled:
    policies = np.exp(log_policies)
    values = world.learned - KL_COEF * clipped(THRESHOLD, log_policies - world.log_reference)
    counts = rollout_counts(rng, world.prompts, policies, n=n, k=ROLLOUTS, runs=SAMPLES)
    estimates = (counts * values).sum((-2, -1)) / (n * ROLLOUTS)
    truth = (world.prompts[:, None] * policies * values).sum((-2, -1))
    width = 1 + 2 * KL_COEF * THRESHOLD
    spread = HOEFFDING * width * width * (1 / n + 1 / (n * ROLLOUTS))
    return Sampled(estimates, estimates - truth, math.sqrt(math.log(POLICIES / DELTA) / spread), spread)


def _row(sampled: Sampled, greed: float) -> Row:
    weights = posterior(sampled.estimates, greed * sampled.s)
    kl = (weights * np.log(np.where(weights > 0, weights * POLICIES, 1.0))).sum(-1)
    means = (weights * sampled.gaps).sum(-1)
    bounds = (kl + math.log(1 / DELTA)) / sampled.s + sampled.s * sampled.spread
    worst = log_sum_exp(sampled.s * sampled.gaps) - math.log(POLICIES)
    return {
        "kl": float(kl.mean()), "optimism": float(means.mean()), "quantile": float(np.quantile(means, 1 - DELTA)),
        "bound": float(bounds.mean()), "samples": len(means), "above": int((means > bounds).sum()),
        "broken": int((worst > math.log(1 / DELTA) + sampled.s**2 * sampled.spread).sum()),
    }  # fmt: skip


def posterior(estimates: Array, slope: float, /) -> Array:
    """Weights ∝ exp(slope·Ĵ) along the last axis; for an infinite slope all on the first of the largest."""
    if math.isinf(slope):
        chosen: Array = np.eye(estimates.shape[-1])[estimates.argmax(-1)]
        return chosen
    weights: Array = np.exp(log_softmax(slope * estimates))
    return weights


EXPERIMENT = Experiment(
    name="pac-bayes",
    question="How far above the truth is the PAC-Bayes bound of a finite class, for a blind and a greedy posterior?",
    columns=COLUMNS,
    measure=measure,
    pieces=len(SIZES) * len(GREED),
    conclude=conclude,
    draw=draw,
)
