"""What one step of a drag costs: script, style, layout and paint, read from a Chromium trace.

    python bench/drag_step.py

A step is all that the page's main thread does from one pointermove to the next. Counted is the time
that the thread itself ran (busy), so that other programs don't enter; the time by the clock stands
beside it. Exits 1 where the busy time passes a median of 4 ms or a p95 of 8 ms.
"""

import functools
import http.server
import itertools
import json
import shutil
import statistics
import sys
import threading
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

import explorers

MEDIAN_MS, P95_MS = 4, 8
STEPS = 120
CATEGORIES = ["toplevel", "blink.user_timing"]  # few: what a trace notes down costs time too
READY = """async () => {
    const handle = () => document.querySelector("[role=slider] .reach");
    while (!handle()) await new Promise(requestAnimationFrame);
    addEventListener("pointermove", () => performance.mark("drag step"), true);
    const { x, y, width, height } = handle().getBoundingClientRect();
    return [x + width / 2, y + height / 2];
}"""
VALUE = "Number(document.querySelector('[role=slider]').getAttribute('aria-valuenow'))"
ROOT = Path(explorers.__file__).parent
CASES = {
    "SurpriseBars, 3 outcomes": explorers.SurpriseBars(),
    "SurpriseBars, 10 outcomes": explorers.SurpriseBars([0.1] * 10),
}
PAGE = """<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>Drag</title>
<link rel="stylesheet" href="/static/roles.css"><link rel="stylesheet" href="/static/explorer.css">
<script type="module" src="/static/mount.mjs"></script>"""


class Quiet(http.server.SimpleHTTPRequestHandler):
    """A file server that does not log."""

    def log_message(self, *args):
        """Nothing: the table is the output."""


def trace_drag(browser: Browser, host: str, explorer: explorers.SurpriseBars) -> list[dict]:
    """Drag the first handle up and down, a step every 40 ms, and return the trace's events."""
    page = browser.new_page(viewport={"width": 780, "height": 900})
    page.goto(f"{host}/static/roles.css")  # our own origin; the page itself is made here
    page.set_content(PAGE + explorer._repr_mimebundle_()[0]["text/html"])
    x, y = page.evaluate(READY)
    # Neither locators nor page.mouse: they leave listeners of their own in the page.
    session = page.context.new_cdp_session(page)

    def mouse(kind: str, dy: float = 0) -> None:
        place = {"x": x, "y": y - dy, "button": "left", "buttons": 1, "clickCount": 1}
        session.send("Input.dispatchMouseEvent", {"type": kind, **place})

    mouse("mousePressed")
    page.wait_for_timeout(1000)
    browser.start_tracing(page=page, categories=CATEGORIES)
    for step in range(STEPS):
        mouse("mouseMoved", 4 * abs(step % 40 - 20))
        page.wait_for_timeout(40)
    trace = json.loads(browser.stop_tracing())
    assert page.evaluate(VALUE) != explorer.p[0], "the handle did not follow the mouse"
    page.close()
    return trace["traceEvents"]


def step_costs(events: list[dict]) -> tuple[list[float], list[float]]:
    """Milliseconds of each step: (the thread was busy, the clock went on)."""
    marks = [event for event in events if event["name"] == "drag step"]
    thread = marks[0]["pid"], marks[0]["tid"]
    tasks = [
        event
        for event in events
        if event["name"] == "ThreadControllerImpl::RunTask"
        and (event["pid"], event["tid"]) == thread
    ]
    # A step begins with the task that its mark lies in.
    starts = [max(task["ts"] for task in tasks if task["ts"] <= mark["ts"]) for mark in marks]
    steps = [
        [task for task in tasks if begin <= task["ts"] < end]
        for begin, end in itertools.pairwise(starts)
    ]
    busy, clock = (
        [sum(task.get(key, 0) for task in step) / 1000 for step in steps] for key in ("tdur", "dur")
    )
    return busy, clock


def summary(costs: list[float]) -> tuple[float, float]:
    """Median and 95th percentile."""
    return statistics.median(costs), statistics.quantiles(costs, n=20)[-1]


def main() -> int:
    """Measure every explorer and print a line for each."""
    handler = functools.partial(Quiet, directory=ROOT)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    slow = False
    print(f"{'one drag step, ms':28}{'busy: median':>13}{'p95':>7}{'clock: median':>16}{'p95':>7}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        for name, explorer in CASES.items():
            events = trace_drag(browser, f"http://127.0.0.1:{server.server_port}", explorer)
            busy, clock = map(summary, step_costs(events))
            slow |= busy[0] > MEDIAN_MS or busy[1] > P95_MS
            print(f"{name:28}{busy[0]:13.2f}{busy[1]:7.2f}{clock[0]:16.2f}{clock[1]:7.2f}")
        browser.close()
    return int(slow)


if __name__ == "__main__":
    sys.exit(main())
