"""Samples by tallies: as probable as all of the samples that have them."""

from math import comb

import numpy as np
import pytest

from rlhf_numeric.arithmetic.kinds import balls
from rlhf_numeric.claims.common.samples import occurrences, samples
from rlhf_numeric.claims.common.tallies import affordable, arrangements, power, probs_of_tallies, tallies

SHAPES = [(1, 4), (2, 1), (2, 5), (3, 4), (4, 3)]


@pytest.mark.parametrize(("n_prompts", "size"), SHAPES)
def test_every_sample_has_one_of_the_tallies_which_all_differ(n_prompts, size):
    found = {tuple(tally) for tally in tallies(n_prompts, size).tolist()}
    assert found == {tuple(tally) for tally in occurrences(n_prompts, size).tolist()}
    assert len(found) == len(tallies(n_prompts, size)) == comb(size + n_prompts - 1, size)


@pytest.mark.parametrize(("n_prompts", "size"), SHAPES)
def test_a_tally_is_as_probable_as_all_samples_that_have_it(n_prompts, size):
    weights = np.random.default_rng(n_prompts).dirichlet(np.ones(n_prompts))
    each = weights[samples(n_prompts, size)].prod(-1)
    same = (occurrences(n_prompts, size)[:, None] == tallies(n_prompts, size)).all(-1)
    np.testing.assert_allclose(probs_of_tallies(weights, size), each @ same, rtol=1e-13)


def test_the_number_of_orders_of_a_long_tally_is_exact_though_no_float():
    assert [arrangements(2, 251)[:, k].max() < 2**53 for k in (0, 1, 125)] == [True] * 3
    product = 1
    for factor in arrangements(2, 251)[:, 125]:
        product *= int(factor)
    assert product == comb(251, 125)
    assert int(float(product)) != product


@pytest.mark.parametrize("n_prompts", [1, 2, 3, 4, 6, 40])
def test_the_probabilities_of_all_affordable_tallies_sum_to_one(n_prompts):
    size = affordable(n_prompts)
    assert len(tallies(n_prompts, size)) <= 300
    weights = balls(np.full(n_prompts, 1.0)) / n_prompts
    total = probs_of_tallies(weights, size).sum(-1)
    assert total.contains(1)
    assert total.rad() < 1e-9


def test_a_power_is_the_product():
    np.testing.assert_array_equal(power(np.array([0.0, 2.0, 3.0]), 5), [0.0, 32.0, 243.0])
    np.testing.assert_array_equal(power(np.array([0.0, 2.0]), 0), [1.0, 1.0])
