"""What the numbers of a row say, in words: how large the instances were, and how near to equality they came."""

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

__all__ = ["sizes", "tightness"]

_ONE = {"prompts": "prompt", "actions": "action", "features": "feature", "sample": "prompt", "steps": "step"}
_OF = {"sample": "samples of "}
_EQUAL = 1e-6  # what is nearer than this is called equal, up to the difference that is told


def sizes(numeric: Mapping[str, Any]) -> str | None:
    """Return a sentence on the largest instances that were decided, None where none was."""
    if not numeric["largest"]:
        return None
    found = [_size(name, size) for name, size in numeric["largest"].items() if size is not None]
    return f"The largest that were decided, each size by itself: {', '.join(found)}."


def _size(name: str, size: int) -> str:
    word = _ONE.get(name, name)
    return f"{_OF.get(name, '')}{size} {word}{'' if size == 1 or name not in _ONE else 's'}"


def tightness(numeric: Mapping[str, Any], others: Iterable[Mapping[str, Any] | None]) -> str | None:
    """Return a sentence on how near the two sides came to each other, None where nothing was measured.

    Parameters
    ----------
    numeric
        The numeric evidence of a row.
    others
        What campaigns and hunts found, each in the form of the ledger; None for what was not run.
    """
    if numeric["status"] in ("refuted", "not-run", "not-applicable"):
        return None
    others = list(others)
    gaps, ratios = ([*_found(name, numeric, others)] for name in ("worst_gap", "worst_ratio"))
    if gaps:
        return _of_identity(max(gaps))
    return _of_inequality(max(ratios)) if ratios else None


def _found(name: str, numeric: Mapping[str, Any], others: Iterable[Mapping[str, Any] | None]) -> Iterator[float]:
    for each in (numeric, *others):
        if each and each.get(name) is not None:
            yield each[name]


def _of_identity(gap: float) -> str:
    if gap == 0:
        return "The two sides were equal in all digits, wherever they were decided."
    digits = math.floor(-math.log10(gap))
    if digits < 1:
        return f"The largest relative difference of the two sides that is not excluded is {gap:.2g}."
    return (
        f"The two sides are known to agree to at least {digits} significant digit{'s' * (digits > 1)} wherever they "
        f"were decided: no relative difference above {gap:.1e} is left open."
    )


def _of_inequality(ratio: float) -> str:
    if ratio <= 0:
        return "The largest lhs/rhs seen was 0: nothing that was tried says how good the constant is."
    if ratio >= 1 - _EQUAL:
        left = "" if ratio >= 1 else f", up to a share of {1 - ratio:.0e}"
        return f"The largest lhs/rhs seen was 1{left}: equality."
    seen = f"The largest lhs/rhs seen was {ratio:.4g}"
    if ratio >= 0.5:
        return f"{seen}: within {_percent(1 - ratio)} % of equality."
    return f"{seen}: the right side was at least {_down(1 / ratio)} times the left side wherever it was measured."


def _percent(share: float) -> str:
    """Return a share in percent with two digits, rounded up, so that it is within what is said."""
    step = 10.0 ** (math.floor(math.log10(100 * share)) - 1)
    return f"{math.ceil(100 * share / step - 1e-9) * step:.2g}"


def _down(factor: float) -> str:
    """Return a factor with three digits, rounded down."""
    step = 10.0 ** (math.floor(math.log10(factor)) - 2)
    return f"{math.floor(factor / step + 1e-9) * step:.3g}" if factor < 1000 else f"{factor:.0e}"
