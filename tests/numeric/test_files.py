"""A file is replaced as a whole or not at all, and what a process holds nobody takes for abandoned."""

import errno
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from rlhf_numeric.files import hold, replace_file

SOURCES = Path(__file__).parents[2]


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "folder" / "file.json"
    path.parent.mkdir()
    path.write_text("old")
    return path


def test_text_and_bytes_replace_what_was_there(file):
    replace_file(file, "ψ\n")
    assert file.read_bytes() == "ψ\n".encode()
    replace_file(file, b"\x00")
    assert file.read_bytes() == b"\x00"
    assert [p.name for p in file.parent.iterdir()] == ["file.json"]


@pytest.fixture
def small_disk():
    """No file may grow past 64 KiB: the operating system refuses as it does when the disk is full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2**16, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_full_disk_leaves_the_old_file_and_nothing_else(file, small_disk):
    with pytest.raises(OSError, match="too large"):
        replace_file(file, "x" * 2**17)
    assert file.read_text() == "old"
    assert len(list(file.parent.iterdir())) == 1


@pytest.mark.parametrize("step", ["fsync", "replace"])
@pytest.mark.parametrize("failure", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()])
def test_a_failure_at_any_step_leaves_the_old_file_and_nothing_else(file, monkeypatch, step, failure):
    def fail(*_):
        raise failure

    monkeypatch.setattr(os, "fsync", fail) if step == "fsync" else monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(type(failure)):
        replace_file(file, "new")
    assert file.read_text() == "old"
    assert len(list(file.parent.iterdir())) == 1


def test_the_temporary_name_is_in_the_folder_cannot_be_guessed_and_follows_no_link(file, monkeypatch):
    """Two names differ, and a name that is taken already, by a link to elsewhere say, is refused."""
    names = []
    real = os.fsync

    def look(descriptor):
        names.extend(p.name for p in file.parent.iterdir() if p.name != file.name)
        real(descriptor)

    monkeypatch.setattr(os, "fsync", look)
    replace_file(file, "1")
    replace_file(file, "2")
    assert len(set(names)) == 2
    assert all(len(name) >= 36 and str(os.getpid()) != name.split(".")[1] for name in names)
    monkeypatch.setattr("rlhf_numeric.files.secrets.token_hex", lambda _: "known")
    elsewhere = file.parent.parent / "elsewhere"
    elsewhere.write_text("of another")
    (file.parent / ".known.tmp").symlink_to(elsewhere)
    with pytest.raises(FileExistsError):
        replace_file(file, "3")
    assert (elsewhere.read_text(), file.read_text()) == ("of another", "2")


def test_a_link_stays_and_the_file_that_it_names_is_replaced(file):
    link = file.with_name("link")
    link.symlink_to(file)
    replace_file(link, "new")
    assert link.is_symlink()
    assert file.read_text() == "new"


def test_a_device_is_written_to():
    said = subprocess.run(
        [sys.executable, "-c", "from rlhf_numeric.files import *; replace_file(Path('/dev/stdout'), 'said')"],
        capture_output=True, text=True,
    )  # fmt: skip
    assert (said.stdout, said.stderr) == ("said", "")


def test_the_rights_are_those_that_the_user_gives_new_files(file):
    fresh = file.with_name("fresh")
    fresh.touch()
    replace_file(file, "new")
    assert file.stat().st_mode == fresh.stat().st_mode


def test_one_holds_a_file_until_it_closes_it(file):
    with file.open("rb") as first, file.open("rb") as second:
        assert hold(first)
        assert not hold(second)
        first.close()
        assert hold(second)


def with_temporaries_of_their_own(texts):
    return sorted(name for name, text in texts.items() if ".tmp" in text or "getpid()}" in text)


def test_no_source_writes_a_temporary_file_of_its_own():
    """One place replaces files; whoever writes a second one finds this test."""
    texts = {
        str(p): p.read_text() for part in ("numeric", "proofs/rlhf_proofs") for p in (SOURCES / part).rglob("*.py")
    }
    assert len(texts) > 50
    assert [Path(name).name for name in with_temporaries_of_their_own(texts)] == ["files.py", "stage.py"]
    planted = {"a.py": 'path.with_suffix(f".{os.getpid()}")', "b.py": 'path.with_suffix(".tmp")', "c.py": "fine"}
    assert with_temporaries_of_their_own(planted) == ["a.py", "b.py"]
