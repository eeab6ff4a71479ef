"""``claims/<paper>.toml``: the one place where an id is tied to its Lean theorem, sympy derivation and numpy claim.

A file begins with the paper, its number, and its groups; each further table is a statement. The theorem, the derivation
and the claim bear the id as their name, unless the row says another, or ``false`` where there is none.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rlhf_proofs.errors import TableError
from rlhf_proofs.resources import claims_folder

__all__ = [
    "EVIDENCE",
    "UNWRITTEN",
    "ClaimEntry",
    "Paper",
    "homes_of_rows",
    "load_papers",
    "load_table",
    "theorem_of",
]

EVIDENCE = ("lean", "symbolic", "numeric")
UNWRITTEN = "…"  # in the place of words that `rlhf-lemmas new` leaves to a person
_HEAD = ("title", "groups")
_NUMBER = ("arxiv", "url")  # of a paper; a table of textbook facts has neither
_REQUIRED = ("title", "group", "place")
_TEXTS = (*_REQUIRED, "arxiv", "latex")
_KNOWN = (*_TEXTS, *EVIDENCE, "also", "sharp_of")
_SHARP = ("sharp_of", "group")  # all that a row says whose words are those of another
_ANY_CONSTANT = re.compile(r"let \$C(?: \\ge 0)?\$ be a second-order constant on \$\[-M,M\]\$")
_LEAST_CONSTANT = r"let $C = \psi(M) = (e^M - 1 - M)/M^2$"
_IF_ARCHIMEDEAN = r"If $\mathbb{F}$ is Archimedean, the following holds. "


@dataclass(frozen=True)
class ClaimEntry:
    """One row of the table.

    Attributes
    ----------
    id
        Slug, the key everywhere.
    title, group, paper
        The statement in a line, the title of its group, and where the paper has it.
    lean, symbolic, numeric
        Names of the theorem, derivation and claim; None where the statement has none.
    latex
        The statement in LaTeX, text with ``$…$``, for citations and the report; None where nobody has written it.
    group_slug
        The group's name as a module.
    papers
        Names of the papers that the statement serves; the first one's file holds the row.
    sharp_of
        Id of the statement of which this is the case C = ψ(M), and from whose row its words are made; None for others.
    """

    id: str
    title: str
    group: str
    paper: str
    lean: str | None
    symbolic: str | None
    numeric: str | None
    latex: str | None = None
    group_slug: str = ""
    papers: tuple[str, ...] = ()
    sharp_of: str | None = None

    @property
    def where(self) -> str:
        """The row, for messages."""
        return f"{''.join(f'claims/{home}.toml: ' for home in self.papers[:1])}{self.id}"


@dataclass(frozen=True)
class Paper:
    """A paper, as the head of its file says.

    Attributes
    ----------
    slug
        Name of the file, and of the paper's folders.
    title, arxiv, url
        Of the paper; number and address are empty where the statements are nobody's.
    groups
        Titles of the groups of its statements by their slugs.
    """

    slug: str
    title: str
    groups: Mapping[str, str]
    arxiv: str = ""
    url: str = ""


def load_table(path: Path | None = None) -> tuple[ClaimEntry, ...]:
    """Read the claim table, in its own order: the papers by name, the rows of each as they stand in its file.

    Parameters
    ----------
    path
        A folder of tables, or one of them. Default: those that ship with the package.

    Raises
    ------
    TableError
        If a file is not TOML, has no paper or no row, an id is not a slug or there twice, a field is missing, unknown,
        not what it should be or still to be written, a row names no evidence, or one that is to say what another says
        with the least constant has more words, or no such row.
    """
    tables = _read(path)
    found: dict[str, ClaimEntry] = {}
    for file, paper, rows in tables:
        _require_written(f"{file}: paper", vars(paper))
        for slug, row in rows.items():
            entry = _entry(file, paper, slug, _in_full(file, slug, row, rows))
            if slug in found:
                raise TableError(f"{file}: {slug}: is in {found[slug].where}, too; an id stands once")
            if strangers := sorted(set(entry.papers) - {other.slug for _, other, _ in tables}):
                raise TableError(f"{file}: {slug}: also: there is no table of {', '.join(strangers)}")
            found[slug] = entry
    return tuple(found.values())


def load_papers(path: Path | None = None) -> dict[str, Paper]:
    """Read the heads of the tables by their names; see `load_table`."""
    return {paper.slug: paper for _, paper, _ in _read(path)}


def homes_of_rows(path: Path | None = None) -> dict[str, str]:
    """Return for each id the paper whose file holds its row, whatever the row says; see `load_table`."""
    return {slug: paper.slug for _, paper, rows in _read(path) for slug in rows}


def theorem_of(id: str) -> str:
    """Return the full name of the theorem that a row means where it names none."""
    return "RLHF." + id.replace("-", "_")


def _read(path: Path | None) -> list[tuple[Path, Paper, dict[str, Any]]]:
    """Return file, paper and rows of each table."""
    path = path or claims_folder()
    files = sorted(path.glob("*.toml")) if path.is_dir() else [path]
    if not files:
        raise TableError(f"{path}: no table; expected at least one file PAPER.toml")
    read = []
    for file in files:
        raw = _toml(file)
        if not re.fullmatch(r"[a-z][a-z0-9_]*", file.stem):  # papers become names of modules
            raise TableError(f"{file}: expected small letters, digits and underscores as a paper, got {file.stem!r}")
        paper = _paper(file, raw.pop("paper", None))
        if not raw:
            raise TableError(f"{file}: no statement; expected at least one table [ID]")
        read.append((file, paper, raw))
    return read


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise TableError(f"{path}: cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise TableError(f"{path}: not TOML: {error}") from error


def _paper(path: Path, head: object) -> Paper:
    if not isinstance(head, dict) or set(head) not in ({*_HEAD}, {*_HEAD, *_NUMBER}):
        what = f"{' and '.join(_HEAD)}, and of a paper {' and '.join(_NUMBER)}"
        raise TableError(f"{path}: expected a table [paper] with {what}, got {head!r}")
    groups, texts = head["groups"], [head[name] for name in head if name != "groups"]
    if not isinstance(groups, dict) or not all(map(_is_text, [*groups.values(), *texts])):
        raise TableError(f"{path}: paper: expected non-empty strings, and groups as a table of them, got {head!r}")
    if odd := [slug for slug in groups if not re.fullmatch(r"[a-z][a-z0-9_]*", slug)]:
        raise TableError(f"{path}: paper.groups: expected small letters, digits and underscores, got {odd}")
    return Paper(path.stem, **head)


def _entry(path: Path, paper: Paper, slug: str, row: object) -> ClaimEntry:
    if not isinstance(row, dict):
        raise TableError(f"{path}: {slug}: expected a table, got {row!r}")
    if not re.fullmatch(r"[a-z0-9-]+", slug):  # ids become names of files
        raise TableError(f"{path}: expected small letters, digits and hyphens as an id, got {slug!r}")
    _require_fields(path, slug, row)
    if row["group"] not in paper.groups:
        known = ", ".join(paper.groups)
        raise TableError(f"{path}: {slug}: no group {row['group']!r} in [paper.groups]; known: {known}")
    default = {"lean": theorem_of(slug), "symbolic": slug, "numeric": slug}
    names = {kind: row.get(kind, default[kind]) or None for kind in EVIDENCE}
    if not any(names.values()):
        raise TableError(f"{path}: {slug}: names no evidence: expected at least one of {', '.join(EVIDENCE)}")
    return ClaimEntry(
        slug, row["title"], paper.groups[row["group"]], _place(paper, row), **names,
        latex=row.get("latex"), group_slug=row["group"], papers=(paper.slug, *row.get("also", ())),
        sharp_of=row.get("sharp_of"),
    )  # fmt: skip


def _in_full(path: Path, slug: str, row: object, rows: Mapping[str, Any]) -> object:
    """Return a row with all its words: those of another with C = ψ(M) where ``sharp_of`` names that one."""
    if not isinstance(row, dict) or "sharp_of" not in row:
        return row
    if not _is_text(row["sharp_of"]) or set(row) != {*_SHARP}:
        raise TableError(f"{path}: {slug}: expected {' and '.join(_SHARP)} alone, got {row!r}")
    origin = rows.get(row["sharp_of"])
    said = [origin.get("title"), origin.get("latex")] if isinstance(origin, dict) else []
    title, latex = map(str, said) if said and all(map(_is_text, said)) else ("", "")
    if len(_ANY_CONSTANT.findall(latex)) != 1:
        raise TableError(f"{path}: {slug}: sharp_of: expected a row that says once: let $C$ be a second-order constant")
    words: dict[str, Any] = {"title": f"With C = ψ(M): {title}", "symbolic": False}
    words["latex"] = _IF_ARCHIMEDEAN + _ANY_CONSTANT.sub(lambda _: _LEAST_CONSTANT, latex)
    return {**{name: value for name, value in rows[row["sharp_of"]].items() if name not in EVIDENCE}, **words, **row}


def _place(paper: Paper, row: Mapping[str, Any]) -> str:
    number = row.get("arxiv", paper.arxiv)
    return f"{number}, {row['place']}" if number else str(row["place"])


def _require_fields(path: Path, slug: str, row: Mapping[str, Any]) -> None:
    missing = [k for k in _REQUIRED if k not in row]
    unknown = [k for k in row if k not in _KNOWN]
    not_text = [k for k in _TEXTS if k in row and not _is_text(row[k])]
    not_text += [k for k in EVIDENCE if k in row and row[k] is not False and not _is_text(row[k])]
    if missing or unknown or not_text:
        raise TableError(f"{path}: {slug}: missing {missing}, unknown {unknown}, not a non-empty string {not_text}")
    _require_written(f"{path}: {slug}", row)
    also = row.get("also", [])
    if not isinstance(also, list) or not all(map(_is_text, also)):
        raise TableError(f"{path}: {slug}: also: expected a list of names of papers, got {also!r}")


def _require_written(where: str, fields: Mapping[str, Any]) -> None:
    if unwritten := [name for name, words in fields.items() if words == UNWRITTEN]:
        raise TableError(f"{where}: {', '.join(unwritten)}: still to be written")


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value)
