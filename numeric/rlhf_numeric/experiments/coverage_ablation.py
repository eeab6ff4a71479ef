"""Expanding against redundant prompts: what coverage (Assumption 5) is worth.

All features lie on a 16-dimensional subspace of R^32, and each prompt varies in at most m − 1 = 2 directions of it. An
*expanding* sample draws a new prompt each time; a *redundant* one repeats the first `POOL` prompts. Gradient ascent
makes T steps from 0 on the sample. ``unseen`` is the gap J(θ*) − J(θ_T) over the prompts that are in no sample,
``population`` the gap over all. The bound is the claim `suboptimality-direct` with the paper's projector, see
`rlhf_numeric.audit.spectral`.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from rlhf_numeric.arithmetic.kinds import Array, norm
from rlhf_numeric.audit.spectral import coverage_of
from rlhf_numeric.claims.generalisation.stability import Coverage, suboptimality_direct_sides
from rlhf_numeric.drawing import canvas
from rlhf_numeric.evaluation.instance import Instance
from rlhf_numeric.experiments.common import (
    COLOURS,
    MARKERS,
    SPREAD,
    Conclusion,
    Experiment,
    Row,
    column,
    curve,
    plot_curve,
    where,
)
from rlhf_numeric.experiments.worlds import normalised, random_frame, sample_of, uniform_problem
from rlhf_numeric.model.ascent import gradient_ascent
from rlhf_numeric.model.policy import kl_to_optimum
from rlhf_numeric.model.problem import Problem

if TYPE_CHECKING:
    from matplotlib.figure import Figure

KINDS = ("expanding prompts", "redundant prompts")
SIZES = (1, 2, 4, 8, 16, 32, 64)
POPULATION, ACTIONS, DIM, MANIFOLD, POOL, STEPS = 160, 3, 32, 16, 3, 400
COLUMNS = ("seed", "kind", "n", "T", "unseen", "population", "epsilon", "rank", "kappa", "bound")


def measure(seed: int) -> Iterator[Row]:
    """Rows of one seed, by kind and n: one population, nested samples of both kinds."""
    rng = np.random.default_rng([seed, 4])
    frame = random_frame(rng, dim=DIM, directions=MANIFOLD)
    features = normalised(rng.normal(size=(POPULATION, ACTIONS, MANIFOLD))) @ frame
    theta_star = rng.normal(size=MANIFOLD) @ frame
    world = uniform_problem(features, theta_star / norm(theta_star), kl_coef=0.5)
    for kind in KINDS:
        for size in SIZES:
            yield {"seed": seed, "kind": kind, **_row(world, _prompts(kind, size))}


def conclude(rows: Sequence[Row]) -> Conclusion:
    """Compare the gap at unseen prompts at the largest n with that at n = 1, for both kinds."""
    first, last = (pick(int(row["n"]) for row in rows) for pick in (min, max))
    numbers, parts = {}, []
    for kind in KINDS:
        start, end = where(rows, kind=kind, n=first), where(rows, kind=kind, n=last)
        left = column(end, "unseen").mean() / column(start, "unseen").mean()
        epsilon = column(end, "epsilon").mean()
        numbers[kind] = {"left": left, "epsilon": epsilon, "unseen": column(end, "unseen").mean()}
        parts.append(f"{100 * left:.2g} % of the gap at unseen prompts is left with {kind} (ε_n = {epsilon:.2f})")
    above = sum(float(row["population"]) > float(row["bound"]) for row in rows)
    ratio = numbers[KINDS[1]]["left"] / max(numbers[KINDS[0]]["left"], 1e-300)
    if ratio > 2:
        verdict = "new directions, not more prompts, close the gap"
    elif ratio < 0.5:
        verdict = "redundant prompts did BETTER, against Assumption 5"
    else:
        verdict = "the two kinds of prompts hardly differ"
    sentence = (
        f"From n = {first} to n = {last}, {parts[0]} and {parts[1]}: {verdict}; the population gap is above its "
        f"bound in {above} of {len(rows)} cases."
    )
    return Conclusion(sentence, {**numbers, "above_bound": above, "cases": len(rows)})


def draw(rows: Sequence[Row]) -> "Figure":
    """Gap at unseen prompts with the bound, ε_n and κ, against n."""
    figure, axes = canvas(3, height=4.6)
    labels = {
        "unseen": "gap at unseen prompts  [nats]",
        "epsilon": "coverage residual ε_n  (B = 1)",
        "kappa": "κ = 2B²/σ",
    }
    for ax, (name, label) in zip(axes, labels.items(), strict=True):
        for kind in KINDS:
            chosen = where(rows, kind=kind)
            plot_curve(ax, curve(chosen, "n", name), label=kind, colour=COLOURS[kind], marker=MARKERS[kind])
        ticks = sorted({int(row["n"]) for row in rows})
        ax.set_xticks(ticks, [str(tick) for tick in ticks])
        ax.set_xticks([], minor=True)
        ax.set_xlabel("prompts n")
        ax.set_ylabel(label)
    for kind in KINDS:
        bound = curve(where(rows, kind=kind), "n", "bound")
        axes[0].plot(bound.x, bound.middle, "--", color=COLOURS[kind], linewidth=1.1)
    axes[0].plot([], [], "--", color=COLOURS["bound"], linewidth=1.1, label="bound on the population gap, same colour")
    axes[1].set(yscale="linear", ylim=(-0.03, 1.03))
    axes[0].legend(fontsize=8, title=SPREAD, title_fontsize=8)
    figure.suptitle(f"Coverage ablation: gradient ascent, T = {rows[0]['T']}", fontsize=11)
    return figure


def _prompts(kind: str, size: int) -> Array:
    places = np.arange(size)
    return places if kind == "expanding prompts" else places % POOL


def _row(world: Problem, prompts: Array) -> Row:
    sample = sample_of(world, prompts)
    theta = gradient_ascent(sample, np.zeros(world.dim), steps=STEPS).thetas[-1]
    found = coverage_of(world, sample, theta)
    gaps = world.kl_coef * kl_to_optimum(world, theta)
    seen = Coverage(sample, found.sigma, found.epsilon)
    _, bound = suboptimality_direct_sides(Instance(world, theta), seen)
    return {
        "n": len(prompts), "T": STEPS, "unseen": float(gaps[max(SIZES) :].mean()), "population": float(gaps.mean()),
        "epsilon": found.epsilon, "rank": found.rank, "kappa": found.kappa(1.0) or float("inf"), "bound": float(bound),
    }  # fmt: skip


EXPERIMENT = Experiment(
    name="coverage-ablation",
    question="Is it new prompts or new directions that make the policy generalise?",
    columns=COLUMNS,
    measure=measure,
    pieces=len(KINDS) * len(SIZES),
    conclude=conclude,
    draw=draw,
)
