"""Put the style sheets into the pages: a page that has come can be painted without asking again.

Asked for one by one, they cost a journey to the server and back before the first text is seen: on a
slow line .3 s or more. The files stay in _static.
"""

import re
from pathlib import Path

from sphinx.application import Sphinx

LINK = re.compile(r'<link rel="stylesheet" href="([^"?]*_static/[^"?]*)(?:\?[^"]*)?">')


def inlined(html: str, page: Path) -> str:
    """Return the page with the contents of its own style sheets in their places."""
    return LINK.sub(lambda link: f"<style>{_contents(page, link[1])}</style>", html)


def _contents(page: Path, href: str) -> str:
    css = (page.parent / href).read_text("utf-8")
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    css = re.sub(r"\s*([{};])\s*", r"\1", css)
    css = re.sub(r":\s+", ":", css)
    # What a style sheet asks for stands beside it, not beside the page.
    folder = href.rpartition("/")[0]
    return re.sub(r"""url\(["']?(?![\w-]+:)([^"')]+)["']?\)""", rf'url("{folder}/\1")', css)


def _put_in(app: Sphinx, exception: Exception | None) -> None:
    if exception is None and app.builder.format == "html":
        for page in Path(app.outdir).rglob("*.html"):
            html = page.read_text("utf-8")
            if LINK.search(html):
                page.write_text(inlined(html, page), "utf-8")


def setup(app: Sphinx) -> None:
    """Do it last, when all files are in their places."""
    app.connect("build-finished", _put_in, priority=900)
