"""Gap against the dimension d at a fixed number of prompts n: what the bounds, which hold no d, leave open.

Two families of features in R^d, both with B = 1 and ‖θ*‖ = 2: *embedded*, where all features lie in a random subspace
of dimension 4, and *isotropic*, where all d directions matter alike. Gradient ascent makes T steps from 0 on n prompts
of a population. The gap is J(θ*) − J(θ_T) over the whole population; ``left`` is the share of the gap at θ_0 that
remains.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from rlhf_numeric.arithmetic.kinds import Array, norm
from rlhf_numeric.audit.spectral import coverage_of
from rlhf_numeric.drawing import SERIES, canvas
from rlhf_numeric.experiments.common import (
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
from rlhf_numeric.experiments.worlds import normalised, random_frame, sample_of, uniform_problem
from rlhf_numeric.model.ascent import gradient_ascent
from rlhf_numeric.model.policy import kl_to_optimum
from rlhf_numeric.model.problem import Problem

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DIMENSIONS = (4, 8, 16, 32, 64, 128)
FAMILIES = ("embedded", "isotropic")
INTRINSIC, POPULATION, SAMPLE, ACTIONS, STEPS = 4, 200, 16, 4, 20
FLAT = 0.1  # an exponent of at most this size is called constant
COLUMNS = ("seed", "family", "d", "n", "T", "gap", "left", "epsilon", "rank", "kappa")


def measure(seed: int) -> Iterator[Row]:
    """Rows of one seed, by family and dimension; every world is drawn by itself."""
    for code, family in enumerate(FAMILIES):
        for dim in DIMENSIONS:
            rng = np.random.default_rng(np.random.SeedSequence([seed, code, dim]))
            yield _row(seed, family, _world(rng, family, dim))


def conclude(rows: Sequence[Row]) -> Conclusion:
    """Fit gap ~ d^b and left ~ d^b in each family."""
    fits = {}
    for family in FAMILIES:
        chosen = where(rows, family=family)
        for name in ("gap", "left"):
            fits[f"{family}: {name}"] = fit_power(column(chosen, "d"), column(chosen, name))
    embedded, isotropic, left = (fits[name] for name in ("embedded: gap", "isotropic: gap", "isotropic: left"))
    if embedded is None or isotropic is None or left is None:
        return Conclusion("Too few dimensions, or no gap above 0, to fit an exponent.", {"fits": fits_as_numbers(fits)})
    n, steps = rows[0]["n"], rows[0]["T"]
    # Three standard errors, so that noise around a constant is not called a trend.
    is_flat = abs(embedded.exponent) <= max(FLAT, 3 * embedded.error)
    words = "does not depend on the ambient dimension" if is_flat else "depends on the ambient dimension"
    change = "grows" if left.exponent > FLAT else "falls" if left.exponent < -FLAT else "stays"
    last = where(rows, family="isotropic", d=max(int(row["d"]) for row in rows))
    sentence = (
        f"With n = {n} prompts and T = {steps} steps of gradient ascent, the population gap {words} when the features "
        f"fill a fixed subspace (gap ~ d^({embedded})); when they fill all d directions the gap goes as "
        f"d^({isotropic}) and the share of the initial gap that is left {change} (d^({left})), with ε_n = "
        f"{column(last, 'epsilon').mean():.2f} at d = {last[0]['d']}."
    )
    return Conclusion(sentence, {"fits": fits_as_numbers(fits), "flat": bool(is_flat)})


def draw(rows: Sequence[Row]) -> "Figure":
    """Gap, share left and ε_n against d."""
    figure, axes = canvas(3, height=4.2)
    labels = {
        "gap": "population gap J(θ*) − J(θ_T)  [nats]",
        "left": "share of the initial gap that is left",
        "epsilon": "coverage residual ε_n  (B = 1)",
    }
    ticks = sorted({int(row["d"]) for row in rows})
    for ax, (name, label) in zip(axes, labels.items(), strict=True):
        for family, colour, marker in zip(FAMILIES, SERIES, "os", strict=False):
            text = f"embedded in {INTRINSIC} directions" if family == "embedded" else "isotropic: all d directions"
            plot_curve(ax, curve(where(rows, family=family), "d", name), label=text, colour=colour, marker=marker)
        ax.set_xticks(ticks, [str(tick) for tick in ticks])
        ax.set_xticks([], minor=True)
        ax.set_xlabel("dimension d")
        ax.set_ylabel(label)
    axes[0].set_ylim(top=10 * column(rows, "gap").max(), bottom=column(rows, "gap").min() / 3)
    axes[2].set(yscale="linear", ylim=(-0.03, 1.0))
    axes[0].legend(fontsize=8, title=SPREAD, title_fontsize=8)
    figure.suptitle(
        f"Dimension scaling at n = {rows[0]['n']} prompts, gradient ascent, T = {rows[0]['T']}", fontsize=11
    )
    return figure


def _world(rng: np.random.Generator, family: str, dim: int) -> Problem:
    inner = min(INTRINSIC, dim) if family == "embedded" else dim
    frame = random_frame(rng, dim=dim, directions=inner)
    features = normalised(rng.normal(size=(POPULATION, ACTIONS, inner))) @ frame
    theta_star = rng.normal(size=inner) @ frame
    return uniform_problem(features, 2 * theta_star / norm(theta_star), kl_coef=1.0)


def _row(seed: int, family: str, world: Problem) -> Row:
    sample = sample_of(world, np.arange(SAMPLE))
    start = np.zeros(world.dim)
    theta = gradient_ascent(sample, start, steps=STEPS).thetas[-1]
    found = coverage_of(world, sample, theta)
    gap, first = population_gap(world, theta), population_gap(world, start)
    return {
        "seed": seed, "family": family, "d": world.dim, "n": SAMPLE, "T": STEPS, "gap": gap, "left": gap / first,
        "epsilon": found.epsilon, "rank": found.rank, "kappa": found.kappa(1.0) or float("inf"),
    }  # fmt: skip


def population_gap(world: Problem, theta: Array, /) -> float:
    """J(θ*) − J(θ) = λ·mean_x KL(π_θ‖π_θ*) with equal weights of the prompts, in nats (`gap-identity`)."""
    return float(world.kl_coef * kl_to_optimum(world, theta).mean())


EXPERIMENT = Experiment(
    name="dimension-scaling",
    question="Does the gap depend on the dimension d at a fixed number of prompts n?",
    columns=COLUMNS,
    measure=measure,
    pieces=len(FAMILIES) * len(DIMENSIONS),
    conclude=conclude,
    draw=draw,
)
