"""Take in what students handed in: zips from Moodle and Canvas, folders, and names of all kinds.

Notebooks are read, assigned to people on the roster, and written where the course keeps them; what
cannot be assigned is named, never dropped in silence, and a table asks whose it is.
"""

import hashlib
import re
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path, PurePosixPath

from coursework import handed_in, lms
from coursework.align import plain
from coursework.course import Course, CourseError
from coursework.downloads import Found, RefusedError, Remarks, notebooks
from coursework.handed_in import HandIn
from coursework.names import Known, Names, Owner
from coursework.notebooks import UnreadableError, parse
from coursework.platforms import common_prefix, labels
from coursework.results import write_whole
from coursework.roster import Person, folded, read_table, written
from coursework.sets import ProblemSet

NO_TIME = datetime.min
NOBODY = "-"  # in the table of whose is what: it is to be passed over
MOST_TRIES = 20  # files of one student that are looked into
ONE_DOWNLOAD = timedelta(minutes=10)  # Moodle writes the time of the download beside each file


@dataclass
class Collected(Remarks):
    """What a download holds, by student, and what is wrong with it."""

    chosen: dict[str, Found] = field(default_factory=dict)
    hand_ins: dict[str, HandIn] = field(default_factory=dict)
    members: dict[str, list[str]] = field(default_factory=dict)  # who handed in -> their group
    unplaced: dict[str, str] = field(default_factory=dict)  # path -> who it may be
    worksheet: bytes = b""  # of Moodle, to be filled with marks


@dataclass(frozen=True)
class Placed:
    """A notebook, and whose it is."""

    found: Found
    owner: Owner


def look_through(
    downloads: list[Path],
    people: list[Person],
    problem_set: ProblemSet | str,
    groups: dict[str, list[str]] | None = None,
    whose: dict[str, str] | None = None,
) -> Collected:
    """Assign every notebook of the downloads to a student, or to a group."""
    collected = Collected()
    name = problem_set if isinstance(problem_set, str) else problem_set.name
    tables = [lms.read(path, people) for path in downloads if path.suffix.lower() == ".csv"]
    known = Known(groups=groups or {})
    times: dict[str, datetime] = {}  # by student
    for told in tables:
        known.keys |= {(told.platform, key): student for key, student in told.keys.items()}
        times |= {told.keys[key]: when for key, when in told.times.items() if key in told.keys}
        collected.problems += [f"{told.table.path}: nobody on the roster is {row}"
                               for row in told.unknown]  # fmt: skip
        if told.platform == "Moodle":
            collected.worksheet = told.table.path.read_bytes()
    owned: dict[str, list[Placed]] = {}
    for download in downloads:
        if download.suffix.lower() == ".csv":
            continue
        files = list(notebooks(download, collected))
        owners = _owners(files, people, name, known, whose or {}, collected)
        for found, owner in zip(files, owners, strict=True):
            if owner is None:
                continue
            leader = owner.people[0].id
            owned.setdefault(leader, []).append(Placed(found, owner))
            if len(owner.people) > 1:
                collected.members[leader] = [person.id for person in owner.people]
    for student, several in sorted(owned.items()):
        _choose(student, several, problem_set, times, collected)
    return collected


def _owners(
    files: list[Found],
    people: list[Person],
    set_name: str,
    known: Known,
    whose: dict[str, str],
    collected: Collected,
) -> list[Owner | None]:
    """Return whose each file of one download is; None, and a problem, where that is not certain."""
    moodle = [label for found in files for _, label in labels(found.where)[:1]
              if label.platform == "Moodle"]  # fmt: skip
    called = {label.name for label in moodle}
    blind = len(called) == 1 and len({label.key for label in moodle}) > 1
    names = Names(people, set_name, replace(known, prefix=common_prefix(called), blind=blind))
    owners = [names.owner(found.where) for found in files]
    plain_ones = [o.depth for o in owners if o.certain and not o.label.platform]
    outermost = min(plain_ones, default=0)
    result: list[Owner | None] = []
    for found, owner in zip(files, owners, strict=True):
        said = whose.get(found.where)
        if said == NOBODY:
            collected.notes.append(f"{found.where}: passed over, as the table of files says")
            result.append(None)
        elif said:
            result.append(_as_said(said, owner, names, found, collected))
        elif owner.certain and (owner.label.platform or owner.depth == outermost):
            result.append(owner)
        else:
            result.append(None)
            likely = owner.people or names.like(found.where)
            who = " or ".join(person.id for person in owner.people) or "nobody on the roster"
            hint = "" if owner.people or not likely else (
                f"; perhaps {' or '.join(person.id for person in likely)}"
            )  # fmt: skip
            collected.unplaced[found.where] = " or ".join(person.id for person in likely)
            collected.problems.append(f"{found.where}: whose is it? It looks like {who}{hint}")
    return result


def _as_said(
    said: str, owner: Owner, names: Names, found: Found, collected: Collected
) -> Owner | None:
    """Return the owner that a person has written beside a file: a student or a group."""
    ids = names.known.groups.get(said, [said])
    if all(student in names.people for student in ids):
        people = [names.people[student] for student in ids]
        return replace(owner, people=people, certain=True, group=said in names.known.groups)
    collected.problems.append(f"{found.where}: {said} is not on the roster")
    return None


def _choose(
    student: str,
    several: list[Placed],
    problem_set: ProblemSet | str,
    times: dict[str, datetime],
    collected: Collected,
) -> None:
    """Take the latest of a student's notebooks of the set; ask, where none is the latest."""
    ranks = _of_set(several, problem_set)
    dates, certain = _dates(several)
    keys = [
        (rank, date, _attachment(placed), _copy(placed.found.where))
        for rank, date, placed in zip(ranks, dates, several, strict=True)
    ]
    first = max(range(len(several)), key=lambda index: keys[index])
    best = several[first]
    found, label = best.found, best.owner.label
    collected.chosen[student] = found
    late = "late" if label.late else ""
    key = "" if best.owner.group else label.key
    for person in best.owner.people:
        when = times.get(person.id) or (None if label.platform else found.when)
        collected.hand_ins[person.id] = HandIn(
            person.id,
            when.strftime(handed_in.TIME) if when else "",
            late,
            label.platform,
            key,
            found.where,
        )
    same = [
        placed.found
        for placed, key in zip(several, keys, strict=True)
        if placed is not best and (key == keys[first] or (key[0] == keys[first][0] and not certain))
    ]
    if same and _differ([found, *same]):
        others = ", ".join(other.where for other in same)
        collected.problems.append(f"{student}: which counts? Took {found.where}, not {others}")
        collected.unplaced |= {other.where: NOBODY for other in same}
    elif len(several) > 1:
        others = ", ".join(other.found.where for other in several if other is not best)
        collected.notes.append(f"{student}: took {found.where}, not {others}")


def _of_set(several: list[Placed], problem_set: ProblemSet | str) -> list[bool]:
    """Say which files hold cells of the set; where no content tells, the name must."""
    name = problem_set if isinstance(problem_set, str) else problem_set.name
    if not isinstance(problem_set, str) and 1 < len(several) <= MOST_TRIES:
        holds = [_holds(placed.found, problem_set) for placed in several]
        if any(holds):
            return holds
    stems = [folded(PurePosixPath(placed.found.where).stem) for placed in several]
    return [folded(name) in re.split(r"[^a-z0-9]+", stem) for stem in stems]


def _dates(several: list[Placed]) -> tuple[list[datetime], bool]:
    """Return the times that say which is the latest, and whether each has one that should."""
    times = [placed.found.when or NO_TIME for placed in several]
    moodle = several[0].owner.label.platform == "Moodle"
    if moodle and max(times) - min(times) < ONE_DOWNLOAD:
        return [NO_TIME] * len(several), True
    numbered = [_attachment(placed) > 0 for placed in several]
    told = {time for time, number in zip(times, numbered, strict=True) if not number}
    dates = [NO_TIME if n else time for time, n in zip(times, numbered, strict=True)]
    return dates, not (NO_TIME in told and len(told) > 1)


def _holds(found: Found, problem_set: ProblemSet) -> bool:
    """Are cells of the set in a notebook, by their names or by their text?"""
    try:
        cells = parse(_read(found))
    except UnreadableError:
        return False
    released = problem_set.released
    names = {cell.grade_id for cell in released} - {""}
    texts = {plain(cell.source) for cell in released if len(cell.source) > 20}
    return any(cell.grade_id in names or plain(cell.source) in texts for cell in cells)


def _differ(files: list[Found]) -> bool:
    """Are there different contents? Of very many files that is taken for granted."""
    return len(files) > MOST_TRIES or len({hashlib.sha256(_read(f)).digest() for f in files}) > 1


def _read(found: Found) -> bytes:
    try:
        return found.read()
    except (OSError, UnreadableError, RefusedError):
        return b""


def _attachment(placed: Placed) -> int:
    """Return Canvas' number of a file, which grows with time."""
    label = placed.owner.label
    return int(label.folder.rpartition("_")[2]) if label.platform == "Canvas" else 0


def _copy(where: str) -> int:
    """Return the number that browsers and platforms put at the end of a name that is taken."""
    number = re.search(r"\((\d+)\)\s*$|-(\d+)$", PurePosixPath(where).stem)
    return int((number[1] or number[2])[:9]) if number else 0


def store(collected: Collected, course: Course, set_name: str, overwrite: bool) -> dict[str, str]:
    """Write the chosen notebooks; return what was done for each student.

    A notebook that is there already with another content stays, unless it is to be overwritten.
    """
    done = {}
    hand_ins = handed_in.read(course, set_name)
    before = dict(hand_ins)
    for student, found in collected.chosen.items():
        try:
            content = found.read()
        except (OSError, UnreadableError, RefusedError) as error:
            collected.problems.append(f"{found.where}: cannot be read ({error})")
            continue
        did = _store(course.submission(student, set_name), content, overwrite)
        if did is None:
            collected.problems.append(
                f"{student}: {course.submission(student, set_name)} is there with another content; "
                "--overwrite replaces it"
            )
            continue
        done[student] = did
        for member in collected.members.get(student, [student]):
            new, old = collected.hand_ins[member], before.get(member)
            # What a person has entered there stays, until something else is handed in.
            hand_ins[member] = old if old and did == "there already" and old.when else new
    if hand_ins != before:
        handed_in.write(course, set_name, hand_ins)
    if collected.worksheet:
        write_whole(course.worksheet(set_name), collected.worksheet)
    return done


def _store(target: Path, content: bytes, overwrite: bool) -> str | None:
    before = target.read_bytes() if target.is_file() else None
    if before == content:
        return "there already"
    if before is not None and not overwrite:
        return None
    write_whole(target, content)
    return "written" if before is None else "replaced"


def read_whose(course: Course, set_name: str) -> dict[str, str]:
    """Return whose files are that a person has told: path -> id, group, or "-" for nobody's."""
    path = course.whose(set_name)
    if not path.exists():
        return {}
    table = read_table(path)
    if table.header[:2] != ["path", "id"]:
        raise CourseError(f"{path} has the columns {table.seen()}, not path, id")
    return {row[0]: row[1] for _, row in table.rows if len(row) > 1 and row[1]}


def ask_whose(course: Course, set_name: str, collected: Collected) -> Path | None:
    """Write the files that need a person's word into the table, beside what stands there."""
    if not collected.unplaced:
        return None
    path = course.whose(set_name)
    rows = {row[0]: row for _, row in read_table(path).rows} if path.exists() else {}
    for where, likely in collected.unplaced.items():
        rows.setdefault(where, [where, "", likely])
    write_whole(path, written([["path", "id", "perhaps"], *rows.values()]))
    return path
