"""Gradient ascent and stochastic gradient ascent on the empirical objective J_S.

The updates and the estimates of the gradient are pure functions of what was drawn; randomness enters through an
explicit generator and nowhere else.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Literal, TypeAlias, get_args

import numpy as np

from rlhf_numeric.arithmetic import kinds as ar
from rlhf_numeric.arithmetic.kinds import Array, Numbers
from rlhf_numeric.model import validation as check
from rlhf_numeric.model.gradient import gradient, gradient_per_prompt
from rlhf_numeric.model.policy import kl_to_optimum, policy
from rlhf_numeric.model.problem import Problem, check_problem, checked_theta, feature_bound
from rlhf_numeric.model.sharing import sharing
from rlhf_numeric.parallel import blocks as _blocks

Estimator: TypeAlias = Literal["prompt", "pairwise"]


class StopReason(Enum):
    """Why an ascent ended: all steps were made, or the gradient at the last iterate is exactly 0."""

    COMPLETED = "completed"
    STATIONARY = "stationary"


@dataclass(frozen=True, eq=False)
class Trajectory:
    """Iterates θ_0, …, θ_T of an ascent and what was measured at each of them.

    Attributes
    ----------
    thetas
        Iterates, shape (steps + 1, ..., d).
    gap
        J_S(θ*) − J_S(θ_t) ≥ 0, nats, shape (steps + 1, ...); computed as λ·KL(π_θ‖π_θ*), see `gap-identity`.
    gradient_norm
        ‖∇J_S(θ_t)‖, nats per unit of θ, shape (steps + 1, ...).
    distance
        ‖θ* − θ_t‖, shape (steps + 1, ...).
    best
        Index t of the smallest gap, the first if there are several, shape (...).
    stop
        `StopReason` of each instance, object array of shape (...). An iterate that is stationary repeats.
    """

    thetas: Array
    gap: Array
    gradient_norm: Array
    distance: Array
    best: Array
    stop: Array


def gradient_ascent(
    problem: Problem, theta0: Numbers, /, *, steps: int, step_size: Numbers | None = None
) -> Trajectory:
    """Gradient ascent θ_{t+1} = θ_t + η∇J_S(θ_t).

    For η ≤ 2λ/B² the distance to θ* never increases; at η = λ/B² some gap before T is at most C·B²ρ²/(λT).
    Lean: ``RLHF.ga_bounded``, ``RLHF.ga_rate``.

    Parameters
    ----------
    problem
        The problem, of floats; its leading axes are a batch.
    theta0
        θ_0, shape (..., d).
    steps
        Number of steps T ≥ 0.
    step_size
        η ≥ 0, a number or shape (...), in units of θ² per nat; default λ/B², and 0 where B = 0.

    Returns
    -------
    Trajectory
        Of steps + 1 iterates, whatever the stop reason.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above, or an iterate overflows.

    Examples
    --------
    >>> problem = Problem([[[1.0], [-1.0]]], [[0.5, 0.5]], [2.0], kl_coef=1.0)
    >>> trajectory = gradient_ascent(problem, [0.0], steps=2)
    >>> trajectory.thetas.tolist(), trajectory.distance.tolist()
    ([[0.0], [2.0], [2.0]], [2.0, 0.0, 0.0])
    >>> int(trajectory.best), trajectory.stop.item().value
    (1, 'stationary')
    """
    theta, eta = checked_start(problem, theta0, steps, step_size, divisor=1)
    return trajectory_of(problem, theta, steps, lambda point: gradient_step(problem, point, step_size=eta))


def stochastic_gradient_ascent(
    problem: Problem,
    theta0: Numbers,
    /,
    *,
    steps: int,
    rng: np.random.Generator,
    estimator: Estimator = "prompt",
    step_size: Numbers | None = None,
) -> Trajectory:
    """Stochastic gradient ascent θ_{t+1} = θ_t + ηg_t with an unbiased estimate g_t of ∇J_S(θ_t).

    "prompt" draws one prompt uniformly and takes the full expectation over actions, `prompt_estimate`; "pairwise" also
    draws two actions from π_θ, `pairwise_estimate`. At the default step the distance to θ* never increases.
    Lean: ``RLHF.Problem.stochasticAscent``, ``RLHF.Problem.pairwiseAscent``, ``RLHF.pairwise_estimator``.

    Parameters
    ----------
    problem
        The problem, of floats; its leading axes are a batch, whose instances draw independently.
    theta0
        θ_0, shape (..., d).
    steps
        Number of steps T ≥ 0.
    rng
        The only source of randomness.
    estimator
        "prompt" or "pairwise".
    step_size
        η ≥ 0, a number or shape (...); default λ/B² for "prompt", λ/(2B²) for "pairwise", and 0 where B = 0.

    Returns
    -------
    Trajectory
        Of steps + 1 iterates; gap and gradient are those of the whole sample.

    Raises
    ------
    TypeError, ValueError
        As `gradient_ascent`, and if ``rng`` or ``estimator`` is not as above.

    Examples
    --------
    >>> problem = Problem([[[1.0], [-1.0]]], [[0.5, 0.5]], [2.0], kl_coef=1.0)
    >>> rng = np.random.default_rng(0)
    >>> stochastic_gradient_ascent(problem, [0.0], steps=2, rng=rng).thetas.tolist()
    [[0.0], [2.0], [2.0]]
    """
    checked_rng(rng)
    if estimator not in get_args(Estimator):
        raise ValueError(f"estimator: expected one of {', '.join(get_args(Estimator))}, got {estimator!r}")
    theta, eta = checked_start(problem, theta0, steps, step_size, divisor=2 if estimator == "pairwise" else 1)
    estimate = _draw_prompt_estimate if estimator == "prompt" else _draw_pairwise_estimate
    return trajectory_of(problem, theta, steps, lambda x: moved(x, estimate(problem, x, rng), eta))


def gradient_step(problem: Problem, theta: Numbers, /, *, step_size: Numbers) -> Numbers:
    """One update θ + η∇J_S(θ), shape (..., d), of any number kind.

    Lean: ``RLHF.Problem.gradientAscent``.

    Parameters
    ----------
    problem
        The problem.
    theta
        θ, shape (..., d).
    step_size
        η ≥ 0, shape (...).

    Examples
    --------
    >>> problem = Problem([[[1.0], [-1.0]]], [[0.5, 0.5]], [2.0], kl_coef=1.0)
    >>> gradient_step(problem, np.array([0.0]), step_size=np.array(0.25)).tolist()
    [0.5]
    """
    return moved(theta, gradient(problem, theta), step_size)


def prompt_estimate(problem: Problem, theta: Numbers, prompts: Array, /) -> Array:
    """Gradient ∇J_{x_i}(θ) at the drawn prompt; its mean over a uniform i is ∇J_S(θ).

    Lean: ``RLHF.Problem.stochasticAscent``.

    Parameters
    ----------
    problem
        The problem.
    theta
        θ, shape (..., d).
    prompts
        Index i of the drawn prompt in 0, …, n − 1, integers of shape (...).

    Returns
    -------
    Array
        Nats per unit of θ, shape (..., d).

    Examples
    --------
    >>> problem = Problem([[[1.0], [-1.0]], [[3.0], [3.0]]], [[0.5, 0.5]] * 2, [2.0], kl_coef=1.0)
    >>> prompt_estimate(problem, np.array([[0.0], [0.0]]), np.array([0, 1])).tolist()
    [[2.0], [0.0]]
    """
    if _blocks.applies(problem.features, problem.features.shape[:-3], theta):
        features, ref_probs = (
            ar.pick(problem.features, prompts, axis=-3),
            ar.pick(problem.ref_probs, prompts, axis=-2),
        )
        drawn = Problem.trusted(features, ref_probs, problem.theta_star, kl_coef=problem.kl_coef)
        estimate: Array = gradient_per_prompt(drawn, theta)[..., 0, :]
        return estimate
    result: Array = ar.pick(gradient_per_prompt(problem, theta), prompts, axis=-2)[..., 0, :]
    return result


def pairwise_estimate(problem: Problem, theta: Numbers, prompts: Array, first: Array, second: Array, /) -> Array:
    """Estimate δ⟨δ,u⟩/(2λ), δ = φ(x_i,a) − φ(x_i,b), u = θ* − θ; its mean over a, b from π_θ is ∇J_{x_i}(θ).

    Lean: ``RLHF.pairwise_estimator``.

    Parameters
    ----------
    problem
        The problem.
    theta
        θ, shape (..., d).
    prompts, first, second
        Indices of the drawn prompt and of the two actions, integers of shape (...).

    Returns
    -------
    Array
        Nats per unit of θ, shape (..., d).

    Examples
    --------
    >>> problem = Problem([[[1.0], [-1.0]]], [[0.5, 0.5]], [2.0], kl_coef=1.0)
    >>> pairwise_estimate(problem, np.array([0.0]), np.array(0), np.array(0), np.array(1)).tolist()
    [4.0]
    """
    features = ar.pick(problem.features, prompts, axis=-3)[..., 0, :, :]
    delta = (ar.pick(features, first, axis=-2) - ar.pick(features, second, axis=-2))[..., 0, :]
    along = (delta * (problem.theta_star - checked_theta(problem, theta))).sum(-1)
    result: Array = (along / (2 * problem.kl_coef))[..., None] * delta
    return result


def moved(theta: Numbers, estimate: Numbers, step_size: Numbers, /) -> Numbers:
    """θ + ηg, shape (..., d)."""
    return theta + step_size[..., None] * estimate


def trajectory_of(problem: Problem, theta: Array, steps: int, step: Callable[[Array], Array], /) -> Trajectory:
    """Measure the iterates that ``step`` makes of a checked start."""
    thetas, gaps, norms, distances = [theta], [], [], []
    for t in range(steps + 1):
        with sharing(problem, thetas[t]), np.errstate(over="ignore", invalid="ignore"):
            slope = gradient(problem, thetas[t])  # the step needs it, too
            gaps.append(_gap(problem, thetas[t]))
            norms.append(ar.norm(slope))
            distances.append(ar.norm(problem.theta_star - thetas[t]))
            if t < steps:
                thetas.append(step(thetas[t]))
        for measured in (gaps[t], norms[t], distances[t]):
            check.check_range(measured)
        if not np.isfinite(thetas[-1]).all():
            raise ValueError(f"step_size: expected one with finite iterates, got an overflow at step {t + 1}")
    gap = np.stack(gaps)
    reasons = np.array([StopReason.COMPLETED, StopReason.STATIONARY], dtype=object)
    stop = np.asarray(reasons[(slope == 0).all(-1).astype(int)], dtype=object)
    return Trajectory(np.stack(thetas), gap, np.stack(norms), np.stack(distances), gap.argmin(0), stop)


def _gap(problem: Problem, theta: Array) -> Array:
    mean_divergence = kl_to_optimum(problem, theta).sum(-1) / problem.n_prompts
    gap: Array = problem.kl_coef * np.maximum(mean_divergence, 0)  # it is ≥ 0, rounding may give −1e-16
    return gap


def _draw_prompt_estimate(problem: Problem, theta: Array, rng: np.random.Generator) -> Array:
    return prompt_estimate(problem, theta, rng.integers(problem.n_prompts, size=theta.shape[:-1]))


def _draw_pairwise_estimate(problem: Problem, theta: Array, rng: np.random.Generator) -> Array:
    prompts = rng.integers(problem.n_prompts, size=theta.shape[:-1])
    probs = ar.pick(policy(problem, theta), prompts, axis=-2)[..., 0, :]
    return pairwise_estimate(problem, theta, prompts, draw_index(probs, rng), draw_index(probs, rng))


def draw_index(probs: Array, rng: np.random.Generator, /) -> Array:
    """Draw an index along the last axis by inverse transform; leaving out the last sum keeps it in range."""
    cumulative = probs.cumsum(-1)
    level = rng.random(probs.shape[:-1]) * cumulative[..., -1]
    action: Array = (cumulative[..., :-1] <= level[..., None]).sum(-1)
    return action


def checked_rng(rng: np.random.Generator, /) -> None:
    """Raise TypeError unless ``rng`` is a numpy Generator."""
    if not isinstance(rng, np.random.Generator):
        raise TypeError(f"rng: expected a numpy.random.Generator, got {type(rng).__name__}")


def checked_start(
    problem: Problem, theta0: Numbers, steps: int, step_size: Numbers | None, /, *, divisor: float
) -> tuple[Array, Array]:
    """Return θ_0 and η of the common batch shape, with η = λ/(B²·divisor) by default; see `gradient_ascent`."""
    check_problem(problem, "problem")
    theta = check.checked_vector(theta0, "theta0", dim=problem.dim, batch=problem.batch_shape)
    for name, array in (("problem", problem.features), ("theta0", theta)):
        if ar.is_balls(array) or ar.is_wrapped(array):
            raise TypeError(f"{name}: expected floats, got {type(array.ravel()[0]).__name__}")
    check.checked_count(steps, "steps", least=0)
    eta = _default_step_size(problem) / divisor if step_size is None else _checked_step_size(step_size)
    shapes = {"problem": problem.batch_shape, "theta0": theta.shape[:-1], "step_size": eta.shape}
    dtype = np.result_type(problem.features, theta)
    return np.broadcast_to(theta, (*check.broadcast_batches(shapes), problem.dim)).astype(dtype), eta.astype(dtype)


def _checked_step_size(step_size: Numbers) -> Array:
    array = check.checked_number(step_size, "step_size")
    if not np.all(array >= 0):
        raise ValueError(f"step_size: expected numbers ≥ 0, got {array.min()} as the smallest")
    return array


def _default_step_size(problem: Problem) -> Array:
    """λ/B², and 0 where B is 0."""
    bound = np.asarray(feature_bound(problem))
    divisor = np.where(bound > 0, bound, 1)
    with np.errstate(over="ignore"):
        size = np.where(bound > 0, problem.kl_coef / divisor / divisor, 0)  # B² may underflow
    if not np.isfinite(size).all():
        least = f"{divisor.min():.3g}"
        raise ValueError(
            f"step_size: the default λ/B² overflows {size.dtype} at B = {least}; scale features by c and theta0, "
            "theta_star by 1/c, or give a step size"
        )
    return np.asarray(size)
