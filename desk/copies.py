"""The reader's copy: kept, never overwritten; what is new in the book arrives there or beside it.

In a folder of its own lies each file as it was given. Where a copy is like it, the reader has not
edited it, and a newer version takes its place. Otherwise it stays byte for byte, and where the
book's page has changed since, the new version lies beside it. Outputs, and what else JupyterLab
writes by itself, are no edit.
"""

import json
import os
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

from desk.pages import END, given

AS_GIVEN = ".as-given"


def lay_out(root: Path, work: Path) -> Iterator[str]:
    """Bring the copy `work` of the book under `root` up to date; yield what one should know."""
    first = not work.exists()
    if first:
        yield f"Your copy of the book is in {work.name}/. Write in it: it stays yours."
    for name, content in given(root).items():
        if (line := _lay(work, name, content)) and not first:
            yield line


def _lay(work: Path, name: str, content: bytes) -> str | None:
    """Put one file into its place, or the next free one beside it; return what has happened."""
    for place in _places(name):
        held, before = _read(work / place), _read(work / AS_GIVEN / place)
        if not os.path.lexists(work / place):
            _write(work / place, content)
            _write(work / AS_GIVEN / place, content)
            if place == name:
                return f"{work.name}/{name} is new."
            return (
                f"{work.name}/{name} stays as you have left it. The book's page has changed since: "
                f"its new version is {work.name}/{place}."
            )
        if _text(place, held) == _text(place, content):
            if _text(place, before) != _text(place, content):  # how it was given has been lost
                _write(work / AS_GIVEN / place, content)
            return None
        if held is not None and _text(place, held) == _text(place, before):
            _write(work / place, content)
            _write(work / AS_GIVEN / place, content)
            return f"{work.name}/{place} is the book's new version; you had not edited the old one."
        if before is not None and _text(place, before, END) == _text(place, content, END):
            return None  # edited, and the page has not changed since
    raise AssertionError  # the places have no end


def _places(name: str) -> Iterator[str]:
    """Yield a file's own name, and those of the versions that lie beside it."""
    path = Path(name)
    yield name
    yield path.with_stem(f"{path.stem}-new-version").as_posix()
    for number in count(2):
        yield path.with_stem(f"{path.stem}-new-version-{number}").as_posix()


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def _write(target: Path, content: bytes) -> None:
    """Write a file, whole or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    half = target.with_name(f".{target.name}.half")
    half.write_bytes(content)
    half.replace(target)


def _text(name: str, content: bytes | None, without: str = "") -> Any:
    """Return what an edit changes: of a notebook its cells as they are written, but for one."""
    if not name.endswith(".ipynb") or content is None:
        return content
    try:
        cells = [cell for cell in json.loads(content)["cells"] if cell.get("id") != without]
        return [(c["cell_type"], "".join(c["source"]), c.get("attachments") or {}) for c in cells]
    except (AttributeError, LookupError, TypeError, ValueError):
        return content  # no notebook any more: it is the reader's
