"""The page that sets a paper beside Lean has every result of it, and every statement whose place is one."""

import re
from dataclasses import dataclass
from itertools import chain

import pytest

from rlhf_proofs import load_table
from rlhf_proofs.resources import proofs_directory
from rlhf_proofs.table import load_papers

from .conftest import REPOSITORY

ENTRIES = {entry.id: entry for entry in load_table()}
# Places of other papers name results of theirs.
NUMBERS = {slug: paper.arxiv or "2601.16403" for slug, paper in load_papers().items()}
VERDICTS = {"same", "sharper", "different", "not done"}


# Statements of the second paper that are made at the same time as its page.
AWAITED = """
reward-error-identity reward-error-second-order reward-error-lower gap-triangle reward-error-range
reward-error-transfer reward-error-training preference-affinity preference-affinity-lower preference-mle
preference-to-policy
clip-threshold-optimal clip-threshold-exists clip-threshold-monotone threshold-grid holder-two
budget-bound budget-bound-unimodal budget-variance budget-variance-integer budget-preferences budget-preferences-fast
lyapunov-discrete ar1-stationary ou-vs-ar1 gauss-kl gauss-kl-diagonal gauss-prior-optimal logdet-trace
donsker-varadhan pac-bayes-catoni pac-bayes-grid pac-bayes-mcallester pac-bayes-rlhf kl-uniform finite-class
finite-class-selection kl-data-processing
two-level-mean two-level-variance two-level-chebyshev two-level-mgf two-level-hoeffding two-level-confidence
two-level-union two-level-bernstein chernoff three-term-bound paper-theorem-1
"""


@dataclass(frozen=True)
class Paper:
    """A paper with a page: its number, the slug of its table, and what is known of it by number."""

    arxiv: str
    slug: str
    results: frozenset[str]
    awaited: frozenset[str] = frozenset()  # Statements that the page need not have yet.

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
SECOND = Paper("2602.21765", "reward_shift", frozenset({"Theorem 1"}), frozenset(AWAITED.split()))
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
    assert [(slug, name) for slug, name in missing(paper.page, paper.entries) if slug not in paper.awaited] == []


@pytest.mark.parametrize(
    ("paper", "slug"),
    [(FIRST, "suboptimality-ga"), (FIRST, "coverage-tight"), (FIRST, "gradient-norm-stability"),
     (SECOND, "reward-shift"), (SECOND, "clip-tail")],
)  # fmt: skip
def test_a_statement_that_is_left_out_is_seen(paper, slug):
    left_out = {found for found, _ in missing(paper.page.replace(f"`{slug}`", ""), paper.entries)}
    assert left_out - paper.awaited == {slug}


@every_paper
def test_no_statement_about_the_paper_is_left_out(paper):
    """Statements of no numbered result stand on the page, too."""
    ids = set(chain.from_iterable(ids for _, ids, _ in rows(paper.page)))
    own = {e.id for e in ENTRIES.values() if e.sharp_of is None and e.papers[:1] == (paper.slug,)}
    assert {FIRST: "boltzmann-normalised", SECOND: "k3-nonneg"}[paper] in own
    assert own - ids - paper.awaited == set()


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
            assert name not in set(ENTRIES) - SECOND.awaited, name


def test_every_statement_of_the_second_paper_was_planned():
    own = {e.id for e in ENTRIES.values() if e.sharp_of is None and e.papers[:1] == ("reward_shift",)}
    assert "clip-tail" in own
    assert own - SECOND.awaited <= set(planned(SECOND.page))
