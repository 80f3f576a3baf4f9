"""Run chapters on their pages, in Chromium, and compare what they print with what the pages show.

    make browser [CHAPTERS="CHAPTER …"]
    python -m bench.in_browser --write [CHAPTER …]

The browser is one more machine: all that is printed must be the same, but for cells tagged
"chaotic". A row says how long Python took to come (on the first visit, the browser's store empty),
how long the cells took, and which of them differ or fail. Exits 1 where one does. With --write the
pages say from now on, before the click, how long their cells took here; let nothing run beside it.
"""

import json
import os
import sys
import time
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from live.layout import TIMES, times
from theme.browsers import chromium
from theme.serving import serve

SITE = Path(os.environ.get("SITE", Path(__file__).parents[1] / "_build" / "html"))
WHILE = 1_800_000  # ms that a chapter may take
PRINTED = """() => Object.fromEntries(
    [...document.querySelectorAll("[data-cell]")].map((cell) => [cell.dataset.cell, {
        text: [...cell.querySelectorAll(".cell_output .output:not(.text_html) pre")]
            .map((pre) => pre.textContent).join("\\n"),
        chaotic: cell.matches(".tag_chaotic"),
        still: Boolean(cell.querySelector(".still")), // a picture without what is printed below it
        failed: Boolean(cell.querySelector(".live-error")),
    }]))"""
READY = "document.querySelector('.live-bar')?.dataset.state === 'ready'"
RUN_ALL = """() => [...document.querySelectorAll(".live-bar button")]
    .find((button) => button.textContent === "Run all").click()"""


def measured(browser: Browser, address: str) -> tuple[float, float, list[str]]:
    """Return the seconds until Python is ready, those of all cells, and the cells that differ."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(address, wait_until="networkidle")
    book = page.evaluate(PRINTED)
    began = time.perf_counter()
    page.click("text=Run on this page")
    page.wait_for_function(READY, timeout=WHILE)
    ready = time.perf_counter()
    page.evaluate(RUN_ALL)
    page.wait_for_function(READY, timeout=WHILE)
    done = time.perf_counter()
    here = page.evaluate(PRINTED)
    context.close()
    wrong = [f"{name} fails" for name, cell in here.items() if cell["failed"]]
    wrong += [
        f"{name} differs"
        for name, cell in here.items()
        if not cell["failed"]
        and not (cell["chaotic"] or book[name]["still"])
        and cell["text"].split() != book[name]["text"].split()
    ]
    return ready - began, done - ready, wrong


def main(names: list[str], write: bool) -> int:
    """Print a row for each chapter with the button, or for those that are named."""
    seconds = times()
    pages = sorted(SITE.glob("book/*.html"))
    pages = [page for page in pages if 'class="live-door"' in page.read_text("utf-8")]
    wrong = 0
    with sync_playwright() as playwright, serve(SITE) as url, chromium(playwright) as browser:
        print(f"{'chapter':24} {'ready s':>8} {'cells s':>8}  what differs")
        for page in pages:
            if names and page.stem not in names:
                continue
            ready, ran, cells = measured(browser, f"{url}/book/{page.name}")
            wrong += len(cells)
            seconds[page.stem] = round(ran)
            said = ", ".join(cells) or "nothing"
            print(f"{page.stem:24} {ready:8.1f} {ran:8.1f}  {said}", flush=True)
    if write:
        TIMES.write_text(json.dumps(seconds, indent=1, sort_keys=True) + "\n", "utf-8")
    return int(wrong > 0)


if __name__ == "__main__":
    named = [name for name in sys.argv[1:] if name != "--write"]
    sys.exit(main(named, "--write" in sys.argv))
