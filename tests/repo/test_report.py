"""The site: from reports in which something is wrong, from tables and results that somebody else has written."""

import dataclasses
import json
import re
import sys
from dataclasses import asdict
from html.parser import HTMLParser

import pytest

from rlhf_numeric import CLAIMS
from rlhf_numeric.attacks.campaign import run_campaign
from rlhf_numeric.attacks.mutate import MutationReport
from rlhf_numeric.evaluation.case_file import Case
from rlhf_numeric.experiments import EXPERIMENTS, coverage_ablation, run_experiment
from rlhf_proofs.errors import CannotRunError
from rlhf_proofs.ledger.build import recall
from rlhf_proofs.report import build_site, leftovers
from rlhf_proofs.table import load_table
from rlhf_symbolic import DERIVATIONS


def texts(folder):
    return {str(p.relative_to(folder)): p.read_text() for p in folder.rglob("*.html")}


def test_the_command_writes_a_page_for_each_statement_and_each_topic(checked, few, run_main, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    status, out, errors = run_main("report", tmp_path / "site")
    assert (status, "open" in out) == (0, True), errors
    assert set(texts(tmp_path / "site")) == {
        "index.html", "graph.html", "assumptions.html", "reals.html", "derivations.html", "notation.html",
        "divergences.html", "experiments.html", "trust.html", "statement/log-ratio.html", "statement/kl-nonneg.html",
        "derivation/psi-sharp.html",
    }  # fmt: skip
    assert json.loads((tmp_path / "site/ledger.json").read_text()) == recall()


def test_a_page_says_what_is_tested_and_derived_where_that_is_not_what_the_title_says(site):
    pages = texts(site())
    assert "What is tested: KL(p‖q) ≥ 0." in pages["statement/kl-nonneg.html"]
    assert "What is derived: log(π_θ/q) = ⟨θ,φ⟩/λ − A." in pages["statement/log-ratio.html"]
    assert "What is tested: log π_θ − log q = " in pages["statement/log-ratio.html"]
    assert "What is derived" not in pages["statement/kl-nonneg.html"]  # nothing is derived there


def test_a_theorem_about_fewer_fields_is_marked_and_listed_on_the_page_of_the_real_numbers(site):
    lean = {row["id"].replace("-", "_"): row["lean"] for row in recall()["claims"]}
    over = {"log_ratio": "Archimedean fields", "kl_nonneg": "exponential ordered fields"}
    pages = texts(site(**{id: {"lean": lean[id] | {"holds_over": over[id]}} for id in over}))
    marks = dict(re.findall(r'<tr id="([^"]+)".*?data-label="Lean">(.*?)</td>', pages["index.html"], re.S))
    assert 'href="reals.html#tiers" title="Stated over Archimedean fields">A</a>' in marks["log-ratio"]
    assert "tier" not in marks["kl-nonneg"]
    tiers = pages["reals.html"].split("<dt ")[1:4]
    assert ["log-ratio.html" in tier for tier in tiers] == [False, True, False]
    assert 'href="../reals.html#tiers"' in pages["statement/kl-nonneg.html"]
    assert 'class="statement"' not in pages["reals.html"]  # of statements that the check has not seen


def test_nothing_on_the_site_names_another_place_to_load_from(site):
    for name, text in texts(site()).items():
        loaded = re.findall(r"(?:src|<link[^>]*href)=\"([^\"]*)\"", text)
        assert loaded, name
        assert not [u for u in loaded if u.startswith(("http", "//"))], name


def absent(folder):
    """What pages of the site refer to on the site, and is not there."""
    found = []
    for name, text in texts(folder).items():
        for link in re.findall(r"(?:href|src)=\"([^\"]*)\"", text):
            page, _, anchor = link.partition("#")
            target = (folder / name).parent / page if page else folder / name
            if page.startswith(("http", "data:")) or (target.is_file() and not anchor):
                continue
            if not target.is_file() or f'id="{anchor}"' not in target.read_text():
                found.append((name, link))
    return found


def test_links_and_pictures_lead_to_files_and_anchors_that_exist(site):
    assert absent(site()) == []


def test_a_link_and_a_picture_that_lead_nowhere_are_found(site):
    folder = site()
    page = folder / "trust.html"
    planted = ("gone.html", "index.html#gone", "static/gone.png")
    page.write_text(page.read_text() + '<a href="{}"></a><a href="{}"></a><img src="{}">'.format(*planted))
    assert absent(folder) == [("trust.html", link) for link in planted]


PLANTED = (
    "<script>alert(1)</script></script><img src=x onerror=alert(1)>\"'><svg onload=alert(1)> </title> "
    r"$\text{<iframe>}$"
)


def with_planted(data, keep):
    """The same JSON with a piece of HTML in every text but ids, the kinds of evidence, and words that are looked up."""
    if isinstance(data, dict):
        return {key: value if key in keep else with_planted(value, keep) for key, value in data.items()}
    if isinstance(data, list):
        return [with_planted(value, keep) for value in data]
    return data + PLANTED if isinstance(data, str) else data


class Elements(HTMLParser):
    """Collects what a browser would run or load."""

    def __init__(self, text):
        super().__init__()
        self.found = set()
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found |= {(tag, name) for name, _ in attrs if name.startswith("on")}
        self.found |= {(tag, value) for name, value in attrs if name in ("href", "src") and ":" in (value or "")}
        if tag in ("script", "img", "style", "iframe"):
            self.found.add((tag, dict(attrs).get("src")))


def test_no_text_of_a_ledger_a_table_or_an_experiment_is_obeyed_as_html(checked, few, report, tmp_path):
    clean, planted = tmp_path / "clean", tmp_path / "planted"
    keep = {"id", "status", "effective", "schema", "derivation", "claim", "theorem", "sources_sha256"}
    ledger = recall()
    assert PLANTED in json.dumps(with_planted(ledger, keep), ensure_ascii=False).replace('\\"', '"').replace(
        "\\\\", "\\"
    )
    (tmp_path / "experiments/one").mkdir(parents=True)
    (tmp_path / "experiments/one/summary.md").write_text(f"# {PLANTED}\n\n[x](javascript:alert(1)) {PLANTED}\n")
    entries = [dataclasses.replace(e, title=PLANTED, latex=PLANTED) for e in load_table(checked)]
    lean = report("log_ratio", "kl_nonneg")
    for folder, data, rows, results in (
        (clean, ledger, load_table(checked), "none"), (planted, with_planted(ledger, keep), entries, "experiments")
    ):  # fmt: skip
        build_site(folder, data, lean, rows, current=True, campaign_folder=tmp_path / "none",
                   experiments_folder=tmp_path / results)  # fmt: skip
    own = {name: Elements(text).found for name, text in texts(clean).items()}
    found = {name: Elements(text).found for name, text in texts(planted).items()}
    assert all(("link", "data:,") in each for each in own.values())
    assert {name: each - own[name] for name, each in found.items() if each - own[name]} == {}
    assert "&lt;script&gt;" in texts(planted)["statement/log-ratio.html"]


def test_what_a_browser_would_run_is_found():
    assert Elements(PLANTED).found >= {("script", None), ("img", "x"), ("svg", "onload")}


@pytest.mark.parametrize("bad", ["../outside", "a/b", "<script>", "A", ""])
@pytest.mark.parametrize("kind", ["claims", "derivations"])
def test_an_id_of_the_stored_ledger_that_is_no_slug_names_no_file(site, checked, report, tmp_path, kind, bad):
    site()
    before = sorted(tmp_path.rglob("*"))
    ledger = recall()
    ledger[kind][0]["id" if kind == "claims" else "derivation"] = bad
    with pytest.raises(CannotRunError, match="the stored ledger: expected small letters, digits and hyphens"):
        build_site(tmp_path / "site", ledger, report("log_ratio", "kl_nonneg"), load_table(checked), current=True,
                   campaign_folder=tmp_path / "none", experiments_folder=tmp_path / "none")  # fmt: skip
    assert sorted(tmp_path.rglob("*")) == before


def test_a_statement_that_is_not_proved_is_not_shown_as_proved(site):
    pages = texts(site(log_ratio={"effective": "refuted", "why": "numeric: a counterexample"}))
    assert re.search(r"<h1>log-ratio <span[^>]*>refuted</span>", pages["statement/log-ratio.html"])
    assert "numeric: a counterexample" in pages["statement/log-ratio.html"]
    assert 'data-status="refuted"' in pages["index.html"]
    assert "own-refuted" in pages["graph.html"]


def test_derivations_of_no_statement_have_a_page_with_their_steps(site):
    pages = texts(site())
    assert "psi-sharp" in pages["derivations.html"]
    assert 'href="derivation/psi-sharp.html"' in pages["derivations.html"]
    assert 'href="statement/log-ratio.html#derivation"' in pages["derivations.html"]
    assert pages["derivation/psi-sharp.html"].count("<li>") == len(DERIVATIONS["psi-sharp"].steps) + 1
    assert 'href="derivations.html"' in pages["index.html"]


def test_the_notation_is_a_page_that_every_page_leads_to(site):
    pages = texts(site())
    assert "third central moment" in pages["notation.html"]
    assert all(re.search(r'href="(\.\./)?notation.html"', text) for text in pages.values())


def test_old_sources_are_told_on_every_page(site):
    assert not any("have changed since" in text for text in texts(site()).values())
    assert all("have changed since" in text for text in texts(site(current=False)).values())


def test_the_counterexamples_of_mutants_are_shown_with_their_instance(site, monkeypatch):
    case = Case(
        "kl-nonneg", "minus for plus", "hypothesis, shrunk", {"kl_coef": "0x1p-1", "theta": ["0x1p+1"]}, 0, "0x1p+0",
        "-0x1p-1", "violated",
    )  # fmt: skip
    found = {"kl-nonneg": MutationReport("kl-nonneg", (case,), {"times for over": "equivalent: both <sides>"}, ())}
    monkeypatch.setattr(leftovers, "stored_reports", lambda: found)  # of one of the two statements
    page = texts(site())["statement/kl-nonneg.html"]
    for shown in ("minus for plus", "lhs 1, rhs -0.5", "<code>[2.0]</code>", "<code>0.5</code>", "both &lt;sides&gt;"):
        assert shown in page
    assert "No counterexamples are stored" in texts(site())["statement/log-ratio.html"]


def test_each_claim_has_a_figure_of_its_instances(site):
    assert "20 random instances (seed 0)" in texts(site())["statement/kl-nonneg.html"]


def test_the_figure_is_that_of_the_stored_campaign(tmp_path):
    stored = {k: asdict(v) for k, v in run_campaign([CLAIMS["kl-nonneg"]], instances=5).items()}
    (tmp_path / "campaign.json").write_text(json.dumps(stored))
    assert leftovers.campaign(tmp_path, lambda *_: pytest.fail("ran another")) == json.loads(json.dumps(stored))
    (tmp_path / "campaign.json").write_text("{")
    with pytest.raises(CannotRunError, match="cannot be read as JSON"):
        leftovers.campaign(tmp_path, lambda *_: None)


def test_a_bar_is_as_tall_as_its_count_on_a_logarithmic_scale():
    bars, what, end = leftovers.histogram("kl-nonneg", [0, 1, 3])
    assert [bar.label for bar in bars] == ["0.333 to 0.667: 1", "0.667 to 1: 3"]
    assert bars[1].height == 2 * bars[0].height
    assert (what, end) == ("lhs / rhs", 1.0)
    assert leftovers.histogram("kl-nonneg", [0, 0]) is None


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
    for name in ("rows.csv", "gap.png", "gap.svg", "rate.png"):
        assert (built / "experiments/dimension" / name).read_text() == name


def test_the_pictures_that_a_real_experiment_names_are_there_and_each_is_shown_once(site, tmp_path, monkeypatch):
    for name, value in {"SIZES": (1, 2), "POPULATION": 8, "STEPS": 10}.items():
        monkeypatch.setattr(coverage_ablation, name, value)
    run_experiment(EXPERIMENTS["coverage-ablation"], tmp_path / "experiments/coverage-ablation", seeds=1)
    summary = tmp_path / "experiments/coverage-ablation/summary.md"
    assert "![" in summary.read_text()
    summary.write_text(summary.read_text() + "![far away](https://example.org/track.png) ![gone](gone.png)\n")
    built = site(experiments=tmp_path / "experiments")
    page = texts(built)["experiments.html"]
    assert re.findall(r'<img[^>]* src="([^"]*)"', page) == ["experiments/coverage-ablation/coverage-ablation.svg"]
    assert absent(built) == []
    assert "far away" in page
    assert "example.org" not in page


@pytest.mark.parametrize(
    ("plant", "words"),
    [
        (lambda folder: (folder / "gap.svg").symlink_to("/etc/hostname"), "is a link, and links are not followed"),
        (lambda folder: folder.rename(folder.with_name("Dimension <b>")), "expected small letters, digits and hyphens"),
        (lambda folder: (folder / "a'b.svg").write_text("x"), "expected small letters, digits and hyphens"),
        (lambda folder: (folder / "summary.md").write_bytes(b"\xff"), "cannot be read"),
    ],
)
def test_a_folder_of_experiments_that_none_has_written_is_refused(site, tmp_path, plant, words):
    folder = tmp_path / "experiments/dimension"
    folder.mkdir(parents=True)
    (folder / "summary.md").write_text("# Dimension\n")
    plant(folder)
    with pytest.raises(CannotRunError, match=words):
        site(experiments=tmp_path / "experiments")


@pytest.mark.parametrize("option", ["--experiments", "--campaign"])
def test_results_that_were_named_and_are_not_there_are_an_error(checked, run_main, tmp_path, option):
    status, _, errors = run_main("report", tmp_path / "site", option, tmp_path / "nosuch")
    assert status == 2
    assert option in errors
    assert not (tmp_path / "site").exists()


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
    for name in [n for n in sys.modules if n.startswith(("rlhf_proofs.report.pages", "rlhf_proofs.report.html"))]:
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
