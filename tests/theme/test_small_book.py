"""A book of two notebooks, built: what runs again after a change, what a stopped page says.

The parts are runner/ (what is stale, what stopped) and theme/notebooks.py (what the page shows).
"""

import re

import nbformat
import pytest

from tests.theme.small_book import build, contents, html_of, lay_out, write_notebook
from theme.notebooks import STOPPED

PLAIN = "import lib, time\nprint('answer', lib.ANSWER)\nprint('ran at', time.time_ns())"
WITH_EXPLORER = f"import explorers\n{PLAIN}"


@pytest.fixture
def small_book(tmp_path):
    """Return the folder of a book with our settings and theme, a stand-in `lib`, two notebooks."""
    lay_out(tmp_path)
    (tmp_path / "explorers" / "__init__.py").write_text("")
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "__init__.py").write_text("ANSWER = 41\n")
    write_notebook(tmp_path / "book" / "index.ipynb", "Plain", PLAIN)
    write_notebook(tmp_path / "book" / "moving.ipynb", "With an explorer", WITH_EXPLORER)
    contents(tmp_path, "moving")
    return tmp_path


def _store(path, text):
    """Store `text` as the output of the last cell, as an author's machine printed it."""
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[-1].outputs = [nbformat.v4.new_output("stream", text=text)]
    notebook.cells[-1].execution_count = 3
    nbformat.write(notebook, path)


def text_of(book, page):
    """Return the words of a built page."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", html_of(book, page)))


def shown(book):
    """Build the book; return {page: (answer, time of its run)} as the pages show them."""
    run = build(book)
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-3000:]
    return {
        page: re.search(r"answer (\d+) ran at (\d+)", text_of(book, page)).groups()
        for page in ("index", "moving")
    }


def test_a_change_runs_what_depends_on_it_and_nothing_else(small_book):
    first = shown(small_book)
    assert first["index"][0] == first["moving"][0] == "41"

    assert shown(small_book) == first, "an unchanged book ran again"

    write_notebook(small_book / "book" / "index.ipynb", "Another title", PLAIN)
    assert shown(small_book) == first, "a word in the prose ran a notebook"
    assert "Another title" in text_of(small_book, "index")

    write_notebook(small_book / "book" / "index.ipynb", "Plain", PLAIN + "\nprint('more')")
    one_chapter = shown(small_book)
    assert one_chapter["index"][1] != first["index"][1]
    assert one_chapter["moving"] == first["moving"], "a change in one chapter ran another"

    (small_book / "lib" / "__init__.py").write_text("ANSWER = 42\n")
    changed_lib = shown(small_book)
    assert changed_lib["index"][0] == changed_lib["moving"][0] == "42"


def test_a_notebook_that_stops_cannot_be_overlooked(small_book):
    broken = small_book / "book" / "index.ipynb"
    cells = ["print('above', 6 * 7)", "assert 2 < 1, 'on purpose'", "print('below', 6 * 7)"]
    write_notebook(broken, "Broken", *cells)
    _store(broken, "below 41")
    run = build(small_book)
    assert run.returncode == STOPPED
    last = run.stdout[run.stdout.index("1 of 2 notebooks") :]
    assert "book/index.ipynb, cell cell-2: AssertionError: on purpose" in last

    text = text_of(small_book, "index")
    assert "above 42" in text
    assert "This page stopped here" in text
    assert "Nothing below was computed on this machine" in text
    assert text.index("on purpose") < text.index("This page stopped here")
    assert "below 41" not in text, "what the authors stored stands as if it had been computed"
    assert "answer 41" in text_of(small_book, "moving"), "one broken notebook broke another's page"

    (small_book / "lib" / "__init__.py").write_text("ANSWER = 41\n")
    again = build(small_book)
    assert again.returncode == STOPPED, "the second build took a failed run for done"
    assert "book/index.ipynb: begins" in again.stdout
    assert "book/moving.ipynb: begins" not in again.stdout

    write_notebook(broken, "Mended", PLAIN)
    shown(small_book)
    assert "stopped here" not in text_of(small_book, "index")


def test_a_notebook_that_is_too_slow_says_what_to_do(small_book):
    slow = "import threading\nthreading.Event().wait()"
    write_notebook(small_book / "book" / "index.ipynb", "Slow", "print('above', 6 * 7)", slow)
    run = build(small_book, LIMIT="2")
    assert run.returncode == STOPPED
    assert "cell cell-2: it did not end within 2 seconds" in run.stdout
    assert "make book LIMIT=" in run.stdout
    text = text_of(small_book, "index")
    assert "above 42" in text
    assert "it did not end within 2 seconds" in text
