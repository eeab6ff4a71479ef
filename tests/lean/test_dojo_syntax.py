"""Traces in LeanDojo's format, without Lean: positions, and the shapes that its reader expects."""

import pytest

from rlhf_proofs.dojo.syntax import Text, ast_json, definitions
from rlhf_proofs.errors import LeanFailureError

COMMAND = "Lean.Parser.Command."


class Tokens:
    """Raw tokens of a source, each found after the one before."""

    def __init__(self, source):
        self.source, self.at = source, 0

    def atom(self, word):
        start = self.source.index(word, self.at)
        self.at = start + len(word)
        stop = len(self.source) - len(self.source[self.at :].lstrip())
        places = [len(self.source[:i].encode()) for i in (start, start, self.at, stop)]
        return [word, *places]

    def ident(self, word):
        value, *places = self.atom(word)
        return [value, value, *places]


def convert(source, command, premises=(), tactics=()):
    trace = {"commands": [command], "tactics": list(tactics), "premises": list(premises), "declared": []}
    return ast_json(Text(source), trace, {})


def words(json):
    """The tokens of LeanDojo's form, with their places."""
    (kind, body), *_ = json.items()
    if kind == "node":
        return [word for arg in body["args"] for word in words(arg)]
    info = body["info"]["original"]
    return [(kind, body["val"], info["pos"], info["endPos"])]


def test_positions_count_lines_from_one_and_characters_not_bytes():
    text = Text("θ = λ\n∀ x\n")
    assert text.position(0) == {"line": 1, "column": 0}
    assert text.position(len("θ = ".encode())) == {"line": 1, "column": 4}
    assert text.position(len("θ = λ\n∀ ".encode())) == {"line": 2, "column": 2}
    assert text[0:2] == "θ"


def test_what_stands_around_a_token_is_kept():
    info = {"original": {"leading": "", "pos": 0, "trailing": "  -- über\n", "endPos": 3}}
    tokens = ["end", 0, 0, 3, len("end  -- über\n".encode())]
    node = convert("end  -- über\nx", ["k", [tokens]])["commandASTs"][0]["node"]
    assert node["args"] == [{"atom": {"info": info, "val": "end"}}]


@pytest.mark.parametrize(
    ("source", "kind", "left"),
    [
        ("public section A", "section", ["section", "A"]),
        ("noncomputable section", "noncomputableSection", ["noncomputable", "section"]),
        ("section", "section", ["section"]),
    ],
)
def test_the_header_of_a_section_is_dropped_and_noncomputable_becomes_a_kind(source, kind, left):
    tokens, parts = Tokens(source), source.split()
    header = [["null", [tokens.atom(parts[0])]]] if parts[0] != "section" else []
    keyword = tokens.atom("section")
    name = [tokens.ident("A")] if parts[-1] == "A" else []
    raw = [COMMAND + "section", [[COMMAND + "sectionHeader", header], keyword, ["null", name]]]
    json = convert(source, raw)["commandASTs"][0]
    assert json["node"]["kind"] == COMMAND + kind
    assert [value for _, value, _, _ in words(json)] == left


def test_end_keeps_its_identifier_alone():
    tokens = Tokens("end RLHF")
    raw = [COMMAND + "end", [tokens.atom("end"), ["null", [tokens.ident("RLHF"), ["null", []]]]]]
    args = convert(tokens.source, raw)["commandASTs"][0]["node"]["args"]
    assert [list(arg) for arg in args] == [["atom"], ["node"]]
    assert [list(arg) for arg in args[1]["node"]["args"]] == [["ident"]]


SOURCE = "exact P.φ.gap_eq x"


def dotted(premises):
    tokens = Tokens(SOURCE)
    raw = ["tac", [tokens.atom("exact"), tokens.ident("P.φ.gap_eq"), tokens.ident("x")]]
    return words(convert(SOURCE, raw, premises)["commandASTs"][0])


def test_a_dotted_identifier_is_cut_where_a_component_is_a_premise():
    assert dotted([[11, 17, "B.gap_eq", "M"]]) == [
        ("atom", "exact", 0, 5), ("ident", "P", 6, 7), ("atom", ".", 7, 8), ("ident", "φ", 8, 10),
        ("atom", ".", 10, 11), ("ident", "gap_eq", 11, 17), ("ident", "x", 18, 19),
    ]  # fmt: skip


def test_a_dotted_identifier_stays_whole_where_nothing_or_all_of_it_is_a_premise():
    whole = [("atom", "exact", 0, 5), ("ident", "P.φ.gap_eq", 6, 17), ("ident", "x", 18, 19)]
    assert dotted([]) == whole
    assert dotted([[6, 17, "P.φ.gap_eq", "M"]]) == whole
    assert dotted([[18, 19, "x", "M"]]) == whole


def test_a_name_that_is_declared_or_opened_is_never_cut():
    tokens = Tokens("end A.b")
    raw = [COMMAND + "end", [tokens.atom("end"), ["null", [tokens.ident("A.b"), ["null", []]]]]]
    json = convert(tokens.source, raw, [[6, 7, "A.b", "M"]])["commandASTs"][0]
    assert words(json)[1] == ("ident", "A.b", 4, 7)


def test_of_a_word_and_its_equations_the_word_is_the_premise():
    rows = [[0, 1, "f.eq_1", "M"], [0, 1, "f", "M"], [0, 1, "f.eq_2", "M"]]
    premises = ast_json(Text("f"), {"commands": [], "tactics": [], "premises": rows, "declared": []}, {})["premises"]
    assert [p["fullName"] for p in premises] == ["f"]


def test_a_premise_says_where_it_is_defined_if_a_trace_has_it():
    texts = {"M": Text("-- φ\ntheorem b"), "N": Text("b Nat")}
    empty = {"commands": [], "tactics": [], "premises": [], "declared": []}
    uses = {**empty, "premises": [[0, 1, "b", "M"], [2, 5, "Nat", "Init.Prelude"]]}
    traces = {"M": {**empty, "declared": [[14, 15, "b"]]}, "N": uses}
    found = ast_json(texts["N"], uses, definitions(texts, traces))["premises"]
    assert found[0]["defPath"] == "M.lean"
    assert found[0]["defPos"] == {"line": 2, "column": 8}
    assert found[0]["defEndPos"] == {"line": 2, "column": 9}
    assert found[0]["endPos"] == {"line": 1, "column": 1}
    assert found[1]["defPath"] == ".lake/packages/lean4/src/lean/Init/Prelude.lean"
    assert found[1]["defPos"] is None


@pytest.mark.parametrize("raw", [["k", [None]], ["k", [["word"]]]], ids=["missing", "no position"])
def test_syntax_that_was_not_read_from_the_source_is_an_error(raw):
    with pytest.raises(LeanFailureError, match="syntax that was not read from it"):
        convert("word", raw)
