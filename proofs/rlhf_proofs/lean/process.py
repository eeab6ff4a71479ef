"""Running a Lean process under a time and a memory limit, so that a hang or a crash is an answer."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import psutil

from rlhf_proofs.errors import LeanFailureError

__all__ = ["LeanProcess", "Limits"]

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """What one Lean process may use.

    Attributes
    ----------
    silence
        Seconds without a new event after which the process counts as hung.
    memory
        Bytes of resident memory of the process and its children.
    """

    silence: float = 600.0
    memory: int = 10 * 2**30


class LeanProcess:
    """One Lean process; use as a context manager: it never outlives the block."""

    def __init__(self, command: Sequence[str], *, cwd: Path, environment: Mapping[str, str], log: Path) -> None:
        self._log = log
        self._output = log.open("wb")
        self._process = subprocess.Popen(
            list(command), cwd=cwd, env=dict(environment), stdin=subprocess.DEVNULL,
            stdout=self._output, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        self.last_sign_of_life = time.monotonic()

    def __enter__(self) -> "LeanProcess":
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        self._output.close()

    def kill(self) -> None:
        """End the process and its children, those of a process that has already ended included."""
        if self._process.poll() is None:
            for child in self._family():
                with_suppressed(child.kill)
            self._process.wait()
        if hasattr(os, "killpg"):  # it was started in a group of its own
            with_suppressed(lambda: os.killpg(self._process.pid, signal.SIGKILL))

    def poll(self, limits: Limits) -> int | None:
        """Return the exit status, or None while it runs.

        Raises
        ------
        LeanFailureError
            If the process is past a limit; it has been killed then.
        """
        status = self._process.poll()
        if status is not None:
            return status
        if time.monotonic() - self.last_sign_of_life > limits.silence:
            self.kill()
            raise LeanFailureError(f"Lean said nothing for {limits.silence:g} s and was stopped (time limit)")
        used = self._memory()
        if used > limits.memory:
            self.kill()
            raise LeanFailureError(
                f"Lean used {used / 2**30:.1f} GiB and was stopped (memory limit {limits.memory / 2**30:.1f} GiB)"
            )
        return None

    def describe_end(self, status: int) -> str:
        """Say how the process ended, with the last lines it printed."""
        how = f"killed by {signal.Signals(-status).name}" if status < 0 else f"exit status {status}"
        tail = [line for line in self._log.read_text(errors="replace").splitlines() if _is_news(line)][-6:]
        said = "; it last printed: " + " | ".join(tail) if tail else ""
        return f"Lean ended without a complete answer ({how}){said}"

    def _family(self) -> list[psutil.Process]:
        try:
            parent = psutil.Process(self._process.pid)
            return [*parent.children(recursive=True), parent]
        except psutil.NoSuchProcess:
            return []

    def _memory(self) -> int:
        total = 0
        for process in self._family():
            try:
                total += process.memory_info().rss
            except psutil.NoSuchProcess:
                continue
        return total


def with_suppressed(action: Callable[[], object]) -> None:
    """Run ``action``; a process that is gone already is what was wanted."""
    try:
        action()
    except (psutil.NoSuchProcess, ProcessLookupError, PermissionError):
        return


def _is_news(line: str) -> bool:
    """Leave out what the WebAssembly build prints while loading."""
    noise = line.startswith("[DEBUG:") or "mainModule? =" in line or line.strip().endswith(".olean")
    return bool(line.strip()) and not noise
