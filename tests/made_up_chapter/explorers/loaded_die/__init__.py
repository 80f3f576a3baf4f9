"""A die whose faces can be loaded."""

from collections.abc import Sequence
from typing import Any

from explorers.shared.traits import LOPSIDED, OutcomesExplorer, Row

FAIR = [1 / 6] * 6
FACES = ["one", "two", "three", "four", "five", "six"]
PRESETS = [
    {"name": "fair", "p": FAIR, "labels": FACES},
    {"name": "a heavy six", "p": [0.1] * 5 + [0.5], "labels": FACES},
]


class LoadedDie(OutcomesExplorer):
    """Drag the faces of a die and see what a throw is worth.

    Traits
    ------
    p : list of float
        The probabilities of the faces; without them, a fair die.
    labels, prompt, presets, fallback
        See `OutcomesExplorer`.

    Example
    -------
    >>> LoadedDie().p[0]
    0.16666666666666666
    """

    about = "Here you load a die and watch what a throw is worth."
    stacked, beside = 36, 32

    @classmethod
    def crowded(cls) -> "LoadedDie":
        """Ten faces, one of them all but certain."""
        return cls(LOPSIDED)

    def __init__(self, p: Row | None = None, labels: Sequence[str] = (), **traits: Any) -> None:
        if p is None:
            p, labels = FAIR, labels or FACES
        traits = {"presets": PRESETS, "prompt": "is a loaded die worth more or less?", **traits}
        super().__init__(p=p, labels=list(labels), **traits)
