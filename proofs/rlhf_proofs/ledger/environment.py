"""What ran a check: versions of the interpreter, of the libraries that decide, of Node, and the platform."""

import platform
import subprocess
from functools import cache
from importlib.metadata import PackageNotFoundError, version

from rlhf_proofs.lean.install import find_node

__all__ = ["environment"]


def environment(backend: str | None) -> dict[str, str | None]:
    """Return the versions by name; None for what is missing or played no part (Node, unless Lean ran in it: "wasm")."""
    return {
        "python": platform.python_version(),
        "platform": platform.platform(),
        "numpy": _version("numpy"),
        "sympy": _version("sympy"),
        "python_flint": _version("python-flint"),
        "node": _node() if backend == "wasm" else None,
    }


def _version(distribution: str) -> str | None:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return None


@cache
def _node() -> str | None:
    node = find_node()
    try:
        said = node and subprocess.run([node, "--version"], capture_output=True, text=True, timeout=30, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return said.stdout.strip() if said else None
