"""The button on a chapter, and what it opens: asked of the build, and of a browser."""

import json
import time

import pytest
from axe_playwright_python.sync_playwright import Axe
from bs4 import BeautifulSoup

from live.sources import pins
from manuscript.pages import ROOT
from tests.live.site import lay_over
from tests.theme.small_book import build, contents, html_of, lay_out, write_notebook
from theme.doors import how_long, with_door
from theme.serving import serve

NAME = "news-telegram"  # a short chapter
NOTEBOOK = json.loads((ROOT / "book" / f"{NAME}.ipynb").read_text("utf-8"))
CODE = [cell for cell in NOTEBOOK["cells"] if cell["cell_type"] == "code"]
WHILE = 90_000  # ms that Python may take to come, on a slow machine with other tests beside it


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
    [(0, ""), (9, ""), (12, "about a minute."), (35, "about 2 minutes."), (120, "about 6 minutes.")],
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


# ---- in Chromium -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def live_url(site, gathered, tmp_path_factory):
    """Return the address of the site with Python on one of its chapters."""
    folder = tmp_path_factory.mktemp("live")
    lay_over(site, folder, gathered, NAME)
    with serve(folder) as url:
        yield url


class Opened:
    """The chapter in a tab."""

    def __init__(self, page, url):
        self.page = page
        self.asked = []
        page.on("request", lambda request: self.asked.append(request.url))
        page.goto(url, wait_until="networkidle")

    def press(self):
        self.page.click("text=Run on this page")
        self.page.wait_for_selector(".live-bar")

    def wait(self):
        """Wait until nothing runs."""
        self.page.wait_for_function(
            "document.querySelector('.live-bar')?.dataset.state === 'ready'", timeout=WHILE
        )

    def cell(self, cell_id):
        return self.page.locator(f'[data-cell="{cell_id}"]')

    def write(self, cell_id, source):
        self.cell(cell_id).locator(".cm-content").click()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(source)

    def run(self, cell_id):
        self.cell(cell_id).get_by_role("button", name="Run cell").click()

    def printed(self, cell_id):
        return self.cell(cell_id).locator(".cell_output").first.inner_text()


def cell_with(text):
    return next(cell for cell in CODE if text in "".join(cell["source"]))


def stored(cell):
    """Return the text that the book has stored of a cell."""
    return "".join("".join(one.get("text", "")) for one in cell["outputs"])


def test_a_chapter_runs_on_its_page_an_answer_is_judged_a_loop_is_stopped_edits_stay(
    chromium, live_url
):
    context = chromium.new_context()
    opened = Opened(context.new_page(), f"{live_url}/book/{NAME}.html")
    page = opened.page
    assert not [url for url in opened.asked if "/python/" in url]
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))

    # From top to bottom: what the book leans on is printed to the same digits.
    opened.press()
    page.get_by_role("button", name="Run all", exact=True).last.click()
    opened.wait()
    assert page.locator(".live-error").all_inner_texts() == []
    compared = [cell for cell in CODE if "nbval-check-output" in cell["metadata"].get("tags", [])]
    assert len(compared) > 5
    for cell in compared:
        shown = opened.cell(cell["id"]).locator(".cell_output").first.text_content()
        assert shown.strip() == stored(cell).strip(), cell["id"]
    assert {url.split("/")[2] for url in opened.asked} <= {live_url.split("/")[2], ""}

    # An explorer, from Python and by hand.
    explorer = cell_with("fallback=")["id"]
    page.wait_for_selector(f'[data-cell="{explorer}"] .explorer.drawn')
    stub = cell_with("    ...\n")
    opened.write(stub["id"], "triangle.q = [0.25, 0.5, 0.25]")
    opened.run(stub["id"])
    opened.wait()
    handle = opened.cell(explorer).locator('[role=slider][aria-valuenow="0.5"]').last
    handle.press("ArrowUp")
    time.sleep(0.3)
    opened.write(stub["id"], "print(triangle.q)")
    opened.run(stub["id"])
    opened.wait()
    q = json.loads(opened.printed(stub["id"]))
    assert q[1] > 0.5
    assert sum(q) == pytest.approx(1)

    # An exercise: a wrong answer, then the right one.
    name = "".join(stub["source"]).partition("def ")[2].partition("(")[0]
    solved = next(
        "".join(cell["source"])
        for cell in CODE
        if f"def {name}(" in "".join(cell["source"]) and cell is not stub
    )
    opened.write(stub["id"], "".join(stub["source"]).replace("...", "return 0.5"))
    opened.run(stub["id"])
    opened.wait()
    assert opened.printed(stub["id"]).startswith("✗")
    opened.write(stub["id"], solved)
    opened.run(stub["id"])
    opened.wait()
    assert opened.printed(stub["id"]).startswith("✓")

    assert Axe().run(page).response["violations"] == []

    # A loop without end, stopped; and after a reload the edit is there.
    loop = "while True:\n    pass"
    opened.write(stub["id"], loop)
    opened.run(stub["id"])
    page.wait_for_selector(".cell.runs")
    page.get_by_role("button", name="Stop").click()
    page.wait_for_selector(".live-notice:not(:empty)")
    assert "Python began anew" in page.inner_text(".live-notice")
    page.reload(wait_until="networkidle")
    opened.press()
    assert opened.cell(stub["id"]).locator(".cm-content").inner_text().split() == loop.split()
    assert errors == []
    context.close()
