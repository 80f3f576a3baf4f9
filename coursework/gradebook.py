"""Into nbgrader's gradebook and back: its form grader is where people mark words and override.

It is given the marks of the tests, and for each student a notebook to look at: the cells of the
master with the student's answers in them. What the student wrote stands there as text or as code,
never as HTML, and nothing that the student's code has printed is in it.
"""

import json
import os
import re
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

import nbformat

from coursework import by_hand, release, results
from coursework.align import align
from coursework.by_hand import ByHand
from coursework.course import Course, CourseError
from coursework.marks import AGAIN, marks_of
from coursework.notebooks import UnreadableError, parse, read_bytes
from coursework.results import UNMARKED, QuestionResult, Result, changed, clean, write_whole
from coursework.roster import Person
from coursework.sets import ProblemSet

INSTALL = "nbgrader is not installed; it comes with: pip install -e '.[coursework]'"


@dataclass
class Entered:
    """What became of the marks that people had given, and what was odd."""

    kept: int = 0
    cleared: int = 0  # they were given for work that has changed since
    odd: list[str] = field(default_factory=list)


def enter(course: Course, problem_set: ProblemSet, anonymous: bool = False) -> Entered:
    """Write all results of a set into the gradebook; marks of people for the same work stay."""
    people = course.roster()
    found = [(p, results.read(course.result(p.id, problem_set.name))) for p in people]
    names = {person.id: person.id for person in people}
    _refuse_other_names(course, problem_set, list(names), anonymous)
    if anonymous:
        names = by_hand.codes_for_all(course, problem_set.name, list(names))
    given, before = by_hand.read(course, problem_set), by_hand.seen(course, problem_set.name)
    entered, seen = Entered(), []
    odd = entered.odd
    with opened(course) as gradebook, _in_few_steps(gradebook) as commit:
        released = release.make(problem_set).notebook
        _enter_set(gradebook, problem_set, released)
        write_whole(course.folder / "source" / problem_set.name / problem_set.notebook.name,
                    release.as_text(problem_set.content()))  # fmt: skip
        write_whole(course.folder / "release" / problem_set.name / problem_set.notebook.name,
                    released)  # fmt: skip
        for person, result in found:
            _enter_person(gradebook, person, names[person.id], anonymous)
            commit()
            if result is None:
                continue
            path = course.submission(person.id, problem_set.name)
            if path.exists() and changed(result, path):
                odd.append(f"{person.id}: {AGAIN.format(person.id)}; the old marks stand there")
                continue
            if result.status in UNMARKED:
                odd.append(f"{person.id}: {result.status}, so there is nothing to mark by hand")
            old = by_hand.of_other_work(
                before.get(person.id, {}), result, given.get(person.id, ByHand())
            )
            try:
                _enter_result(gradebook, course, problem_set, released, result, names, old)
            except Exception as error:  # what one student wrote stops nobody else
                gradebook.db.rollback()
                odd.append(f"{person.id}: could not be entered ({type(error).__name__}: {error})")
                continue
            commit()
            seen.append(result)
            entered.cleared += len(old)
            for question in old:
                was = given[person.id].points.get(question, given[person.id].extra.get(question))
                odd.append(f"{person.id}: {question} was changed after it was marked "
                           f"({was:g} points); mark it anew")  # fmt: skip
    by_hand.note_what_is_seen(course, problem_set.name, seen)
    marked = [{*by_people.points, *by_people.extra} for by_people in given.values()]
    entered.kept = sum(map(len, marked)) - entered.cleared
    return entered


@contextmanager
def _in_few_steps(gradebook: Any) -> Iterator[Callable[[], None]]:
    """Give the function that commits. nbgrader commits each cell, and waits for the disk.

    So a student is entered as a whole or not at all.
    """
    commit = gradebook.db.commit
    with mock.patch.object(gradebook.db, "commit", gradebook.db.flush):
        yield commit


def submissions(gradebook: Any, set_name: str) -> list[Any]:
    """Return the submissions of a set that are in the gradebook."""
    from nbgrader.api import MissingEntry

    try:
        return gradebook.assignment_submissions(set_name)
    except MissingEntry:
        return []


def _refuse_other_names(
    course: Course, problem_set: ProblemSet, ids: list[str], anonymous: bool
) -> None:
    """See to it that nobody is entered a second time, by another name."""
    others = ids if anonymous else [*by_hand.codes(course, problem_set.name).values()]
    if not others or not database(course).exists():
        return
    with opened(course) as gradebook:
        named = [s.student_id for s in submissions(gradebook, problem_set.name)]
    if set(named) & set(others):
        by, says = (
            ("the students' own ids", "it cannot become anonymous")
            if anonymous
            else ("code names", "it stays so: write anonymous = true into course.toml again")
        )
        raise CourseError(f"{database(course)} has this set under {by} already; {says}")


def _enter_person(gradebook: Any, person: Person, name: str, anonymous: bool) -> None:
    if anonymous:
        gradebook.update_or_create_student(name)
        return
    first, _, last = person.name.rpartition(" ")
    gradebook.update_or_create_student(
        name, first_name=first, last_name=last, email=person.email or None
    )


def database(course: Course) -> Path:
    """Return the path of the gradebook."""
    return course.folder / "gradebook.db"


def opened(course: Course) -> Any:  # nbgrader has no types
    """Return the gradebook, opened; it is closed where a `with` ends."""
    try:
        from nbgrader.api import Gradebook
    except ImportError:
        raise CourseError(INSTALL) from None
    from sqlalchemy.exc import SAWarning

    # nbgrader 0.9.6 adds to sessions in an order that SQLAlchemy 2.1 finds odd.
    warnings.filterwarnings("ignore", category=SAWarning, module="nbgrader")
    # It starts alembic by its name. That lies beside Python, also where nothing is activated.
    beside = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    with mock.patch.dict(os.environ, {"PATH": beside}):
        return Gradebook(f"sqlite:///{database(course).resolve()}")


def _enter_set(gradebook: Any, problem_set: ProblemSet, released: bytes) -> None:
    """Tell the gradebook which cells there are, as nbgrader's own generator does."""
    gradebook.update_or_create_assignment(problem_set.name)
    gradebook.update_or_create_notebook(problem_set.name, problem_set.name)
    here = (problem_set.name, problem_set.name)
    checksums = {
        cell["metadata"]["nbgrader"]["grade_id"]: cell["metadata"]["nbgrader"]["checksum"]
        for cell in json.loads(released)["cells"]
        if "nbgrader" in cell["metadata"]
    }
    for cell in problem_set.released:
        if not cell.grade_id:
            continue
        if cell.grade:
            gradebook.update_or_create_grade_cell(
                cell.grade_id, *here, max_score=cell.points, cell_type=cell.kind
            )
        if cell.solution:
            gradebook.update_or_create_solution_cell(cell.grade_id, *here)
        gradebook.update_or_create_source_cell(
            cell.grade_id,
            *here,
            cell_type=cell.kind,
            locked=cell.role in ("tests", "given"),
            source=cell.source,
            checksum=checksums[cell.grade_id],
        )


def _enter_result(
    gradebook: Any,
    course: Course,
    problem_set: ProblemSet,
    released: bytes,
    result: Result,
    names: dict[str, str],
    old: list[str],
) -> None:
    name, student = problem_set.name, names[result.student]
    gradebook.update_or_create_submission(name, student)
    for question, points in marks_of(result, {}).items():
        grade = gradebook.find_grade(question, name, name, student)
        if question in old:
            grade.manual_score = grade.extra_credit = None
        grade.auto_score = points
        grade.needs_manual_grade = points is None and grade.manual_score is None
    gradebook.db.commit()
    if result.variant:
        problem_set = problem_set.varied(result.variant)
        released = release.make(problem_set).notebook
    target = course.folder / "autograded" / student / name / f"{name}.ipynb"
    write_whole(target, nbformat.writes(_to_look_at(course, problem_set, released, result)))


def _to_look_at(
    course: Course, problem_set: ProblemSet, released: bytes, result: Result
) -> nbformat.NotebookNode:
    """Return the master's notebook with a student's answers and the outcome of the tests."""
    notebook = nbformat.reads(released.decode(), 4)
    try:
        submission = parse(read_bytes(course.submission(result.student, problem_set.name)))
    except UnreadableError as error:
        says = f"The submission cannot be read: {error}."
        note = nbformat.v4.new_markdown_cell(says, id="unreadable")
        notebook.cells.insert(0, note)
        return notebook
    aligned = align(problem_set.released, submission)
    questions = {question.name: question for question in result.questions}
    for cell in notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        if name in aligned.answers:
            cell.source = clean("\n\n# ---\n\n".join(aligned.answers[name]))
        elif name in questions and questions[name].by_hand and questions[name].words:
            cell.source = fenced(questions[name].words)
        elif name in questions and cell.cell_type == "code":
            cell.outputs = [_outcome(questions[name])]
    return notebook


def fenced(text: str) -> str:
    """Return Markdown that shows a text as it is: no HTML, no links, no images."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)  # longer than any in the text, so that none ends it
    return f"{fence}text\n{clean(text)}\n{fence}"


def _outcome(question: QuestionResult) -> nbformat.NotebookNode:
    lines = [f"{question.earned:g} of {question.points:g} points"]
    for part in question.parts:
        sign = "✓" if part.earned else "✗"
        lines.append(f"{sign} {part.says}" + (f": {part.why}" if part.why else ""))
    text = clean("\n".join(lines))
    return nbformat.v4.new_output("stream", name="stdout", text=text + "\n")
