"""What every way to run a student's code has in common: its limits, and what it must be able to do.

The three of them are `bubblewrap.py`, `container.py` and `plain.py`; `sandbox.py` chooses.
"""

import os
import signal
import subprocess
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

HERE = Path(__file__).resolve().parent
# What runs inside: the script that is started, and what it imports of ours.
INSIDE = ("worker.py", "protocol.py", "shell.py")

# Users that systemd sets aside for processes that need one of their own for a while.
FIRST_USER, USERS = 61_184, 4_336

ENVIRONMENT = {
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "HOME": "/tmp",
    "LANG": "C.UTF-8",
    "MPLBACKEND": "Agg",
    "MPLCONFIGDIR": "/tmp",
    "PYTHONHASHSEED": "0",  # sets come in the same order on every run
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
}


class SandboxError(Exception):
    """No process for a student's code can be started here; the message says why."""


@dataclass(frozen=True)
class Limits:
    """What one submission may use: sizes in bytes, times in seconds of the processor.

    A busy machine takes nothing from a student: by the clock everything may take `clock` times as
    long, which is what stops those who sleep.
    """

    memory: int = 4 << 30
    file: int = 20 << 20
    folder: int = 64 << 20
    processes: int = 64
    cell: float = 10.0
    call: float = 5.0
    cells: float = 40.0  # all cells together, each time that they are run
    question: float = 20.0  # all calls of one question, so that a slow answer costs no other
    clock: float = 4.0
    total: float = 300.0  # by the clock, of a whole submission
    restarts: int = 4  # after cells that have ended the process
    deaths: int = 2  # restarts for each question, after calls that have ended it
    message: int = 8 << 20


@dataclass(frozen=True)
class Mode(ABC):
    """A way to run a student's code, and what a set lets its students see there."""

    mode: ClassVar[str]
    patience: ClassVar[float] = 10  # seconds for the command to end what it has started
    own_fonts: ClassVar[bool] = True  # must Matplotlib be told which fonts there are?
    limits: Limits = Limits()
    files: tuple[str, ...] = ()  # data files of the set, put into the student's folder
    lib: bool = True
    reason: str = field(default="", compare=False, kw_only=True)  # why it is no better mode

    @abstractmethod
    def lacks(self) -> str | None:
        """Say what this mode needs and this machine has not; None if nothing."""

    @abstractmethod
    def command(self, name: str) -> list[str]:
        """Return the command that starts the worker; `name` is what a container is called."""

    def environment(self) -> dict[str, str]:
        """Return the variables with which the command is started."""
        return ENVIRONMENT

    def seen(self) -> list[str]:
        """Return the folders of this machine that a student's code sees whole."""
        return []

    def make_folder(self) -> str:
        """Return the folder in which the worker works; the set's files lie there."""
        return "/work"

    def lib_folder(self) -> str:
        """Return the folder from which `lib` is imported."""
        return "/sandbox/lib"

    def limits_of_process(self) -> dict[str, int]:
        """Return the limits that the worker takes."""
        return {
            "RLIMIT_AS": self.limits.memory,
            "RLIMIT_FSIZE": self.limits.file,
            "RLIMIT_CORE": 0,
            "RLIMIT_NOFILE": 256,
            "RLIMIT_NPROC": processes_of_this_user() + self.limits.processes,
        }

    def user(self) -> int | None:
        """Return the user that the worker becomes, if it is started as root."""
        return user_of_this_process() if is_root() else None

    def variables(self, folder: str) -> dict[str, str]:
        """Return the variables of the environment that name the worker's folder."""
        return dict.fromkeys(("HOME", "TMPDIR", "MPLCONFIGDIR"), folder)

    def settings(self, folder: str) -> dict[str, Any]:
        """Return what the worker is told first."""
        return {
            "paths": [self.lib_folder()] if self.lib else [],
            "folder": folder,
            "variables": self.variables(folder),
            "uid": self.user(),
            "limits": self.limits_of_process(),
        }

    def end(self, process: subprocess.Popen[bytes], name: str, folder: str) -> None:
        """End a process that the command started, and clear away what it leaves."""
        # It may clean up behind itself; whoever is deaf to that is killed.
        process.send_signal(getattr(signal, "SIGTERM", 15))
        try:
            process.wait(self.patience)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def is_root() -> bool:
    """Is this process root's?"""
    return hasattr(os, "getuid") and os.getuid() == 0


def user_of_this_process() -> int:
    """Return a user for the student of this process: two at a time don't share their limits."""
    return FIRST_USER + os.getpid() % USERS


def processes_of_this_user() -> int:
    """Count the threads of the user as whom the worker will run: the limit is over all of them."""
    if is_root() or not os.path.isdir("/proc/self/task"):
        return 0
    count = 0
    for entry in os.scandir("/proc"):
        try:
            if entry.name.isdigit() and entry.stat().st_uid == os.getuid():
                count += len(os.listdir(f"/proc/{entry.name}/task"))
        except OSError:
            pass  # it has just ended
    return count
