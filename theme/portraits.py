"""A picture of an explorer in the state that its page shows, drawn without a browser.

The explorer's own module draws it in V8, on elements that have no layout (no_browser.js). The style
sheets of the explorers give it its colours, once on the light ground and once on the dark.
"""

import html
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from docutils import nodes
from py_mini_racer import JSEvalException, MiniRacer

from explorers.shared.base import EXPLORERS, bundle

HERE = Path(__file__).parent
SHOWN = re.compile(r'data-explorer="(\w+)"[^>]*? data-state="([^"]*)"')
SCHEMES = ("light", "dark")

RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
LOOKS = re.compile(r"--role|fill|stroke|font|paint-order|opacity|shape-rendering|display: none")
ELSEWHERE = re.compile(r":(?:hover|focus|active)|\b(?:figcaption|table|th|td|tfoot|button)\b")
LIGHT_DARK = re.compile(r"light-dark\((#\w+), (#\w+)\)")


@dataclass(frozen=True)
class Portrait:
    """The picture of an explorer: its SVG in both schemes, its size, and its title."""

    pictures: dict[str, str]
    width: int
    height: int
    title: str


def explorer_on(doctree: nodes.document) -> tuple[str, dict[str, Any]] | None:
    """Return name and state of the last explorer on a page, at which it arrives, or None."""
    found = [SHOWN.search(raw.astext()) for raw in doctree.findall(nodes.raw)]
    shown = [match for match in found if match]
    return (shown[-1][1], json.loads(html.unescape(shown[-1][2]))) if shown else None


def portrait(name: str, state: Mapping[str, Any], explorers: Path = EXPLORERS) -> Portrait:
    """Return the picture of the explorer `name` in this state.

    Raises ValueError where its module asks for more of a browser than there is.
    """
    module = bundle(explorers / name / f"{name}.mjs")
    with MiniRacer() as engine:
        try:
            engine.eval((HERE / "no_browser.js").read_text("utf-8"))
            named = module.replace("export default", "globalThis.EXPLORER =", 1)
            engine.eval(f"{{{named}\n}}")  # in braces, since a module's names are its own
            asked = f"JSON.stringify(portrait(EXPLORER, {json.dumps(state)}))"
            drawn = json.loads(str(engine.eval(asked)))
        except JSEvalException as error:
            raise ValueError(f"{name} can't be drawn without a browser: {error}") from None
    svg = drawn["picture"]
    (width, height), *_ = re.findall(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg)
    sheets = [explorers / "shared" / "explorer.css", explorers / name / f"{name}.css"]
    style = "".join(_rules(sheet.read_text("utf-8"), svg) for sheet in sheets if sheet.exists())
    roles = (explorers / "shared" / "roles.css").read_text("utf-8")
    return Portrait(
        {scheme: _complete(svg, _colours(roles, scheme) + style) for scheme in SCHEMES},
        round(float(width)),
        round(float(height)),
        drawn["title"],
    )


def _complete(svg: str, style: str) -> str:
    head = '<svg xmlns="http://www.w3.org/2000/svg" font-family="system-ui, sans-serif" '
    return svg.replace("<svg ", head, 1).replace(">", f"><style>{style}</style>", 1)


def _colours(roles: str, scheme: str) -> str:
    """Return the colours of the roles in one scheme, as variables of the picture."""
    (names,) = [body for selector, body in RULE.findall(roles) if "light-dark" in body]
    chosen = LIGHT_DARK.sub(lambda pair: pair[1 + SCHEMES.index(scheme)], names)
    return f":root{{{_tight(chosen)}}}"


def _rules(css: str, svg: str) -> str:
    """Return the rules of a style sheet that say how something in the picture looks."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    css = re.sub(r"@[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}", "", css)  # for screens and paper
    used = {name for names in re.findall(r'class="([^"]*)"', svg) for name in names.split()}
    kept = []
    for selector, body in RULE.findall(css):
        selector = re.sub(r"\.explorer |svg ", "", selector.strip())
        named = set(re.findall(r"\.([\w-]+)", selector))
        looks = [part.strip() for part in body.split(";") if LOOKS.match(part.strip())]
        in_picture = not ELSEWHERE.search(selector) and selector != ".explorer"
        if looks and in_picture and (not named or named & used):
            kept.append(f"{_tight(selector)}{{{_tight(';'.join(looks))}}}")
    return "".join(kept)


def _tight(css: str) -> str:
    return re.sub(r"\s*([{};:,])\s*(?!not|is)", r"\1", re.sub(r"\s+", " ", css)).strip().strip(";")
