"""The result of one submission, and the file that holds it: whole, or not there at all."""

import hashlib
import json
import os
import tempfile
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from coursework.notebooks import UnreadableError, read_bytes

VERSION = 3  # of the form of these files, and of how marks are decided
STATUSES = ("ok", "crashed", "timeout", "missing", "unreadable", "other", "failed")
UNMARKED = ("unreadable", "other", "failed")  # for these there are no marks


@dataclass
class PartResult:
    """What became of one part of a question."""

    says: str
    points: float
    earned: bool
    why: str = ""  # for the teacher: it may tell what is tested
    slip: str = ""  # for the student: which usual mistake it looks like
    after: str = ""  # for the student: the part that must be earned first, and is not


@dataclass
class QuestionResult:
    """What a question has earned; by hand means that a person will say."""

    name: str
    points: float
    by_hand: bool = False
    parts: list[PartResult] = field(default_factory=list)
    words: str = ""  # what is to be marked by hand
    look: str = ""  # why there is no mark before a person has looked

    @property
    def earned(self) -> float:
        """Return the points of the parts that are earned."""
        return sum(part.points for part in self.parts if part.earned)


@dataclass
class Result:
    """Everything that grading one submission says. Two runs say the same, to the last byte."""

    student: str
    set: str
    status: str
    mode: str  # the sandbox in which it ran
    seed: int
    submission: str  # SHA-256 of the file that was graded
    fingerprint: str  # of the set
    version: int = VERSION
    questions: list[QuestionResult] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)  # what was odd about the notebook
    errors: dict[str, str] = field(default_factory=dict)  # cell -> what went wrong in it
    reason: str = ""  # why there are no marks
    looks: list[str] = field(default_factory=list)  # what else a person must look at
    variant: str = ""  # which numbers the set had
    numbers: dict[str, Any] = field(default_factory=dict)  # and what they were

    @property
    def problems(self) -> list[str]:
        """Return all that a person must look at."""
        unmarked = [f"{self.status}, {self.reason}"] if self.status in UNMARKED else []
        return [*unmarked, *self.looks, *(q.look for q in self.questions if q.look)]

    @property
    def earned(self) -> float:
        """Return the points that the tests have given."""
        return sum(question.earned for question in self.questions)


def write(result: Result, path: Path) -> None:
    """Write a result so that whoever is killed leaves the old file or the new one, never half."""
    write_whole(path, json.dumps(asdict(result), indent=1) + "\n")


def read(path: Path) -> Result | None:
    """Return the result in a file; None if there is none, or none of this version."""
    try:
        content: dict[str, Any] = json.loads(path.read_text("utf-8"))
        if content.get("version") != VERSION:
            return None
        for question in content["questions"]:
            question["parts"] = [PartResult(**part) for part in question["parts"]]
        content["questions"] = [QuestionResult(**question) for question in content["questions"]]
        return Result(**content)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def changed(result: Result, path: Path) -> bool:
    """Does another file lie there than the one that was graded?"""
    try:
        digest = hashlib.sha256(read_bytes(path)).hexdigest()
    except UnreadableError:
        digest = ""
    return digest != result.submission


def clean(text: str) -> str:
    """Return a text without what no file can hold: half of a pair of surrogates."""
    return text.encode(errors="replace").decode()


def write_whole(path: Path, text: str | bytes) -> None:
    """Write a file in one step: readers see the old content or the new."""
    path.parent.mkdir(parents=True, exist_ok=True)
    data = text.encode() if isinstance(text, str) else text
    number, name = tempfile.mkstemp(dir=path.parent, prefix=".unfinished-")
    try:
        with os.fdopen(number, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise
