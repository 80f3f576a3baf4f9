"""Who handed in what, when, and how the platform calls it: submitted/SET.csv, written by collect.

A person may mend it: a time that the platform has not told is entered there.
"""

from dataclasses import astuple, dataclass, fields
from datetime import datetime

from coursework.course import Course, CourseError
from coursework.results import write_whole
from coursework.roster import read_table, written

TIME = "%Y-%m-%d %H:%M:%S"


@dataclass
class HandIn:
    """What is known of the hand-in of one student."""

    id: str
    when: str = ""  # as TIME says; empty if nobody has told
    late: str = ""  # "late", if the platform says so
    platform: str = ""
    key: str = ""  # what the platform calls the student
    path: str = ""  # in the download

    @property
    def time(self) -> datetime | None:
        """Return when it was handed in, if that is known."""
        return datetime.strptime(self.when, TIME) if self.when else None


COLUMNS = [field.name for field in fields(HandIn)]


def read(course: Course, set_name: str) -> dict[str, HandIn]:
    """Return what is known, by student."""
    path = course.handed_in(set_name)
    if not path.exists():
        return {}
    table = read_table(path)
    if table.header != COLUMNS:
        raise CourseError(f"{path} has the columns {table.seen()}, not {', '.join(COLUMNS)}")
    found = {row[0]: HandIn(*row) for line, row in table.rows if len(row) == len(COLUMNS)}
    for hand_in in found.values():
        try:
            _ = hand_in.time
        except ValueError:
            raise CourseError(
                f"{path}, {hand_in.id}: {hand_in.when!r} is no time such as 2026-10-05 18:00:00"
            ) from None
    return found


def write(course: Course, set_name: str, hand_ins: dict[str, HandIn]) -> None:
    """Write the table, in the order of the ids."""
    rows = [
        [" ".join(cell.split()) for cell in astuple(hand_ins[student])]
        for student in sorted(hand_ins)
    ]
    write_whole(course.handed_in(set_name), written([COLUMNS, *rows]))
