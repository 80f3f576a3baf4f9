"""Render formulas with KaTeX while the book is built.

KaTeX runs in V8 (the wheel `mini-racer`), so a page needs no script for its formulas, only KaTeX's
style sheet and fonts, and a formula that KaTeX cannot read is a warning of the build, not a red
word on the page.
"""

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

from docutils import nodes
from py_mini_racer import JSEvalException, MiniRacer
from sphinx.application import Sphinx
from sphinx.locale import _
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number
from sphinx.writers.html5 import HTML5Translator

logger = logging.getLogger(__name__)

# \textcolor{blue}{p} in a formula takes the reader's theme: one role, one colour.
ROLE_OF_COLOUR = {"blue": "--p", "orangered": "--q", "purple": "--cost", "green": "--gain"}

# In MathML: how many parts an element has, and the sign between a function and what it is of.
MATHML = "http://www.w3.org/1998/Math/MathML"
TWO, THREE = ("msub", "msup", "munder", "mover", "mfrac", "mroot"), ("msubsup", "munderover")
SIZES = dict.fromkeys(TWO, 2) | dict.fromkeys(THREE, 3)
APPLY_TO = "\u2061"

# Comments around a short formula, until `keep_punctuation` has read them.
OPENS, ENDS = "<!--formula-->", "<!--/formula-->"

# A line of a formula breaks only between these parts, which KaTeX ends at relations and sums.
BASE = '<span class="katex-base">'
BRACKETS = re.compile(r'class="m(open|close)\b[^"]*">([^<]*)')  # one, or several in a row


@cache
def _engine() -> MiniRacer:
    engine = MiniRacer()
    engine.eval(Path(__file__).with_name("katex.min.js").read_text(encoding="utf-8"))
    return engine


@cache
def render(tex: str, display: bool = False) -> str:
    r"""Return the HTML (with MathML for screen readers) of the formula `tex`.

    Raises ValueError, with KaTeX's own message, where `tex` is not a formula.
    """
    options = {"displayMode": display, "strict": "error", "trust": False}
    try:
        html = _engine().call("katex.renderToString", tex, options)
    except JSEvalException as error:
        message = re.search(r"ParseError: (.*)", str(error))
        raise ValueError(message.group(1) if message else str(error)) from None
    html = re.sub("<math .*?</math>", lambda math: mend_scripts(math[0]), html, flags=re.DOTALL)
    # A translator takes single letters for words.
    html = html.replace('<span class="katex">', '<span class="katex" translate="no">', 1)
    for colour, role in ROLE_OF_COLOUR.items():
        html = html.replace(f"color:{colour};", f"color:var({role});")
    return html


def mend_scripts(math: str) -> str:
    r"""Take out the sign "apply to" where it is a part too many: KaTeX writes it after z_{\max}."""
    root = ElementTree.fromstring(math)
    mended = False
    for element in root.iter():
        size = SIZES.get(element.tag.removeprefix(f"{{{MATHML}}}"), len(element))
        signs = [child for child in element if child.text == APPLY_TO]
        for sign in signs[: max(0, len(element) - size)]:
            element.remove(sign)
            mended = True
    if not mended:
        return math
    ElementTree.register_namespace("", MATHML)
    return ElementTree.tostring(root, encoding="unicode", short_empty_elements=False)


def _render_node(node: nodes.Element, tex: str, display: bool) -> str:
    try:
        return render(tex, display)
    except ValueError as error:
        logger.warning("KaTeX: %s in %r", error, tex, location=node, type="katex")
        return f"<code>{tex}</code>"


def visit_math(translator: HTML5Translator, node: nodes.math) -> None:
    """Write an inline formula."""
    formula, parts = keep_brackets(_render_node(node, node.astext(), display=False))
    short = parts <= 2  # a long formula may break at its relations
    translator.body.append(f"{OPENS}{formula}{ENDS}" if short else formula)
    raise nodes.SkipNode


def keep_brackets(formula: str) -> tuple[str, int]:
    """Keep what stands in brackets on one line; return the formula and in how many parts it is."""
    head, *bases = formula.split(BASE)
    groups: list[list[str]] = []
    depth = 0
    for base in bases:
        if depth > 0:
            groups[-1].append(base)
        else:
            groups.append([base])
        for kind, brackets in BRACKETS.findall(base):
            depth += max(1, len(brackets)) * (1 if kind == "open" else -1)
    end = "</span></span>"  # of the formula, behind its last part
    if groups:
        groups[-1][-1] = groups[-1][-1].removesuffix(end)
        head += "".join(map(_written, groups)) + end
    return head, len(groups)


def _written(bases: Sequence[str]) -> str:
    html = "".join(BASE + base for base in bases)
    return f'<span class="together">{html}</span>' if len(bases) > 1 else html


def keep_punctuation(body: str) -> str:
    """Keep a short formula and the full stop or comma behind it on one line."""
    pattern = f"{OPENS}(.*?){ENDS}([.,;:!?)’”]*)"
    return re.sub(pattern, r'<span class="together">\1\2</span>', body, flags=re.DOTALL)


def visit_display_math(translator: HTML5Translator, node: nodes.math_block) -> None:
    """Write a displayed formula, with its number where it has one."""
    translator.body.append(translator.starttag(node, "div", CLASS="math-block"))
    if node["number"]:
        number = get_node_equation_number(translator, node)
        translator.body.append(f'<span class="eqno">({number})')
        translator.add_permalink_ref(node, _("Link to this equation"))
        translator.body.append("</span>")
    formula = _render_node(node, node.astext(), display=True)
    translator.body.append(f'<div class="math-scroll">{formula}</div></div>\n')
    raise nodes.SkipNode


def setup(app: Sphinx) -> None:
    """Register the renderer "katex" (chosen by `html_math_renderer`)."""
    app.add_html_math_renderer(
        "katex",
        inline_renderers=(visit_math, None),
        block_renderers=(visit_display_math, None),
    )
