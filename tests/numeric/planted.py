"""One false claim of each kind, for everything that hunts for counterexamples."""

from dataclasses import replace

from rlhf_numeric import CLAIMS
from rlhf_numeric.evaluation.claim import everywhere


def scaled(slug, factor):
    """The claim with its right side multiplied by ``factor``."""
    claim = CLAIMS[slug]

    def sides(instance):
        lhs, rhs = claim.sides(instance)
        return lhs, rhs * factor

    return replace(claim, sides=sides)


FALSE = {
    "constant": scaled("objective-range", 0.5),
    "reversed": replace(CLAIMS["gradient-domination"], sides=lambda i: CLAIMS["gradient-domination"].sides(i)[::-1]),
    "dropped hypothesis": replace(CLAIMS["stationary-is-optimal"], applicable=everywhere),
    "identity off": scaled("gap-identity", 1 + 2.0**-40),
}
