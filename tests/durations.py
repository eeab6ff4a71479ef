"""Seconds per test file, at the end of a run: CPU time with that of the child processes, and time on the clock."""

import json
import resource
from collections import defaultdict
from pathlib import Path

import pytest

SHOWN = 15  # files


def cpu_seconds() -> float:
    """User and system time of this process and of the child processes that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(u.ru_utime + u.ru_stime for u in used)


class Durations:
    """Adds the phases of each test up by file; what a phase took travels in its report, also from pytest-xdist."""

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self.last = cpu_seconds()
        self.files: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self):
        self.last = cpu_seconds()  # without collection

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self):
        report = yield
        now = cpu_seconds()
        report.cpu, self.last = now - self.last, now
        return report

    def pytest_runtest_logreport(self, report):
        seconds = self.files[report.nodeid.partition("::")[0]]
        seconds[0] += getattr(report, "cpu", 0.0)  # none where a worker of pytest-xdist died
        seconds[1] += report.duration

    def pytest_terminal_summary(self, terminalreporter):
        rows = sorted(((*seconds, name) for name, seconds in self.files.items()), reverse=True)
        terminalreporter.section(f"seconds per file: CPU, on the clock ({min(SHOWN, len(rows))} of {len(rows)} files)")
        for cpu, clock, name in rows[:SHOWN]:
            terminalreporter.write_line(f"{cpu:8.1f} {clock:8.1f}  {name}")
        if self.path:
            found = {name: {"cpu": round(cpu, 2), "clock": round(clock, 2)} for cpu, clock, name in rows}
            self.path.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def pytest_addoption(parser):
    parser.addoption("--seconds-per-file", metavar="JSON", type=Path, help="write the seconds of every test file here")


def pytest_configure(config):
    config.pluginmanager.register(Durations(config.getoption("--seconds-per-file")))
