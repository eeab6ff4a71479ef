"""Real Lean on generated identities: true ones are accepted, a planted wrong closed form never is."""

import shutil

import pytest

from rlhf_proofs.lean.audit import LibraryReport
from rlhf_proofs.lean.build import check_library
from rlhf_proofs.lean.library import Library
from rlhf_proofs.resources import proofs_directory
from rlhf_symbolic import DERIVATIONS, Derivation
from rlhf_symbolic.lean.files import derivative_file, derivative_theorem
from rlhf_symbolic.lean.true_gradient import tie_shapes

from .identities import PLANTED, identities, named, wrong
from .planted import Run, _backend

pytestmark = pytest.mark.lean


@pytest.fixture(scope="module")
def reports(run: Run) -> dict[str, LibraryReport]:
    """Lean's reports: one library with the true identities, and one for each wrong one."""
    return {root: run.judged(root, run.of(root)) for root in identities()}


def test_true_identities_are_accepted(reports: dict[str, LibraryReport]) -> None:
    assert reports["Truth"].defects == ()
    found = reports["Truth"].theorems
    assert all(found[named(name)].clean for name in PLANTED)


@pytest.mark.parametrize("number", range(len(PLANTED)), ids=PLANTED)
def test_a_planted_wrong_closed_form_is_rejected(reports: dict[str, LibraryReport], number: int) -> None:
    report = reports[f"Wrong{number}"]
    assert any("`grind` failed" in defect for defect in report.defects)
    found = report.theorems.get(named(PLANTED[number]))
    assert found is None or not found.clean


DERIVATIVES = ("grad-log-partition", "score", "grad-expectation", "grad-objective-prompt")


def _derivative_file(derivation: Derivation) -> str:
    return derivative_file([derivative_theorem(derivation, shape) for shape in tie_shapes(derivation)])


@pytest.fixture(scope="module")
def derivatives(tmp_path_factory: pytest.TempPathFactory) -> LibraryReport:
    """Lean's report on a library beside `RLHF`: a true derivative, and the wrong ones in a module each."""
    folder = tmp_path_factory.mktemp("derivatives")
    shutil.copytree(proofs_directory() / "RLHF", folder / "RLHF")
    texts = {"Truth": _derivative_file(DERIVATIONS[DERIVATIVES[0]])}
    texts |= {f"Wrong{i}": _derivative_file(wrong(name)) for i, name in enumerate(DERIVATIVES)}
    (folder / "Planted").mkdir()
    for module, text in texts.items():
        (folder / f"Planted/{module}.lean").write_text(text, encoding="utf-8")
    imports = "\n".join(f"public import Planted.{module}" for module in texts)
    (folder / "Planted.lean").write_text(f"module\n{imports}\n", encoding="utf-8")
    return check_library(Library.load(folder, "Planted", builds_on=("RLHF",)), _backend())


def _errors(report: LibraryReport, module: str) -> list[str]:
    return [d.text for d in report.diagnostics if d.module == module and d.severity == "error"]


def test_a_true_derivative_is_proved_from_the_library(derivatives: LibraryReport) -> None:
    assert _errors(derivatives, "Planted.Truth") == []
    assert "Planted.Truth" in derivatives.milliseconds


@pytest.mark.parametrize("number", range(len(DERIVATIVES)), ids=DERIVATIVES)
def test_a_planted_wrong_derivative_is_rejected(derivatives: LibraryReport, number: int) -> None:
    errors = _errors(derivatives, f"Planted.Wrong{number}")
    assert errors
    assert all("`grind` failed" in text for text in errors)
    assert any(f"Planted/Wrong{number}.lean: not built" in defect for defect in derivatives.defects)
