"""Claims that an audit does not evaluate, each with the reason."""

from collections.abc import Mapping

from rlhf_numeric.evaluation.claim import Claim
from rlhf_numeric.evaluation.instance_family import INSTANCES

LEFT_OUT: Mapping[str, str] = {
    "kl-nonneg": "about an arbitrary policy, not about the data",
    "kl-zero-iff": "about an arbitrary policy, not about the data",
    **dict.fromkeys(
        ("kl-lower-variance", "gap-two-sided"),
        "a bound from below, and gradient-domination with ψ(M) for exp M",
    ),
    "empirical-optimum-iff": "gradient-cocoercive and gradient-domination in one, with other constants",
    "coverage-tight": "about a problem of its own, not about the data",
    **dict.fromkeys(
        ("reals-exp-limit", "reals-mean-value", "reals-second-order", "second-order-constant", "hoeffding-constant",
         "hoeffding-constant-archimedean", "hoeffding-lemma", "pinsker", "mcdiarmid"),
        "about numbers and arbitrary policies, not about the data",
    ),
    **dict.fromkeys(
        ("kernel-invariant", "coverage-edge", "rank-deficiency"), "about an arbitrary direction, not about the data"
    ),
    **dict.fromkeys(
        ("change-of-measure", "change-of-measure-centred", "chi-square-ratio", "kl-chi-square", "reward-shift",
         "coverage-boltzmann", "mean-shift-kl", "boltzmann-ratio", "kl-budget"),
        "about an arbitrary policy and an arbitrary reward, not about the data",
    ),
    **dict.fromkeys(
        ("clip-bias-bound", "clip-tail", "clipped-kl-nonneg", "clipped-optimum-gap", "k3-nonneg", "k2-bracket",
         "k3-variance-small", "clip-lipschitz", "clip-bias-mono", "clip-bias-zero", "clip-lower-tail",
         "clip-upper-tail", "clip-second-moment", "log-ratio-tail", "clipped-kl-lower", "clipped-kl-upper"),
        "about an arbitrary policy and its log-ratios, not about the data",
    ),
    **dict.fromkeys(
        ("reward-error-second-order", "reward-error-lower", "gap-triangle", "reward-error-range",
         "reward-error-training"),
        "about a true reward beside the learned one, which the data do not have",
    ),
    "preference-affinity-lower": "about two numbers, not about the data",
    **dict.fromkeys(
        ("preference-mle", "preference-to-policy"),
        "a probability over all labelled items, enumerated: too many for data",
    ),
    **dict.fromkeys(
        ("clip-threshold-optimal", "clip-threshold-exists", "clip-threshold-monotone"),
        "about an arbitrary policy and its log-ratios, not about the data",
    ),
    **dict.fromkeys(
        ("donsker-varadhan", "kl-data-processing"),
        "about arbitrary policies, not about the data",
    ),
    **dict.fromkeys(
        ("pac-bayes-catoni", "pac-bayes-grid", "pac-bayes-mcallester", "finite-class"),
        "a probability over all samples, enumerated: too many for data",
    ),
    **dict.fromkeys(
        ("two-level-mgf", "two-level-chebyshev", "chernoff", "two-level-hoeffding", "two-level-confidence",
         "two-level-union", "three-term-bound", "paper-theorem-1"),
        "an expectation over all rollouts of a policy, enumerated: too many for data",
    ),
    **dict.fromkeys(
        ("finite-class-selection", "pac-bayes-rlhf"),
        "a probability over rollouts of two policies, which the data do not have",
    ),
    "nonlinear-gap": "about rewards that are not linear in the features, which the data do not have",
    "ascent-engine": "about an abstract recursion, not about the data",
    **dict.fromkeys(
        ("ga-linear", "ga-linear-from-start"),
        "it needs coverage along the iterates, which the claim has only for exact enclosures of V_S",
    ),
    **dict.fromkeys(
        ("suboptimality-ga-last-iterate", "suboptimality-ga-least-gradient"),
        "it needs coverage by S at θ*, and what is certified of S is at θ",
    ),
    "coverage-by-differences": "coverage-transfer with a smaller ε, which is certified for features only",
    "suboptimality-direct-ga-log": "it needs coverage by S at θ*, and an audit certifies that at θ",
    "coverage-split": "coverage-transfer with another split: suboptimality-direct-log has the best one",
    **dict.fromkeys(
        ("gap-log-form", "gap-log-form-sample", "gap-range", "coverage-split-differences"),
        "it takes the largest difference of features, over all pairs of actions; with 2B for it beside bounds on gaps",
    ),
    "coverage-half": "a probability over all samples of up to 251 prompts, by tallies: too many for data",
    "coverage-threshold": "suboptimality-direct with ε written as c·n^(−α): one sample does not tell α",
    **dict.fromkeys(
        ("uniform-stability-generalises", "stability-from-gradients", "suboptimality-empirical-optimum",
         "suboptimality-ga", "hoeffding-mean", "concentration-hoeffding", "coverage-random-sample", "leave-one-out",
         "suboptimality-no-coverage", "no-coverage-hoeffding", "suboptimality-without-concentration",
         "leave-one-out-tail", "no-coverage-whp", "random-stability", "suboptimality-sga-three-terms",
         "suboptimality-sga-two-terms", "suboptimality-mostly-covered", "suboptimality-frequent-prompts"),
        "an expectation over all samples, enumerated: too many for data",
    ),
    **dict.fromkeys(
        ("suboptimality-whp", "suboptimality-whp-uniform", "suboptimality-whp-optimum", "suboptimality-whp-ga",
         "suboptimality-whp-sga"),
        "a probability over all samples, enumerated: too many for data",
    ),
    **dict.fromkeys(
        ("suboptimality-sga", "suboptimality-sga-log", "suboptimality-sga-pairwise", "suboptimality-direct-ga",
         "sga-rate", "sga-pairwise-rate", "sga-noisy-rate", "paper-rates", "suboptimality-noisy",
         "suboptimality-sampled"),
        "an expectation over all sequences of draws, enumerated: too many for data",
    ),
}  # fmt: skip


def why_left_out(claim: Claim, /) -> str:
    """Why a claim that has no arrangement of the data is not evaluated."""
    if claim.id in LEFT_OUT:
        return LEFT_OUT[claim.id]
    if claim.sharp_of is not None:
        return f"{claim.sharp_of} with the least constant, ψ(M) for exp M"
    if claim.kind == "identity":
        return "an identity, not a bound"
    return "no arrangement of the data for it yet" if claim.family is INSTANCES else "about records of another kind"
