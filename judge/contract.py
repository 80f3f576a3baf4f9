"""The contract of a chapter, as far as a machine can judge it: all rules, and what breaks them.

`CHAPTER` holds for chapters, `NOTEBOOK` for every notebook, `PAGE` for every page. A notebook is a
chapter unless its metadata says {"book": {"kind": "page"}}. The command is `python -m judge`.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

# Each of these modules adds its rules as it is imported.
from judge.rules import (
    CHAPTER,
    NOTEBOOK,
    PAGE,
    Rule,
    code,
    ending,
    figures,
    front,
    numbers,
    opening,
    words,
)
from manuscript.pages import ROOT, Page
from runner.runs import Runs

PARTS = (opening, code, numbers, figures, ending, words, front)


def rules_for(page: Page) -> list[Rule]:
    """Return the rules that hold for `page`."""
    is_notebook = page.path.suffix == ".ipynb"
    return PAGE + (NOTEBOOK if is_notebook else []) + (CHAPTER if page.is_chapter else [])


def breaches(page: Page, rules: Iterable[Rule]) -> list[str]:
    """Return what `page` does against `rules`, one sentence each."""
    return [f"{rule.__name__}: {what}" for rule in rules for what in rule(page)]


def ways_out(page: Page) -> Iterator[str]:
    """Yield how a page that breaks rules for chapters, and may be none, is spared them."""
    if page.is_chapter and "kind" not in page.said and breaches(page, CHAPTER):
        yield (
            'is judged as a chapter. If it is another page, write {"book": {"kind": "page"}} into '
            "the metadata of the notebook (in JupyterLab: the gear on the right, Advanced Tools)"
        )


def with_outputs(path: Path) -> Page:
    """Return the page at `path` with the outputs of its run, which may have stopped early."""
    return Page.read(path, Runs.of(ROOT).run_of(path).joined())
