"""Tables that platforms give and take: who a number is, when it was handed in, the marks.

Moodle: the grading worksheet of an assignment (mod/assign/gradingtable.php writes it,
mod/assign/feedback/offline/importgradeslib.php reads it again), or Grades, Import, CSV file.
Canvas: the gradebook's CSV (lib/gradebook_importer.rb reads it).
GitHub Classroom: classroom_roster.csv.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from coursework import handed_in
from coursework.course import Course
from coursework.export import safe
from coursework.marks import Standing
from coursework.names import Names
from coursework.roster import (
    HEADERS,
    CourseError,
    Person,
    Table,
    folded,
    is_of_canvas,
    no_student,
    read_table,
    written,
)
from coursework.sets import ProblemSet

PARTICIPANT = re.compile(r"(\D+?)\s*(\d+)$")  # "Participant 1234", in the site's language
MONTHS = {"jan": 1, "feb": 2, "mar": 3, "mär": 3, "apr": 4, "may": 5, "mai": 5, "jun": 6, "jul": 7,
          "aug": 8, "sep": 9, "oct": 10, "okt": 10, "nov": 11, "dec": 12, "dez": 12}  # fmt: skip
DAY = re.compile(
    r"(\d{1,2})\.? ([^\W\d_]{3})[^\W\d_]* (\d{4}),? (\d{1,2}):(\d\d)(?::\d\d)? ?([ap]m)?", re.I
)
GRADES = {"grade", "bewertung", "note", "calificación"}
MOST = {"maximum grade", "bestwertung", "note maximale", "calificación máxima"}


@dataclass
class Told:
    """What a platform's table tells."""

    platform: str
    table: Table
    keys: dict[str, str] = field(default_factory=dict)  # the platform's key -> id
    times: dict[str, datetime] = field(default_factory=dict)  # the platform's key -> handed in
    unknown: list[str] = field(default_factory=list)  # rows that are nobody's on the roster


def read(path: Path, people: list[Person]) -> Told:
    """Read a table of a platform; CourseError if it is none that is known."""
    table = read_table(path)
    header = [name.casefold() for name in table.header]
    canvas = is_of_canvas(table)
    if canvas:
        told = Told("Canvas", table)
        keys = [row[1] for _, row in table.rows]
    elif "github_username" in header:
        told = Told("GitHub Classroom", table)
        keys = [row[header.index("github_username")] for _, row in table.rows]
    elif table.rows and all(PARTICIPANT.match(row[0]) for _, row in table.rows):
        told = Told("Moodle", table)
        keys = [_key(row) for _, row in table.rows]
    else:
        raise CourseError(
            f"{path} is no grading worksheet of Moodle, gradebook of Canvas or roster of GitHub "
            f"Classroom; it has the columns {table.seen()}"
        )
    names = Names(people, "")
    for key, (_, row) in zip(keys, table.rows, strict=True):
        person = _person(table, row, names)
        if person:
            told.keys[key] = person.id
        elif not no_student(row, canvas):
            told.unknown.append(", ".join(filter(None, row[:3])))
        times = [when for when in map(time_of, row[1:]) if when]
        if told.platform == "Moodle" and times:
            told.times[key] = times[0]  # the submission's; that of the mark stands further right
    return told


def _key(row: list[str]) -> str:
    match = PARTICIPANT.match(row[0])
    return match[2] if match else ""


def _person(table: Table, row: list[str], names: Names) -> Person | None:
    """Return whose row it is: by address, by id, else by a name that only one has."""
    for cell in row:
        if person := names.by_email.get(folded(cell)):
            return person
    for header, cell in zip(table.header, row, strict=False):
        is_id = header.casefold() in HEADERS["id"] and header.casefold() != "id"
        if is_id and (person := names.by_id.get(folded(cell))):
            return person
    for cell in row:
        if len(people := names.called(cell)) == 1:
            return people[0]
    return None


def time_of(text: str) -> datetime | None:
    """Return the time in a cell of Moodle: "Monday, 5 October 2026, 6:31 PM", "5. Okt 2026"."""
    match = DAY.search(text)
    month = MONTHS.get(match[2].casefold()) if match else None
    if match is None or month is None:
        return None
    hour = int(match[4]) % 12 + 12 * (match[6].casefold() == "pm") if match[6] else int(match[4])
    try:
        return datetime(int(match[3]), month, int(match[1]), hour, int(match[5]))
    except ValueError:
        return None


def marks(course: Course, problem_set: ProblemSet, standings: list[Standing], platform: str) -> str:
    """Return the totals in the form that a platform imports; what is not known yet stays empty."""
    people = [standing.person for standing in standings]
    known = {s.person.id: f"{s.total:g}" for s in standings if s.total is not None}
    name, most = problem_set.name, problem_set.points
    if platform == "canvas":
        hand_ins = handed_in.read(course, name)
        numbers = {s: h.key for s, h in hand_ins.items() if h.platform == "Canvas"}
        return for_canvas(people, known, numbers, name, most)
    if course.worksheet(name).exists():
        return filled(read(course.worksheet(name), people), known, most)
    return for_moodle(people, known, name)


def filled(told: Told, marks: dict[str, str], most: float) -> str:
    """Return Moodle's grading worksheet with the marks; CourseError if its points are others."""
    header = [name.casefold() for name in told.table.header]
    grade = next((i for i, name in enumerate(header) if name in GRADES), None)
    if grade is None:
        raise CourseError(f"{told.table.path} has no column Grade, but {told.table.seen()}")
    limit = next((i for i, name in enumerate(header) if name in MOST), None)
    rows = [[*row] for _, row in told.table.rows]
    for row in rows:
        theirs = row[limit].replace(",", ".") if limit is not None else f"{most:g}"
        if not re.fullmatch(r"\d+(\.\d+)?", theirs) or float(theirs) != most:
            raise CourseError(
                f"Moodle's maximum grade is {theirs}, the set has {most:g} points: set the "
                "maximum grade of the assignment, and download the worksheet again"
            )
        row[grade] = marks.get(told.keys.get(_key(row), ""), "")
    return written([told.table.header, *rows])


def for_moodle(people: list[Person], marks: dict[str, str], set_name: str) -> str:
    """Return a table for Moodle's Grades, Import, CSV file: map it by address or ID number."""
    rows = [[p.id, safe(p.name), p.email, marks.get(p.id, "")] for p in people]
    return written([["ID number", "Full name", "Email address", set_name], *rows])


def for_canvas(
    people: list[Person], marks: dict[str, str], numbers: dict[str, str], set_name: str, most: float
) -> str:
    """Return a table for Canvas' gradebook, Import: a column with a new name is asked for there."""
    head = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", set_name]
    rows = [
        [safe(p.name), numbers.get(p.id) or p.number, p.id, p.email, "", marks.get(p.id, "")]
        for p in people
    ]
    return written([head, ["Points Possible", "", "", "", "", f"{most:g}"], *rows])
