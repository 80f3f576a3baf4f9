"""Submissions that go wrong or try to cheat, each with what it has earned.

A new trick is a new entry in the module of its kind.
"""

# Each of these modules adds its entries as it is imported, in this order.
from tests.coursework.corpus import honest, editors, crashes, tricks  # isort: skip
from tests.coursework.corpus.entries import CORPUS, Entry
from tests.coursework.corpus.leavings import connecting, scripting, touching

__all__ = [
    "CORPUS",
    "Entry",
    "connecting",
    "crashes",
    "editors",
    "honest",
    "scripting",
    "touching",
    "tricks",
]
