"""Settings of the tests of the exercises."""

import importlib

import pytest

from exercises import limit

# What answers import: the first time it takes about as long as an answer may take here.
LARGE = ["scipy.optimize", "scipy.spatial.distance", "scipy.special", "scipy.stats",
         "sklearn.metrics", "sklearn.tree"]  # fmt: skip
for name in LARGE:
    importlib.import_module(name)


@pytest.fixture(autouse=True)
def _soon_over(monkeypatch):
    """Stop what does not end after one second; no answer in the banks takes a tenth of it."""
    monkeypatch.setattr(limit, "SECONDS", 1.0)
