"""How the site looks: a Sphinx theme of our own and what it does at build time.

address    one setting, the repository: canonical links, previews, sitemap, links to the source; 404
katex      formulas become HTML while the book is built; the reader's browser runs nothing for them
folding    admonitions and solutions of class "dropdown" become <details>
guesses    where the text asks for a number, one can be entered
citations  a text links to an entry of the references by its key
stills     a widget that needs Python shows a still and a link to run it
numbers    theorems, figures and exercises are counted anew in each chapter
notebooks  pages of notebooks show the stored runs; what is stale is run first
search     the index of the book's sections, and the page that searches it
styles     style sheets stand in the pages, so that text is seen when it comes
pages      reading time, description, citation; only the files a page needs
"""

from pathlib import Path

from . import (
    address,
    citations,
    folding,
    guesses,
    katex,
    notebooks,
    numbers,
    pages,
    search,
    styles,
)

HERE = Path(__file__).parent


def setup(app):
    """Register the theme "price" and its build steps with Sphinx."""
    app.add_html_theme("price", HERE / "html")
    # Jupyter Book sets this value of an extension that the book does not load.
    app.add_config_value("comments_config", {}, "")
    reading = (address, katex, folding, guesses, citations, numbers, notebooks)
    for part in (*reading, pages, search, styles):
        part.setup(app)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
