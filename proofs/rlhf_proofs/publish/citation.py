r"""How to cite a statement: what the last ledger says of it, and not a word more.

Three forms: JSON, BibTeX, and LaTeX that defines ``\verified{id}`` and ``\verifiedsetting``.
"""

import json
import re
import subprocess
from collections.abc import Mapping, Sequence
from importlib.metadata import metadata, version
from typing import Any

from rlhf_proofs.errors import TableError, UnknownClaimError, did_you_mean
from rlhf_proofs.publish.setting import load_setting
from rlhf_proofs.resources import claims_folder
from rlhf_proofs.table import ClaimEntry

__all__ = ["as_bibtex", "as_json", "as_latex", "cite", "documentation", "escape_latex", "software_commit"]

_SPECIAL = {c: f"\\{c}" for c in "&%$#{}"} | {
    "\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
    "_": r"\_\allowbreak{}",  # long names of theorems would stick out of the margin
}  # fmt: skip
_DIGITS = 16  # of a hash in print; JSON and the comments have all
_STALE = "the sources have changed since this check"
_MACRO = r"""% Written by `rlhf-lemmas cite`; needs amsmath and amssymb. Do not edit: make it anew after a check.
\providecommand{\verified}[1]{\verifiedstatement{#1}\ {\footnotesize[\verifiedrecord{#1}]}}
\providecommand{\verifiedstatement}[1]{\global\let\rlhfstated\relax\rlhfuse{statement}{#1}}
\providecommand{\verifiedrecord}[1]{\rlhfuse{record}{#1}}
\providecommand{\rlhfuse}[2]{\ifcsname rlhf@#1@#2\endcsname\csname rlhf@#1@#2\endcsname
  \else\PackageError{rlhf-lemmas}{no statement #2}{Add it: rlhf-lemmas cite --latex #2}\fi}
\providecommand{\verifiedsetting}{\global\let\rlhfsetting\relax\rlhfsettingtext}
\AtEndDocument{\ifdefined\rlhfstated\ifdefined\rlhfsetting\else\PackageWarningNoLine{rlhf-lemmas}{Statements are
  printed without their setting: put \string\verifiedsetting\space before them}\fi\fi}"""


def cite(ledger: Mapping[str, Any], entries: Sequence[ClaimEntry], claim: str, *, current: bool) -> dict[str, Any]:
    """Return all that the ledger lets one say of a statement.

    Parameters
    ----------
    ledger
        In its JSON form.
    entries
        The table, for the statement in LaTeX.
    claim
        Id.
    current
        Whether the sources are still those that the ledger was made from.

    Raises
    ------
    UnknownClaimError
        If the ledger does not have the statement.
    TableError
        If the table has no LaTeX for it.
    """
    rows = {row["id"]: row for row in ledger["claims"]}
    if claim not in rows:
        raise UnknownClaimError(f"in the ledger: {did_you_mean('statement', claim, rows)}")
    entry = next((e for e in entries if e.id == claim), None)
    if entry is None or entry.latex is None:
        where = f"claims: {claim}" if entry is None else entry.where
        raise TableError(f"{where}: no latex, so it cannot be cited")
    row, recorded, site = rows[claim], ledger.get("recorded"), documentation()
    commit, modified = software_commit() if recorded is None else (recorded["commit"], recorded["modified"])
    kept = ("theorem", "status", "axioms", "core_axioms", "statement", "statement_sha256", "hypotheses")
    return {
        "id": claim,
        "title": row["title"],
        "latex": entry.latex,
        "setting": load_setting().latex,
        "paper": row["paper"],
        # The table, the hypotheses and the proofs may be others now: nothing old is said of them.
        "status": row["effective"] if current else "stale",
        "why": row["why"] if current else _STALE,
        "lean": {key: row["lean"].get(key) for key in kept}
        | ({} if current else {"status": "stale"})
        | {"toolchain": ledger["lean"]["toolchain"], "backend": ledger["lean"]["backend"]},
        "software": {"name": "rlhf-lemmas", "version": version("rlhf-lemmas"), "commit": commit, "modified": modified},
        "checked": ledger["made"],
        "recorded": None if recorded is None else dict(recorded),
        "current": current,
        "recheck": f"rlhf-lemmas check --claim {claim}",
        "url": None if site is None else f"{site}/s/{claim}",
    }


def documentation() -> str | None:
    """Return the address of the documentation, without a slash at its end; None as long as the package names none."""
    named = (each.partition(",") for each in metadata("rlhf-lemmas").get_all("Project-URL") or ())
    return next((url.strip().rstrip("/") for name, _, url in named if name.strip().lower() == "documentation"), None)


def software_commit() -> tuple[str | None, bool | None]:
    """Return the git commit of the checkout that runs and whether its files differ from it; None outside a checkout."""
    root = claims_folder().parent
    try:
        # The tables lie at the top of a checkout; in a wheel they may lie inside somebody else's repository.
        if not (root / ".git").exists():
            return None, None
        said = [
            subprocess.run(["git", "-C", root, *command], capture_output=True, text=True, check=True, timeout=30).stdout
            for command in (["rev-parse", "HEAD"], ["status", "--porcelain", "--untracked-files=no"])
        ]
    except (OSError, subprocess.SubprocessError):
        return None, None
    return said[0].strip(), bool(said[1].strip())


def as_json(citations: Sequence[Mapping[str, Any]]) -> str:
    """Return the citations as a JSON list."""
    return json.dumps(list(citations), indent=1, ensure_ascii=False)


def as_bibtex(citations: Sequence[Mapping[str, Any]]) -> str:
    """Return one ``@misc`` entry for each citation, with the key ``rlhf-lemmas:ID``."""
    return "\n\n".join(map(_bibtex, citations))


def _bibtex(citation: Mapping[str, Any]) -> str:
    software = citation["software"]
    note = "; ".join(escape_latex(fact) for fact in _facts(citation))
    fields = {
        "author": "{The rlhf-lemmas authors}",
        # Not the statement itself: in a list of references it would stand without its setting.
        "title": f"{{rlhf-lemmas, statement \\texttt{{{citation['id']}}}}}",
        "year": citation["checked"][:4],
        "howpublished": f"Software, version {software['version']}",
        "note": f"On {escape_latex(citation['paper'])}; {note}",
    } | ({} if citation["url"] is None else {"url": citation["url"]})
    body = ",\n".join(f"  {key} = {{{value}}}" for key, value in fields.items())
    return f"@misc{{rlhf-lemmas:{citation['id']},\n{body}\n}}"


def as_latex(citations: Sequence[Mapping[str, Any]]) -> str:
    r"""Return a file that defines ``\verified{id}``: the statement, then what is known of it in small print.

    ``\verifiedstatement{id}`` and ``\verifiedrecord{id}`` give the parts; ``\verifiedsetting`` is what all statements
    share, and a paper that prints statements without it gets a warning.
    """
    setting = f"\\def\\rlhfsettingtext{{{load_setting().latex}}}"
    return "\n".join([_MACRO, setting, *map(_definitions, citations)]) + "\n"


def _definitions(citation: Mapping[str, Any]) -> str:
    lean, slug = citation["lean"], citation["id"]
    command = escape_latex(citation["recheck"]).replace("--", "-{}-")
    page = [] if citation["url"] is None else [f"\\texttt{{{_breakable(citation['url'])}}}"]
    record = "; ".join([*map(escape_latex, _facts(citation)), f"to check again: \\texttt{{{command}}}", *page])
    comment = f"% {slug}: {lean['theorem']}, sha256 of the statement {lean['statement_sha256']}"
    defined = [
        f"\\expandafter\\def\\csname rlhf@{part}@{slug}\\endcsname{{{text}}}"
        for part, text in (("statement", citation["latex"]), ("record", record))
    ]
    return "\n".join([comment, *defined])


def _breakable(url: str) -> str:
    return escape_latex(url).replace("/", "/\\allowbreak{}")


def _facts(citation: Mapping[str, Any]) -> list[str]:
    """Say in short sentences what was found, how, and when."""
    lean, software = citation["lean"], citation["software"]
    facts = [f"{citation['status']}: {citation['why']}"]
    if citation["status"] == "proved":
        facts = [f"proved as {lean['theorem']} in {_toolchain(lean)}", _axioms(lean), _hash(lean)]
    commit = software["commit"]
    if commit is None:
        facts.append(f"rlhf-lemmas {software['version']}, commit unknown")
    else:
        local = " with local changes" if software["modified"] else ""
        facts.append(f"rlhf-lemmas {software['version']}, commit {commit[:_DIGITS]}{local}")
    recorded, day = citation["recorded"], citation["checked"][:10]
    facts.append(f"checked {day}" if recorded is None else f"recorded by {recorded['by']} on {day}, not checked here")
    return facts


def _toolchain(lean: Mapping[str, Any]) -> str:
    build = "the WebAssembly build" if lean["backend"] == "wasm" else "the official toolchain"
    return f"{re.sub(r', commit .*', '', lean['toolchain'])} ({build})"


def _axioms(lean: Mapping[str, Any]) -> str:
    core = lean["core_axioms"]
    below = "axioms of Lean's core not visible with this build" if core is None else ", ".join(core) or "none of core"
    return f"axioms: none of its own; {below}"


def _hash(lean: Mapping[str, Any]) -> str:
    return f"statement sha256 {lean['statement_sha256'][:_DIGITS]}"


def escape_latex(text: str) -> str:
    """Return text that LaTeX prints as it is; what is not ASCII becomes a question mark."""
    return "".join(_SPECIAL.get(c, c) for c in text.encode("ascii", "replace").decode())
