"""Examples of assembled theorems say more than what holds without a sample, and the page on the paper says how much."""

import json
import re
from dataclasses import dataclass, replace
from fractions import Fraction

import pytest

from rlhf_proofs import load_table
from rlhf_proofs.resources import proofs_directory

from .conftest import REPOSITORY

FOLDER = proofs_directory() / "RLHF/Papers/Generalisation/Examples"
SOURCES = {path.stem: path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.lean"))}
PAGE = (REPOSITORY / "docs/paper-2601.16403.md").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Place:
    """Problem of an example, and the theorem that says what holds there without a sample."""

    problem: str
    without: str
    gap: str  # Pattern of what both theorems bound.
    within: str  # In words, `{}` for the number in the hypothesis of `without`.


NEAR = Place("near", "near_gap_le", r"near\.population nearWeights near\.trueParam", "‖θ\\* − θ‖ ≤ {}")
AXES = Place(
    "Axes.problem", "Axes.gap_le", r"Axes\.problem\.population uniform Axes\.problem\.trueParam", "‖θ\\* − θ‖ ≤ {}"
)
THREE = Place("three", "three_gap_le", r"three\.population uniform three\.trueParam", "‖θ\\* − θ‖ ≤ {}")
PART = Place("partlySeen", "partlySeen_gap_le", r"partlySeen\.population partWeights partTarget", "‖θ\\* − θ‖ ≤ {}")
COORDINATES = Place("axes", "axesGap_le", r"axesGap ", "\\|θ\\*_x − θ_x\\| ≤ {} for every x")
GROUPS = {
    "assembled": NEAR, "second_edition": NEAR, "without_coverage": AXES, "randomised": THREE, "log_form": PART,
    "high_probability": COORDINATES,
}  # fmt: skip
# Where an example is about another quantity, or further away, than the others of its group.
BALL = replace(THREE, without="three_gap_ball_le")
APART = {
    "random-stability": Place(
        "three",
        "three_generalisation_le",
        r"abs \(expectSample uniform fun S : Fin 4 → Fin 3 => fourDraws fun draws => "
        r"three\.objective S ",
        "‖θ\\* − θ‖ ≤ {}, of J_S(θ) − J(θ) in expectation",
    ),
    "suboptimality-noisy": BALL,
    "suboptimality-sampled": BALL,
    "gap-log-form": Place(
        "partlySeen", "partlySeen_gap_at_le", r"partlySeen\.objectiveAt \w+ partTarget", "‖θ\\* − θ‖ ≤ {}, at a prompt"
    ),
    "suboptimality-direct-log": replace(PART, without="partlySeen_gap_fitted_le"),
}
# The example does not end with a number above a gap; what it says instead.
OTHERS = {
    "empirical-optimum-iff": "an equivalence, at a maximiser and at a parameter that is none",
    "gap-two-sided": "from both sides, at one prompt",
    "ga-linear-from-start": "at every step, at one prompt, geometrically from 2/5",
    "coverage-tight": "a bound from below, at a problem that it makes",
    "gap-range": "itself what holds without a sample, from both sides",
    "coverage-split": "on a variance at a prompt, along every v",
    "coverage-split-differences": "the same with differences of features",
    "suboptimality-whp-uniform": "twice the gap on the sample, at every θ at once, with probability at least 13/16",
    "suboptimality-whp-optimum": "no gap at all, with probability at least 2/3",
    "leave-one-out": "the mass of the prompts that a sample leaves open, on average",
    "leave-one-out-tail": "the probability that this mass is large",
}
# The number at the end of a statement, as it is written.
NUMBER = r"[≤=]\s+\(?\d+ / \d+(?: : R\))?(?=\)? :=$)"
PLACES = {e.id: APART.get(e.id, GROUPS[e.group_slug]) for e in load_table()
          if e.group_slug in GROUPS and e.id not in OTHERS}  # fmt: skip


def heads(name, text):
    """What stands in a text from the name of a theorem to its proof, `:=` included, which `(n := 3)` is not."""
    return re.findall(rf"^theorem {re.escape(name)}(?!\S).*?:=(?! \w+\))", text, re.MULTILINE | re.DOTALL)


def statement(name, sources=SOURCES):
    """The statement of a theorem of some sources, in one line, without what only helps Lean to read it."""
    found = [head for text in sources.values() for head in heads(name, text)]
    assert len(found) == 1, name
    plain = re.sub(r" ?\(\w+ := \w+\)", "", " ".join(found[0].removesuffix(":=").split()))
    return re.sub(r"\(([a-zA-Z.]+)\)", r"\1", re.sub(r"\(([\d/ ]+) : R\)", r"\1", plain))


def number(said):
    """The number with which a statement ends, inside of the event where there is a probability."""
    found = re.search(r"[≤=] (\d+) / (\d+)\)?$", said)
    assert found, f"no number at the end: {said[-60:]}"
    return Fraction(int(found[1]), int(found[2]))


def probability(said):
    """With what probability a statement holds; 0 if it has one and says nothing from below."""
    if "probSample" not in said:
        return Fraction(1)
    found = re.search(r": (1 - )?(\d+) / (\d+) ≤ probSample ", said)
    read = Fraction(int(found[2]), int(found[3])) if found else Fraction(0)
    return 1 - read if found and found[1] else read


def instance(slug):
    """Name of the example of a statement."""
    return f"{slug.replace('-', '_')}_instance"


def beats(slug, sources=SOURCES):
    """Whether an example says more than what holds without a sample, of the same quantity at the same problem."""
    place = PLACES[slug]
    said, anyway = statement(instance(slug), sources), statement(place.without, sources)
    same = all(re.search(place.gap, text) for text in (said, anyway))
    return same and probability(said) > 0 and probability(anyway) == 1 and number(said) < number(anyway)


def empty(sources=SOURCES):
    """Statements whose example says no more than what holds without a sample."""
    return [slug for slug in PLACES if not beats(slug, sources)]


def changed(name, change):
    """The sources with another statement of a theorem, under its name."""
    [(file, head)] = [(file, head) for file, text in SOURCES.items() for head in heads(name, text)]
    start = f"theorem {name}"
    other = start + change(head.removeprefix(start))
    assert other != head
    return {**SOURCES, file: SOURCES[file].replace(head, other)}


def problems():
    """Rows of the page: problem, theorem that holds there without a sample, how far from θ*, what it says."""
    rows = []
    for place in dict.fromkeys(PLACES.values()):
        said = statement(place.without)
        radius = re.search(r"≤ (\d+(?: / \d+)?)\)", said)
        assert radius, said
        within = place.within.format(radius[1].replace(" ", ""))
        rows.append(f"| `{place.problem}` | {within} | {number(said)} | `{place.without}` |")
    return rows


def row(slug, claim):
    """Row of a statement: problem, fields, what it assumes, its example, what holds without, how many times less."""
    assumed = ", ".join(
        f"`{' '.join(h['type'].replace('RLHF.', '').split())}`" for h in claim["hypotheses"] if h["of"] is None
    )
    said, anyway = statement(instance(slug)), number(statement(PLACES[slug].without))
    bound, chance = number(said), probability(said)
    example = str(bound) if chance == 1 else f"{bound} with probability at least {chance}"
    less = f"{float(anyway / bound):.3g}"
    cells = [f"`{slug}`", f"`{PLACES[slug].problem}`", claim["holds_over"], assumed, example, str(anyway), less]
    return f"| {' | '.join(cells)} |"


def census():
    """Rows of the page, one for each statement."""
    ledger = json.loads((REPOSITORY / "records/ledger.json").read_text(encoding="utf-8"))
    claims = {claim["id"]: claim["lean"] for claim in ledger["claims"]}
    return [row(slug, claims[slug]) for slug in PLACES]


def test_every_example_beats_what_holds_without_a_sample():
    assert {e.group_slug for e in load_table() if e.id in PLACES} == set(GROUPS)
    assert empty() == []


@pytest.mark.parametrize("slug", PLACES)
def test_an_example_that_says_no_more_is_seen(slug):
    anyway = number(statement(PLACES[slug].without))
    weak = changed(instance(slug), lambda head: re.sub(NUMBER, f"≤ {anyway.numerator} / {anyway.denominator}", head))
    assert empty(weak) == [slug]


@pytest.mark.parametrize("slug", PLACES)
def test_an_example_at_another_problem_is_seen(slug):
    assert empty(changed(instance(slug), lambda head: head.replace(PLACES[slug].problem, "other"))) == [slug]


@pytest.mark.parametrize("slug", [slug for slug in PLACES if "probSample" in statement(instance(slug))])
@pytest.mark.parametrize("said", [": (0 / 1 : R) ≤ probSample", ": (1 / 2 : R) ≥ probSample"])
def test_an_example_that_may_never_hold_is_seen(slug, said):
    other = changed(instance(slug), lambda head: re.sub(r":[^:]+: R\)\s+≤\s+probSample", said, head))
    assert empty(other) == [slug]


def test_the_page_has_the_problems_and_the_census():
    for rows in (problems(), census()):
        assert "\n".join(rows) in PAGE, "\n".join(rows)


@pytest.mark.parametrize("slug", OTHERS)
def test_the_page_says_what_the_other_examples_are(slug):
    assert f"- `{slug}`: {OTHERS[slug]};" in PAGE or f"- `{slug}`: {OTHERS[slug]}." in PAGE
