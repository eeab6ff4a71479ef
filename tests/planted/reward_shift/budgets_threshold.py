"""False variants of the claims on the threshold at which to clip."""

from dataclasses import replace

from planted.how import reversed_sides
from rlhf_numeric import CLAIMS
from rlhf_numeric.claims.reward_shift.budgets_threshold import against_others, least_at_values

OPTIMAL = CLAIMS["clip-threshold-optimal"]

PLANTED = {
    "clip-threshold-optimal at the (1 − α)-quantile": replace(OPTIMAL, sides=lambda i: against_others(i, 2.0)),
    "clip-threshold-optimal at the (1 − 4α)-quantile": replace(OPTIMAL, sides=lambda i: against_others(i, 0.5)),
    "clip-threshold-exists among the halves of the values": replace(
        CLAIMS["clip-threshold-exists"], sides=lambda i: least_at_values(i, 0.5)
    ),
    "clip-threshold-monotone in the cost": reversed_sides(CLAIMS["clip-threshold-monotone"]),
}
