"""The real site, of the real library, in a real browser: what a reader sees and does."""

import re

import pytest

from rlhf_proofs.table import load_table

pytestmark = [pytest.mark.deep, pytest.mark.lean, pytest.mark.slow]

IDS = [entry.id for entry in load_table()]
PAGES = [
    f"{name}.html" for name in (
        "index", "graph", "assumptions", "reals", "derivations", "notation", "divergences", "experiments", "trust",
    )
]  # fmt: skip
STATEMENTS = [
    "statement/gradient-domination.html",
    "statement/grad-objective.html",
    "statement/ga-rate.html",
    "derivation/taylor-remainder.html",
    "source/RLHF.Model.Defs.html",
]
PHONE = {"width": 360, "height": 740}


def shown(browser):
    """Ids of the statements that the ledger shows."""
    return browser.run("[...document.querySelectorAll('.ledger tbody tr')].filter(r => r.offsetHeight).map(r => r.id)")


def fill(browser, field, value):
    browser.run(
        f"(() => {{ const f = document.getElementById('filters').{field}; f.value = '{value}';"
        " f.dispatchEvent(new Event('input', {bubbles: true})); })()"
    )


def test_every_page_loads_without_a_word_in_the_console(browser, page, real_site):
    every = sorted(str(p.relative_to(real_site)) for p in real_site.rglob("*.html"))
    assert set(PAGES) < set(every)
    assert {f"statement/{i}.html" for i in IDS} < set(every)
    for name in every:
        page(name)
        assert browser.run("document.querySelector('h1').innerText"), name


def test_an_error_a_missing_file_and_a_call_to_the_network_are_seen(browser, tmp_path):
    browser.problems.clear()
    for i, planted in enumerate((
        "<script>nothing.here()</script>", "<script>console.error('planted')</script>", "<img src='absent.png'>",
        "<img src='http://127.0.0.1:9/absent.png'>",
    )):  # fmt: skip
        (tmp_path / f"{i}.html").write_text(f"<!doctype html><title>{i}</title>{planted}")
        browser.open(tmp_path / f"{i}.html")
        assert browser.problems, planted
        browser.problems.clear()


def test_every_link_of_a_statement_leads_somewhere(browser, page, real_site):
    for name in ("index.html", *STATEMENTS):
        page(name)
        links = browser.run("[...document.querySelectorAll('a[href]')].map(a => a.href)")
        assert len(links) > 5
        for link in links:
            path = re.fullmatch(r"file://([^#]*)(?:#.*)?", link)
            if re.fullmatch(r"https://arxiv\.org/abs/\d{4}\.\d{5}", link):
                continue  # of the paper; nothing else leads away
            assert path, link
            assert real_site.joinpath(path[1]).is_file(), link


def test_the_ledger_shows_all_statements_and_says_how_many(browser, page):
    page("index.html")
    assert shown(browser) == IDS
    assert browser.run("document.getElementById('count').value") == f"{len(IDS)} statements"


def test_words_find_statements_by_id_title_paper_and_lean_name(browser, page):
    page("index.html")
    fill(browser, "q", "ga- rate")
    assert "ga-rate" in shown(browser)
    assert len(shown(browser)) < len(IDS) / 2
    fill(browser, "q", "RLHF.ga_bounded")
    assert shown(browser) == ["ga-bounded"]
    fill(browser, "q", "no such words")
    assert shown(browser) == []
    assert browser.run("document.getElementById('count').value") == f"0 of {len(IDS)} statements"


def test_filters_stand_in_the_address_and_come_back_from_it(browser, page):
    page("index.html")
    fill(browser, "group", "Stability")
    chosen = shown(browser)
    assert 0 < len(chosen) < len(IDS)
    fragment = browser.run("location.hash")
    page("index.html", fragment)
    assert shown(browser) == chosen
    fill(browser, "status", "proved")
    assert set(shown(browser)) <= set(chosen)


def test_a_statement_of_the_ledger_has_a_permanent_address(browser, page):
    page("index.html", "#ga-rate")
    assert shown(browser) == IDS
    top, height = browser.run("document.getElementById('ga-rate').getBoundingClientRect().top"), 900
    assert 0 <= top < height


def test_mathematics_is_drawn_and_not_spelled(browser, page):
    for name in (*(each for each in STATEMENTS if not each.startswith("source/")), "index.html"):
        page(name)
        sizes = browser.run(
            "[...document.querySelectorAll('math')].filter(m => m.textContent.trim() !== '…')"
            ".map(m => m.getBoundingClientRect().height)"
        )
        assert sizes
        assert min(h for h in sizes if h) >= 5, name  # a bare minus sign is that tall
        seen = browser.run(
            "[...document.querySelectorAll('.statement, .title, .math, .steps')].map(e => e.innerText).join(' ')"
        )
        assert not re.search(r"[$\\]", seen), name
        assert browser.run("document.querySelectorAll('merror').length") == 0


def test_the_font_of_the_mathematics_comes_with_the_site(browser, page):
    page("statement/grad-objective.html")
    fonts = browser.run("document.fonts.ready.then(() => [...document.fonts].map(f => `${f.family} ${f.status}`))")
    assert [font.replace('"', "") for font in fonts] == ["Report Math loaded"]
    used = browser.run("getComputedStyle(document.querySelector('math')).fontFamily")
    assert used.replace('"', "").startswith("Report Math")


def test_a_fraction_stands_above_its_denominator(browser, page):
    page("statement/grad-objective.html")
    above, below = browser.run(
        "(() => { const f = document.querySelector('.math mfrac'); return [...f.children].map(c => {"
        " const r = c.getBoundingClientRect(); return (r.top + r.bottom) / 2; }); })()"
    )
    assert above + 5 < below


def test_lean_is_highlighted(browser, page):
    page("statement/gradient-domination.html")
    colours = browser.run(
        "[...new Set([...document.querySelectorAll('#lean .lean span')].map(s => getComputedStyle(s).color))]"
    )
    assert len(colours) >= 3
    assert "gradient_domination" in browser.run("document.querySelector('#lean figure .lean').innerText")


def test_a_page_shows_evidence_use_and_citation(browser, page):
    page("statement/gradient-domination.html")
    text = browser.run("document.querySelector('main').innerText")
    for said in ("ExpBound", "Distribution", "Mutants", "Used by", "@misc", "sha256", "rlhf-lemmas check --claim"):
        assert said in text, said
    assert browser.run("document.querySelectorAll('.histogram rect').length") > 3
    assert browser.run("document.querySelectorAll('.mutant').length") > 3
    page("statement/grad-objective.html")
    assert browser.run("document.querySelectorAll('.steps li').length") > 2


def test_the_graph_has_a_box_for_each_statement_and_pointing_brings_out_its_relations(browser, page):
    page("graph.html")
    assert sorted(browser.run("[...document.querySelectorAll('.node')].map(n => n.dataset.id)")) == sorted(IDS)
    assert browser.run("document.querySelectorAll('.edge').length") > 30
    on = "[...document.querySelectorAll('.node.on')].map(n => n.dataset.id)"
    assert browser.run(on) == []
    browser.run("document.querySelector('[data-id=ga-rate]').dispatchEvent(new Event('mouseenter'))")
    brought = browser.run(on)
    assert {"ga-rate", "ga-bounded", "gradient-cocoercive"} <= set(brought)
    assert len(brought) < len(IDS)
    faint = browser.run("getComputedStyle(document.querySelector('.node:not(.on)')).opacity")
    assert float(faint) < 0.5


def test_the_text_of_a_box_stays_in_it(browser, page):
    page("graph.html")
    over = browser.run(
        "[...document.querySelectorAll('.node')].filter(n => n.querySelector('text').getBBox().width + 16"
        " > n.querySelector('rect').getBBox().width).map(n => n.dataset.id)"
    )
    assert over == []


def test_a_keyboard_is_enough(browser, page):
    page("index.html")
    browser.press("Tab")
    assert browser.run("document.activeElement.className") == "skip"
    browser.press("/")
    assert browser.run("document.activeElement.name") == "q"
    for letter in "kl-z":
        browser.press(letter)
    assert shown(browser) == ["kl-zero-iff"]
    for _ in range(3):
        browser.press("Tab")
    assert browser.run("document.activeElement.textContent") == "kl-zero-iff"
    assert browser.run("getComputedStyle(document.activeElement).outlineStyle") != "none"
    browser.press("Enter")
    browser.wait("document.querySelector('h1')?.innerText.startsWith('kl-zero-iff')")


def test_the_graph_is_reached_by_keyboard(browser, page):
    page("graph.html")
    browser.run("document.querySelector('.canvas').focus()")
    browser.press("Tab")
    name = browser.run("document.activeElement.dataset.id")
    assert name in IDS
    assert browser.run(f"document.querySelector('[data-id={name}]').classList.contains('on')")
    browser.press("Enter")
    browser.wait(f"location.pathname.endsWith('/statement/{name}.html')")


@pytest.mark.parametrize("name", [*PAGES, *STATEMENTS])
def test_on_a_phone_nothing_scrolls_sideways(browser, page, name):
    browser.look(**PHONE)
    page(name)
    browser.run("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    assert browser.run("document.documentElement.scrollWidth") <= PHONE["width"]


def test_a_page_too_wide_for_a_phone_is_found(browser, tmp_path):
    (tmp_path / "wide.html").write_text(
        '<!doctype html><meta name="viewport" content="width=device-width, initial-scale=1"><pre>' + "x" * 200
    )
    browser.look(**PHONE)
    browser.open(tmp_path / "wide.html")
    assert browser.run("document.documentElement.scrollWidth") > PHONE["width"]


CONTRAST = """(() => {
  const linear = v => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4;
  const lum = c => { const [r, g, b] = c.map(v => linear(v / 255));
    return .2126 * r + .7152 * g + .0722 * b; };
  const parse = s => (s.match(/[\\d.]+/g) || []).map(Number);
  const behind = e => { for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor);
    if (c.length === 3 || c[3] === 1) return c.slice(0, 3); }
    return matchMedia('(prefers-color-scheme: dark)').matches ? [0, 0, 0] : [255, 255, 255]; };
  const bad = [];
  for (const e of document.querySelectorAll('main *, header *')) {
    if (e.closest('svg, option, select') || ![...e.childNodes].some(n => n.nodeType === 3 && n.data.trim())) continue;
    if (!e.getClientRects().length) continue;
    const [a, b] = [lum(parse(getComputedStyle(e).color).slice(0, 3)), lum(behind(e))];
    const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    if (ratio < 4.5) bad.push(`${e.tagName}.${e.className} ${ratio.toFixed(2)} ${e.textContent.trim().slice(0, 30)}`);
  }
  return bad;
})()"""


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("name", [*PAGES, *STATEMENTS])
def test_text_stands_out_from_its_background_in_light_and_dark(browser, page, name, dark):
    browser.look(dark=dark)
    page(name)
    browser.run("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    assert browser.run(CONTRAST) == []


def test_faint_text_is_found(browser, tmp_path):
    (tmp_path / "faint.html").write_text("<!doctype html><main><p style='color: #bbb'>faint</p></main>")
    browser.look()
    browser.open(tmp_path / "faint.html")
    assert len(browser.run(CONTRAST)) == 1
