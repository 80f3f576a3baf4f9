"""Start the worker where there is no sandbox, and leave no process of it behind.

What a student's code starts and detaches becomes a child of this process, not of init. When the
worker has ended, or the grader has, all of them are killed.
"""

import ctypes
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress

PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36


def main(command: list[str]) -> int:
    """Run the command; then kill everything that descends from this process."""
    grader = os.getppid()
    try:
        libc = ctypes.CDLL(None)
        libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    except (OSError, AttributeError):
        pass  # not Linux
    signal.signal(signal.SIGTERM, lambda *signal_and_frame: sys.exit(143))
    worker = None
    try:
        if os.getppid() == grader:
            worker = subprocess.Popen(command, start_new_session=True)
            os.close(0)
            os.close(1)
            code = worker.wait()
            return code if code >= 0 else 128 - code  # as a shell says by which signal it ended
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        if worker is not None and worker.returncode is None:
            worker.kill()
        _kill_descendants()
    return 1


def _kill_descendants() -> None:
    """Kill until there is nobody left: whoever is killed leaves its children to this process."""
    until = time.monotonic() + 5
    while time.monotonic() < until:
        for pid in _descendants():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return
        time.sleep(0.002)


def _descendants() -> list[int]:
    """Return all processes below this one."""
    parent_of: dict[int, int] = {}
    for entry in os.listdir("/proc") if os.path.isdir("/proc") else []:
        try:
            with open(f"/proc/{entry}/stat", "rb") as file:
                parent_of[int(entry)] = int(file.read().rpartition(b")")[2].split()[1])
        except (OSError, ValueError, IndexError):
            pass
    below, found = {os.getpid()}, list[int]()
    while below:
        below = {pid for pid, parent in parent_of.items() if parent in below}
        found += below
    return found


sys.exit(main(sys.argv[1:]))
