"""What the numbers cannot see is said with the right factor, in the right direction, or not at all."""

from dataclasses import replace

import pytest

from rlhf_numeric import CLAIMS, run
from rlhf_proofs.ledger.evidence import NumericEvidence, Status
from rlhf_proofs.ledger.gather import numeric_evidence
from rlhf_proofs.ledger.resolution import slack, unseen_factor, unseen_in_words
from rlhf_proofs.table import ClaimEntry

NOTHING = "the numbers say nothing about the constant"


def evidence_of(slug, **found):
    return NumericEvidence(status=Status.TESTED, why="x", claim=slug, **found)


def test_a_constant_too_small_by_less_than_the_factor_passes_and_by_more_is_refuted():
    claim = CLAIMS["log-mgf-bound"]
    factor = unseen_factor(evidence_of(claim.id, worst_ratio=run(claim).worst_ratio), {})
    assert factor == pytest.approx(2, rel=1e-6)

    def with_constant(smaller):
        return replace(claim, sides=lambda i: (claim.sides(i)[0], claim.sides(i)[1] / smaller))

    assert run(with_constant(factor * 0.999)).refuted_by is None
    assert run(with_constant(factor * 1.001)).refuted_by is not None


def test_campaigns_and_hunts_narrow_what_check_leaves_open():
    evidence = evidence_of("pointwise-gap", worst_ratio=0.25)
    assert unseen_factor(evidence, {"campaign": None, "hunt": None}) == 4
    assert unseen_factor(evidence, {"campaign": {"worst_ratio": 0.3}, "hunt": {"worst_ratio": 0.5}}) == 2
    assert unseen_factor(evidence, {"campaign": {"worst_ratio": None}, "hunt": {"worst_ratio": 0.1}}) == 4


@pytest.mark.parametrize("ratio", [None, 0.0, -0.5, 1e-310])
def test_where_the_ratio_says_nothing_the_factor_is_unknown_and_the_words_say_so(ratio):
    evidence = evidence_of("kl-nonneg", worst_ratio=ratio)
    assert unseen_factor(evidence, {}) is None
    assert unseen_in_words(evidence, {}) == NOTHING


def test_a_refuted_claim_has_no_factor():
    evidence = replace(evidence_of("pointwise-gap", worst_ratio=0.5), status=Status.REFUTED)
    assert unseen_factor(evidence, {}) is None


def test_an_identity_is_measured_by_how_closely_its_sides_agree_not_by_their_ratio():
    evidence = evidence_of("gap-identity", worst_gap=1e-9)
    assert unseen_factor(evidence, {"hunt": {"worst_ratio": 0.5}}) == 1 + 1e-9
    assert "above 1e-09" in unseen_in_words(evidence, {})
    assert unseen_in_words(evidence_of("gap-identity"), {}) == NOTHING


def test_the_words_name_the_factor_and_the_ratio():
    words = unseen_in_words(evidence_of("pointwise-gap", worst_ratio=0.3), {})
    assert words == (
        "the numbers could not see a constant too small by a factor of up to 3.333: "
        "a right side smaller by as much passes, too (largest lhs/rhs of all comparisons 0.3)"
    )
    attained = unseen_in_words(evidence_of("ga-bounded", worst_ratio=1.0), {})
    assert attained == "the tightest comparison is attained up to 0e+00; its others are not measured apart"


def test_a_statement_without_numbers_says_so():
    entry = ClaimEntry("kl-nonneg", "t", "g", "p", None, None, "kl-nonneg")
    assert unseen_in_words(numeric_evidence(entry, run=False, instances=1, seed=0), {}) == "no numbers"


def test_check_names_the_statements_whose_constants_are_open_largest_first():
    rows = [
        {"id": "a", "unseen_factor": 2.0},
        {"id": "b", "unseen_factor": 1.0000001},
        {"id": "c", "unseen_factor": None},
        {"id": "d", "unseen_factor": 12.34},
        {"id": "stored before"},
    ]
    assert slack(rows) == "a constant too small by up to the factor given would pass the numbers: d 12.3, a 2"
    assert slack(rows[1:3]) == ""
