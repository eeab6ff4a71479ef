"""Seeds draw what they always drew, and a fixed share of the instances is large."""

from dataclasses import replace

import numpy as np
import pytest

from rlhf_numeric import CLAIMS, InstanceSeed, merge, random_instances, regenerate, run
from rlhf_numeric.attacks.campaign import draw, run_campaign
from rlhf_numeric.evaluation.case_file import instance_of, load_case, make_case, replay, save_case
from rlhf_numeric.evaluation.instance import Extent, Instance
from rlhf_numeric.evaluation.instance_family import CORNERS, LARGEST, large_setting
from rlhf_numeric.evaluation.record import Sizes
from rlhf_numeric.evaluation.schemes import CHUNK, ROWS, drawn, parts
from strategies import ON_INSTANCES

# what came out when the schemes had no names, and when the large ones were new: a stored seed means this for ever
REMEMBERED = {
    InstanceSeed(0, 3, 7): ((2, 4, 3), -3.661430113091307, 0.7005076786098281, 7.701690613238263),
    InstanceSeed(5, 0, 120): ((3, 4, 1), -2.852076311239192, 0.19811160474910217, 0.14517579788565654),
    InstanceSeed(0, 3, 7, "campaign"): ((3, 4, 2), -2.242238729765652, -0.6687290462334723, 0.43401361030903524),
    InstanceSeed(1, 40, 127, "campaign"): ((2, 4, 1), 1.6154169983312787, -1.422101670850092, 265606.8779524104),
    InstanceSeed(0, 0, 7, "large search"): ((6, 6, 6), -6.266301404591009, 3.39156066685749, 82353.2754116254),
    InstanceSeed(3, 7, 0, "large campaign"): ((2, 3, 6), 0.9309271390109153, 4.046974685085938, 3.009843459530614),
}


@pytest.mark.parametrize(("origin", "remembered"), REMEMBERED.items(), ids=str)
def test_a_stored_seed_draws_the_instance_that_it_always_drew(origin, remembered):
    shape, *sums = remembered
    instance = regenerate(origin)
    assert instance.problem.features.shape[1:] == shape
    found = instance.values.sum(), instance.theta.sum(), instance.problem.kl_coef.sum()
    np.testing.assert_allclose(found, sums, rtol=1e-9)


def test_a_seed_of_a_campaign_is_not_taken_for_one_of_a_search():
    tally = run_campaign([CLAIMS["variance-bound"]], instances=ROWS, seed=2)["variance-bound"].tally
    origin = tally.worst_instance_seed
    assert origin.scheme == "campaign"
    assert (regenerate(origin).theta == draw(origin.seed, origin.chunk).take(np.array([origin.row])).theta).all()
    assert np.nanmax(CLAIMS["variance-bound"].decide(regenerate(origin)).ratio) == tally.worst_ratio


def test_an_unknown_scheme_is_refused_and_the_known_ones_are_named():
    with pytest.raises(ValueError, match="scheme: expected one of search, campaign, large search, large campaign, got"):
        regenerate(InstanceSeed(0, 0, 0, "other"))


@pytest.mark.parametrize(("scheme", "rows", "large"), [("search", CHUNK, 12), ("campaign", ROWS, 51)])
def test_a_tenth_of_every_chunk_is_large_and_seeds_address_its_rows(scheme, rows, large):
    found = list(parts(scheme, 4, 1, rows))
    assert [part.batch_shape for part, _ in found] == [(rows - large,), (large,)]
    for part, origin in found:
        assert (part.take(np.array([3])).theta == regenerate(origin._replace(row=3)).theta).all()
    assert len(list(parts(scheme, 4, 1, rows - large))) == 1
    assert [part.batch_shape for part, _ in parts(scheme, 4, 1, rows - large + 5)] == [(rows - large,), (5,)]


def test_large_instances_reach_every_size_alone_and_all_together():
    rng = np.random.default_rng(0)
    settings = [large_setting(chunk, rng) for chunk in range(400)]
    assert set(settings) >= set(CORNERS)
    assert settings[0].shape == (LARGEST,) * 3
    for axis in range(3):
        assert {setting.shape[axis] for setting in settings} == set(range(1, LARGEST + 1))
    assert {setting.extent.steps for setting in settings} == {4, 5, 6}
    assert {setting.extent.sample for setting in settings} == {2, 3}
    small = [
        s for s in settings if s.shape <= (3, 4, 3) and all(a <= b for a, b in zip(s.shape, (3, 4, 3), strict=True))
    ]
    assert all(setting in CORNERS for setting in small)


def test_check_draws_two_thousand_instances_of_which_a_stated_number_is_large():
    tally = run(CLAIMS["variance-bound"])
    assert (tally.instances, tally.large) == (2000, 15 * 12)


def with_extent(instance, extent):
    """The same instances, taken further."""
    names = ("theta_prime", "direction", "probs", "values", "weights")
    return Instance(instance.problem, instance.theta, **{n: getattr(instance, n) for n in names}, extent=extent)


@pytest.mark.parametrize("claim", ON_INSTANCES, ids=lambda claim: claim.id)
def test_what_a_claim_says_of_its_extent_is_what_its_sides_depend_on(claim):
    batch = random_instances(np.random.default_rng(0), batch=3, shape=(2, 2, 2))

    def sides(sample, steps):
        with np.errstate(all="ignore"):
            return [
                np.broadcast_to(side, side.shape).tolist()
                for side in claim.sides(with_extent(batch, Extent(sample, steps)))
            ]

    assert (str(sides(3, 3)) != str(sides(2, 3))) == claim.samples
    assert (str(sides(2, 6)) != str(sides(2, 3))) == (claim.steps is not None)


def test_the_largest_sizes_are_those_of_decided_instances():
    claim = CLAIMS["ga-rate"]
    assert run(claim, instances=60).largest == Sizes(*claim.sizes(drawn("search", 0, 0)))
    whole = run(claim)
    assert whole.largest == Sizes(prompts=6, actions=6, features=6, sample=None, steps=6)
    assert run(CLAIMS["concentration-mean"]).largest.sample == 3
    assert run(CLAIMS["kl-nonneg"]).largest == Sizes(6, 6, 6, None, None)


def test_the_sizes_of_undecided_instances_do_not_count():
    claim = CLAIMS["ga-rate"]
    nowhere = replace(claim, applicable=lambda instance: np.zeros(instance.batch_shape, bool))
    assert run(nowhere, instances=300).largest is None
    only_small = replace(claim, applicable=lambda i: np.full(i.batch_shape, i.extent == Extent()))
    tally = run(only_small, instances=300)
    assert tally.large == 24
    assert tally.largest.steps == 3
    assert merge(run(nowhere, instances=1), tally).largest == tally.largest


def test_an_instance_with_an_extent_is_stored_and_read_back(tmp_path):
    claim, large = CLAIMS["concentration-mean"], drawn("large search", 0, 2).take(np.array([3]))
    case = make_case(claim, large, found_by="test")
    save_case(case, tmp_path / "case.json")
    again = load_case(tmp_path / "case.json")
    assert instance_of(again).extent == large.extent != Extent()
    assert replay(again, claim)[1]


@pytest.mark.parametrize(
    ("extent", "error"),
    [((2, 3), TypeError), (Extent(2.0, 3), TypeError), (Extent(0, 3), ValueError), (Extent(2, 2), ValueError)],
)
def test_an_extent_that_is_none_is_refused(extent, error):
    small = draw(0, 0, rows=1)
    with pytest.raises(error, match="extent: expected"):
        Instance(small.problem, small.theta, extent=extent)
