"""What Python on a page is made of, where it has been fetched: the tests ask no network."""

import pytest

from live.sources import CACHE, NotToBeHadError, gather
from manuscript.pages import ROOT

NOT_TESTED = "PYTHON ON THE PAGES WAS NOT TESTED"  # what the summary of all tests looks for


@pytest.fixture(scope="session")
def gathered():
    """Return {name: file} of all that is pinned; skip the test where it is not in the cache."""
    try:
        return gather(ROOT / CACHE, sources=["no-source"], say=lambda _: None)
    except NotToBeHadError as error:
        pytest.skip(f"{NOT_TESTED}: {error}")
