"""Audit of a user's own features: the constants of the theory, which hypotheses hold, and every bound beside the truth.

No inequality is written here: every bound is a claim of `CLAIMS`, evaluated on the data in one of three arrangements.

- *sample*: the claim is about the prompts of S.
- *population*: the claim is about all prompts, with the weights D.
- *covered*: the claim takes the first half of its prompts as S and bounds something at all of them. S, repeated as a
  whole until it is at least as long as the population, is the first half, and the population, padded with prompts of
  weight 0, the second. Repeating a sample as a whole changes neither V_S nor ∇J_S. The coverage is that of the paper's
  projector.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np

from rlhf_numeric._arithmetic import Array, Numbers, norm
from rlhf_numeric.claim import Claim
from rlhf_numeric.claims import CLAIMS
from rlhf_numeric.claims.decomposition import population as population_objective
from rlhf_numeric.claims.geometry import second_order
from rlhf_numeric.claims.stability import (
    Coverage,
    coverage_transfer_sides,
    first_half,
    gradient_norm_stability_sides,
    last_half,
    pointwise_gap_sides,
    suboptimality_direct_sides,
)
from rlhf_numeric.coverage import SpectralCoverage, coverage_of
from rlhf_numeric.gradient import gradient
from rlhf_numeric.instance import Instance
from rlhf_numeric.objective import objective, objective_per_prompt
from rlhf_numeric.problem import Problem, feature_bound
from rlhf_numeric.verdict import PRECISIONS

Arrangement: TypeAlias = Literal["sample", "population", "covered"]

ARRANGEMENTS: Mapping[str, Arrangement] = {
    "objective-range": "population",
    "variance-bound": "sample",
    "gradient-cocoercive": "sample",
    "log-mgf-bound": "sample",
    "gradient-domination": "sample",
    "covariance-comparison": "sample",
    "optimisation-error": "sample",
    "error-decomposition": "population",
    "concentration-mean": "population",
    "concentration-chebyshev": "population",
    "coverage-transfer": "covered",
    "pointwise-gap": "covered",
    "gradient-norm-stability": "covered",
    "suboptimality-direct": "covered",
    "ga-bounded": "sample",
    "ga-rate": "sample",
}
LEFT_OUT: Mapping[str, str] = {
    "kl-nonneg": "about an arbitrary policy, not about the data",
    "kl-zero-iff": "about an arbitrary policy, not about the data",
    "kernel-invariant": "about an arbitrary direction, not about the data",
    "ascent-engine": "about an abstract recursion, not about the data",
}
_FLOATS = (53,)
_SMALL = 2000  # numbers in the features up to which balls settle what float intervals cannot
_MEMORY = 4 * 2**30  # bytes for one covariance tensor with its intermediate results


class Hypothesis(NamedTuple):
    """One hypothesis of the theory, whether it holds for these data (None: no single data set can tell), and why."""

    name: str
    holds: bool | None
    why: str


class Bound(NamedTuple):
    """One claim evaluated on the data: the comparison with the largest lhs/rhs of all that it makes.

    ``lhs`` is the actual quantity, ``rhs`` its bound, None if it is not finite; ``ratio`` lhs/rhs where rhs > 0.
    """

    claim: str
    title: str
    arrangement: Arrangement
    lhs: float | None
    rhs: float | None
    ratio: float | None
    comparisons: int
    verdict: str


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
    >>> found.rank, found.epsilon, found.exponent, {bound.verdict for bound in found.bounds}
    (1, 0.0, 1.0, {'holds'})
    """
    instance = _checked(problem, theta, weights)
    drawn = _checked_sample(sample, problem.n_prompts)
    picked = Problem(problem.features[drawn], problem.ref_probs[drawn], problem.theta_star, kl_coef=problem.kl_coef)
    arranged = _arranged(instance, drawn)
    _check_memory(arranged.problem)
    found = coverage_of(problem, picked, instance.theta, rank_tolerance=rank_tolerance)
    others = coverage_of(problem, last_half(arranged.problem), problem.theta_star, rank_tolerance=rank_tolerance)
    instances = {"sample": Instance(picked, instance.theta), "population": instance, "covered": arranged}
    bounds = tuple(
        _bound(CLAIMS[slug], instances[where], where, (found, others)) for slug, where in ARRANGEMENTS.items()
    )
    left_out = {slug: LEFT_OUT.get(slug, _why_not(claim)) for slug, claim in CLAIMS.items() if slug not in ARRANGEMENTS}
    constants = _constants(instance, picked, found)
    hypotheses = _hypotheses(found, constants["gradient_norm"], others)
    return Audit(**constants, hypotheses=hypotheses, bounds=bounds, not_evaluated=left_out)


def _why_not(claim: Claim) -> str:
    return "an identity, not a bound" if claim.kind == "identity" else "no arrangement of the data for it yet"


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


def _arranged(instance: Instance, drawn: Array) -> Instance:
    """S, repeated as a whole, as the first half, and the population, padded with weight 0, as the second."""
    problem, count = instance.problem, instance.problem.n_prompts
    first = np.tile(drawn, -(-count // drawn.size))
    order = np.concatenate([first, np.arange(first.size) % count])
    weights = np.zeros(order.size)
    weights[first.size : first.size + count] = instance.weights
    every = Problem(problem.features[order], problem.ref_probs[order], problem.theta_star, kl_coef=problem.kl_coef)
    return Instance(every, instance.theta, weights=weights)


def _bound(
    claim: Claim, instance: Instance, where: Arrangement, found: tuple[SpectralCoverage, SpectralCoverage]
) -> Bound:
    precisions = PRECISIONS if instance.problem.features.size <= _SMALL and where != "covered" else _FLOATS
    if where == "covered":
        if any(coverage.sigma is None for coverage in found):
            return Bound(claim.id, claim.title, where, None, None, None, 0, "vacuous")
        claim = replace(claim, sides=lambda each: _covered_sides(claim.id, each, found))
    evaluation = claim.evaluate(instance, precisions=precisions)
    lhs, rhs = evaluation.lhs.ravel(), evaluation.rhs.ravel()
    with np.errstate(all="ignore"):
        ratio = np.where((rhs > 0) & np.isfinite(rhs), lhs / rhs, -np.inf)
    worst = int(ratio.argmax())
    sides = (_finite(lhs[worst]), _finite(rhs[worst]), _finite(ratio[worst]))
    return Bound(claim.id, claim.title, where, *sides, lhs.size, evaluation.verdict.value)


def _covered_sides(
    slug: str, instance: Instance, found: tuple[SpectralCoverage, SpectralCoverage]
) -> tuple[Numbers, Numbers]:
    """Sides of a coverage claim with the σ and ε that the eigenvalues gave, of S and of the whole population."""
    problem = instance.problem
    here, there = (
        Coverage(half(problem), coverage.sigma, coverage.epsilon)
        for half, coverage in zip((first_half, last_half), found, strict=True)
    )
    if slug == "gradient-norm-stability":
        return gradient_norm_stability_sides(instance, here, there)
    sides = {
        "coverage-transfer": coverage_transfer_sides,
        "pointwise-gap": pointwise_gap_sides,
        "suboptimality-direct": suboptimality_direct_sides,
    }
    return sides[slug](instance, here)


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
        "exponent": 2 * bound * radius / float(problem.kl_coef), "constant": _finite(second_order(instance, radius)),
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


def _finite(x: Numbers) -> float | None:
    return float(x) if np.isfinite(x) else None
