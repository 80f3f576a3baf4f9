"""Mark one submission: its code runs in the sandbox, the tests of its marks run here."""

import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np

from coursework.align import Aligned, align
from coursework.notebooks import Cell, UnreadableError, parse, read_bytes
from coursework.parts import NotEarned, Part
from coursework.results import PartResult, QuestionResult, Result
from coursework.mode import Mode
from coursework.sets import ProblemSet
from coursework.student import Student, StudentError


def mark(path: Path, student: str, problem_set: ProblemSet, sandbox: Mode, seed: int) -> Result:
    """Return the result of a submission. Whatever it holds, there is a result."""
    result = _empty(student, problem_set, sandbox, seed)
    try:
        content = read_bytes(path)
        result.submission = hashlib.sha256(content).hexdigest()
        aligned = align(problem_set.released, parse(content))
        del content  # a hundred megabytes of outputs need not wait for the tests
    except UnreadableError as error:
        result.status, result.reason = "unreadable", str(error)
        return result
    _mark(result, aligned, problem_set, sandbox)
    return result


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
        questions=[
            QuestionResult(name, points, by_hand=name in problem_set.words)
            for name, points in problem_set.questions.items()
        ],
    )


def failed(
    student: str, problem_set: ProblemSet, sandbox: Mode, seed: int, reason: str
) -> Result:
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
    with Student(sandbox, aligned.program) as student:
        for number, part in enumerate(problem_set.parts):
            question = questions[part.question]
            question.parts.append(_try(part, number, question.parts, student, result))
        result.errors = dict(student.outcomes)
        if student.missing:
            result.notes.append(f"not defined: {', '.join(sorted(student.missing))}")
        for trouble in ("timeout", "crashed"):
            if trouble in student.trouble:
                result.status = trouble


def _try(
    part: Part, number: int, earlier: list[PartResult], student: Student, result: Result
) -> PartResult:
    """Test one part. Inputs are the same for every student and on every run with this seed."""
    outcome = PartResult(part.says, part.points, earned=False)
    if part.after and not any(p.earned for p in earlier if p.says == part.after):
        outcome.why = f"it counts only after “{part.after}”"
        return outcome
    try:
        part.test(student, np.random.default_rng([result.seed, number]))
        outcome.earned = True
    except (NotEarned, StudentError) as error:
        outcome.why = str(error)[:500]
    except Exception as error:
        # A test that fails in itself is no student's fault, and somebody must look.
        outcome.why = f"THE TEST ITSELF FAILED: {type(error).__name__}: {error}"[:500]
        result.notes.append(f"the test “{part.says}” of {part.question} failed in itself")
    return outcome
