"""The KL-regularised problem: prompts, actions, features, reference policy and true reward parameter."""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Concatenate, ParamSpec, TypeVar

import numpy as np

from rlhf_numeric.arithmetic.kinds import Array, Numbers, absolute, amax, is_balls, is_wrapped, is_zero, norm
from rlhf_numeric.model import validation as check
from rlhf_numeric.model.sharing import Owner, shared
from rlhf_numeric.parallel import blocks as _blocks

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, init=False, eq=False)
class Problem(Owner):
    """A sample of n prompts with m actions each, linear reward r*(x,a) = ⟨θ*, φ(x,a)⟩, and a KL coefficient λ.

    Leading axes are a batch; they broadcast against each other. Arrays are kept, not copied: do not change them while
    the problem is in use. Memory-mapped features may be larger than memory: they are read in blocks and stay on disk.
    Lean: ``RLHF.Problem``.

    Parameters
    ----------
    features
        φ, shape (..., n, m, d), finite.
    ref_probs
        Reference policy q, shape (..., n, m), > 0, sums to 1 over the actions (up to √eps of its type).
    theta_star
        θ*, shape (..., d); its inner product with a feature is a reward, in nats.
    kl_coef
        λ > 0, a number or shape (...), in the normal range of the arrays' type.

    Raises
    ------
    TypeError
        If an array holds anything but float32, float64 or `flint.arb`, or if memory-mapped features would have to
        be copied because another array has a wider type.
    ValueError
        If a shape, a sign, a sum or a NaN contradicts the above.

    Examples
    --------
    >>> problem = Problem([[[1.0], [-1.0]]], [[0.5, 0.5]], [2.0], kl_coef=1.0)
    >>> problem.n_prompts, problem.n_actions, problem.dim, problem.batch_shape
    (1, 2, 1, ())
    """

    features: Array
    ref_probs: Array
    theta_star: Array
    kl_coef: Array

    def __init__(self, features: Numbers, ref_probs: Numbers, theta_star: Numbers, *, kl_coef: Numbers) -> None:
        arrays = [
            check.checked_array(features, "features", axes=("n", "m", "d")),
            check.checked_array(ref_probs, "ref_probs", axes=("n", "m")),
            check.checked_array(theta_star, "theta_star", axes=("d",)),
        ]
        self._set(*_common_type(*arrays, check.checked_number(kl_coef, "kl_coef")))
        self._check()

    @classmethod
    def trusted(cls, features: Numbers, ref_probs: Numbers, theta_star: Numbers, *, kl_coef: Numbers) -> "Problem":
        """Build a problem without checks, from enclosures such as `Interval` that are valid by construction."""
        problem = cls.__new__(cls)
        problem._set(features, ref_probs, theta_star, kl_coef)
        return problem

    @property
    def n_prompts(self) -> int:
        """Sample size n ≥ 1."""
        return int(self.features.shape[-3])

    @property
    def n_actions(self) -> int:
        """Number of actions m ≥ 1."""
        return int(self.features.shape[-2])

    @property
    def dim(self) -> int:
        """Feature dimension d ≥ 1."""
        return int(self.features.shape[-1])

    @property
    def batch_shape(self) -> tuple[int, ...]:
        """Common shape of the leading axes."""
        return check.broadcast_batches(
            {
                "features": self.features.shape[:-3],
                "ref_probs": self.ref_probs.shape[:-2],
                "theta_star": self.theta_star.shape[:-1],
                "kl_coef": self.kl_coef.shape,
            }
        )

    @cached_property
    def has_large_offset(self) -> bool:
        """Whether, at some prompt, the features of all actions are close to each other compared to their size."""
        return _blocks.has_large_offset(self.features)

    def owned(self) -> list[object]:
        """Return itself and its arrays."""
        return [self, self.features, self.ref_probs, self.theta_star, self.kl_coef]

    def _set(self, features: Array, ref_probs: Array, theta_star: Array, kl_coef: Array) -> None:
        for name, value in zip(
            ("features", "ref_probs", "theta_star", "kl_coef"), (features, ref_probs, theta_star, kl_coef), strict=True
        ):
            object.__setattr__(self, name, value)

    def _check(self) -> None:
        check.check_positive(self.kl_coef, "kl_coef")
        check.check_normal(self.kl_coef, "kl_coef")
        check.check_axis(self.ref_probs, -2, self.n_prompts, "ref_probs", "n")
        check.check_axis(self.ref_probs, -1, self.n_actions, "ref_probs", "m")
        check.check_axis(self.theta_star, -1, self.dim, "theta_star", "d")
        check.check_probabilities(self.ref_probs, "ref_probs", positive=True)
        _ = self.batch_shape


def of_problem(function: Callable[Concatenate[Problem, P], R]) -> Callable[Concatenate[Problem, P], R]:
    """Check what the functions of a problem have in common: the type of the problem, and that no float overflows.

    Raises
    ------
    TypeError, ValueError
        If the first argument is no `Problem`, or a float of the result is infinite or NaN.
    """

    @functools.wraps(function)
    def checked(problem: Problem, /, *args: P.args, **kwargs: P.kwargs) -> R:
        check_problem(problem, "problem")
        if is_wrapped(problem.features):  # enclosures bound themselves
            return function(problem, *args, **kwargs)
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            result = function(problem, *args, **kwargs)
        check.check_range(result)
        return result

    return checked


def check_problem(problem: object, name: str, /) -> None:
    """Raise TypeError unless it is a `Problem`."""
    if not isinstance(problem, Problem):
        raise TypeError(f"{name}: expected a Problem, got {type(problem).__name__}")


@shared
@of_problem
def feature_bound(problem: Problem, /) -> Array:
    """Smallest B with ‖φ(x,a)‖ ≤ B on the sample.

    Parameters
    ----------
    problem
        The problem.

    Returns
    -------
    Array
        B ≥ 0, shape (...).

    Examples
    --------
    >>> float(feature_bound(Problem([[[3.0, 4.0], [0.0, 1.0]]], [[0.5, 0.5]], [0.0, 0.0], kl_coef=1.0)))
    5.0
    """
    if _blocks.applies(problem.features, problem.features.shape[:-3]):
        return _blocks.largest_norm(problem.features)
    bound: Array = amax(amax(norm(problem.features), -1), -1)
    return bound


def positive_bound(problem: Problem, /) -> Numbers:
    """B, and 1 where all features vanish: a bound on them as well, by which λ/B² is a number; shape (...)."""
    size = amax(amax(absolute(problem.features).sum(-1), -1), -1)  # unlike a norm, it is 0 only if all features are
    return feature_bound(problem) + is_zero(size)


def checked_theta(problem: Problem, theta: Numbers, /) -> Numbers:
    """Return θ as a float or ball vector (..., d) of the problem's dimension.

    Raises
    ------
    TypeError, ValueError
        If it is not one; the message says what was expected.
    """
    return check.checked_vector(theta, "theta", dim=problem.dim, batch=problem.batch_shape)


def in_blocks(problem: Problem, theta: Numbers, /) -> "_blocks.Flat | None":
    """Return a problem of large float arrays and a checked θ as `_blocks` takes them; None for any other."""
    if not _blocks.applies(problem.features, problem.features.shape[:-3], theta):
        return None
    batch = np.broadcast_shapes(problem.batch_shape, theta.shape[:-1])
    if not _blocks.applies(problem.features, batch, theta):
        return None
    arrays = (problem.features, problem.ref_probs, problem.theta_star, problem.kl_coef, theta)
    return _blocks.flatten(*arrays, relative=problem.has_large_offset)


def _common_type(*arrays: Array) -> list[Array]:
    """Arrays of one float type; if any holds balls, all must."""
    if len({is_balls(array) for array in arrays}) > 1:
        raise TypeError("problem: expected every array to hold flint.arb if one does, got a mixture with floats")
    if is_balls(arrays[0]):
        return list(arrays)
    dtype = np.result_type(*(array for array in arrays[:3]))
    if dtype != arrays[0].dtype and _is_mapped(arrays[0]):
        raise TypeError(
            f"ref_probs, theta_star: expected the type of the memory-mapped features, {arrays[0].dtype}, got {dtype}: "
            "converting the features would copy them into memory"
        )
    with np.errstate(over="ignore"):  # of λ, which is checked afterwards
        return [array.astype(dtype, copy=False) for array in arrays]


def _is_mapped(array: Array | None) -> bool:
    while array is not None and not isinstance(array, np.memmap):
        array = array.base if isinstance(array, np.ndarray) else None
    return array is not None
