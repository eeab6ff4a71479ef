"""Checking a library with a Lean that is none: what is rebuilt, what is kept, and what no failure may leave behind."""

import json
import os

import psutil
import pytest

from rlhf_proofs.errors import LeanFailureError
from rlhf_proofs.lean.build import _MODULES_PER_PROCESS, check_library, schedule, split
from rlhf_proofs.lean.library import Module
from rlhf_proofs.lean.process import Limits

FILES = {
    "L": "module\npublic import L.B\npublic import L.C\ntheorem main : True := trivial\n"
    "theorem Demo.main_instance : True := main\n",
    "L.A": "module\ntheorem low : True := trivial\n",
    "L.B": "module\npublic import L.A\ntheorem middle : True := trivial\n",
    "L.C": "module\npublic import L.A\n",
}
SMALL, PATIENT = (Limits(silence=seconds, memory=100 * 2**20) for seconds in (1.0, 30.0))


def check(library, fake, **options):
    hangs = getattr(fake, "mode", "") == "hang"  # else patient: a start alone can take a second
    return check_library(library, fake, limits=SMALL if hangs else PATIENT, **options)


def leftovers(cache):
    return [p.name for p in cache.rglob("*") if p.name.startswith(("stage-", "new-")) or p.suffix == ".tmp"]


def alive(pid):
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_a_good_library_is_accepted_and_answered_from_the_cache_the_second_time(write, fake, cache):
    library = write(FILES)
    seen = []
    first = check(library, fake, progress=lambda *step: seen.append(step))
    assert first.defects == ()
    assert first.refusal("main") is None
    assert (first.toolchain, first.backend, first.replayed, first.cached) == ("Lean 0.fake", "wasm", 4, False)
    steps = [("starting Lean", 0, 4), ("L.A", 1, 4), ("L.B", 2, 4), ("L.C", 3, 4), ("L", 4, 4), ("replaying", 4, 4)]
    assert seen == steps
    assert fake.elaborated == ["L.A", "L.B", "L.C", "L"]
    second = check(library, fake)
    assert second.cached
    assert second.refusal("main") is None
    assert second.theorems == first.theorems
    assert second.seconds == first.seconds
    assert fake.pids == []
    assert leftovers(cache) == []


@pytest.mark.parametrize(
    ("changed", "rebuilt"),
    [("L.A", ["L.A", "L.B", "L.C", "L"]), ("L.B", ["L.B", "L"]), ("L", ["L"])],
)
def test_changing_a_module_rebuilds_it_and_its_dependents_only(write, fake, changed, rebuilt):
    check(write(FILES), fake)
    assert len(fake.elaborated) == 4
    report = check(write({**FILES, changed: FILES[changed] + "theorem added : True := trivial\n"}, root="L"), fake)
    assert fake.elaborated == rebuilt
    assert report.accepted
    assert (report.cached, report.replayed) == (False, 5)
    assert set(report.milliseconds) == set(FILES)


@pytest.mark.parametrize("option", ["fresh", "toolchain", "headlines"])
def test_the_cache_is_not_asked_where_it_must_not_be(write, fake, option):
    library = write(FILES)
    check(library, fake)
    assert fake.elaborated
    if option == "toolchain":
        fake.toolchain = "fake 1"
    report = check(library, fake, fresh=option == "fresh", headlines=["main"] if option == "headlines" else [])
    assert not report.cached
    assert report.accepted
    assert fake.elaborated == ([] if option == "headlines" else ["L.A", "L.B", "L.C", "L"])


BAD = {
    "crash": "exit status 3", "killed": "SIGKILL", "hang": "time limit", "greedy": "memory limit",
    "truncated": "exit status 0", "garbled": "not an event", "silent exit": "exit status 0",
}  # fmt: skip


@pytest.mark.parametrize(("mode", "said"), BAD.items(), ids=BAD)
def test_a_failure_of_lean_leaves_nothing_that_reads_as_accepted(write, fake, cache, mode, said):
    library = write(FILES)
    fake.mode = mode
    with pytest.raises(LeanFailureError, match=said):
        check(library, fake)
    assert [p for p in cache.rglob("*") if p.is_file()] == []
    assert leftovers(cache) == []
    assert not [p for p in fake.pids if alive(p)]
    fake.mode = "good"
    assert fake.elaborated == []
    assert not check(library, fake).cached
    assert len(fake.elaborated) == 4


def test_a_driver_that_failed_is_a_defect_and_is_not_remembered(write, fake):
    library = write({"L": FILES["L.A"]})
    fake.mode = "failed"
    report = check(library, fake)
    assert any("the Lean driver stopped: no such file" in d for d in report.defects)
    fake.mode = "good"
    assert not check(library, fake).cached


def test_a_module_with_an_error_is_not_kept_and_those_below_it_are(write, fake):
    library = write(FILES | {"L.B": FILES["L.B"] + "-- wrong\n"})
    report = check(library, fake)
    assert report.defects[0] == "L/B.lean:1:0: error: it is wrong"
    assert report.refusal("low") is not None
    assert fake.elaborated == ["L.A", "L.B", "L.C", "L"]
    assert not check(library, fake).accepted
    assert fake.elaborated == ["L.B", "L"]
    assert check(write(FILES), fake).accepted
    assert fake.elaborated == ["L.B", "L"]


def test_an_unreached_module_is_a_defect_though_the_rest_comes_from_the_cache(write, fake):
    check(write(FILES), fake)
    report = check(write({"L.New": "module\n"}, root="L"), fake)
    assert report.cached
    assert "L/New.lean is not reached" in report.refusal("main")


def entries(cache, name):
    found = [p for p in cache.rglob(name) if p.is_file()]
    assert found
    return found


def truncate(path):
    path.write_bytes(path.read_bytes()[:-5])


def forge(path):
    """Change what is stored without changing its form."""
    stored = json.loads(path.read_text())
    path.write_text(json.dumps(stored | {"events": stored["events"][:-1]}))


def empty(path):
    path.write_text("[]")


@pytest.mark.parametrize("damage", [truncate, forge, empty])
@pytest.mark.parametrize("everything", [False, True], ids=["answer", "answer and modules"])
def test_a_damaged_cache_file_is_ignored(write, fake, cache, damage, everything):
    library = write(FILES)
    check(library, fake)
    assert fake.elaborated
    for path in entries(cache, "*.json"):
        if everything or path.parent.name == "libraries":
            damage(path)
    report = check(library, fake)
    assert report.refusal("main") is None
    assert not report.cached
    assert fake.elaborated == (["L.A", "L.B", "L.C", "L"] if everything else [])


@pytest.mark.parametrize("damage", [truncate, os.remove])
def test_a_damaged_olean_is_built_again(write, fake, cache, damage):
    check(write(FILES), fake)
    assert len(fake.elaborated) == 4
    for olean in entries(cache, "module.olean"):
        if "theorem low" in olean.read_text():
            damage(olean)
    report = check(write(FILES | {"L": FILES["L"] + "-- changed\n"}), fake)
    assert report.accepted
    assert report.replayed == 4
    assert fake.elaborated == ["L.A", "L"]


def test_ctrl_c_keeps_what_is_finished_and_leaves_no_process_and_no_stage(write, fake, cache):
    library = write(FILES)

    def interrupt(what, _done, _total):
        if what == "L.B":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        check(library, fake, progress=interrupt)
    assert leftovers(cache) == []
    assert fake.elaborated[:2] == ["L.A", "L.B"]
    report = check(library, fake)
    assert not report.cached
    assert report.accepted
    assert fake.elaborated == ["L.C", "L"]


def test_ctrl_c_stops_a_process_that_is_busy_though_the_traceback_lives(write, fake, cache):
    """The traceback holds the frames of the check; a process must not live as long as they do."""
    busy = []

    def interrupt(what, _done, _total):
        if what == "L":
            busy.extend(p for p in fake.pids if alive(p))
            raise KeyboardInterrupt

    fake.mode = "busy"
    with pytest.raises(KeyboardInterrupt) as caught:
        check_library(write({"L": FILES["L.A"]}), fake, limits=Limits(), progress=interrupt)
    assert caught.tb is not None
    assert len(busy) == 1
    assert not alive(busy[0])
    assert leftovers(cache) == []


def big(name, *imports, size=30_000):
    return Module(name, None, imports, "x" * size)


CHAIN = [big("A"), big("B", "A"), big("C", "A"), big("D", "B", "C"), big("E", "A")]


def names(plans):
    return [[m.name for m in plan] for plan in plans]


def test_a_schedule_has_each_missing_module_once_and_each_worker_keeps_the_import_order():
    plans = names(schedule(CHAIN, set(), 2))
    assert sorted(name for plan in plans for name in plan) == ["A", "B", "C", "D", "E"]
    assert len(plans) == 2
    order = [m.name for m in CHAIN]
    for plan in plans:
        assert plan == sorted(plan, key=order.index)


def test_a_schedule_distributes_what_does_not_depend_on_each_other():
    plans = names(schedule(CHAIN, set(), 2))
    worker = {name: i for i, plan in enumerate(plans) for name in plan}
    assert worker["B"] != worker["C"]


def test_a_schedule_leaves_out_what_is_cached_and_one_worker_is_enough_for_little():
    assert names(schedule(CHAIN, {"A", "B", "C", "E"}, 2)) == [["D"]]
    assert names(schedule([big("A", size=10), big("B", size=10)], set(), 2)) == [["A", "B"]]
    assert names(schedule(CHAIN, {m.name for m in CHAIN}, 2)) == [[]]


def test_a_chain_keeps_one_worker_only():
    chain = [big("A"), big("B", "A"), big("C", "B")]
    assert names(schedule(chain, set(), 2)) == [["A", "B", "C"]]


def test_two_processes_build_a_large_library_together(write, fake, monkeypatch):
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    padding = "-- " + "x" * 30_000 + "\n"
    library = write({name: text + padding for name, text in FILES.items()})
    report = check(library, fake)
    assert report.accepted
    assert report.replayed == 4
    assert len(fake.pids) == 4  # two that elaborate, two that judge
    assert sorted(fake.elaborated) == ["L", "L.A", "L.B", "L.C"]


def test_a_plan_is_cut_into_the_fewest_nearly_equal_parts():
    plan = list(range(2 * _MODULES_PER_PROCESS + 3))
    parts = split(plan)
    assert [len(part) for part in parts] == [41, 41, 41]
    assert [i for part in parts for i in part] == plan
    assert split(plan[:_MODULES_PER_PROCESS]) == [plan[:_MODULES_PER_PROCESS]]
    assert split([]) == []
