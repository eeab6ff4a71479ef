"""The tree of draws that serves all samples gives what draws from one sample after the other give."""

from itertools import product

import numpy as np
import pytest

from rlhf_numeric import Instance, Problem, gradient, objective_per_prompt, policy, random_instances
from rlhf_numeric.claims.generalisation import randomised
from rlhf_numeric.claims.generalisation.randomised import least_gradient_gaps, levels_of, path_weights
from rlhf_numeric.evaluation.instance import Extent
from rlhf_numeric.model.gradient import gradient_per_prompt
from rlhf_numeric.model.problem import positive_bound
from rlhf_numeric.model.projected import project_on_ball


def returned(problem, sample, draws, theta, eta):
    """The first iterate of least gradient norm along draws of entries of the sample, one step after the other."""
    on_sample = Problem(
        problem.features[sample], problem.ref_probs[sample], problem.theta_star, kl_coef=problem.kl_coef
    )
    points = [theta]
    for entry in draws:
        points.append(points[-1] + eta * gradient_per_prompt(on_sample, points[-1])[entry])
    return points[int(np.argmin([np.linalg.norm(gradient(on_sample, point)) for point in points]))]


def expected_gap(instance, steps):
    """E_S E[J(θ*) − J(θ̂)] over all samples and all draws of entries of each."""
    problem, weights, size = instance.problem, instance.weights, instance.extent.sample
    eta = problem.kl_coef / positive_bound(problem) ** 2
    best = objective_per_prompt(problem, problem.theta_star)
    total = 0.0
    for sample in product(range(problem.n_prompts), repeat=size):
        for draws in product(range(size), repeat=steps - 1):
            theta = returned(problem, list(sample), draws, instance.theta, eta)
            gap = weights @ (best - objective_per_prompt(problem, theta))
            total += weights[list(sample)].prod() * gap / size ** (steps - 1)
    return total


def one_instance(seed, size):
    drawn = random_instances(np.random.default_rng(seed), batch=1, shape=(2, 3, 2))
    arrays = (drawn.problem.features[0], drawn.problem.ref_probs[0], drawn.problem.theta_star[0])
    problem = Problem(*arrays, kl_coef=drawn.problem.kl_coef[0])
    return Instance(problem, drawn.theta[0], weights=drawn.weights[0], extent=Extent(sample=size))


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("size", [1, 2, 3])
def test_the_iterate_of_least_gradient_is_that_of_each_sample_and_each_sequence_of_draws(seed, size):
    instance = one_instance(seed, size)
    wanted = [expected_gap(instance, steps) for steps in range(1, levels_of(instance) + 1)]
    assert len(wanted) == 3
    np.testing.assert_allclose(least_gradient_gaps(instance), wanted, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("size", [1, 2, 3])
def test_the_draws_of_each_sample_have_probabilities(size):
    for weights in path_weights(one_instance(0, size)):
        assert (weights >= 0).all()
        np.testing.assert_allclose(weights.sum(-1), 1.0)


def after_a_sampled_step(instance, eta, radius):
    """E[J(θ*) − J(θ_1)] over a prompt of S, the first of two, two actions one after the other, and the noise."""
    problem, theta, p = instance.problem, instance.theta, instance.probs[0, 0]
    best, error = objective_per_prompt(problem, problem.theta_star), problem.theta_star - theta
    probs, features, total = policy(problem, theta)[0], problem.features[0], 0.0
    for a, b in product(range(problem.n_actions), repeat=2):
        delta = features[a] - features[b]
        for chance, noise in ((p, (1 - p) * instance.direction), (1 - p, -p * instance.direction)):
            point = theta + eta * ((delta @ error) * delta / (2 * problem.kl_coef) + noise)
            reached = project_on_ball(point, centre=instance.theta_prime, radius=radius)
            gap = instance.weights @ (best - objective_per_prompt(problem, reached))
            total += chance * probs[a] * probs[b] * gap
    return total


@pytest.mark.parametrize("seed", range(6))
def test_a_sampled_step_is_that_of_each_pair_of_actions_and_each_outcome_of_noise(seed):
    drawn = random_instances(np.random.default_rng(seed), batch=1, shape=(2, 3, 2))
    single = one_instance(seed, 1)
    instance = Instance(
        single.problem, single.theta, weights=single.weights, theta_prime=drawn.theta_prime[0],
        direction=drawn.direction[0], probs=drawn.probs[0],
    )  # fmt: skip
    radius, eta = randomised._ball(instance), np.array(0.01)
    found = randomised._projected_gaps(instance, eta, radius, 2, randomised._pairs_of_actions)
    np.testing.assert_allclose(found[1], after_a_sampled_step(instance, eta, radius), rtol=1e-9, atol=1e-12)
