"""The bounds of an audit: which claim is evaluated on which arrangement of the data.

No inequality is written here: every bound is a claim of `CLAIMS`, evaluated on the data in one of three arrangements.

- *sample*: the claim is about the prompts of S.
- *population*: the claim is about all prompts, with the weights D.
- *covered*: the claim takes the first half of its prompts as S and bounds something at all of them. S, repeated as a
  whole until it is at least as long as the population, is the first half, and the population, padded with prompts of
  weight 0, the second. Repeating a sample as a whole changes neither V_S nor ∇J_S. The coverage is that of the paper's
  projector.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Literal, NamedTuple, TypeAlias

import numpy as np

from rlhf_numeric._arithmetic import Array, Numbers
from rlhf_numeric.claim import Claim
from rlhf_numeric.claims import CLAIMS
from rlhf_numeric.claims.stability import (
    Coverage,
    coverage_transfer_sides,
    first_half,
    gradient_norm_stability_sides,
    last_half,
    pointwise_gap_sides,
    suboptimality_direct_sides,
)
from rlhf_numeric.coverage import SpectralCoverage
from rlhf_numeric.instance import Instance
from rlhf_numeric.problem import Problem
from rlhf_numeric.verdict import Decision, Verdict

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
    "ga-monotone": "sample",
    "ga-last-iterate": "sample",
}
LEFT_OUT: Mapping[str, str] = {
    "kl-nonneg": "about an arbitrary policy, not about the data",
    "kl-zero-iff": "about an arbitrary policy, not about the data",
    "kernel-invariant": "about an arbitrary direction, not about the data",
    "ascent-engine": "about an abstract recursion, not about the data",
    "ga-linear": "it needs coverage along the iterates, which the claim has only for exact enclosures of V_S",
    "coverage-threshold": "suboptimality-direct with ε written as c·n^(−α): one sample does not tell α",
    **dict.fromkeys(
        ("uniform-stability-generalises", "stability-from-gradients", "suboptimality-empirical-optimum",
         "suboptimality-ga"),
        "an expectation over all samples, enumerated: too many for data",
    ),
    **dict.fromkeys(
        ("suboptimality-sga", "suboptimality-sga-pairwise", "suboptimality-direct-ga", "sga-rate", "sga-pairwise-rate",
         "sga-noisy-rate", "paper-rates"),
        "an expectation over all sequences of draws, enumerated: too many for data",
    ),
}  # fmt: skip
_SMALL = 2000  # numbers in the features up to which balls settle what float intervals cannot


class Bound(NamedTuple):
    """One claim evaluated on the data: the comparison with the largest lhs/rhs of all that it makes.

    ``lhs`` is the actual quantity, ``rhs`` its bound, None if it is not finite; ``ratio`` lhs/rhs where rhs > 0.
    ``verdict`` is the worst over all: that of `Verdict`, or "equal" where both sides agree to 512 bits.
    """

    claim: str
    title: str
    arrangement: Arrangement
    lhs: float | None
    rhs: float | None
    ratio: float | None
    comparisons: int
    verdict: str


def evaluated(
    instances: Mapping[Arrangement, Instance], found: tuple[SpectralCoverage, SpectralCoverage], /
) -> tuple[Bound, ...]:
    """Every bound, on the instance of its arrangement; ``found`` is the coverage by S and by the padded population."""
    return tuple(_bound(CLAIMS[slug], instances[where], where, found) for slug, where in ARRANGEMENTS.items())


def left_out() -> dict[str, str]:
    """Ids of the claims that are not evaluated, each with the reason."""
    return {slug: LEFT_OUT.get(slug, _why_not(claim)) for slug, claim in CLAIMS.items() if slug not in ARRANGEMENTS}


def arranged(instance: Instance, drawn: Array, /) -> Instance:
    """Arrange the data for a claim on coverage: S as the first half, the population as the second.

    S is repeated as a whole until it is as long as the population, which is padded with prompts of weight 0.
    """
    problem, count = instance.problem, instance.problem.n_prompts
    first = np.tile(drawn, -(-count // drawn.size))
    order = np.concatenate([first, np.arange(first.size) % count])
    weights = np.zeros(order.size)
    weights[first.size : first.size + count] = instance.weights
    every = Problem(problem.features[order], problem.ref_probs[order], problem.theta_star, kl_coef=problem.kl_coef)
    return Instance(every, instance.theta, weights=weights)


def finite(x: Numbers, /) -> float | None:
    """Return x as a float, None if it is infinite or NaN."""
    return float(x) if np.isfinite(x) else None


def _why_not(claim: Claim) -> str:
    return "an identity, not a bound" if claim.kind == "identity" else "no arrangement of the data for it yet"


def _bound(
    claim: Claim, instance: Instance, where: Arrangement, found: tuple[SpectralCoverage, SpectralCoverage]
) -> Bound:
    if where == "covered":
        if any(coverage.sigma is None for coverage in found):
            return Bound(claim.id, claim.title, where, None, None, None, 0, "vacuous")
        claim = replace(claim, sides=lambda each: _covered_sides(claim.id, each, found))
    flat = instance.flattened()
    small = instance.problem.features.size <= _SMALL
    decision = claim.decide(flat, ball_rows=None if small else 0)
    lhs, rhs = decision.lhs[0], decision.rhs[0]
    usable = (rhs > 0) & np.isfinite(rhs)
    worst = int(np.where(usable, decision.ratio[0], -np.inf).argmax() if usable.any() else lhs.argmax())
    ratio = finite(decision.ratio[0, worst]) if usable[worst] else None
    sides = (finite(lhs[worst]), finite(rhs[worst]), ratio)
    return Bound(claim.id, claim.title, where, *sides, lhs.size, _verdict(decision))


def _verdict(decision: Decision) -> str:
    """Verdict of one decided row, and two more findings: a bound attained with equality, and one that intervals refute.

    A search sends what intervals cannot prove to balls. Data too large for balls are settled here: the enclosure of
    rhs − lhs has the radius ``radius − |margin|``, and all of it is negative where the bound is violated.
    """
    verdict = decision.overall()
    if verdict is not Verdict.UNDECIDED:
        return str(verdict.value)
    if (decision.open & (2 * decision.margin + decision.radius < 0)).any():
        return str(Verdict.VIOLATED.value)
    is_equal = bool((decision.equal == decision.open).all() and np.isfinite(decision.radius[decision.open]).all())
    return "equal" if is_equal else str(verdict.value)


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
    sides: dict[str, Callable[[Instance, Coverage], tuple[Numbers, Numbers]]] = {
        "coverage-transfer": coverage_transfer_sides,
        "pointwise-gap": pointwise_gap_sides,
        "suboptimality-direct": suboptimality_direct_sides,
    }
    return sides[slug](instance, here)
