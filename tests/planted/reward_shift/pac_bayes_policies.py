"""False variants of the claims on the objectives of two policies, estimated from rollouts."""

from planted.how import altered
from rlhf_numeric import CLAIMS
from rlhf_numeric.arithmetic.kinds import zeros_like
from rlhf_numeric.claims.reward_shift import pac_bayes_policies
from rlhf_numeric.claims.reward_shift.change_of_measure import of_pairs
from rlhf_numeric.claims.reward_shift.pac_bayes_policies import estimates


def without_biases(instance, truth):
    """b_i = 0: what the learned reward and the clipping are wrong by costs nothing."""
    return tuple(found._replace(bias=zeros_like(found.bias)) for found in estimates(instance, truth))


def no_reward_term(shift, error):
    return of_pairs(zeros_like(error)).sum(-1)


def no_clipping_term(instance, draws, level):
    return zeros_like(instance.weights).sum(-1)


RLHF = CLAIMS["pac-bayes-rlhf"]

PLANTED = {
    "finite-class-selection without the biases": altered(
        CLAIMS["finite-class-selection"], pac_bayes_policies, "estimates", without_biases
    ),
    "pac-bayes-rlhf without the reward shift": altered(RLHF, pac_bayes_policies, "reward_term", no_reward_term),
    "pac-bayes-rlhf without the clipping": altered(RLHF, pac_bayes_policies, "clipping_term", no_clipping_term),
}
