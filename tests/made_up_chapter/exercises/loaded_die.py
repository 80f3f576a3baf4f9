"""Exercises of the chapter on the loaded die."""

from collections.abc import Callable

import numpy as np

from exercises.bits import BITS
from exercises.engine import Case, Table, run_cases
from exercises.slips import Slip, gives

__all__ = ["heaviest_face", "odds_of_six"]


def heaviest_face(function: Callable[[np.ndarray], float]) -> None:
    """Check a function from a die's pmf to the probability of its heaviest face.

    Prints ✓ or "not yet"; raises CheckFailed at the first case that is wrong.

    >>> from exercises import check
    >>> check.heaviest_face(max)
    ✓ heaviest_face: 2 cases agree with numpy.max
    """
    run_cases("heaviest_face", function, _HEAVIEST)


def odds_of_six(function: Callable[[np.ndarray], float]) -> None:
    """Check a function from a die's pmf to the odds of its last face, p/(1 − p).

    Prints ✓ or "not yet"; raises CheckFailed at the first case that is wrong.

    >>> from exercises import check
    >>> check.odds_of_six(lambda p: p[-1] / (1 - p[-1]))
    ✓ odds_of_six: 2 cases agree with p/(1 − p)
    """
    run_cases("odds_of_six", function, _ODDS)


_CASES = [
    Case("a fair die", ([1 / 6] * 6,)),
    Case("a heavy six", ([0.1, 0.1, 0.1, 0.1, 0.1, 0.5],)),
]
_HEAVIEST = Table(
    reference=np.max,
    agrees_with="numpy.max",
    parameters=("p",),
    cases=_CASES,
    slips=[Slip("this is the lightest face.", gives(np.min))],
    general=BITS,
)
_ODDS = Table(
    reference=lambda p: p[-1] / (1 - p[-1]),
    agrees_with="p/(1 − p)",
    parameters=("p",),
    cases=_CASES,
    slips=[Slip("this is the probability.", gives(lambda p: p[-1]))],
    general=BITS,
)
