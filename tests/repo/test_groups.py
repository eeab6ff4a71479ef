"""A group has one name on every floor: in the table of its paper, in its Lean folder, as a module of its claims."""

import re

import pytest

from rlhf_numeric.claims.registry import modules
from rlhf_numeric.evaluation.claim import Claim
from rlhf_proofs import load_table
from rlhf_proofs.resources import proofs_directory
from rlhf_proofs.stubs import lean_name
from rlhf_proofs.table import load_papers

TABLE = load_table()
PAPERS = proofs_directory() / "RLHF/Papers"
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


def lean(folder=PAPERS):
    """The group of each headline theorem by its full name, and all groups that have a file; None for a file of none."""
    names = {(lean_name(paper), lean_name(group)): (paper, group) for paper, group in GROUPS}
    of, groups = {}, set()
    for file in sorted([*folder.glob("*/Main.lean"), *folder.glob("*/Main/*.lean")]):
        group = names.get((file.relative_to(folder).parts[0], file.stem))
        found = re.findall(r"^theorem (\S+)", file.read_text(encoding="utf-8"), re.MULTILINE)
        of |= {f"RLHF.{name}": group for name in found}
        groups.add(group)
    return of, groups


def without_instances(folder=PAPERS):
    """Files of headline theorems beside which there is none of instances."""
    mains = {file.relative_to(folder) for file in folder.glob("*/Main/*.lean")}
    return sorted(str(m) for m in mains if not (folder / m.parts[0] / "Examples" / m.name).is_file())


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


def test_a_headline_theorem_stands_in_the_lean_file_of_its_group_and_every_file_is_one_of_a_group():
    of, groups = lean()
    assert stray(TABLE, of, "lean") == []
    assert groups == GROUPS


def test_the_instances_of_a_group_stand_in_the_file_of_its_name():
    assert without_instances() == []


def test_a_lean_file_of_no_group_and_one_without_instances_are_found(tmp_path):
    main = tmp_path / "Generalisation/Main"
    main.mkdir(parents=True)
    for name in ("Policy", "Suboptimality"):
        (main / f"{name}.lean").write_text(f"theorem {name.lower()} : True := trivial\n")
    assert lean(tmp_path) == (
        {"RLHF.policy": ("generalisation", "policy"), "RLHF.suboptimality": None}, {("generalisation", "policy"), None},
    )  # fmt: skip
    assert without_instances(tmp_path) == ["Generalisation/Main/Policy.lean", "Generalisation/Main/Suboptimality.lean"]
    (main.parent / "Main.lean").write_text("")
    assert None in lean(tmp_path)[1]


@pytest.mark.parametrize(
    ("module", "group"), [("ascent", "ascent"), ("ascent_stochastic", "ascent"), ("ascents", None)]
)
def test_a_module_belongs_to_the_group_that_its_name_begins_with(module, group):
    assert group_of("generalisation", module) == group


def test_a_claim_in_a_module_of_another_group_is_found():
    of, _ = numeric()
    assert stray(TABLE, {**of, "kl-nonneg": ("generalisation", "ascent")}, "numeric") == ["kl-nonneg"]
    assert stray(TABLE, {**of, "kl-nonneg": ("variants", "policy")}, "numeric") == ["kl-nonneg"]
