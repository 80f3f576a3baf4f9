"""`check`: a notebook before it is handed in, and a set before it is given out."""

import subprocess
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import nbformat

from coursework import release
from coursework.marking import mark_cells
from coursework.notebooks import parse
from coursework.mode import Limits, Mode
from coursework.sets import ProblemSet
from coursework.solutions import CODE_STUB, TEXT_STUB
from coursework.student import Student

CELL_SECONDS = 30


@dataclass(frozen=True)
class Line:
    """One finding: ✓, ✗, or · for what is still to do."""

    sign: str
    says: str


def check_set(problem_set: ProblemSet, sandbox: Mode) -> list[Line]:
    """Check a master: it scores full marks, its release none and shows no solution."""
    lines = []
    made = release.make(problem_set)

    def note(good: bool, says: str, otherwise: str) -> None:
        lines.append(Line("✓" if good else "✗", says if good else otherwise))

    failing = _failing(problem_set, sandbox)
    note(
        not failing,
        "the master passes the tests that students see",
        f"the master fails tests that students see: {failing}",
    )
    most = sum(part.points for part in problem_set.parts)
    full = mark_cells(list(problem_set.master), problem_set, sandbox, seed=1)
    lost = [f"{q.name}: {p.says} ({p.why})" for q in full for p in q.parts if not p.earned]
    note(not lost, f"the master scores {most:g} of {most:g}", f"the master loses {'; '.join(lost)}")
    blank = mark_cells(parse(made.notebook), problem_set, sandbox, seed=1)
    won = [f"{q.name}: {p.says}" for q in blank for p in q.parts if p.earned]
    note(not won, "the blank release scores 0", f"the blank release earns {'; '.join(won)}")
    leaks = release.leaks(problem_set, made)
    note(not leaks, "no solution text in the release", f"the release shows {leaks[:3]}")
    try:
        nbformat.validate(nbformat.reads(made.notebook.decode(), 4))
        lines.append(Line("✓", "the release is a valid notebook"))
    except (nbformat.ValidationError, ValueError) as error:
        lines.append(Line("✗", f"the release is no valid notebook: {str(error)[:200]}"))
    return lines


def _failing(problem_set: ProblemSet, sandbox: Mode) -> dict[str, str]:
    """Return what goes wrong where the master runs from top to bottom."""
    code = [cell for cell in problem_set.master if cell.kind == "code"]
    sandbox = replace(sandbox, files=problem_set.files, lib=problem_set.lib)
    cells = [(f"cell {cell.grade_id or number}", cell.source) for number, cell in enumerate(code)]
    with Student(sandbox, cells) as student:
        return student.outcomes


def check_notebook(path: Path) -> list[Line]:
    """Check a student's notebook: run it from the top in a fresh kernel, and read its tests."""
    try:
        notebook = nbformat.read(path, as_version=4)
        about = notebook.metadata["coursework"]
        known, points = about["cells"], about["points"]
    except (OSError, ValueError, AttributeError, nbformat.ValidationError) as error:
        return [Line("✗", f"{path} is no notebook: {error}")]
    except (KeyError, TypeError):
        return [Line("✗", f"{path} does not say which problem set it is; start from the release")]
    lines = []
    if path.stem != about["set"]:
        lines.append(
            Line("·", f"the file should be called {about['set']}.ipynb when you hand it in")
        )
    cells = {c.metadata.get("nbgrader", {}).get("grade_id"): c for c in notebook.cells}
    for name in known:
        if name not in cells:
            lines.append(Line("✗", f"the cell {name} is missing; copy it from a fresh notebook"))
        elif cells[name].metadata.nbgrader.get("locked") and not _unchanged(cells[name], known):
            lines.append(Line("·", f"the cell {name} was changed; it is graded as it was given"))
    _run(notebook, path.parent)
    lines += _slow(notebook)
    for name in points:
        if name in cells:
            lines.append(_finding(name, cells[name], known, notebook))
    return lines


def _unchanged(cell: nbformat.NotebookNode, known: dict[str, str]) -> bool:
    return release.digest(cell.source) == known[cell.metadata.nbgrader.grade_id]


def _run(notebook: nbformat.NotebookNode, folder: Path) -> None:
    """Do what "Restart the kernel and run all cells" does, errors and all."""
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, DeadKernelError

    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = []
    client = NotebookClient(
        notebook,
        timeout=CELL_SECONDS,
        interrupt_on_timeout=True,
        allow_errors=True,
        kernel_name="python3",
        extra_arguments=["--log-level=40"],  # how the kernel is reached is no news
        resources={"metadata": {"path": str(folder)}},
    )
    with suppress(DeadKernelError, CellExecutionError):  # what did not run has no output
        # What cells print comes as messages; the process's own stderr has only last words of
        # libraries, as ZeroMQ's while a kernel ends.
        client.execute(stderr=subprocess.DEVNULL)


def _slow(notebook: nbformat.NotebookNode) -> list[Line]:
    """Name the cells that would be stopped when the notebook is graded."""
    limits, lines, total = Limits(), [], 0.0
    for number, cell in enumerate(notebook.cells, start=1):
        times = cell.metadata.get("execution", {})
        if "iopub.status.busy" in times and "iopub.status.idle" in times:
            began, ended = times["iopub.status.busy"], times["iopub.status.idle"]
            seconds = (
                datetime.fromisoformat(ended) - datetime.fromisoformat(began)
            ).total_seconds()
            total += seconds
            if seconds > limits.cell:
                says = f"cell {number} took {seconds:.0f} seconds; more than {limits.cell:.0f}"
                lines.append(Line("✗", f"{says}, and it is stopped when it is graded"))
    if total > limits.total / 2:
        says = f"the cells took {total:.0f} seconds; all cells and tests together get"
        lines.append(Line("✗", f"{says} {limits.total:.0f} when it is graded"))
    return lines


def _finding(
    name: str, cell: nbformat.NotebookNode, known: dict[str, str], notebook: nbformat.NotebookNode
) -> Line:
    """Say how a question stands, by what its cell of tests has printed."""
    if cell.cell_type != "code":
        empty = _unchanged(cell, known) or cell.source.strip() in ("", TEXT_STUB)
        return Line("·", f"{name}: not written yet") if empty else Line("✓", f"{name}: written")
    wrong = [output for output in cell.outputs if output.output_type == "error"]
    answer = notebook.cells[max(notebook.cells.index(cell) - 1, 0)]
    if CODE_STUB.splitlines()[0] in answer.source and "NotImplementedError" in answer.source:
        return Line("·", f"{name}: not written yet")
    if wrong:
        return Line("✗", f"{name}: {wrong[0].ename}: {wrong[0].evalue}"[:300])
    if cell.execution_count is None:
        return Line("✗", f"{name}: its tests did not run, the kernel has died")
    return Line("✓", f"{name}: the examples agree")
