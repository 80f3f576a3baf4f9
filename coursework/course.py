"""The folder of a course: who is in it, what they handed in, what became of it.

roster.csv                              id,name,email (only id is needed)
course.toml                             what is due when, extensions, groups (may be missing)
sets/midterm/                           problem sets of your own (may be missing)
submitted/<id>/<set>/<set>.ipynb        written by collect; the layout is nbgrader's
submitted/<set>.csv                     written by collect: who handed in when, by which platform
whose-<set>.csv                         path,id: whose a file is, where collect cannot tell
graded/<set>/<id>.json                  written by grade, which keeps its seed beside
feedback/<set>/<id>.html                written by feedback
"""

from dataclasses import dataclass
from pathlib import Path

from coursework import roster
from coursework.roster import CourseError, Person, is_id


class ExistsError(CourseError):
    """Something would be overwritten."""


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

    def handed_in(self, set_name: str) -> Path:
        """Return the path of the table of who handed in what, when and how."""
        return self.folder / "submitted" / f"{set_name}.csv"

    def worksheet(self, set_name: str) -> Path:
        """Return the path of Moodle's grading worksheet, if it was collected."""
        return self.folder / "submitted" / f"{set_name}.worksheet.csv"

    def whose(self, set_name: str) -> Path:
        """Return the path of the table in which a person says whose a file is."""
        return self.folder / f"whose-{set_name}.csv"

    def roster(self) -> list[Person]:
        """Read the roster; CourseError where it is missing or says a thing twice."""
        return roster.read(self.roster_file)
