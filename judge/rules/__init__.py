"""The rules of the contract, one module for each part of a chapter.

A rule takes a page (manuscript.pages.Page, with the outputs of a run) and yields a sentence for
each breach. Its decorator says for which pages it holds.
"""

CHAPTER, NOTEBOOK, PAGE = [], [], []  # filled as the modules are imported: judge/contract.py


def rule(group):
    """Return a decorator that adds a rule to `group`."""

    def add(function):
        group.append(function)
        return function

    return add
