"""Figures and explorers: words for each picture, a guess before each explorer."""

import re
from collections.abc import Iterator

from nbformat import NotebookNode

from judge.rules import CHAPTER, NOTEBOOK, rule
from manuscript.pages import Page, code_lines, figure_of

INTERACT_LINES = 8


@rule(NOTEBOOK)
def figures_have_words(page: Page) -> Iterator[str]:
    for written, ran in zip(page.code, page.results, strict=True):
        if any(
            mime.startswith("image/") for output in ran.outputs for mime in output.get("data", {})
        ):
            yield from (
                f"cell {written.id} draws a figure and {what}" for what in _lacking(written)
            )


def _lacking(cell: NotebookNode) -> Iterator[str]:
    figure = figure_of(cell)
    alt = cell.metadata.get("mystnb", {}).get("image", {}).get("alt", "")
    caption = figure.get("caption", "")
    if len(caption.split()) < 4:
        yield "has no caption in mystnb.figure.caption"
    if not figure.get("name", "").startswith("fig-"):
        yield 'has no name "fig-…" in mystnb.figure.name'
    if len(alt.split()) < 5:
        yield "has no alt text of five words or more in mystnb.image.alt"
    elif re.search(r"\.(?:png|svg|jpe?g)\b", alt) or alt.strip() == caption.strip():
        yield "has an alt text that is its file name or its caption"


@rule(CHAPTER)
def has_an_explorer_after_a_guess(page: Page) -> Iterator[str]:
    imported = re.findall(
        r"^from explorers import (.+)$", "\n".join(c.source for c in page.code), re.M
    )
    names = [
        name.strip() for line in imported for name in line.strip("()").split(",") if name.strip()
    ]
    shown = [
        c for c in page.visible_code if any(re.search(rf"\b{name}\(", c.source) for name in names)
    ]
    if not shown:
        yield "no visible cell shows an explorer"
    for cell in shown[:1]:
        if not re.search(r"\bguess", _text_before(page, cell), re.I):
            yield f"the text before the explorer in cell {cell.id} asks for no guess"


def _text_before(page: Page, cell: NotebookNode) -> str:
    cells = page.notebook.cells
    earlier = cells[: next(n for n, other in enumerate(cells) if other is cell)]
    return "\n".join(c.source for c in earlier[-3:] if c.cell_type == "markdown")


@rule(CHAPTER)
def has_one_cell_to_make_yours(page: Page) -> Iterator[str]:
    interactive = [
        c for c in page.visible_code if re.search(r"@?\binteract(?:ive)?\b\s*\(", c.source)
    ]
    if len(interactive) != 1:
        yield f"{len(interactive)} visible cells use interact; one is wanted"
    for cell in interactive:
        if len(code_lines(cell)) > INTERACT_LINES:
            yield f"the interact cell {cell.id} has more than {INTERACT_LINES} lines"
