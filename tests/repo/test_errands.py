"""Five errands of a user, from the README alone: its own commands are run, in at most five steps each.

`make check` and the activation, which the README asks for first, count as steps; CI runs the one, and the environment
of the tests stands for the other. `pip install` finds what it asks for, or the errand fails where there is no network.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from rlhf_proofs.ledger.build import sources_digest
from rlhf_proofs.resources import cache_directory

from .conftest import REPOSITORY

README = (REPOSITORY / "README.md").read_text(encoding="utf-8")
FIRST = re.search(r"begins after `(make check)` and `(.*?)`", README).groups()
MOST = 5
MINE = cache_directory()  # of the person who runs this: no test has it once it runs

pytestmark = pytest.mark.slow


def section(title):
    """The text below a heading of the README."""
    return re.search(rf"^##+ {re.escape(title)}\n(.*?)(?=^##|\Z)", README, re.MULTILINE | re.DOTALL).group(1)


def commands(text):
    """The lines of all blocks of shell, without comments."""
    blocks = re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    lines = [line.split("  #")[0].strip() for block in blocks for line in block.splitlines()]
    return [line for line in lines if line]


def write_files(text, folder):
    """Write every block of Python whose first line names its file."""
    named = re.findall(r"^```python\n# (\S+\.py)\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    for name, body in named:
        (folder / name).write_text(body, encoding="utf-8")
    return [name for name, _ in named]


@pytest.fixture
def errand(tmp_path):
    """Run commands of the README in a shell, in a folder; return what each printed, after its exit status."""

    def run(lines, folder=tmp_path, cache=tmp_path / "cache", paths=""):
        bin_folder = Path(sys.executable).parent
        environment = {
            **os.environ, "PATH": f"{bin_folder}{os.pathsep}{os.environ['PATH']}", "COLUMNS": "100",
            "RLHF_LEMMAS_CACHE": str(cache), "PYTHONPATH": paths, "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        }  # fmt: skip
        return [
            subprocess.run(
                line, shell=True, cwd=folder, env=environment, text=True, stdout=-1, stderr=subprocess.STDOUT
            )
            for line in lines
        ]

    return run


def succeeded(done):
    for each in done:
        assert each.returncode == 0, f"{each.args}\n{each.stdout}"
    return [each.stdout for each in done]


ERRANDS = {
    "cite a statement": ("Cite", r"rlhf-lemmas cite"),
    "audit a file": ("Check your own", r"python features|rlhf-lemmas audit"),
    "run claims as tests of one's own project": ("Check your own", r"python -m pip install pytest|python -m pytest "),
    "check one theorem in Lean": ("Reuse the proofs", r"rlhf-lemmas"),
    "add a claim": ("Add a claim", r"rlhf-lemmas|make records"),
}


def lines_of(name):
    title, pattern = ERRANDS[name]
    return [line for line in commands(section(title)) if re.match(pattern, line)]


@pytest.mark.parametrize("name", ERRANDS)
def test_an_errand_takes_at_most_five_commands(name):
    assert len(FIRST) + len(lines_of(name)) <= MOST
    assert lines_of(name)


def test_every_command_of_the_paths_belongs_to_an_errand_or_to_learning():
    told = {line for title in {title for title, _ in ERRANDS.values()} for line in commands(section(title))}
    assert told == {line for name in ERRANDS for line in lines_of(name)}


def test_cite_a_statement(errand):
    """With an empty cache: by the ledger that was recorded for the release."""
    (said,) = succeeded(errand(lines_of("cite a statement")))
    assert "@misc{rlhf-lemmas:gradient-domination," in said
    assert "recorded by " in said
    record = json.loads((REPOSITORY / "records/ledger.json").read_text(encoding="utf-8"))
    current = record["sources_sha256"] == sources_digest()
    assert ("proved as RLHF.gradient" in said) == current


def test_audit_a_file(errand, tmp_path):
    assert "features.py" in write_files(section("Check your own"), tmp_path)
    _, said = succeeded(errand(lines_of("audit a file")))
    assert "N = 40 prompts, n = 10 in S, m = 4 actions, d = 3" in said
    assert re.search(r"gradient-domination +sample .* holds", said)


def test_run_claims_as_tests_of_a_project_of_ones_own(errand, tmp_path):
    assert "conftest.py" in write_files(section("Check your own"), tmp_path)
    said = succeeded(errand(lines_of("run claims as tests of one's own project")))[-1]
    expected = re.search(r"^4 hold\n2 vacuous: .*$", section("Check your own"), re.MULTILINE).group()
    assert expected in said


@pytest.mark.lean
@pytest.mark.deep
def test_check_one_theorem_in_lean(errand):
    """Lean's answers may come from the person's cache: that Lean answers at all is what other tests show."""
    checked, _ = errand(lines_of("check one theorem in Lean"), folder=REPOSITORY, cache=MINE)
    assert re.search(r"gradient-domination +proved", checked.stdout), checked.stdout
    assert checked.returncode == 0


def test_show_one_theorem_of_the_recorded_ledger(errand):
    (said,) = succeeded(errand(lines_of("check one theorem in Lean")[1:]))
    assert "RLHF.gradient_domination" in said
    assert "axioms" in said


def test_add_a_claim(errand, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(REPOSITORY, copy, ignore=shutil.ignore_patterns(".*", "__pycache__", "counterexamples", "build"))
    paths = os.pathsep.join(str(copy / folder) for folder in ("numeric", "symbolic", "proofs", "tests"))
    new, check, _ = lines_of("add a claim")
    program = f"{sys.executable} -m rlhf_lemmas"  # the installed command would read the checkout
    lines = [line.replace("rlhf-lemmas", program, 1) for line in (new, check)]
    made, refused = errand(lines, folder=copy, paths=paths)
    assert made.returncode == 0, made.stdout
    assert "claims/my_paper.toml" in made.stdout
    assert refused.returncode == 2
    assert "still to be written" in refused.stdout


def test_the_last_step_of_adding_a_claim_is_what_the_makefile_has(errand):
    """`make records` takes minutes of Lean, and writes into the checkout: here it is told to say what it would do."""
    (said,) = succeeded(errand([f"{lines_of('add a claim')[-1]} -n"], folder=REPOSITORY))
    assert 'record-ledger --by "YOUR NAME"' in said
