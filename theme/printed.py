"""Mark cells that print a table too wide for a telephone: it scrolls there, its columns kept."""

import re
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

SHOWN = 42  # letters of a line that 360 px show
GAP = re.compile(r"\S {2,}(?=\S)")  # what the eye takes for the edge of a column


def is_wide_table(text: str) -> bool:
    """Return whether lines with columns go on beyond a telephone's edge.

    Two lines or more, and one with three columns: names before sentences read well when they wrap.
    """
    gaps = [len(GAP.findall(line)) for line in text.splitlines() if len(line) > SHOWN]
    return sum(map(bool, gaps)) > 1 and max(gaps) > 1


class MarkWideTables(SphinxPostTransform):
    """Give the cell, whose outputs a run on the page replaces, the class "wide-table"."""

    default_priority = 900  # after MyST-NB has chosen the form of each output
    formats = ("html",)

    def run(self, **kwargs: Any) -> None:
        """Look at each text that a cell has printed."""
        for cell in _containers(self.document, "cell"):
            for outputs in _containers(cell, "cell_output"):
                printed = outputs.findall(nodes.literal_block)
                if any(is_wide_table(text.astext()) for text in printed):
                    cell["classes"].append("wide-table")
                    break


def _containers(node: nodes.Element, name: str) -> list[nodes.container]:
    return [found for found in node.findall(nodes.container) if name in found["classes"]]


def setup(app: Sphinx) -> None:
    """Register the transform."""
    app.add_post_transform(MarkWideTables)
