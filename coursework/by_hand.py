"""What people gave in the form grader: marks, extra credit, comments; and for which work.

A mark is for the words or the code that the marker saw. What was seen is noted when results are
entered into the gradebook; where other work lies there since, the mark does not count any more.
"""

import hashlib
import json
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from coursework.course import Course, CourseError
from coursework.results import QuestionResult, Result, write_whole
from coursework.sets import ProblemSet


@dataclass
class ByHand:
    """What one student was given by people, by question."""

    points: dict[str, float] = field(default_factory=dict)  # in place of what the tests gave
    extra: dict[str, float] = field(default_factory=dict)  # on top of either
    comments: dict[str, str] = field(default_factory=dict)


def read(course: Course, problem_set: ProblemSet) -> dict[str, ByHand]:
    """Return what people gave, by student."""
    from coursework import gradebook  # it takes a second to import

    if not gradebook.database(course).exists():
        return {}
    found: dict[str, ByHand] = {}
    who = {code: student for student, code in codes(course, problem_set.name).items()}
    questions = _question_of_cell(problem_set)
    with gradebook.opened(course) as database:
        for submission in gradebook.submissions(database, problem_set.name):
            given = found.setdefault(who.get(submission.student_id, submission.student_id),
                                     ByHand())  # fmt: skip
            for notebook in submission.notebooks:
                for grade in notebook.grades:
                    if grade.manual_score is not None:
                        given.points[grade.name] = grade.manual_score
                    if grade.extra_credit:
                        given.extra[grade.name] = grade.extra_credit
                for comment in notebook.comments:
                    if comment.manual_comment:
                        name = questions.get(comment.name, comment.name)
                        said = [given.comments.get(name, ""), comment.manual_comment]
                        given.comments[name] = "\n\n".join(filter(None, said))
    return {student: given for student, given in found.items() if given != ByHand()}


def _question_of_cell(problem_set: ProblemSet) -> dict[str, str]:
    """Return to which question a cell with an answer belongs: the next that gives points."""
    questions: dict[str, str] = {}
    waiting: list[str] = []
    for cell in problem_set.master:
        waiting += [cell.grade_id] if cell.solution else []
        if cell.grade:
            questions |= dict.fromkeys(waiting, cell.grade_id)
            waiting = []
    return questions


# ---- for which work a mark was given


def of_other_work(seen: dict[str, str], result: Result, given: ByHand) -> list[str]:
    """Return the questions whose mark was given for other work than lies there now.

    `seen` says which work the markers have seen, by question.
    """
    return [
        question.name
        for question in result.questions
        if (question.name in given.points or question.name in given.extra)
        and seen.get(question.name, of(question, result)) != of(question, result)
    ]


def note_what_is_seen(course: Course, set_name: str, results: list[Result]) -> None:
    """Note what the markers will see from now on."""
    noted = seen(course, set_name)
    for result in results:
        noted[result.student] = {q.name: of(q, result) for q in result.questions}
    write_whole(_path(course, set_name), json.dumps(noted, indent=1, sort_keys=True) + "\n")


def of(question: QuestionResult, result: Result) -> str:
    """Return a short name for the work that a mark is for: the words, else the whole file."""
    if not question.by_hand:
        return result.submission[:16]
    return hashlib.sha256(question.words.encode(errors="replace")).hexdigest()[:16]


def _path(course: Course, set_name: str) -> Path:
    return course.folder / "graded" / f"{set_name}.seen.json"


def seen(course: Course, set_name: str) -> dict[str, dict[str, str]]:
    """Return which work the markers have seen: student -> question -> its short name."""
    return _read_json(_path(course, set_name))


# ---- anonymous marking


def codes(course: Course, set_name: str) -> dict[str, str]:
    """Return the code names that students have in the gradebook: id -> code."""
    return _read_json(_codes_path(course, set_name))


def codes_for_all(course: Course, set_name: str, ids: list[str]) -> dict[str, str]:
    """Return a code name for everybody; it is drawn once."""
    drawn = codes(course, set_name)
    for student in ids:
        while student not in drawn:
            code = f"anon-{secrets.token_hex(3)}"
            if code not in drawn.values() and code not in ids:
                drawn[student] = code
    write_whole(_codes_path(course, set_name), json.dumps(drawn, indent=1) + "\n")
    return drawn


def _codes_path(course: Course, set_name: str) -> Path:
    return course.folder / "graded" / f"{set_name}.codes.json"


def _read_json(path: Path) -> dict[str, Any]:
    try:
        return json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise CourseError(f"{path} cannot be read ({error})") from None
