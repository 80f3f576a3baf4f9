"""Each explorer can be drawn without a browser, and looks there as it does in one."""

import html
import json

import pytest

import explorers
from tests.theme.test_site import CHAPTERS
from theme.portraits import SHOWN, portrait

# What is drawn, and where, without what is there to be held or typed only.
GEOMETRY = """(svg) => [...svg.querySelectorAll("rect, path, line, circle, ellipse")]
    .filter((e) => !e.closest(".reach, .ring, .blank, [visibility=hidden]"))
    .map((e) => [e.tagName, ...["x", "y", "x1", "x2", "y1", "y2", "width", "height", "r", "d"]
        .map((name) => (e.getAttribute(name) ?? "").replace(/\\d+\\.\\d{3,}/g,
            (number) => String(+(+number).toFixed(2))))].join(" "))"""


def state_of(explorer):
    """Return what the page's HTML of an explorer carries."""
    return json.loads(html.unescape(SHOWN.search(explorer._page_html())[2]))


@pytest.mark.parametrize("name", explorers.__all__)
def test_an_explorer_is_drawn_without_a_browser(name):
    one = getattr(explorers, name).example()
    drawn = portrait(one.module, state_of(one))
    assert drawn.title and drawn.width == 320
    light, dark = drawn.pictures["light"], drawn.pictures["dark"]
    assert light.count("<") > 20 and light != dark
    assert "light-dark" not in light + dark
    for unwanted in ('class="reach', "tabindex", "NaN", "undefined"):
        assert unwanted not in light


@pytest.mark.parametrize("page", CHAPTERS)
def test_the_picture_is_what_the_browser_draws(open_page, page):
    tab = open_page(page)
    explorer = tab.locator(".explorer[data-explorer]").last
    state = json.loads(explorer.get_attribute("data-state"))
    drawn = portrait(explorer.get_attribute("data-explorer"), state)
    here = explorer.locator(".layers, svg").first.evaluate(GEOMETRY)
    tab.set_content(drawn.pictures["light"])
    assert tab.locator("svg").first.evaluate(GEOMETRY) == here


def odd(folder, module):
    """Write an explorer with this module into a folder of explorers."""
    for name in ("shared", "odd"):
        (folder / name).mkdir()
    (folder / "odd" / "odd.mjs").write_text(module)


def test_a_module_may_use_any_name(tmp_path):
    """Those that no_browser.js has too: the module is read, and only then asks too much."""
    names = "const rounded = 1;\nconst waiting = [];\nfunction inside() {}\n"
    odd(tmp_path, names + "export default { render() { document.querySelectorAll('p'); } };\n")
    with pytest.raises(ValueError, match="querySelectorAll"):
        portrait("odd", {}, tmp_path)


def test_a_module_that_asks_for_more_than_there_is_says_which(tmp_path):
    odd(tmp_path, "export default { render() { document.querySelectorAll('p'); } };\n")
    with pytest.raises(ValueError, match=r"odd can't be drawn.*\n?.*querySelectorAll"):
        portrait("odd", {}, tmp_path)
