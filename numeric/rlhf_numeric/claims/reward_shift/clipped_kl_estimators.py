"""Claims on k2 and on the variance of k3, at each prompt.

Log-ratios as small as the hypotheses ask for are those of the Boltzmann policy of the reward cf, whose size is at most
the range of cf over λ: c makes that the number wanted.
"""

import numpy as np

from rlhf_numeric.arithmetic.kinds import Numbers, absolute, amax, exp, is_zero, join, log, zeros_like
from rlhf_numeric.claims.reward_shift.clipped_kl import POLICY, REFERENCE, Draws, divergence, draws_of, k3
from rlhf_numeric.evaluation.claim import Constant, inequality_with_constant, sharpened
from rlhf_numeric.evaluation.instance import Instance
from rlhf_numeric.model.gradient import expectation, variance
from rlhf_numeric.model.policy import log_tilted

_LARGEST = 1.26  # with C = ψ(M) or exp M, C(1/C(this))/C(this) ≤ 1


def small(instance: Instance, size: Numbers, /) -> Draws:
    """Return the policy ∝ q·exp(cf) with |ℓ| ≤ size, c = size/range(f), where the range is not 0."""
    values = instance.values
    reach = amax(values, -1, keepdims=True) + amax(-values, -1, keepdims=True)
    scores = (values - values[..., :1]) * (size / (reach + is_zero(reach)))
    log_probs = log_tilted(instance.problem, scores)
    return Draws(exp(log_probs), log_probs - log(instance.problem.ref_probs))


def k2(draws: Draws, /) -> Numbers:
    """E_π ℓ²/2, shape (..., n)."""
    return expectation(draws.probs, draws.log_ratio * draws.log_ratio) / 2


@inequality_with_constant(
    "k2-bracket",
    "KL(π‖q) ≤ 2C·E_π[ℓ²/2] for |ℓ| ≤ M, and E_π[ℓ²/2] ≤ 2KL(π‖q) for ℓ ≤ 2",
    POLICY,
    "π > 0",
    REFERENCE,
)
def k2_bracket(instance: Instance, constant: Constant) -> tuple[Numbers, Numbers]:
    """For π_θ and a policy with |ℓ| ≤ 1, with M the largest |ℓ|; the second for a policy with |ℓ| ≤ 2."""
    near, other = (small(instance, zeros_like(instance.values[..., :1]) + size) for size in (1, 2))
    found = (draws_of(instance)[1], near)
    with np.errstate(over="ignore"):  # infinite in floats from M ≈ 710 on
        bounds = [2 * constant(amax(absolute(d.log_ratio), -1)) * k2(d) for d in found]
    return join(*map(divergence, found), k2(other)), join(*bounds, 2 * divergence(other))


k2_bracket_sharp = sharpened(k2_bracket)


@inequality_with_constant(
    "k3-variance-small",
    "Var_π k3 ≤ Var_π k1 for |ℓ| ≤ M with CM ≤ 1",
    POLICY,
    "π > 0",
    REFERENCE,
    "C ≥ 0",
)
def k3_variance_small(instance: Instance, constant: Constant) -> tuple[Numbers, Numbers]:
    """With M = 1/C(1.26), which is below 1.26, so that C(M)·M ≤ 1."""
    return variances(small(instance, 1 / constant(zeros_like(instance.values[..., :1]) + _LARGEST)))


k3_variance_small_sharp = sharpened(k3_variance_small)


def variances(draws: Draws, /) -> tuple[Numbers, Numbers]:
    """Var_π k3 and Var_π k1, shape (..., n)."""
    return variance(draws.probs, k3(draws.log_ratio)), variance(draws.probs, draws.log_ratio)
