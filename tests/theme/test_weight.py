"""How a page arrives: light, and nothing on it jumps, however late its parts come."""

import gzip

import pytest

from tests import browser
from tests.theme.test_site import ARRIVED, DRAWN, EVERYWHERE, PHONE, WIDE, alternately, arrive, told

LIMIT = 500_000  # bytes of a page, cold, with all that it loads
SHIFT = 0.05  # cumulative layout shift; from 0.1 on a browser calls it poor
NOTE_SHIFTS = """
window.shifts = [];
const name = (node) => node ? `${node.nodeName} ${node.id || node.className || ""}` : "gone";
new PerformanceObserver((list) => {
    for (const { value, sources } of list.getEntries()) {
        shifts.push([value, sources.map((source) => name(source.node))]);
    }
}).observe({ type: "layout-shift", buffered: true });
"""
# Pictures and explorers may wait until they are seen.
SEE_ALL = """async () => {
    for (const part of document.querySelectorAll(".explorer, img, details")) {
        if (!part.checkVisibility()) continue;
        part.scrollIntoView({ block: "center", behavior: "instant" });
        await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    }
}"""
PAINTED = "performance.getEntriesByName('first-contentful-paint').length"


def gzipped(body):
    """Return the bytes that travel: fonts and pictures are packed already."""
    return min(len(body), len(gzip.compress(body, 9)))


@pytest.mark.parametrize("name", EVERYWHERE)
def test_a_page_with_all_that_it_loads_is_light(new_tab, site_url, name, record_property):
    page = new_tab(WIDE)
    responses = []
    page.on("response", lambda response: responses.append(response))
    arrive(page, f"{site_url}/{name}")
    page.evaluate(SEE_ALL)
    page.wait_for_load_state("networkidle")
    sizes = {answer.url.removeprefix(site_url): gzipped(answer.body()) for answer in responses}
    assert f"/{name}" in sizes
    record_property("bytes", sum(sizes.values()))
    heaviest = sorted(sizes.items(), key=lambda item: -item[1])
    assert sum(sizes.values()) <= LIMIT, heaviest


class Late:
    """Requests that are held back until someone lets them go."""

    def __init__(self, page, pattern):
        self.held, self.closed = [], True
        page.route(pattern, self._hold)

    def _hold(self, route):
        if self.closed:
            self.held.append(route)
        else:
            route.continue_()

    def let_go(self):
        self.closed = False
        for route in self.held:
            route.continue_()


@pytest.mark.parametrize(
    ("name", "viewport"),
    alternately([*EVERYWHERE, "search.html?q=telegrams"], [WIDE, PHONE]),
    ids=told,
)
def test_nothing_jumps_while_a_page_arrives(new_tab, site_url, name, viewport):
    """The text is read already when the scripts come, and then the fonts."""
    seen = [None]  # the top of the page first, then each explorer
    while seen:
        place = seen.pop(0)
        page = new_tab(viewport)
        page.add_init_script(NOTE_SHIFTS)
        scripts, fonts = Late(page, "**/*.mjs*"), Late(page, "**/*.woff2*")
        page.goto(f"{site_url}/{name}", wait_until="commit")
        page.wait_for_function(PAINTED)
        page.wait_for_function("document.readyState !== 'loading'")
        explorers = page.locator(".explorer[data-explorer]")
        if place is None:
            seen = list(range(explorers.count()))
        else:
            explorers.nth(place).evaluate("element => element.scrollIntoView()")
            browser.frames(page)
        scripts.let_go()
        page.wait_for_function(DRAWN)
        browser.frames(page)
        fonts.let_go()
        page.wait_for_function(ARRIVED)
        if "?" in name:
            page.wait_for_selector("ul.search .context")
        browser.frames(page)
        shifts = page.evaluate("shifts")
        assert sum(value for value, _ in shifts) < SHIFT, (
            f"at {'the top' if place is None else f'explorer {place}'}: {shifts}. "
            "An explorer's two heights stand in its class: stacked, beside"
        )
        page.context.close()
