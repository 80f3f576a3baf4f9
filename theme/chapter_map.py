"""The map of the chapters: which needs which, drawn as SVG whose boxes are links.

The chapters stand in rows, each below what it needs. There are two drawings, since an SVG does not
flow: one goes across, for wide screens and paper, one goes down, for telephones; the style sheet
shows one of them.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from .chapters import Chapter

Point = tuple[float, float]

LETTER = 7.6  # the mean width of a bold letter of 13 px, in the drawing's units
LINE = 16
ABREAST = 2  # boxes in a row of the drawing that goes down


@dataclass(frozen=True)
class Shape:
    """How a drawing lies: `across` from left to right, else down; sizes in its units."""

    name: str
    across: bool
    box: tuple[int, int]
    gaps: tuple[int, int]  # between levels, between the boxes of a level


SHAPES = (
    Shape("wide", True, (126, 66), (26, 22)),
    Shape("tall", False, (154, 52), (30, 16)),
)


def levels(book: Iterable[Chapter]) -> list[list[Chapter]]:
    """Return the chapters in levels: each stands one below the lowest that it needs."""
    level: dict[str, int] = {}
    for chapter in book:
        level[chapter.name] = 1 + max((level[name] for name in chapter.needs), default=-1)
    rows: list[list[Chapter]] = [[] for _ in range(max(level.values(), default=-1) + 1)]
    for chapter in book:
        rows[level[chapter.name]].append(chapter)
    return rows


def lines(text: str, room: float) -> list[str]:
    """Return the words of `text` in lines that are no wider than `room`, where words allow it."""
    broken = [""]
    for word in text.split():
        longer = f"{broken[-1]} {word}".strip()
        if broken[-1] and len(longer) * LETTER > room:
            broken.append(word)
        else:
            broken[-1] = longer
    return broken


def draw(
    book: Sequence[Chapter],
    address: Callable[[str], str],
    on_paths: Mapping[str, Iterable[int]],
    shape: Shape,
) -> str:
    """Return a drawing of the map. address(name): the link to a chapter."""
    places, (width, height) = _places(book, shape)
    arrows = [
        _arrow(places[needed], places[chapter.name], shape)
        for chapter in book
        for needed in chapter.needs
    ]
    titles = {chapter.name: chapter.title for chapter in book}
    boxes = [_box(c, titles, places[c.name], address, on_paths, shape) for c in book]
    # What it says to screen readers the links say one by one.
    return (
        f'<svg class="{shape.name}" viewBox="0 0 {width} {height}" role="group" translate="no"'
        ' aria-label="Map of the chapters: an arrow leads from a chapter to one that needs it">'
        f'<path class="arrows" d="{"".join(arrows)}"/>{"".join(boxes)}</svg>'
    )


def _places(book: Iterable[Chapter], shape: Shape) -> tuple[dict[str, Point], Point]:
    """Return {name: (x, y)} of the boxes, and the size of the drawing."""
    rows = levels(book)
    if not shape.across:  # a level with many boxes takes several rows
        rows = [row[i : i + ABREAST] for row in rows for i in range(0, len(row), ABREAST)]
    along, beside = shape.box if shape.across else shape.box[::-1]
    longest = max(map(len, rows), default=0)
    side = longest * (beside + shape.gaps[1]) - shape.gaps[1]
    places: dict[str, Point] = {}
    for number, row in enumerate(rows):
        start = (side - len(row) * (beside + shape.gaps[1]) + shape.gaps[1]) / 2
        for i, chapter in enumerate(row):
            far, off = number * (along + shape.gaps[0]), start + i * (beside + shape.gaps[1])
            places[chapter.name] = (far + 1, off + 1) if shape.across else (off + 1, far + 1)
    length = len(rows) * (along + shape.gaps[0]) - shape.gaps[0] + 2
    return places, (length, side + 2) if shape.across else (side + 2, length)


def _arrow(start: Point, end: Point, shape: Shape) -> str:
    """Return the path from one box to another, with its head."""
    width, height = shape.box
    if shape.across:
        x1, y1, x2, y2 = start[0] + width, start[1] + height / 2, end[0], end[1] + height / 2
        middle = x2 - shape.gaps[0] / 2
        way = f"M{x1:g} {y1:g}C{middle:g} {y1:g} {middle:g} {y2:g} {x2 - 3:g} {y2:g}"
        return f"{way}m-6 -4l6 4l-6 4"
    x1, y1, x2, y2 = start[0] + width / 2, start[1] + height, end[0] + width / 2, end[1]
    middle = y2 - shape.gaps[0] / 2
    return f"M{x1:g} {y1:g}C{x1:g} {middle:g} {x2:g} {middle:g} {x2:g} {y2 - 3:g}m-4 -6l4 6l4 -6"


def _box(
    chapter: Chapter,
    titles: Mapping[str, str],
    place: Point,
    address: Callable[[str], str],
    on_paths: Mapping[str, Iterable[int]],
    shape: Shape,
) -> str:
    width, height = shape.box
    words = lines(chapter.title, width - 12)
    top = (height - len(words) * LINE) / 2 + 12.5
    text = "".join(
        f'<tspan x="{width / 2:g}" y="{top + i * LINE:g}">{escape(line)}</tspan>'
        for i, line in enumerate(words)
    )
    after = " and ".join(titles[name] for name in chapter.needs)
    spoken = f"{chapter.title}, needs {after}" if after else chapter.title
    return (
        f'<a href="{escape(address(chapter.name))}" aria-label="{escape(spoken)}"'
        f' data-on="{" ".join(map(str, on_paths[chapter.name]))}"'
        f' transform="translate({place[0]:g} {place[1]:g})">'
        f'<rect width="{width}" height="{height}" rx="6"/><text>{text}</text></a>'
    )
