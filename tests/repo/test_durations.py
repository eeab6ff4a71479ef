"""The seconds of each test file: with those of child processes, and also where tests run side by side."""

import json
import os
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

import pytest

from .conftest import REPOSITORY

BUSY = "import time\nend = time.process_time() + 0.5\nwhile time.process_time() < end:\n    pass\n"
FILES = {
    "test_busy.py": f"import subprocess, sys\ndef test_child():\n subprocess.run([sys.executable, '-c', {BUSY!r}])\n",
    "test_asleep.py": "import time\ndef test_one():\n    time.sleep(0.3)\ndef test_two():\n    time.sleep(0.3)\n",
}


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "side by side"])
def test_each_file_is_shown_with_its_seconds_the_dearest_first(tmp_path, workers):
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    args = ("-p", "durations", "--seconds-per-file", "seconds.json", "--junitxml", "junit.xml", *workers)
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-c", "/dev/null", "--rootdir", ".", *args],
        cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(REPOSITORY / "tests")}, capture_output=True, text=True,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout + ran.stderr
    seconds = json.loads((tmp_path / "seconds.json").read_text())
    assert list(seconds) == ["test_busy.py", "test_asleep.py"]
    assert seconds["test_busy.py"]["cpu"] >= 0.5 > seconds["test_asleep.py"]["cpu"]
    assert seconds["test_asleep.py"]["clock"] >= 0.6
    assert ran.stdout.index("(2 of 2 files)") < ran.stdout.index("  test_busy.py") < ran.stdout.index("test_asleep.py")
    cases = ElementTree.parse(tmp_path / "junit.xml").iter("testcase")
    assert sorted(case.get("name") for case in cases) == ["test_child", "test_one", "test_two"]


def test_make_test_counts_the_seconds_of_every_run():
    assert 'pytest_plugins = ["durations"]' in (REPOSITORY / "tests/conftest.py").read_text()


def test_what_a_test_records_stands_in_the_junit_file(tmp_path):
    chosen = "tests/symbolic/test_mutation.py::test_every_mutant_is_caught_or_has_the_same_value[psi-sharp]"
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "--junitxml", str(tmp_path / "junit.xml"), chosen],
        cwd=REPOSITORY, capture_output=True, text=True,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout
    found = {p.get("name"): p.get("value") for p in ElementTree.parse(tmp_path / "junit.xml").iter("property")}
    assert int(found["mutants"]) >= 2
