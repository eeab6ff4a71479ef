"""Temporary folders of processes that are gone are removed when the next one is made; those of the living never."""

import os
import subprocess
import sys
import time

import pytest

from rlhf_numeric.files import hold
from rlhf_proofs.errors import CannotRunError
from rlhf_proofs.lean import stage
from rlhf_proofs.lean.stage import workspace

HELD = """
import sys, time
from pathlib import Path
from rlhf_proofs.lean.stage import workspace

with workspace(Path(sys.argv[1]), "stage-") as folder:
    (folder / "big").touch()
    print(folder, flush=True)
    time.sleep(600)
"""


@pytest.fixture
def other(cache):
    """Another process that works in a folder of its own."""
    process = subprocess.Popen([sys.executable, "-c", HELD, str(cache)], stdout=subprocess.PIPE, text=True)
    folder = cache / os.path.basename(process.stdout.readline().strip())
    yield process, folder
    process.kill()
    process.communicate()


def folders(cache):
    return sorted(p.name for p in cache.iterdir())


def grow_old(path):
    os.utime(path, (0, time.time() - 2 * stage._AGE))


def test_the_folder_is_there_in_the_block_and_gone_after_it(cache):
    with pytest.raises(KeyError), workspace(cache, "stage-") as folder:  # noqa: PT012
        assert folder.is_dir()
        assert folder.parent == cache
        raise KeyError
    assert folders(cache) == []


def test_the_folder_of_a_process_that_lives_is_left_alone_however_old(cache, other):
    _, held = other
    grow_old(held / stage._OWNER)
    grow_old(held)
    with workspace(cache, "stage-"):
        pass
    assert folders(cache) == [held.name]
    assert (held / "big").exists()


def test_the_folder_of_a_process_that_was_killed_goes_at_once(cache, other):
    process, left = other
    process.kill()
    process.wait()
    assert left.is_dir()
    with workspace(cache, "new-"):
        assert left.is_dir()  # of another kind, which the next of its kind removes
    with workspace(cache, "stage-") as own:
        assert folders(cache) == [own.name]


@pytest.mark.parametrize("old", [False, True])
def test_a_folder_that_names_no_owner_goes_when_it_is_old(cache, old):
    """An older version made it, or it is being made at this moment."""
    folder = cache / "stage-x"
    folder.mkdir(parents=True)
    if old:
        grow_old(folder)
    with workspace(cache, "stage-"):
        assert folder.exists() is not old


@pytest.mark.parametrize(("old", "held"), [(False, False), (True, True), (True, False)])
@pytest.mark.parametrize("where", ["", "libraries"])
def test_a_temporary_file_goes_when_it_is_old_and_nobody_holds_it(cache, where, old, held):
    file = cache / where / ".0123.tmp"
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("wb") as writer:
        if held:
            assert hold(writer)
        if old:
            grow_old(file)
        with workspace(cache, "stage-"):
            assert file.exists() is not (old and not held)


def test_no_moment_is_left_in_which_the_owners_file_is_free(cache, monkeypatch):
    """It gets its name when it is held: whoever finds it finds it held."""
    seen = []

    def look(file):
        seen.append((cache / next(cache.iterdir()) / stage._OWNER).exists())
        return hold(file)

    monkeypatch.setattr(stage, "hold", look)
    with workspace(cache, "stage-") as folder:
        assert (folder / stage._OWNER).exists()
    assert seen == [False]


def test_a_cache_that_cannot_be_written_is_told_with_what_to_do(tmp_path):
    (tmp_path / "file").touch()
    said = r"the cache cannot be written: .*file: .*set RLHF_LEMMAS_CACHE"
    with pytest.raises(CannotRunError, match=said), workspace(tmp_path / "file", "stage-"):
        pytest.fail("there is no folder")
