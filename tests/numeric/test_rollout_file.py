"""Reading rollouts from archives and tables: what is read, and what is said of bad ones."""

import sys

import numpy as np
import pytest

from rlhf_numeric.rollouts.file import is_rollouts, read_rollouts

RNG = np.random.default_rng(11)
N, K = 6, 3
COLUMNS = {
    "log_policy": -RNG.exponential(size=N * K), "log_reference": -RNG.exponential(size=N * K),
    "reward": RNG.uniform(size=N * K), "prompt": np.repeat(np.arange(N), K),
}  # fmt: skip


def write(path, columns):
    """Write columns in the format that the name of the file says."""
    if path.suffix == ".npz":
        np.savez(path, **columns)
        return path
    pa = pytest.importorskip("pyarrow", reason="NO TABLES READ: needs pip install 'rlhf-lemmas[tables]'")
    from pyarrow import csv, parquet

    table = pa.table(columns)
    parquet.write_table(table, path) if path.suffix == ".parquet" else csv.write_csv(table, path)
    return path


every_format = pytest.mark.parametrize("suffix", [".npz", ".parquet", ".csv"])


@every_format
def test_rows_in_any_order_are_read_as_a_row_for_each_prompt(tmp_path, suffix):
    shuffled = RNG.permutation(N * K)
    path = write(tmp_path / f"data{suffix}", {name: column[shuffled] for name, column in COLUMNS.items()})
    found = read_rollouts(path)
    assert is_rollouts(path)
    assert (found.step, found.unread) == (None, ())
    for name, array in (("log_policy", found.log_policy), ("log_reference", found.log_reference)):
        assert np.array_equal(np.sort(array, axis=1), np.sort(COLUMNS[name].reshape(N, K), axis=1))
    order = np.argsort(found.rewards, axis=1)
    assert np.array_equal(  # rows stay together
        np.take_along_axis(found.log_policy, order, axis=1),
        np.take_along_axis(COLUMNS["log_policy"].reshape(N, K), np.argsort(COLUMNS["reward"].reshape(N, K), axis=1), 1),
    )


def test_the_rollouts_of_a_prompt_stay_in_the_order_of_the_file(tmp_path):
    rows = np.arange(N * K).reshape(K, N).T.ravel()  # the prompts in turn, K times
    turns = {**COLUMNS, "prompt": np.tile(np.arange(N), K), "reward": np.arange(N * K)}
    assert read_rollouts(write(tmp_path / "data.npz", turns)).rewards.ravel().tolist() == rows.tolist()


@every_format
def test_of_a_training_one_step_is_read_the_last_by_default(tmp_path, suffix):
    later = {**COLUMNS, "reward": COLUMNS["reward"] + 1}
    both = {name: np.concatenate([COLUMNS[name], later[name]]) for name in COLUMNS}
    path = write(tmp_path / f"data{suffix}", {**both, "step": np.repeat([3, 7], N * K), "loss": np.ones(2 * N * K)})
    last, first = read_rollouts(path), read_rollouts(path, step=3)
    assert (last.step, first.step, last.unread) == (7, 3, ("loss",))
    assert np.array_equal(last.rewards, first.rewards + 1)
    with pytest.raises(ValueError, match="step: no row of step 5; they are 3 to 7"):
        read_rollouts(path, step=5)


@every_format
def test_numbers_of_narrower_types_and_whole_floats_are_read(tmp_path, suffix):
    narrow = {
        "log_policy": COLUMNS["log_policy"].astype(np.float32), "log_reference": -np.arange(N * K),
        "reward": COLUMNS["reward"].astype(np.float32), "prompt": COLUMNS["prompt"].astype(float),
    }  # fmt: skip
    found = read_rollouts(write(tmp_path / f"data{suffix}", narrow))
    assert found.log_reference.tolist() == (-np.arange(float(N * K))).reshape(N, K).tolist()
    assert {array.dtype for array in found[:3]} == {np.dtype(np.float64)}


def spoiled(name, value, row=4):
    column = np.array(COLUMNS[name], dtype=float)
    column[row] = value
    return {name: column}


@every_format
@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"reward": None}, r"data\.\w+: missing reward; found log_policy, log_reference, prompt\. Expected columns"),
        (
            spoiled("reward", np.inf),
            r"data\.\w+: reward: expected finite numbers, got inf in row 4 \(1 in all\): log it",
        ),
        (spoiled("log_policy", 0.5), r"log_policy: expected logarithms .*, ≤ 0, got 0\.5 in row 4 .*log_softmax"),
        (spoiled("log_reference", 2.0), "log_reference: expected logarithms of probabilities"),
        (spoiled("prompt", 0.5), r"prompt: expected whole numbers, got dtype float64: .*numpy\.unique\(prompt"),
        (spoiled("prompt", 0), "prompt: expected equally many rollouts for each prompt, got 2 to 4: keep the first 2"),
        ({"prompt": np.array(list("abcdef") * 3)}, "prompt: expected whole numbers, got str.*such as 'a'"),
        ({"reward": np.array(["good"] * N * K)}, "reward: expected numbers, got str.*such as 'good'"),
        ({"step": np.full(N * K, 0.25)}, "step: expected whole numbers"),
    ],
)
def test_a_bad_column_is_named_with_what_to_do(tmp_path, suffix, change, words):
    columns = {name: column for name, column in {**COLUMNS, **change}.items() if column is not None}
    with pytest.raises(ValueError, match=words):
        read_rollouts(write(tmp_path / f"data{suffix}", columns))


@every_format
def test_no_rows_and_a_step_where_there_is_none_are_told(tmp_path, suffix):
    with pytest.raises(ValueError, match="expected a row for each rollout, got none"):
        read_rollouts(write(tmp_path / f"empty{suffix}", {name: column[:0] for name, column in COLUMNS.items()}))
    with pytest.raises(ValueError, match="step: no such column, and step 2 is asked for"):
        read_rollouts(write(tmp_path / f"data{suffix}", COLUMNS), step=2)


@pytest.mark.parametrize("suffix", [".parquet", ".csv"])
def test_an_empty_cell_is_told(tmp_path, suffix):
    column = [None, *COLUMNS["reward"][1:]]
    with pytest.raises(
        ValueError, match="reward: expected a number in every row, got 1 that are empty: log it for every"
    ):
        read_rollouts(write(tmp_path / f"data{suffix}", {**COLUMNS, "reward": column}))


def test_a_number_that_is_not_a_number_in_an_earlier_step_is_no_fault(tmp_path):
    both = {name: np.concatenate([column, column]) for name, column in COLUMNS.items()}
    both["reward"][0] = np.nan
    path = write(tmp_path / "data.npz", {**both, "step": np.repeat([0, 1], N * K)})
    assert read_rollouts(path).step == 1
    with pytest.raises(ValueError, match="reward: expected finite numbers, got nan in row 0"):
        read_rollouts(path, step=0)


def test_arrays_of_an_archive_that_are_no_columns_are_told(tmp_path):
    with pytest.raises(ValueError, match=r"log_policy: expected shape \(N,\), .* got \(6, 3\): .*numpy\.ravel"):
        read_rollouts(write(tmp_path / "a.npz", {**COLUMNS, "log_policy": COLUMNS["log_policy"].reshape(N, K)}))
    with pytest.raises(ValueError, match=r"expected one number for each rollout .* reward 2"):
        read_rollouts(write(tmp_path / "b.npz", {**COLUMNS, "reward": np.ones(2)}))
    with pytest.raises(ValueError, match=r"expected an \.npz file of numbers, but Object arrays"):
        read_rollouts(write(tmp_path / "c.npz", {**COLUMNS, "reward": np.array([{}] * N * K)}))


@pytest.mark.parametrize("suffix", [".parquet", ".csv", ".npz"])
@pytest.mark.parametrize("content", [b"", b"\x00\xff torn"])
def test_a_file_of_another_format_is_told(tmp_path, suffix, content):
    if suffix != ".npz":
        pytest.importorskip("pyarrow", reason="NO TABLES READ: needs pip install 'rlhf-lemmas[tables]'")
    path = tmp_path / f"data{suffix}"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=rf"data\{suffix}: (expected a|missing log_policy)"):
        read_rollouts(path)


def test_a_column_twice_is_told(tmp_path):
    pytest.importorskip("pyarrow", reason="NO TABLES READ: needs pip install 'rlhf-lemmas[tables]'")
    (tmp_path / "data.csv").write_text("reward,reward,log_policy,log_reference,prompt\n1,2,-1,-1,0\n")
    with pytest.raises(ValueError, match="expected one column of each name, got reward twice"):
        read_rollouts(tmp_path / "data.csv")


def test_without_pyarrow_the_message_says_how_to_get_it_or_what_to_write(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    (tmp_path / "data.parquet").write_bytes(b"PAR1")
    with pytest.raises(ModuleNotFoundError, match=r"pip install 'rlhf-lemmas\[tables\]'; or write numpy\.savez"):
        read_rollouts(tmp_path / "data.parquet")


def test_features_are_no_rollouts_nor_is_what_is_not_there(tmp_path):
    np.savez(tmp_path / "features.npz", features=np.ones((1, 1, 1)))
    (tmp_path / "torn.npz").write_bytes(b"PK\x03\x04 torn")
    assert not any(is_rollouts(tmp_path / name) for name in ("features.npz", "torn.npz", "absent.npz", "."))
