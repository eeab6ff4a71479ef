"""Ctrl-C, sent to a real process at work: one sentence that says what is kept, exit status 130, and no traceback."""

import os
import re
import signal
import subprocess
import sys
import time

import pytest

from rlhf_numeric import CLAIMS

pytestmark = pytest.mark.deep

# Says on its standard output that the command is at work, in place of a bar that only a terminal shows.
SCRIPT = """
import sys, time
from rich.progress import Progress
real = Progress.update
def update(self, *args, **words):
    print("at work", flush=True)
    real(self, *args, **words)
Progress.update = update
from rlhf_proofs import cli
from rlhf_proofs.ledger import gather
from rlhf_proofs.commands import report, trace
def hang(*_, progress=lambda *_: None, **__):
    progress("RLHF.Sums", 31, 52)
    time.sleep(60)
def install(say):
    print("at work", flush=True)
    time.sleep(60)
gather.find_backend, gather.check_library, trace.trace_proofs, cli.install = (lambda _: None), hang, hang, install
report.recall = lambda: {"sources_sha256": "", "lean": {"backend": "wasm"}}
cli.main()
"""
# A shell lets what it starts in the background ignore Ctrl-C, and the tests with it.
HEARS = "import signal\nsignal.signal(signal.SIGINT, signal.default_int_handler)\n"
LEAN = r"stopped at RLHF\.Sums \(31 of 52\): [^\n]*the same command goes on"
CASES = {
    "check": (("check",), LEAN),
    "check of numbers": (("check", "--only", "numeric", "--instances", 10**7), r"stopped at \S+ \(0 of \d+\): .* kept"),
    "campaign": (
        ("campaign", "--instances", 10**8),
        r"stopped at instances \(\d+ of 100000000\): .*kept in .* goes on",
    ),
    "hunt": (
        ("hunt", "kl-nonneg", "--steps", 10**8),
        r"stopped at kl-nonneg: best .* of 100000000\): this hunt is lost",
    ),
    "mutate": (("mutate", "--workers", 2), r"stopped at mutants of .*: nothing was written; with --out"),
    "mutate to a folder": (("mutate", "--out", "mutants"), r"the reports of the claims that are done are in mutants"),
    "throughput": (("throughput",), rf"stopped at \S+ \(0 of {len(CLAIMS)}\): nothing was written"),
    "experiment": (("experiment", "all", "--seeds", 999, "--no-figures"), r"the rows so far are in .*rows\.csv"),
    "report": (("report", "site"), r"stopped at RLHF\.Sums \(31 of 52\): no file in site is half written"),
    "graph": (("graph",), LEAN),
    "pin": (("pin",), LEAN),
    "trace": (("trace", "traces"), LEAN),
    "lean stats": (("lean", "stats"), LEAN),
    "lean setup": (("lean", "setup", "--force"), "stopped: nothing was installed"),
}


def stop(cache, folder, *args, script=SCRIPT, wait=0.0):
    """Start a command, interrupt it as a terminal does when it is at work; return its exit status and errors."""
    with subprocess.Popen(
        [sys.executable, "-c", HEARS + script, *map(str, args)], text=True, cwd=folder, start_new_session=True,
        env=os.environ | {"RLHF_LEMMAS_CACHE": str(cache)}, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        try:
            assert process.stdout.readline() == "at work\n", process.communicate()[1]
            time.sleep(wait)
            os.killpg(process.pid, signal.SIGINT)
            _, errors = process.communicate(timeout=120)
            return process.returncode, errors
        finally:
            process.kill()


@pytest.mark.parametrize("case", CASES)
def test_a_command_that_is_stopped_says_what_is_kept(cache, tmp_path, case):
    args, said = CASES[case]
    status, errors = stop(cache, tmp_path, *args)
    assert status == 130, errors
    assert re.search(said, errors), errors
    assert "Traceback" not in errors
    assert len([line for line in errors.splitlines() if line.strip() and "sources have changed" not in line]) == 1


def test_any_other_command_that_is_stopped_says_so(cache, tmp_path):
    script = SCRIPT.replace("cli.main()", "cli.recall = lambda: install(0)\ncli.main()")
    assert stop(cache, tmp_path, "ledger", script=script) == (130, "stopped\n")


def test_a_campaign_that_was_stopped_goes_on(cache, tmp_path):
    args = ("campaign", "--claim", "kl-nonneg", "--instances", 10**8, "--workers", 1)
    assert stop(cache, tmp_path, *args)[0] == 130
    (kept,) = cache.glob("campaign-*.json")
    merged = [int(n) for n in re.findall(r'"merged": (\d+)', kept.read_text())]
    status, errors = stop(cache, tmp_path, *args)
    done = int(re.search(r"\((\d+) of", errors)[1])
    assert status == 130
    assert done > 512 * merged[0] > 0


@pytest.mark.parametrize("wait", [0.05, 0.2, 0.5, 1.0])
def test_workers_that_are_just_starting_say_nothing_when_all_are_stopped(cache, tmp_path, wait):
    status, errors = stop(cache, tmp_path, "mutate", "--workers", 3, wait=wait)
    assert (status, "Traceback" in errors, errors.count("stopped at mutants of")) == (130, False, 1), errors


def test_a_command_that_is_stopped_while_it_is_imported_says_no_more_than_that(cache, tmp_path):
    script = (
        "import sys, time\nclass Slow:\n    def find_spec(self, name, *_):\n        if name == 'rlhf_proofs.cli':\n"
        "            print('at work', flush=True)\n            time.sleep(60)\n"
        "sys.meta_path.insert(0, Slow())\nfrom rlhf_lemmas import main\nmain()"
    )
    assert stop(cache, tmp_path, "check", script=script) == (130, "stopped\n")


def test_a_command_that_is_not_stopped_does_not_say_so(cache, tmp_path):
    script = SCRIPT.replace("time.sleep(60)", "raise SystemExit(7)")
    process = subprocess.run(
        [sys.executable, "-c", script, "pin"], capture_output=True, text=True, cwd=tmp_path,
        env=os.environ | {"RLHF_LEMMAS_CACHE": str(cache)},
    )  # fmt: skip
    assert (process.returncode, "stopped" in process.stderr) == (7, False)
