"""Make up a class that hands in a problem set: python -m coursework.made_up_class FOLDER [SET].

What is wrong in what it hands in is from the set's bank; without a SET it is problem set 1, by 40.
It writes roster.csv, course.toml and what platforms would give: moodle.zip with its worksheet
grades.csv, canvas.zip, the folder SET-submissions of the GitHub Classroom, the folder drive of the
Google Classroom, and again.zip with a second try. So everything from collecting to exporting can be
tried. What each of them has earned is known: see `Work`.
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

from coursework import answers as bank
from coursework import policy, release, sets
from coursework.course import Course
from coursework.roster import written
from coursework.sets import ProblemSet

SET = "ps1"
GROUP = (20, 21)  # they hand in together
LATE = 8  # by 26 hours, in Moodle
EXTENDED = 9  # as late, and with an extension
LATE_IN_CANVAS = 26  # which doesn't say how late
AGAIN = 2  # hands in a second time, all right
COURSE = """[{name}]
due = 2026-10-05T18:00:00
percent_a_day = 10
days = 3
{numbers}
[{name}.extensions]
u09 = 2026-10-07T18:00:00
"""
GROUPS = """
[{name}.groups]
"Group 1" = ["u20", "u21"]
"""
FIRST = ["Ada", "Bea", "Cem", "Dev", "Eva", "Fay", "Gus", "Hu", "Ida", "Jin"]
LAST = ["Ång", "Berg", "Costa", "Díaz"]
WORDS = {
    "unused_budget": "No: it costs −log2 .75 = 0.415 bits a telegram, whatever comes.",
    "better_than_english": "H(P, Q) ≥ H(P) for one P. I would ask about the text & the alphabet.",
}


@dataclass
class Work:
    """What one of the class hands in, and what the tests must give for it."""

    content: bytes | None  # None: nothing was handed in
    earned: float | None  # None: no marks, since it cannot be read
    words: dict[str, str] = field(default_factory=dict)


@cache
def problem_set(which: str = SET) -> ProblemSet:
    """Return a set by its name or its folder."""
    return sets.load(sets.find(which))


@cache
def solutions(which: str = SET) -> dict[str, str]:
    """Return the answers of the master: question -> source."""
    cells = problem_set(which).master
    return {c.grade_id.removesuffix("-answer"): c.source for c in cells if c.role == "answer"}


def words_of(which: str = SET) -> dict[str, str]:
    """Return an answer to each question in words."""
    if problem_set(which).name == SET:
        return WORDS
    return {name: f"Of {name}: the truth has the weight." for name in problem_set(which).words}


def blank(which: str = SET, variant: str = "") -> dict:
    """Return the notebook that students get."""
    made = json.loads(_released(which, variant))
    for cell in made["cells"]:
        cell["source"] = "".join(cell["source"])
    return made


@cache
def _released(which: str, variant: str) -> bytes:
    return release.make(problem_set(which).varied(variant)).notebook


def named(notebook: dict) -> dict[str, dict]:
    """Return the cells that have a name."""
    cells = [c for c in notebook["cells"] if "nbgrader" in c["metadata"]]
    return {c["metadata"]["nbgrader"]["grade_id"]: c for c in cells}


def notebook(
    answers: dict[str, str] | None = None,
    before: Iterable[str] = (),
    after: Iterable[str] = (),
    words: dict[str, str] | None = None,
    which: str = SET,
    variant: str = "",
) -> dict:
    """Return a notebook with these answers, and with cells of code before and after them."""
    made = blank(which, variant)
    cells = named(made)
    for question, source in (solutions(which) if answers is None else answers).items():
        cells[f"{question}-answer"]["source"] = source
    for question, text in (words_of(which) if words is None else words).items():
        cells[question]["source"] = text
    start = made["cells"].index(cells["setup"]) + 1
    made["cells"][start:start] = [code(source) for source in before]
    made["cells"] += [code(source) for source in after]
    return made


def code(source: str) -> dict:
    """Return a cell of code."""
    return {"cell_type": "code", "source": source, "metadata": {}, "outputs": [],
            "execution_count": None}  # fmt: skip


def hand_in(course: Path, student: str, content: dict | bytes, set_name: str = SET) -> Path:
    """Put a notebook where `collect` would have put it."""
    path = Course(course).submission(student, set_name)
    path.parent.mkdir(parents=True, exist_ok=True)
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    path.write_bytes(data)
    return path


def students(size: int = 40) -> dict[str, str]:
    """Return the roster: id -> name."""
    pairs = [f"{first} {last}" for last in LAST for first in FIRST][:size]
    return {f"u{number:02}": name for number, name in enumerate(pairs)}


def work(number: int, which: str = SET, variant: str = "") -> Work:
    """Return what one of the class hands in: most of it good, some wrong, some odd."""
    answers, points, lost = dict(solutions(which)), problem_set(which).questions, 0.0
    by_tests = [name for name in points if name not in problem_set(which).words]
    if number == 3:
        return Work(None, None)
    if number == 4:
        return Work(json.dumps(blank(which, variant)).encode(), 0)
    if number == 5:
        return Work(b"not a notebook", None)
    slips = [by_tests[-1]] if number % 3 == 1 else []
    slips += [by_tests[2]] if number % 4 == 2 else []
    for question in slips:
        answers[question] = first_slip(which, question)
        lost += points[question]
    if number == 7:
        answers[by_tests[-2]] = "import os; os._exit(1)"
        lost += points[by_tests[-2]]
    words = words_of(which)
    if number % 2 == 0:
        first = next(iter(words))
        words = {first: "No, 0.415 bits." if which == SET else words[first]}
    made = notebook(answers, words=words, which=which, variant=variant)
    return Work(json.dumps(made).encode(), sum(points[n] for n in by_tests) - lost, words)


@cache
def first_slip(which: str, question: str) -> str:
    """Return the first answer of the bank that earns nothing."""
    answers = [a for a in bank.of(problem_set(which)) if a.question == question and a.earns == 0]
    return next(a for a in answers if a.alone).source(problem_set(which).drawn)


def again(which: str = SET, variant: str = "") -> Work:
    """Return the second try of one of the class."""
    words = dict(words_of(which))
    words[next(iter(words))] = (
        "No, it is the budget of a code that wastes 0.415 bits." if which == SET else "Of both."
    )
    points = sum(part.points for part in problem_set(which).parts)
    made = notebook(words=words, which=which, variant=variant)
    return Work(json.dumps(made).encode(), points, words)


def rules_of(name: str = SET, size: int = 40, numbers: str = "") -> str:
    """Return what course.toml says."""
    drawn = f'numbers = "{numbers}"\nnumbers_seed = 7\n' if numbers else ""
    groups = GROUPS.format(name=name) if size > max(GROUP) else ""
    return COURSE.format(name=name, numbers=drawn) + groups


def write(folder: Path, which: str = SET, size: int = 40, numbers: str = "") -> None:
    """Write the roster, the rules of the course, and what platforms would give.

    `numbers` says for whom the set's numbers are drawn, as in course.toml.
    """
    name = problem_set(which).name
    folder.mkdir(parents=True, exist_ok=True)
    names = list(students(size).values())
    lines = [f"{i},{person},{i}@school.example" for i, person in students(size).items()]
    (folder / "roster.csv").write_text("\n".join(["id,name,email", *lines]) + "\n", "utf-8")
    (folder / "course.toml").write_text(rules_of(name, size, numbers), "utf-8")
    rules = policy.load(Course(folder), name)

    def made(number: int) -> bytes | None:
        return work(number, which, rules.variant(f"u{number:02}")).content

    alone = [number for number in range(min(size, 25)) if number not in GROUP]
    moodle = {_in_moodle(n, names[n], name): made(n) for n in alone}
    if size > max(GROUP):
        moodle[f"Group 1_17_assignsubmission_file/{name}.ipynb"] = made(GROUP[0])
    moodle[f"Grace Hopper_1999_assignsubmission_file/{name}.ipynb"] = made(0)  # who is that?
    _zip(folder / "moodle.zip", moodle)
    (folder / "grades.csv").write_text(_worksheet(names[:25], problem_set(which).points), "utf-8")
    second = again(which, rules.variant(f"u{AGAIN:02}")).content
    _zip(folder / "again.zip", {_in_moodle(AGAIN, names[AGAIN], name): second})
    if size < 40:
        return
    canvas = {_in_canvas(n, names[n], 1, name): made(n) for n in range(25, 30)}
    canvas[_in_canvas(27, names[27], 0, name)] = json.dumps(blank(which)).encode()  # an earlier one
    _zip(folder / "canvas.zip", canvas)
    for number in range(30, 40):
        place = f"{name}-submissions/{name}-u{number}/{name}.ipynb"
        if number >= 35:
            file = f"u{number}" if number == 38 else names[number]
            place = f"drive/{file} - {name}.ipynb" if number < 38 else f"drive/{file}.ipynb"
        path = folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(made(number) or b"")
        noon = datetime(2026, 10, 5, 12).timestamp()
        os.utime(path, (noon, noon))


def _zip(path: Path, entries: dict[str, bytes | None]) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for place, content in entries.items():
            if content is not None:
                archive.writestr(place, content)


def _in_moodle(number: int, person: str, name: str) -> str:
    stem = [name, f"{name} (1)", name.upper(), f"{name}-2"][number % 4]
    return f"{person}_{1000 + number}_assignsubmission_file/{stem}.ipynb"


def _in_canvas(number: int, person: str, attempt: int, name: str) -> str:
    first, last = person.casefold().split()
    late = "_LATE" if number == LATE_IN_CANVAS else ""
    return f"{last}{first}{late}_{98000 + number}_{4000 + 100 * attempt + number}_{name}.ipynb"


def _worksheet(names: list[str], most: float) -> str:
    """Return the grading worksheet as Moodle gives it to be filled."""
    rows = [["Identifier", "Full name", "Email address", "Status", "Grade", "Maximum grade",
             "Grade can be changed", "Last modified (submission)", "Last modified (grade)",
             "Feedback comments"]]  # fmt: skip
    for number, name in enumerate(names):
        when = "Monday, 5 October 2026, 5:30 PM"
        if number in (LATE, EXTENDED):
            when = "Tuesday, 6 October 2026, 8:00 PM"
        rows.append([f"Participant {1000 + number}", name, f"u{number:02}@school.example",
                     "Submitted for grading", "", f"{most:.2f}", "Yes",
                     "-" if number == 3 else when,
                     "-", ""])  # fmt: skip
    return written(rows)


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3) or sys.argv[1].startswith("-"):
        sys.exit(__doc__)
    write(Path(sys.argv[1]), sys.argv[2] if sys.argv[2:] else SET)
    print(f"{sys.argv[1]} holds a class of {len(students())} and what it handed in")
