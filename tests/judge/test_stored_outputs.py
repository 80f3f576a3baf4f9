"""What is stored of a notebook's run, and that nbval compares it."""

import nbformat
import pytest

from judge import stored_outputs


@pytest.fixture
def stored(tmp_path):
    """Return the path of a notebook that has been run and stored."""
    sources = "import math", "print(f'{math.pi:.3f} bits')", "math.e"
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    cells[1].metadata["tags"] = ["nbval-check-output"]
    notebook = nbformat.v4.new_notebook(cells=cells)
    path = tmp_path / "stored.ipynb"
    nbformat.write(notebook, path)
    assert stored_outputs.main(["--root", str(tmp_path), str(path)]) == 0
    return path


def test_storing_keeps_the_compared_output_and_nothing_else(stored):
    cells = nbformat.read(stored, as_version=4).cells
    assert [len(cell.outputs) for cell in cells] == [0, 1, 0]
    assert [cell.execution_count for cell in cells] == [None, 2, None]


def test_storing_again_changes_nothing(stored):
    before = stored.read_bytes()
    assert stored_outputs.main(["--root", str(stored.parent), str(stored)]) == 0
    assert stored.read_bytes() == before


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"execution_count": 2', '"execution_count": null'),
        ('"tags"', '"other"'),
        ('"name": "python"', '"name": "python", "version": "3.11"'),
    ],
)
def test_a_notebook_in_another_form_is_seen(stored, old, new):
    stored.write_text(stored.read_text("utf-8").replace(old, new), "utf-8")
    assert stored_outputs.main(["--check", str(stored)]) == 1


def test_a_changed_stored_number_fails_under_nbval(stored, pytester):
    pytester.makeini("[pytest]")
    arguments = ("--nbval-lax", "--nbval-current-env", "-p", "no:cacheprovider", str(stored))
    assert pytester.runpytest_subprocess(*arguments).ret == 0
    stored.write_text(stored.read_text("utf-8").replace("3.142", "3.143"), "utf-8")
    assert pytester.runpytest_subprocess(*arguments).ret == 1
