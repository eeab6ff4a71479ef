"""SIGTERM and SIGHUP end a command as Ctrl-C does."""

import os
import signal
import threading

import pytest

from rlhf_proofs import cli
from rlhf_proofs.interruption import unwinding


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_unwinds_once_and_the_handler_goes(number):
    before, reached = signal.signal(number, signal.SIG_DFL), []  # the tests, too, may run under nohup
    try:
        with pytest.raises(SystemExit) as ended, unwinding():  # noqa: PT012
            try:
                os.kill(os.getpid(), number)
            finally:
                os.kill(os.getpid(), number)  # a second one while what was begun is cleared away
                reached.append("cleared away")
        assert ended.value.code == 128 + number
        assert reached == ["cleared away"]
        assert signal.getsignal(number) is signal.SIG_DFL
    finally:
        signal.signal(number, before)


def test_a_signal_that_is_ignored_stays_ignored():
    """As under nohup."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with unwinding():
            os.kill(os.getpid(), signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, before)


def test_in_another_thread_nothing_changes():
    seen = []

    def look():
        with unwinding():
            seen.append(signal.getsignal(signal.SIGTERM))

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert seen == [signal.SIG_DFL]


def test_the_command_line_unwinds(run_main, monkeypatch):
    monkeypatch.setattr(cli, "load_table", lambda: os.kill(os.getpid(), signal.SIGTERM))
    assert run_main("lean", "stats")[0] == 128 + signal.SIGTERM
