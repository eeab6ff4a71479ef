"""How many rollouts for each prompt, for the least variance at a given cost."""

import math
from fractions import Fraction

from rlhf_numeric.rollouts.checks import above, at_least, number


def optimal_rollouts(*, cost_prompt: float, cost_rollout: float, var_prompt: float, var_rollout: float) -> int:
    """Whole number K ≥ 1 of rollouts for each prompt at which the variance of the mean is least at a given cost.

    n prompts with K rollouts each cost n(c_p + K·c_r) and have the variance σ_p²/n + σ_r²/(nK); so K makes
    ``(c_p + K·c_r)(σ_p² + σ_r²/K)`` least. That is where ``K(K − 1) ≤ R ≤ K(K + 1)``, R = c_p·σ_r²/(c_r·σ_p²); of two
    such K it is the smaller. Decided in rational numbers, without rounding. With squared ranges for the variances it
    makes the sampling term least. Lean: ``RLHF.budget_variance_integer``.

    Parameters
    ----------
    cost_prompt
        c_p ≥ 0, what a new prompt costs beside its rollouts.
    cost_rollout
        c_r > 0, what a rollout costs, in the same unit.
    var_prompt
        σ_p² > 0, variance between prompts of the mean at a prompt.
    var_rollout
        σ_r² ≥ 0, mean variance of the rollouts at a prompt, in the same unit.

    Returns
    -------
    int
        K ≥ 1.

    Raises
    ------
    TypeError
        If an argument is no number.
    ValueError
        If a number is not finite, or out of its range.

    References
    ----------
    2602.21765, the choice of K, there for real numbers: √R.

    Examples
    --------
    >>> optimal_rollouts(cost_prompt=4.0, cost_rollout=1.0, var_prompt=1.0, var_rollout=4.0)
    4
    """
    prompt = Fraction(number(cost_prompt, "cost_prompt", *at_least(0)))
    rollout = Fraction(number(cost_rollout, "cost_rollout", *above(0)))
    between = Fraction(number(var_prompt, "var_prompt", *above(0)))
    within = Fraction(number(var_rollout, "var_rollout", *at_least(0)))
    least = math.ceil(prompt * within / (rollout * between))  # K(K + 1) is whole, so it is ≥ R where it is ≥ this
    root = math.isqrt(least)
    return max(1, root if root * (root + 1) >= least else root + 1)
