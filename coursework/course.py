"""The folder of a course: who is in it, what they handed in, what became of it.

roster.csv                              id,name,email (only id is needed)
sets/ps2/                               problem sets of your own (may be missing)
submitted/<id>/<set>/<set>.ipynb        written by collect; the layout is nbgrader's
graded/<set>/<id>.json                  written by grade, which keeps its seed beside
feedback/<set>/<id>.html                written by feedback
"""

import csv
import unicodedata
from dataclasses import dataclass
from pathlib import Path


class CourseError(Exception):
    """The folder of the course cannot be used so; the message says what to do."""


class ExistsError(CourseError):
    """Something would be overwritten."""


@dataclass(frozen=True)
class Person:
    """Somebody on the roster."""

    id: str
    name: str = ""
    email: str = ""


@dataclass(frozen=True)
class Course:
    """A course's folder, and where things lie in it."""

    folder: Path

    @property
    def roster_file(self) -> Path:
        """Return the path of the roster."""
        return self.folder / "roster.csv"

    def submission(self, student: str, set_name: str) -> Path:
        """Return the path of a student's notebook."""
        return self.folder / "submitted" / student / set_name / f"{set_name}.ipynb"

    def submissions(self, set_name: str) -> dict[str, Path]:
        """Return the notebooks that were handed in, by student; by their names, in order."""
        folder = self.folder / "submitted"
        found = sorted(folder.iterdir()) if folder.is_dir() else []
        paths = {entry.name: self.submission(entry.name, set_name) for entry in found}
        return {s: p for s, p in paths.items() if is_id(s) and (p.exists() or p.is_symlink())}

    def result(self, student: str, set_name: str) -> Path:
        """Return the path of a student's result."""
        return self.folder / "graded" / set_name / f"{student}.json"

    def run_file(self, set_name: str) -> Path:
        """Return the path of what all results of a set have in common."""
        return self.folder / "graded" / f"{set_name}.run.json"

    def feedback(self, student: str, set_name: str) -> Path:
        """Return the path of a student's feedback."""
        return self.folder / "feedback" / set_name / f"{student}.html"

    def roster(self) -> list[Person]:
        """Read the roster; CourseError where it is missing or says a thing twice."""
        try:
            with open(self.roster_file, encoding="utf-8-sig", newline="") as file:
                rows = list(csv.DictReader(file))
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            raise CourseError(
                f"{self.roster_file} cannot be read ({error}); it is a CSV file with the columns "
                "id, name and email, of which only id is needed"
            ) from None
        people = [_person(row, self.roster_file, line) for line, row in enumerate(rows, start=2)]
        ids = [person.id for person in people]
        twice = sorted({i for i in ids if ids.count(i) > 1})
        if twice:
            raise CourseError(f"{self.roster_file} has {', '.join(twice)} more than once")
        if not people:
            raise CourseError(f"{self.roster_file} names nobody")
        return people


def _person(row: dict, path: Path, line: int) -> Person:
    values = {(k or "").strip().lower(): v.strip() for k, v in row.items() if isinstance(v, str)}
    if not is_id(values.get("id", "")):
        raise CourseError(
            f"{path}, line {line}: an id is needed, of letters, digits and . _ @ + - "
            f"(got {values.get('id', '')!r})"
        )
    return Person(values["id"], values.get("name", ""), values.get("email", ""))


def is_id(text: str) -> bool:
    """Can this be the id of a student, and so the name of a folder?"""
    letters = all(c.isalnum() or c in "._@+-" for c in text)
    return 0 < len(text) <= 100 and letters and text[0].isalnum()


def folded(text: str) -> str:
    """Return a text without case and accents, for finding people: "Ünal, Özge" is "unal, ozge"."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in apart if not unicodedata.combining(c))
