import flint
import numpy as np
import pytest

from rlhf_numeric import policy, random_instances
from rlhf_numeric.arithmetic.kinds import balls
from rlhf_numeric.claims.generalisation.geometry import is_stationary

BATCH = random_instances(np.random.default_rng(0), batch=2000, shape=(3, 4, 3))
PROBLEM = BATCH.problem
SPREAD = np.ptp(PROBLEM.features, axis=-2)

CORNERS = {
    "tiny kl_coef": PROBLEM.kl_coef < 1e-4,
    "huge kl_coef": PROBLEM.kl_coef > 1e4,
    "large features": np.abs(PROBLEM.features).max((1, 2, 3)) > 1e3,
    "zero features": (PROBLEM.features == 0).all((1, 2, 3)),
    "tied actions": (PROBLEM.features[:, :, 0] == PROBLEM.features[:, :, -1]).all((1, 2)),
    "collinear features": np.linalg.matrix_rank(PROBLEM.features.reshape(2000, -1, 3), tol=1e-9) == 1,
    "repeated prompts": (PROBLEM.features == PROBLEM.features[:, :1]).all((1, 2, 3)),
    "rank-deficient sample": (SPREAD == 0).all(1).any(1),
    "nearly deterministic": policy(PROBLEM, BATCH.theta).max((1, 2)) > 1 - 1e-12,
    "tiny reference probabilities": PROBLEM.ref_probs.min((1, 2)) < 1e-100,
    "at the optimum": (BATCH.theta == PROBLEM.theta_star).all(1),
    "stationary elsewhere": is_stationary(BATCH) & (BATCH.theta != PROBLEM.theta_star).any(1),
    "unseen direction": (PROBLEM.features[:, 0, :, 1:] == 0).all((1, 2)) & (PROBLEM.features[:, -1] != 0).any((1, 2)),
    "unseen prompt outside the span": (np.abs(PROBLEM.features[:, :2, :, 2]).max((1, 2)) == 0)
    & (SPREAD[:, 2, 2] > 0)
    & (SPREAD[:, 0] != 0).any(1),
    "centre between the parameters": (BATCH.theta_prime == (BATCH.theta + PROBLEM.theta_star) / 2).all(1),
    "rewards near zero": np.linalg.norm(PROBLEM.theta_star, axis=-1) < 0.02,
    "policy with zeros": (BATCH.probs == 0).any((1, 2)),
}


@pytest.mark.parametrize("rows", CORNERS.values(), ids=CORNERS)
def test_a_corner_is_reached_but_does_not_take_over(rows):
    assert 20 <= rows.sum() <= 1200


def test_one_action_is_reached():
    rng = np.random.default_rng(1)
    assert any(random_instances(rng, batch=1).problem.n_actions == 1 for _ in range(50))


def test_the_seed_determines_the_instances():
    first, second = (random_instances(np.random.default_rng(7), batch=9) for _ in range(2))
    other = random_instances(np.random.default_rng(8), batch=9)
    assert (first.problem.features == second.problem.features).all()
    assert (first.theta == second.theta).all()
    assert first.problem.features.shape != other.problem.features.shape or (first.theta != other.theta).any()


def test_probabilities_sum_to_one_after_lifting():
    floats = BATCH.take(np.arange(200))
    with flint.ctx.workprec(2048):
        unscaled = balls(floats.problem.ref_probs).sum(-1)
        assert not all(total == 1 for total in unscaled.ravel())  # float probabilities only nearly do
        lifted = floats.enclosed(balls)
        for probs in (lifted.problem.ref_probs, lifted.probs, lifted.weights):
            assert all(total.contains(1) and total.rad() < 2.0**-1000 for total in probs.sum(-1).ravel())
