import os
import stat
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from rlhf_proofs.lean.library import Library

FAKE_LEAN = Path(__file__).with_name("fake_lean.py")
INTERPRETER = (sys.executable, "-I", "-S")  # starts in a few milliseconds


@dataclass
class FakeLean:
    """A back end whose Lean is `fake_lean.py`; ``mode`` says how it behaves."""

    log: Path
    mode: str = "good"
    toolchain: str = "fake 0"
    name: str = "wasm"

    def command(self, *args):
        return [*INTERPRETER, str(FAKE_LEAN), *args]

    def environment(self, visible):
        assert all(folder.is_dir() for folder in visible)
        return dict(os.environ, FAKE_LEAN=self.mode, FAKE_LEAN_LOG=str(self.log))

    @property
    def elaborated(self):
        """Modules elaborated since the last look, in order."""
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        self.log.unlink(missing_ok=True)
        return [line.removeprefix("module ") for line in lines if line.startswith("module ")]

    @property
    def traced(self):
        """Modules traced since the last look, in order."""
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        self.log.unlink(missing_ok=True)
        return [line.removeprefix("trace ") for line in lines if line.startswith("trace ")]

    @property
    def pids(self):
        """Processes started since the last call of `elaborated`."""
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        return [int(line.removeprefix("start ")) for line in lines if line.startswith("start ")]


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch, request):
    """A cache of the test's own, except for tests that really run Lean."""
    if request.node.get_closest_marker("lean"):
        return None
    folder = tmp_path / "cache"
    monkeypatch.setenv("RLHF_LEMMAS_CACHE", str(folder))
    return folder


@pytest.fixture(scope="session")
def run(tmp_path_factory):
    """Real Lean on every planted library and identity, once: a start takes longer than most of them together."""
    from .identities import identities  # here, because programs of tests import this file from its folder
    from .planted import run_real_lean

    return run_real_lean(tmp_path_factory.mktemp("planted"), identities())


@pytest.fixture
def fake(tmp_path):
    return FakeLean(tmp_path / "fake.log")


@pytest.fixture
def write(tmp_path):
    """Write Lean files, given as module name -> text, and load the library of the first."""

    def write_and_load(files, root=None):
        for name, text in files.items():
            path = tmp_path / "src" / (name.replace(".", "/") + ".lean")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return Library.load(tmp_path / "src", root or next(iter(files)))

    return write_and_load


@pytest.fixture
def executable(tmp_path):
    """Write an executable Python script."""

    def make(name, text):
        path = tmp_path / "bin" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!{sys.executable}\n{text}")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        return path

    return make
