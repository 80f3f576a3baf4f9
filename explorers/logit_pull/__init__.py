"""The logits of a classifier, its probabilities, and the pull of the loss on each logit."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import traitlets
from numpy.typing import ArrayLike

from explorers.shared.fixed import List
from explorers.shared.traits import LONG_NAMES, NEWS, NEWS_P, OutcomesExplorer, Pmf, Row, say

MOST = 6  # a logit needs 48 px, and a telephone is 360 px wide
HIGHEST = 5.0  # as far as the figure goes, up and down
COOLEST, HOTTEST = 0.5, 5.0
PROMPT = "the picture is a cat, the model is sure of a bird. How hard is the pull on the logits?"
ANIMALS = ["cat", "dog", "bird"]
CAT = [1.0, 0.0, 0.0]
GUESS = [math.log(7), math.log(2), 0.0]  # softmax .7, .2, .1
SURE = math.log(98)  # of one of three classes with logits 0 elsewhere: .98
PRESETS = [
    {"name": "cat .7 dog .2 bird .1", "z": GUESS, "p": CAT},
    {"name": "confidently right", "z": [SURE, 0.0, 0.0], "p": CAT},
    {"name": "confidently wrong", "z": [0.0, 0.0, SURE], "p": CAT},
    {"name": "uniform", "z": [0.0, 0.0, 0.0], "p": CAT},
    {
        "name": "smoothed target, too sure",
        "z": [SURE, 0.0, 0.0],
        "p": [0.9 + 0.1 / 3] + [0.1 / 3] * 2,
    },
]
CLERK = [math.log(3), math.log(6), 0.0]  # softmax .3, .6, .1


def _logits(value: ArrayLike, name: str) -> list[float]:
    """Return logits as a list of floats; ValueError says what is wrong."""
    z = np.asarray(value, dtype=float)
    if z.ndim != 1 or not 2 <= z.size <= MOST:
        raise ValueError(f"{name} has shape {z.shape}; give one row of 2 to {MOST} logits")
    if not (np.abs(z) <= HIGHEST).all():
        raise ValueError(
            f"{name} is {z.tolist()}; give logits from {-HIGHEST:g} to {HIGHEST:g}, "
            "a number added to all of them changes nothing"
        )
    return z.tolist()


class Logits(List):
    """A trait: real numbers as far as the figure shows them, given as any sequence."""

    rule = {"kind": "reals", "ends": (-HIGHEST, HIGHEST), "size": (2, MOST), "like": "p"}

    def validate(self, obj: traitlets.HasTraits, value: ArrayLike) -> list[float] | None:
        """Return the logits as a list of floats, or say what is wrong with them."""
        return super().validate(obj, _logits(value, str(self.name)))


class LogitPull(OutcomesExplorer):
    """Drag logits and see their softmax, the loss against a target, and the pull on each logit.

    Traits
    ------
    z : list of float
        The logits of 2 to 6 classes, from -5 to 5. Takes any sequence, a NumPy array too.
        Setting them redraws the figure, dragging sets them. Another number of logits than of
        probabilities in p is a TraitError; a p of another length sets them to 0.
    p : list of float
        The target, a pmf: one-hot or soft. Without both, the news (.5, .3, .2) and logits whose
        softmax is the clerk's belief (.3, .6, .1).
    temperature : float
        What the logits are divided by before the softmax, .5 to 5.
    labels : list of str
        The classes' names; none (also when p changes its length) means 1, 2, 3, …
    presets : list of dict
        The chips: `name`, `z` and, if wanted, `p`, `temperature` and `labels`.
    prompt, fallback : str
        See `Explorer`.

    Example
    -------
    >>> explorer = LogitPull([2, 0, 0], [1, 0, 0], ["cat", "dog", "bird"])
    >>> explorer.z, explorer.p
    ([2.0, 0.0, 0.0], [1.0, 0.0, 0.0])
    """

    about = "Here you drag the logits of a classifier and watch its loss and the pull on each."
    stacked, beside = 60, 45.25

    p = Pmf(2, MOST).tag(sync=True)
    z = Logits().tag(sync=True)
    temperature = traitlets.Float(1.0).tag(
        sync=True, rule={"kind": "real", "ends": (COOLEST, HOTTEST)}
    )

    @classmethod
    def crowded(cls) -> "LogitPull":
        """Six classes with long names, logits at both ends of the figure."""
        p = [0.9, 0.04, 0.03, 0.0199, 0.01, 0.0001]
        return cls([5, -5, 4.99, -4.99, 0, 5], p, LONG_NAMES[:6], temperature=0.5)

    def __init__(
        self,
        z: Row | None = None,
        p: Row | None = None,
        labels: Sequence[str] = (),
        **traits: Any,
    ) -> None:
        if z is None:
            if p is None:
                p, labels = NEWS_P, labels or NEWS
                z = CLERK
            else:
                z = [0.0] * len(p)
        elif p is None:
            p = [1.0] + [0.0] * (len(z) - 1)
        news = {"name": "the news and the clerk", "z": CLERK, "p": NEWS_P, "labels": NEWS}
        animals = [{**preset, "labels": ANIMALS, "temperature": 1.0} for preset in PRESETS]
        presets = [*animals, {**news, "temperature": 1.0}]
        traits = {"presets": presets, "prompt": PROMPT, **traits}
        super().__init__(p=p, z=z, labels=list(labels), **traits)

    @traitlets.validate("z")
    def _one_logit_a_class(self, proposal: traitlets.Bunch) -> list[float]:
        if len(proposal["value"]) != len(self.p):
            raise traitlets.TraitError(f"{len(proposal['value'])} logits for {len(self.p)} classes")
        return proposal["value"]

    @traitlets.observe("p")
    def _even_logits_for_another_number_of_classes(self, change: traitlets.Bunch) -> None:
        classes = len(change["new"])
        if self.z and len(self.z) != classes:
            self.z = [0.0] * classes
            say(f"p has {classes} classes now, so their logits are 0; explorer.z = [...] sets them")

    @traitlets.validate("temperature")
    def _a_temperature_on_the_scale(self, proposal: traitlets.Bunch) -> float:
        if not COOLEST <= proposal["value"] <= HOTTEST:
            raise traitlets.TraitError(
                f"temperature is {proposal['value']}; give one from {COOLEST:g} to {HOTTEST:g}"
            )
        return proposal["value"]

    def _complete_preset(self, preset: dict) -> dict:
        complete = super()._complete_preset(preset)
        name = f"preset {preset['name']!r}"
        complete["z"] = _logits(preset["z"], name)
        classes = len(complete.get("p", self.p))
        if len(complete["z"]) != classes:
            raise ValueError(f"{name}: {len(complete['z'])} logits for {classes} classes")
        return complete
