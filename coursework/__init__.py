"""Problem sets and their grader: marks that nobody obtains by trickery or loses by accident.

`python -m coursework --help` is the way in. The tests of a set run here, in a process that can be
trusted; what a student wrote runs in a sandboxed child and is called by messages of plain data.
"""

from pathlib import Path

# What a student may import of the book, where a set says `lib = true`.
BOOK = Path(__file__).resolve().parent.parent
ROOMS = ("exercises", "figures", "lib", "training")
