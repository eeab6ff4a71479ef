"""False variants of the claims on two-level samples."""

from dataclasses import replace

from planted.how import altered
from rlhf_numeric import CLAIMS
from rlhf_numeric.arithmetic.kinds import amax
from rlhf_numeric.claims.reward_shift import two_level
from rlhf_numeric.claims.reward_shift.two_level import (
    hoeffding,
    moments,
    one_sided,
    proxy,
    radius,
    ranges,
    rollouts,
    union_radius,
)
from rlhf_numeric.model.gradient import expectation


def rollouts_as_prompts(sample):
    """V = w²/(nK): as if the nK responses were independent."""
    within = ranges(sample)[1]
    return within * within / (sample.prompts * sample.rollouts)


def without_responses(sample):
    """V = w_g²/n."""
    across = ranges(sample)[0]
    return across * across / sample.prompts


def without_prompts(instance, sample):
    """Var(Ĵ) = σ_r²/(nK)."""
    within = two_level.variances(instance, sample)[1]
    return expectation(instance.weights, within) / (sample.prompts * sample.rollouts)


def without_an_n(instance, sample):
    """Var(Ĵ) = σ_p²/n + σ_r²/K."""
    across, within = two_level.variances(instance, sample)
    return across / sample.prompts + expectation(instance.weights, within) / sample.rollouts


def greedy(instance, sample):
    """E_D max_a f(x,a) for J_f."""
    return expectation(instance.weights, amax(sample.values, -1))


MGF, TAIL, CONFIDENCE = (CLAIMS[f"two-level-{name}"] for name in ("mgf", "hoeffding", "confidence"))


def bounded_by(level):
    """The bound on the moment generating function with another V."""
    return lambda i: moments(i, rollouts(i), level(rollouts(i)))


PLANTED = {
    "two-level-mean of the best responses": altered(CLAIMS["two-level-mean"], two_level, "target", greedy),
    "two-level-variance without that of the prompts": altered(
        CLAIMS["two-level-variance"], two_level, "true_variance", without_prompts
    ),
    "two-level-variance with σ_r²/K": altered(CLAIMS["two-level-variance"], two_level, "true_variance", without_an_n),
    "two-level-chebyshev without the variance of the prompts": altered(
        CLAIMS["two-level-chebyshev"], two_level, "true_variance", without_prompts
    ),
    "two-level-mgf with rollouts counted as prompts": replace(MGF, sides=bounded_by(rollouts_as_prompts)),
    "two-level-mgf without the responses": replace(MGF, sides=bounded_by(without_responses)),
    "two-level-mgf with h = 1/9": replace(MGF, sides=bounded_by(lambda sample: 8 / 9 * proxy(sample))),
    "two-level-hoeffding with 2h for 4h": replace(TAIL, sides=lambda i: hoeffding(i, rollouts(i), 1 / 16)),
    "two-level-confidence with rollouts counted as prompts": altered(
        CONFIDENCE, two_level, "proxy", rollouts_as_prompts
    ),
    "two-level-confidence with a third of the radius": altered(
        CONFIDENCE, two_level, "radius", lambda sample, delta: radius(sample, delta) / 3
    ),
    "two-level-union with a quarter of the bound": altered(
        CLAIMS["two-level-union"], two_level, "union_radius", lambda sample, delta: union_radius(sample, delta) / 4
    ),
    "chernoff with 2h for 4h": replace(CLAIMS["chernoff"], sides=lambda i: one_sided(i, 1 / 16)),
}
