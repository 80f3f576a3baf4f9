"""The book's pages as the reader's copy has them: captions, terms, works, links, the kernel."""

import re

import nbformat
import pytest
from jupyter_client.kernelspec import get_kernel_spec

from desk.pages import END, Book, given
from manuscript.pages import ROLE, ROOT, Page, figure_of, notebooks, target_of

BOOK = Book(ROOT)
NOTEBOOKS = notebooks(ROOT)


@pytest.fixture(scope="module")
def files():
    return given(ROOT)


def as_given(files, path):
    return nbformat.reads(files[path.name].decode(), as_version=4)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_code_is_the_books_and_words_are_too_but_for_links(files, path):
    written, copy = Page.read(path).notebook, as_given(files, path)
    nbformat.validate(copy)
    copies = {cell.id: cell for cell in copy.cells}
    for cell in written.cells:
        same = copies[cell.id]
        assert (same.cell_type, same.metadata) == (cell.cell_type, cell.metadata)
        if cell.cell_type == "code":
            assert same.source == cell.source
        else:
            without = re.compile(rf"{ROLE.pattern}|\[[^\]]*\]\([^)]*\)")
            kept = BOOK.taken_out.out_of(cell.source)  # in a fork a link may have lost its page
            assert without.sub("", same.source) == without.sub("", kept)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_each_figure_has_its_number_and_caption_below_it(files, path):
    cells = as_given(files, path).cells
    drawn = [number for number, cell in enumerate(cells) if "caption" in figure_of(cell)]
    for count, number in enumerate(drawn, start=1):
        figure, text = figure_of(cells[number]), cells[number + 1].source
        assert text == f"({figure['name']})=\n**Figure {count}.** {figure['caption']}"
    assert len(drawn) == sum("caption" in figure_of(cell) for cell in Page.read(path).code)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_every_role_leads_to_something_in_the_same_notebook(files, path):
    notebook = as_given(files, path)
    page = Page(path, notebook)
    ending = next((cell.source for cell in notebook.cells if cell.id == END), "")
    terms = re.findall(r"^(\S.*)\n: ", ending, re.M)
    for role in ROLE.finditer(page.markdown):
        target = target_of(role)
        assert target in (terms if role["role"] == "term" else page.labels), role[0]


def test_a_label_of_another_page_becomes_a_link_to_its_file():
    cell = nbformat.v4.new_markdown_cell("{prf:ref}`Gibbs' inequality <thm-gibbs>`")
    (text,) = BOOK.for_lab(nbformat.v4.new_notebook(cells=[cell])).cells
    assert text.source == "[Gibbs' inequality](news-telegram.ipynb)"


def test_a_label_of_the_same_page_stays_a_reference():
    theorem = "```{prf:theorem} Gibbs\n:label: thm-gibbs\n\nIt holds.\n```"
    role = "{prf:ref}`Gibbs' inequality <thm-gibbs>`"
    cells = [nbformat.v4.new_markdown_cell(text) for text in (theorem, role)]
    assert BOOK.for_lab(nbformat.v4.new_notebook(cells=cells)).cells[1].source == role


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_links_to_pages_and_data_lead_to_files_of_the_copy(files, path):
    notebook = as_given(files, path)
    text = Page(path, notebook).markdown
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", text)
    links += [f"data/{name}" for name in re.findall(r"\"data/([^\"]+)\"", str(notebook))]
    assert not set(links) - set(files)


def test_the_works_are_written_out_once_each():
    keys = re.findall(r"^@\w+\{(\S+),", (ROOT / "book/references.bib").read_text("utf-8"), re.M)
    assert sorted(BOOK.works) == sorted(keys)
    plain = BOOK.works["cover2006"].replace("\\", "")
    assert plain == (
        "Thomas M. Cover and Joy A. Thomas. *Elements of Information Theory*. Wiley, 2 edition, "
        "2006. [doi:10.1002/047174882X](https://doi.org/10.1002/047174882X)."
    )


def test_the_page_of_references_lists_all_works(files):
    text = files["references.md"].decode()
    assert "{bibliography}" not in text
    assert re.findall(r"^\((\w+)\)=$", text, re.M) == list(BOOK.works)


def test_the_glossary_is_read_whole():
    text = (ROOT / "book" / "glossary.md").read_text("utf-8")
    assert len(BOOK.terms) == len(re.findall(r"^  \S", text, re.M))
    assert all(entry.replace("\n: ", "\n  ") in text for entry in BOOK.terms.values())


def test_the_page_of_the_glossary_has_its_entries_as_jupyterlab_reads_them(files):
    text = files["glossary.md"].decode()
    assert all(entry in text for entry in BOOK.terms.values())
    assert not re.search(r"^  \S", text, re.M)


def test_the_notebook_says_for_which_kernel_it_is(files):
    metadata = as_given(files, NOTEBOOKS[0]).metadata
    assert metadata.kernelspec.display_name == get_kernel_spec("python3").display_name
    assert metadata.language_info.codemirror_mode == {"name": "ipython", "version": 3}
    assert metadata.book == Page.read(NOTEBOOKS[0]).notebook.metadata.book
