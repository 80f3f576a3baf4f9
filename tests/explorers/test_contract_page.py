"""What every explorer owes to a reader, asked in Chromium: layout, hand, keys, looks, Jupyter.

The explorers are those that the package finds. What is said of one alone stands in its own file;
test_engines.py asks Firefox and WebKit too.
"""

import io
import re

import pytest
from PIL import Image

import explorers
from tests import browser
from tests.explorers.page import (
    FOCUS,
    KINDS,
    PHONE,
    THEMES,
    WIDE,
    busy,
    file_of,
    middle_of,
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
    for (const node of document.querySelectorAll(":is(table, .formula, .soft) .live")) {
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


STOPS = "button, [tabindex='0'], input, textarea, select, a"


@each
def test_the_tab_key_stops_at_every_control_and_one_sees_where(open_page, kind):
    page = open_page(kind.example(), own=True)
    stops = page.locator(".explorer").locator(STOPS).count()
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


# ---- without a drag (WCAG 2.2, 2.5.7) --------------------------------------------------------


def number_of(text):
    return float(text.replace("−", "-"))


def press(page, node, hand):
    node.scroll_into_view_if_needed()
    hand.tap(*middle_of(node)) if page.viewport_size == PHONE else hand.click(*middle_of(node))


def begin(page, slider, hand=None):
    """Open the field of a slider, by the Enter key or with a hand; return it and what it allows."""
    if hand:
        press(page, slider.locator(".knob, .reach").first, hand)
    else:
        slider.press("Enter")
    field = page.locator(".field input")
    name, *limits = re.fullmatch(
        r"(.*), (\S+) to (\S+)", field.get_attribute("aria-label")
    ).groups()
    assert slider.get_attribute("aria-label").split(";")[0] == name
    return field, *map(number_of, limits)


def far_value(slider, least, most):
    """A value that is allowed, far from where the slider stands."""
    low, now, high = ends(slider)
    share = 0.25 if 2 * now > low + high else 0.75
    return round(least + share * (most - least), 0 if high - low > 5 else 3)


@each
def test_a_number_is_pressed_and_typed_and_what_makes_no_sense_says_what_would(open_page, kind):
    page = open_page(busy(kind))
    said = page.locator("[aria-live=polite]")
    for number, slider in enumerate(page.get_by_role("slider").all()):
        for hand in (page.mouse, None)[: 2 - bool(number)]:  # the keys are the same for all
            field, least, most = begin(page, slider, hand)
            before, value = ends(slider), far_value(slider, least, most)
            for wrong in ("garbage", f"{most + 1}", f"{least - 1}") if hand else (".2 .3",):
                field.fill(wrong)
                field.press("Enter")
                assert re.search(r": give a (whole )?number from \S+ to \S+\.$", said.inner_text())
                assert page.locator(".field").inner_text().startswith("give a "), wrong
            field.press("Escape")
            assert (page.locator(".field").count(), ends(slider)) == (0, before)
            assert slider.evaluate("one => one === document.activeElement")
            field, *_ = begin(page, slider, hand)
            field.fill(str(value).replace("-", "−"))
            field.press("Enter")
            settle(page)
            assert ends(slider)[1] - before[0] == pytest.approx(value - least, abs=1e-3)
            assert (page.locator(".field").count(), ends(slider)[::2]) == (0, before[::2])


@each
def test_a_finger_types_and_presses_where_it_should_go(open_page, kind):
    page = open_page(busy(kind), viewport=PHONE, has_touch=True, is_mobile=True)
    readout, before = page.locator(".readout"), None
    for slider in page.get_by_role("slider").all():
        field, *allowed = begin(page, slider, page.touchscreen)
        assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
        box = field.bounding_box()
        assert box["height"] >= 24
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= PHONE["width"]
        assert field.evaluate("field => parseFloat(getComputedStyle(field).fontSize)") >= 16
        minus = "text" if allowed[0] < 0 else "decimal"  # a pad of digits has no minus
        assert field.get_attribute("inputmode") == minus
        value = far_value(slider, *allowed)
        field.fill(str(value))
        press(page, page.locator(".prompt"), page.touchscreen)  # to leave the field sets it
        settle(page)
        assert ends(slider)[1] - ends(slider)[0] == pytest.approx(value - allowed[0], abs=1e-3)
        if before is None:
            before = ends(slider)
            field, *_ = begin(page, slider, page.touchscreen)
            field.fill("garbage")
            press(page, page.locator(".prompt"), page.touchscreen)
            assert page.locator(".field").inner_text().startswith("give a ")
            assert ends(slider) == before
    tracks = page.locator(".track").all()
    assert len(tracks) == file_of(kind).HAND.tracks
    for track in tracks:
        page.locator(".reset").click()
        settle(page)
        before = readout.text_content()
        track.scroll_into_view_if_needed()
        spots = track.evaluate(BARE)
        assert spots, "something lies over the whole of it"
        page.touchscreen.tap(*spots)
        settle(page)
        assert readout.text_content() != before, track.evaluate("one => one.outerHTML.slice(0, 90)")


# A place of an area that nothing lies over, far from its middle.
BARE = """(track) => {
    const { left, right, top, bottom } = track.getBoundingClientRect();
    const shares = [0.12, 0.88, 0.2, 0.8, 0.3, 0.7, 0.4, 0.6];
    const spots = shares.flatMap((x) => shares.map((y) =>
        [left + x * (right - left), top + y * (bottom - top)]));
    return spots.find((spot) => track.contains(document.elementFromPoint(...spot)));
}"""


@each
def test_all_that_a_drag_sets_is_set_without_one(open_lab, kind):
    page = open_lab(busy(kind))
    names = "() => Object.keys(calls.listeners).map((name) => name.replace('change:', ''))"
    state = f"() => Object.fromEntries(({names})().map((name) => [name, model.get(name)]))"

    def set_by(act):
        before = page.evaluate(state)
        act()
        settle(page)
        after = page.evaluate(state)
        page.locator(".reset").click()
        settle(page)
        return {name for name in after if after[name] != before[name]}

    def drag(handle):
        x, y = middle_of(handle.locator(".knob, .reach").first)
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + 24, y - 15, steps=3)
        page.mouse.up()

    def type_in(slider):
        field, least, most = begin(page, slider)
        field.fill(str(far_value(slider, least, most)))
        field.press("Enter")

    dragged = [set_by(lambda one=one: drag(one)) for one in page.locator(".handle").all()]
    typed = [set_by(lambda one=one: type_in(one)) for one in page.get_by_role("slider").all()]
    assert all(dragged)
    assert set().union(*dragged) <= set().union(*typed)


CAPTIONS = """() => [...document.querySelectorAll("figure")]
    .filter((figure) => figure.querySelector(".handle, [role=button]"))
    .map((figure) => figure.querySelector("figcaption").textContent)"""


@each
def test_a_figure_for_the_hand_says_first_what_the_hand_does(open_page, kind):
    page = open_page(busy(kind))
    captions = page.evaluate(CAPTIONS)
    assert captions
    for caption in captions:
        assert caption.split()[0] in {"Drag", "Press"}, caption
    for number in page.locator(":is(.handle, .typed) .number:not(.symbol), .live.typed").all():
        assert number.evaluate("number => getComputedStyle(number).cursor") == "text"


# ---- the looks -----------------------------------------------------------------------------

# What a text in a drawing may be: test_colours.py computes that these are readable.
READABLE = ("p", "q", "cost", "gain", "ink", "ink-soft")
FILLS = """() => [...document.querySelectorAll("figure svg text")]
    .filter((text) => text.textContent && text.checkVisibility({ visibilityProperty: true }))
    .map((text) => [text.textContent, getComputedStyle(text).fill,
        getComputedStyle(text.closest("g:has(rect)")?.querySelector("rect") ?? text).fill])"""


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


# A pixel of each thing that can be pressed, clear of its edge and its text: where it is.
PIXELS = """() => [...document.querySelectorAll(".explorer [aria-pressed]")].map((one) => {
    const { left, top, height } = (one.querySelector(".tile") ?? one).getBoundingClientRect();
    return [one.getAttribute("aria-pressed"), left + 8 + scrollX, top + height / 2 + scrollY];
})"""


@each
def test_where_the_system_sets_the_colours_one_sees_what_is_pressed(open_page, kind):
    page = open_page(kind.example(), forced_colors="active")
    page.locator(".chip").last.click()
    page.mouse.move(1, 1)
    settle(page)
    picture = Image.open(io.BytesIO(page.screenshot(full_page=True))).convert("RGB")
    looks = {"true": set(), "false": set()}
    for pressed, x, y in page.evaluate(PIXELS):
        looks[pressed].add(picture.getpixel((round(x), round(y))))
    assert looks["true"]
    assert not looks["true"] & looks["false"]


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
