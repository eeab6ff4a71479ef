"""False variants of the claims on the change of measure."""

from dataclasses import replace

from planted.how import altered, scaled
from rlhf_numeric import CLAIMS
from rlhf_numeric.arithmetic.kinds import join, sqrt
from rlhf_numeric.claims.reward_shift import change_of_measure
from rlhf_numeric.claims.reward_shift.change_of_measure import (
    Shift,
    budget,
    chi_square,
    coverage,
    largest_ratio,
    mean_shift,
    shifts,
)
from rlhf_numeric.model.gradient import expectation, variance
from rlhf_numeric.model.policy import relative_entropy


def without_one(shift, values):
    """χ²·E_q f²."""
    return chi_square(shift) * expectation(shift.of, values * values)


def towards_the_training(shift):
    """χ²(q‖p) for a positive p, which the mixture with q stands for elsewhere."""
    mixed = 0.999 * shift.to + 0.001 * shift.of
    return chi_square(Shift(shift.of, mixed))


def with_the_variance_of_the_policy(shift, values):
    """χ²·Var_p f."""
    return chi_square(shift) * variance(shift.to, values)


def below_half_of_chi_square(instance):
    """KL ≤ χ²/2."""
    both = shifts(instance)
    divergences = [relative_entropy(s.to, change_of_measure.log(s.of)) for s in both]
    return join(*divergences), join(*(chi_square(s) / 2 for s in both))


SHIFT = CLAIMS["change-of-measure"]
COVERAGE = CLAIMS["coverage-boltzmann"]

PLANTED = {
    "chi-square-moment with χ²(q‖p)": altered(
        CLAIMS["chi-square-moment"], change_of_measure, "chi_square", towards_the_training
    ),
    "change-of-measure with χ² for 1 + χ²": altered(SHIFT, change_of_measure, "second_moment", without_one),
    "change-of-measure with χ²(q‖p)": altered(SHIFT, change_of_measure, "chi_square", towards_the_training),
    "change-of-measure-centred with Var_p": altered(
        CLAIMS["change-of-measure-centred"], change_of_measure, "amplified", with_the_variance_of_the_policy
    ),
    "change-of-measure-centred with χ² for 1 + χ²": altered(
        CLAIMS["change-of-measure-centred"], change_of_measure, "second_moment", without_one
    ),
    "chi-square-ratio with √κ": altered(
        CLAIMS["chi-square-ratio"], change_of_measure, "largest_ratio", lambda shift: sqrt(largest_ratio(shift))
    ),
    "kl-chi-square with half of χ²": replace(CLAIMS["kl-chi-square"], sides=below_half_of_chi_square),
    "reward-shift with χ² for 1 + χ²": altered(CLAIMS["reward-shift"], change_of_measure, "second_moment", without_one),
    "coverage-boltzmann with h for 2h": replace(COVERAGE, sides=lambda i: coverage(i, 1 / 16)),
    "coverage-boltzmann with h = 1/9": replace(COVERAGE, sides=lambda i: coverage(i, 1 / 9)),
    "chi-square-disintegration with D for D²/D′": altered(
        CLAIMS["chi-square-disintegration"], change_of_measure, "prompt_factors", lambda instance: instance.weights
    ),
    "mean-shift-kl with h = 1/9": replace(CLAIMS["mean-shift-kl"], sides=lambda i: mean_shift(i, 1 / 9)),
    "boltzmann-ratio with half of the range": scaled(CLAIMS["boltzmann-ratio"], 0.5),
    "kl-budget with h = 1/9": replace(CLAIMS["kl-budget"], sides=lambda i: budget(i, 1 / 9)),
}
