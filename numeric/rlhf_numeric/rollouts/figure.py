"""The figure of an audit of rollouts: the three terms, both terms over the threshold, the cost over K."""

import io
from typing import TYPE_CHECKING

import numpy as np

from rlhf_numeric.drawing import GREY, SERIES, canvas
from rlhf_numeric.rollouts.certificate import CertificateTerm
from rlhf_numeric.rollouts.report import Budget, RolloutAudit

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FORMATS = ("png", "svg", "pdf")
NAMES = {"sampling": "sampling", "reward_shift": "reward shift", "clipping": "clipping"}
_SAMPLING, _CLIPPING, _SHIFT, _SUM = SERIES[0], SERIES[1], SERIES[2], "#000000"
_COLOURS = {"sampling": _SAMPLING, "reward_shift": _SHIFT, "clipping": _CLIPPING}
_HATCHES = {"certified": "", "given": "", "estimated": "///", "unknown": ""}


def draw(found: RolloutAudit, /) -> "Figure":
    """Draw an audit.

    Raises
    ------
    ModuleNotFoundError
        If matplotlib is missing; the message says how to get it.
    """
    figure, (terms, thresholds, budget) = canvas(3)
    _draw_terms(terms, found.certificate.terms)
    _draw_thresholds(thresholds, found)
    _draw_budget(budget, found.budget, found.certificate.rollouts)
    return figure


def encoded(figure: "Figure", form: str, /) -> bytes:
    """Return a figure in one of `FORMATS`, without dates, so that equal data give equal files."""
    from matplotlib import rc_context

    target, metadata = io.BytesIO(), {"png": {"Software": None}, "svg": {"Date": None}, "pdf": {"CreationDate": None}}
    with rc_context({"svg.hashsalt": "rollouts", "svg.fonttype": "path"}):
        figure.savefig(target, format=form, metadata=metadata[form])
    return target.getvalue()


def _draw_terms(ax: "Axes", terms: dict[str, CertificateTerm]) -> None:
    largest = max(term.value or 0.0 for term in terms.values()) or 1.0
    for place, (name, term) in enumerate(terms.items()):
        value = term.value or 0.0
        ax.barh(place, value, height=0.6, color=_COLOURS[name], hatch=_HATCHES[term.status], edgecolor="white")
        said = term.status if term.value is None else f"{term.value:.3g}, {term.status}"
        ax.annotate(said, (value, place), xytext=(5, 0), textcoords="offset points", va="center", fontsize=9)
    ax.set_yticks(range(len(terms)), [NAMES[name] for name in terms])
    ax.set_ylim(len(terms) - 0.5, -0.5)
    ax.set_xlim(0, largest * 1.45)
    ax.set_axisbelow(True)
    ax.grid(False, axis="y")
    ax.set_xlabel("share of the bound on |Ĵ − J*|, in the unit of the reward")
    ax.set_title("The three terms", fontsize=11)


def _draw_thresholds(ax: "Axes", found: RolloutAudit) -> None:
    levels, sampling, clipping = np.array(found.thresholds).T
    best, used = found.best_threshold, found.certificate.threshold
    ax.plot(levels, sampling, color=_SAMPLING, label="sampling")
    ax.plot(levels, clipping, color=_CLIPPING, label="clipping, estimated")
    ax.plot(levels, sampling + clipping, color=_SUM, linewidth=1.8, label="both")
    ax.plot([best.threshold], [best.sampling + best.clipping], "o", color=_SUM, clip_on=False,
            label=f"least at τ = {best.threshold:.3g}")  # fmt: skip
    if not found.certificate.threshold_chosen:
        ax.axvline(used, color=GREY, linestyle=":", label=f"τ = {used:.3g}, as given")
    ax.set_ylim(bottom=0)
    ax.set_xlabel("threshold τ, in nats")
    ax.set_ylabel("share of the bound, in the unit of the reward")
    ax.set_title("Sampling against clipping", fontsize=11)
    ax.legend(framealpha=1, edgecolor="white", fontsize=9)


def _draw_budget(ax: "Axes", budget: Budget, now: int) -> None:
    """Draw the cost of a given accuracy over K, in multiples of the least."""
    known = [k for k in (budget.for_bound, budget.for_variance, now) if k is not None]
    counts = np.unique(np.geomspace(1, 4 * max(known), 200).round())
    drawn = [(1.0, 1.0, budget.for_bound, "range", _SUM)]
    if budget.for_variance is not None and budget.var_prompt is not None and budget.var_rollout is not None:
        drawn.append((budget.var_prompt, budget.var_rollout, budget.for_variance, "variance, estimated", SERIES[3]))
    for between, within, best, name, colour in drawn:
        costs = [(budget.cost_prompt + k * budget.cost_rollout) * (between + within / k) for k in (*counts, best)]
        ax.plot(counts, np.array(costs[:-1]) / costs[-1], color=colour, label=f"{name}: least at K = {best}")
        ax.plot([best], [1], "o", color=colour, markersize=9 if colour == _SUM else 5)
    ax.axvline(now, color=GREY, linestyle=":", label=f"K = {now}, as here")
    ax.set_xscale("log", base=2)
    ax.xaxis.set_major_formatter("{x:g}")
    ax.set_xlabel("rollouts K for each prompt")
    ax.set_ylabel("cost of the same accuracy, least = 1")
    ax.set_title("Prompts against rollouts", fontsize=11)
    ax.legend(framealpha=1, edgecolor="white", fontsize=9)
