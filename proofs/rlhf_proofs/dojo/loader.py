"""LeanDojo's own objects over the proofs, made without its tracer and without a network."""

import atexit
import importlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from rlhf_proofs.dojo.extract import Extraction
from rlhf_proofs.dojo.syntax import Text, ast_json, definitions, path_of
from rlhf_proofs.errors import CannotRunError
from rlhf_proofs.lean.library import Module
from rlhf_proofs.progress import Progress, silent
from rlhf_proofs.resources import proofs_directory

if TYPE_CHECKING:
    from lean_dojo import LeanGitRepo, TracedFile, TracedRepo

__all__ = ["lean_dojo", "traced_repo"]

Foreign: TypeAlias = Any  # lean-dojo and networkx ship no types
_BUILT = Path(".lake/build/ir")
_WHEN = "2020-01-01T00:00:00+0000"


def lean_dojo() -> Foreign:
    """Import ``lean_dojo`` so that it neither asks a server nor starts a process pool; return the module.

    Raises
    ------
    CannotRunError
        If it is not installed, or was imported before with its remote cache on.
    """
    module = sys.modules.get("lean_dojo") or _first_import()
    if not importlib.import_module("lean_dojo.constants").DISABLE_REMOTE_CACHE:
        raise CannotRunError("lean_dojo was imported with its remote cache on: set DISABLE_REMOTE_CACHE=1 before that")
    return module


def _first_import() -> Foreign:
    """Import it with the settings that it reads from the environment at that moment, and never again."""
    folder = Path(tempfile.mkdtemp(prefix="rlhf-lemmas-dojo-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    before = dict(os.environ)
    os.environ.update(DISABLE_REMOTE_CACHE="1", NUM_PROCS="1", CACHE_DIR=str(folder / "cache"))
    os.environ.pop("GITHUB_ACCESS_TOKEN", None)  # with a token it logs in
    try:
        return importlib.import_module("lean_dojo")
    except ModuleNotFoundError as error:
        raise CannotRunError(
            f"{error.name} is missing: pip install 'rlhf-lemmas[dojo]' (Python 3.11 or 3.12)"
        ) from error
    finally:
        os.environ.clear()
        os.environ.update(before)


@contextmanager
def traced_repo(extraction: Extraction, progress: Progress = silent) -> "Iterator[TracedRepo]":
    """Give the library as a ``lean_dojo.TracedRepo``, over a temporary git repository that goes at the end.

    The commit is a function of the sources: author and dates are fixed.

    Raises
    ------
    CannotRunError
        If lean-dojo or git is missing.
    """
    dojo = lean_dojo()
    with tempfile.TemporaryDirectory(prefix="rlhf-lemmas-dojo-") as folder:
        root = Path(folder).resolve() / "proofs"
        _stage(extraction, root)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)  # it leaves files to the garbage collector
            traced = _read(dojo, extraction, root, progress)
        yield traced


def _read(dojo: Foreign, extraction: Extraction, root: Path, progress: Progress) -> "TracedRepo":
    repo = dojo.LeanGitRepo.from_path(root)
    files = dict(_files(dojo, extraction, root, repo, progress))
    # Its own constructors from files ask GitHub for the commit of Lean; ours has no dependency but core.
    traced = dojo.TracedRepo(repo, {}, root, list(files.values()), _graph(extraction, files))
    traced._update_traced_files()
    traced.check_sanity()
    return traced


def _stage(extraction: Extraction, root: Path) -> None:
    """Lay out the sources as a git repository of one commit."""
    for module in extraction.library.modules:
        path = root / path_of(module.name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(module.source, encoding="utf-8")
    for name in ("lakefile.toml", "lean-toolchain"):
        shutil.copy(proofs_directory() / name, root / name)
    _git(root, "init", "--quiet")
    _git(root, "add", "--all")
    _git(root, "commit", "--quiet", "--message", "the proofs")


def _git(root: Path, *args: str) -> None:
    who = {"NAME": "rlhf-lemmas", "EMAIL": "rlhf-lemmas@localhost", "DATE": _WHEN}
    environment = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    environment |= {f"GIT_{role}_{k}": v for role in ("AUTHOR", "COMMITTER") for k, v in who.items()}
    environment |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    try:
        subprocess.run(["git", *args], cwd=root, env=environment, check=True, capture_output=True, text=True)
    except FileNotFoundError as error:
        raise CannotRunError("git is missing, which lean-dojo needs: install it, then run this again") from error
    except subprocess.CalledProcessError as error:
        raise CannotRunError(f"git {args[0]} failed in a temporary folder: {error.stderr.strip()}") from error


def _files(
    dojo: Foreign, extraction: Extraction, root: Path, repo: "LeanGitRepo", progress: Progress
) -> "Iterator[tuple[str, TracedFile]]":
    """Write what LeanDojo reads of each module, and have it read that."""
    texts = {m.name: Text(m.source) for m in extraction.library.modules}
    defined = definitions(texts, extraction.traces)
    modules = _traced(extraction)
    for done, module in enumerate(modules, 1):
        target = root / _BUILT / (module.name.replace(".", "/") + ".ast.json")
        target.parent.mkdir(parents=True, exist_ok=True)
        trace = ast_json(texts[module.name], extraction.traces[module.name], defined)
        target.write_text(json.dumps(trace))  # in ASCII: it is read in the encoding of the user's locale
        imports = "\n".join(path_of(i) for i in _imports(extraction, module))
        target.with_name(target.name.replace(".ast.json", ".dep_paths")).write_text(imports, encoding="utf-8")
        yield module.name, dojo.TracedFile.from_traced_file(root, target, repo)
        progress(f"reading {module.name}", done, len(modules))


def _graph(extraction: Extraction, files: "Mapping[str, TracedFile]") -> Foreign:
    """Return who imports whom, as LeanDojo keeps it."""
    graph = importlib.import_module("networkx").DiGraph()
    for file in files.values():
        graph.add_node(str(file.path), traced_file=file)
    for module in _traced(extraction):
        graph.add_edges_from(
            (path_of(module.name), path_of(i), {"module": i}) for i in _imports(extraction, module)
        )  # fmt: skip
    return graph


def _traced(extraction: Extraction) -> list[Module]:
    return [m for m in extraction.library.modules if m.name in extraction.traces]


def _imports(extraction: Extraction, module: Module) -> list[str]:
    """Return those imports of a module that were traced: LeanDojo opens every file that it hears of."""
    return [i for i in module.imports if i in extraction.traces]
