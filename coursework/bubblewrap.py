"""The command that starts the worker in bubblewrap, and what it can see there.

Its own processes, network and file system; of this machine only /usr, the folders of Python and
its packages, `lib` and the rooms beside it, and the data of the set, all read-only, and private
folders in memory.
"""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from coursework import BOOK, ROOMS
from coursework.mode import HERE, INSIDE, Mode

# -P: nothing beside the notebook is imported; -s: nor what the user has installed.
PYTHON = [sys.executable, "-P", "-s", "-B"]


# If memory runs out, the sandbox goes first. It is said out here: what root has written, nobody
# inside can take back.
GOES_FIRST = ["sh", "-c", 'echo 1000 > /proc/self/oom_score_adj; exec "$@"', "sh"]


@dataclass(frozen=True)
class Bubblewrap(Mode):
    """The sandbox of bubblewrap."""

    mode = "bubblewrap"

    def lacks(self) -> str | None:
        """Say that bubblewrap is not installed."""
        return None if shutil.which("bwrap") else "not installed"

    def command(self, name: str) -> list[str]:
        """Return the command that starts the worker."""
        size = ["--size", str(self.limits.folder)] if "--size" in _flags() else []
        command = [*GOES_FIRST, "bwrap", *_apart(), *_system()]
        for folder in ("/tmp", "/work", "/dev/shm"):
            command += ["--perms", "1777", *size, "--tmpfs", folder]
        folders = [*environment_folders(), *(f"/sandbox/lib/{room}" for room in ROOMS)]
        for parent in sorted(
            {str(parent) for path in folders for parent in Path(path).parents} - {"/"}
        ):
            command += ["--perms", "0755", "--dir", parent]  # bubblewrap would make them private
        for path in environment_folders():
            command += ["--ro-bind", path, path]
        for file in INSIDE:
            command += ["--ro-bind", str(HERE / file), f"/sandbox/{file}"]
        if self.lib:
            command += _rooms()
        for path in self.files:
            command += ["--ro-bind", path, f"/work/{Path(path).name}"]
        for path in ("/dev", "/proc", "/"):
            command += ["--remount-ro", path]
        return [*command, "--chdir", "/work", "--", *PYTHON, "/sandbox/worker.py"]

    def seen(self) -> list[str]:
        """Return the folders of this machine that a student's code sees whole."""
        return ["/usr", *environment_folders()]

    def end(self, process: subprocess.Popen[bytes], name: str, folder: str) -> None:
        """Kill bubblewrap; everything inside, and the folder, go with it."""
        process.kill()
        process.wait()


def _apart() -> list[str]:
    """Return the options that take it apart from this machine's processes, users and network."""
    command = ["--die-with-parent", "--new-session", "--hostname", "sandbox"]
    if os.getuid() == 0:
        # Real root needs no user namespace to mount; the worker then becomes another user. With
        # one, that user would be root outside, and root's processes are not limited.
        command += [f"--unshare-{what}" for what in ("ipc", "pid", "net", "uts", "cgroup-try")]
        command += ["--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    else:
        command += ["--unshare-user", "--unshare-all", "--uid", "65534", "--gid", "65534"]
        command += ["--disable-userns"] if "--disable-userns" in _flags() else []
    return command


def _system() -> list[str]:
    """Return the options that show it the system."""
    command: list[str] = []
    for path in ("/usr", "/etc/ld.so.cache", "/etc/alternatives", "/etc/localtime"):
        command += ["--ro-bind-try", path, path]
    for path in ("/bin", "/sbin", "/lib", "/lib32", "/lib64"):
        if os.path.islink(path):
            command += ["--symlink", os.readlink(path), path]
        elif os.path.isdir(path):
            command += ["--ro-bind", path, path]
    return [*command, "--proc", "/proc", "--dev", "/dev"]


def _rooms() -> list[str]:
    binds = (["--ro-bind", str(BOOK / room), f"/sandbox/lib/{room}"] for room in ROOMS)
    return [word for bind in binds for word in bind]


@lru_cache
def _flags() -> frozenset[str]:
    run = subprocess.run(["bwrap", "--help"], capture_output=True, text=True, check=False)
    return frozenset(run.stdout.split())


def environment_folders() -> list[str]:
    """Return the folders outside /usr in which Python and its packages lie."""
    folders = {sys.prefix, sys.base_prefix, os.path.dirname(os.path.realpath(sys.executable))}
    folders |= {os.path.realpath(folder) for folder in folders}
    outside = sorted(f for f in folders if not f.startswith("/usr/") and f not in ("/", "/usr"))
    return [f for f in outside if not any(f.startswith(other + "/") for other in outside)]
