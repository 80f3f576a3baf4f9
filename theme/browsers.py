"""Find the browsers of this machine, start a headless Chromium: for what looks at pages."""

import contextlib
import os
import shutil
from collections.abc import Iterator

from playwright.sync_api import Browser, Playwright

# The same engine without the windows around it, which take half a second each.
SHELL = "chromium-headless-shell"
# By the variable that names another one.
PROGRAMS = {
    "CHROMIUM": (
        SHELL,
        "chromium",
        "chromium-browser",
        "google-chrome",
        "google-chrome-stable",
        "chrome",
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    ),
    "FIREFOX": (
        "firefox-esr",
        "firefox",
        "/Applications/Firefox.app/Contents/MacOS/firefox",
    ),
}
MISSING = {
    "CHROMIUM": (
        "No Chromium found. Install one (Debian, Ubuntu: apt-get install chromium), "
        "or name its program: CHROMIUM=/path/to/chrome make …"
    ),
    "FIREFOX": (
        "No Firefox found. Install one (Debian: apt-get install firefox-esr), "
        "or name its program: FIREFOX=/path/to/firefox make …"
    ),
}
FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--font-render-hinting=none",  # the shell's letters are as wide as a reader's
]


def find(engine: str, *, whole: bool = False) -> str | None:
    """Return the path of a program: what the variable `engine` names, else the first there is.

    whole: as a reader has it, so not Chromium's shell.
    """
    named = os.environ.get(engine)
    names = [named] if named else [n for n in PROGRAMS[engine] if not (whole and n == SHELL)]
    return next(filter(None, map(shutil.which, names)), None)


@contextlib.contextmanager
def chromium(playwright: Playwright, *flags: str, whole: bool = False) -> Iterator[Browser]:
    """Start headless Chromium, end it afterwards; FileNotFoundError where there is none."""
    program = find("CHROMIUM", whole=whole)
    if program is None:
        raise FileNotFoundError(MISSING["CHROMIUM"])
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    own = ["--no-sandbox"] if root else []  # root has no sandbox to offer
    running = playwright.chromium.launch(executable_path=program, args=[*FLAGS, *own, *flags])
    try:
        yield running
    finally:
        running.close()
