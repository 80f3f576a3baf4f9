"""One Gaussian Q for a mixture P: both divergences, their minima, and the way down to them."""

from collections.abc import Sized
from typing import Any

import numpy as np
import traitlets

from explorers.shared.base import Explorer
from explorers.shared.traits import Pmf, Real, Reals, Row, pmf, reals

MOST_MODES = 3  # as many as have a row of numbers each on a telephone
SIZE = (1, MOST_MODES)
# What fits into the picture; as in forward_reverse.mjs.
MODE_ENDS, WIDTH_ENDS, MEAN_ENDS, STD_ENDS = (-5, 5), (0.5, 2), (-6, 6), (0.3, 6)
PROMPT = (
    "Q stands a little beside the middle, at 0.5. On which minimum will the steps of Descend put"
    " it, and on which from 1?"
)
PRESETS = [
    {"name": "±3", "modes": [-3, 3], "weights": [0.5, 0.5], "widths": [1, 1]},
    {"name": "±2", "modes": [-2, 2], "weights": [0.5, 0.5], "widths": [1, 1]},
    {"name": "weights .7 .3", "modes": [-3, 3], "weights": [0.7, 0.3], "widths": [1, 1]},
    {"name": "three", "modes": [-4, 0, 4], "weights": [0.3, 0.4, 0.3], "widths": [0.7, 0.7, 0.7]},
    {"name": "narrow on wide", "modes": [-1, 1], "weights": [0.3, 0.7], "widths": [0.5, 2]},
    {"name": "one Gaussian", "modes": [1], "weights": [1], "widths": [1.5]},
]


class ForwardReverse(Explorer):
    """Fit one Gaussian Q to a mixture P by hand or by descent, in either direction of the KL.

    Drag the modes of P (place and weight) and Q (mean and width); the map shows what every Q
    costs, where the minima of both divergences lie, and which way is down.

    Traits
    ------
    modes, weights, widths : list of float
        The mixture P: 1 to 3 Gaussians with their means (−5 to 5), weights (a pmf) and standard
        deviations (.5 to 2). Without them, even weights at ±3 with width 1. ValueError says what
        is wrong. To change their number set all three; the figure waits until they fit.
    mean, std : float
        The Gaussian Q: −6 to 6, and .3 to 6. Dragging and descending set them.
    cost : str
        The divergence of the map and of "Descend": "forward", D(P‖Q), or "reverse", D(Q‖P).
    presets : list of dict
        The chips: `name`, and any of the traits above.
    prompt, fallback : str
        See `Explorer`.

    Example
    -------
    >>> explorer = ForwardReverse(weights=[0.7, 0.3])
    >>> explorer.modes, explorer.weights, explorer.mean, explorer.std
    ([-3.0, 3.0], [0.7, 0.3], 0.5, 1.0)
    """

    about = "Here you fit one Gaussian Q to a mixture P and watch both divergences."
    stacked, beside = 65.5, 45.75

    modes = Reals(MODE_ENDS, SIZE, like="weights").tag(sync=True)
    weights = Pmf(1, MOST_MODES).tag(sync=True)
    widths = Reals(WIDTH_ENDS, SIZE, like="weights").tag(sync=True)
    mean = Real(0.5, MEAN_ENDS).tag(sync=True)
    std = Real(1.0, STD_ENDS).tag(sync=True)
    cost = traitlets.Enum(["forward", "reverse"], "reverse").tag(sync=True)

    @classmethod
    def crowded(cls) -> "ForwardReverse":
        """Three modes, two of them at the edge, and a wide Q at the edge."""
        return cls([-5, 0, 5], [0.98, 0.01, 0.01], [0.5, 2, 0.5], mean=6, std=6)

    def __init__(
        self,
        modes: Row = (-3, 3),
        weights: Row | None = None,
        widths: Row | None = None,
        **traits: Any,
    ) -> None:
        weights = np.full(len(modes), 1 / len(modes)) if weights is None else weights
        widths = np.ones(len(modes)) if widths is None else widths
        _same_number("the mixture", modes, weights, widths)
        traits = {"presets": PRESETS, "prompt": PROMPT, **traits}
        super().__init__(modes=modes, weights=weights, widths=widths, **traits)

    def _complete_preset(self, preset: dict) -> dict:
        complete = super()._complete_preset(preset)
        name = f"preset {preset['name']!r}"
        if not {"modes", "weights", "widths"}.isdisjoint(preset):
            lists = [preset.get(key, ()) for key in ("modes", "weights", "widths")]
            _same_number(name, *lists)
            complete["modes"] = reals(lists[0], f"{name}, modes", MODE_ENDS, SIZE)
            complete["weights"] = pmf(lists[1], f"{name}, weights", 1, MOST_MODES)
            complete["widths"] = reals(lists[2], f"{name}, widths", WIDTH_ENDS, SIZE)
        return complete


def _same_number(name: str, *lists: Sized) -> None:
    sizes = [len(one) for one in lists]
    if len(set(sizes)) > 1:
        raise ValueError(f"{name} has {sizes[0]} modes, {sizes[1]} weights and {sizes[2]} widths")
