"""Search: each section of the book with its words, for static/search.js, and the page that asks it.

Sphinx's own index knows which pages hold a word, not how often or where; so pages tie, and a hit
has no sentence. This one holds the text. It is read by the search page alone.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.environment import BuildEnvironment

from .pages import version_of
from .state import Context

HERE = Path(__file__).parent
INDEX = "search-index.js"
TEX_WORDS = {
    r"\parallel": "‖", r"\mid": "|", r"\log": "log ", r"\ln": "ln ", r"\exp": "exp ",
    r"\sum": "Σ", r"\int": "∫", r"\le": "≤", r"\ge": "≥", r"\ne": "≠", r"\in": "∈",
    r"\to": "→", r"\infty": "∞", r"\cdot": "·", r"\times": "×", r"\mathrm": "", r"\mathbf": "",
    r"\nabla": "∇", r"\theta": "θ", r"\eta": "η", r"\pi": "π", r"\mu": "μ", r"\sigma": "σ",
    r"\lambda": "λ", r"\beta": "β", r"\varepsilon": "ε", r"\hat": "", r"\textcolor": "",
}  # fmt: skip

# A link whose text is a number has none yet.
KIND_OF_LABEL = {
    "def": "the definition", "thm": "the theorem", "lem": "the lemma", "cor": "the corollary",
    "ex": "the exercise", "fig": "the figure", "eq": "the equation",
}  # fmt: skip


def plain(tex: str) -> str:
    r"""Return a short formula as text, r"-\log_2 p" as "-log2 p"; "…" where that can't be read."""
    text = re.sub(r"\\textcolor\{\w+\}", "", tex)
    text = re.sub(r"\\[a-zA-Z]+", lambda word: TEX_WORDS.get(word[0], "\0"), text)
    text = re.sub(r"\\[,;!: ]|[{}_]", "", text)
    return "…" if re.search(r"[\0\\&]", text) or len(text) > 60 else re.sub(r"\s+", " ", text)


def _is_left_out(node: nodes.Node) -> bool:
    """Code, what it prints, displayed formulas and comments are not searched."""
    if isinstance(node, nodes.container):
        return node.get("nb_element") in ("cell_code_source", "cell_code_output")
    return isinstance(
        node, (nodes.literal_block, nodes.math_block, nodes.comment, nodes.raw, nodes.image)
    )


def _is_unnumbered(node: nodes.Node) -> bool:
    """Tell whether a link has its label in place of a number; a term stands for itself."""
    link = isinstance(node, addnodes.pending_xref) and node["reftype"] != "term"
    return link and node.astext() == node["reftarget"]


def _parts(node: nodes.Node) -> Iterator[str]:
    """Yield the text in `node`, without that of sections in it and of entries of a glossary."""
    if isinstance(node, (nodes.math, nodes.Text)):
        yield plain(node.astext()) if isinstance(node, nodes.math) else node.astext()
    elif _is_unnumbered(node):
        yield KIND_OF_LABEL.get(node["reftarget"].partition("-")[0], "…")
    elif isinstance(node, nodes.container) and _is_left_out(node):
        for caption in node.findall(nodes.caption):
            yield from (*_parts_of_children(caption), " ")
    elif not _is_left_out(node):
        yield from _parts_of_children(node)
    if isinstance(node, (nodes.paragraph, nodes.title, nodes.term, nodes.caption)):
        yield " "


def _parts_of_children(node: nodes.Node) -> Iterator[str]:
    for child in node.children:
        if not _is_section(child) and not _is_entry(child):
            yield from _parts(child)


def _is_section(node: nodes.Node) -> bool:
    # Sphinx-proof and sphinx-exercise also keep what they hold in a section, without a title.
    return isinstance(node, nodes.section) and isinstance(node[0], nodes.title)


def _is_entry(node: nodes.Node) -> bool:
    return isinstance(node, nodes.definition_list_item) and bool(node[0]["ids"])


def _text(node: nodes.Node) -> str:
    return " ".join("".join(_parts(node)).split())


def sections(doctree: nodes.document) -> Iterator[tuple[str, str, str]]:
    """Yield (id, heading, text) of the page, its sections and the entries of its glossary."""
    for node in doctree.findall(lambda n: _is_section(n) or _is_entry(n)):
        if _is_section(node):
            is_page = isinstance(node.parent, nodes.document)
            body = "".join(
                part
                for child in node[1:]
                if not _is_section(child)
                for part in (*_parts(child), " ")
            )
            place = "" if is_page else node["ids"][0]
            yield place, _text(node[0]), " ".join(body.split())
        else:
            yield node[0]["ids"][0], _text(node[0]), _text(node[1])


def kind_of(env: BuildEnvironment, name: str, doctree: nodes.document) -> str:
    """Return "chapter", "glossary" or "page"."""
    path = Path(env.doc2path(name))
    if path.suffix == ".ipynb":
        metadata = json.loads(path.read_text("utf-8"))["metadata"]
        return metadata.get("book", {}).get("kind", "chapter")
    return "glossary" if any(map(_is_entry, doctree.findall())) else "page"


def synonyms() -> list[list[list[str]]]:
    """Return [asked, looked for] pairs of lists of phrases, as synonyms.txt has them."""
    pairs = []
    for line in (HERE / "synonyms.txt").read_text("utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            asked, arrow, also = line.partition(" > ")
            pairs.append([_phrases(asked), _phrases(also if arrow else asked)])
    return pairs


def _phrases(text: str) -> list[str]:
    return [phrase.strip() for phrase in text.split(",")]


def index(app: Sphinx) -> dict[str, Any]:
    """Return what static/search.js reads, as JSON can hold it."""
    pages = []
    for name in sorted(app.env.found_docs):
        doctree = app.env.get_doctree(name)
        kind = kind_of(app.env, name, doctree)
        found = [list(section) for section in sections(doctree)]
        pages.append({"link": app.builder.get_target_uri(name), "kind": kind, "sections": found})
    return {"pages": pages, "synonyms": synonyms()}


def _add_pages(app: Sphinx) -> Iterator[tuple[str, Context, str]]:
    """Write the index, and make the page that reads it."""
    if app.builder.format != "html":
        return
    written = json.dumps(index(app), ensure_ascii=False, separators=(",", ":"))
    # A script, not JSON: it also comes where the site is opened as a folder.
    script = f"const BOOK = {written};\n".encode()
    (Path(app.outdir) / INDEX).write_bytes(script)
    yield "search", {"index": f"{INDEX}?v={version_of(script)}"}, "search.html"


def _leave_out_sphinx_search(app: Sphinx) -> None:
    if isinstance(app.builder, StandaloneHTMLBuilder):
        app.builder.search = False


def setup(app: Sphinx) -> None:
    """Put the search page in the place of Sphinx's own."""
    app.connect("builder-inited", _leave_out_sphinx_search)
    app.connect("html-collect-pages", _add_pages)
