"""The chi-square divergence χ²(p‖q) = Σ_a (p − q)²/q of a policy p of full support from the reference policy q."""

import sympy as sp

from rlhf_symbolic.engine.derivation import derive
from rlhf_symbolic.engine.problem import over_actions, p, q, x
from rlhf_symbolic.engine.rules import Algebra
from rlhf_symbolic.engine.statement import Statement


def _moment(action: sp.Expr) -> sp.Expr:
    return p[x, action] ** 2 / q[x, action]


def _square(action: sp.Expr) -> sp.Expr:
    return (p[x, action] - q[x, action]) ** 2 / q[x, action]


_TOTAL = over_actions(lambda action: p[x, action])
_REFERENCE_TOTAL = over_actions(lambda action: q[x, action])

MOMENT = Statement(
    "chi-square-moment",
    "Σ p²/q = 1 + χ²(p‖q) for probability vectors of full support",
    over_actions(_moment),
    1 + over_actions(_square),
    (x,),
    hypotheses=((_TOTAL, sp.S.One), (_REFERENCE_TOTAL, sp.S.One)),
    assumptions=("q > 0", "p > 0", "Σ_a p = 1", "Σ_a q = 1"),
)

DERIVATIONS = (
    derive(
        MOMENT,
        (
            "complete the square",
            over_actions(_square) + 2 * _TOTAL - _REFERENCE_TOTAL,
            "p²/q = (p − q)²/q + 2p − q, linearity of Σ",
            Algebra(),
        ),
        ("normalisation", MOMENT.closed_form, "Σ_a p = Σ_a q = 1", Algebra(given=MOMENT.hypotheses)),
    ),
)
