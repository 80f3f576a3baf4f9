"""What a set gave: of each question and part, how many earned it, and what went wrong how often."""

import re
from collections import Counter

from coursework.marks import Standing
from coursework.results import PartResult, Result
from coursework.sets import ProblemSet

MOST_SLIPS = 3  # of each part that are named
LONGEST = 70  # characters of a slip
NUMBER = re.compile(r"-?\b\d+(?:[.,]\d+)*(?:e[+-]?\d+)?")
SEVERAL = re.compile(r"…(?:[\]\['\s]*,[\]\['\s]*…)+")


def table(standings: list[Standing], problem_set: ProblemSet) -> str:
    """Return a table for reading: shares of those whose work was tested, groups counted once."""
    counted = [s for s in standings if s.result is not None and not s.by and _tested(s.result)]
    if not counted:
        return "nothing has been graded\n"
    lines = [f"{len(counted)} submissions", f"{'':44} {'mean':>6} {'full marks':>11}"]
    for name, most in problem_set.questions.items():
        marks = [s.marks.get(name) for s in counted]
        known = [points for points in marks if points is not None]
        if known:
            full = sum(points >= most for points in known) / len(known)
            lines.append(f"{name:44} {_percent(sum(known) / len(known) / most)} {full:>10.0%}")
        waiting = len(marks) - len(known)
        if waiting:
            lines.append(f"{name if not known else '':44} {waiting} not marked yet")
        lines += _parts(name, [s.result for s in counted if s.result])
    return "\n".join(lines) + "\n"


def _tested(result: Result) -> bool:
    return any(question.parts for question in result.questions)


def _percent(share: float) -> str:
    return f"{share:>6.0%}"


def _parts(name: str, results: list[Result]) -> list[str]:
    """Return a line for each part of a question, and for its commonest slips."""
    lines: list[str] = []
    parts: dict[str, list[PartResult]] = {}
    for result in results:
        for question in result.questions:
            if question.name == name:
                for part in question.parts:
                    parts.setdefault(part.says, []).append(part)
    for says, found in parts.items():
        earned = sum(part.earned for part in found) / len(found)
        lines.append(f"  {_cut(says, 42):42} {_percent(earned)}")
        slips = Counter(_kind(part.slip or part.why) for part in found if not part.earned)
        for slip, count in sorted(slips.items(), key=lambda pair: (-pair[1], pair[0]))[:MOST_SLIPS]:
            lines.append(f"    {_percent(count / len(found))}  {slip}")
    return lines


def _kind(why: str) -> str:
    """Return a slip without the numbers that the inputs have made of it."""
    return _cut(SEVERAL.sub("…", NUMBER.sub("…", " ".join(why.split()))), LONGEST)


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"
