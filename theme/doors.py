"""`make book LIVE=1`: a button runs a chapter on its page, a link opens it as a notebook.

Without LIVE nothing here touches a page. With it, and without a source for what Python on a page is
made of, the site is built without the two, and the last lines say so.
"""

import json
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from functools import partial
from html import escape
from itertools import groupby
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.util import logging

from live.layout import FOLDER, LAB_FOLDER, LICENCES, Layout, layout, times
from live.sources import CACHE, NotToBeHadError, gather
from manuscript.pages import Page

from .chapters import chapters as in_order
from .notebooks import notebooks, runs_of
from .state import Application, Context

logger = logging.getLogger(__name__)

LIVE = "LIVE"  # the variable of the environment
CELL, NAMED = '<div class="cell ', '<div data-cell="{}" class="cell '
SAYS_HOW_MUCH = (
    "Change the code below and run it, in your browser. It takes {plain:.0f} MB the first time "
    "({packed:.0f} where the server packs them), from this site alone. "
    "What you write stays with you."
)
SAYS_HOW_LONG = " To run all cells takes about {minutes}."
LONG = 30  # seconds of all cells; what takes less needs no word
SLOWER = 3.0  # a page than a run, for a chapter that bench/in_browser.py has not timed yet
BUTTON = """
<div class="live-door" data-live="{settings}" style="margin-block: 1rem; \
font: var(--small)/1.5 var(--sans)" hidden>
<button type="button" style="min-height: 2.2rem; margin-inline-end: 0.6rem; padding: 0 0.9rem; \
border: 1.5px solid var(--ink); border-radius: 6px; background: var(--paper); color: var(--ink); \
font: inherit; font-weight: 600; cursor: pointer">Run on this page</button>
{link}<span role="status" style="display: block; margin-top: 0.4rem">{says}</span>
</div>
<script>{{
  const door = document.querySelector(".live-door");
  const press = door.querySelector("button");
  const said = door.querySelector("[role=status]");
  door.hidden = !served;
  press.onclick = async () => {{
    press.disabled = true;
    said.textContent = "The editors are coming …";
    try {{
      await (await import(new URL("{start}", document.baseURI))).start(door);
    }} catch (error) {{
      press.disabled = false;
      said.textContent = "It could not be loaded. Try again.";
      throw error;
    }}
  }};
}}</script>
"""
LINK = '<a href="{}" style="white-space: nowrap">Open as a notebook</a>\n'
SETS = """
<p class="live-door" style="font: var(--small)/1.5 var(--sans)" hidden>With nothing to install, in
your browser: {links}. Each opens as a notebook, and a line at its end checks it.</p>
<script>document.querySelector(".live-door").hidden = !served;</script>
"""
PAGES_OF_SETS = ("book/hand-in", "book/for-teachers")


def wanted() -> bool:
    """Tell whether this build is asked for the button."""
    return os.environ.get(LIVE, "") not in ("", "0")


def chapters(root: Path) -> dict[str, Path]:
    """Return {name: notebook} of the chapters, also of one that is not in the contents."""
    paths = sorted((root / "book").glob("*.ipynb"))
    return {path.stem: path for path in paths if Page.read(path).is_chapter}


def _lay_out(app: Application, config: Config) -> None:
    """Gather first: what the pages say, and whether they are made anew, hangs on it."""
    root = Path(app.srcdir)
    try:
        gathered = gather(root / CACHE, say=logger.info)
    except NotToBeHadError as error:
        app.live_missing = str(error)
        return
    from live.lab import lab  # it takes a second to import, and few builds need it

    app.live_layout = layout(root, gathered, chapters(root))
    app.live_lab = lab(root, gathered, app.live_layout)
    config.live = json.dumps([app.live_layout.settings, app.live_lab.settings], sort_keys=True)


def with_door(body: str, notebook: Mapping[str, Any], door: str) -> str:
    """Return a page with the button below its title, and each code cell with its id.

    Errors: ValueError where the page has another number of code cells than the notebook.
    """
    ids = ids_on_page(notebook)
    if body.count(CELL) != len(ids):
        raise ValueError(f"the page has {body.count(CELL)} code cells, the notebook {len(ids)}")
    given = iter(ids)
    body = re.sub(re.escape(CELL), lambda _: NAMED.format(escape(next(given))), body)
    return body.replace("</h1>", "</h1>" + door, 1)


def ids_on_page(notebook: Mapping[str, Any]) -> list[str]:
    """Return the ids of the code cells that a page shows."""
    return [
        cell["id"]
        for cell in notebook["cells"]
        if cell["cell_type"] == "code" and "remove-cell" not in cell["metadata"].get("tags", [])
    ]


def _open(
    app: Application,
    pagename: str,
    templatename: str,
    context: Context,
    doctree: nodes.document | None,
) -> None:
    made: Layout | None = getattr(app, "live_layout", None)
    if made is None or doctree is None:
        return
    to_notebook = partial(_to_notebook, app.live_lab, context["pathto"])
    if pagename in PAGES_OF_SETS:
        titles = app.live_lab.settings["sets"]
        links = [f'<a href="{to_notebook(name)}">{escape(titles[name])}</a>' for name in titles]
        door = SETS.format(links="; ".join(links))
        context["body"] = context["body"].replace("</h1>", "</h1>" + door, 1)
    path = notebooks(app.env).get(pagename)
    name = pagename.rpartition("/")[2]
    if path is None or name not in made.settings["cells"]:
        return
    seconds = times().get(name) or runs_of(app).run_of(path).record.get("seconds", 0) * SLOWER
    opens = to_notebook(name)
    door = button(made.settings, name, f"{pagename}.ipynb", context["pathto"], seconds, opens)
    context["body"] = with_door(context["body"], json.loads(path.read_text("utf-8")), door)


def _to_notebook(made: Layout, pathto: Any, name: str) -> str:
    """Return the link that opens a notebook."""
    return pathto(f"{made.settings['opens']}{name}.ipynb", 1)


def _start_page(app: Application) -> Iterator[tuple[str, Context, str]]:
    """Yield the page that lists the notebooks; JupyterLite reads a line of it, too."""
    made: Layout | None = getattr(app, "live_lab", None)
    if made is not None:
        opens = made.settings["opens"].partition("/")[2]
        parts = [
            (part, [(chapter.title, f"{opens}{chapter.name.rpartition('/')[2]}.ipynb")
                    for chapter in group])
            for part, group in groupby(in_order(app), key=lambda chapter: chapter.part)
        ]  # fmt: skip
        problem_sets = [(title, f"{opens}{name}.ipynb")
                        for name, title in made.settings["sets"].items()]  # fmt: skip
        megabytes = {kind: round(size / 1e6) for kind, size in made.settings["weight"].items()}
        given = {"parts": [*parts, ("Problem sets", problem_sets)], "megabytes": megabytes}
        yield f"{made.folder}/index", given, "live.html"


def button(
    settings: Mapping[str, Any],
    name: str,
    notebook: str,
    pathto: Any,
    seconds: float = 0,
    opens: str = "",
) -> str:
    """Return the button of a page, with all that it must know when it is pressed.

    `seconds` is what all cells take there, `opens` where the link beside it leads, if there is one.
    """
    at = pathto(FOLDER, 1)
    told = {
        "name": name,
        "cells": f"{at}/{settings['cells'][name]}",
        "notebook": pathto(f"_sources/{notebook}", 1),
        "explorers": pathto("_static/explorers/", 1),
        "licences": f"{at}/{LICENCES.name}",
        "python": {
            "core": f"{at}/{settings['core']}",
            "lock": f"{at}/{settings['lock']}",
            "packages": settings["packages"],
            "bytes": settings["bytes"],
        },
    }
    weight = {name: size / 1e6 for name, size in settings["weight"].items()}
    return BUTTON.format(
        settings=escape(json.dumps(told)),
        says=SAYS_HOW_MUCH.format(**weight) + how_long(seconds),
        start=f"{at}/{settings['page']}start.mjs",
        link=LINK.format(escape(opens)) if opens else "",
    )


def how_long(seconds: float) -> str:
    """Return what a page says before the click of cells that take so many seconds."""
    if seconds < LONG:
        return ""
    minutes = max(1, round(seconds / 60))
    return SAYS_HOW_LONG.format(minutes="a minute" if minutes == 1 else f"{minutes} minutes")


def _write(app: Application, exception: Exception | None) -> None:
    if exception is None and app.builder.format == "html":
        site = Path(app.outdir)
        if hasattr(app, "live_layout"):
            app.live_layout.write(site)
            app.live_lab.write(site, keep=["index.html"])
        else:
            for folder in (FOLDER, LAB_FOLDER):
                shutil.rmtree(site / folder, ignore_errors=True)
        missing = getattr(app, "live_missing", "")
        if missing:
            logger.info("Built without Python on the pages (LIVE): %s", missing)


def setup(app: Sphinx) -> None:
    """Open the door where it is asked for; take away what an older build has left of one."""
    app.connect("build-finished", _write)
    if wanted():
        app.add_config_value("live", "", "html")  # another value makes every page anew
        app.connect("config-inited", _lay_out)
        app.connect("html-page-context", _open, priority=600)  # after theme/pages.py
        app.connect("html-collect-pages", _start_page)
