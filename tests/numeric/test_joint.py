from dataclasses import replace

import numpy as np
import pytest

from rlhf_numeric import CLAIMS, Verdict
from rlhf_numeric.attacks.campaign import draw
from rlhf_numeric.evaluation.decide_together import REFUTATIONS, decide_together
from strategies import ON_INSTANCES

ALL = ON_INSTANCES


def same(first, second):
    for name, column in vars(first).items():
        np.testing.assert_array_equal(column, getattr(second, name))


@pytest.mark.no_cover
@pytest.mark.parametrize("chunk", range(3))
def test_claims_decided_together_get_the_verdicts_that_each_gets_alone(chunk):
    batch = draw(0, chunk, rows=60)
    for claim, together in zip(ALL, decide_together(ALL, batch), strict=True):
        alone = claim.decide(batch)
        same(together, decide_together([claim], batch)[0])
        settled = together.code != alone.code
        assert (alone.code == together.code)[~settled].all()
        # They differ only where a lower last precision already says that both sides vanish, or are equal.
        assert (together.radius[settled] <= 2.0**-128 * np.maximum(1, np.abs(together.lhs[settled]))).all()
        assert not together.refuted.any()


def test_blocks_of_any_size_give_the_same_decisions():
    batch = draw(1, 0, rows=60)
    for first, second in zip(decide_together(ALL, batch), decide_together(ALL, batch, block=3), strict=True):
        same(first, second)


def test_everything_within_reach_of_equality_is_settled_by_balls():
    batch = draw(0, 2)
    for decision in decide_together(ALL, batch):
        assert decision.used_balls[decision.rows_with(Verdict.UNDECIDED)].all()
        assert (decision.equal | ~decision.open).all()


def test_a_false_claim_is_refuted_by_a_few_rows_and_the_others_stay_open():
    claim = CLAIMS["variance-bound"]
    false = replace(claim, sides=lambda instance: claim.sides(instance)[::-1])
    (decision,) = decide_together([false], draw(0, 0))
    refuted = decision.rows_with(Verdict.VIOLATED)
    assert REFUTATIONS <= refuted.sum() < 20
    assert decision.rows_with(Verdict.UNDECIDED).sum() > 100
    assert (decision.bits[refuted] > 53).all()


def test_a_violation_within_rounding_error_is_found():
    claim = CLAIMS["gap-identity"]
    false = replace(claim, sides=lambda instance: (claim.sides(instance)[0], claim.sides(instance)[1] * (1 + 2.0**-40)))
    (decision,) = decide_together([false], draw(0, 0, rows=100))
    assert decision.refuted.any()
