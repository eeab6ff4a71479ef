"""What rests on what, and where the graph draws it."""

import dataclasses
import json
import re

import pytest

from rlhf_proofs.lean.audit import Constants
from rlhf_proofs.report import Graph, dependency_graph
from rlhf_proofs.report.layout import HEIGHT, WIDTH, lay_out

PROOFS = {
    "base": (), "left": ("l1",), "right": ("l2",), "middle": ("l1", "l3"), "top": ("l1", "l2", "l3", "l4"),
    "twin": ("l1", "l2", "l3", "l4"),
}  # fmt: skip


def known(proofs):
    """Constants of a library in which these theorems have these lemmas below them."""
    lemmas = {lemma: () for below in proofs.values() for lemma in below}
    return Constants(
        {f"RLHF.{name}": {"type": name, "kind": "theorem", "type_uses": [], "value_uses": [f"RLHF.{b}" for b in below]}
         for name, below in (lemmas | proofs).items()}
    )  # fmt: skip


def graph_of(report, proofs=PROOFS, **status):
    rows = [{"id": n, "effective": status.get(n, "proved"), "lean": {"theorem": f"RLHF.{n}"}} for n in proofs]
    return dependency_graph({"claims": rows}, dataclasses.replace(report(), constants=known(proofs)))


def test_a_statement_rests_on_those_whose_whole_proof_is_a_part_of_its_own(report):
    graph = graph_of(report)
    assert set(graph.edges) == {
        ("middle", "left"), ("top", "middle"), ("top", "right"), ("twin", "middle"), ("twin", "right"),
    }  # fmt: skip
    assert graph.rests_on("top") == ["right", "middle"]
    assert graph.used_by("left") == ["middle"]
    assert graph.rests_on("base") == graph.used_by("base") == []


def test_what_the_elaborator_split_off_a_proof_is_no_lemma_of_its_own(report):
    graph = graph_of(report, {"rate": ("l1", "rate._proof_1"), "last": ("l1", "l2")})
    assert graph.edges == (("last", "rate"),)


@pytest.mark.parametrize("status", ["open", "stale", "refuted", "vacuous", "tested", "not-run"])
def test_the_colour_of_a_statement_accounts_for_everything_below_it(report, status):
    graph = graph_of(report, left=status)
    assert graph.status["top"] == "proved"
    assert {n for n, s in graph.below.items() if s == status} == {"left", "middle", "top", "twin"}
    assert {n for n, s in graph.below.items() if s == "proved"} == {"base", "right"}


def test_the_worst_status_below_wins(report):
    graph = graph_of(report, left="open", right="refuted")
    assert (graph.below["middle"], graph.below["top"]) == ("open", "refuted")


def test_the_graph_as_json_and_for_graphviz(report):
    graph = graph_of(report, left="open")
    data = json.loads(graph.as_json())
    assert {"id": "top", "status": "proved", "below": "open"} in data["nodes"]
    assert {"from": "top", "rests_on": "middle"} in data["edges"]
    assert '"middle" -> "top";' in graph.as_dot()
    assert '"right" [fillcolor=palegreen];' in graph.as_dot()
    assert '"top" [fillcolor=khaki];' in graph.as_dot()


def test_boxes_do_not_overlap_and_lines_lead_from_left_to_right(report):
    layout = lay_out(graph_of(report, PROOFS | {"far": ("l1", "l2", "l3", "l4", "l5"), "near": ("l2", "l6")}))
    at = {box.id: box for box in layout.boxes}
    assert all(at[c.used].x + WIDTH < at[c.user].x for c in layout.curves)
    for a in at.values():
        assert 0 <= a.x <= layout.width - WIDTH
        assert 0 <= a.y <= layout.height - HEIGHT
        assert all(a is b or a.x != b.x or abs(a.y - b.y) >= HEIGHT for b in at.values())


def test_every_line_starts_and_ends_at_its_boxes(report):
    layout = lay_out(graph_of(report, PROOFS | {"far": ("l1", "l2", "l3", "l4", "l5"), "long": ("l1", "l9")}))
    at = {box.id: box for box in layout.boxes}
    for curve in layout.curves:
        numbers = [float(x) for x in re.findall(r"-?[\d.]+", curve.path)]
        used, user = at[curve.used], at[curve.user]
        assert numbers[:2] == pytest.approx([used.x + WIDTH, used.y + HEIGHT / 2], abs=0.6)
        assert numbers[-2:] == pytest.approx([user.x, user.y + HEIGHT / 2], abs=0.6)


def test_an_empty_graph_can_be_drawn():
    assert lay_out(Graph({}, {}, ())).boxes == ()
