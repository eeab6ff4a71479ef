"""Statements: what a derivation starts from and where it must end, written apart from the derivations."""

from dataclasses import dataclass, field
from functools import cached_property

import sympy as sp
from sympy.core.function import AppliedUndef

from rlhf_symbolic.engine.problem import B, M, f, h, p, s


@dataclass(frozen=True)
class Statement:
    """One identity ``definition = closed form``.

    Attributes
    ----------
    id
        Slug of the ledger; the Lean theorem of the same statement is ``RLHF.`` + the slug with underscores.
    definition
        The expression to be derived, written from the definitions of the setting.
    closed_form
        Where the derivation must end, structurally.
    free
        Free indices, in the order of the components.
    milestones
        Further closed forms that must occur on the way.
    hypotheses
        Equations (left, right) that the identity needs, e.g. (Σ_a p, 1).
    sampled
        Whether the statement is about a sample of n prompts.
    """

    id: str
    title: str
    definition: sp.Expr
    closed_form: sp.Expr
    free: tuple[sp.Symbol, ...] = ()
    milestones: tuple[sp.Expr, ...] = ()
    hypotheses: tuple[tuple[sp.Expr, sp.Expr], ...] = ()
    assumptions: tuple[str, ...] = field(default=("q > 0", "λ > 0", "free indices lie in their ranges"))
    sampled: bool = False

    @cached_property
    def extra(self) -> frozenset[str]:
        """Names of the optional quantities that occur: f, p, h, s, B, M (see `problem`)."""
        occurring = self.definition.atoms(sp.IndexedBase, sp.Symbol)
        occurring |= {applied.func for applied in self.definition.atoms(AppliedUndef)}
        return frozenset(str(quantity) for quantity in (f, h, p, s, B, M) if quantity in occurring)

    @cached_property
    def lean_theorem(self) -> str:
        """Name of the Lean theorem that states the same."""
        return "RLHF." + self.id.replace("-", "_")
