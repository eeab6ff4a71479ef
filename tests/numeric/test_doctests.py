import doctest
import importlib
import pkgutil

import pytest

import rlhf_numeric

MODULES = [module.name for module in pkgutil.walk_packages(rlhf_numeric.__path__, "rlhf_numeric.")]


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_in_docstrings_are_true(name):
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_there_are_examples_to_run():
    finder = doctest.DocTestFinder()
    examples = [test for name in MODULES for test in finder.find(importlib.import_module(name)) if test.examples]
    assert len(examples) > 15


def test_public_names_exist():
    assert all(hasattr(rlhf_numeric, name) for name in rlhf_numeric.__all__)
