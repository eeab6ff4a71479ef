"""The three terms of Theorem 1: against exact probabilities, and what is said of each."""

import math
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rlhf_numeric import coverage_coefficient, generalisation_certificate, optimal_clip_threshold
from rlhf_numeric.rollouts.threshold import joint_width

KL_COEF, DELTA = 0.2, 0.1


class World:
    """One prompt, two answers: π, π_ref, r̂ and r*, and the exact law of the mean of n rollouts."""

    def __init__(self, policy, reference, rewards, truth, threshold):
        self.policy, self.reference, self.rewards, self.truth = map(np.asarray, (policy, reference, rewards, truth))
        self.threshold, self.ratios = threshold, np.log(self.policy / self.reference)
        self.value = float(self.policy @ (self.truth - KL_COEF * self.ratios))

    def certificate(self, ones, n, **changes):
        """Certificate of n prompts with a rollout each, of which so many are of the second answer."""
        answers = (np.arange(n) < ones).astype(int)[:, None]
        given = {
            "threshold": self.threshold, "reward_range": (0.0, 1.0),
            "coverage": float(coverage_coefficient(self.policy, self.reference)),
            "reward_error": float(self.reference @ (self.truth - self.rewards) ** 2),
            "clip_bias": float(self.policy @ np.maximum(np.abs(self.ratios) - self.threshold, 0)),
        }  # fmt: skip
        arrays = (np.log(self.policy)[answers], np.log(self.reference)[answers], self.rewards[answers])
        return generalisation_certificate(*arrays, kl_coef=KL_COEF, delta=DELTA, **{**given, **changes})

    def failure(self, n, bound):
        """Probability that |Ĵ − J*| exceeds ``bound`` of the certificate."""
        p = float(self.policy[1])
        found = 0.0
        for ones in range(n + 1):
            one = self.certificate(ones, n)
            if abs(one.estimate - self.value) > bound(one):
                found += math.comb(n, ones) * p**ones * (1 - p) ** (n - ones)
        return found


NOISY = World([0.5, 0.5], [0.5, 0.5], [0.0, 1.0], [0.0, 1.0], 0.0)
SHIFTED = World([0.1, 0.9], [0.2, 0.8], [0.0, 0.5], [0.0, 1.0], 0.7)
CLIPPED = World([0.01, 0.99], [0.99, 0.01], [0.5, 0.5], [0.5, 0.5], 0.1)
WORLDS = {"sampling": NOISY, "reward_shift": SHIFTED, "clipping": CLIPPED}


@pytest.mark.parametrize("world", WORLDS.values(), ids=WORLDS)
def test_the_bound_fails_no_more_often_than_it_may_and_is_certified(world):
    assert world.certificate(3, 60).certified
    assert world.failure(60, lambda one: one.total) <= DELTA


@pytest.mark.parametrize("name", WORLDS)
def test_no_term_can_be_left_out(name):
    without = WORLDS[name].failure(60, lambda one: one.total - one.terms[name].value)
    assert without > DELTA


def test_a_third_of_the_sampling_term_would_fail_too_often():
    assert NOISY.failure(60, lambda one: one.total / 3) > DELTA


def all_outcomes(laws, n, k):
    """Every sample of n prompts with k rollouts each, with its probability."""
    for prompts in product(range(len(laws)), repeat=n):
        for answers in product(range(len(laws[0])), repeat=n * k):
            answers_of = np.array(answers).reshape(n, k)
            chance = math.prod(
                laws[x][y] / len(laws) for x, row in zip(prompts, answers_of, strict=True) for y in row
            ) * len(laws) ** (n * k - n)
            yield np.array(prompts)[:, None], answers_of, chance


def test_over_all_outcomes_of_prompts_and_rollouts_the_mean_square_is_that_of_the_two_levels():
    """The estimate has the mean J of the clipped objective, and no larger variance than 2hV, as a sub-Gaussian one."""
    policy, reference = np.array([[0.2, 0.8], [0.7, 0.3]]), np.full((2, 2), 0.5)
    rewards, ratios = np.array([[0.0, 1.0], [0.3, 0.6]]), np.log(policy / reference)
    mean, square, total = 0.0, 0.0, 0.0
    for x, y, chance in all_outcomes(policy, 2, 2):
        arrays = (np.log(policy)[x, y], np.log(reference)[x, y], rewards[x, y])
        one = generalisation_certificate(
            *arrays, kl_coef=KL_COEF, threshold=0.5, reward_range=(0, 1), delta=2 * math.exp(-1)
        )
        mean, square, total = (
            mean + chance * one.estimate, square + chance * one.estimate**2, total + chance
        )  # fmt: skip
        assert one.estimate == pytest.approx((rewards - KL_COEF * np.clip(ratios, -0.5, 0.5))[x, y].mean())
    exact = (policy * (rewards - KL_COEF * np.clip(ratios, -0.5, 0.5))).sum(-1).mean()
    assert total == pytest.approx(1)
    assert mean == pytest.approx(exact)
    assert 0 < square - mean**2 <= one.sampling.value**2 / 2  # log(2/δ) = 1, so ε² = 4hV


# ---- what is said of each term

HALF, QUARTER = np.log(np.full((50, 4), 0.5)), np.log(np.full((50, 4), 0.25))
REWARDS = np.random.default_rng(3).uniform(size=(50, 4))


def certificate(**changes):
    given = {"threshold": 0.25, "reward_range": (0.0, 1.0), "coverage": 2.0, "reward_error": 0.04} | changes
    return generalisation_certificate(HALF, QUARTER, REWARDS, kl_coef=0.5, **given)


def test_the_terms_are_those_of_the_formula():
    found = certificate()
    assert found.value_range == found.prompt_range == 1 + 2 * 0.5 * 0.25
    assert found.sampling.value == pytest.approx(1.25 * math.sqrt(math.log(40) / 2 * (1 / 50 + 1 / 200)))
    assert found.reward_shift.value == 2.0 * 0.2
    assert found.clipping.value == pytest.approx(0.5 * (math.log(2) - 0.25))
    assert found.total == pytest.approx(sum(term.value for term in found.terms.values()))
    assert found.estimate == pytest.approx(REWARDS.mean() - 0.5 * 0.25)
    assert found.dominant == "reward_shift"


def test_what_is_not_given_is_unknown_and_never_zero():
    found = certificate(coverage=None)
    assert found.reward_shift.value is found.total is None
    assert found.reward_shift.status == "unknown"
    assert "coverage" in found.reward_shift.because
    assert "reward_error" not in found.reward_shift.because
    assert found.known == pytest.approx(found.sampling.value + found.clipping.value)
    assert not found.certified


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"threshold": None}, "the threshold was chosen on these rollouts"),
        ({"reward_range": None}, "the range of the rewards is that of these"),
    ],
)
def test_a_sampling_term_from_what_the_sample_says_is_an_estimate(changes, words):
    found = certificate(**changes)
    assert found.sampling.status == "estimated"
    assert words in found.sampling.because
    assert certificate().sampling.status == "certified"


def test_the_clipping_term_is_an_estimate_until_its_bound_is_given():
    assert certificate().clipping.status == "estimated"
    assert not certificate().certified
    assert certificate(clip_bias=0.5).clipping[:2] == (0.25, "given")
    assert certificate(clip_bias=0.5).certified


def test_a_smaller_range_over_prompts_makes_the_sampling_term_smaller():
    assert certificate(prompt_range=1.125).sampling.value < certificate().sampling.value


@given(st.integers(2, 40), st.integers(1, 6), st.floats(0.01, 3), st.integers(0, 2**32 - 1))
def test_the_threshold_that_it_chooses_makes_its_sum_least(n, k, kl_coef, seed):
    rng = np.random.default_rng(seed)
    n *= 100
    log_policy, log_reference = -rng.exponential(size=(2, n, k))
    arrays = (log_policy, log_reference, rng.uniform(size=(n, k)))
    settings = {"kl_coef": kl_coef, "reward_range": (0, 1), "delta": 0.1}
    chosen = generalisation_certificate(*arrays, **settings)
    ratios = log_policy - log_reference
    assert chosen.threshold == optimal_clip_threshold(ratios, n=n, k=k, delta=0.1, bound="joint")
    assert chosen.threshold_chosen
    assert chosen.sampling.value == pytest.approx(chosen.value_range * joint_width(n, k, 0.1))
    for level in np.quantile(np.abs(ratios), [0, 0.25, 0.5, 0.75, 0.9, 1]):
        other = generalisation_certificate(*arrays, **settings, threshold=float(level))
        assert chosen.known <= other.known * (1 + 1e-12)
