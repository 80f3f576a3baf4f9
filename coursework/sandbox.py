"""Where a student's code runs: three modes, and what each of them is found to keep out here.

- bubblewrap: its own processes, network, users and file system; it sees the system, the Python
  environment, `lib` and the rooms beside it, read-only, and a private folder in memory.
- container: the same from Docker or Podman, with an image that holds the Python environment.
- limits: an ordinary process with limits on memory, time and file size. Marks are decided in
  another process all the same, but nothing keeps it from files, the network, or hidden tests.
"""

import json
from dataclasses import replace
from functools import lru_cache

from coursework.bubblewrap import Bubblewrap
from coursework.container import IMAGE, Container
from coursework.mode import HERE, Limits, Mode, SandboxError, is_root
from coursework.plain import Plain
from coursework.student import Student, StudentError

MODES = ("bubblewrap", "container", "limits")

WARNING = """\
WARNING: NO SANDBOX. {reason}
What students wrote runs with limits on memory and time only: it can read and write what you can,
hidden tests and other submissions too, use the network, and end your programs. Install bubblewrap
(`apt install bubblewrap`), or grade on a machine that holds nothing else."""


def of(mode: str, image: str = IMAGE, limits: Limits | None = None) -> Mode:
    """Return a mode by its name, whether it works here or not."""
    limits = limits or Limits()
    if mode == "container":
        return Container(limits, image=image)
    return {"bubblewrap": Bubblewrap, "limits": Plain}[mode](limits)


def choose(wanted: str = "auto", image: str = IMAGE) -> Mode:
    """Return the best mode that works here, or the one that is wanted; SandboxError if none."""
    reasons: list[str] = []
    for mode in MODES if wanted == "auto" else (wanted,):
        reason = why_not(mode, image)
        if reason is None:
            return replace(of(mode, image), reason="; ".join(reasons))
        reasons.append(f"{mode}: {reason}")
    raise SandboxError("no sandbox works here. " + "; ".join(reasons))


@lru_cache
def why_not(name: str, image: str = IMAGE) -> str | None:
    """Start the mode, look around from inside, and say what is wrong with it; None if nothing."""
    mode = of(name, image)
    lack = mode.lacks()
    if lack is not None:
        return lack
    try:
        with Student(mode, [("cell of the probe", PROBE)]) as probe:
            secrets = [str(HERE / "marking.py"), str(HERE / "sets")]
            seen = json.loads(probe.call("look_around", secrets))
    except (SandboxError, StudentError, ValueError, TypeError) as error:
        if name == "limits" and is_root():
            return f"other users than root cannot read this Python ({error}); don't grade as root"
        return str(error) or type(error).__name__
    if seen["uid"] == 0:
        return "it would run as root"
    if name == "limits":
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
