"""Claims on stochastic gradient descent on a quadratic, and on the divergence between normal laws."""

import itertools

import numpy as np

from rlhf_numeric.arithmetic.kinds import Numbers, join, log, sqrt, zeros_like
from rlhf_numeric.claims.common.process import NORMALS, PROCESSES, Normals, Process
from rlhf_numeric.evaluation.claim import identity, inequality

POSITIVE = "all variances > 0"


def step_size(process: Process, /) -> Numbers:
    """Return η with ηh = 2x/(1 + x)."""
    return 2 * process.reach / (1 + process.reach) / process.curvature


def stationary(process: Process, /) -> Numbers:
    """σ² = ηs/(h(2 − ηh))."""
    eta, h = step_size(process), process.curvature
    return eta * process.noise / (h * (2 - eta * h))


def second_moment(process: Process, /) -> Numbers:
    """E θ_T² for noise ±√s, over all sequences of signs, shape (...)."""
    signs = np.array(list(itertools.product((-1.0, 1.0), repeat=process.steps)))
    eta, h, size = (x[..., None] for x in (step_size(process), process.curvature, sqrt(process.noise)))
    theta = process.start[..., None]
    for column in signs.T:
        theta = theta - eta * (h * theta - size * column)
    return (theta * theta).sum(-1) / len(signs)


@identity(
    "ar1-stationary",
    "E θ_T² = σ² + (1 − ηh)^{2T}(θ_0² − σ²), σ² = ηs/(h(2 − ηh))",
    "0 < ηh < 2",
    "noise not correlated with θ_t, of variance s",
    family=PROCESSES,
)
def ar1_stationary(process: Process) -> tuple[Numbers, Numbers]:
    """For T up to 5, all sequences of signs of the noise enumerated; both sides divided by σ² + θ_0²."""
    limit, first = stationary(process), process.start * process.start
    factor = zeros_like(limit) + 1
    for _ in range(process.steps):
        factor = factor * contraction(process)
    scale = limit + first
    return second_moment(process) / scale, (limit + factor * (first - limit)) / scale


def contraction(process: Process, /) -> Numbers:
    """(1 − ηh)²."""
    rest = 1 - step_size(process) * process.curvature
    return rest * rest


@identity(
    "ou-vs-ar1",
    "ηs/(2h) = v(1 − ηh/2), v = (1 − ηh)²v + η²s",
    "0 < ηh < 2",
    family=PROCESSES,
)
def ou_vs_ar1(process: Process) -> tuple[Numbers, Numbers]:
    """With v from its equation, v = η²s/(1 − (1 − ηh)²)."""
    eta, h = step_size(process), process.curvature
    v = eta * eta * process.noise / (1 - contraction(process))
    return continuous(process), v * (1 - eta * h / 2)


def continuous(process: Process, /) -> Numbers:
    """ηs/(2h), the stationary variance in continuous time."""
    return step_size(process) * process.noise / (2 * process.curvature)


def product(first: Numbers, second: Numbers, /) -> Numbers:
    """Product of matrices."""
    return (first[..., :, :, None] * second[..., None, :, :]).sum(-2)


def entries(matrix: Numbers, /) -> Numbers:
    """Return the entries of matrices along one axis."""
    d, e = matrix.shape[-2:]
    return join(*(matrix[..., i, j] for i in range(d) for j in range(e)))


@identity(
    "lyapunov-discrete",
    "A − (I − ηH)A(I − ηH) − η²S = η(HA + AH − η(S + HAH)), entry by entry",
    "η > 0",
    family=PROCESSES,
)
def lyapunov_discrete(process: Process) -> tuple[Numbers, Numbers]:
    """For any matrices; η is a number of its own, and one side is 0 exactly if the other is."""
    eta, moments = process.reach[..., None, None], process.moments
    step = np.eye(moments.shape[-1]) - eta * process.hessian
    left = moments - product(product(step, moments), step) - eta * eta * process.covariance
    return entries(left), entries(eta * lyapunov(process))


def lyapunov(process: Process, /) -> Numbers:
    """HA + AH − η(S + HAH)."""
    h, moments = process.hessian, process.moments
    inner = product(h, moments)
    return inner + product(moments, h) - process.reach[..., None, None] * (process.covariance + product(inner, h))


def excess(ratio: Numbers, /) -> Numbers:
    """Return t − 1 − log t."""
    return ratio - 1 - log(ratio)


def divergence(law: Normals, prior_variance: Numbers, /) -> Numbers:
    """½Σ(t − 1 − log t + u²/b), t = v/b, shape (...)."""
    u = law.mean - law.prior_mean
    return (excess(law.variance / prior_variance) + u * u / prior_variance).sum(-1) / 2


def upper(ratio: Numbers, /) -> Numbers:
    """(t − 1)²/t."""
    return (ratio - 1) * (ratio - 1) / ratio


@inequality(
    "gauss-kl-diagonal", "0 ≤ ½Σ(t − 1 − log t + u²/b) ≤ ½Σ((t − 1)²/t + u²/b), t = v/b", POSITIVE, family=NORMALS
)
def gauss_kl_diagonal(law: Normals) -> tuple[Numbers, Numbers]:
    """For any two laws."""
    found, u = divergence(law, law.prior_variance), law.mean - law.prior_mean
    bound = (upper(law.variance / law.prior_variance) + u * u / law.prior_variance).sum(-1) / 2
    return join(zeros_like(found), found), join(found, bound)


def spread(law: Normals, /) -> Numbers:
    """Σ(v + u²)."""
    u = law.mean - law.prior_mean
    return (law.variance + u * u).sum(-1)


def best_variance(law: Normals, /) -> Numbers:
    """Σ(v + u²)/d."""
    return spread(law) / law.mean.shape[-1]


@inequality(
    "gauss-prior-optimal",
    "½Σ(t_i − 1 − log t_i + u_i²/b), t_i = v_i/b, is least over b at b = Σ(v + u²)/d",
    POSITIVE,
    family=NORMALS,
)
def gauss_prior_optimal(law: Normals) -> tuple[Numbers, Numbers]:
    """Against b = the first variance of the prior, and against 1.1 times and 0.9 times the best."""
    best = best_variance(law)[..., None]
    others = (law.prior_variance[..., :1], 1.1 * best, 0.9 * best)
    found = join(*(divergence(law, b) for b in others))
    return divergence(law, best)[..., None] + zeros_like(found), found


@inequality(
    "logdet-trace",
    "Σ log D_i ≤ tr(L·diag(D)·Lᵀ) − d",
    "D > 0",
    "L has ones on its diagonal",
    family=NORMALS,
)
def logdet_trace(law: Normals) -> tuple[Numbers, Numbers]:
    """For a lower triangular L, and D the variances: the left side is the logarithm of the determinant."""
    d = law.mean.shape[-1]
    factor = np.tril(np.ones((d, d)), -1) * law.lower + np.eye(d)
    trace = (factor * factor * law.variance[..., None, :]).sum(-1).sum(-1)
    return determinant_log(law), trace - d


def determinant_log(law: Normals, /) -> Numbers:
    """Σ log D_i."""
    return log(law.variance).sum(-1)
