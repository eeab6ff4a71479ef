import json
from dataclasses import asdict, replace

import numpy as np
import pytest

from rlhf_numeric import CLAIMS, InstanceSeed, Verdict, merge, regenerate, run
from rlhf_numeric.attacks.search import CHUNK

SHARP = CLAIMS["variance-bound"]
FALSE = replace(SHARP, sides=lambda instance: SHARP.sides(instance)[::-1])


def findings(tally):
    return {key: value for key, value in asdict(tally).items() if key != "seconds"}


@pytest.mark.parametrize("claim", [SHARP, FALSE, CLAIMS["gap-identity"]], ids=["true", "false", "identity"])
def test_the_seed_determines_the_findings_whatever_the_batch(claim):
    whole = findings(run(claim, instances=300, seed=3, ball_rows=40))
    assert whole == findings(run(claim, instances=300, seed=3, ball_rows=40))
    assert whole == findings(run(claim, instances=300, seed=3, ball_rows=40, batch=17))
    assert whole != findings(run(claim, instances=300, seed=4, ball_rows=40))


def test_a_search_split_over_workers_merges_to_the_whole():
    first = run(SHARP, instances=2 * CHUNK, seed=5)
    second = run(SHARP, instances=CHUNK, seed=5, first_chunk=2)
    assert findings(merge(first, second)) == findings(run(SHARP, instances=3 * CHUNK, seed=5))


def test_tallies_of_different_claims_do_not_merge():
    with pytest.raises(ValueError, match="variance-bound"):
        merge(run(SHARP, instances=1), run(CLAIMS["kl-nonneg"], instances=1))


@pytest.mark.parametrize("slug", ["variance-bound", "gradient-cocoercive", "kernel-invariant"])
def test_the_search_reaches_near_equality_of_a_sharp_claim(slug):
    assert 0.999 < run(CLAIMS[slug], instances=2000).worst_ratio <= 1


def test_the_worst_instance_can_be_drawn_again():
    tally = run(SHARP, instances=500, seed=2)
    decision = SHARP.decide(regenerate(tally.worst_instance_seed))
    assert np.nanmax(decision.ratio) == tally.worst_ratio


def test_a_counterexample_can_be_stored_and_replayed():
    found = json.loads(json.dumps(asdict(run(FALSE, instances=200, seed=1))))["refuted_by"]
    assert found["claim"] == SHARP.id
    assert found["origin"][3] == "search"
    instance = regenerate(InstanceSeed(*found["origin"]))
    evaluation = FALSE.evaluate(instance)
    assert evaluation.verdict is Verdict.VIOLATED
    assert evaluation.lhs[0, found["index"]] == found["lhs"]


def test_rows_over_the_limit_of_ball_arithmetic_are_counted_as_undecided():
    tally = run(FALSE, instances=300, ball_rows=10)
    assert 0 < tally.violated <= 10
    assert tally.unsettled > 100
    assert tally.undecided >= tally.unsettled


def test_vacuous_instances_are_counted_and_give_no_evidence():
    nowhere = replace(SHARP, applicable=lambda instance: np.zeros(instance.batch_shape, bool))
    tally = run(nowhere, instances=50)
    assert (tally.vacuous, tally.worst_ratio, tally.worst_instance_seed) == (50, None, None)


def test_an_absent_measurement_is_none():
    identity, inequality = run(CLAIMS["gap-identity"], instances=100), run(SHARP, instances=100)
    assert identity.worst_ratio is None
    assert 0 < identity.worst_gap < 1e-6
    assert inequality.worst_gap is None


def test_progress_adds_up():
    steps = []
    run(SHARP, instances=300, progress=steps.append)
    assert sum(steps) == 300
    assert len(steps) > 1


@pytest.mark.parametrize("bad", [{"instances": 0}, {"batch": 0}])
def test_an_empty_search_is_refused(bad):
    with pytest.raises(ValueError, match="expected an integer ≥ 1, got 0"):
        run(SHARP, **bad)
