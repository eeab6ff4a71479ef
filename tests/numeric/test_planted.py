"""Every planted falsehood about a claim is refuted by the search, and a perturbed gradient is caught."""

from dataclasses import replace

import pytest
from hypothesis import Phase, find, settings

from planted import PAPERS, PLANTED, altered, reversed_sides, scaled
from rlhf_numeric import CLAIMS, Verdict, regenerate, run
from rlhf_numeric import gradient as gradient_of_objective
from rlhf_numeric.attacks.campaign import run_campaign
from rlhf_numeric.attacks.hunt import hunt
from rlhf_numeric.claims.generalisation import ascent
from rlhf_numeric.claims.generalisation import gradient as claims_on_the_gradient
from rlhf_numeric.claims.generalisation.ascent import iterates
from rlhf_numeric.claims.registry import modules
from rlhf_numeric.evaluation.schemes import CHUNK, ROWS, drawn
from rlhf_numeric.model.gradient import gradient_per_prompt
from strategies import EXTREMES, instances


def test_every_paper_of_the_claims_has_its_falsehoods():
    assert set(PAPERS) == {module.__name__.split(".")[-2] for module in modules()}
    assert all(paper.PLANTED for paper in PAPERS.values())
    assert [name for name in PLANTED if "…" in name] == []  # a stub that nobody has filled in


def test_every_claim_has_a_falsehood():
    assert {falsehood.id for falsehood in PLANTED.values()} == set(CLAIMS)


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
    monkeypatch.setattr(claims_on_the_gradient, "gradient_per_prompt", perturbed)
    assert CLAIMS[slug].evaluate(instance).verdict is Verdict.VIOLATED


def test_a_sum_in_place_of_a_mean_over_prompts_is_caught(monkeypatch):
    def summed(problem, theta):
        return gradient_of_objective(problem, theta) * problem.n_prompts

    monkeypatch.setattr(claims_on_the_gradient, "gradient", summed)
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
