"""The page that sets a paper beside Lean has every result of it, and every statement whose place is a result of it."""

import re
from itertools import chain

import pytest

from rlhf_proofs import load_table
from rlhf_proofs.table import load_papers

from .conftest import REPOSITORY

PAGE = (REPOSITORY / "docs/paper-2601.16403.md").read_text(encoding="utf-8")
ENTRIES = {entry.id: entry for entry in load_table()}
# Places of other papers name results of theirs.
NUMBERS = {slug: paper.arxiv or "2601.16403" for slug, paper in load_papers().items()}
ABOUT = [e for e in ENTRIES.values() if NUMBERS[e.papers[0]] == "2601.16403"]
VERDICTS = {"same", "sharper", "different", "not done"}
# What the summary of the paper names by number.
RESULTS = ("Definition 1", "Definition 3", "Assumption 5", "Lemma 6", "Theorem 3", "Theorem 5", "Theorem 7", "Remark 2",
           "Open Question 1", "Open Question 2", "Open Question 3")  # fmt: skip
NUMBERED = re.compile(r"(Definition|Assumption|Lemma|Theorem|Remark|Open Question)(s?) (\d+(?:(?:, | and )\d+)*)")


def rows(page):
    """Result, ids and verdict of every row of the tables of a page."""
    tables = re.findall(r"^\| in the paper \|.*\n\| --- .*\n((?:\| .*\n)+)", page, re.MULTILINE)
    cells = (line.strip("|").split("|") for table in tables for line in table.splitlines())
    split = ([c.strip() for c in row] for row in cells)
    return [(result, re.findall(r"`([^`]+)`", ids), verdict) for result, ids, verdict, _ in split]


def results_named(place):
    """Numbered results that a place names: "cf. Theorems 3 and 5" names two."""
    return {f"{kind} {n}" for kind, _, numbers in NUMBERED.findall(place) for n in re.findall(r"\d+", numbers)}


def listed(page):
    """Ids by the numbered result in whose rows they stand."""
    found = {}
    for result, ids, _ in rows(page):
        for name in results_named(result):
            found.setdefault(name, set()).update(ids)
    return found


def missing(page, entries):
    """Pairs of a statement and a result that its place names, in whose rows it does not stand."""
    there = listed(page)
    return [(e.id, name) for e in entries if e.sharp_of is None for name in sorted(results_named(e.paper))
            if e.id not in there.get(name, ())]  # fmt: skip


def test_every_numbered_result_has_a_row_and_nothing_else_is_called_one():
    assert set(listed(PAGE)) == set(RESULTS)


def test_every_row_has_a_verdict_and_statements_that_exist():
    assert len(rows(PAGE)) > len(RESULTS)
    for result, ids, verdict in rows(PAGE):
        assert verdict in VERDICTS, result
        assert ids, result
        assert set(ids) <= set(ENTRIES), result
        assert len(set(ids)) == len(ids), result


def test_every_statement_stands_with_the_results_that_its_place_names():
    assert missing(PAGE, ABOUT) == []


@pytest.mark.parametrize("slug", ["suboptimality-ga", "coverage-tight", "gradient-norm-stability"])
def test_a_statement_that_is_left_out_is_seen(slug):
    assert {found for found, _ in missing(PAGE.replace(f"`{slug}`", ""), ABOUT)} == {slug}


def test_no_statement_about_the_paper_is_left_out():
    """Statements of no numbered result stand on the page, too."""
    ids = set(chain.from_iterable(ids for _, ids, _ in rows(PAGE)))
    paper = {e.id for e in ENTRIES.values() if e.sharp_of is None and e.papers[:1] == ("generalisation",)}
    assert "boltzmann-normalised" in paper
    assert paper - ids == set()
