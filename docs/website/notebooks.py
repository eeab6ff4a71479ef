"""Executed notebooks as pages: the words, the cells and what they say, formulas as MathML, pictures as files."""

import base64
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

__all__ = ["as_markdown", "with_formulas"]

_CODE = re.compile(r"(`[^`]*`)")
_FORMULA = re.compile(r"\$\$(?P<block>.+?)\$\$|\$(?P<inline>[^$]+)\$", re.DOTALL)
_WORDS = re.compile(r"\\text\{(.*)\}(?=\s*(?:\\\\)?$)", re.MULTILINE)  # at the end of a line, formulas in them


def as_markdown(notebook: Path, target: Path) -> str:
    """Return a notebook as Markdown; its pictures are written to the folder ``pictures`` of the target."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    parts = [part for cell in cells for part in _cell(cell, notebook.stem, target)]
    return "\n\n".join(parts) + "\n"


def _cell(cell: dict[str, Any], name: str, target: Path) -> Iterator[str]:
    source = "".join(cell["source"])
    if cell["cell_type"] == "markdown":
        yield with_formulas(source)
        return
    yield f"````python\n{source}\n````"
    if printed := "".join(text for output in cell["outputs"] for text in output.get("text", ())):
        yield f"````text\n{printed.rstrip()}\n````"
    for number, output in enumerate(cell["outputs"]):
        data = output.get("data", {})
        if "image/png" in data:
            picture = target / "pictures" / f"{name}-{cell['id']}-{number}.png"
            picture.parent.mkdir(exist_ok=True)
            picture.write_bytes(base64.b64decode("".join(data["image/png"])))
            yield f"![What the cell plots]({picture.relative_to(target).as_posix()})"
        elif "text/latex" in data:
            latex = "".join(data["text/latex"]).strip("$").replace(r"\displaystyle", "")
            yield _block(_WORDS.sub(_pieces, latex))


def with_formulas(text: str) -> str:
    """Return Markdown with the formulas between dollars as MathML, those in code left alone."""
    return "".join(part if part.startswith("`") else _FORMULA.sub(_mathml, part) for part in _CODE.split(text))


def _mathml(formula: re.Match[str]) -> str:
    from rlhf_proofs.report.html import mixed  # needs the extra `report`, as the site does

    if formula["block"] is not None:
        return _block(formula["block"])
    return str(mixed(f"${' '.join(formula['inline'].split())}$"))


def _pieces(words: re.Match[str]) -> str:
    """Take formulas out of a text, where the converter would not see them."""
    return "".join(piece if i % 2 else rf"\text{{{piece}}}" for i, piece in enumerate(words[1].split("$")) if piece)


def _block(latex: str) -> str:
    from rlhf_proofs.report.html import block

    return f'\n<div class="formula">{block(" ".join(latex.split()))}</div>\n'
