"""How the site looks: a Sphinx theme of our own and what it does at build time.

address    one setting, the repository: canonical links, previews, sitemap, links to the source; 404
katex      formulas become HTML while the book is built; the reader's browser runs nothing for them
folding    admonitions and solutions of class "dropdown" become <details>
guesses    where the text asks for a number, one can be entered
citations  a text links to an entry of the references by its key
contents   what is not in the contents is not read, nor linked
stills     a widget that needs Python shows a still and a link to run it
numbers    theorems, figures and exercises are counted anew in each chapter
notebooks  pages of notebooks show the stored runs; what is stale is run first
search     the index of the book's sections, and the page that searches it
state      what these parts note while a build goes on
styles     style sheets stand in the pages, so that text is seen when it comes
made_here  places on a page that are filled from the other pages, by
  front    where to start, the chapters' cards (chapters, portraits), paths and map (chapter_map)
  asked    the questions that people ask, from the entries in the chapters
  address  how to get the folder of the book
edition    the version of the book and the day of its last change
downloads  a notebook on its own says what to install
doors      with LIVE=1, a button runs a chapter's cells on its page
pages      reading time, description, citation; only the files a page needs
last_words a build ends with how to serve the site, not with how to open a file
"""

from pathlib import Path

from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata

from . import (
    address,
    asked,
    citations,
    contents,
    doors,
    downloads,
    edition,
    folding,
    front,
    guesses,
    katex,
    last_words,
    made_here,
    notebooks,
    numbers,
    pages,
    printed,
    search,
    stills,
    styles,
)

HERE = Path(__file__).parent
PARTS = (
    address, katex, folding, guesses, citations, contents, downloads, numbers, notebooks, pages,
    printed, edition, search, stills, styles, doors, last_words,
)  # fmt: skip


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the theme "price" and its build steps with Sphinx."""
    app.add_html_theme("price", str(HERE / "html"))
    # Jupyter Book sets this value of an extension that the book does not load.
    app.add_config_value("comments_config", {}, "")
    for part in PARTS:
        part.setup(app)
    made_here.setup(app, {**address.MAKERS, **front.MAKERS, **asked.MAKERS})
    return {"parallel_read_safe": True, "parallel_write_safe": True}
