"""Places for the graph: what is used stands to the left of what uses it (the method of Sugiyama, by igraph)."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from rlhf_proofs.report.graph import Graph

__all__ = ["HEIGHT", "WIDTH", "Box", "Curve", "Layout", "lay_out"]

WIDTH, HEIGHT, GAP_X, GAP_Y, MARGIN = 276, 26, 54, 7, 10
_SWEEPS = 1000
Point = tuple[float, float]


@dataclass(frozen=True)
class Box:
    """A node: its id and its upper left corner."""

    id: str
    x: float
    y: float


@dataclass(frozen=True)
class Curve:
    """An edge: from what is used to what uses it, with the path in the language of SVG."""

    used: str
    user: str
    path: str


@dataclass(frozen=True)
class Layout:
    """Boxes and curves, and the size of the whole."""

    boxes: tuple[Box, ...]
    curves: tuple[Curve, ...]
    width: float
    height: float


def lay_out(graph: Graph) -> Layout:
    """Place the statements in layers by the longest way down, each layer in an order with few crossings.

    A line over several layers passes through a place of its own in each layer between.

    Raises
    ------
    ImportError
        If igraph is not installed.
    """
    import igraph

    layer = _layers(graph)
    chains: dict[tuple[str, str], list[str]] = {}
    for user, used in graph.edges:
        between = {f"{used} to {user}, layer {i}": i for i in range(layer[used] + 1, layer[user])}
        chains[user, used] = [used, *between, user]
        layer |= between
    names = list(layer)
    place = {name: i for i, name in enumerate(names)}
    pieces = [(place[left], place[right]) for chain in chains.values() for left, right in pairwise(chain)]
    spots = igraph.Graph(len(names), pieces, directed=True).layout_sugiyama(
        layers=list(layer.values()), maxiter=_SWEEPS
    )
    top = min((across for across, _ in spots), default=0)
    corner = {name: _corner(across - top, depth) for name, (across, depth) in zip(names, spots, strict=True)}
    curves = tuple(Curve(b, a, _path([corner[name] for name in chain])) for (a, b), chain in chains.items())
    boxes = tuple(Box(name, *corner[name]) for name in graph.status)
    right, bottom = (max((at[i] for at in corner.values()), default=MARGIN) for i in (0, 1))
    return Layout(boxes, curves, right + WIDTH + MARGIN, bottom + HEIGHT + MARGIN)


def _layers(graph: Graph) -> dict[str, int]:
    layer: dict[str, int] = {}

    def depth(name: str) -> int:
        if name not in layer:
            layer[name] = max((depth(b) + 1 for b in graph.rests_on(name)), default=0)
        return layer[name]

    for name in graph.status:
        depth(name)
    return layer


def _corner(across: float, layer: float) -> Point:
    """Turn the library's layers, which lie below each other, into columns."""
    return MARGIN + layer * (WIDTH + GAP_X), MARGIN + across * (HEIGHT + GAP_Y)


def _path(corners: Sequence[Point]) -> str:
    """Return a smooth way from the right side of the first box to the left side of the last."""
    x, y = corners[0][0] + WIDTH, corners[0][1] + HEIGHT / 2
    parts = [f"M{x:.0f},{y:.1f}"]
    for left, top in corners[1:]:
        target, middle = top + HEIGHT / 2, (x + left) / 2
        parts.append(f"C{middle:.0f},{y:.1f} {middle:.0f},{target:.1f} {left:.0f},{target:.1f}")
        if left != corners[-1][0]:
            parts.append(f"H{left + WIDTH:.0f}")
        x, y = left + WIDTH, target
    return " ".join(parts)
