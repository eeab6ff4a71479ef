"""An extension of Sphinx: an id of a statement in code, as in `gradient-domination`, is a link to its page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from docutils import nodes

from rlhf_proofs import load_table

if TYPE_CHECKING:
    from sphinx.application import Sphinx

__all__ = ["address", "link_ids", "setup", "with_bars"]

_CODE = re.compile(r"(``.*?``)")


def address(page: str, id: str) -> str:
    """Return the address of a statement as a page links to it; from the disk, a folder would show its list of files."""
    return f"{'../' * page.count('/')}s/{id}/index.html"


def setup(app: Sphinx) -> dict[str, bool]:
    """Add the links when a page is otherwise done, so that tables of contents do not have them."""
    ids = {entry.id for entry in load_table()}
    app.connect("doctree-resolved", lambda _, tree, page: link_ids(tree, page, ids))
    app.connect("autodoc-process-docstring", _keep_bars)
    app.connect("autodoc-skip-member", _without_words)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def link_ids(tree: nodes.document, page: str, ids: set[str]) -> None:
    """Put each id that stands in code by itself, and in no link, into a link."""
    for code in list(tree.findall(nodes.literal)):
        if code.astext() in ids and not _linked(code):
            link = nodes.reference("", "", refuri=address(page, code.astext()), internal=True, classes=["statement"])
            code.replace_self(link)
            link += code


def _keep_bars(_: Sphinx, kind: str, name: str, thing: object, options: object, lines: list[str]) -> None:
    lines[:] = [line if line.lstrip().startswith((">>>", "...")) else with_bars(line) for line in lines]


def _without_words(_: Sphinx, kind: str, name: str, thing: object, skip: bool, options: object) -> bool | None:
    """Leave out fields of named tuples, of which Python says "Alias for field number 0"; the class explains them."""
    return True if type(thing).__name__ == "_tuplegetter" else None


def with_bars(line: str) -> str:
    """Return a line of a docstring whose bars are bars, as in |lhs − rhs|, and no substitution."""
    return "".join(part if part.startswith("``") else part.replace("|", "\\|") for part in _CODE.split(line))


def _linked(node: nodes.Node) -> bool:
    while node.parent is not None:
        node = node.parent
        if isinstance(node, nodes.reference):
            return True
    return False
