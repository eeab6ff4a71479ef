"""Each notebook in ``examples/`` is that of its script; it runs in a fresh kernel and says what is stored in it."""

import base64
import importlib
import io
import os

import numpy as np
import pytest

from .conftest import REPOSITORY

nbformat = pytest.importorskip("nbformat", reason="NO nbformat: the notebooks have NOT been executed")
pytest.importorskip("ipykernel", reason="NO ipykernel: the notebooks have NOT been executed")
plt = pytest.importorskip("matplotlib.image", reason="NO matplotlib: the notebooks have NOT been executed")

EXAMPLES = REPOSITORY / "examples"
NUMBER_OF_PICTURES = {
    "make_gradient_notebook": 1,
    "make_audit_notebook": 2,
    "make_property_tests_notebook": 1,
    "make_proofs_notebook": 0,
}
LARGEST = 300_000  # bytes
WITH_LEAN = os.environ.get("RLHF_LEMMAS_CACHE", "")  # before `conftest` gives each test a cache of its own


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


def said(notebook, but=None):
    """What each cell prints and returns, by its id, pictures left out."""
    found = {}
    for cell in notebook.cells:
        texts = [output.get("text") or output["data"].get("text/latex") or "" for output in cell.get("outputs", [])]
        if any(texts) and cell["id"] != but:
            found[cell["id"]] = "".join(texts)
    return found


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
    assert not any(word in text for text in said(stored).values() for word in ("/tmp", "/home", "\x1b"))


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted({*NUMBER_OF_PICTURES} - {"make_proofs_notebook"}))
def test_it_runs_and_says_what_is_stored(imported, executed, name):
    maker = imported(name)
    stored, fresh = nbformat.read(maker.NOTEBOOK, as_version=4), executed.execute(executed.build(maker.CELLS))
    assert said(fresh) == said(stored)
    assert len(said(stored)) >= 4
    new, old = pictures(fresh), pictures(stored)
    assert len(new) == len(old) == NUMBER_OF_PICTURES[name]
    assert all(same_picture(*pair) for pair in zip(new, old, strict=True))


# ---- the notebook that starts Lean


@pytest.fixture
def proofs(imported):
    return imported("make_proofs_notebook")


@pytest.mark.lean
@pytest.mark.deep
@pytest.mark.slow
def test_the_notebook_on_proofs_runs_with_lean_and_says_what_is_stored(proofs, executed, monkeypatch):
    monkeypatch.setenv("RLHF_LEMMAS_CACHE", WITH_LEAN)  # the empty name is the default folder
    stored, fresh = nbformat.read(proofs.NOTEBOOK, as_version=4), executed.execute(executed.build(proofs.CELLS))
    assert said(fresh) == said(stored)
    assert "proved: ∀ {R" in said(stored)[proofs.LEAN_CELL]
    assert "defects: []" in said(stored)[proofs.LEAN_CELL]


@pytest.mark.slow
def test_without_lean_it_says_that_nothing_was_checked_and_all_else_is_as_stored(
    proofs, executed, monkeypatch, tmp_path
):
    monkeypatch.setenv("RLHF_LEMMAS_CACHE", str(tmp_path / "cache"))  # of Lean, too
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))  # elan may lie there
    stored, fresh = nbformat.read(proofs.NOTEBOOK, as_version=4), executed.execute(executed.build(proofs.CELLS))
    assert "NOTHING WAS CHECKED" in said(fresh)[proofs.LEAN_CELL]
    assert said(fresh, but=proofs.LEAN_CELL) == said(stored, but=proofs.LEAN_CELL)
    assert len(said(stored)) >= 5


def test_another_picture_is_told_apart(stored):
    for picture in pictures(stored):
        assert same_picture(picture, picture)
        assert not same_picture(picture, picture[::-1])


@pytest.mark.slow
def test_a_failing_cell_fails_the_test(executed):
    with pytest.raises(Exception, match="planted"):
        executed.execute(executed.build([("words", "# Words"), ("code", "raise SystemError('planted')")]))
