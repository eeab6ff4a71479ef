"""The stubs of one claim: what `rlhf-lemmas new` writes, and what a person then fills in.

A stub never passes for more than it is: the table refuses a row whose words are still to be written, the Lean scan
refuses ``sorry``, and the sides of the numeric stub are 1 and 0, which every search refutes.
"""

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass
from keyword import iskeyword
from pathlib import Path

from rlhf_numeric.arithmetic.kinds import zeros_like
from rlhf_numeric.evaluation.claim import inequality
from rlhf_numeric.evaluation.instance import Instance
from rlhf_proofs.errors import CannotRunError
from rlhf_proofs.table import UNWRITTEN, Paper, homes_of_rows, load_papers

__all__ = ["NewClaim", "lean_name", "plan"]

_HEAD = """# The statements of one paper: id -> title, LaTeX, group, place. What the fields mean is in CONTRIBUTING.md.

[paper]
title = "{unwritten}"
arxiv = "{unwritten}"
url = "{unwritten}"

[paper.groups]
{group} = "{heading}"
"""
_ROW = """
[{id}]
title = "{unwritten}"
latex = '{unwritten}'
group = "{group}"
place = "{unwritten}"
symbolic = false
"""
_MAIN = """module
public import RLHF.Model.Basic

/-!
# Headline theorems: {heading}

Every statement of its group, under the name of its entry in the claim table, and nothing else.
-/

public section

namespace RLHF

end RLHF
"""
_THEOREM = """/-- {unwritten} -/
theorem {name} : False := sorry

"""
_EXAMPLES = """module
public import RLHF.Papers.{lean_paper}.Main.{lean_group}

/-!
# Concrete instances: {heading}

What is modelled: every headline theorem of `Main.{lean_group}` at a concrete problem.
-/

@[expose] public section

namespace RLHF.Demo

end RLHF.Demo
"""
_INSTANCE = """theorem {name}_instance : False := {name}

"""
_MODULE = '"""Claims: {heading}."""\n'
_SIDES = '''

@{make}("{id}", "", "{unwritten}")
def {name}(instance: Instance) -> tuple[Numbers, Numbers]:
    """Write the two sides; as long as they are 1 and 0, every check refutes them."""
    zero = instance.problem.kl_coef * 0
    return zero + 1, zero
'''
_PLANTED = '''"""False variants of the claims of the paper {paper}."""

from rlhf_numeric import CLAIMS

from .how import scaled

PLANTED = {{}}
'''
_FALSEHOOD = """
# Write a falsehood: this is the claim itself, which the search cannot refute once its sides are written.
PLANTED["{id} {unwritten}"] = scaled(CLAIMS["{id}"], 1)
"""
_PACKAGE = '"""Claims of the paper {paper}, a module for each group of its table."""\n'


@dataclass(frozen=True)
class NewClaim:
    """The files of a new claim.

    Attributes
    ----------
    by_hand
        Text by path, of files that a person then fills in.
    whole
        Text by path, of files that are as they should be.
    """

    by_hand: Mapping[Path, str]
    whole: Mapping[Path, str]


def plan(root: Path, id: str, paper: str, group: str | None = None) -> NewClaim:
    """Return what the files of a checkout are to hold after a claim was added; nothing is written.

    Parameters
    ----------
    root
        The checkout.
    id, paper, group
        The claim's id, and the names of its paper and group, which need not be there yet. Without a group it is the
        only one of the paper.

    Raises
    ------
    CannotRunError
        If there is no checkout, a name is none, the claim or a part of it is there already, or its group is not clear.
    """
    if not (root / "numeric/rlhf_numeric/claims").is_dir() or not (root / "tests/planted").is_dir():
        raise CannotRunError(f"{root} is no checkout of rlhf-lemmas: a claim is added where its sources are")
    _require_names(id, paper, group)
    papers = load_papers(root / "claims")
    group = _group(papers.get(paper), paper, group)
    names = {
        "id": id, "name": id.replace("-", "_"), "paper": paper, "group": group, "unwritten": UNWRITTEN,
        "heading": _heading(papers.get(paper), group), "lean_paper": lean_name(paper), "lean_group": lean_name(group),
    }  # fmt: skip
    _require_new(root, names)
    lean, claims = root / "proofs/RLHF/Papers" / lean_name(paper), root / "numeric/rlhf_numeric/claims" / paper
    package = claims / "__init__.py"
    return NewClaim(
        by_hand={
            **_table(root / f"claims/{paper}.toml", papers.get(paper), names),
            **_lean(lean / f"Main/{lean_name(group)}.lean", _MAIN, _THEOREM, names),
            **_lean(lean / f"Examples/{lean_name(group)}.lean", _EXAMPLES, _INSTANCE, names),
            **_numeric(claims / f"{group}.py", names),
            **_planted(root / f"tests/planted/{paper}.py", names),
        },
        whole={} if package.exists() else {package: _PACKAGE.format(**names)},
    )


def _require_names(id: str, paper: str, group: str | None) -> None:
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", id) or iskeyword(id):
        raise CannotRunError(f"expected small letters, digits and hyphens as an id, and no word of Python, got {id!r}")
    for what, name in (("paper", paper), ("group", group)):
        if name is not None and (not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", name) or iskeyword(name)):
            raise CannotRunError(f"expected small letters, digits and underscores as a {what}, got {name!r}")
    if paper in ("common", "how"):
        raise CannotRunError(f"{paper} is the name of what papers share; call the paper otherwise")


def _group(paper: Paper | None, slug: str, group: str | None) -> str:
    known = [] if paper is None else list(paper.groups)
    if group is not None or len(known) == 1:
        return group or known[0]
    raise CannotRunError(f"say in which group of {slug} it stands: --group; known: {', '.join(known) or 'none yet'}")


def _require_new(root: Path, names: Mapping[str, str]) -> None:
    """Refuse what is there already, under whatever paper: ids and names of theorems are global."""
    id, name = names["id"], names["name"]
    if home := homes_of_rows(root / "claims").get(id):
        raise CannotRunError(f"claims/{home}.toml has {id} already; nothing was written")
    taken = {
        "proofs/RLHF/**/*.lean": rf"^theorem (Demo\.)?{name}(_instance)?\b",
        "numeric/rlhf_numeric/claims/**/*.py": rf'"{id}"|^def {name}\(',
        "tests/planted/*.py": rf'CLAIMS\["{id}"\]',
    }
    for files, words in taken.items():
        for file in sorted(root.glob(files)):
            if re.search(words, file.read_text(encoding="utf-8"), re.MULTILINE):
                raise CannotRunError(f"{file.relative_to(root)} has {id} already; nothing was written")


def _heading(paper: Paper | None, group: str) -> str:
    return ("" if paper is None else paper.groups.get(group, "")) or group.replace("_", " ").capitalize()


def lean_name(slug: str) -> str:
    """Return the name of a paper or a group as a Lean module.

    Examples
    --------
    >>> lean_name("reward_shift")
    'RewardShift'
    """
    return "".join(part.capitalize() for part in slug.split("_"))


def _table(path: Path, paper: Paper | None, names: Mapping[str, str]) -> dict[Path, str]:
    if paper is None:
        return {path: (_HEAD + _ROW).format(**names)}
    text = path.read_text(encoding="utf-8")
    if names["group"] not in paper.groups:
        head, mark, rest = text.partition("[paper.groups]\n")
        if not mark:
            raise CannotRunError(f"{path}: expected a line [paper.groups], after which the new group is written")
        groups, blank, rows = rest.partition("\n\n")
        text = f'{head}{mark}{groups}\n{names["group"]} = "{names["heading"]}"{blank}{rows}'
    return {path: text + _ROW.format(**names)}


def _lean(path: Path, frame: str, theorem: str, names: Mapping[str, str]) -> dict[Path, str]:
    """Put a theorem at the end of the namespace."""
    text = path.read_text(encoding="utf-8") if path.exists() else frame.format(**names)
    before, end, after = text.rpartition("end RLHF")
    return {path: f"{before}{theorem.format(**names)}{end}{after}"}


def _numeric(path: Path, names: Mapping[str, str]) -> dict[Path, str]:
    text = path.read_text(encoding="utf-8") if path.exists() else _MODULE.format(**names)
    imported = {alias.name for node in ast.parse(text).body if isinstance(node, ast.ImportFrom) for alias in node.names}
    make = "identity" if "identity" in imported and "inequality" not in imported else "inequality"
    wanted = {zeros_like.__module__: ("Numbers",), inequality.__module__: (make,), Instance.__module__: ("Instance",)}
    missing = {module: [name for name in found if name not in imported] for module, found in wanted.items()}
    lines = "".join(f"from {module} import {', '.join(found)}\n" for module, found in missing.items() if found)
    first = text.find("\nfrom rlhf_numeric")
    place = len(text) if first < 0 else first + 1
    text = text[:place] + ("\n" if first < 0 else "") + lines + text[place:]
    return {path: text + _SIDES.format(**names, make=make)}


def _planted(path: Path, names: Mapping[str, str]) -> dict[Path, str]:
    text = path.read_text(encoding="utf-8") if path.exists() else _PLANTED.format(**names)
    return {path: text + _FALSEHOOD.format(**names)}
