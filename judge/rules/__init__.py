"""The rules of the contract, one module for each part of a chapter.

A rule takes a page (manuscript.pages.Page, with the outputs of a run) and yields a sentence for
each breach. Its decorator says for which pages it holds.
"""

from collections.abc import Callable, Iterator

from manuscript.pages import Page

Rule = Callable[[Page], Iterator[str]]

# Filled as the modules are imported: judge/contract.py
CHAPTER: list[Rule] = []
NOTEBOOK: list[Rule] = []
PAGE: list[Rule] = []


def rule(group: list[Rule]) -> Callable[[Rule], Rule]:
    """Return a decorator that adds a rule to `group`."""

    def add(function: Rule) -> Rule:
        group.append(function)
        return function

    return add
