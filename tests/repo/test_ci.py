"""CI installs a browser and LaTeX where they are missing, because tests would be skipped without them."""

import shutil
import subprocess

import pytest

from .conftest import REPOSITORY

SCRIPT = REPOSITORY / ".ci/browser-and-latex"
BASH = shutil.which("bash")


@pytest.fixture
def run(tmp_path):
    """Run the script where only these programs exist and the user has this id; return what it printed and installed."""

    def run(*programs, user=0):
        folder = tmp_path / "bin"
        folder.mkdir()
        log = tmp_path / "log"
        texts = dict.fromkeys(programs, "") | {"id": f"echo {user}"}
        if "apt-get" in programs:
            texts["apt-get"] = f'echo "$@" >> {log}'
        for name, text in texts.items():
            (folder / name).write_text(f"#!{BASH}\n{text}\n")
            (folder / name).chmod(0o755)
        done = subprocess.run([BASH, SCRIPT], env={"PATH": str(folder)}, capture_output=True, text=True, timeout=30)
        assert done.returncode == 0, done.stderr
        return done.stderr, log.read_text() if log.exists() else ""

    return run


def test_nothing_is_installed_where_both_are_there(run):
    assert run("google-chrome", "pdflatex", "apt-get") == ("", "")


@pytest.mark.parametrize("there", ["chromium", "pdflatex"])
def test_what_is_missing_is_installed(run, there):
    _, asked = run(there, "apt-get")
    assert "install -y --no-install-recommends chromium texlive-latex-base" in asked


@pytest.mark.parametrize(("programs", "user"), [(("apt-get",), 1000), ((), 0)])
def test_what_cannot_be_installed_is_said(run, programs, user):
    said, asked = run(*programs, user=user)
    assert "tests that need them will be skipped" in said
    assert asked == ""


def test_ci_runs_the_script():
    assert "bash .ci/browser-and-latex" in (REPOSITORY / ".ci/run").read_text()
