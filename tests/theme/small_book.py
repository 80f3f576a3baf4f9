"""What tests of the build share: small books with our settings and theme."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat

from manuscript.pages import ROOT

ROOMS = ("theme", "explorers", "live", "runner", "manuscript")


def lay_out(folder):
    """Put settings, theme and what it needs into a folder, and an empty bibliography."""
    for name in ("_config.yml", "requirements.lock"):
        shutil.copy(ROOT / name, folder)
    for name in ROOMS:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "book").mkdir()
    (folder / "book" / "references.bib").write_text("")


def contents(folder, *names):
    """Write the table of contents: the index, then these pages."""
    chapters = [{"file": f"book/{name}"} for name in names]
    toc = {"format": "jb-book", "root": "book/index", "chapters": chapters}
    (folder / "_toc.yml").write_text(json.dumps(toc))


def write_notebook(path, title, *codes):
    """Write a notebook with a title and cells of code."""
    cells = [nbformat.v4.new_markdown_cell(f"# {title}"), *map(nbformat.v4.new_code_cell, codes)]
    for number, cell in enumerate(cells):
        cell.id = f"cell-{number}"
    notebook = nbformat.v4.new_notebook(cells=cells)
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(notebook, path)


def build(book, *options, **environment):
    """Build the book, as far as it has changed; return the finished process."""
    return subprocess.run(
        [Path(sys.executable).with_name("jupyter-book"), "build", book, *options],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(book), **environment},
        cwd=book,
        check=False,
    )


def html_of(book, page):
    """Return a built page."""
    return (book / "_build" / "html" / "book" / f"{page}.html").read_text("utf-8")
