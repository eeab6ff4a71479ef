"""Examples of assembled theorems say more than what holds without a sample, and the page on the paper says how much."""

import json
import re
from fractions import Fraction

import pytest

from rlhf_proofs import load_table
from rlhf_proofs.resources import proofs_directory

from .conftest import REPOSITORY

FOLDER = proofs_directory() / "RLHF/Papers/Generalisation/Examples"
SOURCES = {name: (FOLDER / f"{name}.lean").read_text(encoding="utf-8")
           for name in ("Assembled", "SecondEdition", "NearParallel")}  # fmt: skip
PAGE = (REPOSITORY / "docs/paper-2601.16403.md").read_text(encoding="utf-8")
# The example is no number that bounds a gap of the population from above; what it says instead.
OTHERS = {
    "empirical-optimum-iff": "an equivalence, at a maximiser and at a parameter that is none",
    "gap-two-sided": "from both sides, at one prompt",
    "ga-linear-from-start": "at every step, at one prompt, geometrically from 2/5",
    "coverage-tight": "a bound from below, at a problem that it makes",
}
HEADLINES = [e.id for e in load_table() if e.group_slug in ("assembled", "second_edition") and e.id not in OTHERS]


def conclusion(name, sources):
    """The statement of a theorem of some sources, in one line."""
    everything = "".join(sources.values()).replace("(R := R)", "")
    found = re.findall(rf"^theorem {name}\b(.*?):=", everything, re.MULTILINE | re.DOTALL)
    assert len(found) == 1, name
    return " ".join(found[0].split())


def number(name, sources=SOURCES):
    """The number with which a statement ends."""
    said = conclusion(name, sources)
    found = re.search(r"(?:≤ (\d+) / (\d+)|= \((\d+) / (\d+) : R\))$", said)
    assert found, f"{name} ends with no number: {said[-60:]}"
    return Fraction(*(int(part) for part in found.groups() if part))


def instance(slug):
    """Name of the example of a statement."""
    return f"{slug.replace('-', '_')}_instance"


def without_a_sample(sources=SOURCES):
    """What bounds every gap of the problem."""
    return number("near_gap_le", sources)


def empty(sources=SOURCES):
    """Statements whose example says no more than what holds without a sample, or is at another problem."""
    return [slug for slug in HEADLINES if number(instance(slug), sources) >= without_a_sample(sources)
            or "population nearWeights near.trueParam" not in conclusion(instance(slug), sources)]  # fmt: skip


def table():
    """Rows of the page: statement, fields, what it assumes, number of its example, how many times less than without."""
    ledger = json.loads((REPOSITORY / "records/ledger.json").read_text(encoding="utf-8"))
    lean = {claim["id"]: claim["lean"] for claim in ledger["claims"]}
    rows = []
    for slug in HEADLINES:
        assumed = ", ".join(
            f"`{' '.join(h['type'].replace('RLHF.', '').split())}`" for h in lean[slug]["hypotheses"] if h["of"] is None
        )
        bound = number(instance(slug))
        less = f"{float(without_a_sample() / bound):.3g}"
        rows.append(f"| `{slug}` | {lean[slug]['holds_over']} | {assumed} | {bound} | {less} |")
    return rows


def test_every_example_beats_what_holds_without_a_sample():
    assert len(HEADLINES) >= 9
    assert empty() == []


@pytest.mark.parametrize("slug", ["suboptimality-ga", "suboptimality-without-concentration"])
def test_an_example_that_says_no_more_is_seen(slug):
    names = [name for name, text in SOURCES.items() if f"theorem {instance(slug)}" in text]
    text = SOURCES[names[0]]
    start = text.index(f"theorem {instance(slug)}")
    weak = text[:start] + re.sub(r"≤ \d+ / \d+ := by", "≤ 2 / 5 := by", text[start:], count=1)
    assert empty({**SOURCES, names[0]: weak}) == [slug]


def test_the_page_has_the_table():
    assert "\n".join(table()) in PAGE, "\n".join(table())


@pytest.mark.parametrize("slug", OTHERS)
def test_the_page_says_what_the_other_examples_are(slug):
    assert f"- `{slug}`: {OTHERS[slug]};" in PAGE or f"- `{slug}`: {OTHERS[slug]}." in PAGE
