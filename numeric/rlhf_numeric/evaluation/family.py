"""Families: what a record type brings to a search beside its fields, namely how random ones are drawn."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, Literal, TypeAlias

import numpy as np

from rlhf_numeric.evaluation.record import R, Setting

Scheme: TypeAlias = Literal["search", "campaign", "large search", "large campaign"]


@dataclass(frozen=True, eq=False)
class Family(Generic[R]):
    """A record type, with all that searches, campaigns and hunts know of it.

    Attributes
    ----------
    record
        The type.
    draw
        Draws so many rows of a setting; its corners, in which a claim may fail, are among them.
    small
        Settings among which a hunt goes round.
    large
        Further settings, of few large records.
    simple
        Largest size of each axis of the simple records to which a counterexample is shrunk.
    setting
        Setting of the chunk of so many a number that a scheme draws; default: any of the small, or large, ones.
    handmade
        Records made by hand, with batch shape (), by what they are.
    """

    record: type[R]
    draw: Callable[[np.random.Generator, int, Setting], R]
    small: tuple[Setting, ...]
    large: tuple[Setting, ...] = ()
    simple: Mapping[str, int] | None = None
    setting: Callable[[Scheme, int, np.random.Generator], Setting] | None = None
    handmade: Callable[[], Mapping[str, R]] = dict

    def setting_of(self, scheme: Scheme, chunk: int, rng: np.random.Generator, /) -> Setting:
        """Return the setting of a chunk of one of the schemes."""
        if self.setting is not None:
            return self.setting(scheme, chunk, rng)
        settings = (scheme.startswith("large") and self.large) or self.small
        return settings[int(rng.integers(len(settings)))]
