"""Where the text asks for a number first, the page takes one and says how far off it was.

The line below the question is a comment (manuscript/guesses.py), so that JupyterLab, paper and a
reader without JavaScript have the plain question. Behaviour: html/static/guess.mjs.
"""

import json
from html import escape
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform
from sphinx.util import logging
from sphinx.writers.html5 import HTML5Translator

from manuscript.guesses import begins_guess, guess_of

logger = logging.getLogger(__name__)

FORM = """\
<form class="guess" autocomplete="off" novalidate data-number="{number}" data-unit="{unit}">
<label>Your guess{what}
<span class="together"><input type="text" inputmode="decimal" size="6"> {unit}</span></label>
<button>How far off?</button>
<p role="status"></p>
<a href="#{place}" hidden>See where it is computed</a>
</form>
"""


class guess(nodes.General, nodes.Element):
    """A place for the reader's number."""


class TakeGuesses(SphinxTransform):
    """Put a place for a number below the paragraph that asks for it."""

    default_priority = 500

    def apply(self, **kwargs: Any) -> None:
        """Replace the comments that say what the number is."""
        for comment in list(self.document.findall(nodes.comment)):
            lines = [f"% {line.strip()}" for line in comment.astext().splitlines()]
            asked = [self._form(line, comment) for line in lines if begins_guess(line)]
            if asked:
                comment.parent.replace(comment, [one for one in asked if one])

    def _form(self, line: str, comment: nodes.comment) -> guess | None:
        found = guess_of(line)
        cell = self._cells().get(found.cell) if found else None
        if found is None or cell is None:
            logger.warning("no cell of this page is named in %r", line, location=comment)
            return None
        place = f"answer-{found.cell}"
        if place not in cell["ids"]:
            cell["ids"].append(place)
        what = f" for {found.what}" if found.what else ""
        return guess("", number=found.number, unit=found.unit, what=what, place=place)

    def _cells(self) -> dict[str, nodes.container]:
        """Return {id of a code cell: its node}."""
        ids = self.env.temp_data.get("cell_ids", [])
        return {
            ids[node["cell_index"]]: node
            for node in self.document.findall(nodes.container)
            if node.get("nb_element") == "cell_code"
        }


def _note_cell_ids(app: Sphinx, docname: str, source: list[str]) -> None:
    """MyST-NB keeps the number of a cell and not its id."""
    if app.env.doc2path(docname).endswith(".ipynb"):
        cells = json.loads(source[0])["cells"]
        app.env.temp_data["cell_ids"] = [cell.get("id", "") for cell in cells]


def _visit(translator: HTML5Translator, node: guess) -> None:
    """Write the form; the unit is part of the field's name."""
    said = {name: escape(node[name]) for name in ("number", "unit", "what", "place")}
    translator.body.append(FORM.format(**said))
    raise nodes.SkipNode


def setup(app: Sphinx) -> None:
    """Note the cells before the page is parsed; take the comments when it is."""
    app.add_node(guess, html=(_visit, None))
    app.connect("source-read", _note_cell_ids, priority=600)  # after theme/notebooks.py
    app.add_transform(TakeGuesses)
