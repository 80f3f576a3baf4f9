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
from tests.coursework import corpus
from tests.coursework.classroom import PS1, QUICK, WORDS, earned

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
    plan = batch.plan(Course(folder), sets.load(PS1), box, seed=7, again=False)
    told = {}
    batch.run(
        plan.jobs,
        lambda: batch.processes(2),
        width=2,
        tell=lambda job, status: told.update({job.student: status}),
    )
    return folder, {entry.name: entry for entry in entries}, told


def test_the_corpus_has_at_least_forty_entries_with_names_of_their_own():
    assert len(NAMES) == len(set(NAMES)) >= 40


def test_no_batch_is_stopped(graded):
    _, entries, told = graded
    assert set(told) == set(entries) == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_it_gets_exactly_what_it_has_earned(box, graded, name):
    folder, entries, _ = graded
    result = results.read(Course(folder).result(name, "ps1"))
    why = [p.why for q in result.questions for p in q.parts if not p.earned]
    marks = earned(result) or dict.fromkeys(entries[name].marks, 0)
    assert marks == entries[name].marks, (why, result.errors, result.notes)
    assert result.status in entries[name].status, (result.errors, why)
    assert result.mode == box.mode
    assert not [why for why in why if "TEST ITSELF" in why]


def test_the_words_are_there_to_be_marked_by_hand(graded):
    folder, _, _ = graded
    names = ["honest", "metadata-stripped", "cells-renamed", "future-schema", "fork-bomb"]
    moved = [name for name in NAMES if name.startswith("words-")]
    assert len(moved) == 6
    for name in [*names, *moved, "saved-by-colab"]:
        result = results.read(Course(folder).result(name, "ps1"))
        for question, text in WORDS.items():
            words = next(q.words for q in result.questions if q.name == question)
            own_cell = name not in ("words-in-code", "words-in-the-question")
            assert words == text if own_cell else text in words, name


def test_a_student_whose_function_is_called_otherwise_reads_why(graded):
    folder, _, _ = graded
    result = results.read(Course(folder).result("function-of-another-name", "ps1"))
    assert result.notes == ["not defined: report_worth"]
    assert "not defined: report_worth" in feedback.page(result, {}, "Set 1")


def test_no_student_makes_the_tests_fail_in_themselves(graded):
    folder, _, _ = graded
    for name in NAMES:
        result = results.read(Course(folder).result(name, "ps1"))
        assert not [note for note in result.notes if "in itself" in note], name


def test_no_file_outside_is_touched(graded):
    folder, entries, _ = graded
    assert (folder / "keep.txt").read_text() == SECRET
    assert sorted(p.name for p in folder.iterdir()) == ["graded", "keep.txt", "submitted"]
    assert {p.stem for p in (folder / "graded" / "ps1").iterdir()} == set(entries)
    for place in ("/", "/usr", "/etc", "/root", "/home", str(folder.parent), str(PS1)):
        assert not (Path(place) / "TOUCHED").exists()
    assert not Path("PICKLED").exists()


def test_nobody_is_called_over_the_network(graded, server):
    assert server[1] == []


def test_no_process_is_left(graded):
    for _ in range(50):
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
    for path in (folder / "graded" / "ps1").iterdir():
        assert SECRET not in path.read_text("utf-8")
        assert json.loads(path.read_text("utf-8"))["seed"] == 7
