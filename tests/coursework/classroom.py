"""What the tests of the coursework share: notebooks as students hand them in, made by code."""

import os
import sys
from pathlib import Path

from coursework import bubblewrap, made_up_class, sets
from coursework.made_up_class import (
    WORDS,
    blank,
    code,
    hand_in,
    named,
    notebook,
    solutions,
)
from coursework.mode import HERE, Limits
from coursework.results import Result

__all__ = ["WORDS", "blank", "code", "hand_in", "markdown", "named", "notebook", "solutions"]

# The set that the corpus and the made-up class answer; what holds of every set is in test_sets.py.
NAME = made_up_class.SET
FIRST = sets.find(NAME)
_SET = sets.load(FIRST)
POINTS = {name: points for name, points in _SET.questions.items() if name not in _SET.words}
# Those of a real run are longer, and the tests would be, too.
QUICK = Limits(cell=3, call=1, cells=10, question=3, clock=2, total=60)


def markdown(source: str) -> dict:
    """Return a cell of text."""
    return {"cell_type": "markdown", "metadata": {}, "source": source}


def earned(result: Result) -> dict[str, float]:
    """Return the points of each question that tests decide."""
    return {q.name: q.earned for q in result.questions if not q.by_hand}


def roster(course: Path, students: dict[str, str]) -> None:
    """Write the roster: id -> name."""
    lines = [f'{student},"{name}",{student}@school.example' for student, name in students.items()]
    course.mkdir(parents=True, exist_ok=True)
    (course / "roster.csv").write_text("\n".join(["id,name,email", *lines]) + "\n", "utf-8")


def as_ordinary_user(command: list[str], *folders: Path) -> list[str]:
    """Return a command that runs another as a user who is not root, with these folders theirs."""
    if os.getuid() != 0:
        return command
    for folder in folders:
        for path in [folder, *folder.rglob("*")]:
            os.chown(path, 1000, 1000)
    outer = ["bwrap", "--die-with-parent", "--dev-bind", "/", "/"]
    # What root keeps to itself (Python in /root, pytest's folders in /tmp) is shown to this user.
    shown = [*bubblewrap.environment_folders(), str(HERE.parent), *map(str, folders)]
    for top in {Path(*Path(path).parts[:2]) for path in shown}:
        if top.stat().st_mode & 0o005 != 0o005:
            outer += ["--perms", "0755", "--tmpfs", str(top)]
            inside = [path for path in shown if Path(path).is_relative_to(top)]
            for parent in sorted({str(q) for p in inside for q in Path(p).parents if q != top}):
                if Path(parent).is_relative_to(top):
                    outer += ["--perms", "0755", "--dir", parent]
            for path in inside:
                outer += ["--bind", path, path]
    become = "import os,sys; os.setgroups([]); os.setgid(1000); os.setuid(1000); "
    become += "os.execv(sys.argv[1], sys.argv[1:])"
    return [*outer, "--", sys.executable, "-c", become, *command]
