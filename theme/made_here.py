"""Places on a page that the build fills from the other pages.

    :::{admonition} The chapters
    :class: made-here chapters

    What JupyterLab shows instead.
    :::

On the site its content gives way to what a maker returns for its second class: docutils nodes, made
anew in every build, when all pages have been read.
"""

from collections.abc import Mapping
from typing import Any, cast

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.transforms import SphinxTransform
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging

from .state import Application, Maker

logger = logging.getLogger(__name__)

MADE_HERE = "made-here"
NOTED = "made_here"  # in what the environment knows of a page that has such a place


class made_here(nodes.General, nodes.Element):
    """A place that is filled when the pages are written: its attribute says by which maker."""


class FindPlaces(SphinxTransform):
    """Take out what stands there for JupyterLab, before anything of it is indexed."""

    default_priority = 500

    def apply(self, **kwargs: Any) -> None:
        """Replace each such admonition by an empty place."""
        for block in list(self.document.findall(nodes.Admonition)):
            classes = block.get("classes", [])
            if MADE_HERE in classes:
                (kind,) = [name for name in classes if name != MADE_HERE]
                block.parent.replace(block, made_here(kind=kind))
                self.env.metadata[self.env.docname][NOTED] = True


class FillPlaces(SphinxPostTransform):
    """Put into each place what its maker returns."""

    default_priority = 5  # before links are resolved: what is put in has some

    def run(self, **kwargs: Any) -> None:
        """Fill the places of this page."""
        for place in list(self.document.findall(made_here)):
            makers = cast(Application, self.app).makers_of_places
            maker = makers.get(place["kind"])
            if maker is None:
                known = ", ".join(sorted(makers))
                logger.warning(
                    "nothing makes %s; there are %s", place["kind"], known, location=place
                )
            place.parent.replace(place, maker(self.app, self.env.docname) if maker else [])


def _name_pages_with_places(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Let Sphinx write these pages in every build: what is put in is of other pages."""
    return [name for name in env.found_docs if NOTED in env.metadata[name]]


def setup(app: Sphinx, makers: Mapping[str, Maker]) -> None:
    """Register the places, with {kind: a function of app and page that returns nodes}."""
    cast(Application, app).makers_of_places = makers
    app.add_node(made_here)
    app.add_transform(FindPlaces)
    app.add_post_transform(FillPlaces)
    app.connect("env-updated", _name_pages_with_places)
