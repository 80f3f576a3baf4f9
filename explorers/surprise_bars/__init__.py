"""The bars of a distribution and their surprise."""

from collections.abc import Sequence
from typing import Any

import traitlets

from explorers.shared.traits import LONG_NAMES, LOPSIDED, NEWS, OutcomesExplorer, Row

PROMPT = "one outcome gets rarer and rarer. Does its area on the bill grow or shrink?"
PRESETS: list[dict] = [
    {"name": "news .5 .3 .2", "p": [0.5, 0.3, 0.2], "labels": NEWS},
    {"name": "the other way .3 .6 .1", "p": [0.3, 0.6, 0.1], "labels": NEWS},
    {"name": "even", "p": [1 / 3] * 3, "labels": NEWS},
    {"name": "almost certain", "p": [0.98, 0.01, 0.01], "labels": NEWS},
    {"name": "certain", "p": [1, 0, 0], "labels": NEWS},
    {"name": "coin .8 .2", "p": [0.8, 0.2], "labels": ["heads", "tails"]},
    {"name": "eight sides", "p": [1 / 8] * 8},
]


class SurpriseBars(OutcomesExplorer):
    """Drag the bars of a distribution and see the bill: what each outcome adds to the entropy.

    Traits
    ------
    p : list of float
        The probabilities of 2 to 10 outcomes; without them, the news (.5, .3, .2). Takes any
        sequence, a NumPy array too; ValueError says what is wrong when it is not a pmf.
        Setting it redraws the figure, dragging a bar sets it.
    labels : list of str
        The outcomes' names; none (also when p changes its length) means 1, 2, 3, …
        Another number of names than of probabilities is a TraitError.
    unit : {"bits", "nats"}
        The unit of the surprise and of the entropy.
    presets : list of dict
        The chips: `name`, `p` and, if wanted, `labels`.
    prompt, fallback : str
        See `Explorer`.

    Example
    -------
    >>> explorer = SurpriseBars([0.8, 0.2], ["heads", "tails"])
    >>> explorer.p = [0.5, 0.5]
    >>> explorer.p
    [0.5, 0.5]
    """

    about = "Here you drag the bars of a distribution and watch the bill of its surprises."
    stacked, beside = 59.25, 42.25

    unit = traitlets.Enum(["bits", "nats"], "bits").tag(sync=True)

    @classmethod
    def crowded(cls) -> "SurpriseBars":
        """Ten outcomes with long names, one of them all but certain."""
        return cls(LOPSIDED, LONG_NAMES)

    def __init__(self, p: Row | None = None, labels: Sequence[str] = (), **traits: Any) -> None:
        if p is None:
            p, labels = PRESETS[0]["p"], labels or NEWS
        traits = {"presets": PRESETS, "prompt": PROMPT, **traits}
        super().__init__(p=p, labels=list(labels), **traits)
