"""Audit of a user's own features: the constants of the theory, which hypotheses hold, and every bound beside the truth.

Every bound is a claim of `CLAIMS`; `rlhf_numeric.audit_bounds` says on which arrangement of the data.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

import numpy as np

from rlhf_numeric._arithmetic import Array, Numbers, norm
from rlhf_numeric.audit_bounds import Arrangement, Bound, arranged, evaluated, finite, left_out
from rlhf_numeric.claims.decomposition import population as population_objective
from rlhf_numeric.claims.geometry import exp_radius
from rlhf_numeric.claims.stability import (
    last_half,
)
from rlhf_numeric.coverage import SpectralCoverage, coverage_of
from rlhf_numeric.gradient import gradient
from rlhf_numeric.instance import Instance
from rlhf_numeric.objective import objective, objective_per_prompt
from rlhf_numeric.problem import Problem, feature_bound

_MEMORY = 4 * 2**30  # bytes for one covariance tensor with its intermediate results


class Hypothesis(NamedTuple):
    """One hypothesis of the theory, whether it holds for these data (None: no single data set can tell), and why."""

    name: str
    holds: bool | None
    why: str


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
    spectrum, rank, rank_tolerance
        Eigenvalues of V_S(θ), falling, how many count as non-zero, and the relative tolerance of that.
    sigma, kappa, epsilon
        σ and κ = 2B²/σ, None at rank 0, and ε, see `rlhf_numeric.coverage`.
    gradient_norm
        ‖∇J_S(θ)‖.
    population_gap, sample_gap, worst_gap
        J(θ*) − J(θ), J_S(θ*) − J_S(θ), and the largest J_x(θ*) − J_x(θ).
    concentration, optimisation, generalisation
        The three terms of Definition 3, absolute values.
    hypotheses, bounds
        What is assumed, and every bound beside what it bounds.
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
    rank: int
    rank_tolerance: float
    sigma: float | None
    kappa: float | None
    epsilon: float
    gradient_norm: float
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
        return {"schema": 1, **asdict(self), "spectrum": list(self.spectrum), **rows}


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
        See `rlhf_numeric.coverage.spectral_coverage`.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above, or the covariances would take more than 4 GiB.

    Examples
    --------
    >>> problem = Problem([[[1.0], [-1.0]], [[0.5], [0.0]]], [[0.5, 0.5]] * 2, [1.0], kl_coef=1.0)
    >>> found = audit(problem, [0.5], sample=[0])
    >>> found.rank, found.epsilon, found.exponent, {bound.verdict for bound in found.bounds} - {'equal'}
    (1, 0.0, 1.0, {'holds'})
    """
    instance = _checked(problem, theta, weights)
    drawn = _checked_sample(sample, problem.n_prompts)
    picked = Problem(problem.features[drawn], problem.ref_probs[drawn], problem.theta_star, kl_coef=problem.kl_coef)
    covered = arranged(instance, drawn)
    _check_memory(covered.problem)
    found = coverage_of(problem, picked, instance.theta, rank_tolerance=rank_tolerance)
    others = coverage_of(problem, last_half(covered.problem), problem.theta_star, rank_tolerance=rank_tolerance)
    instances: dict[Arrangement, Instance] = {
        "sample": Instance(picked, instance.theta),
        "population": instance,
        "covered": covered,
    }
    bounds = evaluated(instances, (found, others))
    constants = _constants(instance, picked, found)
    hypotheses = _hypotheses(found, constants["gradient_norm"], others)
    return Audit(**constants, hypotheses=hypotheses, bounds=bounds, not_evaluated=left_out())


def _checked(problem: Problem, theta: Numbers, weights: Numbers) -> Instance:
    instance = Instance(problem, theta, weights=weights)
    if instance.batch_shape != ():
        raise ValueError(f"problem: expected no batch axes, got a batch of shape {instance.batch_shape}")
    if problem.features.dtype == object:
        raise TypeError("problem: expected floats, got flint.arb")
    return instance


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


def _check_memory(problem: Problem) -> None:
    needed = 6 * 8 * (problem.n_prompts // 2) * problem.n_actions * problem.dim**2
    if needed > _MEMORY:
        raise ValueError(
            f"features: expected covariances of at most {_MEMORY / 2**30:.0f} GiB, got {needed / 2**30:.1f} GiB "
            "(about 48·max(N, n)·m·d² bytes): take fewer prompts or project the features"
        )


def _constants(instance: Instance, picked: Problem, found: SpectralCoverage) -> dict[str, Any]:
    problem, theta, best = instance.problem, instance.theta, instance.problem.theta_star
    bound, radius = float(feature_bound(problem)), float(norm(best - theta))
    values = {
        "empirical": float(objective(picked, theta)),
        "empirical_best": float(objective(picked, best)),
        "value": float(population_objective(instance, theta)),
        "best": float(population_objective(instance, best)),
    }
    gaps = objective_per_prompt(problem, best) - objective_per_prompt(problem, theta)
    return {
        "prompts": problem.n_prompts, "sample_size": picked.n_prompts, "actions": problem.n_actions, "dim": problem.dim,
        "kl_coef": float(problem.kl_coef), "feature_bound": bound, "radius": radius,
        "exponent": 2 * bound * radius / float(problem.kl_coef), "constant": finite(exp_radius(instance, radius)),
        "spectrum": tuple(map(float, found.spectrum)), "rank": found.rank, "rank_tolerance": found.rank_tolerance,
        "sigma": found.sigma, "kappa": found.kappa(bound), "epsilon": found.epsilon,
        "gradient_norm": float(norm(gradient(picked, theta))),
        "population_gap": values["best"] - values["value"],
        "sample_gap": values["empirical_best"] - values["empirical"], "worst_gap": float(gaps.max()),
        "concentration": abs(values["empirical_best"] - values["best"]),
        "optimisation": abs(values["empirical_best"] - values["empirical"]),
        "generalisation": abs(values["empirical"] - values["value"]),
    }  # fmt: skip


def _hypotheses(found: SpectralCoverage, gradient_norm: float, others: SpectralCoverage) -> tuple[Hypothesis, ...]:
    dim, rank = len(found.spectrum), found.rank
    return (
        Hypothesis("q > 0, Σ_a q = 1, λ > 0, D a probability vector", True, "checked when the data were read"),
        Hypothesis("‖φ(x,a)‖ ≤ B", True, "with B the largest norm in the data"),
        Hypothesis("r* = ⟨θ*,φ⟩", None, "θ* is taken as the truth; the data cannot contradict it"),
        Hypothesis("S covers every prompt with some σ > 0", found.sigma is not None, f"rank {rank} of {dim}"),
        Hypothesis(
            "S sees every direction that the population has", rank >= others.rank,
            f"rank {rank} on S, {others.rank} on all prompts",
        ),
        Hypothesis("exact coverage, ε = 0 (`ga-linear`)", rank == dim, f"ε = {found.epsilon:.3g}, exactly 0 at rank d"),
        Hypothesis(
            "∇J_S(θ) = 0 (`suboptimality-empirical-optimum`)", gradient_norm == 0, f"‖∇J_S(θ)‖ = {gradient_norm:.3g}"
        ),
        Hypothesis("ε_n = O(1/n) (Assumption 5)", None, "a rate in n: one sample cannot tell"),
    )  # fmt: skip
