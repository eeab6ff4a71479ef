import json
import os
import signal
import subprocess
import sys
from dataclasses import asdict, replace

import numpy as np
import pytest

from rlhf_numeric import CLAIMS, Verdict
from rlhf_numeric.attacks import campaign as campaign_module
from rlhf_numeric.attacks.campaign import (
    ROWS,
    CampaignFileError,
    Plan,
    Progress,
    draw,
    load_progress,
    run_campaign,
    save_progress,
    sources_digest,
)
from rlhf_numeric.evaluation.case_json import sealed
from rlhf_numeric.parallel.workers import WorkerError, spread

from .planted import FALSE

FEW = [CLAIMS[slug] for slug in ("variance-bound", "kl-nonneg", "gap-identity")]
MANY_ROWS = 3 * ROWS + 100


@pytest.fixture(scope="module")
def whole():
    return run_campaign(FEW, instances=MANY_ROWS, seed=3)


@pytest.mark.parametrize("kind", FALSE)
def test_a_false_claim_of_each_kind_is_refuted(kind):
    found = run_campaign([FALSE[kind]], instances=ROWS)[FALSE[kind].id].tally
    assert found.refuted_by is not None
    origin = found.refuted_by.origin
    instance = draw(origin.seed, origin.chunk).take(np.array([origin.row]))
    assert FALSE[kind].evaluate(instance).verdict is Verdict.VIOLATED


def test_the_true_claims_are_not_refuted(whole):
    for finding in whole.values():
        tally = finding.tally
        assert (tally.instances, tally.violated, tally.seconds) == (MANY_ROWS, 0, 0)
        assert tally.unsettled == 0 or tally.claim == "gap-identity"


def test_the_limit_on_balls_leaves_rows_unsettled_and_without_it_none_are():
    identity = FEW[2:]
    limited, full = (run_campaign(identity, instances=ROWS, ball_rows=n)["gap-identity"].tally for n in (5, ROWS))
    assert limited.unsettled > 5 > full.unsettled == 0
    assert limited.undecided - limited.unsettled <= full.undecided


def test_the_findings_do_not_depend_on_the_number_of_processes(whole):
    assert run_campaign(FEW, instances=MANY_ROWS, seed=3, workers=2) == whole


def test_the_findings_do_not_depend_on_the_other_claims(whole):
    alone = run_campaign(FEW[2:], instances=MANY_ROWS, seed=3)
    assert alone == {FEW[2].id: whole[FEW[2].id]}


def test_another_seed_gives_other_findings(whole):
    assert run_campaign(FEW, instances=MANY_ROWS, seed=4) != whole


def test_chunks_that_come_in_any_order_are_counted_once_and_give_the_same():
    plan = Plan(("kl-nonneg",), 4 * ROWS, 0, ROWS, sources_digest())
    found = {k: campaign_module.measure_chunk([CLAIMS["kl-nonneg"]], 0, k, ROWS) for k in range(4)}
    results = []
    for order in ((0, 1, 2, 3), (3, 1, 0, 2)):
        state = Progress(plan, 0, (), {})
        for k in order:
            assert k in state.missing()
            state.add(k, found[k])
        assert (state.merged, state.pending, state.missing()) == (4, {}, [])
        results.append(state.findings)
    assert results[0] == results[1]
    assert results[0][0].tally.instances == 4 * ROWS


def test_the_histogram_counts_each_decided_instance_once(whole):
    tally, histogram = whole["variance-bound"].tally, whole["variance-bound"].histogram
    assert 0 < sum(histogram) <= tally.instances
    assert histogram[-1] > 0  # near equality
    agreeing = whole["gap-identity"].histogram
    assert sum(agreeing[:7]) == 0  # at least half of the digits of a float
    assert sum(agreeing) > 0


def test_a_campaign_stopped_in_the_middle_goes_on_where_it_was(tmp_path, monkeypatch, whole):
    file, real = tmp_path / "progress.json", campaign_module.measure_chunk

    def interrupted(claims, seed, chunk, *rest):
        if chunk == 2:
            raise KeyboardInterrupt
        return real(claims, seed, chunk, *rest)

    monkeypatch.setattr(campaign_module, "measure_chunk", interrupted)
    with pytest.raises(KeyboardInterrupt):
        run_campaign(FEW, instances=MANY_ROWS, seed=3, resume=file)
    again = []

    def counted(claims, seed, chunk, *rest):
        again.append(chunk)
        return real(claims, seed, chunk, *rest)

    monkeypatch.setattr(campaign_module, "measure_chunk", counted)
    assert run_campaign(FEW, instances=MANY_ROWS, seed=3, resume=file) == whole
    assert again == [2, 3]
    assert run_campaign(FEW, instances=MANY_ROWS, seed=3, resume=file) == whole
    assert again == [2, 3]


KILLED = """
import os, signal, sys
from pathlib import Path
from rlhf_numeric import CLAIMS
from rlhf_numeric.attacks.campaign import run_campaign

def stop(done):
    if done >= 1024:
        print(os.getpid(), flush=True)
        os.kill(os.getpid(), signal.SIGKILL)

if __name__ == "__main__":
    claims = [CLAIMS[slug] for slug in sys.argv[3:]]
    run_campaign(claims, instances=int(sys.argv[2]), seed=3, workers=2, resume=Path(sys.argv[1]), progress=stop)
"""


def test_a_kill_in_the_middle_loses_nothing_and_leaves_no_process(tmp_path, whole):
    script, file = tmp_path / "killed.py", tmp_path / "progress.json"
    script.write_text(KILLED)
    arguments = [sys.executable, script, file, MANY_ROWS, *(claim.id for claim in FEW)]
    ended = subprocess.run([str(a) for a in arguments], capture_output=True, text=True, timeout=300)
    assert ended.returncode == -signal.SIGKILL, ended.stderr  # and run() returned: no worker holds the pipes any more
    stored = json.loads(file.read_text())
    assert 0 < stored["merged"] + len(stored["pending"]) < 4
    assert run_campaign(FEW, instances=MANY_ROWS, seed=3, resume=file) == whole


@pytest.fixture
def kept(tmp_path):
    file = tmp_path / "progress.json"
    run_campaign(FEW[1:2], instances=10, seed=3, resume=file)
    return file


@pytest.mark.parametrize("damage", ["{", "[]", "{}", '{"sha256": 1, "format": "other"}', ""])
def test_a_foreign_or_cut_off_file_is_refused(kept, damage):
    kept.write_text(damage)
    with pytest.raises(CampaignFileError, match="damaged or foreign file; delete it"):
        run_campaign(FEW[1:2], instances=10, seed=3, resume=kept)


def test_a_changed_digit_is_noticed(kept):
    text = kept.read_text()
    changed = text.replace('"instances": 10, "vacuous": 0', '"instances": 11, "vacuous": 0')
    assert changed != text
    kept.write_text(changed)
    with pytest.raises(CampaignFileError, match="damaged"):
        run_campaign(FEW[1:2], instances=10, seed=3, resume=kept)


@pytest.mark.parametrize(
    ("claims", "options", "what"),
    [
        (FEW[1:2], {"seed": 4}, "seed"),
        (FEW[1:2], {"instances": 11}, "instances"),
        (FEW[:2], {}, "claims"),
        (FEW[1:2], {"ball_rows": 1}, "ball_rows"),
    ],
)
def test_another_campaign_is_refused_and_the_difference_is_named(kept, claims, options, what):
    with pytest.raises(CampaignFileError, match=f"with other {what} "):
        run_campaign(claims, **{"instances": 10, "seed": 3, "resume": kept} | options)


def test_findings_of_other_sources_are_refused(kept, monkeypatch):
    monkeypatch.setattr(campaign_module, "sources_digest", lambda: "0" * 64)
    with pytest.raises(CampaignFileError, match="with other sources"):
        run_campaign(FEW[1:2], instances=10, seed=3, resume=kept)


def test_what_is_saved_is_read_back(tmp_path):
    plan = Plan(("objective-range",), 3 * ROWS, 0, ROWS, sources_digest())
    found = campaign_module.measure_chunk([FALSE["constant"]], 0, 0, ROWS)
    assert found[0].tally.refuted_by is not None
    state = Progress(plan, 1, found, {2: found})
    save_progress(tmp_path / "x.json", state)
    assert asdict(load_progress(tmp_path / "x.json", plan)) == asdict(state)
    assert [p.name for p in tmp_path.iterdir()] == ["x.json"]


@pytest.mark.parametrize(
    ("options", "message"),
    [({"instances": 0}, "instances"), ({"seed": -1}, "seed"), ({"workers": 0}, "workers: expected an integer")],
)
def test_bad_arguments_are_named(options, message):
    with pytest.raises(ValueError, match=message):
        run_campaign(FEW, **{"instances": 1} | options)


def test_claims_must_be_there_once_and_known_to_other_processes():
    for claims in ([], FEW[:1] * 2):
        with pytest.raises(ValueError, match="claims"):
            run_campaign(claims, instances=1)
    with pytest.raises(ValueError, match="workers: expected 1"):
        run_campaign([replace(FEW[0])], instances=1, workers=2)


def half(x):
    if x == 13:
        raise ValueError("unlucky")
    if x == 14:
        os.kill(os.getpid(), signal.SIGKILL)
    return x / 2


def test_every_task_is_done_once_by_some_worker():
    assert sorted(spread(half, range(7), workers=2)) == [(x, x / 2) for x in range(7)]
    assert list(spread(half, [4], workers=3)) == [(4, 2.0)]


@pytest.mark.parametrize(("task", "message"), [(13, "ValueError: unlucky"), (14, "died")])
def test_a_worker_that_fails_or_dies_is_an_error(task, message):
    with pytest.raises(WorkerError, match=message):
        list(spread(half, [task], workers=1))


@pytest.mark.parametrize(
    "change",
    [
        lambda body: body.update(merged=-1),
        lambda body: body.update(merged=2),
        lambda body: body.update(findings=[]),
        lambda body: body["pending"].update({"0": body["findings"]}),
        lambda body: body["pending"].update({"x": body["findings"]}),
        lambda body: body["findings"][0].update(histogram=[1]),
        lambda body: body["findings"][0]["tally"].update(claim="gap-identity"),
        lambda body: body["findings"][0]["tally"].update(worst_instance_seed=[3, 7, 0, "campaign"]),
        lambda body: body["findings"][0]["tally"].update(worst_instance_seed=[-3, 0, 0, "campaign"]),
    ],
)
def test_progress_that_is_not_that_of_its_plan_is_refused_though_its_digest_fits(kept, change):
    body = {name: value for name, value in json.loads(kept.read_text()).items() if name != "sha256"}
    change(body)
    kept.write_text(json.dumps(sealed(body)))
    with pytest.raises(CampaignFileError, match="got findings on other chunks; this is a damaged or foreign file"):
        run_campaign(FEW[1:2], instances=10, seed=3, resume=kept)
