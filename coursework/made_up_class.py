"""Make up a class of 40 that hands in problem set 1: python -m coursework.made_up_class FOLDER.

It writes roster.csv, course.toml and what platforms would give: moodle.zip with its worksheet
grades.csv, canvas.zip, the folder ps1-submissions of the GitHub Classroom, the folder drive of the
Google Classroom, and again.zip with a second try. So everything from collecting to exporting can be
tried. What each of the 40 has earned is known: see `Work`.
"""

import json
import os
import sys
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path

from coursework import release, sets
from coursework.course import Course
from coursework.roster import written

SET = "ps1"
GROUP = (20, 21)  # they hand in together
LATE = 8  # by 26 hours, in Moodle
EXTENDED = 9  # as late, and with an extension
LATE_IN_CANVAS = 26  # which doesn't say how late
AGAIN = 2  # hands in a second time, all right
COURSE = """[ps1]
due = 2026-10-05T18:00:00
percent_a_day = 10
days = 3

[ps1.extensions]
u09 = 2026-10-07T18:00:00

[ps1.groups]
"Group 1" = ["u20", "u21"]
"""
FIRST = ["Ada", "Bea", "Cem", "Dev", "Eva", "Fay", "Gus", "Hu", "Ida", "Jin"]
LAST = ["Ång", "Berg", "Costa", "Díaz"]
WORDS = {
    "unused_budget": "No: it costs −log2 .8125 = 0.2996 bits a telegram, whatever comes.",
    "better_than_english": "H(P, Q) ≥ H(P) for one P. I would ask about the text & the alphabet.",
}


@dataclass
class Work:
    """What one of the class hands in, and what the tests must give for it."""

    content: bytes | None  # None: nothing was handed in
    earned: float | None  # None: no marks, since it cannot be read
    words: dict[str, str] = field(default_factory=dict)


@cache
def solutions() -> dict[str, str]:
    """Return the answers of the master: question -> source."""
    cells = sets.load(sets.BUILT_IN / SET).master
    return {c.grade_id.removesuffix("-answer"): c.source for c in cells if c.role == "answer"}


def blank() -> dict:
    """Return the notebook that students get."""
    made = json.loads(_released())
    for cell in made["cells"]:
        cell["source"] = "".join(cell["source"])
    return made


@cache
def _released() -> bytes:
    return release.make(sets.load(sets.BUILT_IN / SET)).notebook


def named(notebook: dict) -> dict[str, dict]:
    """Return the cells that have a name."""
    cells = [c for c in notebook["cells"] if "nbgrader" in c["metadata"]]
    return {c["metadata"]["nbgrader"]["grade_id"]: c for c in cells}


def notebook(
    answers: dict[str, str] | None = None,
    before: Iterable[str] = (),
    after: Iterable[str] = (),
    words: dict[str, str] | None = None,
) -> dict:
    """Return a notebook with these answers, and with cells of code before and after them."""
    made = blank()
    cells = named(made)
    for question, source in (solutions() if answers is None else answers).items():
        cells[f"{question}-answer"]["source"] = source
    for question, text in (WORDS if words is None else words).items():
        cells[question]["source"] = text
    start = made["cells"].index(cells["setup"]) + 1
    made["cells"][start:start] = [code(source) for source in before]
    made["cells"] += [code(source) for source in after]
    return made


def code(source: str) -> dict:
    """Return a cell of code."""
    return {"cell_type": "code", "source": source, "metadata": {}, "outputs": [],
            "execution_count": None}  # fmt: skip


def hand_in(course: Path, student: str, content: dict | bytes) -> Path:
    """Put a notebook where `collect` would have put it."""
    path = Course(course).submission(student, "ps1")
    path.parent.mkdir(parents=True, exist_ok=True)
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    path.write_bytes(data)
    return path


def students() -> dict[str, str]:
    """Return the roster: id -> name."""
    pairs = [f"{first} {last}" for last in LAST for first in FIRST]
    return {f"u{number:02}": name for number, name in enumerate(pairs)}


def work(number: int) -> Work:
    """Return what one of the class hands in: most of it good, some wrong, some odd."""
    answers, earned = dict(solutions()), 20.0
    if number == 3:
        return Work(None, None)
    if number == 4:
        return Work(json.dumps(blank()).encode(), 0)
    if number == 5:
        return Work(b"not a notebook", None)
    if number % 3 == 1:
        answers["two_readings"] = "def two_readings(code): return None"
        earned -= 6
    if number % 4 == 2:
        answers["safe_prices"] = "def safe_prices(q, most): return q"
        earned -= 4
    if number == 7:
        answers["block_cost"] = "import os; os._exit(1)"
        earned -= 4
    words = WORDS if number % 2 else {"unused_budget": "No, 0.2996 bits."}
    return Work(json.dumps(notebook(answers, words=words)).encode(), earned, words)


def again() -> Work:
    """Return the second try of one of the class."""
    words = {**WORDS, "unused_budget": "No, it is the budget of a code that wastes 0.2996 bits."}
    return Work(json.dumps(notebook(words=words)).encode(), 20.0, words)


def write(folder: Path) -> None:
    """Write the roster, the rules of the course, and what platforms would give."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = [f"{i},{name},{i}@school.example" for i, name in students().items()]
    (folder / "roster.csv").write_text("\n".join(["id,name,email", *lines]) + "\n", "utf-8")
    (folder / "course.toml").write_text(COURSE, "utf-8")
    names = list(students().values())
    _zip(folder / "moodle.zip", {
        **{_in_moodle(n, names[n]): work(n).content for n in range(25) if n not in GROUP},
        "Group 1_17_assignsubmission_file/ps1.ipynb": work(GROUP[0]).content,
        "Grace Hopper_1999_assignsubmission_file/ps1.ipynb": work(0).content,  # who is that?
    })  # fmt: skip
    (folder / "grades.csv").write_text(_worksheet(names[:25]), "utf-8")
    canvas = {_in_canvas(n, names[n], 1): work(n).content for n in range(25, 30)}
    canvas[_in_canvas(27, names[27], 0)] = json.dumps(blank()).encode()  # an earlier attempt
    _zip(folder / "canvas.zip", canvas)
    _zip(folder / "again.zip", {_in_moodle(AGAIN, names[AGAIN]): again().content})
    for number in range(30, 40):
        place = f"ps1-submissions/ps1-u{number}/ps1.ipynb"
        if number >= 35:
            file = f"u{number}" if number == 38 else names[number]
            place = f"drive/{file} - ps1.ipynb" if number < 38 else f"drive/{file}.ipynb"
        path = folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(work(number).content or b"")
        noon = datetime(2026, 10, 5, 12).timestamp()
        os.utime(path, (noon, noon))


def _zip(path: Path, entries: dict[str, bytes | None]) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for place, content in entries.items():
            if content is not None:
                archive.writestr(place, content)


def _in_moodle(number: int, name: str) -> str:
    stem = ["ps1", "ps1 (1)", "PS1", "ps1-2"][number % 4]
    return f"{name}_{1000 + number}_assignsubmission_file/{stem}.ipynb"


def _in_canvas(number: int, name: str, attempt: int) -> str:
    first, last = name.casefold().split()
    late = "_LATE" if number == LATE_IN_CANVAS else ""
    return f"{last}{first}{late}_{98000 + number}_{4000 + 100 * attempt + number}_ps1.ipynb"


def _worksheet(names: list[str]) -> str:
    """Return the grading worksheet as Moodle gives it to be filled."""
    rows = [["Identifier", "Full name", "Email address", "Status", "Grade", "Maximum grade",
             "Grade can be changed", "Last modified (submission)", "Last modified (grade)",
             "Feedback comments"]]  # fmt: skip
    for number, name in enumerate(names):
        when = "Monday, 5 October 2026, 5:30 PM"
        if number in (LATE, EXTENDED):
            when = "Tuesday, 6 October 2026, 8:00 PM"
        rows.append([f"Participant {1000 + number}", name, f"u{number:02}@school.example",
                     "Submitted for grading", "", "26.00", "Yes", "-" if number == 3 else when,
                     "-", ""])  # fmt: skip
    return written(rows)


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
        sys.exit(__doc__)
    write(Path(sys.argv[1]))
    print(f"{sys.argv[1]} holds a class of {len(students())} and what it handed in")
