"""The interactive page: its formulas are the derived ones, and a real browser computes with them what numpy does."""

import importlib.util
import itertools
import json
import re

import numpy as np
import pytest

from rlhf_numeric import CLAIMS, Instance, Problem, gradient, kl_to_optimum, objective
from rlhf_proofs.table import load_table

from .chromium import Chromium
from .conftest import REPOSITORY

PAGE = REPOSITORY / "docs/playground/index.html"
IDS = {entry.id for entry in load_table()}
PROMPTS, REWARD = 8, np.array([1.0, 0.5])
GRID = list(itertools.product((0.05, 0.5, 5.0), (0.05, 1.0, 4.0), (0, 90, 195), (1, 3, 8), (2, 3, 6), ("psi", "exp")))


@pytest.fixture(scope="module")
def maker():
    spec = importlib.util.spec_from_file_location("make_formulas", PAGE.with_name("make_formulas.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def browser():
    with Chromium() as found:
        found.look()
        yield found


@pytest.fixture
def page(browser):
    browser.open(PAGE)
    yield browser
    assert browser.problems == []


def asked(setting):
    names = ("lambda", "distance", "angle", "prompts", "actions", "constant")
    return json.dumps(dict(zip(names, setting, strict=True)))


def instance_of(maker, setting, *, prompts=None):
    """What the page shows, as an instance of rlhf_numeric: the sample, or all prompts."""
    lam, distance, angle, n, actions, _ = setting
    features = np.array(maker.features())[: prompts or n, :actions]
    reference = np.full(features.shape[:2], 1 / actions)
    away = distance * np.array([np.cos(np.radians(angle)), np.sin(np.radians(angle))]).round(12)
    return Instance(Problem(features, reference, REWARD, kl_coef=lam), REWARD + away)


def by_numpy(maker, setting):
    """Gaps, and the right sides of the claims, as rlhf_numeric has them."""
    sample, every = instance_of(maker, setting), instance_of(maker, setting, prompts=PROMPTS)
    gaps = [objective(i.problem, REWARD) - objective(i.problem, i.theta) for i in (sample, every)]
    end = "-sharp" if setting[-1] == "psi" else ""
    (domination, norm), (log, _), range_ = (
        CLAIMS[name].sides(sample)[1] if name == "gap-range" else CLAIMS[name + end].sides(sample)[1]
        for name in ("gradient-domination", "gap-log-form-sample", "gap-range")
    )
    aligned = gradient(sample.problem, sample.theta) @ (REWARD - sample.theta)
    exponent = 2 * setting[1] / setting[0]
    divergence = setting[0] * kl_to_optimum(sample.problem, sample.theta).mean()
    return {
        "gap": gaps[0], "population": gaps[1], "logarithm": divergence, "divergence": divergence,
        "range": range_[0], "domination": domination, "norm": norm, "log": log,
        "below": aligned / (2 + exponent / 2) ** 2, "M": exponent,
    }  # fmt: skip


def differences(found, expected):
    """Names of what differs by more than rounding in sums of terms of the size of the reward."""
    return [k for k, value in expected.items() if not np.isclose(found[k], value, rtol=1e-7, atol=1e-13)]


def test_the_formulas_are_those_of_the_derivations(maker):
    assert maker.FORMULAS.read_text(encoding="utf-8") == "\n".join([*maker.written(), ""])


def test_the_features_have_norm_one_at_most_and_their_largest_difference_is_two(maker):
    features = np.array(maker.features())
    norms = np.linalg.norm(features, axis=-1)
    assert norms.max() == pytest.approx(1, abs=1e-15)
    assert np.linalg.norm(features[:, 0] - features[:, 1], axis=-1) == pytest.approx(2, abs=1e-15)
    assert features.shape == (PROMPTS, maker.ACTIONS[-1], 2)


def test_the_browser_computes_what_numpy_does_at_every_setting_of_a_grid(maker, page):
    found = page.run(f"[{', '.join(map(asked, GRID))}].map(evaluate)")
    wrong = {
        setting: names
        for setting, values in zip(GRID, found, strict=True)
        if (names := differences(values, by_numpy(maker, setting)))
    }
    assert wrong == {}
    assert all(values["below"] - 1e-13 <= values["gap"] for values in found)
    assert all(
        values[name] >= values["gap"] - 1e-13 for values in found for name in ("range", "domination", "norm", "log")
    )


def test_the_lower_bound_is_that_of_the_claim(maker, page):
    for setting in GRID[::7]:
        sample, n = instance_of(maker, setting), setting[3]
        lhs, rhs = CLAIMS["gap-two-sided"].sides(sample)
        slope, factor_times_gap = lhs[n], rhs[n]  # after those at single prompts
        found = page.run(f"evaluate({asked(setting)})")
        assert np.isclose(found["below"] * factor_times_gap, slope * found["gap"], rtol=1e-6, atol=1e-18)


def test_a_wrong_formula_is_told_apart(maker, page):
    setting = (0.5, 1.0, 180, 3, 3, "psi")
    page.run("(() => { const right = FORMULAS.psi; FORMULAS.psi = M => right(M) * (1 + 1e-6) })()")
    assert differences(page.run(f"evaluate({asked(setting)})"), by_numpy(maker, setting)) == [
        "domination",
        "norm",
        "log",
    ]


def test_at_the_optimum_every_bound_is_zero(page):
    found = page.run(f"evaluate({asked((0.5, 0.0, 90, 4, 3, 'psi'))})")
    assert found["C"] == 0.5
    assert all(
        abs(found[name]) < 1e-13 for name in ("gap", "range", "domination", "norm", "log", "below", "population")
    )


def test_the_table_shows_the_numbers_of_the_sliders(maker, page):
    """Each slider is moved as a hand would, and the table says what numpy says of that setting."""
    page.run("""Object.entries({lambda: 7, distance: 2, angle: 45, prompts: 2, actions: 5}).forEach(([id, value]) => {
        document.getElementById(id).value = value
        document.getElementById(id).dispatchEvent(new Event('input', {bubbles: true}))
    })""")
    page.run("document.querySelector('input[value=exp]').click()")
    shown = page.run("[...document.querySelectorAll('#values td:nth-child(2)')].map(cell => Number(cell.textContent))")
    expected = by_numpy(maker, (1.0, 2.0, 45, 2, 5, "exp"))
    names = ("gap", "range", "domination", "norm", "log", "below", "population")
    assert shown == pytest.approx([expected[name] for name in names], rel=1e-2)
    assert page.run("document.querySelectorAll('#chart path').length") == len(names)


def test_what_the_page_suggests_to_try_shows_what_it_says(maker, page):
    blind = by_numpy(maker, (0.5, 1.0, 90, 1, 2, "psi"))
    assert abs(blind["gap"]) < 1e-15
    assert blind["population"] > 0.05
    near = page.run(f"[{asked((0.5, 0.05, 180, 4, 3, 'psi'))}, {asked((0.5, 0.05, 180, 4, 3, 'exp'))}].map(evaluate)")
    assert [values["domination"] / values["gap"] for values in near] == pytest.approx([1, 2], rel=0.3)


def test_every_control_has_a_label_and_keys_move_it(page):
    unnamed = "[...document.querySelectorAll('input')].filter(input => input.labels.length !== 1).length"
    assert page.run(unnamed) == 0
    page.run("document.getElementById('actions').focus()")
    page.press("ArrowRight")
    assert page.run("document.getElementById('actions-said').textContent") == "4"
    assert page.run("document.getElementById('actions').getAttribute('aria-valuetext')") == "4"


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_the_page_fits_its_window_in_both_schemes(page, width, dark):
    page.look(width=width, dark=dark)
    page.open(PAGE)
    assert page.run("document.documentElement.scrollWidth - innerWidth") <= 0
    paper = page.run("getComputedStyle(document.body).backgroundColor")
    assert (sum(map(int, re.findall(r"\d+", paper)[:3])) < 384) == dark


def test_ids_on_the_page_are_ids_of_statements_and_nothing_comes_from_elsewhere():
    text = PAGE.read_text(encoding="utf-8") + PAGE.with_name("playground.js").read_text(encoding="utf-8")
    named = re.findall(r"<code>([^<$]+)</code>", text) + re.findall(r'"((?:gap|gradient)-[a-z-]+)"', text)
    assert len(named) > 6
    assert set(named) <= IDS
    assert "://" not in text
