"""A digit in noise: what is known of it at each noise level, and what the next step costs."""

import math
import re
from pathlib import Path
from typing import Any

import numpy as np

from explorers.shared.base import Explorer
from explorers.shared.normals import standard_normals
from explorers.shared.traits import Real, Whole
from lib import softmax

# As in noise_level.mjs.
LEVEL_ENDS, DRAW_ENDS, STEP_ENDS = (-8, 4), (1, 100), (1, 100)
_PICTURES, _ERRORS = re.findall(
    r"`([^`]*)`", Path(__file__).with_name("world.mjs").read_text("utf-8")
)
INK = np.array([[int(value, 17) for value in picture] for picture in _PICTURES.split()])
LABELS = np.repeat(range(10), len(INK) // 10)
PICTURES = (INK - 8) / 8
# E‖x − x̂‖² at each of these λ: generators/noise_level.py.
LEVELS = np.arange(10 * LEVEL_ENDS[0], 10 * LEVEL_ENDS[1] + 1) / 10
MEAN_ERRORS = np.array(_ERRORS.split(), dtype=float)
PROMPT = (
    "out of the noise in steps, each at its price: at which noise level is a step dearest? And are"
    " a few large steps dearer than many small ones?"
)
START = {"digit": 3, "log_snr": -4.0, "draw": 1, "steps": 12}
PRESETS = [
    {"name": name, **START, **traits}
    for name, traits in {
        "nothing known": {"log_snr": -8.0},
        "which digit?": {"log_snr": -1.5},
        "only details": {"log_snr": 0.3},
        "another draw": {"log_snr": -1.5, "draw": 2},
        "100 steps": {"log_snr": 4.0, "steps": 100},
    }.items()
]


def mean_error(log_snr: float | np.ndarray) -> np.ndarray:
    """Return E‖x − x̂‖² at λ, over all pictures and all noise: ln of it is linear from .1 to .1."""
    return np.exp(np.interp(log_snr, LEVELS, np.log(MEAN_ERRORS)))


def mean_bill(steps: int) -> float:
    """Return what all steps cost on average, in nats: Σ ½·(SNR′ − SNR)·E‖x − x̂‖²."""
    levels = np.linspace(*LEVEL_ENDS, steps + 1)
    return float(np.diff(np.exp(levels)) @ mean_error(levels[:-1])) / 2


def mean_left(log_snr: float) -> float:
    """Return what steps without end cost from λ on, on average, in nats: ½ ∫ E‖x − x̂‖² dSNR."""
    levels = np.append(log_snr, LEVELS[log_snr < LEVELS])
    return float(np.trapezoid(np.exp(levels) * mean_error(levels), levels)) / 2


class NoiseLevel(Explorer):
    """Drag the noise level; see what z = αx + σε tells of a digit x, and what the next step costs.

    There are 160 pictures of handwritten digits, 16 of each class, all as probable, and no others:
    so the best guess of x is known exactly. White is −1, black 1. The scales have α² + σ² = 1 and
    SNR = α²/σ² = e^λ, and the noise ε stays the same while λ moves. T steps of one length lead from
    λ = −8 to 4. The next one begins at λ, wherever that is: from z to the less noisy z′ at
    λ′ = λ + 12/T, or 4. Who knows x draws z′ from q(z′|z, x), who doesn't from q(z′|z, x̂); the
    divergence of the two Gaussians is its price.

    Traits
    ------
    digit : int
        Which picture is sent: the first of this class, 0 to 9.
    log_snr : float
        The noise level λ = ln SNR, from −8 to 4; dragging sets it.
    draw : int
        Which noise ε, 1 to 100; "Draw again" takes the next.
    steps : int
        The number of steps T, 1 to 100.
    presets : list of dict
        The chips: `name`, and any of the traits above.
    prompt, fallback : str
        See `Explorer`.

    Attributes
    ----------
    x, z, x_hat : array (64,)
        The picture, what is left of it in the noise, and the best guess from that, E[x|z]; to read,
        as is all below.
    probabilities, class_probabilities : array (160,) and (10,)
        P(picture|z) and P(class|z).
    squared_error : float
        ‖x − x̂‖².
    next_log_snr, step_nats : float
        λ′, where the next step ends, and its price ½·(e^λ′ − e^λ)·‖x − x̂‖².
    left_nats, mean_left_nats : float
        −ln P(x|z), what x still costs whoever has z; and its mean over all x and ε at this λ, which
        is what infinitely many steps cost from λ on.
    bill_nats : float
        What all T steps cost, the mean over all x and ε. With T it falls to ln 160 = 5.075.

    Example
    -------
    >>> explorer = NoiseLevel(3, log_snr=-1)
    >>> round(float(explorer.class_probabilities[3]), 3), round(explorer.left_nats, 2)
    (0.572, 3.91)
    >>> round(explorer.bill_nats, 2), round(explorer.step_nats, 2)
    (8.72, 3.05)
    """

    about = "Here you drag the noise level of a digit and see what is known and what a step costs."
    stacked, beside = 59.25, 41.25

    digit = Whole(3, (0, 9)).tag(sync=True)
    log_snr = Real(-4.0, LEVEL_ENDS).tag(sync=True)
    draw = Whole(1, DRAW_ENDS).tag(sync=True)
    steps = Whole(12, STEP_ENDS).tag(sync=True)

    @classmethod
    def crowded(cls) -> "NoiseLevel":
        """The dearest step there is: all of the way at once."""
        return cls(0, -8, 1, 1)

    def __init__(
        self, digit: int = 3, log_snr: float = -4, draw: int = 1, steps: int = 12, **traits: Any
    ) -> None:
        traits = {"presets": PRESETS, "prompt": PROMPT, **traits}
        super().__init__(digit=digit, log_snr=log_snr, draw=draw, steps=steps, **traits)

    def _complete_preset(self, preset: dict) -> dict:
        complete = super()._complete_preset(preset)
        return complete | self._validated(preset, *START)

    @property
    def _index(self) -> int:
        return self.digit * (len(PICTURES) // 10)

    def _log_weights(self) -> np.ndarray:
        """Return ln P(picture|z) but for a constant, 0 for x."""
        away = self.x - PICTURES
        snr = math.exp(self.log_snr)
        return -math.sqrt(snr) * (away @ self._noise) - snr * (away**2).sum(axis=1) / 2

    @property
    def _noise(self) -> np.ndarray:
        return standard_normals(self.draw, PICTURES.shape[1])

    @property
    def x(self) -> np.ndarray:
        """Return the picture that is sent."""
        return PICTURES[self._index]

    @property
    def z(self) -> np.ndarray:
        """Return αx + σε."""
        signal = 1 / (1 + math.exp(-self.log_snr))
        return math.sqrt(signal) * self.x + math.sqrt(1 - signal) * self._noise

    @property
    def probabilities(self) -> np.ndarray:
        """Return P(picture|z)."""
        return softmax(self._log_weights())

    @property
    def class_probabilities(self) -> np.ndarray:
        """Return P(class|z)."""
        return self.probabilities.reshape(10, -1).sum(axis=1)

    @property
    def x_hat(self) -> np.ndarray:
        """Return E[x|z]."""
        return self.probabilities @ PICTURES

    @property
    def squared_error(self) -> float:
        """Return ‖x − x̂‖², with its digits also where it is small."""
        away = self.probabilities @ (self.x - PICTURES)
        return float(away @ away)

    @property
    def next_log_snr(self) -> float:
        """Return where the next step ends."""
        least, most = LEVEL_ENDS
        return min(self.log_snr + (most - least) / self.steps, most)

    @property
    def step_nats(self) -> float:
        """Return the price of the next step."""
        return (math.exp(self.next_log_snr) - math.exp(self.log_snr)) / 2 * self.squared_error

    @property
    def left_nats(self) -> float:
        """Return −ln P(x|z)."""
        others = np.delete(self._log_weights(), self._index)
        return float(np.log1p(np.exp(others).sum()))

    @property
    def mean_left_nats(self) -> float:
        """Return the mean of −ln P(x|z) over all x and ε."""
        return mean_left(self.log_snr)

    @property
    def bill_nats(self) -> float:
        """Return what all steps cost, the mean over all x and ε."""
        return mean_bill(self.steps)
