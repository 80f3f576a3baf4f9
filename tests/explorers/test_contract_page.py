"""What every explorer owes to a reader, asked in Chromium: layout, hand, keys, looks, Jupyter.

The explorers are those that the package finds. What is said of one alone stands in its own file;
test_engines.py asks Firefox and WebKit too.
"""

import pytest

import explorers
from tests import browser
from tests.explorers.page import (
    FOCUS,
    KINDS,
    PHONE,
    THEMES,
    WIDE,
    rgb,
    settle,
    states_of,
    stop_the_clock,
)
from tests.theme.test_access import violations

each = pytest.mark.parametrize("kind", KINDS, ids=explorers.__all__)
each_state = pytest.mark.parametrize(
    "explorer",
    [
        pytest.param(explorer, id=f"{kind.__name__}-{name}")
        for kind in KINDS
        for name, explorer in states_of(kind).items()
    ],
)
each_width = pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["wide", "phone"])


# ---- the layout ----------------------------------------------------------------------------


# What is wrong with the picture as it stands, as a list of sentences.
OFFENCES = """(room) => {
    const bad = [];
    if (document.documentElement.scrollWidth > room) bad.push("the page scrolls sideways");
    const boxes = (picture, kind) => [...picture.querySelectorAll(kind)]
        .filter((text) => text.textContent && text.checkVisibility({ visibilityProperty: true }))
        .map((text) => {
            const { left, right, top, height } = text.getBoundingClientRect();
            const name = `“${text.textContent}”`;
            return { left, right, top: top + height * 0.15, bottom: top + height * 0.85, name };
        });
    const common = (one, other, start, end) =>
        Math.min(one[end], other[end]) - Math.max(one[start], other[start]) > 0.5;
    for (const picture of document.querySelectorAll("figure svg")) {
        const frame = picture.getBoundingClientRect();
        // A point's letter and a contour's number may lie under what is dragged over them.
        for (const kind of [".name", ".number:not(.symbol, .level-name)", ".level text"]) {
            boxes(picture, kind).forEach((one, i, all) => all.slice(i + 1).forEach((other) => {
                if (common(one, other, "left", "right") && common(one, other, "top", "bottom")) {
                    bad.push(`${one.name} overlaps ${other.name}`);
                }
            }));
        }
        for (const { left, right, name } of boxes(picture, "text")) {
            if (left < frame.left - 0.5 || right > frame.right + 0.5) {
                bad.push(`${name} is cut at ${left}, ${right} by ${frame.left}, ${frame.right}`);
            }
        }
    }
    for (const node of document.querySelectorAll(":is(table, .formula) .live")) {
        const { scrollWidth, clientWidth, scrollHeight, clientHeight, textContent } = node;
        if (scrollWidth > clientWidth + 1) bad.push(`“${textContent}” is wider than its place`);
        if (scrollHeight > clientHeight + 2) bad.push(`“${textContent}” is higher than its place`);
    }
    for (const { scrollWidth, clientWidth, textContent } of
        document.querySelectorAll(".formula, .note, .soft")) {
        if (scrollWidth > clientWidth + 1) bad.push(`“${textContent}” is wider than its line`);
    }
    return bad;
}"""
TOO_SMALL = """() => {
    const size = (node) => node.getBoundingClientRect();
    const reaches = [...document.querySelectorAll(".reach")];
    const buttons = [...document.querySelectorAll("button, [role=button]")];
    return [reaches.length, [
        ...reaches.filter((one) => Math.min(size(one).width, size(one).height) < 24),
        ...buttons.filter((one) => size(one).height < 24),
    ].map((one) => (one.closest("[aria-label]") ?? one).outerHTML.slice(0, 90))];
}"""


@each_width
@each_state
def test_nothing_is_clipped_overlaps_or_scrolls_sideways(open_page, viewport, explorer):
    page = open_page(explorer, viewport=viewport)
    assert page.evaluate(OFFENCES, viewport["width"]) == []
    for chip in page.locator(".chip").all():
        chip.click()
        settle(page)
        assert page.evaluate(OFFENCES, viewport["width"]) == [], chip.text_content()


@each_state
def test_a_handle_is_large_enough_for_a_finger(open_page, explorer):
    reaches, too_small = open_page(explorer, viewport=PHONE).evaluate(TOO_SMALL)
    assert reaches > 0
    assert too_small == []


@each
def test_on_paper_only_what_cannot_be_used_there_is_left_out(open_page, kind):
    page = open_page(kind.example())
    page.emulate_media(media="print")
    for gone in page.locator(".controls, .letters, .prompt, svg .vertical .grip").all():
        assert not gone.is_visible()
    for kept in page.locator("figure, .formula, table, .point .grip, .pointer .grip").all():
        assert kept.is_visible()


# ---- hand, keys, screen reader -------------------------------------------------------------


@each
def test_presets_and_reset_set_everything_and_are_silent_until_rest(open_page, kind):
    explorer = kind.example()
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


@each
def test_what_is_hidden_from_a_screen_reader_takes_no_focus(open_page, kind):
    page = open_page(kind.example())
    assert page.locator("[aria-hidden=true] [tabindex], [role=img] [tabindex]").count() == 0
    for one in page.locator("[role=slider], svg [role=button]").all():
        assert one.get_attribute("aria-label")
        assert one.get_attribute("tabindex") in {"0", "-1"}


def ends(slider):
    return [float(slider.get_attribute(f"aria-value{name}")) for name in ("min", "now", "max")]


@each_state
def test_the_keys_bring_every_slider_to_its_ends_and_it_says_so(open_page, explorer):
    page = open_page(explorer)
    for slider in page.get_by_role("slider").all():
        least, now, most = ends(slider)
        assert least <= now <= most
        slider.focus()
        for key, end in (("Home", least), ("End", most)):
            page.keyboard.press(key)
            settle(page)
            assert ends(slider) == [least, end, most], slider.get_attribute("aria-label")
            assert slider.get_attribute("aria-valuetext")
    assert page.evaluate("scrollY") == 0


# The number of the control that has the focus, and whether one sees it there.
FOCUSED = """() => {
    const one = document.activeElement;
    if (!one.closest(".explorer")) return null;
    const ring = one.querySelector(".ring");
    const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(one);
    const outline = outlineStyle === "solid" && parseFloat(outlineWidth) >= 2 ? outlineColor : "";
    return [one.outerHTML.slice(0, 90), ring ? getComputedStyle(ring).stroke : outline];
}"""


@each
def test_the_tab_key_stops_at_every_control_and_one_sees_where(open_page, kind):
    page = open_page(kind.example())
    stops = page.locator(".explorer").locator("button, [tabindex='0'], input, select, a").count()
    for _ in range(stops):
        page.keyboard.press("Tab")
        control, colour = page.evaluate(FOCUSED)
        assert colour == FOCUS, control
    page.keyboard.press("Tab")
    assert page.evaluate(FOCUSED) is None


@each
def test_with_reduced_motion_every_press_has_its_whole_effect_at_once(open_page, kind):
    page = open_page(kind.example(), reduced_motion="reduce")
    readout = page.locator(".readout")
    for button in page.locator(".explorer button:not(.reset)").all():
        page.locator(".reset").click()
        button.click()
        settle(page)
        assert page.evaluate("document.getAnimations().length") == 0
        at_once = readout.text_content()
        browser.frames(page)
        assert readout.text_content() == at_once, button.text_content()


# ---- the looks -----------------------------------------------------------------------------

# What a text in a drawing may be: test_colours.py computes that these are readable.
READABLE = ("p", "q", "cost", "gain", "ink", "ink-soft")
FILLS = """() => [...document.querySelectorAll("figure svg text")]
    .filter((text) => text.textContent && text.checkVisibility({ visibilityProperty: true }))
    .map((text) => [text.textContent, getComputedStyle(text).fill,
        getComputedStyle(text.parentElement.querySelector("rect") ?? text).fill])"""


@pytest.mark.parametrize("theme", THEMES)
@each
def test_all_that_is_written_can_be_read_in_either_theme(open_page, kind, theme):
    for explorer in (kind.example(), kind.crowded()):
        page = open_page(explorer, color_scheme=theme)
        colour = {name: rgb(value) for name, value in THEMES[theme].items()}
        ground = "getComputedStyle(document.querySelector('.explorer')).backgroundColor"
        assert page.evaluate(ground) == colour["card"]
        readable = {colour[name] for name in READABLE}
        for text, fill, behind in page.evaluate(FILLS):
            reversed_out = (fill, behind) == (colour["card"], colour["ink"])
            assert fill in readable or reversed_out, (text, fill)
        assert violations(page, ["color-contrast"]) == []


# ---- the same module in Jupyter ------------------------------------------------------------


@each_state
def test_the_bundle_draws_what_the_page_draws(open_lab, explorer):
    lab = open_lab(explorer)
    assert lab.locator(".explorer").inner_html() == lab.published


@each
def test_the_bundle_writes_to_its_model_and_hears_it(open_lab, kind):
    explorer = kind.example()
    lab = open_lab(explorer)
    readout = lab.locator(".readout")
    before = readout.text_content()
    state = "(names) => Object.fromEntries(names.map((name) => [name, model.get(name)]))"
    names = sorted({name for preset in explorer.presets for name in preset} - {"name"})
    first = lab.evaluate(state, names)
    lab.locator(".chip[aria-pressed=false]").last.click()
    settle(lab)
    assert lab.evaluate(state, names) != first
    assert readout.text_content() != before
    assert lab.evaluate("calls.saved > 0 && calls.saved <= calls.set")
    # As a cell does, which sets one trait after the other.
    lab.evaluate(
        "(state) => { for (const [name, value] of Object.entries(state)) model.set(name, value); }",
        first,
    )
    settle(lab)
    assert readout.text_content() == before
    lab.evaluate("model.set('prompt', 'is it more?')")
    assert lab.locator(".prompt").inner_text() == "Guess first: is it more?"
    lab.evaluate("model.set('presets', [{ ...model.get('presets')[0], name: 'the only one' }])")
    assert lab.locator(".chip").all_inner_texts() == ["the only one"]


@each
def test_a_view_that_is_closed_listens_no_more(open_lab, kind):
    lab = open_lab(kind.example())
    assert lab.evaluate("Object.values(calls.listeners).some((set) => set.size > 0)")
    lab.evaluate("stop()")
    assert lab.evaluate("Object.values(calls.listeners).every((set) => set.size === 0)")


@each
def test_the_keys_are_kept_from_jupyterlab(open_lab, kind):
    lab = open_lab(kind.example())
    assert lab.locator(".explorer[data-lm-suppress-shortcuts=true]").count() == 1
