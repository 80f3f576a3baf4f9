"""The explorers in a real browser, on a page without a kernel: arithmetic, hand, keys, looks."""

import itertools
import json
import math
import re
import shutil

import numpy as np
import pytest

from explorers import SurpriseBars
from explorers.base import STATIC
from lib import entropy, surprisal
from tests import browser
from tests.test_explorers import THEMES

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
            page.get_by_role("slider").first.wait_for()
        return page

    open_one.trouble = trouble
    yield open_one
    for context in contexts:
        context.close()
    assert not trouble


def settle(page):
    """Wait until the frame that draws the last change is over."""
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")


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
    assert "log₂ 3 = 1.585 bits" in page.locator(".soft").inner_text()


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


@pytest.mark.parametrize("count", [2, 3, 10])
def test_a_handle_is_large_enough_for_a_finger(open_page, count):
    page = open_page(SurpriseBars([1 / count] * count), viewport=PHONE)
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
    page.clock.install()
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


@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["wide", "phone"])
@pytest.mark.parametrize("explorer", [None, SurpriseBars([0.9, 0.04, 0.03, 0.0299, 0.0001], LONG)])
def test_nothing_is_clipped_overlaps_or_scrolls_sideways(open_page, viewport, explorer):
    page = open_page(explorer, viewport=viewport)
    chips = page.locator(".chip")
    for shown in range(-1, chips.count()):
        if shown >= 0:
            chips.nth(shown).click()
            settle(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
        for kind in (".name", ".number"):
            for picture in page.locator("figure svg").all():
                frame = picture.bounding_box()
                boxes = [text.bounding_box() for text in picture.locator(kind).all()]
                boxes = sorted((b["x"], b["width"]) for b in boxes if b and b["width"])
                for (x, width), (following, _) in itertools.pairwise(boxes):
                    assert x + width <= following + 0.5
                if boxes:
                    assert boxes[0][0] >= frame["x"] - 0.5
                    assert sum(boxes[-1]) <= frame["x"] + frame["width"] + 0.5
        for cell in page.locator("table .live, .formula .live").all():
            assert cell.evaluate("cell => cell.scrollWidth <= cell.clientWidth + 1")
            assert cell.evaluate("cell => cell.scrollHeight <= cell.clientHeight + 2")


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
def lab(open_page):
    """Open the bundle as JupyterLab does, next to nothing else."""
    explorer = SurpriseBars()
    page = open_page(explorer)
    published = page.locator(".explorer").inner_html()
    state = {"p": explorer.p, "labels": explorer.labels, "unit": explorer.unit}
    state |= {"presets": explorer.presets, "prompt": explorer.prompt}
    page.evaluate(IN_LAB, {"esm": explorer._esm, "state": state})
    page.get_by_role("slider").first.wait_for()
    page.published = published
    return page


def test_the_bundle_draws_what_the_page_draws(lab):
    assert lab.locator(".explorer").inner_html() == lab.published


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
            watch.observe(document.querySelector(".formula .live").firstChild,
                { characterData: true });
            for (let i = 1; i < 50; i += 1) model.set("p", [i / 50, 1 - i / 50, 0]);
            await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
            return drawn;
        }"""
    )
    assert drawn == 1


def test_a_view_that_is_closed_listens_no_more(lab):
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
    page.wait_for_timeout(300)
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
