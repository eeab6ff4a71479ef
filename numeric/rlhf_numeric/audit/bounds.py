"""The bounds of an audit: which claim is evaluated on which arrangement of the data.

No inequality is written here: every bound is a claim of `CLAIMS`, evaluated on the data in one of three arrangements.

- *sample*: the claim is about the prompts of S.
- *population*: the claim is about all prompts, with the weights D.
- *covered*: the claim takes a sample S with its coverage and bounds something at all prompts. (It wants S and S'
  of one size; repeating a sample as a whole changes neither V_S nor ∇J_S.)

Data of few numbers are evaluated as one instance, and balls settle what float64 intervals cannot; larger data as in
`rlhf_numeric.audit.streamed`, by intervals only.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Literal, NamedTuple, TypeAlias

import numpy as np

from rlhf_numeric.arithmetic.kinds import Array, Numbers
from rlhf_numeric.audit.coverage import Covered
from rlhf_numeric.audit.left_out import why_left_out
from rlhf_numeric.audit.streamed import PER_PROMPT, Streamed, block_by_block, decision_of, whole
from rlhf_numeric.audit.streaming import Stream
from rlhf_numeric.claims import CLAIMS
from rlhf_numeric.claims.generalisation.log_form import suboptimality_direct_log_sides
from rlhf_numeric.claims.generalisation.stability import (
    Coverage,
    coverage_transfer_sides,
    gradient_norm_stability_sides,
    pointwise_gap_sides,
    suboptimality_direct_sides,
)
from rlhf_numeric.evaluation.claim import Claim, everywhere
from rlhf_numeric.evaluation.instance import Instance
from rlhf_numeric.evaluation.verdict import Decision, Verdict
from rlhf_numeric.model.problem import Problem

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
    "suboptimality-direct-log": "covered",
    "ga-bounded": "sample",
    "ga-rate": "sample",
    "ga-monotone": "sample",
    "ga-last-iterate": "sample",
}
_SMALL = 2000  # numbers in the features up to which balls settle what float intervals cannot
_MOST_PAIRED = 300  # prompts of which all samples of size two are enumerated, in N³ numbers
_PAIRED = ("concentration-mean", "concentration-chebyshev")
# Of these a lhs is a gap at θ, or at an iterate that is no farther from θ* (`ga-bounded`): none is above 2B‖θ* − θ‖.
GAPS = frozenset(
    {"gradient-domination", "optimisation-error", "error-decomposition", "pointwise-gap", "gradient-norm-stability",
     "suboptimality-direct", "suboptimality-direct-log", "ga-last-iterate"}
)  # fmt: skip
INFINITE = "infinite"
_OVERFLOW = 709.0
_WORST = (Verdict.VIOLATED.value, INFINITE, Verdict.UNDECIDED.value, "equal", Verdict.HOLDS.value)


class Bound(NamedTuple):
    """One claim evaluated on the data: the comparison with the largest lhs/rhs of all that it makes.

    ``lhs`` is the actual quantity, ``rhs`` its bound, None if it is not finite; ``ratio`` lhs/rhs where rhs > 0.
    ``verdict`` is the worst over all: that of `Verdict`, "equal" where both sides agree to 512 bits, or "infinite"
    where the bound overflows and says nothing. ``reason`` says why it is vacuous, undecided or infinite.
    ``trivial`` is 2B‖θ* − θ‖, rounded up, where the claim bounds gaps (`gap-range`), and ``smaller`` the smaller of
    it and ``rhs``, whichever is there; None elsewhere, and where it overflows.
    """

    claim: str
    title: str
    arrangement: Arrangement
    lhs: float | None
    rhs: float | None
    ratio: float | None
    comparisons: int
    verdict: str
    reason: str | None = None
    trivial: float | None = None
    smaller: float | None = None


class Data(NamedTuple):
    """What is audited: S and all prompts as streams, θ in float64, indices of S, D, M, and 2B‖θ* − θ‖ from above."""

    seen: Stream
    every: Stream
    theta: Array
    drawn: Array
    weights: Array
    exponent: float
    trivial: float


class Coverages(NamedTuple):
    """Coverage of all prompts by S at θ, and by all prompts at θ*."""

    here: Covered
    there: Covered


def evaluated(data: Data, covers: Coverages, /) -> tuple[Bound, ...]:
    """Every bound that is not in `left_out`, in the order of `ARRANGEMENTS`."""
    evaluate = _on_arrays if data.every.problem.features.size <= _SMALL else _on_streams
    skipped = left_out(data.every.problem.n_prompts)
    wanted = {slug: where for slug, where in ARRANGEMENTS.items() if slug not in skipped}
    vacuous = {slug: why for slug in wanted if (why := _not_covered(slug, covers))}
    found = evaluate(data, covers, {slug: where for slug, where in wanted.items() if slug not in vacuous})
    for slug, why in vacuous.items():
        found[slug] = Bound(slug, CLAIMS[slug].title, "covered", None, None, None, 0, Verdict.VACUOUS.value, why)
    trivial = finite(data.trivial)
    return tuple(_beside(found[slug], trivial) if slug in GAPS else found[slug] for slug in wanted)


def left_out(prompts: int, /) -> dict[str, str]:
    """Ids of the claims that are not evaluated on so many prompts, each with the reason."""
    left = {slug: why_left_out(claim) for slug, claim in CLAIMS.items() if slug not in ARRANGEMENTS}
    if prompts > _MOST_PAIRED:
        why = f"an expectation over all {prompts}² samples of size 2, enumerated up to {_MOST_PAIRED} prompts"
        left |= dict.fromkeys(_PAIRED, why)
    return left


def finite(x: Numbers, /) -> float | None:
    """Return x as a float, None if it is infinite or NaN."""
    return float(x) if np.isfinite(x) else None


def _beside(bound: Bound, trivial: float | None) -> Bound:
    """Put the trivial bound on gaps beside a bound."""
    both = [each for each in (bound.rhs, trivial) if each is not None]
    return bound._replace(trivial=trivial, smaller=min(both, default=None))


def _not_covered(slug: str, covers: Coverages) -> str | None:
    """Why the hypothesis of coverage of a claim is not certified, None if it is."""
    if ARRANGEMENTS[slug] != "covered":
        return None
    if covers.here.sigma is None:
        return f"no σ > 0 is certified for V_S(θ): {covers.here.shortfall}"
    if slug == "gradient-norm-stability" and covers.there.sigma is None:
        return f"no σ > 0 is certified for V of all prompts at θ*: {covers.there.shortfall}"
    return None


def _on_arrays(data: Data, covers: Coverages, wanted: Mapping[str, Arrangement]) -> dict[str, Bound]:
    """Evaluate on all data at once, with balls for what intervals leave open."""
    problem = _in_float64(data.every.problem)
    policy = problem.ref_probs / problem.ref_probs.sum(-1, keepdims=True)  # any one will do, of sum 1 in float64
    instance = Instance(problem, data.theta, weights=data.weights, probs=policy)
    of_sample = Instance(_sampled(problem, data.drawn), data.theta, probs=policy[data.drawn])
    found = {}
    for slug, where in wanted.items():
        claim = _claim(slug, covers, lambda each: _sampled(each.problem, data.drawn))
        decision = claim.decide((of_sample if where == "sample" else instance).flattened())
        found[slug] = _bound(claim, where, decision, data.exponent)
    return found


def _on_streams(data: Data, covers: Coverages, wanted: Mapping[str, Arrangement]) -> dict[str, Bound]:
    """Evaluate in blocks of prompts, by intervals."""
    found: dict[str, Bound] = {}
    owners: dict[Arrangement, Stream] = {"sample": data.seen, "population": data.every, "covered": data.every}
    for number, (slug, where) in enumerate(wanted.items()):
        if slug not in PER_PROMPT:
            data.every.progress(slug, number, len(wanted))
            streamed = whole(owners[where], data.seen, data.theta, data.weights)
            found[slug] = _streamed_bound(slug, where, covers, streamed, data)
    for where, owner in owners.items():
        chosen = [slug for slug in wanted if slug in PER_PROMPT and wanted[slug] == where]
        blocks = block_by_block(owner, data.seen, data.theta, f"bounds at single prompts, {where}")
        for streamed in blocks if chosen else ():
            parts = {slug: _streamed_bound(slug, where, covers, streamed, data) for slug in chosen}
            found |= {slug: _worse(found.get(slug), part) for slug, part in parts.items()}
    return found


def _streamed_bound(slug: str, where: Arrangement, covers: Coverages, streamed: Streamed, data: Data) -> Bound:
    claim = _claim(slug, covers, lambda _: streamed.sample)
    return _bound(claim, where, decision_of(claim, streamed), data.exponent)


def _worse(one: Bound | None, other: Bound) -> Bound:
    """Both together: the sides of the larger ratio, the worse verdict."""
    if one is None:
        return other
    larger = max(one, other, key=lambda bound: -np.inf if bound.ratio is None else bound.ratio)
    worst = min(one, other, key=lambda bound: _WORST.index(bound.verdict))
    count = one.comparisons + other.comparisons
    return larger._replace(comparisons=count, verdict=worst.verdict, reason=worst.reason)


def _bound(claim: Claim, where: Arrangement, decision: Decision, exponent: float) -> Bound:
    lhs, rhs = decision.lhs[0], decision.rhs[0]
    usable = (rhs > 0) & np.isfinite(rhs)
    worst = int(np.where(usable, decision.ratio[0], -np.inf).argmax() if usable.any() else lhs.argmax())
    # The ratio is a lower bound; rounding may take that of a side ≥ 0 below 0.
    ratio = finite(max(decision.ratio[0, worst], min(lhs[worst], 0.0))) if usable[worst] else None
    sides = (finite(lhs[worst]), finite(rhs[worst]), ratio)
    overflows = claim.sharp_sides is not None and exponent > _OVERFLOW  # C enters, if only as a divisor
    verdict = _verdict(decision, overflows=overflows)
    return Bound(claim.id, claim.title, where, *sides, lhs.size, verdict, _reason(verdict, decision, exponent))


def _verdict(decision: Decision, *, overflows: bool) -> str:
    """Verdict of one decided row, and two more findings: a bound attained with equality, and one that intervals refute.

    A search sends what intervals cannot prove to balls. Data too large for balls are settled here: the enclosure of
    rhs − lhs has the radius ``radius − |margin|``, and all of it is negative where the bound is violated. A bound that
    overflows says nothing, even where balls could compare it.
    """
    verdict = decision.overall()
    with np.errstate(all="ignore"):
        refuted = (decision.open & (2 * decision.margin + decision.radius < 0)).any()
    if verdict is Verdict.VIOLATED or refuted:
        return str(Verdict.VIOLATED.value)
    if overflows or not np.isfinite(decision.rhs).all():
        return INFINITE
    if verdict is not Verdict.UNDECIDED:
        return str(verdict.value)
    is_equal = bool((decision.equal == decision.open).all() and np.isfinite(decision.radius[decision.open]).all())
    return "equal" if is_equal else str(verdict.value)


def _reason(verdict: str, decision: Decision, exponent: float) -> str | None:
    if verdict == INFINITE and exponent < _OVERFLOW:
        return "the bound is infinite: says nothing (its float64 enclosure has no end)"
    if verdict == INFINITE:
        over = f"exp M overflows from M = {_OVERFLOW:.0f} on, here M = {exponent:.3g}"
        return f"the bound is infinite: says nothing ({over})"
    if verdict == Verdict.UNDECIDED.value:
        radius = float(decision.radius[decision.open].max())
        return f"the sides agree to within {radius:.0e}, and rounding leaves no more certain"
    return None


def _claim(slug: str, covers: Coverages, sample: Callable[[Instance], Problem]) -> Claim:
    """Return the claim; one on coverage takes the sample that is found for an instance, with the certified σ and ε."""
    if ARRANGEMENTS[slug] != "covered":
        return CLAIMS[slug]

    def sides(instance: Instance) -> tuple[Numbers, Numbers]:
        here = Coverage(sample(instance), covers.here.sigma, covers.here.epsilon)
        if slug == "gradient-norm-stability":
            there = Coverage(instance.problem, covers.there.sigma, covers.there.epsilon)
            return gradient_norm_stability_sides(instance, _with_batch_axis(here), _with_batch_axis(there))
        return _COVERED[slug](instance, _with_batch_axis(here))

    return replace(CLAIMS[slug], sides=sides, applicable=everywhere)


def _with_batch_axis(coverage: Coverage) -> Coverage:
    return coverage._replace(sigma=np.array([coverage.sigma]), epsilon=np.array([coverage.epsilon]))


def _sampled(problem: Problem, drawn: Array) -> Problem:
    features, ref_probs = problem.features[..., drawn, :, :], problem.ref_probs[..., drawn, :]
    return Problem.trusted(features, ref_probs, problem.theta_star, kl_coef=problem.kl_coef)


def _in_float64(problem: Problem) -> Problem:
    arrays = (problem.features, problem.ref_probs, problem.theta_star)
    wide: Iterable[Array] = (np.asarray(array, dtype=np.float64) for array in arrays)
    return Problem.trusted(*wide, kl_coef=np.asarray(problem.kl_coef, dtype=np.float64))


_COVERED: Mapping[str, Callable[[Instance, Coverage], tuple[Numbers, Numbers]]] = {
    "coverage-transfer": coverage_transfer_sides,
    "pointwise-gap": pointwise_gap_sides,
    "suboptimality-direct": suboptimality_direct_sides,
    "suboptimality-direct-log": suboptimality_direct_log_sides,
}
