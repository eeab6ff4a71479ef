"""What words in Lean sources name, and how they are shown: on a library of three modules, without Lean."""

import re

import pytest

from rlhf_proofs.lean.audit import Constants
from rlhf_proofs.lean.census import Place, Reader
from rlhf_proofs.report.code import Code
from rlhf_proofs.report.names import Names
from rlhf_proofs.report.notation import Symbol, notation
from rlhf_proofs.report.scope import bound, code_only, words
from rlhf_proofs.report.theorem import Theorems, in_words

DEFS = """module
public import Init

namespace RLHF

/-- A field. -/
class ExpField (R : Type u) where
  /-- The exponential. -/
  exp : R → R

export ExpField (exp)

/-- A box, of `norm`. -/
structure Box where
  /-- How wide. -/
  width : Nat
  /-- Wide enough: see `norm`. -/
  width_pos : 0 <
    width

variable (b : Box)

/-- Norm. -/
def norm (v : Nat) : Nat := v -- not Box

theorem Box.mono : norm b.width = b.width := by
  have norm := b.width_pos
  exact norm

namespace Inner

def norm (v : Nat) : Nat := v

theorem inside : norm 0 = 0 := rfl

end Inner
end RLHF
"""
LATER = """module
public import RLHF.Defs

namespace RLHF

section
variable (hidden : Nat)
end
variable (b : Box) {n : Nat}

private theorem step (h : b.width = n) : norm n = n := (h.trans (foo b)).mono

/-- Main. -/
theorem main (h : b.width = n) (hn : later n) :
    exp (norm n) = b.width := by
  simp [step, later, Box.mono]

def later (n : Nat) : Prop := norm n = n

def Box.made : Other far where
  width := 0

end RLHF
"""
APART = """module

namespace RLHF

def far : Nat := 0

end RLHF
"""
SOURCES = {"RLHF.Defs": DEFS, "RLHF.Later": LATER, "RLHF.Apart": APART}
USES = {
    "_private.RLHF.Later.0.RLHF.step": ["RLHF.Box", "RLHF.Box.width", "RLHF.norm", "RLHF.Box.mono"],
    "RLHF.main": ["RLHF.ExpField.exp", "RLHF.Box.width", "RLHF.norm", "_private.RLHF.Later.0.RLHF.step"],
    "RLHF.Box.mono": ["RLHF.Box.width", "RLHF.norm", "RLHF.Box.width_pos"],
}
DECLARED = (
    ("RLHF.ExpField", "inductive"), ("RLHF.Box", "inductive"), ("RLHF.norm", "definition"),
    ("RLHF.Box.mono", "theorem"), ("RLHF.Inner.norm", "definition"), ("RLHF.Inner.inside", "theorem"),
)  # fmt: skip
LATER_DECLARED = (
    ("RLHF.step", "theorem"), ("RLHF.main", "theorem"), ("RLHF.later", "definition"), ("RLHF.Box.made", "definition"),
)  # fmt: skip
APART_DECLARED = (("RLHF.far", "definition"),)
FIELDS = (("RLHF.ExpField.exp", "definition"), ("RLHF.Box.width", "definition"), ("RLHF.Box.width_pos", "theorem"))


def declaration(module, name):
    """Where a source declares a name: from the docstring to the next blank line."""
    lines = SOURCES[module].splitlines()
    last = name.rpartition(".")[2]
    pattern = rf"(?:private )?(?:class|structure|def|theorem) (?:\w+\.)*{last}\b"
    found = [i for i, line in enumerate(lines) if re.match(pattern, line)]
    at = found[-1] if name == "RLHF.Inner.norm" else found[0]
    first = at - 1 if lines[at - 1].startswith("/--") else at
    end = next(i for i in range(at, len(lines)) if not lines[i])
    return {"module": module, "name": name, "first_line": first + 1, "last_line": end}


@pytest.fixture
def library(report):
    """A report on the library, as the audit makes it."""
    found = [("RLHF.Defs", *each) for each in (*DECLARED, *FIELDS)]
    found += [("RLHF.Later", *each) for each in LATER_DECLARED] + [("RLHF.Apart", *each) for each in APART_DECLARED]
    held = {}
    for module, name, kind in found:
        full = f"_private.{module}.0.{name}" if name == "RLHF.step" else name
        held[full] = {"kind": kind, "module": module, "type": full, "type_uses": USES.get(full, [])}
    made = report()
    for name, value in {
        "constants": Constants(held), "sources": SOURCES,
        "declarations": (
            *(declaration("RLHF.Defs", name) for name, _ in DECLARED),
            *(declaration("RLHF.Later", name) for name, _ in LATER_DECLARED),
            *(declaration("RLHF.Apart", name) for name, _ in APART_DECLARED),
        ),
        "census": {"RLHF.main": {"binders": [{"name": "b", "head": "RLHF.Box", "kind": "variable", "type": "Box"}]}},
    }.items():  # fmt: skip
        object.__setattr__(made, name, value)
    return made


@pytest.fixture
def names(library):
    return Names(library)


def named(names, module, line):
    """What the words of a line name, by word."""
    text = SOURCES[module]
    return [(text[m.start : m.end], m.name) for m in names.mentions(module) if text[: m.start].count("\n") + 1 == line]


def line_of(module, piece):
    assert SOURCES[module].count(piece) == 1, piece
    return SOURCES[module][: SOURCES[module].index(piece)].count("\n") + 1


def test_a_statement_names_what_its_namespace_its_exports_and_its_terms_say(names):
    assert named(names, "RLHF.Later", line_of("RLHF.Later", "exp (norm")) == [
        ("exp", "RLHF.ExpField.exp"), ("norm", "RLHF.norm"), ("width", "RLHF.Box.width"),
    ]  # fmt: skip
    assert named(names, "RLHF.Later", line_of("RLHF.Later", "simp [")) == [
        ("step", "RLHF.step"), ("Box.mono", "RLHF.Box.mono"),
    ]  # fmt: skip


def test_the_innermost_namespace_wins(names):
    assert named(names, "RLHF.Defs", line_of("RLHF.Defs", "theorem inside"))[1:] == [("norm", "RLHF.Inner.norm")]
    assert ("norm", "RLHF.norm") in named(names, "RLHF.Defs", line_of("RLHF.Defs", "def norm (v : Nat) : Nat := v -- "))


def test_a_field_that_is_given_a_value_has_no_link_since_no_source_says_of_which_structure(names):
    assert named(names, "RLHF.Later", line_of("RLHF.Later", "  width := 0")) == []


def test_a_variable_hides_a_name(names):
    assert named(names, "RLHF.Defs", line_of("RLHF.Defs", "exact norm")) == []
    assert ("width_pos", "RLHF.Box.width_pos") in named(names, "RLHF.Defs", line_of("RLHF.Defs", "have norm"))


def test_what_is_declared_below_elsewhere_or_not_at_all_has_no_link(names):
    assert named(names, "RLHF.Later", line_of("RLHF.Later", "Other far")) == [("Box.made", "RLHF.Box.made")]
    assert ("later", "RLHF.later") not in named(names, "RLHF.Later", line_of("RLHF.Later", "(hn : later n)"))
    words = [word for word, _ in named(names, "RLHF.Later", line_of("RLHF.Later", "private theorem step"))]
    assert words == ["step", "width", "norm", "mono"]  # neither core's trans nor foo


@pytest.mark.parametrize(("more", "found"), [([], ["RLHF.norm"]), (["RLHF.Inner.norm"], [])])
def test_of_two_names_that_fit_a_dot_none_is_taken(names, library, monkeypatch, more, found):
    text = LATER.replace("b.width := by", "(n).norm := by")
    monkeypatch.setitem(SOURCES, "RLHF.Later", text)
    monkeypatch.setitem(library.constants.by_name["RLHF.main"], "type_uses", [*USES["RLHF.main"], *more])
    at = text.index("norm := by")
    assert [m.name for m in names.mentions("RLHF.Later") if m.start == at] == found


def test_comments_and_strings_name_nothing(names):
    assert "Box" not in code_only(DEFS).split("def norm (v : Nat) : Nat := v")[1].splitlines()[0]
    assert len(code_only(DEFS)) == len(DEFS)
    assert code_only('a "-- b" c /- d /- e -/ f').split() == ["a", "c", "f"]
    assert not [m for m in names.mentions("RLHF.Defs") if DEFS[m.start - 1] == "`"]


def test_words_are_cut_at_dots_and_told_from_projections():
    found = [(word.parts, word.projected) for word in words("hi.1.add (f x).mono P.cov S' «a b».c")]
    assert found == [
        (("hi",), False), (("add",), True), (("f",), False), (("x",), False), (("mono",), True), (("P", "cov"), False),
        (("S'",), False), (("«a b»", "c"), False),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("source", "variables"),
    [
        ("theorem t (a b : R) {c : R} [d : Field R]", {"a", "b", "c", "d"}),
        ("∀ x y, p x ∧ ∃ z : R, q z", {"x", "y", "z"}),
        ("(average fun t : Fin T => f t)", {"t"}),
        ("obtain ⟨v, ⟨w, hw⟩⟩ := h", {"v", "w", "hw"}),
        ("have e : a = b := rfl", {"e"}),
        ("generalize mean p f = r", {"r"}),
        ("mean p f ≤ norm (P := P) v", set()),
    ],
)
def test_variables_are_known_by_how_they_are_bound(source, variables):
    assert bound(source) - {"Fin", "R", "h", "p", "q"} == variables


def test_lean_is_shown_with_its_names_as_links_and_the_text_unchanged(names):
    code = Code(names)
    place = names.known["RLHF.main"]
    html = code.listing(place).draw("../")
    assert '<a href="../source/RLHF.Defs.html#RLHF.ExpField.exp">exp</a>' in html
    assert '<span class="sd">/-- Main. -/</span>' in html
    assert html.striptags() == " ".join(code.text(place).split())
    assert [line.draw("").striptags() for line in map(code.listing, code.context(place))] == [
        "variable (b : Box) {n : Nat}"
    ]


def test_statement_and_proof_are_shown_apart_and_cover_the_theorem(names):
    code, place = Code(names), names.known["RLHF.main"]
    statement, proof = code.statement(place), code.proof(place)
    assert statement.draw("").striptags().endswith("= b.width")
    assert proof.draw("").striptags() == "by simp [step, later, Box.mono]"
    assert (statement.first, statement.last, proof.last) == (place.first, place.last - 1, place.last)
    assert proof.first == place.last - 1


def test_a_name_is_explained_by_its_docstring_and_signature(names):
    code = Code(names)
    assert code.explained("RLHF.main").endswith("exp (norm n) = b.width")
    assert code.explained("RLHF.norm") == "/-- Norm. -/\ndef norm (v : Nat) : Nat := v -- not Box"
    assert code.explained("RLHF.Box.width") == "/-- How wide. -/\nwidth : Nat"
    assert code.explained("RLHF.Box.width_pos") == "/-- Wide enough: see `norm`. -/\nwidth_pos : 0 <\n  width"


def test_the_page_of_a_module_has_an_anchor_for_each_declaration_and_field(names):
    html = str(Code(names).page("RLHF.Defs")("../"))
    assert re.findall(r'<span id="([^"]*)">', html) == [
        "RLHF.ExpField", "RLHF.ExpField.exp", "RLHF.Box", "RLHF.Box.width", "RLHF.Box.width_pos", "RLHF.norm",
        "RLHF.Box.mono", "RLHF.Inner.norm", "RLHF.Inner.inside",
    ]  # fmt: skip
    assert re.sub(r"<[^>]*>", "", html).replace("&lt;", "<") == DEFS


def test_a_theorem_comes_with_the_lemmas_of_its_proof_and_every_name_on_its_page(library):
    shown = Theorems(Reader(library)).shown("RLHF.main")
    assert [each.name for each in shown["lemmas"]] == ["RLHF.step", "RLHF.Box.mono"]
    there = {each.name for each in shown["names"]} | {each.name for each in shown["meaning"] + shown["lemmas"]}
    html = "".join(
        str(each.draw("../")) for each in (*shown["context"], shown["statement"], shown["proof"], *shown["lemmas"])
    )
    assert set(re.findall(r'#([^"]*)"', html)) - there <= {"RLHF.main"}
    assert Theorems(Reader(library)).shown("RLHF.absent") is None


NOTATION = """| paper | meaning | Lean | Python | shape |
| --- | --- | --- | --- | --- |
| n | norm | `norm v` | `x` | |
| D | weights | `D : Fin N`, `later D` | | |
| w\\* | width of `x` | `norm b - 1` | | |
| – | later | `later n` | | |
"""


def test_the_notation_gives_names_their_symbols_and_leaves_out_what_is_only_a_part(names):
    assert notation(names, NOTATION) == {"RLHF.norm": Symbol("n", "norm"), "RLHF.later": Symbol("", "later")}


def test_hypotheses_are_quoted_from_the_statement_where_it_has_their_words():
    own = {"name": "hB", "type": "P.FeatureBound B", "of": None}
    law = {"name": "h", "type": "P.FeatureBound B", "of": "RLHF.Problem"}
    latex = r"Let $\lVert\varphi\rVert \le B$, and so on."
    said = in_words([own, law], latex)
    assert [str(words).count("<math") for words in (each["words"] for each in said)] == [2, 0]
    assert in_words([own], "Something else.")[0]["words"] == []
    (found,) = in_words([own | {"type": "P.DifferenceBound Δ"}], r"Let $\Delta$ bound the differences.")
    assert str(found["words"][0]).startswith("Let ")


def test_places_of_a_library_are_found_by_module_and_name(names):
    assert names.known["RLHF.step"] == Place("RLHF.Later", "RLHF.step", 11, 11)
    assert "RLHF.Inner" not in names.known
