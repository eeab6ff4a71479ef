"""False variants of the claims on the three terms."""

from planted.how import altered
from planted.reward_shift.two_level import rollouts_as_prompts
from rlhf_numeric import CLAIMS
from rlhf_numeric.arithmetic.kinds import absolute, zeros_like
from rlhf_numeric.claims.reward_shift import three_terms, two_level
from rlhf_numeric.claims.reward_shift.three_terms import mean_of, under_training


def nothing(case, _delta):
    return zeros_like(mean_of(case, case.true))


def under_the_training(case, _delta):
    """E_Q|r − s|."""
    return under_training(case, absolute(case.true - case.learned))


BOUND, THEOREM = CLAIMS["three-term-bound"], CLAIMS["paper-theorem-1"]

PLANTED = {
    "three-term-bound without the clipping term": altered(BOUND, three_terms, "clipping_bias", nothing),
    "three-term-bound without the reward term": altered(BOUND, three_terms, "reward_bias", nothing),
    "three-term-bound with E_Q|r − s|": altered(BOUND, three_terms, "reward_bias", under_the_training),
    "three-term-bound with V = w²/(nk)": altered(BOUND, two_level, "proxy", rollouts_as_prompts),
    "paper-theorem-1 without the clipping term": altered(THEOREM, three_terms, "clipping_term", nothing),
    "paper-theorem-1 without the reward term": altered(THEOREM, three_terms, "shift_term", nothing),
    "paper-theorem-1 with E_Q|r − s|": altered(THEOREM, three_terms, "shift_term", under_the_training),
}
