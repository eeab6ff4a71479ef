"""Audit of a user's own features: the constants of the theory, which hypotheses hold, and every bound beside the truth.

Every bound is a claim of `CLAIMS`; `rlhf_numeric.audit.bounds` says on which arrangement of the data. The features are
read in blocks of prompts, in float64 whatever their type, so memory-mapped ones stay on disk.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from rlhf_numeric.arithmetic.interval import interval
from rlhf_numeric.arithmetic.kinds import Array, Numbers, exp, norm
from rlhf_numeric.audit.bounds import Bound, Coverages, Data, evaluated, finite, left_out
from rlhf_numeric.audit.coverage import covered_by
from rlhf_numeric.audit.hypotheses import Hypothesis, hypotheses_of, length
from rlhf_numeric.audit.streaming import Progress, Stream
from rlhf_numeric.evaluation.instance import Instance
from rlhf_numeric.model.problem import Problem

_LARGEST, _SMALLEST = 1e100, 1e-100  # of what is squared and multiplied on the way


@dataclass(frozen=True)
class Audit:
    """Result of `audit`. Gaps in nats.

    Attributes
    ----------
    prompts, sample_size, actions, dim, kl_coef
        N, n, m, d, λ.
    feature_bound
        B, over all prompts.
    radius, exponent, constant
        ρ = ‖θ* − θ‖, M = 2Bρ/λ, and C = exp M, None if it overflows.
    spectrum, eigenvalue_error
        Eigenvalues of V_S(θ), falling, and a bound on the error of each.
    above_tolerance, rank, rank_tolerance
        How many exceed the relative tolerance, and how many of those are certainly positive: the rank of Π.
    sigma, kappa, epsilon
        Certified: a lower bound σ on the eigenvalues in the range of Π, κ = 2B²/σ, None at rank 0 (κ also if it
        overflows), and an upper bound ε on ‖φ − Πφ‖ at every prompt; see `rlhf_numeric.audit.coverage`.
    least_epsilon
        A lower bound on the largest ‖φ − Πφ‖.
    rank_at_optimum, sigma_at_optimum, epsilon_at_optimum
        The same for the coverage by all prompts at θ*, which `gradient-norm-stability` takes.
    gradient_norm
        ‖∇J_S(θ)‖, None if it is too large for a float.
    population_gap, sample_gap, worst_gap
        J(θ*) − J(θ), J_S(θ*) − J_S(θ), and the largest J_x(θ*) − J_x(θ).
    concentration, optimisation, generalisation
        The three terms of Definition 3, absolute values.
    hypotheses, bounds
        What is assumed and whether that is certain, and every bound beside what it bounds; a bound on gaps has the
        trivial one, 2B‖θ* − θ‖, and the smaller of the two beside it.
    not_evaluated
        Ids of the other claims, each with the reason.
    """

    prompts: int
    sample_size: int
    actions: int
    dim: int
    kl_coef: float
    feature_bound: float
    radius: float
    exponent: float
    constant: float | None
    spectrum: tuple[float, ...]
    eigenvalue_error: float | None
    above_tolerance: int
    rank: int
    rank_tolerance: float
    sigma: float | None
    kappa: float | None
    epsilon: float
    least_epsilon: float
    rank_at_optimum: int
    sigma_at_optimum: float | None
    epsilon_at_optimum: float
    gradient_norm: float | None
    population_gap: float
    sample_gap: float
    worst_gap: float
    concentration: float
    optimisation: float
    generalisation: float
    hypotheses: tuple[Hypothesis, ...]
    bounds: tuple[Bound, ...]
    not_evaluated: Mapping[str, str]

    def as_json(self) -> dict[str, Any]:
        """Return the audit as JSON-able data; what could not be measured is null."""
        rows = {name: [row._asdict() for row in getattr(self, name)] for name in ("hypotheses", "bounds")}
        return {"schema": 2, **asdict(self), "spectrum": list(self.spectrum), **rows}


def audit(
    problem: Problem,
    theta: Numbers,
    /,
    *,
    sample: Sequence[int] | Array | None = None,
    weights: Numbers = None,
    rank_tolerance: float | None = None,
) -> Audit:
    """Audit one problem: its constants, the hypotheses, and every bound of the theory beside the actual value.

    Parameters
    ----------
    problem
        The population of N prompts, of floats, without batch axes.
    theta
        θ, shape (d,).
    sample
        Indices in 0, …, N − 1 of the prompts of S, repetitions allowed; default: every prompt once.
    weights
        D, shape (N,), ≥ 0, sum 1; default uniform.
    rank_tolerance
        Relative size up to which an eigenvalue of V_S counts as 0, in [0, 1); default: what rounding of the sum and of
        the stored features can do, see `rlhf_numeric.audit.coverage.default_tolerance`.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above, or a number is too large or small to be squared and multiplied in float64.

    Examples
    --------
    >>> problem = Problem([[[1.0], [-1.0]], [[0.5], [0.0]]], [[0.5, 0.5]] * 2, [1.0], kl_coef=1.0)
    >>> found = audit(problem, [0.5], sample=[0])
    >>> found.rank, found.epsilon, found.exponent, {bound.verdict for bound in found.bounds} - {'equal'}
    (1, 0.0, 1.0, {'holds'})
    """
    return audited(problem, theta, sample=sample, weights=weights, rank_tolerance=rank_tolerance, progress=_silent)


def audited(
    problem: Problem,
    theta: Numbers,
    /,
    *,
    sample: Sequence[int] | Array | None,
    weights: Numbers,
    rank_tolerance: float | None,
    progress: Progress,
) -> Audit:
    """Audit as `audit` does, and report (what, done, total) on the way."""
    if rank_tolerance is not None and not 0 <= rank_tolerance < 1:
        raise ValueError(f"rank_tolerance: expected a number in [0, 1), got {rank_tolerance}")
    data = _prepared(problem, theta, sample, weights, progress)
    best = np.asarray(problem.theta_star, dtype=np.float64)
    with np.errstate(all="ignore"):  # an enclosure that overflows has no end, and decides nothing
        here = covered_by(data.seen, data.every, data.theta, rank_tolerance)
        there = covered_by(data.every, data.every, best, rank_tolerance)
        bounds = evaluated(data, Coverages(here, there))
        constants = _constants(data, Coverages(here, there))
        hypotheses = hypotheses_of(data, here, rank_tolerance)
    return Audit(**constants, hypotheses=hypotheses, bounds=bounds, not_evaluated=left_out(problem.n_prompts))


def _silent(_what: str, _done: int, _total: int) -> None:
    """Report nothing."""


def _prepared(
    problem: Problem, theta: Numbers, sample: Sequence[int] | Array | None, weights: Numbers, progress: Progress
) -> Data:
    instance = _checked(problem, theta, weights)
    drawn = _checked_sample(sample, problem.n_prompts)
    counts = np.bincount(drawn, minlength=problem.n_prompts)
    every = Stream(problem, np.ones(problem.n_prompts, dtype=int), progress)
    seen = every if (counts == 1).all() else Stream(problem, counts, progress)
    _check_range(every, instance)
    at, shares = (np.asarray(x, dtype=np.float64) for x in (instance.theta, instance.weights))
    radius = float(norm(np.asarray(problem.theta_star, dtype=np.float64) - at))
    size = every.feature_bound()
    exponent = 2 * float(size.mid) * radius / float(problem.kl_coef)
    trivial = 2 * float(size.mid + size.rad) * radius * (1 + problem.dim * 2.0**-50)  # rounding of ‖θ* − θ‖ included
    return Data(seen, every, at, drawn, shares / shares.sum(), exponent, trivial)


def _checked(problem: Problem, theta: Numbers, weights: Numbers) -> Instance:
    # Values are of no use here; the default would be a pass over the features.
    instance = Instance(problem, theta, weights=weights, values=problem.ref_probs)
    if instance.batch_shape != ():
        raise ValueError(f"problem: expected no batch axes, got a batch of shape {instance.batch_shape}")
    if problem.features.dtype == object:
        raise TypeError("problem: expected floats, got flint.arb")
    return instance


def _check_range(every: Stream, instance: Instance) -> None:
    """Refuse numbers whose squares and products leave the range of float64."""
    largest = {
        "features": max(float(np.abs(block.features).max()) for block in every.blocks("sizes")),
        "theta": float(np.abs(instance.theta).max()),
        "theta_star": float(np.abs(instance.problem.theta_star).max()),
        "kl_coef": float(instance.problem.kl_coef),
    }
    for name, size in largest.items():
        if size > _LARGEST or 0 < size < _SMALLEST:
            raise ValueError(
                f"{name}: expected sizes from {_SMALLEST:g} to {_LARGEST:g}, whose products float64 holds, got a "
                f"largest of {size:.3g}: change units (features / c, theta * c, theta_star * c is the same problem)"
            )


def _checked_sample(sample: Sequence[int] | Array | None, size: int) -> Array:
    if sample is None:
        return np.arange(size)
    drawn = np.asarray(sample)
    if drawn.ndim != 1 or not drawn.size or drawn.dtype.kind not in "iu":
        raise ValueError(
            f"sample: expected integers of shape (n,), n ≥ 1, got dtype {drawn.dtype} and shape {drawn.shape}"
        )
    if drawn.min() < 0 or drawn.max() >= size:
        raise ValueError(f"sample: expected indices from 0 to {size - 1}, got {drawn.min()} to {drawn.max()}")
    return drawn


def _constants(data: Data, covers: Coverages) -> dict[str, Any]:
    problem, here, there = data.every.problem, covers.here, covers.there
    at, best = interval(data.theta), data.every.theta_star
    size, radius = data.every.feature_bound(), float(norm(best.mid - at.mid))
    bound, top = float(size.mid), float(size.mid + size.rad)
    values, optimal = (data.every.objective_per_prompt(x).mid for x in (at, best))
    sampled, empirical = (float(data.seen.objective(x).mid) for x in (best, at))
    optimum, value = float(data.weights @ optimal), float(data.weights @ values)
    with np.errstate(over="ignore"):
        constant = finite(exp(np.float64(data.exponent)))
    kappa = None if here.sigma is None else finite(2 * top * top / here.sigma * (1 + 2.0**-50))
    return {
        "prompts": problem.n_prompts, "sample_size": data.seen.size, "actions": problem.n_actions, "dim": problem.dim,
        "kl_coef": float(problem.kl_coef), "feature_bound": bound, "radius": radius, "exponent": data.exponent,
        "constant": constant, "spectrum": tuple(map(float, here.spectrum)), "eigenvalue_error": finite(here.error),
        "above_tolerance": here.above, "rank": here.rank, "rank_tolerance": here.rank_tolerance, "sigma": here.sigma,
        "kappa": kappa, "epsilon": here.epsilon,
        "least_epsilon": here.least, "rank_at_optimum": there.rank, "sigma_at_optimum": there.sigma,
        "epsilon_at_optimum": there.epsilon, "gradient_norm": finite(length(data.seen.gradient(at).mid)),
        "population_gap": optimum - value, "sample_gap": sampled - empirical,
        "worst_gap": float((optimal - values).max()),
        "concentration": abs(sampled - optimum), "optimisation": abs(sampled - empirical),
        "generalisation": abs(empirical - value),
    }  # fmt: skip
