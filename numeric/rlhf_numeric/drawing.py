"""Empty figures that look alike, and their colours."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Okabe and Ito's palette, distinct for every kind of colour vision.
SERIES = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
GREY = "#555555"


def canvas(panels: int, /, *, height: float = 4.6) -> tuple["Figure", list["Axes"]]:
    """Return an empty figure with so many panels side by side.

    Raises
    ------
    ModuleNotFoundError
        If matplotlib is missing; the message says how to get it.
    """
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise ModuleNotFoundError("figures need matplotlib: pip install 'rlhf-lemmas[plots]'") from None
    figure = Figure(figsize=(5.0 * panels + 0.4, height), layout="constrained", dpi=130)
    axes = [figure.add_subplot(1, panels, place + 1) for place in range(panels)]
    for ax in axes:
        ax.grid(True, which="major", color="#dddddd", linewidth=0.6)
        ax.spines[["top", "right"]].set_visible(False)
    return figure, axes
