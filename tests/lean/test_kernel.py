"""Real Lean on generated identities: true ones are accepted, a planted wrong closed form never is."""

from dataclasses import replace

import pytest

from rlhf_proofs.lean.audit import LibraryReport, judge
from rlhf_proofs.lean.build import run_jobs
from rlhf_proofs.lean.library import Library
from rlhf_proofs.lean.process import Limits
from rlhf_symbolic import DERIVATIONS, Derivation, Shape
from rlhf_symbolic.lean import lean_file, theorem, theorem_name

from .test_planted_defects import _backend, _job, _of

pytestmark = pytest.mark.lean

SHAPE = Shape(2, 1)
PLANTED = ("grad-log-partition", "score", "hess-log-partition", "grad-objective-prompt", "pairwise-estimator")


def _wrong(name: str) -> Derivation:
    """The derivation with the sign of its closed form turned, milestones left out."""
    derivation = DERIVATIONS[name]
    statement = replace(derivation.statement, closed_form=-derivation.statement.closed_form, milestones=())
    return replace(derivation, statement=statement)


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, LibraryReport]:
    """Lean's reports: one library with the true identities, and one for each wrong one."""
    folder = tmp_path_factory.mktemp("kernel")
    texts = {"Truth": lean_file("Truth", [theorem(DERIVATIONS[name], SHAPE) for name in PLANTED])}
    texts |= {f"Wrong{i}": lean_file(f"Wrong{i}", [theorem(_wrong(name), SHAPE)]) for i, name in enumerate(PLANTED)}
    for root, text in texts.items():
        (folder / f"{root}.lean").write_text(text, encoding="utf-8")
    libraries = [Library.load(folder, root) for root in texts]
    events = list(run_jobs(_backend(), [[_job(libraries, folder / "out")]], folder, Limits()))
    return {library.root: judge(library, _of(library, events), backend="any", seconds=0.0) for library in libraries}


def test_true_identities_are_accepted(reports: dict[str, LibraryReport]) -> None:
    assert reports["Truth"].defects == ()
    found = reports["Truth"].theorems
    assert all(found[theorem_name(name, SHAPE)].clean for name in PLANTED)


@pytest.mark.parametrize("number", range(len(PLANTED)), ids=PLANTED)
def test_a_planted_wrong_closed_form_is_rejected(reports: dict[str, LibraryReport], number: int) -> None:
    report = reports[f"Wrong{number}"]
    assert any("`grind` failed" in defect for defect in report.defects)
    found = report.theorems.get(theorem_name(PLANTED[number], SHAPE))
    assert found is None or not found.clean
