"""What does not come to an end is stopped, in any thread; what does is left alone."""

import ctypes
import threading
import time

import nbformat
import pytest

from exercises import check, limit
from exercises.limit import OutOfTime, limited
from manuscript.pages import ROOT
from runner.execution import run
from tests.exercises import bank


def endless():
    n = 0
    while True:
        n += 1


def endless_with_a_net():
    while True:
        try:
            endless()
        except Exception:
            continue


def endless_with_a_net_for_all():
    while True:
        try:
            sum(range(100))
        except:  # noqa: E722
            continue


ENDLESS = [endless, endless_with_a_net, endless_with_a_net_for_all]


@pytest.mark.parametrize("function", ENDLESS)
def test_an_endless_loop_is_stopped(function):
    with pytest.raises(OutOfTime):
        limited(function, 0.05)


def test_a_loop_that_catches_everything_is_stopped_again_and_so_is_the_next():
    def three_nets():
        for _ in range(3):
            try:
                endless()
            except:  # noqa: E722
                continue
        return "ended"

    assert limited(three_nets, 0.05) == "ended"


@pytest.mark.parametrize("function", ENDLESS)
def test_an_endless_loop_is_stopped_in_a_thread(function):
    stopped = []

    def run():
        try:
            limited(function, 0.05)
        except OutOfTime:
            stopped.append(True)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(60)
    assert stopped == [True]


def test_a_check_of_an_endless_loop_says_so_and_where():
    def my_entropy(p):
        while len(p) > 1:
            q = p[1:]
        return q

    lines = bank.refusal(check.entropy, my_entropy)
    assert lines[-3] == "  got       nothing, after 1 second of the processor's time"
    assert lines[-2] in ("  in        while len(p) > 1:", "  in        q = p[1:]")
    assert lines[-1].startswith("  slip      your function does not come to an end here.")


def test_a_check_of_an_endless_loop_is_stopped_in_a_kernel_and_the_next_cell_runs(tmp_path):
    sources = [
        "from exercises import check, limit\nlimit.SECONDS = 0.5",
        "def my_entropy(p):\n    while True: pass\ncheck.entropy(my_entropy)",
        "import numpy as np\ncheck.entropy(lambda p: -np.nansum(p * np.log2(p)))",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(s) for s in sources])
    notebook.cells[1].metadata["tags"] = ["raises-exception"]
    nbformat.write(notebook, tmp_path / "endless.ipynb")
    ran = run(tmp_path / "endless.ipynb", ROOT, limit=120)
    (error,) = ran.cells[1].outputs
    assert "your function does not come to an end" in "".join(error["traceback"])
    assert ran.cells[2].outputs[0]["text"].startswith("✓")


def test_recursion_without_an_end_is_said_so():
    def my_entropy(p):
        return my_entropy(p)

    assert "calls itself without an end" in bank.refusal(check.entropy, my_entropy)[-1]


def test_waiting_takes_none_of_the_processors_time_and_is_not_stopped():
    # what another process does to the clock, a sleep does too
    assert limited(lambda: time.sleep(0.6) or "slept", 0.2) == "slept"


def test_a_result_and_an_error_pass_through_and_no_watcher_stays():
    before = threading.active_count()
    assert limited(lambda: 42, 10) == 42
    with pytest.raises(ZeroDivisionError):
        limited(lambda: 1 / 0, 10)
    assert threading.active_count() == before


def busy(seconds):
    began = time.thread_time()
    while time.thread_time() - began < seconds:
        pass
    return "done"


def test_who_ends_just_when_the_time_is_over_is_stopped_or_not_but_nothing_comes_later():
    ends = []
    for k in range(40):
        try:
            ends.append(limited(lambda k=k: busy(0.09 + k / 2000), 0.1))
        except OutOfTime:
            ends.append("stopped")
        sum(range(10_000))  # a stop that comes late would come here
    assert set(ends) <= {"done", "stopped"}
    assert threading.active_count() < 20


def test_a_stop_that_comes_while_the_watch_is_being_ended_is_forgotten():
    wake = threading.Event()
    stops = [1, 2]

    class Late:
        def join(self):
            if stops and stops.pop():
                stop(ctypes.c_ulong(threading.get_ident()), ctypes.py_object(OutOfTime))

    stop = ctypes.pythonapi.PyThreadState_SetAsyncExc
    limit._end(Late(), wake, lambda: None)
    assert wake.is_set()
    assert not stops


def test_where_no_thread_can_be_had_the_function_runs_without_a_limit(monkeypatch):
    def refuse(self):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    assert limited(lambda: 42, 10) == 42


def test_the_limit_is_far_above_what_any_answer_takes():
    took = []
    original = limit.limited

    def timed(call, seconds):
        began = time.process_time()
        try:
            return original(call, seconds)
        finally:
            took.append(time.process_time() - began)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(limit, "limited", timed)
        check.entropy(bank.right_entropy)
    assert max(took) < 1
