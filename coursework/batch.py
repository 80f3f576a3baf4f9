"""Grade many submissions: in parallel, and so that a run that was killed goes on where it stopped.

Each submission is a job of its own, and its result a file of its own, written in one step. Jobs go
to any `concurrent.futures.Executor`. Who runs where is its business, not ours.
"""

import ctypes
import fcntl
import json
import os
import secrets
import signal
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from concurrent.futures.process import ProcessPoolExecutor
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from coursework import policy, results, sets
from coursework.course import Course, CourseError
from coursework.marking import failed, mark
from coursework.mode import Mode
from coursework.results import Result

PR_SET_PDEATHSIG = 1
ATTEMPTS = 3  # of a job whose process dies under it


@dataclass(frozen=True)
class Job:
    """All that grading one submission needs; it can be sent to another machine with our folders."""

    student: str
    submission: Path
    set_folder: Path
    result: Path
    sandbox: Mode
    seed: int
    variant: str = ""  # which numbers the set has for this student


@dataclass(frozen=True)
class Plan:
    """What is to be done for a set, and what is not."""

    jobs: list[Job]
    done: list[str]  # graded already, from these very bytes
    stale: list[str]  # graded, but the submission or the set has changed since


def plan(
    course: Course,
    problem_set: sets.ProblemSet,
    sandbox: Mode,
    seed: int,
    again: bool,
    only: Collection[str] = (),
) -> Plan:
    """Sort the submissions of a set into those to grade, those graded, and those that changed.

    `only` names students who are graded, again if need be, and nobody beside them.
    """
    jobs: list[Job] = []
    done: list[str] = []
    stale: list[str] = []
    rules = policy.load(course, problem_set.name)
    for student, path in course.submissions(problem_set.name).items():
        target = course.result(student, problem_set.name)
        result = results.read(target)
        failed_before = result is not None and result.status == "failed"  # that was our fault
        if target.exists() and student not in only and not again and not failed_before:
            theirs = problem_set.varied(rules.variant(student))
            fresh = result is not None and _is_of(result, path, theirs, sandbox, seed)
            (done if fresh else stale).append(student)
            continue
        jobs.append(Job(student, path, problem_set.folder, target, sandbox, seed,
                        rules.variant(student)))  # fmt: skip
    if only:
        jobs = [job for job in jobs if job.student in only]
        if strange := sorted(set(only) - {job.student for job in jobs}):
            raise CourseError(f"nothing was collected from {', '.join(strange)}")
    return Plan(jobs, done, stale)


def _is_of(
    result: Result, path: Path, problem_set: sets.ProblemSet, sandbox: Mode, seed: int
) -> bool:
    same = (result.fingerprint, result.seed, result.mode)
    wanted = (problem_set.fingerprint, seed, sandbox.mode)
    return same == wanted and not results.changed(result, path)


def seed_of_run(course: Course, set_name: str, wanted: int | None, write: bool) -> int:
    """Return the seed of the inputs: drawn once for a set, kept for appeals and for resuming."""
    path = course.run_file(set_name)
    if wanted is None and path.exists():
        return int(json.loads(path.read_text("utf-8"))["seed"])
    seed = wanted if wanted is not None else secrets.randbelow(2**32)
    if write:
        results.write_whole(path, json.dumps({"set": set_name, "seed": seed}) + "\n")
    return seed


@contextmanager
def alone(course: Course, set_name: str) -> Iterator[None]:
    """Let nobody else grade this set here, and clear away what a killed run left half written."""
    path = course.run_file(set_name).with_suffix(".lock")
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise CourseError(f"{set_name} is being graded here already ({path})") from None
        for unfinished in course.result("x", set_name).parent.glob(".unfinished-*"):
            unfinished.unlink()
        yield


def grade(job: Job) -> str:
    """Grade one submission, write its result, and return its status."""
    problem_set = sets.load(job.set_folder).varied(job.variant)
    try:
        result = mark(job.submission, job.student, problem_set, job.sandbox, job.seed)
    except Exception as error:
        reason = f"{type(error).__name__}: {error}"
        result = failed(job.student, problem_set, job.sandbox, job.seed, reason)
    results.write(result, job.result)
    return result.status


def run(
    jobs: list[Job],
    executors: Callable[[], AbstractContextManager[Executor]],
    *,
    width: int,
    tell: Callable[[Job, str], None],
) -> None:
    """Grade all jobs; `tell` hears of each as it ends.

    At most twice `width` jobs are handed over at a time, so that memory does not grow with their
    number. Where an executor breaks because a process died under it, another takes its place; a job
    that was there each of three times is given up, and its result says so.
    """
    waiting, attempts = list(reversed(jobs)), dict.fromkeys((job.student for job in jobs), 0)
    while waiting:
        running: dict[Future, Job] = {}
        try:
            with executors() as executor:
                careful = any(attempts[job.student] for job in waiting)
                while waiting or running:
                    while waiting and len(running) < (1 if careful else 2 * width):
                        job = waiting.pop()
                        running[executor.submit(grade, job)] = job
                    for future in wait(running, return_when=FIRST_COMPLETED).done:
                        tell(running[future], future.result())
                        del running[future]
                    careful = careful and any(attempts[job.student] for job in waiting)
        except BrokenExecutor:
            for job in running.values():
                attempts[job.student] += 1
                if attempts[job.student] < ATTEMPTS:
                    waiting.append(job)
                    continue
                reason = "the process that graded it died each time"
                problem_set = sets.load(job.set_folder).varied(job.variant)
                result = failed(job.student, problem_set, job.sandbox, job.seed, reason)
                results.write(result, job.result)
                tell(job, "failed")


@contextmanager
def processes(count: int) -> Iterator[Executor]:
    """Give an executor of processes on this machine."""
    # Forked processes would inherit each other's pipes; these start clean.
    context = get_context("spawn")
    executor = ProcessPoolExecutor(
        count, mp_context=context, initializer=_end_with_the_parent, initargs=(os.getpid(),)
    )
    try:
        yield executor
    finally:
        executor.shutdown(wait=True, cancel_futures=True)


def _end_with_the_parent(parent: int) -> None:
    """Ask Linux to end this process if the one that started it is killed, or has been already."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


@contextmanager
def dask(address: str) -> Iterator[Executor]:
    """Give the executor of a Dask cluster; its workers must see the same folders."""
    from distributed import Client

    with Client(address, set_as_default=False) as client:
        yield client.get_executor(retries=2)
