"""Every planted falsehood about a claim is refuted by the search, and a perturbed gradient is caught."""

from dataclasses import replace
from unittest.mock import patch

import pytest
from hypothesis import Phase, find, settings

import rlhf_numeric.claims.gradient
from rlhf_numeric import CLAIMS, SHARP_CLAIMS, Verdict, regenerate, run
from rlhf_numeric import gradient as gradient_of_objective
from rlhf_numeric._arithmetic import join
from rlhf_numeric.campaign import run_campaign
from rlhf_numeric.claims import ascent, decomposition, generalisation, stability, stochastic, suboptimality
from rlhf_numeric.claims.ascent import _lasting_eigenvalue as lasting_eigenvalue
from rlhf_numeric.claims.ascent import _smoothness as smoothness
from rlhf_numeric.claims.ascent import iterates
from rlhf_numeric.claims.decomposition import _range as objective_bound
from rlhf_numeric.claims.generalisation import cover_all
from rlhf_numeric.claims.geometry import second_order
from rlhf_numeric.claims.stability import cover
from rlhf_numeric.claims.stochastic import _energy as energy
from rlhf_numeric.gradient import gradient_per_prompt
from rlhf_numeric.hunt import hunt
from rlhf_numeric.problem import positive_bound
from rlhf_numeric.schemes import CHUNK, ROWS, drawn
from strategies import EXTREMES, instances


def reversed_sides(claim):
    return replace(claim, sides=lambda instance: claim.sides(instance)[::-1])


def scaled(claim, factor):
    """The claim with its right side multiplied by ``factor``."""

    def sides(instance):
        lhs, rhs = claim.sides(instance)
        return lhs, rhs * factor

    return replace(claim, sides=sides)


def altered(claim, module, name, replacement):
    """The claim with one ingredient of its module replaced."""

    def sides(instance):
        with patch.object(module, name, replacement):
            return claim.sides(instance)

    return replace(claim, sides=sides)


def without_residual(*arguments):
    """Coverage that pretends that nothing is left out."""
    seen = cover(*arguments)
    return seen._replace(epsilon=seen.epsilon * 0)


def with_larger_sigma(*arguments):
    """Coverage with σ a thousand times too large."""
    seen = cover(*arguments)
    return seen._replace(sigma=seen.sigma * 1000)


def uncovered(*arguments):
    """Coverage by every sample that pretends that nothing is left out."""
    seen = cover_all(*arguments)
    return seen._replace(epsilon=seen.epsilon * 0)


def overcovered(*arguments):
    """Coverage by every sample with σ a thousand times too large."""
    seen = cover_all(*arguments)
    return seen._replace(sigma=seen.sigma * 1000)


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
    return altered(
        claim, rlhf_numeric.claims.gradient, "centred_scores", lambda problem, theta, v: theta[..., :1, None] * 0
    )


NEARLY_ATTAINED = ("log-mgf-bound-sharp", "gradient-domination-sharp", "optimisation-error-sharp")

PLANTED = {f"{c.id} reversed": reversed_sides(c) for c in CLAIMS.values() if c.kind == "inequality"}
PLANTED |= {f"{c.id} off by 2^-40": scaled(c, 1 + 2.0**-40) for c in CLAIMS.values() if c.kind == "identity"}
PLANTED |= {f"{c.id} sign flipped": scaled(c, -1) for c in CLAIMS.values() if c.id != "kl-nonneg"}
PLANTED |= {
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
        CLAIMS["stability-from-gradients"], generalisation, "cover_all", overcovered
    ),
    "suboptimality-empirical-optimum with no residual": altered(
        CLAIMS["suboptimality-empirical-optimum"], generalisation, "cover_all", uncovered
    ),
    "suboptimality-ga by concentration alone": altered(
        CLAIMS["suboptimality-ga"], generalisation, "second_order", constant_times(0)
    ),
    "ga-monotone beyond 1/L": altered(CLAIMS["ga-monotone"], ascent, "_smoothness", lambda i: smoothness(i) * 0.2),
    "ga-last-iterate with C below 1/12": scaled(CLAIMS["ga-last-iterate"], 1 / 12),
    "ga-linear with a larger σ": altered(
        CLAIMS["ga-linear"], ascent, "_lasting_eigenvalue", lambda i: lasting_eigenvalue(i) * 1.1
    ),
    "ga-linear with C below one half": altered(CLAIMS["ga-linear"], ascent, "second_order", constant_times(0.49)),
    "sga-rate with C below one half": altered(CLAIMS["sga-rate"], stochastic, "second_order", constant_times(0.49)),
    "sga-rate with longer steps": altered(CLAIMS["sga-rate"], stochastic, "_energy", longer_steps(2.5)),
    "sga-pairwise-rate with C below a quarter": altered(
        CLAIMS["sga-pairwise-rate"], stochastic, "second_order", constant_times(0.24)
    ),
    "sga-pairwise-rate with K = B²/λ": altered(
        CLAIMS["sga-pairwise-rate"], stochastic, "_energy", energy_of_full_gradients
    ),
    "sga-noisy-rate without noise in the bound": altered(
        CLAIMS["sga-noisy-rate"], stochastic, "noise_variance", lambda i: i.problem.kl_coef * 0
    ),
    "sga-noisy-rate with C below a quarter": altered(
        CLAIMS["sga-noisy-rate"], stochastic, "second_order", constant_times(0.25)
    ),
    "sharp paper-rates": scaled(CLAIMS["paper-rates"], 0.999),
}
PLANTED |= {
    f"{slug} with {what}": altered(CLAIMS[slug], suboptimality, "cover", wrong)
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


@pytest.mark.no_cover
@pytest.mark.parametrize("falsehood", PLANTED.values(), ids=PLANTED)
def test_a_planted_falsehood_is_refuted_by_the_search(falsehood):
    chunks = range(20)  # up to the first that refutes
    assert any(run(falsehood, instances=CHUNK, seed=0, first_chunk=chunk, ball_rows=200).refuted_by for chunk in chunks)


@pytest.mark.parametrize(
    "falsehood",
    [reversed_sides(CLAIMS["kl-nonneg"]), scaled(CLAIMS["gap-identity"], 1 + 1e-12)],
    ids=["inequality", "identity"],
)
def test_a_planted_falsehood_is_refuted_by_hypothesis_and_by_evaluate(falsehood):
    found = find(
        instances(),
        lambda instance: falsehood.evaluate(instance).verdict is Verdict.VIOLATED,
        settings=settings(max_examples=500, database=None, phases=[Phase.generate]),
    )
    assert falsehood.evaluate(found).decided_by.startswith("balls")


def without_kl(problem, theta):
    return gradient_per_prompt(problem, theta) * problem.kl_coef[..., None, None]


def without_regulariser(problem, theta):
    return gradient_per_prompt(problem, theta * 0)


def flipped(problem, theta):
    return gradient_per_prompt(problem, theta) * -1


@pytest.mark.parametrize("perturbed", [without_kl, without_regulariser, flipped])
@pytest.mark.parametrize("slug", ["grad-objective", "score-identity", "pairwise-estimator"])
def test_a_perturbed_gradient_is_caught_by_the_claims(monkeypatch, slug, perturbed):
    instance = EXTREMES["huge kl_coef"]
    assert CLAIMS[slug].evaluate(instance).verdict is Verdict.HOLDS
    monkeypatch.setattr(rlhf_numeric.claims.gradient, "gradient_per_prompt", perturbed)
    assert CLAIMS[slug].evaluate(instance).verdict is Verdict.VIOLATED


def test_a_sum_in_place_of_a_mean_over_prompts_is_caught(monkeypatch):
    def summed(problem, theta):
        return gradient_of_objective(problem, theta) * problem.n_prompts

    monkeypatch.setattr(rlhf_numeric.claims.gradient, "gradient", summed)
    assert CLAIMS["grad-objective"].evaluate(EXTREMES["huge kl_coef"]).verdict is Verdict.VIOLATED


def halved_where(slug, gate):
    """The claim with its right side halved on the instances whose shape or extent passes a gate."""
    claim = CLAIMS[slug]

    def sides(instance):
        lhs, rhs = claim.sides(instance)
        return lhs, rhs * (0.5 if gate(instance) else 1.0)

    return replace(claim, sides=sides)


def with_a_wrong_turn(slug, module, step):
    """The claim with iterates of gradient ascent that descend at one step, counted from 1."""

    def turned(problem, theta, step_size, steps):
        thetas = iterates(problem, theta, step_size, min(steps, step - 1))
        if steps >= step:
            thetas += iterates(problem, thetas[-1], -step_size, 1)[1:]
            thetas += iterates(problem, thetas[-1], step_size, steps - step)[1:]
        return thetas

    return altered(CLAIMS[slug], module, "iterates", turned)


def prompts_at_least(n):
    return lambda instance: instance.problem.n_prompts >= n


def actions_at_least(m):
    return lambda instance: instance.problem.n_actions >= m


def features_at_least(d):
    return lambda instance: instance.problem.dim >= d


def largest_of_all(instance):
    problem = instance.problem
    return problem.n_prompts == problem.n_actions == problem.dim == 6


def three_in_a_sample(instance):
    return instance.extent.sample >= 3


SIZE_GATED = {
    f"{slug} halved where {where}": halved_where(slug, gate)
    for slug in ("objective-range", "gap-identity")
    for where, gate in {
        "n ≥ 4": prompts_at_least(4),
        "n = 6": prompts_at_least(6),
        "m ≥ 5": actions_at_least(5),
        "m = 6": actions_at_least(6),
        "d ≥ 4": features_at_least(4),
        "d = 6": features_at_least(6),
        "n = m = d = 6": largest_of_all,
    }.items()
}
SIZE_GATED["concentration-variance halved for samples of three"] = halved_where(
    "concentration-variance", three_in_a_sample
)
SIZE_GATED |= {
    f"{slug} wrong from step {step}": with_a_wrong_turn(slug, ascent, step)
    for slug, last in (("ga-bounded", 6), ("ga-linear", 5))
    for step in (4, last)
}
every_size_gated_falsehood = pytest.mark.parametrize("falsehood", SIZE_GATED.values(), ids=SIZE_GATED)


@pytest.mark.no_cover
@every_size_gated_falsehood
def test_a_falsehood_about_large_instances_alone_is_refuted_by_the_instances_of_check(falsehood):
    assert run(falsehood).refuted_by.origin.scheme == "large search"


@every_size_gated_falsehood
def test_a_falsehood_about_large_instances_alone_is_refuted_by_a_campaign(falsehood):
    found = run_campaign([falsehood], instances=8 * ROWS)[falsehood.id].tally.refuted_by
    assert found.origin.scheme == "large campaign"
    assert falsehood.evaluate(regenerate(found.origin)).verdict is Verdict.VIOLATED


@every_size_gated_falsehood
def test_a_falsehood_about_large_instances_alone_is_refuted_by_a_hunt(falsehood):
    assert hunt(falsehood, steps=70).case.verdict == "violated"


def test_a_claim_with_slack_that_is_halved_for_samples_of_three_is_refuted_by_a_hunt_but_not_by_check():
    falsehood = halved_where("concentration-mean", three_in_a_sample)
    assert run(falsehood).refuted_by is None
    assert hunt(falsehood, steps=70).case.verdict == "violated"


def test_the_planted_falsehoods_about_large_instances_pass_on_small_ones_alone():
    """What was so of all instances once: the gates shut out every shape and extent of the small schemes."""
    for falsehood in SIZE_GATED.values():
        parts_of = [drawn("search", 0, chunk) for chunk in range(2)]
        assert not any(falsehood.decide(part, ball_rows=2).refuted.any() for part in parts_of)
