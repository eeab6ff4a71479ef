"""False variants of the claims on rollouts."""

from dataclasses import replace

from planted.how import altered, scaled
from rlhf_numeric import CLAIMS
from rlhf_numeric.claims.reward_shift import two_level
from rlhf_numeric.claims.reward_shift.two_level import PROMPTS, RESPONSES, beyond, confident, ranges, united


def rollouts_as_prompts(found):
    """V = w²/(nk)."""
    _, within = ranges(found)
    return within * within / (PROMPTS * RESPONSES)


def without_prompts(found):
    """σ_r²/(nk)."""
    centred = found.values - two_level.at_prompts(found)[..., None]
    return (found.weights * (found.probs * centred * centred).sum(-1)).sum(-1) / (PROMPTS * RESPONSES)


PLANTED = {
    "two-level-mean with twice E_P f": scaled(CLAIMS["two-level-mean"], 2),
    "two-level-variance without σ_p²": altered(
        CLAIMS["two-level-variance"], two_level, "variance_of_mean", without_prompts
    ),
    "two-level-chebyshev without σ_p²": altered(
        CLAIMS["two-level-chebyshev"], two_level, "variance_of_mean", without_prompts
    ),
    "two-level-mgf with V = w²/(nk)": altered(CLAIMS["two-level-mgf"], two_level, "proxy", rollouts_as_prompts),
    "two-level-mgf with 0.9 of the bound": scaled(CLAIMS["two-level-mgf"], 0.9),
    "chernoff with V = w²/(nk)": altered(CLAIMS["chernoff"], two_level, "proxy", rollouts_as_prompts),
    "two-level-hoeffding with 2h for 4h": replace(
        CLAIMS["two-level-hoeffding"], sides=lambda instance: beyond(instance, 1 / 16)
    ),
    "two-level-hoeffding with V = w²/(nk)": altered(
        CLAIMS["two-level-hoeffding"], two_level, "proxy", rollouts_as_prompts
    ),
    "two-level-confidence with 2h for 4h": replace(
        CLAIMS["two-level-confidence"], sides=lambda instance: confident(instance, 1 / 16)
    ),
    "two-level-confidence with V = w²/(nk)": altered(
        CLAIMS["two-level-confidence"], two_level, "proxy", rollouts_as_prompts
    ),
    "two-level-union with h/8": replace(CLAIMS["two-level-union"], sides=lambda instance: united(instance, 1 / 64)),
}
