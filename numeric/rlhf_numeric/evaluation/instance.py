"""What a claim is evaluated on: a problem and the further objects that some claims quantify over."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from rlhf_numeric.arithmetic.kinds import Array, Numbers, is_balls, is_wrapped, zeros_like
from rlhf_numeric.model import validation as check
from rlhf_numeric.model.objective import reward
from rlhf_numeric.model.problem import Problem, check_problem

_OBJECT_AXES = {"theta": 1, "theta_prime": 1, "direction": 1, "probs": 2, "values": 2, "weights": 1}
_PROBLEM_AXES = {"features": 3, "ref_probs": 2, "theta_star": 1, "kl_coef": 0}
_PROBABILITIES = ("ref_probs", "probs", "weights")
_LEAST_STEPS = 3


class Extent(NamedTuple):
    """How far a claim is taken on an instance, where it is stated for samples of any size and for any number of steps.

    ``sample`` is the number of prompts ≥ 1 of an enumerated sample, ``steps`` the largest T ≥ 3 of an ascent.
    """

    sample: int = 2
    steps: int = _LEAST_STEPS


USUAL = Extent()


class Sizes(NamedTuple):
    """Shape and extent of an instance; None for what a claim does not use."""

    prompts: int
    actions: int
    features: int
    sample: int | None
    steps: int | None


@dataclass(frozen=True, init=False, eq=False)
class Instance:
    """A problem, a policy parameter θ, and the objects that universally quantified claims range over.

    Parameters
    ----------
    problem
        The problem; its leading axes are a batch.
    theta
        θ, shape (..., d).
    theta_prime
        A second parameter θ', shape (..., d); default θ*.
    direction
        A direction v, shape (..., d); default θ* − θ.
    probs
        An arbitrary policy π, zeros allowed, shape (..., n, m); default the reference policy.
    values
        An arbitrary function f(x,a), shape (..., n, m); default the reward.
    weights
        Prompt weights D, zeros allowed, shape (..., n), sum 1; default uniform.
    extent
        Sizes of enumerated samples and numbers of steps, the same for the whole batch.

    Raises
    ------
    TypeError, ValueError
        If an array has the wrong type or shape, or does not hold probabilities where it should, or the extent is small.

    Examples
    --------
    >>> instance = Instance(Problem([[[1.0], [-1.0]]], [[0.5, 0.5]], [2.0], kl_coef=1.0), [0.5])
    >>> instance.direction.tolist(), instance.weights.tolist()
    ([1.5], [1.0])
    """

    problem: Problem
    theta: Array
    theta_prime: Array
    direction: Array
    probs: Array
    values: Array
    weights: Array
    extent: Extent

    def __init__(
        self,
        problem: Problem,
        theta: Numbers,
        *,
        theta_prime: Numbers = None,
        direction: Numbers = None,
        probs: Numbers = None,
        values: Numbers = None,
        weights: Numbers = None,
        extent: Extent = USUAL,
    ) -> None:
        check_problem(problem, "problem")
        n = problem.n_prompts
        theta = self._checked(problem, theta, "theta", ("d",))
        given = {
            "theta_prime": problem.theta_star if theta_prime is None else theta_prime,
            "direction": _difference(problem.theta_star, theta) if direction is None else direction,
            "probs": problem.ref_probs if probs is None else probs,
            "values": reward(problem) if values is None else values,
            "weights": np.full(n, 1 / n) if weights is None else weights,
        }
        axes = {"probs": ("n", "m"), "values": ("n", "m"), "weights": ("n",)}
        object.__setattr__(self, "problem", problem)
        object.__setattr__(self, "theta", theta)
        object.__setattr__(self, "extent", _checked_extent(extent))
        for name, value in given.items():
            object.__setattr__(self, name, self._checked(problem, value, name, axes.get(name, ("d",))))

    @property
    def batch_shape(self) -> tuple[int, ...]:
        """Common shape of the leading axes of everything."""
        shapes = {name: getattr(self, name).shape[:-axes] for name, axes in _OBJECT_AXES.items()}
        return check.broadcast_batches({"problem": self.problem.batch_shape, **shapes})

    def flattened(self) -> "Instance":
        """Return the same instances along one batch axis."""
        batch = self.batch_shape

        def flat(x: Array, axes: int) -> Array:
            core = x.shape[x.ndim - axes :]
            return np.broadcast_to(x, batch + core).reshape((-1, *core))

        return self._map(flat)

    def take(self, rows: Array) -> "Instance":
        """Select rows of a `flattened` batch."""
        return self._map(lambda x, _: x[rows])

    def laid_out(self) -> "Instance":
        """Return the same instances with the batch varying fastest in memory: numpy is quicker on big batches."""
        return self._map(lambda x, _: np.asfortranarray(x))

    def enclosed(self, enclose: Callable[[Numbers], Numbers]) -> "Instance":
        """Lift floats to enclosures; probabilities are divided by their exact sum, so that they sum to 1 exactly.

        Where there is one outcome, its probability is exactly 1.

        Raises
        ------
        TypeError
            If the instance holds balls: lifting would drop their radii.
        """
        if is_balls(self.problem.features) or is_balls(self.theta):
            raise TypeError("instance: expected floats, which are lifted exactly where that is needed, got flint.arb")
        return self._map(lambda x, _: enclose(x), probabilities=_normalised)

    def _map(
        self, change: Callable[[Numbers, int], Numbers], probabilities: Callable[[Numbers], Numbers] = lambda x: x
    ) -> "Instance":
        def changed(owner: Numbers, name: str, axes: int) -> Numbers:
            value = change(getattr(owner, name), axes)
            return probabilities(value) if name in _PROBABILITIES else value

        problem = Problem.trusted(**{name: changed(self.problem, name, axes) for name, axes in _PROBLEM_AXES.items()})
        instance = Instance.__new__(Instance)
        object.__setattr__(instance, "problem", problem)
        object.__setattr__(instance, "extent", self.extent)
        for name, axes in _OBJECT_AXES.items():
            object.__setattr__(instance, name, changed(self, name, axes))
        return instance

    @staticmethod
    def _checked(problem: Problem, x: Numbers, name: str, axes: tuple[str, ...]) -> Numbers:
        if is_wrapped(x):
            return x
        sizes = {"n": problem.n_prompts, "m": problem.n_actions, "d": problem.dim}
        array = check.checked_array(x, name, axes=axes)
        for position, axis in enumerate(axes):
            check.check_axis(array, position - len(axes), sizes[axis], name, axis)
        if name in _PROBABILITIES:
            check.check_probabilities(array, name, positive=False)
        check.broadcast_batches({name: array.shape[: array.ndim - len(axes)], "problem": problem.batch_shape})
        return array


def _difference(theta_star: Numbers, theta: Numbers) -> Numbers:
    with np.errstate(over="ignore"):
        direction = theta_star - theta
    check.check_range(direction)
    return direction


def _normalised(x: Numbers) -> Numbers:
    return x / x.sum(-1)[..., None] if x.shape[-1] > 1 else zeros_like(x) + 1


def _checked_extent(extent: Extent) -> Extent:
    if not isinstance(extent, Extent) or not all(type(size) is int for size in extent):
        raise TypeError(f"extent: expected an Extent of two integers, got {extent!r}")
    if extent.sample < 1 or extent.steps < _LEAST_STEPS:
        raise ValueError(f"extent: expected a sample ≥ 1 and steps ≥ {_LEAST_STEPS}, got {extent}")
    return extent
