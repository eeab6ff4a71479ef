"""The family of instances: the shapes and extents in which they are drawn.

Most are small; the large ones take sizes alone at their largest, and all of them together. What a scheme draws never
changes, so every number here is part of what a seed means.
"""

import numpy as np

from rlhf_numeric.evaluation.family import Family, Scheme
from rlhf_numeric.evaluation.handmade import probes
from rlhf_numeric.evaluation.instance import USUAL, Extent, Instance
from rlhf_numeric.evaluation.instances import random_instances, random_shape
from rlhf_numeric.evaluation.record import Setting

LARGEST = 6  # prompts, actions, features and steps of large instances
_SMALL = (3, 4, 3)
SHAPES = ((1, 2, 1), (2, 2, 1), (1, 3, 2), (2, 3, 2), (3, 4, 3), (1, 4, 1), (2, 2, 2))
"""What a hunt takes in turn."""
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


def _setting(scheme: Scheme, chunk: int, rng: np.random.Generator) -> Setting:
    if scheme.startswith("large"):
        return large_setting(chunk, rng)
    return Setting(random_shape(rng) if scheme == "search" else _campaign_shape(rng), USUAL)


def _campaign_shape(rng: np.random.Generator) -> tuple[int, int, int]:
    n, m, d = (int(rng.integers(1, largest + 1)) for largest in _SMALL)
    if m == 1 and rng.random() < 0.75:  # one action, or one prompt, makes many claims degenerate: keep both rare
        m = _SMALL[1]
    if n == 1 and rng.random() < 0.5:
        n = _SMALL[0]
    return n, m, d


def _draw(rng: np.random.Generator, batch: int, setting: Setting) -> Instance:
    n, m, d = setting.shape
    return random_instances(rng, batch=batch, shape=(n, m, d), extent=setting.extent)


INSTANCES = Family(
    Instance,
    _draw,
    small=tuple(Setting(shape, USUAL) for shape in SHAPES),
    large=tuple(dict.fromkeys(CORNERS)),
    simple={"n": 3, "m": 3, "d": 2},
    setting=_setting,
    handmade=probes,
)
