"""A pmf of returns on atoms, its targets r + γz between them, and the pmf that stands for these."""

import math
from typing import Any

import numpy as np
import traitlets

from explorers.shared.base import Explorer
from explorers.shared.traits import Pmf, Real, Row
from lib import categorical_projection, wasserstein_1d

LEAST, MOST = 5, 51
FARTHEST = 100
# As in projecting.mjs: what is nearer to an atom than this share of a gap lies on it.
ON_AN_ATOM = 1e-9
PROJECTIONS = ["shares", "floor and ceil"]
PROMPT = (
    "z = 0 is sure, r = 1, γ = .99. The target 1 lies between the atoms .8 and 1.2. Which of them"
    " gets how much, and what happens to mean and spread?"
)
P = [0, 0.05, 0.1, 0.2, 0.15, 0, 0, 0.1, 0.25, 0.15, 0]
LOW, HIGH = -2.0, 2.0


def _presets(p: Row, low: float, high: float) -> list[dict]:
    """Return the starts worth trying from this pmf on these atoms."""
    atoms = np.linspace(low, high, len(p))
    end = high if high >= -low else low
    zero = int(np.argmin(np.abs(atoms)))
    moves: dict[str, dict] = {
        "nothing moves": {"reward": 0.0, "discount": 1.0},
        "half a gap on": {"reward": math.copysign((high - low) / (len(p) - 1) / 2, end)},
        "clipped": {"reward": 0.6 * end, "discount": 0.9},
        "a terminal state": {
            "reward": round(float(atoms[round(0.7 * (len(p) - 1))]), 12),
            "discount": 0.0,
            "projection": "floor and ceil",
        },
    }
    if abs(atoms[zero]) < ON_AN_ATOM and high >= 1:
        sure = [float(i == zero) for i in range(len(p))]
        moves = {"atom 0, r = 1, γ = .99": {"p": sure, "reward": 1.0, "discount": 0.99}, **moves}
    start = {"p": p, "reward": 0.0, "discount": 1.0, "projection": "shares"}
    return [{"name": name, **start, **move} for name, move in moves.items()]


class AtomProjection(Explorer):
    """Drag a pmf on atoms, a reward and a discount; see the targets shared out among the atoms.

    The atoms stand at equal gaps from `low` to `high`, one for each probability in `p`. The target
    of an atom z is r + γz, with all of its mass; beyond the ends it is clipped to them.

    Traits
    ------
    p : list of float
        The pmf of the next state's return, 5 to 51 probabilities; without it two lumps on eleven
        atoms. Take any sequence, a NumPy array too; ValueError says what is wrong with one that is
        not a pmf. Dragging sets it, as it sets `reward` and `discount`.
    reward : float
        r, from `low` to `high`.
    discount : float
        γ, from 0 (the state is terminal) to 1.
    projection : "shares" or "floor and ceil"
        How a target's mass is split between the atoms on its two sides: in proportion to nearness,
        or by the often published form, which loses the mass of a target that lies on an atom.
    low, high : float
        The ends of the atoms, −100 to 0 and 0 to 100, and 1 or more apart; −2 and 2 without them.
        They are read: another range is another explorer.
    presets : list of dict
        The chips: `name`, and any of `p`, `reward`, `discount` and `projection`.
    prompt, fallback : str
        See `Explorer`.

    Attributes
    ----------
    count, gap : int, float
        How many atoms there are, and how far apart; as what follows, to read.
    atoms, targets, projected : list of float
        Where the atoms are and where their targets; the mass on each atom after the projection.
    clipped, lost : float
        The mass whose targets lie beyond the ends, and what the projection has lost.
    means, sds : dict
        Of "target", "clipped" (to the ends) and "projected"; where mass is lost, of what is left of
        it, and nan if nothing is.
    w1 : float
        The Wasserstein distance from target to projection, in gaps; nan where mass is lost.

    Example
    -------
    A return of 0 is sure, and a reward of 1 comes before it: the target lies between .8 and 1.2.

    >>> explorer = AtomProjection([0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0], reward=1, discount=0.99)
    >>> [round(mass, 12) for mass in explorer.projected]
    [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.5, 0.5, 0.0, 0.0]
    >>> round(explorer.means["projected"], 12), round(explorer.sds["projected"], 12)
    (1.0, 0.2)
    """

    about = "Here you drag returns over a line of atoms and watch how their mass is shared out."
    stacked, beside = 51, 42.25

    p = Pmf(LEAST, MOST).tag(sync=True)
    reward = Real(0.5, (-FARTHEST, FARTHEST)).tag(sync=True)
    discount = Real(0.9, (0.0, 1.0)).tag(sync=True)
    projection = traitlets.Enum(PROJECTIONS, PROJECTIONS[0]).tag(sync=True)
    low = Real(LOW, (-FARTHEST, 0), read_only=True).tag(sync=True)
    high = Real(HIGH, (0, FARTHEST), read_only=True).tag(sync=True)

    @classmethod
    def crowded(cls) -> "AtomProjection":
        """All 51 atoms of C51, every one with some mass, and a good part of it clipped."""
        p = np.exp(-(((np.linspace(-10, 10, MOST) - 4) / 5) ** 2))
        return cls(p / p.sum(), 7.4, 0.95, low=-10, high=10)

    def __init__(
        self,
        p: Row | None = None,
        reward: float = 0.5,
        discount: float = 0.9,
        projection: str = PROJECTIONS[0],
        *,
        low: float = LOW,
        high: float = HIGH,
        **traits: Any,
    ) -> None:
        self.set_trait("low", low)
        self.set_trait("high", high)
        if self.high - self.low < 1:
            raise traitlets.TraitError(
                f"low is {low} and high is {high}; give ends that are 1 or more apart, and returns"
                " in a smaller unit"
            )
        p = P if p is None else p
        state = {"p": p, "reward": reward, "discount": discount, "projection": projection}
        super().__init__(**state, **{"prompt": PROMPT, **traits})
        if "presets" not in traits:
            self.presets = _presets(self.p, self.low, self.high)

    @traitlets.validate("reward")
    def _within_the_atoms(self, proposal: traitlets.Bunch) -> float:
        return self._reward(proposal["value"])

    def _reward(self, reward: float) -> float:
        if not self.low <= reward <= self.high:
            raise traitlets.TraitError(
                f"reward is {reward}; give a number from {self.low:g} to {self.high:g}, the ends of"
                " the atoms"
            )
        return reward

    def _complete_preset(self, preset: dict) -> dict:
        complete = super()._complete_preset(preset)
        if own := {"low", "high"} & set(preset):
            raise traitlets.TraitError(f"preset {preset['name']!r}: {own.pop()} is not to be set")
        complete |= self._validated(preset, "p", "reward", "discount", "projection")
        if "reward" in complete:
            try:
                self._reward(complete["reward"])
            except traitlets.TraitError as error:
                raise traitlets.TraitError(f"preset {preset['name']!r}: {error}") from None
        return complete

    def rules(self) -> dict[str, dict]:
        """Return what a link may set; a reward lies between the ends of these atoms."""
        rules = super().rules()
        for name in ("low", "high"):
            del rules[name]
        return rules | {"reward": {"kind": "real", "ends": (self.low, self.high)}}

    @property
    def count(self) -> int:
        """Return how many atoms there are."""
        return len(self.p)

    @property
    def gap(self) -> float:
        """Return how far one atom is from the next."""
        return (self.high - self.low) / (self.count - 1)

    @property
    def atoms(self) -> list[float]:
        """Return where the atoms are."""
        return np.linspace(self.low, self.high, self.count).tolist()

    @property
    def targets(self) -> list[float]:
        """Return r + γz of each atom z."""
        return [self.reward + self.discount * z for z in self.atoms]

    @property
    def projected(self) -> list[float]:
        """Return the mass on each atom after the projection."""
        if self.projection == "shares":
            shares = categorical_projection(self.reward, self.discount, self.p, self.atoms)
            return shares.tolist()
        mass = [0.0] * self.count
        for p, target in zip(self.p, self.targets, strict=True):
            b = (min(max(target, self.low), self.high) - self.low) / self.gap
            if abs(b - round(b)) < ON_AN_ATOM:
                b = round(b)
            floor, ceil = math.floor(b), math.ceil(b)
            mass[floor] += p * (ceil - b)
            mass[ceil] += p * (b - floor)
        return mass

    @property
    def clipped(self) -> float:
        """Return the mass whose targets lie beyond the ends."""
        slack = ON_AN_ATOM * self.gap
        beyond = [not self.low - slack <= target <= self.high + slack for target in self.targets]
        return float(np.dot(self.p, beyond))

    @property
    def lost(self) -> float:
        """Return the mass that the projection has lost."""
        missing = 1 - sum(self.projected)
        return missing if missing > ON_AN_ATOM else 0.0

    @property
    def means(self) -> dict[str, float]:
        """Return the means of the target, of the clipped target, and of what it is projected to."""
        return {name: mean for name, (mean, _) in self._moments().items()}

    @property
    def sds(self) -> dict[str, float]:
        """Return the standard deviations of the three."""
        return {name: sd for name, (_, sd) in self._moments().items()}

    @property
    def w1(self) -> float:
        """Return the Wasserstein distance from target to projection, in gaps."""
        if self.lost:
            return math.nan
        places, at = np.unique(self.targets + self.atoms, return_inverse=True)
        zeros = [0.0] * self.count
        target = np.bincount(at, [*self.p, *zeros])
        projected = np.bincount(at, [*zeros, *self.projected])
        return float(wasserstein_1d(target, projected, places)) / self.gap

    def _moments(self) -> dict[str, tuple[float, float]]:
        targets, kept = np.array(self.targets), np.array(self.projected)
        return {
            "target": _mean_and_sd(targets, np.array(self.p)),
            "clipped": _mean_and_sd(np.clip(targets, self.low, self.high), np.array(self.p)),
            "projected": _mean_and_sd(np.array(self.atoms), kept),
        }


def _mean_and_sd(places: np.ndarray, mass: np.ndarray) -> tuple[float, float]:
    """Return mean and standard deviation of what mass there is."""
    whole = float(mass.sum())
    if whole < ON_AN_ATOM:
        return math.nan, math.nan
    mean = float(mass @ places) / whole
    return mean, math.sqrt(float(mass @ (places - mean) ** 2) / whole)
