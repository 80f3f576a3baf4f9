"""A book of small pages, built: numbers begin anew in each chapter, links name it."""

import re

import pytest

from tests.theme import small_book
from tests.theme.small_book import contents, html_of, lay_out

CHAPTER = """# {title}: a subtitle

:::{{prf:definition}}
:label: def-{name}
Words.
:::

:::{{prf:theorem}}
:label: thm-{name}
Words.
:::

:::{{prf:theorem}}
:label: thm-{name}-again
Words.
:::

:::{{exercise}}
:label: ex-{name}
Words.
:::

{links}
"""
NUMBER = re.compile(r'caption-number">([A-Z]\w+ \d+)')


@pytest.fixture
def book(tmp_path):
    """Return a book of two chapters, the second of which links to the first."""
    lay_out(tmp_path)
    (tmp_path / "book" / "index.md").write_text("# The book\n\nWords.\n")
    chapter(tmp_path, "first", "{prf:ref}`thm-first-again`")
    links = "{prf:ref}`thm-first-again`, {ref}`ex-first`, {prf:ref}`its words <thm-first>`"
    chapter(tmp_path, "second", links)
    contents(tmp_path, "first", "second")
    return tmp_path


def chapter(book, name, links=""):
    text = CHAPTER.format(title=name.capitalize(), name=name, links=links)
    (book / "book" / f"{name}.md").write_text(text)


def build(book):
    """Build the book, as far as it has changed."""
    run = small_book.build(book, "-W")
    assert run.returncode == 0, run.stdout[-2000:] + run.stderr[-2000:]


def last_paragraph(book, name):
    article = html_of(book, name).partition("</article>")[0]
    paragraph = re.findall(r"<p>(.*?)</p>", article, re.S)[-1]
    return re.sub(r"<[^>]+>", "", paragraph)


COUNTED = ["Definition 1", "Theorem 1", "Theorem 2", "Exercise 1"]


def test_inserting_a_chapter_renumbers_nothing(book):
    build(book)
    assert NUMBER.findall(html_of(book, "first")) == COUNTED
    assert NUMBER.findall(html_of(book, "second")) == COUNTED
    assert last_paragraph(book, "first") == "Theorem 2"
    links = "Theorem 2 of First, Exercise 1 of First, its words"
    assert last_paragraph(book, "second") == links

    chapter(book, "between")
    contents(book, "first", "between", "second")
    build(book)
    for name in ("first", "between", "second"):
        assert NUMBER.findall(html_of(book, name)) == COUNTED
    assert last_paragraph(book, "second") == links


def test_a_theorem_more_changes_its_chapter_and_what_names_its_numbers(book):
    chapter(book, "first", "{prf:ref}`thm-second-again`")
    build(book)
    path = book / "book" / "second.md"
    more = ":::{prf:theorem}\n:label: thm-new\nWords.\n:::\n\n:::{prf:definition}"
    path.write_text(path.read_text().replace(":::{prf:definition}", more, 1))
    build(book)
    assert "Theorem 3" in NUMBER.findall(html_of(book, "second"))
    assert NUMBER.findall(html_of(book, "first")) == COUNTED
    assert last_paragraph(book, "first") == "Theorem 3 of Second"
