"""Exercises of the chapter on GANs: the best judge, the value of one, the push on a list."""

from collections.abc import Callable
from typing import Any

import numpy as np

from exercises.engine import Case, Table, run_cases
from exercises.nats import PLAIN_NATS
from exercises.plain import PLAIN
from exercises.slips import General, Slip, gives

__all__ = ["best_discriminator", "game_value", "generator_gradient"]


def best_discriminator(function: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> None:
    """Check a function from the lists p and q to the best judge's probabilities of "from p".

    Each outcome is possible under one list or both. Prints ✓ or "not yet"; raises CheckFailed at
    the first case that is wrong.

    A judge who only decides bets too much:

    >>> from exercises import check
    >>> check.best_discriminator(lambda p, q: (p > q) * 1.0)
    Traceback (most recent call last):
    exercises.engine.CheckFailed: ✗ best_discriminator: case 1 of 5, the news
      input     p = [0.5, 0.3, 0.2], q = [0.3, 0.6, 0.1]
      expected  [0.625  0.3333 0.6667]
      got       [1. 0. 1.]
      slip      this decides. A bet is asked for: how probable it is that the item is from p.
    """
    run_cases("best_discriminator", function, _BEST_DISCRIMINATOR)


def game_value(function: Callable[[np.ndarray, np.ndarray, np.ndarray], float]) -> None:
    """Check a function from a judge D and the lists p and q to her value in nats.

    Prints ✓ or "not yet"; raises CheckFailed at the first case that is wrong.

    The mean over both desks, as a classifier's loss takes it, is half of it:

    >>> import numpy as np
    >>> from exercises import check
    >>> check.game_value(lambda D, p, q: (p @ np.log(D) + q @ np.log(1 - D)) / 2)
    Traceback (most recent call last):
    exercises.engine.CheckFailed: ✗ game_value: case 1 of 6, the best judge on the news
      input     D = [0.625, 0.3333333333333333, 0.6666666666666666], p = [0.5, 0.3, 0.2], q = [0.3, 0.6, 0.1]
      expected  -1.293067592 nats
      got       -0.6465337962
      slip      this is half of it, the mean over both desks. V adds what two items bring.
    """  # noqa: E501
    run_cases("game_value", function, _GAME_VALUE)


def generator_gradient(function: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> None:
    """Check a function from q, a softmax, and a judge D to the slope of −E_Q ln D by the logits.

    The judge is held fixed. Prints ✓ or "not yet"; raises CheckFailed at the first case that is
    wrong.

    The other loss has another slope:

    >>> import numpy as np
    >>> from exercises import check
    >>> def minimax(q, D):
    ...     bill = np.log(1 - D)
    ...     return q * (bill - q @ bill)
    >>> check.generator_gradient(minimax)
    Traceback (most recent call last):
    exercises.engine.CheckFailed: ✗ generator_gradient: case 1 of 5, the news and its best judge
      input     q = [0.3, 0.6, 0.1], D = [0.625, 0.3333333333333333, 0.6666666666666666]
      expected  [-0.1112  0.1547 -0.0435] nats
      got       [-0.1     0.1452 -0.0451]
      slip      this is the slope of the minimax loss, E ln(1 − D). −E ln D is asked for.
    """
    run_cases("generator_gradient", function, _GENERATOR_GRADIENT)


def _quiet(f: Callable[..., Any]) -> Callable[..., bool]:
    """Recognise a slip by its result, where NumPy may meet log 0 on the way."""

    def result(*args: Any) -> Any:
        with np.errstate(all="ignore"):
            return f(*args)

    return gives(result)


def _sigmoid(z: Any) -> Any:
    return 1 / (1 + np.exp(-z))


_NEWS = ([0.5, 0.3, 0.2], [0.3, 0.6, 0.1])
_BEST = [0.625, 1 / 3, 2 / 3]


# ---- the best judge ------------------------------------------------------------------------------


_BEST_DISCRIMINATOR = Table(
    reference=lambda p, q: p / (p + q),
    agrees_with="p/(p + q)",
    parameters=("p", "q"),
    cases=[
        Case("the news", _NEWS),
        Case("four outcomes", ([0.1, 0.2, 0.3, 0.4], [0.4, 0.1, 0.1, 0.4])),
        Case("two equal lists", ([0.7, 0.2, 0.1], [0.7, 0.2, 0.1])),
        Case("outcomes of one list alone", ([0.5, 0.5, 0.0], [0.0, 0.25, 0.75])),
        Case("nothing in common", ([1.0, 0.0], [0.0, 1.0])),
    ],
    slips=[
        Slip(
            "this is the probability of the second desk. D is that of the first: p above.",
            gives(lambda p, q: q / (p + q)),
        ),
        Slip(
            "this decides. A bet is asked for: how probable it is that the item is from p.",
            gives(lambda p, q: (p > q) * 1.0),
        ),
        Slip("this is p/q. Divide by the sum of both.", _quiet(lambda p, q: p / q)),
        Slip(
            "p is divided by the mean of both lists. Divide by their sum.",
            gives(lambda p, q: 2 * p / (p + q)),
        ),
        Slip(
            "the bets were made to sum to 1. They are one probability for each outcome, not a "
            "list over the outcomes.",
            gives(lambda p, q: p / (p + q) / (p / (p + q)).sum()),
        ),
        Slip(
            "the denominator is summed over all outcomes. Each outcome has its own, p + q there.",
            gives(lambda p, q: p / (p + q).sum()),
        ),
        Slip("this is the logit, ln p/q. Take its sigmoid.", _quiet(lambda p, q: np.log(p / q))),
        Slip(
            "p and q were taken for logits. They are probabilities already.",
            gives(lambda p, q: _sigmoid(p - q)),
        ),
        Slip(
            "this judge never looks. Use p and q.",
            lambda got, expected, p, q: (
                got.shape == p.shape and bool((got == 0.5).all()) and bool((p != q).any())
            ),
        ),
        Slip("this is the list p. Ask which desk it was, given the item.", gives(lambda p, q: p)),
        Slip(
            "this has squares in it. Plain probabilities will do.",
            gives(lambda p, q: p**2 / (p**2 + q**2)),
        ),
        Slip("this is p − q. Divide p by p + q.", gives(lambda p, q: p - q)),
    ],
    general=PLAIN,
    unit="",
)


# ---- the value of a judge ------------------------------------------------------------------------


def _mean(p: Any, values: Any) -> Any:
    """Return the mean of the values under p; where p is 0 they don't count."""
    return np.sum(p[p > 0] * values[p > 0])


def _log(x: Any) -> Any:
    with np.errstate(divide="ignore"):
        return np.log(x)


def _value(D: Any, p: Any, q: Any) -> Any:
    return _mean(p, _log(D)) + _mean(q, _log(1 - D))


_GAME_VALUE = Table(
    reference=_value,
    agrees_with="E_P ln D + E_Q ln(1 − D)",
    parameters=("D", "p", "q"),
    cases=[
        Case("the best judge on the news", (_BEST, *_NEWS)),
        Case("one who never looks", ([0.5, 0.5, 0.5], *_NEWS)),
        Case("a poor one", ([0.2, 0.7, 0.5], *_NEWS)),
        Case("one who is never wrong", ([1.0, 0.0], [1.0, 0.0], [0.0, 1.0])),
        Case("sure where she may be", ([1.0, 0.5, 0.0], [0.5, 0.5, 0.0], [0.0, 0.5, 0.5])),
        Case("sure, and wrong", ([1.0, 0.4, 0.6], *_NEWS)),
    ],
    slips=[
        Slip(
            "this is half of it, the mean over both desks. V adds what two items bring.",
            gives(lambda D, p, q: _value(D, p, q) / 2),
        ),
        Slip(
            "this is −V, what she pays. V itself is asked for.",
            lambda got, expected, *args: (
                bool(np.all(expected != 0)) and gives(lambda *a: -_value(*a))(got, expected, *args)
            ),
        ),
        Slip(
            "this is −V/2, the binary cross-entropy of a classifier. V is asked for.",
            lambda got, expected, *args: (
                bool(np.all(expected != 0))
                and gives(lambda *a: -_value(*a) / 2)(got, expected, *args)
            ),
        ),
        Slip("the desks are exchanged: ln D goes with p.", _quiet(lambda D, p, q: _value(D, q, p))),
        Slip(
            "ln D stands in both terms. On items of q she wins ln(1 − D).",
            _quiet(lambda D, p, q: _mean(p, _log(D)) + _mean(q, _log(D))),
        ),
        Slip(
            "both terms are averaged over p. The second runs over q.",
            _quiet(lambda D, p, q: _mean(p, _log(D)) + _mean(p, _log(1 - D))),
        ),
        Slip(
            "items of the second desk are missing: add E_Q ln(1 − D).",
            gives(lambda D, p, q: _mean(p, _log(D))),
        ),
        Slip(
            "items of the first desk are missing: add E_P ln D.",
            gives(lambda D, p, q: _mean(q, _log(1 - D))),
        ),
        Slip(
            "the second term is subtracted. Add it.",
            _quiet(lambda D, p, q: _mean(p, _log(D)) - _mean(q, _log(1 - D))),
        ),
        Slip(
            "these are logarithms of means. The means of the logarithms are asked for.",
            gives(lambda D, p, q: np.log(p @ D) + np.log(q @ (1 - D))),
        ),
        Slip(
            "the logarithms are added up without p and q. Weight them.",
            _quiet(lambda D, p, q: np.sum(_log(D) + _log(1 - D))),
        ),
        Slip(
            "this is V + ln 4, what the look is worth. V is asked for.",
            gives(lambda D, p, q: _value(D, p, q) + np.log(4)),
        ),
        Slip(
            "this is the value of the best judge, 2 JS − ln 4. That of D is asked for.",
            _quiet(lambda D, p, q: _value(p / (p + q), p, q)),
        ),
    ],
    general=General(
        slips=[
            Slip(
                "0 · ln 0 is nan in NumPy and 0 here: leave out what a list excludes.",
                lambda got, expected, *args: bool(np.isnan(got).any()),
            ),
            *PLAIN_NATS.slips,
        ],
    ),
    unit=" nats",
)


# ---- the push on a list --------------------------------------------------------------------------


def _slope(q: Any, bill: Any) -> Any:
    return q * (bill - q @ bill)


_GENERATOR_GRADIENT = Table(
    reference=lambda q, D: _slope(q, -np.log(D)),
    agrees_with="the slope of −E_Q ln D",
    parameters=("q", "D"),
    cases=[
        Case("the news and its best judge", (_NEWS[1], _BEST)),
        Case("four outcomes", ([0.1, 0.2, 0.3, 0.4], [0.9, 0.3, 0.6, 0.2])),
        Case("a judge who never looks", (_NEWS[1], [0.5, 0.5, 0.5])),
        Case("an outcome that is never made", ([0.5, 0.5, 0.0], [0.2, 0.4, 0.9])),
        Case("one that is seen through", ([0.7, 0.2, 0.1], [0.001, 0.8, 0.9])),
    ],
    slips=[
        Slip(
            "this is the slope of the minimax loss, E ln(1 − D). −E ln D is asked for.",
            gives(lambda q, D: _slope(q, np.log(1 - D))),
        ),
        Slip("the sign is wrong: this is the way down.", gives(lambda q, D: _slope(q, np.log(D)))),
        Slip(
            "the mean bill is missing: subtract −E_Q ln D from −ln D. The probabilities sum to 1, "
            "so a constant must not count.",
            gives(lambda q, D: -q * np.log(D)),
        ),
        Slip(
            "the weight q is missing.",
            gives(lambda q, D: q @ np.log(D) - np.log(D)),
        ),
        Slip(
            "what is subtracted is the plain mean of −ln D. Weight it with q.",
            gives(lambda q, D: -q * (np.log(D) - np.log(D).mean())),
        ),
        Slip(
            "this is the slope in each probability, −ln D. That in the logits is asked for.",
            gives(lambda q, D: -np.log(D)),
        ),
        Slip(
            "this is the loss. Return a slope for each logit.", gives(lambda q, D: -q @ np.log(D))
        ),
        Slip(
            "this is q(1 − q) times the bill: a logit moves all probabilities.",
            gives(lambda q, D: -q * (1 - q) * np.log(D)),
        ),
        Slip(
            "D stands there without its logarithm: this is the slope of −E_Q D.",
            gives(lambda q, D: -_slope(q, D)),
        ),
        Slip(
            "this is −(1 − D)q, the weight at a point that moves. Here probabilities move.",
            gives(lambda q, D: -(1 - D) * q),
        ),
        Slip("q stands there twice.", gives(lambda q, D: -(q**2) * (np.log(D) - q @ np.log(D)))),
        Slip(
            "q was taken for logits. It is the list itself, a softmax already.",
            gives(lambda q, D: _slope(np.exp(q) / np.exp(q).sum(), -np.log(D))),
        ),
        Slip(
            "this is divided by the number of outcomes. The bills are added, not averaged.",
            gives(lambda q, D: _slope(q, -np.log(D)) / q.size),
        ),
    ],
    general=PLAIN_NATS,
    unit=" nats",
    tolerance=(1e-5, 1e-6),  # of slopes from differences
)
