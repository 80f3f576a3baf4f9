"""Make what students get from a master: no solutions, no hidden tests, nothing that was printed."""

import hashlib
import io
import json
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from coursework.notebooks import parse
from coursework.sets import ProblemSet
from coursework.solutions import solution_lines, without_hidden_tests, without_solution

LONG_AGO = (1980, 1, 1, 0, 0, 0)  # so that the same release is the same file


@dataclass(frozen=True)
class Release:
    """The student version of a set: its files by name, and the zip of them all."""

    name: str
    files: dict[str, bytes]

    @property
    def notebook(self) -> bytes:
        """Return the notebook."""
        return self.files[f"{self.name}.ipynb"]

    @property
    def archive(self) -> bytes:
        """Return a zip of all files, in a folder of the set's name."""
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in self.files.items():
                entry = zipfile.ZipInfo(f"{self.name}/{name}", LONG_AGO)
                entry.compress_type = zipfile.ZIP_DEFLATED
                entry.external_attr = 0o644 << 16
                archive.writestr(entry, content)
        return target.getvalue()


def make(problem_set: ProblemSet) -> Release:
    """Return the student version of a set."""
    notebook = problem_set.content()
    for cell in notebook["cells"]:
        _strip(cell)
    known = {"kernelspec", "language_info"}
    notebook["metadata"] = {k: v for k, v in notebook["metadata"].items() if k in known}
    notebook["metadata"]["coursework"] = {
        "set": problem_set.name,
        "files": [Path(path).name for path in problem_set.files],
        "lib": problem_set.lib,
        **({"variant": problem_set.variant} if problem_set.variant else {}),
        # For `check`, away from the set, and to tell releases apart.
        "released": [_bare(cell) for cell in notebook["cells"]],
    }
    files = {f"{problem_set.name}.ipynb": as_text(notebook).encode()}
    files |= {Path(path).name: Path(path).read_bytes() for path in problem_set.files}
    return Release(problem_set.name, files)


def as_text(notebook: dict[str, Any]) -> str:
    """Return a notebook as it is written into a file."""
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"


def _bare(cell: dict[str, Any]) -> dict[str, Any]:
    """Return a cell without what changes while somebody works on it."""
    about = cell["metadata"].get("nbgrader")
    bare: dict[str, Any] = {key: cell[key] for key in ("cell_type", "id") if key in cell}
    bare["source"] = "".join(cell["source"])
    return bare | {"metadata": {"nbgrader": about} if about else {}}


def leaks(problem_set: ProblemSet, release: Release) -> list[str]:
    """Return the lines of solutions that a student could read in the release."""
    shown = "\n".join(content.decode(errors="replace") for content in release.files.values())
    shown += "\n".join(cell.source for cell in parse(release.notebook))
    answers = [cell for cell in problem_set.master if cell.role in ("answer", "words")]
    return [line for cell in answers for line in solution_lines(cell.source) if line in shown]


def _strip(cell: dict[str, Any]) -> None:
    """Make a cell of a master into the cell that students get, as nbgrader would."""
    about = cell.get("metadata", {}).get("nbgrader")
    cell["metadata"] = {"nbgrader": about} if about else {}
    if cell["cell_type"] == "code":
        cell["outputs"], cell["execution_count"] = [], None
    if not about:
        return
    source = "".join(cell["source"])
    if about["solution"]:
        source = without_solution(cell["cell_type"], source)
    elif about["grade"]:
        source = without_hidden_tests(source)
    cell["source"] = source
    if about["locked"] or (about["grade"] and not about["solution"]):
        cell["metadata"] |= {"editable": False, "deletable": False}
    elif about["solution"]:
        cell["metadata"]["deletable"] = False
    about["checksum"] = nbgrader_checksum(cell["cell_type"], source, about)


def nbgrader_checksum(kind: str, source: str, about: dict[str, Any]) -> str:
    """Return the checksum by which nbgrader sees that a cell was changed."""
    locked = not about["solution"] and (about["grade"] or about["locked"])
    parts = [source, kind, str(about["grade"]), str(about["solution"]), str(locked)]
    parts += [about["grade_id"], *([str(float(about["points"]))] if about["grade"] else [])]
    return hashlib.md5("".join(parts).encode(), usedforsecurity=False).hexdigest()
