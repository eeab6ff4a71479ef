"""Every headline theorem taken at the real numbers: a Lean module written from the list of headline theorems."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from rlhf_proofs.errors import TableError
from rlhf_proofs.lean.census import statement_of
from rlhf_proofs.lean.scan import is_headline_file

__all__ = ["MODULE", "unconditional"]

MODULE = "RLHF.Papers.Reals.Unconditional"

_TEXT = """module
{imports}

/-!
# Every headline theorem at the real numbers

Written from the claim table by `rlhf-lemmas lean imports`; a test holds it against the
table. `Real` is constructed in `RLHF.Reals.Defs`, so nothing is assumed about numbers: what remains
are the hypotheses that each statement names.
-/

public section

namespace RLHF.Unconditional

{theorems}

end RLHF.Unconditional
"""
_COLUMNS = 100


def unconditional(directory: Path, headlines: Iterable[str]) -> str:
    """Return the source of `MODULE`: one theorem for each headline theorem, its field being the reals.

    Parameters
    ----------
    directory
        Source root of the library, for the text of the statements: it says where the reals must be put in.
    headlines
        Full names, in the order in which they are to be listed.

    Raises
    ------
    TableError
        If a headline theorem is in none of the files of headline theorems.
    """
    files = {".".join(p.relative_to(directory).with_suffix("").parts): p for p in sorted(directory.rglob("*.lean"))}
    sources = {name: p.read_text(encoding="utf-8") for name, p in files.items() if is_headline_file(name, "RLHF")}
    found = {name: _find(sources, name) for name in headlines}
    imports = "\n".join(f"public import {module}" for module in sorted({m for m, _ in found.values()}))
    theorems = "\n".join(_theorem(name, statement) for name, (_, statement) in found.items())
    return _TEXT.format(imports=imports, theorems=theorems)


def _find(sources: Mapping[str, str], name: str) -> tuple[str, str]:
    """Return the module of a headline theorem, and its statement."""
    short = name.rpartition(".")[2]
    for module, source in sources.items():
        if found := re.search(rf"^theorem {re.escape(short)}(?![\w'.])", source, re.MULTILINE):
            return module, statement_of(source[found.start() :])
    raise TableError(f"{name} is in no file of headline theorems: {', '.join(sources)}")


def _theorem(name: str, statement: str) -> str:
    term = _term(name, statement)
    head, said = f"theorem {name.rpartition('.')[2]} :", f"type_of% ({term}) :="
    if len(line := f"{head} {said} {term}") <= _COLUMNS:
        return line
    broken = "\n    " if len(f"{head} {said}") > _COLUMNS else " "
    return f"{head}{broken}{said}\n  {term}"


def _term(name: str, statement: str) -> str:
    """Name the reals, and where the statement wants an Archimedean field, the proof that they are one."""
    if re.search(r"\bReal\b", statement):
        return f"@{name}"
    return f"@{name} Real _" + (" (hR := archimedean_real)" if re.search(r"\bArchimedean\b", statement) else "")
