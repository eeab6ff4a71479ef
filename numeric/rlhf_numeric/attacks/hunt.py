"""Adversarial search for the largest lhs/rhs of an inequality: how tight it is, and a counterexample if it is false.

A population of instances of one shape starts from random ones. In each step every instance is perturbed, in a random
subset of its objects and on a random scale, or moved along the difference of two others; it keeps what raises its
*certified* ratio, (lhs − rounding)/(rhs + rounding) of float64 intervals, which rounding cannot inflate; plain floats
say first where that is worth computing. Now and then the worse half starts again next to the better half. One step in
eight is made by smaller populations of large instances. The best instance is then polished along the gradient that dual
numbers give. Everything is a function of the seed and the number of steps.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Generic

import numpy as np

from rlhf_numeric.arithmetic.interval import interval
from rlhf_numeric.arithmetic.kinds import Array
from rlhf_numeric.attacks.ratio_ascent import ascend
from rlhf_numeric.evaluation.case_file import Case, make_case
from rlhf_numeric.evaluation.claim import Claim
from rlhf_numeric.evaluation.fields import Field, Kind
from rlhf_numeric.evaluation.record import Point, R, Setting
from rlhf_numeric.evaluation.verdict import Verdict
from rlhf_numeric.model.sharing import sharing

POPULATION, LARGE_POPULATION = 256, 64
_RENEWAL = 25  # steps between two renewals of the worse half
_LARGE_TURN = 8  # steps of which one is made among large instances
_POLISHED, _POLISHED_SHAPES = 4, 2  # the best instances of the best shapes are polished
_POLISHED_SIZE = 36  # product of the sizes of all axes at most: with more, a gradient takes seconds
_LARGEST_MOVE, _SMALLEST_MOVE = 0.5, -6.0  # decimal logarithms of the scale of a perturbation
_LARGEST_LOG = 30  # of a positive number


@dataclass(frozen=True)
class Quarry:
    """What a hunt brought home.

    Attributes
    ----------
    case
        The instance with the largest certified ratio, settled in ball arithmetic; None if no instance had one.
    start
        Largest certified ratio among as many random instances as the population holds.
    steps
        Steps made, over all shapes.
    """

    case: Case | None
    start: float
    steps: int


def hunt(
    claim: Claim[R],
    /,
    *,
    seed: int = 0,
    steps: int = 2000,
    seconds: float | None = None,
    large: bool = True,
    progress: Callable[[int, float], None] = lambda done, best: None,
) -> Quarry:
    """Search for the largest lhs/rhs of an inequality, or for a violation of an identity.

    Parameters
    ----------
    claim
        The claim. An identity has no ratio: its hunt climbs the certified relative distance of the sides.
    seed
        Seed ≥ 0.
    steps
        Steps of the whole population ≥ 1, over all shapes in turn.
    seconds
        Stop earlier after this long; the result is then not a function of the seed alone.
    large
        Whether to hunt among large instances, too: the large settings of the claim's family.
    progress
        Called with the number of steps made and the best ratio so far.

    Raises
    ------
    ValueError
        If an argument is not as above.

    Examples
    --------
    >>> from rlhf_numeric import CLAIMS
    >>> quarry = hunt(CLAIMS["gradient-domination"], steps=70)
    >>> quarry.case.verdict, quarry.case.ratio > quarry.start
    ('holds', True)
    """
    if steps < 1 or seed < 0:
        raise ValueError(f"steps, seed: expected steps ≥ 1 and seed ≥ 0, got {steps} and {seed}")
    deadline = None if seconds is None else time.monotonic() + seconds
    packs = _packs(claim, seed, large=large)
    start, made = max(pack.best for pack in packs), 0
    for pack in _turns(packs, steps):
        pack.step()
        made += 1
        progress(made, max(pack.best for pack in packs))
        if max(pack.best for pack in packs) > 1 or (deadline is not None and time.monotonic() > deadline):
            break
    polished = [pack for pack in packs if np.prod(pack.setting.shape) <= _POLISHED_SIZE]
    for pack in sorted(polished, key=lambda pack: -pack.best)[:_POLISHED_SHAPES]:
        pack.polish()
    best = max(packs, key=lambda pack: pack.best)
    return Quarry(_settled(claim, best, seed, made) if np.isfinite(best.best) else None, start, made)


def certified_ratio(claim: Claim[R], instance: R, /) -> Array:
    """Lower bound on the largest lhs/rhs of the comparisons with rhs > 0, −inf where there is none; shape (rows,).

    Of an identity: 1 plus a lower bound on |lhs − rhs| / max(|lhs|, |rhs|), below 1 where rounding may explain it all.
    """
    enclosed = instance.enclosed(interval)
    with np.errstate(all="ignore"), sharing(enclosed):
        lhs, rhs = map(interval, claim.sides(enclosed))
        gap = interval(rhs - lhs)
        if claim.kind == "inequality":
            low = lhs.mid - lhs.rad
            ratio = np.where(rhs.mid > rhs.rad, low / (rhs.mid + np.sign(low) * rhs.rad), -np.inf)
            ratio = np.where(gap.mid + gap.rad < 0, np.maximum(ratio, np.nextafter(1, 2)), np.minimum(ratio, 1))
        else:
            size = np.maximum(np.abs(lhs.mid) + lhs.rad, np.abs(rhs.mid) + rhs.rad)
            ratio = 1 + (np.abs(gap.mid) - gap.rad) / size
        applicable = claim.applicable(instance)
    return _worst(ratio, applicable)


def plain_ratio(claim: Claim[R], instance: R, /) -> Array:
    """Compute `certified_ratio` without bounds on rounding: many times faster, and up to rounding no smaller."""
    with np.errstate(all="ignore"), sharing(instance):
        lhs, rhs = claim.sides(instance)
        if claim.kind == "inequality":
            ratio = np.where(rhs > 0, lhs / rhs, -np.inf)
            ratio = np.where(lhs > rhs, np.maximum(ratio, np.nextafter(1, 2)), ratio)
        else:
            ratio = 1 + np.abs(rhs - lhs) / np.maximum(np.abs(lhs), np.abs(rhs))
        applicable = claim.applicable(instance)
    return _worst(ratio, applicable)


def _worst(ratio: Array, applicable: Array) -> Array:
    ratio = np.where(np.isfinite(ratio), ratio, -np.inf).reshape(len(applicable), -1).max(-1)
    worst: Array = np.where(applicable, ratio, -np.inf)
    return worst


class _Pack(Generic[R]):
    """The population of one setting."""

    def __init__(self, claim: Claim[R], setting: Setting, size: int, rng: np.random.Generator) -> None:
        self.claim, self.setting, self.size, self.rng, self.steps = claim, setting, size, rng, 0
        self.point = claim.family.draw(rng, size, setting).to_free()
        self.ratio = self._certified(self.point)

    @property
    def best(self) -> float:
        """Largest certified ratio."""
        return float(self.ratio.max())

    @property
    def leader(self) -> R:
        """The instance that has it, with batch shape (1,)."""
        return self._instance({name: array[[self.ratio.argmax()]] for name, array in self.point.items()})

    def step(self) -> None:
        """Let every instance try one move."""
        self.steps += 1
        if self.steps % _RENEWAL == 0:
            self._renew()
        self._try(self._moved())

    def polish(self) -> None:
        """Follow the gradient from the best few, unless one already is a violation."""
        if self.best > 1:
            return
        rows = np.argsort(-self.ratio, kind="stable")[:_POLISHED]
        rows = rows[np.isfinite(self.ratio[rows])]
        for row in rows:
            start = {name: array[[row]] for name, array in self.point.items()}
            point, ratio = ascend(start, self._certified, self.claim, extent=self.setting.extent)
            if ratio > self.ratio[row]:
                self.ratio[row] = ratio
                for name, array in point.items():
                    self.point[name][row] = array[0]

    def _instance(self, point: Point) -> R:
        return self.claim.family.record.from_free(point, self.setting.extent)

    def _certified(self, point: Point) -> Array:
        return certified_ratio(self.claim, self._instance(point))

    def _try(self, point: Point) -> None:
        instance = self._instance(point)
        rows = np.flatnonzero(plain_ratio(self.claim, instance) > self.ratio)
        if not rows.size:
            return
        ratio = certified_ratio(self.claim, instance.take(rows))
        better = ratio > self.ratio[rows]
        rows = rows[better]
        self.ratio[rows] = ratio[better]
        for name, array in point.items():
            self.point[name][rows] = array[rows]

    def _moved(self) -> Point:
        rng, moved = self.rng, {}
        scale = 10 ** rng.uniform(_SMALLEST_MOVE, _LARGEST_MOVE, self.size)
        apart = rng.random(self.size) < 0.3
        first, second = rng.integers(self.size, size=(2, self.size))
        for field in self.claim.family.record.free_fields():
            array = self.point[field.name]
            noise = rng.normal(size=array.shape) * (rng.random(array.shape) < rng.choice([0.2, 1.0]))
            noise *= np.maximum(np.abs(array), 0.1) if field.relative else 1.0
            touched = rng.random(self.size) < 0.6
            along = np.where(_column(apart, array), array[first] - array[second], noise * _column(scale, array))
            moved[field.name] = _bounded(field, array + np.where(_column(touched, array), along, 0.0))
        return moved

    def _renew(self) -> None:
        order = np.argsort(-self.ratio, kind="stable")
        better, worse = order[: self.size // 2], order[self.size // 2 :]
        for array in (*self.point.values(), self.ratio):
            array[worse] = array[better[: worse.size]]


def _column(x: Array, like: Array) -> Array:
    return x.reshape(-1, *[1] * (like.ndim - 1))


def _bounded(field: Field, array: Array) -> Array:
    """Keep free coordinates where a float has digits to spare."""
    most = _LARGEST_LOG if field.kind is Kind.POSITIVE else field.most
    return np.clip(array, -most, most) if np.isfinite(most) else array


def _packs(claim: Claim[R], seed: int, *, large: bool) -> list[_Pack[R]]:
    """Return the packs of the small settings, then, if asked for, those of the large ones."""
    herds = [(setting, POPULATION) for setting in claim.family.small]
    herds += [(setting, LARGE_POPULATION) for setting in claim.family.large if large]
    return [_Pack(claim, *herd, np.random.default_rng([seed, i])) for i, herd in enumerate(herds)]


def _turns(packs: list[_Pack[R]], steps: int) -> Iterator[_Pack[R]]:
    """First every pack in turn, one step in eight for the large ones; then half of the turns go to the best one."""
    small = [pack for pack in packs if pack.size == POPULATION]
    large = packs[len(small) :]
    made_by_large = 0
    for made in range(steps):
        if large and made % _LARGE_TURN == _LARGE_TURN - 1:
            yield large[made_by_large % len(large)]
            made_by_large += 1
        elif made > steps // 2 and made % 2:
            yield max(packs, key=lambda pack: pack.best)
        else:
            yield small[made % len(small)]


def _settled(claim: Claim[R], pack: _Pack[R], seed: int, steps: int) -> Case:
    case = make_case(claim, pack.leader, found_by=f"hunt, seed {seed}, {steps} steps")
    assert case.verdict != Verdict.VACUOUS.value
    return case
