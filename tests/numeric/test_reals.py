"""The exponential between compound interest and its first correction."""

import numpy as np

from rlhf_numeric import CLAIMS, Instance, Problem, Verdict

LIMIT = CLAIMS["reals-exp-limit"]
UNIFORM = Problem(np.ones((2, 3, 1)), np.full((2, 3), 1 / 3), np.ones(1), kl_coef=1.0)
CERTAIN = Instance(UNIFORM, np.zeros(1), probs=np.eye(3)[:2])  # p − q is 2/3 or −1/3


def test_it_is_evaluated_for_every_action_and_every_n():
    evaluation = LIMIT.evaluate(CERTAIN)
    assert evaluation.verdict is Verdict.HOLDS
    assert evaluation.lhs.size == 2 * 3 * 12
    np.testing.assert_allclose(np.max(evaluation.rhs), np.exp(6 * 2 / 3), rtol=1e-12)
