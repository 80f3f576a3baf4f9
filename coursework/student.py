"""A student's notebook as something that can be asked: its cells run elsewhere, in a sandbox.

Everything that comes back is only what the student's code claims. It is plain data, of limited
size, within limited time; nothing of it is ever executed here.
"""

import itertools
import os
import select
import shutil
import signal
import subprocess
import tempfile
import time
from typing import Any

from coursework import protocol
from coursework.sandbox import ENVIRONMENT, Sandbox, SandboxError

_SERIAL = itertools.count()
START = 30.0  # seconds that a worker may take to start on a busy machine


class StudentError(Exception):
    """The student's code did not answer; the message is fit for the teacher's eyes only."""


class DiedError(StudentError):
    """Its process has ended, or what it sent was no message."""


class TimedOutError(StudentError):
    """It did not answer in time."""


class Student:
    """The names that a student's cells define. A context manager: its process ends with it."""

    def __init__(self, sandbox: Sandbox, cells: list[tuple[str, str]]):
        """Take the sandbox and the cells, each a label and its source."""
        self.sandbox, self.cells = sandbox, cells
        self.limits = sandbox.limits
        self.outcomes: dict[str, str] = {}  # label of a cell -> what went wrong in it
        self.trouble: set[str] = set()  # "crashed", "timeout"
        self.missing: set[str] = set()  # names that were asked for and are not there
        self._deadly: set[int] = set()  # cells that are not run again
        self._starts = 0
        self._until = time.monotonic() + self.limits.total
        self._process: subprocess.Popen | None = None
        self._folder: str | None = None
        self._number = 0
        self._name = f"coursework-{os.getpid()}-{next(_SERIAL)}"

    def __enter__(self):
        try:
            self._ensure_running()
        except SandboxError:
            self.stop()
            raise
        except StudentError:
            pass  # each call will say so
        return self

    def __exit__(self, *exception):
        self.stop()

    def call(self, name: str, *args: Any) -> Any:
        """Return what the student's function returns; StudentError if it doesn't."""
        return self._look({"name": name, "args": list(args)})

    def error(self, name: str, *args: Any) -> str | None:
        """Return the name of the error that a call raises, or None if it returns."""
        reply = self._ask({"name": name, "args": list(args)})
        return reply.get("error")

    def value(self, name: str) -> Any:
        """Return the value of a name of the student's; StudentError if there is none."""
        return self._look({"name": name})

    def _look(self, message: dict[str, Any]) -> Any:
        reply = self._ask(message)
        if "error" in reply:
            raise StudentError(f"{message['name']} raised {_wrong(reply)}")
        return reply.get("value")

    def _ask(self, message: dict[str, Any]) -> dict[str, Any]:
        self._ensure_running()
        reply = self._exchange(message, self.limits.call)
        if reply.get("missing") is True:
            self.missing.add(message["name"])
            raise StudentError(f"{message['name']} is not defined")
        return reply

    def _ensure_running(self) -> None:
        while self._process is None:
            if self._starts > self.limits.restarts:
                raise DiedError("its process has died too often")
            if time.monotonic() > self._until:
                raise TimedOutError("the time for the whole submission is over")
            self._starts += 1
            self._start()
            self._run_cells()

    def _start(self) -> None:
        if self.sandbox.mode == "limits":
            self._folder = _working_folder(self.sandbox)
        began = time.monotonic()
        self._process = subprocess.Popen(
            self.sandbox.command(self._name),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=ENVIRONMENT,
            cwd="/",
            bufsize=0,
        )
        os.set_blocking(self._process.stdin.fileno(), False)
        os.set_blocking(self._process.stdout.fileno(), False)
        try:
            self._send(self.sandbox.settings(self._folder or ""), began + START)
            ready = self._receive(began + START)
            says = "" if ready["ready"] else ready["says"]
        except StudentError as error:
            says = self._last_words() or str(error)
        if says:
            self.stop()
            raise SandboxError(f"{self.sandbox.mode} does not start: {says}")
        self._until += time.monotonic() - began  # a slow machine takes no time from the student

    def _run_cells(self) -> None:
        """Run the cells; one that kills the process or takes too long is left out from then on."""
        for index, (label, source) in enumerate(self.cells):
            if index in self._deadly:
                continue
            try:
                reply = self._exchange({"label": label, "source": source}, self.limits.cell)
            except StudentError as error:
                self._deadly.add(index)
                self.outcomes[label] = str(error)
                return
            if "error" in reply and self._starts == 1 + len(self._deadly):
                self.outcomes[label] = _wrong(reply)

    def _exchange(self, message: dict[str, Any], seconds: float) -> dict[str, Any]:
        self._number += 1
        now = time.monotonic()
        until = min(now + seconds, self._until)
        try:
            self._send({**message, "number": self._number}, until)
            reply = self._receive(until)
            number = reply.get("number")
            if type(number) is not int or number != self._number:
                raise DiedError("it answered what was not asked")
        except StudentError as error:
            self.trouble.add("timeout" if isinstance(error, TimedOutError) else "crashed")
            self.stop()
            raise
        return reply

    def _send(self, message: dict[str, Any], until: float) -> None:
        data = memoryview(protocol.pack(message))
        pipe = self._process.stdin.fileno()
        while data:
            _wait(pipe, select.POLLOUT, until)
            try:
                data = data[os.write(pipe, data) :]
            except BlockingIOError:
                continue
            except OSError:
                raise DiedError("the process has ended") from None

    def _receive(self, until: float) -> dict[str, Any]:
        header = self._read(protocol.HEADER.size, until)
        text_size, blob_size = protocol.HEADER.unpack(header)
        if text_size > self.limits.message // 4 or blob_size > self.limits.message:
            raise DiedError("it returned more than can be looked at")
        try:
            return protocol.unpack(self._read(text_size, until), self._read(blob_size, until))
        except protocol.ProtocolError as error:
            raise DiedError(str(error)) from None

    def _read(self, size: int, until: float) -> bytes:
        pipe, parts = self._process.stdout.fileno(), []
        while size:
            _wait(pipe, select.POLLIN, until)
            try:
                part = os.read(pipe, min(size, 1 << 20))
            except BlockingIOError:
                continue
            if not part:
                raise DiedError("the process has ended")
            parts.append(part)
            size -= len(part)
        return b"".join(parts)

    def _last_words(self) -> str:
        """Return what the sandbox itself wrote before a student's code ran."""
        os.set_blocking(self._process.stderr.fileno(), False)
        time.sleep(0.1)
        try:
            return os.read(self._process.stderr.fileno(), 4000).decode(errors="replace").strip()
        except BlockingIOError:
            return ""

    def stop(self) -> None:
        """End the process, everything that it has started, and its folder."""
        process, self._process = self._process, None
        if process is not None:
            for pipe in (process.stdin, process.stdout, process.stderr):
                pipe.close()
            gentle = self.sandbox.mode != "bubblewrap"  # these clean up behind themselves
            process.send_signal(signal.SIGTERM if gentle else signal.SIGKILL)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            self.sandbox.remove(self._name)
        folder, self._folder = self._folder, None
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)


def _wait(pipe: int, event: int, until: float) -> None:
    poll = select.poll()
    poll.register(pipe, event)
    left = until - time.monotonic()
    if left <= 0 or not poll.poll(1000 * left):
        raise TimedOutError("it took too long")


def _wrong(reply: dict[str, Any]) -> str:
    where = f" in line {reply['line']}" if type(reply.get("line")) is int else ""
    return f"{reply.get('error')}{where}: {reply.get('says')}"[:600]


def _working_folder(sandbox: Sandbox) -> str:
    """Make a folder with the data files of the set, for a mode that has no file system of its own.

    It belongs to the user as whom the worker runs.
    """
    folder = tempfile.mkdtemp(prefix="coursework-")
    for path in sandbox.files:
        shutil.copy(path, folder)
    user = sandbox.settings(folder)["uid"]
    if user is not None:
        os.chown(folder, user, user)
    return folder
