"""What one step of a drag costs: script, style, layout and paint, read from a Chromium trace.

    python -m bench.drag_step

A step is all that the page's main thread does from one pointermove to the next; where one presses
and does not drag, from one press to the next. Counted is the time that the thread itself ran
(busy), so that other programs don't enter; the time by the clock stands beside it. Every explorer
there is takes part, as its example and crowded, with each sort of handle that it has. Exits 1 where
the busy time passes a median of 4 ms or a p95 of 8 ms.
"""

import itertools
import json
import statistics
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

import explorers
from explorers.shared.base import Explorer
from theme.browsers import chromium
from theme.serving import serve

MEDIAN_MS, P95_MS = 4, 8
STEPS = 120
CATEGORIES = ["toplevel", "blink.user_timing"]  # few: what a trace notes down costs time too
# The first of each sort of handle or, where there is none, the last thing that one may press.
PARTS = """async () => {
    while (!document.querySelector(".chip")) await new Promise(requestAnimationFrame);
    const sorts = new Map();
    document.querySelectorAll(".handle").forEach((handle, index) => {
        const sort = handle.getAttribute("class").replace(/ ?(handle|vertical|horizontal)\\b/g, "");
        const figure = [...document.querySelectorAll("figure")].indexOf(handle.closest("figure"));
        const name = `${sort.trim() || "bar"} in figure ${figure + 1}`;
        if (!sorts.has(name)) sorts.set(name, [".handle", index]);
    });
    const pressed = "svg [role=button]:not([aria-disabled=true])";
    const last = document.querySelectorAll(pressed).length - 1;
    return sorts.size ? [...sorts] : [["a press", [pressed, last]]];
}"""
# From there the hand takes a slider to its farther end, and a point to the middle of the picture.
READY = """async ([[selector, index], event]) => {
    while (!document.querySelector(".chip")) await new Promise(requestAnimationFrame);
    const node = document.querySelectorAll(selector)[index];
    node.scrollIntoView({ block: "center" });
    addEventListener(event, () => performance.mark("step"), true);
    const middle = (box) => [box.x + box.width / 2, box.y + box.height / 2];
    const from = middle((node.querySelector(".knob, .reach") ?? node).getBoundingClientRect());
    const to = middle(node.ownerSVGElement.getBoundingClientRect());
    const inwards = [0, 1].map((axis) => Math.sign(to[axis] - from[axis]) || 1);
    const value = (end) => node.getAttribute(`aria-value${end}`);
    const [least, now, most] = ["min", "now", "max"].map(value);
    if (now === null) return [from, inwards];
    return [from, now - least > most - now ? [-1, 1] : [1, -1]];
}"""
WORK = "document.querySelector('.work').textContent"
ROOT = Path(explorers.__file__).parent
STATES = {
    f"{name}, {state}": getattr(getattr(explorers, name), state)
    for name in explorers.__all__
    for state in ("example", "crowded")
}
PAGE = """<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>Drag</title>
<script type="module" src="/shared/mount.mjs"></script>"""


def open_page(browser: Browser, host: str, explorer: Explorer) -> Page:
    """Open a page with the explorer alone."""
    page = browser.new_page(viewport={"width": 780, "height": 900})
    page.goto(f"{host}/shared/roles.css")  # our own origin; the page itself is made here
    sheets = (path.relative_to(ROOT).as_posix() for path in explorer.styles())
    links = "".join(f'<link rel="stylesheet" href="/{sheet}">' for sheet in sheets)
    page.set_content(PAGE + links + explorer._repr_mimebundle_()[0]["text/html"])
    return page


def trace_steps(browser: Browser, page: Page, part: tuple[str, int]) -> list[dict]:
    """Drag to and fro, or press again and again, a step every 40 ms; return the trace's events."""
    presses = part[0] != ".handle"
    event = "pointerdown" if presses else "pointermove"
    (x, y), (right, down) = page.evaluate(READY, [part, event])
    # Neither locators nor page.mouse: they leave listeners of their own in the page.
    session = page.context.new_cdp_session(page)

    def mouse(kind: str, way: float = 0) -> None:
        place = {"x": x + right * way, "y": y + down * way}
        hand = {"button": "left", "buttons": 1, "clickCount": 1}
        session.send("Input.dispatchMouseEvent", {"type": kind, **place, **hand})

    def step(way: float) -> None:
        if presses:
            mouse("mousePressed")
            mouse("mouseReleased")
        else:
            mouse("mouseMoved", way)

    before = page.evaluate(WORK)
    if not presses:
        mouse("mousePressed")
    step(20)
    page.wait_for_timeout(1000)
    assert page.evaluate(WORK) != before, f"{part} did not follow the mouse"
    browser.start_tracing(page=page, categories=CATEGORIES)
    for i in range(STEPS):
        step(4 * abs(i % 40 - 20))
        page.wait_for_timeout(40)
    return json.loads(browser.stop_tracing())["traceEvents"]


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
    slow = False
    print(f"{'one drag step, ms':50}{'busy: median':>13}{'p95':>7}{'clock: median':>16}{'p95':>7}")
    with (
        sync_playwright() as playwright,
        serve(ROOT) as host,
        chromium(playwright, whole=True) as browser,
    ):
        for state, make in STATES.items():
            page = open_page(browser, host, make())
            parts = page.evaluate(PARTS)
            page.close()
            for name, part in parts:
                page = open_page(browser, host, make())
                busy, clock = map(summary, step_costs(trace_steps(browser, page, part)))
                page.close()
                slow |= busy[0] > MEDIAN_MS or busy[1] > P95_MS
                line = f"{f'{state}: {name}':50}{busy[0]:13.2f}{busy[1]:7.2f}"
                print(f"{line}{clock[0]:16.2f}{clock[1]:7.2f}", flush=True)
    return int(slow)


if __name__ == "__main__":
    sys.exit(main())
