import numpy as np
import pytest
from hypothesis import given

from rlhf_numeric import (
    kl_divergence,
    kl_to_optimum,
    kl_to_reference,
    log_partition,
    objective,
    objective_per_prompt,
    policy,
    reward,
    value_of_policy,
)
from strategies import EXTREMES, gentle_instances

CLOSE = {"rtol": 1e-10, "atol": 1e-11}


@given(gentle_instances())
def test_objective_is_the_value_of_its_policy(instance):
    problem, theta = instance.problem, instance.theta
    probs = policy(problem, theta)
    value = value_of_policy(problem, probs / probs.sum(-1, keepdims=True))
    np.testing.assert_allclose(objective_per_prompt(problem, theta), value, **CLOSE)


@given(gentle_instances())
def test_no_policy_beats_the_optimum(instance):
    problem = instance.problem
    best = objective_per_prompt(problem, problem.theta_star)
    assert (value_of_policy(problem, instance.probs) <= best + 1e-11).all()
    assert (objective_per_prompt(problem, instance.theta) <= best + 1e-11).all()


@given(gentle_instances())
def test_the_optimal_value_is_the_free_energy(instance):
    problem = instance.problem
    best = objective_per_prompt(problem, problem.theta_star)
    np.testing.assert_allclose(best, problem.kl_coef * log_partition(problem, problem.theta_star), **CLOSE)


@given(gentle_instances())
def test_suboptimality_is_kl_to_the_optimum(instance):
    problem, theta = instance.problem, instance.theta
    gap = objective_per_prompt(problem, problem.theta_star) - objective_per_prompt(problem, theta)
    np.testing.assert_allclose(gap, problem.kl_coef * kl_to_optimum(problem, theta), **CLOSE)


@given(gentle_instances())
def test_the_two_ways_to_the_reference_divergence_agree(instance):
    problem, theta = instance.problem, instance.theta
    probs = policy(problem, theta)
    direct = kl_divergence(probs / probs.sum(-1, keepdims=True), problem.ref_probs)
    np.testing.assert_allclose(kl_to_reference(problem, theta), direct, **CLOSE)


@given(gentle_instances())
def test_the_sample_objective_is_the_mean_over_prompts(instance):
    per_prompt = objective_per_prompt(instance.problem, instance.theta)
    assert objective(instance.problem, instance.theta) == pytest.approx(per_prompt.mean(), rel=1e-12, abs=1e-14)


def test_a_certain_action_is_worth_its_reward_minus_its_surprise():
    problem = EXTREMES["tiny probabilities"].problem
    value = value_of_policy(problem, [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
    surprise = -np.log(problem.ref_probs[[0, 1], [0, 1]])
    np.testing.assert_allclose(value, reward(problem)[[0, 1], [0, 1]] - surprise, rtol=1e-12)
