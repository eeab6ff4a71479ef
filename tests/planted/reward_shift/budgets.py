"""False variants of the claims on the sampling budget."""

from dataclasses import replace

from planted.how import altered, scaled
from rlhf_numeric import CLAIMS
from rlhf_numeric.arithmetic.kinds import sqrt
from rlhf_numeric.claims.reward_shift import budgets
from rlhf_numeric.claims.reward_shift.budgets import best_for_variance, cbrt, integer_costs, proportion, square


def with_the_square_root(budget):
    """√(c/d) for (c/d)^{2/3}."""
    return sqrt(budget.first_cost / budget.second_cost)


BOUND, PREFERENCES = CLAIMS["budget-bound"], CLAIMS["budget-preferences"]

PLANTED = {
    "budget-bound with K* = √(c/d)": altered(BOUND, budgets, "best_rollouts", with_the_square_root),
    "budget-bound with 1.001(∛c + ∛d)³": altered(
        BOUND, budgets, "least_cost", lambda b: 1.001 * budgets.cube(cbrt(b.first_cost) + cbrt(b.second_cost))
    ),
    "budget-bound with the best of all K > 0 where K ≥ 1": altered(
        BOUND, budgets, "at_least_one", lambda k: 1 / (1 + 1 / k)
    ),
    "budget-bound-unimodal around √(c/d)": altered(
        CLAIMS["budget-bound-unimodal"], budgets, "best_rollouts", with_the_square_root
    ),
    "budget-variance with the square of the best K": altered(
        CLAIMS["budget-variance"], budgets, "best_for_variance", lambda budget: square(best_for_variance(budget))
    ),
    "budget-variance-integer with √R rounded": replace(
        CLAIMS["budget-variance-integer"], sides=lambda budget: integer_costs(budget, 0.25)
    ),
    "budget-preferences with n/k = √(ad/(bc))": altered(
        PREFERENCES, budgets, "best_ratio", lambda budget: sqrt(proportion(budget))
    ),
    "budget-preferences upside down": altered(
        PREFERENCES, budgets, "best_ratio", lambda budget: 1 / square(cbrt(proportion(budget)))
    ),
    "budget-preferences-fast with n/k = (ad/(bc))^{2/3}": altered(
        CLAIMS["budget-preferences-fast"], budgets, "best_fast_ratio", lambda b: square(cbrt(proportion(b)))
    ),
    "holder-two with 0.99": scaled(CLAIMS["holder-two"], 0.99),
}
