"""The questions that people ask: entries that stand in the chapters, gathered on a page.

:::{admonition} Why cross-entropy and not KL as a loss?
:class: asked dropdown

Two sentences, below the heading of the section that answers it.
:::
"""

from collections.abc import Iterator

from docutils import nodes
from sphinx.application import Sphinx

from manuscript.pages import ASKED, wordings

from .chapters import Chapter, chapters

# Of a section its id and heading; of an entry its wordings and the nodes of its answer.
Entry = tuple[str, nodes.title, tuple[str, ...], list[nodes.Node]]


def entries(doctree: nodes.document) -> Iterator[Entry]:
    """Yield (id of the section, its heading, wordings, the nodes of the answer) of a page."""
    for block in doctree.findall(nodes.Admonition):
        if ASKED in block.get("classes", ()):
            title, *answer = block.children
            section = block.parent
            yield section["ids"][0], section[0], wordings(title.astext()), answer


def gathered(app: Sphinx, page: str) -> list[nodes.Node]:
    """Return a list of all questions, and for each chapter a section with their answers."""
    made, listed = [], nodes.bullet_list(classes=["asked-list"])
    for chapter in chapters(app):
        found = list(entries(app.env.get_doctree(chapter.name)))
        if found:
            name = chapter.name.rpartition("/")[2]
            section = nodes.section(ids=[f"asked-{name}"], names=[])
            section += nodes.title("", chapter.title)
            for number, entry in enumerate(found, start=1):
                own_id = f"asked-{name}-{number}"
                section += _question(app, page, chapter, own_id, entry)
                link = nodes.reference("", entry[2][0], internal=True, refid=own_id)
                listed += nodes.list_item("", nodes.paragraph("", "", link))
            made.append(section)
    return [listed, *made]


def _question(app: Sphinx, page: str, chapter: Chapter, own_id: str, entry: Entry) -> nodes.section:
    place, heading, (first, *others), answer = entry
    section = nodes.section(ids=[own_id], names=[], classes=["asked-here"])
    section += nodes.title("", first)
    if others:
        section += nodes.paragraph("", f"Also: {' '.join(others)}", classes=["also"])
    section += [part.deepcopy() for part in answer]
    address = f"{app.builder.get_relative_uri(page, chapter.name)}#{place}"
    link = nodes.reference("", "", internal=True, refuri=address)
    link += [part.deepcopy() for part in heading.children]
    more = nodes.paragraph("", "The whole answer: ", classes=["more"])
    more += [link, nodes.Text(f", in {chapter.title}.")]
    section += more
    return section


MAKERS = {"questions": gathered}
