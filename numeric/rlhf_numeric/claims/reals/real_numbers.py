"""Claims on the exponential itself: y is a multiple of a difference of probabilities, so that |y| ≤ n is certain."""

from rlhf_numeric.arithmetic.kinds import Numbers, exp, join
from rlhf_numeric.evaluation.claim import inequality
from rlhf_numeric.evaluation.instance import Instance

_LARGEST = 6


@inequality("reals-exp-limit", "exp(y)(1 − y²/n) ≤ (1 + y/n)^n ≤ exp(y)", "n ≥ 1 and |y| ≤ n")
def reals_exp_limit(instance: Instance) -> tuple[Numbers, Numbers]:
    """At y = n(p − q), n = 1, …, 6, with p the arbitrary policy and q the reference: y/n = p − q is in [−1, 1]."""
    fraction = instance.probs - instance.problem.ref_probs
    power = 1 + fraction
    low, middle, high = [], [], []
    for n in range(1, _LARGEST + 1):
        value = exp(n * fraction)
        low.append(value * (1 - n * fraction * fraction))
        middle.append(power)
        high.append(value)
        power = power * (1 + fraction)
    return join(*low, *middle), join(*middle, *high)
