"""A student's notebook as something that can be asked: its cells run elsewhere, in a sandbox.

Everything that comes back is only what the student's code claims. It is plain data, of limited
size, within limited time; nothing of it is ever executed here.
"""

import itertools
import math
import os
import signal
import subprocess
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache
from types import TracebackType
from typing import Any, NamedTuple

from coursework import pipes, protocol
from coursework.mode import Limits, Mode, SandboxError

_SERIAL = itertools.count()
START = 30.0  # seconds that a worker may take to start on a busy machine
ENDED_BY_THE_LIMIT = {128 + int(getattr(signal, "SIGXCPU", 24)), -getattr(signal, "SIGXCPU", 24)}
DRAWS = ("matplotlib", "pylab", "figures", "seaborn")  # whose import looks for the fonts


class StudentError(Exception):
    """The student's code did not answer; the message is fit for the teacher's eyes only."""

    kind = says = ""  # of the error that a call has raised


class DiedError(StudentError):
    """Its process has ended, or what it sent was no message."""


class TimedOutError(StudentError):
    """It did not answer in time."""


class Step(NamedTuple):
    """A cell to be run."""

    label: str
    source: str
    answers: bool = False  # is it where an answer belongs?


class _Budget:
    """Seconds of the processor that may still be used."""

    def __init__(self, seconds: float, clock: float):
        self.left, self.clock = seconds, clock

    def spend(self, claimed: Any, elapsed: float) -> None:
        """Take off what the worker says it took, or what that must have been by the clock."""
        least = elapsed / self.clock
        known = type(claimed) is float and math.isfinite(claimed)
        self.left -= max(claimed, least) if known else elapsed


class Student:
    """The names that a student's cells define. A context manager: its process ends with it."""

    def __init__(self, sandbox: Mode, cells: Iterable[tuple[str, str] | Step]):
        """Take the sandbox and the cells, each a label and its source."""
        self.sandbox, self.cells = sandbox, [Step(*cell) for cell in cells]
        self.limits = sandbox.limits
        self.outcomes: dict[str, str] = {}  # label of a cell -> what went wrong in it
        self.stopped: set[str] = set()  # labels of the cells that ended the process
        self.trouble: set[str] = set()  # "crashed", "timeout"
        self.drawn: Mapping[str, Any] = {}  # the numbers of the set, for its tests
        self.missing: set[str] = set()  # names that were asked for and are not there
        self._deadly: dict[int, int] = {}  # cell -> how often it has ended the process
        self._ran_through = False
        self._deaths_in_cells = 0
        self._until = time.monotonic() + self.limits.total
        self._process: subprocess.Popen[bytes] | None = None
        self._pipes: pipes.Pipes | pipes.ThreadedPipes | None = None
        self._folder = ""
        self._number = 0
        self._name = f"coursework-{os.getpid()}-{next(_SERIAL)}"
        self.question()

    def __enter__(self) -> "Student":
        try:
            self._ensure_running()
        except SandboxError:
            self.stop()
            raise
        except StudentError:
            pass  # each call will say so
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def question(self) -> None:
        """Begin a question: it has its own time, whatever the one before took."""
        self._budget = _Budget(self.limits.question, self.limits.clock)
        self._deaths = 0

    def call(self, name: str, *args: Any) -> Any:
        """Return what the student's function returns; StudentError if it doesn't."""
        return self._look({"name": name, "args": list(args)})

    def inputs_after(self, name: str, *args: Any) -> list[Any]:
        """Return what a call has made of its inputs."""
        message = {"name": name, "args": list(args), "inputs": True}
        found = self._look(message)
        if type(found) is not list or len(found) != len(args):
            raise StudentError(f"{name} has lost its inputs")
        return found

    def error(self, name: str, *args: Any) -> str | None:
        """Return the name of the error that a call raises, or None if it returns."""
        reply = self._ask({"name": name, "args": list(args)}, self.limits.call)
        return reply.get("error")

    def value(self, name: str) -> Any:
        """Return the value of a name of the student's; StudentError if there is none."""
        return self._look({"name": name})

    def test(self, label: str, source: str) -> str | None:
        """Run a cell of tests beside the student's names, and return what is wrong, if anything."""
        message = {"label": label, "source": source, "test": True}
        try:
            reply = self._ask(message, self.limits.cell)
        except StudentError as error:
            return str(error)
        if "error" not in reply:
            return None
        return f"{reply['error']}: {reply.get('says') or asserted(source, reply.get('line'))}"

    def _look(self, message: dict[str, Any]) -> Any:
        reply = self._ask(message, self.limits.call)
        if "error" in reply:
            raised = StudentError(f"{message['name']} raised {_wrong(reply)}")
            raised.kind, raised.says = str(reply["error"]), str(reply.get("says"))
            raise raised
        return reply.get("value")

    def _ask(self, message: dict[str, Any], seconds: float) -> dict[str, Any]:
        self._ensure_running()
        if self._budget.left <= 0:
            self.trouble.add("timeout")
            raise TimedOutError("the time for this question is over")
        try:
            reply = self._exchange(message, seconds, self._budget)
        except StudentError:
            self._deaths += 1
            raise
        if reply.get("missing") is True:
            self.missing.add(message["name"])
            raise StudentError(f"{message['name']} is not defined")
        return reply

    def _ensure_running(self) -> None:
        while self._process is None:
            in_cells, in_calls = self._deaths_in_cells, self._deaths
            if in_cells > self.limits.restarts or in_calls > self.limits.deaths:
                raise DiedError("its process has died too often")
            if time.monotonic() > self._until:
                raise TimedOutError("the time for the whole submission is over")
            self._start()
            self._run_cells()

    def _start(self) -> None:
        self._folder = self.sandbox.make_folder()
        settings = self.sandbox.settings(self._folder)
        draws = any(word in cell.source for cell in self.cells for word in DRAWS)
        if draws and self.sandbox.own_fonts and self.cells != [_LIST_FONTS]:
            plain = replace(self.sandbox, limits=Limits(), files=())
            settings["fonts"] = fonts(plain)
        began = time.monotonic()
        self._process = subprocess.Popen(
            self.sandbox.command(self._name),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=self.sandbox.environment(),
            cwd=self._folder if self.sandbox.mode == "none" else "/",
            bufsize=0,
        )
        self._pipes = pipes.pipes_of(self._process)
        try:
            self._pipes.send(protocol.pack(settings), began + START)
            ready = self._receive(began + START)
            says = "" if ready["ready"] else ready["says"]
        except (StudentError, pipes.DiedError, pipes.TimedOutError) as error:
            says = self._last_words() or str(error)
        if says:
            self.stop()
            raise SandboxError(f"{self.sandbox.mode} does not start: {says}")
        self._until += time.monotonic() - began  # a slow machine takes no time from the student

    def _run_cells(self) -> None:
        """Run the cells. Of one that ends the process, only what it defines is run from then on."""
        budget = _Budget(self.limits.cells, self.limits.clock)
        for index, cell in enumerate(self.cells):
            ended = self._deadly.get(index, 0)
            if ended > 1:
                continue
            if budget.left <= 0:
                self.trouble.add("timeout")
                self.outcomes.setdefault(cell.label, "the time for all cells was over before it")
                break
            message = {**cell._asdict(), "definitions": ended > 0}
            try:
                reply = self._exchange(message, self.limits.cell, budget)
            except StudentError as error:
                self._deadly[index] = ended + 1
                self._deaths_in_cells += 1
                self.outcomes.setdefault(cell.label, str(error))
                self.stopped.add(cell.label)
                return
            if "error" in reply and not self._ran_through:
                self.outcomes.setdefault(cell.label, _wrong(reply))
        self._ran_through = True

    def _exchange(self, message: dict[str, Any], seconds: float, budget: _Budget) -> dict[str, Any]:
        """Send a message and return the answer to it, in time; else the process is ended."""
        self._number += 1
        began = time.monotonic()
        seconds = min(seconds, budget.left)
        until = min(began + seconds * self.limits.clock, self._until)
        try:
            if self._pipes is None:
                raise DiedError("the process has ended")
            packed = protocol.pack({**message, "number": self._number, "seconds": float(seconds)})
            try:
                self._pipes.send(packed, until)
                reply = self._receive(until)
            except pipes.DiedError as error:
                raise self._end_of_process(error) from None
            except pipes.TimedOutError as error:
                raise TimedOutError(str(error)) from None
            number = reply.get("number")
            if type(number) is not int or number != self._number:
                raise DiedError("it answered what was not asked")
        except StudentError as error:
            self.trouble.add("timeout" if isinstance(error, TimedOutError) else "crashed")
            budget.spend(None, time.monotonic() - began)
            self.stop()
            raise
        budget.spend(reply.get("spent"), time.monotonic() - began)
        return reply

    def _end_of_process(self, error: pipes.DiedError) -> StudentError:
        """Tell the kernel's limit on the processor from other deaths."""
        with suppress(subprocess.TimeoutExpired):
            if self._process and self._process.wait(1) in ENDED_BY_THE_LIMIT:
                return TimedOutError("it took too long")
        return DiedError(str(error))

    def _receive(self, until: float) -> dict[str, Any]:
        if self._pipes is None:
            raise DiedError("the process has ended")
        header = self._pipes.read(protocol.HEADER.size, until)
        text_size, blob_size = protocol.HEADER.unpack(header)
        if text_size > self.limits.message // 4 or blob_size > self.limits.message:
            raise DiedError("it returned more than can be looked at")
        text = self._pipes.read(text_size, until)
        try:
            return protocol.unpack(text, self._pipes.read(blob_size, until))
        except protocol.ProtocolError as error:
            raise DiedError(str(error)) from None

    def _last_words(self) -> str:
        """Return what the sandbox itself wrote before a student's code ran."""
        process = self._process
        if process is None or process.stderr is None or os.name != "posix":
            return ""
        os.set_blocking(process.stderr.fileno(), False)
        time.sleep(0.1)
        try:
            return os.read(process.stderr.fileno(), 4000).decode(errors="replace").strip()
        except BlockingIOError:
            return ""

    def stop(self) -> None:
        """End the process, everything that it has started, and its folder."""
        process, self._process, self._pipes = self._process, None, None
        if process is not None:
            for pipe in (process.stdin, process.stdout, process.stderr):
                if pipe is not None:
                    pipe.close()
            self.sandbox.end(process, self._name, self._folder)


def asserted(source: str, line: Any) -> str:
    """Return a line of a test if it is an assert, which says what it asks for."""
    lines = source.splitlines()
    text = lines[line - 1].strip() if type(line) is int and 0 < line <= len(lines) else ""
    return text if text.startswith("assert ") else ""


def _wrong(reply: dict[str, Any]) -> str:
    where = f" in line {reply['line']}" if type(reply.get("line")) is int else ""
    return f"{reply.get('error')}{where}: {reply.get('says')}"[:600]


# Matplotlib looks through all fonts where it finds no list of them: 2 seconds of the processor.
_LIST_FONTS = Step("cell of the fonts", """
def fonts():
    import matplotlib, matplotlib.font_manager, pathlib
    found = next(pathlib.Path(matplotlib.get_cachedir()).glob("fontlist-*.json"))
    return [found.name, found.read_text()]
""")  # fmt: skip


@lru_cache
def fonts(sandbox: Mode) -> list[str]:
    """Return Matplotlib's list of the fonts in a sandbox, as the name of a file and its text."""
    with suppress(StudentError), Student(sandbox, [_LIST_FONTS]) as student:
        made = student.call("fonts")
        if type(made) is list and [type(part) for part in made] == [str, str]:
            return made
    return []
