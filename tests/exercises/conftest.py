"""Settings of the tests of the exercises."""

import pytest

from exercises import limit


@pytest.fixture(autouse=True)
def _soon_over(monkeypatch):
    """Stop what does not end after one second; no answer in the banks takes a tenth of it."""
    monkeypatch.setattr(limit, "SECONDS", 1.0)
