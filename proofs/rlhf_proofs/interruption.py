"""SIGTERM and SIGHUP end a command as Ctrl-C does: its processes end, and its temporary folders go."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

__all__ = ["unwinding"]


@contextmanager
def unwinding() -> Iterator[None]:
    """Inside, SIGTERM and SIGHUP raise SystemExit with the status 128 + signal, so every ``finally`` is reached.

    A signal that is ignored already, as SIGHUP under ``nohup``, stays ignored. Only a main thread can take signals:
    in another one nothing changes.
    """
    numbers = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]  # Windows lacks one
    if threading.current_thread() is not threading.main_thread():
        numbers = []
    before = {number: signal.getsignal(number) for number in numbers}
    taken = [number for number, handler in before.items() if handler is signal.SIG_DFL]
    for number in taken:
        signal.signal(number, _unwind)
    try:
        yield
    finally:
        for number in taken:
            signal.signal(number, before[number])


def _unwind(number: int, _: FrameType | None) -> None:
    signal.signal(number, signal.SIG_IGN)  # once is enough: a second one must not cut the clearing away short
    raise SystemExit(128 + number)
