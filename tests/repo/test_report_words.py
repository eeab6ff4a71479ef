"""Mathematics, Lean and Markdown as HTML: escaped, and drawn with the font that comes along."""

import re
import unicodedata
from html import unescape

import pytest

from rlhf_proofs.report.html import block, lean, markdown, mixed
from rlhf_proofs.table import load_table
from rlhf_symbolic import DERIVATIONS
from rlhf_symbolic.engine.printing import latex, latex_words

from .conftest import REPOSITORY


def test_what_is_not_mathematics_is_escaped():
    assert "&lt;script&gt;" in mixed("<script> $x < y$")
    assert "<script>" not in mixed("$<script>$")
    assert "<script>" not in block("<script>")
    assert "&lt;" in lean("example : a < b")
    for planted in (r"\text{<script>alert(1)</script>}", r"\tag{<script>}", r"\href{javascript:alert(1)}{x}"):
        assert not re.search("<script|javascript:", block(planted) + mixed(f"${planted}$")), planted
    assert "<script>" not in markdown("<script>alert(1)</script>")


def test_mathematics_is_mathml_and_breaks_before_a_relation():
    html = mixed(r"Thus $a = b \le c$.")
    assert html.count("<math") == 3
    assert html.count("<wbr>") == 2
    assert mixed(r"$f(x = y)$").count("<wbr>") == 1
    assert "<wbr>" not in mixed(r"$\sum_{i = 1} i$")


ITALICS = {
    unicodedata.normalize("NFKC", c): c for c in map(chr, [*range(0x1D434, 0x1D468), 0x210E, *range(0x1D6FC, 0x1D71C)])
    if unicodedata.category(c) != "Cn"
}  # fmt: skip


def drawn(html):
    """The characters that a browser draws for MathML: a variable of one letter is drawn in italics."""
    found = set()
    for tag, text in re.findall(r"<(m[ion]|mtext)[^>]*>([^<]*)</m", str(html)):
        letters = unescape(text)
        found |= {ITALICS.get(letters, letters)} if tag == "mi" and len(letters) == 1 else set(letters)
    return found


def test_the_font_holds_every_sign_of_every_statement_and_derivation():
    ttlib = pytest.importorskip("fontTools.ttLib", reason="fontTools is missing: the font has not been read")
    font = ttlib.TTFont(REPOSITORY / "proofs/rlhf_proofs/report/static/math.woff")
    formulas = [mixed(e.latex) for e in load_table()]
    for derivation in DERIVATIONS.values():
        formulas += [
            mixed(latex_words(s.reason)) + block(latex(s.before)) + block(latex(s.after)) for s in derivation.steps
        ]
    signs = {sign for formula in formulas for sign in drawn(formula)}
    assert len(signs) > 60
    assert {f"{c} U+{ord(c):04X}" for c in signs if ord(c) not in font.getBestCmap()} == set()
    assert ord("∰") not in font.getBestCmap()
    assert "MATH" in font


def test_numbered_items_have_anchors():
    html = markdown("1. one\n2. two\n", numbered=True)
    assert '<li id="item-1">one' in html
    assert '<li id="item-2">two' in html
