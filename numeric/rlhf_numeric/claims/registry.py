"""The claims by id. A claim is registered by being defined at the top level of one of the modules listed here.

To add one: decorate a function ``instance -> (lhs, rhs)`` with `inequality` or `identity`, or, where a second-order
constant enters, ``(instance, constant) -> (lhs, rhs)`` with `inequality_with_constant`. Write it with operators,
``.sum(axis)``, indexing and the functions of `_arithmetic`, so that it runs on floats, intervals, balls and duals
alike; keep the batch axes first; return several comparisons on a last axis with `join`.
"""

from collections.abc import Mapping
from types import MappingProxyType

from rlhf_numeric.claims import (
    ascent,
    decomposition,
    generalisation,
    geometry,
    gradient,
    nonlinear,
    policy,
    reals,
    stability,
    stochastic,
    suboptimality,
)
from rlhf_numeric.evaluation.claim import Claim, sharpened

GROUPS = (
    policy,
    gradient,
    geometry,
    decomposition,
    stability,
    generalisation,
    suboptimality,
    ascent,
    stochastic,
    nonlinear,
    reals,
)

CLAIMS: Mapping[str, Claim] = MappingProxyType(
    {claim.id: claim for group in GROUPS for claim in vars(group).values() if isinstance(claim, Claim)}
)

SHARP_CLAIMS: Mapping[str, Claim] = MappingProxyType(
    {sharp.id: sharp for sharp in (sharpened(claim) for claim in CLAIMS.values() if claim.sharp_sides is not None)}
)
"""The claims in which a second-order constant C enters, with ψ(M) for exp M: tested, not proved, not in the ledger."""
