"""Gradient ascent with noisy gradients and projection onto a ball that contains θ*.

The noise is a finite distribution, as in Lean: outcome ω, of probability w_ω, adds ξ_ω to the gradient, and
Σ_ω w_ω ξ_ω = 0. So estimates are unbiased, of variance s² = Σ_ω w_ω‖ξ_ω‖² everywhere.
"""

import numpy as np

from rlhf_numeric.arithmetic import kinds as ar
from rlhf_numeric.arithmetic.kinds import Array, Numbers
from rlhf_numeric.model import validation as check
from rlhf_numeric.model.ascent import Trajectory, checked_rng, checked_start, draw_index, moved, trajectory_of
from rlhf_numeric.model.gradient import gradient
from rlhf_numeric.model.problem import Problem


def noisy_gradient_ascent(
    problem: Problem,
    theta0: Numbers,
    /,
    *,
    steps: int,
    rng: np.random.Generator,
    noise: Numbers,
    centre: Numbers,
    radius: Numbers,
    noise_probs: Numbers = None,
    step_size: Numbers | None = None,
) -> Trajectory:
    """Ascent θ_{t+1} = Π(θ_t + η(∇J_S(θ_t) + ξ_t)), with Π the projection onto the ball ‖θ − c‖ ≤ r.

    For η = α/√T, 0 < α ≤ λ/B², the average over t < T of the expected gap is at most C(ρ²/α + αs²)/√T, where
    ρ = ‖θ* − θ_0‖ and C is taken at 4Br/λ. Lean: ``RLHF.sga_noisy_rate``, ``RLHF.projectedAscent``.

    Parameters
    ----------
    problem
        The problem, of floats; its leading axes are a batch, whose instances draw independently.
    theta0
        θ_0, shape (..., d), in the ball.
    steps
        Number of steps T ≥ 0.
    rng
        The only source of randomness.
    noise
        ξ, one vector for each outcome, shape (..., k, d), nats per unit of θ, of mean 0 (up to √eps of its size).
    centre
        Centre c of the ball, shape (..., d).
    radius
        Radius r > 0 of the ball, a number or shape (...); θ* must be in the ball (up to √eps).
    noise_probs
        Probabilities w of the outcomes, shape (..., k); default uniform.
    step_size
        η ≥ 0, a number or shape (...); default λ/(B²√T), and 0 where B = 0.

    Returns
    -------
    Trajectory
        Of steps + 1 iterates; gap and gradient are exact, without noise.

    Raises
    ------
    TypeError, ValueError
        As `gradient_ascent`, and if the noise is biased or the ball does not contain θ_0 and θ*.

    Examples
    --------
    >>> problem = Problem([[[1.0], [-1.0]]], [[0.5, 0.5]], [2.0], kl_coef=1.0)
    >>> rng, noise = np.random.default_rng(0), [[1.0], [-1.0]]
    >>> run = noisy_gradient_ascent(problem, [0.0], steps=2, rng=rng, noise=noise, centre=[0.0], radius=2.5)
    >>> bool((abs(run.thetas) <= 2.5).all())
    True
    """
    checked_rng(rng)
    divisor = np.sqrt(max(check.checked_count(steps, "steps", least=0), 1))
    theta, eta = checked_start(problem, theta0, steps, step_size, divisor=float(divisor))
    vectors, probs = _checked_noise(problem, noise, noise_probs)
    ball = _checked_ball(problem, theta, centre, radius)
    probs = np.broadcast_to(probs, (*theta.shape[:-1], probs.shape[-1]))

    def step(point: Array) -> Array:
        estimate = noisy_estimate(problem, point, vectors, draw_index(probs, rng)).astype(point.dtype)
        result: Array = projected_step(point, estimate, step_size=eta, centre=ball[0], radius=ball[1])
        return result

    return trajectory_of(problem, theta, steps, step)


def noisy_estimate(problem: Problem, theta: Numbers, noise: Numbers, outcome: Array, /) -> Numbers:
    """Estimate ∇J_S(θ) + ξ_ω of the gradient, unbiased if the noise has mean 0.

    Lean: ``RLHF.Problem.NoisyOracle``.

    Parameters
    ----------
    problem
        The problem.
    theta
        θ, shape (..., d).
    noise
        ξ, shape (..., k, d).
    outcome
        Index ω of the drawn outcome in 0, …, k − 1, integers of shape (...).

    Examples
    --------
    >>> problem = Problem([[[1.0], [-1.0]]], [[0.5, 0.5]], [2.0], kl_coef=1.0)
    >>> noisy_estimate(problem, np.array([0.0]), np.array([[1.0], [-1.0]]), np.array(1)).tolist()
    [1.0]
    """
    return gradient(problem, theta) + ar.pick(noise, outcome, axis=-2)[..., 0, :]


def projected_step(
    theta: Numbers, estimate: Numbers, /, *, step_size: Numbers, centre: Numbers, radius: Numbers
) -> Numbers:
    """One update Π(θ + ηg), shape (..., d), of any number kind; Π as in `project_on_ball`.

    Lean: ``RLHF.projectedAscent``.

    Examples
    --------
    >>> one = np.array(1.0)
    >>> projected_step(np.array([0.0]), np.array([3.0]), step_size=one, centre=np.array([0.0]), radius=one).tolist()
    [1.0]
    """
    return project_on_ball(moved(theta, estimate, step_size), centre=centre, radius=radius)


def project_on_ball(point: Numbers, /, *, centre: Numbers, radius: Numbers) -> Numbers:
    """Projection onto the ball ‖v − c‖ ≤ r: v itself inside, c + (r/‖v − c‖)(v − c) outside.

    Without a branch, as enclosures need it: c + (r/max(r, ‖v − c‖))(v − c). In floats, exactly v inside the ball.
    Lean: ``RLHF.projBall``.

    Parameters
    ----------
    point
        v, shape (..., d).
    centre
        c, shape (..., d).
    radius
        r > 0, shape (...).

    Examples
    --------
    >>> project_on_ball(np.array([3.0, 4.0]), centre=np.zeros(2), radius=np.array(1.0)).round(12).tolist()
    [0.6, 0.8]
    """
    offset = point - centre
    distance = ar.norm(offset)
    projected = centre + (radius / ar.amax(ar.join(radius, distance), -1))[..., None] * offset
    if ar.is_wrapped(projected) or ar.is_balls(projected):
        return projected
    return np.where((distance <= radius)[..., None], point, projected)


def _checked_noise(problem: Problem, noise: Numbers, noise_probs: Numbers) -> tuple[Array, Array]:
    vectors = check.checked_array(noise, "noise", axes=("k", "d"))
    check.check_axis(vectors, -1, problem.dim, "noise", "d")
    k = vectors.shape[-2]
    probs = np.full(k, 1 / k) if noise_probs is None else check.checked_array(noise_probs, "noise_probs", axes=("k",))
    check.check_axis(probs, -1, k, "noise_probs", "k")
    check.check_probabilities(probs, "noise_probs", positive=False)
    shapes = {"noise": vectors.shape[:-2], "noise_probs": probs.shape[:-1], "problem": problem.batch_shape}
    check.broadcast_batches(shapes)
    with np.errstate(over="ignore", invalid="ignore"):
        bias, size = np.abs((probs[..., None] * vectors).sum(-2)), np.abs(vectors).max((-2, -1))[..., None]
    if not np.all(bias <= _tolerance(vectors) * size):
        raise ValueError(f"noise: expected vectors of mean 0, got a mean of size {bias.max()}")
    return vectors, probs


def _checked_ball(problem: Problem, theta: Array, centre: Numbers, radius: Numbers) -> tuple[Array, Array]:
    middle = check.checked_vector(centre, "centre", dim=problem.dim, batch=problem.batch_shape)
    size = check.checked_number(radius, "radius")
    check.check_positive(size, "radius")
    check.broadcast_batches({"centre": middle.shape[:-1], "radius": size.shape, "theta0": theta.shape[:-1]})
    slack = 1 + _tolerance(theta)
    for name, point in (("theta_star", problem.theta_star), ("theta0", theta)):
        with np.errstate(over="ignore"):
            inside = ar.norm(point - middle) <= size * slack
        if not np.all(inside):
            raise ValueError(f"radius: expected a ball that contains {name}, which is farther from centre than radius")
    return middle.astype(theta.dtype), size.astype(theta.dtype)


def _tolerance(array: Array) -> float:
    return float(np.sqrt(np.finfo(array.dtype).eps))
