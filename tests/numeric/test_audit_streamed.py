"""What stands for V_S(θ) where it is not formed: its image along the direction of a streamed instance, nothing else."""

import numpy as np
import pytest

from rlhf_numeric import Problem, covariance, random_instances
from rlhf_numeric.arithmetic.interval import interval
from rlhf_numeric.audit.streamed import block_by_block
from rlhf_numeric.audit.streaming import Stream
from rlhf_numeric.claims.generalisation.stability import image
from rlhf_numeric.model.sharing import sharing


@pytest.fixture
def inside():
    """A streamed instance, its sample, and the plain problem and parameter, with what is given in force."""
    drawn = random_instances(np.random.default_rng(0), batch=1, shape=(3, 4, 2))
    arrays = (drawn.problem.features[0], drawn.problem.ref_probs[0], drawn.problem.theta_star[0])
    problem, theta = Problem(*arrays, kl_coef=drawn.problem.kl_coef[0]), drawn.theta[0]
    stream = Stream(problem, np.ones(3, dtype=int), lambda *_: None)
    streamed = next(block_by_block(stream, stream, theta, "all"))
    with sharing(streamed.instance, streamed.sample, given=streamed.given):
        yield streamed.instance, streamed.sample, problem, theta


def test_the_image_of_the_direction_is_that_of_the_matrix(inside):
    instance, sample, problem, theta = inside
    found = image(covariance(sample, instance.theta), instance.direction)
    expected = covariance(problem, theta) @ (problem.theta_star - theta)
    np.testing.assert_allclose(found.mid[0], expected, rtol=1e-10)
    assert (found.rad < 1e-8).all()


def test_along_another_direction_or_at_another_parameter_nothing_is_known(inside):
    instance, sample, *_ = inside
    matrix = covariance(sample, instance.theta)
    elsewhere = covariance(sample, instance.problem.theta_star)
    for found in (image(matrix, interval(np.ones((1, 2)))), image(elsewhere, instance.direction)):
        assert np.isnan(found.mid).all()
        assert not np.isfinite(found.rad).any()
