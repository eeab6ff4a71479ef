"""Citations say what the ledger says and no more; LaTeX takes them."""

import json
import re
import shutil
import subprocess
import tomllib
from email.message import Message

import pytest
from typer.testing import CliRunner

from rlhf_proofs import cli
from rlhf_proofs.errors import TableError, UnknownClaimError
from rlhf_proofs.ledger import build as ledger
from rlhf_proofs.publish import citation
from rlhf_proofs.publish.citation import as_bibtex, as_json, as_latex, cite, escape_latex
from rlhf_proofs.publish.setting import load_setting
from rlhf_proofs.table import load_table

from .conftest import REPOSITORY, validated

TABLE = load_table()
CITED = ("gradient-domination", "ga-rate", "suboptimality-direct")


def row(entry, **lean):
    """A row of a ledger, proved unless said otherwise."""
    facts = {
        "status": "proved", "theorem": entry.lean, "axioms": [], "core_axioms": None, "statement": "…",
        "statement_sha256": "0123456789abcdef" * 4, "hypotheses": [],
    }  # fmt: skip
    return {
        "id": entry.id, "title": entry.title, "paper": entry.paper, "effective": "proved", "why": "lean: accepted",
        "lean": facts | lean,
    }  # fmt: skip


def ledger_of(*rows):
    lean = {"toolchain": "Lean 4.28.0, commit 38f3", "backend": "wasm"}
    return {"made": "2026-01-02T03:04:05+00:00", "lean": lean, "claims": list(rows)}


@pytest.fixture(autouse=True)
def commit(monkeypatch):
    monkeypatch.setattr(citation, "software_commit", lambda: ("c" * 40, False))


@pytest.fixture
def everything():
    """Citations of all statements of the table, as if all were proved."""
    full = ledger_of(*map(row, TABLE))
    return [cite(full, TABLE, e.id, current=True) for e in TABLE]


def one(current=True, effective="proved", **lean):
    return cite(ledger_of(row(TABLE[0], **lean) | {"effective": effective}), TABLE, TABLE[0].id, current=current)


def test_json_holds_status_axioms_hash_commit_and_the_command_to_check_again():
    (said,) = json.loads(as_json([one(core_axioms=["propext"])]))
    assert said["status"] == "proved"
    assert said["lean"]["core_axioms"] == ["propext"]
    assert said["lean"]["statement_sha256"] == "0123456789abcdef" * 4
    assert said["software"] == {"name": "rlhf-lemmas", "version": "0.1.0", "commit": "c" * 40, "modified": False}
    assert said["recheck"] == "rlhf-lemmas check --claim boltzmann-normalised"
    assert said["latex"] == TABLE[0].latex
    assert said["setting"] == load_setting().latex


@pytest.mark.parametrize("form", [as_bibtex, as_latex])
def test_a_proof_is_cited_with_theorem_build_axioms_hash_commit_and_date(form):
    text = form([one()])
    for fact in (
        r"proved as RLHF.boltzmann\_\allowbreak{}normalised in Lean 4.28.0 (the WebAssembly build)",
        "axioms: none of its own; axioms of Lean's core not visible with this build",
        "statement sha256 0123456789abcdef;", "commit cccccccccccccccc;", "checked 2026-01-02",
    ):  # fmt: skip
        assert fact in text


@pytest.mark.parametrize("form", [as_bibtex, as_latex])
@pytest.mark.parametrize("status", ["derived", "tested", "refuted", "vacuous", "stale", "open", "not-run"])
def test_what_is_not_proved_is_never_called_proved(form, status):
    text = form([one(effective=status, status="open", theorem=None, statement_sha256=None)])
    assert "proved" not in text
    assert f"{status}: lean: accepted" in text


@pytest.mark.parametrize("form", [as_bibtex, as_latex])
def test_changed_sources_and_local_changes_are_said(form, monkeypatch):
    stale = "the sources have changed since this check"
    assert stale not in form([one()])
    assert stale in form([one(current=False)])
    assert "local changes" not in form([one()])
    monkeypatch.setattr(citation, "software_commit", lambda: ("c" * 40, True))
    assert "with local changes" in form([one()])
    monkeypatch.setattr(citation, "software_commit", lambda: (None, None))
    assert "commit unknown" in form([one()])


def named(monkeypatch, *urls):
    """Let the package's metadata have these entries of ``project.urls``."""
    message = Message()
    for url in urls:
        message["Project-URL"] = url
    monkeypatch.setattr(citation, "metadata", lambda _: message)


@pytest.mark.parametrize("url", ["https://example.org/rlhf", "https://example.org/rlhf/"])
def test_a_citation_has_the_permanent_address_where_the_package_names_its_documentation(url, monkeypatch):
    named(monkeypatch, "Source, https://example.org/code", f"Documentation, {url}")
    page = "https://example.org/rlhf/s/boltzmann-normalised"
    assert one()["url"] == page
    assert f"  url = {{{page}}}\n" in as_bibtex([one()])
    assert page in as_latex([one()]).replace(r"\allowbreak{}", "")


@pytest.mark.parametrize("urls", [(), ("Source, https://example.org/code",)])
def test_without_one_no_address_is_printed(urls, monkeypatch):
    named(monkeypatch, *urls)
    assert one()["url"] is None
    assert "://" not in as_bibtex([one()])
    assert "://" not in as_latex([one()]).partition(r"\rlhfsettingtext")[2]


def test_the_address_is_read_from_the_metadata_of_the_installed_package():
    urls = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"].get("urls", {})
    wanted = {name.lower(): url for name, url in urls.items()}.get("documentation")
    assert citation.documentation() == (wanted and wanted.rstrip("/"))


def test_a_statement_that_the_ledger_does_not_have_is_refused():
    with pytest.raises(UnknownClaimError, match="in the ledger: no statement 'absent'; known: boltzmann-normalised"):
        cite(ledger_of(row(TABLE[0])), TABLE, "absent", current=True)


def test_a_statement_without_latex_is_refused():
    with pytest.raises(TableError, match="no latex"):
        cite(ledger_of(row(TABLE[0])), [], TABLE[0].id, current=True)


def test_without_a_check_nothing_can_be_cited(run_main):
    status, out, errors = run_main("cite", "log-ratio")
    assert (status, out) == (2, "")
    assert "no check has been run yet: rlhf-lemmas check" in errors


def test_the_command_cites_from_the_last_ledger_and_says_that_it_is_old(table, lean, report, run_main, monkeypatch):
    lean(report("log_ratio", "kl_nonneg"))
    assert CliRunner().invoke(cli.app, ["check", "--instances", "50"]).exit_code == 0
    status, out, errors = run_main("cite", "log-ratio", "--json")
    assert (status, errors) == (0, "")
    assert [c["current"] for c in json.loads(out)] == [True]
    monkeypatch.setattr("rlhf_proofs.commands.cite.sources_digest", lambda: "f" * 64)
    status, out, errors = run_main("cite", "log-ratio", "log-ratio", "--json")
    assert [c["current"] for c in json.loads(out)] == [False]
    assert "have changed" in errors
    assert run_main("cite", "log-ratio", "--json", "--latex")[0] == 2
    assert run_main("cite", "absent")[0] == 2
    assert validated(ledger.build_ledger(only="numeric", instances=5))["lean"]["audit_surface"] is None


def test_a_reference_names_its_statement_and_prints_none_without_its_setting(everything):
    for said in everything:
        assert said["latex"] not in as_bibtex([said])
        assert f"statement \\texttt{{{said['id']}}}" in as_bibtex([said])


def test_every_statement_has_latex_of_balanced_ascii_in_its_words(everything):
    for said in everything:
        assert said["paper"].isascii(), said["id"]
        assert said["latex"].isascii(), said["id"]
        assert said["latex"].count("$") % 2 == 0, said["id"]
        assert said["latex"].endswith("."), said["id"]


def test_special_characters_are_escaped():
    assert escape_latex(r"a_b{c}\~^%&#$") == (
        r"a\_\allowbreak{}b\{c\}\textbackslash{}\textasciitilde{}\textasciicircum{}\%\&\#\$"
    )
    assert escape_latex("θ") == "?"


def compiled(folder, *commands):
    """Run LaTeX commands; return the log of the last pdflatex."""
    if shutil.which("pdflatex") is None:
        pytest.skip("pdflatex is missing (Debian: texlive-latex-base): no citation has been compiled")
    for command in commands:
        done = subprocess.run(command.split(), cwd=folder, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stdout[-2000:]
    return "".join((folder / "paper.log").read_text(errors="replace").split("\n"))


UNSET = "Statements are printed without their setting"
PDFLATEX = "pdflatex -interaction=nonstopmode -halt-on-error paper"


@pytest.mark.slow
def test_the_sample_paper_compiles_with_its_citations(tmp_path, everything):
    chosen = [said for said in everything if said["id"] in CITED]
    shutil.copy(REPOSITORY / "examples/paper.tex", tmp_path)
    assert set(re.findall(r"verified(?:statement|record)?\{([a-z-]+)\}", (tmp_path / "paper.tex").read_text())) == set(
        CITED
    )
    (tmp_path / "verified.tex").write_text(as_latex(chosen))
    (tmp_path / "verified.bib").write_text(as_bibtex(chosen))
    log = compiled(tmp_path, PDFLATEX, "bibtex paper", PDFLATEX, PDFLATEX)
    assert "undefined" not in log
    assert "Overfull" not in log
    assert UNSET not in log
    assert (tmp_path / "paper.pdf").stat().st_size > 10_000


@pytest.mark.slow
def test_every_statement_compiles(tmp_path, everything):
    uses = "\n\n".join(f"\\verified{{{said['id']}}}" for said in everything)
    head = "\\documentclass{article}\\usepackage{amsmath,amssymb}\\input{verified}\\begin{document}"
    (tmp_path / "verified.tex").write_text(as_latex(everything))
    (tmp_path / "paper.tex").write_text(f"{head}\n{uses}\n\\end{{document}}\n")
    assert UNSET in compiled(tmp_path, PDFLATEX)


@pytest.mark.slow
def test_a_statement_that_was_not_asked_for_stops_latex(tmp_path, everything):
    (tmp_path / "verified.tex").write_text(as_latex(everything[:1]))
    (tmp_path / "paper.tex").write_text(
        "\\documentclass{article}\\usepackage{amsmath,amssymb}\\input{verified}\\begin{document}"
        "\\verified{ga-rate}\\end{document}"
    )
    with pytest.raises(AssertionError, match="no statement ga-rate"):
        compiled(tmp_path, PDFLATEX)
