"""Where a command may write: below the folder that a person named, through no link."""

import re
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from rlhf_numeric.files import replace_file
from rlhf_proofs.errors import CannotRunError

__all__ = ["place", "require_named", "require_new", "require_no_links", "require_slugs", "write_named"]

_SLUG = re.compile(r"[a-z0-9-]+")
_NOT_IN_NAMES = re.compile(r"[\\:\x00-\x1f]")


def require_slugs(where: str, names: Iterable[str]) -> None:
    """Refuse names that are to become names of files, unless they are slugs.

    Raises
    ------
    CannotRunError
        If one holds anything but small letters, digits and hyphens.
    """
    if bad := [name for name in names if not _SLUG.fullmatch(name)]:
        raise CannotRunError(f"{where}: expected small letters, digits and hyphens as an id, got {bad[0]!r}")


def place(folder: Path, name: str) -> Path:
    """Return the path of a file below a folder that may be written, or deleted: it cannot lie anywhere else.

    The folder itself may be a link, as it was named by a person; nothing below it may.

    Raises
    ------
    CannotRunError
        If the name leads out of the folder, a part of the path is a link, or something else than a file is there.
    """
    parts = PurePosixPath(name).parts
    if not parts or ".." in parts or name.startswith("/") or _NOT_IN_NAMES.search(name):
        raise CannotRunError(f"{name!r} is not the name of a file below {folder}: nothing was written")
    path = folder
    for part in parts:
        path = path / part
        if path.is_symlink():
            raise CannotRunError(f"{path} is a link, and links are not followed: remove it, or name another folder")
    if path.exists() and not path.is_file():
        raise CannotRunError(f"{path} is not a file: move it away, or name another folder")
    return path


def require_no_links(folder: Path, names: Iterable[str]) -> None:
    """Look, before the work begins, that every one of these files may be written below a folder (see `place`)."""
    for name in names:
        place(folder, name)


def require_named(path: Path) -> None:
    """Look, before the work begins, whether there is a folder for a file that a person named (see `write_named`)."""
    if not path.absolute().parent.is_dir():
        raise CannotRunError(f"no folder {path.absolute().parent} to write {path.name} to")


def require_new(path: Path) -> None:
    """Look, before the work begins, that a file may be written without another one being lost (see `write_named`).

    Raises
    ------
    CannotRunError
        If its folder is missing, or it is there already.
    """
    require_named(path)
    if path.is_file():
        raise CannotRunError(f"{path} is there, and nothing is overwritten: name another file, or remove it")


def write_named(path: Path, content: str | bytes) -> None:
    """Write a file that a person named, in one move.

    A link that a person names is meant: the file that it leads to is replaced. A device such as ``/dev/stdout`` is
    written to.

    Raises
    ------
    CannotRunError
        If its folder is missing, or it cannot be written.
    """
    require_named(path)
    try:
        replace_file(path, content)
    except OSError as error:
        raise CannotRunError(f"cannot write {path}: {error.strerror or error}") from error
