"""A record type is a list of fields: another one goes through every attack, of which none knows it."""

import ast
import inspect
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given

from rlhf_numeric import CLAIMS, Instance, Verdict, random_instances, run
from rlhf_numeric.attacks import campaign, hunt, mutants, mutate, search
from rlhf_numeric.attacks import mutant_relation as relation
from rlhf_numeric.attacks import ratio_ascent as polish
from rlhf_numeric.attacks import shrink as simple
from rlhf_numeric.evaluation import case_file as stored
from rlhf_numeric.evaluation import decide_together as joint
from rlhf_numeric.evaluation import findings as tally  # fmt: skip
from rlhf_numeric.evaluation import schemes, strategies
from rlhf_numeric.evaluation.case_file import CaseFileError, instance_of, load_case, make_case, replay, save_case
from rlhf_numeric.evaluation.claim import inequality
from rlhf_numeric.evaluation.family import Family
from rlhf_numeric.evaluation.fields import Field, Kind
from rlhf_numeric.evaluation.record import Record, Setting


class Lottery(Record):
    """Prizes, their probabilities, a price, and how often one plays."""

    FIELDS = (
        Field("prizes", ("k",), relative=True),
        Field("chances", ("k",), Kind.PROBABILITY),
        Field("price", (), Kind.POSITIVE),
        Field("rounds", (), Kind.COUNT, default=2),
    )


def lotteries(rng, batch, setting):
    prizes, weights = rng.normal(size=(batch, *setting.shape)), rng.exponential(size=(batch, *setting.shape))
    chances = weights / weights.sum(-1, keepdims=True)
    return Lottery(prizes=prizes, chances=chances, price=10 ** rng.uniform(-1, 1, batch), rounds=setting.extent)


LOTTERIES = Family(Lottery, lotteries, small=(Setting((2,), 2), Setting((3,), 2)), large=(Setting((6,), 3),))


@inequality("even-bet", "rounds·E prize ≤ price: false", family=LOTTERIES)
def even_bet(lottery):
    return (lottery.chances * lottery.prizes).sum(-1) * lottery.rounds, lottery.price


def test_a_record_type_of_its_own_goes_through_every_attack(tmp_path):
    origin = run(even_bet, instances=300).refuted_by.origin
    found = search.regenerate(origin, family=LOTTERIES)
    assert even_bet.evaluate(found).verdict is Verdict.VIOLATED
    assert campaign.run_campaign([even_bet], instances=600)["even-bet"].tally.violated > 0
    assert hunt.hunt(even_bet, steps=9).case.verdict == "violated"
    killed = {case.mutant: case for case in mutate.mutate(even_bet).killed}
    assert killed["even_bet: lottery.price → 1.0 / lottery.price"].found_by.startswith("hypothesis, shrunk")
    for small in (simple.find_simple(even_bet), simple.rounded(even_bet, found.take(np.array(0)))):
        case = make_case(even_bet, small, found_by="test")
        save_case(case, tmp_path / "case.json")
        assert replay(load_case(tmp_path / "case.json"), even_bet) == (case, True)
        assert len(str(case.instance)) < len(str(make_case(even_bet, found, found_by="test").instance))


def test_claims_of_two_families_go_through_one_campaign_as_through_their_own():
    claims = [CLAIMS["kl-nonneg"], even_bet, CLAIMS["variance-bound"]]
    together = campaign.run_campaign(claims, instances=520, seed=4)
    assert list(together) == [claim.id for claim in claims]
    for claim in claims:
        assert campaign.run_campaign([claim], instances=520, seed=4)[claim.id] == together[claim.id]


class Taxed(Record):
    """A lottery of a later version, with one more field."""

    FIELDS = (*Lottery.FIELDS, Field("tax", (), default=lambda lottery: lottery.price / 4))


def test_a_record_with_a_field_more_reads_an_old_case_and_the_field_takes_its_default():
    old = make_case(even_bet, simple.find_simple(even_bet), found_by="test")
    assert set(old.instance) == {"prizes", "chances", "price"}  # the count is the usual one
    again = instance_of(old, family=replace(LOTTERIES, record=Taxed))
    assert (again.tax, again.rounds) == (again.price / 4, 2)
    with pytest.raises(CaseFileError, match="unknown tax; expected prizes, chances, price, rounds"):
        instance_of(replace(old, instance=again.flattened().to_hex()), family=LOTTERIES)


@pytest.mark.parametrize(("name", "default"), [("weights", [0.5, 0.5]), ("direction", [1.0]), ("theta_prime", [1.0])])
def test_a_stored_instance_without_an_optional_field_has_its_default(name, default):
    problem = {"features": np.ones((2, 3, 1)), "ref_probs": np.full((2, 3), 1 / 3), "theta_star": np.ones(1)}
    instance = Instance.checked({**problem, "kl_coef": 1.0, "theta": np.zeros(1)})
    stored_fields = {key: x for key, x in instance.flattened().to_hex().items() if key != name}
    np.testing.assert_array_equal(getattr(Instance.from_hex(stored_fields), name), default)


def test_a_stored_instance_without_a_field_that_must_be_there_is_refused():
    case = make_case(CLAIMS["kl-nonneg"], simple.find_simple(even_bet_of_instances()), found_by="test")
    for name in ("theta", "kl_coef"):
        rest = {key: x for key, x in case.instance.items() if key != name}
        with pytest.raises(CaseFileError, match=f"missing {name}; expected features"):
            instance_of(replace(case, instance=rest))


def even_bet_of_instances():
    """A claim on instances that is false nearly everywhere."""
    return replace(CLAIMS["kl-nonneg"], sides=lambda instance: (instance.weights * 0 + 1, instance.weights * 0))


GOOD = {"prizes": np.ones((4, 2)), "chances": np.full(2, 0.5), "price": np.ones(4), "rounds": 2}
BAD = {
    "missing": ({"prizes": None}, TypeError, r"prizes: expected an array of shape \(\.\.\., k\), got None"),
    "unknown": ({"tax": 1.0}, TypeError, "tax: expected the fields prizes, chances, price, rounds"),
    "another size": ({"chances": np.full(4, 0.25)}, ValueError, "chances: expected k = 2 on axis -1"),
    "no probabilities": ({"chances": np.array([0.5, 0.6])}, ValueError, "chances: expected a sum of 1"),
    "not positive": ({"price": np.zeros(4)}, ValueError, "price: expected numbers > 0"),
    "not finite": ({"prizes": np.full((4, 2), np.nan)}, ValueError, "prizes: expected finite numbers"),
    "another batch": ({"price": np.ones(3)}, ValueError, r"batch axes: .*prizes \(4,\), .*price \(3,\)"),
    "a broken count": ({"rounds": 2.5}, TypeError, "rounds: expected int, got 2.5"),
    "a count of nothing": ({"rounds": 0}, ValueError, "rounds: expected an integer ≥ 1, got 0"),
}


@pytest.mark.parametrize(("change", "error", "message"), BAD.values(), ids=BAD)
def test_numbers_that_are_not_of_the_kind_of_a_field_are_refused_by_name(change, error, message):
    Lottery(**GOOD)
    with pytest.raises(error, match=message):
        Lottery(**GOOD | change)


class Square(Record):
    """A table with as many columns as rows."""

    FIELDS = (Field("table", ("k", "k")),)


def test_an_axis_that_a_field_names_twice_has_one_size():
    assert Square(table=np.ones((3, 2, 2))).setting == Setting((2,))
    with pytest.raises(ValueError, match=r"table: expected k = 2 on axis -1, got shape \(2, 3\)"):
        Square(table=np.ones((2, 3)))


LISTS = {
    "a name twice": ((Field("a", ()), Field("a", ("k",))), "fields with names of their own"),
    "a name of a record": ((Field("take", ()),), "fields with names of their own"),
    "two counts": (
        (Field("a", (), Kind.COUNT, 1), Field("b", (), Kind.COUNT, 1)),
        "at most one count, which has a default",
    ),
    "a count without a usual value": ((Field("a", (), Kind.COUNT),), "at most one count, which has a default"),
    "a part that is none": ((Field("a", (), within="owner"),), "fields within its parts"),
}


@pytest.mark.parametrize(("fields", "expected"), LISTS.values(), ids=LISTS)
def test_a_list_of_fields_that_is_none_is_refused_where_it_is_written(fields, expected):
    with pytest.raises(TypeError, match=f"Wrong: expected {expected}, got {fields[0].name}"):
        type("Wrong", (Record,), {"FIELDS": fields})


def test_what_is_derived_from_the_fields_of_an_instance_is_all_of_it():
    batch = random_instances(np.random.default_rng(0), batch=3, shape=(2, 3, 1))
    assert set(batch.to_free()) | {"extent"} == {field.name for field in Instance.FIELDS}
    assert set(batch.to_hex()) == set(batch.to_free())  # the extent is the usual one
    assert batch.setting == Setting((2, 3, 1), batch.extent)
    assert {id(x) for x in batch.owned()} == {id(batch), id(batch.problem), *(id(x) for _, x in batch.arrays())}


ATTACKS = (search, campaign, hunt, mutate, mutants, polish, simple, relation, joint, stored, schemes, tally)
FIELDS = {field.name for field in Instance.FIELDS}
COMMON = {"values", "extent"}  # a method of mappings, and what every setting has


def fields_named(source):
    """Fields of an instance that a text names: as an attribute, variable, argument or string."""
    nodes = list(ast.walk(ast.parse(source)))
    found = {getattr(node, name, None) for node in nodes for name in ("attr", "id", "arg", "value")}
    return {name for name in found if isinstance(name, str)} & FIELDS - COMMON


@pytest.mark.parametrize("module", ATTACKS, ids=lambda module: module.__name__)
def test_no_attack_names_a_field_of_an_instance(module):
    assert fields_named(inspect.getsource(module)) == set()


def test_a_named_field_is_found():
    texts = ("x.theta_star", "features = 1", "f(kl_coef=2)", 'd["probs"]', "def f(theta): pass")
    assert [fields_named(text) for text in texts] == [{"theta_star"}, {"features"}, {"kl_coef"}, {"probs"}, {"theta"}]


@given(strategies.records(Lottery, {"k": 3}, reach={"price": 2}))
def test_what_hypothesis_draws_of_a_record_type_is_of_the_kinds_of_its_fields(lottery):
    assert lottery.setting == Setting((3,), 2)
    assert 0.01 <= lottery.price <= 100
    assert np.abs(lottery.prizes).max() <= 10
    assert (lottery.chances >= 0).all()
    assert lottery.chances.sum() == pytest.approx(1)


@given(strategies.simple_records(LOTTERIES))
def test_simple_records_are_shares_and_small_integers(lottery):
    scale = np.abs(lottery.prizes[lottery.prizes != 0]).min(initial=np.inf)
    assert not np.isfinite(scale) or (lottery.prizes / scale * 6 % 1 == 0).all()
    assert lottery.setting.shape[0] <= 3
    assert lottery.price in (0.125, 0.25, 0.5, 1, 2, 4, 8, 16)
