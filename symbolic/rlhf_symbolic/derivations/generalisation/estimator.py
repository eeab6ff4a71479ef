"""Unbiased gradient estimators: the score-function (REINFORCE) form and the two-action (pairwise) form."""

import sympy as sp

from rlhf_symbolic.derivations.generalisation.gradient import GRAD_OBJECTIVE_PROMPT, gap, times
from rlhf_symbolic.derivations.generalisation.objective import objective
from rlhf_symbolic.derivations.generalisation.policy import V, boltzmann_x, mean, pi_x
from rlhf_symbolic.engine.derivation import derive
from rlhf_symbolic.engine.problem import b, inner, k, lam, over_actions, phi, q, theta, theta_star, x
from rlhf_symbolic.engine.rules import Algebra, Differentiate, Lemma
from rlhf_symbolic.engine.statement import Statement


def _log_ratio(action: sp.Expr) -> sp.Expr:
    return sp.log(boltzmann_x(action) / q[x, action])


def _return(action: sp.Expr) -> sp.Expr:
    """Regularised return r* − λ log(π/q)."""
    return inner(theta_star, x, action) - lam * _log_ratio(action)


def _score(action: sp.Expr) -> sp.Expr:
    return sp.Derivative(sp.log(boltzmann_x(action)), theta[k])


def _pair(one: sp.Expr, other: sp.Expr) -> sp.Expr:
    """Estimate δ_k·⟨δ,u⟩/(2λ) from two actions, δ = φ(x,a) − φ(x,b)."""
    return _difference(k, one, other) * times(lambda s: _difference(s, one, other), gap) / (2 * lam)


def _difference(index: sp.Expr, one: sp.Expr, other: sp.Expr) -> sp.Expr:
    return phi[x, one, index] - phi[x, other, index]


_GRADIENT = sp.Derivative(objective(theta, x), theta[k])
_CLOSED = times(lambda s: V[x, k, s], gap) / lam

SCORE_IDENTITY = Statement(
    "score-identity",
    "∇J = E[∇log π·(r* − λ log(π/q))]",
    _GRADIENT,
    mean(boltzmann_x, lambda s: _score(s) * _return(s)),
    (x, k),
)
PAIRWISE = Statement(
    "pairwise-estimator",
    "E[δ⟨δ,θ* − θ⟩/(2λ)] = ∇J for two independent actions",
    mean(pi_x, lambda s: mean(pi_x, lambda t: _pair(s, t), b)),
    _GRADIENT,
    (x, k),
    milestones=(_CLOSED,),
)

DERIVATIONS = (
    derive(
        SCORE_IDENTITY,
        (
            "product rule",
            over_actions(lambda s: sp.Derivative(boltzmann_x(s), theta[k]) * _return(s))
            - lam * mean(boltzmann_x, _score),
            "product rule, ∂log(π/q) = ∂log π",
            Differentiate(),
        ),
        (
            "log-derivative",
            mean(boltzmann_x, lambda s: _score(s) * _return(s)) - lam * mean(boltzmann_x, _score),
            "∂π = π·∂log π",
            Differentiate(),
        ),
        (
            "the score is centred",
            mean(boltzmann_x, lambda s: _score(s) * _return(s)),
            "Σ_a π·∂log π = ∂Σ_a π = 0",
            Differentiate(),
        ),
    ),
    derive(
        PAIRWISE,
        (
            "expand the square",
            (
                mean(pi_x, lambda s: phi[x, s, k] * times(lambda t: phi[x, s, t], gap))
                - mean(pi_x, lambda s: phi[x, s, k]) * mean(pi_x, lambda s: times(lambda t: phi[x, s, t], gap))
            )
            / lam,
            "bilinearity, Σ_a π = Σ_b π = 1",
            Algebra(),
        ),
        ("covariance", _CLOSED, "definition of V", Algebra()),
        ("gradient", _GRADIENT, "∂J = V(θ* − θ)/λ", Lemma(GRAD_OBJECTIVE_PROMPT)),
    ),
)
