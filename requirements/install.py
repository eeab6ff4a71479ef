"""Install what a lock file holds into a virtual environment, then this project in place.

    python requirements/install.py .venv requirements/check.lock

A lock holds every package with its hash, so nothing is resolved: pip is told to take these and no others, whatever has
been released since. Afterwards ``pip check`` says whether the lock was complete. Nothing but Python is needed for this.
"""

from __future__ import annotations  # an old Python shall come as far as the sentence that says it is too old

import re
import subprocess
import sys
import time
import venv
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
OLDEST = (3, 11)


class InstallationError(Exception):
    """The environment could not be made; the message says why."""


def main(arguments: list[str]) -> int:
    """Make the environment; return the exit status: 0, or 2 with a sentence on standard error."""
    try:
        if sys.version_info < OLDEST:
            raise InstallationError("Python 3.11 or newer is needed, for example: make PYTHON=python3.12 check")
        if len(arguments) != 2:
            raise InstallationError("usage: python requirements/install.py VENV LOCK")
        environment, lock = Path(arguments[0]), Path(arguments[1])
        python = make_environment(environment)
        install_lock(python, lock)
        install_project(python, ROOT)
        check(python, lock)
    except (InstallationError, OSError) as error:
        print(f"install: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(
            "install: stopped; pip keeps what it has downloaded, the same command goes on from there", file=sys.stderr
        )
        return 130
    return 0


def make_environment(folder: Path) -> Path:
    """Return the Python of the virtual environment in ``folder``; one that is absent or only half made is made."""
    python = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    if not python.exists() or subprocess.run([python, "-m", "pip", "--version"], capture_output=True).returncode != 0:
        venv.create(folder, with_pip=True, clear=True)
    return python


def install_lock(python: Path, lock: Path) -> None:
    """Install the packages of a lock file, no others, each by its hash."""
    pins = len(re.findall(r"^[A-Za-z0-9._-]+==", lock.read_text(encoding="utf-8"), re.MULTILINE))
    _pip(python, ["install", "--no-deps", "--require-hashes", "-r", str(lock)], of=pins)


def install_project(python: Path, root: Path) -> None:
    """Install the project in place; it is built with what the lock holds."""
    _pip(python, ["install", "--no-deps", "--no-build-isolation", "--editable", str(root)], of=1)


def check(python: Path, lock: Path) -> None:
    """Refuse a lock that lacks what its packages need."""
    done = subprocess.run([python, "-m", "pip", "check"], capture_output=True, text=True)
    if done.returncode != 0:
        raise InstallationError(f"{lock} is not complete, make it anew with `make lock`: {done.stdout.strip()}")


def _pip(python: Path, command: list[str], *, of: int) -> None:
    """Run pip and show how far it is; its own words are shown if it fails."""
    run = [str(python), "-m", "pip", "--disable-pip-version-check", "--no-input", *command]
    with subprocess.Popen(run, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace") as pip:
        said: list[str] = []
        _show(_progress(_kept(pip.stdout or iter(()), said), of))
    if pip.returncode != 0:
        raise InstallationError("pip could not install:\n" + "".join(said[-20:]).rstrip())


def _kept(lines: Iterator[str], said: list[str]) -> Iterator[str]:
    for line in lines:
        said.append(line)
        yield line


def _progress(lines: Iterator[str], of: int) -> Iterator[str]:
    """Turn pip's lines into a few words: which package of how many, how long so far, how long still."""
    start, taken = time.monotonic(), 0
    for line in lines:
        first, _, rest = line.strip().partition(" ")
        if first == "Ignoring":  # a package for another system or Python
            of -= 1
        elif first in ("Collecting", "Obtaining"):
            taken += 1
            elapsed = time.monotonic() - start
            left = elapsed * (of - taken) / taken
            yield f"{taken}/{of} {rest.split('==')[0]}, {elapsed:.0f} s, about {left:.0f} s left"
        elif line.startswith("Installing collected packages"):
            yield f"unpacking {of} packages, {time.monotonic() - start:.0f} s so far"


def _show(news: Iterator[str]) -> None:
    """Show news on one line of a terminal; elsewhere a line every five seconds."""
    live, last = sys.stderr.isatty(), float("-inf")
    for text in news:
        if live:
            print(f"\r\033[Kinstalling: {text}", end="", file=sys.stderr, flush=True)
        elif time.monotonic() - last > 5:
            last = time.monotonic()
            print(f"installing: {text}", file=sys.stderr, flush=True)
    if live:
        print("\r\033[K", end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
