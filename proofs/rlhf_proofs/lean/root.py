"""``RLHF.lean``, the root of the library: it imports every module, and is written from the folder."""

from pathlib import Path

__all__ = ["root_text"]


def root_text(directory: Path, root: str = "RLHF") -> str:
    """Return the text of the root file of a library.

    Parameters
    ----------
    directory
        Source root, which holds the folder of the library.
    root
        Its name.
    """
    files = (directory / root).rglob("*.lean")
    names = sorted(".".join(file.relative_to(directory).with_suffix("").parts) for file in files)
    imports = "\n".join(f"public import {name}" for name in names)
    return f"module\n{imports}\n\n/-! Root of the library: imports every module. -/\n"
