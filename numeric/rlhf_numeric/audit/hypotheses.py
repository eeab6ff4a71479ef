"""The hypotheses of the theory, and what is certain of each of them for some data.

Three words are used. "holds (certified)": true of the exact numbers of the data, whatever rounding did. "violated": as
certainly false. "undecided": neither, or not a question that one data set can answer.
"""

from typing import NamedTuple

import numpy as np

from rlhf_numeric.arithmetic.interval import interval
from rlhf_numeric.arithmetic.kinds import Array, norm
from rlhf_numeric.audit.bounds import Data
from rlhf_numeric.audit.certificate import at_least
from rlhf_numeric.audit.coverage import Covered, certain_rank

HOLDS, VIOLATED, UNDECIDED = "holds (certified)", "violated", "undecided"
_WORDS = {True: HOLDS, False: VIOLATED, None: UNDECIDED}


class Hypothesis(NamedTuple):
    """One hypothesis of the theory, whether it certainly holds for these data (None: undecided), why, and in words."""

    name: str
    holds: bool | None
    why: str
    status: str


def length(vector: Array, /) -> float:
    """Euclidean norm of a float vector, without overflow on the way."""
    size = float(np.abs(vector).max())
    return size * float(norm(vector / size)) if 0 < size < np.inf else size


def hypotheses_of(data: Data, here: Covered, tolerance: float | None, /) -> tuple[Hypothesis, ...]:
    """Every hypothesis, in the order of the paper."""
    return (
        _hypothesis("q > 0, Σ_a q = 1, λ > 0, D a probability vector", True, "q and D are divided by their exact sums"),
        _hypothesis("‖φ(x,a)‖ ≤ B", True, "B encloses the largest norm of the data"),
        _hypothesis("r* = ⟨θ*,φ⟩", None, "θ* is taken as the truth; the data cannot contradict it"),
        _coverage(data, here),
        _sight(data, here, tolerance),
        _exactness(data, here),
        _stationarity(data),
        _hypothesis("ε_n = O(1/n) (Assumption 5)", None, "a rate in n: one sample cannot tell"),
    )


def _hypothesis(name: str, holds: bool | None, why: str) -> Hypothesis:
    return Hypothesis(name, holds, why, _WORDS[holds])


def _coverage(data: Data, here: Covered) -> Hypothesis:
    name = "coverage at θ: σ‖Πv‖² ≤ ⟨V_S(θ)v,v⟩ for all v, and ‖φ − Πφ‖ ≤ ε at every prompt"
    dim = len(here.spectrum)
    if here.sigma is not None:
        return _hypothesis(name, True, f"Π of rank {here.rank} of {dim}; σ and ε allow for all rounding")
    if not _varies(data):
        return _hypothesis(name, False, "at no prompt of S do the features differ: V_S = 0, and only Π = 0 would do")
    return _hypothesis(name, None, f"no σ > 0 is certified for V_S(θ): {here.shortfall}")


def _sight(data: Data, here: Covered, tolerance: float | None) -> Hypothesis:
    """Whether S sees whatever direction all prompts see, both at θ."""
    name, dim = "V_S(θ)v = 0 only where V(θ)v = 0, V that of all prompts: S sees every direction", len(here.spectrum)
    if here.rank == dim:
        return _hypothesis(name, True, f"V_S(θ) has the full rank {dim}")
    if (data.seen.counts > 0).all():
        return _hypothesis(name, True, "every prompt is in S")
    above, certain = certain_rank(data.every, data.theta, tolerance)
    most = _most_rank(data)
    if certain > most:
        why = f"V(θ) has rank {certain} at least, V_S(θ) {most} at most: {len(data.seen.prompts)} prompts in S"
        return _hypothesis(name, False, why)
    why = f"{here.above} eigenvalues of V_S(θ) and {above} of V(θ) exceed the tolerance; a float cannot tell one of 0"
    return _hypothesis(name, None, why)


def _exactness(data: Data, here: Covered) -> Hypothesis:
    """Whether some Π with σ > 0 leaves no residual; its range lies in that of V_S, whatever it is."""
    name = "exact coverage, ε = 0 (`ga-linear`)"
    if here.rank == len(here.spectrum):
        return _hypothesis(name, True, "Π is the identity")
    if here.least > 0 and here.rank == _most_rank(data):
        why = f"the largest ‖φ − Πφ‖ is {at_least(here.least, 4)} at least, and V_S(θ) cannot have a larger rank"
        return _hypothesis(name, False, why)
    why = f"ε = {here.epsilon:.3g} for this Π; a float cannot tell whether the other eigenvalues of V_S(θ) are 0"
    return _hypothesis(name, None, why)


def _stationarity(data: Data) -> Hypothesis:
    slope = data.seen.gradient(interval(data.theta))
    certain, size = np.abs(slope.mid) > slope.rad, length(slope.mid)
    holds = False if certain.any() else True if not (slope.mid.any() or slope.rad.any()) else None
    why = (
        f"‖∇J_S(θ)‖ = {size:.3g}"
        if holds is not None
        else f"‖∇J_S(θ)‖ = {size:.3g}, perhaps 0: all of it may be rounding"
    )
    return _hypothesis("∇J_S(θ) = 0 (`suboptimality-empirical-optimum`)", holds, why)


def _most_rank(data: Data) -> int:
    """Upper bound on the rank of V_S, from how many features there are."""
    problem = data.every.problem
    return min(problem.dim, len(data.seen.prompts) * (problem.n_actions - 1)) if _varies(data) else 0


def _varies(data: Data) -> bool:
    blocks = data.seen.blocks("differences")
    return any(bool((block.features != block.features[:, :1]).any()) for block in blocks if np.size(block.features))
