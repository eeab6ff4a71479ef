"""Layers and rows for the graph: what is used stands to the left of what uses it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rlhf_proofs.report.graph import Graph

__all__ = ["Box", "Curve", "Layout", "lay_out"]

WIDTH, HEIGHT, GAP_X, GAP_Y, MARGIN = 238, 30, 54, 12, 10
_SWEEPS = 24


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
    """Place the statements in layers by the longest way down, and order each layer so that few edges cross.

    An edge over several layers passes through a place of its own in each layer between (the method of Sugiyama).
    """
    layer = _layers(graph)
    columns: list[list[str]] = [[] for _ in range(max(layer.values(), default=0) + 1)]
    for name in graph.status:
        columns[layer[name]].append(name)
    chains = {(a, b): _chain(a, b, layer, columns) for a, b in graph.edges}
    near: dict[str, list[str]] = {name: [] for column in columns for name in column}
    for chain in chains.values():
        for left, right in pairwise(chain):
            near[left].append(right)
            near[right].append(left)
    _sweep(columns, near)
    spot = _spots(columns)
    real = set(graph.status)
    curves = tuple(Curve(b, a, _path([spot[n] for n in chains[a, b]])) for a, b in graph.edges)
    boxes = tuple(Box(n, *spot[n]) for n in spot if n in real)
    tallest = max((y for _, y in spot.values()), default=0)
    return Layout(boxes, curves, MARGIN + len(columns) * (WIDTH + GAP_X) - GAP_X + MARGIN, tallest + HEIGHT + MARGIN)


def _layers(graph: Graph) -> dict[str, int]:
    layer: dict[str, int] = {}

    def depth(name: str) -> int:
        if name not in layer:
            layer[name] = max((depth(b) + 1 for b in graph.rests_on(name)), default=0)
        return layer[name]

    for name in graph.status:
        depth(name)
    return layer


def _chain(user: str, used: str, layer: Mapping[str, int], columns: Sequence[list[str]]) -> list[str]:
    """Add a place in each layer that an edge crosses; return its way from left to right."""
    between = [f"{used} → {user} @ {i}" for i in range(layer[used] + 1, layer[user])]
    for i, place in enumerate(between, layer[used] + 1):
        columns[i].append(place)
    return [used, *between, user]


def _sweep(columns: Sequence[list[str]], near: Mapping[str, Sequence[str]]) -> None:
    """Order each layer by the mean row of its neighbours in the layer before, left to right and back."""
    for turn in range(_SWEEPS):
        ways = range(1, len(columns)) if turn % 2 == 0 else range(len(columns) - 2, -1, -1)
        for i in ways:
            fixed = columns[i - 1 if turn % 2 == 0 else i + 1]
            row = {name: k / max(1, len(fixed) - 1) for k, name in enumerate(fixed)}
            own = {name: k / max(1, len(columns[i]) - 1) for k, name in enumerate(columns[i])}
            wanted = {name: _mean((row[n] for n in near[name] if n in row), own[name]) for name in columns[i]}
            columns[i].sort(key=wanted.__getitem__)


def _mean(values: Iterable[float], otherwise: float) -> float:
    known = list(values)
    return sum(known) / len(known) if known else otherwise


def _spots(columns: Sequence[Sequence[str]]) -> dict[str, tuple[float, float]]:
    """Spread each layer over the height of the tallest; a place that an edge passes takes less room than a box."""
    room = {name: GAP_Y if "→" in name else HEIGHT + GAP_Y for column in columns for name in column}
    tallest = max((sum(room[n] for n in column) for column in columns), default=0)
    spot: dict[str, tuple[float, float]] = {}
    for i, column in enumerate(columns):
        slack = (tallest - sum(room[n] for n in column)) / (len(column) + 1)
        y = MARGIN + slack
        for name in column:
            spot[name] = (MARGIN + i * (WIDTH + GAP_X), y if "→" not in name else y - (HEIGHT - GAP_Y) / 2)
            y += room[name] + slack
    return spot


def _path(spots: Sequence[tuple[float, float]]) -> str:
    """Return a smooth way from the right side of the first box to the left side of the last."""
    x, y = spots[0][0] + WIDTH, spots[0][1] + HEIGHT / 2
    parts = [f"M{x:.0f},{y:.1f}"]
    for left, top in spots[1:]:
        target, middle = top + HEIGHT / 2, (x + left) / 2
        parts.append(f"C{middle:.0f},{y:.1f} {middle:.0f},{target:.1f} {left:.0f},{target:.1f}")
        if left != spots[-1][0]:
            parts.append(f"H{left + WIDTH:.0f}")
        x, y = left + WIDTH, target
    return " ".join(parts)
