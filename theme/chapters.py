"""The chapters as the front page shows them: from the contents and from what each says of itself.

A notebook says it in its metadata: {"book": {"about": "…", "needs": ["entropy"], "paths": ["…"]}}.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from manuscript.contents import needs_of
from manuscript.pages import Page, taken_out
from manuscript.pages import pages as pages_in_order

from .pages import minutes_to_read, part_of

WEEKS, COURSE = 10, "A course of ten weeks"  # which goes through the whole book


@dataclass(frozen=True)
class Chapter:
    """What is said of a chapter elsewhere; `name` and `needs` are names of documents."""

    name: str
    title: str
    part: str | None
    about: str
    needs: tuple[str, ...]
    paths: tuple[str, ...]
    minutes: int


@cache
def chapters(app: Sphinx) -> list[Chapter]:
    """Return the chapters in the order of the book, read once in a build."""
    found = [Page.read(path) for path in pages_in_order(Path(app.srcdir))]
    root = Path(app.env.doc2path(app.config.root_doc))
    found = [page for page in found if page.is_chapter and page.path != root]
    away = [Page.read(path) for path in taken_out(Path(app.srcdir))]
    return [_chapter(app.env, page, needs_of(page, away)) for page in found]


def _chapter(env: BuildEnvironment, page: Page, needs: Iterable[str]) -> Chapter:
    name = page.path.relative_to(env.srcdir).with_suffix("").as_posix()
    folder = name.rpartition("/")[0]
    return Chapter(
        name=name,
        title=env.titles[name].astext().partition(":")[0],
        part=part_of(env, name),
        about=page.about,
        needs=tuple(f"{folder}/{needed}" for needed in needs),
        paths=tuple(page.paths),
        minutes=minutes_to_read(env.get_doctree(name)),
    )


def paths(book: Sequence[Chapter]) -> dict[str, list[Chapter]]:
    """Return {name of a path: its chapters}: those that it leads to, with all that they need."""
    names = dict.fromkeys(path for chapter in book for path in chapter.paths)
    return {name: _with_needs(book, [c for c in book if name in c.paths]) for name in names}


def _with_needs(book: Sequence[Chapter], goals: Iterable[Chapter]) -> list[Chapter]:
    wanted = {goal.name for goal in goals}
    for chapter in reversed(book):  # what a chapter needs stands before it
        if chapter.name in wanted:
            wanted.update(chapter.needs)
    return [chapter for chapter in book if chapter.name in wanted]


def weeks(book: Iterable[Chapter], count: int = WEEKS) -> list[list[Chapter]]:
    """Return the weeks of a course: for each the chapters that it reads, none skipped.

    Fewer chapters than weeks: the longest ones get a second week. More: short neighbours share one.
    """
    runs = [[chapter] for chapter in book]
    while len(runs) > count:
        together = [_minutes(a + b) for a, b in pairwise(runs)]
        first = together.index(min(together))
        runs[first : first + 2] = [runs[first] + runs[first + 1]]
    given = [1] * len(runs)
    while runs and sum(given) < count:
        load = [_minutes(run) / number for run, number in zip(runs, given, strict=True)]
        given[load.index(max(load))] += 1
    return [run for run, number in zip(runs, given, strict=True) for _ in range(number)]


def _minutes(run: Iterable[Chapter]) -> int:
    return sum(chapter.minutes for chapter in run)
