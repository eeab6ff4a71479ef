"""A Lean process that crashes, hangs or eats the memory is an answer, never a wait and never a leak."""

import contextlib
import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from rlhf_proofs.errors import LeanFailureError
from rlhf_proofs.lean import process as processes
from rlhf_proofs.lean.build import check_library, run_jobs
from rlhf_proofs.lean.events import Follower
from rlhf_proofs.lean.library import Library
from rlhf_proofs.lean.process import LeanProcess, Limits

SMALL = Limits(silence=1.0, memory=100 * 2**20)


def alive(pid):
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@pytest.fixture
def stage(tmp_path):
    folder = tmp_path / "stage"
    folder.mkdir()
    return folder


@pytest.fixture
def run(fake, stage):
    """Run one job of a fake Lean in the given mode; return its events."""

    def run_mode(mode, lines=None, limits=SMALL):
        fake.mode = mode
        jobs = [[f"path\t{stage}"]] if lines is None else lines
        return list(run_jobs(fake, [[job] for job in jobs], stage, limits))

    return run_mode


def test_the_events_of_a_good_process_arrive_in_order(run):
    assert [e["event"] for e in run("good")] == ["lean", "done"]


BAD = {
    "crash": r"without a complete answer \(exit status 3\); it last printed: uncaught exception: out of luck$",
    "killed": r"without a complete answer \(killed by SIGKILL\)$",
    "hang": r"said nothing for 1 s and was stopped \(time limit\)",
    "greedy": r"used 0\.\d GiB and was stopped \(memory limit 0\.1 GiB\)",
    "truncated": r"without a complete answer \(exit status 0\)",
    "garbled": r"not an event: b'\{\"event\": \"module\", \"mod'",
    "silent exit": r"without a complete answer \(exit status 0\)",
}


@pytest.mark.parametrize(("mode", "said"), BAD.items(), ids=BAD)
def test_a_bad_end_is_a_telling_failure_and_leaves_no_process(run, fake, mode, said):
    with pytest.raises(LeanFailureError, match=said):
        run(mode)
    assert len(fake.pids) == 1
    assert not [p for p in fake.pids if alive(p)]


def test_children_of_a_crashed_process_do_not_outlive_it(run, stage):
    with pytest.raises(LeanFailureError):
        run("crash")  # this mode starts a child that sleeps, with the job file as its last argument
    time.sleep(0.1)
    processes = psutil.process_iter(["pid", "cmdline"])
    left = [p.pid for p in processes if (p.info["cmdline"] or [""])[-1] == str(stage / "job-0-0")]
    assert [pid for pid in left if alive(pid)] == []


def test_a_sign_of_life_of_one_process_is_one_of_all(fake, stage, tmp_path):
    """The second process waits 1.5 s for the first, past the limit on silence, while the first reports."""
    ready = tmp_path / "ready"
    chatty = [f"path\t{tmp_path}"]
    for i in range(5):
        (tmp_path / f"M{i}.lean").write_text("module\n")
        chatty += [f"module\tM{i}\t{tmp_path}/M{i}.lean\t{tmp_path}/M{i}.olean", f"wait\t{tmp_path}/gate{i}"]
    jobs = [chatty, [f"wait\t{ready}"]]
    finished = []
    for event in run_jobs(fake, [[job] for job in jobs], stage, SMALL):
        if event["event"] == "module":
            finished.append(event["module"])
            time.sleep(0.3)
            (tmp_path / f"gate{len(finished) - 1}").touch()
            if len(finished) == 5:
                ready.touch()
    assert finished == ["M0", "M1", "M2", "M3", "M4"]


def test_a_driver_that_failed_ends_the_run_for_all(run, fake, tmp_path):
    """Else the second process would wait for ever for what the first never builds."""
    never = [[f"path\t{tmp_path}"], [f"wait\t{tmp_path}/never"]]
    events = run("failed", never, Limits(silence=60.0))
    assert {"event": "failed", "text": "no such file"} in events
    assert fake.pids  # one if the second was stopped before it could say that it had started
    assert not [p for p in fake.pids if alive(p)]


def test_the_jobs_of_a_lane_run_one_after_the_other(fake, stage):
    """The second waits for nothing, and yet starts only when the first is done."""
    jobs = [[f"path\t{stage}"], [f"path\t{stage}"]]
    events = [e["event"] for e in run_jobs(fake, [jobs], stage, SMALL)]
    assert events == ["lean", "done", "lean", "done"]
    assert len(fake.pids) == 2


def test_leaving_the_block_ends_the_process(tmp_path):
    command = [sys.executable, "-c", "import time; time.sleep(600)"]
    with LeanProcess(command, cwd=tmp_path, environment={}, log=tmp_path / "log") as process:
        pid = process._process.pid
        assert process.poll(Limits()) is None
        assert alive(pid)
    assert not alive(pid)


PARENT = """
import signal, sys
from pathlib import Path
signal.signal(signal.SIGHUP, signal.SIG_DFL)  # the tests may run under nohup, or in the background
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.path.insert(0, sys.argv[1])
from conftest import FakeLean
from rlhf_proofs.interruption import unwinding
from rlhf_proofs.lean.build import check_library
from rlhf_proofs.lean.library import Library

with unwinding():
    root = Path(sys.argv[2])
    check_library(Library.load(root / "src", "L"), FakeLean(root / "fake.log", mode=sys.argv[3]))
"""


@pytest.fixture
def parent(tmp_path, write):
    """A process that checks a library with a fake Lean which is busy for long; and all that it started."""
    write({"L": "module\ntheorem l : True\n"})
    started = []

    def start(mode):
        script = tmp_path / "parent.py"
        script.write_text(PARENT)
        arguments = [sys.executable, script, Path(__file__).parent, tmp_path, mode]
        process = subprocess.Popen([str(a) for a in arguments], stderr=subprocess.PIPE, text=True)
        started.append(process)
        family = within(20, lambda: busy_family(process.pid))
        assert family, process.communicate()[1]
        started.extend(family)
        return process, family

    yield start
    for process in started:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    started[0].communicate()


def within(seconds, condition):
    end = time.monotonic() + seconds
    while not (found := condition()) and time.monotonic() < end:
        time.sleep(0.05)
    return found


def busy_family(pid):
    """All descendants once the fake Lean and its sleeping child are there."""
    family = psutil.Process(pid).children(recursive=True)
    return family if any("import time; time.sleep(600)" in p.cmdline() for p in family if alive(p.pid)) else []


@pytest.mark.parametrize("mode", ["busy with a child", "deaf with a child"])
def test_a_kill_of_the_check_ends_lean_and_the_children_of_lean(parent, mode):
    process, family = parent(mode)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert within(5, lambda: not [p for p in family if alive(p.pid)]), [p.cmdline() for p in family if alive(p.pid)]


def test_the_next_check_clears_away_what_a_killed_one_left(parent, cache, fake, tmp_path):
    process, _ = parent("busy with a child")
    process.kill()
    process.wait()
    assert len(list(cache.glob("stage-*"))) == 1
    assert check_library(Library.load(tmp_path / "src", "L"), fake).accepted
    assert list(cache.glob("stage-*")) == []


RUNS = """
import sys
from rlhf_proofs.lean.process import run

run([sys.executable, "-I", "-S", "-c", sys.argv[1]])
"""
NPM = """
import subprocess, sys, time

subprocess.Popen([sys.executable, "-I", "-S", "-c", "import time; time.sleep(600)", *sys.argv[1:]])
time.sleep(600)
"""


def test_what_is_run_to_its_end_ends_with_a_killed_parent():
    """As npm, lake and their children are."""
    process = subprocess.Popen([sys.executable, "-c", RUNS, NPM])
    family = within(20, lambda: busy_family(process.pid))
    process.kill()
    process.wait()
    assert len(family) == 3  # with the one that watches
    assert within(5, lambda: not [p for p in family if alive(p.pid)])


def test_what_is_run_is_stopped_in_time_with_its_children(tmp_path):
    mark = str(tmp_path)
    with pytest.raises(subprocess.TimeoutExpired):
        processes.run([sys.executable, "-I", "-S", "-c", NPM, mark], timeout=1)
    everything = psutil.process_iter(["pid", "cmdline"])
    left = [p.pid for p in everything if mark in (p.info["cmdline"] or [])]
    assert within(5, lambda: not [pid for pid in left if alive(pid)])


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_to_the_check_ends_lean_and_clears_the_stage_away(parent, cache, number):
    process, family = parent("deaf with a child")
    assert len(list(cache.glob("stage-*"))) == 1
    process.send_signal(number)
    said = process.communicate(timeout=20)[1]
    assert process.returncode in (128 + number, -number), said
    assert not [p for p in family if alive(p.pid)]
    assert list(cache.glob("stage-*")) == []


def test_the_follower_returns_each_complete_line_once(tmp_path):
    path = tmp_path / "events"
    path.write_bytes(b'{"event": "a"}\n{"event": "b", "text": "half')
    follower = Follower(path)
    assert follower.new() == [{"event": "a"}]
    assert follower.new() == []
    with path.open("a") as file:
        file.write(' line"}\n')
    assert follower.new() == [{"event": "b", "text": "half line"}]
    assert [e["event"] for e in follower.events] == ["a", "b"]


def test_only_a_newline_ends_an_event(tmp_path):
    """Lean prints other line separators of Unicode as they are."""
    event = {"event": "failed", "text": "a\u2028b\u0085c\x0bd"}
    path = tmp_path / "events"
    path.write_text(json.dumps(event, ensure_ascii=False) + "\n")
    assert Follower(path).new() == [event]


@pytest.mark.parametrize("line", ['{"event": "mod', "[]", '{"module": "L"}', '"event"', "", "7"])
def test_a_line_that_is_no_event_is_a_failure_of_lean(tmp_path, line):
    path = tmp_path / "events"
    path.write_text(f'{{"event": "lean"}}\n{line}\n')
    with pytest.raises(LeanFailureError, match="not an event"):
        Follower(path).new()
