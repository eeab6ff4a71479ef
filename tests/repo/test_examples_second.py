"""Examples of the second paper that end with a number, and the census of its page, from Lean and the ledger."""

import json
import re
from dataclasses import dataclass
from fractions import Fraction

import pytest

from rlhf_proofs.resources import proofs_directory

from .conftest import REPOSITORY

FOLDER = proofs_directory() / "RLHF/Papers/RewardShift/Examples"
SOURCE = "\n".join(path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.lean")))
PAGE = (REPOSITORY / "docs/paper-2602.21765.md").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Example:
    """Where a statement is applied, the theorem that says its number there, and what holds without the statement."""

    at: str
    theorem: str
    without: Fraction
    why: str


EXAMPLES = {
    "reward-shift": Example(
        "q = (1/3, 2/3) = D′, D uniform, e = 1 at one of four pairs", "reward_shift_le", Fraction(1), "0 ≤ e ≤ 1"
    ),
    "change-of-measure-centred": Example(
        "q = (1/3, 2/3), f = 1 at one action", "change_of_measure_centred_eq", Fraction(1), "0 ≤ f ≤ 1"
    ),
    "coverage-boltzmann": Example(
        "q = (1/3, 2/3), λ = 1, 0 ≤ r ≤ 1, h = 1/8", "coverage_boltzmann_le", Fraction(3), "π ≤ 3q"
    ),
    "clip-tail": Example(
        "q = (1/100, 99/100), τ = 3", "clip_tail_le_half", Fraction(3, 2), "E_π \\|ℓ\\|, or more"
    ),
    "clip-bias-bound": Example(
        "q = (1/100, 99/100), τ = 3", "clip_bias_le_half", Fraction(1), "KL itself, or more"
    ),
}  # fmt: skip


def number(theorem, source=SOURCE):
    """The number with which the statement of a theorem ends."""
    [said] = re.findall(rf"^theorem {theorem}(?!\S).*?:=(?! \w+\))", source, re.MULTILINE | re.DOTALL)
    found = re.search(r"[≤=] \(?(\d+) / (\d+)(?: : R\w*)?\)? :=$", " ".join(said.split()))
    assert found, theorem
    return Fraction(int(found[1]), int(found[2]))


def census():
    """Rows of the page: where, over which fields, what it assumes, its number, what holds without, times less."""
    ledger = json.loads((REPOSITORY / "records/ledger.json").read_text(encoding="utf-8"))
    claims = {claim["id"]: claim["lean"] for claim in ledger["claims"]}
    return [_row(slug, claims[slug]) for slug in EXAMPLES]


def _row(slug, claim):
    example = EXAMPLES[slug]
    assumed = ", ".join(
        f"`{' '.join(h['type'].replace('RLHF.', '').split())}`" for h in claim["hypotheses"] if h["of"] is None
    )
    said = number(example.theorem)
    cells = [f"`{slug}`", example.at, claim["holds_over"], assumed, str(said), f"{example.without} ({example.why})"]
    return f"| {' | '.join([*cells, f'{float(example.without / said):.3g}', f'`{example.theorem}`'])} |"


def test_the_page_has_the_census():
    assert "\n".join(census()) in PAGE, "\n".join(census())


@pytest.mark.parametrize("slug", EXAMPLES)
def test_every_example_says_more_than_what_holds_without_the_statement(slug):
    assert number(EXAMPLES[slug].theorem) < EXAMPLES[slug].without


@pytest.mark.parametrize(
    ("slug", "theorem", "words"),
    [("clip-tail", "three_halves_le_mean_abs", "3 / 2 ≤ mean even"), ("clip-bias-bound", "one_le_klDiv", "1 ≤ klDiv")],
)
def test_what_holds_without_is_no_less_in_lean(slug, theorem, words):
    [said] = re.findall(rf"^theorem {theorem}(?!\S).*?:=", SOURCE, re.MULTILINE | re.DOTALL)
    least = re.search(r"(\d+(?: / \d+)?) ≤", said)
    assert words in said
    assert least
    assert Fraction(least[1].replace(" ", "")) == EXAMPLES[slug].without


def test_another_number_in_lean_is_seen():
    other = re.sub(r"(theorem clip_tail_le_half.*?≤ )1 / 2", r"\g<1>5 / 2", SOURCE, count=1, flags=re.DOTALL)
    assert number("clip_tail_le_half", other) == Fraction(5, 2)
