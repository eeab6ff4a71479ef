"""False variants of the claims on preferences."""

from dataclasses import replace

from planted.how import altered
from rlhf_numeric import CLAIMS
from rlhf_numeric.arithmetic.kinds import exp
from rlhf_numeric.claims.reward_shift import preferences as claims
from rlhf_numeric.claims.reward_shift.preferences import affinity_from_below, log_logistic


def with_one_root(u, v):
    """√(σ(u)σ(v)), without the other label."""
    return exp((log_logistic(u) + log_logistic(v)) / 2)


LOWER = CLAIMS["preference-affinity-lower"]

PLANTED = {
    "preference-affinity with one label": altered(CLAIMS["preference-affinity"], claims, "affinity", with_one_root),
    "preference-affinity-lower with 16": replace(LOWER, sides=lambda i: affinity_from_below(i, 16)),
    "preference-affinity-lower with 30": replace(LOWER, sides=lambda i: affinity_from_below(i, 30)),
    "preference-mle without the size of the class": altered(CLAIMS["preference-mle"], claims, "class_size", lambda: 1),
    "preference-to-policy without the size of the class": altered(
        CLAIMS["preference-to-policy"], claims, "class_size", lambda: 1
    ),
    "preference-to-policy-sharp without the size of the class": altered(
        CLAIMS["preference-to-policy-sharp"], claims, "class_size", lambda: 1
    ),
}
