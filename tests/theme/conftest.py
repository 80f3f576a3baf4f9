"""Tabs in which the tests look at the site; each is closed when its test ends."""

import pytest

from tests.theme.test_site import WIDE, arrive


@pytest.fixture
def new_tab(chromium):
    """Return a function that opens an empty tab with a cache and settings of its own."""
    contexts = []

    def opener(viewport=WIDE, **options):
        contexts.append(chromium.new_context(viewport=viewport, **options))
        return contexts[-1].new_page()

    yield opener
    for context in contexts:
        context.close()


@pytest.fixture
def open_page(new_tab, site_url):
    """Return a function that opens a page, and waits for its explorers.

    The tab is one of its own, or one more in `context`.
    """

    def opener(name, viewport=WIDE, context=None, **options):
        page = context.new_page() if context else new_tab(viewport, **options)
        arrive(page, f"{site_url}/{name}", **options)
        return page

    return opener
