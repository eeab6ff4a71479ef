"""How many instances a second: one at a time by hypothesis, and by a campaign. A measurement, not a test."""

import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from rlhf_numeric.attacks.campaign import BALL_ROWS, measure_chunk
from rlhf_numeric.evaluation.claim import Claim
from rlhf_numeric.evaluation.record import R
from rlhf_numeric.evaluation.schemes import ROWS
from rlhf_numeric.evaluation.strategies import simple_records

_CHUNKS = 4


@dataclass(frozen=True)
class Throughput:
    """Instances a second in one process, ball arithmetic included: by hypothesis, by a campaign of this claim alone."""

    claim: str
    hypothesis: float
    campaign: float

    @property
    def ratio(self) -> float:
        """How many times faster the campaign is."""
        return self.campaign / self.hypothesis


def throughput(claim: Claim[R], /, *, examples: int = 100) -> Throughput:
    """Measure one claim.

    Raises
    ------
    ImportError
        If hypothesis is not installed.
    """
    start = time.perf_counter()
    _one_at_a_time(claim, examples)
    middle = time.perf_counter()
    campaign_rate = joint_throughput([claim])
    return Throughput(claim.id, examples / (middle - start), campaign_rate)


def joint_throughput(claims: Sequence[Claim[R]], /) -> float:
    """Instances a second of a campaign of all these claims, each instance counted once."""
    start = time.perf_counter()
    for chunk in range(_CHUNKS):
        measure_chunk(claims, 0, chunk, ROWS, BALL_ROWS)
    return _CHUNKS * ROWS / (time.perf_counter() - start)


def _one_at_a_time(claim: Claim[R], examples: int) -> None:
    from hypothesis import HealthCheck, Phase, given, settings

    with _interrupted_between_examples() as look:

        @settings(
            max_examples=examples,
            derandomize=True,
            database=None,
            deadline=None,
            phases=(Phase.generate,),
            suppress_health_check=list(HealthCheck),
        )
        @given(simple_records(claim.family))
        def one(instance: R) -> None:
            look()
            claim.evaluate(instance)

        one()
        look()


@contextmanager
def _interrupted_between_examples() -> Iterator[Callable[[], None]]:
    """Give a function that raises KeyboardInterrupt if Ctrl-C was pressed since; hypothesis itself is never cut short.

    In the middle of its work an interrupt ends as a failed assertion, or is lost in a callback of the collector.
    """
    heard = threading.Event()

    def look() -> None:
        if heard.is_set():
            raise KeyboardInterrupt

    before = signal.getsignal(signal.SIGINT)
    usual = before is signal.default_int_handler  # a signal that is ignored, or somebody else's, is left alone
    if not usual or threading.current_thread() is not threading.main_thread():  # no other thread can take signals
        yield look
        return
    signal.signal(signal.SIGINT, lambda *_: heard.set())
    try:
        yield look
    finally:
        signal.signal(signal.SIGINT, before)
