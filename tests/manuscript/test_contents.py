"""What leads to a page that is not in the contents is left out of the texts of the others."""

import json

import pytest

from manuscript.contents import TakenOut
from manuscript.pages import pages, taken_out

AWAY = "# Away: a chapter\n\n:::{prf:theorem}\n:label: thm-away\n:::\n"


@pytest.fixture
def root(tmp_path):
    """Return a book of two pages, one of which is in the contents."""
    (tmp_path / "_toc.yml").write_text("format: jb-book\nroot: book/here\n", "utf-8")
    (tmp_path / "book").mkdir()
    (tmp_path / "book" / "here.md").write_text("# Here\n\n(place)=\n## Place\n", "utf-8")
    (tmp_path / "book" / "away.md").write_text(AWAY, "utf-8")
    (tmp_path / "book" / "references.bib").write_text("", "utf-8")
    return tmp_path


def test_a_page_beside_those_of_the_contents_is_taken_out(root):
    assert [path.name for path in pages(root)] == ["here.md"]
    assert [path.name for path in taken_out(root)] == ["away.md"]
    assert TakenOut(root)
    (root / "book" / "away.md").unlink()
    assert not TakenOut(root)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (
            "See [that](away.md), [that](away.md#part) or [this](#place).",
            "See that, that or [this](#place).",
        ),
        ("{prf:ref}`Theorem <thm-away>` and {ref}`place`", "Theorem and {ref}`place`"),
        ("By {prf:ref}`thm-away`.", "By “Away”."),
        ("[x](#thm-away)", "x"),
        ("- [A](away.md): one\n  more\n\n  more\n- [H](here.md): two\n", "- [H](here.md): two\n"),
        ("1. **[A](away.md)**\n2. [H](here.md)\n", "2. [H](here.md)\n"),
        ("- first [A](away.md)\n", "- first A\n"),
        ("# T\n## [A](away.md)\ntext\n### Sub\ntext\n## B\nend\n", "# T\n## B\nend\n"),
        ("## [A](away.md)\ntext\n", ""),
        ("![picture](away.png) {term}`away`", "![picture](away.png) {term}`away`"),
    ],
)
def test_what_leads_there_is_left_out(root, text, left):
    assert TakenOut(root).out_of(text) == left


def test_of_a_notebook_cells_of_text_and_links_in_outputs_are_changed_and_no_code(root):
    link = '<p>Stands. <a href="away.html#fig">A figure.</a> <a href="here.html">Here.</a></p>'
    cells = [
        {"cell_type": "markdown", "source": ["See [that]", "(away.md)."]},
        {"cell_type": "code", "source": "[x](away.md)", "outputs": [{"data": {"text/html": link}}]},
    ]
    source = TakenOut(root).out_of_source(json.dumps({"cells": cells}), ".ipynb")
    text, code = json.loads(source)["cells"]
    assert text["source"] == "See that."
    assert code["source"] == "[x](away.md)"
    html = code["outputs"][0]["data"]["text/html"]
    assert html == '<p>Stands.  <a href="here.html">Here.</a></p>'
