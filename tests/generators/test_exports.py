"""What chapters export: the modules are what the notebooks say, and hold definitions alone."""

import importlib

import nbformat
import pytest
from nbformat import v4

from generators import exports
from manuscript.pages import Page

WRITTEN = exports.files()


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: path.name)
def test_a_module_is_what_its_notebook_exports(path):
    assert path.read_text("utf-8") == WRITTEN[path], "run: python -m generators.exports"


def test_no_module_is_left_of_a_notebook_that_exports_nothing():
    assert exports.stale() == []


def notebook(set_up, *exported, later=""):
    """Return a page: a cell that sets up, cells that are tagged, and one that is not."""
    cells = [v4.new_code_cell(source, metadata={"tags": ["export"]}) for source in exported]
    cells = [v4.new_code_cell(set_up), *cells, v4.new_code_cell(later)]
    return Page(exports.ROOT / "book" / "small-one.ipynb", v4.new_notebook(cells=cells))


SET_UP = """\
import sys
from math import pi, tau

import numpy as np

SEED = 7
rng, x = np.random.default_rng(SEED), 1 / 3
%matplotlib inline"""


def test_a_module_holds_the_cells_and_the_imports_they_use_and_runs_nothing_else():
    cells = "def double(t):\n    return 2 * t", "KS  = np.array([tau])  # one"
    text = exports.module(notebook(SET_UP, *cells, later="from sys import path\nprint(path)"))
    _, _, below = text.partition('again.\n"""\n')
    assert below == (
        "\nfrom math import tau\n\nimport numpy as np\n\n\nSEED = 7\n\n\n"
        "def double(t):\n    return 2 * t\n\n\nKS  = np.array([tau])  # one\n"
    )
    assert text.startswith('"""What book/small-one.ipynb exports.')


def test_an_import_of_a_later_cell_is_taken_where_an_exported_one_uses_it():
    later = "from scipy.optimize import root_scalar as solve, brentq"
    page = notebook("import os", "def root(f):\n    return solve(f)", later=later)
    assert "\nfrom scipy.optimize import root_scalar as solve\n\n\ndef" in exports.module(page)


def test_writing_removes_what_no_notebook_exports_any_more(tmp_path):
    (tmp_path / "_toc.yml").write_text("format: jb-book\nroot: a\n", "utf-8")
    page = notebook("import os", "def one():\n    return 1")
    nbformat.write(page.notebook, tmp_path / "a.ipynb")
    (tmp_path / "exports").mkdir()
    (tmp_path / "exports" / "b.py").write_text("", "utf-8")
    exports.main(tmp_path)
    assert sorted(path.name for path in (tmp_path / "exports").iterdir()) == ["__init__.py", "a.py"]


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: path.name)
def test_a_module_can_be_imported(path):
    importlib.import_module(f"exports.{path.stem}")
