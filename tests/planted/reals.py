"""False variants of the claims on the real numbers."""

from dataclasses import replace

from rlhf_numeric import CLAIMS
from rlhf_numeric.arithmetic.kinds import exp, join, psi
from rlhf_numeric.claims.reals import analysis, sharp_constants
from rlhf_numeric.claims.reals.sharp_constants import (
    bounded_differences,
    differences,
    mean_of_draws,
    moments,
    two_points,
)

from .how import altered, scaled


def without_the_correction(instance):
    """exp(y) ≤ (1 + y/n)^n at n = 2, the reverse of the right inequality."""
    fraction = instance.probs - instance.problem.ref_probs
    return exp(2 * fraction), (1 + fraction) * (1 + fraction)


def with_a_third_of_the_correction(instance):
    """exp(y)(1 − y²/(3n)) ≤ (1 + y/n)^n at n = 1 and 2; near y = 0 half of y²/n would do, a third does not."""
    fraction = instance.probs - instance.problem.ref_probs
    lower = [exp(n * fraction) * (1 - n * fraction * fraction / 3) for n in (1, 2)]
    return join(*lower), join(1 + fraction, (1 + fraction) * (1 + fraction))


def with_a_smaller_curvature(instance):
    """f(k) ≤ f(l) + f′(l)(k − l) + 0.49K(k − l)² for f = exp, K = f″(k)."""
    low, high, width = analysis._ends(instance)
    return high, low * (1 + width) + 0.49 * high * width * width


def with_the_slope_in_the_middle(instance):
    """f(k) − f(l) ≤ f′((k + l)/2)(k − l) for f = exp."""
    low, high, width = analysis._ends(instance)
    return high - low, low * exp(width / 2) * width


LIMIT = CLAIMS["reals-exp-limit"]
TWO_POINTS, LEMMA = CLAIMS["hoeffding-constant-archimedean"], CLAIMS["hoeffding-lemma"]

PLANTED = {
    "reals-exp-limit without the correction": replace(LIMIT, sides=without_the_correction),
    "reals-exp-limit with a third of the correction": replace(LIMIT, sides=with_a_third_of_the_correction),
    "reals-mean-value with the slope in the middle": replace(
        CLAIMS["reals-mean-value"], sides=with_the_slope_in_the_middle
    ),
    "reals-second-order with 0.98K": replace(CLAIMS["reals-second-order"], sides=with_a_smaller_curvature),
    "second-order-constant with 0.999ψ": altered(
        CLAIMS["second-order-constant"], sharp_constants, "psi", lambda radius: psi(radius) * 0.999
    ),
    "hoeffding-constant with 1/9": replace(CLAIMS["hoeffding-constant"], sides=lambda i: two_points(i, 1 / 9)),
    "hoeffding-constant-archimedean with 0.124": replace(TWO_POINTS, sides=lambda i: two_points(i, 0.124)),
    "hoeffding-lemma with 1/9": replace(LEMMA, sides=lambda i: moments(i, 1 / 9)),
    "pinsker with KL for 2KL": scaled(CLAIMS["pinsker"], 0.5),
    "pinsker with 0.99·2KL": scaled(CLAIMS["pinsker"], 0.99),
    "hoeffding-mean with 2/3 for the factor 2": scaled(CLAIMS["hoeffding-mean"], 1 / 3),
    "hoeffding-mean with h = 1/16": replace(CLAIMS["hoeffding-mean"], sides=lambda i: mean_of_draws(i, 1 / 16)),
    "mcdiarmid with h = 1/10": replace(CLAIMS["mcdiarmid"], sides=lambda i: bounded_differences(i, 1 / 10)),
    "mcdiarmid with half of every c_i": altered(
        CLAIMS["mcdiarmid"], sharp_constants, "differences", lambda i, f: [c / 2 for c in differences(i, f)]
    ),
}
