"""Reading the data of an audit: an ``.npz`` file, or a folder of ``.npy`` files that are mapped, not loaded."""

import json
import zipfile
from pathlib import Path
from typing import NamedTuple

import numpy as np

from rlhf_numeric.arithmetic.kinds import Array
from rlhf_numeric.audit.report import Audit, audited
from rlhf_numeric.audit.streaming import Progress
from rlhf_numeric.evaluation.fields import checked_arrays
from rlhf_numeric.evaluation.instance import PROBLEM_FIELDS
from rlhf_numeric.model.problem import Problem

REQUIRED = {"features": "(N, m, d)", "ref_probs": "(N, m)", "theta_star": "(d,)", "kl_coef": "()"}
OPTIONAL = {"theta": "(d,)", "weights": "(N,)", "sample": "(n,)"}
_KNOWN = REQUIRED | OPTIONAL
_AXES = {field.name: len(field.axes) for field in PROBLEM_FIELDS}
_FLOATS = (np.float32, np.float64)
WRITE = "numpy.savez('data.npz', features=…, ref_probs=…, theta_star=…, kl_coef=…)"
_SAVE = "or a folder with features.npy, ref_probs.npy, theta_star.npy, kl_coef.txt, made by numpy.save"


class AuditData(NamedTuple):
    """Arguments of `rlhf_numeric.audit.report`; ``is_reference``: no θ was given, so it is 0, the reference policy."""

    problem: Problem
    theta: Array
    sample: Array | None
    weights: Array | None
    is_reference: bool

    def audit(self, *, rank_tolerance: float | None = None, progress: Progress = lambda *_: None) -> Audit:
        """Audit these data."""
        return audited(
            self.problem, self.theta, sample=self.sample, weights=self.weights, rank_tolerance=rank_tolerance,
            progress=progress,
        )  # fmt: skip


def read_audit_data(path: Path, /) -> AuditData:
    """Read the arrays features, ref_probs, theta_star, kl_coef, and maybe theta (default 0), weights, sample.

    From an ``.npz`` file, or from a folder with one ``.npy`` file for each (numbers also as ``.txt`` or ``.json``),
    which are mapped into memory. Integers are read as floats, except in ``sample``; float32 and float64 may be mixed.

    Raises
    ------
    ValueError
        If it is neither, an array is missing, unknown, of the wrong shape or holds no numbers; the message says how to
        write it.
    OSError
        If a file cannot be read.
    """
    arrays = _folder(path) if path.is_dir() else _arrays(path)
    _check_names(path, arrays)
    for name, array in arrays.items():
        _check_array(path, name, array)
    floats = {name: _as_float(path, name, array) for name, array in arrays.items() if name != "sample"}
    problem = _problem(path, floats)
    theta = floats.get("theta", np.zeros(problem.dim))
    return AuditData(problem, theta, arrays.get("sample"), floats.get("weights"), "theta" not in floats)


def _check_names(path: Path, arrays: dict[str, Array]) -> None:
    listed = ", ".join(f"{name} {shape}" for name, shape in _KNOWN.items())
    for complaint, names in (
        ("missing", [name for name in REQUIRED if name not in arrays]),
        ("unknown", [name for name in arrays if name not in _KNOWN]),
    ):
        if names:
            raise ValueError(
                f"{path.name}: {complaint} {', '.join(names)}; expected {listed} (the last three optional): "
                f"write {WRITE}, {_SAVE}"
            )


def _check_array(path: Path, name: str, array: Array) -> None:
    expected = _AXES.get(name, 1)
    if array.ndim != expected:
        reshaped = f"{name} = numpy.reshape({name}, {_KNOWN[name]})" if expected else "kl_coef = float(kl_coef)"
        raise ValueError(
            f"{path.name}: {name}: expected shape {_KNOWN[name]}, got {array.shape}: write it as {reshaped} gives it"
        )
    if array.dtype.kind not in "fiu":
        raise ValueError(
            f"{path.name}: {name}: expected numbers, got dtype {array.dtype}: "
            f"write it as {name} = numpy.asarray({name}, dtype=float) gives it"
        )


def _problem(path: Path, floats: dict[str, Array]) -> Problem:
    """Check as `Problem` does, each array in its own float type: nothing is copied, an audit computes in float64."""
    try:
        arrays = checked_arrays(PROBLEM_FIELDS, floats)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{path.name}: {error}") from None
    return Problem.trusted(**arrays)


def _arrays(path: Path) -> dict[str, Array]:
    try:
        # Opened here, because np.load leaves a torn file open.
        with path.open("rb") as stream:
            loaded = np.load(stream, allow_pickle=False)
            if isinstance(loaded, np.ndarray):
                raise ValueError(f"it is one array of shape {loaded.shape}")
            with loaded as file:
                return {name: file[name] for name in file.files}
    except (ValueError, EOFError, AttributeError, TypeError, NotImplementedError, zipfile.BadZipFile) as error:
        why = "it is a text file or pickled" if "pickle" in str(error) else str(error)
        raise ValueError(
            f"{path.name}: expected an .npz file or a folder of .npy files, but {why}: write {WRITE}, {_SAVE}; "
            "numpy.loadtxt reads text"
        ) from None


def _folder(path: Path) -> dict[str, Array]:
    """Arrays of a folder by the names of the files; other kinds of file are not looked at."""
    found: dict[str, Array] = {}
    for file in sorted(path.iterdir()):
        if file.suffix not in (".npy", ".txt", ".json") or (file.suffix != ".npy" and file.stem not in _KNOWN):
            continue
        if file.stem in found:
            raise ValueError(
                f"{path.name}: expected one file for {file.stem}, got {file.name} beside another: remove one"
            )
        found[file.stem] = _mapped(file) if file.suffix == ".npy" else _written(file)
    return found


def _mapped(file: Path) -> Array:
    try:
        array: Array = np.load(file, mmap_mode="r", allow_pickle=False)
    except (ValueError, EOFError, TypeError, AttributeError) as error:
        raise ValueError(
            f"{file.name}: expected an array written by numpy.save('{file.name}', {file.stem}), but {error}"
        ) from None
    if not isinstance(array, np.ndarray):
        raise ValueError(f"{file.name}: expected one array, got an archive: numpy.save('{file.name}', {file.stem})")
    return array


def _written(file: Path) -> Array:
    try:
        text = file.read_text(encoding="utf-8")
        found: Array = np.asarray(json.loads(text) if file.suffix == ".json" else np.array(text.split(), dtype=float))
    except ValueError as error:
        raise ValueError(
            f"{file.name}: expected numbers, but {error}: numpy.savetxt('{file.name}', numpy.atleast_1d({file.stem}))"
        ) from None
    if file.stem == "sample" and file.suffix == ".txt":
        found = found.astype(int) if (found == found.round()).all() else found
    return found.reshape(()) if file.stem == "kl_coef" and found.size == 1 else found


def _as_float(path: Path, name: str, array: Array) -> Array:
    if array.dtype in _FLOATS:
        return array
    if isinstance(array, np.memmap) and name == "features":
        raise ValueError(
            f"{path.name}: features.npy: expected float32 or float64, got {array.dtype}, which cannot be mapped: "
            "numpy.save('features.npy', numpy.load('features.npy').astype('float32'))"
        )
    return array.astype(np.float64)
