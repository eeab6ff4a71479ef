"""The folder of a report: only what an earlier report wrote there, and nobody has changed, is replaced or deleted."""

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path

from rlhf_proofs.errors import CannotRunError
from rlhf_proofs.lean.library import sha256
from rlhf_proofs.output import place

__all__ = ["require_room", "write"]

_LIST = ".rlhf-lemmas-report"  # names the files of a report, with digests of what was written
_FORMAT = "rlhf-lemmas report 2"
Digests = Mapping[str, list[str]]  # of each file; two while it is replaced, so that an interruption strands none


def require_room(target: Path) -> None:
    """Look whether a folder can take a report, before the work begins.

    Raises
    ------
    CannotRunError
        If it is a file, holds something else than a report, or a list of files that no report has written.
    """
    _listed(target)


def write(target: Path, contents: Mapping[str, bytes]) -> None:
    """Write the files of a report in place of those of an older one; what else is in the folder stays.

    Raises
    ------
    CannotRunError
        If a name leads out of the folder or through a link, a file is in the way that no report has written, or the
        folder cannot be written to. Nothing has been written then, except in the last case.
    """
    before = _listed(target)
    for name in contents:
        path = place(target, name)
        if path.exists() and not _is_ours(path, before.get(name, [])):
            raise CannotRunError(
                f"{path} is in the way: no report has written it, or it was changed since; move it away, or name "
                "another folder"
            )
    try:
        _replace(target, before, contents)
    except OSError as error:
        raise CannotRunError(f"cannot write the report to {target}: {error}") from error


def _replace(target: Path, before: Digests, contents: Mapping[str, bytes]) -> None:
    target.mkdir(parents=True, exist_ok=True)
    new = {name: [sha256(content)] for name, content in contents.items()}
    with tempfile.TemporaryDirectory(dir=target, prefix=".new-") as folder:
        _move(target, Path(folder), _LIST, _as_json({n: before.get(n, []) + new.get(n, []) for n in {*before, *new}}))
        for name in set(before) - set(new):
            path = place(target, name)
            if path.exists() and _is_ours(path, before[name]):
                path.unlink()
        for name, content in contents.items():
            _move(target, Path(folder), name, content)
        _move(target, Path(folder), _LIST, _as_json(new))


def _move(target: Path, folder: Path, name: str, content: bytes) -> None:
    """Write one file so that a reader sees the old or the new one, never half of it."""
    path = place(target, name)
    path.parent.mkdir(parents=True, exist_ok=True)
    (folder / "file").write_bytes(content)
    (folder / "file").replace(path)


def _is_ours(path: Path, digests: list[str]) -> bool:
    return sha256(path.read_bytes()) in digests


def _as_json(digests: Digests) -> bytes:
    return (json.dumps({"format": _FORMAT, "files": digests}, indent=1, sort_keys=True) + "\n").encode()


def _listed(target: Path) -> Digests:
    """Return the files of the report that a folder holds, none if it is new or empty."""
    if target.exists() and not target.is_dir():
        raise CannotRunError(f"{target} is a file; the report needs a folder")
    if not target.is_dir() or not any(target.iterdir()):
        return {}
    path = place(target, _LIST)
    if not path.is_file():
        raise CannotRunError(f"{target} holds something else than a report; name a new or an empty folder")
    files = _read(path)
    if files is None:
        raise CannotRunError(
            f"{path} is damaged, or of another version: delete the report in {target}, or name another folder"
        )
    for name in files:
        place(target, name)
    return files


def _read(path: Path) -> Digests | None:
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        files: Digests = stored["files"]
        intact = stored["format"] == _FORMAT and all(isinstance(digests, list) for digests in files.values())
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    return files if intact else None
