"""What a student reads about the marks: a page without scripts, in which everything is escaped.

Of the hidden tests it names the parts and what they gave. Why a part failed stays with the teacher,
and so does everything that the student's code said while it was tested: it may tell the inputs.
"""

from html import escape

from coursework.export import marks_of
from coursework.results import QuestionResult, Result

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


def page(result: Result, by_hand: dict[str, float], set_title: str) -> str:
    """Return the page of one student."""
    marks = marks_of(result, by_hand)
    known = sum(points for points in marks.values() if points is not None)
    most = sum(question.points for question in result.questions)
    waiting = [name for name, points in marks.items() if points is None]
    body = [f"<p>For {escape(result.student)}: <strong>{known:g} of {most:g} points</strong>"]
    body.append(f", not yet marked: {escape(', '.join(waiting))}.</p>" if waiting else ".</p>")
    if STATUS[result.status]:
        body.append(f"<p>{escape(STATUS[result.status].format(reason=result.reason))}</p>")
    body += [_question(question, marks[question.name]) for question in result.questions]
    if result.errors:
        body.append("<h2>Cells that stopped with an error</h2>")
    for cell, error in result.errors.items():
        body.append(f"<p>{escape(cell.capitalize())}:</p><pre>{_shown(error)}</pre>")
    for note in result.notes:
        body.append(f"<p>Note: {escape(note)}.</p>")
    return PAGE.format(title=escape(set_title), body="\n".join(body))


def _question(question: QuestionResult, points: float | None) -> str:
    got = "not yet marked" if points is None else f"{points:g} of {question.points:g}"
    rows = "".join(
        f"<tr><td>{'✓' if part.earned else '✗'} {escape(part.says)}</td>"
        f"<td>{part.points if part.earned else 0:g} of {part.points:g}</td></tr>"
        for part in question.parts
    )
    words = f"<pre>{_shown(question.words)}</pre>" if question.by_hand and question.words else ""
    table = f"<table>{rows}</table>" if rows else ""
    return f"<h2>{escape(question.name)}: {got}</h2>{table}{words}"


def _shown(text: str) -> str:
    """Escape what a student wrote, and replace what no file can hold."""
    return escape(text.encode(errors="replace").decode())
