"""The button on a chapter, and what it opens: asked of the build, and of a browser."""

import contextlib
import json

import pytest
from axe_playwright_python.sync_playwright import Axe
from bs4 import BeautifulSoup

from live.host import Handler as Isolated
from live.sources import pins
from manuscript.pages import ROOT
from tests import browser
from tests.live.site import lay_over
from tests.theme.small_book import build, contents, html_of, lay_out, write_notebook
from theme.doors import how_long, with_door
from theme.serving import Quiet, serve

NAME = "news-telegram"  # a short chapter
NOTEBOOK = json.loads((ROOT / "book" / f"{NAME}.ipynb").read_text("utf-8"))
CODE = [cell for cell in NOTEBOOK["cells"] if cell["cell_type"] == "code"]
WHILE = 180_000  # ms that Python may take to come, on a slow machine with other tests beside it


def test_each_code_cell_of_a_page_gets_the_id_of_its_cell(site):
    page = (site / "book" / f"{NAME}.html").read_text("utf-8")
    marked = BeautifulSoup(with_door(page, NOTEBOOK, "<p id='door'></p>"), "html.parser")
    assert [one["data-cell"] for one in marked.select(".cell")] == [cell["id"] for cell in CODE]
    for one, cell in zip(marked.select(".cell"), CODE, strict=True):
        assert one.select_one(".cell_input pre").get_text().strip() == "".join(cell["source"])
    assert marked.h1.find_next_sibling().get("id") == "door"


def test_a_page_with_another_number_of_cells_is_an_error():
    with pytest.raises(ValueError, match="the page has 0 code cells, the notebook 29"):
        with_door("<h1>No cell</h1>", NOTEBOOK, "")


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, ""), (29, ""), (30, "about a minute."), (130, "about 2 minutes.")],
)
def test_a_long_chapter_says_before_the_click_how_long_it_takes(seconds, said):
    assert how_long(seconds).removeprefix(" To run all cells takes ") == said


def test_without_a_source_the_book_is_built_as_without_live_and_says_so(tmp_path):
    lay_out(tmp_path)
    (tmp_path / "book" / "index.md").write_text("# A book\n")
    write_notebook(tmp_path / "book" / "one.ipynb", "One", "1 + 1")
    contents(tmp_path, "one")
    plain = build(tmp_path)
    assert plain.returncode == 0, plain.stderr
    page = html_of(tmp_path, "one")
    asked = build(tmp_path, "--all", LIVE="1", LIVE_SOURCES="no-source")
    assert asked.returncode == 0, asked.stderr
    said = f"Built without Python on the pages (LIVE): {len(pins())} files are missing"
    assert said in asked.stdout
    assert html_of(tmp_path, "one") == page
    assert not (tmp_path / "_build" / "html" / "python").exists()


# ---- in three engines ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def folder(site, gathered, tmp_path_factory):
    """Return the folder of the site with Python on one of its chapters."""
    folder = tmp_path_factory.mktemp("live")
    lay_over(site, folder, gathered, NAME)
    return folder


@pytest.fixture
def live_url(folder, request):
    """Return the address of that site; by a parameter, its pages are apart from other hosts'."""
    with serve(folder, Isolated if getattr(request, "param", "") else Quiet) as url:
        yield url


class Opened:
    """The chapter in a tab of Chromium or Firefox."""

    def __init__(self, page, url):
        self.page = page
        self.asked, self.errors = [], []
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.goto(f"{url}/book/{NAME}.html", wait_until="networkidle")

    def press(self):
        self.page.click("text=Run on this page")
        self.page.wait_for_selector(".live-bar")

    def wait(self):
        """Wait until nothing runs."""
        self.page.wait_for_function(f"({IS_READY})()", timeout=WHILE)

    def cell(self, cell_id):
        return self.page.locator(f'[data-cell="{cell_id}"]')

    def written(self, cell_id):
        return self.cell(cell_id).locator(".cm-content").inner_text().split()

    def write(self, cell_id, source):
        self.cell(cell_id).locator(".cm-content").click()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(source)

    def begin(self, cell_id, source):
        self.write(cell_id, source)
        self.cell(cell_id).get_by_role("button", name="Run cell").click()

    def run(self, cell_id, source):
        """Write a cell, run it, and return what it prints."""
        self.begin(cell_id, source)
        self.wait()
        return self.cell(cell_id).locator(".cell_output").first.inner_text().strip()

    def notice(self, text):
        self.page.wait_for_function(
            "(text) => document.querySelector('.live-notice').textContent.includes(text)",
            arg=text,
            timeout=WHILE,
        )


IS_READY = "() => document.querySelector('.live-bar')?.dataset.state === 'ready'"
ALL_PRINTED = """() => Object.fromEntries(
    [...document.querySelectorAll("[data-cell]")].map((cell) =>
        [cell.dataset.cell, (cell.querySelector(".cell_output")?.textContent ?? "").trim()]))"""


def cell_with(text):
    return next(cell for cell in CODE if text in "".join(cell["source"]))


def compared():
    """Return {id: text} of the cells whose outputs the book leans on."""
    cells = [one for one in CODE if "nbval-check-output" in one["metadata"].get("tags", [])]
    assert len(cells) > 5
    return {
        cell["id"]: "".join("".join(one.get("text", "")) for one in cell["outputs"]).strip()
        for cell in cells
    }


EXPLORER = cell_with("fallback=")["id"]
STUB = cell_with("    ...\n")
BREAKS = """def down(n):
    return sorted([n], key=down)
import sys
sys.setrecursionlimit(10**9)
down(1)"""  # in a browser: the stack of its engine is at its end


def use(opened, url):
    """Run a chapter as a reader does: all of it, an explorer, an exercise, wrong and right."""
    assert not [one for one in opened.asked if "/python/" in one]
    opened.press()
    page, stub = opened.page, STUB["id"]
    page.get_by_role("button", name="Run all", exact=True).last.click()
    opened.wait()
    assert page.locator(".live-error").all_inner_texts() == []
    shown = page.evaluate(ALL_PRINTED)
    assert {name: shown[name] for name in compared()} == compared()
    assert {one.split("/")[2] for one in opened.asked} <= {url.split("/")[2], ""}

    # Python sets an explorer, a hand drags it, Python reads what the hand has set.
    page.wait_for_selector(f'[data-cell="{EXPLORER}"] .explorer.drawn')
    set_to = [0.25, 0.5, 0.25]
    opened.run(stub, f"triangle.q = {set_to}")
    handle = opened.cell(EXPLORER).locator(".handle").first
    handle.scroll_into_view_if_needed()
    box = handle.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 30, y - 30, steps=4)
    page.mouse.up()
    told = (json.loads(opened.run(stub, "print(triangle.q)")) for _ in range(50))
    q = next(q for q in told if q != set_to)  # it is told with one of the next frames
    assert sum(q) == pytest.approx(1)

    source = "".join(STUB["source"])
    name = source.partition("def ")[2].partition("(")[0]
    texts = ["".join(cell["source"]) for cell in CODE if cell is not STUB]
    solved = next(text for text in texts if f"def {name}(" in text)
    assert opened.run(stub, source.replace("...", "return 0.5")).startswith("✗")
    assert opened.run(stub, solved).startswith("✓")

    opened.begin(stub, LOOP)
    page.wait_for_selector(".cell.runs")
    page.get_by_role("button", name="Stop").click()


LOOP = "while True:\n    pass"


@pytest.mark.parametrize("live_url", ["apart"], indirect=True)
def test_in_chromium_a_chapter_runs_and_what_breaks_python_begins_it_anew(chromium, live_url):
    with contextlib.closing(chromium.new_context()) as context:
        opened = Opened(context.new_page(), live_url)
        use(opened, live_url)
        opened.wait()
        # Python is the same, or says that it is not: a busy machine may hear the stop too late.
        known = opened.run(STUB["id"], "print('triangle' in globals())") == "True"
        assert known or "began anew" in opened.page.locator(".live-notice").inner_text()
        licences = opened.page.get_by_role("link", name="Licences").evaluate("(link) => link.href")
        assert "Mozilla Public License" in context.request.get(licences).text()
        assert Axe().run(opened.page).response["violations"] == []

        second = Opened(context.new_page(), live_url)
        second.press()
        second.notice("open in another tab")
        second.write(STUB["id"], "1")
        second.page.close()
        opened.begin(STUB["id"], BREAKS)
        opened.notice("Python has broken down and began anew")
        opened.page.reload()
        opened.press()
        assert opened.written(STUB["id"]) == BREAKS.split()
        assert opened.errors == second.errors == []


def test_where_a_file_of_python_is_missing_the_page_says_so(chromium, folder):
    class Lacking(Quiet):
        def send_head(self):
            return self.send_error(404) if self.path.endswith(".wasm") else super().send_head()

    with serve(folder, Lacking) as url, contextlib.closing(chromium.new_context()) as context:
        opened = Opened(context.new_page(), url)
        opened.press()
        said = opened.page.locator(".live-status", has_text="Python could not be loaded")
        said.get_by_role("button", name="Try again").wait_for(timeout=WHILE)


def test_in_firefox_a_chapter_runs_and_a_loop_is_stopped_where_no_memory_is_shared(
    playwright, live_url
):
    with browser.launch_firefox(playwright) as running:
        opened = Opened(running.new_page(), live_url)
        use(opened, live_url)
        opened.notice("Python began anew")
        opened.page.reload()
        opened.press()
        assert opened.written(STUB["id"]) == LOOP.split()
        assert opened.errors == []


OF_CELL = """document.querySelector('[data-cell="{}"]')"""
CLICK = """(text) => [...document.querySelectorAll("button")]
    .find((one) => one.textContent === text).click()"""


def test_in_webkit_python_runs(live_url):
    with browser.launch_webkit() as running:
        page = browser.Driven(running)
        page.open(f"{live_url}/book/{NAME}.html", 1000, 1000)
        page.evaluate(CLICK, "Run on this page")
        page.wait_for("() => document.querySelector('.live-bar')")
        name, printed = next(iter(compared().items()))
        page.evaluate(
            f"() => {{ {OF_CELL.format(name)}.querySelector('.live-tools button').click(); }}"
        )
        page.wait_for(IS_READY, seconds=WHILE / 1000)
        assert page.evaluate(ALL_PRINTED)[name] == printed
        assert page.evaluate(f"() => {OF_CELL.format(name)}.classList.contains('ran')")
