"""Mark one submission: its code runs in the sandbox, the tests of its marks run here."""

import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np

from coursework.align import Aligned, align
from coursework.mode import Mode
from coursework.notebooks import Cell, Notebook, UnreadableError, read, read_bytes
from coursework.parts import NotEarned, Part
from coursework.results import PartResult, QuestionResult, Result
from coursework.sets import ProblemSet
from coursework.student import Student, StudentError


def mark(path: Path, student: str, problem_set: ProblemSet, sandbox: Mode, seed: int) -> Result:
    """Return the result of a submission. Whatever it holds, there is a result."""
    result = _empty(student, problem_set, sandbox, seed)
    try:
        content = read_bytes(path)
        result.submission = hashlib.sha256(content).hexdigest()
        notebook = read(content)
        del content  # a hundred megabytes of outputs need not wait for the tests
    except UnreadableError as error:
        result.status, result.reason = "unreadable", str(error)
        return result
    if _is_of_another_set(notebook, problem_set):
        result.status = "other"
        result.reason = f"it is a notebook of {_short(notebook.set)}, not of {problem_set.name}"
        return result
    aligned = align(problem_set.released, notebook.cells)
    _mark(result, aligned, problem_set, sandbox)
    result.looks += _odd_origin(notebook, problem_set)
    if not set(aligned.owner) - {None} and not result.earned and not aligned.words:
        result.status, result.reason = "other", f"nothing in it is of {problem_set.name}"
        result.looks = []
        for question in result.questions:
            question.look = ""
    return result


def _is_of_another_set(notebook: Notebook, problem_set: ProblemSet) -> bool:
    """Does it say so, and has it no cell in which this set is answered?"""
    names = {c.grade_id for c in problem_set.master if c.role in ("answer", "words")}
    here = any(cell.grade_id in names for cell in notebook.cells)
    return notebook.set not in ("", problem_set.name) and not here


def _odd_origin(notebook: Notebook, problem_set: ProblemSet) -> list[str]:
    """Say if a notebook was made from another set, or another state of this one."""
    name = problem_set.name
    if notebook.set not in ("", name):
        return [f"it was made from {_short(notebook.set)}, and graded as {name}"]
    then, now = (
        {cell.grade_id: cell.source.strip() for cell in cells if cell.grade_id}
        for cells in (notebook.released, problem_set.released)
    )
    if then and then != now:
        changed = sorted(key for key in then.keys() | now.keys() if then.get(key) != now.get(key))
        return [f"it was made from another release of {name} ({_short(', '.join(changed))} differ)"]
    return []


def _short(text: str) -> str:
    return text[:60] + ("…" if len(text) > 60 else "")


def mark_cells(
    cells: list[Cell], problem_set: ProblemSet, sandbox: Mode, seed: int
) -> list[QuestionResult]:
    """Return the questions of a notebook that is not in a file: a master, a release."""
    result = _empty("", problem_set, sandbox, seed)
    _mark(result, align(problem_set.released, cells), problem_set, sandbox)
    return result.questions


def _empty(student: str, problem_set: ProblemSet, sandbox: Mode, seed: int) -> Result:
    return Result(
        student=student,
        set=problem_set.name,
        status="ok",
        mode=sandbox.mode,
        seed=seed,
        submission="",
        fingerprint=problem_set.fingerprint,
        variant=problem_set.variant,
        numbers=dict(problem_set.given) if problem_set.variant else {},
        questions=[
            QuestionResult(name, points, by_hand=name in problem_set.words)
            for name, points in problem_set.questions.items()
        ],
    )


def failed(student: str, problem_set: ProblemSet, sandbox: Mode, seed: int, reason: str) -> Result:
    """Return the result that says that the grader itself has failed: somebody must look."""
    result = _empty(student, problem_set, sandbox, seed)
    result.status, result.reason = "failed", reason[:500]
    return result


def _mark(result: Result, aligned: Aligned, problem_set: ProblemSet, sandbox: Mode) -> None:
    sandbox = replace(sandbox, files=problem_set.files, lib=problem_set.lib)
    result.notes = list(aligned.notes)
    questions = {question.name: question for question in result.questions}
    for name, words in aligned.words.items():
        questions[name].words = words
    for name, why in aligned.unclear.items():
        questions[name].look = why
    with Student(sandbox, aligned.program) as student:
        student.drawn = problem_set.drawn
        for number, part in enumerate(problem_set.parts):
            question = questions[part.question]
            if not question.parts:
                student.question()
            question.parts.append(_try(part, number, question, student, result.seed))
        result.errors = dict(student.outcomes)
        if student.missing:
            result.notes.append(f"not defined: {', '.join(sorted(student.missing))}")
        for trouble in ("timeout", "crashed"):
            if trouble in student.trouble:
                result.status = trouble


def _try(
    part: Part, number: int, question: QuestionResult, student: Student, seed: int
) -> PartResult:
    """Test one part. Inputs are the same for every student and on every run with this seed."""
    outcome = PartResult(part.says, part.points, earned=False)
    if part.after and not any(p.earned for p in question.parts if p.says == part.after):
        outcome.after, outcome.why = part.after, f"it counts only after “{part.after}”"
        return outcome
    try:
        part.test(student, np.random.default_rng([seed, number]))
        outcome.earned = True
    except (NotEarned, StudentError) as error:
        outcome.why, outcome.slip = str(error)[:500], getattr(error, "slip", "")
    except Exception as error:
        # A test that fails in itself is no student's fault: no mark before somebody has looked.
        outcome.why = f"THE TEST ITSELF FAILED: {type(error).__name__}: {error}"[:500]
        question.look = f"the test “{part.says}” of {part.question} failed in itself"
    return outcome
