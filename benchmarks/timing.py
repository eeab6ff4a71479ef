"""Interleaved timing: what is compared is measured in turn, round after round, so that a drift hits everyone."""

import time
from collections.abc import Callable, Mapping
from statistics import median
from typing import Any

Action = Callable[[], Any]


def interleaved(actions: Mapping[str, Action], /, *, seconds: float, least: int = 5) -> dict[str, list[float]]:
    """Time every action in each round, for about so many seconds and at least ``least`` rounds; seconds by name."""
    for action in actions.values():  # compilation, first touch of pages, caches
        action()
    times: dict[str, list[float]] = {name: [] for name in actions}
    end, rounds = time.perf_counter() + seconds, 0
    while rounds < least or (time.perf_counter() < end and rounds < 200):
        for name, action in actions.items():
            start = time.perf_counter()
            action()
            times[name].append(time.perf_counter() - start)
        rounds += 1
    return times


def summary(times: Mapping[str, list[float]], /, *, ours: str = "rlhf_numeric") -> dict[str, dict[str, float]]:
    """Median and least time in milliseconds, and the median over the rounds of (time / our time of that round)."""
    return {
        name: {
            "median_ms": 1e3 * median(values),
            "least_ms": 1e3 * min(values),
            "rounds": len(values),
            **(
                {"times_ours": median([x / y for x, y in zip(values, times[ours], strict=True)])}
                if ours in times
                else {}
            ),
        }
        for name, values in times.items()
    }
