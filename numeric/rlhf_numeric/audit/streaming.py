"""Enclosures of what the claims need of data too large for memory: the features are read in blocks of prompts.

Everything is an `Interval` around the exact value for the numbers as they are stored, of whatever float type, with the
reference policy divided by its exact sum. A product with the features is one of matrices with an a-priori bound on its
rounding (`gamma`), not an operation on intervals of the size of the features.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from rlhf_numeric.arithmetic.interval import Interval, interval
from rlhf_numeric.arithmetic.kinds import Array, Numbers, argmax, concat
from rlhf_numeric.audit.certificate import OUTWARD, UNIT, gamma
from rlhf_numeric.model.objective import objective_per_prompt
from rlhf_numeric.model.policy import policy
from rlhf_numeric.model.problem import Problem

Progress = Callable[[str, int, int], None]

BLOCK = 1 << 23  # bytes of features in float64
_MATRIX_BLOCK = 1 << 26  # for V_S: adding a d×d matrix to another costs as much as multiplying many features
_TINY = float(np.finfo(float).smallest_normal)


class Block(NamedTuple):
    """Prompts of a stream: their indices, φ (k, m, d) in float64, q as an `Interval`, and how often each is in S."""

    prompts: Array
    features: Array
    ref_probs: Interval
    counts: Array


class Stream:
    """Prompts of a problem, each ``counts[x]`` times, shape (N,)."""

    def __init__(self, problem: Problem, counts: Array, progress: Progress) -> None:
        self.problem, self.counts, self.progress = problem, counts, progress
        self.theta_star = interval(problem.theta_star)
        self.kl_coef = interval(problem.kl_coef)
        self.prompts = np.flatnonzero(counts)
        self.size = int(counts.sum())
        self._kept: dict[tuple[str, bytes], Interval] = {}
        self._bound: Interval | None = None

    def blocks(self, what: str, size: int = BLOCK) -> Iterator[Block]:
        """Yield the prompts in order, at most about ``size`` bytes of features at once."""
        _, m, d = self.problem.features.shape
        step = max(1, size // (8 * m * max(d, 8)))
        for start in range(0, len(self.prompts), step):
            self.progress(what, start, len(self.prompts))
            prompts = self.prompts[start : start + step]
            whole = prompts[-1] - prompts[0] == len(prompts) - 1
            at = slice(prompts[0], prompts[-1] + 1) if whole else prompts
            features = np.asarray(self.problem.features[at], dtype=np.float64)
            probs = interval(np.asarray(self.problem.ref_probs[at], dtype=np.float64))
            yield Block(prompts, features, probs / probs.sum(-1)[..., None], self.counts[at])

    def feature_bound(self) -> Interval:
        """B, the largest ‖φ(x,a)‖."""
        if self._bound is None:
            largest = max(float(np.square(block.features).sum(-1).max()) for block in self.blocks("norms"))
            size = np.sqrt(largest)
            self._bound = Interval(size, np.asarray(gamma(self.problem.dim + 4) * size * OUTWARD + _TINY * (size > 0)))
        return self._bound

    def objective_per_prompt(self, theta: Interval) -> Interval:
        """J_x(θ) of the prompts in order, shape (k,), by the formula of the package on ⟨θ*,φ⟩ and ⟨θ,φ⟩."""
        return self._once("values", theta, self._values)

    def objective(self, theta: Interval) -> Interval:
        """J_S(θ)."""
        values, counts = self.objective_per_prompt(theta), self.counts[self.prompts]
        return (values * counts).sum(-1) / float(self.size)

    def gradient(self, theta: Interval) -> Interval:
        """∇J_S(θ) = V_S(θ)(θ* − θ)/λ, shape (d,)."""
        return self._once("slopes", theta, self._slope)

    def covariance(self, theta: Array) -> tuple[Array, float]:
        """V_S(θ) in float64, exactly symmetric, and a bound on the norm of its error, see `_covariance_error`."""
        dim, longest, steps = self.problem.dim, 1, 0
        total, error = np.zeros((dim, dim)), 0.0
        for block in self.blocks("V_S", max(BLOCK, min(_MATRIX_BLOCK, 32 * dim * dim))):
            rows, weights, lost = _centred(block, self._policy(block, interval(theta)))
            total += (rows * weights[:, None]).T @ rows
            error, longest, steps = error + lost, max(longest, len(rows)), steps + 1
        total /= self.size
        total = np.tril(total) + np.tril(total, -1).T
        rounding = gamma(longest + steps + 6) * float(np.trace(total))
        return total, float((error / self.size + rounding + _TINY * dim) * OUTWARD)

    def _once(self, name: str, theta: Interval, compute: Callable[[Interval], Interval]) -> Interval:
        key = (name, theta.mid.tobytes() + theta.rad.tobytes())
        if key not in self._kept:
            self._kept[key] = compute(theta)
        return self._kept[key]

    def _values(self, theta: Interval) -> Interval:
        parts = []
        for block in self.blocks("values"):
            parts.append(objective_per_prompt(*self._projected(block, theta))[0])
        values: Interval = concat(*parts)
        return values

    def _slope(self, theta: Interval) -> Interval:
        mid, rad, size, steps = *np.zeros((3, self.problem.dim)), 0
        for block in self.blocks("slopes"):
            probs = self._policy(block, theta)
            relative = _relative(block, probs)
            error = _product(relative, self.theta_star - theta)
            weights = probs * (error - (probs * error).sum(-1)[..., None]) * block.counts[:, None]
            found = _adjoint(weights, relative)
            mid, rad, size, steps = mid + found.mid, rad + found.rad, size + np.abs(found.mid), steps + 1
        return Interval(mid, (rad + gamma(steps) * size) * OUTWARD) / self.kl_coef / float(self.size)

    def _policy(self, block: Block, theta: Interval) -> Interval:
        """π_θ on a block, shape (k, m)."""
        probs: Numbers = policy(*self._projected(block, theta))
        first: Interval = probs[0]
        return first

    def _projected(self, block: Block, theta: Interval) -> tuple[Problem, Interval]:
        """Problem and parameter in three dimensions, batch axis first, with the policies and the values of the block.

        The coordinates of φ are ⟨θ*,φ₀⟩, ⟨θ*,φ − φ₀⟩ and ⟨θ,φ − φ₀⟩, so θ* becomes (1, 1, 0) and θ becomes (0, 0, 1).
        """
        relative = block.features - block.features[:, :1]
        offset = _product(block.features[:, :1], self.theta_star)
        columns = [_product(relative, v) for v in (self.theta_star, theta)]
        parts = [offset + np.zeros(columns[0].shape), *columns]
        features = Interval.joined(tuple(parts))[None]
        best, at = (interval(np.array([row])) for row in ([1.0, 1.0, 0.0], [0.0, 0.0, 1.0]))
        return Problem.trusted(features, block.ref_probs[None], best, kl_coef=self.kl_coef[None]), at


def _relative(block: Block, probs: Interval) -> Array:
    """φ − φ(likeliest action), rounded once, and exactly 0 at that action: a nearly certain one costs no digits."""
    return block.features - block.features[np.arange(len(block.features)), argmax(probs)][:, None]


def _product(rows: Array, vector: Interval) -> Interval:
    """⟨v, φ⟩ for features that were rounded at most once."""
    size, terms = np.abs(rows), rows.shape[-1] + 4
    rad = size @ (gamma(terms) * np.abs(vector.mid) + (1 + gamma(terms)) * vector.rad)
    return Interval(rows @ vector.mid, rad * OUTWARD + terms * _TINY * (rad > 0))


def _adjoint(weights: Interval, rows: Array) -> Interval:
    """Σ w·φ over all rows, for features that were rounded once."""
    flat, terms = rows.reshape(-1, rows.shape[-1]), weights.mid.size + 4
    size = np.abs(flat)
    rad = (gamma(terms) * np.abs(weights.mid) + (1 + gamma(terms)) * weights.rad).ravel() @ size
    return Interval(weights.mid.ravel() @ flat, rad * OUTWARD + terms * _TINY * (rad > 0))


def _centred(block: Block, probs: Interval) -> tuple[Array, Array, float]:
    """Rows φ − c of all actions, their weights π·count, and a bound on the error of Σ w(φ − c)(φ − c)ᵀ before rounding.

    c is the computed mean and D = φ − c the computed rows. With r(a) = φ(a) − φ(likeliest) and ρ(a) the radius of π(a),
    the mean is wrong by at most s = γΣπ‖r‖ + 2Σρ‖r‖ + 2(Σρ)Σπ‖r‖, a row by η = 2⁻⁵³(‖r‖ + ‖D‖); as a variance is least
    about the mean, the matrix is wrong by at most Σρ(‖D‖ + s)² + 2s² + Σπ(2‖D‖η + η²).
    """
    weights, radii, relative = probs.mid, probs.rad, _relative(block, probs)
    _, m, d = relative.shape
    rows = relative - (weights[:, None] @ relative)
    lengths, sizes = np.linalg.norm(relative, axis=-1), np.linalg.norm(rows, axis=-1)
    mean, spread = (weights * lengths).sum(-1), radii.sum(-1)
    shift = gamma(m + 4) * mean + 2 * (radii * lengths).sum(-1) + 2 * spread * mean
    each = UNIT * (lengths + sizes) * OUTWARD
    lost = (radii * (sizes + each + shift[:, None]) ** 2).sum(-1) + 2 * shift**2
    lost += (weights * (2 * sizes * each + each**2)).sum(-1)
    bound = float((lost * block.counts).sum()) * (1 + gamma(d + 8)) * OUTWARD
    return rows.reshape(-1, d), (weights * block.counts[:, None]).ravel(), bound
