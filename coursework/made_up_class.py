"""Make up a class of 30 that hands in problem set 1: python -m coursework.made_up_class FOLDER.

It writes roster.csv and moodle.zip, as a teacher would have them, so that everything from
collecting to exporting can be tried. What each of the 30 has earned is known: see `Work`.
"""

import copy
import json
import sys
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from coursework import release, sets
from coursework.course import Course

SET = "ps1"
FIRST = ["Ada", "Bea", "Cem", "Dev", "Eva", "Fay", "Gus", "Hu", "Ida", "Jin"]
LAST = ["Ång", "Berg", "Costa"]
WORDS = {
    "unused_budget": "No: it costs −log2 .8125 = 0.2996 bits a telegram, whatever comes.",
    "better_than_english": "H(P, Q) ≥ H(P) for one P. I would ask about the text & the alphabet.",
}


@dataclass
class Work:
    """What one of the class hands in, and what the tests must give for it."""

    content: bytes | None  # None: nothing was handed in
    earned: float | None  # None: no marks, since it cannot be read
    words: dict[str, str] = field(default_factory=dict)


@cache
def solutions() -> dict[str, str]:
    """Return the answers of the master: question -> source."""
    cells = sets.load(sets.BUILT_IN / SET).master
    return {c.grade_id.removesuffix("-answer"): c.source for c in cells if c.role == "answer"}


def blank() -> dict:
    """Return the notebook that students get."""
    made = json.loads(_released())
    for cell in made["cells"]:
        cell["source"] = "".join(cell["source"])
    return made


@cache
def _released() -> bytes:
    return release.make(sets.load(sets.BUILT_IN / SET)).notebook


def named(notebook: dict) -> dict[str, dict]:
    """Return the cells that have a name."""
    cells = [c for c in notebook["cells"] if "nbgrader" in c["metadata"]]
    return {c["metadata"]["nbgrader"]["grade_id"]: c for c in cells}


def notebook(
    answers: dict[str, str] | None = None,
    before: Iterable[str] = (),
    after: Iterable[str] = (),
    words: dict[str, str] | None = None,
) -> dict:
    """Return a notebook with these answers, and with cells of code before and after them."""
    made = copy.deepcopy(blank())
    cells = named(made)
    for question, source in (solutions() if answers is None else answers).items():
        cells[f"{question}-answer"]["source"] = source
    for question, text in (WORDS if words is None else words).items():
        cells[question]["source"] = text
    start = made["cells"].index(cells["setup"]) + 1
    made["cells"][start:start] = [code(source) for source in before]
    made["cells"] += [code(source) for source in after]
    return made


def code(source: str) -> dict:
    """Return a cell of code."""
    return {"cell_type": "code", "source": source, "metadata": {}, "outputs": [],
            "execution_count": None}  # fmt: skip


def hand_in(course: Path, student: str, content: dict | bytes) -> Path:
    """Put a notebook where `collect` would have put it."""
    path = Course(course).submission(student, "ps1")
    path.parent.mkdir(parents=True, exist_ok=True)
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    path.write_bytes(data)
    return path


def students() -> dict[str, str]:
    """Return the roster: id -> name."""
    pairs = [f"{first} {last}" for last in LAST for first in FIRST]
    return {f"u{number:02}": name for number, name in enumerate(pairs)}


def work(number: int) -> Work:
    """Return what one of the class hands in: most of it good, some wrong, some odd."""
    answers, earned = dict(solutions()), 20.0
    if number == 3:
        return Work(None, None)
    if number == 4:
        return Work(json.dumps(blank()).encode(), 0)
    if number == 5:
        return Work(b"not a notebook", None)
    if number % 3 == 1:
        answers["two_readings"] = "def two_readings(code): return None"
        earned -= 6
    if number % 4 == 2:
        answers["safe_prices"] = "def safe_prices(q, most): return q"
        earned -= 4
    if number == 7:
        answers["block_cost"] = "import os; os._exit(1)"
        earned -= 4
    words = WORDS if number % 2 else {"unused_budget": "No, 0.2996 bits."}
    return Work(json.dumps(notebook(answers, words=words)).encode(), earned, words)


def write(folder: Path) -> None:
    """Write the roster, and the zip that Moodle would give."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = [f"{i},{name},{i}@school.example" for i, name in students().items()]
    (folder / "roster.csv").write_text("\n".join(["id,name,email", *lines]) + "\n", "utf-8")
    with zipfile.ZipFile(folder / "moodle.zip", "w") as archive:
        for number, name in enumerate(students().values()):
            content = work(number).content
            if content is not None:
                stem = ["ps1", "ps1 (1)", "PS1", "ps1-2"][number % 4]
                place = f"{name}_{1000 + number}_assignsubmission_file_/{stem}.ipynb"
                archive.writestr(place, content)


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
        sys.exit(__doc__)
    write(Path(sys.argv[1]))
    print(f"{sys.argv[1]} holds roster.csv and moodle.zip, a class of {len(students())}")
