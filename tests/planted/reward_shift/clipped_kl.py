"""False variants of the claims on the clipped divergence."""

from dataclasses import replace

from planted.how import altered
from rlhf_numeric import CLAIMS
from rlhf_numeric.arithmetic.kinds import exp, join
from rlhf_numeric.claims.reward_shift import clipped_kl
from rlhf_numeric.claims.reward_shift.clipped_kl import (
    cases,
    clipped_divergence,
    cut_off,
    divergence,
    optimum_gap,
    positive_part,
    signs,
    tail_bound,
    tails,
)
from rlhf_numeric.model.gradient import expectation


def with_one_tail(instance):
    """KL(π‖q) − E_π clip_τ ℓ = E_π(ℓ − τ)₊."""
    sides = [(divergence(d) - clipped_divergence(d, level), tails(d, level)[0]) for d, level in cases(instance)]
    return join(*(bias for bias, _ in sides)), join(*(upper for _, upper in sides))


def below_the_divergence(instance):
    """E_π clip_τ ℓ ≤ KL(π‖q)."""
    sides = [(clipped_divergence(d, level), divergence(d)) for d, level in cases(instance)]
    return join(*(lhs for lhs, _ in sides)), join(*(rhs for _, rhs in sides))


def without_chi_square(draws, level):
    """2exp(−τ − 1): that Σ_a π²/q is 1."""
    return 2 * exp(-level[..., 0] - 1)


def one_sided(draws, level):
    """E_π(ℓ − τ)₊ for E_π(|ℓ| − τ)₊."""
    return expectation(draws.probs, positive_part(draws.log_ratio - level))


def upside_down(log_ratio):
    """exp(ℓ) − 1 − ℓ: q/π upside down."""
    return exp(log_ratio) - 1 - log_ratio


def with_half_the_linear_term(log_ratio):
    return exp(-log_ratio) - 1 + log_ratio / 2


NONNEG, GAP = CLAIMS["clipped-kl-nonneg"], CLAIMS["clipped-optimum-gap"]

PLANTED = {
    "clip-range cut at τ above alone": altered(
        CLAIMS["clip-range"], clipped_kl, "clipped", lambda level, y: y - positive_part(y - level)
    ),
    "clip-bias with the upper tail alone": replace(CLAIMS["clip-bias"], sides=with_one_tail),
    "clip-bias-bound one-sided": altered(CLAIMS["clip-bias-bound"], clipped_kl, "cut_off", one_sided),
    "clip-bias-bound with a threshold larger by a tenth": altered(
        CLAIMS["clip-bias-bound"], clipped_kl, "cut_off", lambda d, level: cut_off(d, 1.1 * level)
    ),
    "clip-tail without chi-square": altered(CLAIMS["clip-tail"], clipped_kl, "tail_bound", without_chi_square),
    "clip-tail with exp(−τ − 2)": altered(
        CLAIMS["clip-tail"], clipped_kl, "tail_bound", lambda d, level: tail_bound(d, level + 1)
    ),
    "clipped-kl-nonneg for τ ≥ 9/10": replace(NONNEG, sides=lambda i: signs(i, 0.9)),
    "clipped-kl-nonneg for τ ≥ 1/2": replace(NONNEG, sides=lambda i: signs(i, 0.5)),
    "clipped-kl-nonneg as a lower bound of the divergence": replace(NONNEG, sides=below_the_divergence),
    "clipped-optimum-gap without chi-square": replace(GAP, sides=lambda i: optimum_gap(i, without_chi_square)),
    "clipped-optimum-gap without the tails": altered(
        GAP, clipped_kl, "tails", lambda d, level: tuple(0 * tail for tail in tails(d, level))
    ),
    "k3-unbiased upside down": altered(CLAIMS["k3-unbiased"], clipped_kl, "k3", upside_down),
    "k3-nonneg with half the linear term": altered(CLAIMS["k3-nonneg"], clipped_kl, "k3", with_half_the_linear_term),
}
