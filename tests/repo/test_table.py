"""The claim table: every name in it resolves, everything that exists is in it, and a bad table says what is bad."""

import re
from dataclasses import replace

import pytest
import yaml

from rlhf_numeric import CLAIMS, SHARP_CLAIMS
from rlhf_proofs import load_table
from rlhf_proofs.errors import TableError
from rlhf_proofs.resources import proofs_directory
from rlhf_proofs.table import load_papers
from rlhf_symbolic import DERIVATIONS

from .conftest import REPOSITORY

ENTRIES = load_table()


def theorems(pattern="*/Main/*.lean"):
    """Names of the theorems in some modules of the papers; default: the headline modules."""
    papers = proofs_directory() / "RLHF/Papers"
    files = sorted(papers.glob(pattern))
    return {f"RLHF.{name}" for f in files for name in re.findall(r"^theorem (\S+)", f.read_text(), re.MULTILINE)}


KNOWN = {"lean": theorems(), "symbolic": set(DERIVATIONS), "numeric": set(CLAIMS)}


def unresolved(entries):
    """Names in the table that nothing bears."""
    named = [(e.id, kind, getattr(e, kind)) for e in entries for kind in KNOWN]
    return [(slug, kind, name) for slug, kind, name in named if name is not None and name not in KNOWN[kind]]


def unlisted(entries, kind):
    """What exists and is not in the table."""
    return sorted(KNOWN[kind] - {getattr(e, kind) for e in entries})


def test_every_name_in_the_table_resolves():
    assert unresolved(ENTRIES) == []


@pytest.mark.parametrize("kind", KNOWN)
def test_a_name_that_resolves_to_nothing_is_found(kind):
    planted = replace(ENTRIES[0], **{kind: "RLHF.not_there"})
    assert unresolved([planted]) == [(planted.id, kind, "RLHF.not_there")]


def test_every_headline_theorem_is_in_the_table():
    assert len(KNOWN["lean"]) > 20
    assert unlisted(ENTRIES, "lean") == []


# About all sets of reals, the laws themselves, all functions: DIVERGENCES, "Real numbers".
WITHOUT_NUMBERS = [
    "reals-complete", "reals-unique", "reals-unique-exp", "reals-unconditional", "reals-exp-unique",
    "reals-derivative-test", "reals-monotone-limit", "limit-unique", "limit-order",
]  # fmt: skip


def test_every_statement_has_a_numeric_claim_but_those_on_all_sets_functions_and_sequences():
    assert [e.id for e in ENTRIES if e.numeric is None] == WITHOUT_NUMBERS


def with_any_constant(entries):
    """Ids of the rows about any second-order constant; one row says which is the least."""
    found = [e.id for e in entries if "be a second-order constant on" in (e.latex or "")]
    return [id for id in found if id != "second-order-constant"]


def test_every_row_with_a_second_order_constant_has_one_with_the_least_and_all_evidence_of_its_own():
    sharp = [e for e in ENTRIES if e.sharp_of is not None]
    assert sorted(e.sharp_of for e in sharp) == sorted(with_any_constant(ENTRIES))
    assert [e.id for e in sharp if (e.id, e.symbolic) != (f"{e.sharp_of}-sharp", None)] == []
    assert (
        {e.numeric: CLAIMS[e.numeric].sharp_of for e in sharp}
        == {c.id: c.sharp_of for c in SHARP_CLAIMS.values()}
        == {e.id: e.sharp_of for e in sharp}
    )
    assert {e.lean for e in sharp if e.group_slug.startswith("sharp")} == theorems("Generalisation/Main/Sharp*.lean")


def undone(latex):
    """What a sharp row would say of any constant, in the two ways in which rows say it."""
    said = latex.removeprefix(r"If $\mathbb{F}$ is Archimedean, the following holds. ")
    assert said != latex
    least = r"let $C = \psi(M) = (e^M - 1 - M)/M^2$"
    return {said.replace(least, rf"let $C{least_sign}$ be a second-order constant on $[-M,M]$") for least_sign in SIGNS}


SIGNS = ("", r" \ge 0")


def test_a_sharp_row_says_what_the_other_says_but_for_the_constant():
    rows = {e.id: e for e in ENTRIES}
    for entry in (e for e in ENTRIES if e.sharp_of is not None):
        other = rows[entry.sharp_of]
        assert other.latex in undone(entry.latex)
        assert "second-order constant" not in entry.latex
        assert (entry.title, entry.paper) == (f"With C = ψ(M): {other.title}", other.paper)


def test_every_numeric_claim_is_in_the_table():
    assert unlisted(ENTRIES, "numeric") == []


@pytest.mark.parametrize("kind", KNOWN)
def test_what_is_missing_from_the_table_is_found(kind):
    dropped = next(e for e in ENTRIES if getattr(e, kind) is not None)
    rest = [e for e in ENTRIES if e is not dropped]
    assert getattr(dropped, kind) in unlisted(rest, kind)


def test_a_numeric_claim_names_the_theorem_that_the_table_names():
    both = [e for e in ENTRIES if e.numeric is not None and e.lean is not None]
    assert both
    assert [e.id for e in both if CLAIMS[e.numeric].lean != e.lean] == []


def restated(entries):
    """Rows whose claim or derivation says again what the title says: a title stands once."""
    said = [(e, CLAIMS.get(e.numeric)) for e in entries] + [(e, DERIVATIONS.get(e.symbolic)) for e in entries]
    return [e.id for e, evidence in said if evidence is not None and evidence.title == e.title]


def test_no_title_stands_twice():
    assert restated(ENTRIES) == []
    assert restated([replace(ENTRIES[0], title=CLAIMS[ENTRIES[0].numeric].title)]) == [ENTRIES[0].id]


def test_ids_are_slugs():
    assert [e.id for e in ENTRIES if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", e.id)] == []


HEAD = '[paper]\ntitle = "T"\narxiv = "1705.06031"\nurl = "u"\ngroups = { g = "Group" }\n'
ROW = '[one]\ntitle = "t"\ngroup = "g"\nplace = "p"\nsymbolic = false\nnumeric = false\n'
GOOD = HEAD + ROW
ANY = ROW.replace("[one]", "[any]") + "latex = 'Now let $C$ be a second-order constant on $[-M,M]$. Then $C \\ge 0$.'\n"
SHARP = '[one-sharp]\nsharp_of = "any"\ngroup = "g"\n'
BAD = {
    "not TOML": (GOOD + "oops\n", r"claims\.toml: not TOML: .*line 12"),
    "an id twice": (GOOD + ROW, r"not TOML: .*"),
    "no paper": (
        ROW,
        r"claims\.toml: expected a table \[paper\] with title and groups, and of a paper .* url, got None",
    ),
    "half a paper": (
        GOOD.replace('url = "u"\n', ""),
        r"expected a table \[paper\] with title and groups, and of a paper .* url, got",
    ),
    "a paper without a title": (GOOD.replace('"T"', '""'), r"claims\.toml: paper: expected non-empty strings"),
    "groups without titles": (GOOD.replace('{ g = "Group" }', '["g"]'), r"paper: .* groups as a table of them"),
    "a group that is no module": (GOOD.replace("{ g =", '{ "../g" ='), r"paper\.groups: expected small letters"),
    "no row": (HEAD, r"claims\.toml: no statement; expected at least one table \[ID\]"),
    "a row that is not a table": ('version = "1"\n' + GOOD, r"version: expected a table, got '1'"),
    "an id with a way out of a folder": (GOOD.replace("[one]", '["../one"]'), r"as an id, got '\.\./one'"),
    "an id with HTML": (GOOD.replace("[one]", '["<b>"]'), r"expected small letters, digits and hyphens as an id"),
    "a field missing": (GOOD.replace('place = "p"\n', ""), r"one: missing \['place'\]"),
    "an unknown field": (GOOD + 'status = "proved"\n', r"one: .*unknown \['status'\]"),
    "not text": (GOOD.replace('"g"', "7"), r"one: .*not a non-empty string \['group'\]"),
    "a group of no paper": (GOOD.replace('"g"', '"h"'), r"one: no group 'h' in \[paper\.groups\]; known: g"),
    "a title still to be written": (GOOD.replace('"t"', '"…"'), r"claims\.toml: one: title: still to be written"),
    "a paper still to be named": (GOOD.replace('"T"', '"…"'), r"claims\.toml: paper: title: still to be written"),
    "empty text": (GOOD + 'lean = ""\n', r"one: .*not a non-empty string \['lean'\]"),
    "evidence that is said to be there without a name": (GOOD + "lean = true\n", r"not a non-empty string \['lean'\]"),
    "the least constant of no row": (
        GOOD + SHARP.replace('"any"', '"nothing"'),
        r"one-sharp: sharp_of: expected a row that says once: let \$C\$ be",
    ),
    "the least constant of a row without one": (GOOD + SHARP.replace('"any"', '"one"'), r"a row that says once: let"),
    "words beside those of another": (GOOD + ANY + SHARP + 'title = "t"\n', r"expected sharp_of and group alone, got"),
    "the least constant of a number": (GOOD + SHARP.replace('"any"', "7"), r"expected sharp_of and group alone, got"),
    "no evidence": (GOOD + "lean = false\n", r"one: names no evidence: expected .* lean, symbolic, num"),
    "papers that are no list": (GOOD + 'also = "online"\n', r"one: also: expected a list of names of papers, got 'onl"),
    "a paper without a table": (GOOD + 'also = ["online"]\n', r"one: also: there is no table of online"),
}


@pytest.mark.parametrize(("text", "said"), BAD.values(), ids=BAD)
def test_a_bad_table_is_refused_with_the_place_and_a_good_one_beside_it_is_read(tmp_path, text, said):
    path = tmp_path / "claims.toml"
    path.write_text(GOOD)
    (entry,) = load_table(path)  # the control: the bad one differs in one thing
    assert (entry.id, entry.title, entry.lean, entry.symbolic, entry.numeric) == ("one", "t", "RLHF.one", None, None)
    assert (entry.group, entry.group_slug, entry.paper, entry.papers) == ("Group", "g", "1705.06031, p", ("claims",))
    path.write_text(text)
    with pytest.raises(TableError, match=said):
        load_table(path)


def test_a_row_takes_the_words_of_another_with_the_least_constant_and_evidence_of_its_own_name(tmp_path):
    path = tmp_path / "claims.toml"
    path.write_text(GOOD + ANY.replace("numeric = false\n", "") + SHARP)
    found = load_table(path)[-1]
    assert (found.id, found.sharp_of, found.title, found.paper) == (
        "one-sharp",
        "any",
        "With C = ψ(M): t",
        "1705.06031, p",
    )
    assert found.latex == (
        r"If $\mathbb{F}$ is Archimedean, the following holds. "
        r"Now let $C = \psi(M) = (e^M - 1 - M)/M^2$. Then $C \ge 0$."
    )
    assert (found.lean, found.symbolic, found.numeric) == ("RLHF.one_sharp", None, "one-sharp")


def test_the_order_of_the_table_is_kept(tmp_path):
    path = tmp_path / "claims.toml"
    path.write_text(HEAD + "".join(ROW.replace("[one]", f"[{slug}]") for slug in ("b", "a", "c")))
    assert [e.id for e in load_table(path)] == ["b", "a", "c"]


def write_tables(folder, **rows):
    for paper, text in rows.items():
        (folder / f"{paper}.toml").write_text(HEAD.replace('"T"', f'"{paper}"') + text)
    return folder


def test_the_papers_follow_each_other_by_name_and_a_row_may_serve_several(tmp_path):
    two = ROW.replace("[one]", "[two]") + 'also = ["beta"]\narxiv = "2410.15610"\n'
    write_tables(tmp_path, beta=ROW, alpha=two)
    assert [(e.id, e.papers, e.paper) for e in load_table(tmp_path)] == [
        ("two", ("alpha", "beta"), "2410.15610, p"), ("one", ("beta",), "1705.06031, p"),
    ]  # fmt: skip
    assert {slug: paper.title for slug, paper in load_papers(tmp_path).items()} == {"alpha": "alpha", "beta": "beta"}


def test_an_id_stands_in_one_table(tmp_path):
    with pytest.raises(TableError, match=r"beta\.toml: one: is in claims/alpha\.toml: one, too"):
        load_table(write_tables(tmp_path, alpha=ROW, beta=ROW))


def test_a_name_that_is_the_id_may_be_another_or_none(tmp_path):
    other = ROW.replace("symbolic = false\nnumeric = false\n", 'symbolic = "other"\n')
    (entry,) = load_table(write_tables(tmp_path, alpha=other))
    assert (entry.lean, entry.symbolic, entry.numeric) == ("RLHF.one", "other", "one")


def test_a_folder_without_a_table_and_a_paper_that_is_no_module_are_refused(tmp_path):
    with pytest.raises(TableError, match=r"no table; expected at least one file PAPER\.toml"):
        load_table(tmp_path)
    with pytest.raises(TableError, match=r"2026\.toml: expected small letters, digits and underscores as a paper"):
        load_table(write_tables(tmp_path, **{"2026": ROW}))


def test_the_first_paper_is_the_one_that_is_cited_and_every_address_is_that_of_its_number():
    references = yaml.safe_load((REPOSITORY / "CITATION.cff").read_text(encoding="utf-8"))["references"]
    cited = {r["identifiers"][0]["value"].removeprefix("arXiv:"): r["title"] for r in references}
    papers = load_papers()
    assert papers["generalisation"].title == cited[papers["generalisation"].arxiv]
    assert all(p.url == f"https://arxiv.org/abs/{p.arxiv}" for p in papers.values() if p.arxiv)
    assert [slug for slug, paper in papers.items() if not paper.arxiv] == ["reals"]
