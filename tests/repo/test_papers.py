"""The page that sets a paper beside Lean has every result of it, and every statement whose place is one."""

import re
from dataclasses import dataclass
from itertools import chain

import pytest

from rlhf_numeric.experiments import EXPERIMENTS
from rlhf_proofs import load_table
from rlhf_proofs.resources import proofs_directory
from rlhf_proofs.table import load_papers

from .conftest import REPOSITORY

ENTRIES = {entry.id: entry for entry in load_table()}
# Places of other papers name results of theirs.
NUMBERS = {slug: paper.arxiv or "2601.16403" for slug, paper in load_papers().items()}
VERDICTS = {"same", "sharper", "different", "not done"}


@dataclass(frozen=True)
class Paper:
    """A paper with a page: its number, the slug of its table, and what is known of it by number."""

    arxiv: str
    slug: str
    results: frozenset[str]

    @property
    def page(self):
        return (REPOSITORY / f"docs/paper-{self.arxiv}.md").read_text(encoding="utf-8")

    @property
    def entries(self):
        """Statements whose places name results of this paper."""
        return [e for e in ENTRIES.values() if NUMBERS[e.papers[0]] == self.arxiv]


FIRST = Paper(
    "2601.16403",
    "generalisation",
    frozenset({"Definition 1", "Definition 3", "Assumption 5", "Lemma 6", "Theorem 3", "Theorem 5", "Theorem 7",
               "Remark 2", "Open Question 1", "Open Question 2", "Open Question 3"}),
)  # fmt: skip
SECOND = Paper("2602.21765", "reward_shift", frozenset({"Theorem 1", "Theorem 2"}))
every_paper = pytest.mark.parametrize("paper", [FIRST, SECOND], ids=lambda paper: paper.slug)
NUMBERED = re.compile(r"(Definition|Assumption|Lemma|Theorem|Remark|Open Question)(s?) (\d+(?:(?:, | and )\d+)*)")


def rows(page):
    """Result, ids and verdict of every row of the tables of a page."""
    tables = re.findall(r"^\| in the paper \|.*\n\| --- .*\n((?:\| .*\n)+)", page, re.MULTILINE)
    cells = (re.split(r"(?<!\\)\|", line.strip("|")) for table in tables for line in table.splitlines())
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


def planned(page):
    """Name and outcome of everything on the list of what was planned."""
    [table] = re.findall(r"^\| part \| planned \| here \|\n\| --- .*\n((?:\| .*\n)+)", page, re.MULTILINE)
    cells = ([c.strip() for c in line.strip("|").split("|")] for line in table.splitlines())
    return {name.strip("`"): (part, outcome) for part, name, outcome in cells}


def declared():
    """Names of the theorems of Lean, without their namespaces."""
    texts = (path.read_text(encoding="utf-8") for path in (proofs_directory() / "RLHF").rglob("*.lean"))
    return {name for text in texts for name in re.findall(r"^theorem (\S+)", text, re.MULTILINE)}


@every_paper
def test_every_numbered_result_has_a_row_and_nothing_else_is_called_one(paper):
    assert set(listed(paper.page)) == paper.results


@every_paper
def test_every_row_has_a_verdict_and_statements_that_exist(paper):
    assert len(rows(paper.page)) > len(paper.results)
    for result, ids, verdict in rows(paper.page):
        assert verdict in VERDICTS, result
        assert ids, result
        assert set(ids) <= set(ENTRIES), result
        assert len(set(ids)) == len(ids), result


@every_paper
def test_every_statement_stands_with_the_results_that_its_place_names(paper):
    assert missing(paper.page, paper.entries) == []


@pytest.mark.parametrize(
    ("paper", "slug"),
    [(FIRST, "suboptimality-ga"), (FIRST, "coverage-tight"), (FIRST, "gradient-norm-stability"),
     (SECOND, "reward-shift"), (SECOND, "clip-tail"), (SECOND, "pac-bayes-catoni")],
)  # fmt: skip
def test_a_statement_that_is_left_out_is_seen(paper, slug):
    assert {found for found, _ in missing(paper.page.replace(f"`{slug}`", ""), paper.entries)} == {slug}


@every_paper
def test_no_statement_about_the_paper_is_left_out(paper):
    """Statements of no numbered result stand on the page, too."""
    ids = set(chain.from_iterable(ids for _, ids, _ in rows(paper.page)))
    own = {e.id for e in ENTRIES.values() if e.sharp_of is None and e.papers[:1] == (paper.slug,)}
    assert {FIRST: "boltzmann-normalised", SECOND: "k3-nonneg"}[paper] in own
    assert own - ids == set()


def test_what_was_planned_is_a_statement_or_a_lemma_or_said_to_be_missing():
    lemmas = declared()
    for name, (_, outcome) in planned(SECOND.page).items():
        codes = re.findall(r"`([^`]+)`", outcome)
        if outcome.startswith("statement "):
            assert codes, name
            assert set(codes) <= set(ENTRIES), name
        elif outcome.startswith("Lean: "):
            assert codes, name
            assert set(codes) <= lemmas, name
        else:
            assert outcome == "not done yet", name
            assert name not in set(ENTRIES), name


def test_every_statement_of_the_second_paper_was_planned():
    own = {e.id for e in ENTRIES.values() if e.sharp_of is None and e.papers[:1] == ("reward_shift",)}
    assert "clip-tail" in own
    assert own <= set(planned(SECOND.page))


def test_the_page_of_the_second_paper_names_the_experiments_on_it():
    [table] = re.findall(r"^\| practical claim \|.*\n\| --- .*\n((?:\| .*\n)+)", SECOND.page, re.MULTILINE)
    cells = [re.split(r"(?<!\\)\|", line.strip("|")) for line in table.splitlines()]
    assert {name.strip() for _, name, *_ in cells} == {
        name for name, experiment in EXPERIMENTS.items() if ".reward_shift." in experiment.measure.__module__
    }
    assert {id for _, _, ids, *_ in cells for id in re.findall(r"`([^`]+)`", ids)} <= set(ENTRIES)
