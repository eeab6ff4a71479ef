"""Mutants of the claims, and the counterexamples to them that ship with the package."""

from dataclasses import replace

import numpy as np
import pytest

from rlhf_numeric import CLAIMS, SHARP_CLAIMS, Verdict
from rlhf_numeric.attacks.campaign import draw
from rlhf_numeric.attacks.hunt import certified_ratio
from rlhf_numeric.attacks.mutant_relation import relation_of, where_changed
from rlhf_numeric.attacks.mutants import UnknownMutantError, mutant, names_of_mutants
from rlhf_numeric.attacks.mutate import is_explained, load_cases, mutate, save_report, stored_reports
from rlhf_numeric.attacks.shrink import find_simple, rounded
from rlhf_numeric.evaluation.case_file import CaseFileError, instance_of, load_case, make_case, replay, save_case
from rlhf_numeric.evaluation.claim import everywhere
from rlhf_numeric.model.sharing import sharing

from .planted import FALSE

pytestmark = pytest.mark.deep

STORED = stored_reports()
SHARP = CLAIMS["variance-bound"]


def test_every_stored_report_is_about_a_claim_and_there_are_many():
    assert set(STORED) <= set(CLAIMS)
    assert sum(len(report.killed) for report in STORED.values()) > 200


@pytest.mark.parametrize("slug", STORED)
def test_a_report_accounts_for_every_mutant_of_the_present_sources(slug):
    report = STORED[slug]
    names = [*(case.mutant for case in report.killed), *report.survived, *report.stillborn]
    assert sorted(names) == sorted(names_of_mutants(CLAIMS[slug])), f"run: rlhf-lemmas mutate {slug} --out …"
    assert is_explained(report)


@pytest.mark.no_cover
@pytest.mark.parametrize("slug", STORED)
def test_every_stored_counterexample_refutes_its_mutant_and_not_the_claim(slug):
    for case in STORED[slug].killed:
        now, reproduced = replay(case, replace(mutant(CLAIMS[slug], case.mutant), id=slug))
        assert reproduced, case.mutant
        assert now.verdict == "violated"
        assert CLAIMS[slug].evaluate(instance_of(case, family=CLAIMS[slug].family)).verdict is not Verdict.VIOLATED


@pytest.mark.parametrize("slug", ["kl-zero-iff", "boltzmann-normalised"])  # an inequality and an identity, both quick
def test_mutating_again_gives_the_stored_report(slug):
    if slug not in STORED:
        pytest.fail(f"no stored report of {slug}")
    again = mutate(CLAIMS[slug])
    assert (again.killed, dict(again.survived)) == (STORED[slug].killed, dict(STORED[slug].survived))


@pytest.mark.no_cover
@pytest.mark.parametrize("kind", FALSE)
def test_a_false_claim_of_each_kind_is_refuted_by_hypothesis_and_shrunk(kind):
    found = find_simple(FALSE[kind], examples=80)
    case = make_case(FALSE[kind], found, found_by="hypothesis")
    assert case.verdict == "violated"
    random = make_case(FALSE[kind], draw(0, 0, rows=1), found_by="chance")
    assert len(str(case.instance)) < len(str(random.instance))


def test_hypothesis_finds_nothing_against_a_true_claim():
    assert find_simple(SHARP, examples=80) is None


def test_mutants_change_what_their_names_say():
    names = names_of_mutants(SHARP)
    assert len(set(names)) == len(names)
    batch = draw(0, 1, rows=20)
    (lhs, rhs), (same, half) = SHARP.sides(batch), mutant(SHARP, "rhs × 0.5").sides(batch)
    np.testing.assert_array_equal(lhs, same)
    np.testing.assert_array_equal(rhs * 0.5, half)
    bound = mutant(SHARP, "variance_bound: bound * bound → bound").sides(batch)[1]
    np.testing.assert_allclose(bound**2, rhs, rtol=1e-12)


def test_a_claim_with_a_hypothesis_has_a_mutant_without_it():
    claim = CLAIMS["stationary-is-optimal"]
    assert mutant(claim, "hypotheses ignored").applicable is everywhere
    assert "hypotheses ignored" not in names_of_mutants(SHARP)


@pytest.mark.parametrize("slug", CLAIMS)
def test_every_claim_can_be_mutated_in_its_source(slug):
    names = names_of_mutants(CLAIMS[slug])
    if slug != "kl-nonneg" and CLAIMS[slug].sharp_of is None:  # there is nothing to change in it but its sides
        assert any(": " in name for name in names)
    assert mutant(CLAIMS[slug], names[-1]).id == slug


# A probability of exceeding the bound is 0 on most instances, with C/2, too; a planted falsehood shows that C matters.
PROBABILITIES = ("suboptimality-whp-ga-sharp", "suboptimality-whp-sga-sharp")


@pytest.mark.parametrize("slug", SHARP_CLAIMS)
def test_a_claim_with_the_least_constant_is_mutated_in_that_alone(slug):
    claim, batches = SHARP_CLAIMS[slug], [draw(0, chunk, rows=20) for chunk in range(4)]
    assert [name for name in names_of_mutants(claim) if name.startswith("C ×")] == ["C × 0.9", "C × 0.5"]
    assert not any(": " in name for name in names_of_mutants(claim))
    with np.errstate(all="ignore"):
        sides, smaller = ([str(c.sides(batch)) for batch in batches] for c in (claim, mutant(claim, "C × 0.5")))
    assert sides != smaller or slug in PROBABILITIES


def test_helpers_of_a_claim_are_mutated_shared_or_not_but_not_other_claims_nor_hypotheses():
    def functions(slug):
        return {name.split(":")[0] for name in names_of_mutants(CLAIMS[slug]) if ": " in name}

    assert "first_half" in functions("pointwise-gap")  # shared
    assert functions("uniform-stability-generalises") >= {"full_step", "largest_change"}
    assert functions("stationary-is-optimal") == {"stationary_is_optimal"}  # its hypothesis calls _error
    assert "coverage_transfer" not in functions("pointwise-gap")


def test_a_mutated_shared_helper_does_not_get_what_the_original_left():
    claim = CLAIMS["uniform-stability-generalises"]
    other = mutant(claim, "full_step: problem.kl_coef / (bound * bound) → problem.kl_coef")
    batch = draw(0, 3, rows=40)
    with np.errstate(all="ignore"):
        apart = claim.sides(batch), other.sides(batch)
        with sharing(batch):
            together = claim.sides(batch), other.sides(batch), claim.sides(batch)
    assert not np.array_equal(apart[0][1], apart[1][1])
    for sides, expected in zip(together, (apart[0], apart[1], apart[0]), strict=True):
        np.testing.assert_array_equal(sides, expected)


def test_a_mutant_is_compiled_under_no_file_name():
    assert mutant(SHARP, "variance_bound: bound * bound → bound").sides.__code__.co_filename == "<mutant>"


def test_a_hunt_is_confined_to_the_comparisons_that_a_mutant_changes():
    claim = CLAIMS["ga-linear"]
    name = next(name for name in names_of_mutants(claim) if name.startswith("ga_linear: second_order"))
    other = mutant(claim, name)
    for chunk in (0, 3, 6):
        batch = draw(0, chunk, rows=30)
        with np.errstate(all="ignore"):
            whole, changed = other.sides(batch)[0], where_changed(claim, other).sides(batch)[0]
        assert whole.shape == (30, 6)
        np.testing.assert_array_equal(changed, whole[:, 3:])


def test_a_false_mutant_without_the_hypotheses_is_refuted():
    (case,) = (case for case in STORED["stationary-is-optimal"].killed if case.mutant == "hypotheses ignored")
    assert case.verdict == "violated"


def test_where_nothing_is_changed_there_is_nothing_to_climb():
    still = where_changed(SHARP, replace(SHARP, id="same"))
    assert certified_ratio(still, draw(0, 3, rows=9)).max() == -np.inf


@pytest.mark.parametrize(
    ("rhs", "expected"),
    [
        (lambda lhs, rhs: (lhs, rhs), (True, True)),
        (lambda lhs, rhs: (lhs, 2 * rhs), (False, True)),
        (lambda lhs, rhs: (lhs, 0.5 * rhs), (False, False)),
        (lambda lhs, rhs: (2 * lhs, 2 * rhs), (False, False)),
    ],
)
def test_a_mutant_that_the_claim_implies_is_told_from_others(rhs, expected):
    batch = draw(0, 3, rows=50)
    other = replace(SHARP, sides=lambda instance: rhs(*SHARP.sides(instance)))
    relation = relation_of(SHARP.sides(batch), SHARP.applicable(batch), other, batch, other.decide(batch))
    assert (relation.same, relation.implied) == expected


def test_a_counterexample_is_rounded_to_few_bits_and_stays_one():
    claim = FALSE["constant"]
    (row,) = np.flatnonzero(claim.decide(draw(0, 3)).refuted.any(-1))[:1]
    found = draw(0, 3).take(row)
    simple = rounded(claim, found)
    before, after = (make_case(claim, instance, found_by="test") for instance in (found, simple))
    assert before.verdict == after.verdict == "violated"
    assert len(str(after.instance)) < 0.7 * len(str(before.instance))


def test_an_unknown_mutant_is_an_error():
    with pytest.raises(UnknownMutantError, match="were its sources changed"):
        mutant(SHARP, "no such thing")


@pytest.fixture
def stored(tmp_path):
    case = make_case(SHARP, draw(0, 1).take(np.array([3])), found_by="test")
    save_case(case, tmp_path / "case.json")
    return case, tmp_path / "case.json"


def test_a_case_is_read_back_exactly_and_replays(stored):
    case, path = stored
    assert load_case(path) == case == load_cases(path)[0]
    original, again = draw(0, 1).take(np.array([3])), instance_of(load_case(path))
    np.testing.assert_array_equal(again.problem.features, original.problem.features[0])
    np.testing.assert_array_equal(again.weights, original.weights[0])
    assert replay(case, SHARP) == (case, True)


@pytest.mark.parametrize("change", [{"verdict": "violated"}, {"lhs": "0x1p-3"}, {"index": 1}])
def test_a_case_that_says_something_else_does_not_reproduce(stored, change):
    assert replay(replace(stored[0], **change), SHARP)[1] is False


@pytest.mark.parametrize(
    "damage",
    [("{", "["), ('"verdict"', '"judgement"'), ('"holds"', '"fine"'), ("rlhf-lemmas case 1", "rlhf-lemmas case 9")],
)
def test_a_damaged_file_is_refused(stored, damage):
    path = stored[1]
    path.write_text(path.read_text().replace(*damage))
    with pytest.raises(CaseFileError, match=r"case\.json"):
        load_case(path)


def test_a_case_whose_numbers_are_no_instance_is_refused(stored):
    broken = replace(stored[0], instance=stored[0].instance | {"kl_coef": "-0x1p0"})
    with pytest.raises(CaseFileError, match="kl_coef: expected numbers > 0"):
        instance_of(broken)


def test_a_report_is_read_back(tmp_path):
    report = STORED["kl-zero-iff"]
    assert load_cases(save_report(report, tmp_path)) == report.killed
    assert is_explained(report)
    assert not is_explained(replace(report, survived={"x": "undefined: 3 of 4 instances could not be decided"}))
