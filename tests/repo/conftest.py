import functools
import json
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import jsonschema
import pytest
from typer.testing import CliRunner

from rlhf_numeric.attacks.mutate import stored_reports
from rlhf_proofs import cli
from rlhf_proofs.errors import CannotRunError
from rlhf_proofs.lean.audit import AuditedTheorem, Constants, Cost, LibraryReport
from rlhf_proofs.ledger import build as ledger
from rlhf_proofs.ledger import gather
from rlhf_proofs.ledger.build import Ledger
from rlhf_proofs.records.pins import Pin, load_pins
from rlhf_proofs.report import build_site, leftovers
from rlhf_proofs.resources import schema_file
from rlhf_proofs.table import load_table
from rlhf_symbolic import DERIVATIONS
from rlhf_symbolic.lean import files as generated

from .chromium import Chromium

REPOSITORY = Path(__file__).parents[2]
SCHEMA = json.loads(schema_file().read_text())

TABLE = """
[paper]
title = "Somebody's"
arxiv = "1705.06031"
url = "https://arxiv.org/abs/1705.06031"
groups = { policy = "Policy" }

[log-ratio]
title = "log(π/q) = ⟨θ,φ⟩/λ − A"
group = "policy"
place = "somewhere"
lean = "RLHF.log_ratio"
symbolic = "log-ratio"
numeric = "log-ratio"

[kl-nonneg]
title = "KL ≥ 0"
group = "policy"
place = "somewhere"
symbolic = false
"""


def validated(ledger):
    """The ledger as a reader of the JSON file gets it."""
    data = json.loads(json.dumps(ledger.as_json(), allow_nan=False))
    jsonschema.validate(data, SCHEMA, cls=jsonschema.Draft202012Validator)
    return data


@functools.cache
def _stored_reports():
    """The shipped reports, read once: every site shows them."""
    return stored_reports()


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    """A cache of the test's own: no test may read or write the cache of the person who runs it.

    Neither is there a ledger of the release, unless a test records one.
    """
    monkeypatch.setenv("RLHF_LEMMAS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("COLUMNS", "160")
    monkeypatch.setattr("rlhf_proofs.records.recorded.recorded_folder", lambda: None)
    monkeypatch.setattr("rlhf_proofs.report.leftovers.stored_reports", _stored_reports)
    return tmp_path / "cache"


def pin_of(entry, **fields):
    """The pin of a row as it is, with the statement that the fake Lean reports."""
    statement = None if entry.lean is None else f"{entry.lean.removeprefix('RLHF.')} : …"
    return replace(
        Pin(
            theorem=entry.lean, derivation=entry.symbolic, claim=entry.numeric, title=entry.title, latex=entry.latex,
            group=entry.group, paper=entry.paper, sha256=entry.lean and "0" * 64, statement=statement, definitions={},
        ), **fields,
    )  # fmt: skip


def pins_of(entries):
    """Pins of rows as they are."""
    return {entry.id: pin_of(entry) for entry in entries}


@pytest.fixture
def table(tmp_path, monkeypatch):
    """A table of two statements in place of the one that ships."""
    path = tmp_path / "claims.toml"
    path.write_text(TABLE, encoding="utf-8")
    real = ledger.load_table
    monkeypatch.setattr(ledger, "load_pins", lambda other=None: load_pins(other) if other else pins_of(real(path)))
    monkeypatch.setattr(ledger, "DERIVATIONS", {id: DERIVATIONS[id] for id in ("log-ratio", "psi-sharp")})
    monkeypatch.setattr(ledger, "load_table", lambda other=None: real(other or path))
    return path


def _theorem(name):
    return AuditedTheorem(f"RLHF.{name}", "RLHF.Main", f"{name} : …", "0" * 64, (), ("propext",), ())


def _report(*names, defects=()):
    return LibraryReport(
        backend="wasm", toolchain="Lean 4.28.0", defects=tuple(defects), diagnostics=(), replayed=3, seconds=1.25,
        theorems={f"RLHF.{n}": _theorem(n) for n in names},
        costs=tuple(Cost("RLHF.Main", f"RLHF.{n}", 100 * len(n), 7) for n in names),
        milliseconds={"RLHF": 20, "RLHF.Main": 1500}, lines={"RLHF": 4, "RLHF.Main": 30},
        constants=Constants({f"RLHF.{n}": {"type": n, "kind": "theorem", "type_uses": []} for n in names}),
    )  # fmt: skip


def _kernel_report(defects=()):
    """Lean's answer for the generated library: all theorems there."""
    names = [name for derivation in DERIVATIONS.values() for name in generated.theorems(derivation)]
    found = {name: replace(_theorem("x"), name=name, module=generated.ROOT) for name in names}
    return replace(_report(defects=defects), theorems=found)


@pytest.fixture
def kernel_report():
    """Make Lean's report on the generated library."""
    return _kernel_report


@pytest.fixture
def report():
    """Make a Lean report with these theorems proved."""
    return _report


@pytest.fixture
def lean(monkeypatch):
    """Make Lean answer with a report, or raise."""

    def answer(outcome, kernel=None):
        """``kernel`` answers for the generated library; without it all of that is accepted."""

        def check_library(library, *_args, **_options):
            if library.root == generated.ROOT:
                return kernel or _kernel_report()
            if isinstance(outcome, Exception):
                raise outcome
            return outcome

        monkeypatch.setattr(gather, "find_backend", lambda _: None)
        monkeypatch.setattr(gather, "check_library", check_library)

    return answer


@pytest.fixture
def no_lean(monkeypatch):
    """No Lean can run here."""

    def absent(_):
        raise CannotRunError("no Lean here: rlhf-lemmas lean setup")

    monkeypatch.setattr(gather, "find_backend", absent)


@pytest.fixture
def ledger_of():
    """Make a ledger of rows and an outcome of Lean."""
    return lambda rows=(), outcome=None: Ledger(tuple(rows), (), outcome, "0" * 64, datetime(2026, 1, 2, tzinfo=UTC))


@pytest.fixture
def run_main(monkeypatch, capsys):
    """Run the command as a shell does; return exit status, output and errors."""

    def run(*args):
        monkeypatch.setattr(sys, "argv", ["rlhf-lemmas", *map(str, args)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        printed = capsys.readouterr()
        return ended.value.code, printed.out, printed.err

    return run


@pytest.fixture(scope="session")
def browser():
    """One browser for all tests; comes first, so that without one nothing is built."""
    with Chromium() as found:
        yield found


@pytest.fixture(scope="session")
def real_site(browser, tmp_path_factory):
    """The site of the library as it is; Lean's answer is kept in the cache of the person who runs this."""
    made = ledger.build_ledger(instances=10)
    if not hasattr(made.lean, "theorems"):
        pytest.skip(f"no Lean, hence no site: {made.lean}")
    folder = tmp_path_factory.mktemp("report")
    drawn = folder / "experiments/planted"
    drawn.mkdir(parents=True)
    (drawn / "summary.md").write_text("# Planted\n\nWhat was seen.\n")
    (drawn / "gap.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" width="900" height="300"/>')
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(leftovers, "INSTANCES", 64)
        build_site(
            folder / "site", made.as_json(), made.lean, load_table(), current=True,
            campaign_folder=folder / "none", experiments_folder=folder / "experiments",
        )  # fmt: skip
    return folder / "site"


@pytest.fixture
def page(browser, real_site):
    """Open a page of the site in a window of the usual size; afterwards nothing may be in the console."""
    browser.look()
    browser.problems.clear()
    yield lambda name, fragment="": browser.open(real_site / name, fragment)
    assert browser.problems == []


@pytest.fixture
def checked(table, lean, report):
    """A finished check of two statements."""
    lean(replace(report("log_ratio", "kl_nonneg"), seconds=1.0))
    assert CliRunner().invoke(cli.app, ["check", "--instances", "50"]).exit_code == 0
    return table


@pytest.fixture
def few(monkeypatch):
    """A campaign of few instances."""
    monkeypatch.setattr(leftovers, "INSTANCES", 20)


@pytest.fixture
def site(checked, few, report, tmp_path):
    """Build the site of two statements, with changes to the rows of the ledger; return its folder."""

    def build(current=True, experiments=None, **rows):
        found = ledger.recall()
        for row in found["claims"]:
            row |= rows.get(row["id"].replace("-", "_"), {})
        build_site(
            tmp_path / "site", found, report("log_ratio", "kl_nonneg"), load_table(checked), current=current,
            campaign_folder=tmp_path / "none", experiments_folder=experiments or tmp_path / "none",
        )  # fmt: skip
        return tmp_path / "site"

    return build
