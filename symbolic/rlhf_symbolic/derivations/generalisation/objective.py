"""The KL-regularised objective J_x(π) = E_π[r*] − λ·KL(π‖q), its optimum and its gap."""

import sympy as sp

from rlhf_symbolic.derivations.generalisation.policy import (
    LOG_RATIO,
    Policy,
    boltzmann,
    boltzmann_x,
    mean,
    pi_star,
    pi_x,
)
from rlhf_symbolic.engine.derivation import derive
from rlhf_symbolic.engine.partition import log_partition
from rlhf_symbolic.engine.problem import b, gap_inner, inner, lam, over_actions, p, q, theta, theta_star, x
from rlhf_symbolic.engine.rules import Algebra, Lemma
from rlhf_symbolic.engine.statement import Statement


def kl(policy: Policy, reference: Policy) -> sp.Expr:
    """Return the divergence KL(π‖q) = Σ_a π·log(π/q) in nats, for policies of full support (Lean: ``RLHF.klDiv``)."""
    return over_actions(lambda s: policy(s) * sp.log(policy(s) / reference(s)))


def objective_of(policy: Policy, prompt: sp.Expr) -> sp.Expr:
    """Return the objective J_x(π) = Σ_a π·⟨θ*,φ⟩ − λ·KL(π‖q) of any policy of full support."""
    reward = mean(policy, lambda s: inner(theta_star, prompt, s))
    return reward - lam * kl(policy, lambda s: q[prompt, s])


def objective(v: sp.IndexedBase, prompt: sp.Expr) -> sp.Expr:
    """Return the objective J_x(v) of the Boltzmann policy π_v, written out."""
    return objective_of(lambda s: boltzmann(v, prompt, s), prompt)


def _arbitrary(action: sp.Expr) -> sp.Expr:
    return p[x, action]


def _optimal(action: sp.Expr) -> sp.Expr:
    return pi_star[x, action]


def _gap(action: sp.Expr) -> sp.Expr:
    return gap_inner(x, action)


def _centred(action: sp.Expr) -> sp.Expr:
    """Y = (⟨u,φ⟩ − E⟨u,φ⟩)/λ."""
    return (_gap(action) - mean(pi_x, _gap, b)) / lam


_A = log_partition(theta, x)
_A_STAR = log_partition(theta_star, x)
_TOTAL = over_actions(_arbitrary)

OBJECTIVE_VALUE = Statement(
    "objective-value",
    "J(θ) = E⟨θ* − θ,φ⟩ + λA(θ)",
    objective(theta, x),
    mean(boltzmann_x, _gap) + lam * _A,
    (x,),
)
OPTIMUM_VALUE = Statement("optimum-value", "J(θ*) = λA(θ*)", objective(theta_star, x), lam * _A_STAR, (x,))
GIBBS = Statement(
    "gibbs-variational",
    "J(π) = λA(θ*) − λKL(π‖π_θ*) for every policy π of full support",
    objective_of(_arbitrary, x),
    lam * _A_STAR - lam * kl(_arbitrary, _optimal),
    (x,),
    hypotheses=((_TOTAL, sp.S.One),),
    assumptions=("q > 0", "λ > 0", "π > 0", "Σ_a π = 1"),
)
GAP = Statement(
    "gap-identity",
    "J(θ*) − J(θ) = λKL(π_θ‖π_θ*) = λ log E exp Y",
    objective(theta_star, x) - objective(theta, x),
    lam * sp.log(mean(pi_x, lambda s: sp.exp(_centred(s)))),
    (x,),
    milestones=(lam * kl(pi_x, _optimal),),
)

_STAR = ((theta, theta_star),)


def _log_ratio(v: sp.IndexedBase, action: sp.Expr) -> sp.Expr:
    return inner(v, x, action) / lam - log_partition(v, x)


DERIVATIONS = (
    derive(
        OBJECTIVE_VALUE,
        (
            "log-ratio",
            mean(boltzmann_x, lambda s: inner(theta_star, x, s))
            - lam * mean(boltzmann_x, lambda s: _log_ratio(theta, s)),
            "log(π/q) = ⟨θ,φ⟩/λ − A",
            Lemma(LOG_RATIO),
        ),
        (
            "linearity",
            mean(boltzmann_x, _gap) + lam * _A * over_actions(boltzmann_x),
            "linearity of Σ",
            Algebra(),
        ),
        ("normalisation", mean(boltzmann_x, _gap) + lam * _A, "Σ_a π = 1", Algebra()),
    ),
    derive(
        OPTIMUM_VALUE,
        (
            "log-ratio",
            mean(
                lambda s: boltzmann(theta_star, x, s),
                lambda s: inner(theta_star, x, s) - lam * _log_ratio(theta_star, s),
            ),
            "log(π*/q) = ⟨θ*,φ⟩/λ − A(θ*)",
            Lemma(LOG_RATIO, _STAR),
        ),
        ("cancel", lam * _A_STAR * over_actions(lambda s: boltzmann(theta_star, x, s)), "linearity of Σ", Algebra()),
        ("normalisation", lam * _A_STAR, "Σ_a π* = 1", Algebra()),
    ),
    derive(
        GIBBS,
        (
            "collect",
            mean(_arbitrary, lambda s: inner(theta_star, x, s) + lam * sp.log(q[x, s]) - lam * sp.log(p[x, s])),
            "linearity of Σ, log(s/t) = log s − log t",
            Algebra(),
        ),
        (
            "definition of the optimal policy",
            mean(_arbitrary, lambda s: lam * sp.log(pi_star[x, s]) + lam * _A_STAR - lam * sp.log(p[x, s])),
            "λ log π* = λ log q + ⟨θ*,φ⟩ − λA(θ*)",
            Algebra(),
        ),
        (
            "collect the divergence",
            lam * _A_STAR * _TOTAL - lam * kl(_arbitrary, _optimal),
            "linearity of Σ, log s − log t = log(s/t)",
            Algebra(),
        ),
        (
            "normalisation",
            lam * _A_STAR - lam * kl(_arbitrary, _optimal),
            "Σ_a π = 1",
            Algebra(given=GIBBS.hypotheses),
        ),
    ),
    derive(
        GAP,
        (
            "value at the optimum",
            lam * _A_STAR - objective(theta, x),
            "J(θ*) = λA(θ*)",
            Lemma(OPTIMUM_VALUE),
        ),
        (
            "value at θ",
            lam * _A_STAR - (mean(boltzmann_x, _gap) + lam * _A),
            "J(θ) = E⟨θ* − θ,φ⟩ + λA(θ)",
            Lemma(OBJECTIVE_VALUE),
        ),
        (
            "one expectation",
            lam * mean(pi_x, lambda s: _log_ratio(theta, s) - _log_ratio(theta_star, s)),
            "Σ_a π = 1, linearity of Σ",
            Algebra(),
        ),
        ("divergence", lam * kl(pi_x, _optimal), "log(π/π*) = log(π/q) − log(π*/q)", Algebra()),
        (
            "log-partition functions",
            lam * (_A_STAR - _A - mean(pi_x, _gap) / lam),
            "log π = log q + ⟨θ,φ⟩/λ − A, Σ_a π = 1",
            Algebra(),
        ),
        (
            "one logarithm",
            lam * sp.log(mean(pi_x, lambda s: sp.exp(_gap(s) / lam)) * sp.exp(-mean(pi_x, _gap) / lam)),
            "Z(θ*)/Z(θ) = E exp(⟨u,φ⟩/λ)",
            Algebra(),
        ),
        (
            "centre",
            lam * sp.log(mean(pi_x, lambda s: sp.exp(_centred(s)))),
            "exp s·exp t = exp(s + t), definition of Y",
            Algebra(),
        ),
    ),
)
