"""Hypothesis profiles: ``dev`` by default, ``ci`` on a CI machine, any of them through HYPOTHESIS_PROFILE."""

import os

import pytest
from hypothesis import HealthCheck, settings

# Building an instance out of many arrays is slow for hypothesis' taste, not for ours.
_patient = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}

settings.register_profile("dev", max_examples=30, **_patient)
settings.register_profile("ci", max_examples=60, derandomize=True, print_blob=True, **_patient)
settings.register_profile("thorough", max_examples=2000, **_patient)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if os.environ.get("CI") else "dev"))


@pytest.hookimpl(tryfirst=True)  # pytest-xdist reads the marks in the same hook
def pytest_collection_modifyitems(config, items):
    """Where tests run side by side (pytest-xdist), those that start Lean share one worker: Lean takes every core."""
    if config.pluginmanager.hasplugin("xdist"):
        for item in items:
            if item.get_closest_marker("lean"):
                item.add_marker(pytest.mark.xdist_group("lean"))
