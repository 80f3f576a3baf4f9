"""Every page is for everyone: axe-core finds nothing, and the keys reach all that works."""

from pathlib import Path

import axe_playwright_python
import pytest

from tests.explorers.test_colours import contrast
from tests.theme.test_site import (
    CHAPTERS,
    EVERYWHERE,
    OPEN_FOLDS,
    PAGES,
    PHONE,
    SCHEMES,
    WIDE,
    one_each,
    told,
)

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text("utf-8")
READABLE = 4.5  # the contrast of text, by WCAG 2.2, 1.4.3
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
RESULTS = "search.html?q=telegrams"
FIND_VIOLATIONS = """async (tags) => {
    // What a formula looks like is hidden from screen readers; its MathML is not, and is judged.
    const page = { include: document, exclude: [".katex-html"] };
    const { violations } = await axe.run(page, { runOnly: tags, resultTypes: ["violations"] });
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map((n) => n.failureSummary + " "
        + n.html.slice(0, 200)).slice(0, 3).join("; ")}`);
}"""
# The colours in which code is written, each with the ground behind it, as #rrggbb.
CODE_COLOURS = """() => {
    const two = (number) => Number(number).toString(16).padStart(2, "0");
    const hex = (rgb) => "#" + rgb.match(/[0-9]+/g).map(two).join("");
    const style = (element) => getComputedStyle(element);
    const found = new Set();
    for (const word of document.querySelectorAll(".highlight pre, .highlight pre span")) {
        if (![...word.childNodes].some((n) => n.nodeType === 3 && n.data.trim())) continue;
        let behind = word;
        while (style(behind).backgroundColor === "rgba(0, 0, 0, 0)") behind = behind.parentElement;
        found.add(hex(style(word).color) + hex(style(behind).backgroundColor));
    }
    return [...found].map((pair) => [pair.slice(0, 7), pair.slice(7)]);
}"""
# axe needs more time for thousands of coloured words of code, and of letters of formulas, which it
# is told to leave out, than for all else. What is left takes as much room.
WITHOUT_DETAIL = """() => {
    for (const code of document.querySelectorAll(".highlight pre")) {
        code.textContent = code.textContent;
    }
    const parts = [...document.querySelectorAll(".katex-html > .base")];
    const widths = parts.map((part) => part.getBoundingClientRect().width);
    for (const [i, part] of parts.entries()) {
        part.replaceChildren(...part.querySelectorAll(":scope > .strut"));
        part.style.width = `${widths[i]}px`;
    }
}"""
# What the keys should reach, each with a number to know it by. Tab reaches one of a group of radio
# buttons, and the arrow keys the others: together they are one stop.
NUMBER_STOPS = """() => {
    const all = document.querySelectorAll("a[href], button, input, select, summary, [tabindex]");
    const stops = [...all].filter((e) => e.tabIndex >= 0 && !e.disabled && e.checkVisibility());
    const groupOf = (e) => (e.type === "radio" ? [...document.getElementsByName(e.name)] : [e]);
    const groups = stops.filter((e) => groupOf(e)[0] === e).map(groupOf);
    return groups.map((group, i) => {
        for (const element of group) element.dataset.stop = i;
        return group[0].outerHTML.slice(0, 120);
    });
}"""
# Where the focus is, and whether one sees it, or null where it has left the page.
LOOK_AT_FOCUS = """() => {
    const element = document.activeElement;
    if (element === document.body) return null;
    const box = [...element.getClientRects()].find((r) => r.width * r.height) ??
        element.getBoundingClientRect();
    const x = box.x + box.width / 2;
    // Of something taller than the window, the part that is in the window.
    const y = (Math.max(box.top, 0) + Math.min(box.bottom, innerHeight)) / 2;
    const hit = document.elementFromPoint(x, y);
    const { outlineStyle, outlineWidth } = getComputedStyle(element);
    const ring = element.querySelector?.(".ring");
    const over = (node) => node?.closest(".bar, .contents, .skip") ?? null;
    return {
        stop: element.dataset.stop ?? null,
        html: element.outerHTML.slice(0, 120),
        marked: (outlineStyle !== "none" && parseFloat(outlineWidth) >= 2)
            || (ring && getComputedStyle(ring).stroke !== "none"),
        opaque: getComputedStyle(element).opacity > 0.9,
        uncovered: hit !== null && over(hit) === over(element),
        inText: Boolean(element.closest("main, .foot")),
    };
}"""

# Looks whenever a key comes up: the focus has moved by then, and the page has scrolled to it.
NOTE_LOOKS = f"""() => {{
    window.looks = [];
    addEventListener("keyup", () => looks.push(({LOOK_AT_FOCUS})()));
}}"""


def violations(page, standards=(*STANDARDS, "best-practice")):
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    return page.evaluate(FIND_VIOLATIONS, standards)


@pytest.mark.parametrize(
    ("name", "viewport", "scheme"),
    one_each([RESULTS, *EVERYWHERE], [WIDE, PHONE], SCHEMES),
    ids=told,
)
def test_axe_finds_no_violation(open_page, name, viewport, scheme):
    page = open_page(name, viewport, color_scheme=scheme)
    if name == RESULTS:
        page.wait_for_selector("ul.search .highlighted")
    page.evaluate(OPEN_FOLDS)
    assert not [pair for pair in page.evaluate(CODE_COLOURS) if contrast(*pair) < READABLE]
    page.evaluate(WITHOUT_DETAIL)
    assert not violations(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_violation_in_the_open_contents_of_a_phone(open_page, scheme):
    page = open_page(PAGES[-1], PHONE, color_scheme=scheme)
    page.click(".menu-button")
    assert not violations(page, STANDARDS)  # the text that the contents cover is inert


def test_axe_would_find_a_violation(open_page):
    page = open_page(PAGES[0])
    page.evaluate("document.querySelector('article p').style.color = '#ccc'")
    page.evaluate("document.querySelector('.theme-button').removeAttribute('aria-label')")
    assert {found.split(":")[0] for found in violations(page)} == {"button-name", "color-contrast"}


def test_code_in_a_pale_colour_would_be_found(open_page):
    page = open_page(CHAPTERS[0])
    before = page.evaluate(CODE_COLOURS)
    assert len(before) > 3
    page.evaluate("document.querySelector('.highlight pre span.kn').style.color = '#ccc'")
    (pale,) = [pair for pair in page.evaluate(CODE_COLOURS) if pair not in before]
    assert contrast(*pale) < READABLE < min(contrast(*pair) for pair in before)


def walk(page, key="Tab", limit=2000):
    """Press `key` until the focus has left the page; return what is seen at each stop."""
    page.evaluate(NOTE_LOOKS)
    looks = []
    while None not in looks:
        if len(looks) > limit:
            pytest.fail("the focus does not leave the page")
        for _ in range(25):
            page.keyboard.press(key)
        looks += page.evaluate("looks.splice(0)")
    return looks[: looks.index(None)]


@pytest.mark.parametrize(
    ("name", "viewport", "key"),
    one_each([PAGES[0], RESULTS, PAGES[-1], *CHAPTERS], [WIDE, PHONE], ["Tab", "Shift+Tab"]),
    ids=told,
)
def test_the_keys_reach_everything_and_one_sees_where_they_are(open_page, name, viewport, key):
    page = open_page(name, viewport)
    page.evaluate(OPEN_FOLDS)
    wanted = page.evaluate(NUMBER_STOPS)
    reached = set()
    for look in walk(page, key):
        assert look["marked"], f"focus without a mark: {look['html']}"
        assert look["opaque"], f"focus on something that is not seen: {look['html']}"
        assert look["uncovered"], f"focus below something else or outside: {look['html']}"
        reached.add(look["stop"])
    missed = [html for i, html in enumerate(wanted) if str(i) not in reached]
    assert not missed


@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["wide", "phone"])
def test_the_first_stop_skips_to_the_text(open_page, viewport):
    page = open_page(CHAPTERS[0], viewport)
    page.keyboard.press("Tab")
    skip = page.locator(".skip")
    assert skip.evaluate("link => link === document.activeElement")
    box = skip.bounding_box()
    assert box["x"] >= 0 and box["y"] >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.keyboard.press("Tab")
    assert page.evaluate(LOOK_AT_FOCUS)["inText"]


def test_the_contents_of_a_phone_keep_the_focus_until_they_are_closed(open_page):
    page = open_page(CHAPTERS[0], PHONE)
    page.focus(".menu-button")
    page.keyboard.press("Enter")
    assert page.get_attribute(".menu-button", "aria-expanded") == "true"
    looks = walk(page)
    assert looks and not [look for look in looks if look["inText"] or not look["uncovered"]]
    page.locator("#contents a").last.focus()
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.className") == "menu-button"
    page.keyboard.press("Tab")
    assert any(look["inText"] for look in walk(page))


def test_contents_that_are_open_when_the_window_grows_leave_the_text_usable(open_page):
    page = open_page(CHAPTERS[0], PHONE)
    page.click(".menu-button")
    page.set_viewport_size(WIDE)
    page.wait_for_function("!document.querySelector('main').inert")
    assert page.is_visible("#contents")


def test_code_is_copied_by_key(open_page):
    page = open_page(CHAPTERS[0], permissions=["clipboard-read", "clipboard-write"])
    page.evaluate(OPEN_FOLDS)
    button = page.locator(".copy").first
    button.focus()
    page.keyboard.press("Enter")
    page.wait_for_function("document.querySelector('.copy').textContent === 'Copied'")
    code = page.locator("div.highlight:has(.copy) pre").first.inner_text()
    assert page.evaluate("navigator.clipboard.readText()") == code


def test_folds_and_theme_work_by_key(open_page):
    page = open_page(CHAPTERS[0], color_scheme="light")
    page.locator("details.solution summary").first.focus()
    page.keyboard.press("Enter")
    assert page.locator("details.solution").first.get_attribute("open") is not None
    page.focus(".theme-button")
    page.keyboard.press("Space")
    assert page.get_attribute("html", "data-theme") == "dark"
