"""Threads for large arrays: as many as the user allows BLAS, and results that do not depend on how many."""

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import lru_cache
from math import prod
from typing import Any, TypeVar

import numpy as np

from rlhf_numeric.arithmetic.kinds import Array

T = TypeVar("T")
R = TypeVar("R")

_SEGMENTS = 16  # of the work, whatever the number of threads: so sums are taken in one order
_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")


def allowed_threads() -> int:
    """Return the smallest number that one of BLAS's environment variables holds, else the processors we may use.

    Examples
    --------
    >>> allowed_threads() >= 1
    True
    """
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    texts = [os.environ.get(name, "").partition(",")[0].strip() for name in _VARIABLES]
    limits = [int(text) for text in texts if text.isdecimal() and int(text) > 0]
    return min(limits, default=processors)


def in_order(work: Callable[[Sequence[T]], R], items: Sequence[T], /) -> Iterator[R]:
    """Yield work(segment) for consecutive segments of the items, in order, computed by `allowed_threads` threads."""
    size = max(1, -(-len(items) // _SEGMENTS))
    segments = [items[i : i + size] for i in range(0, len(items), size)]
    threads = min(allowed_threads(), len(segments))
    if threads < 2:
        yield from map(work, segments)
        return
    contexts = [copy_context() for _ in segments]  # the caller's, which holds numpy's errstate
    yield from _pool(threads, os.getpid()).map(lambda context, segment: context.run(work, segment), contexts, segments)


@lru_cache(maxsize=4)
def _pool(threads: int, _process: int) -> ThreadPoolExecutor:
    """Threads that stay, with their scratch arrays; a forked process has none of its parent's and makes its own."""
    return ThreadPoolExecutor(threads)


class _Kept(threading.local):
    def __init__(self) -> None:
        self.arrays: dict[tuple[str, np.dtype[Any]], Array] = {}


_kept = _Kept()


def scratch(name: str, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Array:
    """Return an array of this thread to write into; what it holds lasts until the thread asks for the name again.

    A fresh array costs a page fault for every 4 KB, which is more than what is computed in small blocks.
    """
    size = prod(shape)
    array = _kept.arrays.get((name, dtype))
    if array is None or array.size < size:
        array = _kept.arrays[name, dtype] = np.empty(size, dtype)
    return array[:size].reshape(shape)
