"""What lies in a download: zips, zips in zips, folders, files. Nothing is unpacked by its name.

Whatever a student has put into a zip, the rest is read. Memory is bounded: of zips within zips one
is held at a time, and none whose list of entries is longer than an honest one.
"""

import io
import json
import os
import stat
import struct
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import IO

from coursework.notebooks import LARGEST, UnreadableError, read_bytes

MOST_ENTRIES = 50_000
LARGEST_LIST = {1: 8 << 20, 2: 1 << 20}  # bytes, of the list of entries; by depth
DEEPEST_ZIP = 2
PASSED_OVER = {"__MACOSX", ".ipynb_checkpoints", ".git"}
OTHER_NAMES = ("", ".json", ".txt")  # of notebooks that a browser has renamed
MOST_OF_OTHERS = 1 << 30  # bytes that are read to see whether such a file is a notebook
UTF8 = 0x800


class RefusedError(Exception):
    """Something in a download is not what a student hands in; the message says what."""


@dataclass(frozen=True)
class Found:
    """A notebook in a download, not read yet."""

    where: str  # the path that it bears, as text
    when: datetime | None  # its time, to the second; None if it bears none
    read: Callable[[], bytes]


@dataclass
class Remarks:
    """What there is to say about a download."""

    notes: list[str] = field(default_factory=list)  # for information
    problems: list[str] = field(default_factory=list)  # somebody must look
    budget: int = MOST_OF_OTHERS


def notebooks(download: Path, remarks: Remarks) -> Iterator[Found]:
    """Yield the notebooks of a zip, of a folder, or a notebook itself."""
    if not download.is_dir():
        yield from _file(download, download.name, remarks)
        return
    # What the GitHub Classroom calls its folder says what the names in it mean.
    top = download.parent if download.resolve().name.endswith("-submissions") else download
    for folder, inner, names in os.walk(download):
        inner[:] = sorted(set(inner) - PASSED_OVER)
        for name in [*inner, *sorted(names)]:
            path = Path(folder, name)
            if path.is_symlink():
                remarks.problems.append(f"{path}: refused, it is a symbolic link")
            elif name in names:
                yield from _file(path, str(path.relative_to(top)), remarks)


def _file(path: Path, where: str, remarks: Remarks) -> Iterator[Found]:
    about = path.lstat()
    if not stat.S_ISREG(about.st_mode):
        remarks.problems.append(f"{where}: refused, it is no plain file")
    elif path.suffix.lower() == ".zip":
        prefix = where.removesuffix(path.suffix) if "/" in where else ""
        # What a class handed in may be large, so it is not read into memory as a whole.
        yield from _zip(lambda: path.open("rb"), where, prefix, remarks, 1)
    elif not path.name.startswith("."):
        try:
            when = datetime.fromtimestamp(int(about.st_mtime))
        except (ValueError, OverflowError, OSError):  # file systems can name the year 10,000
            when = None
        yield from _perhaps(Found(where, when, lambda: read_bytes(path)), about.st_size, remarks)


def _perhaps(found: Found, size: int, remarks: Remarks) -> Iterator[Found]:
    """Yield what is called a notebook, and what only its content shows to be one."""
    name = PurePosixPath(found.where.lower())
    if name.suffix == ".ipynb":
        yield found
        return
    perhaps = name.suffix in OTHER_NAMES or ".ipynb" in name.name
    if perhaps and size <= min(LARGEST, remarks.budget):
        remarks.budget -= size
        try:
            content = found.read()
        except (OSError, UnreadableError, RefusedError) as error:
            remarks.problems.append(f"{found.where}: cannot be read ({error})")
            return
        if is_notebook(content):
            yield found
            return
    remarks.notes.append(f"{found.where}: passed over, it is no notebook")


def is_notebook(content: bytes) -> bool:
    """Is this JSON with a list of cells?"""
    if b'"cells"' not in content:
        return False
    try:
        whole = json.loads(content)
    except (ValueError, RecursionError):
        return False
    return isinstance(whole, dict) and isinstance(whole.get("cells"), list)


def _zip(
    opener: Callable[[], IO[bytes]], where: str, prefix: str, remarks: Remarks, depth: int
) -> Iterator[Found]:
    """Yield the notebooks of a zip, and say so where it is damaged."""
    try:
        with opener() as file:
            entries = _entries(file, depth)
    except Exception as error:  # a damaged zip can end in any of them
        remarks.problems.append(f"{where}: no zip that can be read ({_said(error)})")
        return
    for entry in entries:
        yield from _entry(opener, entry, prefix, remarks, depth)


def _entries(file: IO[bytes], depth: int) -> list[zipfile.ZipInfo]:
    """Return the list of a zip's entries, unless it is longer than an honest one."""
    if _size_of_list(file) > LARGEST_LIST[depth]:
        raise RefusedError(f"its list of entries has more than {LARGEST_LIST[depth] >> 20} MB")
    with zipfile.ZipFile(file) as archive:
        entries = archive.infolist()
    if len(entries) > MOST_ENTRIES:
        raise RefusedError(f"it has more than {MOST_ENTRIES} entries")
    return entries


def _size_of_list(file: IO[bytes]) -> int:
    """Return how many bytes a zip says that the list of its entries has.

    The zipfile module reads it as a whole, and makes half a kilobyte of each of its lines.
    """
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - (1 << 16) - 98))
    tail = file.read()
    end = tail.rfind(b"PK\5\6")
    said = struct.unpack_from("<L", tail, end + 12)[0] if 0 <= end <= len(tail) - 22 else 0
    end64 = tail.rfind(b"PK\6\6")
    if 0 <= end64 <= len(tail) - 56:
        said = max(said, struct.unpack_from("<Q", tail, end64 + 40)[0])
    file.seek(0)
    return said if said != 0xFFFFFFFF else 0  # the other one says it


def _entry(
    opener: Callable[[], IO[bytes]],
    entry: zipfile.ZipInfo,
    prefix: str,
    remarks: Remarks,
    depth: int,
) -> Iterator[Found]:
    name = _name(entry)
    where = str(PurePosixPath(prefix, name))
    parts = PurePosixPath(name.replace("\\", "/")).parts
    if entry.is_dir() or PASSED_OVER & set(parts) or (parts and parts[-1].startswith(".")):
        return
    if not parts:
        remarks.problems.append(f"{where}: refused, it has no name ({name!r})")
    elif ".." in parts or parts[0] == "/" or (len(parts[0]) == 2 and parts[0][1] == ":"):
        remarks.problems.append(f"{where}: refused, its path leads out of the zip")
    elif stat.S_ISLNK(entry.external_attr >> 16):
        remarks.problems.append(f"{where}: refused, it is a symbolic link")
    elif where.lower().endswith(".zip") and depth < DEEPEST_ZIP:

        def inner() -> IO[bytes]:
            return io.BytesIO(_inner(opener, entry))

        yield from _zip(inner, where, where[:-4], remarks, depth + 1)
    else:
        try:
            when = datetime(*entry.date_time)
        except ValueError:  # zips can name the 31st of February, and the day 0 of the month 0
            when = None
        found = Found(where, when, lambda: _content(opener, entry))
        yield from _perhaps(found, entry.file_size, remarks)


def _name(entry: zipfile.ZipInfo) -> str:
    """Return the name of an entry; macOS writes UTF-8 and does not say so."""
    name = entry.filename
    if not entry.flag_bits & UTF8:
        try:
            return name.encode("cp437").decode("utf-8")
        except ValueError:
            return name
    return name


@lru_cache(maxsize=1)  # what lies in one zip is read one by one; no other is held meanwhile
def _inner(opener: Callable[[], IO[bytes]], entry: zipfile.ZipInfo) -> bytes:
    return _content(opener, entry)


def _content(opener: Callable[[], IO[bytes]], entry: zipfile.ZipInfo) -> bytes:
    """Read an entry, and stop where a bomb would go on."""
    try:
        with opener() as file, zipfile.ZipFile(file) as archive, archive.open(entry) as content:
            data = content.read(LARGEST + 1)
    except RefusedError:
        raise
    except Exception as error:  # as above
        raise RefusedError(_said(error)) from None
    if len(data) > LARGEST:
        raise RefusedError(f"it has more than {LARGEST >> 20} MB when unpacked")
    return data


def _said(error: Exception) -> str:
    return str(error) or type(error).__name__
