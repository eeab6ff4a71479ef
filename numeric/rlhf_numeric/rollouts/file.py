"""Reading rollouts: an ``.npz`` file, or a table in Parquet or CSV, a row for each rollout."""

import zipfile
import zlib
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from rlhf_numeric.arithmetic.kinds import Array
from rlhf_numeric.rollouts.certificate import POSITIVE_LOG

COLUMNS = {
    "log_policy": "log π(y|x) in nats, the sum over the tokens of an answer",
    "log_reference": "log π_ref(y|x) in nats, likewise",
    "reward": "r̂(x,y)",
    "prompt": "a whole number for each draw of a prompt",
}
STEP = "step"
TABLES = (".parquet", ".pq", ".csv")
WRITE = "numpy.savez('rollouts.npz', log_policy=…, log_reference=…, reward=…, prompt=…)"
_COMPLETE = "log it for every rollout, since those that are left when some are taken out for it are no sample of π"


class Rollouts(NamedTuple):
    """Rollouts, a row for each prompt: log π, log π_ref and r̂, shape (n, K).

    ``step`` is the step of the training that they are of, None if the file has none; ``unread`` names the columns that
    were not read.
    """

    log_policy: Array
    log_reference: Array
    rewards: Array
    step: int | None
    unread: tuple[str, ...]


def is_rollouts(path: Path, /) -> bool:
    """Whether a file is to be read as rollouts: a table, or an archive with one of their columns."""
    if path.suffix.lower() in TABLES:
        return True
    if path.suffix != ".npz" or not zipfile.is_zipfile(path):
        return False
    try:
        with zipfile.ZipFile(path) as archive:
            return any(f"{name}.npy" in archive.namelist() for name in COLUMNS)
    except zipfile.BadZipFile:  # torn, which is told when it is read
        return False


def read_rollouts(path: Path, /, *, step: int | None = None) -> Rollouts:
    """Read the columns log_policy, log_reference, reward, prompt, and maybe step, each of shape (N,).

    Rows may be in any order; every prompt must have the same number of them. If there are steps of a training, the
    rows of one are taken, the last one by default.

    Parameters
    ----------
    path
        ``.npz``, ``.parquet``, ``.pq`` or ``.csv``; the tables need pyarrow.
    step
        Which step.

    Raises
    ------
    ModuleNotFoundError
        If pyarrow is needed and missing; the message says how to get it.
    ValueError
        If a column is missing, holds something else than finite numbers, or there are not equally many rollouts for
        each prompt; the message names the column and says what to do.
    OSError
        If the file cannot be read.
    """
    columns, names = _table(path) if path.suffix.lower() in TABLES else _archive(path)
    _require(path, names)
    _same_length(path, columns)
    if not len(columns["prompt"]):
        raise ValueError(f"{path.name}: expected a row for each rollout, got none")
    rows, taken = np.arange(len(columns["prompt"])), None
    if step is not None or STEP in columns:
        rows, taken = _of_step(path, columns.get(STEP), step)
    order, shape = _by_prompt(path, _whole(path, "prompt", columns["prompt"])[rows])

    def shaped(name: str) -> Array:
        return _numbers(path, name, columns[name], rows)[order].reshape(shape)

    unread = tuple(name for name in names if name not in columns)
    return Rollouts(shaped("log_policy"), shaped("log_reference"), shaped("reward"), taken, unread)


def _archive(path: Path) -> tuple[dict[str, Array], list[str]]:
    """Return the columns that are known, and the names of all."""
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as file:
            return {name: file[name] for name in (*COLUMNS, STEP) if name in file.files}, file.files
    except (
        ValueError,
        EOFError,
        AttributeError,
        TypeError,
        NotImplementedError,
        zipfile.BadZipFile,
        zlib.error,
    ) as error:
        raise ValueError(f"{path.name}: expected an .npz file of numbers, but {error}: write {WRITE}") from None


def _same_length(path: Path, arrays: Mapping[str, Array]) -> None:
    for name, array in arrays.items():
        if array.ndim != 1:
            raise ValueError(
                f"{path.name}: {name}: expected shape (N,), a number for each rollout, got {array.shape}: write it as "
                f"numpy.ravel({name}) gives it, and prompt likewise"
            )
    sizes = {name: len(array) for name, array in arrays.items()}
    if len(set(sizes.values())) > 1:
        found = ", ".join(f"{name} {size}" for name, size in sizes.items())
        raise ValueError(f"{path.name}: expected one number for each rollout in every array, got lengths {found}")


def _table(path: Path) -> tuple[dict[str, Array], list[str]]:
    """Return the columns that are known, and the names of all."""
    try:
        import pyarrow as pa
        from pyarrow import csv, parquet
    except ImportError:
        raise ModuleNotFoundError(
            f"reading {path.suffix} files needs pyarrow: pip install 'rlhf-lemmas[tables]'; or write {WRITE}"
        ) from None
    try:
        with path.open("rb") as stream:
            names = [] if path.suffix.lower() == ".csv" else parquet.ParquetFile(stream).schema_arrow.names
            known = list(dict.fromkeys(name for name in names if name in (*COLUMNS, STEP)))
            stream.seek(0)
            table = parquet.read_table(stream, columns=known) if names else csv.read_csv(stream)
    except pa.ArrowException as error:
        raise ValueError(f"{path.name}: expected a table in {path.suffix[1:]}, but {error}") from None
    names = names or table.column_names
    once = [name for name in (*COLUMNS, STEP) if table.column_names.count(name) == 1]
    return {name: _column(path, name, table.column(name)) for name in once}, names


def _column(path: Path, name: str, column: Any) -> Array:  # noqa: ANN401  (a column of pyarrow)
    if column.null_count:
        raise ValueError(
            f"{path.name}: {name}: expected a number in every row, got {column.null_count} that are empty: {_COMPLETE}"
        )
    array: Array = column.to_numpy()
    return array


def _require(path: Path, names: Collection[str]) -> None:
    if twice := sorted({name for name in (*COLUMNS, STEP) if list(names).count(name) > 1}):
        raise ValueError(f"{path.name}: expected one column of each name, got {', '.join(twice)} twice: rename one")
    if missing := [name for name in COLUMNS if name not in names]:
        listed = "; ".join(f"{name}: {meaning}" for name, meaning in COLUMNS.items())
        raise ValueError(
            f"{path.name}: missing {', '.join(missing)}; found {_listed(names)}. Expected columns, a row for each "
            f"rollout: {listed}; {STEP}, if there is one, a whole number"
        )


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names) or "no column"


def _numbers(path: Path, name: str, array: Array, rows: Array) -> Array:
    where = f"{path.name}: {name}"
    if array.dtype.kind not in "fiu":
        raise ValueError(f"{where}: expected numbers, got {_kind(array)}: write numbers, with a point, as 0.5")
    found = array[rows].astype(np.float64)
    if (bad := np.flatnonzero(~np.isfinite(found))).size:
        said = f"got {found[bad[0]]} in row {rows[bad[0]]} ({len(bad)} in all)"
        raise ValueError(f"{where}: expected finite numbers, {said}: {_COMPLETE}")
    if name != "reward" and (bad := np.flatnonzero(found > POSITIVE_LOG)).size:
        said = f"got {found[bad[0]]} in row {rows[bad[0]]} ({len(bad)} in all)"
        raise ValueError(
            f"{where}: expected logarithms of probabilities, ≤ 0, {said}: write the sum of what log_softmax gives for "
            "the tokens of an answer"
        )
    return found


def _whole(path: Path, name: str, array: Array) -> Array:
    if array.dtype.kind == "f" and np.isfinite(array).all() and (array == array.round()).all():
        return array.astype(np.int64)
    if array.dtype.kind not in "iu":
        raise ValueError(
            f"{path.name}: {name}: expected whole numbers, got {_kind(array)}: number them, as "
            f"numpy.unique({name}, return_inverse=True)[1] does"
        )
    return array


def _kind(array: Array) -> str:
    if array.dtype.kind in "OUS":
        return f"{type(array[0]).__name__}, such as {str(array[0])!r}"
    return f"dtype {array.dtype}"


def _of_step(path: Path, column: Array | None, wanted: int | None) -> tuple[Array, int | None]:
    """Return the rows that are read and the step that they are of."""
    if column is None:
        raise ValueError(f"{path.name}: {STEP}: no such column, and step {wanted} is asked for")
    steps = _whole(path, STEP, column)
    taken = int(steps.max()) if wanted is None else wanted
    rows = np.flatnonzero(steps == taken)
    if not rows.size:
        raise ValueError(f"{path.name}: {STEP}: no row of step {taken}; they are {steps.min()} to {steps.max()}")
    return rows, taken


def _by_prompt(path: Path, prompts: Array) -> tuple[Array, tuple[int, int]]:
    """Order of the rows by prompt, and (n, K)."""
    _, counts = np.unique(prompts, return_counts=True)
    least, most = int(counts.min()), int(counts.max())
    if least < most:
        raise ValueError(
            f"{path.name}: prompt: expected equally many rollouts for each prompt, got {least} to {most}: keep the "
            f"first {least} of each prompt, whatever their rewards are; a prompt that was drawn twice has two numbers"
        )
    return np.argsort(prompts, kind="stable"), (len(counts), most)
