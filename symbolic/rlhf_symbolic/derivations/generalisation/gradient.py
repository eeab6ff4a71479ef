"""Gradients and the Hessian of the objective: ∇J_x = V_x(θ)(θ* − θ)/λ and ∇J_S = V_S(θ)(θ* − θ)/λ."""

from collections.abc import Callable

import sympy as sp

from rlhf_symbolic.derivations.generalisation.objective import OBJECTIVE_VALUE, kl, objective
from rlhf_symbolic.derivations.generalisation.policy import (
    GRAD_LOG_PARTITION,
    GRAD_POLICY,
    LOG_RATIO,
    V,
    boltzmann_x,
    deviation,
    feature,
    mean,
    pi,
    pi_x,
)
from rlhf_symbolic.engine.derivation import derive
from rlhf_symbolic.engine.partition import log_partition
from rlhf_symbolic.engine.problem import (
    abbreviate,
    b,
    d,
    gap_inner,
    i,
    inner,
    k,
    l,
    lam,
    n,
    over_actions,
    q,
    r,
    theta,
    theta_star,
    unfold,
    x,
)
from rlhf_symbolic.engine.rules import Algebra, Differentiate, Lemma
from rlhf_symbolic.engine.statement import Statement


def times(matrix: Callable[[sp.Expr], sp.Expr], vector: Callable[[sp.Expr], sp.Expr]) -> sp.Expr:
    """Return one row of a matrix times a vector, Σ_r matrix(r)·vector(r)."""
    return sp.Sum(matrix(r) * vector(r), (r, 1, d))


def over_sample(term: Callable[[sp.Expr], sp.Expr]) -> sp.Expr:
    """Return the average (1/n)·Σ_i term(i) over the prompts of the sample."""
    return sp.Sum(term(i), (i, 1, n)) / n


V_S = abbreviate("VS", lambda row, column: over_sample(lambda s: V[s, row, column]))


def gap(index: sp.Expr) -> sp.Expr:
    """Return the coordinate of u = θ* − θ."""
    return theta_star[index] - theta[index]


def _row(index: sp.Expr) -> Callable[[sp.Expr], sp.Expr]:
    return lambda column: V[x, index, column]


def _third(*indices: sp.Expr) -> sp.Expr:
    """Third central moment E[(φ_k − μ_k)(φ_l − μ_l)(φ_r − μ_r)]."""
    return mean(pi_x, lambda s: sp.Mul(*(deviation(index)(s) for index in indices)))


def _grad_policy(index: sp.Expr) -> Callable[[sp.Expr], sp.Expr]:
    return lambda action: sp.Derivative(boltzmann_x(action), theta[index])


def _scored(index: sp.Expr, value: Callable[[sp.Expr], sp.Expr]) -> sp.Expr:
    """Σ_a π·(φ_k − μ_k)/λ·value(a)."""
    return mean(pi_x, lambda s: deviation(index)(s) / lam * value(s))


_A = log_partition(theta, x)
_J = objective(theta, x)
_J_S = over_sample(lambda s: objective(theta, s))
_KL = kl(boltzmann_x, lambda s: q[x, s])
_ENTROPY = -mean(boltzmann_x, lambda s: sp.log(boltzmann_x(s)))
_COVARIANCE = unfold(V[x, k, r])


def _gap_x(action: sp.Expr) -> sp.Expr:
    return gap_inner(x, action)


def _inner_x(action: sp.Expr) -> sp.Expr:
    return inner(theta, x, action)


def _log_q(action: sp.Expr) -> sp.Expr:
    return sp.log(q[x, action])


GRAD_COVARIANCE = Statement(
    "grad-covariance",
    "∂_l V_kr = E[(φ_k − μ_k)(φ_r − μ_r)(φ_l − μ_l)]/λ",
    sp.Derivative(_COVARIANCE, theta[l]),
    _third(k, r, l) / lam,
    (x, k, r, l),
)
KL_GRADIENT = Statement(
    "kl-gradient",
    "∇KL(π_θ‖q) = Vθ/λ²",
    sp.Derivative(_KL, theta[k]),
    times(_row(k), lambda s: theta[s]) / lam**2,
    (x, k),
)
ENTROPY_GRADIENT = Statement(
    "entropy-gradient",
    "∇H(π_θ) = −Vθ/λ² − Cov(log q,φ)/λ",
    sp.Derivative(_ENTROPY, theta[k]),
    -times(_row(k), lambda s: theta[s]) / lam**2 - mean(pi_x, lambda s: deviation(k)(s) * _log_q(s)) / lam,
    (x, k),
)
GRAD_OBJECTIVE_PROMPT = Statement(
    "grad-objective-prompt",
    "∇J_x = V_x(θ* − θ)/λ",
    sp.Derivative(_J, theta[k]),
    times(_row(k), gap) / lam,
    (x, k),
)
GRAD_OBJECTIVE = Statement(
    "grad-objective",
    "∇J_S = V_S(θ* − θ)/λ",
    sp.Derivative(_J_S, theta[k]),
    times(lambda s: V_S[k, s], gap) / lam,
    (k,),
    sampled=True,
)
ALIGNMENT = Statement(
    "gradient-alignment",
    "⟨∇J_S,θ* − θ⟩ = (1/λ)·mean of Var⟨θ* − θ,φ⟩",
    sp.Sum(sp.Derivative(_J_S, theta[k]) * gap(k), (k, 1, d)),
    over_sample(
        lambda s: over_actions(
            lambda t: pi[s, t] * (gap_inner(s, t) - over_actions(lambda o: pi[s, o] * gap_inner(s, o), b)) ** 2
        )
    )
    / lam,
    sampled=True,
)
HESS_OBJECTIVE = Statement(
    "hess-objective",
    "∇²J_x = E[(φ − μ)(φ − μ)⟨θ* − θ,φ − μ⟩]/λ² − V/λ",
    sp.Derivative(_J, theta[k], theta[l]),
    mean(pi_x, lambda s: deviation(k)(s) * deviation(l)(s) * times(lambda t: deviation(t)(s), gap)) / lam**2
    - V[x, k, l] / lam,
    (x, k, l),
)

_NEGATIVE_COVARIANCE = -times(_row(k), lambda s: theta[s]) / lam**2

DERIVATIONS = (
    derive(
        KL_GRADIENT,
        (
            "log-ratio",
            sp.Derivative(mean(boltzmann_x, lambda s: _inner_x(s) / lam - _A), theta[k]),
            "log(π/q) = ⟨θ,φ⟩/λ − A",
            Lemma(LOG_RATIO),
        ),
        (
            "product rule",
            over_actions(lambda s: _grad_policy(k)(s) * _inner_x(s)) / lam
            + mean(boltzmann_x, feature(k)) / lam
            - sp.Derivative(_A, theta[k]),
            "product rule, Σ_a π = 1",
            Differentiate(),
        ),
        (
            "gradient of A",
            over_actions(lambda s: _grad_policy(k)(s) * _inner_x(s)) / lam,
            "∂A = μ/λ",
            Lemma(GRAD_LOG_PARTITION),
        ),
        ("gradient of the policy", _scored(k, _inner_x) / lam, "∂π = π(φ − μ)/λ", Lemma(GRAD_POLICY)),
        ("centre", times(_row(k), lambda s: theta[s]) / lam**2, "Σ_a π(φ − μ) = 0, definition of V", Algebra()),
    ),
    derive(
        ENTROPY_GRADIENT,
        (
            "split",
            -sp.Derivative(_KL, theta[k]) - sp.Derivative(mean(boltzmann_x, _log_q), theta[k]),
            "log π = log(π/q) + log q",
            Differentiate(),
        ),
        (
            "gradient of the divergence",
            _NEGATIVE_COVARIANCE - sp.Derivative(mean(boltzmann_x, _log_q), theta[k]),
            "∂KL = Vθ/λ²",
            Lemma(KL_GRADIENT),
        ),
        (
            "linearity",
            _NEGATIVE_COVARIANCE - over_actions(lambda s: _grad_policy(k)(s) * _log_q(s)),
            "linearity of ∂",
            Differentiate(),
        ),
        (
            "gradient of the policy",
            _NEGATIVE_COVARIANCE - mean(pi_x, lambda s: deviation(k)(s) * _log_q(s)) / lam,
            "∂π = π(φ − μ)/λ",
            Lemma(GRAD_POLICY),
        ),
    ),
    derive(
        GRAD_OBJECTIVE_PROMPT,
        (
            "value",
            sp.Derivative(mean(boltzmann_x, _gap_x) + lam * _A, theta[k]),
            "J = E⟨θ* − θ,φ⟩ + λA",
            Lemma(OBJECTIVE_VALUE),
        ),
        (
            "product rule",
            over_actions(lambda s: _grad_policy(k)(s) * _gap_x(s))
            - mean(boltzmann_x, feature(k))
            + lam * sp.Derivative(_A, theta[k]),
            "product rule, ∂⟨θ* − θ,φ⟩ = −φ",
            Differentiate(),
        ),
        (
            "gradient of A",
            over_actions(lambda s: _grad_policy(k)(s) * _gap_x(s)),
            "∂A = μ/λ",
            Lemma(GRAD_LOG_PARTITION),
        ),
        ("gradient of the policy", _scored(k, _gap_x), "∂π = π(φ − μ)/λ", Lemma(GRAD_POLICY)),
        ("centre", times(_row(k), gap) / lam, "Σ_a π(φ − μ) = 0, definition of V", Algebra()),
    ),
    derive(
        GRAD_OBJECTIVE,
        (
            "linearity",
            over_sample(lambda s: sp.Derivative(objective(theta, s), theta[k])),
            "linearity of ∂",
            Differentiate(),
        ),
        (
            "each prompt",
            over_sample(lambda s: times(lambda t: V[s, k, t], gap) / lam),
            "∂J_x = V_x(θ* − θ)/λ",
            Lemma(GRAD_OBJECTIVE_PROMPT, ((x, i),)),
        ),
        ("definition of V_S", times(lambda s: V_S[k, s], gap) / lam, "Σ_i Σ_r = Σ_r Σ_i, definition of V_S", Algebra()),
    ),
    derive(
        ALIGNMENT,
        (
            "gradient",
            sp.Sum(times(lambda s: V_S[k, s], gap) / lam * gap(k), (k, 1, d)),
            "∂J_S = V_S(θ* − θ)/λ",
            Lemma(GRAD_OBJECTIVE),
        ),
        ("quadratic form", ALIGNMENT.closed_form, "⟨Vu,u⟩ = Var⟨u,φ⟩", Algebra()),
    ),
    derive(
        GRAD_COVARIANCE,
        (
            "product rule",
            over_actions(lambda s: _grad_policy(l)(s) * unfold(deviation(k)(s) * deviation(r)(s))),
            "product rule; the terms with ∂μ vanish because Σ_a π(φ − μ) = 0",
            Differentiate(),
        ),
        ("gradient of the policy", _third(k, r, l) / lam, "∂π = π(φ − μ)/λ", Lemma(GRAD_POLICY, ((k, l),))),
    ),
    derive(
        HESS_OBJECTIVE,
        (
            "gradient",
            sp.Derivative(unfold(times(_row(k), gap) / lam), theta[l]),
            "∂J_x = V(θ* − θ)/λ",
            Lemma(GRAD_OBJECTIVE_PROMPT),
        ),
        (
            "product rule",
            times(lambda _: sp.Derivative(_COVARIANCE, theta[l]), gap) / lam - V[x, k, l] / lam,
            "product rule, ∂(θ* − θ) selects −V_kl",
            Differentiate(),
        ),
        (
            "gradient of the covariance",
            times(lambda s: _third(k, s, l) / lam, gap) / lam - V[x, k, l] / lam,
            "∂V is the third central moment over λ",
            Lemma(GRAD_COVARIANCE),
        ),
        (
            "sum over the coordinate",
            HESS_OBJECTIVE.closed_form,
            "Σ_r Σ_a = Σ_a Σ_r",
            Algebra(),
        ),
    ),
)
