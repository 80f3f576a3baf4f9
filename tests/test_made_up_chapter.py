"""A made-up chapter comes into a copy of the book: how many files that takes, and who notices.

Its files lie in made_up_chapter/, where they would lie in the book. What is derived is made by the
book's own commands; then the judge, the explorers' contract and the house are asked.
"""

import re
import shutil
from pathlib import Path

import nbformat
import pytest

from tests.clone import copy_of_the_book, git, python

CHAPTER = Path(__file__).parent / "made_up_chapter"
NOTEBOOK = "book/loaded-die.ipynb"
SHARED = "_toc.yml"
MOST_FILES = 12


def run(folder, *arguments):
    """Run a Python module in `folder`; return what it prints."""
    return python(folder, "-m", *arguments, BOOK_RUNS="_build/runs")


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """Return a copy of the book with the chapter in it; the copy's last commit is without."""
    folder = copy_of_the_book(tmp_path_factory.mktemp("book"))
    git(folder, "init", "--quiet")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "The book")
    lay_in(folder)
    return folder


def lay_in(folder):
    shutil.copytree(CHAPTER, folder, dirs_exist_ok=True)
    contents = folder / SHARED
    place = "      - file: book/forward-reverse\n"
    assert place in contents.read_text("utf-8")
    added = f"{place}      - file: {NOTEBOOK.removesuffix('.ipynb')}\n"
    contents.write_text(contents.read_text("utf-8").replace(place, added), "utf-8")
    notebook = nbformat.read(folder / NOTEBOOK, as_version=4)
    words = nbformat.v4.new_markdown_cell(" ".join(["word"] * 2_000))
    notebook.cells.insert(2, words)  # as many as a chapter has
    nbformat.write(notebook, folder / NOTEBOOK)
    run(folder, "generators.exports")
    run(folder, "studies.loaded_die")
    run(folder, "judge.stored_outputs", NOTEBOOK)
    run(folder, "generators.lib_interface")
    git(folder, "add", "--all")


def test_a_chapter_is_twelve_files_one_of_them_shared(book):
    changed = git(book, "diff", "--cached", "--name-status").splitlines()
    shared = [line.split()[1] for line in changed if not line.startswith("A")]
    assert len(changed) <= MOST_FILES, git(book, "diff", "--cached", "--stat")
    assert shared == [SHARED]


def test_the_judge_is_content_with_it(book):
    run(book, "judge", NOTEBOOK)


def test_the_books_own_tests_find_it_and_pass(book):
    """Those of its own names, of its checks, and of the house; engines and others' checks apart."""
    tests = ["tests/explorers", "tests/exercises", "tests/chapters", "exercises", "explorers"]
    names = "loaded_die or loaded-die or LoadedDie or heaviest or odds_of_six"
    its_own = f"{names} or house or exports or each_check"
    where = [*tests, "tests/test_house.py", "tests/generators/test_exports.py"]
    told = run(
        book, "pytest", "-v", "-p", "no:cacheprovider", "-k", f"({its_own}) and not engine", *where
    )
    assert len(re.findall(r"tests/explorers/.*\[LoadedDie.* PASSED", told)) > 20
    assert len(re.findall(r"test_banks.*(?:heaviest_face|odds_of_six).* PASSED", told)) == 40
