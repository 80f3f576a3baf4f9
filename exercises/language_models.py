"""Exercises of the chapter on language models: a pmf at a temperature, and a nucleus."""

from collections.abc import Callable
from typing import Any

import numpy as np

from exercises.engine import Case, Table, run_cases
from exercises.plain import PLAIN
from exercises.slips import Slip, gives

__all__ = ["nucleus", "tempered"]


def tempered(function: Callable[[np.ndarray, float], np.ndarray]) -> None:
    """Check a function from a pmf and a temperature to the pmf at that temperature.

    Prints ✓ or "not yet"; raises CheckFailed at the first case that is wrong.

    Probabilities are no logits:

    >>> import numpy as np
    >>> from exercises import check
    >>> from lib import softmax
    >>> check.tempered(lambda q, T: softmax(q / T))
    Traceback (most recent call last):
    exercises.engine.CheckFailed: ✗ tempered: case 1 of 6, the news at T = 2
      input     q = [0.5, 0.3, 0.2], T = 2.0
      expected  [0.4154 0.3218 0.2628]
      got       [0.3616 0.3272 0.3112]
      slip      this takes probabilities for logits. Their logarithms are logits.
    """
    run_cases("tempered", function, _TEMPERED)


def nucleus(function: Callable[[np.ndarray, float], np.ndarray]) -> None:
    """Check a function from a pmf and a mass to the pmf that is drawn from in its nucleus.

    Prints ✓ or "not yet"; raises CheckFailed at the first case that is wrong.

    What is left has to sum to 1 again:

    >>> import numpy as np
    >>> from exercises import check
    >>> check.nucleus(lambda q, mass: np.where(q >= 0.2, q, 0))
    Traceback (most recent call last):
    exercises.engine.CheckFailed: ✗ nucleus: case 1 of 7, two of four are enough
      input     q = [0.5, 0.3, 0.15, 0.05], mass = 0.75
      expected  [0.625 0.375 0. 0. ]
      got       [0.5 0.3 0. 0. ]
      slip      this does not sum to 1: divide by the mass that is kept.
    """
    run_cases("nucleus", function, _NUCLEUS)


def _tempered(q: Any, T: Any) -> Any:
    with np.errstate(all="ignore"):
        logits = np.log(q) / T
        weights = np.exp(logits - np.max(logits))
    return weights / np.sum(weights)


def _softmax(z: Any) -> Any:
    weights = np.exp(z - np.max(z))
    return weights / np.sum(weights)


def _quiet(result: Callable[..., Any]) -> Callable[..., bool]:
    """Recognise a slip by its result, without a word about overflow."""

    def fits(got: Any, expected: Any, *args: Any) -> bool:
        with np.errstate(all="ignore"):
            return gives(result)(got, expected, *args)

    return fits


def _mixed(q: Any, T: Any) -> Any:
    """Return the pmf moved towards the even one in a straight line."""
    return q / T + (1 - 1 / T) / len(q)


_TEMPERED = Table(
    reference=_tempered,
    agrees_with="q^(1/T) / Σ q^(1/T)",
    parameters=("q", "T"),
    cases=[
        Case("the news at T = 2", ([0.5, 0.3, 0.2], 2.0)),
        Case("a low temperature", ([0.4, 0.35, 0.25], 0.25)),
        Case("T = 1 changes nothing", ([0.7, 0.2, 0.1], 1.0)),
        Case("an outcome that is impossible", ([0.6, 0.0, 0.4], 1.5)),
        Case("equally likely outcomes", ([0.25, 0.25, 0.25, 0.25], 3.0)),
        Case("so cold that the powers are too small for a float", ([0.02] * 48 + [0.04], 0.004)),
    ],
    slips=[
        Slip(
            "this takes probabilities for logits. Their logarithms are logits.",
            _quiet(lambda q, T: _softmax(q / T)),
        ),
        Slip(
            "this multiplies the logits by T. They are divided by it.",
            _quiet(lambda q, T: _tempered(q, 1 / T)),
        ),
        Slip(
            "this does not sum to 1: divide by the sum of the powers.",
            _quiet(lambda q, T: q ** (1 / T)),
        ),
        Slip(
            "these are powers with exponent T, which don't sum to 1 either. The exponent is 1/T.",
            _quiet(lambda q, T: q**T),
        ),
        Slip(
            "dividing the probabilities by T is undone by the sum: this is q itself.",
            lambda got, expected, q, T: T != 1 and _quiet(lambda q, T: q)(got, expected, q, T),
        ),
        Slip(
            "this divides the probabilities by T. Divide their logarithms.",
            _quiet(lambda q, T: q / T),
        ),
        Slip(
            "this mixes q with the even pmf. A temperature changes ratios, not differences.",
            _quiet(_mixed),
        ),
        Slip(
            "these are the logarithms. Take exp of them.",
            _quiet(lambda q, T: np.log(_tempered(q, T))),
        ),
        Slip(
            "these are the logits. Take their softmax.",
            _quiet(lambda q, T: np.log(q) / T),
        ),
        Slip(
            "this is the largest probability's own outcome alone: T is above 0 here.",
            _quiet(lambda q, T: (q == np.max(q)) / np.sum(q == np.max(q))),
        ),
        Slip(
            "an impossible outcome stays impossible, and log(0) is no trouble: exp(-inf) is 0.",
            lambda got, expected, q, T: 0 in q,
        ),
        Slip(
            "all powers are too small for a float. Subtract the largest logit before exp.",
            lambda got, expected, q, T: not np.isfinite(got).all() or not np.any(got),
        ),
    ],
    unit="",
    general=PLAIN,
)


def _cut(q: Any, size: Any) -> Any:
    """Return the pmf of the `size` likeliest outcomes."""
    kept = np.zeros(len(q))
    best = np.argsort(-np.asarray(q), kind="stable")[: max(int(size), 0)]
    kept[best] = np.asarray(q)[best]
    return kept / (np.sum(kept) or 1)


def _size(q: Any, mass: Any) -> int:
    """Return how many of the likeliest outcomes are needed for the mass."""
    sums = np.cumsum(np.sort(q)[::-1])
    return int(np.searchsorted(sums, mass - 1e-12) + 1)


def _nucleus(q: Any, mass: Any) -> Any:
    return _cut(q, _size(q, mass))


def _in_order(q: Any, mass: Any) -> Any:
    """Return what is left if outcomes are taken as they stand, not the likeliest first."""
    kept = np.where(np.cumsum(q) - q < mass - 1e-12, q, 0)
    return kept / np.sum(kept)


_NUCLEUS = Table(
    reference=_nucleus,
    agrees_with="the likeliest outcomes that reach the mass, divided by their sum",
    parameters=("q", "mass"),
    cases=[
        Case("two of four are enough", ([0.5, 0.3, 0.15, 0.05], 0.75)),
        Case("the likeliest does not stand first", ([0.1, 0.25, 0.05, 0.6], 0.7)),
        Case("the likeliest is enough", ([0.03, 0.95, 0.02], 0.9)),
        Case("a mass that is reached exactly", ([0.125, 0.5, 0.25, 0.125], 0.75)),
        Case("all of it", ([0.2, 0.3, 0.5], 1.0)),
        Case("a pmf that is nearly even", ([0.22, 0.21, 0.2, 0.19, 0.18], 0.5)),
        Case("an outcome that is impossible", ([0.0, 0.7, 0.2, 0.1], 0.85)),
    ],
    slips=[
        Slip(
            "this does not sum to 1: divide by the mass that is kept.",
            gives(lambda q, mass: np.where(_nucleus(q, mass) > 0, q, 0)),
        ),
        Slip(
            "this keeps what has 1 − mass or more. The mass is that of a sum.",
            gives(lambda q, mass: np.where(q >= 1 - mass, q, 0) / np.sum(q[q >= 1 - mass])),
        ),
        Slip(
            "the outcome that reaches the mass belongs to the nucleus; here it is left out.",
            gives(lambda q, mass: _cut(q, _size(q, mass) - 1)),
        ),
        Slip(
            "this keeps one outcome too many: stop as soon as the mass is reached.",
            gives(lambda q, mass: _cut(q, _size(q, mass) + 1)),
        ),
        Slip(
            "outcomes are taken as they stand. Take the likeliest first.",
            gives(_in_order),
        ),
        Slip(
            "the least likely are kept here. Take the likeliest first.",
            gives(lambda q, mass: _cut(-np.asarray(q), _size(q, mass)) if 0 not in q else q),
        ),
        Slip(
            "these stand in order of their probability. Each belongs to its own place.",
            gives(lambda q, mass: np.sort(_nucleus(q, mass))[::-1]),
        ),
        Slip(
            "this keeps what is likelier than the threshold itself. The mass is that of a sum.",
            gives(lambda q, mass: np.where(q >= mass, q, 0)),
        ),
        Slip(
            "nothing is cut off here.",
            gives(lambda q, mass: q),
        ),
        Slip(
            "this is which outcomes are kept. Their probabilities are asked for.",
            gives(lambda q, mass: (_nucleus(q, mass) > 0).astype(float)),
        ),
        Slip(
            "those that are kept have equal shares here. Keep their ratios.",
            gives(lambda q, mass: (_nucleus(q, mass) > 0) / np.sum(_nucleus(q, mass) > 0)),
        ),
        Slip(
            "a softmax over what is kept takes probabilities for logits. Divide by their sum.",
            gives(
                lambda q, mass: (
                    np.where(_nucleus(q, mass) > 0, np.exp(q), 0)
                    / np.sum(np.exp(q)[_nucleus(q, mass) > 0])
                )
            ),
        ),
        Slip(
            "this is how many outcomes are kept. Their pmf is asked for.",
            gives(lambda q, mass: _size(q, mass)),
        ),
    ],
    unit="",
    general=PLAIN,
)
