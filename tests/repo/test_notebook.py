"""Each notebook in ``examples/`` is that of its script; it runs in a fresh kernel and says what is stored in it."""

import base64
import importlib
import io

import numpy as np
import pytest

from .conftest import REPOSITORY

nbformat = pytest.importorskip("nbformat", reason="NO nbformat: the notebooks have NOT been executed")
pytest.importorskip("ipykernel", reason="NO ipykernel: the notebooks have NOT been executed")
plt = pytest.importorskip("matplotlib.image", reason="NO matplotlib: the notebooks have NOT been executed")

EXAMPLES = REPOSITORY / "examples"
NUMBER_OF_PICTURES = {"make_gradient_notebook": 1, "make_audit_notebook": 2, "make_property_tests_notebook": 1}
LARGEST = 300_000  # bytes


@pytest.fixture(scope="module")
def imported():
    """Import a script as Python does that runs it: with its folder on the path."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(EXAMPLES))
        yield importlib.import_module


@pytest.fixture(scope="module")
def executed(imported):
    return imported("executed")


@pytest.fixture(params=NUMBER_OF_PICTURES)
def maker(request, imported):
    return imported(request.param)


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


def test_every_notebook_has_a_script_and_is_in_the_tests(imported):
    assert {path.stem for path in EXAMPLES.glob("make_*_notebook.py")} == {*NUMBER_OF_PICTURES}
    assert {imported(name).NOTEBOOK for name in NUMBER_OF_PICTURES} == {*EXAMPLES.glob("*.ipynb")}


def test_the_stored_cells_are_those_of_the_script(maker, executed, stored):
    assert [cell.source for cell in stored.cells] == [cell.source for cell in executed.build(maker.CELLS).cells]


def test_it_is_small_valid_and_carries_no_trace_of_a_machine(maker, stored):
    nbformat.validate(stored)
    assert set(stored.metadata) == {"kernelspec"}
    assert all(cell.metadata == {} for cell in stored.cells)
    assert maker.NOTEBOOK.stat().st_size < LARGEST
    assert not any(word in text for text in said(stored) for word in ("/tmp", "/home", "\x1b"))


@pytest.mark.slow
def test_it_runs_and_says_what_is_stored(maker, executed, stored):
    fresh = executed.execute(executed.build(maker.CELLS))
    assert said(fresh) == said(stored)
    assert len(said(stored)) >= 4
    new, old = pictures(fresh), pictures(stored)
    assert len(new) == len(old) == NUMBER_OF_PICTURES[maker.__name__]
    assert all(same_picture(*pair) for pair in zip(new, old, strict=True))


def test_another_picture_is_told_apart(stored):
    for picture in pictures(stored):
        assert same_picture(picture, picture)
        assert not same_picture(picture, picture[::-1])


@pytest.mark.slow
def test_a_failing_cell_fails_the_test(executed):
    with pytest.raises(Exception, match="planted"):
        executed.execute(executed.build([("words", "# Words"), ("code", "raise SystemError('planted')")]))
