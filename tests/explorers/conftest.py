"""Pages with explorers: published ones without a kernel, and one as JupyterLab opens it."""

import itertools
import json

import pytest

from explorers import SurpriseBars
from tests.explorers.page import WIDE, copy_files, html_of, settle, styles
from theme.pages import name_explorers
from theme.serving import serve

PAGE = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>An explorer</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">
<link rel="stylesheet" href="/explorers/shared/roles.css">%s
<script type="module" src="/explorers/shared/mount.mjs"></script>
<style>body { margin: 0 auto; padding: 16px; max-width: 700px; background: var(--paper); }</style>
</head><body>%s<p style="height: 1500px">The text goes on.</p></body></html>"""

# Lab renders into an element that is not on the page yet, from a blob, with a model of its own.
IN_LAB = """async ({ esm, state }) => {
    const url = URL.createObjectURL(new Blob([esm], { type: "text/javascript" }));
    const { default: explorer } = await import(url);
    const listeners = {};
    window.calls = { set: 0, saved: 0, listeners };
    window.model = {
        get: (name) => state[name],
        set(name, value) {
            window.calls.set += 1;
            state[name] = value;
            listeners[`change:${name}`]?.forEach((listener) => listener());
        },
        on: (event, listener) => (listeners[event] ??= new Set()).add(listener),
        off: (event, listener) => listeners[event].delete(listener),
        save_changes: () => { window.calls.saved += 1; },
    };
    const el = document.createElement("div");
    window.stop = explorer.render({ model: window.model, el });
    await new Promise((done) => setTimeout(done, 100));
    document.querySelector(".explorer").replaceWith(el);
}"""


# A notebook has no address that a link could name.
BUT_FOR_THE_LINK = """(explorer) => {
    const copy = explorer.cloneNode(true);
    copy.querySelector(".link").remove();
    return copy.innerHTML;
}"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return a folder with all that a page of the site loads for its explorers."""
    folder = tmp_path_factory.mktemp("page")
    copy_files(folder)
    return folder


@pytest.fixture(scope="module")
def host(folder):
    """Return the address at which that folder is served."""
    with serve(folder) as url:
        yield url


MEDIA = ("color_scheme", "reduced_motion", "forced_colors")
NUMBERS = itertools.count()


@pytest.fixture(scope="module")
def tab(chromium):
    """Return a function that gives a tab, the same again and again: a new one takes a second.

    What a browser asks for only when a tab is new, as of a finger, needs one of its own.
    """
    kept = []

    def give():
        if kept and kept[-1].spent:
            kept.pop().context.close()
        if not kept:
            kept.append(chromium.new_page())
            kept[-1].spent = False
        return kept[-1]

    yield give
    for page in kept:
        page.context.close()


def as_new(page, viewport=WIDE, **media):
    """Bring a tab that was used to its first state: window, media, and a hand that rests."""
    page.mouse.up()
    page.mouse.move(0, 0)
    page.set_viewport_size(viewport)
    page.emulate_media(media="null", **{name: media.get(name, "null") for name in MEDIA})


@pytest.fixture
def open_page(chromium, tab, folder, host):
    """Return a function that opens an explorer; no page may complain or ask another host.

    What depends on where a tab has been, as the last stop of the Tab key, asks for its `own`.
    """
    trouble, opened, contexts = [], [], []
    hear = {
        "console": lambda message: trouble.append(f"console: {message.text}"),
        "pageerror": lambda error: trouble.append(f"error: {error}"),
        "request": lambda request: note(request.url),
    }

    def note(url):
        if not url.startswith((host, "data:", "blob:")):
            trouble.append(f"asked for {url}")

    def new_page(own=False, **options):
        if not (own or opened or {*options} - {"viewport", *MEDIA}):
            page = tab()
            as_new(page, **options)
        else:
            contexts.append(chromium.new_context(**{"viewport": WIDE, **options}))
            page = contexts[-1].new_page()
        opened.append(page)
        for kind, listener in hear.items():
            page.on(kind, listener)
        return page

    def open_one(explorer=None, html=None, **options):
        html = name_explorers(html or html_of(explorer or SurpriseBars()))
        name = f"page-{next(NUMBERS)}.html"  # no cache knows it
        (folder / name).write_text(PAGE % (styles(html), html), "utf-8")
        page = new_page(**options)
        page.goto(f"{host}/{name}")
        if options.get("java_script_enabled", True) and 'data-explorer="missing"' not in html:
            page.locator(".chip").first.wait_for()
            settle(page)
        return page

    open_one.trouble = trouble
    yield open_one
    for page in opened:
        for kind, listener in hear.items():
            page.remove_listener(kind, listener)
    for context in contexts:
        context.close()
    assert not trouble


@pytest.fixture
def open_lab(open_page):
    """Return a function that opens a bundle as JupyterLab does, next to nothing else."""

    def open_one(explorer):
        page = open_page(explorer)
        page.published = page.locator(".explorer").evaluate(BUT_FOR_THE_LINK)
        state = json.loads(page.locator(".explorer").get_attribute("data-state"))
        page.evaluate(IN_LAB, {"esm": explorer._esm, "state": state})
        page.locator(".explorer:not([data-explorer]) .chip").first.wait_for()
        settle(page)
        return page

    return open_one


@pytest.fixture(scope="module")
def module_page(chromium, host):
    """Return a page of our own origin on which modules can be imported."""
    context = chromium.new_context()
    page = context.new_page()
    page.goto(f"{host}/explorers/shared/roles.css")
    yield page
    context.close()


@pytest.fixture(scope="module")
def in_browser(module_page):
    """Return a function that calls what a module exports: "shared/measures", "entropy", …"""

    def call(module, name, *arguments):
        return module_page.evaluate(
            "([from, name, given]) => import(`/explorers/${from}.mjs`)"
            ".then((m) => m[name](...given))",
            [module, name, arguments],
        )

    return call
