"""Every page of the book keeps the contract of style and substance in judge/."""

import pytest
from pybtex.database import parse_file

from judge import between_pages, contract, stored_outputs
from manuscript.pages import ROOT, Page, notebooks, pages, taken_out

PAGES = pages(ROOT)
BOOK = ROOT / "book"
NAMES = {path: path.relative_to(ROOT).as_posix() for path in PAGES}
RULES = [
    pytest.param(path, rule, id=f"{NAMES[path]}-{rule.__name__}")
    for path in PAGES
    if path.is_file()
    for rule in contract.rules_for(Page.read(path))
]


@pytest.fixture(scope="module")
def book():
    return [Page.read(path) for path in PAGES]


@pytest.fixture(scope="module")
def away():
    """Return the pages that are not in the contents: what only they need is there still."""
    return [Page.read(path) for path in taken_out(ROOT)]


@pytest.fixture(scope="module")
def cited_works():
    return set(parse_file(BOOK / "references.bib").entries)


@pytest.mark.parametrize(("path", "rule"), RULES)
def test_page_keeps_the_contract(path, rule, executed):
    page = executed(path) if path.suffix == ".ipynb" else Page.read(path)
    assert not list(rule(page)), " ".join(contract.ways_out(page))


@pytest.mark.parametrize("path", PAGES, ids=NAMES.get)
def test_page_of_the_table_of_contents_exists(path):
    assert path.is_file()


def test_links_labels_and_terms_lead_somewhere(book, away, cited_works):
    assert not list(between_pages.dead_links(book, cited_works, away))


def test_citations_are_in_the_bibliography(book, cited_works):
    assert not list(between_pages.unknown_citations(book, cited_works))


def test_each_work_of_the_bibliography_is_cited(book, away, cited_works):
    assert not list(between_pages.uncited_works(book + away, cited_works))


def test_each_term_of_the_glossary_is_linked(book, away):
    assert not list(between_pages.unused_terms(book + away))


def test_chapters_need_what_they_say_and_say_what_they_need(book, away):
    assert not list(between_pages.wrong_needs(book, away))


def test_labels_are_unique_in_the_book(book):
    assert not list(between_pages.shared_labels(book))


@pytest.mark.parametrize("path", notebooks(ROOT), ids=NAMES.get)
def test_notebook_is_stored_as_make_store_writes_it(path):
    assert not stored_outputs.problems(path)
