"""The sharp second-order constant ψ(M) = (exp M − 1 − M)/M² of the exponential, ψ(0) = 1/2, in floats and in balls.

ψ(M) = Σ_k M^k/(k+2)! = ₁F₁(1;3;M)/2, an entire function without cancellation for M ≥ 0. It increases, and
e^{−r}ψ(M) ≤ ψ(M − r), ψ(M + r) ≤ e^r ψ(M), because ψ(M) = ∫₀¹(1 − s)exp(sM)ds; see `psi` of the derivations.
"""

from typing import Any

import flint
import numpy as np
import numpy.typing as npt

_LAST = 20  # for M ≤ 1 the terms after M^18/20! add less than 1/21!·(1 + 1/22 + …) < 2^-65

PSI_ERROR = 64 * 2.0**-53
"""Bound on the relative error of `psi_of_floats`.

The series: at most 18 steps s ↦ 1 + s·M/k, whose errors shrink by M/k ≤ 1/3 each, in all less than 8 roundings. The
quotient, for M ≥ 1: expm1 to 4 units in the last place, subtracting M magnifies that by at most (e − 1)/(e − 2) < 2.4,
in all less than 24 roundings.
"""


def psi_of_floats(x: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """ψ(x) elementwise for x ≥ 0; infinite where exp x is."""
    small, large = np.minimum(x, 1), np.maximum(x, 1)
    series = np.ones_like(small)
    for k in range(_LAST, 2, -1):
        series = 1 + series * small / k
    with np.errstate(over="ignore"):
        quotient = (np.expm1(large) - large) / large / large
    result: npt.NDArray[Any] = np.where(x < 1, series / 2, quotient)
    return result


psi_of_balls = np.frompyfunc(lambda x: flint.arb(x).hypgeom_1f1(1, 3) / 2, 1, 1)
