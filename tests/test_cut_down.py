"""The teacher's page says how to cut the book down; a copy of the book is cut as it says."""

import json
import re
from functools import partial
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup

from manuscript.pages import ROOT, pages
from tests import clone
from tests.clone import copy_of_the_book
from tests.theme.small_book import build, contents, html_of

SECTION = (ROOT / "book" / "for-teachers.md").read_text("utf-8").partition("\n## Cut the book")[2]
SECTION = SECTION.partition("\n## ")[0]
LINES = re.findall(r"^-(.+\n)", re.search(r"```diff\n(.*?)```", SECTION, re.S)[1], re.M)
CUT = [line.strip().removeprefix("- file: book/") for line in LINES]
RUNS = {"BOOK_RUNS": str(ROOT / "_build" / "runs")}  # the cells are the same
python = partial(clone.python, **RUNS)


@pytest.fixture(scope="module")
def fork(tmp_path_factory):
    """Return a copy of the book without the chapters that the page takes for an example."""
    folder = copy_of_the_book(tmp_path_factory.mktemp("fork"))
    toc = folder / "_toc.yml"
    before = toc.read_text("utf-8")
    if not any(line in before for line in LINES):
        pytest.skip("this is such a fork: the chapters of the example are gone")
    assert all(before.count(line) == 1 for line in LINES)
    toc.write_text("".join(s for s in before.splitlines(keepends=True) if s not in LINES), "utf-8")
    assert len(pages(folder)) == len(pages(ROOT)) - 2
    for module in written_anew():
        python(folder, "-m", module)
    return folder


def written_anew():
    """Return the modules that `make store`, which the page asks for, runs to write what is derived.

    The notebooks themselves are stored as they were.
    """
    assert "\nmake store\nmake test\n" in SECTION
    recipe = (ROOT / "Makefile").read_text("utf-8").partition("\nstore: ")[2].partition("\n\n")[0]
    return [name for name in re.findall(r"-m ([\w.]+)", recipe) if name.startswith("generators.")]


def test_the_page_cuts_two_chapters():
    assert len(CUT) == 2
    assert {"generators.exports", "generators.lib_interface"} == set(written_anew())


def test_the_interface_names_a_chapter_that_is_still_there(fork):
    text = (fork / "book" / "lib-interface.md").read_text("utf-8")
    assert not [name for name in CUT if f"({name}.ipynb)" in text]


def test_what_is_between_pages_and_what_is_derived_is_whole_in_the_fork(fork):
    """These tests of the fork need no notebook run: links, labels, terms, citations, modules."""
    runs = "keeps_the_contract or stored"
    where = ["tests/judge/test_book.py", "tests/generators", "tests/chapters/test_notation.py"]
    python(fork, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", f"not ({runs})", *where)


def test_the_tests_of_a_chapter_follow_it(fork):
    where = ["book", "tests/chapters", "tests/judge/test_book.py", "tests/theme/test_search.py"]
    listed = python(fork, "-m", "pytest", "-q", "--collect-only", "-p", "no:cacheprovider", *where)
    for name in CUT:
        stem = name.replace("-", "_")
        assert not re.search(rf"book/{name}\b|test_{stem}\.py|[\[-]{name}[-\].]", listed)
    assert "book/entropy.ipynb" in listed


def test_a_book_cut_to_the_quick_is_built_without_a_warning_and_every_link_leads_somewhere(
    tmp_path,
):
    """What is left links to much that is cut: pages, a theorem, a figure of the index's explorer.

    A page of the teacher's own is in it too.
    """
    copy_of_the_book(tmp_path)
    own = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_markdown_cell("# Our weeks\n\nBring it.")]
    )
    own.cells[0].id = "cell-01"
    own.metadata.book = {"kind": "page"}
    nbformat.write(own, tmp_path / "book" / "our-weeks.ipynb")
    kept = ["how-to-use", "forward-reverse", "our-weeks", "notation", "glossary", "references"]
    contents(tmp_path, *kept)
    done = build(tmp_path, "-W", "--keep-going", **RUNS)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-3000:]
    assert {path.stem for path in (tmp_path / "_build/html/book").glob("*.html")} == {
        *kept,
        "index",
    }
    for name in (*kept, "index"):
        page = BeautifulSoup(html_of(tmp_path, name), "html.parser")
        for link in page.select("article a[href]"):
            there = link["href"].partition("#")[0]
            is_file = ":" in there or (tmp_path / "_build/html/book" / there).exists()
            assert is_file, f"{name}: {link['href']}"
    assert "Gibbs" in html_of(tmp_path, "forward-reverse")
    index = (tmp_path / "_build/html/search-index.js").read_text("utf-8")
    found = json.loads(index.removeprefix("const BOOK = ").rstrip().rstrip(";"))
    links = {Path(page["link"]).stem for page in found["pages"]}
    assert links == {*kept, "index"}
    python(tmp_path, "-m", "judge.stored_outputs", "book/our-weeks.ipynb")  # of make store
    python(tmp_path, "-m", "judge", "book/our-weeks.ipynb")
