"""What a seed means: four schemes, by each of which a chunk of instances is a function of a seed and a number.

Searches and campaigns take most rows of a chunk from a scheme of small shapes, and the last tenth from one of large
shapes, extents included. An `InstanceSeed` names its scheme, so that any instance can be drawn again; what a scheme
draws never changes.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from rlhf_numeric.evaluation.findings import InstanceSeed, Scheme
from rlhf_numeric.evaluation.instance import Extent, Instance
from rlhf_numeric.evaluation.instances import random_instances

CHUNK = 128  # rows of a chunk of a search; part of what a seed means, as are all numbers here
ROWS = 512  # rows of a chunk of a campaign
LARGE_SHARE = 10  # one in so many rows of a chunk is large
LARGEST = 6  # prompts, actions, features and steps of large instances
_SMALL = (3, 4, 3)


class Setting(NamedTuple):
    """Shape (n, m, d) and extent of the instances of one batch."""

    shape: tuple[int, int, int]
    extent: Extent


_LARGEST_OF_ALL = Setting((LARGEST, LARGEST, LARGEST), Extent(sample=2, steps=LARGEST))
CORNERS = (
    _LARGEST_OF_ALL,
    Setting((2, 2, 2), Extent(sample=3, steps=6)),
    Setting((4, 2, 1), Extent(sample=2, steps=6)),
    Setting((2, 6, 2), Extent(sample=3, steps=4)),
    _LARGEST_OF_ALL,
    Setting((2, 2, 6), Extent(sample=3, steps=6)),
    Setting((3, 3, 3), Extent(sample=3, steps=4)),
    Setting((1, 2, 2), Extent(sample=3, steps=6)),
)
"""What every second large part takes in turn: sizes alone at their largest, and all of them together."""


def large_setting(chunk: int, rng: np.random.Generator, /) -> Setting:
    """Return one of `CORNERS` for even chunks, else a random shape beyond (3, 4, 3), T from 4 to 6.

    Samples have three prompts where there are at most three to draw, else two: all of them are enumerated.
    """
    if chunk % 2 == 0:
        return CORNERS[chunk // 2 % len(CORNERS)]
    shape = _SMALL
    while all(size <= small for size, small in zip(shape, _SMALL, strict=True)):
        n, m, d = map(int, rng.integers(1, LARGEST + 1, 3))
        shape = n, m, d
    return Setting(shape, Extent(sample=3 if shape[0] <= 3 else 2, steps=int(rng.integers(4, LARGEST + 1))))


def parts(scheme: Scheme, seed: int, chunk: int, rows: int, /) -> Iterator[tuple[Instance, InstanceSeed]]:
    """Yield the instances of the first rows of a chunk, those of one shape together, with the address of the first.

    Examples
    --------
    >>> [(part.batch_shape, origin.scheme) for part, origin in parts("search", 0, 0, 128)]
    [((116,), 'search'), ((12,), 'large search')]
    """
    small = _SIZE[scheme] - _SIZE[scheme] // LARGE_SHARE
    for name, taken in ((scheme, min(rows, small)), (_LARGE[scheme], rows - small)):
        if taken > 0:
            yield drawn(name, seed, chunk).take(np.arange(taken)), InstanceSeed(seed, chunk, 0, name)


def drawn(scheme: Scheme, seed: int, chunk: int, /) -> Instance:
    """Draw a whole chunk of one of the four schemes.

    Raises
    ------
    ValueError
        If there is no such scheme.
    """
    if scheme not in _SIZE:
        raise ValueError(f"scheme: expected one of {', '.join(_SIZE)}, got {scheme!r}")
    if scheme == "search":
        return random_instances(np.random.default_rng(np.random.SeedSequence([seed, chunk])), batch=CHUNK)
    if scheme == "campaign":
        rng = np.random.default_rng(np.random.SeedSequence([seed, chunk, ROWS]))
        return random_instances(rng, batch=ROWS, shape=_campaign_shape(rng))
    rows = _SIZE[scheme]
    rng = np.random.default_rng(np.random.SeedSequence([seed, chunk, rows, LARGEST]))
    setting = large_setting(chunk, rng)
    return random_instances(rng, batch=rows, shape=setting.shape, extent=setting.extent)


def _campaign_shape(rng: np.random.Generator) -> tuple[int, int, int]:
    n, m, d = (int(rng.integers(1, largest + 1)) for largest in _SMALL)
    if m == 1 and rng.random() < 0.75:  # one action, or one prompt, makes many claims degenerate: keep both rare
        m = _SMALL[1]
    if n == 1 and rng.random() < 0.5:
        n = _SMALL[0]
    return n, m, d


_LARGE: dict[Scheme, Scheme] = {"search": "large search", "campaign": "large campaign"}
_SIZE: dict[Scheme, int] = {
    "search": CHUNK,
    "campaign": ROWS,
    "large search": CHUNK // LARGE_SHARE,
    "large campaign": ROWS // LARGE_SHARE,
}
