"""The machine, and its own limits: what it can read and multiply."""

import os
import platform
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from benchmarks.timing import Action, interleaved
from rlhf_numeric.parallel.threads import allowed_threads

PEERS = ("numpy", "torch", "jax")


def described() -> dict[str, Any]:
    """Return processor, memory, system, versions, threads, and the load before the run."""
    return {
        "processor": _processor(),
        "processors": os.cpu_count(),
        "threads": allowed_threads(),
        "memory_GB": round(psutil.virtual_memory().total / 1e9, 1),
        "system": platform.platform(terse=True),
        "python": platform.python_version(),
        **{name: version(name) for name in PEERS},
        "load_before": round(os.getloadavg()[0], 2),
    }


def reads(features: np.ndarray) -> dict[str, Action]:
    """Return two ways to read an array once: numpy's sum in one thread, and in all of them."""
    parts = np.array_split(features, allowed_threads())

    def in_threads() -> None:
        with ThreadPoolExecutor(len(parts)) as pool:
            list(pool.map(np.sum, parts))

    return {"read, 1 thread": features.sum, f"read, {len(parts)} threads": in_threads}


def gemm_rate(size: int = 1024) -> float:
    """Return the rate of a float64 matrix product, in GFlop/s."""
    a = np.random.default_rng(0).normal(size=(size, size))
    times = interleaved({"gemm": lambda: a @ a}, seconds=1.0)["gemm"]
    return 2e-9 * size**3 / min(times)


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    return next((x.partition(":")[2].strip() for x in lines if x.startswith("model name")), platform.processor())
