"""Running other programs: none outlives this process, and a hang or a crash of Lean is an answer."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from rlhf_proofs.errors import LeanFailureError

__all__ = ["LeanProcess", "Limits", "ProcessGroup", "run"]

# The end of the pipe that this process holds is closed by its end, whatever that was, SIGKILL included.
_WATCH = "trap '' HUP INT TERM; read _; kill -KILL 0"


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


class ProcessGroup:
    """A group for programs that end with the block, and with this process, however this one ends.

    The first of the group is a shell that waits for the end of a pipe and then kills the group. A program that is
    started into the group belongs to it before it runs, so no moment is left in which it could be orphaned. Where there
    are no process groups (Windows), the block alone ends what was started.

    Attributes
    ----------
    id
        For the argument ``process_group`` of `subprocess.Popen`; None where there are none.
    """

    def __init__(self) -> None:
        self._watch: subprocess.Popen[bytes] | None = None
        if hasattr(os, "killpg"):
            self._watch = subprocess.Popen(
                ["/bin/sh", "-c", _WATCH], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL, process_group=0,
            )  # fmt: skip
        self.id = None if self._watch is None else self._watch.pid

    def __enter__(self) -> "ProcessGroup":
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def end(self) -> None:
        """Kill all that is in the group; a second time nothing happens."""
        watch = self._watch
        if watch is not None and watch.returncode is None:  # not waited for yet, so the number is still its own
            with_suppressed(lambda: os.killpg(watch.pid, signal.SIGKILL))
            watch.communicate()


def run(
    command: Sequence[str | Path], *, cwd: Path | str | None = None, environment: Mapping[str, str] | None = None,
    timeout: float | None = None, check: bool = False,
) -> subprocess.CompletedProcess[str]:  # fmt: skip
    """`subprocess.run` without input, output captured as text; nothing that it starts outlives it or this process."""
    with ProcessGroup() as group:
        return subprocess.run(
            command, cwd=cwd, env=environment, timeout=timeout, check=check, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, process_group=group.id,
        )  # fmt: skip


class LeanProcess:
    """One Lean process; use as a context manager: it never outlives the block, nor this process."""

    def __init__(self, command: Sequence[str], *, cwd: Path, environment: Mapping[str, str], log: Path) -> None:
        self._log = log
        with contextlib.ExitStack() as stack:
            output = stack.enter_context(log.open("wb"))
            self._group = stack.enter_context(ProcessGroup())
            self._process = subprocess.Popen(
                list(command), cwd=cwd, env=dict(environment), stdin=subprocess.DEVNULL,
                stdout=output, stderr=subprocess.STDOUT, process_group=self._group.id,
            )  # fmt: skip
            self._held = stack.pop_all()
        self.last_sign_of_life = time.monotonic()

    def __enter__(self) -> "LeanProcess":
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        self._held.close()

    def kill(self) -> None:
        """End the process and its children, those of a process that has already ended included."""
        if self._process.poll() is None:
            for child in self._family():
                with_suppressed(child.kill)
            self._process.wait()
        self._group.end()

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
