"""Every explorer in three engines: Chromium, Firefox, and WebKit, which is every iPhone's.

Each is drawn, each of its handles is moved by the mouse and by the keys, and the page has nothing
to complain of. How many handles there are, the test file of each explorer says in its HAND.
"""

import itertools
import shutil

import pytest

import explorers
from tests import browser
from tests.explorers.page import KINDS, busy, file_of, html_of, settle, styles
from tests.explorers.test_letter_prices import GZIP_WITHIN
from tests.theme.test_site import CHAPTERS
from theme.pages import STATIC as LOOK
from theme.pages import name_explorers

CASES = {kind.__name__: file_of(kind).HAND for kind in KINDS}
ENGINES = ("chromium", "firefox", "webkit")
# The pages of the site: the first in all engines, the others in one each, by turns.
ON_SITE = [(engine, CHAPTERS[0]) for engine in ENGINES]
ON_SITE += [(ENGINES[i % len(ENGINES)], name) for i, name in enumerate(CHAPTERS[1:])]
WIDE, PHONE = (820, 1200), (360, 1200)

# The page of the site as far as an explorer meets it. Not every driver hears what a page complains
# of, so the page itself takes it down.
PAGE = """<!DOCTYPE html><html lang="en" class="js"><head><meta charset="utf-8">
<title>An explorer</title><link rel="icon" href="data:,">
<meta name="viewport" content="width=device-width, initial-scale=1">
<script>
  window.troubles = [];
  const note = ({ message, target }) => troubles.push(message ?? target.outerHTML);
  addEventListener("error", note, true);
  addEventListener("unhandledrejection", (event) => troubles.push(String(event.reason)));
  for (const kind of ["error", "warn"]) console[kind] = (...said) => troubles.push(said.join(" "));
</script>
<link rel="stylesheet" href="/explorers/shared/roles.css">
<link rel="stylesheet" href="/book.css">%s
<script type="module" src="/explorers/shared/mount.mjs"></script>
</head><body><main><article>%s</article></main></body></html>"""

DRAWN = """() => {
    const all = [...document.querySelectorAll(".explorer")];
    return all.length > 0 && all.every((one) => one.querySelector(".chip"))
        && !document.querySelector(".explorer [aria-busy=true]");
}"""
# What is there and cannot be seen.
BLANK = """(number) => {
    const explorer = document.querySelectorAll(".explorer")[number];
    const seen = (node) => {
        const { width, height } = node.getBoundingClientRect();
        return width + height > 0 && node.checkVisibility({ visibilityProperty: true });
    };
    const parts = [".prompt", "figure", "figcaption", ".formula", ".chip", ".reset"];
    const blank = parts.flatMap((part) => {
        const nodes = [...explorer.querySelectorAll(part)];
        return nodes.length ? nodes.filter((node) => !seen(node)) : [part];
    });
    const empty = [...explorer.querySelectorAll("figure > svg")].filter((picture) =>
        [...picture.querySelectorAll("path, rect, circle, line")].filter(seen).length < 5
        || ![...picture.querySelectorAll("text")].some((text) => text.textContent && seen(text)));
    const silent = /\\d/.test(explorer.querySelector(".readout").innerText) ? [] : ["no number"];
    const named = (node) => node.outerHTML?.slice(0, 90) ?? node;
    return [...blank, ...empty, ...silent].map(named);
}"""
WIDTH = "() => document.documentElement.scrollWidth"
EXPLORER = "document.querySelectorAll('.explorer')[number]"
COUNT = f"(number, selector) => {EXPLORER}.querySelectorAll(selector).length"
# A handle, or what is pressed: its name, where a hand takes hold of it, and the readout.
LOOK_AT = """(number, selector, index) => {
    const explorer = document.querySelectorAll(".explorer")[number];
    const node = explorer.querySelectorAll(selector)[index];
    node.scrollIntoView({ block: "center" });
    const centres = [".knob", ".reach", null].map((part) => {
        const box = (part ? node.querySelector(part) : node)?.getBoundingClientRect();
        return box && [Math.round(box.x + box.width / 2), Math.round(box.y + box.height / 2)];
    });
    const [now, most] = ["now", "max"].map((end) => Number(node.getAttribute(`aria-value${end}`)));
    return {
        name: node.getAttribute("aria-label") ?? `${node.getAttribute("class")} ${index}`,
        place: centres.find((place) => place && node.contains(document.elementFromPoint(...place))),
        atEnd: node.hasAttribute("aria-valuenow") && now === most,
    };
}"""
READOUT = f"(number) => {EXPLORER}.querySelector('.readout').innerText"
CHANGED = f"(number, before) => ({READOUT})(number) !== before"
FOCUS = f"""(number, selector, index) =>
    {EXPLORER}.querySelectorAll(selector)[index].focus()"""
# Where a hand goes over these parts, as far as the window shows them.
PLACES = """(selector) => [...document.querySelectorAll(selector)].map((node) => {
    const { left, top, width, height } = node.getBoundingClientRect();
    const inside = (value, most) => Math.round(Math.max(3, Math.min(most - 3, value)));
    return [inside(left + width / 3, innerWidth), inside(top + height / 2, innerHeight)];
})"""
# Numbers that can be typed stand on a dotted line; which don't? (Only Chromium decorates the texts
# of drawings with one.)
NO_LINE = """() => [...document.querySelectorAll(
    "[role=slider] .number, .typed .number, .live.typed")].filter((number) => {
        const line = number.parentElement.querySelector(".blank");
        const { textDecorationLine, textDecorationStyle } = getComputedStyle(number);
        return line ? getComputedStyle(line).strokeDasharray === "none" || line.getBBox().width < 20
            : textDecorationLine !== "underline" || textDecorationStyle !== "dotted";
    }).map((number) => number.outerHTML)"""
TYPING = "(name) => document.activeElement.matches(`.field input[aria-label^='${name}']`)"
ALLOWED = """() => document.activeElement.getAttribute("aria-label").match(/(\\S+) to (\\S+)$/)
    .slice(1).map((end) => Number(end.replace("−", "-")))"""
RESET = f"(number) => {EXPLORER}.querySelector('.reset').click()"
IS = f"(number, text) => ({READOUT})(number) === text"

# What a browser does that translates a page, but for the words: every text gets parents of its own.
# It heeds no translate="no", but spares what is pressed: in a drawing nobody sees a <font>.
TRANSLATE = """() => {
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const texts = [];
    while (walk.nextNode()) texts.push(walk.currentNode);
    const spared = texts.filter((text) => text.parentElement.matches(".glyph"));
    for (const text of texts.filter((one) => !spared.includes(one))) {
        const [outer, inner] = [document.createElement("font"), document.createElement("font")];
        text.replaceWith(outer);
        outer.append(inner);
        inner.append(text);
    }
}"""
TEXTS = """() => [...document.querySelectorAll(".explorer :is(.readout > * *, svg text, .chip)")]
    .filter((node) => !["FONT", "OPTION"].includes(node.tagName)).map((node) => node.textContent)"""
# Live numbers, formulas and the texts of drawings that a translator would take for words.
UNPROTECTED = """() => [...document.querySelectorAll(
    ".explorer :is(.live, .formula, var, svg text), .katex, pre, code, kbd")]
    .filter((node) => !node.closest("[translate=no]")).map((node) => node.outerHTML.slice(0, 90))"""


@pytest.fixture(scope="module", params=ENGINES)
def engine(request):
    """Return a page in each of the engines."""
    if request.param == "webkit":
        with browser.launch_webkit() as running:
            yield browser.Driven(running)
    elif request.param == "firefox":
        with browser.launch_firefox(request.getfixturevalue("playwright")) as running:
            yield browser.Played(running)
    else:
        yield browser.Played(request.getfixturevalue("chromium"))


@pytest.fixture(scope="module")
def folder(folder):
    """Return the folder of a page's files, with the look of the book."""
    shutil.copy(LOOK / "book.css", folder)
    return folder


def put_page(folder, name):
    html = name_explorers(html_of(busy(getattr(explorers, name))))
    (folder / f"{name}.html").write_text(PAGE % (styles(html), html), "utf-8")


@pytest.fixture
def open_case(engine, folder, host):
    """Return a function that opens an explorer of the table; its page may not complain."""

    def open_one(name, size=WIDE):
        put_page(folder, name)
        engine.open(f"{host}/{name}.html", *size)
        engine.wait_for(DRAWN)
        if isinstance(engine, browser.Driven):
            engine.show_whole()
            settle(engine)
        return engine

    yield open_one
    assert engine.evaluate("() => window.troubles") == []
    engine.close()


def act(page, explorer, name, action):
    """Do what must change the readout of an explorer; then reset it."""
    before = page.evaluate(READOUT, explorer)
    action()
    try:
        page.wait_for(CHANGED, explorer, before)
    except browser.TIMEOUTS:
        pytest.fail(f"{name}: the readout has not changed")
    page.evaluate(RESET, explorer)
    page.wait_for(IS, explorer, before)


def each(page, explorer, selector, most=None):
    """Yield the look of every such part of an explorer, or of the first `most`, and its index.

    A look: its name, where to take hold of it, whether it stands at its end.
    """
    for index in range(page.evaluate(COUNT, explorer, selector))[:most]:
        look = page.evaluate(LOOK_AT, explorer, selector, index)
        assert look["place"], f"{look['name']}: something lies over it"
        yield look, index


def first_in_reach(page, selector):
    """Return the look of the first that nothing lies over: letters in the plane lie close."""
    count = page.evaluate(COUNT, 0, selector)
    looks = (page.evaluate(LOOK_AT, 0, selector, index) for index in range(count))
    return next(look for look in looks if look["place"])


def drag_way(look):
    """Return where a hand goes with a handle: to the upper right, or back from its end."""
    x, y = look["place"]
    far = -24 if look["atEnd"] else 24
    return (x, y), (x + far / 2, y - far / 2), (x + far, y - far)


def drag_each(page, explorer=0, most=None):
    """Drag each handle, or the first `most`; return how many."""
    count = 0
    for look, _ in each(page, explorer, ".handle", most):
        way = drag_way(look)
        act(page, explorer, look["name"], lambda way=way: page.drag(*way))
        count += 1
    return count


def drag_over_the_texts(page):
    """Drag from each figure over the prompt and all captions, to the last.

    A hand begins at the first handle, or beside it where a press says a place.
    """
    figures = range(1, page.evaluate(COUNT, 0, "figure") + 1)
    for figure, part in itertools.product(figures, (".handle", ".track")):
        first = f"figure:nth-of-type({figure}) {part}"
        if page.evaluate(COUNT, 0, first):
            settle(page)  # or the handle that was moved last would be sought where it was
            start = page.evaluate(LOOK_AT, 0, first, 0)["place"]
            texts = page.evaluate(PLACES, ".prompt, figcaption")
            assert start or part == ".track", f"{first}: something lies over it"
            if start:
                page.drag(start, *texts)


def type_in_two(page, last):
    """Press the first slider and the last, and type a number; all of them are Chromium's part."""
    for look, index in each(page, 0, "[role=slider]"):
        if index not in {0, last}:
            continue
        before = page.evaluate(READOUT, 0)
        page.drag(look["place"])
        page.wait_for(TYPING, look["name"].split(";")[0])
        low, high = page.evaluate(ALLOWED)
        value = low + (high - low) * (0.35 if look["atEnd"] else 0.85)
        for key in [*f"{value:.{0 if high > 5 else 1}f}", "Enter"]:  # images, digits: whole
            page.press(key)
        page.wait_for(CHANGED, 0, before)
        page.evaluate(RESET, 0)
        page.wait_for(IS, 0, before)


def key_each(page, explorer=0, most=None):
    """Move each slider, or the first `most`, by a key; return how many."""
    count = 0
    for look, index in each(page, explorer, "[role=slider]", most):
        page.evaluate(FOCUS, explorer, "[role=slider]", index)
        key = "PageDown" if look["atEnd"] else "PageUp"
        act(page, explorer, look["name"], lambda key=key: page.press(key))
        count += 1
    return count


def test_every_explorer_has_something_for_the_hand():
    assert all(hand.handles + hand.sliders + bool(hand.pressed) for hand in CASES.values())


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
@pytest.mark.parametrize("name", CASES)
def test_an_explorer_is_drawn_and_nothing_of_it_is_blank(open_case, name, size):
    page = open_case(name, size)
    assert page.evaluate(BLANK, 0) == []
    assert page.evaluate(WIDTH) <= size[0]


@pytest.mark.parametrize("name", [name for name in CASES if CASES[name].handles])
def test_the_mouse_moves_every_handle(open_case, name, request):
    """Each engine meets every explorer in one of two widths, and every explorer is met in both."""
    turn = list(CASES).index(name) + ENGINES.index(request.node.callspec.params["engine"])
    page = open_case(name, (WIDE, PHONE)[turn % 2])
    assert drag_each(page) == CASES[name].handles
    drag_over_the_texts(page)
    assert page.evaluate("() => String(getSelection())") == ""


@pytest.mark.parametrize("name", [name for name in CASES if CASES[name].sliders])
def test_the_keys_move_every_slider(open_case, name):
    assert key_each(open_case(name)) == CASES[name].sliders


@pytest.mark.parametrize("name", [name for name in CASES if CASES[name].sliders])
def test_a_press_and_a_typed_number_move_a_slider(open_case, name):
    page = open_case(name)
    assert page.evaluate(NO_LINE) == []
    type_in_two(page, CASES[name].sliders - 1)


@pytest.mark.parametrize("name", [name for name in CASES if CASES[name].pressed])
def test_what_is_pressed_answers(open_case, name):
    page = open_case(name)
    look = first_in_reach(page, CASES[name].pressed)
    act(page, 0, look["name"], lambda: page.drag(look["place"]))


def test_the_keys_choose_a_word(open_case):
    page = open_case("KraftBudget")
    page.evaluate(FOCUS, 0, ".cell[tabindex='0']", 0)
    act(page, 0, "the word 0", lambda: page.press("Enter"))
    page.evaluate(FOCUS, 0, ".cell[tabindex='0']", 0)
    page.press("End")
    page.wait_for("() => document.activeElement.getAttribute('aria-label')?.startsWith('1,')")
    page.press("ArrowRight")
    page.press("ArrowDown")
    page.press("ArrowRight")
    page.wait_for("() => document.activeElement.getAttribute('aria-label')?.startsWith('110,')")
    act(page, 0, "the word 110", lambda: page.press("Enter"))


# How far the middles of the letters of a row are from those of their cells, ten in 320.
OFF_CELLS = """() => [...document.querySelectorAll("text.letter-row")].flatMap((row) => {
    const places = (row.getAttribute("x") ?? "").split(" ");
    return [...row.textContent].map((_, i) => {
        const { x, width } = row.getExtentOfChar(i);
        return Math.abs(x + width / 2 - Number(places[i]));
    });
})"""
GZIP = "() => document.querySelector('.letter-totals tbody tr:last-child').innerText.split(/\\s+/)"


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_a_text_is_typed_and_every_letter_priced(open_case, size):
    page = open_case("LetterPrices", size)
    own = page.evaluate(LOOK_AT, 0, ".chip:last-child", 0)
    page.drag(own["place"])
    page.wait_for("() => document.activeElement.matches('textarea')")
    for count, key in enumerate("abc", 1):
        page.press(key)
        # A new byte at order 2: 8 bits for the first, then 9, in closed form.
        page.wait_for("(cost) => document.querySelector('.formula').innerText.includes(cost)",
                      f"“{key}” costs {9 - (count == 1):.4f} bits")  # fmt: skip
    page.wait_for(DRAWN)
    assert max(page.evaluate(OFF_CELLS)) < 1
    wanted = explorers.LetterPrices("abc").gzip_bytes
    assert int(page.evaluate(GZIP)[2]) == pytest.approx(wanted, abs=GZIP_WITHIN)
    page.press("ArrowLeft")
    page.wait_for("() => document.querySelector('.formula').innerText.includes('“b”')")


def test_presets_answer_to_the_mouse(open_case):
    page = open_case("SurpriseBars")
    look = page.evaluate(LOOK_AT, 0, ".chip[aria-pressed=false]", 0)
    act(page, 0, look["name"], lambda: page.drag(look["place"]))


# Where an explorer stands in the window, what its readout says, and what it says of the address.
ADDRESSED = """(number) => {
    const explorer = document.querySelectorAll(".explorer")[number];
    const { top } = explorer.getBoundingClientRect();
    const note = explorer.querySelector(".notice");
    return {
        seen: scrollY > 500 && top >= 0 && top < 200,
        says: explorer.querySelector(".readout").innerText,
        note: note && note.checkVisibility() ? note.innerText : "",
    };
}"""
SAYS = f"(number, text) => ({ADDRESSED})(number).says.includes(text)"
NOTES = f"(number, text) => ({ADDRESSED})(number).note.endsWith(text)"


def test_an_address_opens_an_explorer_and_only_as_the_traits_allow(engine, folder, host):
    """D(P‖Q) of the news and (.2, .5, .3) is .3229 bits, of the clerk's .2685."""
    two = name_explorers(2 * html_of(busy(explorers.BillTriangle)))
    gap = '<p style="height: 2000px">Above it stands a text.</p>'
    (folder / "address.html").write_text(PAGE % (styles(two), gap + two + gap), "utf-8")
    there = f"{host}/address.html"
    engine.open(f"{there}#bill-triangle-2?q=.2,.5,.3", *WIDE)
    engine.wait_for(DRAWN)
    engine.wait_for(SAYS, 1, "0.3229")
    assert engine.evaluate(ADDRESSED, 1)["seen"]
    assert "0.2685" in engine.evaluate(ADDRESSED, 0)["says"]
    engine.evaluate("() => { location.hash = 'bill-triangle?q=.2,.5,.9'; }")
    engine.wait_for(NOTES, 0, "nothing has changed.")
    assert "0.2685" in engine.evaluate(ADDRESSED, 0)["says"]
    engine.evaluate("() => { location.hash = 'bill-triangle?q=.5,.3,.2'; }")
    engine.wait_for(SAYS, 0, "0.0000")
    assert engine.evaluate(ADDRESSED, 0)["note"] == ""
    assert engine.evaluate(ADDRESSED, 0)["seen"]
    engine.evaluate("() => document.querySelectorAll('.link')[1].click()")
    said = "() => ['Copied', 'In the address bar'].includes("
    engine.wait_for(f"{said}document.querySelectorAll('.link')[1].textContent)")
    engine.evaluate("() => history.go(-2)")
    engine.wait_for("() => location.hash.startsWith('#bill-triangle-2?')")
    assert engine.evaluate("() => window.troubles") == []
    engine.close()


@pytest.mark.parametrize(("engine", "name"), ON_SITE, indirect=["engine"])
def test_on_the_site_the_explorers_of_a_chapter_are_drawn_and_move(engine, site_url, name):
    """What was asked of every handle alone is asked of the first among all that a page holds."""
    engine.open(f"{site_url}/{name}", *WIDE)
    engine.wait_for(DRAWN)
    for explorer in range(engine.evaluate("() => document.querySelectorAll('.explorer').length")):
        assert engine.evaluate(BLANK, explorer) == []
        moved = drag_each(engine, explorer, most=1) + key_each(engine, explorer, most=1)
        assert moved or engine.evaluate(COUNT, explorer, "svg [role=button]")
    engine.close()


@pytest.fixture(scope="module")
def two_pages(chromium):
    """Return two pages in Chromium: one will be translated."""
    return [browser.Played(chromium), browser.Played(chromium)]


def move_all(page, name):
    """Move every part of an explorer once; yield its name and all texts that are shown then."""
    for look, _ in each(page, 0, ".handle"):
        page.drag(*drag_way(look))
        settle(page)
        yield look["name"], page.evaluate(TEXTS)
    if CASES[name].pressed:
        page.drag(first_in_reach(page, CASES[name].pressed)["place"])
        settle(page)
        yield "what is pressed", page.evaluate(TEXTS)


@pytest.mark.parametrize("name", CASES)
def test_on_a_translated_page_the_numbers_follow_the_hand(two_pages, folder, host, name):
    put_page(folder, name)
    plain, translated = two_pages
    for page in two_pages:
        page.open(f"{host}/{name}.html", *WIDE)
        page.wait_for(DRAWN)
    before = plain.evaluate(TEXTS)
    translated.evaluate(TRANSLATE)
    moved = 0
    for right, shown in zip(move_all(plain, name), move_all(translated, name), strict=True):
        assert right == shown
        assert right[1] != before, f"{right[0]} has changed nothing"
        before = right[1]
        moved += 1
    assert moved == CASES[name].handles + bool(CASES[name].pressed)
    for page in two_pages:
        assert page.evaluate("() => window.troubles") == []


@pytest.mark.parametrize("name", CHAPTERS)
def test_numbers_formulas_and_code_are_not_translated(two_pages, site_url, name):
    page = two_pages[0]
    page.open(f"{site_url}/{name}", *WIDE)
    page.wait_for(DRAWN)
    assert page.evaluate(UNPROTECTED) == []
