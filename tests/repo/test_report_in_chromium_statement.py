"""The page of a statement, a source and the graph in a real browser: hovers, copies, zoom, paper."""

import re
import urllib.parse

import pytest

pytestmark = [pytest.mark.deep, pytest.mark.lean, pytest.mark.slow]

PAGE = "statement/suboptimality-ga.html"
PHONES = (390, 360)
LINK = "[...document.querySelectorAll('#lean .lean a')].find(a => a.textContent === 'Coverage')"
TIP = "document.getElementById('tip')"


def middle(browser, element):
    """Where an element is in the window, after it has been scrolled there."""
    return browser.run(
        f"(() => {{ const e = {element}; e.scrollIntoView({{block: 'center'}}); const r = e.getBoundingClientRect();"
        " return [r.left + r.width / 2, r.top + r.height / 2]; })()"
    )


def said_by_tip(browser):
    return browser.run(f"{TIP}.hidden ? null : {TIP}.innerText")


def test_pointing_at_a_name_shows_its_declaration_and_going_away_hides_it(browser, page):
    page(PAGE)
    x, y = middle(browser, LINK)
    browser.mouse(("moved", x, y))
    browser.wait(f"!{TIP}.hidden")
    for shown in (
        "RLHF.Problem.Coverage",
        "moves no feature by more than",
        "structure Problem.Coverage",
        "le_covariance",
    ):
        assert shown in said_by_tip(browser), shown
    left, top, right, bottom = browser.run(
        f"(() => {{ const r = {TIP}.getBoundingClientRect(); return [r.left, r.top, r.right, r.bottom]; }})()"
    )
    assert left >= 0
    assert top >= 0
    assert right <= 1200
    assert bottom <= 900
    browser.mouse(("moved", (left + right) / 2, (top + bottom) / 2))
    assert said_by_tip(browser) is not None  # the tip can be read and scrolled
    browser.mouse(("moved", 5, 5))
    browser.wait(f"{TIP}.hidden")


def test_the_keyboard_reaches_a_name_and_escape_takes_the_tip_away(browser, page):
    page(PAGE)
    browser.run(
        f"(() => {{ const all = [...document.querySelectorAll('a')]; all[all.indexOf({LINK}) - 1].focus(); }})()"
    )
    browser.press("Tab")
    assert browser.run("document.activeElement.textContent") == "Coverage"
    assert "structure Problem.Coverage" in said_by_tip(browser)
    assert browser.run("document.activeElement.getAttribute('aria-describedby')") == "tip"
    browser.press("Escape")
    assert said_by_tip(browser) is None
    assert browser.run("document.activeElement.getAttribute('aria-describedby')") is None
    browser.press("Enter")
    browser.wait("location.pathname.endsWith('/source/RLHF.Papers.Generalisation.Stability.Defs.html')")
    browser.wait("document.querySelector(':target')?.id === 'RLHF.Problem.Coverage'")


def test_the_first_touch_of_a_name_shows_its_declaration_and_the_second_goes_there(browser, page):
    browser.look(width=390, height=800)
    page(PAGE)
    browser.touch(*middle(browser, LINK))
    browser.wait(f"!{TIP}.hidden")
    assert "structure Problem.Coverage" in said_by_tip(browser)
    assert browser.run("location.pathname").endswith(PAGE)
    browser.touch(*browser.run(f"(() => {{ const r = {LINK}.getBoundingClientRect(); return [r.x + 9, r.y + 9]; }})()"))
    browser.wait("location.pathname.endsWith('/source/RLHF.Papers.Generalisation.Stability.Defs.html')")


def test_no_page_has_two_places_of_one_name(real_site):
    for path in real_site.rglob("*.html"):
        ids = re.findall(r'<[a-z][^<>]* id="([^"]*)"', path.read_text())
        assert len(ids) == len(set(ids)), path


def test_every_name_on_the_page_of_a_statement_has_a_tip(browser, page):
    for id in ("suboptimality-ga", "grad-objective", "reals-unique", "gap-log-form-sharp"):
        page(f"statement/{id}.html")
        names = "[...document.querySelectorAll('#lean figure .lean a')]"
        assert browser.run(f"{names}.length") > 5
        assert browser.run(f"{names}.filter(a => !declared(a) && !a.closest('figure[id]')).map(a => a.hash)") in (
            [], [f"#RLHF.{id.replace('-', '_')}"],  # the theorem itself, which stands there
        )  # fmt: skip


def lost(site):
    """Links of all pages to a file that is not there, or to a place that the page does not have."""
    pages = {path.resolve(): path.read_text() for path in site.rglob("*.html")}
    names = {path: set(re.findall(r'<[a-z][^<>]* id="([^"]*)"', text)) for path, text in pages.items()}
    found = []
    for path, text in pages.items():
        for link in set(re.findall(r'href="([^"]*)"', text)):
            page, _, place = link.partition("#")
            target = (path.parent / urllib.parse.unquote(page)).resolve() if page else path
            if page.startswith(("https:", "data:")) or (target in names and (not place or place in names[target])):
                continue
            if target in names or not target.is_file():
                found.append((path.name, link))
    return found


def test_every_link_of_every_page_leads_to_a_place_that_exists(real_site):
    assert lost(real_site) == []


def test_a_link_to_a_name_that_a_source_does_not_have_is_found(tmp_path):
    (tmp_path / "source").mkdir()
    (tmp_path / "source/M.html").write_text('<span id="here"></span>')
    links = ("source/M.html#here", "source/M.html#gone", "source/N.html")
    (tmp_path / "index.html").write_text("".join(f'<a href="{link}"></a>' for link in links))
    assert sorted(lost(tmp_path)) == [("index.html", link) for link in links[1:]]


def test_no_page_of_a_statement_is_heavy_nor_is_the_site(real_site):
    sizes = [path.stat().st_size for path in (real_site / "statement").iterdir()]
    assert max(sizes) < 300_000
    assert sum(sizes) / len(sizes) < 150_000  # half as much again as they have
    assert sum(path.stat().st_size for path in real_site.rglob("*") if path.is_file()) < 35_000_000


def test_what_is_to_be_copied_is_copied_whole_or_selected(browser, page):
    page(PAGE)
    latex = "document.querySelector('pre.latex')"
    button = f"{latex}.previousElementSibling"
    stub = "Object.defineProperty(navigator, 'clipboard', {{configurable: true, value: {{writeText: {}}}}})"
    browser.run(stub.format("async (text) => { window.copied = text; }") + " && 0")
    browser.run(f"{button}.click()")
    browser.wait(f"{button}.textContent === 'Copied'")
    copied = browser.run("window.copied")
    assert r"\def\rlhfsettingtext{All numbers lie in a linearly ordered field" in copied
    assert r"\csname rlhf@statement@suboptimality-ga\endcsname" in copied
    browser.run(stub.format("() => Promise.reject(new Error('refused'))") + " && 0")
    browser.run(f"{button}.click()")
    browser.wait("getSelection().toString().length > 100")
    assert browser.run("getSelection().toString()").split() == copied.split()


SIZE = (
    "(() => { const g = document.querySelector('svg#graph').getBoundingClientRect(); return [g.width, g.height]; })()"
)
CANVAS = "document.querySelector('.canvas')"


def test_the_graph_grows_shrinks_and_fits(browser, page):
    page("graph.html")
    wide, tall = browser.run(SIZE)
    press = "document.querySelector('[data-zoom={}]').click()"
    browser.run(press.format("in"))
    assert browser.run(SIZE) == pytest.approx([1.25 * wide, 1.25 * tall], rel=1e-3)
    browser.run(press.format("fit"))
    fitted = browser.run(SIZE)
    box = browser.run(f"[{CANVAS}.clientWidth, {CANVAS}.clientHeight]")
    assert fitted[0] <= box[0] + 1
    assert fitted[1] <= box[1] + 1
    assert max(fitted[0] / box[0], fitted[1] / box[1]) == pytest.approx(1, abs=0.01)
    browser.run(f"{CANVAS}.focus()")
    browser.press("1")
    assert browser.run(SIZE) == pytest.approx([wide, tall], rel=1e-3)
    browser.press("-")
    assert browser.run(SIZE) == pytest.approx([wide / 1.25, tall / 1.25], rel=1e-3)
    assert browser.run("document.querySelector('#zoom output').value") == "80 %"
    assert browser.run("[...document.querySelectorAll('#zoom button')].every(b => b.innerText || b.ariaLabel)")


def test_the_graph_moves_under_the_mouse_without_opening_a_statement(browser, page):
    page("graph.html")
    x, y = middle(browser, "[...document.querySelectorAll('.node')].find(n => n.getBoundingClientRect().top > 400)")
    before = browser.run(f"[{CANVAS}.scrollLeft, {CANVAS}.scrollTop]")
    browser.mouse(("moved", x, y), ("pressed", x, y), ("moved", x - 60, y - 90), ("released", x - 60, y - 90))
    after = browser.run(f"[{CANVAS}.scrollLeft, {CANVAS}.scrollTop]")
    assert [a - b for a, b in zip(after, before, strict=True)] == pytest.approx([60, 90], abs=2)
    assert browser.run("location.pathname").endswith("/graph.html")


def test_a_statement_is_found_in_the_graph_from_its_page(browser, page):
    page("graph.html", "#statement-ga-rate")
    browser.wait("document.activeElement.dataset.id === 'ga-rate'")
    in_the_middle = (
        f"(() => {{ const [n, c] = [document.activeElement, {CANVAS}].map(e => e.getBoundingClientRect());"
        " return Math.abs(n.left + n.right - c.left - c.right) < c.width / 8"
        " && Math.abs(n.top + n.bottom - c.top - c.bottom) < c.height / 8; })()"
    )
    browser.wait(in_the_middle)
    assert browser.run("document.querySelectorAll('.node.on').length") > 1


def test_without_scripts_the_graph_is_a_picture_and_names_are_links(browser, page):
    browser.scripts(allowed=False)
    try:
        page("graph.html")
        assert browser.run("getComputedStyle(document.getElementById('zoom')).display") == "none"
        assert min(browser.run(SIZE)) > 1000
        page(PAGE)
        assert browser.run(f"{LINK}.href").endswith("Stability.Defs.html#RLHF.Problem.Coverage")
        assert browser.run("document.querySelectorAll('#lean dl.names dd').length") > 10
        assert browser.run("document.querySelectorAll('button').length") == 0
    finally:
        browser.scripts(allowed=True)


def test_on_paper_the_proof_is_open_and_what_is_only_for_the_screen_is_gone(browser, page):
    page(PAGE)
    browser.run("document.querySelector('#lean > details.proof').open = false")
    browser.look(paper=True, dark=True)
    browser.run("window.dispatchEvent(new Event('beforeprint'))")
    assert browser.run("document.querySelector('#lean > details.proof').open")
    assert browser.run("[...document.querySelectorAll('#lean .proof details')].every(d => d.open)")
    for gone in ("header", ".toc", ".copy"):
        assert browser.run(f"getComputedStyle(document.querySelector('{gone}')).display") == "none"
    assert browser.run("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert browser.run("getComputedStyle(document.querySelector('#lean pre')).whiteSpace") == "pre-wrap"
    browser.run("window.dispatchEvent(new Event('afterprint'))")
    assert not browser.run("document.querySelector('#lean > details.proof').open")


@pytest.mark.parametrize("width", PHONES)
def test_on_a_phone_no_page_of_a_statement_scrolls_sideways_with_everything_open(browser, page, real_site, width):
    browser.look(width=width, height=800)
    wide = {}
    for path in sorted((real_site / "statement").iterdir()):
        page(f"statement/{path.name}")
        browser.run("document.querySelectorAll('details').forEach(d => { d.open = true; })")
        if (found := browser.run("document.documentElement.scrollWidth")) > width:
            wide[path.name] = found
    assert wide == {}


# Where lines begin inside the text of ids: the text, and the letter before the break.
BREAKS = """[...document.querySelectorAll('h1, .ledger th a, .told a')].flatMap(e => {
  const t = document.createTreeWalker(e, NodeFilter.SHOW_TEXT).nextNode();
  const r = document.createRange(), found = [];
  let last = null;
  for (let i = 0; i < t.data.trimEnd().length; i++) {
    r.setStart(t, i);
    r.setEnd(t, i + 1);
    const { top } = r.getBoundingClientRect();
    if (last !== null && top > last + 4) found.push([t.data, t.data[i - 1]]);
    last = top;
  }
  return found;
})"""


@pytest.mark.parametrize("width", PHONES)
def test_no_id_is_broken_inside_a_word(browser, page, width):
    browser.look(width=width, height=800)
    for name in ("index.html", "statement/suboptimality-without-concentration.html", PAGE):
        page(name)
        assert [text for text, before in browser.run(BREAKS) if before not in "- "] == []


def test_an_id_that_is_broken_inside_a_word_is_found(browser, tmp_path):
    (tmp_path / "broken.html").write_text(
        '<!doctype html><meta name="viewport" content="width=device-width"><h1 style="overflow-wrap: anywhere; width:'
        ' 5rem">suboptimality-ga</h1>'
    )
    browser.look(width=390)
    browser.open(tmp_path / "broken.html")
    assert [before for _, before in browser.run(BREAKS) if before not in "- "]
