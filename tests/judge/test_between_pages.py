"""A dead link, an unknown citation and a label in two places are seen."""

import nbformat
import pytest

from judge import between_pages
from manuscript.pages import Page


def page(tmp_path, name, markdown):
    path = tmp_path / f"{name}.md"
    path.write_text(markdown, "utf-8")
    return Page.read(path)


GLOSSARY = "```{glossary}\nbit\n  A unit.\n```\n"


@pytest.mark.parametrize(
    "good",
    [
        "[x](b.md)",
        "[x](b.md#a-head)",
        "[x](#thm-b)",
        "{prf:ref}`thm-b`",
        "{ref}`x <thm-b>`",
        "{term}`bit`",
        "{term}`bits <bit>`",
        "[x](https://example.org)",
        "`[x](nowhere.md)`",
    ],
)
def test_a_link_that_leads_somewhere_is_accepted(tmp_path, good):
    other = page(
        tmp_path, "b", f"# B\n\n## A head\n\n:::{{prf:theorem}}\n:label: thm-b\n:::\n\n{GLOSSARY}"
    )
    assert not list(between_pages.dead_links([page(tmp_path, "a", good), other]))


@pytest.mark.parametrize(
    "bad",
    [
        "[x](c.md)",
        "[x](b.md#none)",
        "[x](#none)",
        "[x](apart.md)",
        "{prf:ref}`none`",
        "{ref}`x <none>`",
        "{eq}`none`",
        "{term}`nat`",
    ],
)
def test_a_dead_link_is_seen(tmp_path, bad):
    page(tmp_path, "apart", "# Not in the table of contents")
    book = [page(tmp_path, "a", bad), page(tmp_path, "b", f"# B\n\n{GLOSSARY}")]
    assert len(list(between_pages.dead_links(book))) == 1


def test_a_link_to_a_page_that_is_taken_out_of_the_contents_is_no_fault(tmp_path):
    away = page(tmp_path, "apart", "# Not in the contents\n\n(there)=\n## There")
    book = [page(tmp_path, "a", "[x](apart.md), [y](apart.md#there), {ref}`z <there>`")]
    assert len(list(between_pages.dead_links(book))) == 3
    assert not list(between_pages.dead_links(book, taken_out=[away]))


def test_an_unknown_citation_is_seen(tmp_path):
    book = [page(tmp_path, "a", "{cite}`shannon1948,nobody1900`")]
    assert len(list(between_pages.unknown_citations(book, {"shannon1948"}))) == 1


def test_a_work_that_no_page_cites_is_seen(tmp_path):
    book = [page(tmp_path, "a", "{ref}`Shannon (1948) <shannon1948>`, {cite}`kraft1949`")]
    cited = {"shannon1948", "kraft1949"}
    assert not list(between_pages.uncited_works(book, cited))
    assert len(list(between_pages.uncited_works(book, cited | {"nobody1900"}))) == 1


def test_a_term_to_which_no_page_links_is_seen(tmp_path):
    glossary = page(tmp_path, "b", f"# B\n\n{GLOSSARY}")
    linking = page(tmp_path, "a", "A {term}`Bit`, and {term}`two bits <bit>`.")
    assert not list(between_pages.unused_terms([glossary, linking]))
    assert len(list(between_pages.unused_terms([glossary]))) == 1


def test_a_label_in_two_places_is_seen(tmp_path):
    book = [page(tmp_path, name, "(here)=\n# H") for name in "ab"]
    assert len(list(between_pages.shared_labels(book))) == 1


def chapters(tmp_path, **needs):
    """Return chapters of these names; each has a theorem, thm-NAME, and refers to that of "a"."""
    book = []
    for name, needed in needs.items():
        text = f"# {name}\n\n:::{{prf:theorem}}\n:label: thm-{name}\n:::\n\n{{prf:ref}}`thm-a`"
        cell = nbformat.v4.new_markdown_cell(text)
        metadata = {"book": {"needs": needed}}
        notebook = nbformat.v4.new_notebook(cells=[cell], metadata=metadata)
        book.append(Page(tmp_path / f"{name}.ipynb", notebook))
    return book


def test_what_a_chapter_needs_stands_before_it(tmp_path):
    assert not list(between_pages.wrong_needs(chapters(tmp_path, a=[], b=["a"], c=["b"])))
    (found,) = between_pages.wrong_needs(chapters(tmp_path, a=["b"], b=["a"]))
    assert found.startswith("a.ipynb: it needs b")
    (found,) = between_pages.wrong_needs(chapters(tmp_path, a=[], b=["a", "nowhere"]))
    assert "nowhere" in found


def test_in_the_place_of_a_chapter_that_is_taken_out_one_needs_what_that_needs(tmp_path):
    first, second, third = chapters(tmp_path, a=[], b=["a"], c=["b"])
    assert list(between_pages.wrong_needs([first, third]))
    assert not list(between_pages.wrong_needs([first, third], taken_out=[second]))


def test_a_chapter_needs_that_to_whose_theorems_it_refers(tmp_path):
    (found,) = between_pages.wrong_needs(chapters(tmp_path, a=[], b=[]))
    assert found == "b.ipynb: it refers to thm-a of a and does not need that"
