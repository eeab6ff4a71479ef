"""The site and the graph, from reports in which something is wrong."""

import dataclasses
import json
import re
import sys
import unicodedata
from dataclasses import asdict
from html import unescape

import pytest
from typer.testing import CliRunner

from rlhf_numeric import CLAIMS
from rlhf_numeric.campaign import run_campaign
from rlhf_numeric.mutate import MutationReport
from rlhf_numeric.stored import Case
from rlhf_proofs import cli
from rlhf_proofs.errors import CannotRunError
from rlhf_proofs.lean.audit import Constants
from rlhf_proofs.ledger import recall
from rlhf_proofs.report import Graph, build_site, dependency_graph, optional
from rlhf_proofs.report.layout import HEIGHT, WIDTH, lay_out
from rlhf_proofs.report.words import block, lean, markdown, mixed
from rlhf_proofs.table import load_table
from rlhf_symbolic import DERIVATIONS
from rlhf_symbolic.printing import latex, latex_words

from .conftest import REPOSITORY

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


def test_what_is_not_mathematics_is_escaped():
    assert "&lt;script&gt;" in mixed("<script> $x < y$")
    assert "<script>" not in mixed("$<script>$")
    assert "<script>" not in block("<script>")
    assert "&lt;" in lean("example : a < b")
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


@pytest.fixture
def checked(table, lean, report):
    """A finished check of two statements."""
    lean(dataclasses.replace(report("log_ratio", "kl_nonneg"), seconds=1.0))
    assert CliRunner().invoke(cli.app, ["check", "--instances", "50"]).exit_code == 0
    return table


@pytest.fixture
def few(monkeypatch):
    """A campaign of few instances."""
    monkeypatch.setattr(optional, "INSTANCES", 20)


@pytest.fixture
def site(checked, few, report, tmp_path):
    """Build the site of two statements, with changes to the rows of the ledger; return its folder."""

    def build(current=True, experiments=None, **rows):
        ledger = recall()
        for row in ledger["claims"]:
            row |= rows.get(row["id"].replace("-", "_"), {})
        build_site(
            tmp_path / "site", ledger, report("log_ratio", "kl_nonneg"), load_table(checked), current=current,
            campaign_folder=tmp_path / "none", experiments_folder=experiments or tmp_path / "none",
        )  # fmt: skip
        return tmp_path / "site"

    return build


def texts(folder):
    return {str(p.relative_to(folder)): p.read_text() for p in folder.rglob("*.html")}


def test_the_command_writes_a_page_for_each_statement_and_each_topic(checked, few, run_main, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    status, out, errors = run_main("report", tmp_path / "site")
    assert (status, "open" in out) == (0, True), errors
    assert set(texts(tmp_path / "site")) == {
        "index.html", "graph.html", "assumptions.html", "divergences.html", "experiments.html", "trust.html",
        "statement/log-ratio.html", "statement/kl-nonneg.html",
    }  # fmt: skip
    assert json.loads((tmp_path / "site/ledger.json").read_text()) == recall()


def test_nothing_on_the_site_names_another_place_to_load_from(site):
    for name, text in texts(site()).items():
        loaded = re.findall(r"(?:src|<link[^>]*href)=\"([^\"]*)\"", text)
        assert loaded, name
        assert not [u for u in loaded if u.startswith(("http", "//"))], name


def test_links_lead_to_pages_and_anchors_that_exist(site):
    folder = site()
    for name, text in texts(folder).items():
        for link in re.findall(r"<a[^>]* href=\"([^\"]*)\"", text):
            page, _, anchor = link.partition("#")
            if page.startswith("http"):
                continue
            target = (folder / name).parent / page if page else folder / name
            assert target.is_file(), (name, link)
            assert not anchor or f'id="{anchor}"' in target.read_text(), (name, link)


def test_a_statement_that_is_not_proved_is_not_shown_as_proved(site):
    pages = texts(site(log_ratio={"effective": "refuted", "why": "numeric: a counterexample"}))
    assert re.search(r"<h1>log-ratio <span[^>]*>refuted</span>", pages["statement/log-ratio.html"])
    assert "numeric: a counterexample" in pages["statement/log-ratio.html"]
    assert 'data-status="refuted"' in pages["index.html"]
    assert "own-refuted" in pages["graph.html"]


def test_old_sources_are_told_on_every_page(site):
    assert not any("have changed since" in text for text in texts(site()).values())
    assert all("have changed since" in text for text in texts(site(current=False)).values())


def test_the_counterexamples_of_mutants_are_shown_with_their_instance(site, monkeypatch):
    case = Case(
        "kl-nonneg", "minus for plus", "hypothesis, shrunk", {"kl_coef": "0x1p-1", "theta": ["0x1p+1"]}, 0, "0x1p+0",
        "-0x1p-1", "violated",
    )  # fmt: skip
    found = {"kl-nonneg": MutationReport("kl-nonneg", (case,), {"times for over": "equivalent: both <sides>"}, ())}
    monkeypatch.setattr(optional, "stored_reports", lambda: found)  # of one of the two statements
    page = texts(site())["statement/kl-nonneg.html"]
    for shown in ("minus for plus", "lhs 1, rhs -0.5", "<code>[2.0]</code>", "<code>0.5</code>", "both &lt;sides&gt;"):
        assert shown in page
    assert "No counterexamples are stored" in texts(site())["statement/log-ratio.html"]


def test_each_claim_has_a_figure_of_its_instances(site):
    assert "20 random instances (seed 0)" in texts(site())["statement/kl-nonneg.html"]


def test_the_figure_is_that_of_the_stored_campaign(tmp_path):
    stored = {k: asdict(v) for k, v in run_campaign([CLAIMS["kl-nonneg"]], instances=5).items()}
    (tmp_path / "campaign.json").write_text(json.dumps(stored))
    assert optional.campaign(tmp_path, lambda *_: pytest.fail("ran another")) == json.loads(json.dumps(stored))
    (tmp_path / "campaign.json").write_text("{")
    with pytest.raises(CannotRunError, match="cannot be read as JSON"):
        optional.campaign(tmp_path, lambda *_: None)


def test_a_bar_is_as_tall_as_its_count_on_a_logarithmic_scale():
    bars, what, end = optional.histogram("kl-nonneg", [0, 1, 3])
    assert [bar.label for bar in bars] == ["0.333 to 0.667: 1", "0.667 to 1: 3"]
    assert bars[1].height == 2 * bars[0].height
    assert (what, end) == ("lhs / rhs", 1.0)
    assert optional.histogram("kl-nonneg", [0, 0]) is None


def test_experiments_are_shown_with_figures_and_rows(site, tmp_path):
    folder = tmp_path / "experiments/dimension"
    folder.mkdir(parents=True)
    (folder / "summary.md").write_text("# Dimension\n\nNo trend in d.")
    for name in ("rows.csv", "gap.png", "gap.svg", "rate.png"):
        (folder / name).write_text(name)
    built = site(experiments=tmp_path / "experiments")
    page = texts(built)["experiments.html"]
    assert "No trend in d." in page
    assert re.findall(r'src="(experiments[^"]*)"', page) == [
        "experiments/dimension/gap.svg", "experiments/dimension/rate.png",
    ]  # fmt: skip
    assert (built / "experiments/dimension/rows.csv").read_text() == "rows.csv"


def test_an_older_report_is_replaced_and_nothing_else(site):
    folder = site()
    (folder / "statement/gone.html").write_text("old")
    (folder / "mine.txt").write_text("mine")
    listed = folder / ".rlhf-lemmas-report"
    listed.write_text(listed.read_text() + "statement/gone.html\n")
    site()
    assert not (folder / "statement/gone.html").exists()
    assert (folder / "mine.txt").read_text() == "mine"


def test_a_folder_that_holds_something_else_is_left_alone(checked, run_main, tmp_path):
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis/index.html").write_text("mine")
    status, _, errors = run_main("report", tmp_path / "thesis")
    assert status == 2
    assert "holds something else" in errors
    assert (tmp_path / "thesis/index.html").read_text() == "mine"
    assert run_main("report", tmp_path / "thesis/index.html")[0] == 2


def test_without_a_check_there_is_no_report(run_main, tmp_path):
    assert run_main("report", tmp_path / "site")[0] == 2
    assert run_main("graph")[0] == 2


@pytest.mark.parametrize("library", ["jinja2", "igraph", "latex2mathml", "pygments.formatters", "markdown_it"])
def test_a_missing_library_is_named(checked, few, run_main, tmp_path, monkeypatch, library):
    for name in [n for n in sys.modules if n.startswith(("rlhf_proofs.report.pages", "rlhf_proofs.report.words"))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, library, None)
    if library == "latex2mathml":
        monkeypatch.setitem(sys.modules, "latex2mathml.converter", None)
    status, _, errors = run_main("report", tmp_path / "site")
    assert status == 2, errors
    assert "pip install 'rlhf-lemmas[report]'" in errors
    assert not (tmp_path / "site").exists()


def test_the_graph_on_the_command_line(checked, run_main):
    status, out, _ = run_main("graph")
    assert status == 0
    assert "log-ratio (proved): on no other statement" in out
    assert run_main("graph", "--dot")[1].startswith("digraph")
    assert json.loads(run_main("graph", "--json")[1])["edges"] == []
    assert run_main("graph", "--dot", "--json")[0] == 2
