"""A table of joint probabilities to drag, its entropies as bars, and their overlap."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import traitlets
from numpy.typing import ArrayLike

from explorers.shared.base import Explorer
from explorers.shared.fixed import List
from explorers.shared.traits import SUM_WITHIN, Row, rows_of_numbers
from lib import conditional_entropy, entropy, mutual_information

LEAST, MOST = 2, 4  # a finger needs 24 px a cell, and its three numbers more
PROMPT = (
    "X and Y agree in 89 of 100 cases. Of the 1 bit that Y costs, how much does X tell: .89, .78,"
    " or less?"
)
NOISE = 0.11  # of the channel, H(.11) = .49992 bits
NOISY = [[(1 - NOISE) / 2, NOISE / 2], [NOISE / 2, (1 - NOISE) / 2]]
# y is low where x lies in the middle: a parabola, blurred.
CURVED = [[0.0, 0.0, 0.25], [0.25, 0.25, 0.0], [0.0, 0.0, 0.25]]
# Cover & Thomas (2006), example 2.2.1, with a row for each x.
SIXTEEN = [
    [1 / 8, 1 / 16, 1 / 16, 1 / 4],
    [1 / 16, 1 / 8, 1 / 16, 0.0],
    [1 / 32, 1 / 32, 1 / 16, 0.0],
    [1 / 32, 1 / 32, 1 / 16, 0.0],
]
PRESETS = [
    {"name": "a noisy channel", "p": NOISY},
    {"name": "independent", "p": [[0.42, 0.28], [0.18, 0.12]]},
    {"name": "copy", "p": [[0.5, 0.0], [0.0, 0.5]]},
    {"name": "zero correlation, not independent", "p": CURVED},
    {"name": "4 × 4", "p": SIXTEEN},
]


def _table(value: ArrayLike, name: str) -> list[list[float]]:
    """Return a square table of probabilities as lists; ValueError says what is wrong."""
    table = rows_of_numbers(value, name, "[[.4, .1], [.1, .4]]")
    if table.ndim != 2 or len(table) != len(table.T) or not LEAST <= len(table) <= MOST:
        raise ValueError(
            f"{name} has shape {table.shape}; give {LEAST} to {MOST} rows, each of as many"
            " probabilities, like [[.4, .1], [.1, .4]]"
        )
    try:
        mutual_information(table)
    except ValueError as error:
        raise ValueError(str(error).replace("p_xy", name, 1)) from None
    return table.tolist()


class Table(List):
    """A trait: a square table of probabilities that sum to 1, kept as lists of floats."""

    rule = {"kind": "table", "size": (LEAST, MOST), "within": SUM_WITHIN}

    def validate(self, obj: traitlets.HasTraits, value: ArrayLike) -> list[list[float]] | None:
        """Return the rows as lists of numbers, or say what is wrong with them."""
        return super().validate(obj, _table(value, str(self.name)))


class JointTable(Explorer):
    """Drag the cells of p(x, y); see H(X), H(Y) and H(X, Y) as bars, and I(X; Y) as their overlap.

    A cell is a square whose area is its probability; the others keep their proportions. Beside it
    stand its pointwise mutual information, log₂ p(x, y)/(p(x)·p(y)), and what it adds to I(X; Y) or
    takes away, p(x, y) times that.

    Traits
    ------
    p : list of list of float
        The table, a row for each x and a column for each y, 2 × 2 to 4 × 4; without one, a fair bit
        that arrives wrong in 11 of 100 cases. Take any rows, a NumPy array too; ValueError says
        what is wrong with those that are no square, or do not sum to 1. Setting it redraws the
        figure, dragging sets it.
    presets : list of dict
        The chips: `name` and `p`.
    prompt, fallback : str
        See `Explorer`.

    Attributes
    ----------
    mutual_information : float
        I(X; Y) = D(p(x, y)‖p(x)·p(y)) in bits; like all below, to read.
    entropies : dict
        In bits: "X", "Y", "X,Y", and what one leaves open of the other, "X|Y" and "Y|X".
    pointwise : array
        log₂ p(x, y)/(p(x)·p(y)) of each cell: −∞ where p(x, y) = 0, nan where p(x) or p(y) is.
    correlation : float
        Of the numbers of row and column; nan where one of the two is always the same.

    Example
    -------
    Of a fair bit, a channel that turns over 11 in 100 lets half through.

    >>> explorer = JointTable([[0.445, 0.055], [0.055, 0.445]])
    >>> round(explorer.mutual_information, 4)
    0.5001
    >>> {name: round(bits, 3) for name, bits in explorer.entropies.items()}
    {'X': 1.0, 'Y': 1.0, 'X,Y': 1.5, 'X|Y': 0.5, 'Y|X': 0.5}
    >>> explorer.pointwise.round(2).tolist()
    [[0.83, -2.18], [-2.18, 0.83]]
    >>> round(explorer.correlation, 2)
    0.78
    """

    about = "Here you drag the cells of a joint table and see what X tells about Y."
    stacked, beside = 57.25, 40.25

    p = Table().tag(sync=True)

    @classmethod
    def crowded(cls) -> "JointTable":
        """The largest table, with a cell that has nearly all, and the longest numbers."""
        table = [
            [0.909999999, 0.02, 0.0101, 0.0],
            [0.0003, 0.03, 0.0001, 1e-9],
            [0.0149, 0.001, 0.0005, 0.0125],
            [0.0, 0.0005, 0.0001, 0.0],
        ]
        return cls(table)

    def __init__(self, p: Sequence[Row] | np.ndarray | None = None, **traits: Any) -> None:
        traits = {"presets": PRESETS, "prompt": PROMPT, **traits}
        super().__init__(p=NOISY if p is None else p, **traits)

    def _complete_preset(self, preset: dict) -> dict:
        return super()._complete_preset(preset) | self._validated(preset, "p")

    @property
    def mutual_information(self) -> float:
        """Return I(X; Y) in bits."""
        return float(mutual_information(self.p, base=2))

    @property
    def entropies(self) -> dict[str, float]:
        """Return the entropies of X, of Y, of both, and of each where the other is known."""
        p = np.array(self.p)
        each = {"X": p.sum(axis=1), "Y": p.sum(axis=0), "X,Y": p.ravel()}
        conditional = {"X|Y": p.T, "Y|X": p}
        return {name: float(entropy(one, base=2)) for name, one in each.items()} | {
            name: float(conditional_entropy(one, base=2)) for name, one in conditional.items()
        }

    @property
    def pointwise(self) -> np.ndarray:
        """Return log₂ p(x, y)/(p(x)·p(y)) of each cell."""
        p = np.array(self.p)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.log2(p / p.sum(axis=1, keepdims=True) / p.sum(axis=0))

    @property
    def correlation(self) -> float:
        """Return the correlation of the numbers of row and column."""
        p = np.array(self.p)
        deviations = []
        for margin in (p.sum(axis=1), p.sum(axis=0)):
            if np.count_nonzero(margin) < 2:
                return float("nan")
            number = np.arange(1, len(p) + 1)
            deviations.append(number - margin @ number / margin.sum())
        x, y = deviations
        variances = [p.sum(axis=1) @ x**2, p.sum(axis=0) @ y**2]
        return float(x @ p @ y / np.sqrt(np.prod(variances)))
