"""What one step of a drag costs: script, style, layout and paint, read from a Chromium trace.

    python bench/drag_step.py

A step is all that the page's main thread does from one pointermove to the next; where one presses
and does not drag, from one press to the next. Counted is the time
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
from explorers.shared.base import Explorer

MEDIAN_MS, P95_MS = 4, 8
STEPS = 120
CATEGORIES = ["toplevel", "blink.user_timing"]  # few: what a trace notes down costs time too
READY = """async ([selector, event]) => {
    const target = () => document.querySelector(selector);
    while (!target()) await new Promise(requestAnimationFrame);
    addEventListener(event, () => performance.mark("step"), true);
    const { x, y, width, height } = target().getBoundingClientRect();
    return [x + width / 2, y + height / 2];
}"""
READOUT = "document.querySelector('.readout').textContent"
ROOT = Path(explorers.__file__).parent
SLIDER, POINT = "[role=slider] .reach", ".point.q .reach"
CASES = {
    "SurpriseBars, 3 outcomes": (explorers.SurpriseBars(), SLIDER),
    "SurpriseBars, 10 outcomes": (explorers.SurpriseBars([0.1] * 10), SLIDER),
    "KraftBudget, a press": (explorers.KraftBudget(), "[aria-label^='1111,'] .reach"),
    "KraftBudget, 10 outcomes": (
        explorers.KraftBudget([], [0.1] * 10),
        "[aria-label^='1111,'] .reach",
    ),
    "CoderInterval, 4 letters": (explorers.CoderInterval(), SLIDER),
    "CoderInterval, 8 of 10": (explorers.CoderInterval([1] * 8, [0.1] * 10), SLIDER),
    "LogitPull, a logit": (explorers.LogitPull(), SLIDER),
    "BillTriangle, Q": (explorers.BillTriangle(), POINT),
    "BillTriangle, P": (explorers.BillTriangle(move_p=True), ".point.p .reach"),
    "ForwardReverse, Q": (explorers.ForwardReverse(), POINT),
    "ForwardReverse, a mode": (explorers.ForwardReverse(), ".point.p .reach"),
    "ForwardReverse, one of three": (
        explorers.ForwardReverse([-4, 0, 4], widths=[0.7] * 3),
        ".point.p .reach",
    ),
    "StepSize, the step": (explorers.StepSize(), ".pointer .reach"),
    "StepSize, an arm": (explorers.StepSize(), SLIDER),
    "StepSize, an arm, clip": (explorers.StepSize(method="clip"), SLIDER),
}
PAGE = """<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>Drag</title>
<link rel="stylesheet" href="/static/roles.css"><link rel="stylesheet" href="/static/explorer.css">
<script type="module" src="/static/mount.mjs"></script>"""


class Quiet(http.server.SimpleHTTPRequestHandler):
    """A file server that does not log."""

    def log_message(self, *args):
        """Nothing: the table is the output."""


def trace_steps(browser: Browser, host: str, explorer: Explorer, selector: str) -> list[dict]:
    """Drag to and fro, or press again and again, a step every 40 ms; return the trace's events."""
    presses = "aria-label" in selector
    page = browser.new_page(viewport={"width": 780, "height": 900})
    page.goto(f"{host}/static/roles.css")  # our own origin; the page itself is made here
    page.set_content(PAGE + explorer._repr_mimebundle_()[0]["text/html"])
    x, y = page.evaluate(READY, [selector, "pointerdown" if presses else "pointermove"])
    # Neither locators nor page.mouse: they leave listeners of their own in the page.
    session = page.context.new_cdp_session(page)

    def mouse(kind: str, way: float = 0) -> None:
        place = {"x": x + way, "y": y - way, "button": "left", "buttons": 1, "clickCount": 1}
        session.send("Input.dispatchMouseEvent", {"type": kind, **place})

    def step(way: float) -> None:
        if presses:
            mouse("mousePressed")
            mouse("mouseReleased")
        else:
            mouse("mouseMoved", way)

    before = page.evaluate(READOUT)
    if not presses:
        mouse("mousePressed")
    step(20)
    page.wait_for_timeout(1000)
    assert page.evaluate(READOUT) != before, f"{selector} did not follow the mouse"
    browser.start_tracing(page=page, categories=CATEGORIES)
    for i in range(STEPS):
        step(4 * abs(i % 40 - 20))
        page.wait_for_timeout(40)
    trace = json.loads(browser.stop_tracing())
    page.close()
    return trace["traceEvents"]


def step_costs(events: list[dict]) -> tuple[list[float], list[float]]:
    """Milliseconds of each step: (the thread was busy, the clock went on)."""
    marks = [event for event in events if event["name"] == "step"]
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
        host = f"http://127.0.0.1:{server.server_port}"
        for name, case in CASES.items():
            events = trace_steps(browser, host, *case)
            busy, clock = map(summary, step_costs(events))
            slow |= busy[0] > MEDIAN_MS or busy[1] > P95_MS
            print(f"{name:28}{busy[0]:13.2f}{busy[1]:7.2f}{clock[0]:16.2f}{clock[1]:7.2f}")
        browser.close()
    return int(slow)


if __name__ == "__main__":
    sys.exit(main())
