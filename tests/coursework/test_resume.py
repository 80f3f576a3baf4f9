"""A run that is killed at any moment goes on where it stopped; all runs give the same marks."""

import os
import random
import resource
import signal
import subprocess
import sys
import time
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from coursework import batch, results, sandbox, sets
from coursework.course import Course
from tests.coursework.classroom import FIRST, NAME, blank, earned, hand_in, notebook, solutions
from tests.coursework.test_corpus import sandboxed_processes

ROOT = Path(__file__).parents[2]
COUNT = 16
MARK = f"run-of-test-{os.getpid()}"


@pytest.fixture(scope="module")
def box():
    for mode in ("bubblewrap", "limits"):
        if sandbox.why_not(mode) is None:
            return sandbox.of(mode)
    pytest.skip("no sandbox works here")


def fill(folder, count=COUNT):
    """Hand in as many notebooks, every third without its last answer, every fifth blank."""
    short = {**solutions(), "two_readings": "def two_readings(code): return None"}
    for number in range(count):
        content = blank() if number % 5 == 4 else notebook(short if number % 3 == 2 else None)
        hand_in(folder, f"s{number:03}", content)


def command(course):
    return [sys.executable, "-m", "coursework", "grade", NAME, "--course", str(course),
            "--jobs", "2", "--seed", "11"]  # fmt: skip


def environment():
    return {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", "MARK": MARK}


def graded(course):
    return {p.name: p.read_bytes() for p in (course / "graded" / NAME).glob("*.json")}


def finish(course):
    run = subprocess.run(
        command(course), env=environment(), capture_output=True, text=True, timeout=300
    )
    assert run.returncode == 0, run.stderr
    return run.stdout


def test_a_run_that_is_killed_again_and_again_ends_with_the_same_results(box, tmp_path):
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    for course in (whole, killed):
        fill(course)
    finish(whole)
    rng, counts = random.Random(5), []
    for _ in range(4):
        run = subprocess.Popen(
            command(killed), env=environment(), stdout=subprocess.PIPE, text=True
        )
        for _ in range(rng.randrange(1, 4)):  # so many lines, and then a moment more
            run.stdout.readline()
        time.sleep(rng.uniform(0, 0.4))
        run.send_signal(signal.SIGKILL)
        run.wait()
        run.stdout.close()
        counts.append(len(graded(killed)))
    assert counts == sorted(counts)
    assert counts[0] < COUNT, "the first run was to be killed before its end"
    before = graded(killed)
    said = finish(killed)
    assert f"{counts[-1]} graded already" in said
    assert graded(killed) == graded(whole)
    assert {name: graded(killed)[name] for name in before} == before
    assert sorted(p.suffix for p in (killed / "graded" / NAME).iterdir()) == [".json"] * COUNT
    wait_until_none_is_left()


def test_a_grader_that_is_killed_takes_the_students_processes_with_it(box, tmp_path):
    hand_in(tmp_path, "sleeper", notebook(before=["while True: pass"]))
    run = subprocess.Popen(command(tmp_path), env=environment(), stdout=subprocess.DEVNULL)
    while not sandboxed_processes():
        time.sleep(0.02)
    time.sleep(0.5)  # it is in its endless loop
    run.send_signal(signal.SIGKILL)
    run.wait()
    wait_until_none_is_left()


def wait_until_none_is_left():
    for _ in range(600):  # a kernel with much to do takes a moment longer
        if not sandboxed_processes() and not of_the_grader():
            return
        time.sleep(0.05)
    assert sandboxed_processes() + of_the_grader() == []


def of_the_grader():
    """Return the command lines of what still runs of the runs that were started here."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and MARK.encode() in (entry / "environ").read_bytes():
                found.append((entry / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        except OSError:
            pass
    return found


def test_killed_while_it_starts_it_leaves_no_process(box, tmp_path):
    fill(tmp_path, 3)
    for tenths in range(1, 13):
        run = subprocess.Popen(command(tmp_path), env=environment(), stdout=subprocess.DEVNULL)
        time.sleep(tenths / 10)
        run.send_signal(signal.SIGKILL)
        run.wait()
        for path in (tmp_path / "graded" / NAME).glob("*.json"):
            path.unlink()
    wait_until_none_is_left()


def test_results_do_not_depend_on_the_order_or_the_number_of_processes(box, tmp_path):
    contents = []
    for number, executors in enumerate((lambda: ThreadPoolExecutor(1), lambda: batch.processes(2))):
        course = tmp_path / str(number)
        fill(course, 5)
        plan = batch.plan(Course(course), sets.load(FIRST), box, 11, again=False)
        jobs = plan.jobs if number else plan.jobs[::-1]
        batch.run(jobs, executors, width=2, tell=lambda *_: None)
        contents.append(graded(course))
    assert contents[0] == contents[1]
    assert len(contents[0]) == 5


def test_a_submission_that_changed_is_not_graded_again_without_being_asked(box, tmp_path):
    fill(tmp_path, 2)
    course, problem_set = Course(tmp_path), sets.load(FIRST)
    plan = batch.plan(course, problem_set, box, 11, again=False)
    batch.run(plan.jobs, lambda: ThreadPoolExecutor(1), width=1, tell=lambda *_: None)
    hand_in(tmp_path, "s000", blank())
    plan = batch.plan(course, problem_set, box, 11, again=False)
    assert (plan.jobs, plan.done, plan.stale) == ([], ["s001"], ["s000"])
    plan = batch.plan(course, problem_set, box, 11, again=False, only=["s001"])
    assert ([job.student for job in plan.jobs], plan.done, plan.stale) == (["s001"], [], ["s000"])
    with pytest.raises(batch.CourseError, match="nothing was collected from s007"):
        batch.plan(course, problem_set, box, 11, again=False, only=["s001", "s007"])
    plan = batch.plan(course, problem_set, box, 11, again=True)
    assert [job.student for job in plan.jobs] == ["s000", "s001"]


@pytest.mark.parametrize("content", ["", "{", '{"version": 1}', '{"version": 0}', "[]", "null"])
def test_half_a_result_is_no_result(tmp_path, content):
    path = tmp_path / "x.json"
    path.write_text(content)
    assert results.read(path) is None


def test_the_seed_is_drawn_once_and_kept(tmp_path):
    course = Course(tmp_path)
    first = batch.seed_of_run(course, NAME, None, write=True)
    assert batch.seed_of_run(course, NAME, None, write=True) == first
    assert batch.seed_of_run(course, NAME, 5, write=True) == 5
    assert batch.seed_of_run(course, NAME, None, write=True) == 5


class Fragile(Executor):
    """An executor that breaks when it meets one job, as a pool does when a process is killed."""

    broken = 0

    def submit(self, function, job):
        future = Future()
        if job.student == "s001":
            Fragile.broken += 1
            future.set_exception(batch.BrokenExecutor("a process died"))
        else:
            future.set_result(function(job))
        return future


def test_a_job_that_kills_its_process_stops_nobody_else(box, tmp_path):
    fill(tmp_path, 4)
    plan = batch.plan(Course(tmp_path), sets.load(FIRST), box, 11, again=False)
    told = []

    @contextmanager
    def executors():
        yield Fragile()

    batch.run(
        plan.jobs, executors, width=2, tell=lambda job, status: told.append((job.student, status))
    )
    assert sorted(told) == [("s000", "ok"), ("s001", "failed"), ("s002", "ok"), ("s003", "ok")]
    assert Fragile.broken == batch.ATTEMPTS
    result = results.read(Course(tmp_path).result("s001", NAME))
    assert (result.status, result.earned) == ("failed", 0)
    assert sum(earned(results.read(Course(tmp_path).result("s000", NAME))).values()) == 20
    plan = batch.plan(Course(tmp_path), sets.load(FIRST), box, 11, again=False)
    assert [job.student for job in plan.jobs] == ["s001"], "what we failed at is tried again"


def test_two_runs_at_a_time_are_refused(tmp_path):
    course = Course(tmp_path)
    first, second = batch.alone(course, NAME), batch.alone(course, NAME)
    with first, pytest.raises(batch.CourseError, match="already"), second:
        pass


def test_memory_does_not_grow_with_the_number_of_submissions(box, tmp_path):
    """Grade the same class again and again in one process: what it holds stays as it was."""
    fill(tmp_path, 4)
    peaks = []
    for _ in range(6):
        plan = batch.plan(Course(tmp_path), sets.load(FIRST), box, 11, again=True)
        for job in plan.jobs:
            batch.grade(job)
        peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
    assert peaks[-1] - peaks[1] < 4096, peaks  # kB, over 16 submissions
