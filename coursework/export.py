"""The marks of a class as a table: a row for everybody on the roster, whatever happened to them."""

from coursework.marks import Standing
from coursework.results import UNMARKED
from coursework.roster import written
from coursework.sets import ProblemSet

DANGEROUS = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet would take what follows for a formula


def table(standings: list[Standing], problem_set: ProblemSet, due: bool = False) -> str:
    """Return the CSV text. With a due date there are columns for how late somebody was.

    A question that somebody must still mark is empty, and so is the total of whoever has one.
    """
    columns = ["id", "name", *problem_set.questions, *(["days late", "deducted"] if due else []),
               "total", "of", "to mark by hand", "status", "sandbox", "remarks"]  # fmt: skip
    return written([columns, *(_row(standing, problem_set, due) for standing in standings)])


def _row(standing: Standing, problem_set: ProblemSet, due: bool) -> list[str]:
    result, earned, total = standing.result, standing.earned, standing.total
    late = [f"{standing.days_late}", _text(None if earned is None or total is None else
            earned - total)] if due else []  # fmt: skip
    return [
        standing.person.id,
        safe(standing.person.name),
        *(_text(standing.marks.get(question)) for question in problem_set.questions),
        *late,
        _text(total),
        _text(problem_set.points),
        " ".join(to_mark_by_hand(standing)),
        standing.status,
        result.mode if result else "",
        safe("; ".join(remarks(standing))),
    ]


def to_mark_by_hand(standing: Standing) -> list[str]:
    """Return the questions that wait for a person."""
    if standing.result is None or standing.result.status in UNMARKED:
        return []
    return [question for question, points in standing.marks.items() if points is None]


def remarks(standing: Standing) -> list[str]:
    """Return what there is to say about somebody's marks."""
    result, said = standing.result, list(standing.looks)
    if standing.status == "not graded":
        said.append("run grade")
    if standing.by:
        said.append(f"handed in by {standing.by}")
    said += [result.reason, *result.looks, *result.notes] if result else []
    for question, extra in standing.by_hand.extra.items():
        said.append(f"{question}: {extra:g} extra")
    for question, comment in standing.by_hand.comments.items():
        said.append(f"{question}: “{comment}”")
    return list(filter(None, said))


def safe(text: str) -> str:
    """Return a text that a spreadsheet takes for a text."""
    flat = " ".join(text.split())
    return "'" + flat if flat.startswith(DANGEROUS) else flat


def _text(points: float | None) -> str:
    return "" if points is None else f"{points:g}"
