"""Threads for large arrays: as many as the user allows, and nothing else depends on them."""

import multiprocessing
import os
import warnings
from concurrent.futures import ThreadPoolExecutor
from unittest import mock

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rlhf_numeric.parallel.threads import allowed_threads, in_order, scratch


def test_threads_are_as_many_as_the_user_allows(monkeypatch):
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"):
        monkeypatch.delenv(name, raising=False)
    assert allowed_threads() == len(os.sched_getaffinity(0))
    monkeypatch.setenv("OMP_NUM_THREADS", "7,2")
    assert allowed_threads() == 7
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "3")
    assert allowed_threads() == 3
    monkeypatch.setenv("MKL_NUM_THREADS", "many")
    assert allowed_threads() == 3


@given(st.integers(0, 100), st.sampled_from(["1", "3"]))
def test_segments_come_in_order_and_hold_every_item_once(count, threads):
    with mock.patch.dict(os.environ, {"OMP_NUM_THREADS": threads}):
        segments = list(in_order(list, range(count)))
    assert [item for segment in segments for item in segment] == list(range(count))
    assert len(segments) <= 16


def test_a_failure_in_a_thread_is_raised_and_warnings_follow_the_callers_settings(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "2")
    monkeypatch.setattr("os.sched_getaffinity", lambda _: range(2))

    def divide(items):
        return [1.0 / np.float64(item) for item in items]

    with pytest.raises(ValueError, match="no number"):
        list(in_order(divide, ["no number"] * 40))
    with np.errstate(divide="ignore"), warnings.catch_warnings():
        warnings.simplefilter("error")
        assert next(in_order(divide, [0.0] * 40))[0] == np.inf


def test_scratch_is_the_same_array_for_a_name_and_a_thread_and_grows():
    small = scratch("test", (2, 3), np.dtype(float))
    assert small.shape == (2, 3)
    assert np.shares_memory(small, scratch("test", (6,), np.dtype(float)))
    assert not np.shares_memory(small, scratch("another", (2, 3), np.dtype(float)))
    assert not np.shares_memory(small, scratch("test", (2, 3), np.dtype(np.float32)))
    assert scratch("test", (70, 3), np.dtype(float)).shape == (70, 3)
    with ThreadPoolExecutor(1) as pool:
        assert not np.shares_memory(small, pool.submit(scratch, "test", (2, 3), np.dtype(float)).result())


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are not forked here")
def test_a_forked_process_makes_threads_of_its_own():
    with mock.patch.dict(os.environ, OMP_NUM_THREADS="2"):
        assert sum(in_order(sum, range(100))) == 4950  # the parent has threads now
        child = multiprocessing.get_context("fork").Process(target=_sum_in_a_child)
        child.start()
        child.join(60)
        stuck = child.is_alive()
        child.kill()
        assert not stuck
        assert child.exitcode == 0


def _sum_in_a_child():
    assert sum(in_order(sum, range(100))) == 4950
