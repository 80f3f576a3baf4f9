"""Answers in words that have lost their place: none is zero before a person has looked."""

import copy

from tests.coursework.classroom import WORDS, code, markdown, named
from tests.coursework.corpus.editors import strip_all
from tests.coursework.corpus.entries import edited, section

ENTRIES, entry = section()
BOTH = set(WORDS)
FIRST, SECOND = WORDS


def heading(made, question):
    """Return the cell that asks a question."""
    cells = made["cells"]
    return cells[cells.index(named(made)[question]) - 1]


def stripped(change):
    """Make a change while the cells still have names, and then take these away."""

    def both(made):
        change(made)
        strip_all(made)

    return both


def new_headings(*questions, keep=""):
    def change(made):
        for number, question in enumerate(questions, start=5):
            cell = heading(made, question)
            body = cell["source"].partition("\n")[2] if keep else ""
            cell["source"] = f"# My answer to number {number}\n{body}"

    return change


def split_up(made):
    """One cell for each paragraph, as Deepnote has it."""
    made["cells"] = [
        {**copy.deepcopy(cell), "source": paragraph}
        for cell in made["cells"]
        for paragraph in (
            cell["source"].split("\n\n") if cell["cell_type"] == "markdown" else [cell["source"]]
        )
    ]


def answers_in_two(made):
    for name in WORDS:
        cell = named(made)[name]
        half = len(cell["source"]) // 2
        place = made["cells"].index(cell)
        made["cells"].insert(place + 1, markdown(cell["source"][half:]))
        cell["source"] = cell["source"][:half]


def as_code(write):
    """Turn every text into code."""

    def change(made):
        for cell in made["cells"]:
            if cell["cell_type"] == "markdown":
                cell.update(code(write(cell["source"])))

    return change


def into_one_with_the_question(made):
    for name in WORDS:
        cell = named(made)[name]
        heading(made, name)["source"] += f"\n\n{cell['source']}"
        made["cells"].remove(cell)


def quoting_the_question(made):
    for name in WORDS:
        cell = named(made)[name]
        cell["source"] = f"{heading(made, name)['source']}\n\n{cell['source']}"
        made["cells"].remove(heading(made, name))


def moved_to(where, *, stubs):
    """Write both answers into one cell somewhere else."""

    def change(made):
        for name in WORDS:
            cell = named(made)[name]
            if stubs:
                cell["source"] = "YOUR ANSWER HERE"
            else:
                made["cells"].remove(cell)
        made["cells"].insert(where(made), markdown("\n\n".join(WORDS.values())))

    return change


def gone(made):
    for name in WORDS:
        made["cells"].remove(named(made)[name])


def empty_stubs(source):
    def change(made):
        for name in WORDS:
            named(made)[name]["source"] = source

    return change


def end(made):
    return len(made["cells"])


PLACED = {  # both answers are found
    "said-under-new-headings": stripped(new_headings(*WORDS, keep="the text")),
    "said-under-one-new-heading": stripped(new_headings(FIRST)),
    "said-in-split-cells": stripped(split_up),
    "said-in-two-cells": answers_in_two,
    "said-in-two-cells-without-names": stripped(answers_in_two),
    "said-in-marimo": stripped(as_code(lambda text: f'mo.md(r"""\n{text}\n""")')),
    "said-in-comments": stripped(
        as_code(lambda text: "\n".join(f"# {line}" for line in text.splitlines()))
    ),
    "said-in-strings": stripped(as_code(lambda text: f'r"""{text}"""')),
    "said-as-code-that-is-none": stripped(as_code(lambda text: text)),
    "said-in-one-cell-with-the-question": stripped(into_one_with_the_question),
    "said-below-the-question-quoted": stripped(quoting_the_question),
}
UNPLACED = {  # both are shown for each of the two questions
    "said-under-no-heading-of-ours": stripped(new_headings(*WORDS)),
    "said-at-the-end-below-stubs": moved_to(end, stubs=True),
    "said-at-the-end": moved_to(end, stubs=False),
    "said-at-the-top": moved_to(lambda made: 0, stubs=False),
    "said-at-the-top-without-names": stripped(moved_to(lambda made: 0, stubs=True)),
}
NOT_SAID = {  # nothing is there to be marked
    "said-nothing": empty_stubs("YOUR ANSWER HERE"),
    "said-nothing-without-names": stripped(empty_stubs("YOUR ANSWER HERE")),
    "said-nothing-in-a-comment": empty_stubs("# YOUR ANSWER HERE\n"),
    "said-nothing-but-a-name": lambda made: (
        empty_stubs("YOUR ANSWER HERE")(made),
        made["cells"].insert(0, markdown("Name: Ada Lovelace, u01")),
    ),
}
for name, change in PLACED.items():
    entry(name, edited(change))
for name, change in UNPLACED.items():
    entry(name, edited(change), look=BOTH)
for name, change in NOT_SAID.items():
    entry(name, edited(change))
entry("said-and-gone", edited(gone), look=BOTH)
