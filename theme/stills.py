"""Show a still of a widget that needs Python, with a link to the page that says how to run it.

`interact` keeps what it drew in a child widget (ipywidgets' Output); on a page without Python that
drawing is all there is to show.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from docutils import nodes
from myst_nb.core import render
from myst_nb.core.render import (
    WIDGET_STATE_MIMETYPE,
    WIDGET_VIEW_MIMETYPE,
    MimeData,
    NbElementRenderer,
)
from sphinx import addnodes
from sphinx.application import Sphinx

Widgets = Mapping[str, Mapping[str, Any]]  # {id of a model: what is stored of it}
STILL_MIME_TYPES = ("image/svg+xml", "image/png", "text/plain")


class StillOfWidget:
    """A MIME renderer of myst-nb: widget views become stills."""

    mime_priority_overrides: Sequence[tuple[str, str, int | None]] = ()

    @staticmethod
    def handle_mime(
        renderer: NbElementRenderer, data: MimeData, inline: bool
    ) -> list[nodes.Node] | None:
        """Return the nodes of the still, or None where `data` is no widget view."""
        if inline or data.mime_type != WIDGET_VIEW_MIMETYPE:
            return None
        metadata = renderer.renderer.nb_client.nb_metadata
        state = metadata.get("widgets", {}).get(WIDGET_STATE_MIMETYPE, {}).get("state", {})
        drawn = []
        for output in _drawn_by(state, _model_id(data.content)):
            mime_type = next((mime for mime in STILL_MIME_TYPES if mime in output), None)
            if mime_type:
                still = MimeData(mime_type, output[mime_type], data.cell_metadata, line=data.line)
                drawn += renderer.render_mime_type(still)
        return [*drawn, _note_how_to_run()]


def _model_id(content: str | dict[str, str]) -> str:
    view = json.loads(content) if isinstance(content, str) else content
    return view["model_id"]


def _drawn_by(state: Widgets, model_id: str) -> Iterator[dict[str, Any]]:
    """Yield the MIME bundles that the widget and its children have drawn."""
    model = state.get(model_id, {}).get("state", {})
    for output in model.get("outputs", ()):
        if "data" in output:
            yield output["data"]
    for child in model.get("children", ()):
        yield from _drawn_by(state, child.removeprefix("IPY_MODEL_"))


def _note_how_to_run() -> nodes.paragraph:
    link = addnodes.pending_xref(
        "",
        nodes.inline(text="Run this page"),
        refdomain="std",
        reftype="ref",
        reftarget="run-locally",
        refexplicit=True,
        refwarn=True,
    )
    text = nodes.Text(" to move its controls and to rewrite the cell.")
    return nodes.paragraph("", "A still: this cell needs Python. ", link, text, classes=["still"])


def setup(app: Sphinx) -> None:
    """Let MyST-NB ask for stills first.

    It finds its renderers by entry points of what is installed. An installed package of ours holds
    no theme, so its entry point would lead nowhere.
    """
    others = render.load_mime_renders()
    render.load_mime_renders = lambda: [StillOfWidget, *others]
