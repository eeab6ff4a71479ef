"""``claims.toml``: the one place where an id is tied to its Lean theorem, sympy derivation and numpy claim."""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from rlhf_proofs.errors import TableError
from rlhf_proofs.resources import claims_file

__all__ = ["ClaimEntry", "load_table"]

_REQUIRED = ("title", "group", "paper")
_EVIDENCE = ("lean", "symbolic", "numeric")
_OPTIONAL = (*_EVIDENCE, "latex")


@dataclass(frozen=True)
class ClaimEntry:
    """One row of the table.

    Attributes
    ----------
    id
        Slug, the key everywhere.
    title, group, paper
        The statement in a line, its group, and where the paper has it.
    lean, symbolic, numeric
        Names of the theorem, derivation and claim; None where the statement has none.
    latex
        The statement in LaTeX, text with ``$…$``, for citations and the report; None where nobody has written it.
    """

    id: str
    title: str
    group: str
    paper: str
    lean: str | None
    symbolic: str | None
    numeric: str | None
    latex: str | None = None


def load_table(path: Path | None = None) -> tuple[ClaimEntry, ...]:
    """Read the claim table, in its own order.

    Raises
    ------
    TableError
        If the file is not TOML or has no row, an id is not a slug, a field is missing, unknown or not a string, or a
        row names no evidence.
    """
    path = path or claims_file()
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise TableError(f"{path}: cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise TableError(f"{path}: not TOML: {error}") from error
    if not raw:
        raise TableError(f"{path}: no statement; expected at least one table [ID]")
    return tuple(_entry(path, slug, row) for slug, row in raw.items())


def _entry(path: Path, slug: str, row: object) -> ClaimEntry:
    if not isinstance(row, dict):
        raise TableError(f"{path}: {slug}: expected a table, got {row!r}")
    if not re.fullmatch(r"[a-z0-9-]+", slug):  # ids become names of files
        raise TableError(f"{path}: expected small letters, digits and hyphens as an id, got {slug!r}")
    missing = [k for k in _REQUIRED if k not in row]
    unknown = [k for k in row if k not in (*_REQUIRED, *_OPTIONAL)]
    not_text = [k for k, v in row.items() if not isinstance(v, str) or not v]
    if missing or unknown or not_text:
        raise TableError(f"{path}: {slug}: missing {missing}, unknown {unknown}, not a non-empty string {not_text}")
    if not any(k in row for k in _EVIDENCE):
        raise TableError(f"{path}: {slug}: names no evidence: expected at least one of {', '.join(_EVIDENCE)}")
    return ClaimEntry(slug, *(row[k] for k in _REQUIRED), *(row.get(k) for k in _OPTIONAL))
