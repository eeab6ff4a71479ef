import numpy as np

from rlhf_numeric import Problem, random_instances
from rlhf_numeric.model import sharing as sharing_module
from rlhf_numeric.model.policy import policy
from rlhf_numeric.model.sharing import shared, sharing
from strategies import ON_INSTANCES


def counted():
    calls = []

    @shared
    def total(problem, theta):
        calls.append(theta)
        return problem.features.sum() + theta.sum()

    return calls, total


def an_instance():
    return random_instances(np.random.default_rng(0), batch=2, shape=(2, 3, 2))


def test_a_shared_function_is_evaluated_once_for_the_objects_of_the_instance():
    calls, total = counted()
    instance = an_instance()
    with sharing(instance):
        first = total(instance.problem, instance.theta)
        assert total(instance.problem, instance.theta) == first
        assert total(instance.problem, instance.theta_prime) != first
    assert len(calls) == 2


def test_nothing_is_shared_outside_nor_for_strange_arguments():
    calls, total = counted()
    instance = an_instance()
    for _ in range(2):
        total(instance.problem, instance.theta)
    with sharing(instance):
        for _ in range(2):
            total(instance.problem, instance.theta + 0)
    assert len(calls) == 4


def test_what_a_shared_function_returns_is_itself_shared():
    calls, total = counted()
    instance = an_instance()

    @shared
    def half(problem):
        return Problem(problem.features[:, :1], problem.ref_probs[:, :1], problem.theta_star, kl_coef=problem.kl_coef)

    with sharing(instance):
        for _ in range(2):
            total(half(instance.problem), instance.theta)
    assert len(calls) == 1


def test_a_new_problem_never_gets_the_results_of_an_old_one():
    for seed in range(20):  # identities are reused by the interpreter once objects die
        instance = random_instances(np.random.default_rng(seed), batch=1, shape=(1, 2, 1))
        fresh = policy(instance.problem, instance.theta)
        with sharing(instance):
            assert (policy(instance.problem, instance.theta) == fresh).all()
    assert sharing_module._ACTIVE.get() is None


def test_sharing_changes_no_value():
    instance = an_instance()
    with sharing(instance), np.errstate(all="ignore"):
        inside = {claim.id: claim.sides(instance) for claim in ON_INSTANCES}
    with np.errstate(all="ignore"):
        for claim in ON_INSTANCES:
            for side, expected in zip(inside[claim.id], claim.sides(instance), strict=True):
                np.testing.assert_array_equal(side, expected)
