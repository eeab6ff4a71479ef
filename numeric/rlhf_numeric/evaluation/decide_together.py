"""Deciding many claims on one batch: drawn once, enclosed once, intermediate results shared.

The verdicts are those of `evaluation.verdict`: float64 intervals say "holds" or nothing, and every comparison within
rounding reach of equality goes to ball arithmetic, or stays open where a limit on that is set. Only the rows of a claim
that is plainly false are never all settled: where intervals lie wholly on the wrong side, a few refute it.
"""

from collections.abc import Iterator, Sequence

import flint
import numpy as np

from rlhf_numeric.arithmetic.interval import interval
from rlhf_numeric.arithmetic.kinds import Array, balls
from rlhf_numeric.evaluation.claim import Claim
from rlhf_numeric.evaluation.record import R
from rlhf_numeric.evaluation.verdict import SEARCH_PRECISIONS, Decision, Verdict, by_balls, by_intervals, set_vacuous
from rlhf_numeric.model.sharing import sharing

PRECISIONS = SEARCH_PRECISIONS[1:]  # of balls: what does not agree to 128 bits after the first goes to the second
BLOCK = 2  # few rows: more of them need the same claims; many: less overhead
REFUTATIONS = 3  # rows settled of those that intervals already put on the wrong side, for each claim and batch


def decide_together(
    claims: Sequence[Claim[R]], instance: R, /, *, ball_rows: int | None = None, block: int = BLOCK
) -> list[Decision]:
    """Decide every comparison of every claim on a flat batch of float instances.

    Parameters
    ----------
    claims
        The claims.
    instance
        Instances with exactly one batch axis; fastest where that axis varies fastest in memory.
    ball_rows
        At most this many rows of each claim go to balls, the first ones; further ones stay open at 53 bits. None: all.
    block
        Rows that share one evaluation in balls: speed, not meaning.

    Returns
    -------
    list[Decision]
        One for each claim. Rows left open at 53 bits are those described in the module's docstring.

    Examples
    --------
    >>> from rlhf_numeric import CLAIMS, random_instances
    >>> batch = random_instances(np.random.default_rng(0), batch=10, shape=(2, 3, 2))
    >>> decisions = decide_together([CLAIMS["variance-bound"], CLAIMS["kl-nonneg"]], batch)
    >>> [decision.overall().value for decision in decisions]
    ['holds', 'holds']
    """
    enclosed = instance.enclosed(interval)
    with np.errstate(all="ignore"):
        with sharing(enclosed):
            decisions = [by_intervals(*claim.sides(enclosed), claim.kind) for claim in claims]
        with sharing(instance):
            for claim, decision in zip(claims, decisions, strict=True):
                set_vacuous(decision, ~claim.applicable(instance))
    to_settle = [_within_reach(decision, ball_rows) for decision in decisions]
    for bits in PRECISIONS:
        for rows, asked in _blocks(np.stack(to_settle, axis=1), block):
            _settle(claims, decisions, instance, rows, asked, bits)
        to_settle = [decision.used_balls & (decision.open & ~decision.equal).any(-1) for decision in decisions]
    return decisions


def _within_reach(decision: Decision, ball_rows: int | None) -> Array:
    """Undecided rows, up to the limit; of those wholly on the wrong side the first few, in any case."""
    undecided = decision.rows_with(Verdict.UNDECIDED)
    wrong = np.flatnonzero(decision.wrong.any(-1))
    undecided[wrong] = False
    if ball_rows is not None:
        undecided[np.flatnonzero(undecided)[ball_rows:]] = False
    undecided[wrong[:REFUTATIONS]] = True
    return undecided


def _blocks(open_: Array, size: int) -> Iterator[tuple[Array, Array]]:
    """Cut the rows with anything open into blocks of similar rows, each with its mask (rows, claims) of open ones."""
    rows = np.flatnonzero(open_.any(1))
    common = np.argsort(-open_.sum(0), kind="stable")  # rows are sorted by their most common open claims
    rows = rows[np.lexsort(open_[rows][:, common[::-1]].T)]
    for start in range(0, rows.size, size):
        block = rows[start : start + size]
        yield block, open_[block]


def _settle(
    claims: Sequence[Claim[R]], decisions: Sequence[Decision], instance: R, rows: Array, asked: Array, bits: int
) -> None:
    with flint.ctx.workprec(bits):
        enclosed = instance.take(rows).enclosed(balls)
        with sharing(enclosed):
            for column in map(int, np.flatnonzero(asked.any(0))):
                claim = claims[column]
                lhs, rhs = claim.sides(enclosed)
                chosen = asked[:, column]
                by_balls(decisions[column], rows, lhs, rhs, claim.kind, bits, last=True, chosen=chosen)
