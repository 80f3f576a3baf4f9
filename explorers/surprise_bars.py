"""The bars of a distribution and their surprise."""

import numpy as np
import traitlets

from explorers.base import Explorer
from lib import check_pmf

MOST_OUTCOMES = 10  # a finger needs 24 px a bar, and a telephone is 360 px wide


def _pmf(value, name: str) -> list[float]:
    p = np.asarray(value, dtype=float)
    if p.ndim != 1 or not 2 <= p.size <= MOST_OUTCOMES:
        raise ValueError(
            f"{name} has shape {p.shape}; give one row of 2 to {MOST_OUTCOMES} probabilities"
        )
    check_pmf(p, name=name)
    return p.tolist()


class Pmf(traitlets.List):
    """A trait: 2 to 10 probabilities that sum to 1, given as any sequence, kept as floats."""

    def validate(self, obj, value):
        """Return the pmf as a list, or say what is wrong with it."""
        return super().validate(obj, _pmf(value, self.name))


NEWS = ["politics", "sports", "entertainment"]
PROMPT = "one outcome gets rarer and rarer. Does its area on the bill grow or shrink?"
PRESETS = [
    {"name": "news .5 .3 .2", "p": [0.5, 0.3, 0.2], "labels": NEWS},
    {"name": "the other way .3 .6 .1", "p": [0.3, 0.6, 0.1], "labels": NEWS},
    {"name": "even", "p": [1 / 3] * 3, "labels": NEWS},
    {"name": "almost certain", "p": [0.98, 0.01, 0.01], "labels": NEWS},
    {"name": "certain", "p": [1, 0, 0], "labels": NEWS},
    {"name": "coin .8 .2", "p": [0.8, 0.2], "labels": ["heads", "tails"]},
    {"name": "eight sides", "p": [1 / 8] * 8},
]


class SurpriseBars(Explorer):
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

    module = "surprise_bars"
    about = "Here you drag the bars of a distribution and watch the bill of its surprises."

    p = Pmf().tag(sync=True)
    labels = traitlets.List(traitlets.Unicode()).tag(sync=True)
    unit = traitlets.Enum(["bits", "nats"], "bits").tag(sync=True)

    def __init__(self, p=None, labels=(), **traits):
        if p is None:
            p, labels = PRESETS[0]["p"], labels or NEWS
        traits = {"presets": PRESETS, "prompt": PROMPT, **traits}
        super().__init__(p=p, labels=list(labels), **traits)

    @traitlets.validate("labels")
    def _one_label_an_outcome(self, proposal):
        labels = proposal["value"]
        if labels and len(labels) != len(self.p):
            raise traitlets.TraitError(f"{len(labels)} labels for {len(self.p)} outcomes")
        return labels

    @traitlets.observe("p")
    def _forget_labels_that_no_longer_fit(self, change):
        if self.labels and len(self.labels) != len(change["new"]):
            self.labels = []

    @traitlets.validate("presets")
    def _complete_presets(self, proposal):
        return [
            {
                "name": preset["name"],
                "p": _pmf(preset["p"], f"preset {preset['name']!r}"),
                "labels": list(preset.get("labels", ())),
            }
            for preset in proposal["value"]
        ]
