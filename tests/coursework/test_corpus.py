"""Every submission of the corpus gets what it has earned, and leaves nothing behind."""

import json
import os
import socket
import threading
import time
from pathlib import Path

import pytest

from coursework import batch, feedback, results, sandbox, sets
from coursework.course import Course
from coursework.marks import marks_of, of_result
from coursework.roster import Person
from tests.coursework import corpus
from tests.coursework.classroom import FIRST, NAME, QUICK, WORDS, earned
from tests.coursework.corpus import jupyter, wordings

NAMES = [entry.name for entry in corpus.CORPUS] + [
    "writes-elsewhere",
    "removes-everything",
    "leaves-a-process",
    "leaves-processes-in-a-call",
    "uses-the-network",
    "scripts",
]
SECRET = "secret-of-the-teacher"


@pytest.fixture(scope="module")
def box():
    mode = os.environ.get("COURSEWORK_MODE", "bubblewrap")  # or container, where there is one
    reason = sandbox.why_not(mode)
    if reason is not None:
        if os.environ.get("CI"):
            pytest.fail(f"the sandbox must run in CI: {reason}")
        pytest.skip(f"THE SANDBOX DID NOT RUN: {reason}")
    return sandbox.of(mode, limits=QUICK)


@pytest.fixture(scope="module")
def server():
    """Return the port of a server, and the list of those who called."""
    callers = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def listen():
            while True:
                try:
                    callers.append(listener.accept())
                except OSError:
                    return

        threading.Thread(target=listen, daemon=True).start()
        yield listener.getsockname()[1], callers


@pytest.fixture(scope="module")
def graded(box, server, tmp_path_factory):
    """Grade the whole corpus as one class; return the course, the entries and what was told."""
    folder = tmp_path_factory.mktemp("corpus") / "course"
    entries = [*corpus.CORPUS, *corpus.touching(str(folder))]
    entries += [corpus.connecting(server[0]), corpus.scripting()]
    for entry in entries:
        entry.hand_in(folder)
    (folder / "keep.txt").write_text(SECRET)
    os.environ["SECRET_OF_THE_TEACHER"] = SECRET
    plan = batch.plan(Course(folder), sets.load(FIRST), box, seed=7, again=False)
    told = {}
    batch.run(
        plan.jobs,
        lambda: batch.processes(2),
        width=2,
        tell=lambda job, status: told.update({job.student: status}),
    )
    return folder, {entry.name: entry for entry in entries}, told


def test_the_corpus_has_at_least_two_hundred_entries_with_names_of_their_own():
    assert len(NAMES) == len(set(NAMES)) >= 200


def test_no_batch_is_stopped(graded):
    _, entries, told = graded
    assert set(told) == set(entries) == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_it_gets_exactly_what_it_has_earned(box, graded, name):
    folder, entries, _ = graded
    result = results.read(Course(folder).result(name, NAME))
    why = [p.why for q in result.questions for p in q.parts if not p.earned]
    marks = earned(result) or dict.fromkeys(entries[name].marks, 0)
    assert marks == entries[name].marks, (why, result.errors, result.notes)
    assert result.status in entries[name].status, (result.errors, why)
    assert result.mode == box.mode
    assert not [why for why in why if "TEST ITSELF" in why]
    looks = {question.name for question in result.questions if question.look}
    assert looks | ({"notebook"} if result.looks else set()) == entries[name].look


@pytest.mark.parametrize("name", [*jupyter.ABOVE, *jupyter.OVER, *jupyter.WRITTEN])
def test_what_a_notebook_knows_stops_no_cell(graded, name):
    """Below a line that fails answers are run all the same, so marks don't show it."""
    assert results.read(Course(graded[0]).result(name, NAME)).errors == {}


def test_the_words_are_there_to_be_marked_by_hand(graded):
    folder, _, _ = graded
    names = ["honest", "metadata-stripped", "cells-renamed", "future-schema", "fork-bomb"]
    moved = [name for name in NAMES if name.startswith("words-")]
    assert len(moved) == 6
    for name in [*names, *moved, "saved-by-colab"]:
        result = results.read(Course(folder).result(name, NAME))
        for question, text in WORDS.items():
            words = next(q.words for q in result.questions if q.name == question)
            own_cell = name not in ("words-in-code", "words-in-the-question")
            assert words == text if own_cell else text in words, name


def test_words_that_lost_their_place_are_shown_to_who_marks_them(graded):
    folder, _, _ = graded
    course = Course(folder)
    for name in [*wordings.PLACED, *wordings.UNPLACED, "only-the-answers"]:
        result = results.read(course.result(name, NAME))
        marks = marks_of(result, {})
        assert [marks[question] for question in WORDS] == [None, None], name
        for question in result.questions:
            if name in wordings.PLACED and question.by_hand:
                said = question.words.replace("\n", "")
                assert WORDS[question.name] in said or "two-cells" in name, name
                others = [text for other, text in WORDS.items() if other != question.name]
                assert others[0] not in said, name
            elif name in wordings.UNPLACED and question.by_hand:
                assert all(text in question.words for text in WORDS.values()), name


def test_only_a_stub_as_it_was_given_is_zero(graded):
    folder, _, _ = graded
    for name in [*wordings.NOT_SAID, "blank"]:
        marks = marks_of(results.read(Course(folder).result(name, NAME)), {})
        assert [marks[question] for question in WORDS] == [0, 0], name
    gone = marks_of(results.read(Course(folder).result("said-and-gone", NAME)), {})
    assert [gone[question] for question in WORDS] == [None, None]


def test_what_is_of_another_set_has_no_marks_and_says_why(graded):
    folder, _, _ = graded
    for name, says in {
        "of-another-set": f"other, it is a notebook of ps2, not of {NAME}",
        "of-a-set-with-these-names": f"it was made from ps2, and graded as {NAME}",
        "of-last-year": f"it was made from another release of {NAME} (block_cost differ)",
        "without-a-cell": f"other, nothing in it is of {NAME}",
    }.items():
        result = results.read(Course(folder).result(name, NAME))
        assert result.problems == [says]
        unmarked = set(marks_of(result, {}).values()) == {None}
        assert unmarked is (result.status == "other")


def test_a_student_whose_function_is_called_otherwise_reads_why(graded):
    folder, _, _ = graded
    result = results.read(Course(folder).result("function-of-another-name", NAME))
    assert result.notes == ["not defined: report_worth"]
    assert "not defined: report_worth" in feedback.page(of_result(Person("u"), result), "Set 1")


def test_no_file_outside_is_touched(graded):
    folder, entries, _ = graded
    assert (folder / "keep.txt").read_text() == SECRET
    assert sorted(p.name for p in folder.iterdir()) == ["graded", "keep.txt", "submitted"]
    assert {p.stem for p in (folder / "graded" / NAME).iterdir()} == set(entries)
    for place in ("/", "/usr", "/etc", "/root", "/home", str(folder.parent), str(FIRST)):
        assert not (Path(place) / "TOUCHED").exists()
    assert not Path("PICKLED").exists()


def test_nobody_is_called_over_the_network(graded, server):
    assert server[1] == []


def test_no_process_is_left(graded):
    for _ in range(300):
        left = sandboxed_processes()
        if not left:
            break
        time.sleep(0.1)
    assert left == []


def sandboxed_processes():
    """Return the command lines of what still runs of the students'."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            except OSError:
                continue
            if "987654" in line or "/sandbox/worker.py" in line:
                found.append(line)
    return found


def test_the_secret_of_the_teacher_is_in_no_result(graded):
    folder, _, _ = graded
    for path in (folder / "graded" / NAME).iterdir():
        assert SECRET not in path.read_text("utf-8")
        assert json.loads(path.read_text("utf-8"))["seed"] == 7
