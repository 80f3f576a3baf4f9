"""manuscript/definitions.py takes what a notebook defines, and runs nothing else of it."""

import nbformat

from manuscript.definitions import definitions


def test_what_is_defined_is_taken_and_nothing_is_run(tmp_path):
    cells = [
        "from math import tau\nSTEPS = 3\nx = 1 / 0",
        "@print\ndef shown():\n    pass",
        "def double(t):\n    return 2 * t * STEPS",
        "STEPS, y = 5, 6\nprint('run')",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in cells])
    path = tmp_path / "chapter.ipynb"
    nbformat.write(notebook, path)
    found = definitions(path)
    assert (found.double(4), found.STEPS, round(found.tau, 3)) == (24, 3, 6.283)
    assert not hasattr(found, "x") and not hasattr(found, "shown")
