"""Read a notebook that may be anything: only its cells count, and nothing in it is believed."""

import json
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LARGEST = 100 << 20  # bytes; outputs count, and are never looked at
MOST_PARTS = 8_000_000  # lists and dicts of the JSON: each takes 70 bytes where it is read
MOST_CELLS = 2_000
LONGEST_CELL = 200_000  # characters


_HOW = os.O_RDONLY
for _flag in ("O_NONBLOCK", "O_NOFOLLOW", "O_BINARY"):  # each where there is one
    _HOW |= getattr(os, _flag, 0)


class UnreadableError(Exception):
    """The file is no notebook; the message says what it is instead."""


@dataclass(frozen=True)
class Notebook:
    """A notebook as far as grading goes: its cells, and what it says that it was made from."""

    cells: list["Cell"]
    about: dict[str, Any]  # what `release` has written into it, or whoever came after

    @property
    def set(self) -> str:
        """Return the name of the set from which it says that it was made."""
        claimed = self.about.get("set")
        return claimed if isinstance(claimed, str) else ""

    @property
    def files(self) -> list[str]:
        """Return the names of the data files that were given with it."""
        names = [Path(path).name for path in _as_list(self.about.get("files"))
                 if isinstance(path, str)]  # fmt: skip
        return [name for name in names if name not in ("", "..")]

    @property
    def lib(self) -> bool:
        """Return whether it may import `lib`; it may unless it says otherwise."""
        return self.about.get("lib") is not False

    @property
    def released(self) -> list["Cell"]:
        """Return the cells as they were given, if it brings them."""
        return _cells(self.about.get("released"))


@dataclass(frozen=True)
class Cell:
    """A cell as far as grading goes: no outputs, and of the metadata what nbgrader wrote."""

    kind: str  # "code", "markdown", or whatever it says
    source: str
    id: str = ""
    grade_id: str = ""
    solution: bool = False
    grade: bool = False
    points: float = 0.0

    @property
    def role(self) -> str:
        """Return what the cell is for: answer, tests, words (marked by hand), given, or text."""
        if self.solution:
            return "words" if self.grade else "answer"
        if self.grade:
            return "tests"
        return "given" if self.kind == "code" else "text"


def read_bytes(path: Path) -> bytes:
    """Return the content of a plain file: no link, no pipe, nothing huge; else UnreadableError."""
    try:
        number = os.open(path, _HOW)
    except OSError as error:
        link = os.path.islink(path)
        raise UnreadableError("it is a symbolic link" if link else str(error.strerror)) from None
    try:
        about = os.fstat(number)
        if not stat.S_ISREG(about.st_mode):
            raise UnreadableError("it is no plain file")
        if about.st_size > LARGEST:
            raise UnreadableError(f"it has {about.st_size >> 20} MB, more than {LARGEST >> 20}")
        with open(number, "rb", closefd=False) as file:
            return file.read(LARGEST)
    finally:
        os.close(number)


def parse(content: bytes) -> list[Cell]:
    """Return the cells of a notebook of any version, past or future; else UnreadableError."""
    return read(content).cells


def read(content: bytes) -> Notebook:
    """Return a notebook of any version, past or future; else UnreadableError."""
    if content.count(b"[") + content.count(b"{") > MOST_PARTS:
        raise UnreadableError("its outputs are more than can be looked at")
    text = content.decode(json.detect_encoding(content), errors="replace").removeprefix("\ufeff")
    try:
        notebook = json.loads(text, parse_int=_integer)
    except (ValueError, RecursionError):
        raise UnreadableError("it is no JSON, so no notebook") from None
    cells = notebook.get("cells") if isinstance(notebook, dict) else None
    if cells is None and isinstance(notebook, dict):  # version 3 had worksheets
        sheets = notebook.get("worksheets")
        sheets = sheets if isinstance(sheets, list) else []
        cells = [c for s in sheets if isinstance(s, dict) for c in _as_list(s.get("cells"))] or None
    if not isinstance(cells, list):
        raise UnreadableError("it has no cells, so it is no notebook")
    about = notebook.get("metadata")
    about = about.get("coursework") if isinstance(about, dict) else None
    return Notebook(_cells(cells), about if isinstance(about, dict) else {})


def _cells(cells: Any) -> list[Cell]:
    return [_cell(cell) for cell in _as_list(cells)[:MOST_CELLS] if isinstance(cell, dict)]


def _cell(cell: dict[str, Any]) -> Cell:
    about = cell.get("metadata")
    about = about.get("nbgrader") if isinstance(about, dict) else None
    about = about if isinstance(about, dict) else {}
    points = about.get("points")
    return Cell(
        kind=_text(cell.get("cell_type")),
        source=_text(cell.get("source", cell.get("input", "")))[:LONGEST_CELL],
        id=_text(cell.get("id")),
        grade_id=_text(about.get("grade_id")),
        solution=about.get("solution") is True,
        grade=about.get("grade") is True,
        points=float(points) if isinstance(points, int | float) else 0.0,
    )


def _integer(digits: str) -> int:
    """Return a number of an output; Python refuses those of more than 4,300 digits."""
    return int(digits) if len(digits) < 4_000 else 0


def _text(source: Any) -> str:
    if isinstance(source, list):
        return "".join(part for part in source if isinstance(part, str))
    return source if isinstance(source, str) else ""


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
