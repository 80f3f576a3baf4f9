"""The numbers of a set that are drawn for a class or a student, and their places in the master.

A set whose hidden.py has a function `draw` may have other numbers for everybody:

    def draw(rng):
        return {"cards": 52 if rng is None else int(rng.choice([48, 52, 56]))}

Without a generator it returns the numbers that the set has if nobody asks for others. In texts of
the master they stand as «cards», or «share:.3f», and so does what a function `derive` makes of them
for the rubric. In a given cell of code they are assigned, `cards = 52`, and the line is replaced.
"""

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

_PLACE = re.compile(r"«(\w+)(?::([^«»]*))?»")


@dataclass(frozen=True)
class Numbers:
    """The numbers of one variant of a set."""

    variant: str = ""  # what it is drawn from; none if it is the set's own
    given: Mapping[str, Any] = field(default_factory=dict)  # what students get
    derived: Mapping[str, Any] = field(default_factory=dict)  # what only the rubric says

    @property
    def all(self) -> dict[str, Any]:
        """Return all that may stand in the master."""
        return {**self.given, **self.derived}

    def filled(self, kind: str, source: str) -> str:
        """Return the source of a cell with these numbers; KeyError for one that is not drawn."""
        if kind == "code":
            for name, value in self.given.items():
                source = re.sub(rf"^{name} = .*$", f"{name} = {value!r}", source, flags=re.M)
            return source
        return _PLACE.sub(lambda at: format(self.all[at[1]], at[2] or ""), source)


def nothing(given: Mapping[str, Any]) -> Mapping[str, Any]:
    """Derive no number: what a set does that has none for its rubric."""
    return {}


Draw = Callable[[np.random.Generator | None], Mapping[str, Any]]


def numbers(
    set_name: str, draw: Draw | None, derive: Callable[..., Mapping[str, Any]], variant: str
) -> Numbers:
    """Return the numbers of a variant; the same on every machine."""
    if draw is None:
        return Numbers()
    digest = hashlib.sha256(f"{set_name} {variant}".encode()).digest()
    rng = np.random.default_rng([*digest[:16]]) if variant else None
    given = {
        name: getattr(value, "tolist", lambda v=value: v)() for name, value in draw(rng).items()
    }
    return Numbers(variant, given, derive(given))
