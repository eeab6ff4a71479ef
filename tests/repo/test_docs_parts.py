"""The parts of the documentation's site: staging, links of ids, the gate on links. They need no Sphinx."""

import errno
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from rlhf_proofs.table import load_table
from rlhf_symbolic import DERIVATIONS

from .conftest import REPOSITORY

sys.path.insert(0, str(REPOSITORY))
from docs.website import __main__ as main_of_docs
from docs.website import build, links, notebooks, stage

PAGES = {"README.md": "index", "NOTATION.md": "notation", "docs/paper.md": "paper"}


@pytest.fixture
def rewritten(tmp_path):
    """Rewrite the links of a page of a small repository."""
    root = tmp_path / "root"
    for name in (*PAGES, "LICENSE", "examples/paper.tex"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("words")
    return lambda text, source="README.md": stage.rewritten(text, source, PAGES, root, tmp_path / "site")


@pytest.mark.parametrize(
    ("source", "link", "there"),
    [
        ("README.md", "docs/paper.md", "paper.md"),
        ("README.md", "docs/paper.md#setting", "paper.md#setting"),
        ("docs/paper.md", "../NOTATION.md", "notation.md"),
        ("docs/paper.md", "../README.md", "index.md"),
        ("README.md", "https://example.org/docs/paper.md", "https://example.org/docs/paper.md"),
        ("README.md", "#use", "#use"),
    ],
)
def test_a_link_to_a_file_that_is_a_page_becomes_a_link_to_the_page(rewritten, source, link, there):
    assert rewritten(f"See [this]({link}).", source) == f"See [this]({there})."


def test_another_file_that_a_page_links_to_is_copied_to_the_site(rewritten, tmp_path):
    assert rewritten("[a](examples/paper.tex)") == "[a](files/examples/paper.tex)"
    assert rewritten("[b](../LICENSE)", "docs/paper.md") == "[b](files/LICENSE)"
    assert (tmp_path / "site/files/examples/paper.tex").read_text() == "words"


@pytest.mark.parametrize("link", ["docs/absent.md", "../outside.md", "docs", "/etc/passwd"])
def test_a_link_to_no_file_of_the_repository_is_an_error(rewritten, link):
    with pytest.raises(stage.StagingError, match=re.escape(f"README.md links to {link}")):
        rewritten(f"[x]({link})")


def test_code_is_left_as_it_is(rewritten):
    text = "```md\n[x](absent.md)\n```\nand [y](NOTATION.md)"
    assert rewritten(text) == text.replace("NOTATION.md", "notation.md")


def test_every_file_of_the_documentation_is_a_page():
    pages = stage.site_pages()
    written = {path.name for path in (REPOSITORY / "docs").glob("*.md")}
    assert {name.removeprefix("docs/") for name in pages if name.startswith("docs/")} == written
    assert {"README.md", "NOTATION.md", "TRUST.md", "DIVERGENCES.md", "CHANGELOG.md", "CONTRIBUTING.md"} <= set(pages)
    assert len(set(pages.values())) == len(pages)


def test_the_pages_are_made_of_the_files_of_the_repository_word_for_word(tmp_path):
    stage.stage(tmp_path / "source")
    for source, page in stage.site_pages().items():
        staged = (tmp_path / f"source/{page}.md").read_text(encoding="utf-8")
        text = (REPOSITORY / source).read_text(encoding="utf-8")
        unlinked = [re.sub(r"\]\([^()\s]+\)", "]()", each) for each in (staged, text)]
        assert unlinked[0].startswith(unlinked[1]), source


# What is written like an id and is none.
OTHERS = {"rlhf-lemmas", "record-ledger", "lean-toolchain"}
SLUG = re.compile(r"`([a-z0-9]+(?:-[a-z0-9]+)+)`")


def strangers(text):
    return set(SLUG.findall(text)) - {entry.id for entry in load_table()} - set(DERIVATIONS) - OTHERS


@pytest.mark.parametrize("source", sorted({*stage.site_pages()} - {"CHANGELOG.md"}))  # what is past may be gone
def test_what_looks_like_an_id_on_a_page_is_one(source):
    assert strangers((REPOSITORY / source).read_text(encoding="utf-8")) == set()


def test_an_id_that_does_not_exist_is_seen():
    assert strangers("`ga-rate`, `ga-rates`, `psi-sharp`, `--json`, `-sharp`, ga-rates") == {"ga-rates"}


@pytest.mark.parametrize("name", ["CLAIMS", "DERIVATIONS", "SHARP_CLAIMS"])
def test_data_has_words_in_the_reference(name):
    module = "rlhf_symbolic" if name == "DERIVATIONS" else "rlhf_numeric"
    assert re.search(r"^   \w.*\.$", "\n".join(stage._directive(module, name)), re.MULTILINE)


# ---- ids


@pytest.fixture
def statements():
    pytest.importorskip("docutils", reason="docutils is missing (extra docs): links of ids were not looked at")
    from docs.website import statements

    return statements


def linked(statements, page, *children):
    from docutils import nodes
    from docutils.utils import new_document

    tree = new_document("page")
    tree += nodes.paragraph("", "", *children)
    statements.link_ids(tree, page, {"ga-rate", "kl-nonneg"})
    return [(link["refuri"], link.astext()) for link in tree.findall(nodes.reference)]


@pytest.mark.parametrize(("page", "up"), [("index", ""), ("api/rlhf_numeric", "../")])
def test_an_id_in_code_is_a_link_to_its_permanent_address(statements, page, up):
    from docutils import nodes

    found = linked(
        statements, page, nodes.literal("", "ga-rate"), nodes.literal("", "ga-rate --json"), nodes.Text("kl-nonneg")
    )
    assert found == [(f"{up}s/ga-rate/index.html", "ga-rate")]


def test_what_is_a_link_already_stays_one(statements):
    from docutils import nodes

    link = nodes.reference("", "", nodes.literal("", "ga-rate"), refuri="there")
    assert linked(statements, "index", link) == [("there", "ga-rate")]


def test_bars_of_a_docstring_are_bars_except_in_code(statements):
    assert statements.with_bars("|lhs − rhs| of ``a | b``") == r"\|lhs − rhs\| of ``a | b``"


# ---- the gate on links


@pytest.fixture
def site(tmp_path):
    """A site of two pages, with these words on the first."""

    def write(words):
        (tmp_path / "sub").mkdir(exist_ok=True)
        (tmp_path / "index.html").write_text(f"<!doctype html><html><body><p id='here'>{words}</p></body></html>")
        (tmp_path / "sub/page.html").write_text('<a href="../index.html#here">up</a><h2 id="there é">x</h2>')
        (tmp_path / "picture.png").write_bytes(b"")
        return list(links.broken(tmp_path))

    return write


@pytest.mark.parametrize(
    "words",
    [
        '<a href="sub/page.html">x</a>',
        '<a href="sub/page.html#there%20%C3%A9">x</a>',
        '<a href="#here">x</a><a href="">x</a>',
        '<img src="picture.png"><img src="data:image/png;base64,AA">',
        '<a href="https://example.org/a#b">x</a><a href="mailto:a@example.org">x</a>',
        '<link rel="canonical" href="https://example.org/"><code>&lt;a href="absent"&gt;</code>',
        '<meta http-equiv="refresh" content="0; url=sub/page.html">',
    ],
)
def test_a_link_that_leads_somewhere_passes(site, words):
    assert site(words) == []


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ('<a href="absent.html">x</a>', "absent.html: no such file"),
        ('<a href="sub/">x</a>', "sub/: no such file"),
        ('<a href="sub/page.html#nowhere">x</a>', "no such place on the page"),
        ('<a href="#nowhere">x</a>', "no such place on the page"),
        ('<a href="../other/index.html">x</a>', "leads out of the site"),
        ('<a href="/index.html">x</a>', "leads out of the site"),
        ('<img src="absent.png">', "no such file"),
        ('<a href="https:///a">x</a>', "no address"),
        ('<a href="javascript:alert(1)">x</a>', "no address"),
        ('<script src="https://example.org/x.js"></script>', "fetched from another host"),
        ('<script src="//example.org/x.js"></script>', "fetched from another host"),
        ('<link rel="stylesheet" href="https://example.org/x.css">', "fetched from another host"),
        ('<link rel="preconnect" href="https://example.org">', "fetched from another host"),
        ('<img src="https://example.org/x.png">', "fetched from another host"),
        ('<meta http-equiv="refresh" content="0; url=absent.html">', "no such file"),
        ('<svg><a xlink:href="absent.html"/></svg>', "no such file"),
    ],
)
def test_a_link_that_leads_nowhere_is_found(site, words, why):
    (found,) = site(words)
    assert found.startswith("index.html: ")
    assert why in found


# ---- building


@pytest.mark.parametrize("bar", ['<header>\n<nav aria-label="Pages">', "<header><nav>"])
def test_a_page_of_the_report_gets_a_way_back(tmp_path, bar):
    page = tmp_path / "report/statement/x.html"
    page.parent.mkdir(parents=True)
    page.write_text(f"<body>{bar}<a>Ledger</a></nav></header></body>")
    assert f'{bar}\n<a href="../../index.html">Documentation</a><a>' in build.with_way_back(page, tmp_path)
    page.write_text("<body><nav></nav></body>")
    with pytest.raises(build.BuildError, match="expected one bar"):
        build.with_way_back(page, tmp_path)


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path):
    (tmp_path / "thesis.tex").write_text("mine")
    for target in (tmp_path, tmp_path / "thesis.tex"):
        with pytest.raises(build.BuildError) as caught:
            list(build.build(target))
        assert caught.value.status == 2
    assert (tmp_path / "thesis.tex").read_text() == "mine"


@pytest.mark.parametrize("fails", ["copytree", "rename"])
def test_an_older_site_stays_where_the_new_one_finds_no_room(tmp_path, monkeypatch, fails):
    for name, text in (("made", "new"), ("site", "old")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "index.html").write_text(text)
    renamed = Path.rename

    def full(source, *_):
        if fails == "copytree" or Path(source).name == "new":
            raise OSError(errno.ENOSPC, "No space left on device")
        return renamed(source, *_)

    monkeypatch.setattr(*((shutil, "copytree") if fails == "copytree" else (Path, "rename")), full)
    with pytest.raises(OSError, match="No space left"):
        build._take_place(tmp_path / "made", tmp_path / "site")
    assert (tmp_path / "site/index.html").read_text() == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["made", "site"]


@pytest.mark.parametrize(
    ("raised", "status", "said"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), 2, "No space left on device; an older site is as it was"),
        (KeyboardInterrupt(), 130, "stopped; an older site is as it was"),
    ],
)
def test_a_full_disk_and_an_interrupt_end_with_a_sentence(tmp_path, monkeypatch, capsys, raised, status, said):
    def build_nothing(target):
        yield "pages"
        raise raised

    monkeypatch.setattr(main_of_docs, "NEEDED", ())
    monkeypatch.setattr(build, "build", build_nothing)
    assert main_of_docs.main([str(tmp_path / "site")]) == status
    assert said in capsys.readouterr().err


def test_a_page_with_a_link_to_no_file_stops_the_build(tmp_path):
    root = tmp_path / "root"
    shutil.copytree(REPOSITORY / "docs", root / "docs", ignore=shutil.ignore_patterns("website", "__pycache__"))
    for name in stage.site_pages():
        (root / name).parent.mkdir(exist_ok=True)
        shutil.copyfile(REPOSITORY / name, root / name)
    (root / "README.md").write_text("# Start\n\n[nowhere](docs/absent.md)\n")
    with pytest.raises(build.BuildError, match=r"README\.md links to docs/absent\.md"):
        list(build.build(tmp_path / "site", root))


def test_what_is_missing_is_said():
    code = "import sys; sys.modules['sphinx'] = None; sys.path.insert(0, '.')\n"
    code += "import importlib.util as u; u.find_spec = lambda name: None\n"
    code += "from docs.website.__main__ import main; sys.exit(main(['build/docs']))"
    done = subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert "sphinx, myst_parser, numpydoc, furo, jinja2, igraph missing: run `make docs`" in done.stderr


def test_the_interactive_page_of_the_site_leads_to_statements_and_back(tmp_path):
    build.playground(tmp_path, ["gap-range", "kl-nonneg"])
    text = (tmp_path / "playground/index.html").read_text(encoding="utf-8")
    found = {link for link, _ in links.read(text).links if "://" not in link} - {"data:,"}
    assert found == {"../index.html", "../s/gap-range/index.html", "style.css", "formulas.js", "playground.js"}
    assert {path.name for path in (tmp_path / "playground").iterdir()} == {
        "index.html", "style.css", "formulas.js", "playground.js"
    }  # fmt: skip


# ---- notebooks


def test_a_notebook_becomes_a_page_with_words_cells_and_pictures(tmp_path):
    text = notebooks.as_markdown(REPOSITORY / "examples/audit_your_features.ipynb", tmp_path)
    shown = re.findall(r"!\[[^]]*\]\((.*?)\)", text)
    assert len(shown) == 2
    assert all((tmp_path / name).read_bytes().startswith(b"\x89PNG") for name in shown)
    assert text.startswith("# Audit your features\n")
    assert "````text\nB = 1, " in text
    assert "from rlhf_numeric import Problem" in text


def test_formulas_become_mathml_and_those_in_code_stay():
    text = notebooks.with_formulas("Of $x$ and `$y$`: $$z$$")
    assert text.count("<math") == 2
    assert "`$y$`" in text
    assert "$x$" not in text


def test_formulas_in_the_reasons_of_a_derivation_are_formulas(tmp_path):
    text = notebooks.as_markdown(REPOSITORY / "examples/gradient_of_the_objective.ipynb", tmp_path)
    formulas = re.findall(r'<div class="formula">.*?</div>', text, re.DOTALL)
    assert len(formulas) == 4
    assert not any("$" in formula for formula in formulas)


def test_a_link_to_a_notebook_leads_to_its_page(tmp_path):
    text = (REPOSITORY / "docs/tutorials.md").read_text(encoding="utf-8")
    found = stage.rewritten(text, "docs/tutorials.md", stage.site_pages(), REPOSITORY, tmp_path)
    assert set(re.findall(r"\]\((.*?)\)", found)) == {
        "playground:index.html", "rollouts.md",
        *(f"{path.stem}.md" for path in (REPOSITORY / "examples").glob("*.ipynb")),
    }  # fmt: skip
