"""Submissions that go wrong or try to cheat, each with what it has earned.

An entry says what a student did and what the marks must be. `earns` is "all", "none", or the
questions that are lost. Made by code: a new trick is a new entry.
"""

import copy
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.coursework.classroom import (
    POINTS,
    hand_in,
    notebook,
    solutions,
)

FUNCTIONS = ["report_worth", "safe_prices", "block_cost", "two_readings"]


@dataclass
class Entry:
    """A submission, and what must come out."""

    name: str
    make: Callable[[], dict | bytes] | None
    lost: set[str] = field(default_factory=set)  # questions that earn nothing
    status: set[str] = field(default_factory=lambda: {"ok"})
    place: Callable[[Path], None] | None = None  # for what is no file
    look: set[str] = field(default_factory=set)  # questions that a person must look at first
    kept: dict[str, float] = field(default_factory=dict)  # points of questions lost in part

    @property
    def marks(self) -> dict[str, float]:
        """Return the points of each question that tests decide."""
        none = dict.fromkeys(self.lost, 0)
        return {name: {**none, **self.kept}.get(name, most) for name, most in POINTS.items()}

    def hand_in(self, course: Path) -> None:
        """Put it into the folder of a course."""
        path = hand_in(course, self.name, self.make() if self.make else b"")
        if self.place:
            path.unlink()
            self.place(path)


ALL = set(POINTS)


def section():
    """Return a list of submissions, and the function that adds one to it."""
    entries: list[Entry] = []

    def entry(name, make, *, lost=(), status="ok", place=None, look=(), kept=()):
        statuses = {status} if isinstance(status, str) else set(status)
        entries.append(Entry(name, make, set(lost), statuses, place, set(look), dict(kept)))

    return entries, entry


def with_cells(*, before=(), after=(), answers=None, changed=None, words=None):
    """Return what makes a notebook: the right answers, or these, or with some of them changed."""
    return lambda: notebook(
        {**(solutions() if answers is None else answers), **(changed or {})}, before, after, words
    )


def every_function(body: str, head: str = "") -> dict[str, str]:
    """Return answers in which every function has this body."""
    made = {name: f"{head}\ndef {name}(*args):\n    {body}\n" for name in FUNCTIONS}
    return {**made, "jokers_and_coin": f"{head}\norder_bits = unsurprising = their_share = None"}


def edited(change: Callable[[dict], object], **options):
    """Return what makes the right notebook and then changes it as JSON."""

    def make():
        made = copy.deepcopy(notebook(**options))
        changed = change(made)
        return changed if isinstance(changed, dict | bytes) else made

    return make
