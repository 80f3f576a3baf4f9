"""Take in what students handed in: zips from Moodle and Canvas, folders, and names of all kinds.

Nothing is unpacked by the name that it bears. Notebooks are read, assigned to people on the roster,
and written where the course keeps them; what cannot be assigned is named, never dropped in silence.
"""

import io
import os
import re
import stat
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from coursework.course import Course, Person, folded
from coursework.notebooks import LARGEST, UnreadableError, read_bytes
from coursework.results import write_whole

MOST_ENTRIES = 50_000
DEEPEST_ZIP = 2
PASSED_OVER = {"__MACOSX", ".ipynb_checkpoints", ".git"}


class RefusedError(Exception):
    """Something in a download is not what a student hands in; the message says what."""


@dataclass(frozen=True)
class Found:
    """A notebook in a download, not read yet."""

    where: str  # the path that it bears, as text
    when: str  # its time, to the second, as text that sorts
    read: Callable[[], bytes]


@dataclass
class Collected:
    """What a download holds, by student, and what is wrong with it."""

    chosen: dict[str, Found] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)  # for information
    problems: list[str] = field(default_factory=list)  # somebody must look


def look_through(downloads: list[Path], people: list[Person], set_name: str) -> Collected:
    """Assign every notebook of the downloads to a student."""
    collected = Collected()
    owned: dict[str, list[Found]] = {}
    for download in downloads:
        for found in _notebooks(download, collected):
            owners = owners_of(found.where, people)
            if len(owners) == 1:
                owned.setdefault(owners[0].id, []).append(found)
            else:
                who = " or ".join(person.id for person in owners) or "nobody on the roster"
                collected.problems.append(f"{found.where}: whose is it? It looks like {who}")
    for student, several in sorted(owned.items()):
        best = max(several, key=lambda found: _likeness(found, set_name))
        collected.chosen[student] = best
        if len(several) > 1:
            others = ", ".join(found.where for found in several if found is not best)
            collected.notes.append(f"{student}: took {best.where}, not {others}")
    return collected


def store(collected: Collected, course: Course, set_name: str, overwrite: bool) -> dict[str, str]:
    """Write the chosen notebooks; return what was done for each student.

    A notebook that is there already with another content stays, unless it is to be overwritten.
    """
    done = {}
    for student, found in collected.chosen.items():
        try:
            content = found.read()
        except (OSError, UnreadableError, RefusedError, zipfile.BadZipFile, RuntimeError) as error:
            collected.problems.append(f"{found.where}: cannot be read ({error})")
            continue
        target = course.submission(student, set_name)
        before = target.read_bytes() if target.is_file() else None
        if before == content:
            done[student] = "there already"
        elif before is not None and not overwrite:
            collected.problems.append(
                f"{student}: {target} is there with another content; --overwrite replaces it"
            )
        else:
            write_whole(target, content)
            done[student] = "written" if before is None else "replaced"
    return done


def owners_of(where: str, people: list[Person]) -> list[Person]:
    """Return the people whose id or name a path bears: one, if it is clear whose it is.

    The outermost part that names somebody decides: the platform or the teacher has written it, and
    students choose only what stands further in. A file that is called like somebody else stays the
    file of whoever handed it in, and what names two people in one place belongs to nobody yet.
    """
    owners: list[Person] = []
    for part in PurePosixPath(folded(where)).parts:
        platform = _PLATFORM.match(part)
        found = _named("_".join(filter(None, platform.groups())) if platform else part, people)
        if platform and not owners:
            return found
        if not owners or len(owners) > 1:
            owners = [p for p in owners if p in found] or owners or found
    return owners


# Moodle writes "Ada Lovelace_1234567_assignsubmission_file_/ps1.ipynb", Canvas
# "lovelaceada_LATE_1234_5678_ps1-1.ipynb". What follows is the student's.
_PLATFORM = re.compile(r"(.+?)_(\d+)_assignsubmission_|([^_]+)(?:_late)?_(\d+)_\d+_")


def _named(part: str, people: list[Person]) -> list[Person]:
    words = {*re.split(r"[_\s(),]+", part), part}
    words |= {PurePosixPath(word).stem for word in words}
    beginning = _letters(part.partition("_")[0])
    by_id = [person for person in people if folded(person.id) in words]
    by_name = [p for p in people if p.name and beginning in _orders(p.name)]
    both = [person for person in by_name if person in by_id] or by_id + by_name
    return both or [p for p in people if p.email and folded(p.email).partition("@")[0] in words]


def _orders(name: str) -> set[str]:
    """Return a name without blanks, in both orders: Ada Lovelace, Lovelace Ada, Lovelace, Ada."""
    words = [w for w in (_letters(w) for w in re.split(r"[\s,]+", folded(name))) if w]
    return {"".join(words), "".join(words[-1:] + words[:-1]), "".join(words[1:] + words[:1])}


def _letters(text: str) -> str:
    return "".join(c for c in text if c.isalnum())


def _likeness(found: Found, set_name: str) -> tuple[bool, str, int]:
    """Say how well a file answers for the set: by name, then by time, then by its number."""
    stem = folded(PurePosixPath(found.where).stem)
    number = re.search(r"\((\d+)\)\s*$|-(\d+)$", stem)
    copy = int(number[1] or number[2]) if number else 0
    return folded(set_name) in re.split(r"[^a-z0-9]+", stem), found.when, copy


def _notebooks(download: Path, collected: Collected) -> Iterator[Found]:
    """Yield the notebooks of a zip, of a folder, or a notebook itself."""
    if download.is_dir():
        for folder, inner, names in os.walk(download):
            inner[:] = sorted(set(inner) - PASSED_OVER)
            for name in [*inner, *sorted(names)]:
                path = Path(folder, name)
                if path.is_symlink():
                    collected.problems.append(f"{path}: refused, it is a symbolic link")
                elif name in names:
                    yield from _file(path, str(path.relative_to(download)), collected)
    else:
        yield from _file(download, download.name, collected)


def _file(path: Path, where: str, collected: Collected) -> Iterator[Found]:
    if path.suffix.lower() == ".zip":
        try:
            # What a class handed in may be large, so it is not read into memory as a whole.
            with zipfile.ZipFile(path) as archive:
                prefix = where.removesuffix(path.suffix) if "/" in where else ""
                yield from _zipped(archive, prefix, collected, 1)
        except (OSError, zipfile.BadZipFile) as error:
            collected.problems.append(f"{where}: no zip that can be read ({error})")
    elif path.suffix.lower() == ".ipynb":
        when = datetime.fromtimestamp(path.lstat().st_mtime, UTC).strftime("%Y-%m-%d %H:%M:%S")
        yield Found(where, when, lambda: read_bytes(path))
    elif not path.name.startswith("."):
        collected.notes.append(f"{where}: passed over, it is no notebook")


def _zipped(
    archive: zipfile.ZipFile, prefix: str, collected: Collected, depth: int
) -> Iterator[Found]:
    entries = archive.infolist()
    if len(entries) > MOST_ENTRIES:
        collected.problems.append(f"{archive.filename}: it has more than {MOST_ENTRIES} entries")
        return
    for entry in entries:
        where = str(PurePosixPath(prefix, entry.filename))
        parts = PurePosixPath(entry.filename.replace("\\", "/")).parts
        if entry.is_dir() or PASSED_OVER & set(parts) or parts[-1].startswith("._"):
            continue
        if ".." in parts or parts[0] == "/" or (len(parts[0]) == 2 and parts[0][1] == ":"):
            collected.problems.append(f"{where}: refused, its path leads out of the zip")
        elif stat.S_ISLNK(entry.external_attr >> 16):
            collected.problems.append(f"{where}: refused, it is a symbolic link")
        elif where.lower().endswith(".ipynb"):
            when = "{}-{:02}-{:02} {:02}:{:02}:{:02}".format(*entry.date_time)
            yield Found(where, when, _reader(archive, entry))
        elif where.lower().endswith(".zip") and depth < DEEPEST_ZIP:
            try:
                with zipfile.ZipFile(io.BytesIO(_reader(archive, entry)())) as inner:
                    yield from _zipped(inner, where[:-4], collected, depth + 1)
            except (RefusedError, zipfile.BadZipFile, OSError, RuntimeError) as error:
                collected.problems.append(f"{where}: no zip that can be read ({error})")
        else:
            collected.notes.append(f"{where}: passed over, it is no notebook")


def _reader(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Callable[[], bytes]:
    """Return a function that reads an entry, and stops where a bomb would go on."""
    outer = archive.filename
    inner = None if outer else archive.fp.getvalue()

    def read() -> bytes:
        with zipfile.ZipFile(outer or io.BytesIO(inner)) as again, again.open(entry) as file:
            content = file.read(LARGEST + 1)
        if len(content) > LARGEST:
            raise RefusedError(f"it has more than {LARGEST >> 20} MB when unpacked")
        return content

    return read
