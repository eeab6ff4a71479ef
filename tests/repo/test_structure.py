"""The houses of the Python packages: what imports what, floor by floor."""

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]

# From the ground up: a module imports its own folder and what stands before it here; "" is the package itself.
FLOORS = {
    "numeric/rlhf_numeric": (
        "files", "drawing", "arithmetic", "parallel", "model", "evaluation", "claims", "attacks", "audit", "rollouts",
        "experiments", "array_api", "campaign", "schemes", "",
    ),
    "symbolic/rlhf_symbolic": ("engine", "derivations", "lean", "output", "reward", "", "__main__"),
    "proofs/rlhf_proofs": (
        "errors", "interruption", "progress", "resources", "table", "tables", "stubs", "output", "help", "completion",
        "lean", "records", "dojo", "ledger", "publish", "report", "", "commands", "cli",
    ),
}  # fmt: skip
# Which package may import which others.
PACKAGES = {
    "numeric/rlhf_numeric": set(),
    "symbolic/rlhf_symbolic": set(),
    "proofs/rlhf_proofs": {"rlhf_numeric", "rlhf_symbolic"},
    "proofs/rlhf_lemmas": {"rlhf_proofs"},
    "numeric/rlhf_pytest": {"rlhf_numeric"},
}
MOST_MODULES = 20


def imports(source: str) -> Iterator[str]:
    """Dotted names that a source imports, at its head or in a function."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{name.name}" for name in node.names)


def floor(name: str, folder: Path) -> str:
    """First part below the package of a dotted name, if it is a module or a folder there; else the package itself."""
    first = [*name.split("."), ""][1]
    return first if (folder / first).is_dir() or (folder / f"{first}.py").is_file() else ""


def upward(sources: dict[str, str], folder: Path, floors: tuple[str, ...]) -> list[str]:
    """Imports that run up: from a module, by its path in the package, to a floor above its own."""
    height = {name: level for level, name in enumerate(floors)}
    found = []
    for path, source in sources.items():
        own = "" if path == "__init__.py" else Path(path).with_suffix("").parts[0]
        used = {floor(name, folder) for name in imports(source) if name.split(".")[0] == folder.name}
        found += [f"{path} -> {other or folder.name}" for other in sorted(used) if height[other] > height[own]]
    return found


def sources_of(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*.py"))}


@pytest.mark.parametrize("package", FLOORS)
def test_no_import_runs_up(package):
    folder = REPOSITORY / package
    sources = sources_of(folder)
    assert {Path(path).with_suffix("").parts[0] for path in sources} - {"__init__"} == set(FLOORS[package]) - {""}
    assert upward(sources, folder, FLOORS[package]) == []


def test_an_import_that_runs_up_is_seen():
    folder = REPOSITORY / "numeric/rlhf_numeric"
    planted = {
        "model/a.py": "from rlhf_numeric.claims import CLAIMS",
        "model/b.py": "def f():\n    import rlhf_numeric.attacks.hunt",
        "model/c.py": "from rlhf_numeric import Problem",
        "model/d.py": "from rlhf_numeric.arithmetic import kinds",
        "claims/e.py": "from rlhf_numeric.model.problem import Problem",
    }
    found = ["model/a.py -> claims", "model/b.py -> attacks", "model/c.py -> rlhf_numeric"]
    assert upward(planted, folder, FLOORS["numeric/rlhf_numeric"]) == found


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_imports_only_those_below_it(package):
    folder = REPOSITORY / package
    ours = {Path(other).name for other in PACKAGES}
    used = {name.split(".")[0] for source in sources_of(folder).values() for name in imports(source)}
    assert used & ours - {folder.name} <= PACKAGES[package]


@pytest.mark.parametrize("package", PACKAGES)
def test_no_folder_has_too_many_modules(package):
    sizes = Counter(path.parent for path in (REPOSITORY / package).rglob("*.py") if path.name != "__init__.py")
    assert {folder.name: size for folder, size in sizes.items() if size > MOST_MODULES} == {}
