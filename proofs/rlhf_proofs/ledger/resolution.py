"""How large an error in the constant of a statement its numbers could not have seen."""

from collections.abc import Iterable, Mapping
from typing import Any

from rlhf_numeric import CLAIMS
from rlhf_proofs.ledger.evidence import NumericEvidence, Status

__all__ = ["slack", "unseen_factor", "unseen_in_words"]

_ATTAINED = 1.001
_NOTED = 1.1  # a factor below this is not worth a line of `check`
_LEAST_RATIO = 1e-300  # 1/r of a smaller one may be no number


def unseen_factor(numeric: NumericEvidence, tightness: Mapping[str, Any], /) -> float | None:
    """Return the factor by which the right side could be smaller and pass the same numbers; None where that is unknown.

    Of an inequality it is 1/r, r the largest lhs/rhs that check, campaign and hunt have found: all that they tried
    satisfies lhs ≤ r·rhs, too, in every comparison that the claim makes; one that is slacker than the tightest is not
    measured apart. Of an identity it is 1 plus the largest relative difference of its sides that is not
    excluded. None if nothing was measured, lhs was never positive where rhs was, or the claim is refuted.
    """
    claim = CLAIMS.get(numeric.claim or "")
    if claim is None or numeric.status is Status.REFUTED:
        return None
    if claim.kind == "identity":
        gaps = _found("worst_gap", numeric, tightness, ("campaign",))
        return 1 + max(gaps) if gaps else None
    ratios = _found("worst_ratio", numeric, tightness, ("campaign", "hunt"))
    return 1 / max(ratios) if ratios and _LEAST_RATIO < max(ratios) <= 1 else None


def unseen_in_words(numeric: NumericEvidence, tightness: Mapping[str, Any], /) -> str:
    """Say what `unseen_factor` means for one statement."""
    if numeric.claim is None or numeric.status is Status.NOT_RUN:
        return "no numbers"
    factor = unseen_factor(numeric, tightness)
    if factor is None:
        return "the numbers say nothing about the constant"
    if CLAIMS[numeric.claim].kind == "identity":
        return f"the numbers exclude a relative difference of the sides above {factor - 1:.0e}, wherever they decided"
    if factor < _ATTAINED:
        return f"the tightest comparison is attained up to {factor - 1:.0e}; its others are not measured apart"
    return (
        f"the numbers could not see a constant too small by a factor of up to {factor:.4g}: a right side smaller by as "
        f"much passes, too (largest lhs/rhs of all comparisons {1 / factor:.4g})"
    )


def slack(rows: Iterable[Mapping[str, Any]], /) -> str:
    """Name the statements of a ledger whose numbers leave a constant open, the largest first; "" if there is none."""
    factors = {row["id"]: row["unseen_factor"] for row in rows if (row.get("unseen_factor") or 0) > _NOTED}
    if not factors:
        return ""
    ranked = sorted(factors, key=lambda slug: -factors[slug])
    return "a constant too small by up to the factor given would pass the numbers: " + ", ".join(
        f"{slug} {factors[slug]:.3g}" for slug in ranked
    )


def _found(name: str, numeric: NumericEvidence, tightness: Mapping[str, Any], kinds: tuple[str, ...]) -> list[float]:
    """Return what check, and campaigns and hunts where they are remembered, have measured."""
    measured = [getattr(numeric, name), *((tightness.get(kind) or {}).get(name) for kind in kinds)]
    return [value for value in measured if value is not None]
