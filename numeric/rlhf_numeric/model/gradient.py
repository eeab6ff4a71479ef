"""Gradient of the objective, ∇J_S(θ) = V_S(θ)(θ* − θ)/λ, and the covariances behind it.

Stability: everything is centred twice, by its value at the likeliest action and then by its mean. A function that is
constant over the actions has variance exactly 0, whatever rounding does to the policy, and the variance of a nearly
deterministic policy keeps its relative accuracy.
"""

from rlhf_numeric.arithmetic import kinds as ar
from rlhf_numeric.arithmetic.kinds import Array, Numbers
from rlhf_numeric.model.policy import policy_at
from rlhf_numeric.model.problem import Problem, checked_theta, in_blocks, of_problem
from rlhf_numeric.model.sharing import shared
from rlhf_numeric.parallel import blocks as _blocks


@shared
@of_problem
def gradient_per_prompt(problem: Problem, theta: Numbers, /) -> Array:
    """Gradient ∇J_x(θ) = V_x(θ)(θ* − θ)/λ at each prompt; no d×d matrix is formed.

    ``V_x u = Σ_a π_θ(a)·⟨u, φ(a) − φ̄⟩·(φ(a) − φ̄)``. Lean: ``RLHF.grad_objective``.

    Parameters
    ----------
    problem
        The problem.
    theta
        θ, shape (..., d).

    Returns
    -------
    Array
        Nats per unit of θ, shape (..., n, d).

    Raises
    ------
    TypeError, ValueError
        If ``theta`` is not a finite float vector of the problem's dimension.

    Examples
    --------
    >>> problem = Problem([[[1.0], [-1.0]]], [[0.5, 0.5]], [2.0], kl_coef=1.0)
    >>> gradient_per_prompt(problem, [0.0]).tolist()
    [[2.0]]
    """
    theta = checked_theta(problem, theta)
    if (flat := in_blocks(problem, theta)) is not None:
        return _blocks.gradient_per_prompt(flat)
    return _gradient_at(problem, theta)


@shared
@of_problem
def gradient(problem: Problem, theta: Numbers, /) -> Array:
    """Gradient ∇J_S(θ) = V_S(θ)(θ* − θ)/λ of the empirical objective, shape (..., d).

    Large features are read once, in blocks, and nothing of their size is made; see `rlhf_numeric.parallel.blocks`.
    Lean: ``RLHF.grad_objective``.

    Parameters
    ----------
    problem
        The problem.
    theta
        θ, shape (..., d).

    Raises
    ------
    TypeError, ValueError
        As `gradient_per_prompt`.

    Examples
    --------
    >>> problem = Problem([[[1.0], [-1.0]]], [[0.5, 0.5]], [2.0], kl_coef=1.0)
    >>> gradient(problem, [2.0]).tolist()
    [0.0]
    """
    theta = checked_theta(problem, theta)
    if (flat := in_blocks(problem, theta)) is not None:
        return _blocks.gradient(flat)
    result: Array = _gradient_at(problem, theta).sum(-2) / problem.n_prompts
    return result


@shared
@of_problem
def covariance_per_prompt(problem: Problem, theta: Numbers, /) -> Array:
    """Covariance V_x(θ) of the features under π_θ at each prompt, shape (..., n, d, d), positive semidefinite.

    Lean: ``RLHF.hess_log_partition``.

    Parameters
    ----------
    problem
        The problem.
    theta
        θ, shape (..., d).

    Raises
    ------
    TypeError, ValueError
        As `gradient_per_prompt`.

    Examples
    --------
    >>> problem = Problem([[[1.0], [-1.0]]], [[0.5, 0.5]], [2.0], kl_coef=1.0)
    >>> covariance_per_prompt(problem, [0.0]).tolist()
    [[[1.0]]]
    """
    return _covariance_at(problem, checked_theta(problem, theta))


@shared
@of_problem
def covariance(problem: Problem, theta: Numbers, /) -> Array:
    """Covariance V_S(θ) = (1/n)Σ_i V_{x_i}(θ) of the sample, shape (..., d, d), positive semidefinite.

    Parameters
    ----------
    problem
        The problem.
    theta
        θ, shape (..., d).

    Raises
    ------
    TypeError, ValueError
        As `gradient_per_prompt`.

    Examples
    --------
    >>> problem = Problem([[[1.0], [-1.0]]], [[0.5, 0.5]], [2.0], kl_coef=1.0)
    >>> covariance(problem, [0.0]).tolist()
    [[1.0]]
    """
    result: Array = _covariance_at(problem, checked_theta(problem, theta)).sum(-3) / problem.n_prompts
    return result


def expectation(probs: Array, values: Array, /) -> Array:
    """Return the expectation E_p[f] = Σ_a p·f, shapes (..., m) to (...).

    Examples
    --------
    >>> import numpy as np
    >>> float(expectation(np.array([0.25, 0.75]), np.array([4.0, 0.0])))
    1.0
    """
    result: Array = (probs * values).sum(-1)
    return result


def variance(probs: Array, values: Array, /) -> Array:
    """Variance Var_p(f) = E_p(f − E_p f)² ≥ 0, shapes (..., m) to (...); exactly 0 for a constant f.

    Examples
    --------
    >>> import numpy as np
    >>> float(variance(np.array([0.5, 0.5]), np.array([1e9 + 1, 1e9 - 1])))
    1.0
    """
    centred = _centre(probs, values)
    return expectation(probs, centred * centred)


def covariance_of(probs: Array, values: Array, others: Array, /) -> Array:
    """Covariance Cov_p(f,g) = E_p[(f − E_p f)(g − E_p g)], shapes (..., m) to (...); `variance` is the case f = g.

    Examples
    --------
    >>> import numpy as np
    >>> float(covariance_of(np.array([0.5, 0.5]), np.array([1.0, -1.0]), np.array([2.0, 4.0])))
    -1.0
    """
    return expectation(probs, _centre(probs, values) * _centre(probs, others))


@of_problem
def centred_scores(problem: Problem, theta: Numbers, direction: Numbers, /) -> Array:
    """Projected features ⟨v, φ(x,a) − E_{π_θ}φ(x,·)⟩, shape (..., n, m), for a direction v of shape (..., d)."""
    _, centred = _policy_and_centred_features(problem, checked_theta(problem, theta))
    result: Array = (centred * direction[..., None, None, :]).sum(-1)
    return result


@shared
def _gradient_at(problem: Problem, theta: Numbers) -> Array:
    """Return the gradient at each prompt, by the formula; θ was checked, here and below."""
    probs, centred = _policy_and_centred_features(problem, theta)
    error = (centred * (problem.theta_star - theta)[..., None, None, :]).sum(-1)
    weights = probs * error / problem.kl_coef[..., None, None]  # before φ comes in: φ² may underflow
    result: Array = (weights[..., None] * centred).sum(-2)
    return result


@shared
def _covariance_at(problem: Problem, theta: Numbers) -> Array:
    probs, centred = _policy_and_centred_features(problem, theta)
    result: Array = ((probs[..., None] * centred)[..., :, None] * centred[..., None, :]).sum(-3)
    return result


@shared
def _policy_and_centred_features(problem: Problem, theta: Numbers) -> tuple[Array, Array]:
    probs = policy_at(problem, theta)
    relative = problem.features - ar.pick(problem.features, ar.argmax(probs), axis=-2)
    return probs, relative - (probs[..., None] * relative).sum(-2, keepdims=True)


def _centre(probs: Array, values: Array) -> Array:
    relative = values - ar.pick(values, ar.argmax(probs), axis=-1)
    result: Array = relative - (probs * relative).sum(-1, keepdims=True)
    return result
