"""False variants of the claims on the three terms."""

from planted.how import altered
from rlhf_numeric import CLAIMS
from rlhf_numeric.arithmetic.kinds import absolute, sqrt
from rlhf_numeric.claims.reward_shift import three_terms
from rlhf_numeric.claims.reward_shift.change_of_measure import chi_square, deployments, of_pairs
from rlhf_numeric.claims.reward_shift.three_terms import clip_term, paper_radius, reward_bias, shift_term
from rlhf_numeric.model.gradient import expectation
from rlhf_numeric.model.objective import reward

BOUND, THEOREM = CLAIMS["three-term-bound"], CLAIMS["paper-theorem-1"]


def on_training_data(instance, learned):
    """E_Q|e| for |E_P e|."""
    error = absolute(of_pairs(learned - reward(instance.problem)))
    return expectation(deployments(instance)[0].of, error)


def without_the_one(instance, learned):
    """√χ²·√(E_Q e²)."""
    shift = deployments(instance)[0]
    error = of_pairs(learned - reward(instance.problem))
    return sqrt(chi_square(shift) * expectation(shift.of, error * error))


PLANTED = {
    "three-term-bound without the reward": altered(
        BOUND, three_terms, "reward_bias", lambda i, r: 0 * reward_bias(i, r)
    ),
    "three-term-bound with the error on the training data": altered(
        BOUND, three_terms, "reward_bias", on_training_data
    ),
    "three-term-bound without the clipping": altered(
        BOUND, three_terms, "clip_bias", lambda i: 0 * three_terms.clip_term(i)
    ),
    "paper-theorem-1 without the reward": altered(
        THEOREM, three_terms, "shift_term", lambda i, r: 0 * shift_term(i, r)
    ),
    "paper-theorem-1 with χ² for 1 + χ²": altered(THEOREM, three_terms, "shift_term", without_the_one),
    "paper-theorem-1 without the clipping": altered(THEOREM, three_terms, "clip_term", lambda i: 0 * clip_term(i)),
    "paper-theorem-1 with a tenth of the sampling term": altered(
        THEOREM, three_terms, "paper_radius", lambda i, s, delta: paper_radius(i, s, delta) / 10
    ),
}
