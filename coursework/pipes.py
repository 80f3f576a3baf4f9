"""Bytes to and from a process that may not read, not write, or send half: each within its time."""

import os
import queue
import select
import subprocess
import threading
import time
from typing import IO


class DiedError(Exception):
    """The process has ended."""


class TimedOutError(Exception):
    """It did not read, or write, in time."""


class Pipes:
    """The standard input and output of a process, where files can be polled."""

    def __init__(self, process: subprocess.Popen[bytes]):
        self.inbox, self.outbox = _both(process)
        os.set_blocking(self.inbox.fileno(), False)
        os.set_blocking(self.outbox.fileno(), False)

    def send(self, data: bytes, until: float) -> None:
        """Send all of it."""
        left, pipe = memoryview(data), self.inbox.fileno()
        while left:
            _wait(pipe, select.POLLOUT, until)
            try:
                left = left[os.write(pipe, left) :]
            except BlockingIOError:
                continue
            except OSError:
                raise DiedError("the process has ended") from None

    def read(self, size: int, until: float) -> bytes:
        """Return as many bytes as that."""
        pipe, parts = self.outbox.fileno(), []
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


class ThreadedPipes:
    """The same on Windows: threads read and write, and whoever waits gives up in time."""

    def __init__(self, process: subprocess.Popen[bytes]):
        self.inbox, self.outbox = _both(process)
        self.kept = b""
        self.to_send: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self.arrived: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        for work in (self._write, self._read):
            threading.Thread(target=work, daemon=True).start()

    def send(self, data: bytes, until: float) -> None:
        """Send all of it, some time; that it arrives is seen from the answer."""
        self.to_send.put(data)

    def read(self, size: int, until: float) -> bytes:
        """Return as many bytes as that."""
        while len(self.kept) < size:
            try:
                part = self.arrived.get(timeout=max(0.0, until - time.monotonic()))
            except queue.Empty:
                raise TimedOutError("it took too long") from None
            if not part:
                raise DiedError("the process has ended")
            self.kept += part
        read, self.kept = self.kept[:size], self.kept[size:]
        return read

    def _write(self) -> None:
        try:
            while data := self.to_send.get():
                self.inbox.write(data)
        except (OSError, ValueError):
            pass  # it has ended; whoever reads hears of it

    def _read(self) -> None:
        try:
            while part := os.read(self.outbox.fileno(), 1 << 20):
                self.arrived.put(part)
        except (OSError, ValueError):
            pass
        self.arrived.put(b"")


def pipes_of(process: subprocess.Popen[bytes]) -> Pipes | ThreadedPipes:
    """Return the pipes of a process, as this system can serve them."""
    return Pipes(process) if hasattr(select, "poll") else ThreadedPipes(process)


def _both(process: subprocess.Popen[bytes]) -> tuple[IO[bytes], IO[bytes]]:
    if process.stdin is None or process.stdout is None:
        raise ValueError("a process without pipes")
    return process.stdin, process.stdout


def _wait(pipe: int, event: int, until: float) -> None:
    poll = select.poll()
    poll.register(pipe, event)
    left = until - time.monotonic()
    if left <= 0 or not poll.poll(1000 * left):
        raise TimedOutError("it took too long")
