"""The notebook in ``examples/`` runs in a fresh kernel and says what is stored in it."""

import base64
import importlib.util
import io
import sys

import numpy as np
import pytest

from .conftest import REPOSITORY

nbformat = pytest.importorskip("nbformat", reason="NO nbformat: the notebook has NOT been executed")
pytest.importorskip("ipykernel", reason="NO ipykernel: the notebook has NOT been executed")
plt = pytest.importorskip("matplotlib.image", reason="NO matplotlib: the notebook has NOT been executed")

SCRIPT = REPOSITORY / "examples/make_gradient_notebook.py"


@pytest.fixture(scope="module")
def maker():
    spec = importlib.util.spec_from_file_location("make_gradient_notebook", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def stored(maker):
    return nbformat.read(maker.NOTEBOOK, as_version=4)


def said(notebook):
    """What the cells print and return, pictures left out."""
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    texts = [output.get("text") or output["data"].get("text/latex") for output in outputs]
    return [text for text in texts if text]


def pictures(notebook):
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    coded = [output["data"]["image/png"] for output in outputs if "image/png" in output.get("data", {})]
    return [plt.imread(io.BytesIO(base64.b64decode(code)), format="png") for code in coded]


def same_picture(left, right):
    """Equal size, and at most a hundredth of the ink elsewhere: fonts differ between versions, curves do not."""
    return left.shape == right.shape and float(np.abs(left - right).mean()) < 0.01


def test_the_stored_cells_are_those_of_the_script(maker, stored):
    assert [cell.source for cell in stored.cells] == [cell.source for cell in maker.build().cells]


def test_it_is_valid_and_carries_no_trace_of_a_machine(stored):
    nbformat.validate(stored)
    assert set(stored.metadata) == {"kernelspec"}
    assert all(cell.metadata == {} for cell in stored.cells)


@pytest.mark.slow
def test_it_runs_and_says_what_is_stored(maker, stored):
    fresh = maker.execute(maker.build())
    assert said(fresh) == said(stored)
    assert len(said(stored)) >= 5
    (new,), (old,) = pictures(fresh), pictures(stored)
    assert same_picture(new, old)


def test_another_picture_is_told_apart(stored):
    (picture,) = pictures(stored)
    assert same_picture(picture, picture)
    assert not same_picture(picture, picture[::-1])


@pytest.mark.slow
def test_a_failing_cell_fails_the_test(maker):
    notebook = maker.build()
    notebook.cells[1]["source"] = "raise SystemError('planted')"
    with pytest.raises(Exception, match="planted"):
        maker.execute(notebook)
