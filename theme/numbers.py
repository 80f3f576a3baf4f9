"""Number theorems, figures and exercises anew in each chapter, so that a new one renumbers none.

Sphinx counts through the whole book. A link from another page, where its text is the number alone,
also names the chapter: "Theorem 2 of From probabilities to code lengths".
"""

import posixpath
import re
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

from .state import Application, Environment, Numbers

NUMBERED = re.compile(r"[A-Z]\w+ \d+")


def in_each_chapter(numbers: Numbers) -> Numbers:
    """Return {page: {kind: {id: (n,)}}} with the numbers of each page and kind counted from 1."""
    return {
        page: {
            kind: {name: (place,) for place, name in enumerate(ids, start=1)}
            for kind, ids in kinds.items()
        }
        for page, kinds in numbers.items()
    }


def _give_sphinx_its_own(app: Application, env: Environment) -> list[str]:
    """Let Sphinx compare its numbers with those that it gave in the last build."""
    app.numbers_shown = env.toc_fignumbers
    env.toc_fignumbers = getattr(env, "numbers_in_the_book", {})
    return []


def _count_in_each_chapter(app: Application, env: Environment) -> list[str]:
    env.numbers_in_the_book = env.toc_fignumbers
    env.toc_fignumbers = in_each_chapter(env.toc_fignumbers)
    # Any page may link to a number that has changed.
    return sorted(env.found_docs) if env.toc_fignumbers != app.numbers_shown else []


class NameTheChapter(SphinxPostTransform):
    """Add the chapter to a link whose text is the number of something on another page."""

    default_priority = 30  # after the links are resolved

    def run(self, **kwargs: Any) -> None:
        """Change the texts of such links."""
        here = self.app.builder.get_target_uri(self.env.docname)
        pages = {self.app.builder.get_target_uri(name): name for name in self.env.found_docs}
        for link in self.document.findall(nodes.reference):
            place = link.get("refuri", "").partition("#")[0]
            page = pages.get(posixpath.normpath(posixpath.join(posixpath.dirname(here), place)))
            if place and page and page != self.env.docname and NUMBERED.fullmatch(link.astext()):
                link += nodes.Text(f" of {self.env.titles[page].astext().partition(':')[0]}")


def setup(app: Sphinx) -> None:
    """Count after Sphinx has counted; name chapters in what is written."""
    app.connect("env-get-updated", _give_sphinx_its_own, priority=100)
    app.connect("env-get-updated", _count_in_each_chapter, priority=900)
    app.add_post_transform(NameTheChapter)
