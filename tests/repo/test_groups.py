"""A group has one name on every floor: in the table of its paper and as a module of the paper's claims."""

import pytest

from rlhf_numeric.claims.registry import modules
from rlhf_numeric.evaluation.claim import Claim
from rlhf_proofs import load_table
from rlhf_proofs.table import load_papers

TABLE = load_table()
GROUPS = {(slug, group) for slug, paper in load_papers().items() for group in paper.groups}


def group_of(paper, module):
    """The group to which a module belongs: the module is named for it, or for it and a part."""
    found = [group for home, group in GROUPS if home == paper and f"{module}_".startswith(f"{group}_")]
    return max(found, key=len, default=None)


def numeric():
    """The group of each claim by its id, and of the modules of claims all groups."""
    split = [(found, *found.__name__.split(".")[-2:]) for found in modules()]
    groups = {(paper, group_of(paper, name)) for _, paper, name in split}
    of = {c.id: (p, group_of(p, n)) for found, p, n in split for c in vars(found).values() if isinstance(c, Claim)}
    return of, groups


def stray(table, of, kind):
    """Rows whose evidence stands in another group than the table says."""
    named = [(e, getattr(e, kind)) for e in table]
    return [e.id for e, name in named if name is not None and of.get(name) != (e.papers[0], e.group_slug)]


def test_every_group_of_a_table_has_a_row():
    assert {(e.papers[0], e.group_slug) for e in TABLE} == GROUPS


def test_a_claim_stands_in_the_module_of_its_group_and_every_module_is_one_of_a_group():
    of, groups = numeric()
    assert stray(TABLE, of, "numeric") == []
    assert groups == GROUPS


@pytest.mark.parametrize(
    ("module", "group"), [("ascent", "ascent"), ("ascent_stochastic", "ascent"), ("ascents", None)]
)
def test_a_module_belongs_to_the_group_that_its_name_begins_with(module, group):
    assert group_of("generalisation", module) == group


def test_a_claim_in_a_module_of_another_group_is_found():
    of, _ = numeric()
    assert stray(TABLE, {**of, "kl-nonneg": ("generalisation", "ascent")}, "numeric") == ["kl-nonneg"]
    assert stray(TABLE, {**of, "kl-nonneg": ("variants", "policy")}, "numeric") == ["kl-nonneg"]
