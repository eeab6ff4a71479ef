"""Random search for counterexamples, in chunks that are a function of the seed alone.

Chunk k of seed s is drawn from ``SeedSequence([s, k])``, so results do not depend on how the work is cut up, any
instance can be drawn again, and the tallies of separate workers can be merged.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from rlhf_numeric._validation import checked_count
from rlhf_numeric.claim import Claim
from rlhf_numeric.instance import Instance
from rlhf_numeric.instances import random_instances
from rlhf_numeric.tally import InstanceSeed, Tally, merge, tally_of

CHUNK = 128  # rows of one shape; part of what a seed means
BALL_ROWS = 1000


def run(
    claim: Claim,
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
    for instance, origin in _slices(seed, first_chunk, instances, batch):
        decision = claim.decide(instance, ball_rows=left)
        part = tally_of(claim, decision, origin)
        left -= int(decision.used_balls.sum())
        tally = part if tally is None else merge(tally, part)
        if progress is not None:
            progress(part.instances)
    assert tally is not None  # instances ≥ 1
    return replace(tally, seconds=time.perf_counter() - start)


def regenerate(origin: InstanceSeed, /) -> Instance:
    """Draw one instance again, with batch shape (1,).

    Examples
    --------
    >>> regenerate(InstanceSeed(seed=0, chunk=3, row=7)).batch_shape
    (1,)
    """
    return _chunk(origin.seed, origin.chunk).take(np.array([origin.row]))


def _chunk(seed: int, chunk: int) -> Instance:
    rng = np.random.default_rng(np.random.SeedSequence([seed, chunk]))
    return random_instances(rng, batch=CHUNK)


def _slices(seed: int, first_chunk: int, instances: int, batch: int) -> Iterator[tuple[Instance, InstanceSeed]]:
    """Yield pieces of at most ``batch`` rows, each with the address of its first row."""
    for offset in range(0, instances, CHUNK):
        index = first_chunk + offset // CHUNK
        chunk, rows = _chunk(seed, index), min(CHUNK, instances - offset)
        for row in range(0, rows, batch):
            yield chunk.take(np.arange(row, min(row + batch, rows))), InstanceSeed(seed, index, row)
