"""What a wrong reward costs: gaps under a true reward r of policies, among them the one tuned on a learned reward s.

Here r = ⟨θ*,φ⟩ and s = ⟨θ,φ⟩, and r − s = ⟨u,φ⟩: any two rewards are of this form, with a feature for each action.
"""

import sympy as sp

from rlhf_symbolic.derivations.generalisation.objective import OPTIMUM_VALUE, kl, objective, objective_of
from rlhf_symbolic.derivations.generalisation.policy import Policy, boltzmann, boltzmann_x, mean, pi_star, pi_x
from rlhf_symbolic.engine.derivation import derive
from rlhf_symbolic.engine.partition import log_partition
from rlhf_symbolic.engine.problem import b, gap_inner, inner, lam, over_actions, p, q, theta, theta_star, x
from rlhf_symbolic.engine.rules import Algebra, Lemma
from rlhf_symbolic.engine.statement import Statement


def _error(action: sp.Expr) -> sp.Expr:
    return gap_inner(x, action)


def _best(action: sp.Expr) -> sp.Expr:
    return boltzmann(theta_star, x, action)


def _optimal(action: sp.Expr) -> sp.Expr:
    return pi_star[x, action]


def _arbitrary(action: sp.Expr) -> sp.Expr:
    return p[x, action]


def _learned_value(policy: Policy) -> sp.Expr:
    """J^s(π), the value under the learned reward."""
    return mean(policy, lambda t: inner(theta, x, t)) - lam * kl(policy, lambda t: q[x, t])


def _scaled_error(action: sp.Expr) -> sp.Expr:
    """Y = (⟨u,φ⟩ − E⟨u,φ⟩)/λ."""
    return (_error(action) - mean(pi_x, _error, b)) / lam


_A, _A_STAR = log_partition(theta, x), log_partition(theta_star, x)
_LOG_MOMENT = lam * sp.log(mean(pi_x, lambda t: sp.exp(_scaled_error(t))))
_MOMENT = lam * sp.log(mean(pi_x, lambda t: sp.exp(_error(t) / lam)) * sp.exp(-mean(pi_x, _error) / lam))
_OWN_GAP = _learned_value(boltzmann_x) - _learned_value(_arbitrary)

IDENTITY = Statement(
    "reward-error-identity",
    "J^r(π_r) − J^r(π_s) = λKL(π_s‖π_r) = λ log E exp Y under π_s",
    objective(theta_star, x) - objective(theta, x),
    _LOG_MOMENT,
    (x,),
    milestones=(lam * kl(pi_x, _optimal),),
)
TRANSFER = Statement(
    "reward-error-transfer",
    "J^r(π_r) − J^r(π) = [J^s(π_s) − J^s(π)] + E_{π_s}[r − s] − E_π[r − s] + λ log E exp Y, for π of full support",
    objective(theta_star, x) - objective_of(_arbitrary, x),
    _OWN_GAP + mean(pi_x, _error) - mean(_arbitrary, _error) + _LOG_MOMENT,
    (x,),
    assumptions=("q > 0", "λ > 0", "π > 0"),
)

DERIVATIONS = (
    derive(
        IDENTITY,
        (
            "log-ratios",
            lam * _A_STAR * over_actions(_best) - mean(boltzmann_x, _error) - lam * _A * over_actions(boltzmann_x),
            "log(π/q) = (reward)/λ − A for both policies, linearity of Σ",
            Algebra(),
        ),
        ("normalisation", lam * _A_STAR - lam * _A - mean(pi_x, _error), "Σ_a π_r = Σ_a π_s = 1", Algebra()),
        ("divergence", lam * kl(pi_x, _optimal), "log(π_s/π_r) = A_r − A_s − (r − s)/λ, Σ_a π_s = 1", Algebra()),
        (
            "one logarithm",
            _MOMENT,
            "Z_r/Z_s = E exp((r − s)/λ)",
            Algebra(),
        ),
        ("centre", IDENTITY.closed_form, "exp s·exp t = exp(s + t), definition of Y", Algebra()),
    ),
    derive(
        TRANSFER,
        ("value at the optimum", lam * _A_STAR - objective_of(_arbitrary, x), "J^r(π_r) = λA_r", Lemma(OPTIMUM_VALUE)),
        (
            "the learned reward",
            lam * _A_STAR - _learned_value(_arbitrary) - mean(_arbitrary, _error),
            "J^r(π) = J^s(π) + E_π[r − s], linearity of Σ",
            Algebra(),
        ),
        (
            "one logarithm",
            lam * _A + mean(pi_x, _error) + _MOMENT - _learned_value(_arbitrary) - mean(_arbitrary, _error),
            "Z_r/Z_s = E exp((r − s)/λ)",
            Algebra(),
        ),
        (
            "value of the tuned policy",
            _OWN_GAP + mean(pi_x, _error) - mean(_arbitrary, _error) + _MOMENT,
            "J^s(π_s) = λA_s",
            Algebra(),
        ),
        ("centre", TRANSFER.closed_form, "exp s·exp t = exp(s + t), definition of Y", Algebra()),
    ),
)
