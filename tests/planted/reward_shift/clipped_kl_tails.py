"""False variants of the claims on tails, on k2 and on the variance of k3."""

from dataclasses import replace

from planted.how import altered, scaled, smaller_constant
from rlhf_numeric import CLAIMS
from rlhf_numeric.arithmetic.kinds import exp, join, zeros_like
from rlhf_numeric.claims.reward_shift import clipped_kl_tails
from rlhf_numeric.claims.reward_shift.clipped_kl import cases, clipped_divergence, divergence
from rlhf_numeric.claims.reward_shift.clipped_kl_estimators import k2, small, variances
from rlhf_numeric.claims.reward_shift.clipped_kl_tails import from_below, probabilities, upper_tails


def one(draws):
    """1 for Σ_a π²/q: without χ²."""
    return zeros_like(draws.probs).sum(-1) + 1


def at_most_the_divergence(instance):
    """E_π clip_τ ℓ ≤ KL(π‖q)."""
    found = cases(instance)
    return join(*(clipped_divergence(d, level) for d, level in found)), join(*(divergence(d) for d, _ in found))


def half_of_the_bound(instance):
    """E_π[ℓ²/2] ≤ KL(π‖q) for |ℓ| ≤ 2."""
    draws = small(instance, zeros_like(instance.values[..., :1]) + 2)
    return k2(draws), divergence(draws)


def up_to_eight(instance):
    """Var_π k3 ≤ Var_π k1 for |ℓ| ≤ 8."""
    return variances(small(instance, zeros_like(instance.values[..., :1]) + 8))


LOWER = CLAIMS["clip-lower-tail"]

PLANTED = {
    "clip-lipschitz with the constant 0.9": scaled(CLAIMS["clip-lipschitz"], 0.9),
    "clip-excess without the positive part": altered(
        CLAIMS["clip-excess"], clipped_kl_tails, "positive_part", lambda values: values
    ),
    "clip-bias-mono with the step 0.9(τ′ − τ)": scaled(CLAIMS["clip-bias-mono"], 0.9),
    "clip-bias-zero with half the range": scaled(CLAIMS["clip-bias-zero"], 0.5),
    "clip-lower-tail with exp(−τ − 2)": scaled(LOWER, float(exp(-1.0))),
    "clip-lower-tail with 0.99exp(−τ − 1)": scaled(LOWER, 0.99),
    "clip-upper-tail without chi-square": replace(
        CLAIMS["clip-upper-tail"], sides=lambda instance: upper_tails(instance, one)
    ),
    "clip-second-moment with 1/(8τ)": scaled(CLAIMS["clip-second-moment"], 0.5),
    "clip-second-moment with 0.99/(4τ)": scaled(CLAIMS["clip-second-moment"], 0.99),
    "log-ratio-tail without chi-square": replace(
        CLAIMS["log-ratio-tail"], sides=lambda instance: probabilities(instance, one)
    ),
    "clipped-kl-lower with 0.9exp(τ − 1)": replace(
        CLAIMS["clipped-kl-lower"], sides=lambda instance: from_below(instance, 0.9)
    ),
    "clipped-kl-upper without the exponential": replace(CLAIMS["clipped-kl-upper"], sides=at_most_the_divergence),
    "k2-bracket with the divergence for twice": replace(CLAIMS["k2-bracket"], sides=half_of_the_bound),
    "k2-bracket-sharp with 0.999ψ": smaller_constant(CLAIMS["k2-bracket-sharp"], 0.999),
    "k3-variance-small for larger log-ratios": replace(CLAIMS["k3-variance-small"], sides=up_to_eight),
    "k3-variance-small-sharp with C a tenth of it": smaller_constant(CLAIMS["k3-variance-small-sharp"], 0.1),
}
