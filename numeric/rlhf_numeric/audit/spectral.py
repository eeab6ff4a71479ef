"""Feature coverage (Assumption 5) by eigenvalues: the projector on the column space of V_S, its σ, ε and κ.

The claims on coverage build their symmetric map without eigenvalues, so that balls can follow it
(`rlhf_numeric.claims.generalisation.stability.cover`). Here is the paper's own choice, in floats: P projects on the
column space of V_S.

How the rank is decided: an eigenvalue of V_S counts as non-zero if it exceeds ``rank_tolerance`` times the largest one.
A larger tolerance drops faint directions, which makes σ larger (κ smaller) and ε larger. All of this is computed in
floats and believed; `rlhf_numeric.audit.report` certifies σ and ε.
"""

from dataclasses import dataclass

import numpy as np

from rlhf_numeric.arithmetic.kinds import Array, Numbers, is_balls
from rlhf_numeric.audit.coverage import default_tolerance
from rlhf_numeric.audit.streaming import Stream
from rlhf_numeric.model import validation as check
from rlhf_numeric.model.problem import Problem, checked_theta

_ROWS = 1 << 16


@dataclass(frozen=True, eq=False)
class SpectralCoverage:
    """What a sample covers of a set of features.

    Attributes
    ----------
    spectrum
        Eigenvalues of V_S, falling, shape (d,), ≥ 0 up to rounding.
    rank
        How many exceed ``rank_tolerance`` times the first.
    rank_tolerance
        The tolerance used, in [0, 1).
    sigma
        σ, the smallest eigenvalue that counts; None if the rank is 0.
    epsilon
        ε = max ‖φ − Pφ‖ ≥ 0 over the features; 0 exactly if the rank is d, where P is the identity.
    projector
        P, shape (d, d), symmetric.
    """

    spectrum: Array
    rank: int
    rank_tolerance: float
    sigma: float | None
    epsilon: float
    projector: Array

    def kappa(self, bound: float, /) -> float | None:
        """κ = 2B²/σ for a bound B on the features; None if the rank is 0."""
        return None if self.sigma is None else 2 * bound * bound / self.sigma


def spectral_coverage(
    matrix: Numbers, features: Numbers, /, *, rank_tolerance: float | None = None, terms: int = 1
) -> SpectralCoverage:
    """Coverage of some features by a sample, from its covariance matrix.

    ``P = Σ_j v_j v_jᵀ`` over the eigenvectors that count, ``σ‖Pv‖² ≤ ⟨V_S v, v⟩``, ``‖φ − Pφ‖ ≤ ε``. The column space
    of V_S(θ) is the same for every θ (``RLHF.kernel_invariant``), so ε does not depend on θ and σ does. Lean:
    ``RLHF.Problem.Coverage``.

    Parameters
    ----------
    matrix
        V_S, shape (d, d), positive semidefinite.
    features
        φ of the prompts to cover, seen or not, shape (..., d).
    rank_tolerance
        Relative tolerance in [0, 1); default max(terms, d)·e, the size of the rounding errors in V_S, where e is that
        of the type of ``matrix``: 2⁻⁵², and 2⁻²³ for float32.
    terms
        How many features were summed up in V_S (n·m), for the default tolerance.

    Raises
    ------
    ValueError
        If a shape does not fit, or the tolerance is outside its range.

    Examples
    --------
    >>> found = spectral_coverage([[2.0, 0.0], [0.0, 0.0]], [[1.0, 0.25], [3.0, 0.0]])
    >>> found.rank, found.sigma, found.epsilon, found.kappa(3.0)
    (1, 2.0, 0.25, 9.0)
    """
    matrix = _floats(matrix, "matrix", ())
    features = _floats(features, "features", ("d",))
    precision = float(np.finfo(matrix.dtype).eps)
    matrix = matrix.astype(float, copy=False)
    dim = matrix.shape[-1] if matrix.ndim == 2 else -1
    if matrix.shape != (dim, dim) or features.shape[-1:] != (dim,):
        raise ValueError(
            f"matrix, features: expected shapes (d, d) and (..., d), got {matrix.shape} and {features.shape}"
        )
    tolerance = _checked_tolerance(rank_tolerance, max(check.checked_count(terms, "terms", least=1), dim) * precision)
    values, vectors = (array[..., ::-1] for array in np.linalg.eigh(matrix))
    counts = values > tolerance * max(float(values[0]), 0.0)
    kept = vectors[:, counts]
    rank = int(counts.sum())
    projector = np.eye(dim) if rank == dim else kept @ kept.T
    residual = 0.0 if rank == dim else _largest_residual(features.reshape(-1, dim), projector)
    sigma = float(values[counts][-1]) if rank else None
    return SpectralCoverage(values, rank, tolerance, sigma, residual, projector)


def _checked_tolerance(rank_tolerance: float | None, default: float) -> float:
    if rank_tolerance is None:
        return min(default, 0.5)
    found = check.checked_number(rank_tolerance, "rank_tolerance")
    if found.ndim or is_balls(found) or not 0 <= found < 1:
        raise ValueError(f"rank_tolerance: expected a number in [0, 1), got {rank_tolerance}")
    return float(found)


def _floats(x: Numbers, name: str, axes: tuple[str, ...]) -> Array:
    array = check.checked_array(x, name, axes=axes)
    if is_balls(array):
        raise TypeError(f"{name}: expected floats, got flint.arb")
    return array


def coverage_of(
    problem: Problem, sample: Problem, theta: Numbers, /, *, rank_tolerance: float | None = None
) -> SpectralCoverage:
    """Coverage of all features of a problem by a sample at θ, see `spectral_coverage`.

    V_S is summed up in float64, whatever the type of the features, in blocks of prompts. The default tolerance is that
    of `rlhf_numeric.audit.report`, which belongs to the type of the features.

    Examples
    --------
    >>> seen = Problem([[[1.0, 0.0], [-1.0, 0.0]]], [[0.5, 0.5]], [1.0, 1.0], kl_coef=1.0)
    >>> every = Problem([[[1.0, 0.0], [0.0, 0.5]]], [[0.5, 0.5]], [1.0, 1.0], kl_coef=1.0)
    >>> found = coverage_of(every, seen, [0.0, 0.0])
    >>> found.rank, found.sigma, found.epsilon
    (1, 1.0, 0.5)
    """
    if sample.batch_shape or problem.batch_shape:
        raise ValueError(f"problem, sample: expected no batch axes, got {problem.batch_shape} and {sample.batch_shape}")
    stream = Stream(sample, np.ones(sample.n_prompts, dtype=int), lambda *_: None)
    matrix, _ = stream.covariance(np.asarray(checked_theta(sample, theta), dtype=float))
    if rank_tolerance is None:
        rank_tolerance = default_tolerance(stream, float(np.linalg.eigvalsh(matrix)[-1]))
    return spectral_coverage(matrix, problem.features, rank_tolerance=rank_tolerance)


def _largest_residual(features: Array, projector: Array) -> float:
    """Return max ‖φ − Pφ‖ over rows, read in blocks."""
    blocks = (np.asarray(features[row : row + _ROWS], dtype=float) for row in range(0, len(features), _ROWS))
    return max(float(np.linalg.norm(block - block @ projector, axis=-1).max()) for block in blocks)
