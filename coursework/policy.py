"""What a teacher decides for a set beside its questions: course.toml in the folder of the course.

[ps1]
due = 2026-10-05T18:00:00   the time of the place, as the platform shows it
percent_a_day = 10          off what was earned, for each day that has begun
days = 3                    after so many days nothing counts (may be missing: no end)
anonymous = true            gradebook shows code names in place of ids and names
numbers = "student"         or "class": the set's numbers are drawn, for each of them or for all,
numbers_seed = 20261005     from this (both may be missing: the set's own numbers)

[ps1.extensions]
u07 = 2026-10-08T18:00:00

[ps1.groups]
"Group 1" = ["u01", "u02"]
"""

import math
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from coursework.course import Course, CourseError

DAY = 24 * 3600


@dataclass(frozen=True)
class Policy:
    """What holds for one set; without a due date nobody is late."""

    due: datetime | None = None
    percent_a_day: float = 0.0
    days: float = math.inf
    anonymous: bool = False
    numbers: str = ""  # for whom they are drawn: "class", "student", or nobody
    numbers_seed: int = 0
    extensions: dict[str, datetime] = field(default_factory=dict)
    groups: dict[str, list[str]] = field(default_factory=dict)

    def variant(self, student: str) -> str:
        """Return the variant of a set that a student gets; none if it is the set's own."""
        if not self.numbers:
            return ""
        return (
            f"{self.numbers_seed}-{student}"
            if self.numbers == "student"
            else str(self.numbers_seed)
        )

    def days_late(self, student: str, when: datetime) -> int:
        """Return how many days have begun since a student should have handed in."""
        if self.due is None:
            return 0
        late = (when - self.extensions.get(student, self.due)).total_seconds()
        return max(0, math.ceil(late / DAY))

    def share(self, days: int) -> float:
        """Return the share of what was earned that counts after so many days."""
        if days > self.days:
            return 0.0
        return max(0.0, 1 - days * self.percent_a_day / 100)

    def handed_in_by(self, student: str, has: Callable[[str], bool]) -> str:
        """Return who has handed in for a student: themselves, or the first of their group."""
        if has(student):
            return student
        groups = [ids for ids in self.groups.values() if student in ids]
        return next((other for ids in groups for other in ids if has(other)), student)


def load(course: Course, set_name: str) -> Policy:
    """Read what course.toml says of a set; CourseError where it cannot be meant so."""
    path = course.folder / "course.toml"
    if not path.exists():
        return Policy()
    try:
        said = tomllib.loads(path.read_text("utf-8")).get(set_name, {})
    except (OSError, ValueError) as error:
        raise CourseError(f"{path} cannot be read: {error}") from None
    try:
        return _policy(said, {person.id for person in course.roster()})
    except ValueError as error:
        raise CourseError(f"{path}, {set_name}: {error}") from None


def _policy(said: Any, ids: set[str]) -> Policy:
    if not isinstance(said, dict):
        raise ValueError(f"it is no table, but {said!r}")
    kinds: dict[str, Callable[[str, Any], Any]] = {
        "due": _time,
        "percent_a_day": _number,
        "days": _number,
        "anonymous": _yes_or_no,
        "numbers": _for_whom,
        "numbers_seed": _seed,
        "extensions": _extensions,
        "groups": _groups,
    }
    for key in said:
        if key not in kinds:
            raise ValueError(f"there is no setting {key!r}; there are {', '.join(kinds)}")
    policy = Policy(**{key: kinds[key](key, value) for key, value in said.items()})
    named = [*policy.extensions, *(i for group in policy.groups.values() for i in group)]
    for student in named:
        if student not in ids:
            raise ValueError(f"{student} is not on the roster")
    if policy.due is None and (policy.extensions or policy.percent_a_day):
        raise ValueError("it says what is late, and no due date")
    if bool(policy.numbers) != ("numbers_seed" in said):
        raise ValueError("numbers says for whom they are drawn, numbers_seed from what: give both")
    if policy.percent_a_day > 100:
        raise ValueError("percent_a_day is more than 100")
    return policy


def _time(key: str, value: Any) -> datetime:
    """Return a time of the place; a day means its end."""
    if isinstance(value, datetime):
        if value.tzinfo is not None:
            raise ValueError(f"{key} is a time of the place, without a zone")
        return value
    if isinstance(value, date):
        return datetime.combine(value, time(23, 59, 59))
    raise ValueError(f"{key} is a time such as 2026-10-05T18:00:00, not {value!r}")


def _number(key: str, value: Any) -> float:
    if type(value) not in (int, float) or not value >= 0:
        raise ValueError(f"{key} is a number, not {value!r}")
    return float(value)


def _yes_or_no(key: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"{key} is true or false, not {value!r}")
    return value


def _for_whom(key: str, value: Any) -> str:
    if value not in ("class", "student"):
        raise ValueError(f'{key} is "class" or "student", not {value!r}')
    return value


def _seed(key: str, value: Any) -> int:
    if type(value) is not int or value < 0:
        raise ValueError(f"{key} is a whole number, not {value!r}")
    return value


def _extensions(key: str, value: Any) -> dict[str, datetime]:
    if not isinstance(value, dict):
        raise ValueError(f"{key} is a table of ids and times")
    return {student: _time(student, until) for student, until in value.items()}


def _groups(key: str, value: Any) -> dict[str, list[str]]:
    if not isinstance(value, dict) or not all(
        isinstance(ids, list) and ids and all(isinstance(i, str) for i in ids)
        for ids in value.values()
    ):
        raise ValueError(f"{key} is a table of names, each with a list of ids")
    members = [student for ids in value.values() for student in ids]
    twice = sorted({student for student in members if members.count(student) > 1})
    if twice:
        raise ValueError(f"{', '.join(twice)} is in more than one group")
    return value
