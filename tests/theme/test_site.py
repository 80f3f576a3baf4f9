"""The published site: complete in itself, whole links, a head on each page, and it works.

The files are read with a parser; what only a browser knows is asked of a real one.
"""

import io
import itertools
import json
import re
from functools import cache
from pathlib import PurePosixPath
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

import numpy as np
import pytest
from bs4 import BeautifulSoup
from matplotlib.image import imread

from manuscript.pages import ROOT, Page, pages
from theme.printed import is_wide_table

PAGES = [path.relative_to(ROOT).with_suffix(".html").as_posix() for path in pages()]
CHAPTERS = [
    path.relative_to(ROOT).with_suffix(".html").as_posix()
    for path in pages()
    if path.suffix == ".ipynb" and Page.read(path).is_chapter
]
EVERYWHERE = [*PAGES, "search.html", "404.html"]
UNRENDERED = re.compile(r"\{[a-z:]+\}`|^:{3,}|```|\$\$|\\(?:frac|log|sum|mathrm)\b", re.M)
LOADS = [("script", "src"), ("link", "href"), ("img", "src"), ("iframe", "src"), ("source", "src")]
WIDE, PHONE = {"width": 1400, "height": 1000}, {"width": 360, "height": 740}
SCHEMES = ("light", "dark")


def in_turn(names, ones, others):
    """Return tests (name, one, other) in which each name meets both of `ones` and of `others`.

    Of the four pairs a name has two, its neighbour the other two, and the first name all four: a
    page that is wrong in one width or in one scheme is found, at half of the cost.
    """
    return [
        (name, one, other)
        for i, name in enumerate(names)
        for a, one in enumerate(ones)
        for b, other in enumerate(others)
        if i == 0 or (i + a + b) % 2 == 0
    ]


def one_each(names, ones, others):
    """Return tests (name, one, other): of the four pairs each name has one, the first name all.

    For what takes seconds a page: pages are made alike, so that four neighbours find together what
    is wrong in one width or scheme.
    """
    pairs = list(itertools.product(ones, others))
    rest = [(name, *pairs[i % len(pairs)]) for i, name in enumerate(names[1:])]
    return [*((names[0], *pair) for pair in pairs), *rest]


def alternately(names, ones):
    """Return tests (name, one): for each name one, for its neighbour another, for the first all."""
    rest = [(name, ones[i % len(ones)]) for i, name in enumerate(names[1:])]
    return [*((names[0], one) for one in ones), *rest]


def told(value):
    """Return the name of a test's width; other values name themselves."""
    names = {"wide": WIDE, "phone": PHONE}
    return next((name for name, size in names.items() if size == value), value)


OPEN_FOLDS = "document.querySelectorAll('details').forEach((fold) => (fold.open = true))"
# Their modules come when the page is here already, on a busy machine a while later; and what one
# asks of the browser (gzip) later still.
DRAWN = """() => [...document.querySelectorAll(".explorer[data-explorer]")]
    .every((one) => one.matches(".drawn") && !one.querySelector("[aria-busy=true]"))"""
# With its fonts and pictures, but those that wait until they are seen.
ARRIVED = f"""() => document.readyState === "complete" && document.fonts.status === "loaded"
    && ({DRAWN})()"""
# The boxes that scroll sideways, two of each kind on a page: what they are, how far they scroll,
# and what is behind their text.
SCROLLING = """() => {
    const kind = (box) => box.className || (box.closest(".cell_output") ? "printed" : "code");
    const wide = [...document.querySelectorAll(".math-scroll, .table-scroll, .cell pre")]
        .filter((box) => box.scrollWidth > box.clientWidth);
    const few = (box) => wide.filter((other) => kind(other) === kind(box)).indexOf(box) < 2;
    return wide.filter(few).map((box, number) => {
        box.dataset.scrolling = number;
        let behind = box.parentElement;
        const colour = () => getComputedStyle(behind).backgroundColor;
        while (colour() === "rgba(0, 0, 0, 0)") behind = behind.parentElement;
        return [kind(box), box.scrollWidth - box.clientWidth, colour()];
    });
}"""


@cache
def parsed(path):
    return BeautifulSoup(path.read_text("utf-8"), "html.parser")


@cache
def places(path):
    """Return what a link can lead to on a page."""
    return {tag["id"] for tag in parsed(path).select("[id]")}


@pytest.fixture(params=EVERYWHERE)
def page(site, request):
    """Return one page of the site after the other, parsed."""
    return parsed(site / request.param)


def test_the_site_is_built_without_a_warning(build):
    lines = [line for line in build.stderr.splitlines() if re.search(r"WARNING|ERROR", line)]
    assert not lines
    assert build.returncode == 0, build.stdout[-2000:]


def test_the_last_line_of_a_build_names_a_server_and_no_line_a_file_to_open(build):
    last = build.stdout.strip().splitlines()[-1]
    assert "make serve" in last and "python -m http.server --bind 127.0.0.1 --directory" in last
    assert "file://" not in build.stdout and "opening this file" not in build.stdout


# ---- what the files say --------------------------------------------------------------------


def test_every_page_has_a_head_for_readers_and_for_links(page):
    assert page.title.text.strip()
    content = {
        tag.get("name") or tag.get("property"): tag.get("content") for tag in page.select("meta")
    }
    for name in ("description", "og:title", "og:description", "og:image", "og:type"):
        assert content.get(name), f"no {name}"
    assert page.select_one("html[lang]")
    assert page.select_one("link[rel=icon]"), "the browser would ask for /favicon.ico"


def test_titles_and_descriptions_differ_from_page_to_page(site):
    for select in ("title", "meta[name=description]"):
        found = [str(parsed(site / name).select_one(select)) for name in PAGES]
        assert len(set(found)) == len(found)


@pytest.mark.parametrize("name", PAGES)
def test_every_page_can_be_reported_and_cited(site, name):
    page = parsed(site / name)
    assert "author" in page.select_one("#cite").text
    about = page.select_one(".about")
    assert re.search(r"\d+ min read", about.text)
    assert about.find("a", string="Report a mistake")
    assert about.find("a", href="#cite")


@pytest.mark.parametrize("name", CHAPTERS)
def test_every_chapter_offers_its_notebook(site, name):
    link = parsed(site / name).find("a", string="Download the notebook")
    assert link.has_attr("download")
    offered = json.loads(((site / name).parent / link["href"]).read_text("utf-8"))
    (says_what_to_install,) = (c for c in offered["cells"] if c["id"] == "book-is-installed")
    offered["cells"].remove(says_what_to_install)
    assert offered == json.loads((ROOT / name).with_suffix(".ipynb").read_text("utf-8"))
    assert "raise ModuleNotFoundError" in "".join(says_what_to_install["source"])


def test_there_is_one_search_box(page):
    assert len(page.select("input[type=search], input[name=q]")) == 1


def test_nothing_is_loaded_from_elsewhere(site, page):
    for tag, attribute in LOADS:
        for found in page.select(f"{tag}[{attribute}]"):
            if tag == "link" and found.get("rel") in (["canonical"], ["next"], ["prev"]):
                continue
            assert not urlsplit(found[attribute]).netloc, found


def test_no_style_sheet_or_script_names_another_host(site):
    for file in [*site.rglob("*.css"), *site.rglob("*.mjs")]:
        text = re.sub(r"/\*.*?\*/", "", file.read_text("utf-8"), flags=re.S)
        assert not re.search(r"(?:url\(|@import|from|import\()\s*[\"']?(?:https?:)?//", text), file


def test_every_image_says_what_it_shows(page):
    for image in page.select("img"):
        alt = image.get("alt", "")
        assert alt, image
        assert not re.search(r"\.(?:png|svg|jpe?g)$", alt), f"a file name as alt text: {alt}"
        caption = image.find_next("figcaption")
        assert not (caption and caption.get_text(" ", strip=True) == alt), "alt repeats the caption"


def test_no_directive_or_formula_is_left_unrendered(page):
    main, others = page.main, "pre, code, script, noscript, .katex, .explorer"
    left_out = {id(part) for part in main.select(others)}
    read = [text for text in main.strings if not left_out & {id(part) for part in text.parents}]
    found = UNRENDERED.search(text := "\n".join(read))
    assert not found, text[max(0, found.start() - 60) : found.end() + 60]
    assert not main.select(".problematic, .system-message, .katex-error")


def test_every_link_leads_somewhere(site, page):
    here = next(name for name in EVERYWHERE if parsed(site / name) is page)
    for link in page.select("a[href]"):
        target, fragment = urldefrag(urljoin(f"/{here}", link["href"]))
        if urlsplit(target).scheme:
            continue
        file = site / PurePosixPath(unquote(urlsplit(target).path)).relative_to("/")
        assert file.is_file(), f"{here}: {link['href']} leads nowhere"
        if fragment and file.suffix == ".html":
            assert unquote(fragment) in places(file), f"{here}: no place {link['href']}"


def test_ids_are_unique(page):
    ids = [tag["id"] for tag in page.select("[id]")]
    assert len(ids) == len(set(ids)), sorted(name for name in ids if ids.count(name) > 1)


# ---- what a browser sees ---------------------------------------------------------------------


def arrive(page, address, java_script_enabled=True, **_):
    """Go to a page of the site, and wait until all of it is there: no time, a condition."""
    page.goto(address, wait_until="load")
    if java_script_enabled:
        page.wait_for_function(ARRIVED)


class Tab:
    """A page in the browser that remembers what went wrong and what was asked for."""

    def __init__(self, page, base, options):
        self.base, self.options, self.troubles, self.hosts = base, options, [], set()
        self.page = page
        self.page.on("console", self._note_console)
        self.page.on("pageerror", lambda error: self.troubles.append(f"page error: {error}"))
        self.page.on("request", lambda request: self.hosts.add(urlsplit(request.url).netloc))
        self.page.on("response", self._note_response)
        self.page.on("requestfailed", lambda request: self.troubles.append(f"lost: {request.url}"))

    def _note_console(self, message):
        if message.type in ("error", "warning"):
            self.troubles.append(f"console: {message.text}")

    def _note_response(self, response):
        if response.status >= 400:
            self.troubles.append(f"{response.status}: {response.url}")

    def open(self, name):
        arrive(self.page, f"{self.base}/{name}", **self.options)
        return self.page


@pytest.fixture
def open_tab(new_tab, site_url):
    """Return a function that opens a tab with the given size, colour scheme and so on."""

    def opener(viewport=WIDE, **options):
        return Tab(new_tab(viewport, **options), site_url, options)

    return opener


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=told)
def test_pages_open_without_trouble_and_fit(open_tab, viewport, scheme):
    tab = open_tab(viewport, color_scheme=scheme)
    asked = in_turn(EVERYWHERE, [WIDE, PHONE], SCHEMES)
    for name in [name for name, *pair in asked if pair == [viewport, scheme]]:
        page = tab.open(name)
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= viewport["width"], f"{name} is {width} px wide"
    assert not tab.troubles
    assert tab.hosts == {urlsplit(tab.base).netloc}


SMALL = {"width": 320, "height": 640}  # the narrowest that the guidelines for access ask for


WIDE_CODE = """() => [...document.querySelectorAll("pre")]
    .filter((code) => !code.closest(".wide-table .cell_output")) // a table that is printed scrolls
    .filter((code) => code.scrollWidth > code.clientWidth).map((code) => code.innerText)"""


def test_with_every_fold_open_nothing_is_wider_than_a_phone_and_no_code_than_its_place(open_tab):
    tab, blocks = open_tab(), 0
    for name in EVERYWHERE:
        page = tab.open(name)
        page.evaluate(OPEN_FOLDS)
        for viewport in (PHONE, SMALL):
            page.set_viewport_size(viewport)
            width = page.evaluate("document.documentElement.scrollWidth")
            assert width <= viewport["width"], f"{name} is {width} px wide"
            assert not page.evaluate(WIDE_CODE), name
        blocks += page.locator("pre").count()
    assert blocks > 70 * len(CHAPTERS)


def test_a_long_formula_in_a_line_breaks(open_tab):
    """In a column of half its width, each that has relations or sums to break at gets narrower."""
    tab = open_tab()
    count = 0
    for name in CHAPTERS:
        page = tab.open(name)
        page.evaluate(OPEN_FOLDS)
        widths = page.evaluate(
            """() => [...document.querySelectorAll("p .katex")].filter((formula) =>
                formula.querySelectorAll(".katex-html > *").length > 2
                && !formula.closest(".katex-display, td, th")).map((formula) => {
                    const column = formula.closest("p");
                    column.style.width = "max-content";
                    const wide = formula.getBoundingClientRect().width;
                    column.style.width = `${wide / 2}px`;
                    return [wide, formula.getBoundingClientRect().width, formula.textContent];
                })"""
        )
        assert [text for wide, narrow, text in widths if narrow > wide - 1] == [], name
        count += len(widths)
    assert count > 50


LEFT, RIGHT = (0, 1, 2, 3), (-1, -2, -3, -4)  # columns of pixels


def darkness(box, ground):
    """How far the left and the right edge of a box are from its ground, in levels of 255."""
    pixels = 255 * imread(io.BytesIO(box.screenshot()))[..., :3]
    place = box.bounding_box()
    whole = slice(int(place["x"] % 1 > 0), -1 if (place["x"] + place["width"]) % 1 else None)
    pixels = pixels[:, whole]  # what the box shares with its neighbour has neither's colour
    away = np.abs(pixels - ground).max(axis=-1)
    return [max(np.median(away[:, column]) for column in side) for side in (LEFT, RIGHT)]


SHADOW = 18  # px: where less than its width is out of sight, one sees less of it


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("letters", ["as-they-are", "large"])
def test_what_scrolls_sideways_shows_on_which_side_more_follows(open_tab, site, letters, scheme):
    tab = open_tab(PHONE, color_scheme=scheme)
    kinds = set()
    names = CHAPTERS if letters == "large" else EVERYWHERE
    names = names[SCHEMES.index(scheme) :: len(SCHEMES)]  # its neighbours in the other
    for name in names:
        page = tab.open(name)
        page.evaluate(OPEN_FOLDS)
        if letters == "large":  # no formula is too wide as they are, and lines of code go on below
            page.add_style_tag(content=".math-scroll, .table-scroll { font-size: 160% }")
            page.add_style_tag(content=".cell_input pre { white-space: pre !important }")
        for number, (kind, hidden, behind) in enumerate(page.evaluate(SCROLLING)):
            if letters == "large" and (hidden < SHADOW or kind == "printed"):
                continue
            ground = [int(part) for part in re.findall(r"\d+", behind)]
            box = page.locator(f"[data-scrolling='{number}']")
            left, right = darkness(box, ground)
            assert left < 4 and right > 50, f"{name}: no sign, or on the wrong side: {left} {right}"
            box.evaluate("box => { box.scrollLeft = box.scrollWidth }")
            left, right = darkness(box, ground)
            assert left > 50 and right < 4, f"{name}: at the end: {left} {right}"
            kinds.add(kind)
    printed = {"printed"} if with_wide_tables(site, names) else set()
    assert kinds == {"table-scroll"} | ({"math-scroll", "code"} if letters == "large" else printed)


def with_wide_tables(site, names):
    """Return those of the pages on which a cell prints a table too wide for a phone."""
    return [name for name in names if parsed(site / name).select(".wide-table")]


PRINTED = """pre => {
    const letters = document.createRange();
    letters.selectNodeContents(pre);
    const tops = [...letters.getClientRects()].map(({ top }) => Math.round(top));
    return [new Set(tops).size, pre.textContent.trimEnd().split("\\n").filter(Boolean).length];
}"""


def test_a_printed_table_keeps_its_columns_on_a_phone(open_tab, site):
    """Each of its lines stays one; a sentence goes on below."""
    tab = open_tab(PHONE)
    for name in with_wide_tables(site, CHAPTERS):
        page = tab.open(name)
        page.evaluate(OPEN_FOLDS)
        for pre in page.locator(".wide-table > .cell_output pre").all():
            shown, lines = pre.evaluate(PRINTED)
            assert shown == lines, (name, pre.inner_text())


@pytest.mark.parametrize(
    ("text", "wide"),
    [
        ("a  b  and so on, further than a telephone shows\n" * 2, True),
        ("a  b  and so on, further than a telephone shows\n", False),
        ("a name  before a sentence longer than a telephone\n" * 2, False),
        ("two sentences that are longer than a telephone\n" * 2, False),
        ("a  b  c\n" * 20, False),
    ],
)
def test_which_text_is_a_table_too_wide_for_a_phone(text, wide):
    assert is_wide_table(text) is wide


def test_the_front_door_leads_to_the_first_page(open_tab):
    tab = open_tab()
    page = tab.open("")
    page.wait_for_url(f"**/{PAGES[0]}")
    assert not tab.troubles


def test_the_search_finds_a_chapter_by_a_word_of_its_text(open_tab):
    tab = open_tab()
    page = tab.open(PAGES[0])
    page.keyboard.press("/")
    page.keyboard.type("telegrams")
    page.keyboard.press("Enter")
    page.wait_for_selector("ul.search li a")
    hits = page.eval_on_selector_all("ul.search li a", "links => links.map(a => a.href)")
    assert any("book/entropy.html" in hit for hit in hits)
    assert not tab.troubles


def test_the_theme_is_switched_and_remembered(open_tab):
    def paper():
        return page.evaluate("getComputedStyle(document.body).backgroundColor")

    tab = open_tab(color_scheme="light")
    page = tab.open(PAGES[0])
    light = paper()
    page.click(".theme-button")
    dark = paper()
    assert dark != light
    page = tab.open(PAGES[1])
    assert paper() == dark


def test_contents_open_and_close_on_a_phone(open_tab):
    page = open_tab(PHONE).open(PAGES[-1])
    assert not page.is_visible("#contents")
    page.click(".menu-button")
    assert page.is_visible("#contents")
    page.keyboard.press("Escape")
    assert not page.is_visible("#contents")
    assert page.evaluate("document.activeElement.className") == "menu-button"


@pytest.mark.parametrize("name", CHAPTERS)
def test_solutions_are_folded_and_open(open_tab, name):
    page = open_tab().open(name)
    solution = page.locator("details.solution").first
    assert not solution.locator("p").last.is_visible()
    solution.locator("summary").click()
    assert solution.locator("p").last.is_visible()


@pytest.mark.parametrize("name", CHAPTERS)
def test_explorers_answer_to_mouse_and_keys_without_a_kernel(open_tab, name):
    """Each one's own test drags it; here it is the site's loader that is asked."""
    tab = open_tab()
    page = tab.open(name)
    changed = "([element, text]) => element.innerText !== text"
    assert page.locator(".explorer").count() == page.locator(".explorer:has(svg)").count() > 0
    for explorer in page.locator(".explorer").all():
        element = explorer.element_handle()
        before = explorer.inner_text()
        explorer.locator("button[aria-pressed=false]").first.click()
        page.wait_for_function(changed, arg=[element, before])
        sliders, before = explorer.locator("[role=slider]"), explorer.inner_text()
        if sliders.count():
            sliders.first.press("PageUp")
            page.wait_for_function(changed, arg=[element, before])
    assert not tab.troubles


@pytest.mark.parametrize("name", CHAPTERS)
def test_a_page_is_readable_without_scripts(open_tab, name):
    page = open_tab(java_script_enabled=False).open(name)
    assert page.locator("section > p .katex").first.is_visible()  # in the text, not in a fold
    assert page.locator(".explorer").first.is_visible()
    assert page.locator(".explorer a").first.is_visible(), "no link to the figure that stands in"
    assert page.locator("#contents a").first.is_visible()
    assert not page.locator(".theme-button, .menu-button").first.is_visible()
