"""Start the worker where there is no sandbox, and leave no process of it behind.

What a student's code starts and detaches becomes a child of this process, not of init. When the
worker has ended, or the grader has, all of them are killed. Signals are waited for and interrupt
nothing: one that came in the middle of the killing once ended it.
"""

import ctypes
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress

PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
ENDS = {signal.SIGTERM, signal.SIGINT, signal.SIGHUP}
LONGEST = 60  # seconds until it gives up; `Plain.patience` is a little longer


def main(command: list[str]) -> int:
    """Run the command; then kill everything that descends from this process."""
    grader = os.getppid()
    signal.signal(signal.SIGCHLD, lambda *signal_and_frame: None)  # so that none is dropped
    signal.pthread_sigmask(signal.SIG_BLOCK, {*ENDS, signal.SIGCHLD})
    with suppress(OSError, AttributeError):  # it is Linux that has this
        libc = ctypes.CDLL(None)
        libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    if os.getppid() != grader:
        return 1
    worker = None
    try:
        worker = subprocess.Popen(command, start_new_session=True, preexec_fn=_hear)
        os.close(0)
        os.close(1)
        code = None
        while code is None and signal.sigwait({*ENDS, signal.SIGCHLD}) not in ENDS:
            code = worker.poll()
    finally:
        if worker is not None and worker.returncode is None:
            worker.kill()
        _kill_descendants()
    if code is None:
        return 143
    return code if code >= 0 else 128 - code  # as a shell says by which signal it ended


def _hear() -> None:
    """Let the worker hear the signals that wait only for its supervisor."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {*ENDS, signal.SIGCHLD})


def _kill_descendants() -> None:
    """Kill until there is nobody left: whoever is killed leaves its children to this process."""
    until = time.monotonic() + LONGEST
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
