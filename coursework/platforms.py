"""How platforms name what they give a teacher to download: a table, and what a path says by it.

Each row was read in the platform's own source or manual, which it names. What a platform writes is
its word for whose a file is; what students call their files stands after it and says nothing.
"""

import re
from dataclasses import dataclass
from pathlib import PurePosixPath


@dataclass(frozen=True)
class Format:
    """One way in which a platform names files or folders."""

    platform: str
    example: str
    source: str  # where the platform says so
    pattern: re.Pattern[str]  # of one part of a path, or of a folder and what lies in it


@dataclass(frozen=True)
class Label:
    """What the platform says about a file: the name it writes, its own key, whether it was late."""

    platform: str
    name: str = ""  # of a person or a group, as the platform writes it
    key: str = ""  # Moodle's and Canvas' number, a login of GitHub
    late: bool = False
    folder: str = ""  # the part of the path that says it


FORMATS = (
    # The number is the participant's in this assignment, or the group's, never an id of the roster.
    # Underscores of names have become blanks. Until 4.0 one more underscore stands at the end, and
    # the name of the group that the teacher has chosen before the person's: "Group A-Ada Lovelace".
    # With anonymous submissions the name is "Participant" in the site's language.
    Format(
        "Moodle",
        "Ada Lovelace_1234567_assignsubmission_file/ps1.ipynb",
        "Moodle, mod/assign/classes/downloader.php, get_student_prefix and "
        "load_submissionplugin_filelist; until 4.0 mod/assign/locallib.php, download_submissions; "
        "read again by mod/assign/feedback/file/importziplib.php, is_valid_filename_for_import",
        re.compile(
            r"^(?P<folder>(?P<name>[^/_]+)_(?P<key>\d+)_assignsubmission_[a-z]+)(?:[/_]|$)", re.I
        ),
    ),
    # A group submission of those who are in no group.
    Format(
        "Moodle",
        "Default group_assignsubmission_file/ps1.ipynb",
        "Moodle, mod/assign/classes/downloader.php, get_student_prefix: defaultteam",
        re.compile(r"^(?P<folder>(?P<name>[^/_]+)_assignsubmission_[a-z]+)(?:[/_]|$)", re.I),
    ),
    # The sortable name ("Lovelace, Ada") or the group's, in small letters and without blanks; then
    # the number of the user and that of the file.
    Format(
        "Canvas",
        "lovelaceada_LATE_98765_4321_ps1-1.ipynb",
        "Canvas, lib/content_zipper.rb, get_filename and add_upload_submission",
        re.compile(r"^(?P<folder>(?P<name>[^/_]+)(?P<late>_LATE)?_(?P<key>\d+)_\d+)_[^/]*$"),
    ),
    Format(
        "Canvas",
        "LATE_anon_aB3dE_4321_ps1.ipynb",
        "Canvas, lib/content_zipper.rb, get_filename: anonymize_students?",
        re.compile(r"^(?P<folder>(?P<late>LATE_)?anon_(?P<key>[A-Za-z0-9]+)_\d+)_[^/]*$"),
    ),
    Format(
        "GitHub Classroom",
        "ps1-submissions/ps1-adalovelace/ps1.ipynb",
        "github/gh-classroom, cmd/gh-classroom/clone/student-repos/student-repos.go: a folder of "
        'assignment.Slug + "-submissions", in it the repositories by their names: the slug, a '
        "hyphen, and the login or the team's name",
        re.compile(r"^(?P<slug>[^/]+)-submissions/(?P<folder>(?P=slug)-(?P<key>[^/]+))(?:/|$)"),
    ),
    # Only of copies that the teacher has had made; what students upload keeps the students' names,
    # so this is the platform's word only where it names somebody.
    Format(
        "Google Classroom",
        "Ada Lovelace - ps1.ipynb",
        "support.google.com/edu/classroom, Create an assignment: Make a copy for each student, "
        "whose copies bear the student's name",
        re.compile(r"^(?P<folder>(?P<name>[^/]+?) - [^/]+)$"),
    ),
)


def labels(where: str) -> list[tuple[int, Label]]:
    """Return what platforms say in a path, outermost first, each with the place of its part."""
    parts = PurePosixPath(where).parts
    found = []
    for place in range(len(parts)):
        rest = "/".join(parts[place:])
        for row in FORMATS:
            match = row.pattern.match(rest)
            if match:
                groups = match.groupdict()
                found.append((
                    place + ("slug" in groups),
                    Label(
                        row.platform,
                        groups.get("name") or "",
                        groups.get("key") or "",
                        bool(groups.get("late")),
                        groups["folder"],
                    ),
                ))  # fmt: skip
                break
    return found


def common_prefix(names: set[str]) -> str:
    """Return the name of a group that stands before all names: "Group A-" in older downloads."""
    if len(names) < 2:
        return ""  # of a single name nobody can tell
    first, last = min(names), max(names)
    length = next((i for i, c in enumerate(first) if last[i : i + 1] != c), len(first))
    return first[: first.rfind("-", 0, length) + 1]
