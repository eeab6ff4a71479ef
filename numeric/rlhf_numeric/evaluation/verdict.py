"""Verdicts, and how one comparison lhs ≤ rhs or lhs = rhs is decided without a tolerance.

Tier 1, `Interval`: float64 with a running bound on rounding. It may say "holds" and nothing else.
Tier 2, balls: rigorous arithmetic at 128, 256, 512, 1024 bits, until the comparison is decided.

- An inequality holds when the whole enclosure of rhs − lhs is ≥ 0, and is violated when the whole of it is < 0. A claim
  that is attained with equality may stay undecided; it is never violated.
- An identity is violated when the enclosure of rhs − lhs excludes 0. It *holds* when the enclosure contains 0 and is
  so small that at least half of the working bits of the two sides agree: a numerical finding, not a proof. ``radius``
  is the bound on |lhs − rhs| that was reached. (Where both sides vanish: half of the bits of 1, at the last precision.)
  A search is content with float64 intervals for that; ``Claim.evaluate`` demands at least 512 bits, 256 agreeing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Literal, TypeAlias

import flint
import numpy as np

from rlhf_numeric.arithmetic.interval import interval
from rlhf_numeric.arithmetic.kinds import Array, Numbers, balls, is_balls
from rlhf_numeric.evaluation.record import R
from rlhf_numeric.model.sharing import sharing

Kind: TypeAlias = Literal["inequality", "identity"]
Sides: TypeAlias = Callable[[R], tuple[Numbers, Numbers]]

_FLOAT_BITS = 53  # stands for the tier of float64 intervals
PRECISIONS = (_FLOAT_BITS, 128, 256, 512, 1024)
IDENTITY_PRECISIONS = (512, 1024)
SEARCH_PRECISIONS = (_FLOAT_BITS, 256, 1024)  # what is attained with equality goes through all of them
_ALL = slice(None)
FLOAT_RESOLUTION = 2.0 ** (-_FLOAT_BITS / 2)


class Verdict(Enum):
    """Outcome of an evaluation. Its truth value raises: an undecided claim is neither true nor false."""

    HOLDS = "holds"
    VIOLATED = "violated"
    UNDECIDED = "undecided"
    VACUOUS = "vacuous"

    def __bool__(self) -> bool:
        raise TypeError(f"a verdict has no truth value; compare it: `verdict is Verdict.HOLDS` (this one {self.value})")


_CODE = {verdict: code for code, verdict in enumerate(Verdict)}


@dataclass(frozen=True, eq=False)
class Decision:
    """Outcome of every comparison of a claim on a flat batch; arrays (rows, comparisons) except ``bits`` (rows,).

    ``code`` indexes ``list(Verdict)``, ``radius`` bounds |lhs − rhs|, ``ratio`` is the least that lhs/rhs
    can be where rhs > 0 and NaN elsewhere, ``bits`` is the precision of the deciding tier, 53 for float64 intervals.
    """

    code: Array
    lhs: Array
    rhs: Array
    margin: Array
    radius: Array
    ratio: Array
    bits: Array

    @property
    def columns(self) -> tuple[Array, ...]:
        """All arrays (rows, comparisons), in order."""
        return self.code, self.lhs, self.rhs, self.margin, self.radius, self.ratio

    @property
    def open(self) -> Array:
        """Mask of the undecided comparisons."""
        return self._is(Verdict.UNDECIDED)

    @property
    def refuted(self) -> Array:
        """Mask of the violated comparisons."""
        return self._is(Verdict.VIOLATED)

    @property
    def decided(self) -> Array:
        """Mask of the comparisons that hold or are violated."""
        mask: Array = np.logical_or(self._is(Verdict.HOLDS), self.refuted)
        return mask

    @property
    def wrong(self) -> Array:
        """Mask of the undecided comparisons whose float64 interval of rhs − lhs lies wholly where it should not."""
        with np.errstate(all="ignore"):
            return self.open & (self.radius < 2 * np.abs(self.margin))  # radius is |margin| + rounding

    @property
    def equal(self) -> Array:
        """Mask of the undecided comparisons whose sides agree to half of the bits of the balls that were tried last."""
        size = np.maximum(1, np.maximum(np.abs(self.lhs), np.abs(self.rhs)))
        agree = self.radius <= 2.0 ** -(self.bits // 2)[:, None] * size
        return self.open & self.used_balls[:, None] & agree & np.isfinite(self.radius)  # ∞ ≤ ∞ says nothing

    @property
    def used_balls(self) -> Array:
        """Mask of the rows that needed ball arithmetic, shape (rows,)."""
        mask: Array = self.bits > _FLOAT_BITS
        return mask

    def rows_with(self, verdict: Verdict) -> Array:
        """Mask of the rows in which some comparison has this verdict."""
        return np.asarray(self._is(verdict).any(-1))

    def overall(self) -> Verdict:
        """Worst verdict of all: violated, undecided, holds; vacuous only if nothing else occurred."""
        for verdict in (Verdict.VIOLATED, Verdict.UNDECIDED, Verdict.HOLDS):
            if self.rows_with(verdict).any():
                return verdict
        return Verdict.VACUOUS

    def _is(self, verdict: Verdict) -> Array:
        mask: Array = self.code == _CODE[verdict]
        return mask


def decide(
    sides: Sides[R],
    kind: Kind,
    instance: R,
    applicable: Array,
    *,
    ball_rows: int | None = None,
    precisions: tuple[int, ...] = PRECISIONS,
) -> Decision:
    """Decide a claim on a flat batch of float instances.

    Parameters
    ----------
    sides, kind
        The claim.
    instance
        Instances with exactly one batch axis.
    applicable
        Mask (rows,); the rows outside are vacuous.
    ball_rows
        At most this many rows are settled in ball arithmetic; further ones stay undecided. None: all.
    precisions
        Tiers to use, in bits; 53 stands for float64 intervals, without which every row goes to ball arithmetic.
    """
    enclosed = instance.enclosed(interval)
    with np.errstate(all="ignore"), sharing(enclosed):
        decision = by_intervals(*sides(enclosed), kind)
    if _FLOAT_BITS not in precisions:
        decision.code[:] = _CODE[Verdict.UNDECIDED]
    set_vacuous(decision, ~applicable)
    rows = np.flatnonzero(decision.rows_with(Verdict.UNDECIDED))[:ball_rows]
    for bits in precisions:
        if bits == _FLOAT_BITS or not rows.size:
            continue
        with flint.ctx.workprec(bits):
            enclosed = instance.take(rows).enclosed(balls)
            with sharing(enclosed):
                both = sides(enclosed)
            by_balls(decision, rows, *both, kind, bits, last=bits == PRECISIONS[-1])
        rows = rows[decision.rows_with(Verdict.UNDECIDED)[rows]]
    return decision


def set_vacuous(decision: Decision, rows: Array, /) -> None:
    """Mark rows (a mask) as outside the hypotheses, in place."""
    decision.code[rows] = _CODE[Verdict.VACUOUS]


def by_intervals(lhs: Numbers, rhs: Numbers, kind: Kind, /) -> Decision:
    """First tier: what float64 intervals say of every comparison, holds or undecided."""
    lhs, rhs, gap = interval(lhs), interval(rhs), interval(rhs - lhs)
    bound = np.abs(gap.mid) + gap.rad
    if kind == "inequality":
        holds = gap.mid >= gap.rad
    else:
        agree = bound <= FLOAT_RESOLUTION * np.maximum(np.abs(lhs.mid), np.abs(rhs.mid))
        holds = (np.abs(gap.mid) <= gap.rad) & (agree | (bound == 0))
    holds &= np.isfinite(bound)  # ∞ ≥ ∞ decides nothing
    code = np.where(holds, _CODE[Verdict.HOLDS], _CODE[Verdict.UNDECIDED])
    low = lhs.mid - lhs.rad  # a ratio that rounding cannot inflate, exact where the sides are
    ratio = np.where(rhs.mid > rhs.rad, low / (rhs.mid + np.sign(low) * rhs.rad), np.nan)
    columns = np.broadcast_arrays(code, lhs.mid, rhs.mid, gap.mid, bound, ratio)
    rows = len(gap.mid)
    code, left, right, margin, radius, ratio = (np.array(column.reshape(rows, -1)) for column in columns)
    return Decision(code, left, right, margin, radius, ratio, np.full(rows, _FLOAT_BITS))


def by_balls(
    decision: Decision,
    rows: Array,
    lhs: Numbers,
    rhs: Numbers,
    kind: Kind,
    bits: int,
    /,
    *,
    last: bool,
    chosen: Array | slice = _ALL,
) -> None:
    """Record in place what balls of some precision, perhaps the last one, say of the chosen ones of ``rows``."""
    lhs, rhs = (side if is_balls(side) else balls(side) for side in (lhs, rhs))
    lhs, rhs = (np.reshape(side, (rows.size, -1)) for side in np.broadcast_arrays(lhs, rhs))
    rows, lhs, rhs = rows[chosen], lhs[chosen], rhs[chosen]
    settle = np.frompyfunc(lambda left, right: _settle(left, right, kind, bits, last=last), 2, 6)
    for column, found in zip(decision.columns, settle(lhs, rhs), strict=True):
        column[rows] = found
    decision.bits[rows] = bits


def _settle(
    lhs: Numbers, rhs: Numbers, kind: Kind, bits: int, *, last: bool
) -> tuple[int, float, float, float, float, float]:
    gap = rhs - lhs
    verdict = Verdict.UNDECIDED  # an infinite or undefined ball decides nothing
    if gap.is_finite():
        verdict = _inequality(gap) if kind == "inequality" else _identity(lhs, rhs, gap, bits, last=last)
    ratio = float((lhs / rhs).lower()) if rhs > 0 else float("nan")
    return _CODE[verdict], float(lhs), float(rhs), float(gap), float(gap.abs_upper()), ratio


def _inequality(gap: Numbers) -> Verdict:
    if gap >= 0:
        return Verdict.HOLDS
    return Verdict.VIOLATED if gap < 0 else Verdict.UNDECIDED


def _identity(lhs: Numbers, rhs: Numbers, gap: Numbers, bits: int, *, last: bool) -> Verdict:
    if gap > 0 or gap < 0:
        return Verdict.VIOLATED
    resolution = flint.arb(2) ** (-(bits // 2))
    size = lhs.abs_upper().max(rhs.abs_upper())
    if last:
        size = size.max(flint.arb(1))
    return Verdict.HOLDS if gap.abs_upper() <= resolution * size else Verdict.UNDECIDED
