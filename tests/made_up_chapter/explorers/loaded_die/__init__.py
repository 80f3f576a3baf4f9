"""A die whose faces can be loaded."""

from explorers.shared.traits import LOPSIDED, OutcomesExplorer

FAIR = [1 / 6] * 6
PRESETS = [
    {"name": "fair", "p": FAIR},
    {"name": "a heavy six", "p": [0.1, 0.1, 0.1, 0.1, 0.1, 0.5]},
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
    stacked, beside = 30, 30

    @classmethod
    def crowded(cls):
        """Ten faces, one of them all but certain."""
        return cls(LOPSIDED)

    def __init__(self, p=FAIR, labels=(), **traits):
        traits = {"presets": PRESETS, "prompt": "is a loaded die worth more or less?", **traits}
        super().__init__(p=p, labels=list(labels), **traits)
