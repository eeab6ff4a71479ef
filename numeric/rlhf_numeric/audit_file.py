"""Reading the data of an audit from an ``.npz`` file."""

import zipfile
from pathlib import Path
from typing import NamedTuple

import numpy as np

from rlhf_numeric._arithmetic import Array
from rlhf_numeric.audit import Audit, audit
from rlhf_numeric.problem import Problem

REQUIRED = {
    "features": "(N, m, d)",
    "ref_probs": "(N, m)",
    "theta_star": "(d,)",
    "theta": "(d,)",
    "kl_coef": "()",
}
OPTIONAL = {"weights": "(N,)", "sample": "(n,)"}


class AuditData(NamedTuple):
    """Arguments of `rlhf_numeric.audit`."""

    problem: Problem
    theta: Array
    sample: Array | None
    weights: Array | None

    def audit(self, *, rank_tolerance: float | None = None) -> Audit:
        """Audit these data."""
        return audit(self.problem, self.theta, sample=self.sample, weights=self.weights, rank_tolerance=rank_tolerance)


def read_audit_data(path: Path, /) -> AuditData:
    """Read an ``.npz`` file with the arrays features, ref_probs, theta_star, theta, kl_coef, and maybe weights, sample.

    Integers are read as floats, except in ``sample``.

    Raises
    ------
    ValueError
        If the file is not an ``.npz`` file, an array is missing, unknown, of the wrong shape or holds no numbers.
    OSError
        If the file cannot be read.
    """
    arrays = _arrays(path)
    known = REQUIRED | OPTIONAL
    listed = ", ".join(f"{name} {shape}" for name, shape in known.items())
    for complaint, names in (
        ("missing", [name for name in REQUIRED if name not in arrays]),
        ("unknown", [name for name in arrays if name not in known]),
    ):
        if names:
            raise ValueError(f"{path.name}: {complaint} {', '.join(names)}; expected {listed} (the last two optional)")
    for name, array in arrays.items():
        if array.ndim != known[name].count(",") + (name in ("features", "ref_probs")):
            raise ValueError(f"{name}: expected shape {known[name]}, got {array.shape}")
        if array.dtype.kind not in "fiu":
            raise ValueError(f"{name}: expected numbers, got dtype {array.dtype}")
    floats = {name: _as_float(array) for name, array in arrays.items() if name != "sample"}
    problem = Problem(floats["features"], floats["ref_probs"], floats["theta_star"], kl_coef=floats["kl_coef"])
    return AuditData(problem, floats["theta"], arrays.get("sample"), floats.get("weights"))


def _arrays(path: Path) -> dict[str, Array]:
    try:
        # Opened here, because np.load leaves a torn file open.
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as file:
            return {name: file[name] for name in file.files}
    except (ValueError, EOFError, AttributeError, TypeError, zipfile.BadZipFile) as error:
        raise ValueError(f"{path.name}: expected an .npz file written by numpy.savez ({error})") from None


def _as_float(array: Array) -> Array:
    return array if array.dtype in (np.float32, np.float64) else array.astype(np.float64)
