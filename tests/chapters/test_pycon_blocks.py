"""What a page shows of a package that the book does not install is what the package prints."""

import doctest

import pytest

from manuscript.pages import ROOT, Page, directives, notebooks

PYCON = "```pycon"
BLOCKS = [
    pytest.param(block.body, id=f"{path.stem}-{number}")
    for path in notebooks(ROOT)
    for number, block in enumerate(
        block
        for cell in Page.read(path).notebook.cells
        if cell.cell_type == "markdown" and PYCON in cell.source
        for block in directives(cell.source)
        if block.argument == "pycon" and not block.name
    )
]


@pytest.mark.parametrize("block", BLOCKS)
def test_a_block_prints_what_the_page_shows(block):
    test = doctest.DocTestParser().get_doctest(block + "\n", {}, "block", None, 0)
    assert test.examples
    said = []
    doctest.DocTestRunner(verbose=False).run(test, out=said.append)
    assert not said, "".join(said)
