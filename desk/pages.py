"""The book's pages as JupyterLab shows them best.

Its renderer resolves a link only within the notebook, shows no captions, and marks a notebook as
changed that does not say which kernel it is for. So each copy gets its captions as text, the terms
and works that it links to at its end, links to other pages by their files, and its kernel.
"""

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import nbformat
from ipykernel.ipkernel import IPythonKernel
from jupyter_client.kernelspec import get_kernel_spec
from nbformat import NotebookNode
from pybtex.database import parse_file
from pybtex.plugin import find_plugin

from manuscript.contents import TakenOut
from manuscript.pages import ROLE, Page, directives, figure_of, pages, taken_out, target_of

END = "terms-and-works"  # the id of the cell that closes a copy
KERNEL = "python3"
ENTRY = re.compile(r"^(\S.*)\n: .*(?:\n+  .*)*", re.M)


def given(root: Path) -> dict[str, bytes]:
    """Return {name: content} of the files that a reader gets of the book under `root`."""
    book, away = Book(root), set(taken_out(root))  # which are not in the contents
    files = {}
    for path in sorted({*(root / "book").rglob("*")} - away):
        name = path.relative_to(root / "book").as_posix()
        if not path.is_file() or any(part.startswith(".") for part in Path(name).parts):
            continue
        if path.suffix == ".ipynb":
            notebook = book.for_lab(nbformat.read(path, as_version=4))
            files[name] = (nbformat.writes(notebook) + "\n").encode()
        elif path.suffix == ".md":
            text = book.taken_out.out_of(path.read_text("utf-8"))
            files[name] = book.page_for_lab(text).encode()
        elif path.suffix != ".bib":
            files[name] = path.read_bytes()
    return files


@dataclass(frozen=True)
class Book:
    """What the pages of the book under `root` link to."""

    root: Path

    @cached_property
    def homes(self) -> dict[str, str]:
        """Return {label: file of the page that defines it}."""
        found = [Page.read(path) for path in pages(self.root)]
        return {label: page.path.name for page in found for label in page.labels}

    @cached_property
    def taken_out(self) -> TakenOut:
        """Return what is not in the contents, and leaves the texts of the others too."""
        return TakenOut(self.root)

    @cached_property
    def terms(self) -> dict[str, str]:
        """Return {term: its entry in the glossary, as JupyterLab's renderer reads it}."""
        text = (self.root / "book" / "glossary.md").read_text("utf-8")
        (glossary,) = (d for d in directives(text) if d.name == "glossary")
        return {match[1]: match[0] for match in ENTRY.finditer(_defined(glossary.body))}

    @cached_property
    def works(self) -> dict[str, str]:
        """Return {key: a work of the bibliography in Markdown}, by their authors."""
        works = parse_file(str(self.root / "book" / "references.bib")).entries.values()
        style = find_plugin("pybtex.style.formatting", "plain")()
        markdown = find_plugin("pybtex.backends", "markdown")()
        formatted = style.format_entries(list(works))
        return {work.key: work.text.render(markdown).replace("\n", " ") for work in formatted}

    def page_for_lab(self, text: str) -> str:
        """Return a page of Markdown with its works and its glossary as JupyterLab reads them."""
        works = "\n\n".join(_labelled(key, work) for key, work in self.works.items())
        text = re.sub(r"```\{bibliography\}.*?```", lambda _: works, text, flags=re.S)
        return re.sub(r"```\{glossary\}.*?```", lambda part: _defined(part[0]), text, flags=re.S)

    def for_lab(self, notebook: NotebookNode) -> NotebookNode:
        """Return a copy of a notebook of the book, with what JupyterLab needs and lacks."""
        cells, figures = [], 0
        page = Page(Path(), notebook)
        for cell in notebook.cells:
            cells.append(nbformat.from_dict(cell))
            if cell.cell_type == "markdown":
                text = self.taken_out.out_of(cell.source)
                cells[-1].source = self._with_files(text, page.labels)
            elif caption := figure_of(cell).get("caption"):
                figures += 1
                text = _labelled(figure_of(cell)["name"], f"**Figure {figures}.** {caption}")
                cells.append(_markdown(f"{cell.id}-caption", text))
        if ending := self._ending(page.markdown):
            cells.append(_markdown(END, ending))
        metadata = {
            **notebook.metadata,
            "kernelspec": {
                "display_name": get_kernel_spec(KERNEL).display_name,
                "language": "python",
                "name": KERNEL,
            },
            "language_info": IPythonKernel.language_info,
        }
        return nbformat.v4.new_notebook(cells=cells, metadata=nbformat.from_dict(metadata))

    def _with_files(self, source: str, own: list[str]) -> str:
        """Return Markdown in which links to labels of other pages lead to their files."""

        def link(role: re.Match[str]) -> str:
            home = self.homes.get(role["target"])
            if role["role"] in ("term", "eq") or home is None or role["target"] in own:
                return role[0]
            return f"[{role['text']}]({home})"

        return ROLE.sub(link, source)

    def _ending(self, markdown: str) -> str:
        """Return the terms and works that a page links to."""
        roles = list(ROLE.finditer(markdown))
        targets = set(map(target_of, roles))
        asked = {target_of(role) for role in roles if role["role"] == "term"}
        entries = [entry for term, entry in self.terms.items() if term in asked]
        works = [_labelled(key, work) for key, work in self.works.items() if key in targets]
        glossary = ["```{glossary}\n" + "\n\n".join(entries) + "\n```"] if entries else []
        if not glossary and not works:
            return ""
        return "\n\n".join(["## Terms and works that this page links to", *glossary, *works])


def _defined(glossary: str) -> str:
    """Return entries "term, line break, two spaces, text" with a colon before the text."""
    return re.sub(r"^(\S.*\n)  (?=\S)", r"\1: ", glossary, flags=re.M)


def _labelled(label: str, text: str) -> str:
    return f"({label})=\n{text}"


def _markdown(name: str, text: str) -> NotebookNode:
    return nbformat.v4.new_markdown_cell(text, id=name)
