"""A chapter as small as the contract allows, as it looks after a run, to be broken rule by rule."""

import nbformat

from manuscript.pages import ROOT, Page

OPENING = """# Surprise

How surprising is a card?

After this chapter you can

- compute a surprise
- compare two surprises
- name the unit of a surprise
"""
THEORY = """## Surprise in bits

:::{admonition} What is surprise measured in? Why a logarithm?
:class: asked dropdown

In bits, or in nats. The logarithm adds what is *independent*.
:::

A card carries $5.70$ bits, and a {term}`bit` is a unit.

Guess its surprise.

% guess: 5.70 bits from cell-3

:::{prf:definition} Surprise
:label: def-surprise

It is $-\\log p$.
:::

:::{prf:theorem} It adds up
:label: thm-adds

It does.
:::

:::{prf:proof}
:class: dropdown

By the logarithm.
:::
"""
BOOK = {"about": "How surprising a card is.", "needs": []}
GUESS = "Guess first: which bar is the highest?"
FIGURE = {
    "figure": {"caption": "The surprise of a card", "name": "fig-card"},
    "image": {"alt": "One blue bar, as high as six"},
}
FOLDED = {"tags": ["hide-cell"], "jupyter": {"source_hidden": True}}
NO_INPUT = {"tags": ["hide-input"], "jupyter": {"source_hidden": True}}
COMPARED = {"tags": ["nbval-check-output"]}
CHAOTIC = {"tags": ["chaotic"]}
EXERCISE = """:::{{exercise}} Cards {stars}
:label: ex-card-{number}

How many?
:::

:::{{solution}} ex-card-{number}
:class: dropdown

As many as that.
:::"""
QUESTION = """::::{{admonition}} {number}. How many?
:class: question

:::{{admonition}} A. One
:class: dropdown

Yes. One is enough for this.
:::

:::{{admonition}} B. Two
:class: dropdown

No. This counts the empty answer.
:::

:::{{admonition}} C. Three
:class: dropdown

No. This adds instead of multiplying.
:::
::::"""


def chapter():
    """Return the small chapter as a page that has been run."""
    notebook = nbformat.v4.new_notebook(cells=list(_cells()), metadata={"book": dict(BOOK)})
    for number, cell in enumerate(notebook.cells):
        cell.id = f"cell-{number}"
    return Page(_NoFile("mini.ipynb"), notebook)


def _cells():
    yield _markdown(OPENING)
    yield _code(
        "import numpy as np\nimport data\nfrom exercises import check\nfrom explorers import Bars\n"
        "from lib import surprisal\nuse_book_style()\nrng = np.random.default_rng(1)",
        NO_INPUT,
    )
    yield _markdown(THEORY)
    yield _code("print(f'{np.log2(52):.2f} bits')", COMPARED, _printed("5.70 bits\n"))
    yield _code("assert np.isclose(np.log2(52), surprisal(1 / 52, base=2))")
    yield _code("plot_pmf(ax, p)", {"mystnb": FIGURE, **NO_INPUT}, _drawn())
    yield _code("table = data.study('policy_leashes')")
    yield _markdown("The next run is this machine's own; elsewhere it ends elsewhere.")
    yield _code("print(train())", CHAOTIC, _printed("7.31 bits\n"))
    yield _markdown(GUESS)
    yield _code("Bars(p)")
    yield _code("@interact(k=(0, 1))\ndef f(k):\n    print(k)")
    yield _markdown("## Where this misleads\n\nSurprise is not importance.")
    yield _markdown("## Exercises")
    for number, stars in enumerate(["★", "★", "★★", "★★", "★★★"]):
        yield _markdown(EXERCISE.format(number=number, stars=stars))
    for name in ("entropy", "surprisal"):
        yield _code(f"def mine(p):\n    ...\n\n\ncheck.{name}(mine)")
        yield _code(f"check.{name}(mine)", FOLDED, _printed("✓"))
    questions = "\n\n".join(QUESTION.format(number=number) for number in (1, 2, 3))
    yield _markdown("## Check yourself\n\n" + questions)
    yield _markdown("## What to read\n\n[Shannon](https://example.org) began it.")
    yield _markdown(" ".join(["word"] * 2_000))


def _markdown(source):
    return nbformat.v4.new_markdown_cell(source)


def _code(source, metadata=(), *outputs):
    return nbformat.v4.new_code_cell(source, metadata=dict(metadata), outputs=list(outputs))


def _printed(text):
    return nbformat.v4.new_output("stream", name="stdout", text=text)


def _drawn():
    data = {"image/png": "iVBORw0KGgo=", "text/plain": "<Figure size 640x480 with 1 Axes>"}
    return nbformat.v4.new_output("display_data", data=data)


class _NoFile:
    """A path with a name and nothing behind it, beside the book's data."""

    def __init__(self, name):
        self.name, self.suffix, self.parent = name, ".ipynb", ROOT / "book"

    def exists(self):
        return False


def replace(old, new, count=-1):
    """Return a breach that replaces `old` by `new` wherever it stands."""

    def breach(page):
        assert any(old in cell.source for cell in page.notebook.cells)
        for cell in page.notebook.cells:
            cell.source = cell.source.replace(old, new, count)

    return breach


def change(source, **metadata):
    """Return a breach that changes the metadata of the first cell that holds `source`."""

    def breach(page):
        cell = next(cell for cell in page.notebook.cells if source in cell.source)
        cell.metadata.update(nbformat.from_dict(metadata))

    return breach


def say(**book):
    """Return a breach that changes what the notebook says of itself; None takes it out."""

    def breach(page):
        said = {**page.notebook.metadata["book"], **book}
        page.notebook.metadata["book"] = {k: v for k, v in said.items() if v is not None}

    return breach


def put_out(name, text):
    """Return a breach that lets the set-up cell print `text`."""

    def breach(page):
        output = nbformat.v4.new_output("stream", name=name, text=text)
        page.notebook.cells[1].outputs.append(output)

    return breach


def fail_with(error):
    """Return a breach that lets the set-up cell raise `error`."""

    def breach(page):
        output = nbformat.v4.new_output("error", ename=error, evalue="division by zero")
        page.notebook.cells[1].outputs.append(output)

    return breach


def figure(part, key, value):
    """Return a breach that replaces one word of the figure's metadata."""
    return change("plot_pmf", mystnb={**FIGURE, part: {**FIGURE[part], key: value}})
