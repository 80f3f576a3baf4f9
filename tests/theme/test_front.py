"""The front page: its cards are the contents, its map is whole, its first screen says the most."""

import re
from itertools import pairwise
from urllib.parse import urldefrag, urljoin

import pytest

from manuscript.pages import ROOT, Page, pages
from tests.theme.test_site import CHAPTERS, PAGES, PHONE, parsed
from theme.chapter_map import LETTER, SHAPES, levels, lines
from theme.chapters import WEEKS, Chapter, paths, weeks

INDEX = PAGES[0]
BOOK = [Page.read(path) for path in pages()]
STORED = {
    page.path.relative_to(ROOT).with_suffix(".html").as_posix(): page
    for page in BOOK
    if page.is_chapter
}
SCREEN = {"width": 1280, "height": 800}
NARROW = {"width": 705, "height": 800}  # the narrowest that shows the wide map
FIRST = [".start-here", "a[href*='what-people-ask']", "a[href*='which-one-do-i-minimise']"]
BOTTOMS = "(elements) => elements.map((element) => element.getBoundingClientRect().bottom)"


def chapter(name, *needs, minutes=10, on=()):
    return Chapter(name, name.title(), None, "About.", needs, on, minutes)


def address(link, page=INDEX):
    """Return the page that a link of `page` leads to, and the place on it."""
    target, fragment = urldefrag(urljoin(f"/{page}", link["href"]))
    return target.lstrip("/"), fragment


@pytest.fixture(scope="module")
def index(site):
    return parsed(site / INDEX)


@pytest.fixture
def front(new_tab, site_url):
    """Return a function that opens the front page in a window of this size."""

    def opener(viewport=SCREEN, **options):
        page = new_tab(viewport, **options)
        page.requested = []
        page.on("request", lambda request: page.requested.append(request.url))
        page.goto(f"{site_url}/{INDEX}", wait_until="networkidle")
        return page

    return opener


# ---- the cards -----------------------------------------------------------------------------------


def test_there_is_a_card_for_each_chapter_in_the_order_of_the_contents(index):
    cards = index.select(".card-title a")
    assert [address(card)[0] for card in cards] == CHAPTERS
    contents = {address(link)[0]: link.text for link in index.select("#contents a")}
    for card in cards:
        assert contents[address(card)[0]].startswith(card.text)


def test_a_card_says_what_the_chapter_says_of_itself(site, index):
    titles = {STORED[name].path.stem: parsed(site / name).h1.text for name in CHAPTERS}
    for card in index.select(".card"):
        name = address(card.select_one(".card-title a"))[0]
        facts = card.select_one(".facts").text
        minutes = re.search(r"(\d+) min read", parsed(site / name).select_one(".about").text)[1]
        assert facts.startswith(f"{minutes} min")
        assert STORED[name].about in card.text
        for needed, title in titles.items():
            short = title.partition(":")[0].rstrip("#")
            assert (short in facts) == (needed in STORED[name].needs)


def test_the_first_card_of_a_part_names_it(site, index):
    seen = []
    for card in index.select(".card"):
        part = parsed(site / address(card.select_one(".card-title a"))[0]).select_one(".part").text
        assert card.select_one(".card-part").text == (part if part not in seen else "")
        seen.append(part)
    assert len(set(seen)) > 1


def test_each_card_has_the_picture_of_its_explorer_for_light_and_dark(site, index):
    for card in index.select(".card"):
        light, dark = card.select(".still-of img")
        folder = (site / INDEX).parent
        files = [folder / image["src"].partition("?")[0] for image in (light, dark)]
        light_svg, dark_svg = (file.read_text("utf-8") for file in files)
        assert "<rect" in light_svg or "<path" in light_svg
        strip = re.compile(r"#[0-9a-f]{6}")
        assert light_svg != dark_svg and strip.sub("", light_svg) == strip.sub("", dark_svg)
        assert light["loading"] == dark["loading"] == "lazy"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_only_the_pictures_of_the_readers_scheme_are_loaded(front, scheme):
    page = front(color_scheme=scheme)
    for card in page.locator(".card").all():
        card.scroll_into_view_if_needed()
    page.wait_for_function(
        """() => [...document.querySelectorAll(".card img")]
            .filter((image) => image.checkVisibility())
            .every((image) => image.complete && image.naturalWidth > 0)"""
    )
    stills = [url for url in page.requested if "/stills/" in url]
    assert len(stills) == len(CHAPTERS)
    assert all(f"-{scheme}.svg" in url for url in stills)


# ---- where to start ------------------------------------------------------------------------------


def test_the_start_is_the_first_chapter(site, index):
    (start,) = index.select(".start-here a")
    assert address(start)[0] == CHAPTERS[0]
    minutes = re.search(r"(\d+) min read", parsed(site / CHAPTERS[0]).select_one(".about").text)[1]
    assert f"{minutes} minutes" in start.text


def test_jupyterlab_is_told_to_begin_with_the_first_chapter_too():
    text = BOOK[0].markdown
    began = re.findall(r"[Bb]egin with \[[^]]*\]\(([\w-]+)\.ipynb\)", text)
    assert set(began) == {next(iter(STORED.values())).path.stem}


def test_the_first_screen_says_what_why_and_where_to_begin(front):
    page = front()
    assert "test" in page.locator("article p:has(a[href*='trust-it'])").first.inner_text()
    for part in ("h1", "article p:has(a[href*='trust-it'])", *FIRST):
        bottoms = page.eval_on_selector_all(f"article :is({part})", BOTTOMS)
        assert bottoms and bottoms[0] <= SCREEN["height"], part
    top = page.locator(".explorer").first.bounding_box()["y"]
    assert top < SCREEN["height"], "nothing of the figure is seen"


def test_on_a_phone_the_first_screen_holds_the_start(front):
    page = front(PHONE)
    (bottom,) = page.eval_on_selector_all(".start-here", BOTTOMS)
    assert bottom <= PHONE["height"]
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_the_title_promises_what_stands(index):
    said = f"{index.title.text} {index.select_one('meta[name=description]')['content']}".lower()
    about_language_models = any("language" in page.path.stem for page in STORED.values())
    assert ("language model" in said) == about_language_models


def test_the_edition_is_named_with_version_licence_and_how_to_cite(index):
    about = index.select_one("main > .about").text
    assert re.search(r"Version \d+\.\d+", about)
    assert "CC BY 4.0" in about and "BSD-3-Clause" in about
    assert index.select_one("#cite pre").text.startswith("@book{")


# ---- the map -------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [shape.name for shape in SHAPES])
def test_the_map_leads_to_every_chapter_and_has_an_arrow_for_each_need(index, shape):
    drawing = index.select_one(f".map svg.{shape}")
    assert [address(link)[0] for link in drawing.select("a")] == CHAPTERS
    arrows = drawing.select_one(".arrows")["d"]
    assert arrows.count("M") == sum(len(page.needs) for page in STORED.values())
    for link in drawing.select("a"):
        page = STORED[address(link)[0]]
        assert (", needs " in link["aria-label"]) == bool(page.needs)


def test_each_way_reads_what_it_needs_and_the_course_reads_all(index):
    ways = {way.strong.text: way.label.text for way in index.select(".way")}
    *others, course = ways
    assert set(others) == {path for page in STORED.values() for path in page.paths}
    boxes = index.select(".map svg.wide a")
    for number, name in enumerate(ways):
        lit = {
            STORED[address(box)[0]].path.stem: STORED[address(box)[0]]
            for box in boxes
            if str(number) in box["data-on"].split()
        }
        for page in lit.values():
            assert set(page.needs) <= set(lit), f"{name} leaves out what {page.path.stem} needs"
        assert name == course or any(name in page.paths for page in lit.values())
    assert len(lit) == len(STORED)
    last = max(int(week) for week in re.findall(r"(\d+)\xa0", ways[course]))
    assert last == WEEKS and {10: "ten"}[WEEKS] in course


@pytest.mark.parametrize("viewport", [SCREEN, NARROW, PHONE], ids=["wide", "narrow", "phone"])
def test_a_way_is_lit_on_the_map_by_key_and_the_map_is_read(front, viewport):
    page = front(viewport)
    page.locator(".way input").first.focus()
    page.keyboard.press("Space")
    weights = """(boxes) => boxes.filter((box) => box.checkVisibility()).map((box) =>
        [box.dataset.on.split(" ").includes("0"), +getComputedStyle(box.firstChild).strokeWidth
            .slice(0, -2), getComputedStyle(box.lastChild).fontWeight, box.lastChild
            .getBoundingClientRect().width, box.firstChild.getBoundingClientRect().width,
            parseFloat(getComputedStyle(box.lastChild).fontSize)
                * box.ownerSVGElement.getScreenCTM().a])"""
    boxes = page.eval_on_selector_all(".map a", weights)
    page.keyboard.press("ArrowDown")  # to the next of the group
    assert page.locator(".way input").nth(1).is_checked()
    assert len(boxes) == len(CHAPTERS)
    assert {lit for lit, *_ in boxes} == {True, False}
    for lit, _, weight, text, box, size in boxes:
        assert (weight == "600") == lit
        assert text < box, "a title is wider than its box"
        assert size >= 11.5, "letters too small to read"


def test_levels_stand_below_what_they_need():
    book = [chapter("a"), chapter("b", "a"), chapter("c", "a"), chapter("d", "b", "a")]
    assert [[c.name for c in level] for level in levels(book)] == [["a"], ["b", "c"], ["d"]]


def test_a_title_is_broken_between_words():
    assert lines("one two three", 7 * LETTER) == ["one two", "three"]
    assert lines("one two three", 6 * LETTER) == ["one", "two", "three"]
    assert lines("unbreakable", 3 * LETTER) == ["unbreakable"]


def test_a_path_takes_along_what_its_goal_needs_and_nothing_else():
    book = [chapter("a"), chapter("b", "a"), chapter("c"), chapter("d", "b", on=("An evening",))]
    assert {name: [c.name for c in way] for name, way in paths(book).items()} == {
        "An evening": ["a", "b", "d"]
    }


@pytest.mark.parametrize("count", [1, 7, 10, 21])
def test_a_course_has_ten_weeks_reads_everything_and_keeps_the_order(count):
    book = [chapter(f"c{i:02}", minutes=15 + i) for i in range(count)]
    course = weeks(book)
    assert len(course) == WEEKS
    read = [c for before, run in pairwise([[], *course]) if run != before for c in run]
    assert read == book


def test_the_longest_chapters_get_a_second_week():
    book = [chapter(name, minutes=20 if name == "f" else 9) for name in "abcdefghi"]
    assert [c.name for (c,) in weeks(book)] == list("abcdeffghi")
