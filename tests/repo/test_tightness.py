"""The page on tightness says what the claims of today give on the instances that it names."""

import re

import numpy as np
import pytest

from rlhf_numeric import CLAIMS, InstanceSeed, regenerate
from rlhf_proofs.commands.tightness import _INTRODUCTION

from .conftest import REPOSITORY

PAGE = (REPOSITORY / "docs/tightness.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| `([a-z0-9-]+)` \|(.*)\|$", re.MULTILINE)


def rows(page):
    """Cells of the rows of a page by the id of their claim."""
    return {found[1]: [cell.strip() for cell in found[2].split("|")] for found in ROW.finditer(page)}


ROWS = rows(PAGE)


def wrong(slug, cells):
    """Whether the ratio that a row gives is not that of its claim on the instance that it names."""
    ratio, address = cells[5], cells[6]
    seed, chunk, row, scheme = address.split(", ")
    instance = regenerate(InstanceSeed(int(seed), int(chunk), int(row), scheme), family=CLAIMS[slug].family)
    found = float(np.nanmax(CLAIMS[slug].decide(instance).ratio))
    return found != pytest.approx(float(ratio), rel=1e-8, abs=1e-12)


MEASURED = {slug: cells for slug, cells in ROWS.items() if not cells[5].startswith(("=", "–"))}


def test_the_page_has_a_row_for_every_claim_and_the_words_of_the_command():
    assert list(ROWS) == list(CLAIMS), "run: rlhf-lemmas campaign, hunt and tightness, as the page says"
    assert set(MEASURED) == {claim.id for claim in CLAIMS.values() if claim.kind == "inequality"}
    assert PAGE.startswith(_INTRODUCTION)


@pytest.mark.parametrize("slug", MEASURED)
def test_a_ratio_is_that_of_the_claim_on_the_instance_that_is_named(slug):
    assert not wrong(slug, MEASURED[slug])


def test_a_ratio_and_an_instance_that_do_not_belong_together_are_found():
    cells = MEASURED["log-mgf-bound"]
    assert wrong("log-mgf-bound", [*cells[:5], "0.75", *cells[6:]])
    assert wrong("log-mgf-bound", [*cells[:6], "0, 0, 0, campaign", *cells[7:]])
    assert wrong("log-mgf-bound-sharp", cells)


def test_the_least_constant_is_attained_where_exp_m_is_twice_it():
    for slug in ("log-mgf-bound", "gradient-domination", "optimisation-error", "nonlinear-gap"):
        assert 0.49 < float(ROWS[slug][5]) <= 0.5
        assert 0.99 < float(ROWS[f"{slug}-sharp"][5]) <= 1
