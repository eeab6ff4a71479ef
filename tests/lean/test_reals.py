"""The real numbers: nothing is assumed of them, and every headline theorem is taken there."""

import re

import pytest

from rlhf_proofs.errors import TableError
from rlhf_proofs.lean.audit import LibraryReport
from rlhf_proofs.lean.store import below
from rlhf_proofs.lean.unconditional import MODULE, unconditional
from rlhf_proofs.ledger.gather import run_lean
from rlhf_proofs.resources import proofs_directory
from rlhf_proofs.table import load_table

ENTRIES = load_table()
HEADLINES = [e.lean for e in ENTRIES if e.lean is not None]
FOLDER = proofs_directory()
OF_THE_REALS = re.compile(r"RLHF\.(Archimedean|Reals|Papers\.Reals)\.")


def taken(headline: str) -> str:
    """The theorem that takes a headline theorem at the reals."""
    return f"RLHF.Unconditional.{headline.removeprefix('RLHF.')}"


def test_the_module_is_what_the_table_gives() -> None:
    written = below(FOLDER, MODULE, ".lean").read_text(encoding="utf-8")
    assert written == unconditional(FOLDER, HEADLINES), "run rlhf-lemmas lean imports"


def test_a_headline_theorem_that_the_module_lacks_is_seen() -> None:
    written = unconditional(FOLDER, HEADLINES[:-1])
    assert written != unconditional(FOLDER, HEADLINES)
    assert f"@{HEADLINES[-1]}" not in written


def test_a_headline_theorem_that_is_in_no_file_is_refused() -> None:
    with pytest.raises(TableError, match=r"RLHF\.absent is in no file of headline theorems"):
        unconditional(FOLDER, ["RLHF.absent"])


@pytest.fixture(scope="module")
def report() -> LibraryReport:
    found = run_lean(ENTRIES, "auto", lambda *_: None)
    assert isinstance(found, LibraryReport)
    return found


@pytest.mark.lean
def test_nothing_is_assumed_of_the_reals(report: LibraryReport) -> None:
    kinds = {c["name"]: c["kind"] for c in report.constants.by_name.values() if OF_THE_REALS.match(c["module"])}
    assert {"RLHF.Real", "RLHF.Real.exp", "RLHF.instExpFieldReal"} <= set(kinds)
    assert {name for name, kind in kinds.items() if kind in ("axiom", "opaque")} == set()


@pytest.mark.lean
@pytest.mark.parametrize("headline", HEADLINES)
def test_a_headline_theorem_is_proved_at_the_reals(report: LibraryReport, headline: str) -> None:
    statement = report.constants.by_name[taken(headline)]["statement"]
    assert report.refusal(taken(headline)) is None
    assert "ExpField" not in statement.replace("instExpFieldReal", "")
    assert "Archimedean" not in statement or headline == "RLHF.reals_unconditional"  # which says that the reals are
