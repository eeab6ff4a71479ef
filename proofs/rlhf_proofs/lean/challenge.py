"""The headline theorems as a challenge: their statements without proofs, for a checker that compares two modules.

The statements are the text of the files of headline theorems; only proofs are replaced, by ``sorry``. The file imports
the modules of what the statements unfold to, and no file of headline theorems: their names are free. Lemmas that stand
in those modules, or that they import, are at hand.
"""

import json
import re
from collections.abc import Iterable, Sequence

from rlhf_proofs.errors import TableError
from rlhf_proofs.lean.audit import ALLOWED_AXIOMS
from rlhf_proofs.lean.census import statement_of
from rlhf_proofs.lean.library import Library, Module
from rlhf_proofs.lean.scan import is_headline_file

__all__ = ["CHALLENGE", "challenge", "comparator"]

CHALLENGE = "Challenge"
_THEOREM = re.compile(r"^theorem (\S+)", re.MULTILINE)


def challenge(library: Library, headlines: Iterable[str], definitions: Iterable[str]) -> str:
    """Return a Lean file with the statements of the headline theorems, each proved by ``sorry``.

    Parameters
    ----------
    library
        The library that proves them.
    headlines
        Full names of the theorems that must be in it.
    definitions
        The modules of what the statements unfold to, as the audit of the library lists them.

    Raises
    ------
    TableError
        If one of them is in no file of headline theorems.
    """
    files = [m for m in library.modules if is_headline_file(m.name, library.root)]
    stated = {f"{library.root}.{name}" for module in files for name in _THEOREM.findall(module.source)}
    if absent := [name for name in headlines if name not in stated]:
        raise TableError(f"in no file of headline theorems: {', '.join(absent)}")
    parts = ["\n".join(f"import {name}" for name in sorted(definitions)), *(_section(module) for module in files)]
    return "\n\n".join(parts) + "\n"


def _section(module: Module) -> str:
    """Return what a file of headline theorems says, between ``section`` and ``end``, with ``sorry`` for every proof."""
    _, _, body = module.source.partition("\npublic section\n")
    first, *theorems = re.split(r"(?=^/--)", body, flags=re.MULTILINE)
    end = "\n".join(re.findall(r"^end .*$", body, re.MULTILINE))
    said = [first.strip(), *(_unproved(theorem) for theorem in theorems), end]
    return f"/-! From `{module.name}`. -/\n\nsection\n\n" + "\n\n".join(said) + "\n\nend"


def _unproved(theorem: str) -> str:
    statement = statement_of(theorem)
    between = re.findall(r"^(?:/-! .* -/|open .*|variable .*|universe .*)$", theorem[len(statement) :], re.MULTILINE)
    return "\n\n".join([f"{statement} := sorry", *between])


def comparator(headlines: Sequence[str], solution: str) -> str:
    """Return the configuration of a comparison: which module states, which proves, what, and by which axioms.

    Parameters
    ----------
    headlines
        Full names of the theorems.
    solution
        The module that proves them, for example ``RLHF``.
    """
    fields = {
        "challenge_module": CHALLENGE, "solution_module": solution, "theorem_names": list(headlines),
        "permitted_axioms": sorted(ALLOWED_AXIOMS),
    }  # fmt: skip
    return json.dumps(fields, indent=2) + "\n"
