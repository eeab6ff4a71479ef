"""The page of open questions says of each what the page of the paper says, and names statements that exist."""

import re

import pytest

from rlhf_proofs import load_table

from .conftest import REPOSITORY
from .test_papers import rows

TEXT = (REPOSITORY / "docs/questions.md").read_text(encoding="utf-8")
PAPER = (REPOSITORY / "docs/paper-2601.16403.md").read_text(encoding="utf-8")
IDS = {entry.id for entry in load_table()}
ASKED = ("Remark 2", "Open Question 1", "Open Question 2", "Open Question 3")


def sections(text):
    """The text below each heading."""
    _, *parts = re.split(r"^## (.*)$", text, flags=re.MULTILINE)
    return dict(zip(parts[::2], parts[1::2], strict=True))


def section(result, text=TEXT):
    (found,) = (words for heading, words in sections(text).items() if heading.startswith(f"{result}:"))
    return found


def slugs(text):
    """Everything in code that could be an id."""
    return set(re.findall(r"`([a-z0-9]+(?:-[a-z0-9]+)+)`", text))


def row(result):
    (found,) = ((ids, verdict) for name, ids, verdict in rows(PAPER) if name.startswith(result))
    return found


def test_every_id_on_the_page_exists():
    assert len(slugs(TEXT)) > 20
    assert slugs(TEXT) - IDS == set()


def test_an_id_that_does_not_exist_would_be_seen():
    assert slugs(TEXT.replace("`sga-rate`", "`sga-rates`")) - IDS == {"sga-rates"}


@pytest.mark.parametrize("result", ASKED)
def test_a_question_has_the_verdict_and_the_statements_of_the_page_of_the_paper(result):
    ids, verdict = row(result)
    assert f"Verdict: **{verdict}**." in section(result)
    assert set(ids) <= slugs(section(result))


def test_no_remark_or_open_question_of_the_page_of_the_paper_is_left_out():
    named = {name.partition(" (")[0] for name, _, _ in rows(PAPER) if name.startswith(("Remark", "Open Question"))}
    assert named == set(ASKED)
    assert {heading.partition(":")[0] for heading in sections(TEXT)} == named | {"Asked here"}


@pytest.mark.parametrize("result", ["Open Question 1", "Open Question 2"])
def test_what_is_not_done_says_what_is_open(result):
    assert "\n- Open: " in section(result)


def test_the_statements_on_non_linear_rewards_are_all_there():
    variants = {e.id for e in load_table() if e.papers[:1] == ("variants",) and e.sharp_of is None}
    assert variants
    assert variants <= slugs(section("Open Question 1"))
