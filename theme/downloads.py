"""A downloaded notebook begins with a cell that says what to install, where that is not there.

On its own a notebook lacks the book's modules, and an index of packages has strangers' under the
names of some. So the cell asks for the book's distribution, and names the repository of this site.
"""

import json
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from .notebooks import notebooks
from .state import Context

Notebook = dict[str, Any]  # as JSON has it

NAME = "price-of-a-wrong-guess"  # of the distribution, in pyproject.toml
CELL = """\
from importlib.metadata import PackageNotFoundError, version

try:
    version("{name}")
except PackageNotFoundError:
    raise ModuleNotFoundError("This notebook needs the book's own code: {install}") from None"""


def install(repository: str) -> str:
    """Return the line that installs the book's code and data from its repository."""
    place = f"git+{repository}" if repository else "PATH-OF-THE-BOOKS-FOLDER"
    return f"%pip install {place}"


def with_first_cell(notebook: Notebook, repository: str) -> Notebook:
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


def _write(app: Sphinx, exception: Exception | None) -> None:
    if exception is not None or app.builder.format != "html":
        return
    for name, source in notebooks(app.env).items():
        notebook = with_first_cell(json.loads(source.read_text("utf-8")), app.config.repository)
        target = Path(app.outdir) / "_sources" / f"{name}{source.suffix}"
        target.parent.mkdir(parents=True, exist_ok=True)
        written = json.dumps(notebook, ensure_ascii=False, indent=1)
        target.write_text(written + "\n", "utf-8")


def setup(app: Sphinx) -> None:
    """Write the notebooks that pages offer for download, over the copies that Sphinx makes."""
    app.connect("html-page-context", _say_how_to_install)
    app.connect("build-finished", _write)


def _say_how_to_install(
    app: Sphinx, pagename: str, templatename: str, context: Context, doctree: nodes.document | None
) -> None:
    context["install"] = install(app.config.repository)
