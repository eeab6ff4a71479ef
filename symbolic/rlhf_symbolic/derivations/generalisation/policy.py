"""The Boltzmann policy π_θ ∝ q·exp(⟨θ,φ⟩/λ), its log-partition function, mean and covariance of the features."""

from collections.abc import Callable

import sympy as sp

from rlhf_symbolic.engine.derivation import derive
from rlhf_symbolic.engine.partition import log_partition, partition, weight
from rlhf_symbolic.engine.problem import (
    a,
    abbreviate,
    b,
    f,
    inner,
    k,
    l,
    lam,
    over_actions,
    phi,
    q,
    theta,
    theta_star,
    x,
)
from rlhf_symbolic.engine.rules import Algebra, Differentiate, Lemma
from rlhf_symbolic.engine.statement import Statement

Policy = Callable[[sp.Expr], sp.Expr]


def boltzmann(v: sp.IndexedBase, prompt: sp.Expr, action: sp.Expr) -> sp.Expr:
    """Return the Boltzmann policy π_v(a|x), written out."""
    return weight(v, prompt, action) / partition(v, prompt)


def mean(policy: Policy, value: Callable[[sp.Expr], sp.Expr], index: sp.Symbol = a) -> sp.Expr:
    """Return the expectation E_π[value] = Σ_a π(a)·value(a)."""
    return over_actions(lambda action: policy(action) * value(action), index)


pi = abbreviate("pi", lambda prompt, action: boltzmann(theta, prompt, action))
pi_star = abbreviate("pi_star", lambda prompt, action: boltzmann(theta_star, prompt, action))
mu = abbreviate("mu", lambda prompt, index: mean(lambda s: pi[prompt, s], lambda s: phi[prompt, s, index], b))
V = abbreviate(
    "V",
    lambda prompt, row, column: mean(
        lambda s: pi[prompt, s],
        lambda s: (phi[prompt, s, row] - mu[prompt, row]) * (phi[prompt, s, column] - mu[prompt, column]),
    ),
)


def pi_x(action: sp.Expr) -> sp.Expr:
    """Return π_θ(a|x) at the free prompt x, abbreviated."""
    return pi[x, action]


def boltzmann_x(action: sp.Expr) -> sp.Expr:
    """Return π_θ(a|x) at the free prompt x, written out (for use inside a derivative)."""
    return boltzmann(theta, x, action)


def feature(index: sp.Expr) -> Callable[[sp.Expr], sp.Expr]:
    """Return the coordinate φ(x,·)_k."""
    return lambda action: phi[x, action, index]


def deviation(index: sp.Expr) -> Callable[[sp.Expr], sp.Expr]:
    """Return the centred coordinate φ(x,·)_k − μ_k."""
    return lambda action: phi[x, action, index] - mu[x, index]


_Z = partition(theta, x)
_A = log_partition(theta, x)
_RATIO = sp.log(boltzmann(theta, x, a) / q[x, a])

NORMALISED = Statement("boltzmann-normalised", "Σ_a π_θ(a|x) = 1", over_actions(boltzmann_x), sp.S.One, (x,))
LOG_RATIO = Statement(
    "log-ratio", "log(π_θ/q) = ⟨θ,φ⟩/λ − A", _RATIO, inner(theta, x, a) / lam - log_partition(theta, x), (x, a)
)
IMPLICIT_REWARD = Statement(
    "implicit-reward", "λ log(π_θ/q) + λA = ⟨θ,φ⟩ (DPO)", lam * _RATIO + lam * _A, inner(theta, x, a), (x, a)
)
GRAD_LOG_PARTITION = Statement("grad-log-partition", "∇A = E[φ]/λ", sp.Derivative(_A, theta[k]), mu[x, k] / lam, (x, k))
DPO_REWARD = Statement(
    "dpo-reward",
    "λ log(π_θ*/q) + λA(θ*) = r*: the optimal policy reveals the reward (DPO)",
    (lam * _RATIO + lam * _A).xreplace({theta: theta_star}),
    inner(theta_star, x, a),
    (x, a),
)
SCORE = Statement(
    "score",
    "∇log π_θ(a) = (φ − E[φ])/λ",
    sp.Derivative(sp.log(boltzmann_x(a)), theta[k]),
    (phi[x, a, k] - mu[x, k]) / lam,
    (x, a, k),
)
GRAD_POLICY = Statement(
    "grad-policy",
    "∇π_θ(a) = π_θ(a)(φ − E[φ])/λ",
    sp.Derivative(boltzmann_x(a), theta[k]),
    pi[x, a] * (phi[x, a, k] - mu[x, k]) / lam,
    (x, a, k),
)
GRAD_EXPECTATION = Statement(
    "grad-expectation",
    "∇E[f] = Cov(f,φ)/λ",
    sp.Derivative(over_actions(lambda s: boltzmann_x(s) * f[x, s]), theta[k]),
    mean(pi_x, lambda s: (f[x, s] - mean(pi_x, lambda t: f[x, t], b)) * deviation(k)(s)) / lam,
    (x, k),
)
HESS_LOG_PARTITION = Statement(
    "hess-log-partition", "∇²A = V/λ²", sp.Derivative(_A, theta[k], theta[l]), V[x, k, l] / lam**2, (x, k, l)
)


def _score_of(action: sp.Expr, index: sp.Expr) -> sp.Expr:
    return (phi[x, action, index] - mu[x, index]) / lam


_STAR = ((theta, theta_star),)

DERIVATIONS = (
    derive(
        NORMALISED,
        ("factor out 1/Z", over_actions(lambda s: weight(theta, x, s)) / _Z, "linearity of Σ", Algebra()),
        ("definition of Z", sp.S.One, "definition of Z", Algebra()),
    ),
    derive(
        LOG_RATIO,
        (
            "log of a quotient",
            sp.log(weight(theta, x, a)) - sp.log(q[x, a]) - _A,
            "log(s/t) = log s − log t",
            Algebra(),
        ),
        ("log of the weight", inner(theta, x, a) / lam - _A, "log(q·exp t) = log q + t", Algebra()),
    ),
    derive(
        IMPLICIT_REWARD,
        ("log-ratio", lam * (inner(theta, x, a) / lam - _A) + lam * _A, "log(π/q) = ⟨θ,φ⟩/λ − A", Lemma(LOG_RATIO)),
        ("cancel", inner(theta, x, a), "λA − λA = 0", Algebra()),
    ),
    derive(
        DPO_REWARD,
        ("at the optimum", inner(theta_star, x, a), "λ log(π/q) + λA = ⟨θ,φ⟩", Lemma(IMPLICIT_REWARD, _STAR)),
    ),
    derive(
        GRAD_LOG_PARTITION,
        ("chain rule", sp.Derivative(_Z, theta[k]) / _Z, "∂log Z = ∂Z/Z", Differentiate()),
        (
            "derivative of Z",
            over_actions(lambda s: weight(theta, x, s) * phi[x, s, k] / lam) / _Z,
            "∂exp(⟨θ,φ⟩/λ) = exp(⟨θ,φ⟩/λ)·φ/λ, and Σ over j of δ selects k",
            Differentiate(),
        ),
        ("definition of the policy", mean(pi_x, feature(k)) / lam, "definition of π", Algebra()),
        ("definition of the mean", mu[x, k] / lam, "definition of μ", Algebra()),
    ),
    derive(
        SCORE,
        (
            "log of the policy",
            sp.Derivative(inner(theta, x, a) / lam, theta[k]) - sp.Derivative(_A, theta[k]),
            "log π = log q + ⟨θ,φ⟩/λ − A, and q does not depend on θ",
            Differentiate(),
        ),
        ("linear term", phi[x, a, k] / lam - sp.Derivative(_A, theta[k]), "∂⟨θ,φ⟩ = φ", Differentiate()),
        ("gradient of A", phi[x, a, k] / lam - mu[x, k] / lam, "∂A = μ/λ", Lemma(GRAD_LOG_PARTITION)),
        ("collect", (phi[x, a, k] - mu[x, k]) / lam, "common factor 1/λ", Algebra()),
    ),
    derive(
        GRAD_POLICY,
        (
            "log-derivative",
            boltzmann_x(a) * sp.Derivative(sp.log(boltzmann_x(a)), theta[k]),
            "∂π = π·∂log π",
            Differentiate(),
        ),
        ("score", pi[x, a] * (phi[x, a, k] - mu[x, k]) / lam, "∂log π = (φ − μ)/λ", Lemma(SCORE)),
    ),
    derive(
        GRAD_EXPECTATION,
        (
            "linearity",
            over_actions(lambda s: sp.Derivative(boltzmann_x(s), theta[k]) * f[x, s]),
            "linearity of ∂",
            Differentiate(),
        ),
        (
            "gradient of the policy",
            mean(pi_x, lambda s: f[x, s] * (phi[x, s, k] - mu[x, k]) / lam),
            "∂π = π(φ − μ)/λ",
            Lemma(GRAD_POLICY),
        ),
        (
            "centre",
            mean(pi_x, lambda s: (f[x, s] - mean(pi_x, lambda t: f[x, t], b)) * (phi[x, s, k] - mu[x, k])) / lam,
            "Σ_a π(φ − μ) = 0, so a constant may be subtracted from f",
            Algebra(),
        ),
    ),
    derive(
        HESS_LOG_PARTITION,
        ("first derivative", sp.Derivative(mean(boltzmann_x, feature(k)) / lam, theta[l]), "∂A = μ/λ", Differentiate()),
        (
            "linearity",
            over_actions(lambda s: sp.Derivative(boltzmann_x(s), theta[l]) * phi[x, s, k]) / lam,
            "linearity of ∂",
            Differentiate(),
        ),
        (
            "gradient of the policy",
            mean(pi_x, lambda s: _score_of(s, l) * phi[x, s, k]) / lam,
            "∂π = π(φ − μ)/λ",
            Lemma(GRAD_POLICY, ((k, l),)),
        ),
        ("centre", V[x, k, l] / lam**2, "Σ_a π(φ − μ) = 0, definition of V", Algebra()),
    ),
)
