"""Rewards that need not be linear: J^f(π) = E_π[f] − λ·KL(π‖q) for any reward f, and the policy of a reward s(θ)."""

import sympy as sp

from rlhf_symbolic.derivations.generalisation.objective import kl
from rlhf_symbolic.derivations.generalisation.policy import Policy, mean
from rlhf_symbolic.engine.derivation import derive
from rlhf_symbolic.engine.partition import Reward, normaliser, tilted
from rlhf_symbolic.engine.problem import abbreviate, b, f, k, lam, over_actions, p, q, s, theta, x
from rlhf_symbolic.engine.rules import Algebra, Differentiate
from rlhf_symbolic.engine.statement import Statement


def value(policy: Policy) -> sp.Expr:
    """Return the value J^f(π) = E_π[f] − λ·KL(π‖q) at the prompt x of a policy of full support."""
    return mean(policy, _f) - lam * kl(policy, lambda action: q[x, action])


def boltzmann_of(reward: Reward, prompt: sp.Expr, action: sp.Expr) -> sp.Expr:
    """Return the Boltzmann policy q·exp(r/λ)/Σ_b q·exp(r/λ) of a reward, written out."""
    return tilted(reward, prompt, action) / normaliser(reward, prompt)


def _reward_f(prompt: sp.Expr, action: sp.Expr) -> sp.Expr:
    return f[prompt, action]


def _reward_s(prompt: sp.Expr, action: sp.Expr) -> sp.Expr:
    return s(prompt, action, theta[k])


pi_f = abbreviate("pi_f", lambda prompt, action: boltzmann_of(_reward_f, prompt, action))


def _f(action: sp.Expr) -> sp.Expr:
    return _reward_f(x, action)


def _s(action: sp.Expr) -> sp.Expr:
    return _reward_s(x, action)


def _pi_f(action: sp.Expr) -> sp.Expr:
    return pi_f[x, action]


def _pi_s(action: sp.Expr) -> sp.Expr:
    return boltzmann_of(_reward_s, x, action)


def _slope(action: sp.Expr) -> sp.Expr:
    return sp.Derivative(_s(action), theta[k])


def _residual(action: sp.Expr) -> sp.Expr:
    return _f(action) - _s(action)


def _arbitrary(action: sp.Expr) -> sp.Expr:
    return p[x, action]


_A_F, _A_S = sp.log(normaliser(_reward_f, x)), sp.log(normaliser(_reward_s, x))
_TOTAL = over_actions(_arbitrary)
_MEAN_SLOPE = mean(_pi_s, _slope, b)

GAP_GENERAL = Statement(
    "gap-general",
    "J^f(π_f) − J^f(π) = λKL(π‖π_f) for every reward f and every policy π of full support",
    value(_pi_f) - value(_arbitrary),
    lam * kl(_arbitrary, _pi_f),
    (x,),
    hypotheses=((_TOTAL, sp.S.One),),
    assumptions=("q > 0", "λ > 0", "π > 0", "Σ_a π = 1"),
)
NONLINEAR_GRADIENT = Statement(
    "nonlinear-gradient",
    "∇J^f(π_s) = Cov(f − s,∇s)/λ under π_s, for a reward s that depends on θ",
    sp.Derivative(value(_pi_s), theta[k]),
    mean(_pi_s, lambda t: (_residual(t) - mean(_pi_s, _residual, b)) * (_slope(t) - _MEAN_SLOPE)) / lam,
    (x, k),
    assumptions=("q > 0", "λ > 0", "s is differentiable in θ", "free indices lie in their ranges"),
)

DERIVATIONS = (
    derive(
        GAP_GENERAL,
        (
            "log-ratio",
            lam * _A_F * over_actions(_pi_f) - value(_arbitrary),
            "log(π_f/q) = f/λ − A, linearity of Σ",
            Algebra(),
        ),
        ("sum of the policy", lam * _A_F - value(_arbitrary), "Σ_a π_f = 1", Algebra()),
        (
            "collect",
            lam * _A_F - mean(_arbitrary, lambda t: _f(t) + lam * sp.log(q[x, t]) - lam * sp.log(p[x, t])),
            "linearity of Σ, log(s/t) = log s − log t",
            Algebra(),
        ),
        (
            "definition of the policy",
            lam * _A_F - mean(_arbitrary, lambda t: lam * sp.log(_pi_f(t)) + lam * _A_F - lam * sp.log(p[x, t])),
            "λ log π_f = λ log q + f − λA",
            Algebra(),
        ),
        (
            "collect the divergence",
            lam * _A_F - lam * _A_F * _TOTAL + lam * kl(_arbitrary, _pi_f),
            "linearity of Σ, log s − log t = log(s/t)",
            Algebra(),
        ),
        ("normalisation", lam * kl(_arbitrary, _pi_f), "Σ_a π = 1", Algebra(given=GAP_GENERAL.hypotheses)),
    ),
    derive(
        NONLINEAR_GRADIENT,
        (
            "log-ratio",
            sp.Derivative(mean(_pi_s, _residual) + lam * _A_S, theta[k]),
            "log(π_s/q) = s/λ − A, Σ_a π_s = 1",
            Differentiate(),
        ),
        (
            "product rule",
            over_actions(lambda t: sp.Derivative(_pi_s(t), theta[k]) * _residual(t))
            - mean(_pi_s, _slope)
            + lam * sp.Derivative(_A_S, theta[k]),
            "product rule, ∂(f − s) = −∂s",
            Differentiate(),
        ),
        (
            "gradient of A",
            over_actions(lambda t: sp.Derivative(_pi_s(t), theta[k]) * _residual(t)),
            "∂A = E[∂s]/λ",
            Differentiate(),
        ),
        (
            "gradient of the policy",
            mean(_pi_s, lambda t: _residual(t) * (_slope(t) - _MEAN_SLOPE)) / lam,
            "∂π_s = π_s(∂s − E[∂s])/λ",
            Differentiate(),
        ),
        (
            "centre",
            NONLINEAR_GRADIENT.closed_form,
            "Σ_a π_s(∂s − E[∂s]) = 0, so a constant may be subtracted from f − s",
            Algebra(),
        ),
    ),
)
