"""What the scripts of the notebooks share: cells become a notebook, a notebook is executed, both the same each time."""

from collections.abc import Sequence
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

__all__ = ["Cells", "build", "execute", "write"]

Cells = Sequence[tuple[str, str]]


def build(cells: Cells) -> nbformat.NotebookNode:
    """Return the notebook without outputs; a cell is ("words" or "code", its source), and ids are fixed."""
    made = []
    for number, (kind, source) in enumerate(cells):
        cell = (new_code_cell if kind == "code" else new_markdown_cell)(source)
        cell["id"] = f"cell-{number}"
        made.append(cell)
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return new_notebook(cells=made, metadata={"kernelspec": kernel})


def execute(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Run all cells in a fresh kernel; raise if one fails. Time stamps are left out."""
    NotebookClient(notebook, timeout=300, record_timing=False).execute()
    notebook["metadata"].pop("language_info", None)  # it names the version of Python that happened to run
    return notebook


def write(cells: Cells, path: Path) -> None:
    """Execute the cells and store the notebook with what they say."""
    nbformat.write(execute(build(cells)), path)
