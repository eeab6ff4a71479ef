"""False variants of the claims of the second edition."""

from dataclasses import replace

import numpy as np

from rlhf_numeric import CLAIMS, SHARP_CLAIMS
from rlhf_numeric.arithmetic.kinds import amin, psi
from rlhf_numeric.claims.generalisation import (
    coverage,
    high_probability,
    log_form,
    randomised,
    second_edition,
    second_edition_covered,
    stability_rank,
    without_coverage,
)
from rlhf_numeric.claims.generalisation.coverage import absences, bound_on_absence, covered, decay, missing_bounds
from rlhf_numeric.claims.generalisation.geometry import second_order
from rlhf_numeric.claims.generalisation.high_probability import beyond_stable, rare, within_twice
from rlhf_numeric.claims.generalisation.log_form import Parts
from rlhf_numeric.claims.generalisation.log_form import _constant as log_constant
from rlhf_numeric.claims.generalisation.second_edition import _felt as felt_residual
from rlhf_numeric.claims.generalisation.second_edition import _rate as rate_from_start
from rlhf_numeric.claims.generalisation.second_edition import _transfer as transfer_at_optimum
from rlhf_numeric.claims.generalisation.second_edition_covered import rarely
from rlhf_numeric.claims.generalisation.stability import cover, cover_differences, kappa, largest_difference
from rlhf_numeric.claims.generalisation.stability_on_samples import largest_change
from rlhf_numeric.claims.generalisation.without_coverage import rank_of_all

from ..how import altered, scaled, smaller_constant
from .first import constant_times, miscovered, with_larger_sigma, without_residual


def log_constant_times(factor):
    """The same of the constant at Δρ/λ."""
    return lambda *arguments: log_constant(*arguments) * factor


def split_without_one(parts: Parts, t):
    """A split that counts the residual 1/t times, not 1 + 1/t times."""
    return (1 + t) * parts.square + parts.rest * parts.rest / t


def together_without_the_mixed_term(parts: Parts):
    """a² + b² for (a + b)²."""
    return parts.square + parts.rest * parts.rest


def covered_times(factor):
    """σ‖Πv‖² with a larger σ."""
    return lambda instance, weights: covered(instance, weights) * factor


def with_one_more_draw(instance):
    """The probabilities that a prompt is absent of n + 1 draws, not n."""
    return absences(instance) * (1 - instance.weights)


def with_smaller_condition(divisor):
    """κ divided by a number, 2ε²ρ²/λ as it is."""

    def changed(*arguments):
        transfer, rest = transfer_at_optimum(*arguments)
        return transfer / divisor, rest

    return changed


def at_rate_two(claim):
    """The claim with k/(n+1)² for k/(n+1), for every n that it takes."""

    def sides(instance):
        lhs, rhs = claim.sides(instance)
        size = instance.extent.sample
        return lhs * (np.arange(2, size + 2) if claim.id == "leave-one-out" else size + 1), rhs

    return replace(claim, sides=sides)


WITHOUT_COVERAGE = (
    CLAIMS["leave-one-out"],
    SHARP_CLAIMS["suboptimality-no-coverage-sharp"],
    CLAIMS["no-coverage-hoeffding"],
)
PLANTED = {f"{claim.id} with k/(n+1)²": at_rate_two(claim) for claim in WITHOUT_COVERAGE}
PLANTED |= {
    "leave-one-out with 1/(n+1)": altered(
        CLAIMS["leave-one-out"], without_coverage, "rank_of_all", lambda problem: rank_of_all(problem) * 0 + 1
    ),
    "suboptimality-no-coverage with C below one sixth": altered(
        CLAIMS["suboptimality-no-coverage"], without_coverage, "second_order", constant_times(0.16)
    ),
    "no-coverage-hoeffding with a third of Δ": altered(
        CLAIMS["no-coverage-hoeffding"],
        without_coverage,
        "largest_difference",
        lambda problem: largest_difference(problem) / 3,
    ),
}
PLANTED |= {
    "gap-log-form with C below one half": altered(
        CLAIMS["gap-log-form"], log_form, "_constant", log_constant_times(0.49)
    ),
    "gap-log-form with 0.999ψ outside": scaled(SHARP_CLAIMS["gap-log-form-sharp"], 0.999),
    "gap-log-form-sample with C below one half": altered(
        CLAIMS["gap-log-form-sample"], log_form, "_constant", log_constant_times(0.49)
    ),
    "gap-log-form-sample with 0.999ψ outside": scaled(SHARP_CLAIMS["gap-log-form-sample-sharp"], 0.999),
    "gap-range with half the largest difference": altered(
        CLAIMS["gap-range"], log_form, "largest_difference", lambda problem: largest_difference(problem) * 0.5
    ),
    "gap-range scaled by 0.9": scaled(CLAIMS["gap-range"], 0.9),
    "sharp coverage-split": scaled(CLAIMS["coverage-split"], 0.999),
    "sharp coverage-split-differences": scaled(CLAIMS["coverage-split-differences"], 0.999),
    "coverage-split-differences without the mixed term": altered(
        CLAIMS["coverage-split-differences"], log_form, "together", together_without_the_mixed_term
    ),
    "coverage-split with 1/t for 1 + 1/t": altered(CLAIMS["coverage-split"], log_form, "split", split_without_one),
    "coverage-split-differences with half the largest difference": altered(
        CLAIMS["coverage-split-differences"],
        log_form,
        "largest_difference",
        lambda problem: largest_difference(problem) * 0.5,
    ),
}
PLANTED |= {
    f"{slug} with {what}": altered(CLAIMS[slug], log_form, name, wrong)
    for slug, name, made in (
        ("coverage-split", "cover", cover),
        ("coverage-split-differences", "cover_differences", cover_differences),
        ("suboptimality-direct-log", "cover", cover),
    )
    for what, wrong in (
        ("no residual", miscovered(made, "epsilon", 0)),
        ("σ too large", miscovered(made, "sigma", 1000)),
    )
}
PLANTED |= {
    # with as few steps as here, the other term of the bound alone exceeds every possible gap
    "suboptimality-direct-ga-log with σ too large": altered(
        CLAIMS["suboptimality-direct-ga-log"], log_form, "cover", with_larger_sigma
    ),
    "suboptimality-direct-log with C/4": altered(
        CLAIMS["suboptimality-direct-log"], log_form, "second_order", constant_times(0.25)
    ),
    "suboptimality-direct-ga-log with C/20": altered(
        CLAIMS["suboptimality-direct-ga-log"], log_form, "second_order", constant_times(0.05)
    ),
}
PLANTED |= {
    f"{slug} with {what}": altered(CLAIMS[slug], coverage, name, wrong)
    for slug, what, name, wrong in (
        ("coverage-random-sample", "σ for σ/n", "covered", covered_times(2)),
        ("coverage-random-sample", "0.98N", "bound_on_absence", lambda i: bound_on_absence(i) * 0.98),
        ("coverage-half", "σ for σ/2", "covered", covered_times(2)),
        ("coverage-half", "exp(−np/4)", "decay", lambda weight, size: decay(weight, 2 * size)),
        ("coverage-tail", "σ for σ/n", "covered", covered_times(2)),
        ("coverage-tail", "one more draw", "absences", with_one_more_draw),
        ("coverage-rate", "N/(n+1)²", "missing_bounds", lambda i: (missing_bounds(i)[1] / (i.extent.sample + 1),) * 2),
        ("coverage-rate", "0.999N", "missing_bounds", lambda i: [0.999 * bound for bound in missing_bounds(i)]),
        ("coverage-rate", "one more draw", "absences", with_one_more_draw),
    )
}


def one_more_draw(instance):
    """The optimum at N(1 − p)^(n+1) for N(1 − p)^n."""
    lhs, rhs = CLAIMS["suboptimality-whp-optimum"].sides(instance)
    return lhs, rhs * (1 - amin(instance.weights, -1))


STABLE, UNIFORM = CLAIMS["suboptimality-whp"], CLAIMS["suboptimality-whp-uniform"]
PLANTED |= {
    "suboptimality-whp without the term in 1/√n": replace(STABLE, sides=lambda i: beyond_stable(i, 0.0)),
    "suboptimality-whp-uniform with exp(−np)": altered(UNIFORM, high_probability, "rare", lambda i: rare(i, rate=1)),
    "suboptimality-whp-uniform with the factor 1": altered(
        UNIFORM, high_probability, "within_twice", lambda i, theta, factor: within_twice(i, theta, factor / 2)
    ),
    "suboptimality-whp-optimum with one more draw": replace(CLAIMS["suboptimality-whp-optimum"], sides=one_more_draw),
}
PLANTED |= {
    f"{slug} with C below a quarter": altered(CLAIMS[slug], high_probability, "second_order", constant_times(0.2))
    for slug in ("suboptimality-whp-ga", "suboptimality-whp-sga")
}
PLANTED |= {
    "gap-two-sided with 1 + M/2 for 2 + M/2": altered(
        CLAIMS["gap-two-sided"],
        second_edition,
        "_below",
        lambda i, r: second_order(i, r, lambda m: (1 + m / 2) * (1 + m / 2)),
    ),
    "gap-two-sided with 0.999ψ": scaled(CLAIMS["gap-two-sided-sharp"], 0.999),
    "empirical-optimum-iff with 1 + M/2 for 2 + M/2": altered(
        CLAIMS["empirical-optimum-iff"],
        second_edition,
        "_below",
        lambda i, r: second_order(i, r, lambda m: (1 + m / 2) * (1 + m / 2)),
    ),
    "empirical-optimum-iff with half of ψ": altered(
        CLAIMS["empirical-optimum-iff"], second_edition, "_least", lambda *arguments: second_order(*arguments, psi) / 2
    ),
    "suboptimality-without-concentration with 0.4γ": altered(
        CLAIMS["suboptimality-without-concentration"],
        second_edition,
        "largest_change",
        lambda *arguments: largest_change(*arguments) * 0.4,
    ),
    "suboptimality-ga-last-iterate with κ/1000": altered(
        CLAIMS["suboptimality-ga-last-iterate"], second_edition, "_transfer", with_smaller_condition(1000)
    ),
    "suboptimality-ga-least-gradient with κ/8": altered(
        CLAIMS["suboptimality-ga-least-gradient"], second_edition, "_transfer", with_smaller_condition(8)
    ),
    "ga-linear-from-start with a larger σ": altered(
        CLAIMS["ga-linear-from-start"], second_edition, "_rate", lambda *a: 1 - (1 - rate_from_start(*a)) * 1.1
    ),
    "ga-linear-from-start with 0.999ψ": altered(
        CLAIMS["ga-linear-from-start-sharp"], second_edition, "second_order", constant_times(0.999)
    ),
    "coverage-tight with 1/4 for 1/10": altered(
        CLAIMS["coverage-tight"], second_edition, "_felt", lambda y: felt_residual(y) * 2.5
    ),
}
PLANTED |= {
    "random-stability with γ scaled by 0.4": scaled(CLAIMS["random-stability"], 0.4),
    "suboptimality-sga-three-terms by concentration alone": altered(
        CLAIMS["suboptimality-sga-three-terms"], randomised, "second_order", constant_times(0)
    ),
    "suboptimality-sga-two-terms scaled by 0.1": scaled(CLAIMS["suboptimality-sga-two-terms"], 0.1),
    "suboptimality-sga-two-terms by the residual alone": altered(
        CLAIMS["suboptimality-sga-two-terms"], randomised, "positive_bound", lambda problem: problem.kl_coef * 0
    ),
    "suboptimality-noisy with σ too large": altered(
        CLAIMS["suboptimality-noisy"], randomised, "cover", with_larger_sigma
    ),
    "suboptimality-noisy without noise in the bound": altered(
        CLAIMS["suboptimality-noisy"], randomised, "noise_variance", lambda i: i.problem.kl_coef * 0
    ),
}
PLANTED |= {
    "suboptimality-sga-log with σ too large": altered(
        CLAIMS["suboptimality-sga-log"], log_form, "cover", with_larger_sigma
    ),
    "suboptimality-sga-log with C/20": altered(
        CLAIMS["suboptimality-sga-log"], log_form, "second_order", constant_times(0.05)
    ),
}
PLANTED |= {
    f"{slug} with the rank less 1": altered(
        CLAIMS[slug], without_coverage, "rank_of_all", lambda problem: rank_of_all(problem) - 1
    )
    for slug in ("leave-one-out", "leave-one-out-tail", "no-coverage-whp")
}
PLANTED |= {
    "leave-one-out-tail scaled by 0.4": scaled(CLAIMS["leave-one-out-tail"], 0.4),
    "no-coverage-whp scaled by 0.35": scaled(CLAIMS["no-coverage-whp"], 0.35),
}
PLANTED |= {
    "suboptimality-sampled with σ too large": altered(
        CLAIMS["suboptimality-sampled"], randomised, "cover", with_larger_sigma
    ),
    "suboptimality-sampled without noise in the bound": altered(
        CLAIMS["suboptimality-sampled"], randomised, "noise_variance", lambda i: i.problem.kl_coef * 0
    ),
}
PLANTED |= {
    "coverage-edge with no residual": altered(CLAIMS["coverage-edge"], stability_rank, "cover", without_residual),
    "coverage-edge with σ too large": altered(CLAIMS["coverage-edge"], stability_rank, "cover", with_larger_sigma),
    "sharp rank-deficiency": scaled(CLAIMS["rank-deficiency"], 0.999),
}
MOSTLY, FREQUENT = (CLAIMS[f"suboptimality-{name}"] for name in ("mostly-covered", "frequent-prompts"))
PLANTED |= {
    "suboptimality-mostly-covered as if every sample covered": altered(
        MOSTLY, second_edition_covered, "cost", lambda instance, delta, radius: 0 * radius
    ),
    "suboptimality-mostly-covered with no residual": altered(
        MOSTLY, second_edition_covered, "residual_term", lambda problem, epsilon, radius: 0 * radius
    ),
    "suboptimality-mostly-covered with κ/1000": altered(
        MOSTLY, second_edition_covered, "kappa", lambda problem, sigma: kappa(problem, sigma) / 1000
    ),
    "suboptimality-frequent-prompts with exp(−2nD)": altered(
        FREQUENT, second_edition_covered, "rarely", lambda instance: rarely(instance, rate=2)
    ),
    "suboptimality-frequent-prompts with no residual": altered(
        FREQUENT, second_edition_covered, "residual_term", lambda problem, epsilon, radius: 0 * radius
    ),
    "suboptimality-frequent-prompts with 2000σ for σ/2": altered(
        FREQUENT, second_edition_covered, "halved", lambda sigma: 2000 * sigma
    ),
}
LEAST = {
    "suboptimality-mostly-covered": 0.1,
    "suboptimality-frequent-prompts": 0.01,
    "suboptimality-sga-two-terms": 0.25,
    "suboptimality-sga-three-terms": 0,
    "suboptimality-noisy": 0.25,
    "suboptimality-whp-ga": 0.25,
    "suboptimality-whp-sga": 0.25,
    "suboptimality-direct-log": 0.5,
    "suboptimality-direct-ga-log": 0.5,
    "suboptimality-sga-log": 0.05,
    "suboptimality-sampled": 0.1,
    "suboptimality-ga-last-iterate": 0.1,
    "suboptimality-ga-least-gradient": 0.25,
}
PLANTED |= {
    f"{slug}-sharp with C scaled by {factor}": smaller_constant(CLAIMS[f"{slug}-sharp"], factor)
    for slug, factor in LEAST.items()
}
