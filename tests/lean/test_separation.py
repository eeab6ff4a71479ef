"""What a source can make the elaborating process do: none of it counts, and what it changes is noticed."""

import json
from pathlib import Path

import pytest

from rlhf_proofs.errors import LeanFailureError
from rlhf_proofs.lean import build
from rlhf_proofs.lean.build import check_library, run_jobs
from rlhf_proofs.lean.events import Follower, prefix
from rlhf_proofs.lean.process import Limits

FILES = {
    "L": "module\npublic import L.A\ntheorem main : True := trivial\n",
    "L.A": "module\ntheorem low : True := trivial\n",
}


def check(library, fake, **options):
    return check_library(library, fake, limits=Limits(silence=30.0), **options)


def test_what_the_elaborating_process_says_of_constants_and_replays_does_not_count(write, fake):
    fake.mode = "forging"
    report = check(write(FILES), fake)
    assert report.defects == ()
    assert set(report.theorems) == {"main", "low"}
    assert report.refusal("forged") == "there is no theorem forged in the Lean library"
    assert report.replayed == 2


@pytest.mark.parametrize("mode", ["meddling", "adding"])
def test_a_compiled_file_that_another_module_changed_is_noticed(write, fake, cache, mode):
    fake.mode = mode
    with pytest.raises(LeanFailureError, match=r"compiled files of L\.A are not what Lean had written"):
        check(write(FILES), fake)
    assert not (cache / "libraries").exists()
    fake.mode = "good"
    assert set(check(write(FILES), fake).theorems) == {"main", "low"}


def test_a_module_that_is_said_to_be_built_and_is_not_there_is_a_defect(write, fake):
    fake.mode = "absent"
    report = check(write(FILES), fake)
    assert "L.lean: not built" in report.defects
    assert report.theorems == {}


def test_the_judge_starts_when_no_process_that_elaborates_is_left(write, fake, monkeypatch):
    """The folder of the judge, and its nonce, do not exist before; the job of elaboration names neither."""
    seen = []
    real = run_jobs

    def spy(backend, lanes, folder, limits, program=None, *, nonce=None):
        seen.append((folder, nonce, [line for lane in lanes for job in lane for line in job]))
        yield from real(backend, lanes, folder, limits, program, nonce=nonce)
        assert all(not Path(f"/proc/{pid}").exists() for pid in fake.pids)

    monkeypatch.setattr(build, "run_jobs", spy)
    assert check(write(FILES), fake).accepted
    (stage, no_nonce, elaborating), (folder, nonce, judging) = seen
    assert no_nonce is None
    assert len(nonce) == 32
    assert stage != folder
    assert not any(str(folder) in line or "audit" in line for line in elaborating)
    assert not any(str(stage) in line for line in judging)
    assert check(write(FILES), fake, fresh=True).accepted
    assert seen[-1][1] != nonce


def test_each_process_works_in_a_folder_of_its_own_that_goes(write, fake, monkeypatch):
    seen = []
    real = run_jobs
    monkeypatch.setattr(build, "run_jobs", lambda *a, **k: seen.append(a[2]) or real(*a, **k))
    assert check(write(FILES), fake).accepted
    assert len(seen) == len(set(seen)) == 2
    assert not any(folder.exists() for folder in seen)


def test_a_judge_without_the_nonce_is_not_believed(write, fake, cache):
    fake.mode = "wrong nonce"
    with pytest.raises(LeanFailureError, match="without the text that each must carry"):
        check(write(FILES), fake)
    assert not (cache / "libraries").exists()


@pytest.mark.parametrize("line", [{"event": "done"}, {"event": "done", "nonce": "b"}, {"event": "done", "nonce": None}])
def test_an_event_without_the_nonce_is_a_failure(tmp_path, line):
    path = tmp_path / "events"
    path.write_text('{"event": "lean", "nonce": "a"}\n')
    follower = Follower(path, "a")
    assert follower.new() == [{"event": "lean"}]
    path.write_text(path.read_text() + json.dumps(line) + "\n")
    with pytest.raises(LeanFailureError, match="each must carry"):
        follower.new()


@pytest.mark.parametrize(
    "event",
    [
        {"event": "message", "module": "L"}, {"event": "module", "module": "L", "ok": "yes", "milliseconds": 1},
        {"event": "module", "module": [], "ok": True, "milliseconds": 1}, {"event": "failed"}, {"event": []},
        {"event": "declaration", "module": "L", "name": "x", "milliseconds": "1", "heartbeats": 2},
    ],
    ids=str,
)  # fmt: skip
def test_an_event_that_lacks_what_its_kind_has_is_a_failure_and_no_traceback(tmp_path, event):
    path = tmp_path / "events"
    path.write_text(json.dumps(event) + "\n")
    with pytest.raises(LeanFailureError, match="not an event"):
        Follower(path).new()


def test_only_what_changed_is_elaborated_and_nothing_if_only_the_audit_is_new(write, fake):
    check(write(FILES), fake)
    assert fake.elaborated == ["L.A", "L"]
    check(write(FILES), fake, headlines=["absent"])
    assert len(fake.pids) == 1  # the judge
    assert fake.elaborated == []


def test_a_refused_source_never_reaches_lean(write, fake):
    report = check(write(FILES | {"L.A": "module\nrun_cmd IO.Process.exit 0\n"}), fake)
    assert report.defects[0] == "L/A.lean:2: run_cmd is not allowed in a source"
    assert report.refusal("main") is not None
    assert fake.pids == []


@pytest.mark.parametrize(
    ("name", "before"),
    [("A.b", "A"), ("A", ""), ("«A.b»", ""), ("A.«b.c»", "A"), ("«A.b».c", "«A.b»"), ("A.0.«x»»y»", "A.0")],
)
def test_the_prefix_of_a_name_ends_before_its_last_word_which_may_hold_dots(name, before):
    assert prefix(name) == before
