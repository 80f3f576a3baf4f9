"""What the pages do in a reader's hands: theme, keys, copying, a finger, colours of the system."""

import functools
import http.server
import re
import threading
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup

from tests.theme.test_site import CHAPTERS, EVERYWHERE, OPEN_FOLDS, PAGES, PHONE, parsed
from theme.katex import SIZES, render

PAPER = "getComputedStyle(document.body).backgroundColor"
THEME = "document.documentElement.dataset.theme"
SCHEME = "getComputedStyle(document.documentElement).colorScheme"


# ---- the theme -----------------------------------------------------------------------------------


def test_two_tabs_agree_on_the_theme(open_page):
    first = open_page(PAGES[0], color_scheme="light")
    second = open_page(PAGES[1], context=first.context)
    first.click(".theme-button")
    second.wait_for_function(f"{THEME} === 'dark'")
    assert second.evaluate(PAPER) == first.evaluate(PAPER)


def test_a_page_that_comes_back_from_memory_has_the_theme_of_now(open_page):
    page = open_page(PAGES[0], color_scheme="light")
    page.evaluate("localStorage.setItem('price-theme', 'dark')")
    assert page.evaluate(THEME) == ""
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    assert page.evaluate(THEME) == "dark"


@pytest.mark.parametrize("key", ["theme", "price-theme"])
def test_a_foreign_value_of_the_theme_is_ignored(open_page, key):
    page = open_page(PAGES[0], color_scheme="light")
    page.evaluate(f"localStorage.setItem('{key}', 'solarized')")
    page.reload(wait_until="networkidle")
    assert page.evaluate(THEME) == ""
    light = page.evaluate(PAPER)
    page.click(".theme-button")
    assert page.evaluate(PAPER) != light


def test_figures_are_dimmed_whether_the_system_or_the_reader_is_dark(open_page):
    dim = "getComputedStyle(document.querySelector('figure img')).filter"
    light = open_page(CHAPTERS[0], color_scheme="light")
    dark = open_page(CHAPTERS[0], color_scheme="dark")
    by_system = dark.evaluate(dim)
    assert light.evaluate(dim) == "none"
    assert by_system.startswith("brightness(0.")
    for page in (light, dark):
        page.click(".theme-button")
    assert light.evaluate(dim) == by_system
    assert dark.evaluate(dim) == "none"


# ---- keys ----------------------------------------------------------------------------------------


def test_the_slash_is_left_to_whatever_has_the_focus(open_page):
    page = open_page(CHAPTERS[0])
    for place in (".theme-button", "article .explorer [role=slider]", "article a[href]"):
        page.locator(place).first.focus()
        before = page.evaluate("document.activeElement.outerHTML")
        page.keyboard.press("/")
        assert page.evaluate("document.activeElement.outerHTML") == before
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.name") == "q"


# ---- copying -------------------------------------------------------------------------------------


CLIPBOARD = {"permissions": ["clipboard-read", "clipboard-write"]}


def test_a_session_is_copied_without_its_prompts_and_what_it_printed(open_page):
    page = open_page("book/for-teachers.html", **CLIPBOARD)
    block = page.locator(".highlight-console").first
    lines = block.locator("pre").inner_text().splitlines()
    block.locator(".copy").focus()
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement.textContent === 'Copied'")
    commands = [line.removeprefix("$ ") for line in lines if line.startswith("$ ")]
    assert 0 < len(commands) < len(lines)
    assert page.evaluate("navigator.clipboard.readText()").splitlines() == commands


def test_code_is_copied_where_the_page_comes_over_plain_http(open_page):
    """There is no navigator.clipboard there; the tests' own address counts as safe."""
    page = open_page(CHAPTERS[0], **CLIPBOARD)
    page.evaluate(OPEN_FOLDS)
    page.evaluate(
        """() => {
            window.read = navigator.clipboard.readText.bind(navigator.clipboard);
            Object.defineProperty(navigator, "clipboard", { value: undefined });
        }"""
    )
    page.locator(".copy").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_function("document.querySelector('.copy').textContent === 'Copied'")
    code = page.locator("div.highlight:has(> .copy) pre").first.inner_text()
    assert page.evaluate("read()") == code
    assert page.evaluate("document.activeElement.className") == "copy"


def test_code_that_no_way_copies_is_selected_and_the_button_says_so(open_page):
    page = open_page(CHAPTERS[0])
    page.evaluate(OPEN_FOLDS)
    page.evaluate(
        """() => {
            Object.defineProperty(navigator, "clipboard", { value: undefined });
            document.execCommand = () => false;
        }"""
    )
    page.locator(".copy").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_function("document.querySelector('.copy').textContent.startsWith('Selected')")
    code = page.locator("div.highlight:has(> .copy) pre").first.inner_text()
    assert page.evaluate("String(getSelection())").strip() == code.strip()


# In the first paragraph with formulas: select all, or from within its first formula to the end.
SELECT = """(inside) => {
    const paragraph = document.querySelector("article p:has(.katex)");
    const range = document.createRange();
    range.selectNodeContents(paragraph);
    if (inside) range.setStart(paragraph.querySelector(".katex-html .mord"), 0);
    getSelection().removeAllRanges();
    getSelection().addRange(range);
    return [...paragraph.querySelectorAll("annotation")].map((tex) => tex.textContent);
}"""


@pytest.mark.parametrize("inside", [False, True])
def test_a_formula_is_copied_once_as_tex(open_page, inside):
    page = open_page(CHAPTERS[0], **CLIPBOARD)
    formulas = page.evaluate(SELECT, inside)
    page.keyboard.press("Control+c")
    text = page.evaluate("navigator.clipboard.readText()")
    assert re.findall(r"\$([^$]+)\$", text) == [tex.strip() for tex in formulas]


# ---- a finger ------------------------------------------------------------------------------------


def test_a_finger_finds_copy_buttons_and_anchors(open_page):
    page = open_page(CHAPTERS[0], PHONE, has_touch=True, is_mobile=True)
    page.evaluate(OPEN_FOLDS)
    for place in ("article .copy", "article h2 > .headerlink"):
        there = page.locator(place).first
        assert there.evaluate("e => getComputedStyle(e).opacity") == "1"
    assert page.locator("article .copy").first.bounding_box()["height"] >= 24


def test_the_copy_button_of_a_phone_covers_no_code(open_page):
    page = open_page(CHAPTERS[0], PHONE, has_touch=True, is_mobile=True)
    covered = page.evaluate(
        """() => [...document.querySelectorAll("article .copy")].filter((button) => {
            const text = document.createRange();
            text.selectNodeContents(button.parentElement.querySelector("pre"));
            const first = text.getClientRects()[0];
            return first && button.getBoundingClientRect().bottom > first.top + 4;
        }).length"""
    )
    assert covered == 0


# ---- the system's colours, a file, and Firefox ---------------------------------------------------


def test_in_forced_colours_one_sees_that_the_contents_are_open(open_page):
    page = open_page(PAGES[-1], PHONE, forced_colors="active")
    style = "e => getComputedStyle(e).outlineStyle"
    page.click(".menu-button")
    page.evaluate("document.activeElement.blur()")
    assert page.locator(".menu-button").evaluate(style) == "solid"


def test_in_forced_colours_which_have_no_shadows_a_broken_line_says_what_scrolls(open_page):
    page = open_page(CHAPTERS[0], PHONE, forced_colors="active")
    code = page.locator(".cell_input pre:visible").first
    edge = "e => getComputedStyle(e).borderRightStyle"
    assert code.evaluate(edge) == "none"
    page.add_style_tag(content="pre { white-space: pre !important; font-size: 4rem }")
    page.wait_for_function("document.querySelector('.cell_input pre[tabindex]:not(details *)')")
    assert code.evaluate(edge) == "dashed"


@pytest.fixture
def from_file(new_tab, site):
    """Return a function that opens a page of the site as a file, without a server."""

    def opener(name):
        page = new_tab(PHONE)
        page.goto((site / name).as_uri())
        return page

    return opener


@pytest.mark.parametrize("name", CHAPTERS)
def test_a_chapter_that_is_opened_as_a_file_says_that_it_needs_a_server(from_file, name):
    page = from_file(name)
    assert "make serve" in page.locator("main > .file-note").inner_text()
    for explorer in page.locator(".explorer").all():
        text = explorer.inner_text()
        assert "needs a server" in text and "JavaScript" not in text
    assert page.locator("#contents a").first.is_visible()
    assert not page.locator(".theme-button, .menu-button").first.is_visible()


def test_the_search_works_from_a_file_too(from_file):
    page = from_file("search.html")
    page.goto(f"{page.url}?q=telegrams")
    assert page.locator("ul.search li").count()


def test_a_page_that_a_server_brings_has_no_such_note(open_page):
    page = open_page(CHAPTERS[0])
    assert page.locator(".file-note").count() == 0
    assert page.locator("html.js").count() == 1


def arities(math):
    """Yield the names of the elements of a formula that have more or fewer parts than they can."""
    for element in ElementTree.fromstring(str(math)).iter():
        name = element.tag.rpartition("}")[2]
        if len(element) != SIZES.get(name, len(element)):
            yield name


@pytest.mark.parametrize("tex", [r"z_{\max}", r"x_{\min}^2", r"\log z_{\max}", r"\max_k z_k"])
def test_the_mathml_of_an_operator_in_an_index_is_valid(tex):
    math = BeautifulSoup(render(tex), "html.parser").math
    assert not list(arities(math))
    assert "max" in math.get_text() or "min" in math.get_text()


def test_all_mathml_of_the_site_is_valid(site):
    formulas = [math for name in EVERYWHERE for math in parsed(site / name).select("math")]
    assert len(formulas) > 500
    assert not [math for math in formulas if list(arities(math))]


# ---- an address that leads nowhere ---------------------------------------------------------------


@pytest.fixture
def pages_url(site):
    """Return the address of a server that, as GitHub Pages does, shows 404.html for what is not."""

    class Handler(http.server.SimpleHTTPRequestHandler):
        def send_error(self, code, *args, **kwargs):
            body = (site / "404.html").read_bytes()
            self.send_response(code)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            pass

    handler = functools.partial(Handler, directory=str(site))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize("lost", ["nowhere", "book/posterior-collapse.html", "book/a/b/c.html"])
def test_a_lost_address_shows_a_whole_page_from_any_depth(chromium, pages_url, lost):
    page = chromium.new_page()
    answer = page.goto(f"{pages_url}/{lost}", wait_until="networkidle")
    assert answer.status == 404
    page.wait_for_function("document.fonts.status === 'loaded'")
    assert page.evaluate("[...document.fonts].some((font) => font.status === 'loaded')")
    page.click("main .look")
    page.wait_for_url(f"{pages_url}/search.html?q=*")
    page.close()


def test_the_page_for_lost_addresses_fits_a_phone_and_shows_the_contents(open_page):
    page = open_page("404.html", PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert page.locator("#contents a").count() > len(CHAPTERS)
