"""The Lean library as a graph of modules: what imports what, in which order to build, and content keys."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rlhf_proofs.errors import CannotRunError

__all__ = ["Library", "Module", "imports_of", "sha256"]

_HEADER = {"module", "prelude", "public", "meta", "import", "all"}
_OUTSIDE = re.compile(r"/-|--[^\n]*")
_INSIDE = re.compile(r"/-|-/")


def sha256(*parts: str | bytes) -> str:
    """Return the SHA-256 of the parts, each preceded by its length so that no two lists collide."""
    digest = hashlib.sha256()
    for part in parts:
        raw = part.encode() if isinstance(part, str) else part
        digest.update(f"{len(raw)}:".encode())
        digest.update(raw)
    return digest.hexdigest()


@dataclass(frozen=True)
class Module:
    """One Lean source file.

    Attributes
    ----------
    name
        Module name, for example ``RLHF.Model.Basic``.
    path
        The source file.
    imports
        Modules of the same library, and of those that it builds on, that it imports.
    source
        The text, read once: what is hashed is what is elaborated.
    """

    name: str
    path: Path
    imports: tuple[str, ...]
    source: str


@dataclass(frozen=True)
class Library:
    """A Lean library: its modules in import order, and those that the root does not reach.

    Attributes
    ----------
    root
        Name of the root module, for example ``RLHF``.
    directory
        Source root: module ``A.B`` lies at ``directory/A/B.lean``.
    modules
        All modules reached from the root, each after those it imports; those of libraries that it builds on included.
    unreached
        Names of modules below the root's folder that no import chain from the root reaches: never checked,
        hence a defect.
    """

    root: str
    directory: Path
    modules: tuple[Module, ...]
    unreached: tuple[str, ...]

    @classmethod
    def load(cls, directory: Path, root: str = "RLHF", builds_on: tuple[str, ...] = ()) -> "Library":
        """Read the library below ``directory``.

        Parameters
        ----------
        directory, root
            See the attributes.
        builds_on
            Roots of further libraries in the same folder. Imports of their modules are followed; all others are core's.

        Raises
        ------
        CannotRunError
            If the root file or an imported module of the library is missing, or imports form a cycle.
        """
        ordered: dict[str, Module] = {}
        _visit(root, directory, frozenset({root, *builds_on}), ordered, ())
        present = {root} | {
            f"{root}." + ".".join(p.relative_to(directory / root).with_suffix("").parts)
            for p in (directory / root).rglob("*.lean")
        }
        return cls(root, directory, tuple(ordered.values()), tuple(sorted(present - set(ordered))))

    def owns(self, module: str) -> bool:
        """Whether a module is of this library, not of one that it builds on."""
        return module.split(".")[0] == self.root.split(".")[0]

    def keys(self, context: str) -> dict[str, str]:
        """Return a content key for each module: its text, the keys of its imports, and ``context``."""
        keys: dict[str, str] = {}
        for module in self.modules:
            keys[module.name] = sha256(context, module.name, module.source, *(keys[i] for i in module.imports))
        return keys


def _visit(name: str, directory: Path, roots: frozenset[str], done: dict[str, Module], above: tuple[str, ...]) -> None:
    """Depth-first walk along imports, recording each module after its imports."""
    if name in done:
        return
    if name in above:
        raise CannotRunError(f"the Lean imports form a cycle: {' -> '.join((*above, name))}")
    path = directory / (name.replace(".", "/") + ".lean")
    if not path.is_file():
        importer = f" (imported by {above[-1]})" if above else ""
        raise CannotRunError(f"Lean module {name} has no file {path}{importer}")
    source = path.read_text(encoding="utf-8")
    imports = tuple(i for i in imports_of(source) if any(i == root or i.startswith(root + ".") for root in roots))
    for imported in imports:
        _visit(imported, directory, roots, done, (*above, name))
    done[name] = Module(name, path, imports, source)


def imports_of(source: str) -> Iterator[str]:
    """Yield what a source's header imports; it ends at the first word that belongs to no import."""
    words = _without_comments(source).split()
    for previous, word in zip(["", *words], words, strict=False):
        if word in _HEADER:
            continue
        if previous not in ("import", "all"):
            return
        yield word


def _without_comments(source: str) -> str:
    """Blank out comments; those in ``/- -/`` nest."""
    kept: list[str] = []
    depth = position = 0
    while found := (_INSIDE if depth else _OUTSIDE).search(source, position):
        if depth == 0:
            kept += [source[position : found.start()], " "]
        depth += {"/-": 1, "-/": -1}.get(found.group(), 0)
        position = found.end()
    return "".join([*kept, "" if depth else source[position:]])
