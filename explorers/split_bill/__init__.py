"""150 irises on a line, a threshold through them, and what the split saves of their bill."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import traitlets

from explorers.shared.base import Explorer
from explorers.shared.traits import Real, Whole, say
from lib import information_gain, plug_in_entropy

# As in splits.mjs.
FEATURES = ["sepal length", "sepal width", "petal length", "petal width"]
SPECIES = ["setosa", "versicolor", "virginica"]
FLOWERS = re.findall(r"\b\d{8}\b", Path(__file__).with_name("irises.mjs").read_text("utf-8"))
LABELS = np.repeat(range(len(SPECIES)), len(FLOWERS) // len(SPECIES))
# In cm: a whole number of millimetres by 10 is the float that the decimal stands for.
MEASURES = np.array([[int(one[at : at + 2]) for at in (0, 2, 4, 6)] for one in FLOWERS]) / 10
ENDS = [(float(x.min()), float(x.max())) for x in MEASURES.T]
MIDDLES = [round((least + most) / 2, 2) for least, most in ENDS]
PROMPT = (
    "the species of a flower costs 1.585 bits. Which of the four measures saves most of that with"
    " one cut, and can one cut save more than 1 bit?"
)
PRESETS = [
    {"name": "the middle", "feature": 0, "threshold": 6.1},
    {"name": "a poor one", "feature": 1, "threshold": 2.25},
    {"name": "versicolor from virginica", "feature": 3, "threshold": 1.75},
    {"name": "best split", "feature": 2, "threshold": 2.45},
    {"name": "another as good", "feature": 3, "threshold": 0.8},
]


def _fault(feature: int, threshold: float) -> str:
    """Say that a threshold lies outside of what a feature measures; nothing where it does not."""
    least, most = ENDS[feature]
    if least <= threshold <= most:
        return ""
    return (
        f"threshold is {threshold}; give a number of cm from {least} to {most}, where"
        f" {FEATURES[feature]} lies, or set feature too: it is {feature}"
    )


class Threshold(Real):
    """A trait: a number of cm; a link that sets the feature has to set one that goes with it."""

    def __init__(self, default: float) -> None:
        least, most = np.transpose(ENDS)
        super().__init__(default, (float(least.min()), float(most.max())))
        self.rule |= {"like": "feature", "of": ENDS}

    def validate(self, obj: traitlets.HasTraits, value: Any) -> float:
        """Return the number; where the feature lies, SplitBill knows, and says so."""
        return traitlets.Float.validate(self, obj, value)


class SplitBill(Explorer):
    """Drag a threshold through 150 irises and see what the split saves of what their species cost.

    A flower goes left if its feature is at most the threshold. The flowers of each side are then
    paid by the shares of the species there: H(left) and H(right) in place of H(parent), log₂ 3
    bits a flower. The gain is what that saves.

    Traits
    ------
    feature : int
        What the flowers stand in line by: 0 sepal length, 1 sepal width, 2 petal length, 3 petal
        width.
    threshold : float
        In cm, from the least to the most that the feature has among the flowers; without one, the
        middle of these. Another number is a TraitError; a feature whose flowers the threshold
        misses puts it in the middle of them. Dragging sets it.
    presets : list of dict
        The chips: `name`, and any of the traits above.
    prompt, fallback : str
        See `Explorer`.

    Attributes
    ----------
    gain : float
        What the split saves, in bits a flower, to read.
    bills : dict
        What the flowers cost in bits: all of them before the split, "parent", and those of each
        side after it, "left" and "right".

    Example
    -------
    Below 2.45 cm of petal are the 50 setosas, which cost nothing more.

    >>> explorer = SplitBill(2, 2.45)
    >>> round(explorer.gain, 4)
    0.9183
    >>> {name: round(bits, 2) for name, bits in explorer.bills.items()}
    {'parent': 237.74, 'left': 0.0, 'right': 100.0}
    """

    about = "Here you drag a threshold through 150 irises and see what the split saves."
    stacked, beside = 67, 46.25

    feature = Whole(0, (0, len(FEATURES) - 1)).tag(sync=True)
    threshold = Threshold(MIDDLES[0]).tag(sync=True)

    @classmethod
    def crowded(cls) -> "SplitBill":
        """The narrowest feature, cut near its end at a number with many digits."""
        return cls(3, 2.4567)

    def __init__(self, feature: int = 0, threshold: float | None = None, **traits: Any) -> None:
        if threshold is None:  # another feature than these is refused below
            threshold = MIDDLES[feature if feature in range(len(FEATURES)) else 0]
        traits = {"presets": PRESETS, "prompt": PROMPT, **traits}
        super().__init__(feature=feature, threshold=threshold, **traits)

    @property
    def gain(self) -> float:
        """Return what the split saves, in bits a flower."""
        return float(information_gain(LABELS, self._goes_left(), base=2))

    @property
    def bills(self) -> dict[str, float]:
        """Return what the flowers cost before the split, and those of each side after it."""
        left = self._goes_left()
        sides = {"parent": np.full_like(left, True), "left": left, "right": ~left}
        return {name: _bill(LABELS[side]) for name, side in sides.items()}

    def _goes_left(self) -> np.ndarray:
        return MEASURES[:, self.feature] <= self.threshold

    @traitlets.validate("threshold")
    def _within_the_feature(self, proposal: traitlets.Bunch) -> float:
        threshold = proposal["value"]
        if fault := _fault(self.feature, threshold):
            raise traitlets.TraitError(fault)
        return threshold

    @traitlets.observe("feature")
    def _to_the_middle_of_another_feature(self, change: traitlets.Bunch) -> None:
        feature = change["new"]
        if _fault(feature, self.threshold):
            was, self.threshold = self.threshold, MIDDLES[feature]
            say(
                f"{FEATURES[feature]} does not go as far as {was} cm, so the threshold is put in"
                f" its middle, at {self.threshold}; explorer.threshold = … sets it"
            )

    def _complete_preset(self, preset: dict) -> dict:
        complete = super()._complete_preset(preset)
        complete |= self._validated(preset, "feature", "threshold")
        feature = complete.get("feature", self.feature)
        if fault := _fault(feature, complete.get("threshold", self.threshold)):
            raise traitlets.TraitError(f"preset {preset['name']!r}: {fault}")
        return complete


def _bill(labels: np.ndarray) -> float:
    """Return what these flowers cost together, in bits: their number times their entropy."""
    if not labels.size:
        return 0.0
    return float(labels.size * plug_in_entropy(np.bincount(labels), base=2))
