"""Estimators of the divergence KL(p‖q) from the log-ratio ℓ = log(p/q) of one draw from a policy p of full support."""

import sympy as sp

from rlhf_symbolic.derivations.generalisation.objective import kl
from rlhf_symbolic.derivations.generalisation.policy import mean
from rlhf_symbolic.engine.derivation import derive
from rlhf_symbolic.engine.problem import over_actions, p, q, x
from rlhf_symbolic.engine.rules import Algebra
from rlhf_symbolic.engine.statement import Statement


def _policy(action: sp.Expr) -> sp.Expr:
    return p[x, action]


def _reference(action: sp.Expr) -> sp.Expr:
    return q[x, action]


def _log_ratio(action: sp.Expr) -> sp.Expr:
    return sp.log(_policy(action) / _reference(action))


def _k3(action: sp.Expr) -> sp.Expr:
    return sp.exp(-_log_ratio(action)) - 1 + _log_ratio(action)


_TOTAL, _REFERENCE_TOTAL = over_actions(_policy), over_actions(_reference)

K3_UNBIASED = Statement(
    "k3-unbiased",
    "E_p[exp(−ℓ) − 1 + ℓ] = KL(p‖q) with ℓ = log(p/q), for probability vectors of full support",
    mean(_policy, _k3),
    kl(_policy, _reference),
    (x,),
    hypotheses=((_TOTAL, sp.S.One), (_REFERENCE_TOTAL, sp.S.One)),
    assumptions=("q > 0", "p > 0", "Σ_a p = 1", "Σ_a q = 1"),
)

DERIVATIONS = (
    derive(
        K3_UNBIASED,
        (
            "weights of the reference",
            _REFERENCE_TOTAL - _TOTAL + kl(_policy, _reference),
            "p·exp(−ℓ) = q, linearity of Σ",
            Algebra(),
        ),
        ("normalisation", K3_UNBIASED.closed_form, "Σ_a p = Σ_a q = 1", Algebra(given=K3_UNBIASED.hypotheses)),
    ),
)
