"""A downloaded notebook begins with a cell that says what to install, where that is not there.

On its own a notebook lacks the book's modules, and an index of packages has strangers' under the
names of some. So the cell asks for the book's distribution, and names the repository of this site.
"""

import json
from pathlib import Path

from .notebooks import notebooks

NAME = "price-of-a-wrong-guess"  # of the distribution, in pyproject.toml
CELL = """\
from importlib.metadata import PackageNotFoundError, version

try:
    version("{name}")
except PackageNotFoundError:
    raise ModuleNotFoundError("This notebook needs the book's own code: {install}") from None"""


def install(repository):
    """Return the line that installs the book's code and data from its repository."""
    place = f"git+{repository}" if repository else "PATH-OF-THE-BOOKS-FOLDER"
    return f"%pip install {place}"


def with_first_cell(notebook, repository):
    """Return the notebook, as JSON has it, with the cell before its first code."""
    cells = notebook["cells"]
    first = next((n for n, cell in enumerate(cells) if cell["cell_type"] == "code"), len(cells))
    added = {
        "cell_type": "code",
        "execution_count": None,
        "id": "book-is-installed",
        "metadata": {"jupyter": {"source_hidden": True}},
        "outputs": [],
        "source": CELL.format(name=NAME, install=install(repository)).splitlines(keepends=True),
    }
    return {**notebook, "cells": [*cells[:first], added, *cells[first:]]}


def _write(app, exception):
    if exception is not None or app.builder.format != "html":
        return
    for name, source in notebooks(app.env).items():
        notebook = with_first_cell(json.loads(source.read_text("utf-8")), app.config.repository)
        target = Path(app.outdir) / "_sources" / f"{name}{source.suffix}"
        target.parent.mkdir(parents=True, exist_ok=True)
        written = json.dumps(notebook, ensure_ascii=False, indent=1)
        target.write_text(written + "\n", "utf-8")


def setup(app):
    """Write the notebooks that pages offer for download, over the copies that Sphinx makes."""
    app.connect("html-page-context", _say_how_to_install)
    app.connect("build-finished", _write)


def _say_how_to_install(app, pagename, templatename, context, doctree):
    context["install"] = install(app.config.repository)
