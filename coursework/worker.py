"""The process that runs a student's code: it is sent cells and calls, and answers with plain data.

It is started in the sandbox, as a script. Before the first line of a student it takes its limits
and, where it was started as root, another user. Whatever a student does to it afterwards changes
only what the student's own functions return: nothing here decides a mark.
"""

import asyncio
import builtins
import ctypes
import math
import os
import random
import struct
import sys
import time
import types
from contextlib import suppress
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

if TYPE_CHECKING:
    from coursework import protocol, shell
else:
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    import protocol
    import shell

    sys.path.pop(0)
    for ours in ("protocol", "shell"):
        del sys.modules[ours]  # a student's module may be called so
try:
    import resource
except ImportError:  # Windows: where students check their own notebooks
    resource = None  # type: ignore[assignment]

PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS, PR_SET_DUMPABLE = 22, 38, 4
MACHINES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
# What the kernel refuses, by its number on x86_64 and on aarch64. The kernel's keys belong to a
# user, not to a process or to any of the namespaces that root has here: what one submission wrote
# there, the next could read. A namespace of one's own has folders without a limit.
REFUSED = {
    "add_key": (248, 217), "request_key": (249, 218), "keyctl": (250, 219),
    "unshare": (272, 97), "setns": (308, 268), "mount": (165, 40), "umount2": (166, 39),
    "pivot_root": (155, 41), "open_tree": (428, 428), "move_mount": (429, 429),
    "fsopen": (430, 430), "fsconfig": (431, 431), "fsmount": (432, 432), "fspick": (433, 433),
    "mount_setattr": (442, 442),
}  # fmt: skip
CLONE, PRCTL, CLONE3 = (56, 220), (157, 167), 435
NEW_NAMESPACES = 0x7E02_0000  # the CLONE_NEW… flags together


def main() -> None:
    """Serve until the other end hangs up."""
    inbox, outbox = _take_the_pipes()
    settings = _receive(inbox)
    for path in settings["paths"]:
        sys.path.insert(0, path)
    try:
        os.chdir(settings["folder"])
        sys.path.append(settings["folder"])  # last: what %%writefile has written hides nothing
        os.environ.update(settings["variables"])
        _limit(settings)
        _bring_fonts(*settings.get("fonts", []))
        ready = {"ready": True, "says": ""}
    except Exception as error:
        ready = {"ready": False, "says": f"{type(error).__name__}: {error}"}
    outbox.write(protocol.pack(ready))
    outbox.flush()
    notebook, me = Notebook(), os.getpid()
    while True:
        message = _receive(inbox)
        began = time.process_time()
        _limit_time(began + message["seconds"])
        try:
            reply = notebook.run(message) if "source" in message else notebook.look(message)
            packed = _packed(reply, message["number"], began)
        except BaseException as error:
            packed = _packed(_described(error), message["number"], began)
        if os.getpid() != me:
            os._exit(0)  # a copy that a student has forked does not answer too
        outbox.write(packed)
        outbox.flush()


def _packed(reply: dict[str, Any], number: int, began: float) -> bytes:
    return protocol.pack({"number": number, **reply, "spent": time.process_time() - began})


class Notebook:
    """The names that a notebook has defined so far, and what can be done with them."""

    def __init__(self) -> None:
        module = types.ModuleType("__main__")
        sys.modules["__main__"] = module
        self.cells = shell.Cells(module.__dict__)
        self.names = self.cells.names
        self.for_tests: dict[str, Any] = {}
        self.loop = asyncio.new_event_loop()
        asyncio.set_event_loop(self.loop)
        builtins.get_ipython = lambda: self.cells.shell  # type: ignore[attr-defined]
        builtins.display = lambda *objects, **options: None  # type: ignore[attr-defined]
        builtins.input = lambda *prompt: ""  # nobody is there, who just presses the key

    def run(self, message: dict[str, Any]) -> dict[str, Any]:
        """Run one cell, of the notebook or of the tests that students see."""
        if message.get("test"):
            # Beside the names, not among them: where marks are given, these tests don't run.
            self.for_tests = {**self.names, **self.for_tests}
            shell.Cells(self.for_tests).execute(message["source"], message["label"], self.loop)
        elif message["definitions"]:
            self.cells.give_definitions(message["source"], message["label"])
        else:
            self.cells.answers = message["answers"]
            self.cells.execute(message["source"], message["label"], self.loop)
        return {"done": True}

    def look(self, message: dict[str, Any]) -> dict[str, Any]:
        """Return the value of a name, or of a call of it."""
        name = message["name"]
        if name not in self.names:
            return {"missing": True}
        found = self.names[name]
        if "args" not in message:
            return {"value": found}
        value = found(*message["args"])
        return {"value": message["args"] if message.get("inputs") else value}


def _described(error: BaseException) -> dict[str, Any]:
    """Say what went wrong, and in which line of a cell."""
    line = None
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename.startswith("cell "):
            line = trace.tb_lineno
        trace = trace.tb_next
    if isinstance(error, SyntaxError) and isinstance(error.lineno, int):
        line = error.lineno
    try:
        says = str(error)[:500]
    except BaseException:
        says = ""
    return {"error": str(type(error).__name__)[:100], "says": says, "line": line}


def _take_the_pipes() -> tuple[BinaryIO, BinaryIO]:
    """Keep the pipes for messages; what a student prints goes nowhere."""
    inbox = os.fdopen(os.dup(0), "rb")
    outbox = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nowhere, standard)
    return inbox, outbox


def _limit(settings: dict[str, Any]) -> None:
    """Take the limits, give up root, and let nothing give it back."""
    for name, value in settings["limits"].items():
        number = getattr(resource, name, None)
        if number is not None:
            _, hard = resource.getrlimit(number)
            wanted = value if hard == resource.RLIM_INFINITY else min(value, hard)
            resource.setrlimit(number, (wanted, wanted))
    try:
        with open("/proc/self/oom_score_adj", "w") as file:
            file.write("1000")  # if memory runs out, this process goes first
    except OSError:
        pass  # it is read-only where this was said outside
    if settings["uid"] is not None:
        os.setgroups([])
        os.setresgid(settings["uid"], settings["uid"], settings["uid"])
        os.setresuid(settings["uid"], settings["uid"], settings["uid"])
    with suppress(OSError, AttributeError, TypeError):  # it is Linux that has this
        libc = ctypes.CDLL(None)
        libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        if os.uname().machine in MACHINES and sys.maxsize > 2**32:
            program = _filter(os.uname().machine)
            buffer = ctypes.create_string_buffer(program)
            header = struct.pack("@HP", len(program) // 8, ctypes.addressof(buffer))
            libc.prctl(PR_SET_SECCOMP, 2, ctypes.c_char_p(header), 0, 0)
    random.seed(0)
    np.random.seed(0)  # noqa: NPY002 – for students who use it; the same marks on every run


def _limit_time(until: float) -> None:
    """Let the kernel end this process when it has used this much of the processor."""
    with suppress(AttributeError, ValueError, OSError):
        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(until), hard))


def _bring_fonts(name: str = "", text: str = "") -> None:
    """Put Matplotlib's list of fonts where it looks for it."""
    if name:
        with open(os.path.join(os.environ["MPLCONFIGDIR"], os.path.basename(name)), "w") as file:
            file.write(text)


def _filter(machine: str) -> bytes:
    """Return the filter for the kernel that refuses some system calls, and other architectures."""
    load, equal, at_least, any_bit, give = 0x20, 0x15, 0x35, 0x45, 0x06
    allow, refuse, unknown = 0x7FFF0000, 0x00050001, 0x00050026  # …, EPERM, ENOSYS
    which = [*MACHINES].index(machine)
    number, architecture, first = 0, 4, 16  # where they stand in what the filter is shown
    checks = [(equal, "refuse", "", calls[which]) for calls in REFUSED.values()]
    # The library asks by clone where clone3, whose flags can't be read here, is not known.
    checks += [(equal, "unknown", "", CLONE3)]
    if machine == "x86_64":
        checks += [(at_least, "refuse", "", 0x40000000)]  # x32
    lines: list[tuple[int, str, str, int]] = [
        (load, "", "", architecture),
        (equal, "", "refuse", MACHINES[machine]),
        (load, "", "", number),
        *checks,
        (equal, "", "prctl", CLONE[which]),
        (load, "", "", first),
        (any_bit, "refuse", "allow", NEW_NAMESPACES),
        (equal, "", "allow", PRCTL[which]),  # prctl
        (load, "", "", first),
        (equal, "refuse", "allow", PR_SET_DUMPABLE),
        (give, "", "", allow),
        (give, "", "", refuse),
        (give, "", "", unknown),
    ]
    end = len(lines)
    at = {"allow": end - 3, "refuse": end - 2, "unknown": end - 1, "prctl": end - 6}
    packed = []
    for line, (code, yes, no, value) in enumerate(lines):
        jumps = [at[to] - line - 1 if to else 0 for to in (yes, no)]
        packed.append(struct.pack("=HBBI", code, *jumps, value))
    return b"".join(packed)


def _receive(inbox: BinaryIO) -> dict[str, Any]:
    header = inbox.read(protocol.HEADER.size)
    if len(header) < protocol.HEADER.size:
        os._exit(0)
    text_size, blob_size = protocol.HEADER.unpack(header)
    return protocol.unpack(inbox.read(text_size), inbox.read(blob_size))


main()
