"""Every claim survives random instances, and every planted falsehood does not."""

from dataclasses import replace
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import Phase, find, given, settings

import rlhf_numeric.claims.gradient
from rlhf_numeric import CLAIMS, Verdict, random_instances, run
from rlhf_numeric import gradient as gradient_of_objective
from rlhf_numeric._arithmetic import join
from rlhf_numeric.claims import ascent, decomposition, geometry, stability
from rlhf_numeric.claims.ascent import _positive_bound as positive_bound
from rlhf_numeric.claims.decomposition import _range as objective_bound
from rlhf_numeric.claims.stability import cover
from rlhf_numeric.gradient import gradient_per_prompt
from rlhf_numeric.verdict import decide
from strategies import EXTREMES, gentle_instances, instances, with_extremes

SLUGS = [
    "boltzmann-normalised",
    "log-ratio",
    "kl-nonneg",
    "kl-zero-iff",
    "gibbs-variational",
    "gap-identity",
    "objective-range",
    "grad-log-partition",
    "hess-log-partition",
    "grad-expectation",
    "grad-objective",
    "score-identity",
    "pairwise-estimator",
    "variance-bound",
    "gradient-alignment",
    "gradient-cocoercive",
    "log-mgf-bound",
    "gradient-domination",
    "stationary-is-optimal",
    "covariance-comparison",
    "kernel-invariant",
    "error-decomposition",
    "optimisation-error",
    "concentration-variance",
    "concentration-mean",
    "concentration-chebyshev",
    "coverage-transfer",
    "pointwise-gap",
    "gradient-norm-stability",
    "suboptimality-direct",
    "ascent-engine",
    "ga-bounded",
    "ga-rate",
]

every_claim = pytest.mark.parametrize("claim", CLAIMS.values(), ids=CLAIMS)


def test_the_table_holds_the_statements_of_these_groups():
    assert set(SLUGS) <= set(CLAIMS)


@every_claim
def test_a_claim_says_what_it_assumes_and_where_it_is_proved(claim):
    assert CLAIMS[claim.id] is claim
    assert claim.title
    assert claim.hypotheses
    assert claim.lean == "RLHF." + claim.id.replace("-", "_")


@every_claim
@with_extremes
@given(instances())
def test_a_claim_is_never_violated(claim, instance):
    assert claim.evaluate(instance).verdict is not Verdict.VIOLATED


@every_claim
def test_a_claim_is_decided_on_generic_instances(claim):
    batch = random_instances(np.random.default_rng(0), batch=300, shape=(2, 3, 2)).flattened()
    decision = claim.decide(batch)
    undecided = decision.rows_with(Verdict.UNDECIDED)
    assert (decision.equal == decision.open).all()  # nothing is open but equality
    assert undecided.sum() < 100
    assert decision.rows_with(Verdict.HOLDS).sum() > 30


@every_claim
def test_float_intervals_enclose_what_balls_find(claim):
    batch = random_instances(np.random.default_rng(6), batch=60, shape=(2, 3, 2))
    applicable = claim.applicable(batch)
    floats, exact = (
        decide(claim.sides, claim.kind, batch, applicable, precisions=(bits,), ball_rows=None) for bits in (53, 512)
    )
    known = np.isfinite(floats.radius) & applicable[:, None]
    margin, bound, balls = floats.margin[known], floats.radius[known], exact.margin[known]
    slack = 2.0**-50 * np.abs(margin)  # bound is |margin| + radius, rounded
    assert (np.abs(margin - balls) <= bound - np.abs(margin) + slack).all()
    assert known.mean() > 0.1


@every_claim
@given(gentle_instances())
def test_the_same_function_gives_the_same_sides_in_floats(claim, instance):
    evaluation, flat = claim.evaluate(instance), instance.flattened()
    with np.errstate(divide="ignore", invalid="ignore"):  # outside its hypotheses a claim may divide by 0
        sides = [np.ravel(side) for side in np.broadcast_arrays(*claim.sides(flat))]
    for side, enclosed in zip(sides, (evaluation.lhs.ravel(), evaluation.rhs.ravel()), strict=True):
        compared = claim.applicable(flat).all() | (np.isfinite(side) & np.isfinite(enclosed))
        scale = 1 + np.abs(side[compared]).max(initial=0)
        np.testing.assert_allclose(side[compared], enclosed[compared], rtol=1e-9, atol=1e-9 * scale)


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


def smaller_bound(problem):
    """B taken a little too small, hence a step that is a little too large."""
    return positive_bound(problem) * 0.99


def dropped_terms(claim, *, keep):
    """The error decomposition with only some of its three terms: the others are made 0 before the sum."""

    def joined(*parts):
        return join(*(part if i in keep else part * 0 for i, part in enumerate(parts)))

    return altered(claim, decomposition, "join", joined)


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
    "ga-bounded beyond the largest step": altered(CLAIMS["ga-bounded"], ascent, "_positive_bound", smaller_bound),
    "sharp ascent-engine": scaled(CLAIMS["ascent-engine"], 0.999),
    "sharp ga-bounded": scaled(CLAIMS["ga-bounded"], 0.999),
    "sharp ga-rate": scaled(CLAIMS["ga-rate"], 0.999),
}
PLANTED |= {
    f"{slug} with {what}": altered(CLAIMS[slug], stability, "cover", wrong)
    for slug in ("coverage-transfer", "pointwise-gap", "gradient-norm-stability", "suboptimality-direct")
    for what, wrong in (("no residual", without_residual), ("σ too large", with_larger_sigma))
}


@pytest.mark.parametrize("falsehood", PLANTED.values(), ids=PLANTED)
def test_a_planted_falsehood_is_refuted_by_the_search(falsehood):
    tally = run(falsehood, instances=640, seed=0, ball_rows=200)
    assert tally.violated > 0
    assert tally.refuted_by is not None


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


@given(gentle_instances())
def test_stationarity_is_only_claimed_where_the_gradient_vanishes(instance):
    if geometry.is_stationary(instance):
        assert (gradient_of_objective(instance.problem, instance.theta) == 0).all()
