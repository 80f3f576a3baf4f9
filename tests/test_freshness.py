"""What runs again when something changes (theme/freshness.py), on a book of two notebooks."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parents[1]
PLAIN = "import lib, time\nprint('answer', lib.ANSWER)\nprint('ran at', time.time_ns())"
WITH_EXPLORER = f"import explorers\n{PLAIN}"


@pytest.fixture
def small_book(tmp_path):
    """Return the folder of a book with our settings and theme, a stand-in `lib`, two notebooks."""
    for name in ("_config.yml", "requirements.lock"):
        shutil.copy(ROOT / name, tmp_path)
    for name in ("theme", "explorers"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "explorers" / "__init__.py").write_text("")
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "__init__.py").write_text("ANSWER = 41\n")
    book = tmp_path / "book"
    book.mkdir()
    (book / "references.bib").write_text("")
    _write_notebook(book / "index.ipynb", "Plain", PLAIN)
    _write_notebook(book / "moving.ipynb", "With an explorer", WITH_EXPLORER)
    toc = {"format": "jb-book", "root": "book/index", "chapters": [{"file": "book/moving"}]}
    (tmp_path / "_toc.yml").write_text(json.dumps(toc))
    return tmp_path


def _write_notebook(path, title, code):
    cells = [nbformat.v4.new_markdown_cell(f"# {title}"), nbformat.v4.new_code_cell(code)]
    for number, cell in enumerate(cells):
        cell.id = f"cell-{number}"
    notebook = nbformat.v4.new_notebook(cells=cells)
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(notebook, path)


def build(book):
    """Build the book; return {page: (answer, time of its run)} as the pages show them."""
    jupyter_book = Path(sys.executable).with_name("jupyter-book")
    environment = {**os.environ, "PYTHONPATH": str(book)}
    run = subprocess.run(
        [jupyter_book, "build", book], capture_output=True, text=True, env=environment, cwd=book
    )
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-3000:]
    shown = {}
    for page in ("index", "moving"):
        html = (book / "_build" / "html" / "book" / f"{page}.html").read_text("utf-8")
        text = re.sub(r"<[^>]+>", "", html)
        shown[page] = tuple(re.search(r"answer (\d+)\s+ran at (\d+)", text).groups())
    return shown


def test_a_change_runs_what_depends_on_it_and_nothing_else(small_book):
    first = build(small_book)
    assert first["index"][0] == first["moving"][0] == "41"

    assert build(small_book) == first, "an unchanged book ran again"

    _write_notebook(small_book / "book" / "index.ipynb", "Plain", PLAIN + "\nprint('more')")
    one_chapter = build(small_book)
    assert one_chapter["index"][1] != first["index"][1]
    assert one_chapter["moving"] == first["moving"], "a change in one chapter ran another"

    (small_book / "lib" / "__init__.py").write_text("ANSWER = 42\n")
    changed_lib = build(small_book)
    assert changed_lib["index"][0] == changed_lib["moving"][0] == "42"

    (small_book / "explorers" / "static" / "extra.mjs").write_text("export {};\n")
    changed_explorer = build(small_book)
    assert changed_explorer["index"] == changed_lib["index"], "a page without explorers ran again"
    assert changed_explorer["moving"][1] != changed_lib["moving"][1]

    with (small_book / "requirements.lock").open("a") as lock:
        lock.write("# another lock\n")
    changed_lock = build(small_book)
    assert all(changed_lock[page][1] != changed_explorer[page][1] for page in changed_lock)
