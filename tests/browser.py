"""Chromium for the tests: where it is, how it starts, and a server for what it shows."""

import contextlib
import functools
import http.server
import os
import shutil
import threading
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

MISSING = (
    "No Chromium found. Install one (Debian, Ubuntu: apt-get install chromium), "
    "or name its program: CHROMIUM=/path/to/chrome make test"
)
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
MAC = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def find():
    """Return the path of a Chromium or Chrome, or None."""
    named = os.environ.get("CHROMIUM")
    candidates = [named] if named else [shutil.which(name) for name in NAMES] + [MAC]
    return next((path for path in candidates if path and Path(path).exists()), None)


@contextlib.contextmanager
def launch(**options):
    """Start headless Chromium; skip the test where there is none, fail where CI is set."""
    program = find()
    if program is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(MISSING)
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    flags = [*FLAGS, "--no-sandbox"] if root else FLAGS  # root has no sandbox to offer
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=program, args=flags, **options)
        try:
            yield running
        finally:
            running.close()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    """A file server that prints nothing."""

    def log_message(self, *args):
        pass


@contextlib.contextmanager
def serve(folder):
    """Serve `folder` on a free port of this machine; yield its address, without a slash."""
    handler = functools.partial(_Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
