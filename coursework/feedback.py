"""What a student reads about the marks: a page without scripts, in which everything is escaped.

Of the hidden tests it names the parts and what they gave, and the usual mistake that a wrong result
looks like, in the words of the chapters' exercises. With which inputs a part failed stays with the
teacher, and so does everything that the student's code said while it was tested.
"""

import io
import zipfile
from dataclasses import dataclass
from html import escape

from coursework import handed_in, lms
from coursework.by_hand import ByHand
from coursework.course import Course
from coursework.handed_in import HandIn
from coursework.marks import Standing
from coursework.platforms import labels
from coursework.results import PartResult, QuestionResult, clean
from coursework.roster import Person
from coursework.sets import ProblemSet

STATUS = {
    "ok": "",
    "crashed": "While your notebook was run, its process ended. What had been defined was tested.",
    "timeout": "A cell or a function took too long and was stopped. The rest was tested.",
    "unreadable": "The file that you handed in is no notebook that can be read: {reason}.",
    "other": "The file that you handed in is not of this problem set: {reason}.",
    "failed": "Your notebook could not be graded. This is not your fault; your teacher knows.",
}

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>
body {{ font: 1rem/1.5 Georgia, serif; max-width: 42rem; margin: 2rem auto; padding: 0 1rem; }}
table {{ border-collapse: collapse; width: 100%; }}
td, th {{ text-align: left; padding: .2rem .5rem .2rem 0; border-bottom: 1px solid #ccc; }}
td:last-child, th:last-child {{ text-align: right; white-space: nowrap; }}
pre {{ white-space: pre-wrap; overflow-wrap: anywhere; background: #f4f4f4; padding: .5rem; }}
</style>
</head>
<body>
<h1>{title}</h1>
{body}
</body>
</html>
"""


def page(standing: Standing, set_title: str) -> str:
    """Return the page of one student whose result is known."""
    result, marks = standing.result, standing.marks
    assert result is not None
    most = sum(question.points for question in result.questions)
    waiting = [name for name, points in marks.items() if points is None]
    total = "no total yet" if standing.total is None else f"{standing.total:g} of {most:g} points"
    more = f", not yet marked: {escape(', '.join(waiting))}" if waiting else ""
    body = [f"<p>For {escape(standing.person.id)}: <strong>{total}</strong>{more}.</p>"]
    if standing.days_late:
        days = "1 day" if standing.days_late == 1 else f"{standing.days_late} days"
        share = f"{100 * standing.share:g} %"
        what = "the points" if standing.total is None else f"{standing.earned:g} points"
        body.append(f"<p>Handed in {days} late: {share} of {what} count.</p>")
    if standing.by:
        body.append("<p>This was handed in for your group.</p>")
    if STATUS[result.status]:
        body.append(f"<p>{escape(STATUS[result.status].format(reason=result.reason))}</p>")
    if result.variant:
        drawn = ", ".join(f"{name} = {value}" for name, value in result.numbers.items())
        body.append(f"<p>Your numbers are those of variant {escape(result.variant)}: "
                    f"{escape(drawn)}.</p>")  # fmt: skip
    for question in result.questions:
        body.append(_question(question, marks[question.name], standing.by_hand))
    if result.errors:
        body.append("<h2>Cells that stopped with an error</h2>")
    for cell, error in result.errors.items():
        body.append(f"<p>{escape(cell.capitalize())}:</p><pre>{_shown(error)}</pre>")
    for note in result.notes:
        body.append(f"<p>Note: {escape(note)}.</p>")
    return PAGE.format(title=escape(set_title), body="\n".join(body))


def _question(question: QuestionResult, points: float | None, given: ByHand) -> str:
    got = "not yet marked" if points is None else f"{points:g} of {question.points:g}"
    rows = "".join(
        f"<tr><td>{'✓' if part.earned else '✗'} {escape(part.says)}{_reason(part)}</td>"
        f"<td>{part.points if part.earned else 0:g} of {part.points:g}</td></tr>"
        for part in question.parts
    )
    words = f"<pre>{_shown(question.words)}</pre>" if question.by_hand and question.words else ""
    table = f"<table>{rows}</table>" if rows else ""
    extra = given.extra.get(question.name, 0)
    more = f"<p>Of these, {extra:g} extra.</p>" if extra and points is not None else ""
    comment = given.comments.get(question.name, "")
    said = f"<p>Comment:</p><pre>{_shown(comment)}</pre>" if comment else ""
    return f"<h2>{escape(question.name)}: {got}</h2>{table}{words}{more}{said}"


def _reason(part: PartResult) -> str:
    if part.after:
        return f"<br>It counts only after “{escape(part.after)}”."
    return f"<br>It looks like this: {escape(part.slip)}" if part.slip else ""


def _shown(text: str) -> str:
    """Escape what a student wrote, and replace what no file can hold."""
    return escape(clean(text))


@dataclass
class Archive:
    """All pages as one zip, and for whom the platform's name is not known."""

    content: bytes
    problems: list[str]


def archive(course: Course, problem_set: ProblemSet, pages: dict[str, bytes]) -> Archive:
    """Return the pages in a zip, each by the name under which the platform takes it back.

    Moodle (Upload multiple feedback files in a zip) finds a person by the number in the folder's
    name; Canvas (Upload submissions) by the numbers in the file's; for others it is the id.
    """
    hand_ins, name = handed_in.read(course, problem_set.name), problem_set.name
    path = course.worksheet(name)
    people = course.roster()
    numbers: dict[str, str] = {}
    if path.exists():
        numbers = {student: key for key, student in lms.read(path, people).keys.items()}
    target, problems = io.BytesIO(), []
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as zipped:
        for person in people:
            if person.id not in pages:
                continue
            where = _place(person, hand_ins.get(person.id), numbers, name)
            if where is None:
                problems.append(f"{person.id}: Moodle's number is not known; collect once more, "
                                "with the grading worksheet")  # fmt: skip
                continue
            if where not in zipped.namelist():  # Canvas gives a group's to all who are in it
                zipped.writestr(zipfile.ZipInfo(where), pages[person.id], zipfile.ZIP_DEFLATED)
    return Archive(target.getvalue(), problems)


def _place(
    person: Person, hand_in: HandIn | None, numbers: dict[str, str], set_name: str
) -> str | None:
    platform = hand_in.platform if hand_in else ""
    file = f"feedback-{set_name}.html"
    if platform == "Moodle" or (not platform and person.id in numbers):
        number = numbers.get(person.id) or (hand_in.key if hand_in else "")
        name = " ".join(person.name.replace("_", " ").replace("/", " ").split()) or person.id
        return f"{name}_{number}_assignsubmission_file/{file}" if number else None
    if platform == "Canvas" and hand_in:
        label = next((label for _, label in labels(hand_in.path)), None)
        return f"{label.folder}_{file}" if label else f"{person.id}/{file}"
    return f"{person.id}/{file}"
