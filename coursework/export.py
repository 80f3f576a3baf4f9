"""The marks of a class as a table: a row for everybody on the roster, whatever happened to them."""

import csv
import io

from coursework import results
from coursework.course import Course, Person
from coursework.results import UNMARKED, Result
from coursework.sets import ProblemSet

DANGEROUS = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet would take what follows for a formula


def table(course: Course, problem_set: ProblemSet, by_hand: dict[str, dict[str, float]]) -> str:
    """Return the CSV text. `by_hand` has the marks that people gave: student -> question -> points.

    A question that somebody must still mark is empty, and so is the total of whoever has one.
    """
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\n")
    questions = list(problem_set.questions)
    columns = ["id", "name", *questions, "total", "of", "to mark by hand", "status", "sandbox"]
    writer.writerow([*columns, "remarks"])
    for person in course.roster():
        result = results.read(course.result(person.id, problem_set.name))
        writer.writerow(_row(person, result, problem_set, by_hand.get(person.id, {}), course))
    return target.getvalue()


def _row(
    person: Person,
    result: Result | None,
    problem_set: ProblemSet,
    by_hand: dict[str, float],
    course: Course,
) -> list[str]:
    name = safe(person.name)
    if result is None:
        handed_in = course.submission(person.id, problem_set.name).exists()
        status, remarks = ("not graded", "run grade") if handed_in else ("missing", "")
        empty = [""] * len(problem_set.questions)
        total = "" if handed_in else "0"
        return [person.id, name, *empty, total, _text(problem_set.points), "", status, "", remarks]
    marks = marks_of(result, by_hand)
    unmarked = [question for question, points in marks.items() if points is None]
    by_hand_only = unmarked if result.status not in UNMARKED else []
    total = "" if unmarked else _text(sum(points or 0 for points in marks.values()))
    return [
        person.id,
        name,
        *("" if points is None else _text(points) for points in marks.values()),
        total,
        _text(problem_set.points),
        " ".join(by_hand_only),
        result.status,
        result.mode,
        safe("; ".join(filter(None, [result.reason, *_looks(result), *result.notes]))),
    ]


def without_a_mark(
    course: Course, problem_set: ProblemSet, by_hand: dict[str, dict[str, float]]
) -> dict[str, list[str]]:
    """Return why there is no mark yet, where that is no matter of words alone: student -> why."""
    found: dict[str, list[str]] = {}
    for person in course.roster():
        result = results.read(course.result(person.id, problem_set.name))
        given = by_hand.get(person.id, {})
        for question in result.questions if result is not None else []:
            if question.look and question.name not in given:
                found.setdefault(person.id, []).append(question.look)
    return found


def _looks(result: Result) -> list[str]:
    return [*result.looks, *(question.look for question in result.questions if question.look)]


def marks_of(result: Result, by_hand: dict[str, float]) -> dict[str, float | None]:
    """Return the points of each question; None for words that nobody has marked yet.

    A mark given by hand counts more than that of the tests. Words that were not written are 0.
    """
    marks: dict[str, float | None] = {}
    for question in result.questions:
        if question.name in by_hand:
            marks[question.name] = by_hand[question.name]
        elif result.status in UNMARKED or question.look:
            marks[question.name] = None  # not zero: somebody must look first
        elif question.by_hand:
            marks[question.name] = None if question.words else 0.0
        else:
            marks[question.name] = question.earned
    return marks


def safe(text: str) -> str:
    """Return a text that a spreadsheet takes for a text."""
    flat = " ".join(text.split())
    return "'" + flat if flat.startswith(DANGEROUS) else flat


def _text(points: float) -> str:
    return f"{points:g}"
