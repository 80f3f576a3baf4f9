"""`check`: a notebook before it is handed in, and a set before it is given out."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from coursework import answers as bank
from coursework import release
from coursework.align import Aligned, align, same
from coursework.marking import mark_cells
from coursework.mode import Limits, Mode
from coursework.notebooks import Cell, UnreadableError, parse, read, read_bytes
from coursework.plain import Own
from coursework.sets import ProblemSet
from coursework.student import Step, Student


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

    failing = _failing_in_master(problem_set, sandbox)
    note(
        not failing,
        "the master passes the tests that students see",
        f"the master fails tests that students see: {failing}",
    )
    most = sum(part.points for part in problem_set.parts)
    full = mark_cells(list(problem_set.master), problem_set, sandbox, seed=1)
    lost = [f"{q.name}: {p.says} ({p.why})" for q in full for p in q.parts if not p.earned]
    note(not lost, f"the master scores {most:g} of {most:g}", f"the master loses {'; '.join(lost)}")
    if problem_set.draw is not None:
        other = problem_set.varied("a variant")
        parts = [p for q in mark_cells(list(other.master), other, sandbox, seed=1) for p in q.parts]
        lost = [f"{p.says} ({p.why})" for p in parts if not p.earned]
        note(
            not lost,
            "with other numbers it scores them too",
            f"with the numbers {dict(other.given)} it loses {'; '.join(lost)}",
        )
    blank = mark_cells(parse(made.notebook), problem_set, sandbox, seed=1)
    won = [f"{q.name}: {p.says}" for q in blank for p in q.parts if p.earned]
    note(not won, "the blank release scores 0", f"the blank release earns {'; '.join(won)}")
    leaks = release.leaks(problem_set, made)
    note(not leaks, "no solution text in the release", f"the release shows {leaks[:3]}")
    if answers := bank.of(problem_set):
        odd = bank.misjudged(problem_set)
        rights = sum(answer.earns is None for answer in answers)
        note(
            not odd,
            f"the bank: {rights} right and {len(answers) - rights} wrong answers get their marks; "
            f"{len(bank.texts_of(problem_set))} texts",
            f"of the bank {'; '.join(odd)}",
        )
    import nbformat  # it takes a second, and students don't need it

    try:
        nbformat.validate(nbformat.reads(made.notebook.decode(), 4))
        lines.append(Line("✓", "the release is a valid notebook"))
    except (nbformat.ValidationError, ValueError) as error:
        lines.append(Line("✗", f"the release is no valid notebook: {str(error)[:200]}"))
    return lines


def _failing_in_master(problem_set: ProblemSet, sandbox: Mode) -> dict[str, str]:
    """Return what goes wrong in the master's cells, and what the tests that students see find."""
    sandbox = replace(sandbox, files=problem_set.files, lib=problem_set.lib)
    cells = [
        Step(f"cell {cell.grade_id or number}", cell.source)
        for number, cell in enumerate(problem_set.master, start=1)
        if cell.kind == "code" and cell.role != "tests"
    ]
    with Student(sandbox, cells) as student:
        return {**student.outcomes, **_failing(student, problem_set.master)}


def check_notebook(
    path: Path, limits: Limits | None = None, student: type[Student] = Student
) -> list[Line]:
    """Check a student's notebook: run it as it will be when it is graded, and try the examples.

    student: how its cells run; in a browser there is no second process (live/inside/check.py).
    """
    try:
        notebook = read(read_bytes(path))
    except UnreadableError as error:
        return [Line("✗", f"{path} is no notebook: {error}")]
    master = notebook.released
    if not master:
        return [Line("✗", f"{path} does not say which problem set it is; start from the release")]
    aligned = align(master, notebook.cells)
    beside = [path.parent / name for name in notebook.files]
    lines = [
        Line("✗", f"{file.name} is missing; it was given with the notebook")
        for file in beside
        if not file.is_file()
    ]
    files = tuple(str(file) for file in beside if file.is_file())
    own = Own(limits or Limits(), files, lib=notebook.lib)
    with student(own, aligned.program) as running:
        failing = _failing(running, master)
    if path.stem != notebook.set:
        name = f"{notebook.set}.ipynb"
        lines.append(Line("·", f"the file should be called {name} when you hand it in"))
    lines += _changed(master, notebook.cells, aligned.owner)
    for label, why in running.outcomes.items():
        sign, then = ("✗", ", also when it is graded") if label in running.stopped else ("·", "")
        lines.append(Line(sign, f"{label} stopped{then}: {why}"[:300]))
    return lines + _findings(master, aligned, failing)


def _changed(master: list[Cell], cells: list[Cell], owner: list[int | None]) -> list[Line]:
    """Say which cells are gone, and which were changed that are graded as they were given."""
    lines = []
    kinds = {cell.grade_id: cell.kind for cell in cells}
    for index, cell in enumerate(master):
        name, given = cell.grade_id, cell.role in ("given", "tests")
        own = [c for c, by in zip(cells, owner, strict=True) if by == index]
        if own or not name:
            if name and given and not all(same(c.source, cell.source) for c in own):
                says = f"the cell {name} was changed; it is graded as it was given"
                lines.append(Line("·", says))
        elif kinds.get(name, cell.kind) != cell.kind:
            says = f"the cell {name} is {kinds[name]} and was {cell.kind}; change its type back"
            lines.append(Line("✗", says))
        elif given:
            lines.append(Line("✗", f"the cell {name} is missing; copy it from a fresh notebook"))
        elif cell.role == "answer":  # words are looked for everywhere
            lines.append(Line("·", f"the cell {name} was not found by its name; if it is gone, "
                                   "copy it from a fresh notebook"))  # fmt: skip
    return lines


def _failing(student: Student, master: Sequence[Cell]) -> dict[str, str]:
    """Run the tests that students see, after all cells, and return what each finds wrong."""
    failing = {}
    for cell in master:
        if cell.role == "tests":
            student.question()
            wrong = student.test(f"cell {cell.grade_id}", cell.source)
            if wrong is not None:
                failing[cell.grade_id] = wrong
    return failing


def _findings(master: list[Cell], aligned: Aligned, failing: dict[str, str]) -> list[Line]:
    """Say how each question stands."""
    lines, answer = [], ""
    for cell in master:
        name = cell.grade_id
        if cell.role == "answer":
            answer = name
        elif cell.role == "words" and name in aligned.unclear:
            lines.append(Line("✗", f"{aligned.unclear[name]}; write into the cell {name}"))
        elif cell.role == "words":
            sign, says = ("✓", "written") if name in aligned.words else ("·", "not written yet")
            lines.append(Line(sign, f"{name}: {says}"))
        elif cell.role == "tests" and name not in failing:
            lines.append(Line("✓", f"{name}: the examples agree"))
        elif cell.role == "tests":
            stub = answer not in aligned.answers and failing[name].startswith("NameError")
            if stub or failing[name].startswith("NotImplementedError"):
                lines.append(Line("·", f"{name}: not written yet"))
            else:
                lines.append(Line("✗", f"{name}: {failing[name]}"[:300]))
    return lines
