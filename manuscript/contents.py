"""Texts without what leads to pages that are not in the contents.

A chapter is taken out of the book by its line in _toc.yml. Its file stays where it is and is not
read. What other pages say of it follows: a link to it is its text alone; an item of a list, or a
section, that begins with such a link is left out.
"""

import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path

from manuscript.pages import HEADING, LINK, REFERENCES, ROLE, ROOT, Page, taken_out, target_of

ITEM = re.compile(r"^(?P<indent> *)(?:[-*+]|\d+\.) +(?=[*_]*\[)")
ANCHOR = re.compile(r'<a href="(?P<page>[\w-]+)\.html(?:#[^"]*)?">.*?</a>', re.S)


class TakenOut:
    """The pages that are not in the contents: their names, and the title of each label in them."""

    def __init__(self, root: Path = ROOT) -> None:
        """Read them, and nothing where there are none."""
        found = [Page.read(path) for path in taken_out(root)]
        self.names = {page.path.name for page in found}
        self.names |= {page.path.stem for page in found}
        titles = [(page.title.partition(":")[0], page.labels) for page in found]
        self.titles = {label: title for title, labels in titles for label in labels}

    def __bool__(self) -> bool:
        """Tell whether there are any."""
        return bool(self.names)

    def is_target(self, target: str) -> bool:
        """Tell whether a link leads to one of them, or to a label in one."""
        name, _, anchor = target.partition("#")
        return name in self.names if name else anchor in self.titles

    def out_of(self, markdown: str) -> str:
        """Return the text of a page without what leads to them."""
        return self._plain(_without_items(_without_sections(markdown, self._begins), self._begins))

    def out_of_source(self, source: str, suffix: str) -> str:
        """Return the source of a page, Markdown or a notebook in JSON, in the same way."""
        if suffix != ".ipynb":
            return self.out_of(source)
        notebook = json.loads(source)
        for cell in notebook["cells"]:
            if cell["cell_type"] == "markdown":
                cell["source"] = self.out_of("".join(cell["source"]))
            for output in cell.get("outputs", ()):
                if "text/html" in output.get("data", {}):
                    html = "".join(output["data"]["text/html"])
                    output["data"]["text/html"] = self._out_of_html(html)
        return json.dumps(notebook)

    def _out_of_html(self, html: str) -> str:
        """Leave out the links of what cells have put out, such as an explorer's to its figure."""
        return ANCHOR.sub(lambda a: "" if self.is_target(a["page"]) else a[0], html)

    def _begins(self, text: str) -> bool:
        """Tell whether a heading or an item begins with a link to one of them."""
        link = LINK.match(text.lstrip("*_ "))
        return link is not None and self.is_target(link["target"])

    def _plain(self, markdown: str) -> str:
        def link(found: re.Match[str]) -> str:
            return found["text"] if self.is_target(found["target"]) else found[0]

        def role(found: re.Match[str]) -> str:
            target = target_of(found)
            if found["role"] not in REFERENCES or target not in self.titles:
                return found[0]
            return found["text"] if found["target"] else f"“{self.titles[target]}”"

        return ROLE.sub(role, LINK.sub(link, markdown))


def needs_of(page: Page, away: Sequence[Page]) -> list[str]:
    """Return what a chapter needs; in the place of a page that is taken out, what that needs."""
    by_name = {other.path.stem: other for other in away}
    found = []
    for name in page.needs:
        found += needs_of(by_name[name], away) if name in by_name else [name]
    return list(dict.fromkeys(found))


def _without_sections(markdown: str, is_left_out: Callable[[str], bool]) -> str:
    """Leave out each section whose heading is such a link, down to the next of its level."""
    headings = list(HEADING.finditer(markdown))
    kept, below, start = [], None, 0
    for heading in headings:
        level = len(heading[1])
        if below is not None and level <= below:
            below, start = None, heading.start()
        if below is None and is_left_out(heading[2]):
            kept.append(markdown[start : heading.start()])
            below = level
    return "".join([*kept, markdown[start:] if below is None else ""])


def _without_items(markdown: str, is_left_out: Callable[[str], bool]) -> str:
    """Leave out each item of a list that begins with such a link, and what is indented below it."""
    kept, inside = [], None
    for line in markdown.splitlines(keepends=True):
        indent = len(line) - len(line.lstrip(" "))
        if inside is not None and line.strip() and indent <= inside:
            inside = None
        item = ITEM.match(line)
        if inside is None and item and is_left_out(line[item.end() :]):
            inside = len(item["indent"])
        if inside is None:
            kept.append(line)
    return "".join(kept)
