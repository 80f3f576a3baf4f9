"""What the template says about a page: description, reading time, citation; and what it loads."""

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.fileutil import copy_asset_file

from manuscript.pages import ASKED

from .katex import keep_punctuation
from .state import Context

WORDS_PER_MINUTE = 200
SECONDS_PER_FORMULA = 6  # a displayed formula stops the eye
STATIC = Path(__file__).parent / "html" / "static"
EXPLORERS = Path(__file__).parents[1] / "explorers"


def words(doctree: nodes.document) -> list[str]:
    """Return the words of the prose: no code, no outputs, no formulas, no entries of questions."""
    text = [
        paragraph.astext()
        for paragraph in doctree.findall(nodes.paragraph)
        if not any(map(_is_no_prose, _ancestors(paragraph)))
    ]
    return re.findall(r"\w[\w'’-]*", " ".join(text))


def _is_no_prose(node: nodes.Element) -> bool:
    return isinstance(node, nodes.container) or ASKED in node.get("classes", ())


def minutes_to_read(doctree: nodes.document) -> int:
    """Return the reading time in whole minutes, at least 1."""
    formulas = sum(1 for _ in doctree.findall(nodes.math_block))
    minutes = len(words(doctree)) / WORDS_PER_MINUTE + formulas * SECONDS_PER_FORMULA / 60
    return max(1, round(minutes))


def description(doctree: nodes.document) -> str:
    """Return the first paragraph, which in a chapter is its question, cut to 200 characters."""
    first = next(iter(doctree.findall(nodes.paragraph)), None)
    text = " ".join(first.astext().split()) if first else ""
    return text if len(text) <= 200 else text[:199].rsplit(" ", 1)[0] + "…"


def let_tables_scroll(body: str) -> str:
    """Put each table into a box that scrolls sideways where the screen is narrow."""
    return re.sub(r"<table.*?</table>", r'<div class="table-scroll">\g<0></div>', body, flags=re.S)


def mark_bare_links(body: str) -> str:
    """Mark the links whose text is their address: paper need not show it twice."""
    link = r'(<a class="reference external)(" href="(?:https://doi\.org/)?([^"]*)">(?:doi:)?\3</a>)'
    return re.sub(link, r"\1 bare\2", body)


def keep_code(body: str) -> str:
    """Keep code as it is where the browser translates the page."""
    return re.sub(r"<(pre|code|kbd)(?=[ >])", r'<\1 translate="no"', body)


def name_explorers(body: str) -> str:
    """Give each explorer an id, by which a link finds it: bill-triangle, bill-triangle-2."""
    seen: Counter[str] = Counter()

    def name(match: re.Match[str]) -> str:
        seen[match[1]] += 1
        number = f"-{seen[match[1]]}" if seen[match[1]] > 1 else ""
        return f'<div id="{match[1].replace("_", "-")}{number}"{match[0].removeprefix("<div")}'

    return re.sub(r'<div class="explorer" data-explorer="(\w+)"', name, body)


def mend_roles(body: str) -> str:
    """Take out what Sphinx and MyST-NB say to screen readers and is not, or no longer, right."""
    body = body.replace(' role="doc-biblioentry"', ' role="listitem"')
    return body.replace('<summary aria-label="Toggle hidden content">', "<summary>")


def _ancestors(node: nodes.Node) -> Iterator[nodes.Element]:
    while node.parent is not None:
        node = node.parent
        yield node


def _describe_page(
    app: Sphinx, pagename: str, templatename: str, context: Context, doctree: nodes.document | None
) -> None:
    context["asset"] = partial(_asset, app, context["pathto"])
    context["asset_url"] = lambda name: _absolute(app, context["asset"](name))
    context["copyright_year"] = app.config.copyright
    context["author"] = app.config.author
    if doctree is None:
        return
    for mend in (
        *(keep_punctuation, let_tables_scroll, mark_bare_links),
        *(keep_code, mend_roles, name_explorers),
    ):
        context["body"] = mend(context["body"])
    context["description"] = description(doctree)
    context["minutes"] = minutes_to_read(doctree)
    context["part"] = part_of(app.env, pagename)
    context["source_file"] = app.env.doc2path(pagename, base=False)
    context["has_math"] = any(True for _ in doctree.findall(_is_math))
    context["has_guess"] = '<form class="guess"' in context["body"]
    context["explorers"] = sorted(set(re.findall(r'data-explorer="(\w+)"', context["body"])))
    styles = [f"explorers/{name}/{name}.css" for name in context["explorers"]]
    context["explorer_styles"] = [style for style in styles if _static_file(style).exists()]


def version_of(content: bytes) -> str:
    """Return what a link to a file says of its content: a changed file is never an old one."""
    return hashlib.sha256(content).hexdigest()[:8]


def _asset(app: Sphinx, pathto: Callable[[str, int], str], name: str) -> str:
    """Return the link to a static file."""
    return f"{pathto('_static/' + name, 1)}?v={version_of(_static_file(name).read_bytes())}"


def _static_file(name: str) -> Path:
    return EXPLORERS.parent / name if name.startswith("explorers/") else STATIC / name


def _absolute(app: Sphinx, link: str) -> str:
    """Return the link from the site's address, which social previews need."""
    base = app.config.html_baseurl
    return base.rstrip("/") + "/" + link[link.index("_static/") :] if base else link


def _is_math(node: nodes.Node) -> bool:
    return isinstance(node, (nodes.math, nodes.math_block))


def part_of(env: BuildEnvironment, pagename: str) -> str | None:
    """Return the caption of the part of the table of contents that the page stands in."""
    for tree in env.get_doctree(env.config.root_doc).findall(lambda n: n.tagname == "toctree"):
        if pagename in tree["includefiles"]:
            return tree.get("caption")
    return None


def _copy_explorers(app: Sphinx, exception: Exception | None) -> None:
    if exception is None and app.builder.format == "html":
        for file in sorted([*EXPLORERS.glob("*/*.mjs"), *EXPLORERS.glob("*/*.css")]):
            folder = Path(app.outdir) / "_static" / "explorers" / file.parent.name
            folder.mkdir(parents=True, exist_ok=True)
            copy_asset_file(file, folder)


def setup(app: Sphinx) -> None:
    """Fill the template's context; put the explorers' files beside the pages."""
    app.connect("html-page-context", _describe_page)
    app.connect("build-finished", _copy_explorers)
