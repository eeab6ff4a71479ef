"""Temporary folders that go at the end of their block or, where their process was killed, when the next one is made."""

import contextlib
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from rlhf_numeric.files import hold
from rlhf_proofs.errors import CannotRunError

__all__ = ["workspace"]

_OWNER = ".owner"  # held by the process that the folder belongs to
_AGE = 86400.0  # seconds; younger than that, what nobody holds may be about to be held


@contextlib.contextmanager
def workspace(parent: Path, prefix: str) -> Iterator[Path]:
    """Give a new folder ``parent/prefix…``; first remove those, and the temporary files, of processes that are gone.

    Raises
    ------
    CannotRunError
        If no folder can be made there.
    """
    try:
        parent.mkdir(parents=True, exist_ok=True)
        _clear(parent, prefix)
        folder = Path(tempfile.mkdtemp(dir=parent, prefix=prefix))
    except OSError as error:
        raise CannotRunError(
            f"the cache cannot be written: {parent}: {error.strerror}; make room or give rights there, or set "
            "RLHF_LEMMAS_CACHE to another folder"
        ) from error
    try:
        with (folder / "new").open("wb") as owner:
            hold(owner)  # before it has its name: nobody may find it free
            with contextlib.suppress(PermissionError):  # Windows renames no open file: there the age alone decides
                (folder / "new").rename(folder / _OWNER)
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _clear(parent: Path, prefix: str) -> None:
    for folder in parent.glob(f"{prefix}*"):
        owner = folder / _OWNER
        if _is_abandoned(owner if owner.exists() else folder):
            shutil.rmtree(folder, ignore_errors=True)
    for file in (*parent.glob("*.tmp"), *parent.glob("*/*.tmp")):
        if _is_abandoned(file):
            file.unlink(missing_ok=True)


def _is_abandoned(path: Path) -> bool:
    """Whether the owner's file is held by nobody; of all else, which may not be held yet, also whether it is old."""
    try:
        if path.name != _OWNER and time.time() - path.stat().st_mtime < _AGE:
            return False
        if path.is_dir():
            return True
        with path.open("rb") as file:
            return hold(file)
    except OSError:
        return False
