"""The claim table: every name in it resolves, everything that exists is in it, and a bad table says what is bad."""

import re
from dataclasses import replace

import pytest

from rlhf_numeric import CLAIMS, SHARP_CLAIMS
from rlhf_proofs import load_table
from rlhf_proofs.errors import TableError
from rlhf_proofs.resources import proofs_directory
from rlhf_symbolic import DERIVATIONS

ENTRIES = load_table()


def headlines():
    """Names of the theorems in the headline modules."""
    papers = proofs_directory() / "RLHF/Papers"
    files = sorted([*papers.glob("*/Main.lean"), *papers.glob("*/Main/*.lean")])
    return {f"RLHF.{name}" for f in files for name in re.findall(r"^theorem (\S+)", f.read_text(), re.MULTILINE)}


KNOWN = {"lean": headlines(), "symbolic": set(DERIVATIONS), "numeric": set(CLAIMS)}


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
WITHOUT_NUMBERS = ["reals-complete", "reals-unconditional", "reals-exp-unique"]


def test_every_statement_has_a_numeric_claim_but_three_on_the_real_numbers():
    assert [e.id for e in ENTRIES if e.numeric is None] == WITHOUT_NUMBERS


def test_a_sharp_variant_is_no_row_of_the_table_and_names_no_theorem():
    assert SHARP_CLAIMS
    assert {e.numeric for e in ENTRIES}.isdisjoint(SHARP_CLAIMS)
    assert {claim.lean for claim in SHARP_CLAIMS.values()} == {None}


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


def test_ids_are_slugs():
    assert [e.id for e in ENTRIES if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", e.id)] == []


GOOD = '[one]\ntitle = "t"\ngroup = "g"\npaper = "p"\nlean = "RLHF.one"\n'
BAD = {
    "not TOML": (GOOD + "oops\n", r"claims\.toml: not TOML: .*line 6"),
    "an id twice": (GOOD + GOOD, r"not TOML: .*"),
    "not a table": ('version = "1"\n' + GOOD, r"version: expected a table, got '1'"),
    "an id with a way out of a folder": (GOOD.replace("[one]", '["../one"]'), r"as an id, got '\.\./one'"),
    "an id with HTML": (GOOD.replace("[one]", '["<b>"]'), r"expected small letters, digits and hyphens as an id"),
    "a field missing": (GOOD.replace('paper = "p"\n', ""), r"one: missing \['paper'\]"),
    "an unknown field": (GOOD + 'status = "proved"\n', r"one: .*unknown \['status'\]"),
    "not text": (GOOD.replace('"g"', "7"), r"one: .*not a non-empty string \['group'\]"),
    "empty text": (GOOD.replace('"RLHF.one"', '""'), r"one: .*not a non-empty string \['lean'\]"),
    "no evidence": (
        GOOD.replace('lean = "RLHF.one"\n', ""),
        r"one: names no evidence: expected .* lean, symbolic, num",
    ),
}


@pytest.mark.parametrize(("text", "said"), BAD.values(), ids=BAD)
def test_a_bad_table_is_refused_with_the_place_and_a_good_one_beside_it_is_read(tmp_path, text, said):
    path = tmp_path / "claims.toml"
    path.write_text(GOOD)
    (entry,) = load_table(path)  # the control: the bad one differs in one thing
    assert (entry.id, entry.title, entry.lean, entry.symbolic, entry.numeric) == ("one", "t", "RLHF.one", None, None)
    path.write_text(text)
    with pytest.raises(TableError, match=said):
        load_table(path)


def test_the_order_of_the_table_is_kept(tmp_path):
    path = tmp_path / "claims.toml"
    path.write_text("".join(GOOD.replace("[one]", f"[{slug}]") for slug in ("b", "a", "c")))
    assert [e.id for e in load_table(path)] == ["b", "a", "c"]
