"""Claims on functions with bounded derivatives, tested on the exponential and its opposite between two points l ≤ k.

The points are l = 2(p − q) and k = l + 3p, with p the arbitrary policy and q the reference, so that l ≤ k is certain.
"""

from rlhf_numeric.arithmetic.kinds import Numbers, exp, join
from rlhf_numeric.evaluation.claim import inequality
from rlhf_numeric.evaluation.instance import Instance

_INTERVAL = "l ≤ k"


@inequality("reals-mean-value", "L(k − l) ≤ f(k) − f(l) ≤ K(k − l) for f = exp, L = f′(l), K = f′(k)", _INTERVAL)
def reals_mean_value(instance: Instance) -> tuple[Numbers, Numbers]:
    """exp(l)(k − l) ≤ exp(k) − exp(l) ≤ exp(k)(k − l); equal where k = l."""
    low, high, width = _ends(instance)
    return join(low * width, high - low), join(high - low, high * width)


@inequality("reals-second-order", "f(k) ≤ f(l) + f′(l)(k − l) + K(k − l)²/2 for f = ±exp, K = max f″", _INTERVAL)
def reals_second_order(instance: Instance) -> tuple[Numbers, Numbers]:
    """exp(k) ≤ exp(l)(1 + h) + exp(k)h²/2 and exp(l)(1 + h + h²/2) ≤ exp(k), h = k − l; equal where h = 0."""
    low, high, width = _ends(instance)
    half = width * width / 2
    return join(high, low * (1 + width + half)), join(low * (1 + width) + high * half, high)


def _ends(instance: Instance) -> tuple[Numbers, Numbers, Numbers]:
    """Return exp(l), exp(k) and k − l."""
    start, width = 2 * (instance.probs - instance.problem.ref_probs), 3 * instance.probs
    return exp(start), exp(start + width), width
