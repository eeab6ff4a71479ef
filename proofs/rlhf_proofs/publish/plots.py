"""Figures of a campaign: the distribution of lhs/rhs of each claim, and how tight all of them are."""

from pathlib import Path
from typing import TYPE_CHECKING

from rlhf_numeric import CLAIMS
from rlhf_numeric.attacks.campaign import BINS, Finding
from rlhf_proofs.errors import CannotRunError
from rlhf_proofs.output import require_no_links
from rlhf_proofs.records.tightness import recall_tightness

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["plot_campaign", "require_matplotlib"]

_BLUE, _ORANGE = "#3b6ea5", "#d1742f"


def require_matplotlib() -> None:
    """Raise CannotRunError unless matplotlib is installed."""
    try:
        import matplotlib  # noqa: F401
    except ImportError as error:
        raise CannotRunError("figures need matplotlib: pip install 'rlhf-lemmas[plots]'") from error


def plot_campaign(found: dict[str, Finding], folder: Path) -> None:
    """Write ``ID.png`` for each claim and ``overview.png``.

    Raises
    ------
    CannotRunError
        If matplotlib is missing, or a link is where a figure would be.
    """
    require_matplotlib()
    require_no_links(folder, [f"{name}.png" for name in (*found, "overview")])
    folder.mkdir(parents=True, exist_ok=True)
    for slug, finding in found.items():
        if sum(finding.histogram):
            _distribution(slug, finding).savefig(folder / f"{slug}.png")
    ratios = {slug: f.tally.worst_ratio for slug, f in found.items() if f.tally.worst_ratio is not None}
    if ratios:
        _overview(ratios).savefig(folder / "overview.png")


def _distribution(slug: str, finding: Finding) -> "Figure":
    from matplotlib.figure import Figure

    inequality = CLAIMS[slug].kind == "inequality"
    top = 1.0 if inequality else 50.0
    figure = Figure(figsize=(6.4, 3.6), dpi=130, layout="constrained")
    axes = figure.subplots()
    edges = [top * i / BINS for i in range(BINS)]
    axes.bar(edges, finding.histogram, width=top / BINS, align="edge", color=_BLUE)
    axes.set(yscale="log", xlim=(0, top), ylim=(0.7, None), ylabel="instances", title=slug)
    axes.set_xlabel("lhs / rhs" if inequality else "decimal digits to which the two sides are known to agree")
    worst = finding.tally.worst_ratio
    if worst is not None:
        axes.axvline(worst, color=_ORANGE, linewidth=1.5)
        beside = {"ha": "right", "xytext": (-4, -4)} if worst > 0.5 else {"ha": "left", "xytext": (4, -4)}
        label = (
            f"largest {worst:.6f}" if worst < 0.999999 else f"largest 1 − {1 - worst:.0e}" if worst < 1 else "largest 1"
        )
        axes.annotate(
            label, (worst, 1), xycoords=("data", "axes fraction"), textcoords="offset points", va="top",
            color=_ORANGE, **beside,
        )  # fmt: skip
    axes.spines[["top", "right"]].set_visible(False)
    return figure


def _overview(ratios: dict[str, float]) -> "Figure":
    from matplotlib.figure import Figure

    slugs = sorted(ratios, key=lambda slug: ratios[slug])
    figure = Figure(figsize=(7.4, 0.9 + 0.27 * len(slugs)), dpi=130, layout="constrained")
    axes = figure.subplots()
    rows = range(len(slugs))
    axes.plot([ratios[slug] for slug in slugs], rows, "o", color=_BLUE, label="campaign", clip_on=False)
    hunted = [(recall_tightness(s).get("hunt", {}).get("worst_ratio"), row) for s, row in zip(slugs, rows, strict=True)]
    hunted = [point for point in hunted if point[0] is not None]
    if hunted:
        axes.plot(*zip(*hunted, strict=True), "D", mfc="none", color=_ORANGE, markersize=8, label="hunt", clip_on=False)
    axes.set_yticks(rows, slugs)
    axes.set(xlim=(0, 1), ylim=(-0.6, len(slugs) - 0.4), xlabel="largest lhs / rhs found (1: attained)")
    axes.grid(axis="x", alpha=0.3)
    axes.legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=2, frameon=False)
    axes.spines[["top", "right"]].set_visible(False)
    return figure
