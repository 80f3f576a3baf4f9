"""The map of the chapters: which needs which, drawn as SVG whose boxes are links.

The chapters stand in rows, each below what it needs. There are two drawings, since an SVG does not
flow: one with four boxes in a row, for wide screens and paper, one with two, for telephones; the
style sheet shows one of them.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from .chapters import Chapter

Point = tuple[float, float]

LETTER = 7.6  # the mean width of a bold letter of 13 px, in the drawing's units
LINE = 16


@dataclass(frozen=True)
class Shape:
    """A drawing's sizes, in its units, which are pixels where the column has room for them."""

    name: str
    abreast: int  # boxes in a row, at most
    box: tuple[int, int]
    gaps: tuple[int, int]  # between rows, between the boxes of a row

    @property
    def width(self) -> int:
        """The width of a drawing with a full row, and of every other, so that letters are equal."""
        return self.abreast * (self.box[0] + self.gaps[1]) - self.gaps[1] + 2


SHAPES = (
    Shape("wide", 4, (166, 56), (30, 18)),
    Shape("tall", 2, (154, 52), (30, 16)),
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
    n = shape.abreast  # a level with more boxes takes several rows
    rows = [row[i : i + n] for row in levels(book) for i in range(0, len(row), n)]
    across, down = shape.box[0] + shape.gaps[1], shape.box[1] + shape.gaps[0]
    places: dict[str, Point] = {}
    for number, row in enumerate(rows):
        start = (shape.width - len(row) * across + shape.gaps[1]) / 2
        # Each stands below what it needs, as far as the others of its row allow.
        for i, chapter in enumerate(sorted(row, key=lambda c: _middle(c.needs, places))):
            places[chapter.name] = (start + i * across, number * down + 1)
    return places, (shape.width, len(rows) * down - shape.gaps[0] + 2)


def _middle(names: Sequence[str], places: Mapping[str, Point]) -> float:
    return sum(places[name][0] for name in names) / max(len(names), 1)


def _arrow(start: Point, end: Point, shape: Shape) -> str:
    """Return the path from one box to another, with its head."""
    width, height = shape.box
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
