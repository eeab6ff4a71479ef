"""What a seed means: four schemes, by each of which a chunk of instances is a function of a seed and a number.

Searches and campaigns take most rows of a chunk from a scheme of small shapes, and the last tenth from one of large
shapes, extents included. An `InstanceSeed` names its scheme, so that any instance can be drawn again; what a scheme
draws never changes.
"""

from collections.abc import Iterator

import numpy as np

from rlhf_numeric.evaluation.family import Family, Scheme
from rlhf_numeric.evaluation.findings import InstanceSeed
from rlhf_numeric.evaluation.instance_family import INSTANCES
from rlhf_numeric.evaluation.record import R

CHUNK = 128  # rows of a chunk of a search; part of what a seed means, as are all numbers here
ROWS = 512  # rows of a chunk of a campaign
LARGE_SHARE = 10  # one in so many rows of a chunk is large
_LARGE_STREAM = 6  # tells the random numbers of large parts from others


def parts(
    scheme: Scheme,
    seed: int,
    chunk: int,
    rows: int,
    /,
    *,
    family: Family[R] = INSTANCES,  # type: ignore[assignment]
) -> Iterator[tuple[R, InstanceSeed]]:
    """Yield the instances of the first rows of a chunk, those of one shape together, with the address of the first.

    Examples
    --------
    >>> [(part.batch_shape, origin.scheme) for part, origin in parts("search", 0, 0, 128)]
    [((116,), 'search'), ((12,), 'large search')]
    """
    small = _SIZE[scheme] - _SIZE[scheme] // LARGE_SHARE
    for name, taken in ((scheme, min(rows, small)), (_LARGE[scheme], rows - small)):
        if taken > 0:
            yield drawn(name, seed, chunk, family=family).take(np.arange(taken)), InstanceSeed(seed, chunk, 0, name)


def drawn(
    scheme: Scheme,
    seed: int,
    chunk: int,
    /,
    *,
    family: Family[R] = INSTANCES,  # type: ignore[assignment]
) -> R:
    """Draw a whole chunk of one of the four schemes.

    Raises
    ------
    ValueError
        If there is no such scheme.
    """
    if scheme not in _SIZE:
        raise ValueError(f"scheme: expected one of {', '.join(_SIZE)}, got {scheme!r}")
    rows = _SIZE[scheme]
    stream = {"search": (), "campaign": (rows,)}.get(scheme, (rows, _LARGE_STREAM))
    rng = np.random.default_rng(np.random.SeedSequence([seed, chunk, *stream]))
    return family.draw(rng, rows, family.setting_of(scheme, chunk, rng))


_LARGE: dict[Scheme, Scheme] = {"search": "large search", "campaign": "large campaign"}
_SIZE: dict[Scheme, int] = {
    "search": CHUNK,
    "campaign": ROWS,
    "large search": CHUNK // LARGE_SHARE,
    "large campaign": ROWS // LARGE_SHARE,
}
