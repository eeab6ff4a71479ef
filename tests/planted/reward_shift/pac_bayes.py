"""False variants of the claims on PAC-Bayes bounds and on finite classes."""

from dataclasses import replace

from planted.how import altered, scaled
from rlhf_numeric import CLAIMS
from rlhf_numeric.arithmetic.kinds import amax, exp, join, log, zeros_like
from rlhf_numeric.claims.reward_shift import pac_bayes
from rlhf_numeric.claims.reward_shift.pac_bayes import evidence, mcallester, of_class
from rlhf_numeric.model.policy import relative_entropy


def the_other_way(probs, log_reference):
    """KL(q‖p) for a positive p, which the mixture with q stands for elsewhere."""
    reference = exp(log_reference)
    return relative_entropy(reference, log(0.999 * probs + 0.001 * reference))


def with_half_of_the_variance(found, tilt):
    """That E exp(sΔ) ≤ exp(hs²V/2)."""
    return evidence(found, tilt) + (tilt * tilt)[..., None] / 2


def without_the_divergence(found, tilt):
    """s·max Δ − hs²V: no price for the choice of Q."""
    return tilt[..., None] * amax(found.sizes, -1) - (tilt * tilt)[..., None]


def entropy_added(instance):
    """KL(p‖uniform) = log N + H(p)."""
    cost = pac_bayes.divergence(instance.probs, zeros_like(instance.probs))
    size = log(zeros_like(cost) + instance.problem.n_actions)
    return join(cost + size), join(size - cost)


CATONI = CLAIMS["pac-bayes-catoni"]

PLANTED = {
    "donsker-varadhan with KL(q‖p)": altered(CLAIMS["donsker-varadhan"], pac_bayes, "divergence", the_other_way),
    "pac-bayes-catoni without log(1/δ)": altered(CATONI, pac_bayes, "price", zeros_like),
    "pac-bayes-catoni with half of the variance": altered(CATONI, pac_bayes, "evidence", with_half_of_the_variance),
    "pac-bayes-catoni without the divergence": altered(CATONI, pac_bayes, "evidence", without_the_divergence),
    "pac-bayes-grid without log(J/δ)": altered(CLAIMS["pac-bayes-grid"], pac_bayes, "price", zeros_like),
    "pac-bayes-grid without the divergence": altered(
        CLAIMS["pac-bayes-grid"], pac_bayes, "evidence", without_the_divergence
    ),
    "pac-bayes-mcallester with 3/2 for 3/√2": replace(
        CLAIMS["pac-bayes-mcallester"], sides=lambda i: mcallester(i, 9 / 4)
    ),
    "finite-class without log N": replace(CLAIMS["finite-class"], sides=lambda i: of_class(i, 1)),
    "kl-data-processing with nine tenths": scaled(CLAIMS["kl-data-processing"], 0.9),
    "kl-uniform with log N + H": replace(CLAIMS["kl-uniform"], sides=entropy_added),
}
