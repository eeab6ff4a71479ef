"""The documentation as it is built: every page and link, every public name, every id; in a browser, from the disk."""

import html
import importlib.util
import re
import shutil
import sys

import pytest

from rlhf_proofs.table import load_table

from .chromium import Chromium
from .conftest import REPOSITORY

sys.path.insert(0, str(REPOSITORY))
from docs.website import build, links, stage

pytestmark = pytest.mark.slow

IDS = [entry.id for entry in load_table()]
PAGES = [
    "index.html",
    "statements.html",
    "paper-2601.16403.html",
    "paper-2602.21765.html",
    "tutorials.html",
    "gradient_of_the_objective.html",
    "audit_your_features.html",
    "playground/index.html",
    "questions.html",
    "assumption5.html",
    "digits.html",
    "rollouts.html",
    "tightness.html",
    "divergences.html",
    "notation.html",
    "api/rlhf_numeric.html",
    "api/rlhf_pytest.html",
    "search.html",
]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The site, as `make docs` builds it."""
    if missing := [
        name for name in ("sphinx", "myst_parser", "numpydoc", "furo") if importlib.util.find_spec(name) is None
    ]:
        pytest.skip(f"{', '.join(missing)} missing (pip install -e '.[docs]'): the documentation was not built")
    folder = tmp_path_factory.mktemp("docs") / "site"
    assert list(build.build(folder)) == ["pages", "statements", "links"]
    return folder


def text(site, page):
    return (site / page).read_text(encoding="utf-8")


def test_every_link_leads_somewhere_and_nothing_is_fetched_from_other_hosts(site):
    """The build has looked already; here is that it looked at everything."""
    assert list(links.broken(site)) == []
    pages = {str(path.relative_to(site)) for path in site.rglob("*.html")}
    assert {*PAGES, "report/index.html", *(f"s/{id}/index.html" for id in IDS)} <= pages
    assert sum(len(links.read(text(site, page)).links) for page in pages) > 20 * len(IDS)


def test_a_link_to_nowhere_in_the_built_site_fails_it(site, tmp_path):
    shutil.copytree(site, tmp_path / "site")
    for name in ("s/ga-rate", "report/statement/kl-nonneg.html"):
        path = tmp_path / "site" / name
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    found = build.faults(tmp_path / "site", IDS)
    assert "s/ga-rate/index.html: missing" in found
    assert any(f.startswith("s/kl-nonneg/index.html: ") for f in found)
    assert any(f.startswith("paper-2601.16403.html: s/ga-rate/index.html") for f in found)


def test_every_statement_has_its_permanent_address_which_leads_to_its_page(site):
    for id in IDS:
        (forward,) = {link for link, _ in links.read(text(site, f"s/{id}/index.html")).links if "://" not in link} - {
            "data:,"
        }
        page = (site / "s" / id / forward).resolve()
        assert page == site.resolve() / f"report/statement/{id}.html"
        assert f"<h1>{id} " in page.read_text(encoding="utf-8")


def test_the_page_of_statements_has_every_title_as_the_table_has_it(site):
    words = " ".join(html.unescape(re.sub(r"<[^>]*>", "", text(site, "statements.html"))).split())
    assert [entry.title for entry in load_table() if " ".join(entry.title.split()) not in words] == []


@pytest.mark.parametrize(
    "page",
    ["trust", "paper-2601.16403", "paper-2602.21765", "questions", "assumption5", "divergences", "tightness"],
)
def test_every_id_in_code_on_a_page_is_a_link_to_its_statement(site, page):
    source = next(name for name, each in stage.site_pages().items() if each == page)
    written = {code for code in re.findall(r"`([^`\n]+)`", (REPOSITORY / source).read_text()) if code in IDS}
    there = {link.split("/")[-2] for link, _ in links.read(text(site, f"{page}.html")).links if "s/" in link[:5]}
    assert written
    assert written == there


def test_every_public_name_is_in_the_reference_with_its_words(site):
    for page, modules in stage.API.items():
        names = links.read(text(site, f"api/{page}.html")).names
        for module in modules:
            assert stage.public_names(module)
            assert {f"{module}.{name}" for name in stage.public_names(module)} <= names
    _, _, after = text(site, "api/rlhf_numeric.html").partition('id="rlhf_numeric.gradient"')
    gradient = after.partition('id="rlhf_numeric.')[0]
    assert "of the empirical objective, shape (..., d)" in gradient


def test_a_name_that_is_not_in_the_reference_fails_the_site(site, monkeypatch):
    names = stage.public_names
    monkeypatch.setattr(build, "public_names", lambda module: [*names(module), "absent"])
    assert "api/rlhf_proofs.html: nothing on rlhf_proofs.absent" in build.faults(site, [])


def test_the_start_page_is_the_readme(site):
    headings = re.findall(r"^## (.*)$", (REPOSITORY / "README.md").read_text(), re.MULTILINE)
    shown = re.findall(r"<h2>(.*?)<a ", text(site, "index.html"))
    assert headings
    assert shown == headings


@pytest.mark.parametrize("words", ["[x](NOTATION.md#nowhere)", "```{toctree}\nabsent\n```"])
def test_a_page_that_sphinx_warns_of_fails_the_build(site, tmp_path, words, capfd):
    root = tmp_path / "root"
    for name in stage.site_pages():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(REPOSITORY / name, root / name)
    for folder in ("docs/website", "docs/playground", "docs/front", "examples", "records"):
        shutil.copytree(REPOSITORY / folder, root / folder)
    for name in ("LICENSE", "CITATION.cff"):
        shutil.copyfile(REPOSITORY / name, root / name)
    (root / "CHANGELOG.md").write_text(f"# Changelog\n\n{words}\n")
    shutil.copytree(site, tmp_path / "site")
    with pytest.raises(build.BuildError, match="sphinx ended with status"):
        list(build.build(tmp_path / "site", root))
    assert "changelog.md:3" in capfd.readouterr().err
    assert text(tmp_path / "site", "index.html") == text(site, "index.html")  # the older one is still there


def test_a_site_takes_the_place_of_an_older_one(site, tmp_path, monkeypatch):
    shutil.copytree(site, tmp_path / "site")
    (tmp_path / "site/old.html").write_text("")
    monkeypatch.setattr(build, "_pages", lambda work, new, root: shutil.copytree(site, new))
    monkeypatch.setattr(build, "_statements", lambda *_: None)
    list(build.build(tmp_path / "site"))
    assert not (tmp_path / "site/old.html").exists()
    assert text(tmp_path / "site", "index.html") == text(site, "index.html")


# ---- in a browser


@pytest.fixture(scope="module")
def browser(site):
    with Chromium() as found:
        yield found


@pytest.mark.deep
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("page", PAGES)
def test_a_page_fits_its_window_and_nothing_is_wrong_in_the_console(browser, site, page, width, dark):
    browser.look(width=width, dark=dark)
    browser.open(site / page)
    assert browser.run("document.documentElement.scrollWidth - innerWidth") <= 0
    assert browser.problems == []
    paper = browser.run("getComputedStyle(document.body).backgroundColor")
    assert (sum(map(int, re.findall(r"\d+", paper)[:3])) < 384) == dark


@pytest.mark.deep
def test_an_id_breaks_after_hyphens_only(browser, site):
    """Each line of a broken id ends with a hyphen, on the page with the narrowest columns, on a phone."""
    browser.look(width=390)
    browser.open(site / "paper-2601.16403.html")
    broken = browser.run("""[...document.querySelectorAll('a.statement code')].flatMap(code => {
        const words = document.createRange(), node = document.createTreeWalker(code, NodeFilter.SHOW_TEXT).nextNode()
        const top = i => {
            words.setStart(node, i); words.setEnd(node, i + 1); return words.getBoundingClientRect().top
        }
        return [...node.data].flatMap((letter, i) =>
            i && Math.abs(top(i) - top(i - 1)) > 4 && node.data[i - 1] !== '-' ? [node.data] : [])
    })""")
    assert browser.run("document.querySelectorAll('a.statement code').length") > 50
    assert broken == []


@pytest.mark.deep
def test_search_finds_a_page_from_the_disk(browser, site):
    browser.look()
    browser.open(site / "search.html", "?q=coverage")
    browser.wait("document.querySelectorAll('#search-results li a').length > 3")
    found = browser.run("[...document.querySelectorAll('#search-results li a')].map(a => a.getAttribute('href'))")
    assert any(link.startswith("assumption5.html") for link in found)
    assert browser.problems == []


@pytest.mark.deep
def test_the_permanent_address_leads_to_the_statement_and_back_to_the_start(browser, site):
    browser.look()
    browser.open(site / "s/ga-rate/index.html", "#cite")
    browser.wait("location.pathname.endsWith('/report/statement/ga-rate.html') && document.readyState === 'complete'")
    assert browser.run("location.hash") == "#cite"
    browser.run("[...document.querySelectorAll('header a')].find(a => a.textContent === 'Documentation').click()")
    browser.wait("location.pathname.endsWith('/site/index.html') && document.readyState === 'complete'")
    assert browser.problems == []
