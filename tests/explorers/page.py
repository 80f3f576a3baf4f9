"""A page with an explorer on it, as the tests meet it: its HTML, a hand, and what it shows."""

import re
import shutil
from importlib import import_module
from typing import NamedTuple

import pytest
import traitlets
from bs4 import BeautifulSoup

import explorers
from explorers.shared.base import EXPLORERS

KINDS = [getattr(explorers, name) for name in explorers.__all__]
WIDE = {"width": 780, "height": 900}
PHONE = {"width": 360, "height": 740}
PLOT_HEIGHT = 188  # of a drawing that is 320 wide
LOG_BASE = {"bits": 2, "nats": None}
NEWS = [0.5, 0.3, 0.2]
LONG = ["a rather long name for an outcome", "unbelievable", "three", "four", "five"]
UNEVEN = [0.9, 0.04, 0.03, 0.0299, 0.0001]

# One role, one colour, in either theme: {"light": {"p": "#005fb0", …}, "dark": …}.
PAIRS = re.findall(
    r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\);",
    (EXPLORERS / "shared" / "roles.css").read_text("utf-8"),
)
THEMES = {
    "light": {name: light for name, light, _ in PAIRS},
    "dark": {name: dark for name, _, dark in PAIRS},
}


class Hand(NamedTuple):
    """What a hand finds on an explorer; each test file of an explorer says it in its HAND."""

    handles: int  # what is dragged
    sliders: int  # what the keys move
    tracks: int = 0  # areas where a press says how far, or where to
    pressed: str = ""  # a selector of what is pressed and not dragged
    make: object = None  # without arguments, an explorer with all of that; else its example()


def file_of(kind):
    """Return the test file of an explorer: what it says of it holds in the tests over all."""
    return import_module(f"tests.explorers.test_{kind.module}")


def states_of(kind):
    """Return {name: explorer}: the example, the crowded one, and what else CROWDED names."""
    more = getattr(file_of(kind), "CROWDED", {})
    return {"example": kind.example(), "crowded": kind.crowded(), **more}


# ---- what a page gets ----------------------------------------------------------------------


def html_of(explorer):
    return explorer._repr_mimebundle_()[0]["text/html"]


def box_of(explorer):
    """Return the element of the page that becomes the explorer."""
    return BeautifulSoup(html_of(explorer), "html.parser").div


def copy_files(folder):
    """Put what a page loads into `folder`, as the site has it."""
    hidden = shutil.ignore_patterns("*.py", "__pycache__", "node_modules", "*.json")
    shutil.copytree(EXPLORERS, folder / "explorers", ignore=hidden)


def styles(html):
    """Return links to the style sheets that a page with this HTML needs beside roles.css."""
    names = dict.fromkeys(re.findall(r'data-explorer="(\w+)"', html))
    own = [f"{name}/{name}.css" for name in names]
    sheets = ["shared/explorer.css", *(one for one in own if (EXPLORERS / one).exists())]
    return "".join(f'<link rel="stylesheet" href="/explorers/{one}">' for one in sheets)


def busy(kind):
    """Return the explorer that has all that its HAND counts."""
    return (file_of(kind).HAND.make or kind.example)()


# ---- the hand ------------------------------------------------------------------------------


# The frame that draws the last change is over, and with it what an explorer asks of the browser.
SETTLED = """async () => {
    do await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    while (document.querySelector(".explorer [aria-busy=true]"));
}"""


def settle(page):
    """Wait until the frame that draws the last change is over, and nothing is being found out."""
    page.evaluate(SETTLED)


def chip(page, name):
    page.get_by_role("button", name=name, exact=True).click()
    settle(page)


def pull(page, label, *ways):
    """Drag a handle by each of these ways from where it stood; let go at the last.

    A way is (to the right, down) in units of the first drawing, of which 320 are its width.
    """
    grip = page.get_by_role("slider", name=label, exact=True)
    grip.scroll_into_view_if_needed()
    x, y = middle_of(grip.locator(".knob"))
    unit = page.locator("figure svg").first.bounding_box()["width"] / 320
    page.mouse.move(x, y)
    page.mouse.down()
    for dx, dy in ways:
        page.mouse.move(x + dx * unit, y + dy * unit, steps=5)
        settle(page)
    page.mouse.up()


def pull_bar(page, label, whole, *changes):
    """Drag a bar's end by each of these changes; `whole`: how many units a bar of 1 is long."""
    pull(page, label, *((change * whole, 3) for change in changes))


def stop_the_clock(page):
    """From here on time passes in the page only as far as `page.clock.run_for` says.

    A clock that is only installed goes on by itself, and on a busy machine past what is waited for.
    """
    page.spent = True  # nothing starts its clock again
    page.clock.install(time=0)
    page.clock.pause_at(3600)


def middle_of(node):
    box = node.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def centre(page, slider):
    return middle_of(page.get_by_role("slider").nth(slider).locator(".reach"))


def pixels(page, probability):
    """How far the hand goes for a change of probability, upwards."""
    return -probability * PLOT_HEIGHT * page.locator("svg").first.bounding_box()["width"] / 320


def drag(page, slider, *changes):
    """Drag a handle by each of these changes from where it stood; release at the end."""
    x, y = centre(page, slider)
    page.mouse.move(x, y)
    page.mouse.down()
    for change in changes:
        page.mouse.move(x + 3, y + pixels(page, change), steps=5)
        settle(page)
    page.mouse.up()


def touch(session, kind, *points):
    session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": list(points)})


def swipe(page, x, y, dy):
    session = page.context.new_cdp_session(page)
    touch(session, "touchStart", {"x": x, "y": y})
    for step in range(1, 11):
        touch(session, "touchMove", {"x": x, "y": y + dy * step / 10})
        settle(page)
    touch(session, "touchEnd")
    settle(page)


# ---- what is shown -------------------------------------------------------------------------


def refuses(kind, name, value, complaint):
    """Ask that an explorer takes no such value of a trait, says why, and stays as it was."""
    explorer = kind()
    before = html_of(explorer)
    with pytest.raises(traitlets.TraitError, match=complaint):
        setattr(explorer, name, value)
    assert html_of(explorer) == before
    with pytest.raises(traitlets.TraitError, match=complaint):
        kind(**{name: value})


def held(page, *names):
    """What the model holds, on a page as JupyterLab opens it."""
    settle(page)
    return [page.evaluate("(name) => model.get(name)", name) for name in names]


def note(page):
    settle(page)
    return page.locator(".note").inner_text()


def read(page):
    """The table: names, then columns of numbers as they are written."""
    settle(page)
    rows = page.locator("tbody tr").evaluate_all(
        "rows => rows.map(row => [...row.children].map(cell => cell.textContent))"
    )
    return list(zip(*rows, strict=True))


def probabilities(page):
    return [float(p) for p in read(page)[1]]


def lines(page):
    settle(page)
    return page.locator(".formula").all_inner_texts()


def rgb(colour):
    return "rgb({}, {}, {})".format(*(int(colour[i : i + 2], 16) for i in (1, 3, 5)))


FOCUS = rgb(THEMES["light"]["focus"])


def gap_areas(page, height=PLOT_HEIGHT):
    """The purple areas of the bill minus the green ones, in bits."""
    whole, areas = page.locator("svg:has(.paid)").evaluate(
        """(bill) => {
            const size = (r) => ["width", "height"].map((a) => Number(r.getAttribute(a)));
            const seen = (r) => getComputedStyle(r).visibility === "visible";
            const all = (s) => [...bill.querySelectorAll(s)].filter(seen).map(size);
            const sum = (s) => all(s).reduce((total, [w, h]) => total + w * h, 0);
            const whole = all("rect.outlined").reduce((total, [w]) => total + w, 0);
            return [whole, sum(".cost rect") - sum(".gain rect")];
        }"""
    )
    return areas / whole / height * 5
