"""Each mode that works here gives the same marks, as an ordinary user and as root."""

import itertools
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from coursework import bubblewrap, container, mode, results, sandbox
from coursework.course import Course
from coursework.student import Student
from tests.coursework import corpus
from tests.coursework.classroom import NAME, as_ordinary_user, earned
from tests.coursework.test_corpus import sandboxed_processes

ROOT = Path(__file__).parents[2]
CLASS = ["honest", "blank", "exit-in-a-call", "object-that-equals-all", "magics", "fork-in-a-call"]
CLASS += ["unshares", "clones-into-a-namespace", "starts-processes-and-threads"]


@pytest.fixture
def course():
    """Return a folder that others than root can reach."""
    folder = Path(tempfile.mkdtemp(prefix="course-"))
    folder.chmod(0o755)
    for entry in [*corpus.CORPUS, *corpus.touching(str(folder))]:
        if entry.name in [*CLASS, "leaves-a-process", "leaves-processes-in-a-call"]:
            entry.hand_in(folder)
    yield folder
    shutil.rmtree(folder)


def grade(course, name, ordinary=True):
    command = [sys.executable, "-m", "coursework", "grade", NAME, "--course", str(course)]
    command += ["--sandbox", name, "--seed", "3", "--jobs", "2"]
    return subprocess.run(
        as_ordinary_user(command, course) if ordinary else command,
        env={**os.environ, "PYTHONPATH": str(ROOT), "HOME": str(course)},
        cwd="/",
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.mark.skipif(shutil.which("bwrap") is None, reason="THE SANDBOX DID NOT RUN: no bubblewrap")
@pytest.mark.parametrize("name", ["bubblewrap", "limits"])
def test_an_ordinary_user_gets_the_same_marks_in_each_mode(course, name):
    run = grade(course, name)
    assert run.returncode == 0, run.stderr
    assert ("WARNING: NO SANDBOX" in run.stderr) is (name == "limits")
    for entry in [*corpus.CORPUS, *corpus.touching("")]:
        result = results.read(Course(course).result(entry.name, NAME))
        if result is not None:
            assert earned(result) == entry.marks, (entry.name, result.errors)
            assert result.mode == name
    if name == "bubblewrap":  # whoever is in there is killed by the kernel, a moment later
        for _ in range(300):
            if sandboxed_processes():
                time.sleep(0.1)
    assert sandboxed_processes() == []


@pytest.mark.parametrize("at", range(1, 5))
def test_a_signal_in_the_midst_of_the_killing_does_not_end_it(at):
    """The grader's signal comes as the worker has ended by itself: before this line."""
    sleeper = "[sys.executable, '-c', 'import time; time.sleep(987654)']"
    worker = f"import subprocess, sys; subprocess.Popen({sleeper}, start_new_session=True)"
    supervisor = str(mode.HERE / "supervisor.py")
    command = [sys.executable, "-c", SIGNALLED, str(at), supervisor, sys.executable, "-c", worker]
    run = subprocess.run(command, check=False, stdin=subprocess.DEVNULL, timeout=60)
    assert run.returncode in (0, 143)
    assert sandboxed_processes() == []


SIGNALLED = """
import os, runpy, signal, sys

def trace(frame, event, given):
    global left
    if getattr(frame.f_locals.get("worker"), "returncode", None) is not None:
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGTERM)
    return trace

left, sys.argv = int(sys.argv[1]), sys.argv[2:]
sys.settrace(trace)
runpy.run_path(sys.argv[0])
"""


def test_a_mode_that_is_not_there_is_refused_and_says_why(monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    sandbox.why_not.cache_clear()
    container.engine.cache_clear()
    with pytest.raises(sandbox.SandboxError, match="bubblewrap: not installed"):
        sandbox.choose("bubblewrap")
    with pytest.raises(sandbox.SandboxError, match="container: not installed"):
        sandbox.choose("container")
    sandbox.why_not.cache_clear()
    container.engine.cache_clear()


@pytest.mark.skipif(os.getuid() != 0, reason="only root can do what is forbidden here")
def test_student_code_never_runs_as_root():
    for name in ("bubblewrap", "limits"):
        reason = sandbox.why_not(name)
        if reason is None:
            cell = (
                "import os\ndef users(): return [*os.getresuid(), *os.getresgid(), *os.getgroups()]"
            )
            with Student(sandbox.of(name), [("cell 1", cell)]) as student:
                assert 0 not in student.call("users")
        else:
            assert name == "limits"
            assert "don't grade as root" in reason


@pytest.mark.skipif(shutil.which("bwrap") is None, reason="THE SANDBOX DID NOT RUN: no bubblewrap")
def test_a_sandbox_that_lets_something_in_is_not_used(monkeypatch):
    tight = bubblewrap.Bubblewrap.command

    def leaky(*given):
        command = [word for word in tight(*given) if word != "--unshare-net"]
        here = command.index("--remount-ro")
        shown = [
            f for p in [*mode.HERE.parents][-2::-1] for f in ("--perms", "0755", "--dir", str(p))
        ]
        command[here:here] = [*shown, "--ro-bind", str(mode.HERE), str(mode.HERE)]
        return command if os.getuid() == 0 else [*command[:1], "--share-net", *command[1:]]

    monkeypatch.setattr(bubblewrap.Bubblewrap, "command", leaky)
    sandbox.why_not.cache_clear()
    reason = sandbox.why_not("bubblewrap")
    assert reason == "inside, network, files of this machine can be reached"
    if os.getuid() == 0:
        monkeypatch.setattr(mode.Mode, "user", lambda self: None)
        sandbox.why_not.cache_clear()
        assert sandbox.why_not("bubblewrap") == "it would run as root"
    sandbox.why_not.cache_clear()


def test_containers_have_no_network_no_rights_and_nothing_to_write_to():
    box = container.Container(files=("/somewhere/data.csv",))
    command = box.command("coursework-1-1")
    text = " ".join(command)
    for flag in (
        "run --rm --name coursework-1-1",
        "--network none",
        "--read-only",
        "--cap-drop ALL",
        "--user 65534:65534",
        "--security-opt no-new-privileges",
        "--pids-limit 64",
        "--pull never",
        "/somewhere/data.csv:/work/data.csv:ro",
    ):
        assert flag in text
    assert str(mode.HERE / "worker.py") + ":/sandbox/worker.py:ro" in text
    mounts = [a for b, a in itertools.pairwise(command) if b == "--volume"]
    assert all(mount.endswith(":ro") for mount in mounts)
    assert not [mount for mount in mounts if "hidden" in mount or "/sets" in mount]


def test_the_hidden_tests_must_not_lie_where_students_code_can_read(tmp_path, capsys, monkeypatch):
    from coursework.command import main

    monkeypatch.setattr(bubblewrap, "environment_folders", lambda: [str(tmp_path)])
    monkeypatch.setattr(sandbox, "choose", lambda *a: sandbox.of("bubblewrap"))
    course = tmp_path / "course"
    shutil.copytree(ROOT / "coursework" / "sets" / NAME, course / "sets" / NAME)
    assert main(["grade", str(course / "sets" / NAME), "--course", str(course)]) == 2
    assert "students' code can read" in capsys.readouterr().err


def test_results_are_plain_json(course):
    run = grade(course, "bubblewrap", ordinary=False)
    if "not installed" in run.stderr:
        pytest.skip("THE SANDBOX DID NOT RUN: no bubblewrap")
    assert run.returncode == 0, run.stderr
    content = json.loads(Course(course).result("honest", NAME).read_text())
    assert content["student"] == "honest"
    assert content["seed"] == 3
