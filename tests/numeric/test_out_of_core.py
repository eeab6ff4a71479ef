"""Features on disk, larger than the memory that a process may have."""

import os
import subprocess
import sys

import numpy as np
import pytest

from rlhf_numeric import Problem

# On disk: 512 MB of features, and a process that may have 200 MB more than what it has after its imports.
OUT_OF_CORE = """
import resource, sys
import numpy as np
from rlhf_numeric import Problem, feature_bound, gradient, gradient_ascent, objective

n, m, d = 2048, 32, 1024
kind = sys.argv[2]
features = np.memmap(sys.argv[1], np.float64, "r", shape=(n, m, d))
rng = np.random.default_rng(1)
ref_probs = rng.dirichlet(np.ones(m), n)
theta_star, theta = rng.normal(size=(2, d)) / 32
mapped = sum(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmSize")) << 10
resource.setrlimit(resource.RLIMIT_AS, (mapped + (200 << 20),) * 2)
if kind == "copied":
    features = np.array(features)
problem = Problem(features, ref_probs, theta_star, kl_coef=0.5)
found = gradient(problem, theta)
objective(problem, theta), feature_bound(problem), gradient_ascent(problem, theta, steps=1)
expected, lines = np.zeros(d), 64
for k in range(0, n, lines):
    block = np.array(features[k : k + lines])
    scores = np.log(ref_probs[k : k + lines]) + block @ theta / 0.5
    probs = np.exp(scores - scores.max(-1, keepdims=True))
    probs /= probs.sum(-1, keepdims=True)
    error = block @ (theta_star - theta)
    weights = probs * (error - (probs * error).sum(-1, keepdims=True))
    expected += np.tensordot(weights, block, 2)
expected /= 0.5 * n
print(np.abs(found - expected).max() / max(1, np.abs(expected).max()))
"""


@pytest.fixture(scope="module")
def features_on_disk(tmp_path_factory):
    path = tmp_path_factory.mktemp("mapped") / "features"
    rng = np.random.default_rng(0)
    with path.open("wb") as file:
        for _ in range(64):
            file.write(rng.normal(size=(32, 32, 1024)).tobytes())
    yield path
    path.unlink()


def run_out_of_core(path, kind):
    environment = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    command = [sys.executable, "-c", OUT_OF_CORE, str(path), kind]
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="needs a limit on the address space")
def test_features_on_disk_larger_than_the_memory_limit_give_the_same_gradient(features_on_disk):
    run = run_out_of_core(features_on_disk, "mapped")
    assert run.returncode == 0, run.stderr
    assert float(run.stdout) <= 1e-12


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="needs a limit on the address space")
def test_the_memory_limit_would_stop_a_copy_of_the_features(features_on_disk):
    run = run_out_of_core(features_on_disk, "copied")
    assert run.returncode != 0
    assert "MemoryError" in run.stderr


def test_mapped_features_are_not_converted_behind_the_users_back(tmp_path):
    features = np.memmap(tmp_path / "features", np.float32, "w+", shape=(4, 3, 2))
    ref_probs = np.full((4, 3), 1 / 3)
    with pytest.raises(TypeError, match="expected the type of the memory-mapped features, float32, got float64"):
        Problem(features[1:], ref_probs[1:], [1.0, 2.0], kl_coef=1.0)
    theta_star = np.array([1.0, 2.0], np.float32)
    problem = Problem(features, ref_probs.astype(np.float32), theta_star, kl_coef=1.0)
    assert np.shares_memory(problem.features, features)
