"""Every claim survives random instances; that falsehoods do not is in `test_planted`."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rlhf_numeric import CLAIMS, Verdict, run
from rlhf_numeric import gradient as gradient_of_objective
from rlhf_numeric.claims.generalisation import geometry
from rlhf_numeric.evaluation.strategies import simple_records
from rlhf_numeric.evaluation.verdict import decide
from strategies import ON_INSTANCES, ON_OTHERS, gentle_instances, instances, records_for, with_extremes

every_claim = pytest.mark.parametrize("claim", CLAIMS.values(), ids=CLAIMS)


@every_claim
def test_a_claim_says_what_it_assumes_and_where_it_is_proved(claim):
    assert CLAIMS[claim.id] is claim
    assert claim.title.removesuffix(", C = exp M") != claim.id  # what is tested, in words
    assert claim.hypotheses
    assert "…" not in claim.hypotheses  # a stub that nobody has filled in
    assert claim.lean == "RLHF." + claim.id.replace("-", "_")


@pytest.mark.no_cover
@with_extremes
@given(instances())
def test_no_claim_is_ever_violated(instance):
    """Each gets every instance: to draw one takes longer than to decide a claim on it."""
    assert [c.id for c in ON_INSTANCES if c.evaluate(instance).verdict is Verdict.VIOLATED] == []


@pytest.mark.no_cover
@pytest.mark.parametrize("claim", ON_OTHERS, ids=lambda claim: claim.id)
@given(data=st.data())
def test_no_claim_about_other_records_is_ever_violated(claim, data):
    assert claim.evaluate(data.draw(simple_records(claim.family))).verdict is not Verdict.VIOLATED


@pytest.mark.no_cover
@every_claim
def test_a_claim_survives_a_search_that_satisfies_its_hypotheses(claim):
    tally = run(claim, instances=4 * 128, seed=11, ball_rows=60)
    assert tally.violated == 0
    assert tally.refuted_by is None
    assert tally.instances - tally.vacuous - tally.undecided > 50


@every_claim
def test_a_claim_is_decided_on_generic_instances(claim):
    batch = records_for(claim, 0, batch=300, shape=(2, 3, 2)).flattened()
    decision = claim.decide(batch)
    undecided = decision.rows_with(Verdict.UNDECIDED)
    assert (decision.equal == decision.open).all()  # nothing is open but equality
    assert undecided.sum() < 100
    assert decision.rows_with(Verdict.HOLDS).sum() > 30


@pytest.mark.no_cover
@pytest.mark.slow
def test_floats_and_balls_agree_on_ten_thousand_instances_that_both_decide():
    each = -(-10_000 // len(CLAIMS))
    compared = sum(agreements(claim, each) for claim in CLAIMS.values())
    assert compared > 5_000


def agreements(claim, rows):
    """Number of comparisons that floats decide, all of which balls decide in the same way."""
    decided = 0
    for shape in ((1, 2, 1), (2, 2, 2), (2, 3, 2), (3, 2, 3)):
        batch = records_for(claim, sum(shape), batch=-(-rows // 4), shape=shape)
        applicable = claim.applicable(batch)
        floats, exact = (
            decide(claim.sides, claim.kind, batch, applicable, precisions=(bits,), ball_rows=None) for bits in (53, 512)
        )
        both = floats.decided & exact.decided
        assert (floats.code[both] == exact.code[both]).all(), claim.id
        assert not exact.refuted.any(), claim.id
        decided += both.sum()
    return decided


def attained(claim, *, excess=0.0):
    """The claim with its right side (1 + excess)/3·3 on the left: an equality, computed in two ways."""

    def sides(instance):
        _, rhs = claim.sides(instance)
        return rhs / 3 * 3 * (1 + excess), rhs

    return replace(claim, sides=sides)


@pytest.mark.no_cover
@every_claim
def test_a_claim_that_holds_with_equality_is_never_violated(claim):
    batch = records_for(claim, 2, batch=40, shape=(2, 2, 2))
    assert attained(claim).evaluate(batch).verdict is not Verdict.VIOLATED
    assert attained(claim, excess=2.0**-40).evaluate(batch).verdict is Verdict.VIOLATED  # the control


@pytest.mark.no_cover
@every_claim
def test_float_intervals_enclose_what_balls_find(claim):
    batch = records_for(claim, 6, batch=60, shape=(2, 3, 2))
    applicable = claim.applicable(batch)
    floats, exact = (
        decide(claim.sides, claim.kind, batch, applicable, precisions=(bits,), ball_rows=None) for bits in (53, 512)
    )
    known = np.isfinite(floats.radius) & applicable[:, None]
    margin, bound, balls = floats.margin[known], floats.radius[known], exact.margin[known]
    slack = 2.0**-50 * np.abs(margin)  # bound is |margin| + radius, rounded
    assert (np.abs(margin - balls) <= bound - np.abs(margin) + slack).all()
    assert known.mean() > 0.1


# Probabilities that a deviation reaches a level, ranks, and a choice of the least gradient: they jump where rounding
# moves a deviation across its level, a difference of features out of a subspace, a norm below another.
JUMPING = (
    "concentration-hoeffding",
    "hoeffding-mean",
    "leave-one-out",
    "suboptimality-no-coverage",
    "no-coverage-hoeffding",
    "mcdiarmid",
    "coverage-random-sample",
    "coverage-half",
    "coverage-tail",
    "suboptimality-whp",
    "suboptimality-whp-uniform",
    "suboptimality-whp-optimum",
    "suboptimality-whp-ga",
    "suboptimality-whp-sga",
    "suboptimality-ga-least-gradient",
    "suboptimality-mostly-covered",
    "suboptimality-mostly-covered-sharp",
    "suboptimality-frequent-prompts",
    "suboptimality-frequent-prompts-sharp",
    "leave-one-out-tail",
    "no-coverage-whp",
    "preference-mle",
    "preference-to-policy",
    "preference-to-policy-sharp",
    "gap-triangle",  # the root of a gap is steep at 0
    "clip-threshold-optimal",
    "clip-threshold-monotone",
    "pac-bayes-catoni",
    "pac-bayes-grid",
    "pac-bayes-mcallester",
    "finite-class",
    "two-level-chebyshev",
    "two-level-hoeffding",
    "two-level-confidence",
    "two-level-union",
    "chernoff",
    "three-term-bound",
    "paper-theorem-1",
    "finite-class-selection",
    "pac-bayes-rlhf",
)


@pytest.mark.no_cover
@given(gentle_instances())
def test_the_same_function_gives_the_same_sides_in_floats(instance):
    for claim in ON_INSTANCES:
        if claim.id not in JUMPING:
            compare_sides(claim, instance)


@pytest.mark.no_cover
@pytest.mark.parametrize("claim", ON_OTHERS, ids=lambda claim: claim.id)
def test_the_same_function_gives_the_same_sides_in_floats_for_other_records(claim):
    compare_sides(claim, records_for(claim, 7, batch=60, shape=()))


def compare_sides(claim, instance):
    evaluation, flat = claim.evaluate(instance), instance.flattened()
    with np.errstate(divide="ignore", invalid="ignore"):  # outside its hypotheses a claim may divide by 0
        sides = [np.ravel(side) for side in np.broadcast_arrays(*claim.sides(flat))]
    for side, enclosed in zip(sides, (evaluation.lhs.ravel(), evaluation.rhs.ravel()), strict=True):
        compared = claim.applicable(flat).all() | (np.isfinite(side) & np.isfinite(enclosed))
        scale = 1 + np.abs(side[compared]).max(initial=0)
        np.testing.assert_allclose(side[compared], enclosed[compared], rtol=1e-9, atol=1e-9 * scale, err_msg=claim.id)


@given(gentle_instances())
def test_stationarity_is_only_claimed_where_the_gradient_vanishes(instance):
    if geometry.is_stationary(instance):
        assert (gradient_of_objective(instance.problem, instance.theta) == 0).all()
