"""All generators of the tests: problems and instances, gentle and extreme, and the extreme examples by name."""

import numpy as np
from hypothesis import example
from hypothesis import strategies as st

from rlhf_numeric import CLAIMS, Instance, Problem, random_instances
from rlhf_numeric.evaluation import strategies
from rlhf_numeric.evaluation.instance import Extent
from rlhf_numeric.evaluation.instance_family import INSTANCES

arrays = strategies.arrays
reference_policies = strategies.positive_shares
policies_with_zeros = strategies.shares_with_zeros
small_shapes = st.tuples(st.integers(1, 3), st.integers(1, 4), st.integers(1, 3))
large_shapes = st.tuples(*[st.integers(1, 6)] * 3)
shapes = st.integers(0, 7).flatmap(lambda i: large_shapes if i == 7 else small_shapes)


ON_INSTANCES = [claim for claim in CLAIMS.values() if claim.family is INSTANCES]
ON_OTHERS = [claim for claim in CLAIMS.values() if claim.family is not INSTANCES]


def records_for(claim, seed, *, batch, shape):
    """Random records of what a claim is about: instances of this shape, others of the first small setting."""
    rng = np.random.default_rng(seed)
    if claim.family is INSTANCES:
        return random_instances(rng, batch=batch, shape=shape)
    return claim.family.draw(rng, batch, claim.family.small[0])


def extents(n_prompts):
    """Mostly the usual one; samples of three where there are few prompts, and up to six steps."""
    further = st.builds(Extent, st.integers(2, 3 if n_prompts <= 3 else 2), st.integers(3, 6))
    return st.integers(0, 7).flatmap(lambda i: further if i == 7 else st.just(Extent()))


@st.composite
def instances(draw, *, features=1e4, smallest_log=-690.0, log10_kl=6.0, theta=10.0, shape=None):
    """One instance, by default at every scale that the package promises to survive."""
    n, m, d = draw(shapes) if shape is None else shape
    vectors = dict.fromkeys(("theta_star", "theta", "theta_prime", "direction", "values"), theta)
    reach = {"features": features, "ref_probs": -smallest_log, "kl_coef": log10_kl, **vectors}
    instance = draw(strategies.records(Instance, {"n": n, "m": m, "d": d}, reach=reach, counts=extents(n)))
    return draw(st.sampled_from([instance, at_the_optimum(instance)]))


def at_the_optimum(instance):
    """The same instance with θ = θ*."""
    (theta,) = (field for field in Instance.FIELDS if field.name == "theta")
    return instance.replaced(theta, instance.problem.theta_star)


def gentle_instances():
    """Instances of moderate size, on which floats lose few digits."""
    return instances(features=3.0, smallest_log=-3.0, log10_kl=0.5, theta=2.0)


def _extreme(features, *, ref_probs=None, kl_coef=1.0, theta=(0.5, -1.0), theta_star=(1.0, 0.25)):
    features = np.asarray(features, dtype=float)
    even = np.full(features.shape[:-1], 1 / features.shape[-2])
    problem = Problem(features, even if ref_probs is None else ref_probs, list(theta_star), kl_coef=kl_coef)
    return Instance(problem, list(theta), direction=[1.0, 2.0], theta_prime=[0.0, 1.0])


_GENERIC = [[[1.0, 2.0], [0.5, -1.0], [-2.0, 0.0]], [[0.0, 1.0], [1.0, 1.0], [3.0, -1.0]]]

EXTREMES = {
    "tiny kl_coef": _extreme(_GENERIC, kl_coef=1e-6),
    "huge kl_coef": _extreme(_GENERIC, kl_coef=1e6),
    "one action": _extreme([[[1.0, 2.0]], [[-3.0, 0.5]]]),
    "ties": _extreme([[[1.0, 2.0], [1.0, 2.0], [1.0, 2.0]]]),
    "tiny probabilities": _extreme(_GENERIC, ref_probs=[[1e-300, 1.0, 1e-300], [0.5, 0.5, 1e-300]]),
    "collinear features": _extreme([[[1.0, 2.0], [2.0, 4.0], [-0.5, -1.0]]]),
    "large features": _extreme(1e4 * np.asarray(_GENERIC), kl_coef=1e-6),
    "large common offset": _extreme(1e4 + np.asarray(_GENERIC)),
    "zero features": _extreme(np.zeros((1, 2, 2))),
    "at the optimum": _extreme(_GENERIC, theta=(1.0, 0.25)),
}


def with_extremes(test):
    """Pin every extreme example on a test, above its ``@given``."""
    for extreme in EXTREMES.values():
        test = example(extreme)(test)
    return test
