"""False variants of the claims on the real numbers."""

from dataclasses import replace

from rlhf_numeric import CLAIMS
from rlhf_numeric.arithmetic.kinds import exp, join


def without_the_correction(instance):
    """exp(y) ≤ (1 + y/n)^n at n = 2, the reverse of the right inequality."""
    fraction = instance.probs - instance.problem.ref_probs
    return exp(2 * fraction), (1 + fraction) * (1 + fraction)


def with_a_third_of_the_correction(instance):
    """exp(y)(1 − y²/(3n)) ≤ (1 + y/n)^n at n = 1 and 2; near y = 0 half of y²/n would do, a third does not."""
    fraction = instance.probs - instance.problem.ref_probs
    lower = [exp(n * fraction) * (1 - n * fraction * fraction / 3) for n in (1, 2)]
    return join(*lower), join(1 + fraction, (1 + fraction) * (1 + fraction))


LIMIT = CLAIMS["reals-exp-limit"]

PLANTED = {
    "reals-exp-limit without the correction": replace(LIMIT, sides=without_the_correction),
    "reals-exp-limit with a third of the correction": replace(LIMIT, sides=with_a_third_of_the_correction),
}
