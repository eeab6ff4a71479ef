"""What the report says in words about the numbers of a row."""

import pytest

from rlhf_proofs.report.numbers import sizes, tightness


def measured(**fields):
    return {"status": "tested", "worst_ratio": None, "worst_gap": None, "largest": None} | fields


def test_sizes_are_said_with_their_words_and_those_that_a_claim_has_not_are_left_out():
    largest = {"prompts": 6, "actions": 1, "features": 6, "sample": 3, "steps": None}
    assert sizes(measured(largest=largest)) == (
        "The largest that were decided, each size by itself: 6 prompts, 1 action, 6 features, samples of 3 prompts."
    )
    assert sizes(measured()) is None


@pytest.mark.parametrize(
    ("ratio", "words"),
    [
        (1.0, "The largest lhs/rhs seen was 1: equality."),
        (1 - 2e-9, "The largest lhs/rhs seen was 1, up to a share of 2e-09: equality."),
        (0.97, "The largest lhs/rhs seen was 0.97: within 3 % of equality."),
        (0.9755416, "The largest lhs/rhs seen was 0.9755: within 2.5 % of equality."),
        (0.6871, "The largest lhs/rhs seen was 0.6871: within 32 % of equality."),
        (0.0452176, "The largest lhs/rhs seen was 0.04522: the right side was at least 22.1 times the left side"),
        (0.0, "The largest lhs/rhs seen was 0: nothing that was tried says how good the constant is."),
    ],
)
def test_the_slack_of_an_inequality_is_said_in_words(ratio, words):
    assert tightness(measured(worst_ratio=ratio), []).startswith(words)


def test_what_is_said_of_the_slack_is_never_too_much():
    for i in range(1, 1000):
        ratio = i / 1000
        said = tightness(measured(worst_ratio=ratio), [])
        if "within" in said:
            assert float(said.split("within ")[1].split(" %")[0]) / 100 >= 1 - ratio - 1e-12
        else:
            assert float(said.split("at least ")[1].split(" times")[0]) <= 1 / ratio * (1 + 1e-12)


@pytest.mark.parametrize(
    ("gap", "words"),
    [(0.0, "equal in all digits"), (5.5e-9, "at least 8 significant digits"), (0.06, "at least 1 significant digit w"),
     (0.5, "that is not excluded is 0.5")],
)  # fmt: skip
def test_how_far_an_identity_is_confirmed_is_said_in_digits(gap, words):
    assert words in tightness(measured(worst_gap=gap), [])


def test_the_tightest_of_check_campaign_hunt_and_figure_counts():
    found = tightness(measured(worst_ratio=0.5), [None, {"worst_ratio": 0.9, "worst_gap": None}, {"worst_ratio": 0.2}])
    assert "0.9: within 10 %" in found


@pytest.mark.parametrize("status", ["refuted", "not-run", "not-applicable"])
def test_nothing_is_said_of_what_is_refuted_or_was_not_measured(status):
    assert tightness(measured(status=status, worst_ratio=0.5), []) is None
    assert tightness(measured(), []) is None
