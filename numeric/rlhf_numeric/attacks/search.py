"""Random search for counterexamples, in chunks that are a function of the seed alone.

Chunk k of seed s is a function of (s, k), so results do not depend on how the work is cut up, any instance can be drawn
again, and the tallies of separate workers can be merged. The last tenth of each chunk of `CHUNK` instances is large in
shape or extent; see `rlhf_numeric.evaluation.schemes`.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from rlhf_numeric.evaluation.claim import Claim
from rlhf_numeric.evaluation.family import Family
from rlhf_numeric.evaluation.findings import InstanceSeed, Tally, merge, tally_of
from rlhf_numeric.evaluation.instance_family import INSTANCES
from rlhf_numeric.evaluation.record import R
from rlhf_numeric.evaluation.schemes import CHUNK, drawn, parts
from rlhf_numeric.model.validation import checked_count

BALL_ROWS = 1000


def run(
    claim: Claim[R],
    /,
    *,
    instances: int = 2000,
    seed: int = 0,
    batch: int = CHUNK,
    first_chunk: int = 0,
    ball_rows: int = BALL_ROWS,
    progress: Callable[[int], None] | None = None,
) -> Tally:
    """Evaluate a claim on random instances.

    Parameters
    ----------
    claim
        The claim.
    instances
        How many, ≥ 1.
    seed
        Seed ≥ 0; the same seed gives the same instances, whatever ``batch`` is.
    batch
        Rows evaluated at once: memory, not meaning.
    first_chunk
        Where to start, in chunks of `CHUNK` instances: to split one search over workers or resume it.
    ball_rows
        At most this many instances are settled in ball arithmetic.
    progress
        Called with the number of instances finished since the last call.

    Raises
    ------
    ValueError
        If ``instances`` or ``batch`` is below 1.

    Examples
    --------
    >>> from rlhf_numeric import CLAIMS
    >>> tally = run(CLAIMS["variance-bound"], instances=100, seed=1)
    >>> tally.instances, tally.violated, tally.refuted_by
    (100, 0, None)
    """
    for name, value in (("instances", instances), ("batch", batch)):
        checked_count(value, name, least=1)
    start, left, tally = time.perf_counter(), ball_rows, None
    for instance, origin in _slices(claim.family, seed, first_chunk, instances, batch):
        decision = claim.decide(instance, ball_rows=left)
        part = tally_of(claim, decision, instance, origin)
        left -= int(decision.used_balls.sum())
        tally = part if tally is None else merge(tally, part)
        if progress is not None:
            progress(part.instances)
    assert tally is not None  # instances ≥ 1
    return replace(tally, seconds=time.perf_counter() - start)


def regenerate(origin: InstanceSeed, /, *, family: Family[R] = INSTANCES) -> R:  # type: ignore[assignment]
    """Draw one instance again, by the scheme that the seed names, with batch shape (1,).

    ``family`` is that of the claim for which the seed was found.

    Raises
    ------
    ValueError
        If there is no such scheme.

    Examples
    --------
    >>> regenerate(InstanceSeed(seed=0, chunk=3, row=7)).batch_shape
    (1,)
    """
    return drawn(origin.scheme, origin.seed, origin.chunk, family=family).take(np.array([origin.row]))


def _slices(
    family: Family[R], seed: int, first_chunk: int, instances: int, batch: int
) -> Iterator[tuple[R, InstanceSeed]]:
    """Yield pieces of at most ``batch`` rows, each with the address of its first row."""
    for offset in range(0, instances, CHUNK):
        index = first_chunk + offset // CHUNK
        for part, origin in parts("search", seed, index, min(CHUNK, instances - offset), family=family):
            (rows,) = part.batch_shape
            for row in range(0, rows, batch):
                yield part.take(np.arange(row, min(row + batch, rows))), origin._replace(row=row)
