"""What is certain about the eigenvalues and eigenvectors of a symmetric matrix that is known up to an error.

The matrix A is not known, a float matrix V with ‖A − V‖ ≤ e is. LAPACK finds V ≈ XΛXᵀ; nothing is believed of that.
With R = VX − XΛ and ‖XᵀX − I‖ ≤ δ < 1 the orthogonal factor U = X(XᵀX)^(−1/2) has ‖U − X‖ ≤ δ and

    ‖A − UΛUᵀ‖ ≤ E = e + (‖R‖ + 2δ‖Λ‖)/√(1 − δ).

So every eigenvalue of A is within E of its own of Λ (Weyl), and the projector on the r leading eigenvectors of A is
within E/(λ_r − λ_{r+1} − E) of that on the r leading columns of U (Davis and Kahan).

Rounding: a sum of k products in any order is within γ_k Σ|x||y|, γ_k = k·2⁻⁵³/(1 − k·2⁻⁵³). Assumed is that the product
of matrices in numpy's BLAS is made of such sums, of no fast scheme like Strassen's.
"""

from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from typing import NamedTuple

import numpy as np

from rlhf_numeric.arithmetic.kinds import Array

UNIT = 2.0**-53
OUTWARD = 1 + 2.0**-20  # covers the roundings made while a bound itself is computed, at most 2²⁴ additions of terms ≥ 0
_CHUNK = 512


class Eigen(NamedTuple):
    """A decomposition UΛUᵀ, U within ``skew`` of ``vectors``, that is within ``error`` of the matrix meant."""

    values: Array
    vectors: Array
    error: float
    skew: float


class Cover(NamedTuple):
    """A certified coverage: Π projects exactly on the ``rank`` leading eigenvectors of the exact V, σΠ ≤ V, σ > 0.

    ``sigma`` is a lower bound on their least eigenvalue, None if the rank is 0; ``turn`` bounds ‖Π − UUᵀ‖ for the
    leading columns of U; 0 at rank d, where both are the identity.
    """

    eigen: Eigen
    rank: int
    cut: float
    sigma: float | None
    turn: float

    def residuals(self, features: Array, norms: Array, /) -> tuple[Array, Array]:
        """Lower and upper bounds on ‖φ − Πφ‖ for features of shape (k, d) with norms at most ``norms``."""
        dim = len(self.eigen.values)
        if self.rank == dim:
            return np.zeros(len(features)), np.zeros(len(features))
        rest = self.eigen.vectors[:, self.rank :]
        middle = np.linalg.norm(features @ rest, axis=-1)
        rounding = 2 * gamma(2 * dim) * np.sqrt(dim - self.rank)
        error, outward = (self.turn + self.eigen.skew + rounding) * OUTWARD * norms, 1 + gamma(dim + 8)
        return np.maximum(middle / outward - error, 0), np.minimum(middle * outward + error, norms)


def at_most(x: float, digits: int, /) -> str:
    """Return x to so many digits, rounded up: a bound that is printed is one, too.

    Examples
    --------
    >>> at_most(0.12341, 3), at_least(0.12349, 3)
    ('0.124', '0.123')
    """
    return _rounded(x, digits, ROUND_CEILING)


def at_least(x: float, digits: int, /) -> str:
    """Return x to so many digits, rounded down."""
    return _rounded(x, digits, ROUND_FLOOR)


def gamma(terms: int, /) -> float:
    """γ_k, infinite where the bound is void."""
    return terms * UNIT / (1 - terms * UNIT) if terms * UNIT < 0.5 else np.inf


def decomposed(matrix: Array, error: float, /) -> Eigen:
    """Decompose a symmetric float matrix that is within ``error`` of the one meant; eigenvalues falling."""
    values, vectors = np.linalg.eigh(matrix)
    values, vectors = values[::-1].copy(), vectors[:, ::-1]
    size, skew = float(np.abs(values).max()), _skew(vectors)
    if skew >= 0.5:
        return Eigen(values, vectors, np.inf, np.inf)
    total = error + (_residual(matrix, values, vectors) + 2 * skew * size) / np.sqrt(1 - skew)
    return Eigen(values, vectors, float(total * OUTWARD), skew)


def certified(eigen: Eigen, tolerance: float, /) -> Cover:
    """Cover with the eigenvalues that exceed ``tolerance`` times the largest and are certainly positive."""
    values, error = eigen.values, eigen.error
    cut = max(tolerance * float(values[0]), 0.0)
    rank = int(((values > cut) & (values > error * OUTWARD)).sum())
    if rank == 0:
        return Cover(eigen, 0, cut, None, 0.0)
    sigma = (float(values[rank - 1]) - error) * (1 - 4 * UNIT)
    if rank == len(values):
        return Cover(eigen, rank, cut, sigma, 0.0)
    gap = float(values[rank - 1] - values[rank]) - error
    turn = min(error / gap if gap > 0 else 1.0, 1.0) * OUTWARD
    return Cover(eigen, rank, cut, sigma, turn)


def _rounded(x: float, digits: int, rounding: str) -> str:
    exact = Context(prec=digits, rounding=rounding).create_decimal(Decimal(x))
    return f"{float(exact):.{digits}g}"


def _skew(vectors: Array) -> float:
    """Bound on ‖XᵀX − I‖, the inner products in chunks so that their bound stays small."""
    dim = len(vectors)
    gram = -np.eye(dim)
    for start in range(0, dim, _CHUNK):
        part = vectors[start : start + _CHUNK]
        gram += part.T @ part
    rounding = gamma(min(dim, _CHUNK) + dim // _CHUNK + 2) * (float(np.square(vectors).sum()) + dim)
    return float((np.linalg.norm(gram) + rounding) * OUTWARD)


def _residual(matrix: Array, values: Array, vectors: Array) -> float:
    """Bound on ‖VX − XΛ‖."""
    dim, squares = len(values), 0.0
    for start in range(0, dim, _CHUNK):
        part = slice(start, start + _CHUNK)
        squares += float(np.square(matrix @ vectors[:, part] - vectors[:, part] * values[part]).sum())
    sizes = np.linalg.norm(matrix) + np.abs(values).max()
    return float((np.sqrt(squares) + gamma(dim + 3) * sizes * np.linalg.norm(vectors)) * OUTWARD)
