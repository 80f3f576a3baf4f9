"""The explorers in a real browser, on a page without a kernel: arithmetic, hand, keys, looks."""

import itertools
import json
import math
import re
import shutil
from fractions import Fraction

import numpy as np
import pytest

from explorers import (
    BillTriangle,
    CoderInterval,
    ForwardReverse,
    KraftBudget,
    LogitPull,
    StepSize,
    SurpriseBars,
)
from explorers.base import STATIC
from lib import (
    cross_entropy,
    cross_entropy_from_logits,
    cross_entropy_gradient,
    entropy,
    gaussian_cross_entropy,
    gaussian_entropy,
    kl_divergence,
    log_softmax,
    ppo_clip_objective,
    softmax,
    surprisal,
)
from tests import browser
from tests.test_explorers import ALL, THEMES, PlaneModel, latent_plane

WIDE = {"width": 780, "height": 900}
PHONE = {"width": 360, "height": 740}
BASE = {"bits": 2, "nats": None}
PLOT_HEIGHT = 188  # of a drawing that is 320 wide
NEWS = [0.5, 0.3, 0.2]

PAGE = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>An explorer</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">
<link rel="stylesheet" href="/static/roles.css">
<link rel="stylesheet" href="/static/explorer.css">
<script type="module" src="/static/mount.mjs"></script>
<style>body { margin: 0 auto; padding: 16px; max-width: 700px; background: var(--paper); }</style>
</head><body>%s<p style="height: 1500px">The text goes on.</p></body></html>"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("page")
    shutil.copytree(STATIC, folder / "static")
    return folder


@pytest.fixture(scope="module")
def host(folder):
    with browser.serve(folder) as url:
        yield url


@pytest.fixture
def open_page(chromium, folder, host):
    """Return a function that opens an explorer; no page may complain or ask another host."""
    trouble, contexts = [], []

    def note(request):
        if not request.url.startswith((host, "data:", "blob:")):
            trouble.append(f"asked for {request.url}")

    def open_one(explorer=None, html=None, **options):
        html = html or (explorer or SurpriseBars())._repr_mimebundle_()[0]["text/html"]
        (folder / "index.html").write_text(PAGE % html, "utf-8")
        context = chromium.new_context(**{"viewport": WIDE, **options})
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: trouble.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: trouble.append(f"error: {error}"))
        page.on("request", note)
        page.goto(host)
        if options.get("java_script_enabled", True) and 'data-explorer="missing"' not in html:
            page.locator(".chip").first.wait_for()
        return page

    open_one.trouble = trouble
    yield open_one
    for context in contexts:
        context.close()
    assert not trouble


def settle(page):
    """Wait until the frame that draws the last change is over."""
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")


def stop_the_clock(page):
    """From here on time passes in the page only as far as `page.clock.run_for` says.

    A clock that is only installed goes on by itself, and on a busy machine past what is waited for.
    """
    page.clock.install(time=0)
    page.clock.pause_at(3600)


def read(page):
    """The table: names, then columns of numbers as they are written."""
    settle(page)
    rows = page.locator("tbody tr").evaluate_all(
        "rows => rows.map(row => [...row.children].map(cell => cell.textContent))"
    )
    return list(zip(*rows, strict=True))


def probabilities(page):
    return [float(p) for p in read(page)[1]]


def centre(page, slider):
    box = page.get_by_role("slider").nth(slider).locator(".reach").bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def pixels(page, probability):
    """How far the hand goes for a change of probability, upwards."""
    return -probability * PLOT_HEIGHT * page.locator("svg").first.bounding_box()["width"] / 320


def drag(page, slider, *changes):
    """Drag a handle by each of these changes from where it stood; release at the end."""
    x, y = centre(page, slider)
    page.mouse.move(x, y)
    page.mouse.down()
    for change in changes:
        page.mouse.move(x + 3, y + pixels(page, change), steps=5)
        settle(page)
    page.mouse.up()


# ---- the arithmetic, against lib -------------------------------------------------------------


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


@pytest.fixture(scope="module")
def measures(chromium, folder, host):
    """Return a function that calls one of measures.mjs in the browser."""
    context = chromium.new_context()
    page = context.new_page()
    page.goto(f"{host}/static/roles.css")

    def call(name, *arguments):
        return page.evaluate(
            "([name, given]) => import('/static/measures.mjs').then((m) => m[name](...given))",
            [name, arguments],
        )

    yield call
    context.close()


@pytest.mark.parametrize("unit", BASE)
@pytest.mark.parametrize("p", CASES, ids=lambda p: np.array2string(np.array(p[:3])))
def test_entropy_and_surprisal_agree_with_lib(measures, p, unit):
    assert measures("entropy", p, unit) == pytest.approx(entropy(p, base=BASE[unit]), rel=1e-12)
    ours = [measures("surprisal", one, unit) for one in p]
    np.testing.assert_allclose(ours, surprisal(np.array(p, float), base=BASE[unit]), rtol=1e-12)


@pytest.mark.parametrize("unit", BASE)
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


@pytest.mark.parametrize(
    ("words", "cost"),
    [([], 0), (["0", "10", "110"], 0.875), (["0", "10", "11"], 1), (["10101"], 2**-5)],
)
def test_kraft_sum_is_what_the_words_cost(measures, words, cost):
    assert measures("kraftSum", words) == cost


@pytest.mark.parametrize(
    ("word", "kind", "by"),
    [
        ("10", "word", "10"), ("100", "taken", "10"), ("1", "passed", "10"), ("110", "free", ""),
        ("0", "free", ""),
    ],
)  # fmt: skip
def test_a_word_is_free_or_something_stands_in_its_way(measures, word, kind, by):
    assert measures("standing", word, ["10", "111"]) == {"kind": kind, "by": by}


def test_the_shortest_word_goes_to_the_likeliest(measures):
    words = ["00", "01", "1"]
    assert measures("assigned", words, [0.2, 0.5, 0.3]) == ["01", "1", "00"]
    assert measures("assigned", ["10", "0"], NEWS) == ["0", "10", None]
    lengths, p = [1, 2, 3], [0.5, 0.3, 0.2]
    assert measures("meanLength", p, lengths) == pytest.approx(1.7)


def messages():
    """Messages and the fractions of their letters' model."""
    rng = np.random.default_rng(1948)
    for p in ("1/2 3/10 1/5", "1/4 1/2 1/4", "7/10 1/10 1/5", "1 0", "1/1000 999/1000"):
        p = [Fraction(one) for one in p.split()]
        possible = [letter for letter, one in enumerate(p) if one]
        drawn = [rng.choice(possible, length).tolist() for length in (0, 1, 4, 8)]
        for message in (*drawn, [0] * 4, [0] * 8):
            if math.prod(p[letter] for letter in message) > 2**-44:
                yield message, p


@pytest.mark.parametrize(("message", "p"), list(messages()))
def test_the_coders_piece_is_that_of_exact_fractions(measures, message, p):
    low, width = Fraction(0), Fraction(1)
    for letter in message:
        low, width = low + width * sum(p[:letter]), width * p[letter]
    floats = [float(one) for one in p]
    piece = measures("interval", message, floats)
    assert piece["low"] == pytest.approx(float(low), rel=1e-12, abs=1e-15)
    assert piece["width"] == pytest.approx(float(width), rel=1e-12)
    sent = measures("digits", piece)
    assert len(sent) == math.ceil(-math.log2(width)) + 1
    first = Fraction(int(sent, 2), 2 ** len(sent))
    slack = Fraction(1, 10**15)  # an end that is a binary number may be a rounding error away
    assert low - slack <= first
    assert first + Fraction(1, 2 ** len(sent)) <= low + width + slack
    middle = float(first + Fraction(1, 2 ** (len(sent) + 1)))
    assert measures("decoded", middle, len(message), floats) == message
    fewest = measures("fewestDigits", piece)
    fits = [
        any(
            low - slack <= Fraction(n, 2**count)
            and Fraction(n + 1, 2**count) <= low + width + slack
            for n in range(max(0, int(low * 2**count) - 1), int(low * 2**count) + 3)
        )
        for count in range(len(sent) + 1)
    ]
    assert fewest == fits.index(True)


@pytest.mark.parametrize(
    ("values", "nearest"),
    [
        ([0.2, 0.3, 0.5], [0.2, 0.3, 0.5]),
        ([1.5, -0.2, -0.3], [1, 0, 0]),
        ([0.8, 0.6, -0.4], [0.6, 0.4, 0]),
        ([-1, 1, 1], [0, 0.5, 0.5]),
    ],
)
def test_a_hand_outside_the_triangle_moves_to_its_edge(measures, values, nearest):
    assert measures("ontoSimplex", values) == pytest.approx(nearest, abs=1e-15)


@pytest.mark.parametrize("p", [NEWS, [0.1, 0.1, 0.8], [0.5, 0.5, 0]])
@pytest.mark.parametrize("way", [[1, -1, 0], [-1, 0.5, 0.5], [0.3, -0.4, 0.1], [-0.2, -0.3, 0.5]])
def test_on_a_contour_the_divergence_is_what_its_number_says(measures, p, way):
    edge = measures("reach", p, way, math.inf)
    for bits in (0.1, 0.5, 2):
        far = measures("reach", p, way, bits)
        q = [max(0, one + far * step) for one, step in zip(p, way, strict=True)]
        if far < edge:
            # D is steep at the edge; the drawing needs a 4000th of the way.
            ends = (max(0, far - edge / 4000), min(edge, far + edge / 4000))
            before, after = (
                kl_divergence(p, [max(0, a + at * b) for a, b in zip(p, way, strict=True)], base=2)
                for at in ends
            )
            assert before <= bits <= after
        else:
            assert min(q) == pytest.approx(0, abs=1e-12)


# ---- what is drawn -----------------------------------------------------------------------------


def test_the_news_bill_is_written_out(open_page):
    page = open_page()
    assert read(page) == [
        ("politics", "sports", "entertainment"),
        ("0.500", "0.300", "0.200"),
        ("1.000", "1.737", "2.322"),
        ("0.5000", "0.5211", "0.4644"),
    ]
    assert page.locator(".formula").inner_text() == "H = Σ p · (−log₂ p) = 1.4855 bits"
    assert page.locator(".soft").inner_text() == "The limit for 3 outcomes: 1.585 bits."


@pytest.mark.parametrize(("unit", "ceiling"), [("bits", 5), ("nats", 3.5)])
def test_the_area_of_the_bill_is_the_entropy(open_page, unit, ceiling):
    page = open_page(SurpriseBars([0.4, 0.3, 0.2, 0.1], unit=unit))
    boxes = page.locator("rect.outlined").evaluate_all(
        "rects => rects.map(r => ['width', 'height'].map(a => Number(r.getAttribute(a))))"
    )
    whole = sum(width for width, _ in boxes)
    area = sum(width / whole * height / PLOT_HEIGHT * ceiling for width, height in boxes)
    assert area == pytest.approx(entropy([0.4, 0.3, 0.2, 0.1], base=BASE[unit]), abs=1e-3)


def test_a_rectangle_too_tall_is_cut_with_a_mark_and_the_readout_says_so(open_page):
    page = open_page(SurpriseBars([0.98, 0.02], ["sun", "hail"]))
    assert page.locator(".note").inner_text() == "Cut at 5 bits in the picture: hail."
    assert page.locator(".cut").nth(0).get_attribute("visibility") == "hidden"
    assert page.locator(".cut").nth(1).get_attribute("visibility") == "visible"
    assert read(page)[2] == ("0.029", "5.644")


def test_what_cannot_happen_costs_nothing(open_page):
    page = open_page(SurpriseBars([1, 0]))
    assert read(page)[1:] == [("1.000", "0.000"), ("0.000", "∞"), ("0.0000", "0.0000")]
    assert "0.0000 bits" in page.locator(".formula").inner_text()
    assert "0 · ∞ counts as 0" in page.locator(".note").inner_text()


def test_outcomes_without_names_are_numbered(open_page):
    assert read(open_page(SurpriseBars([0.25] * 4)))[0] == ("1", "2", "3", "4")


# ---- the hand ----------------------------------------------------------------------------------


def test_a_drag_moves_one_bar_and_the_others_keep_their_proportions(open_page):
    page = open_page()
    drag(page, 0, 0.2)
    _, p, surprises, _ = read(page)
    assert p == ("0.700", "0.180", "0.120")
    expected = [0.7, 0.18, 0.12]
    assert surprises == tuple(f"{s:.3f}" for s in surprisal(expected, base=2))
    h = entropy(expected, base=2)
    assert page.locator(".formula strong").inner_text() == f"{h:.4f} bits"
    assert page.locator("tfoot td").last.inner_text() == f"{h:.4f}"


def test_a_drag_stops_at_0_and_at_1(open_page):
    page = open_page()
    drag(page, 1, 2)
    assert probabilities(page) == [0, 1, 0]
    drag(page, 1, -2)
    assert probabilities(page) == pytest.approx([0.714, 0, 0.286])


def test_there_and_back_leaves_the_others_where_they_were(open_page):
    page = open_page()
    drag(page, 0, 0.5, -0.5, 0)
    assert probabilities(page) == NEWS


def test_only_the_main_button_drags(open_page):
    page = open_page()
    x, y = centre(page, 0)
    page.mouse.move(x, y)
    page.mouse.down(button="right")
    page.mouse.move(x, y - 40)
    page.mouse.up(button="right")
    assert probabilities(page) == NEWS


def touch(session, kind, *points):
    session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": list(points)})


def swipe(page, x, y, dy):
    session = page.context.new_cdp_session(page)
    touch(session, "touchStart", {"x": x, "y": y})
    for step in range(1, 11):
        touch(session, "touchMove", {"x": x, "y": y + dy * step / 10})
        settle(page)
    touch(session, "touchEnd")
    settle(page)


def test_a_finger_on_a_handle_drags_and_elsewhere_scrolls_the_page(open_page):
    page = open_page(viewport=PHONE, has_touch=True, is_mobile=True)
    action = "element => getComputedStyle(element).touchAction"
    assert page.get_by_role("slider").first.evaluate(action) == "none"
    assert page.locator("svg").first.evaluate(action) == "auto"
    x, y = centre(page, 0)
    swipe(page, x, y, pixels(page, 0.2))
    assert probabilities(page) == [0.7, 0.18, 0.12]
    assert page.evaluate("scrollY") == 0
    swipe(page, x, centre(page, 0)[1] + 100, -120)  # on the bar, below its handle
    page.wait_for_function("scrollY > 50")
    assert probabilities(page) == [0.7, 0.18, 0.12]


@pytest.mark.parametrize(
    "explorer",
    [
        *(SurpriseBars([1 / count] * count) for count in (2, 3, 10)),
        KraftBudget(["00000"]),
        CoderInterval(p=[0.1] * 10),
        BillTriangle(move_p=True),
        LogitPull([0] * 6),
    ],
)
def test_a_handle_is_large_enough_for_a_finger(open_page, explorer):
    page = open_page(explorer, viewport=PHONE)
    assert page.locator(".reach").count() > 0
    for reach in page.locator(".reach").all():
        box = reach.bounding_box()
        assert min(box["width"], box["height"]) >= 24
    for button in page.get_by_role("button").all():
        assert button.bounding_box()["height"] >= 24


# ---- the keys and the screen reader ------------------------------------------------------------


@pytest.mark.parametrize(
    ("keys", "value"),
    [
        (["ArrowUp"], 0.51),
        (["ArrowRight", "ArrowRight"], 0.52),
        (["ArrowDown"], 0.49),
        (["ArrowLeft"], 0.49),
        (["Shift+ArrowUp"], 0.6),
        (["PageUp"], 0.6),
        (["PageDown", "PageDown"], 0.3),
        (["Home"], 0),
        (["End"], 1),
        (["End", "ArrowUp"], 1),
    ],
)
def test_keys_move_the_slider(open_page, keys, value):
    page = open_page()
    slider = page.get_by_role("slider").first
    slider.focus()
    for key in keys:
        page.keyboard.press(key)
    settle(page)
    assert slider.get_attribute("aria-valuenow") == f"{value:g}"
    assert page.evaluate("scrollY") == 0
    assert sum(probabilities(page)) == pytest.approx(1, abs=2e-3)


def test_tab_reaches_every_control_in_order(open_page):
    page = open_page()
    reached = []
    for _ in range(3 + 7 + 1):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.getAttribute('role') ?? 'button'"))
    assert reached == ["slider"] * 3 + ["button"] * 8
    assert page.evaluate("document.activeElement.textContent") == "Reset"


def test_a_slider_says_what_it_is_and_where_it_stands(open_page):
    slider = open_page().get_by_role("slider", name="Probability of sports")
    wanted = {
        "aria-valuemin": "0",
        "aria-valuemax": "1",
        "aria-valuenow": "0.3",
        "aria-valuetext": ".30, surprise 1.737 bits",
        "aria-orientation": "vertical",
        "tabindex": "0",
    }
    assert {name: slider.get_attribute(name) for name in wanted} == wanted


def test_keyboard_focus_is_visible(open_page):
    page = open_page()
    ring = page.get_by_role("slider").first.locator(".ring")
    stroke = "ring => getComputedStyle(ring).stroke"
    assert ring.evaluate(stroke) == "none"
    page.keyboard.press("Tab")
    assert ring.evaluate(stroke) == rgb(THEMES["light"]["focus"])


def test_the_result_is_spoken_at_rest_and_not_during_a_drag(open_page):
    page = open_page()
    stop_the_clock(page)
    spoken = page.locator("[aria-live=polite]")
    slider = page.get_by_role("slider").first
    slider.focus()
    for _ in range(5):
        page.keyboard.press("ArrowUp")
        page.clock.run_for(300)
        assert spoken.text_content() == ""
    page.clock.run_for(1000)
    h = entropy([0.55, 0.27, 0.18], base=2)
    assert spoken.text_content() == f"The bill comes to {h:.4f} bits."


# ---- presets and reset -------------------------------------------------------------------------


def test_presets_set_the_outcomes_and_reset_goes_back(open_page):
    explorer = SurpriseBars()
    page = open_page(explorer)
    before = read(page)
    for preset in explorer.presets:
        chip = page.get_by_role("button", name=preset["name"], exact=True)
        chip.click()
        assert probabilities(page) == pytest.approx(preset["p"], abs=5e-4)
        assert page.locator("[aria-pressed=true]").all_inner_texts() == [preset["name"]]
        h = entropy(preset["p"], base=2)
        assert page.locator(".formula strong").inner_text() == f"{h:.4f} bits"
    page.get_by_role("button", name="Reset").click()
    assert read(page) == before
    drag(page, 0, 0.1)
    assert page.locator("[aria-pressed=true]").count() == 0


# ---- the looks ---------------------------------------------------------------------------------


def rgb(colour):
    return "rgb({}, {}, {})".format(*(int(colour[i : i + 2], 16) for i in (1, 3, 5)))


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


LONG = ["a rather long name for an outcome", "unbelievable", "three", "four", "five"]


CROWDED = [
    *(kind() for kind in ALL),
    SurpriseBars([0.9, 0.04, 0.03, 0.0299, 0.0001], LONG),
    KraftBudget(["0", "10", "110", "1110", "11110"], [0.9, 0.04, 0.03, 0.0299, 0.0001], LONG),
    CoderInterval([4, 3, 2, 1, 0, 0, 0, 0], [0.9, 0.04, 0.03, 0.0299, 0.0001], LONG),
    BillTriangle([0.98, 0.0101, 0.0099], [0.0001, 0.9998, 0.0001], LONG[:3], move_p=True),
    LogitPull([5, -5, 4.99, -4.99, 0], [0.9, 0.04, 0.03, 0.0299, 0.0001], LONG, temperature=0.5),
    LogitPull([-5, 5, 5, -5, -3.33, 3.33]),
]


def overlap(one, other):
    """Whether two boxes cover a common part, by more than half a pixel."""
    return all(
        min(one[at] + one[size], other[at] + other[size]) - max(one[at], other[at]) > 0.5
        for at, size in (("x", "width"), ("y", "height"))
    )


@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["wide", "phone"])
@pytest.mark.parametrize("explorer", CROWDED, ids=lambda e: f"{e.module}-{len(e.p)}")
def test_nothing_is_clipped_overlaps_or_scrolls_sideways(open_page, viewport, explorer):
    page = open_page(explorer, viewport=viewport)
    chips = page.locator(".chip")
    for shown in range(-1, chips.count()):
        if shown >= 0:
            chips.nth(shown).click()
            settle(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
        # A point's letter and a contour's number may lie under what is dragged over them.
        for kind in (".name", ".number:not(.symbol, .level-name)", ".level text"):
            for picture in page.locator("figure svg").all():
                frame = picture.bounding_box()
                boxes = picture.locator(kind).evaluate_all(
                    """texts => texts.filter((text) => text.textContent
                        && getComputedStyle(text).visibility === "visible").map((text) => {
                            const { x, y, width, height } = text.getBoundingClientRect();
                            return { x, y: y + height * 0.15, width, height: height * 0.7 };
                        })"""
                )
                for one, other in itertools.combinations(boxes, 2):
                    assert not overlap(one, other), (shown, kind, one, other)
                for box in boxes:
                    assert box["x"] >= frame["x"] - 0.5
                    assert box["x"] + box["width"] <= frame["x"] + frame["width"] + 0.5
        for cell in page.locator("table .live, .formula .live").all():
            assert cell.evaluate("cell => cell.scrollWidth <= cell.clientWidth + 1"), (
                cell.inner_text()
            )
            assert cell.evaluate("cell => cell.scrollHeight <= cell.clientHeight + 2")
        for line in page.locator(".formula, .note, .soft").all():
            assert line.evaluate("line => line.scrollWidth <= line.clientWidth + 1")


@pytest.mark.parametrize("kind", ALL)
def test_each_explorer_keeps_its_presets_reset_and_silence_at_rest(open_page, kind):
    explorer = kind()
    page = open_page(explorer)
    stop_the_clock(page)
    readout = page.locator(".readout")
    before = readout.text_content()
    for preset in explorer.presets:
        page.get_by_role("button", name=preset["name"], exact=True).click()
        page.clock.run_for(100)
        assert page.locator(".chip[aria-pressed=true]").all_inner_texts() == [preset["name"]]
        assert page.locator("[aria-live=polite]").text_content() == ""
    page.clock.run_for(1000)
    assert page.locator("[aria-live=polite]").text_content().endswith(".")
    page.get_by_role("button", name="Reset").click()
    page.clock.run_for(100)
    assert readout.text_content() == before


@pytest.mark.parametrize("kind", ALL)
def test_on_paper_only_what_cannot_be_used_there_is_left_out(open_page, kind):
    page = open_page(kind())
    page.emulate_media(media="print")
    for gone in page.locator(".controls, .letters, .prompt, svg .vertical .grip").all():
        assert not gone.is_visible()
    for kept in page.locator("figure, .formula, table, .point .grip, .pointer .grip").all():
        assert kept.is_visible()


@pytest.mark.parametrize("kind", ALL)
def test_what_is_hidden_from_a_screen_reader_takes_no_focus(open_page, kind):
    page = open_page(kind())
    assert page.locator("[aria-hidden=true] [tabindex], [role=img] [tabindex]").count() == 0
    for one in page.locator("[role=slider], svg [role=button]").all():
        assert one.get_attribute("aria-label")
        assert one.get_attribute("tabindex") in {"0", "-1"}
    for one in page.get_by_role("slider").all():
        least, now, most = (
            float(one.get_attribute(f"aria-value{name}")) for name in ("min", "now", "max")
        )
        assert least <= now <= most


# ---- a Kraft budget ----------------------------------------------------------------------------


def cell(page, word):
    return page.locator(f".cell[aria-label^='{word},']")


def words_of(page):
    return [
        label.split(",")[0]
        for label in page.locator(".cell[aria-pressed=true]").evaluate_all(
            "cells => cells.map((cell) => cell.getAttribute('aria-label'))"
        )
    ]


def lines(page):
    settle(page)
    return page.locator(".formula").all_inner_texts()


def test_a_budget_is_written_out(open_page):
    page = open_page(KraftBudget())
    assert lines(page) == [
        "spent ½ + ¼ + ⅛",
        "= .875 of 1, left .125",
        "mean length 1.7000 bits",
        "entropy 1.4855 bits",
        "difference 0.2145 bits",
    ]
    assert read(page)[1:] == [
        ("0", "10", "110"),
        ("1", "2", "3"),
        ("½", "¼", "⅛"),
        (".50", ".30", ".20"),
        ("0.5000", "0.6000", "0.6000"),
    ]
    page.get_by_role("button", name="Huffman").click()
    assert lines(page)[1:3] == ["= 1 of 1, left 0", "mean length 1.5000 bits"]


def test_a_free_word_is_chosen_and_given_back(open_page):
    page = open_page(KraftBudget())
    cell(page, "111").click()
    assert lines(page)[:2] == ["spent ½ + ¼ + ⅛ + ⅛", "= 1 of 1, left 0"]
    assert page.locator(".note").inner_text() == "Not needed: 111."
    cell(page, "0").click()
    assert lines(page)[:2] == ["spent ¼ + ⅛ + ⅛", "= .5 of 1, left .5"]
    cell(page, "10").click()
    assert lines(page)[2:] == ["mean length –", "entropy 1.4855 bits", "difference –"]
    assert page.locator(".note").inner_text() == "Without a word: entertainment."


@pytest.mark.parametrize(
    ("word", "why"),
    [("01", "01 begins with the word 0."), ("11", "The word 110 begins with 11.")],
)
def test_a_word_in_anothers_way_is_refused_with_the_reason(open_page, word, why):
    page = open_page(KraftBudget())
    cell(page, word).click(force=True)  # Playwright waits for what is disabled
    settle(page)
    assert page.locator(".note").inner_text() == why
    assert sorted(words_of(page)) == ["0", "10", "110"]
    cell(page, "111").click()
    settle(page)
    assert why not in page.locator(".note").inner_text()


def test_a_word_says_what_it_costs_and_whether_it_can_be_had(open_page):
    page = open_page(KraftBudget())
    for word, says, disabled in (
        ("10", "10, costs one quarter, a code word", "false"),
        ("111", "111, costs one eighth, free", "false"),
        ("1", "1, costs one half, not free: the word 10 begins with it", "true"),
        ("0110", "0110, costs one sixteenth, taken: it begins with the word 0", "true"),
    ):
        assert cell(page, word).get_attribute("aria-label") == says
        assert cell(page, word).get_attribute("aria-disabled") == disabled


def test_the_tree_is_one_stop_of_the_tab_key_and_arrows_move_in_it(open_page):
    page = open_page(KraftBudget())
    page.keyboard.press("Tab")
    focused = "document.activeElement.getAttribute('aria-label').split(',')[0]"
    for key, word in (
        ("ArrowDown", "1"), ("ArrowRight", "10"), ("ArrowDown", "11"), ("ArrowDown", "11"),
        ("ArrowRight", "110"), ("ArrowRight", "1100"), ("ArrowRight", "1100"),
        ("ArrowUp", "1011"), ("Home", "0000"), ("End", "1111"), ("ArrowLeft", "111"),
    ):  # fmt: skip
        page.keyboard.press(key)
        assert page.evaluate(focused) == word
    page.keyboard.press("Enter")
    settle(page)
    assert sorted(words_of(page)) == ["0", "10", "110", "111"]
    page.keyboard.press("Space")
    settle(page)
    assert sorted(words_of(page)) == ["0", "10", "110"]
    assert page.evaluate("scrollY") == 0
    assert page.locator(".cell[tabindex='0']").count() == 1
    ring = cell(page, "111").locator(".ring")
    assert ring.evaluate("ring => getComputedStyle(ring).stroke") == rgb(THEMES["light"]["focus"])
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "chip"


def test_a_tap_chooses_a_word(open_page):
    page = open_page(KraftBudget([]), viewport=PHONE, has_touch=True, is_mobile=True)
    cell(page, "1011").tap()
    settle(page)
    assert words_of(page) == ["1011"]


def test_a_word_of_five_digits_makes_room_for_itself(open_page):
    page = open_page(KraftBudget(["00000"]))
    assert page.locator(".cell").count() == 62
    cell(page, "00000").press("Enter")
    settle(page)
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == (
        "00000, costs one thirty-second, free"
    )


def gap_areas(page, height=PLOT_HEIGHT):
    """The purple areas of the bill minus the green ones, in bits."""
    whole, areas = page.locator("svg:has(.paid)").evaluate(
        """(bill) => {
            const size = (r) => ["width", "height"].map((a) => Number(r.getAttribute(a)));
            const seen = (r) => getComputedStyle(r).visibility === "visible";
            const all = (s) => [...bill.querySelectorAll(s)].filter(seen).map(size);
            const sum = (s) => all(s).reduce((total, [w, h]) => total + w * h, 0);
            const whole = all("rect.outlined").reduce((total, [w]) => total + w, 0);
            return [whole, sum(".cost rect") - sum(".gain rect")];
        }"""
    )
    return areas / whole / height * 5


def test_the_bill_shows_what_the_words_cost_beyond_the_entropy(open_page):
    page = open_page(KraftBudget())
    for words, mean in ((None, 1.7), ("1, 2, 3, 3", 1.7), ("all of length 2", 2), ("Huff", 1.5)):
        if words:
            page.get_by_role("button", name=words).click()
            settle(page)
        assert gap_areas(page) == pytest.approx(mean - entropy(NEWS, base=2), abs=2e-3)


def test_what_cannot_happen_needs_no_word(open_page):
    page = open_page(KraftBudget(["0", "1"], [0.5, 0, 0.5]))
    assert lines(page)[2:] == ["mean length 1.0000 bits", "entropy 1.0000 bits",
                               "difference 0.0000 bits"]  # fmt: skip
    assert page.locator(".note").inner_text() == ""


# ---- the interval of a coder -------------------------------------------------------------------


def letters(page):
    """The message, as the table lists it."""
    settle(page)
    return page.locator("tbody tr:visible th").all_inner_texts()


def row(page, number):
    """The pieces of a row that can be seen."""
    return page.locator("figure").first.locator("svg > g > g").nth(number).locator(".face")


def test_an_interval_is_written_out(open_page):
    page = open_page(CoderInterval())
    assert lines(page) == [
        "w = .50 × .30 × .50 × .20 = .015",
        "from .31 to .325",
        "−log₂ w = 6.0589 bits",
        "sent 01010000",
    ]
    assert page.locator(".soft").inner_text() == "8 digits = ⌈−log₂ w⌉ + 1; here 7 would do."
    assert letters(page) == ["politics", "sports", "politics", "entertainment"]
    assert page.locator("tfoot").inner_text().split() == ["together", ".015", "6.059"]


def test_a_letter_is_chosen_on_a_row_or_by_its_button_and_taken_back(open_page):
    page = open_page(CoderInterval([]))
    assert letters(page) == []
    row(page, 0).nth(2).click()
    page.get_by_role("button", name="+ sports").click()
    row(page, 2).nth(0).click()
    assert letters(page) == ["entertainment", "sports", "politics"]
    row(page, 1).nth(2).click()  # on a row above: from there on anew
    assert letters(page) == ["entertainment", "entertainment"]
    page.get_by_role("button", name="Undo").press("Enter")
    assert letters(page) == ["entertainment"]
    page.keyboard.press("Backspace")
    assert letters(page) == []
    page.keyboard.press("Backspace")
    page.keyboard.press("Enter")
    assert letters(page) == []
    assert page.evaluate("document.activeElement.textContent") == "Undo"


def test_no_more_than_eight_letters(open_page):
    page = open_page(CoderInterval([0] * 7))
    button = page.get_by_role("button", name="+ sports")
    button.click()
    assert letters(page) == ["politics"] * 7 + ["sports"]
    assert button.get_attribute("aria-disabled") == "true"
    button.click(force=True)
    row(page, 8).nth(0).click()
    assert len(letters(page)) == 8


def spelled(x, count, p=NEWS):
    """Decode in exact fractions."""
    names = ["politics", "sports", "entertainment"]
    low, width, message = Fraction(0), Fraction(1), []
    for _ in range(count):
        letter = 0
        while x >= low + width * sum(Fraction(str(one)) for one in p[: letter + 1]):
            letter += 1
        low += width * sum(Fraction(str(one)) for one in p[:letter])
        width *= Fraction(str(p[letter]))
        message.append(names[letter])
    return message


def test_the_point_is_dragged_and_its_letters_are_read(open_page):
    page = open_page(CoderInterval())
    slider = page.get_by_role("slider")
    x, y = centre(page, 0)
    page.mouse.move(x, y)
    page.mouse.down()
    for way in (40, 100, 170, -60, -400, 600):
        page.mouse.move(x + way, y + 9, steps=4)
        settle(page)
        now = slider.get_attribute("aria-valuenow")
        assert letters(page) == spelled(Fraction(now), 4)
        assert slider.get_attribute("aria-valuetext").endswith(", ".join(letters(page)))
    assert now == "0.999"
    page.mouse.up()


def test_the_point_of_an_empty_message_reads_four_letters(open_page):
    page = open_page(CoderInterval([]))
    page.get_by_role("slider").focus()
    page.keyboard.press("Home")
    assert letters(page) == ["politics"] * 4
    page.keyboard.press("Shift+ArrowRight")
    settle(page)
    assert page.get_by_role("slider").get_attribute("aria-valuenow") == "0.05"


def test_a_message_from_elsewhere_puts_the_point_on_its_digits(open_page):
    page = open_page(CoderInterval([1]))
    assert page.get_by_role("slider").get_attribute("aria-valuenow") == "0.563"  # .100 1
    page.get_by_role("button", name="+ politics").click()
    settle(page)
    x = Fraction(page.get_by_role("slider").get_attribute("aria-valuenow"))
    assert spelled(x, 2) == ["sports", "politics"]


def test_the_thread_goes_through_every_chosen_piece(open_page):
    page = open_page(CoderInterval([2, 0, 1, 1, 2]))
    for number in range(5):
        chosen = row(page, number).locator("xpath=self::*[contains(@class,'chosen')]")
        assert chosen.count() == 1
        left, width = (float(chosen.get_attribute(name)) for name in ("x", "width"))
        thread = page.locator(".thread").nth(number).get_attribute("d")
        assert left <= float(re.match(r"M([\d.]+)", thread)[1]) <= left + width


def test_letters_that_a_new_p_has_no_place_for_are_left_out(open_page):
    presets = [{"name": "coin", "p": [1, 0], "labels": ["heads", "tails"], "message": [0, 0]}]
    page = open_page(CoderInterval([0, 1, 2], presets=presets))
    page.get_by_role("button", name="coin").click()
    assert letters(page) == ["heads", "heads"]
    assert lines(page)[2:] == ["−log₂ w = 0.0000 bits", "sent 0"]
    page.get_by_role("button", name="+ tails").click(force=True)
    assert letters(page) == ["heads", "heads"]


# ---- the triangle ------------------------------------------------------------------------------

TALLER = PLOT_HEIGHT + 72  # its bill is as high as the triangle beside it
CORNERS = np.array([[160, 46], [24, 281.6], [296, 281.6]])


def corners(page, role="q"):
    settle(page)
    texts = page.locator(f".corner.{role} .number").all_text_contents()
    return [float(text.split()[1]) for text in texts]


def move(page, start, end, role="q"):
    """Drag a point in the triangle from one pmf to another (or beyond the edge)."""
    scale = page.locator("svg").first.bounding_box()["width"] / 320
    box = page.locator(f".point.{role} .grip").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    dx, dy = (np.array(end) - start) @ CORNERS * scale
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + dx, y + dy, steps=6)
    page.mouse.up()
    page.mouse.move(x + dx + 5, y + dy)  # the hand is empty now
    settle(page)


def test_the_wrong_desk_is_written_out(open_page):
    page = open_page(BillTriangle())
    assert lines(page) == [
        "H(P,Q) = 1.7540 bits",
        "H(P) = 1.4855 bits",
        "D(P‖Q) = 0.2685 bits",
        "D(Q‖P) = 0.2789 bits",
    ]
    assert read(page)[1:] == [
        (".50", ".30", ".20"),
        ("1.000", "1.737", "2.322"),
        ("1.737", "0.737", "3.322"),
        ("+.3685", "−.3000", "+.2000"),
    ]
    assert page.locator("tfoot").inner_text().split() == ["mean", "1.4855", "1.7540", "0.2685"]
    roles = page.locator("tbody td:last-child .live").evaluate_all("c => c.map(e => e.className)")
    assert roles == ["live cost", "live gain", "live cost"]


@pytest.mark.parametrize("q", [[0.3, 0.6, 0.1], [0.25, 0.5, 0.25], [0.6, 0.35, 0.05]])
def test_purple_minus_green_is_the_divergence(open_page, q):
    page = open_page(BillTriangle(q=q))
    assert gap_areas(page, TALLER) == pytest.approx(kl_divergence(NEWS, q, base=2), abs=2e-3)


def test_q_is_dragged_in_two_dimensions_and_onto_p(open_page):
    page = open_page(BillTriangle())
    move(page, [0.3, 0.6, 0.1], [0.2, 0.2, 0.6])
    assert corners(page) == [0.2, 0.2, 0.6]
    move(page, [0.2, 0.2, 0.6], NEWS)
    assert corners(page) == NEWS
    assert lines(page)[2:] == ["D(P‖Q) = 0.0000 bits", "D(Q‖P) = 0.0000 bits"]
    assert read(page)[4] == ("0.0000",) * 3
    move(page, NEWS, [0.4, 0.4, 0.2])  # where both lie, it is Q that moves
    assert corners(page) == [0.4, 0.4, 0.2]
    assert corners(page, "p") == NEWS


def test_beyond_the_edge_q_stays_on_it_and_the_bill_has_no_end(open_page):
    page = open_page(BillTriangle())
    move(page, [0.3, 0.6, 0.1], [0.5, 0.7, -0.2])
    assert corners(page) == [0.4, 0.6, 0]
    reverse = kl_divergence([0.4, 0.6, 0], NEWS, base=2)
    assert lines(page) == [
        "H(P,Q) = ∞ bits",
        "H(P) = 1.4855 bits",
        "D(P‖Q) = ∞ bits",
        f"D(Q‖P) = {reverse:.4f} bits",
    ]
    assert read(page)[4][2] == "+∞"
    assert "Q says never, P says it happens: entertainment" in page.locator(".note").inner_text()
    move(page, [0.4, 0.6, 0], [-3, 5, -1])
    assert corners(page) == [0, 1, 0]


@pytest.mark.parametrize(
    ("corner", "keys", "q"),
    [
        (0, ["ArrowUp"], [0.31, 0.591, 0.099]),
        (1, ["Shift+ArrowLeft"], [0.375, 0.5, 0.125]),
        (2, ["PageUp", "PageUp", "ArrowRight"], [0.23, 0.46, 0.31]),
        (2, ["Home"], [0.333, 0.667, 0]),
        (0, ["End"], [1, 0, 0]),
    ],
)
def test_a_number_at_a_corner_is_a_slider(open_page, corner, keys, q):
    page = open_page(BillTriangle())
    slider = page.get_by_role("slider").nth(corner)
    name = ["politics", "sports", "entertainment"][corner]
    label = f"Q of {name}; the other two keep their proportions"
    assert slider.get_attribute("aria-label") == label
    slider.focus()
    for key in keys:
        page.keyboard.press(key)
    assert corners(page) == pytest.approx(q, abs=6e-4)
    assert slider.get_attribute("aria-valuenow") == f"{q[corner]:g}"
    for ring in (slider.locator(".ring"), page.locator(".point.q .ring")):
        stroke = ring.evaluate("ring => getComputedStyle(ring).stroke")
        assert stroke == rgb(THEMES["light"]["focus"])


def test_a_number_can_be_pulled_to_its_corner(open_page):
    page = open_page(BillTriangle())
    x, y = centre(page, 0)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y - 30, steps=5)
    page.mouse.up()
    assert corners(page)[0] > 0.4


def test_a_finger_drags_q(open_page):
    page = open_page(BillTriangle(), viewport=PHONE, has_touch=True, is_mobile=True)
    action = "element => getComputedStyle(element).touchAction"
    assert page.locator(".point.q").evaluate(action) == "none"
    box = page.locator(".point.q .grip").bounding_box()
    swipe(page, box["x"] + 8, box["y"] + 8, -60)
    assert corners(page)[0] > 0.5
    assert page.evaluate("scrollY") == 0


@pytest.mark.parametrize("p", [NEWS, [0.1, 0.1, 0.8], [0.7, 0.3, 0]])
def test_the_contours_are_those_of_the_divergence(open_page, p):
    page = open_page(BillTriangle(p, p))
    levels = [float(text) for text in page.locator(".level-name").all_text_contents()]
    assert levels == [0.1, 0.25, 0.5, 1, 2]
    barycentric = np.linalg.inv(np.vstack([CORNERS.T, np.ones(3)]))
    for level, path in zip(levels, page.locator(".contour").all(), strict=True):
        xy = np.array(re.findall(r"([\d.]+) ([\d.]+)", path.get_attribute("d")), float)
        q = np.c_[xy, np.ones(len(xy))] @ barycentric.T
        inside = (q[:, np.array(p) > 0] > 0.02).all(axis=1) & (q > 0.003).all(axis=1)
        assert inside.any() or level > 0.5
        costs = [kl_divergence(p, one / one.sum(), base=2) for one in np.abs(q[inside])]
        np.testing.assert_allclose(costs, level, atol=0.02)


def test_p_moves_only_where_it_may(open_page):
    page = open_page(BillTriangle())
    assert page.get_by_role("slider").count() == 3
    move(page, NEWS, [0.2, 0.2, 0.6], "p")
    assert corners(page, "p") == NEWS
    page = open_page(BillTriangle(move_p=True))
    contour = page.locator(".contour").first.get_attribute("d")
    assert page.get_by_role("slider").count() == 6
    move(page, NEWS, [0.2, 0.2, 0.6], "p")
    assert corners(page, "p") == [0.2, 0.2, 0.6]
    assert page.locator(".contour").first.get_attribute("d") != contour
    page.get_by_role("slider", name="P of sports").press("Home")
    assert corners(page, "p") == [0.25, 0, 0.75]
    assert corners(page) == [0.3, 0.6, 0.1]


# ---- the same module in Jupyter, and where there is no script -----------------------------------

# Lab renders into an element that is not on the page yet, from a blob, with a model of its own.
IN_LAB = """async ({ esm, state }) => {
    const url = URL.createObjectURL(new Blob([esm], { type: "text/javascript" }));
    const { default: explorer } = await import(url);
    const listeners = {};
    window.calls = { set: 0, saved: 0, listeners };
    window.model = {
        get: (name) => state[name],
        set(name, value) {
            window.calls.set += 1;
            state[name] = value;
            listeners[`change:${name}`]?.forEach((listener) => listener());
        },
        on: (event, listener) => (listeners[event] ??= new Set()).add(listener),
        off: (event, listener) => listeners[event].delete(listener),
        save_changes: () => { window.calls.saved += 1; },
    };
    const el = document.createElement("div");
    window.stop = explorer.render({ model: window.model, el });
    await new Promise((done) => setTimeout(done, 100));
    document.querySelector(".explorer").replaceWith(el);
}"""


@pytest.fixture
def open_lab(open_page):
    """Return a function that opens a bundle as JupyterLab does, next to nothing else."""

    def open_one(explorer):
        page = open_page(explorer)
        page.published = page.locator(".explorer").inner_html()
        state = json.loads(page.locator(".explorer").get_attribute("data-state"))
        page.evaluate(IN_LAB, {"esm": explorer._esm, "state": state})
        page.locator(".explorer:not([data-explorer]) .chip").first.wait_for()
        return page

    return open_one


@pytest.fixture
def lab(open_lab):
    return open_lab(SurpriseBars())


@pytest.mark.parametrize("kind", ALL)
def test_the_bundle_draws_what_the_page_draws(open_lab, kind):
    lab = open_lab(kind())
    assert lab.locator(".explorer").inner_html() == lab.published


def test_every_bundle_writes_to_its_model_and_hears_it(open_lab):
    lab = open_lab(KraftBudget())
    cell(lab, "111").click()
    assert lab.evaluate("model.get('words')") == ["0", "10", "110", "111"]
    lab.evaluate("model.set('words', ['1'])")
    assert lines(lab)[0] == "spent ½"
    lab = open_lab(CoderInterval())
    lab.get_by_role("button", name="Undo").click()
    assert lab.evaluate("model.get('message')") == [0, 1, 0]
    lab.evaluate("model.set('message', [2])")
    assert letters(lab) == ["entertainment"]
    lab = open_lab(BillTriangle())
    move(lab, [0.3, 0.6, 0.1], [0.5, 0.25, 0.25])
    assert lab.evaluate("model.get('q')") == [0.5, 0.25, 0.25]
    lab.evaluate("model.set('q', [0.2, 0.3, 0.5])")
    assert corners(lab) == [0.2, 0.3, 0.5]
    assert lab.evaluate("calls.saved > 0 && calls.saved <= calls.set")


def test_the_bundle_writes_to_the_model_and_hears_it(lab):
    drag(lab, 0, 0.2)
    assert lab.evaluate("model.get('p')") == [0.7, 0.18, 0.12]
    assert lab.evaluate("calls.saved > 0 && calls.saved === calls.set")
    lab.evaluate("model.set('p', [0.25, 0.25, 0.25, 0.25])")  # as explorer.p = … does in a cell
    assert read(lab)[0] == ("1", "2", "3", "4")
    lab.evaluate("model.set('unit', 'nats')")
    assert read(lab)[2] == ("1.386",) * 4
    lab.evaluate("model.set('prompt', 'is it more?')")
    assert lab.locator(".prompt").inner_text() == "Guess first: is it more?"


def test_however_often_the_model_changes_a_frame_draws_once(lab):
    drawn = lab.evaluate(
        """async () => {
            let drawn = 0;
            const watch = new MutationObserver((changes) => { drawn += changes.length; });
            watch.observe(document.querySelector(".formula .live"), { childList: true });
            for (let i = 1; i < 50; i += 1) model.set("p", [i / 50, 1 - i / 50, 0]);
            await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
            return drawn;
        }"""
    )
    assert drawn == 1


@pytest.mark.parametrize("kind", ALL)
def test_a_view_that_is_closed_listens_no_more(open_lab, kind):
    lab = open_lab(kind())
    lab.evaluate("stop()")
    assert lab.evaluate("Object.values(calls.listeners).every((set) => set.size === 0)")


def test_arrow_keys_are_kept_from_jupyterlab(lab):
    assert lab.locator(".explorer[data-lm-suppress-shortcuts=true] [role=slider]").count() == 3


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


# ---- the pull on the logits ----------------------------------------------------------------------

PER_LOGIT = 17  # units of the drawing for a logit of 1
ARROW = 54  # for a pull of 1
CAT = [1.0, 0.0, 0.0]
CAT_GUESS = [math.log(7), math.log(2), 0.0]  # softmax .7, .2, .1


def animals(z=CAT_GUESS, p=CAT, **traits):
    return LogitPull(z, p, ["cat", "dog", "bird"], **traits)


def logit_pairs():
    """Targets and logits: plain, far apart, shifted, equal, and drawn at random."""
    rng = np.random.default_rng(7)
    yield from ((CAT, z) for z in ([2, 1, -1], [1002, 1001, 999], [0, 0, 0], [-800, 0, 0]))
    yield from (([1, 0], z) for z in ([40, 0], [0, 40], [5, 5]))
    yield from (([0.91, 0.09], [3, 0]), (NEWS, np.log(NEWS).tolist()))
    for n in (2, 5, 10):
        yield rng.dirichlet([1] * n).tolist(), (rng.standard_normal(n) * 20).tolist()


@pytest.mark.parametrize(("p", "z"), list(logit_pairs()))
def test_softmax_and_loss_agree_with_lib(measures, p, z):
    p, z = [float(one) for one in p], [float(one) for one in z]
    np.testing.assert_allclose(measures("logSoftmax", z), log_softmax(z), rtol=1e-12)
    np.testing.assert_allclose(measures("softmax", z), softmax(z), rtol=1e-12)
    wanted = cross_entropy_from_logits(p, z)
    assert measures("lossFromLogits", p, z) == pytest.approx(wanted, rel=1e-12, abs=0)


def test_a_cat_is_written_out(open_page):
    page = open_page(animals())
    assert lines(page) == ["H(P,Q) = 0.3567 nats", "H(P) = 0.0000 nats", "D(P‖Q) = 0.3567 nats"]
    assert read(page) == [
        ("cat", "dog", "bird"),
        ("1.95", "0.69", "0"),
        ("1", "0", "0"),
        (".70", ".20", ".10"),
        ("+.3000", "−.2000", "−.1000"),
    ]


def shown_pulls(page):
    return [float(text.replace("−", "-").replace("+", "")) for text in read(page)[4]]


@pytest.mark.parametrize(
    ("z", "p", "temperature"),
    [
        ([0, 0, 4.585], CAT, 1),
        ([1, 2, 3], NEWS, 1),
        ([5, -5, 0], [0.2, 0.2, 0.6], 0.5),
        ([5, -5, 0], [0.2, 0.2, 0.6], 5),
    ],
)
def test_the_loss_its_parts_and_the_arrows_are_those_of_lib(open_page, z, p, temperature):
    page = open_page(animals(z, p, temperature=temperature))
    scaled = np.array(z) / temperature
    loss = cross_entropy_from_logits(p, scaled)
    numbers = [float(line.split()[-2]) for line in lines(page)]
    wanted = [loss, entropy(p), kl_divergence(p, softmax(scaled))]
    assert numbers == pytest.approx(wanted, abs=6e-5)
    pull = -cross_entropy_gradient(p, scaled) / temperature
    assert shown_pulls(page) == pytest.approx(pull, abs=6e-5)
    for arrow, one in zip(page.locator(".pull").all(), pull, strict=True):
        tip = re.match(r"M0 0V(-?[\d.]+)", arrow.get_attribute("d"))
        assert float(tip[1]) == pytest.approx(-ARROW * one, abs=0.01) if tip else abs(one) < 0.056


def reach_of(page, slider, dx, dy):
    """Drag a slider by (dx, dy) units of its drawing."""
    handle = page.get_by_role("slider").nth(slider)
    scale = handle.locator("xpath=ancestor::*[local-name()='svg']").bounding_box()["width"] / 320
    x, y = centre(page, slider)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + dx * scale, y + dy * scale, steps=6)
    page.mouse.up()
    settle(page)


def test_a_logit_is_dragged_up_and_down_and_stops_at_the_edge(open_page):
    page = open_page(animals([0, 0, 0]))
    reach_of(page, 2, 0, -3 * PER_LOGIT)
    assert read(page)[1] == ("0", "0", "3")
    q = softmax([0.0, 0, 3])
    assert [float(one) for one in read(page)[3]] == pytest.approx(q, abs=6e-4)
    reach_of(page, 2, 0, 5 * PER_LOGIT)
    assert read(page)[1] == ("0", "0", "−2")
    reach_of(page, 0, 4, 30 * PER_LOGIT)
    assert read(page)[1] == ("−5", "0", "−2")


def test_the_temperature_is_dragged_and_flattens(open_page):
    page = open_page(animals())
    reach_of(page, 3, 238 * 2 / 4.5, 0)  # the scale is 238 units long, from 0.5 to 5
    assert page.get_by_role("slider", name="Temperature").get_attribute("aria-valuenow") == "3"
    q = softmax(np.log([7, 2, 1]) / 3)
    assert [float(one) for one in read(page)[3]] == pytest.approx(q, abs=6e-4)
    assert shown_pulls(page) == pytest.approx((np.array(CAT) - q) / 3, abs=6e-5)
    reach_of(page, 3, -400, 0)
    assert page.get_by_role("slider", name="Temperature").get_attribute("aria-valuenow") == "0.5"


def test_the_target_is_dragged_soft_and_a_button_makes_it_hard(open_page):
    page = open_page(animals())
    reach_of(page, 4, 0, 0.3 * PLOT_HEIGHT)
    assert read(page)[2] == (".70", ".15", ".15")
    assert lines(page)[1] == f"H(P) = {entropy([0.7, 0.15, 0.15]):.4f} nats"
    page.get_by_role("button", name="label: bird").click()
    assert read(page)[2] == ("0", "0", "1")
    assert lines(page)[0] == "H(P,Q) = 2.3026 nats"


@pytest.mark.parametrize(
    ("slider", "keys", "now"),
    [
        (0, ["ArrowUp"], "0.1"),
        (1, ["ArrowLeft", "ArrowDown"], "-0.2"),
        (2, ["Shift+ArrowUp", "PageUp"], "2"),
        (0, ["Home"], "-5"),
        (0, ["End", "ArrowUp"], "5"),
        (3, ["ArrowRight"], "1.1"),
        (3, ["PageUp"], "1.5"),
        (3, ["Home"], "0.5"),
        (4, ["PageDown"], "0.9"),
        (6, ["End"], "1"),
    ],
)
def test_keys_move_logits_temperature_and_target(open_page, slider, keys, now):
    page = open_page(animals([0, 0, 0]))
    handle = page.get_by_role("slider").nth(slider)
    handle.focus()
    for key in keys:
        page.keyboard.press(key)
    settle(page)
    assert handle.get_attribute("aria-valuenow") == now
    ring = handle.locator(".ring").evaluate("ring => getComputedStyle(ring).stroke")
    assert ring == rgb(THEMES["light"]["focus"])
    assert page.evaluate("scrollY") == 0


def test_sliders_of_the_pull_say_what_they_are(open_page):
    page = open_page(animals())
    said = [
        (one.get_attribute("aria-label"), one.get_attribute("aria-valuetext"))
        for one in page.get_by_role("slider").all()
    ]
    assert said[0] == ("Logit of cat", "1.95, probability .70, pull +.300")
    assert said[3] == ("Temperature", "1.0")
    assert said[4] == ("Target of cat", "1, the model says .70")
    assert len(said) == 7


def test_no_pull_is_left_where_the_model_meets_its_target(open_page):
    page = open_page(animals(np.log(NEWS), NEWS))
    assert read(page)[4] == ("0.0000",) * 3
    assert (
        page.locator(".pull").evaluate_all("all => all.map((a) => a.getAttribute('d'))") == [""] * 3
    )
    assert lines(page)[0] == f"H(P,Q) = {entropy(NEWS):.4f} nats"
    assert lines(page)[2] == "D(P‖Q) = 0.0000 nats"


def test_a_finger_drags_a_logit(open_page):
    page = open_page(animals([0, 0, 0]), viewport=PHONE, has_touch=True, is_mobile=True)
    x, y = centre(page, 0)
    swipe(page, x, y, -40)
    assert float(read(page)[1][0]) > 1.5
    assert page.evaluate("scrollY") == 0


def test_the_bundle_of_the_pull_writes_logits_target_and_temperature(open_lab):
    lab = open_lab(animals([0, 0, 0]))
    lab.get_by_role("slider").nth(0).press("PageUp")
    lab.get_by_role("slider", name="Temperature").press("PageUp")
    lab.get_by_role("button", name="label: dog").click()
    state = lab.evaluate("['z', 'temperature', 'p'].map((name) => model.get(name))")
    assert state == [[1, 0, 0], 1.5, [0, 1, 0]]
    lab.evaluate("model.set('z', [2, -2, 0])")
    assert read(lab)[1] == ("2", "−2", "0")
    assert lab.evaluate("calls.saved > 0 && calls.saved <= calls.set")


# ---- one Gaussian for a mixture ----------------------------------------------------------------

EVEN = {"modes": [-3, 3], "weights": [0.5, 0.5], "widths": [1, 1]}
MIXTURES = {
    "even": EVEN,
    "near": EVEN | {"modes": [-2, 2]},
    "uneven": EVEN | {"weights": [0.7, 0.3]},
    "three": {"modes": [-4, 0, 4], "weights": [0.3, 0.4, 0.3], "widths": [0.7, 0.7, 0.7]},
    "odd": {"modes": [-1, 1], "weights": [0.3, 0.7], "widths": [0.5, 2]},
    "one": {"modes": [1], "weights": [1], "widths": [1.5]},
    "a weight of 0": EVEN | {"weights": [1, 0]},
}
FITS = [{"mean": m, "std": s} for m, s in ((0, 1), (-2.9, 0.3), (1.3, 2.5), (5, 4))]


@pytest.fixture(scope="module")
def densities(chromium, folder, host):
    """Return a function that calls one of densities.mjs in the browser."""
    context = chromium.new_context()
    page = context.new_page()
    page.goto(f"{host}/static/roles.css")

    def call(name, *arguments):
        return page.evaluate(
            "([name, given]) => import('/static/densities.mjs').then((m) => m[name](...given))",
            [name, arguments],
        )

    yield call
    context.close()


Z = np.linspace(-9, 9, 16_001)
Z_WEIGHTS = np.exp(-Z * Z / 2) / np.exp(-Z * Z / 2).sum()


def log_mixture(x, mixture):
    """ln p(x) and its slope, by logaddexp."""
    kept = np.array(mixture["weights"]) > 0
    modes, weights, widths = (np.array(mixture[k], float)[kept] for k in MIXTURES["even"])
    z = (x[..., None] - modes) / widths
    parts = np.log(weights / widths) - z**2 / 2 - np.log(2 * np.pi) / 2
    log_p = np.logaddexp.reduce(parts, axis=-1)
    return log_p, -(np.exp(parts - log_p[..., None]) * z / widths).sum(axis=-1)


def reverse_kl(mean, std, mixture):
    """D(Q‖P) and its slopes by mean and log std, by many more nodes than the browser has."""
    log_p, slope = log_mixture(mean + std * Z, mixture)
    cost = -gaussian_entropy(std) - log_p @ Z_WEIGHTS
    return cost, -(slope @ Z_WEIGHTS), -1 - std * ((slope * Z) @ Z_WEIGHTS)


def forward_kl(mean, std, mixture):
    modes, weights, widths = (np.array(mixture[k], float) for k in MIXTURES["even"])
    cross = weights @ gaussian_cross_entropy(modes, widths, mean, std)
    x = modes[:, None] + widths[:, None] * Z
    return cross + weights @ (log_mixture(x, mixture)[0] @ Z_WEIGHTS)


@pytest.mark.parametrize("name", MIXTURES)
def test_both_divergences_of_a_mixture_agree_with_python(densities, name):
    mixture = MIXTURES[name]
    for fit in FITS:
        there, back = (densities(f"{way}Cost", mixture, fit) for way in ("forward", "reverse"))
        assert there["cost"] == pytest.approx(forward_kl(**fit, mixture=mixture), rel=1e-9)
        cost, *slopes = reverse_kl(**fit, mixture=mixture)
        assert back["cost"] == pytest.approx(cost, rel=1e-9)
        assert back["gradient"] == pytest.approx(slopes, rel=1e-8, abs=1e-9)
        h = 1e-5
        for i, (dm, dl) in enumerate(((h, 0), (0, h))):
            ends = [
                forward_kl(fit["mean"] + k * dm, fit["std"] * math.exp(k * dl), mixture)
                for k in (1, -1)
            ]
            slope = (ends[0] - ends[1]) / (2 * h)
            assert there["gradient"][i] == pytest.approx(slope, rel=1e-6, abs=1e-7)
            ends = [
                reverse_kl(fit["mean"] + k * dm, fit["std"] * math.exp(k * dl), mixture)[1:]
                for k in (1, -1)
            ]
            second = [back["second"][j] for j in ((0, 1) if i == 0 else (1, 2))]
            wanted = (np.array(ends[0]) - ends[1]) / (2 * h)
            assert second == pytest.approx(wanted, rel=1e-5, abs=1e-6)


@pytest.mark.parametrize(
    ("name", "optima"),
    [
        ("even", [(-2.9843, 1.0234, 0.6888), (2.9843, 1.0234, 0.6888), (0, 2.7438, 0.8406)]),
        ("near", [(0, 2.0470, 0.2265)]),
        ("uneven", [(-2.9905, 1.0147, 0.3540), (2.9734, 1.0379, 1.1967)]),
        ("one", [(1, 1.5, 0)]),
    ],
)
def test_the_minima_of_a_mixture_are_those_of_the_chapter(densities, name, optima):
    found = [
        (one["mean"], one["std"], one["cost"]) for one in densities("reverseOptima", MIXTURES[name])
    ]
    key = {"key": lambda one: (round(one[2], 4), one[0])}
    np.testing.assert_allclose(sorted(found, **key), sorted(optima, **key), atol=1e-4)


def test_no_minimum_of_a_random_mixture_is_missed_or_made_up(densities):
    rng = np.random.default_rng(20261120)
    missed = 0
    for _ in range(8):
        count = int(rng.integers(2, 4))
        mixture = {
            "modes": rng.uniform(-5, 5, count).tolist(),
            "weights": rng.dirichlet(np.full(count, 3.0)).tolist(),
            "widths": rng.uniform(0.6, 1.6, count).tolist(),
        }
        found = densities("reverseOptima", mixture)
        for one in found:
            _, *slopes = reverse_kl(one["mean"], one["std"], mixture)
            assert slopes == pytest.approx([0, 0], abs=1e-6)
        for mean, log_std in itertools.product((-5, -2.5, 0, 2.5, 5), (-0.4, 0.9)):
            for step in range(400):
                s = math.exp(log_std)
                x = mean + s * Z[::40]
                slope, w = log_mixture(x, mixture)[1], Z_WEIGHTS[::40] / Z_WEIGHTS[::40].sum()
                by_mean, by_log = -(slope @ w), -1 - s * ((slope * Z[::40]) @ w)
                mean -= np.clip(0.2 * s * s * by_mean, -0.3 * s, 0.3 * s)
                log_std -= np.clip(0.1 * by_log, -0.15, 0.15)
                if step > 20 and math.hypot(by_mean, by_log) < 1e-5:
                    break
            arrived = math.hypot(by_mean, by_log) < 1e-4
            missed += arrived and not any(
                abs(one["mean"] - mean) + abs(math.log(one["std"]) - log_std) < 0.02
                for one in found
            )
    assert missed == 0


def test_the_fast_map_is_the_cost_to_three_digits(densities):
    means, stds = [-6.5 + 0.325 * j for j in range(41)], [0.3, 0.8, 2.1, 6]
    grid = densities_grid(densities, means, stds, MIXTURES["three"])
    for i, std in enumerate(stds):
        for j in (0, 13, 20, 31):
            exact = reverse_kl(means[j], std, MIXTURES["three"])[0]
            assert grid[i][j] == pytest.approx(exact, rel=2e-3)


def densities_grid(densities, means, stds, mixture):
    """Call the function that reverseGrid returns."""
    page = densities.__closure__[0].cell_contents
    return page.evaluate(
        """([means, stds, P]) => import('/static/densities.mjs')
            .then((m) => m.reverseGrid(means, stds)(P))""",
        [means, stds, mixture],
    )


def test_on_a_contour_of_a_grid_the_level_is_met(densities):
    rows = [[(x - 3) ** 2 + 2 * (y - 2) ** 2 for x in range(8)] for y in range(6)]
    empty, pieces = densities("contourPieces", rows, [-1, 2.5])
    assert empty == []
    assert len(pieces) > 6
    for x1, y1, x2, y2 in pieces:
        for x, y in ((x1, y1), (x2, y2)):
            assert (x - 3) ** 2 + 2 * (y - 2) ** 2 == pytest.approx(2.5, abs=0.6)
            assert x == round(x) or y == round(y)


def state_of(page):
    """The sliders' values: modes, weights, widths, mean, width of Q."""
    settle(page)
    return [float(s.get_attribute("aria-valuenow")) for s in page.get_by_role("slider").all()]


def pull(page, point, dx, dy):
    """Drag a point by (dx, dy) in the drawing's units."""
    scale = page.locator("figure svg").first.bounding_box()["width"] / 320
    box = point.locator(".grip").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + dx * scale, y + dy * scale, steps=6)
    page.mouse.up()
    settle(page)


def minima(page):
    settle(page)
    rows = page.locator("tbody tr:visible")
    return [
        [cell.inner_text().replace("−", "-") for cell in row.locator("th, td").all()]
        for row in rows.all()
    ]


UNIT = 290 / 13  # of x, in the drawing's units


def test_a_fit_is_written_out(open_page):
    page = open_page(ForwardReverse())
    there, back = forward_kl(0.5, 1, EVEN), reverse_kl(0.5, 1, EVEN)[0]
    assert lines(page) == [f"D(P‖Q) = {there:.4f} nats", f"D(Q‖P) = {back:.4f} nats"]
    found = minima(page)
    assert found[0] == ["◇ of D(P‖Q)", "0.00", "3.16", "0.462"]
    assert sorted(found[1:3]) == [
        ["● of D(Q‖P)", "-2.98", "1.02", "0.689"],
        ["● of D(Q‖P)", "2.98", "1.02", "0.689"],
    ]
    assert found[3:] == [["○ of D(Q‖P)", "0.00", "2.74", "0.841"]]
    assert page.locator(".minimum.best:visible").count() == 2


def test_a_mode_is_dragged_to_another_place_and_weight(open_page):
    page = open_page(ForwardReverse())
    left = page.locator(".point.p").first
    pull(page, left, 1.5 * UNIT, 0)
    assert state_of(page)[:6] == [-1.5, 0.5, 1, 3, 0.5, 1]
    # .1 of weight is .1 · .399 of density, on a scale of .5 for 156.
    pull(page, left, 0, -0.2 * 0.39894 / 0.5 * 156)
    assert state_of(page)[:6] == pytest.approx([-1.5, 0.7, 1, 3, 0.3, 1])
    there = forward_kl(0.5, 1, {"modes": [-1.5, 3], "weights": [0.7, 0.3], "widths": [1, 1]})
    assert lines(page)[0] == f"D(P‖Q) = {there:.4f} nats"
    pull(page, left, -400, 400)
    assert state_of(page)[:6] == [-5, 0, 1, 3, 1, 1]


@pytest.mark.parametrize("figure", [0, 1])
def test_q_is_dragged_on_its_density_and_on_the_map(open_page, figure):
    page = open_page(ForwardReverse())
    knob = page.locator("figure").nth(figure).locator(".point.q")
    pull(page, knob, 2 * UNIT, 0)
    assert state_of(page)[-2:] == [2.5, 1]
    up = -206 * math.log(2) / math.log(20) if figure else 0.39894 / 2 / 0.5 * 156
    pull(page, knob, 0, up)
    assert state_of(page)[-2:] == [2.5, 2]
    cost = reverse_kl(2.5, 2, EVEN)[0]
    assert lines(page)[1] == f"D(Q‖P) = {cost:.4f} nats"
    pull(page, knob, 900, 0)
    assert state_of(page)[-2:] == [6, 2]


def test_a_finger_drags_q_on_the_map(open_page):
    page = open_page(ForwardReverse(), viewport=PHONE, has_touch=True, is_mobile=True)
    knob = page.locator("figure").nth(1).locator(".point.q")
    knob.scroll_into_view_if_needed()
    before = page.evaluate("scrollY")
    box = knob.locator(".grip").bounding_box()
    swipe(page, box["x"] + 8, box["y"] + 8, -60)
    assert state_of(page)[-1] > 1.5
    assert page.evaluate("scrollY") == before


@pytest.mark.parametrize(
    ("slider", "key", "value"),
    [
        ("Place of mode 1", "ArrowRight", -2.95),
        ("Place of mode 2", "End", 5),
        ("Weight of mode 1; the others keep their proportions", "PageUp", 0.6),
        ("Width of mode 2", "Home", 0.5),
        ("Mean of Q", "Shift+ArrowRight", 1),
        ("Width of Q", "ArrowUp", 1.05),
    ],
)
def test_every_number_of_a_mixture_is_a_slider(open_page, slider, key, value):
    page = open_page(ForwardReverse())
    handle = page.get_by_role("slider", name=slider, exact=True)
    handle.focus()
    ring = handle.locator(".ring")
    page.keyboard.press(key)
    settle(page)
    assert float(handle.get_attribute("aria-valuenow")) == pytest.approx(value)
    stroke = ring.evaluate("ring => getComputedStyle(ring).stroke")
    assert stroke == rgb(THEMES["light"]["focus"])
    assert page.evaluate("scrollY") == 0


@pytest.mark.parametrize(
    ("mean", "cost", "end"),
    [
        (0.5, "reverse", (0, 2.74377)),
        (1, "reverse", (2.98431, 1.02337)),
        (1, "forward", (0, 3.16228)),
    ],
)
def test_with_reduced_motion_a_descent_jumps_to_its_minimum(open_page, mean, cost, end):
    explorer = ForwardReverse(mean=mean, cost=cost)
    page = open_page(explorer, reduced_motion="reduce")
    page.get_by_role("button", name="Descend").click()
    assert state_of(page)[-2:] == pytest.approx(end, abs=3e-4)
    assert page.locator(".trail").get_attribute("d").count("L") > 10
    page.get_by_role("slider", name="Mean of Q").press("ArrowLeft")
    settle(page)
    assert page.locator(".trail").get_attribute("d") == ""


def test_a_descent_is_seen_on_its_way_and_can_be_stopped(open_page):
    page = open_page(ForwardReverse(mean=1))
    button = page.locator("button.go")
    button.click()
    page.wait_for_function("document.querySelector('.go').textContent === 'Stop'")
    button.click()
    page.wait_for_function("document.querySelector('.go').textContent.startsWith('Descend')")
    stopped = state_of(page)[-2:]
    browser.frames(page)
    assert state_of(page)[-2:] == stopped != pytest.approx([2.9843, 1.0234], abs=1e-3)
    button.click()
    page.wait_for_function("document.querySelector('.go').textContent === 'Stop'")
    page.wait_for_function("document.querySelector('.go').textContent.startsWith('Descend')")
    assert state_of(page)[-2:] == pytest.approx([2.9843, 1.0234], abs=1e-3)


def test_a_hand_on_q_ends_the_descent(open_page):
    page = open_page(ForwardReverse(mean=1))
    page.locator("button.go").click()
    page.get_by_role("slider", name="Mean of Q").press("Home")
    settle(page)
    assert state_of(page)[-2] == -6
    browser.frames(page)
    assert state_of(page)[-2] == -6


def arrow_end(page, kind):
    """Where an arrow points, in the drawing's units: right and up."""
    d = page.locator(f"path.arrow{kind}").get_attribute("d")
    (x1, y1), (x2, y2) = re.findall(r"([\d.]+) ([\d.]+)", d)[:2]
    return float(x2) - float(x1), float(y1) - float(y2)


@pytest.mark.parametrize("cost", ["forward", "reverse"])
def test_arrows_point_down_the_costs(open_page, cost):
    page = open_page(ForwardReverse(mean=1.5, std=0.8, cost=cost))
    _, by_mean, by_log = reverse_kl(1.5, 0.8, EVEN)
    square = (10 + 1.5**2) / 0.64
    slopes = {"reverse": (by_mean, by_log), "forward": (1.5 / 0.64, 1 - square)}
    other = {"forward": "reverse", "reverse": "forward"}[cost]
    for name, kind in ((cost, ".cost"), (other, ":not(.cost)")):
        by_mean, by_log = slopes[name]
        way = -0.64 * by_mean * UNIT, -by_log / 2 * 206 / math.log(20)
        dx, dy = arrow_end(page, kind)
        assert math.atan2(dy, dx) == pytest.approx(math.atan2(way[1], way[0]), abs=0.03)


def test_the_map_shows_the_cost_that_is_asked_for(open_page):
    page = open_page(ForwardReverse())
    contour = page.locator(".contour").nth(3)
    before = contour.get_attribute("d")
    page.get_by_role("button", name="Map of D(P‖Q)").click()
    settle(page)
    assert contour.get_attribute("d") != before
    assert page.locator("button.go").inner_text() == "Descend D(P‖Q)"
    page.get_by_role("button", name="Reset").click()
    settle(page)
    assert contour.get_attribute("d") == before


@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["wide", "phone"])
def test_nothing_of_a_mixture_is_clipped(open_page, viewport):
    test_nothing_is_clipped_overlaps_or_scrolls_sideways(open_page, viewport, ForwardReverse())


@pytest.mark.parametrize(
    "fact",
    [
        test_each_explorer_keeps_its_presets_reset_and_silence_at_rest,
        test_on_paper_only_what_cannot_be_used_there_is_left_out,
        test_what_is_hidden_from_a_screen_reader_takes_no_focus,
    ],
)
def test_what_holds_for_every_explorer_holds_for_a_mixture(open_page, fact):
    fact(open_page, ForwardReverse)


def test_a_mixture_is_large_enough_for_a_finger(open_page):
    explorer = ForwardReverse([-4, 0, 4])
    test_a_handle_is_large_enough_for_a_finger(open_page, explorer)


def test_a_mixture_in_jupyterlab_draws_writes_and_hears(open_lab):
    test_the_bundle_draws_what_the_page_draws(open_lab, ForwardReverse)
    test_a_view_that_is_closed_listens_no_more(open_lab, ForwardReverse)
    lab = open_lab(ForwardReverse())
    pull(lab, lab.locator("figure").nth(1).locator(".point.q"), UNIT, 0)
    assert lab.evaluate("model.get('mean')") == 1.5
    # A kernel sends three lists one after the other; between them they don't fit.
    lab.evaluate("model.set('modes', [-4, 0, 4])")
    settle(lab)
    lab.evaluate("model.set('weights', [0.2, 0.5, 0.3]), model.set('widths', [1, 1, 1])")
    assert state_of(lab)[:3] == [-4, 0.2, 1]
    assert lab.get_by_role("slider").count() == 11


# ---- the length of a policy update -------------------------------------------------------------


@pytest.fixture
def policy_update(chromium, host):
    """Return a function that computes an update in the browser, as policy.mjs does."""
    context = chromium.new_context()
    page = context.new_page()
    page.goto(f"{host}/static/roles.css")
    yield lambda *given: page.evaluate(
        "(given) => import('/static/policy.mjs').then((m) => m.update(...given))", given
    )
    context.close()


def updated(method, old, advantage, step):
    """The same update in NumPy: the logits' change."""
    old, advantage = np.array(old), np.array(advantage)
    if method == "natural":
        return step * advantage
    change = np.zeros(old.size)
    for _ in range(1 if method == "plain" else 100):
        now = softmax(np.log(old) + change)
        counted = advantage
        if method == "clip":
            live = np.where(advantage > 0, now / old < 1.2, now / old > 0.8)
            counted = live * advantage
        if not (counted.any() and step):
            break
        change = change + step * now * (counted - now @ counted)
    return change


@pytest.mark.parametrize("method", ["plain", "natural", "clip"])
def test_a_policy_update_agrees_with_lib(policy_update, method):
    rng = np.random.default_rng(16)
    cases = [([0.25] * 4, [2, 1, -1, -2], step) for step in (0, 0.1, 1, 5)]
    for size in (2, 3, 4):
        for step in (0.3, 2.5):
            old, advantage = rng.dirichlet([1] * size), rng.uniform(-3, 3, size)
            cases.append((old.tolist(), advantage.tolist(), step))
    for old, advantage, step in cases:
        truth = rng.uniform(-3, 3, len(old)).tolist()
        got = policy_update(method, old, advantage, truth, step)
        change = updated(method, old, advantage, step)
        new = softmax(np.log(old) + change)
        ratio = new / old
        credit = old @ ppo_clip_objective(np.log(ratio), advantage, 0.2)
        assert got["now"] == pytest.approx(new.tolist(), rel=1e-9)
        expected = {
            "there": kl_divergence(old, new),
            "back": kl_divergence(new, old),
            "square": change @ (np.diag(old) - np.outer(old, old)) @ change / 2,
            "promise": (new - old) @ advantage,
            "clipped": credit - np.dot(old, advantage),
            "gain": (new - old) @ truth,
            "clipFraction": np.dot(old, np.abs(ratio - 1) > 0.2),
        }
        for name, value in expected.items():
            assert got[name] == pytest.approx(value, rel=1e-9, abs=1e-12), (name, old, step)


def test_an_arm_that_was_never_pulled_stays_so(policy_update):
    for method in ("plain", "natural", "clip"):
        got = policy_update(method, [0.5, 0.5, 0], [1, -1, 3], [0, 0, 0], 2)
        assert got["now"][2] == 0
        assert math.isfinite(got["there"])


def update_lines(page):
    settle(page)
    return [" ".join(line.split()) for line in page.locator(".formula").all_inner_texts()]


def test_the_clipped_update_of_the_chapter_is_written_out(open_page):
    page = open_page(StepSize())
    page.get_by_role("button", name="clip, step 5", exact=True).click()
    assert update_lines(page) == [
        "step η = 5.00",
        "D(old‖new) = 1.2435 nats",
        "D(new‖old) = 0.5980 nats",
        "½ δᵀFδ = 1.8882 nats",
        "promised = +1.3263",
        "clipped = +.3000",
        "truly gained = +1.3263",
        "clip fraction = 1.00",
    ]
    assert read(page)[2] == (".384", ".589", ".02", ".006")


def test_the_step_follows_the_hand_and_the_keys(open_page):
    page = open_page(StepSize())
    slider = page.get_by_role("slider", name="Length of the update")
    box = slider.locator(".reach").bounding_box()
    scale = page.locator("svg").nth(1).bounding_box()["width"] / 320
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 0.3 * 290 * scale, y + 5, steps=5)
    page.mouse.up()
    assert update_lines(page)[0] == "step η = 5.00"
    slider.focus()
    for key, value in (
        ("ArrowRight", "5.10"), ("Shift+ArrowLeft", "4.10"), ("End", "10.00"), ("Home", "0.00"),
    ):  # fmt: skip
        page.keyboard.press(key)
        assert update_lines(page)[0] == f"step η = {value}"
    assert update_lines(page)[1] == "D(old‖new) = 0.0000 nats"
    stroke = slider.locator(".ring").evaluate("ring => getComputedStyle(ring).stroke")
    assert stroke == rgb(THEMES["light"]["focus"])


def test_the_arms_follow_the_hand_and_the_keys(open_page):
    page = open_page(StepSize(advantage=[2, 1, -1, -2]))
    drag(page, 0, 0.2)
    # their panel is 128 high and not 188
    moved = 0.25 + round(0.2 * PLOT_HEIGHT / 128, 2)
    assert float(read(page)[1][0]) == pytest.approx(moved, abs=0.011)
    slider = page.get_by_role("slider", name="Estimated advantage of arm 3")
    slider.focus()
    for key in ("ArrowUp", "PageUp"):
        page.keyboard.press(key)
    assert read(page)[4] == ("+2.0", "+1.0", "−.4", "−2.0")
    assert slider.get_attribute("aria-valuenow") == "-0.4"
    page.keyboard.press("Home")
    assert read(page)[4][2] == "−3.0"


def test_another_method_keeps_the_step_within_reach(open_page):
    page = open_page(StepSize(step=8))
    page.get_by_role("button", name="natural gradient", exact=True).click()
    assert update_lines(page)[0] == "step η = 2.50"
    slider = page.get_by_role("slider", name="Length of the update")
    assert slider.get_attribute("aria-valuemax") == "2.5"
    pressed = page.locator(".letters [aria-pressed=true]").all_inner_texts()
    assert pressed == ["natural gradient"]
    new = softmax(2.5 * np.array([1, 1, 1.5, -2]))
    assert update_lines(page)[1] == f"D(old‖new) = {kl_divergence([0.25] * 4, new):.4f} nats"


@pytest.mark.parametrize("method", ["plain", "natural", "clip"])
def test_a_curve_stands_where_its_number_says(open_page, method):
    advantage = [2, 1, -1, -2]
    page = open_page(StepSize(advantage=advantage, method=method, step=2.5))
    settle(page)
    path = page.locator("figure path.curve.cost").get_attribute("d")
    longest = 2.5 if method == "natural" else 10
    points = np.array(re.findall(r"([\d.]+) ([\d.]+)", path), float)
    for x, y in points[::7]:
        step = (x - 26) / 290 * longest
        new = softmax(updated(method, [0.25] * 4, advantage, step))
        nats = (150 - y) / 128 * 3
        # a step is known to a tenth of a unit of the drawing; at a jump of the clip it matters
        if method != "clip":
            assert nats == pytest.approx(kl_divergence([0.25] * 4, new), abs=0.01)
    place = page.locator("figure .dot.cost").get_attribute("transform")
    y = float(re.findall(r"[\d.]+", place)[1])
    shown = float(update_lines(page)[1].split()[2])
    assert y == pytest.approx(150 - shown / 3 * 128, abs=0.02) or shown > 3


@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["wide", "phone"])
def test_nothing_of_the_update_is_clipped(open_page, viewport):
    crowded = StepSize([0.97, 0.01, 0.01, 0.01], [3, -3, 3, -3], [-3, 3, 3, -3], LONG[:4], step=10)
    for explorer in (StepSize(), crowded):
        test_nothing_is_clipped_overlaps_or_scrolls_sideways(open_page, viewport, explorer)


@pytest.mark.parametrize(
    "shared",
    [
        test_each_explorer_keeps_its_presets_reset_and_silence_at_rest,
        test_on_paper_only_what_cannot_be_used_there_is_left_out,
        test_what_is_hidden_from_a_screen_reader_takes_no_focus,
    ],
)
def test_step_size_does_in_a_browser_what_all_do(open_page, shared):
    shared(open_page, StepSize)


def test_the_arms_and_the_step_are_large_enough_for_a_finger(open_page):
    test_a_handle_is_large_enough_for_a_finger(open_page, StepSize())


def test_step_size_in_jupyter_draws_the_same_and_writes_to_its_model(open_lab):
    test_the_bundle_draws_what_the_page_draws(open_lab, StepSize)
    lab = open_lab(StepSize())
    lab.get_by_role("slider", name="Length of the update").press("ArrowRight")
    assert lab.evaluate("model.get('step')") == 2.1
    lab.evaluate("model.set('method', 'clip')")
    settle(lab)
    assert lab.locator(".letters [aria-pressed=true]").all_inner_texts() == ["clip, repeated"]


# ---- the latent plane --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def decoder(chromium, folder, host):
    """Return a function that calls one of decoder.mjs on an explorer's decoder."""
    context = chromium.new_context()
    page = context.new_page()
    page.goto(f"{host}/static/roles.css")

    def call(name, explorer, *arguments):
        return page.evaluate(
            """([name, decoder, image, given]) => import("/static/decoder.mjs").then((m) => {
                const ready = m.unpackDecoder(decoder);
                const pixels = m.pixelsOf(image);
                if (name === "twoBills") return m.twoBills(ready, pixels, given[0]);
                const pmf = m.decodedAt(ready, given[0]);
                if (name === "decodedAt") return Array.from(pmf);
                return name === "drawn" ? m.drawn(pmf, given[1]) : m.imagePrice(pmf, pixels);
            })""",
            [name, explorer.decoder, explorer.images[explorer.chosen], arguments],
        )

    yield call
    context.close()


PLACES = [[0, 0], [1.5, -0.3], [-2.9, 2.9], [0.01, -3]]


@pytest.mark.parametrize("activation", ["tanh", "relu"])
@pytest.mark.parametrize("z", PLACES, ids=str)
def test_the_page_decodes_as_numpy_does(decoder, activation, z):
    model, explorer = PlaneModel(activation), latent_plane(activation, chosen=3)
    wanted = model.log_prices(z)[0]
    # 16 bits a weight: 1e-4 of the largest, and 40 of them add up
    ours = np.reshape(decoder("decodedAt", explorer, z), (64, 17))
    np.testing.assert_allclose(np.log(ours), wanted, atol=5e-3)
    np.testing.assert_allclose(ours.sum(axis=1), 1, rtol=1e-12)
    price = -wanted[np.arange(64), model.images[3]].sum()
    assert decoder("imagePrice", explorer, z) == pytest.approx(price, abs=0.05)
    mean = np.exp(wanted) @ np.arange(17)
    np.testing.assert_allclose(decoder("drawn", explorer, z, "mean"), mean, atol=0.05)
    mode = np.array(decoder("drawn", explorer, z, "mode"))
    np.testing.assert_allclose(
        wanted[np.arange(64), mode], wanted.max(axis=1), atol=0.01
    )  # a tie within the rounding may go either way


@pytest.mark.parametrize("chosen", [0, 17, 39])
def test_the_page_prices_an_image_as_draws_do(decoder, chosen):
    model, explorer = PlaneModel(), latent_plane(chosen=chosen)
    bill = decoder("twoBills", explorer, explorer.posterior[chosen])
    mean, std = model.means[chosen], np.exp(model.log_std[chosen])
    kl = ((mean**2 + std**2 - 1) / 2 - np.log(std)).sum()
    assert bill["kl"] == pytest.approx(kl, abs=1e-3)
    z = mean + std * np.random.default_rng(0).standard_normal((20_000, 2))
    drawn = -model.log_prices(z)[:, np.arange(64), model.images[chosen]].sum(axis=1)
    allowed = 5 * drawn.std() / np.sqrt(len(z)) + 0.05
    assert bill["reconstruction"] == pytest.approx(drawn.mean(), abs=allowed)


def plane_state(page):
    settle(page)
    sliders = page.get_by_role("slider")
    return [float(sliders.nth(i).get_attribute("aria-valuenow")) for i in range(3)]


def test_the_point_follows_the_mouse_and_stays_on_the_plane(open_page):
    page = open_page(latent_plane())
    box = page.locator(".point .reach").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    unit = page.locator(".explorer .ground").first.bounding_box()["width"] / (
        2 * latent_plane().reach
    )
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + unit, y - 0.5 * unit, steps=5)
    assert plane_state(page)[:2] == pytest.approx([1, 0.5], abs=0.03)
    page.mouse.move(x + 99 * unit, y - unit, steps=5)
    page.mouse.up()
    assert plane_state(page)[0] == latent_plane().reach


def test_keys_move_the_point_and_choose_the_image(open_page):
    page = open_page(latent_plane())
    order = [one.get_attribute("aria-label") for one in page.get_by_role("slider").all()]
    assert order == ["z₁, across", "z₂, up", "The chosen image"]
    page.get_by_role("slider").nth(0).focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("PageUp")
    assert plane_state(page) == [0.05, -0.5, 10]
    assert page.evaluate("scrollY") == 0
    assert page.locator(".note").inner_text().startswith("Image 11 of 40")


def test_a_press_on_an_image_shows_its_ellipse_and_its_bill(open_page):
    explorer = latent_plane()
    page = open_page(explorer)
    before = page.locator(".readout").text_content()
    far = int(np.argmax(np.linalg.norm(PlaneModel().means, axis=1)))  # nothing lies over it
    page.locator(".glyph:not(.chosen)").nth(far).click()
    assert plane_state(page)[2] == far
    assert page.locator(".readout").text_content() != before
    unit = 278 / (2 * explorer.reach)
    spread = page.locator(".spread")
    wanted = [2 * explorer.posterior[far][2 + axis] * unit for axis in (0, 1)]
    drawn = [float(spread.get_attribute(name)) for name in ("rx", "ry")]
    assert drawn == pytest.approx(wanted, abs=0.01)
    kl = page.locator(".formula .cost").first.inner_text()
    mean, std = np.split(np.array(explorer.posterior[far]), 2)
    assert float(kl) == pytest.approx(((mean**2 + std**2 - 1) / 2 - np.log(std)).sum(), abs=0.006)


def test_a_finger_drags_the_point_of_the_plane(open_page):
    page = open_page(latent_plane(), viewport=PHONE, has_touch=True, is_mobile=True)
    box = page.locator(".point .reach").bounding_box()
    swipe(page, box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, -40)
    assert plane_state(page)[1] > 0.5
    assert page.evaluate("scrollY") == 0


@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["wide", "phone"])
def test_nothing_of_the_plane_is_clipped_and_its_handles_are_large_enough(open_page, viewport):
    page = open_page(latent_plane(), viewport=viewport)
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
    for reach in page.locator(".reach").all():
        box = reach.bounding_box()
        assert min(box["width"], box["height"]) >= 24
    for cell in page.locator(".formula .live").all():
        assert cell.evaluate("cell => cell.scrollWidth <= cell.clientWidth + 1")


def test_the_plane_keeps_the_rules_of_every_explorer(open_page, open_lab):
    test_each_explorer_keeps_its_presets_reset_and_silence_at_rest(open_page, latent_plane)
    test_on_paper_only_what_cannot_be_used_there_is_left_out(open_page, latent_plane)
    test_what_is_hidden_from_a_screen_reader_takes_no_focus(open_page, latent_plane)
    test_the_bundle_draws_what_the_page_draws(open_lab, latent_plane)
    test_a_view_that_is_closed_listens_no_more(open_lab, latent_plane)
