"""What the explorers share: arithmetic against lib, colours on a page, one without script."""

import itertools
import json
import math
import re
from functools import partial

import numpy as np
import pytest
from scipy import stats

from explorers import SurpriseBars
from explorers.shared.base import EXPLORERS
from lib import cross_entropy, entropy, kl_divergence, surprisal
from tests.explorers.page import LOG_BASE, NEWS, THEMES, drag, rgb, settle


@pytest.fixture
def measures(in_browser):
    """Return a function that calls one of measures.mjs in the browser."""
    return partial(in_browser, "shared/measures")


def shared_cases():
    """Pmfs for both sides: plain, certain, even, nearly certain, tiny, and drawn at random."""
    rng = np.random.default_rng(20240229)
    yield from ([0.5, 0.3, 0.2], [0.3, 0.6, 0.1], [0.8, 0.2], [1, 0, 0], [0, 1])
    yield from ([1 / n] * n for n in (2, 3, 8, 10))
    yield from ([0.98, 0.01, 0.01], [1 - 1e-9, 1e-9], [1.0, 1e-300], [1.0, 5e-324])
    for n in (2, 3, 5, 10):
        for concentration in (0.1, 1, 10):
            yield rng.dirichlet([concentration] * n).tolist()


CASES = list(shared_cases())


@pytest.mark.parametrize("unit", LOG_BASE)
@pytest.mark.parametrize("p", CASES, ids=lambda p: np.array2string(np.array(p[:3])))
def test_entropy_and_surprisal_agree_with_lib(measures, p, unit):
    assert measures("entropy", p, unit) == pytest.approx(entropy(p, base=LOG_BASE[unit]), rel=1e-12)
    ours = [measures("surprisal", one, unit) for one in p]
    np.testing.assert_allclose(ours, surprisal(np.array(p, float), base=LOG_BASE[unit]), rtol=1e-12)


@pytest.mark.parametrize("unit", LOG_BASE)
def test_zero_is_never_negative_and_never_nan(measures, unit):
    for name, given in (("surprisal", 1), ("share", 0), ("share", 1), ("entropy", [1, 0])):
        assert str(measures(name, given, unit)) == "0"
    assert measures("surprisal", 0, unit) == math.inf


@pytest.mark.parametrize(
    ("p", "index", "value", "expected"),
    [
        (NEWS, 0, 0.7, [0.7, 0.18, 0.12]),
        (NEWS, 2, 0, [0.625, 0.375, 0]),
        (NEWS, 1, 1, [0, 1, 0]),
        ([1, 0, 0], 0, 0.4, [0.4, 0.3, 0.3]),  # all others are 0: they share equally
        ([1, 0, 0], 1, 0.25, [0.75, 0.25, 0]),
    ],
)
def test_the_others_keep_their_proportions(measures, p, index, value, expected):
    # Equal to the last digit: a reader's next cell shows 0.18 and not 0.18000000000000002.
    assert measures("withProbability", p, index, value) == expected


@pytest.mark.parametrize(
    ("p", "index", "value", "kept", "expected"),
    [
        ([0.2, 0.6, 0.2], 1, 0.5, [0], [0.2, 0.5, 0.3]),  # the third takes the rest
        ([0.1, 0.1, 0.2, 0.6], 3, 0.3, [0], [0.1, 0.2, 0.4, 0.3]),
        ([0.2, 0.5, 0.3], 2, 0.3, [0, 1], [0.2, 0.5, 0.3]),  # all are typed, and they fit
        ([0.2, 0.5, 0.3], 2, 0.65, [0, 1], [0.1, 0.25, 0.65]),  # they don't: as in a drag
        ([0.9, 0.05, 0.05], 1, 0.5, [0], [0.5 * 0.9 / 0.95, 0.5, 0.5 * 0.05 / 0.95]),
        ([0.2, 0.8, 0], 1, 0.5, [0], [0.2, 0.5, 0.3]),
        (NEWS, 1, 0.3, [1], NEWS),
    ],
)
def test_what_was_typed_stays_while_there_is_room(measures, p, index, value, kept, expected):
    got = measures("withProbability", p, index, value, kept)
    assert got == pytest.approx(expected, abs=1e-15)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (".3", 0.3), (" 0.30 ", 0.3), ("0,3", 0.3), (",3", 0.3), ("3.", 3), ("-2", -2), ("−2", -2),
        ("+1", 1), ("1/3", 1 / 3), ("1 / 4", 0.25), ("1e-3", 0.001), ("1/0", math.inf),
        ("", None), (".", None), ("-", None), ("0.2.3", None), (".2 .3", None), ("1/2/3", None),
        ("30 %", None), ("0x10", None), ("Infinity", None), ("NaN", None), ("1e", None),
        ("<b>1</b>", None), ("1,000.5", None), ("/2", None),
    ],
)  # fmt: skip
def test_a_number_is_read_as_people_type_it_and_nothing_else(in_browser, text, value):
    got = in_browser("shared/field", "typedNumber", text)
    assert math.isnan(got) if value is None else got == value


@pytest.mark.parametrize("p", CASES, ids=lambda p: np.array2string(np.array(p[:3])))
def test_a_moved_bar_leaves_a_pmf(measures, p):
    for value in (0, 0.01, 0.37, 0.99, 1):
        moved = measures("withProbability", p, len(p) - 1, value)
        assert moved[-1] == value
        assert min(moved) >= 0
        assert sum(moved) == pytest.approx(1, abs=1e-14)


def pairs():
    """Pairs of pmfs of one size: all of the shared cases, and Q nearly equal to P."""
    for p, q in itertools.product(CASES, repeat=2):
        if len(p) == len(q):
            yield p, q
    for step in (1e-4, 1e-9):
        yield NEWS, [0.5 + step, 0.3 - step, 0.2]


def test_cross_entropy_and_divergence_agree_with_lib(measures):
    for p, q in pairs():
        wanted = cross_entropy(p, q, base=2), kl_divergence(p, q, base=2)
        got = measures("crossEntropy", p, q), measures("divergence", p, q)
        assert got == pytest.approx(wanted, rel=1e-12, abs=1e-300), (p, q)
        assert got[1] >= 0
        gaps = [measures("gap", *both) for both in zip(p, q, strict=True)]
        assert sum(gaps) == pytest.approx(wanted[1], rel=1e-9, abs=1e-12)


# ---- Gaussians -----------------------------------------------------------------------------------

Z = [0, 1e-9, -0.3, 0.5, 1, -1.96, 3, -4.5, 6.25, -8.9, 9.1, -12, 40]


def test_normal_distribution_and_density_agree_with_scipy(in_browser):
    gaussians = partial(in_browser, "shared/gaussians")
    ours = [gaussians("normalCdf", z) for z in Z]
    np.testing.assert_allclose(ours, stats.norm.cdf(Z), rtol=0, atol=2e-15)
    for mean, sd in ((0, 1), (-3, 0.5), (1.35, 2)):
        ours = [gaussians("logNormal", x, mean, sd) for x in Z]
        np.testing.assert_allclose(ours, stats.norm.logpdf(Z, mean, sd), rtol=1e-14)
        ours = [gaussians("bell", x, mean, sd) for x in Z]
        np.testing.assert_allclose(ours, stats.norm.pdf(Z, mean, sd), rtol=1e-12)


# ---- the looks -----------------------------------------------------------------------------------


def colours(page):
    return page.evaluate(
        """() => ({
            p: getComputedStyle(document.querySelector(".formula strong")).color,
            ink: getComputedStyle(document.querySelector(".prompt")).color,
            card: getComputedStyle(document.querySelector(".explorer")).backgroundColor,
        })"""
    )


@pytest.mark.parametrize(("system", "chosen"), [("light", "dark"), ("dark", "light")])
def test_colours_follow_the_system_and_the_choice_on_the_page(open_page, system, chosen):
    page = open_page(color_scheme=system)
    for theme in (system, chosen):
        assert colours(page) == {name: rgb(THEMES[theme][name]) for name in ("p", "ink", "card")}
        page.evaluate("theme => document.documentElement.dataset.theme = theme", chosen)


@pytest.mark.parametrize("theme", THEMES)
def test_in_jupyterlab_only_the_explorer_follows_its_theme(open_page, theme):
    other = {"light": "dark", "dark": "light"}[theme]
    page = open_page(color_scheme=other)
    light = json.dumps(theme == "light")
    page.evaluate(f"document.body.dataset.jpThemeLight = '{light}'")
    assert colours(page) == {name: rgb(THEMES[theme][name]) for name in ("p", "ink", "card")}
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "normal"


# ---- the page ------------------------------------------------------------------------------------


def test_browser_files_ask_no_other_host_and_are_named_mjs():
    # A *.js would be put on every page.
    assert not [path for path in EXPLORERS.glob("*/*.js") if path.is_file()]
    for path in [*EXPLORERS.glob("*/*.mjs"), *EXPLORERS.glob("*/*.css")]:
        hosts = set(re.findall(r"https?://[\w./]+", path.read_text("utf-8")))
        assert hosts <= {"http://www.w3.org/2000/svg"}


def test_without_scripts_a_sentence_and_the_figure_stand_in(open_page):
    page = open_page(SurpriseBars(fallback="#fig-bill"), java_script_enabled=False)
    assert "It needs JavaScript" in page.locator(".explorer").inner_text()
    assert page.locator(".explorer a[href='#fig-bill']").is_visible()


def test_an_explorer_that_cannot_load_leaves_its_sentence(open_page):
    html = '<div class="explorer" data-explorer="missing" data-state="{}"><p>A sentence.</p></div>'
    page = open_page(html=html)
    page.wait_for_load_state("networkidle")
    assert page.locator(".explorer").inner_text() == "A sentence."
    assert any("missing.mjs" in line for line in open_page.trouble)
    open_page.trouble.clear()


def test_a_step_is_drawn_in_its_own_frame_and_further_ones_wait_for_the_next(open_page):
    page = open_page(SurpriseBars([0.5, 0.5]))
    settle(page)
    shown = page.evaluate(
        """async () => {
            const slider = document.querySelector("[role=slider]");
            const texts = [];
            for (let press = 0; press < 3; press += 1) {
                const key = { key: "ArrowUp", bubbles: true };
                slider.dispatchEvent(new KeyboardEvent("keydown", key));
                await null;
                texts.push(slider.getAttribute("aria-valuenow"));
            }
            await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
            return [...texts, slider.getAttribute("aria-valuenow")];
        }"""
    )
    assert shown == ["0.51", "0.51", "0.51", "0.53"]


def test_two_explorers_on_a_page_do_not_share_their_state(open_page):
    one, other = SurpriseBars(), SurpriseBars([0.8, 0.2])
    page = open_page(html="".join(e._repr_mimebundle_()[0]["text/html"] for e in (one, other)))
    page.locator(".explorer").nth(1).get_by_role("slider").first.wait_for()
    drag(page, 0, 0.2)
    settle(page)
    totals = [
        re.sub(r"[^\d.]", "", text) for text in page.locator(".formula strong").all_inner_texts()
    ]
    assert totals == [f"{entropy([0.7, 0.18, 0.12], base=2):.4f}", "0.7219"]
