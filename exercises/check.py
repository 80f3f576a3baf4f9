"""`check.NAME` is the public function NAME of whichever module of this package defines it.

A reader's function takes what lib's function of the same name takes, probabilities as NumPy arrays,
and returns bits, or nats where the input is logits.

A new exercise is a function in its chapter's module, named in that module's `__all__`, with a table
of cases and a table of slips; it is found from there. `tests/exercises/bank_CHAPTER.py` holds what
it must accept and refuse.
"""

import difflib
import importlib
import pkgutil
from collections.abc import Callable
from functools import cache
from typing import Any

import exercises
from exercises.engine import CheckFailed

__all__ = ["CheckFailed"]


@cache
def _found() -> dict[str, Callable[[Any], None]]:
    """Return the checks of all chapters by their names; no two may have the same."""
    found: dict[str, Callable[[Any], None]] = {}
    for info in pkgutil.iter_modules(exercises.__path__, "exercises."):
        if info.name == __name__:
            continue
        module = importlib.import_module(info.name)
        for name in getattr(module, "__all__", ()):
            if name in found:
                both = f"{found[name].__module__} and {module.__name__}"
                raise ImportError(f"{both} both have a check {name}; give one another name")
            found[name] = getattr(module, name)
    return found


def __getattr__(name: str) -> Callable[[Any], None]:
    if name.startswith("_"):
        raise AttributeError(f"exercises.check has no {name}")
    if name in _found():
        return _found()[name]
    near = difflib.get_close_matches(name, _found(), cutoff=0.5)
    near = near or [known for known in sorted(_found()) if name and name in known][:3]
    near = near or sorted(_found())
    raise AttributeError(f"there is no check.{name}; there is check.{', check.'.join(near)}")


def __dir__() -> list[str]:
    return sorted([*__all__, *_found()])
