"""False variants of the claims on what a wrong reward costs."""

from dataclasses import replace

from planted.how import altered, scaled, smaller_constant
from rlhf_numeric import CLAIMS
from rlhf_numeric.arithmetic.kinds import exp, log
from rlhf_numeric.claims.reward_shift import misspecified_reward as claims
from rlhf_numeric.claims.reward_shift.misspecified_reward import by_range, from_below, gap_of_policy, triangle, width
from rlhf_numeric.model.gradient import expectation
from rlhf_numeric.model.objective import reward


def second_order_under_the_reference(instance, constant, probs):
    """Var_q for Var_{π_s}."""
    return SECOND_ORDER(instance, constant, instance.problem.ref_probs)


def centred_nowhere(instance, values):
    """λ·log E_{π_s} exp(f/λ), f not centred."""
    kl_coef = instance.problem.kl_coef[..., None]
    return kl_coef * log(expectation(claims.tuned(instance), exp(values / kl_coef[..., None])))


def without_the_cross_term(instance):
    """The gap of r is at most that of s, and range²/(8λ) more."""
    true, learned = (gap_of_policy(instance, r) for r in (instance.values, reward(instance.problem)))
    reach = width(claims.error(instance))
    return true, learned + reach * reach / (8 * instance.problem.kl_coef[..., None])


def without_the_middle_term(instance):
    """0·(E_{π_s}[r − s] − E_π[r − s])."""
    return 0 * claims.width(instance.values)


def of_the_wrong_sign(instance):
    return -MOVED(instance)


def half_the_moment(instance, values):
    return LOG_MOMENT(instance, values) / 2


SECOND_ORDER, MOVED, LOG_MOMENT = claims.second_order, claims.moved, claims.log_moment
LOWER, TRIANGLE = CLAIMS["reward-error-lower"], CLAIMS["gap-triangle"]
TRAINING, TRANSFER = CLAIMS["reward-error-training"], CLAIMS["reward-error-transfer"]
SHARP = CLAIMS["reward-error-second-order-sharp"]

PLANTED = {
    "reward-error-identity with f not centred": altered(
        CLAIMS["reward-error-identity"], claims, "log_moment", centred_nowhere
    ),
    "reward-error-second-order with C = 1/2": replace(
        SHARP, sides=lambda i: SHARP.sides.func(i, constant=lambda radius: 0 * radius + 0.5)
    ),
    "reward-error-second-order with ψ(M)/1.1": smaller_constant(SHARP, 1 / 1.1),
    "reward-error-second-order with the variance under q": altered(
        CLAIMS["reward-error-second-order"], claims, "second_order", second_order_under_the_reference
    ),
    "reward-error-lower without a bound on Y": replace(LOWER, sides=lambda i: from_below(i, 1e6)),
    "reward-error-lower scaled": scaled(LOWER, 0.5),
    "gap-triangle without the cross term": replace(TRIANGLE, sides=without_the_cross_term),
    "gap-triangle with h = 1/9": replace(TRIANGLE, sides=lambda i: triangle(i, 1 / 9)),
    "reward-error-range with h = 1/9": replace(CLAIMS["reward-error-range"], sides=lambda i: by_range(i, 1 / 9)),
    "reward-error-transfer without the middle term": altered(TRANSFER, claims, "moved", without_the_middle_term),
    "reward-error-transfer with the middle term reversed": altered(TRANSFER, claims, "moved", of_the_wrong_sign),
    "reward-error-transfer with half of the last term": altered(TRANSFER, claims, "log_moment", half_the_moment),
    "reward-error-training without κ": altered(TRAINING, claims, "largest_ratio", lambda instance, data: 1),
    "reward-error-training-sharp without κ": altered(
        CLAIMS["reward-error-training-sharp"], claims, "largest_ratio", lambda instance, data: 1
    ),
}
