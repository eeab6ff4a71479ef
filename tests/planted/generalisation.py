"""False variants of the claims of 2601.16403."""

from rlhf_numeric import CLAIMS, SHARP_CLAIMS
from rlhf_numeric.arithmetic.kinds import join
from rlhf_numeric.claims.generalisation import (
    ascent,
    ascent_stochastic,
    assembled,
    decomposition,
    gradient,
    randomised,
    stability,
    stability_on_samples,
    stability_rank,
)
from rlhf_numeric.claims.generalisation.ascent import _lasting_eigenvalue as lasting_eigenvalue
from rlhf_numeric.claims.generalisation.ascent import _smoothness as smoothness
from rlhf_numeric.claims.generalisation.ascent_stochastic import _energy as energy
from rlhf_numeric.claims.generalisation.decomposition import _range as objective_bound
from rlhf_numeric.claims.generalisation.geometry import second_order
from rlhf_numeric.claims.generalisation.stability import cover, cover_differences, largest_difference
from rlhf_numeric.claims.generalisation.stability_on_samples import cover_all
from rlhf_numeric.model.problem import positive_bound

from .how import altered, scaled


def miscovered(cover, field, factor):
    """Coverage with its σ or its ε multiplied by a factor: 0 pretends that nothing is left out."""

    def wrong(*arguments):
        seen = cover(*arguments)
        return seen._replace(**{field: getattr(seen, field) * factor})

    return wrong


without_residual, with_larger_sigma = miscovered(cover, "epsilon", 0), miscovered(cover, "sigma", 1000)
uncovered, overcovered = miscovered(cover_all, "epsilon", 0), miscovered(cover_all, "sigma", 1000)


def constant_times(factor):
    """The second-order constant times a factor."""
    return lambda *arguments: second_order(*arguments) * factor


def longer_steps(factor):
    """Kρ² as it is, with a step of factor/K."""

    def changed(instance, *, pairs_drawn):
        total, eta = energy(instance, pairs_drawn=pairs_drawn)
        return total, eta * factor

    return changed


def energy_of_full_gradients(instance, *, pairs_drawn):
    """Kρ² and 1/K with K = B²/λ, whether actions are sampled or not."""
    return energy(instance, pairs_drawn=False)


def smaller_bound(problem):
    """B taken a little too small, hence a step that is a little too large."""
    return positive_bound(problem) * 0.99


def dropped_terms(claim, *, keep):
    """The error decomposition with only some of its three terms: the others are made 0 before the sum."""

    def joined(*parts):
        return join(*(part if i in keep else part * 0 for i, part in enumerate(parts)))

    return altered(claim, decomposition, "join", joined)


def second_cumulant_only(claim):
    """The Hessian without its term in θ* − θ, whose third cumulant is replaced by 0."""
    return altered(claim, gradient, "centred_scores", lambda problem, theta, v: theta[..., :1, None] * 0)


NEARLY_ATTAINED = ("log-mgf-bound-sharp", "gradient-domination-sharp", "optimisation-error-sharp")

PLANTED = {
    "sharp variance-bound": scaled(CLAIMS["variance-bound"], 0.999),
    "sharp gradient-cocoercive": scaled(CLAIMS["gradient-cocoercive"], 0.999),
    "sharp kernel-invariant": scaled(CLAIMS["kernel-invariant"], 0.999),
    "gradient-domination below one half": scaled(CLAIMS["gradient-domination"], 0.499),
    "log-mgf-bound below one half": scaled(CLAIMS["log-mgf-bound"], 0.499),
    "objective-range halved": scaled(CLAIMS["objective-range"], 0.5),
    "covariance-comparison without exp M": scaled(CLAIMS["covariance-comparison"], 0.9),
    "error-decomposition without concentration": dropped_terms(CLAIMS["error-decomposition"], keep=(1, 2)),
    "error-decomposition without optimisation": dropped_terms(CLAIMS["error-decomposition"], keep=(0, 2)),
    "error-decomposition without generalisation": dropped_terms(CLAIMS["error-decomposition"], keep=(0, 1)),
    "optimisation-error below one half": scaled(CLAIMS["optimisation-error"], 0.499),
    "concentration-variance with B halved": altered(
        CLAIMS["concentration-variance"], decomposition, "_range", lambda instance: objective_bound(instance) * 0.5
    ),
    "concentration-mean at rate 1/n": scaled(CLAIMS["concentration-mean"], 2**-0.5),
    "concentration-chebyshev with B halved": scaled(CLAIMS["concentration-chebyshev"], 0.25),
    "concentration-hoeffding with B/4": altered(
        CLAIMS["concentration-hoeffding"], decomposition, "_range", lambda instance: objective_bound(instance) * 0.25
    ),
    "kl-lower-variance scaled by 0.999": scaled(CLAIMS["kl-lower-variance"], 0.999),
    "ga-bounded beyond the largest step": altered(CLAIMS["ga-bounded"], ascent, "positive_bound", smaller_bound),
    "sharp ascent-engine": scaled(CLAIMS["ascent-engine"], 0.999),
    "sharp ga-bounded": scaled(CLAIMS["ga-bounded"], 0.999),
    "sharp ga-rate": scaled(CLAIMS["ga-rate"], 0.999),
}
PLANTED |= {
    "uniform-stability-generalises with γ scaled by 0.4": scaled(CLAIMS["uniform-stability-generalises"], 0.4),
    "hess-objective without the third cumulant": second_cumulant_only(CLAIMS["hess-objective"]),
    "stability-from-gradients scaled by 0.1": scaled(CLAIMS["stability-from-gradients"], 0.1),
    "stability-from-gradients with σ too large": altered(
        CLAIMS["stability-from-gradients"], stability_on_samples, "cover_all", overcovered
    ),
    "suboptimality-empirical-optimum with no residual": altered(
        CLAIMS["suboptimality-empirical-optimum"], stability_on_samples, "cover_all", uncovered
    ),
    "suboptimality-ga by concentration alone": altered(
        CLAIMS["suboptimality-ga"], stability_on_samples, "second_order", constant_times(0)
    ),
    "ga-monotone beyond 1/L": altered(CLAIMS["ga-monotone"], ascent, "_smoothness", lambda i: smoothness(i) * 0.2),
    "ga-last-iterate with C below 1/12": scaled(CLAIMS["ga-last-iterate"], 1 / 12),
    "ga-linear with a larger σ": altered(
        CLAIMS["ga-linear"], ascent, "_lasting_eigenvalue", lambda i: lasting_eigenvalue(i) * 1.1
    ),
    "ga-linear with C below one half": altered(CLAIMS["ga-linear"], ascent, "second_order", constant_times(0.49)),
    "sga-rate with C below one half": altered(
        CLAIMS["sga-rate"], ascent_stochastic, "second_order", constant_times(0.49)
    ),
    "sga-rate with longer steps": altered(CLAIMS["sga-rate"], ascent_stochastic, "_energy", longer_steps(2.5)),
    "sga-pairwise-rate with C below a quarter": altered(
        CLAIMS["sga-pairwise-rate"], ascent_stochastic, "second_order", constant_times(0.24)
    ),
    "sga-pairwise-rate with K = B²/λ": altered(
        CLAIMS["sga-pairwise-rate"], ascent_stochastic, "_energy", energy_of_full_gradients
    ),
    "sga-noisy-rate without noise in the bound": altered(
        CLAIMS["sga-noisy-rate"], ascent_stochastic, "noise_variance", lambda i: i.problem.kl_coef * 0
    ),
    "sga-noisy-rate with C below a quarter": altered(
        CLAIMS["sga-noisy-rate"], ascent_stochastic, "second_order", constant_times(0.25)
    ),
    "sharp paper-rates": scaled(CLAIMS["paper-rates"], 0.999),
}
PLANTED |= {
    f"{slug} with {what}": altered(CLAIMS[slug], assembled, "cover", wrong)
    for slug, what, wrong in (
        # with as few steps as here, the other term of the bounds on ascents alone exceeds every possible gap
        ("suboptimality-direct-ga", "σ too large", with_larger_sigma),
        ("suboptimality-sga", "σ too large", with_larger_sigma),
        ("suboptimality-sga-pairwise", "σ too large", with_larger_sigma),
        ("coverage-threshold", "σ too large", with_larger_sigma),
        ("coverage-threshold", "no residual", without_residual),
    )
}
PLANTED |= {f"{slug} with 0.999ψ": scaled(SHARP_CLAIMS[slug], 0.999) for slug in NEARLY_ATTAINED}
PLANTED |= {
    f"{slug} with {what}": altered(CLAIMS[slug], stability, "cover", wrong)
    for slug in ("coverage-transfer", "pointwise-gap", "gradient-norm-stability", "suboptimality-direct")
    for what, wrong in (("no residual", without_residual), ("σ too large", with_larger_sigma))
}
PLANTED |= {
    f"coverage-by-differences with {what}": altered(CLAIMS["coverage-by-differences"], stability, name, wrong)
    for what, name, wrong in (
        ("no residual", "cover_differences", miscovered(cover_differences, "epsilon", 0)),
        ("σ too large", "cover_differences", miscovered(cover_differences, "sigma", 1000)),
        ("half the largest difference", "largest_difference", lambda problem: largest_difference(problem) * 0.5),
    )
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
    "suboptimality-sampled with σ too large": altered(
        CLAIMS["suboptimality-sampled"], randomised, "cover", with_larger_sigma
    ),
    "suboptimality-sampled without noise in the bound": altered(
        CLAIMS["suboptimality-sampled"], randomised, "noise_variance", lambda i: i.problem.kl_coef * 0
    ),
    "suboptimality-noisy with σ too large": altered(
        CLAIMS["suboptimality-noisy"], randomised, "cover", with_larger_sigma
    ),
    "suboptimality-noisy without noise in the bound": altered(
        CLAIMS["suboptimality-noisy"], randomised, "noise_variance", lambda i: i.problem.kl_coef * 0
    ),
}
PLANTED |= {
    "coverage-edge with no residual": altered(CLAIMS["coverage-edge"], stability_rank, "cover", without_residual),
    "coverage-edge with σ too large": altered(CLAIMS["coverage-edge"], stability_rank, "cover", with_larger_sigma),
    "sharp rank-deficiency": scaled(CLAIMS["rank-deficiency"], 0.999),
}
