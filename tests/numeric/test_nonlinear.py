"""Rewards that need not be linear: the linear ones are a special case, and every planted falsehood is refuted."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given

from rlhf_numeric import (
    CLAIMS,
    SHARP_CLAIMS,
    Verdict,
    log_policy,
    objective_per_prompt,
    random_instances,
    reward,
    run,
    value_of_policy,
)
from rlhf_numeric.arithmetic.dual import Dual
from rlhf_numeric.arithmetic.kinds import exp, log
from rlhf_numeric.attacks.hunt import hunt
from rlhf_numeric.claims.nonlinear import other_reward
from rlhf_numeric.evaluation.claim import identity, inequality
from rlhf_numeric.model.gradient import covariance_of, expectation, variance
from rlhf_numeric.model.objective import value_of_boltzmann, value_under
from rlhf_numeric.model.policy import log_boltzmann, relative_entropy
from strategies import gentle_instances

GENERAL, GRADIENT, GAP = (CLAIMS[slug] for slug in ("gap-general", "nonlinear-gradient", "nonlinear-gap"))


def residual_of(instance):
    return instance.values - other_reward(instance.problem, instance.theta)


def kl_the_other_way_round(instance):
    """KL(π_r‖π) for KL(π‖π_r), with the reference policy for π: it has no zeros."""
    problem, truth = instance.problem, instance.values
    gap = value_of_boltzmann(problem, truth, truth) - value_under(problem, truth, problem.ref_probs)
    best = exp(log_boltzmann(problem, truth))
    return gap, problem.kl_coef[..., None] * relative_entropy(best, log(problem.ref_probs))


def covariance_under_the_reference(instance):
    problem = instance.problem
    derivative, _ = GRADIENT.sides(instance)
    along = other_reward(problem, Dual(instance.theta, instance.direction)).tangent
    slope = covariance_of(problem.ref_probs, residual_of(instance), along)
    return derivative, slope / problem.kl_coef[..., None]


def variance_under_the_reference(instance):
    """Both sides times Var_{π_s}(f), which then cancels on the right: no division where it is 0."""
    gap, bound = GAP.sides(instance)
    probs = exp(log_boltzmann(instance.problem, other_reward(instance.problem, instance.theta)))
    residual = residual_of(instance)
    claimed, planted = variance(probs, residual), variance(instance.problem.ref_probs, residual)
    return gap * claimed, bound * planted


def with_constant(constant):
    return lambda instance: GAP.sides.func(instance, constant=constant)


def times_kl_coef(claim):
    """The claim with its right side times λ: without the factor 1/λ."""

    def sides(instance):
        lhs, rhs = claim.sides(instance)
        return lhs, rhs * instance.problem.kl_coef[..., None]

    return replace(claim, sides=sides)


def without_kl_coef(instance):
    lhs, rhs = GENERAL.sides(instance)
    return lhs, rhs / instance.problem.kl_coef[..., None, None]


FALSE = {
    "gap-general with the divergence the other way round": identity("x", "x")(kl_the_other_way_round),
    "gap-general without λ": replace(GENERAL, sides=without_kl_coef),
    "nonlinear-gradient with the covariance under q": identity("x", "x")(covariance_under_the_reference),
    "nonlinear-gradient without 1/λ": times_kl_coef(GRADIENT),
    "nonlinear-gap with the variance under q": inequality("x", "x")(variance_under_the_reference),
    "nonlinear-gap without 1/λ": times_kl_coef(GAP),
    "nonlinear-gap with C = 1/2": replace(GAP, sides=with_constant(lambda radius: radius * 0 + 0.5)),
    "nonlinear-gap below one half": replace(GAP, sides=lambda i: (GAP.sides(i)[0], GAP.sides(i)[1] * 0.499)),
    "nonlinear-gap with 0.999ψ": replace(
        GAP, sides=lambda i: (GAP.sides(i)[0], SHARP_CLAIMS["nonlinear-gap-sharp"].sides(i)[1] * 0.999)
    ),
}
every_falsehood = pytest.mark.parametrize("falsehood", FALSE.values(), ids=FALSE)


@every_falsehood
def test_a_planted_falsehood_is_refuted_by_the_search(falsehood):
    assert any(
        run(falsehood, instances=640, seed=0, first_chunk=first, ball_rows=200).refuted_by for first in (0, 5, 10, 15)
    )


@every_falsehood
def test_a_planted_falsehood_is_refuted_by_a_hunt(falsehood):
    assert hunt(falsehood, steps=70).case.verdict == "violated"


@given(gentle_instances())
def test_the_linear_reward_is_a_special_case(instance):
    problem, theta = instance.problem, instance.theta
    truth, fitted = reward(problem), (problem.features * theta[..., None, None, :]).sum(-1)
    scale = 1 + np.abs(truth).max() + np.abs(fitted).max()
    close = {"rtol": 1e-9, "atol": 1e-9 * scale / problem.kl_coef.min()}
    np.testing.assert_allclose(log_boltzmann(problem, fitted), log_policy(problem, theta), **close)
    close["atol"] = 1e-9 * scale * (1 + scale / problem.kl_coef.min())
    np.testing.assert_allclose(
        value_of_boltzmann(problem, truth, fitted), objective_per_prompt(problem, theta), **close
    )
    np.testing.assert_array_equal(value_under(problem, truth, instance.probs), value_of_policy(problem, instance.probs))


def test_the_covariance_of_a_function_with_itself_is_its_variance():
    batch = random_instances(np.random.default_rng(0), batch=50, shape=(2, 3, 2))
    np.testing.assert_array_equal(
        covariance_of(batch.probs, batch.values, batch.values), variance(batch.probs, batch.values)
    )


def test_the_reward_with_a_parameter_is_not_linear_and_has_the_gradient_that_the_claim_takes():
    batch = random_instances(np.random.default_rng(0), batch=50, shape=(2, 3, 2))
    problem, theta = batch.problem, batch.theta
    once, twice = other_reward(problem, theta), other_reward(problem, 2 * theta)
    assert not np.allclose(twice, 2 * once)
    step = 1e-6
    ahead, behind = (other_reward(problem, theta + sign * step * batch.direction) for sign in (1, -1))
    tangent = other_reward(problem, Dual(theta, batch.direction)).tangent
    np.testing.assert_allclose((ahead - behind) / (2 * step), tangent, rtol=1e-6, atol=1e-3)


def test_the_gap_is_attained_to_second_order_where_the_residual_is_small():
    sharp = SHARP_CLAIMS["nonlinear-gap-sharp"]
    tally = run(sharp, instances=2000)
    assert tally.violated == 0
    assert 0.999 < tally.worst_ratio <= 1
    assert run(GAP, instances=2000).worst_ratio > 0.4999


def test_a_wrong_sign_of_the_residual_is_caught():
    batch = random_instances(np.random.default_rng(0), batch=20, shape=(2, 3, 2))
    flipped = replace(GRADIENT, sides=lambda i: (GRADIENT.sides(i)[0], -GRADIENT.sides(i)[1]))
    assert GRADIENT.evaluate(batch).verdict is Verdict.HOLDS
    assert flipped.evaluate(batch).verdict is Verdict.VIOLATED


def test_the_mean_of_the_residual_drops_out():
    """Only differences of the residual matter: a constant added to the true reward changes neither side."""
    batch = random_instances(np.random.default_rng(3), batch=20, shape=(2, 3, 2))
    probs = exp(log_boltzmann(batch.problem, batch.values))
    shifted = exp(log_boltzmann(batch.problem, batch.values + 1.0))
    np.testing.assert_allclose(probs, shifted, rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(expectation(probs, batch.values * 0 + 1), 1)
