"""Turn admonitions and solutions of class "dropdown" into <details>, which need no script."""

from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.writers.html5 import HTML5Translator
from sphinx_exercise.nodes import solution_node

# sphinx-proof and sphinx-exercise give one and the same id to every block of a kind.
REPEATED_IDS = {"proof", "proof-content", "exercise-content", "solution-content"}


class details(nodes.General, nodes.Element):
    """A block that the reader folds out; its first child is the summary."""


class summary(nodes.General, nodes.TextElement):
    """The line of a `details` that is always seen."""


class FoldDropdowns(SphinxPostTransform):
    """Replace every block of class "dropdown" by a `details`."""

    default_priority = 900  # after sphinx-exercise has filled in the titles of its solutions
    formats = ("html",)

    def run(self, **kwargs: Any) -> None:
        """Replace the blocks; their ids and further classes stay."""
        for block in self.document.findall(nodes.Element):
            block["ids"] = [name for name in block["ids"] if name not in REPEATED_IDS]
        for block in list(self.document.findall(_is_dropdown)):
            if not isinstance(block[0], nodes.title):
                _give_title(block)
            title, *rest = block.children
            classes = [name for name in block["classes"] if name != "dropdown"]
            line = summary("", "", *title.children)
            if isinstance(block, solution_node):
                # Its title is a link, which a summary can't hold. "to Exercise 1" is for those who
                # don't see where it stands: screen readers, and paper.
                of_what = title.astext().removeprefix("Solution").replace("'", "’")
                line = summary("", "Solution", nodes.inline("", of_what, classes=["of-what"]))
                classes.append("solution")
            folded = details("", line, *rest)
            folded["ids"], folded["classes"] = block["ids"], ["fold", *classes]
            block.parent.replace(block, folded)


def _give_title(proof: nodes.Element) -> None:
    """Move the word "Proof." from the first sentence into a title of its own."""
    for text in proof.findall(nodes.Text):
        if text.astext().startswith("Proof. "):
            text.parent.replace(text, nodes.Text(text.astext().removeprefix("Proof. ")))
            break
    proof.insert(0, nodes.title("", "Proof"))


def _is_dropdown(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Admonition) and "dropdown" in node.get("classes", [])


def _visit_details(translator: HTML5Translator, node: details) -> None:
    translator.body.append(translator.starttag(node, "details"))


def _visit_summary(translator: HTML5Translator, node: summary) -> None:
    translator.body.append(translator.starttag(node, "summary", ""))


def setup(app: Sphinx) -> None:
    """Register the two nodes and the transform."""
    app.add_node(details, html=(_visit_details, lambda t, n: t.body.append("</details>\n")))
    app.add_node(summary, html=(_visit_summary, lambda t, n: t.body.append("</summary>\n")))
    app.add_post_transform(FoldDropdowns)
