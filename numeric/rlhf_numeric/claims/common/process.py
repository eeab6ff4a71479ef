"""Records of gradient descent with noise on a quadratic, and of normal laws."""

import numpy as np

from rlhf_numeric.arithmetic.kinds import Array, Numbers
from rlhf_numeric.evaluation.family import Family
from rlhf_numeric.evaluation.fields import Field, Kind
from rlhf_numeric.evaluation.record import Record, Setting


class Process(Record):
    """A descent θ ← θ − η(hθ − ξ) in one direction, and θ ← θ − η(Hθ − ξ) in d, over a number of steps.

    ``reach`` is a positive number x, for the step η with ηh = 2x/(1 + x) < 2; ``noise`` is the variance of ξ in one
    direction, ``covariance`` the matrix S of it in d, and ``moments`` a matrix of second moments of θ.
    """

    FIELDS = (
        Field("reach", (), Kind.POSITIVE),
        Field("curvature", (), Kind.POSITIVE),
        Field("noise", (), Kind.POSITIVE),
        Field("start", (), Kind.REAL),
        Field("hessian", ("d", "d"), Kind.REAL),
        Field("covariance", ("d", "d"), Kind.REAL),
        Field("moments", ("d", "d"), Kind.REAL),
        Field("steps", (), Kind.COUNT, default=2),
    )
    reach: Numbers
    curvature: Numbers
    noise: Numbers
    start: Numbers
    hessian: Numbers
    covariance: Numbers
    moments: Numbers
    steps: int


class Normals(Record):
    """A normal law with independent coordinates, a prior of the same kind, and numbers below a diagonal."""

    FIELDS = (
        Field("mean", ("d",), Kind.REAL),
        Field("variance", ("d",), Kind.POSITIVE),
        Field("prior_mean", ("d",), Kind.REAL),
        Field("prior_variance", ("d",), Kind.POSITIVE),
        Field("lower", ("d", "d"), Kind.REAL),
    )
    mean: Numbers
    variance: Numbers
    prior_mean: Numbers
    prior_variance: Numbers
    lower: Numbers


def _positive(rng: np.random.Generator, batch: int, *shape: int) -> Array:
    """Draw numbers between 1/100 and 100; in every fourth row within a tenth of 1."""
    width = np.where(np.arange(batch) % 4 == 0, 0.04, 2.0).reshape(batch, *(1 for _ in shape))
    found: Array = 10.0 ** (width * rng.uniform(-1, 1, (batch, *shape)))
    return found


def _processes(rng: np.random.Generator, batch: int, setting: Setting) -> Process:
    square = (batch, *setting.shape, *setting.shape)
    return Process(
        **{name: _positive(rng, batch) for name in ("reach", "curvature", "noise")},
        start=rng.normal(size=batch),
        **{name: rng.normal(size=square) for name in ("hessian", "covariance", "moments")},
        steps=setting.extent,
    )


def _normals(rng: np.random.Generator, batch: int, setting: Setting) -> Normals:
    d = setting.shape[0]
    near = np.where(np.arange(batch) % 4 == 0, 0.01, 1.0)[:, None]  # laws close to each other, too
    mean = rng.normal(size=(batch, d))
    return Normals(
        mean=mean,
        variance=_positive(rng, batch, d),
        prior_mean=mean + near * rng.normal(size=(batch, d)),
        prior_variance=_positive(rng, batch, d),
        lower=near[..., None] * rng.normal(size=(batch, d, d)),
    )


PROCESSES = Family(
    Process,
    _processes,
    small=(Setting((1,), 1), Setting((2,), 2), Setting((3,), 3)),
    large=(Setting((5,), 5),),
)
NORMALS = Family(Normals, _normals, small=tuple(Setting((d,)) for d in (1, 2, 3)), large=(Setting((6,)),))
