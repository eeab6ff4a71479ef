"""A wheel carries all that ``rlhf-lemmas check`` reads, and finds it when nothing of the checkout is there."""

import json
import os
import subprocess
import sys
import zipfile

import pytest

from rlhf_proofs.ledger.build import sources_digest
from rlhf_proofs.resources import proofs_directory

from .conftest import REPOSITORY

pytestmark = pytest.mark.slow

SHOW = """
from importlib.metadata import version
from rlhf_proofs import load_table, resources
from rlhf_proofs.lean.library import Library
print(resources.claims_folder(), resources.driver_source(), resources.schema_file(), sep="\\n")
print(len(load_table()), len(Library.load(resources.proofs_directory()).modules), version("rlhf-lemmas"))
"""


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    build = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=REPOSITORY, capture_output=True, text=True,
    )  # fmt: skip
    assert build.returncode == 0, build.stderr
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def same(shipped, source):
    return shipped.read_bytes() == source.read_bytes()


def test_the_wheel_carries_the_table_the_driver_and_the_schema(unpacked):
    package = unpacked / "rlhf_proofs"
    carried = [p for folder in ("claims", "records") for p in (REPOSITORY / folder).rglob("*") if p.is_file()]
    assert {"generalisation.toml", "generalisation.json", "recorded.json"} <= {path.name for path in carried}
    for name in ("setting.toml", *(path.relative_to(REPOSITORY) for path in carried)):
        assert same(package / "data" / name, REPOSITORY / name)
    for program in ("Driver.lean", "Audit.lean"):
        assert same(package / "lean" / program, REPOSITORY / "proofs/rlhf_proofs/lean" / program)
    assert same(package / "dojo/Extract.lean", REPOSITORY / "proofs/rlhf_proofs/dojo/Extract.lean")
    for schema in ("check.schema.json", "rollouts.schema.json"):
        assert same(package / schema, REPOSITORY / "proofs/rlhf_proofs" / schema)
    for name in ("rlhf_lemmas", "rlhf_numeric", "rlhf_pytest", "rlhf_symbolic", "rlhf_proofs"):
        assert (unpacked / name / "__init__.py").is_file()


def test_the_wheel_carries_what_the_report_is_made_of(unpacked):
    for folder in ("templates", "static"):
        sources = sorted((REPOSITORY / "proofs/rlhf_proofs/report" / folder).iterdir())
        assert len(sources) >= 4
        assert all(same(unpacked / "rlhf_proofs/report" / folder / path.name, path) for path in sources)
    for name in ("CITATION.cff", "DIVERGENCES.md", "NOTATION.md", "TRUST.md"):
        assert same(unpacked / "rlhf_proofs/data" / name, REPOSITORY / name)


def test_the_wheel_carries_every_lean_source_and_what_tells_elan_which_lean(unpacked):
    sources = proofs_directory()
    shipped = unpacked / "rlhf_proofs/data/proofs"
    names = {p.relative_to(sources) for p in (sources / "RLHF").rglob("*.lean")}
    assert {p.relative_to(shipped) for p in (shipped / "RLHF").rglob("*.lean")} == names
    for name in (*names, "RLHF.lean", "lakefile.toml", "lean-toolchain"):
        assert same(shipped / name, sources / name)


def test_the_wheel_carries_every_counterexample_to_a_mutant(unpacked):
    sources = REPOSITORY / "numeric/rlhf_numeric/counterexamples"
    shipped = {p.name: p for p in (unpacked / "rlhf_numeric/counterexamples").glob("*.json")}
    assert set(shipped) == {p.name for p in sources.glob("*.json")}
    assert shipped
    assert all(same(shipped[name], sources / name) for name in shipped)


def test_an_installed_wheel_finds_its_own_data(unpacked, tmp_path):
    environment = dict(os.environ, PYTHONPATH=str(unpacked))
    said = subprocess.run(
        [sys.executable, "-c", SHOW], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    assert len(said) == 4
    assert all(line.startswith(str(unpacked)) for line in said[:3]), said
    claims, modules, version = said[3].split()
    assert int(claims) > 10
    assert int(modules) > 20
    assert version == "0.1.0"


CITE = """
import json, sys
from rlhf_proofs.ledger.build import sources_digest
from rlhf_proofs.cli import main
print(sources_digest(), flush=True)
sys.argv = ["rlhf-lemmas", "cite", "ga-rate", "--json"]
main()
"""


def test_after_pip_install_alone_a_citation_says_what_was_recorded_and_by_whom(unpacked, tmp_path):
    environment = dict(os.environ, PYTHONPATH=str(unpacked), RLHF_LEMMAS_CACHE=str(tmp_path / "empty"))
    run = subprocess.run(
        [sys.executable, "-c", CITE], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    digest, _, printed = run.stdout.partition("\n")
    assert digest == sources_digest()  # so that a record made in the checkout is one of the wheel, too
    (said,) = json.loads(printed)
    assert said["recorded"]["by"] in run.stderr
    current = json.loads((REPOSITORY / "records/ledger.json").read_text())["sources_sha256"] == digest
    assert said["status"] == ("proved" if current else "stale")
    assert ("not checked here" if current else "NOT OF THESE SOURCES") in run.stderr
