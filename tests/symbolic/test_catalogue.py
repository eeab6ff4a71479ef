"""Derivations are found in the modules of `rlhf_symbolic.derivations`; the names of these are those of Lean modules."""

import sys
from types import ModuleType

import pytest

from rlhf_symbolic import DERIVATIONS
from rlhf_symbolic.derivations.catalogue import FAMILIES, families, found_in


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package of derivations with one paper, in which one module has none."""
    folder = tmp_path / "toy_derivations/some_paper"
    folder.mkdir(parents=True)
    for place in (folder.parent, folder):
        (place / "__init__.py").write_text("")
    (folder / "helpers.py").write_text("")
    (folder / "moving_average.py").write_text("DERIVATIONS = ()\n")
    (folder.parent / "another.py").write_text("DERIVATIONS = ()\n")
    monkeypatch.syspath_prepend(tmp_path)
    yield __import__("toy_derivations")
    for name in [name for name in sys.modules if name.startswith("toy_derivations")]:
        del sys.modules[name]


def test_a_new_module_is_found_wherever_it_lies_and_named_for_lean(package):
    found = found_in(package)
    assert [module.__name__ for module in found] == [
        "toy_derivations.another", "toy_derivations.some_paper.moving_average",
    ]  # fmt: skip
    assert list(families(found)) == ["Another", "MovingAverage"]


def test_two_modules_with_one_name_are_refused():
    with pytest.raises(ValueError, match=r"b\.psi: a\.psi has that name already; rename one of them"):
        families([ModuleType("a.psi"), ModuleType("b.psi")])


def test_every_derivation_is_in_one_family():
    assert list(DERIVATIONS) == [derivation.id for module in FAMILIES.values() for derivation in module.DERIVATIONS]
    assert list(FAMILIES)[:7] == ["Policy", "Objective", "Gradient", "Estimator", "Smoothness", "Psi", "Reward"]
