"""The KL-regularised objective J_x(π) = E_π[r*] − λ·KL(π‖q) and its averages; J^r for any reward r."""

from dataclasses import replace

from rlhf_numeric.arithmetic import kinds as ar
from rlhf_numeric.arithmetic.kinds import Array, Numbers
from rlhf_numeric.model import validation as check
from rlhf_numeric.model.policy import (
    kl_of_tilted,
    kl_to_reference_at,
    log_reference,
    log_tilted,
    policy_at,
    relative_entropy,
    relative_rewards,
)
from rlhf_numeric.model.problem import Problem, checked_theta, in_blocks, of_problem
from rlhf_numeric.model.sharing import shared
from rlhf_numeric.parallel import blocks as _blocks


@shared
@of_problem
def reward(problem: Problem, /) -> Array:
    """Return the true reward r*(x,a) = ⟨θ*, φ(x,a)⟩, in nats, shape (..., n, m).

    Parameters
    ----------
    problem
        The problem.

    Examples
    --------
    >>> reward(Problem([[[1.0], [-1.0]]], [[0.5, 0.5]], [2.0], kl_coef=1.0)).tolist()
    [[2.0, -2.0]]
    """
    return _rewards(problem)


@of_problem
def value_of_policy(problem: Problem, probs: Numbers, /) -> Array:
    """Value J_x(π) = E_π[r*] − λ·KL(π‖q) of an arbitrary policy, with 0·log 0 = 0.

    Lean: ``RLHF.gibbs_variational``.

    Parameters
    ----------
    problem
        The problem.
    probs
        Policy π, probabilities ≥ 0, shape (..., n, m).

    Returns
    -------
    Array
        Nats, shape (..., n).

    Raises
    ------
    TypeError, ValueError
        If ``probs`` is not an array of probabilities of the problem's shape.

    Examples
    --------
    >>> problem = Problem([[[1.0], [-1.0]]], [[0.5, 0.5]], [2.0], kl_coef=1.0)
    >>> value_of_policy(problem, [[1.0, 0.0]]).round(12).tolist()
    [1.30685281944]
    """
    return _value_under(problem, _rewards(problem), _checked_policy(problem, probs))


@of_problem
def value_under(problem: Problem, rewards: Numbers, probs: Numbers, /) -> Array:
    """Value J^r(π) = E_π[r] − λ·KL(π‖q) of a policy under any reward, shapes (..., n, m) to (..., n), unchecked.

    Lean: ``RLHF.gap_general``.

    Examples
    --------
    >>> import numpy as np
    >>> problem = Problem([[[1.0], [-1.0]]], [[0.5, 0.5]], [2.0], kl_coef=1.0)
    >>> value_under(problem, np.array([[3.0, 1.0]]), np.array([[0.5, 0.5]])).tolist()
    [2.0]
    """
    return _value_under(problem, rewards, probs)


@of_problem
def value_of_boltzmann(problem: Problem, rewards: Numbers, others: Numbers, /) -> Array:
    """Value J^r(π_s) of the Boltzmann policy of a reward s under a reward r, shapes (..., n, m) to (..., n), unchecked.

    `objective_per_prompt` is the case r = ⟨θ*,φ⟩ and s = ⟨θ,φ⟩, from the features. Lean: ``RLHF.nonlinear_gap``.

    Examples
    --------
    >>> import numpy as np
    >>> problem = Problem([[[1.0], [-1.0]]], [[0.5, 0.5]], [2.0], kl_coef=1.0)
    >>> value_of_boltzmann(problem, np.array([[3.0, 1.0]]), np.array([[7.0, 7.0]])).tolist()
    [2.0]
    """
    scores = relative_rewards(problem, others)
    probs = ar.exp(log_tilted(problem, scores))
    return _regularised(problem, probs, rewards, kl_of_tilted(problem, probs, scores))


@shared
@of_problem
def objective_per_prompt(problem: Problem, theta: Numbers, /) -> Array:
    """Objective J_x(θ) = J_x(π_θ) at each prompt.

    Lean: ``RLHF.gap_identity``.

    Parameters
    ----------
    problem
        The problem.
    theta
        θ, shape (..., d).

    Returns
    -------
    Array
        Nats, shape (..., n).

    Raises
    ------
    TypeError, ValueError
        If ``theta`` is not a finite float vector of the problem's dimension.

    Examples
    --------
    >>> problem = Problem([[[1.0], [-1.0]]], [[0.5, 0.5]], [2.0], kl_coef=1.0)
    >>> objective_per_prompt(problem, [0.0]).tolist()
    [0.0]
    """
    return _objective_at(problem, checked_theta(problem, theta))


@shared
@of_problem
def objective(problem: Problem, theta: Numbers, /) -> Array:
    """Empirical objective J_S(θ) = (1/n)Σ_i J_{x_i}(θ), in nats, shape (...).

    Parameters
    ----------
    problem
        The problem.
    theta
        θ, shape (..., d).

    Raises
    ------
    TypeError, ValueError
        As `objective_per_prompt`.

    Examples
    --------
    >>> problem = Problem([[[1.0], [-1.0]]], [[0.5, 0.5]], [2.0], kl_coef=1.0)
    >>> float(objective(problem, [2.0]).round(12))
    1.325002747358
    """
    result: Array = _objective_at(problem, checked_theta(problem, theta)).sum(-1) / problem.n_prompts
    return result


@shared
def _rewards(problem: Problem) -> Array:
    """Return ⟨θ*,φ⟩; nothing is checked, here and below."""
    if (flat := in_blocks(problem, problem.theta_star)) is not None:
        return _blocks.products(replace(flat, relative=False))
    result: Array = (problem.features * problem.theta_star[..., None, None, :]).sum(-1)
    return result


@shared
def _objective_at(problem: Problem, theta: Numbers) -> Array:
    """Return J_x(θ)."""
    if (flat := in_blocks(problem, theta)) is not None:
        return _blocks.objective_per_prompt(flat)
    return _regularised(problem, policy_at(problem, theta), _rewards(problem), kl_to_reference_at(problem, theta))


def _value_under(problem: Problem, rewards: Numbers, probs: Numbers) -> Array:
    return _regularised(problem, probs, rewards, relative_entropy(probs, log_reference(problem)))


def _regularised(problem: Problem, probs: Numbers, rewards: Numbers, divergence: Numbers) -> Array:
    result: Array = (probs * rewards).sum(-1) - problem.kl_coef[..., None] * divergence
    return result


def _checked_policy(problem: Problem, probs: Numbers) -> Numbers:
    if ar.is_wrapped(probs):
        return probs
    array = check.checked_array(probs, "probs", axes=("n", "m"))
    check.check_axis(array, -2, problem.n_prompts, "probs", "n")
    check.check_axis(array, -1, problem.n_actions, "probs", "m")
    check.check_probabilities(array, "probs", positive=False)
    check.broadcast_batches({"probs": array.shape[:-2], "problem": problem.batch_shape})
    return array
