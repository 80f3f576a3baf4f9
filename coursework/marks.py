"""How each of a class stands in a set: the tests' marks, people's marks, and what lateness takes.

Where something keeps a mark from being certain, there is none, and the remarks say what to do.
"""

import math
from dataclasses import dataclass, field

from coursework import by_hand, handed_in, policy, results
from coursework.by_hand import ByHand
from coursework.course import Course
from coursework.handed_in import HandIn
from coursework.policy import Policy
from coursework.results import UNMARKED, Result, changed
from coursework.roster import Person
from coursework.sets import ProblemSet

AGAIN = "handed in again since it was graded; grade --only {} grades it"


@dataclass
class Standing:
    """How one of a class stands in a set."""

    person: Person
    status: str  # of the result, or: missing, not graded, changed, error
    result: Result | None = None
    by_hand: ByHand = field(default_factory=ByHand)
    marks: dict[str, float | None] = field(default_factory=dict)
    days_late: int = 0
    share: float = 1.0  # of what was earned that counts
    untimed: bool = False  # nobody has said when it was handed in
    by: str = ""  # who of the group handed in, if it was another
    looks: list[str] = field(default_factory=list)  # why there is no total, and what to do

    @property
    def earned(self) -> float | None:
        """Return the points before lateness takes some; None if some are not known yet."""
        known = [points for points in self.marks.values() if points is not None]
        if self.status == "missing":
            return 0.0
        whole = self.marks and len(known) == len(self.marks) and not self.looks
        return math.fsum(known) if whole else None

    @property
    def total(self) -> float | None:
        """Return what counts; None if it is not known yet."""
        return None if self.earned is None else round(self.earned * self.share, 6)


def standings(course: Course, problem_set: ProblemSet) -> list[Standing]:
    """Return how everybody on the roster stands, whatever one of them has handed in."""
    rules = policy.load(course, problem_set.name)
    hand_ins = handed_in.read(course, problem_set.name)
    given, seen = by_hand.read(course, problem_set), by_hand.seen(course, problem_set.name)
    found = []
    for person in course.roster():
        by = rules.handed_in_by(
            person.id, lambda student: course.submission(student, problem_set.name).exists()
        )
        try:
            standing = _standing(
                person, by, course, problem_set.name, given.get(by, ByHand()), seen.get(by, {})
            )
            _lateness(standing, hand_ins, rules, problem_set.name)
        except Exception as error:  # one student's files stop nobody else
            says = f"cannot be read ({type(error).__name__}: {error})"
            standing = Standing(person, "error", looks=[says])
        found.append(standing)
    return found


def _standing(
    person: Person, by: str, course: Course, set_name: str, given: ByHand, seen: dict[str, str]
) -> Standing:
    path = course.submission(by, set_name)
    result = results.read(course.result(by, set_name))
    if result is None:
        return Standing(person, "not graded" if path.exists() else "missing")
    standing = of_result(person, result, given)
    standing.by = by if by != person.id else ""
    if path.exists() and changed(result, path):
        standing.status, standing.looks = "changed", [AGAIN.format(by)]
    for question in by_hand.of_other_work(seen, result, given):
        standing.marks[question] = None
        standing.looks.append(f"{question} was marked before it was changed; run gradebook")
    return standing


def of_result(person: Person, result: Result, given: ByHand | None = None) -> Standing:
    """Return the standing of somebody whose result is known, and who was not late."""
    given = given or ByHand()
    marks = marks_of(result, given.points)
    for question, extra in given.extra.items():
        points = marks.get(question)
        if points is not None:
            marks[question] = points + extra
    looks = [q.look for q in result.questions if q.look and q.name not in given.points]
    return Standing(person, result.status, result, given, marks, looks=looks)


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


def _lateness(
    standing: Standing, hand_ins: dict[str, HandIn], rules: Policy, set_name: str
) -> None:
    student = standing.person.id
    hand_in = hand_ins.get(student) or hand_ins.get(standing.by)
    if rules.due is None or standing.status == "missing":
        return
    when = hand_in.time if hand_in else None
    if when is not None:
        standing.days_late = rules.days_late(student, when)
        standing.share = rules.share(standing.days_late)
    elif hand_in and hand_in.late:
        standing.looks.append(
            f"{hand_in.platform} says late, and not how late; "
            f"enter the time in submitted/{set_name}.csv"
        )
    else:
        standing.untimed = hand_in is None or hand_in.platform != "Canvas"
