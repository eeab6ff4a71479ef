"""The exponential between compound interest and its first correction: what is a little sharper is refuted."""

import numpy as np
import pytest

from rlhf_numeric import CLAIMS, Instance, Problem, Verdict
from rlhf_numeric.arithmetic.kinds import exp, join
from rlhf_numeric.evaluation.claim import inequality

LIMIT = CLAIMS["reals-exp-limit"]
UNIFORM = Problem(np.ones((2, 3, 1)), np.full((2, 3), 1 / 3), np.ones(1), kl_coef=1.0)
CERTAIN = Instance(UNIFORM, np.zeros(1), probs=np.eye(3)[:2])  # p − q is 2/3 or −1/3


def without_the_correction(instance):
    """exp(y) ≤ (1 + y/n)^n at n = 2, the reverse of the right inequality."""
    fraction = instance.probs - instance.problem.ref_probs
    return exp(2 * fraction), (1 + fraction) * (1 + fraction)


def with_a_third_of_the_correction(instance):
    """exp(y)(1 − y²/(3n)) ≤ (1 + y/n)^n at n = 1 and 2; near y = 0 half of y²/n would do, a third does not."""
    fraction = instance.probs - instance.problem.ref_probs
    lower = [exp(n * fraction) * (1 - n * fraction * fraction / 3) for n in (1, 2)]
    return join(*lower), join(1 + fraction, (1 + fraction) * (1 + fraction))


@pytest.mark.parametrize("sides", [without_the_correction, with_a_third_of_the_correction])
def test_a_sharper_bound_is_refuted(sides):
    assert inequality("planted", "a false bound")(sides).evaluate(CERTAIN).verdict is Verdict.VIOLATED


def test_it_is_evaluated_for_every_action_and_every_n():
    evaluation = LIMIT.evaluate(CERTAIN)
    assert evaluation.verdict is Verdict.HOLDS
    assert evaluation.lhs.size == 2 * 3 * 12
    np.testing.assert_allclose(np.max(evaluation.rhs), np.exp(6 * 2 / 3), rtol=1e-12)
