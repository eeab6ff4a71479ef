"""The page of a statement: what it says of numbers, where its links lead, what it gives to copy."""

import re
from html import unescape

import pytest

from rlhf_proofs.ledger.build import recall
from rlhf_proofs.publish.citation import as_bibtex, as_latex, cite
from rlhf_proofs.table import load_table


@pytest.fixture
def page_of(site):
    """Build the site with changes to the rows; return the page of kl-nonneg."""
    return lambda **fields: (site(kl_nonneg=fields) / "statement/kl-nonneg.html").read_text()


def test_each_number_of_arxiv_in_the_place_is_a_link_and_nothing_else_is(page_of):
    text = page_of(paper="2601.16403, cf. Theorem 5; see 2410.15610, 12 <b>")
    shown = re.search(r'<p class="note">(.*) · ', text)[1]
    assert re.findall(r'<a href="([^"]*)">([^<]*)</a>', shown) == [
        (f"https://arxiv.org/abs/{number}", number) for number in ("2601.16403", "2410.15610")
    ]
    assert shown.endswith("12 &lt;b&gt;")
    assert "arxiv.org" not in page_of(paper="textbook fact").split("</nav>")[2].split('id="cite"')[0]


def test_what_can_be_copied_is_what_the_command_prints(site, checked, run_main, monkeypatch):
    monkeypatch.setattr("rlhf_proofs.commands.cite.load_table", lambda: load_table(checked))
    table = checked.read_text(encoding="utf-8")
    checked.write_text(table.replace("[log-ratio]\n", "[log-ratio]\nlatex = 'Let $a < b$.'\n"), encoding="utf-8")
    text = (site() / "statement/log-ratio.html").read_text()
    copied = [unescape(each) for each in re.findall(r'<pre class="copied[^>]*><code>(.*?)</code></pre>', text, re.S)]
    citation = cite(recall(), load_table(checked), "log-ratio", current=True)
    assert copied == [as_bibtex([citation]), as_latex([citation]), citation["latex"]]
    status, printed, _ = run_main("cite", "--latex", "log-ratio")
    assert (status, printed.strip()) == (0, copied[1].strip())


def test_what_has_no_latex_has_nothing_to_copy(page_of):
    assert 'class="copied' not in page_of()


def test_sizes_and_slack_are_said_in_words(page_of):
    row = next(row for row in recall()["claims"] if row["id"] == "kl-nonneg")
    largest = {"prompts": 6, "actions": 5, "features": 4, "sample": None, "steps": None}
    text = page_of(numeric=row["numeric"] | {"largest": largest, "worst_ratio": 0.97})
    assert "each size by itself: 6 prompts, 5 actions, 4 features." in text
    assert "The largest lhs/rhs seen was 0.97: within 3 % of equality." in text


def test_the_figure_counts_where_it_is_tighter_than_the_check(site, monkeypatch):
    found = {"kl-nonneg": {"tally": {"worst_ratio": 0.5, "worst_gap": None, "instances": 3, "seed": 0, "vacuous": 0},
                           "histogram": [0, 2, 1]}}  # fmt: skip
    monkeypatch.setattr("rlhf_proofs.report.site.campaign", lambda *_: found)
    row = next(row for row in recall()["claims"] if row["id"] == "kl-nonneg")
    built = site(kl_nonneg={"numeric": row["numeric"] | {"worst_ratio": 0.25}})
    text = (built / "statement/kl-nonneg.html").read_text()
    assert "seen was 0.5: within 50 % of equality. This counts the instances of the figure, too." in text


def test_a_statement_that_lean_has_not_seen_says_so_and_names_nothing(page_of):
    text = page_of()
    assert 'class="proof"' not in text  # the report of this test has no sources
    assert 'class="names"' not in text
    assert "On no other statement." in text
