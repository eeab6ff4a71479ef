"""What a claim is evaluated on: a problem and the further objects that some claims quantify over."""

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np

from rlhf_numeric.arithmetic.kinds import Array, Numbers
from rlhf_numeric.evaluation.fields import Field, Kind
from rlhf_numeric.evaluation.record import Record, Sizes
from rlhf_numeric.model import validation as check
from rlhf_numeric.model.objective import reward
from rlhf_numeric.model.problem import Problem, check_problem

_LEAST_STEPS = 3


class Extent(NamedTuple):
    """How far a claim is taken on an instance, where it is stated for samples of any size and for any number of steps.

    ``sample`` is the number of prompts ≥ 1 of an enumerated sample, ``steps`` the largest T ≥ 3 of an ascent.
    """

    sample: int = 2
    steps: int = _LEAST_STEPS


USUAL = Extent()


def _difference(instance: "Instance") -> Numbers:
    with np.errstate(over="ignore"):
        direction = instance.problem.theta_star - instance.theta
    check.check_range(direction)
    return direction


def _uniform(instance: "Instance") -> Array:
    n = instance.problem.n_prompts
    return np.full(n, 1 / n)


PROBLEM_FIELDS = (
    Field("features", ("n", "m", "d"), within="problem", relative=True, most=1e6),
    Field("ref_probs", ("n", "m"), Kind.POSITIVE_PROBABILITY, within="problem"),
    Field("theta_star", ("d",), within="problem", relative=True),
    Field("kl_coef", (), Kind.POSITIVE, within="problem"),
)
"""What `Problem` holds."""


@dataclass(frozen=True, init=False, eq=False)
class Instance(Record):
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

    FIELDS: ClassVar = (
        *PROBLEM_FIELDS,
        Field("theta", ("d",), relative=True),
        Field("theta_prime", ("d",), default=lambda instance: instance.problem.theta_star),
        Field("direction", ("d",), default=_difference),
        Field("probs", ("n", "m"), Kind.PROBABILITY, default=lambda instance: instance.problem.ref_probs),
        Field("values", ("n", "m"), default=lambda instance: reward(instance.problem)),
        Field("weights", ("n",), Kind.PROBABILITY, default=_uniform),
        Field("extent", ("sample", "steps"), Kind.COUNT, default=USUAL, least=(1, _LEAST_STEPS)),
    )
    PARTS: ClassVar = {"problem": Problem}

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
        object.__setattr__(self, "problem", problem)
        given = {"theta": theta, "theta_prime": theta_prime, "direction": direction, "probs": probs, "values": values}
        self._fill(given | {"weights": weights, "extent": extent})

    def measured(self, *, samples: bool, steps: int | None) -> Sizes:
        """Return shape and extent, as far as a claim uses them."""
        problem, sample = self.problem, self.extent.sample if samples else None
        return Sizes(problem.n_prompts, problem.n_actions, problem.dim, sample, steps)
