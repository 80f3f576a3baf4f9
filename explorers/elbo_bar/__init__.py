"""One Gaussian q for the posterior of a latent z: the ELBO as a bar, the evidence as its wall."""

import math
from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import traitlets

from explorers.shared.base import Explorer
from explorers.shared.traits import Real

# What fits into the picture; as in elbo_bar.mjs.
M_ENDS, S_ENDS = (-3, 3), (0.1, 2)
PROMPT = (
    "how near to the wall can q bring the bar? And what is left over when one hump must cover two"
    " modes?"
)
HALF_LOG_2PI = math.log(2 * math.pi) / 2
# The trapezoid rule in z; between its ends lies the widest q, times the steepest ln p(x|z).
SPACING = 0.05
NODES = np.arange(-600, 601) * SPACING
READ_TO = 0.1  # p(x|z) of a reading is its density times this: a pmf over all readings
READING, READING_NOISE = 2.5, 0.75
SQUARE, SQUARE_NOISE = 4.0, 1.0


class Likelihood(NamedTuple):
    """What is observed: ln p(x|z) at each z, and its mean under N(m, s²) in closed form; nats."""

    log: Callable[[np.ndarray], np.ndarray]
    expected: Callable[[float, float], float]


def _log_reading(square: Any, noise: float) -> Any:
    """Return ln p(x|z) of a reading with Gaussian noise, from the square of what it is off."""
    return -square / (2 * noise**2) - math.log(noise) - HALF_LOG_2PI + math.log(READ_TO)


DATA = {
    # z plus noise reads 2.5
    "reading": Likelihood(
        lambda z: _log_reading((READING - z) ** 2, READING_NOISE),
        lambda m, s: _log_reading((READING - m) ** 2 + s**2, READING_NOISE),
    ),
    # 0 is counted, at a Poisson rate of e^(2z)
    "count": Likelihood(lambda z: -np.exp(2 * z), lambda m, s: -math.exp(2 * m + 2 * s**2)),
    # z² plus noise reads 4
    "square": Likelihood(
        lambda z: _log_reading((SQUARE - z**2) ** 2, SQUARE_NOISE),
        lambda m, s: _log_reading(
            SQUARE**2 - 2 * SQUARE * (m**2 + s**2) + m**4 + 6 * m**2 * s**2 + 3 * s**4,
            SQUARE_NOISE,
        ),
    ),
}
PRIOR = {"m": 0.0, "s": 1.0}
PRESETS = [
    {"name": "Gaussian", "data": "reading", **PRIOR},
    {"name": "skewed", "data": "count", **PRIOR},
    {"name": "two modes", "data": "square", **PRIOR},
    {"name": "on one mode", "data": "square", "m": 1.8, "s": 0.3},
    {"name": "over both modes", "data": "square", "m": 0.0, "s": 1.8},
]


@cache
def posterior(data: str) -> tuple[float, np.ndarray]:
    """Return ln p(x), and ln p(z|x) at the nodes."""
    joint = DATA[data].log(NODES) - NODES**2 / 2 - HALF_LOG_2PI
    log_evidence = math.log(np.exp(joint).sum() * SPACING)
    return log_evidence, joint - log_evidence


def posterior_divergence(data: str, m: float, s: float) -> float:
    """Return D(q‖p(z|x)) in nats, as Σ q·(u − 1) + p(z|x) with u = ln q/p(z|x): never negative."""
    _, log_p = posterior(data)
    log_q = -(((NODES - m) / s) ** 2) / 2 - math.log(s) - HALF_LOG_2PI
    q, u = np.exp(log_q), log_q - log_p
    # u − 1 + e^−u, by its series where that loses digits.
    near = q * u * u * (1 / 2 - u / 6)
    terms = np.where(np.abs(u) < 1e-4, near, q * (u - 1) + np.exp(log_p))
    return float(terms.sum()) * SPACING


class ElboBar(Explorer):
    """Drag q = N(m, s²) over an exact posterior; the ELBO is a bar that never passes log₂ p(x).

    The prior of z is N(0, 1). What is observed makes the posterior a Gaussian ("reading": z plus
    noise of standard deviation ¾ reads 2.5), a skewed hump ("count": 0 is counted at a Poisson rate
    of e^(2z)) or two humps ("square": z² plus noise of standard deviation 1 reads 4). Readings are
    to a tenth, and p(x|z) is the density times that tenth: a probability, as a bill in bits needs.

    Traits
    ------
    data : "reading", "count" or "square"
        What is observed.
    m, s : float
        The centre of q, −3 to 3, and its width, .1 to 2; at first those of the prior. Dragging sets
        them.
    presets : list of dict
        The chips: `name`, and any of the traits above.
    prompt, fallback : str
        See `Explorer`.

    Attributes
    ----------
    log_evidence, elbo, gap : float
        log₂ p(x), the bar, and what it lacks, D(q‖p(z|x)); in bits, to read:
        elbo = log_evidence − gap.
    data_bits, prior_bits : float
        The bill split: −E_q log₂ p(x|z) and D(q‖prior); elbo = −(data_bits + prior_bits).

    Example
    -------
    >>> explorer = ElboBar("reading", m=1.6, s=0.6)
    >>> round(explorer.log_evidence, 3), round(explorer.elbo, 3), round(explorer.gap, 3)
    (-7.855, -7.855, 0.0)
    """

    about = "Here you drag one Gaussian over a posterior and watch the ELBO rise to its wall."
    stacked, beside = 50.5, 39.75

    data = traitlets.Enum([*DATA], "reading").tag(sync=True)
    m = Real(0.0, M_ENDS).tag(sync=True)
    s = Real(1.0, S_ENDS).tag(sync=True)

    @classmethod
    def crowded(cls) -> "ElboBar":
        """The longest numbers: a q at the right edge, as wide as may be, where a rate explodes."""
        return cls("count", 3, 2)

    def __init__(self, data: str = "reading", m: float = 0.0, s: float = 1.0, **traits: Any):
        super().__init__(data=data, m=m, s=s, **{"presets": PRESETS, "prompt": PROMPT, **traits})

    def _complete_preset(self, preset: dict) -> dict:
        complete = super()._complete_preset(preset)
        return complete | self._validated(preset, "data", "m", "s")

    @property
    def log_evidence(self) -> float:
        """Return log₂ p(x)."""
        return posterior(self.data)[0] / math.log(2)

    @property
    def gap(self) -> float:
        """Return D(q‖p(z|x)) in bits."""
        return posterior_divergence(self.data, self.m, self.s) / math.log(2)

    @property
    def data_bits(self) -> float:
        """Return −E_q log₂ p(x|z)."""
        return -DATA[self.data].expected(self.m, self.s) / math.log(2)

    @property
    def prior_bits(self) -> float:
        """Return D(q‖prior) in bits."""
        return ((self.m**2 + self.s**2 - 1) / 2 - math.log(self.s)) / math.log(2)

    @property
    def elbo(self) -> float:
        """Return the ELBO in bits."""
        return -(self.data_bits + self.prior_bits)
