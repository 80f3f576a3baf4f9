"""No sandbox: an ordinary process with limits on memory, time and file size.

Marks are decided in another process all the same, but nothing keeps it from files, the network, or
hidden tests. It is also how students check their own notebook on their own machine.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass

from coursework import BOOK
from coursework.bubblewrap import PYTHON
from coursework.mode import ENVIRONMENT, HERE, Mode


@dataclass(frozen=True)
class Plain(Mode):
    """An ordinary process."""

    mode = "limits"
    patience = 70  # its supervisor kills for 60 at most, on whatever machine

    def lacks(self) -> str | None:
        """Say that it needs nothing."""
        return None

    def command(self, name: str) -> list[str]:
        """Return the command: a supervisor, which leaves no process behind, and the worker."""
        return [*PYTHON, str(HERE / "supervisor.py"), *PYTHON, str(HERE / "worker.py")]

    def make_folder(self) -> str:
        """Make a folder of the user as whom the worker runs, with the data files of the set."""
        folder = tempfile.mkdtemp(prefix="coursework-")
        for path in self.files:
            shutil.copy(path, folder)
        user = self.user()
        if user is not None:
            os.chown(folder, user, user)
        return folder

    def lib_folder(self) -> str:
        """Return the book's folder."""
        return str(BOOK)

    def end(self, process: subprocess.Popen[bytes], name: str, folder: str) -> None:
        """End the process and remove its folder."""
        super().end(process, name, folder)
        shutil.rmtree(folder, ignore_errors=True)


@dataclass(frozen=True)
class Own(Plain):
    """One's own code on one's own machine: no other user, on any system that has Python."""

    mode = "none"
    own_fonts = False

    def command(self, name: str) -> list[str]:
        """Return the command; the supervisor is made for systems with signals."""
        return super().command(name) if os.name == "posix" else [*PYTHON, str(HERE / "worker.py")]

    def environment(self) -> dict[str, str]:
        """Return the variables of this process, with what is the same wherever marks are given."""
        same = {"MPLBACKEND", "PYTHONHASHSEED"} | {n for n in ENVIRONMENT if "THREADS" in n}
        return {**os.environ, **{name: ENVIRONMENT[name] for name in same}}

    def variables(self, folder: str) -> dict[str, str]:
        """Return none: it is the user's own environment."""
        return {}

    def limits_of_process(self) -> dict[str, int]:
        """Return the limits, but for the number of processes: the user has others."""
        limits = super().limits_of_process()
        del limits["RLIMIT_NPROC"]
        return limits if sys.platform == "linux" else {}

    def user(self) -> int | None:
        """Return none: the code is one's own, and root stays root."""
        return None
