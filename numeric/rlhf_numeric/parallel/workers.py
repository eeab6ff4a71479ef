"""Tasks spread over processes, each fed through its own pipe.

A worker whose parent is gone ends at once, in the middle of a task, too; a worker that dies is noticed at once. (A
shared queue, as in `concurrent.futures`, leaves workers waiting for ever after the parent was killed.)
"""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")


class WorkerError(RuntimeError):
    """A worker process failed; the message holds what it said, or that it died."""


def spread(work: Callable[[T], R], tasks: Sequence[T], /, *, workers: int) -> Iterator[tuple[T, R]]:
    """Yield (task, work(task)) in the order in which they get done.

    Raises
    ------
    WorkerError
        If ``work`` raises or a process dies.
    """
    context = multiprocessing.get_context("spawn")
    left = iter(tasks)
    at_work: dict[Connection, T] = {}
    started = []
    try:
        for task in islice(left, workers):
            here, there = context.Pipe()
            process = context.Process(target=_serve, args=(work, there), daemon=True)
            with _not_interrupted():
                process.start()
                there.close()
                started.append((process, here))
            here.send(task)
            at_work[here] = task
        while at_work:
            for pipe in wait(list(at_work)):
                assert isinstance(pipe, Connection)
                yield at_work.pop(pipe), _received(pipe)
                for task in islice(left, 1):
                    pipe.send(task)
                    at_work[pipe] = task
    finally:
        for process, pipe in started:
            pipe.close()
            process.terminate()
            process.join()


@contextmanager
def _not_interrupted() -> Iterator[None]:
    """Let Ctrl-C wait while a process is started, and keep it from that process, which would die with a traceback."""
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "pthread_sigmask"):
        yield
        return
    resource_tracker.ensure_running()  # the first process of all starts it, and it would let Ctrl-C through again
    noted: list[int] = []
    handler = signal.signal(signal.SIGINT, lambda number, _: noted.append(number))  # another thread may receive it
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # this the process inherits
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        signal.signal(signal.SIGINT, handler)
    if noted and callable(handler):
        handler(signal.SIGINT, None)


def _received(pipe: Connection) -> R:  # type: ignore[type-var]
    try:
        answer, failure = pipe.recv()
    except EOFError:
        raise WorkerError("a worker process died (killed, or out of memory)") from None
    if failure is not None:
        raise WorkerError(f"a worker process failed: {failure}")
    result: R = answer
    return result


def _serve(work: Callable[[T], R], pipe: Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # where it is not kept away from the start, as on Windows
    threading.Thread(target=_end_with_parent, daemon=True).start()
    while True:
        try:
            task = pipe.recv()
        except EOFError:
            return
        try:
            pipe.send((work(task), None))
        except Exception as error:
            pipe.send((None, f"{type(error).__name__}: {error}"))


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)  # nobody is left to read a result, or to be told
