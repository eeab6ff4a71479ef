"""Hypothesis profiles: ``dev`` by default, ``ci`` on a CI machine, any of them through HYPOTHESIS_PROFILE."""

import os

import pytest
from hypothesis import HealthCheck, settings

pytest_plugins = ["durations"]

# Building an instance out of many arrays is slow for hypothesis' taste, not for ours.
_patient = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}

settings.register_profile("dev", max_examples=30, **_patient)
settings.register_profile("ci", max_examples=60, derandomize=True, print_blob=True, **_patient)
settings.register_profile("thorough", max_examples=2000, **_patient)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if os.environ.get("CI") else "dev"))

# What starts Lean. Where tests run side by side (pytest-xdist), one worker gets all of it: Lean takes every core, and
# the library would be elaborated twice.
STARTS_LEAN = (
    "tests/lean/",
    "tests/repo/test_errands.py",
    "tests/repo/test_report_in_chromium",
    "tests/repo/test_notebook.py::test_the_notebook_on_proofs_runs_with_lean",
)


def pytest_xdist_make_scheduler(config, log):
    from xdist.scheduler import LoadScopeScheduling  # not installed where the suite runs in one process

    class OneWorkerForLean(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            return "lean" if nodeid.startswith(STARTS_LEAN) else nodeid

    return OneWorkerForLean(config, log)


def pytest_collection_modifyitems(items):
    lost = {
        item.nodeid for item in items if item.get_closest_marker("lean") and not item.nodeid.startswith(STARTS_LEAN)
    }
    if lost:
        raise pytest.UsageError(f"marked lean, but not where STARTS_LEAN of tests/conftest.py looks: {sorted(lost)}")
    # The slow ones first, or one worker would end long after the others.
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)
