"""Mathematics, Lean and Markdown as HTML that needs neither a network nor a script."""

import re

from latex2mathml.converter import convert
from markdown_it import MarkdownIt
from markupsafe import Markup, escape
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name

__all__ = ["block", "lean", "markdown", "mixed", "palette"]


def mixed(text: str) -> Markup:
    """Return text with LaTeX between dollar signs as HTML with MathML."""
    pieces = text.split("$")
    return Markup("").join(_math(p, "inline") if i % 2 else escape(p) for i, p in enumerate(pieces))


def block(latex: str) -> Markup:
    """Return LaTeX as displayed MathML."""
    return _math(latex, "block")


def _math(latex: str, display: str) -> Markup:
    return Markup(convert(latex, display=display))  # it escapes what it is given


def lean(source: str) -> Markup:
    """Return Lean as highlighted HTML."""
    return Markup(highlight(source, get_lexer_by_name("lean4"), HtmlFormatter(nowrap=True)).rstrip("\n"))


def markdown(text: str, *, numbered: bool = False) -> Markup:
    """Return Markdown with tables as HTML; HTML inside it is shown, not obeyed.

    With ``numbered``, the items of its numbered lists get the anchors ``item-1``, ``item-2``, …
    """
    html = MarkdownIt("commonmark", {"html": False}).enable("table").render(text)
    if numbered:
        items = iter(re.findall(r"^(\d+)\. ", text, re.MULTILINE))
        html = re.sub(r"<li>", lambda _: f'<li id="item-{next(items)}">', html)
    return Markup(html)


def palette() -> str:
    """Return the style sheet of highlighted Lean, light and dark."""
    light, dark = (HtmlFormatter(style=style).get_style_defs(".lean") for style in ("default", "github-dark"))
    return f"{light}\n@media (prefers-color-scheme: dark) {{\n{dark}\n}}\n.lean .err {{ border: 0; background: none }}\n"
