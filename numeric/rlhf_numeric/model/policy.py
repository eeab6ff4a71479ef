"""The Boltzmann policy π_θ ∝ q·exp(⟨θ,φ⟩/λ), its log-partition function, and KL divergences; π_r for any reward r.

Stability: scores are taken relative to the first action, ⟨θ, φ(x,a) − φ(x,a₀)⟩/λ, and then shifted by their maximum.
Neither changes π_θ; a common offset of the features costs no digits, and equal features give exactly equal scores.
"""

from rlhf_numeric.arithmetic import kinds as ar
from rlhf_numeric.arithmetic.kinds import Array, Numbers
from rlhf_numeric.model import validation as check
from rlhf_numeric.model.problem import Problem, checked_theta, in_blocks, of_problem
from rlhf_numeric.model.sharing import shared
from rlhf_numeric.parallel import blocks as _blocks


@shared
@of_problem
def log_policy(problem: Problem, theta: Numbers, /) -> Array:
    """Log-probabilities of the Boltzmann policy.

    ``log π_θ(a|x) = log q + ⟨θ,φ⟩/λ − A_x(θ)``. Lean: ``RLHF.log_ratio``.

    Parameters
    ----------
    problem
        The problem.
    theta
        θ, shape (..., d).

    Returns
    -------
    Array
        Nats, ≤ 0, shape (..., n, m).

    Raises
    ------
    TypeError, ValueError
        If ``theta`` is not a finite float vector of the problem's dimension.

    Examples
    --------
    >>> problem = Problem([[[0.0], [0.0]]], [[0.25, 0.75]], [1.0], kl_coef=1.0)
    >>> log_policy(problem, [7.0]).round(4).tolist()
    [[-1.3863, -0.2877]]
    """
    return log_policy_at(problem, checked_theta(problem, theta))


@shared
@of_problem
def policy(problem: Problem, theta: Numbers, /) -> Array:
    """Probabilities of the Boltzmann policy π_θ(a|x) = q·exp(⟨θ,φ⟩/λ) / Z_x(θ).

    Lean: ``RLHF.boltzmann_normalised``.

    Parameters
    ----------
    problem
        The problem.
    theta
        θ, shape (..., d).

    Returns
    -------
    Array
        Probabilities in [0, 1] (> 0 on paper; a tiny one may round to 0), shape (..., n, m).

    Raises
    ------
    TypeError, ValueError
        As `log_policy`.

    Examples
    --------
    >>> problem = Problem([[[1.0], [-1.0]]], [[0.5, 0.5]], [1.0], kl_coef=1e-6)
    >>> policy(problem, [1.0]).tolist()
    [[1.0, 0.0]]
    """
    return policy_at(problem, checked_theta(problem, theta))


@shared
@of_problem
def log_partition(problem: Problem, theta: Numbers, /) -> Array:
    """Log-partition function A_x(θ) = log Σ_a q·exp(⟨θ,φ⟩/λ).

    Lean: ``RLHF.grad_log_partition`` for its derivative.

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
        As `log_policy`.

    Examples
    --------
    >>> problem = Problem([[[3.0], [3.0]]], [[0.5, 0.5]], [1.0], kl_coef=0.5)
    >>> log_partition(problem, [1.0]).round(12).tolist()
    [6.0]
    """
    theta = checked_theta(problem, theta)
    first = (problem.features[..., 0, :] * theta[..., None, :]).sum(-1) / problem.kl_coef[..., None]
    result: Array = first + ar.log_sum_exp(_log_reference(problem) + _scores_at(problem, theta))
    return result


def kl_divergence(p: Numbers, q: Numbers, /) -> Array:
    """Relative entropy KL(p‖q) = Σ_a p·log(p/q), with 0·log 0 = 0.

    Lean: ``RLHF.kl_nonneg``.

    Parameters
    ----------
    p
        Probabilities ≥ 0, shape (..., m).
    q
        Probabilities > 0, shape (..., m).

    Returns
    -------
    Array
        Nats, ≥ 0 on paper (rounding may give −1e-16), shape (...).

    Raises
    ------
    TypeError, ValueError
        If either is not an array of probabilities as above.

    Examples
    --------
    >>> float(kl_divergence([1.0, 0.0], [0.5, 0.5]).round(12))
    0.69314718056
    """
    p, q = _checked_probs(p, "p", positive=False), _checked_probs(q, "q", positive=True)
    if p.shape[-1] != q.shape[-1]:
        raise ValueError(f"p, q: expected the same number of actions, got shapes {p.shape} and {q.shape}")
    return relative_entropy(p, ar.log(q))


@shared
@of_problem
def kl_to_reference(problem: Problem, theta: Numbers, /) -> Array:
    """KL(π_θ‖q) at each prompt, in nats, shape (..., n).

    Parameters
    ----------
    problem
        The problem.
    theta
        θ, shape (..., d).

    Raises
    ------
    TypeError, ValueError
        As `log_policy`.

    Examples
    --------
    >>> problem = Problem([[[1.0], [-1.0]]], [[0.5, 0.5]], [1.0], kl_coef=1e-6)
    >>> kl_to_reference(problem, [1.0]).round(12).tolist()
    [0.69314718056]
    """
    return kl_to_reference_at(problem, checked_theta(problem, theta))


@shared
@of_problem
def kl_to_optimum(problem: Problem, theta: Numbers, /) -> Array:
    """KL(π_θ‖π_θ*) at each prompt, in nats, shape (..., n). Lean: ``RLHF.gap_identity``.

    Parameters
    ----------
    problem
        The problem.
    theta
        θ, shape (..., d).

    Raises
    ------
    TypeError, ValueError
        As `log_policy`.

    Examples
    --------
    >>> problem = Problem([[[1.0], [-1.0]]], [[0.5, 0.5]], [1.0], kl_coef=1.0)
    >>> kl_to_optimum(problem, [1.0]).tolist()
    [0.0]
    """
    theta = checked_theta(problem, theta)
    if (flat := in_blocks(problem, theta)) is not None:
        return _blocks.kl_to_optimum(flat)
    log_probs = log_policy_at(problem, theta)
    result: Array = (ar.exp(log_probs) * (log_probs - log_policy_at(problem, problem.theta_star))).sum(-1)
    return result


def relative_entropy(probs: Array, log_reference: Array, /) -> Array:
    """KL(p‖q) from p, which may hold zeros, and log q; shapes (..., m) to (...), unchecked."""
    result: Array = (probs * (ar.log_where_positive(probs) - log_reference)).sum(-1)
    return result


@of_problem
def log_boltzmann(problem: Problem, rewards: Numbers, /) -> Array:
    """Log-probabilities of the Boltzmann policy π_r ∝ q·exp(r/λ) of any reward r, shapes (..., n, m).

    `log_policy` is the case r = ⟨θ,φ⟩, from the features. Lean: ``RLHF.Setting.boltzmann``.

    Examples
    --------
    >>> import numpy as np
    >>> problem = Problem([[[0.0], [0.0]]], [[0.25, 0.75]], [1.0], kl_coef=1.0)
    >>> log_boltzmann(problem, np.log([[3.0, 1.0]])).round(4).tolist()
    [[-0.6931, -0.6931]]
    """
    return log_tilted(problem, relative_rewards(problem, rewards))


def log_tilted(problem: Problem, scores: Numbers, /) -> Array:
    """Return log q + s − log Σ_b q·exp(s), in nats, of scores s relative to the first action; shapes (..., n, m)."""
    result: Array = ar.log_softmax(_log_reference(problem) + scores)
    return result


def kl_of_tilted(problem: Problem, probs: Numbers, scores: Numbers, /) -> Array:
    """KL(π‖q), shape (..., n), of the probabilities π of `log_tilted` of the scores, shapes (..., n, m)."""
    scores = scores - ar.shift(scores)
    log_ratio = scores - ar.log_sum_exp(_log_reference(problem) + scores)[..., None]
    result: Array = (probs * log_ratio).sum(-1)
    return result


@shared
@of_problem
def log_reference(problem: Problem, /) -> Array:
    """Log-probabilities log q of the reference policy, in nats, shape (..., n, m)."""
    return _log_reference(problem)


@shared
@of_problem
def relative_scores(problem: Problem, theta: Numbers, /) -> Array:
    """Scores relative to the first action, ⟨θ, φ(x,a) − φ(x,a₀)⟩/λ, in nats, shape (..., n, m)."""
    return _scores_at(problem, checked_theta(problem, theta))


def relative_rewards(problem: Problem, rewards: Numbers, /) -> Array:
    """Scores of any reward relative to the first action, (r(x,a) − r(x,a₀))/λ, in nats, shapes (..., n, m)."""
    result: Array = (rewards - rewards[..., :1]) / problem.kl_coef[..., None, None]
    return result


@shared
@of_problem
def relative_features(problem: Problem, /) -> Array:
    """Features relative to the first action, φ(x,a) − φ(x,a₀), shape (..., n, m, d)."""
    return _relative_features(problem)


# The formulas, of a problem and a θ that were checked, or are enclosures.


@shared
def policy_at(problem: Problem, theta: Numbers, /) -> Array:
    """Compute `policy`, unchecked."""
    return ar.exp(log_policy_at(problem, theta))


@shared
def log_policy_at(problem: Problem, theta: Numbers, /) -> Array:
    """Compute `log_policy`, unchecked."""
    return log_tilted(problem, _scores_at(problem, theta))


@shared
def kl_to_reference_at(problem: Problem, theta: Numbers, /) -> Array:
    """Compute `kl_to_reference`, unchecked."""
    return kl_of_tilted(problem, policy_at(problem, theta), _scores_at(problem, theta))


@shared
def _scores_at(problem: Problem, theta: Numbers, /) -> Array:
    if (flat := in_blocks(problem, theta)) is not None:
        products = _blocks.products(flat)
        scores: Array = (products - products[..., :1]) / problem.kl_coef[..., None, None]
    else:
        products = (_relative_features(problem) * theta[..., None, None, :]).sum(-1)
        scores = products / problem.kl_coef[..., None, None]
    check.check_range(scores)  # a score of −∞ would be taken for an action that never occurs
    return scores


@shared
def _log_reference(problem: Problem, /) -> Array:
    return ar.log(problem.ref_probs)


@shared
def _relative_features(problem: Problem, /) -> Array:
    return problem.features - problem.features[..., :1, :]


def _checked_probs(probs: Numbers, name: str, *, positive: bool) -> Numbers:
    if ar.is_wrapped(probs):
        return probs
    array = check.checked_array(probs, name, axes=("m",))
    check.check_probabilities(array, name, positive=positive)
    return array
