"""Tables of ids on terminals of every width: no id breaks inside a word, no number is cut."""

import io
import re
from types import SimpleNamespace

import pytest
from rich.console import Console

from rlhf_numeric import CLAIMS
from rlhf_numeric.attacks.campaign import Finding
from rlhf_proofs.commands import attacks
from rlhf_proofs.publish.render import ledger_table
from rlhf_proofs.table import load_table
from rlhf_proofs.tables import IdTable, print_table

WORDS = {word for e in load_table() for word in e.id.split("-")}


def campaign():
    found = SimpleNamespace(
        instances=10_000_000, vacuous=2_400_000, equal=16, undecided=500, unsettled=484, violated=0,
        worst_ratio=-0.000000001, worst_gap=None,
    )  # fmt: skip
    return attacks._campaign_table({slug: Finding(found, ()) for slug in CLAIMS})


def rows(*statuses):
    numeric = {"instances": 2000, "vacuous": 12, "decided": 1988, "worst_ratio": 0.9999, "worst_gap": None}
    found = []
    for entry in load_table():
        kinds = {kind: {"status": s} for kind, s in zip(("lean", "symbolic", "numeric"), statuses[:3], strict=True)}
        found.append({"id": entry.id, "effective": statuses[3], **kinds, "numeric": numeric | {"status": statuses[2]}})
    return found


def ledger(*statuses):
    return ledger_table({"claims": rows(*statuses)})


TABLES = {
    "campaign": campaign,
    "ledger in order": lambda: ledger("proved", "derived", "tested", "proved"),
    "ledger at its widest": lambda: ledger("not-run", "derived", "not-run", "not-run"),
    "mutants": lambda: attacks._mutation_table(
        [SimpleNamespace(claim=c, killed=[1], survived=[], stillborn=[]) for c in CLAIMS]
    ),
}


def shown(table, width):
    out = io.StringIO()
    Console(file=out, width=width, force_terminal=True, color_system=None).print(table)
    return out.getvalue().splitlines()


def torn(lines):
    """Pieces of ids, at the left of each line, that are no words of an id."""
    pieces = [re.match(r" ?([a-z0-9-]+)(?=\s|$)", line) for line in lines]
    return [word for piece in pieces if piece for word in piece[1].strip("-").split("-") if word not in WORDS]


@pytest.mark.parametrize("width", [80, 100, 120])
@pytest.mark.parametrize("name", TABLES)
def test_no_id_is_broken_inside_a_word_and_nothing_is_cut(name, width):
    lines = shown(TABLES[name](), width)
    assert all(len(line.rstrip()) <= width for line in lines)
    assert [w for w in torn(lines[3:]) if w not in ("claim", "statement", "all")] == []
    assert not any("…" in line for line in lines)
    if name == "campaign":
        assert sum("7600000" in line and "-0.000000001" in line for line in lines) == len(CLAIMS)


@pytest.mark.parametrize("name", ["ledger in order", "ledger at its widest"])
def test_each_statement_of_the_ledger_has_one_line_on_a_terminal_of_80_columns(name):
    lines = shown(TABLES[name](), 80)
    assert [e.id for e in load_table()] == [
        match[1] for line in lines[3:] if (match := re.match(r" ([a-z0-9-]+) ", line))
    ]


def test_what_a_narrow_terminal_leaves_out_stands_on_a_wider_one():
    assert [any("decided" in line for line in shown(TABLES["ledger in order"](), width)) for width in (80, 100)] == [
        False, True,
    ]  # fmt: skip
    table = IdTable("claim", "spared", spare=("spared",))
    table.add_row("some-id", "123456")
    assert [any("123456" in line for line in shown(table, width)) for width in (10, 40)] == [False, True]


def test_an_id_that_is_broken_inside_a_word_is_found():
    assert torn([" suboptimal     1"]) == ["suboptimal"]
    assert torn([" suboptimality- 1", " sga"]) == []


def test_a_pipe_gets_whole_ids(capsys):
    table = IdTable("claim", *(f"column {i}" for i in range(20)))
    table.add_row("suboptimality-empirical-optimum", *"12345678901234567890")
    print_table(Console(width=80), table)
    assert "suboptimality-empirical-optimum" in capsys.readouterr().out


def test_a_theorem_about_fewer_fields_than_all_is_marked():
    found = rows("proved", "derived", "tested", "proved")[:3]
    for row, where in zip(found, ("exponential ordered fields", "Archimedean fields", "the reals"), strict=True):
        row["lean"]["holds_over"] = where
    lines = shown(ledger_table({"claims": found}), 100)
    assert [re.search(r"proved( [AR])? ", line)[1] for line in lines if "proved" in line] == [None, " A", " R"]
