"""Data P, a generator's Q, and a discriminator D(x): what D wins, and where it pushes Q."""

import itertools
import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import traitlets
from numpy.typing import ArrayLike, NDArray

from explorers.shared.base import Explorer
from explorers.shared.traits import Real, Switch

Floats = NDArray[np.float64]

# What fits into the picture; as in discriminator_game.mjs.
MEAN_ENDS, STD_ENDS, MIDDLE_ENDS, SLOPE_ENDS = (-5, 5), (0.5, 2), (-6, 6), (-8, 8)
HUMPS = {"one hump": (0.0,), "two humps": (-3.0, 3.0)}  # of P, on either side of its mean
PROMPT = (
    "Q stands beside P, and D is the best there is. If you drag Q away to the right, what becomes"
    " of V, and what of the two slopes that push Q back?"
)
NEAR: dict[str, Any] = {
    "data": "one hump", "mean_p": -3.0, "std_p": 1.0, "mean_q": -2.0, "std_q": 1.0, "best": True,
}  # fmt: skip
STARTS: dict[str, dict[str, Any]] = {
    "near": {},
    "apart": {"mean_q": 5.0},
    "apart, weak D": {"mean_q": 5.0, "best": False, "middle": 1.0, "slope": -0.5},
    "blind D": {"best": False, "middle": 0.0, "slope": 0.0},
    "Q = P": {"mean_q": -3.0},
    "Q wider": {"mean_p": 0.0, "mean_q": 0.0, "std_q": 2.0},
    "one mode of two": {"data": "two humps", "mean_p": 0.0, "mean_q": 3.0},
}
PRESETS = [{"name": name, **NEAR, **start} for name, start in STARTS.items()]

HALF_LOG_2PI = math.log(2 * math.pi) / 2
# The trapezoid rule in x: nine widths beyond the farthest hump, and fine enough for the best D,
# which turns sharply where P is two narrow humps.
SPACING = 0.025
NODES: Floats = np.arange(-1040, 1041, dtype=float) * SPACING


def _log_normal(x: Floats, mean: float, std: float) -> Floats:
    return -(((x - mean) / std) ** 2) / 2 - math.log(std) - HALF_LOG_2PI


def _normal_cdf(z: float) -> float:
    return (1 + math.erf(z / math.sqrt(2))) / 2


def _cost_of_0(logit: Floats) -> Floats:
    """Return −ln(1 − D) where D has this logit: log(1 + e^logit), −ln D being that of −logit."""
    return np.maximum(logit, 0) + np.log1p(np.exp(-np.abs(logit)))


class Mixture(NamedTuple):
    """Humps of one width and the same weight."""

    means: tuple[float, ...]
    std: float

    def log_density(self, x: Floats) -> Floats:
        """Return the log of the density at each x."""
        logs = np.stack([_log_normal(x, mean, self.std) for mean in self.means])
        return np.logaddexp.reduce(logs) - math.log(len(self.means))

    def cdf(self, x: float) -> float:
        """Return the probability of what lies left of x."""
        at = [_normal_cdf((x - mean) / self.std) for mean in self.means]
        return sum(at) / len(self.means)

    def cdf_integral(self, x: float) -> float:
        """Return the integral of `cdf` up to x: E max(0, x − X)."""
        z = [(x - mean) / self.std for mean in self.means]
        bells = [math.exp(-(one**2) / 2 - HALF_LOG_2PI) for one in z]
        parts = [one * _normal_cdf(one) + bell for one, bell in zip(z, bells, strict=True)]
        return self.std * sum(parts) / len(self.means)


def _mean(of: Mixture, values: Floats) -> float:
    """Return the expectation of a function with these values at the nodes."""
    return float((np.exp(of.log_density(NODES)) * values).sum()) * SPACING


def _root(f: Callable[[float], float], left: float, right: float) -> float:
    """Return where f passes 0, which has different signs at both ends, by halving."""
    rises = f(right) > 0
    while left < (middle := (left + right) / 2) < right:
        if (f(middle) > 0) == rises:
            right = middle
        else:
            left = middle
    return middle


def earth_moved(p: Mixture, q: Mixture) -> tuple[float, float]:
    """Return W1 = ∫ |F_P − F_Q| dx and its slope by the mean of Q, E_Q sign(F_P − F_Q).

    F_P − F_Q turns only where p = q, so that between two such places it passes 0 at most once.
    """

    def apart(x: float) -> float:
        return p.cdf(x) - q.cdf(x)

    def log_ratio(x: ArrayLike) -> Any:
        return p.log_density(np.asarray(x)) - q.log_density(np.asarray(x))

    first, last = float(NODES[0]), float(NODES[-1])
    (before,) = np.nonzero(np.diff(log_ratio(NODES) > 0))
    turns = [_root(log_ratio, float(NODES[i]), float(NODES[i + 1])) for i in before]
    pairs = itertools.pairwise([first, *turns, last])
    crossings = [_root(apart, a, b) for a, b in pairs if apart(a) * apart(b) < 0]
    places = [first, *crossings, last]
    moved = slope = 0.0
    for a, b in itertools.pairwise(places):
        area = (p.cdf_integral(b) - p.cdf_integral(a)) - (q.cdf_integral(b) - q.cdf_integral(a))
        moved += abs(area)
        slope += math.copysign(q.cdf(b) - q.cdf(a), area) if area else 0.0
    return moved, slope


class DiscriminatorGame(Explorer):
    """Drag data P, a generator's Q and a discriminator D; see what D wins, and how Q is pushed.

    D(x) is the probability that D gives to "x is data". It is the best there is, D* = p/(p + q), or
    a logistic curve, D(x) = 1/(1 + exp(−slope·(x − middle))). All in nats.

    Traits
    ------
    data : "one hump" or "two humps"
        P is a Gaussian; or it is two of the same width and weight, at mean_p − 3 and mean_p + 3.
    mean_p, std_p : float
        The data P, −5 to 5, and .5 to 2: the width of each hump. Dragging sets them.
    mean_q, std_q : float
        The Gaussian Q, within the same ends.
    best : bool
        Whether D is D*. Who drags the logistic curve plays with it: best = False.
    middle, slope : float
        The logistic curve: where it passes ½, −6 to 6, and how steeply, −8 to 8. A slope of 0 says
        ½ of everything.
    presets : list of dict
        The chips: `name`, and any of the traits above.
    prompt, fallback : str
        See `Explorer`.

    Attributes
    ----------
    value : float
        V = E_P ln D + E_Q ln(1 − D), what D wins; to read, as are all that follow.
    best_value, js, gap : float
        2·JS(P, Q) − ln 4, the V of D*; the Jensen–Shannon divergence; best_value − value.
    minimax_loss, non_saturating_loss : float
        E_Q ln(1 − D) and −E_Q ln D, which the generator makes small.
    minimax_slope, non_saturating_slope : float
        Their derivatives by mean_q, D being held as it is.
    divergence : float
        D(P‖Q).
    w1, w1_slope : float
        The Wasserstein distance W1(P, Q), in units of x, and its derivative by mean_q.

    Example
    -------
    >>> explorer = DiscriminatorGame(mean_p=-3, mean_q=5)
    >>> round(explorer.value, 4), round(explorer.js, 4)
    (-0.0002, 0.6931)
    >>> round(explorer.minimax_slope, 4), round(explorer.non_saturating_slope, 4)
    (0.0004, 7.9996)
    """

    about = "Here you drag data, a generator and a discriminator and watch what each is told."
    stacked, beside = 72, 51

    data = traitlets.Enum([*HUMPS], "one hump").tag(sync=True)
    mean_p = Real(-3.0, MEAN_ENDS).tag(sync=True)
    std_p = Real(1.0, STD_ENDS).tag(sync=True)
    mean_q = Real(-2.0, MEAN_ENDS).tag(sync=True)
    std_q = Real(1.0, STD_ENDS).tag(sync=True)
    best = Switch(True).tag(sync=True)
    middle = Real(0.0, MIDDLE_ENDS).tag(sync=True)
    slope = Real(-0.5, SLOPE_ENDS).tag(sync=True)

    @classmethod
    def crowded(cls) -> "DiscriminatorGame":
        """A narrow Q at one edge, and a steep D that is sure of the wrong answer."""
        return cls("two humps", 5, 1.25, -5, 0.5, best=False, middle=6, slope=-8)

    def __init__(
        self,
        data: str = "one hump",
        mean_p: float = -3,
        std_p: float = 1,
        mean_q: float = -2,
        std_q: float = 1,
        **traits: Any,
    ) -> None:
        humps = {"mean_p": mean_p, "std_p": std_p, "mean_q": mean_q, "std_q": std_q}
        traits = {"presets": PRESETS, "prompt": PROMPT, **traits}
        super().__init__(data=data, **humps, **traits)

    def _complete_preset(self, preset: dict) -> dict:
        return super()._complete_preset(preset) | self._validated(preset, *self.rules())

    # ---- P, Q and D ----------------------------------------------------------------------------

    @property
    def _p(self) -> Mixture:
        return Mixture(tuple(self.mean_p + hump for hump in HUMPS[self.data]), self.std_p)

    @property
    def _q(self) -> Mixture:
        return Mixture((self.mean_q,), self.std_q)

    def density_p(self, x: ArrayLike) -> Floats:
        """Return the density of P at each x."""
        return np.exp(self._p.log_density(np.asarray(x, float)))

    def density_q(self, x: ArrayLike) -> Floats:
        """Return the density of Q at each x."""
        return np.exp(self._q.log_density(np.asarray(x, float)))

    def discriminator(self, x: ArrayLike) -> Floats:
        """Return D(x), of the D that plays."""
        return np.exp(-_cost_of_0(-self._logit(np.asarray(x, float), self.best)))

    def _logit(self, x: Floats, best: bool) -> Floats:
        """Return ln D(x)/(1 − D(x)), of D* or of the logistic curve."""
        if best:
            return self._p.log_density(x) - self._q.log_density(x)
        return self.slope * (x - self.middle)

    # ---- what each wins and is told ------------------------------------------------------------

    @property
    def value(self) -> float:
        """Return V = E_P ln D + E_Q ln(1 − D)."""
        if self.best:
            return self.best_value
        logit = self._logit(NODES, best=False)
        return -_mean(self._p, _cost_of_0(-logit)) - _mean(self._q, _cost_of_0(logit))

    @property
    def best_value(self) -> float:
        """Return the V of D*, 2·JS(P, Q) − ln 4."""
        return 2 * self.js - math.log(4)

    @property
    def js(self) -> float:
        """Return the Jensen–Shannon divergence: half of what D* wins over a D that says ½."""
        logit, blind = self._logit(NODES, best=True), math.log(2)
        won = _mean(self._p, blind - _cost_of_0(-logit)) + _mean(self._q, blind - _cost_of_0(logit))
        return won / 2

    @property
    def gap(self) -> float:
        """Return what D* would win more."""
        return self.best_value - self.value

    def _generator(self, fooled: bool) -> tuple[float, float]:
        """Return E_Q of −ln D, or of ln(1 − D), and its derivative by mean_q."""
        logit = self._logit(NODES, self.best)
        loss = _cost_of_0(-logit) if fooled else -_cost_of_0(logit)
        # q moves, D stays: d ln q/dmean = (x − mean)/std²
        score = (NODES - self.mean_q) / self.std_q**2
        return _mean(self._q, loss), _mean(self._q, loss * score)

    @property
    def minimax_loss(self) -> float:
        """Return E_Q ln(1 − D)."""
        return self._generator(fooled=False)[0]

    @property
    def minimax_slope(self) -> float:
        """Return the derivative of E_Q ln(1 − D) by mean_q, of a D that stays."""
        return self._generator(fooled=False)[1]

    @property
    def non_saturating_loss(self) -> float:
        """Return −E_Q ln D."""
        return self._generator(fooled=True)[0]

    @property
    def non_saturating_slope(self) -> float:
        """Return the derivative of −E_Q ln D by mean_q, of a D that stays."""
        return self._generator(fooled=True)[1]

    @property
    def divergence(self) -> float:
        """Return D(P‖Q)."""
        return _mean(self._p, self._logit(NODES, best=True))

    @property
    def w1(self) -> float:
        """Return W1(P, Q)."""
        return earth_moved(self._p, self._q)[0]

    @property
    def w1_slope(self) -> float:
        """Return the derivative of W1(P, Q) by mean_q."""
        return earth_moved(self._p, self._q)[1]
