"""False variants of the claims on the real numbers."""

from dataclasses import replace

from rlhf_numeric import CLAIMS
from rlhf_numeric.arithmetic.kinds import psi
from rlhf_numeric.claims.reals import sharp_constants
from rlhf_numeric.claims.reals.sharp_constants import mean_of_draws, moments, two_points

from .how import altered, scaled

TWO_POINTS, LEMMA = CLAIMS["hoeffding-constant-archimedean"], CLAIMS["hoeffding-lemma"]


PLANTED = {
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
}
