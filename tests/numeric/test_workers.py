"""Worker processes end with the process that feeds them, whatever they are doing."""

import contextlib
import subprocess
import sys
import time

import psutil
import pytest

PARENT = """
import sys, time
from rlhf_numeric.parallel.workers import spread

def work(task):
    open(f"{sys.argv[1]}/{task}", "w").close()
    time.sleep(600)

if __name__ == "__main__":
    list(spread(work, range(2), workers=2))
"""


@pytest.fixture
def parent(tmp_path):
    script, folder = tmp_path / "parent.py", tmp_path / "begun"
    script.write_text(PARENT)
    folder.mkdir()
    process = subprocess.Popen([sys.executable, str(script), str(folder)])
    assert within(60, lambda: len(list(folder.iterdir())) == 2)
    workers = psutil.Process(process.pid).children(recursive=True)
    yield process, workers
    for each in (process, *workers):
        with contextlib.suppress(psutil.NoSuchProcess):
            each.kill()
    process.wait()


def within(seconds, condition):
    end = time.monotonic() + seconds
    while not (found := condition()) and time.monotonic() < end:
        time.sleep(0.05)
    return found


@pytest.mark.parametrize("end", ["kill", "terminate"])
def test_workers_in_the_middle_of_a_task_end_with_their_parent(parent, end):
    process, workers = parent
    assert len(workers) >= 2
    getattr(process, end)()
    process.wait()
    assert within(5, lambda: not [w for w in workers if w.is_running() and w.status() != psutil.STATUS_ZOMBIE])
