"""Where a student's code runs: three modes, and what each of them is found to keep out here.

- bubblewrap: its own processes, network, users and file system; it sees the system, the Python
  environment, `lib` and the rooms beside it, read-only, and a private folder in memory.
- container: the same from Docker or Podman, with an image that holds the Python environment.
- limits: an ordinary process with limits on memory, time and file size. Marks are decided in
  another process all the same, but nothing keeps it from files, the network, or hidden tests.
"""

import json
import os
import shutil
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from coursework import BOOK, bubblewrap, container

HERE = Path(__file__).resolve().parent
MODES = ("bubblewrap", "container", "limits")
IMAGE = "coursework-sandbox"

# Users that systemd sets aside for processes that need one of their own for a while.
FIRST_USER, USERS = 61_184, 4_336

WARNING = """\
WARNING: NO SANDBOX. {reason}
What students wrote runs with limits on memory and time only: it can read and write what you can,
hidden tests and other submissions too, use the network, and end your programs. Install bubblewrap
(`apt install bubblewrap`), or grade on a machine that holds nothing else."""


class SandboxError(Exception):
    """No process for a student's code can be started here; the message says why."""


@dataclass(frozen=True)
class Limits:
    """What one submission may use; times in seconds of the clock, sizes in bytes."""

    memory: int = 4 << 30
    file: int = 20 << 20
    folder: int = 64 << 20
    processes: int = 64
    cell: float = 10.0
    call: float = 5.0
    total: float = 60.0
    restarts: int = 4
    message: int = 8 << 20


@dataclass(frozen=True)
class Sandbox:
    """A mode that was found to work, and what a set lets its students see."""

    mode: str
    limits: Limits = Limits()
    files: tuple[str, ...] = ()  # data files of the set, put into the student's folder
    lib: bool = True
    image: str = IMAGE
    reason: str = field(default="", compare=False)  # why it is no better mode

    def command(self, name: str) -> list[str]:
        """Return the command that starts the worker; `name` is what a container is called."""
        if self.mode == "container":
            return container.command(
                name, self.image, self.limits, self.files, self.lib, ENVIRONMENT
            )
        if self.mode == "bubblewrap":
            return bubblewrap.command(self.limits, self.files, self.lib)
        worker = [*bubblewrap.PYTHON, str(HERE / "worker.py")]
        return [*bubblewrap.PYTHON, str(HERE / "supervisor.py"), *worker]

    def remove(self, name: str) -> None:
        """Remove a container that may outlive the command that started it."""
        if self.mode == "container":
            container.remove(name)

    def seen(self) -> list[str]:
        """Return the folders of this machine that a student's code sees whole."""
        return {
            "bubblewrap": ["/usr", *bubblewrap.environment_folders()],
            "container": [],
            "limits": [],
        }[self.mode]

    def settings(self, folder: str) -> dict:
        """Return what the worker is told first. `folder` is where it works in the mode limits."""
        inside = self.mode != "limits"
        lib = "/sandbox/lib" if inside else str(BOOK)
        return {
            "paths": [lib] if self.lib else [],
            "folder": "/work" if inside else folder,
            "uid": user_of_this_process() if os.getuid() == 0 else None,
            "limits": {
                "RLIMIT_AS": self.limits.memory,
                "RLIMIT_FSIZE": self.limits.file,
                "RLIMIT_CORE": 0,
                "RLIMIT_CPU": int(2 * self.limits.total),
                "RLIMIT_NOFILE": 256,
                "RLIMIT_NPROC": processes_of_this_user() + self.limits.processes,
            },
        }


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


def choose(wanted: str = "auto", image: str = IMAGE) -> Sandbox:
    """Return the best mode that works here, or the one that is wanted; SandboxError if none."""
    reasons = []
    for mode in MODES if wanted == "auto" else (wanted,):
        reason = why_not(mode, image)
        if reason is None:
            return Sandbox(mode, image=image, reason="; ".join(reasons))
        reasons.append(f"{mode}: {reason}")
    raise SandboxError("no sandbox works here. " + "; ".join(reasons))


@lru_cache
def why_not(mode: str, image: str = IMAGE) -> str | None:
    """Start the mode, look around from inside, and say what is wrong with it; None if nothing."""
    from coursework.student import Student, StudentError

    tool = {
        "bubblewrap": shutil.which("bwrap"),
        "container": container.engine(),
        "limits": "python",
    }[mode]
    if tool is None:
        return "not installed, or not running" if mode == "container" else "not installed"
    if mode == "container" and not container.has_image(image):
        return f"the image {image} is not built (coursework/Containerfile)"
    try:
        with Student(Sandbox(mode, image=image), [("cell of the probe", PROBE)]) as probe:
            secrets = [str(HERE / "marking.py"), str(HERE / "sets")]
            seen = json.loads(probe.call("look_around", secrets))
    except (SandboxError, StudentError, ValueError, TypeError) as error:
        if mode == "limits" and os.getuid() == 0:
            return f"other users than root cannot read this Python ({error}); don't grade as root"
        return str(error) or type(error).__name__
    if seen["uid"] == 0:
        return "it would run as root"
    if mode == "limits":
        return None
    found = [thing for thing in ("network", "files", "writes", "processes") if seen[thing]]
    return f"inside, {', '.join(found)} of this machine can be reached" if found else None


# Run inside, as a student's code would be.
PROBE = """
import json, os
import colorsys  # what is not imported yet must be readable too

def look_around(secrets):
    def write(path):
        try:
            open(path, "w").close()
        except OSError:
            return False
        return True

    with open("/proc/net/dev") as devices:
        network = [line for line in devices if ":" in line and line.split(":")[0].strip() != "lo"]
    return json.dumps({
        "uid": os.getuid(),
        "network": len(network) > 0,
        "files": any(os.path.exists(f) for f in secrets),
        "writes": any(write(f + "/probe") for f in ["/", "/usr", "/etc", "/sandbox"]),
        "processes": len([p for p in os.listdir("/proc") if p.isdigit()]) > 8,
    })
"""


def user_of_this_process() -> int:
    """Return a user for the student of this process: two at a time don't share their limits."""
    return FIRST_USER + os.getpid() % USERS


def processes_of_this_user() -> int:
    """Count the threads of the user as whom the worker will run: the limit is over all of them."""
    if os.getuid() == 0 or not os.path.isdir("/proc/self/task"):
        return 0
    count = 0
    for entry in os.scandir("/proc"):
        try:
            if entry.name.isdigit() and entry.stat().st_uid == os.getuid():
                count += len(os.listdir(f"/proc/{entry.name}/task"))
        except OSError:
            pass  # it has just ended
    return count
