"""Files that are replaced as a whole, and files held by a process for as long as it lives."""

import os
import secrets
import sys
from pathlib import Path
from typing import IO, Any

if sys.platform != "win32":
    import fcntl


def replace_file(path: Path, content: str | bytes, /) -> None:
    """Write a file, text in UTF-8, so that whatever happens it holds the old or the new content, never half of one.

    What is written first has a name that nobody can guess, in the same folder, is flushed to the disk, and goes if the
    writing fails. A link stays, and the file that it names is replaced; a device, as ``/dev/stdout``, is written to.

    Raises
    ------
    OSError
        If it cannot be written; the old file is untouched then.
    """
    data = content.encode() if isinstance(content, str) else content
    if path.exists() and not path.is_file():
        path.write_bytes(data)
        return
    target = Path(os.path.realpath(path))
    temporary = target.with_name(f".{secrets.token_hex(16)}.tmp")
    try:
        with temporary.open("xb") as file:
            hold(file)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def hold(file: IO[Any], /) -> bool:
    """Hold an open file until it is closed or this process is gone; false if another one has it, or that is unknown."""
    if sys.platform == "win32":
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
