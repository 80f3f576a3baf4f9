"""Two Gaussians on a line, a cloud of samples, and what three estimators make of each sample."""

from typing import Any

import numpy as np
import traitlets

from explorers.shared.base import Explorer
from explorers.shared.normals import standard_normals
from explorers.shared.traits import Real, Whole

# What fits into the picture; as in sample_cloud.mjs.
MEAN_ENDS, SD_ENDS = (-3, 3), (0.5, 2)
SIZES = [10, 100, 1000]
SEED_ENDS = (1, 400)
PROMPT = "which of the three scatters least where P and Q are one apart, and which at three apart?"
STANDARD = {"mean_p": 0.0, "sd_p": 1.0, "mean_q": 0.0, "sd_q": 1.0}
PRESETS = [
    {"name": name, **STANDARD, **q}
    for name, q in {
        "one apart": {"mean_q": 1.0},
        "nearly equal": {"mean_q": 0.1},
        "three apart": {"mean_q": 3.0},
        "Q wider": {"sd_q": 1.5},
        "Q narrower": {"sd_q": 0.6},
        "Q = P": {},
    }.items()
]


class SampleCloud(Explorer):
    """Drag two Gaussians, and see what three estimators of D(P‖Q) make of samples from P.

    Traits
    ------
    mean_p, sd_p : float
        The truth P, from which the samples come: −3 to 3, and .5 to 2. Dragging sets them.
    mean_q, sd_q : float
        The model Q, within the same ends.
    n : int
        How many samples: 10, 100 or 1000. The first 10 of 100 are those of 10.
    seed : int
        Which cloud, 1 to 400; "Draw again" takes the next. P moves and stretches the same draws.
    presets : list of dict
        The chips: `name`, and any of the traits above.
    prompt, fallback : str
        See `Explorer`.

    Example
    -------
    >>> explorer = SampleCloud(mean_q=3, n=10)
    >>> explorer.mean_p, explorer.sd_p, explorer.mean_q, explorer.sd_q
    (0.0, 1.0, 3.0, 1.0)
    >>> explorer.samples().shape
    (10,)
    """

    about = "Here you drag two Gaussians and watch three estimates of D(P‖Q) from samples."
    stacked, beside = 57.5, 44

    mean_p = Real(0.0, MEAN_ENDS).tag(sync=True)
    sd_p = Real(1.0, SD_ENDS).tag(sync=True)
    mean_q = Real(1.0, MEAN_ENDS).tag(sync=True)
    sd_q = Real(1.0, SD_ENDS).tag(sync=True)
    n = traitlets.Enum(SIZES, 100).tag(sync=True)
    seed = Whole(1, SEED_ENDS).tag(sync=True)

    @classmethod
    def crowded(cls) -> "SampleCloud":
        """A thousand samples of a wide P at one edge, and a narrow Q at the other."""
        return cls(mean_p=-3, sd_p=2, mean_q=3, sd_q=0.5, n=1000)

    def __init__(
        self,
        mean_p: float = 0,
        sd_p: float = 1,
        mean_q: float = 1,
        sd_q: float = 1,
        n: int = 100,
        **traits: Any,
    ) -> None:
        gaussians = {"mean_p": mean_p, "sd_p": sd_p, "mean_q": mean_q, "sd_q": sd_q}
        traits = {"presets": PRESETS, "prompt": PROMPT, **traits}
        super().__init__(n=n, **gaussians, **traits)

    def samples(self) -> np.ndarray:
        """Return the n samples from P that the figure shows."""
        return self.mean_p + self.sd_p * standard_normals(self.seed, self.n)

    @traitlets.validate("n")
    def _as_the_chips_have_it(self, proposal: traitlets.Bunch) -> int:
        return int(proposal["value"])  # 100.0 and NumPy's 100 are 100
