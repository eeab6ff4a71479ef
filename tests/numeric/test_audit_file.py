"""Reading the data of an audit: archives, folders that are mapped, what is said of bad ones, and memory."""

import re
import subprocess
import sys
import time

import numpy as np
import pytest

from rlhf_numeric import Problem, audit
from rlhf_numeric.audit import coverage as audit_coverage
from rlhf_numeric.audit.file import REQUIRED, read_audit_data

RNG = np.random.default_rng(5)
N, M, D = 7, 3, 4
FEATURES = RNG.normal(size=(N, M, D))
REF = np.full((N, M), 1 / M)
PROBLEM = Problem(FEATURES, REF, RNG.normal(size=D) / 4, kl_coef=1.0)
THETA = RNG.normal(size=D) / 4
WEIGHTS = np.arange(1.0, N + 1) / np.arange(1.0, N + 1).sum()


@pytest.fixture
def arrays():
    return {
        "features": FEATURES, "ref_probs": REF, "theta_star": PROBLEM.theta_star, "theta": THETA, "kl_coef": 1.0
    }  # fmt: skip


def test_what_is_written_is_what_is_audited(tmp_path, arrays):
    np.savez(tmp_path / "data.npz", **arrays, sample=np.array([1, 2]), weights=WEIGHTS)
    found = read_audit_data(tmp_path / "data.npz").audit()
    assert found == audit(PROBLEM, THETA, sample=[1, 2], weights=WEIGHTS)


def test_integers_are_read_as_floats(tmp_path, arrays):
    one_hot = np.tile(np.eye(M, D, dtype=int), (N, 1, 1))
    np.savez(tmp_path / "data.npz", **{**arrays, "features": one_hot, "kl_coef": 2})
    assert read_audit_data(tmp_path / "data.npz").problem.features.dtype == np.float64


@pytest.mark.parametrize("name", REQUIRED)
def test_a_missing_array_is_named_with_what_was_expected(tmp_path, arrays, name):
    np.savez(tmp_path / "data.npz", **{key: value for key, value in arrays.items() if key != name})
    with pytest.raises(ValueError, match=rf"data\.npz: missing {name}; expected features \(N, m, d\)"):
        read_audit_data(tmp_path / "data.npz")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"feature": np.ones(2)}, "unknown feature;"),
        ({"features": FEATURES[0]}, r"features: expected shape \(N, m, d\), got \(3, 4\)"),
        ({"ref_probs": REF[:2]}, "ref_probs: expected n = 7"),
        ({"theta": np.ones(D + 1)}, "theta: expected d = 4"),
        ({"theta_star": np.ones((1, D))}, r"theta_star: expected shape \(d,\)"),
        ({"kl_coef": np.ones(1)}, r"kl_coef: expected shape \(\), got \(1,\)"),
        ({"kl_coef": -1.0}, "kl_coef: expected numbers > 0"),
        ({"features": np.full((N, M, D), "a")}, "features: expected numbers, got dtype"),
        ({"features": np.full((N, M, D), np.nan)}, "features: expected finite numbers"),
        ({"sample": np.array([[0]])}, r"sample: expected shape \(n,\)"),
    ],
)
def test_a_wrong_array_is_named(tmp_path, arrays, change, words):
    np.savez(tmp_path / "data.npz", **{**arrays, **change})
    with pytest.raises(ValueError, match=words):
        read_audit_data(tmp_path / "data.npz").audit()


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x03\x04 torn"])
def test_a_file_that_is_no_npz_is_refused(tmp_path, content):
    (tmp_path / "data.npz").write_bytes(content)
    with pytest.raises(ValueError, match=r"data\.npz: expected an \.npz file or a folder.*write numpy\.savez"):
        read_audit_data(tmp_path / "data.npz")


def test_one_array_text_and_pickled_objects_are_refused_and_the_message_says_what_to_write(tmp_path, arrays):
    np.save(tmp_path / "data.npy", FEATURES)
    np.savetxt(tmp_path / "data.csv", FEATURES[0], delimiter=",")
    np.savez(tmp_path / "data.npz", **{**arrays, "theta": np.array([{}], dtype=object)}, allow_pickle=True)
    for name, why in (
        ("data.npy", r"one array of shape \(7, 3, 4\)"), ("data.csv", "text file"), ("data.npz", "pickled")
    ):  # fmt: skip
        with pytest.raises(
            ValueError, match=rf"{name}: expected an \.npz file.*{why}.*numpy\.savez\('data\.npz', features"
        ):
            read_audit_data(tmp_path / name)


def test_float32_probabilities_beside_float64_features_are_read(tmp_path, arrays):
    np.savez(tmp_path / "data.npz", **{**arrays, "ref_probs": REF.astype(np.float32)})
    found = read_audit_data(tmp_path / "data.npz").audit()
    assert found.population_gap == pytest.approx(audit(PROBLEM, THETA).population_gap, rel=1e-6)


def test_without_theta_the_reference_policy_is_audited(tmp_path, arrays):
    del arrays["theta"]
    np.savez(tmp_path / "data.npz", **arrays)
    data = read_audit_data(tmp_path / "data.npz")
    assert data.is_reference
    assert data.audit() == audit(PROBLEM, np.zeros(D))


# ---- a folder


def write_folder(folder, arrays):
    folder.mkdir()
    for name, array in arrays.items():
        np.save(folder / f"{name}.npy", array)
    return folder


def test_a_folder_of_arrays_is_read_like_an_archive_and_mapped(tmp_path, arrays):
    data = read_audit_data(write_folder(tmp_path / "data", {**arrays, "sample": np.array([1, 2]), "weights": WEIGHTS}))
    assert isinstance(data.problem.features.base, np.memmap)
    assert data.audit() == audit(PROBLEM, THETA, sample=[1, 2], weights=WEIGHTS)


@pytest.mark.parametrize(("name", "text"), [("kl_coef.txt", "1.0\n"), ("kl_coef.json", "1.0")])
def test_numbers_may_be_text(tmp_path, arrays, name, text):
    folder = write_folder(tmp_path / "data", {key: value for key, value in arrays.items() if key != "kl_coef"})
    (folder / name).write_text(text)
    (folder / "sample.txt").write_text("1\n2\n")
    assert read_audit_data(folder).audit() == audit(PROBLEM, THETA, sample=[1, 2])


def test_types_may_be_mixed_in_a_folder_without_copying_the_features(tmp_path, arrays):
    folder = write_folder(tmp_path / "data", {**arrays, "features": FEATURES.astype(np.float32)})
    data = read_audit_data(folder)
    assert (data.problem.features.dtype, data.problem.theta_star.dtype) == (np.float32, np.float64)
    narrow = Problem(FEATURES.astype(np.float32).astype(float), REF, PROBLEM.theta_star, kl_coef=1.0)
    assert data.audit().population_gap == audit(narrow, THETA).population_gap


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda folder: (folder / "kl_coef.npy").unlink(), r"data: missing kl_coef; .* write numpy\.savez"),
        (lambda folder: np.save(folder / "phi.npy", FEATURES), "data: unknown phi"),
        (lambda folder: (folder / "kl_coef.txt").write_text("1"), "one file for kl_coef"),
        (lambda folder: (folder / "sample.txt").write_text("one"), r"sample\.txt: expected numbers.*numpy\.savetxt"),
        (lambda folder: (folder / "theta.npy").write_bytes(b"torn"), r"theta\.npy: expected an array .* numpy\.save"),
        (lambda folder: np.save(folder / "features.npy", FEATURES.astype(int)),
         r"features\.npy: expected float32 or float64, got int64.*astype\('float32'\)"),
        (lambda folder: np.save(folder / "ref_probs.npy", REF[:2]), "data: ref_probs: expected n = 7"),
        (lambda folder: np.save(folder / "theta.npy", THETA[:2]), "theta: expected d = 4"),
        (lambda folder: np.save(folder / "features.npy", FEATURES[0]),
         r"data: features: expected shape \(N, m, d\), got \(3, 4\): write it as features = numpy\.reshape"),
    ],
)  # fmt: skip
def test_a_folder_that_cannot_be_used_is_told_what_to_write(tmp_path, arrays, change, words):
    folder = write_folder(tmp_path / "data", arrays)
    change(folder)
    with pytest.raises(ValueError, match=words):
        read_audit_data(folder).audit()


MEASURED = """
import resource, sys
from pathlib import Path
from rlhf_numeric.audit.file import read_audit_data
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
found = read_audit_data(Path(sys.argv[1])).audit()
print(found.rank, before, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


@pytest.mark.parametrize(("shape", "rank"), [((20_000, 4, 16), 16), ((60, 4, 320), 180)])
def test_an_audit_takes_little_memory_where_all_covariances_would_take_a_gigabyte(tmp_path, shape, rank):
    assert 8 * np.prod(shape) * shape[-1] * 5 > 2**30 / 4  # the (N, m, d, d) array of plain formulas, five times
    n, m, d = shape
    arrays = {"features": RNG.normal(size=shape).astype(np.float32), "ref_probs": np.full((n, m), 1 / m)}
    best = RNG.normal(size=d) / d
    folder = write_folder(tmp_path / "data", {**arrays, "theta_star": best, "kl_coef": 1.0})
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, str(folder)], capture_output=True, text=True, check=True, timeout=300
    )
    found, before, after = map(int, done.stdout.split())
    assert found == rank
    assert after - before < 300_000  # KiB


def test_a_long_decomposition_reports_an_estimate_and_can_be_interrupted(monkeypatch):
    heard = []
    monkeypatch.setattr(audit_coverage, "_TRIAL", 1)
    coverage = audit_coverage._decomposed(np.diag([3.0, 2.0, 1.0]), 0.0, lambda *args: heard.append(args))
    assert coverage.values.tolist() == [3.0, 2.0, 1.0]
    assert re.fullmatch(r"eigenvalues, d = 3: about \d+ s", heard[0][0])

    def interrupt(_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        audit_coverage._patiently(lambda: time.sleep(0.5), interrupt)
    with pytest.raises(ZeroDivisionError):
        audit_coverage._patiently(lambda: 1 // 0, lambda _: None)


INTERRUPTED = """
import signal
import numpy as np
from rlhf_numeric.audit import coverage as audit_coverage
matrix = np.random.default_rng(0).normal(size=(4000, 4000))
try:
    audit_coverage._patiently(lambda: np.linalg.eigh(matrix), lambda seconds: seconds and signal.raise_signal(2))
except KeyboardInterrupt:
    print("interrupted")
"""


def test_an_interrupted_decomposition_does_not_keep_the_process():
    """The decomposition takes half a minute at least; without `_leave` the process ends when that does."""
    done = subprocess.run([sys.executable, "-c", INTERRUPTED], capture_output=True, text=True, check=False, timeout=300)
    assert (done.returncode, done.stdout) == (audit_coverage.INTERRUPTED, "interrupted\n")
