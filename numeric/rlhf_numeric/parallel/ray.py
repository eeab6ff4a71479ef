"""Tasks spread over the workers of a Ray cluster, on one machine or many; the counterpart of `_workers`.

A task is a pure function of what it is given. Ray starts one again when its worker or its machine dies, and a result is
taken once, so a death costs time and nothing else. Every worker must run the sources of the caller.
"""

import os
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any, TypeVar

from rlhf_numeric.parallel.workers import WorkerError

T = TypeVar("T")
R = TypeVar("R")

LOCAL = "local"
_AHEAD = 2  # tasks in flight for each processor: the next one is there when the last is done
_RETRIES = 10  # deaths of workers that a task survives; an error of its own is not retried


def spread_on_ray(
    work: Callable[[T], R], tasks: Sequence[T], digest: Callable[[], str], /, *, address: str
) -> Iterator[tuple[T, R]]:
    """Yield (task, work(task)) in the order in which they get done.

    ``address`` is "local" for a cluster of this machine alone, else what ``ray.init`` takes: "auto", "HOST:PORT",
    "ray://HOST:PORT". ``digest`` tells the sources; where a worker's differ, its result is refused.

    Raises
    ------
    ImportError
        If Ray is not installed.
    ConnectionError
        If there is no cluster at the address.
    WorkerError
        If ``work`` raises, a task's workers keep dying, or a worker has other sources.
    """
    with _connected(address) as ray:
        expected = digest()

        def checked(task: T) -> R:
            if digest() != expected:
                raise RuntimeError(
                    "a worker of the cluster runs other sources than this process: install the same ones"
                )
            return work(task)

        remote = ray.remote(max_retries=_RETRIES, num_cpus=1)(checked)
        most = _AHEAD * max(1, int(ray.cluster_resources().get("CPU", 1)))
        left = iter(tasks)
        flying = {remote.remote(task): task for task in islice(left, most)}
        while flying:
            (done, *_), _ = ray.wait(list(flying))
            yield flying.pop(done), _result(ray, done)
            flying |= {remote.remote(task): task for task in islice(left, 1)}


@contextmanager
def _connected(address: str) -> Iterator[Any]:
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")  # else Ray warns of its own future
    import ray

    ours = not ray.is_initialized()
    if ours:
        quiet: dict[str, Any] = {"logging_level": "error", "log_to_driver": False}
        if address == LOCAL:
            quiet |= {"include_dashboard": False}
        try:
            _probe(address)
            ray.init(address=address, **quiet)
        except (OSError, RuntimeError, ValueError) as error:
            raise ConnectionError(f"no Ray cluster at {address!r}: {error}") from error
    try:
        yield ray
    finally:
        if ours:
            ray.shutdown()


def _probe(address: str) -> None:
    """Raise OSError at once where nobody listens: Ray would try for minutes, and then end the process."""
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if host and port.isdecimal():
        socket.create_connection((host, int(port)), timeout=10).close()


def _result(ray: Any, done: Any) -> Any:  # noqa: ANN401  (Ray's objects are opaque)
    try:
        return ray.get(done)
    except ray.exceptions.RayTaskError as error:
        raise WorkerError(f"a Ray task failed: {type(error.cause).__name__}: {error.cause}") from error
    except ray.exceptions.RayError as error:
        raise WorkerError(f"a Ray worker died {_RETRIES + 1} times on one task: {error}") from error
