"""What a program that Lean runs can reach, tried with the real Lean; and that it ends with its parent."""

import shutil
import subprocess
import sys
import time

import psutil
import pytest

from rlhf_proofs.errors import CannotRunError
from rlhf_proofs.lean.backend import WasmBackend

pytestmark = pytest.mark.lean

PROGRAM = """\
module
public import Lean
public meta import Lean
public section

def attempt (what : String) (act : IO Unit) : IO Unit := do
  try
    act
    IO.println (what ++ ": done")
  catch e => IO.println (what ++ ": " ++ toString e)

def write (path : String) (mode : IO.FS.Mode) : IO Unit := do
  let file ← IO.FS.Handle.mk path mode
  file.putStr "written by Lean"
  file.flush

def main (_ : List String) : IO Unit := do
  attempt "write own" (write "own.txt" .write)
  attempt "read outside" (do let _ ← IO.FS.readFile "{outside}/secret.txt")
  attempt "write outside" (write "{outside}/new.txt" .write)
  attempt "write installation" (write "{home}/package/new.txt" .write)
  attempt "change installation" (write "{home}/lib/lean/Init.olean" .append)
  IO.println "all was tried"
  IO.sleep 600000
"""
PARENT = """
import sys, time
from pathlib import Path
from rlhf_proofs.lean.backend import WasmBackend
from rlhf_proofs.lean.process import LeanProcess

folder, backend = Path(sys.argv[1]), WasmBackend.find()
command, environment = backend.command("-j1", "--run", str(folder / "Attempts.lean")), backend.environment([folder])
with LeanProcess(command, cwd=folder, environment=environment, log=folder / "log") as process:
    time.sleep(600)
"""


@pytest.fixture
def home():
    if shutil.which("lake") is not None:
        pytest.skip("under the official toolchain a program has all rights of the user, as TRUST.md says")
    try:
        return WasmBackend.find().home
    except CannotRunError as error:
        pytest.fail(f"no WebAssembly Lean to test with: {error}")


def wait_for(condition, seconds):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "in vain"
        time.sleep(0.1)


def test_a_program_reaches_its_own_folder_only_and_ends_with_a_killed_parent(tmp_path, home, monkeypatch):
    """With options of the user that would end Node before it begins."""
    monkeypatch.setenv("NODE_OPTIONS", "--require=/no/such/file.js")
    folder, outside, log = tmp_path / "own", tmp_path / "outside", tmp_path / "own/log"
    for each in (folder, outside):
        each.mkdir()
    (outside / "secret.txt").write_text("secret")
    (folder / "Attempts.lean").write_text(PROGRAM.replace("{outside}", str(outside)).replace("{home}", str(home)))
    parent = subprocess.Popen([sys.executable, "-c", PARENT, str(folder)])
    try:
        wait_for(lambda: log.exists() and "all was tried" in log.read_text(), 300)
        family = psutil.Process(parent.pid).children(recursive=True)
    finally:
        parent.kill()
        parent.wait()
    assert family
    wait_for(lambda: not [p for p in family if p.is_running() and p.status() != psutil.STATUS_ZOMBIE], 10)
    said = dict(line.split(": ", 1) for line in log.read_text().splitlines() if ": " in line)
    assert (folder / "own.txt").read_text() == "written by Lean"
    assert said["write own"] == "done"
    assert said["read outside"].startswith("no such file")
    assert said["write installation"].startswith("permission denied")
    assert said["change installation"].startswith("permission denied")
    assert [p.name for p in outside.iterdir()] == ["secret.txt"]
