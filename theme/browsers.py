"""Find the browsers of this machine, start a headless Chromium: for what looks at pages."""

import contextlib
import os
import shutil
from collections.abc import Iterator

from playwright.sync_api import Browser, Playwright

# By the variable that names another one. Chromium's shell is the same engine without the windows
# around it, which take half a second each.
PROGRAMS = {
    "CHROMIUM": (
        "chromium-headless-shell",
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


def find(engine: str) -> str | None:
    """Return the path of a program: what the variable `engine` names, else the first there is."""
    named = os.environ.get(engine)
    return next(filter(None, map(shutil.which, [named] if named else PROGRAMS[engine])), None)


@contextlib.contextmanager
def chromium(playwright: Playwright, *flags: str) -> Iterator[Browser]:
    """Start headless Chromium, end it afterwards; FileNotFoundError where there is none."""
    program = find("CHROMIUM")
    if program is None:
        raise FileNotFoundError(MISSING["CHROMIUM"])
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    own = ["--no-sandbox"] if root else []  # root has no sandbox to offer
    running = playwright.chromium.launch(executable_path=program, args=[*FLAGS, *own, *flags])
    try:
        yield running
    finally:
        running.close()
