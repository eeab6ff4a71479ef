"""``rlhf-lemmas cite`` and ``rlhf-lemmas formalization``: what may be said of the statements, in others' forms."""

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from rlhf_proofs.completion import STATEMENT_IDS
from rlhf_proofs.errors import CannotRunError
from rlhf_proofs.ledger.build import recall, sources_digest
from rlhf_proofs.output import write_named
from rlhf_proofs.publish.citation import as_bibtex, as_json, as_latex
from rlhf_proofs.publish.citation import cite as cite_one
from rlhf_proofs.records.formalization import formalization_yaml
from rlhf_proofs.records.recorded import remark
from rlhf_proofs.resources import claims_folder
from rlhf_proofs.table import load_table

Form = Callable[[Sequence[Mapping[str, Any]]], str]


class Language(StrEnum):
    """Form of a citation."""

    BIBTEX = "bibtex"
    LATEX = "latex"
    JSON = "json"


_FORMS: dict[Language, Form] = {Language.BIBTEX: as_bibtex, Language.LATEX: as_latex, Language.JSON: as_json}


def cite(
    claim: Annotated[
        list[str], typer.Argument(metavar="ID...", help="Ids of the statements.", autocompletion=STATEMENT_IDS)
    ],
    bibtex: Annotated[bool, typer.Option("--bibtex", help="BibTeX entries (the default).")] = False,
    latex: Annotated[bool, typer.Option("--latex", help="LaTeX that defines \\verified{ID}.")] = False,
    as_data: Annotated[bool, typer.Option("--json", help="JSON.")] = False,
    target: Annotated[Path | None, typer.Option("--out", help="Write to this file instead.")] = None,
) -> None:
    """Cite statements, with what the last check says of them and no more."""
    chosen = [form for form, wanted in zip(Language, (bibtex, latex, as_data), strict=True) if wanted]
    if len(chosen) > 1:
        raise typer.BadParameter(f"one form at a time, not {' and '.join(chosen)}")
    ledger, entries = recall(), load_table()
    current = ledger["sources_sha256"] == sources_digest()
    if said := remark(ledger, current=current):
        Console(stderr=True).print(said, style="yellow", markup=False, soft_wrap=True)
    citations = [cite_one(ledger, entries, each, current=current) for each in dict.fromkeys(claim)]
    text = _FORMS[chosen[0] if chosen else Language.BIBTEX](citations)
    if target is None:
        typer.echo(text)
    else:
        _write(target, text.rstrip("\n") + "\n")


def formalization(
    target: Annotated[
        Path | None, typer.Option("--out", help="Where to write. Default: the checkout's own file.")
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit 1 if the file is not up to date.")
    ] = False,
) -> None:
    """Write formalization.yaml: sources, main results, axioms and divergences, for registries of formalizations."""
    path = target or claims_folder().parent / "formalization.yaml"
    text = formalization_yaml()
    if check:
        same = path.is_file() and path.read_text(encoding="utf-8") == text
        typer.echo(f"{path} is {'up to date' if same else 'not up to date: rlhf-lemmas formalization'}")
        raise typer.Exit(0 if same else 1)
    _require_proofs()
    _write(path, text)
    typer.echo(f"written to {path}")


def _require_proofs() -> None:
    """Refuse to write "proved" unless a check of the present sources has proved every statement of the table."""
    ledger = recall()
    if "recorded" in ledger or ledger["sources_sha256"] != sources_digest():
        raise CannotRunError("what is proved of these sources is not known: run `rlhf-lemmas check`, then this again")
    proved = {row["id"] for row in ledger["claims"] if row["lean"]["status"] == "proved"}
    if missing := [e.id for e in load_table() if e.lean is not None and e.id not in proved]:
        raise CannotRunError(f"the last check did not prove {', '.join(missing)}: formalization.yaml is left as it is")


def _write(path: Path, text: str) -> None:
    write_named(path, text)
