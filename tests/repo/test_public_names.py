"""``__all__`` of each package is sorted and is what ``__init__`` binds in public."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

import rlhf_numeric
import rlhf_proofs
import rlhf_symbolic
from rlhf_proofs.resources import proofs_directory

PACKAGES = {p.__name__: p for p in (rlhf_numeric, rlhf_symbolic, rlhf_proofs)}


def bound(source):
    """Public names that a module's text binds at its top level, but for ``__all__``."""
    found = set()
    for node in ast.parse(source).body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            found |= {alias.asname or alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Assign):
            found |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return {name for name in found if not name.startswith("_")}


def order(name):
    """Constants, classes, functions, each by name: the order that ruff enforces."""
    return (0 if name.isupper() else 1 if name[0].isupper() else 2, name)


every_package = pytest.mark.parametrize("package", PACKAGES.values(), ids=PACKAGES)


@every_package
def test_all_is_what_init_binds_in_public(package):
    assert set(package.__all__) == bound(Path(package.__file__).read_text())
    assert len(set(package.__all__)) == len(package.__all__)


@every_package
def test_all_is_sorted(package):
    assert package.__all__ == sorted(package.__all__, key=order)


@every_package
def test_every_public_name_is_there_and_documented(package):
    for name in package.__all__:
        thing = getattr(package, name)
        assert name.isupper() or (thing.__doc__ or "").strip(), name


@every_package
def test_init_holds_imports_and_all_only(package):
    kinds = {type(node) for node in ast.parse(Path(package.__file__).read_text()).body}
    assert kinds == {ast.Expr, ast.ImportFrom, ast.Assign}


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("from x import y", "y"),
        ("from x import y as z", "z"),
        ("import x.y", "x"),
        ("def f(): ...", "f"),
        ("class C: ...", "C"),
        ("N = 1", "N"),
    ],
)
def test_a_name_that_is_bound_and_not_exported_is_found(line, name):
    assert bound(f"__all__ = []\n_private = 1\n{line}\n") == {name}


@cache
def lean_names():
    """Last parts of the names that the Lean sources declare."""
    declared = r"^(?:\w+ )*(?:theorem|def|abbrev|structure|class) (?:\w+\.)*(\w+)"
    texts = (path.read_text(encoding="utf-8") for path in (proofs_directory() / "RLHF").rglob("*.lean"))
    return {name for text in texts for name in re.findall(declared, text, re.MULTILINE)}


def absent_from_lean(words):
    """Names of Lean in a docstring that no source declares."""
    return [name for name in re.findall(r"``RLHF\.((?:\w+\.)*\w+)``", words) if name.split(".")[-1] not in lean_names()]


@every_package
def test_every_name_of_lean_in_a_docstring_is_declared(package):
    found = {name: absent_from_lean(getattr(package, name).__doc__ or "") for name in package.__all__}
    assert {name: absent for name, absent in found.items() if absent} == {}


def test_a_name_that_lean_does_not_have_is_seen():
    assert absent_from_lean("Lean: ``RLHF.clip_bias_bound``, ``RLHF.Setting.boltzmann``.") == []
    assert absent_from_lean("Lean: ``RLHF.clip_bias_bounded``.") == ["clip_bias_bounded"]
