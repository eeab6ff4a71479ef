"""Certified coverage of all prompts by a sample: the paper's projector, with σ and ε that hold whatever rounding did.

V_S is summed up in float64 whatever the type of the features, with a bound on its error; `_certificate` says what that
leaves certain of its eigenvalues. Π is the exact projector on the leading eigenvectors of the exact V_S(θ), for which σ
is a lower bound on their least eigenvalue and ε an upper bound on the largest ‖φ − Πφ‖.
"""

import atexit
import os
import sys
import threading
import time
from collections.abc import Callable
from itertools import pairwise
from typing import NamedTuple, TypeVar

import numpy as np

from rlhf_numeric.arithmetic.kinds import Array
from rlhf_numeric.audit.certificate import Cover, Eigen, certified, decomposed, gamma
from rlhf_numeric.audit.streaming import Progress, Stream

R = TypeVar("R")
INTERRUPTED = 130
_TRIAL = 512  # a decomposition of this size takes a fraction of a second, and tells how long a large one will take


class Covered(NamedTuple):
    """What a sample covers at a parameter; ``least`` ≤ max ‖φ − Πφ‖ ≤ ``epsilon``, ``sigma`` None at rank 0.

    ``above`` eigenvalues exceed the tolerance, and the first ``rank`` of them are certainly positive; each is known up
    to ``error``.
    """

    spectrum: Array
    error: float
    above: int
    rank: int
    rank_tolerance: float
    sigma: float | None
    least: float
    epsilon: float

    @property
    def shortfall(self) -> str:
        """Why no σ > 0 is certified."""
        return f"its largest eigenvalue, {self.spectrum[0]:.3g}, is within the error bound {self.error:.3g} of 0"


def covered_by(seen: Stream, every: Stream, theta: Array, tolerance: float | None, /) -> Covered:
    """Coverage of every prompt by those of ``seen`` at θ."""
    cover = _certified(seen, theta, tolerance)
    values, rank = cover.eigen.values, cover.rank
    relative = cover.cut / float(values[0]) if values[0] > 0 else 0.0
    least, epsilon = _largest_residual(cover, every)
    above = int((values > cover.cut).sum())
    return Covered(values, cover.eigen.error, above, rank, relative, cover.sigma, least, epsilon)


def certain_rank(stream: Stream, theta: Array, tolerance: float | None, /) -> tuple[int, int]:
    """Return how many eigenvalues of V(θ) exceed the tolerance, and how many of them are certainly positive."""
    cover = _certified(stream, theta, tolerance)
    return int((cover.eigen.values > cover.cut).sum()), cover.rank


def default_tolerance(stream: Stream, largest: float, /) -> float:
    """Relative size of an eigenvalue that may be rounding.

    ``max(nm, d)·2⁻⁵²`` for the sum in float64, and ``d(eB)²`` over the largest eigenvalue for features rounded to
    a type of precision e before they came here: ones of a lower rank, made in it, show directions of that size.
    """
    dim = stream.problem.dim
    summed = max(stream.size * stream.problem.n_actions, dim) * 2.0**-52
    kind = stream.problem.features.dtype
    precision = float(np.finfo(kind).eps) if kind.kind == "f" else 0.0
    stored = dim * (precision * float(stream.feature_bound().mid)) ** 2
    return min(max(summed, stored / largest if largest > 0 else 0.0), 0.5)


def _certified(stream: Stream, theta: Array, tolerance: float | None) -> Cover:
    matrix, error = stream.covariance(theta)
    eigen = _decomposed(matrix, error, stream.progress)
    return certified(eigen, default_tolerance(stream, float(eigen.values[0])) if tolerance is None else tolerance)


def _largest_residual(cover: Cover, every: Stream) -> tuple[float, float]:
    if cover.rank == len(cover.eigen.values):
        return 0.0, 0.0
    least, most = 0.0, 0.0
    for block in every.blocks("residuals"):
        flat = block.features.reshape(-1, block.features.shape[-1])
        low, high = cover.residuals(flat, np.linalg.norm(flat, axis=-1) * (1 + gamma(flat.shape[-1] + 8)))
        least, most = max(least, float(low.max())), max(most, float(high.max()))
    return least, most


def _decomposed(matrix: Array, error: float, progress: Progress) -> Eigen:
    dim = len(matrix)
    if dim <= 2 * _TRIAL:
        return decomposed(matrix, error)
    times = [time.perf_counter()]
    for _ in range(3):
        decomposed(matrix[:_TRIAL, :_TRIAL], 0.0)
        times.append(time.perf_counter())
    seconds = min(late - early for early, late in pairwise(times)) * (dim / _TRIAL) ** 3
    total = max(1, round(seconds))
    what = f"eigenvalues, d = {dim}: about {seconds:.0f} s"
    return _patiently(lambda: decomposed(matrix, error), lambda done: progress(what, min(done, total), total))


def _leave(thread: threading.Thread) -> None:
    """End an interrupted process at once: BLAS would wait for its own threads, until the call is through."""
    if thread.is_alive():
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(INTERRUPTED)


def _patiently(work: Callable[[], R], tick: Callable[[int], None]) -> R:
    """Run one long call of LAPACK in a thread, so that the caller can report seconds and be interrupted."""
    found: list[R] = []
    failed: list[BaseException] = []

    def run() -> None:
        try:
            found.append(work())
        except BaseException as error:  # raised again in the thread that waits
            failed.append(error)

    thread, start = threading.Thread(target=run, daemon=True), time.perf_counter()
    thread.start()
    tick(0)
    try:
        while thread.is_alive():
            thread.join(0.2)
            tick(int(time.perf_counter() - start))
    except KeyboardInterrupt:
        atexit.register(_leave, thread)
        raise
    if failed:
        raise failed[0]
    return found[0]
