"""Mathematics, Lean and Markdown as HTML that needs neither a network nor a script."""

import re
from collections.abc import Mapping
from html import unescape
from xml.etree.ElementTree import tostring

from latex2mathml.converter import convert_to_element
from markdown_it import MarkdownIt
from markupsafe import Markup, escape
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name

__all__ = ["block", "lean", "markdown", "markdown_with_figures", "mixed", "palette", "soft"]


_FORMULA = re.compile(r"\$([^$]*)\$([.,;:)]*)")


def mixed(text: str) -> Markup:
    """Return text with LaTeX between dollar signs as HTML with MathML.

    A line may break before a relation, and never between a formula and the punctuation after it.
    """
    html, position = Markup(""), 0
    for found in _FORMULA.finditer(text):
        *parts, last = _relations(found[1])
        html += escape(text[position : found.start()])
        html += Markup("").join(_math(part, "inline") + Markup("<wbr>") for part in parts)
        html += Markup('<span class="whole">') + _math(last, "inline") + escape(found[2]) + Markup("</span>")
        position = found.end()
    return html + escape(text[position:])


def _relations(latex: str) -> list[str]:
    """Cut a formula before each relation that stands in no braces."""
    cuts, depth = [0], 0
    for i, letter in enumerate(latex):
        depth += (letter == "{") - (letter == "}")
        if i and depth == 0 and re.match(r" (?:=|\\le|\\ge)(?![a-z])", latex[i:]):
            cuts.append(i)
    return [latex[i:j] for i, j in zip(cuts, [*cuts[1:], len(latex)], strict=True)]


def block(latex: str) -> Markup:
    """Return LaTeX as displayed MathML."""
    return _math(latex, "block")


# What the converter leaves to the browser, which takes bars for stretching operators and functions for variables.
_THIN = '<mspace width="0.17em"/>'
_BAR = re.compile(r"<mo[^>]*>([‖∣|/])</mo>")
_FUNCTION = re.compile(r"(<mi>(?:log|exp)</mi>|<mo[^>]*>(?:log|exp)</mo>)(?!\s*(?:<mrow>)?<mo[^>]*>\()")
_FORBIDDEN = {"href", "style", "id"}  # attributes that a formula could bring in, links and scripts among them


def _math(latex: str, display: str) -> Markup:
    html = _mathml(latex.replace(r"\mid", r"\;\vert\;"), display)
    html = html.replace('stretchy="true"', 'stretchy="true" symmetric="false"')  # brackets no taller than their content
    html = _BAR.sub(r'<mo stretchy="false" lspace="0" rspace="0">\1</mo>', html)
    html = _FUNCTION.sub(rf"\1{_THIN}", html)
    return Markup(re.sub(r"(</mi>|</msub>|</mn>)(<mi>(?:log|exp)</mi>)", rf"\1{_THIN}\2", html))


def _mathml(latex: str, display: str) -> str:
    """Convert a formula by way of the converter's tree: in its own text, the words of a formula are not escaped."""
    tree = convert_to_element(latex, display=display)
    for element in tree.iter():
        element.text, element.tail = (text and unescape(text) for text in (element.text, element.tail))
        for name in _FORBIDDEN & set(element.attrib):
            del element.attrib[name]
    return tostring(tree, encoding="unicode")


def lean(source: str) -> Markup:
    """Return Lean as highlighted HTML."""
    return Markup(highlight(source, get_lexer_by_name("lean4"), HtmlFormatter(nowrap=True)).rstrip("\n"))


def soft(name: str) -> Markup:
    """Return a name or a path that a line may break after a dot, a slash or an underscore, and not inside a word."""
    return Markup("<wbr>").join(escape(part) for part in re.split(r"(?<=[._/])", name))


def markdown(text: str, *, numbered: bool = False) -> Markup:
    """Return Markdown with tables as HTML; HTML inside it is shown, not obeyed.

    With ``numbered``, the items of its numbered lists get the anchors ``item-1``, ``item-2``, …
    """
    html = MarkdownIt("commonmark", {"html": False}).enable("table").render(text)
    if numbered:
        items = iter(re.findall(r"^(\d+)\. ", text, re.MULTILINE))
        html = re.sub(r"<li>", lambda _: f'<li id="item-{next(items)}">', html)
    return Markup(html)


def markdown_with_figures(text: str, figures: Mapping[str, str]) -> tuple[Markup, set[str]]:
    """Return Markdown as HTML whose pictures are those of the site, and where those that it shows lie.

    ``figures`` says for each file that the text may name where the site has it; of another picture the words are left.
    """
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens, seen = parser.parse(text), set()
    for token in tokens:
        for child in token.children or ():
            if child.type == "image" and (where := figures.get(str(child.attrs["src"]))) is not None:
                child.attrs |= {"src": where, "class": "plot"}
                seen.add(where)
            elif child.type == "image":
                child.type, child.tag = "text", ""
    return Markup(parser.renderer.render(tokens, parser.options, {})), seen


def palette() -> str:
    """Return the style sheet of highlighted Lean, light and dark."""
    light, dark = (HtmlFormatter(style=style).get_style_defs(".lean") for style in ("xcode", "github-dark"))
    calm = ".lean .err { border: 0; background: none }\n.lean .sd { color: var(--faint); font-style: italic }\n"
    return f"{light}\n@media screen and (prefers-color-scheme: dark) {{\n{dark}\n}}\n{calm}"
