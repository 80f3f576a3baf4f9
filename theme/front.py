"""What the front page shows of the chapters: where to start, cards, paths and their map."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from itertools import groupby
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx

from .chapter_map import SHAPES, draw
from .chapters import COURSE, Chapter, chapters, paths, weeks
from .pages import version_of
from .portraits import SCHEMES, explorer_on, portrait

STILLS = "_static/stills"


def start(app: Sphinx, page: str) -> list[nodes.Node]:
    """Return the link to the first chapter."""
    first = chapters(app)[0]
    where = f"<span>{escape(first.title)}, {first.minutes} minutes</span>"
    link = f'<a href="{_link(app, page, first.name)}"><strong>Start here</strong> {where}</a>'
    return [_html(f'<p class="start-here">{link}</p>')]


def cards(app: Sphinx, page: str) -> list[nodes.Node]:
    """Return a card for each chapter; the first of a part also names the part."""
    book = chapters(app)
    titles = {chapter.name: chapter.title for chapter in book}
    items = []
    for part, group in groupby(book, key=lambda chapter: chapter.part):
        for number, chapter in enumerate(group):
            items.append(_card(app, page, chapter, titles, part if number == 0 else None))
    return [_html(f'<ul class="cards">{"".join(items)}</ul>')]


def _card(
    app: Sphinx, page: str, chapter: Chapter, titles: Mapping[str, str], part: str | None
) -> str:
    part = f'<p class="card-part">{escape(part or "")}</p>'
    needs = " and ".join(titles[name] for name in chapter.needs)
    facts = f"{chapter.minutes} min" + (f", after {escape(needs)}" if needs else "")
    link = f'<a href="{_link(app, page, chapter.name)}">{escape(chapter.title)}</a>'
    return (
        f'<li class="card">{part}{_pictures(app, page, chapter)}<p class="card-title">{link}</p>'
        f'<p>{escape(chapter.about)}</p><p class="facts">{facts}</p></li>'
    )


def _pictures(app: Sphinx, page: str, chapter: Chapter) -> str:
    """Return the picture of the chapter's explorer, one for each scheme; only one is loaded."""
    shown = explorer_on(app.env.get_doctree(chapter.name))
    if shown is None:
        return ""
    still = portrait(*shown)
    up = "../" * page.count("/")
    # Both say what they show: the style sheet shows one of them.
    alt = escape(f"The figure of the chapter, standing still: {still.title}")
    images = ""
    for scheme in SCHEMES:
        picture = still.pictures[scheme].encode()
        name = f"{chapter.name.rpartition('/')[2]}-{scheme}.svg"
        file = Path(app.outdir) / STILLS / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(picture)
        link = f"{up}{STILLS}/{name}?v={version_of(picture)}"
        images += (
            f'<img class="in-{scheme}" src="{link}" alt="{alt}"'
            f' width="{still.width}" height="{still.height}" loading="lazy">'
        )
    return f'<div class="still-of">{images}</div>'


def ways(app: Sphinx, page: str) -> list[nodes.Node]:
    """Return the paths through the book, and the map on which each can be lit."""
    book = chapters(app)
    ways = {**paths(book), COURSE: book}
    on_paths = defaultdict(list)
    for number, way in enumerate(ways.values()):
        for chapter in way:
            on_paths[chapter.name].append(number)
    items = "".join(_way(number, name, way) for number, (name, way) in enumerate(ways.items()))
    # What is on the chosen path is lit.
    lit = ",".join(f'.ways:has(#way-{n}:checked) a[data-on~="{n}"]' for n in range(len(ways)))
    maps = "".join(
        draw(book, lambda name: _link(app, page, name), on_paths, shape) for shape in SHAPES
    )
    style = f"<style>{lit}{{--edge:var(--ink);--fill:var(--card);--weight:600}}</style>"
    choice = f"<fieldset><legend>Choose a way to see it on the map.</legend>{items}</fieldset>"
    return [_html(f'<div class="ways">{style}<div class="map">{maps}</div>{choice}</div>')]


def _way(number: int, name: str, way: Sequence[Chapter]) -> str:
    minutes = sum(chapter.minutes for chapter in way)
    steps = " → ".join(escape(chapter.title) for chapter in way)
    told = _in_weeks(way) if name == COURSE else steps
    what = f"<strong>{escape(name)}</strong> <small>{minutes} minutes to read</small><br>{told}"
    return (
        f'<div class="way"><input type="radio" name="way" id="way-{number}">'
        f'<label for="way-{number}">{what}</label></div>'
    )


def _in_weeks(book: Iterable[Chapter]) -> str:
    """Return the weeks of the course in words: "1 Surprise and entropy · 2–3 …"."""
    told, first = [], 1
    for run, same in groupby(weeks(book), key=lambda run: run):
        last = first + len(list(same)) - 1
        week = f"{first}" if first == last else f"{first}–{last}"
        names = ", ".join(escape(chapter.title) for chapter in run)
        told.append(f"<b>{week}</b>&nbsp;{names}")
        first = last + 1
    return " · ".join(told)


def _link(app: Sphinx, page: str, name: str) -> str:
    return escape(app.builder.get_relative_uri(page, name))


def _html(text: str) -> nodes.raw:
    return nodes.raw("", text, format="html")


MAKERS = {"start": start, "chapters": cards, "paths": ways}
