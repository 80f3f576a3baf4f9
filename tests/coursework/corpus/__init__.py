"""Submissions that go wrong or try to cheat, each with what it has earned.

A new trick is a new entry in the module of its kind.
"""

from tests.coursework.corpus import crashes, editors, honest, jupyter, tricks, wordings
from tests.coursework.corpus.entries import Entry
from tests.coursework.corpus.leavings import connecting, scripting, touching

CORPUS = [
    *honest.ENTRIES,
    *jupyter.ENTRIES,
    *editors.ENTRIES,
    *wordings.ENTRIES,
    *crashes.ENTRIES,
    *tricks.ENTRIES,
]

__all__ = ["CORPUS", "Entry", "connecting", "scripting", "touching"]
