"""Read the book's pages the way the contract looks at them: prose, directives, cells, labels."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import dropwhile
from pathlib import Path
from typing import Any, Self

import nbformat
import yaml
from nbformat import NotebookNode

ROOT = Path(__file__).resolve().parent.parent
FENCE = re.compile(r"^\s*(?P<fence>`{3,}|~{3,}|:{3,})(?:\{(?P<name>[\w:-]+)\})?(?P<rest>.*)$")
OPTION = re.compile(r"^:(?P<key>[\w-]+):\s*(?P<value>.*)$")
HEADING = re.compile(r"^(#{1,6})\s+(.*?)\s*#*$", re.M)
ROLE = re.compile(r"\{(?P<role>[\w:-]+)\}`(?P<text>[^`<]*?)\s*(?:<(?P<target>[^>`]*)>)?`")
REFERENCES = ("ref", "numref", "eq", "prf:ref")  # the roles that name a label
LINK = re.compile(r"(?P<image>!?)\[(?P<text>[^\]]*)\]\((?P<target>[^)\s]*)\)")
ASKED = "asked"  # the class of an admonition with a question as people ask it, and its answer
CHAOTIC = "chaotic"  # the tag of a cell in which the last bit decides what is printed
EXPORT = "export"  # the tag of a cell that other rooms import: generators/exports.py
MATH = re.compile(r"\$\$.*?\$\$|(?<!\\)\$[^$]+?(?<!\\)\$", re.S)


@dataclass
class Directive:
    """One MyST directive: its name, what stands behind it, its options and its text."""

    name: str
    argument: str
    fence: str
    lines: list[str] = field(default_factory=list)

    @cached_property
    def options(self) -> dict[str, str]:
        """Return the `:key: value` lines at the top of the body."""
        matches = (OPTION.match(line.strip()) for line in self.lines)
        found = {}
        for match in matches:
            if not match:
                break
            found[match["key"]] = match["value"]
        return found

    @property
    def classes(self) -> list[str]:
        """Return its classes."""
        return self.options.get("class", "").split()

    @property
    def body(self) -> str:
        """Return the text below the options."""
        return "\n".join(self.lines[len(self.options) :]).strip()

    @property
    def folded(self) -> bool:
        """Tell whether the reader has to open it."""
        return self.name == "dropdown" or "dropdown" in self.classes


def directives(text: str) -> list[Directive]:
    """Return the directives of `text` in the order they open; a plain code block is named ''."""
    found: list[Directive] = []
    open_ones: list[Directive] = []
    for line in text.splitlines():
        match = FENCE.match(line)
        inner = open_ones[-1] if open_ones else None
        if inner and match and _ends(match, inner.fence):
            open_ones.pop()
        elif match and not (inner and inner.name == ""):
            for directive in open_ones:
                directive.lines.append(line)
            name = match["name"] or ""
            found.append(Directive(name, match["rest"].strip(), match["fence"]))
            open_ones.append(found[-1])
            continue
        for directive in open_ones:
            directive.lines.append(line)
    return found


def _ends(match: re.Match[str], fence: str) -> bool:
    return not match["name"] and not match["rest"].strip() and match["fence"].startswith(fence)


def without_code(markdown: str) -> str:
    """Return `markdown` without its plain code blocks."""
    plain = [d for d in directives(markdown) if not d.name]
    for block in plain:
        markdown = markdown.replace("\n".join(block.lines), "")
    return markdown


def plain_prose(markdown: str) -> str:
    """Return `markdown` as a reader sees it: no code, no comments, no options, links as text."""
    kept = []
    open_fences: list[tuple[str, bool]] = []  # of open blocks: the fence, and whether it is code
    for line in markdown.splitlines():
        match = FENCE.match(line)
        fence, is_code = open_fences[-1] if open_fences else (None, False)
        if match and fence and _ends(match, fence):
            open_fences.pop()
            continue
        if is_code:
            continue
        if match:
            code = match["fence"][0] != ":" and match["name"] in (None, "code-block", "code")
            open_fences.append((match["fence"], code))
            kept.append(match["rest"] if match["name"] else "")
        elif not OPTION.match(line.strip()) and not line.lstrip().startswith("% "):
            kept.append(line)
    text = ROLE.sub(lambda role: role["text"], "\n".join(kept))
    text = LINK.sub(lambda link: "" if link["image"] else link["text"], text)
    text = re.sub(r"`[^`]*`", " ", text)
    return re.sub(r"</?[a-zA-Z][^>]*>", " ", text)


def target_of(role: re.Match[str]) -> str:
    """Return what a match of ROLE names: what stands in <…>, or else its text."""
    return (role["target"] or role["text"]).strip()


def slug(heading: str) -> str:
    """Return the anchor that MyST gives to a heading."""
    text = re.sub(r"[^\w\s-]", "", ROLE.sub(lambda role: role["text"], heading).lower())
    return re.sub(r"\s", "-", text.strip())


@dataclass(frozen=True)
class Question:
    """A question as people ask it, in one wording or more, with the answer of a page.

    `heading` is that of its section, or None where the entry does not stand right below one.
    """

    wordings: tuple[str, ...]
    answer: str
    heading: str | None


def wordings(title: str) -> tuple[str, ...]:
    """Return the questions in the title of an entry: "Is it so? And so?" has two."""
    return tuple(re.split(r"(?<=\?)\s+", title.strip()))


def is_asked(directive: Directive) -> bool:
    """Tell whether a directive is such an entry."""
    return directive.name == "admonition" and ASKED in directive.classes


def _at_the_head(section: str) -> Iterator[Directive]:
    """Yield the entries with which the text of a section begins."""
    lines = section.splitlines()
    while lines := list(dropwhile(lambda line: not line.strip(), lines)):
        opening = FENCE.match(lines[0])
        if not opening or not opening["name"]:
            return
        (entry, *_) = directives("\n".join(lines))
        if not is_asked(entry):
            return
        yield entry
        lines = lines[len(entry.lines) + 2 :]


@dataclass
class Page:
    """A notebook or Markdown file of the book; `executed` is the notebook after a run."""

    path: Path
    notebook: NotebookNode
    executed: NotebookNode | None = None

    @classmethod
    def read(cls, path: Path, executed: NotebookNode | None = None) -> Self:
        """Read the page at `path`; a Markdown file becomes a notebook of one cell."""
        if path.suffix == ".ipynb":
            return cls(path, nbformat.read(path, as_version=4), executed)
        text = path.read_text("utf-8")
        return cls(path, nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(text)]))

    @property
    def said(self) -> Mapping[str, Any]:
        """Return what the metadata of a notebook says of it: {"book": {"about": "…"}}."""
        return self.notebook.metadata.get("book", {})

    @property
    def is_chapter(self) -> bool:
        """Tell a chapter (every notebook that does not say otherwise) from another page."""
        return self.path.suffix == ".ipynb" and self.said.get("kind", "chapter") == "chapter"

    @property
    def title(self) -> str:
        """Return the first heading, or the name of a page that has none."""
        heading = HEADING.search(self.markdown)
        return heading[2] if heading else self.path.stem

    @cached_property
    def markdown(self) -> str:
        """Return the Markdown of the whole page."""
        return "\n\n".join(c.source for c in self.notebook.cells if c.cell_type == "markdown")

    @cached_property
    def prose(self) -> str:
        """Return what a reader reads."""
        return plain_prose(self.markdown)

    @cached_property
    def directives(self) -> list[Directive]:
        """Return every directive of the page."""
        cells = (cell for cell in self.notebook.cells if cell.cell_type == "markdown")
        return [directive for cell in cells for directive in directives(cell.source)]

    @cached_property
    def code(self) -> list[NotebookNode]:
        """Return the code cells."""
        return [cell for cell in self.notebook.cells if cell.cell_type == "code"]

    @cached_property
    def visible_code(self) -> list[NotebookNode]:
        """Return the code cells that the reader of the page sees."""
        return [cell for cell in self.code if not hidden(cell)]

    @cached_property
    def results(self) -> list[NotebookNode]:
        """Return the code cells as they came out of a run."""
        return [cell for cell in (self.executed or self.notebook).cells if cell.cell_type == "code"]

    @cached_property
    def about(self) -> str:
        """Return the sentence that says on the front page what a chapter is about, or ""."""
        return self.said.get("about", "")

    @cached_property
    def needs(self) -> list[str]:
        """Return the names of the chapters that this one builds on directly."""
        return list(self.said.get("needs", ()))

    @cached_property
    def paths(self) -> list[str]:
        """Return the names of the paths through the book that lead to this chapter."""
        return list(self.said.get("paths", ()))

    @cached_property
    def questions(self) -> list[Question]:
        """Return the questions that people ask and that the page has an entry for."""
        headings = list(HEADING.finditer(self.markdown))
        ends = [heading.start() for heading in headings[1:]] + [len(self.markdown)]
        found = {}
        for heading, end in zip(headings, ends, strict=True):
            for entry in _at_the_head(self.markdown[heading.end() : end]):
                found[entry.argument, entry.body] = heading[2]
        entries = [directive for directive in self.directives if is_asked(directive)]
        return [
            Question(wordings(e.argument), e.body, found.get((e.argument, e.body))) for e in entries
        ]

    def section(self, title: str) -> str | None:
        """Return the Markdown below the heading `title`, or None without such a heading."""
        headings = list(HEADING.finditer(self.markdown))
        for number, match in enumerate(headings):
            if match[2].lower().startswith(title.lower()):
                later = (h for h in headings[number + 1 :] if len(h[1]) <= len(match[1]))
                end = next(later, None)
                return self.markdown[match.end() : end.start() if end else None]
        return None

    @cached_property
    def labels(self) -> list[str]:
        """Return every label that this page defines."""
        found = re.findall(r"^\((\S+)\)=\s*$", self.markdown, re.M)
        found += re.findall(r"^\$\$\s*\((\S+)\)\s*$", self.markdown, re.M)
        for directive in self.directives:
            found += [
                directive.options[key] for key in ("label", "name") if key in directive.options
            ]
        found += [figure["name"] for figure in map(figure_of, self.code) if "name" in figure]
        return found

    @cached_property
    def anchors(self) -> list[str]:
        """Return the anchors of the headings of this page."""
        return [slug(match[2]) for match in HEADING.finditer(self.markdown)]


def tags(cell: NotebookNode) -> list[str]:
    """Return the tags of `cell`."""
    return cell.metadata.get("tags", [])


def hidden(cell: NotebookNode) -> bool:
    """Tell whether the code of `cell` is folded or left out on the page."""
    return any(tag.startswith(("hide-", "remove-")) for tag in tags(cell))


def figure_of(cell: NotebookNode) -> Mapping[str, str]:
    """Return the figure metadata of `cell`, {} without any."""
    return cell.metadata.get("mystnb", {}).get("figure", {})


def code_lines(cell: NotebookNode) -> list[str]:
    """Return the lines of `cell` that are code: blank lines and comments don't count."""
    lines = (line.strip() for line in cell.source.splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def pages(root: Path = ROOT) -> list[Path]:
    """Return the paths of the book's pages, in the order of _toc.yml."""
    return [
        _with_suffix(root / name)
        for name in _files(yaml.safe_load((root / "_toc.yml").read_text("utf-8")))
    ]


def notebooks(root: Path = ROOT) -> list[Path]:
    """Return the paths of the pages that are notebooks, in the order of _toc.yml."""
    return [path for path in pages(root) if path.suffix == ".ipynb"]


def taken_out(root: Path = ROOT) -> list[Path]:
    """Return the paths of the pages that lie beside those of _toc.yml and are not among them."""
    read = set(pages(root))
    beside = {path for folder in {page.parent for page in read} for path in folder.glob("*.*")}
    return sorted(path for path in beside - read if path.suffix in (".ipynb", ".md"))


def _files(node: dict[str, Any] | list[dict[str, Any]]) -> list[str]:
    if isinstance(node, list):
        return [name for child in node for name in _files(child)]
    own = [node[key] for key in ("root", "file") if key in node]
    return own + [
        n for key in ("parts", "chapters", "sections") if key in node for n in _files(node[key])
    ]


def _with_suffix(path: Path) -> Path:
    candidates = (path, path.with_suffix(".ipynb"), path.with_suffix(".md"))
    return next((c for c in candidates if c.is_file()), path)
