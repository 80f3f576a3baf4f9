"""Exercises of the chapter on evidence: 2n·D of counts, Chernoff information, mean tosses."""

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from exercises.bits import LN2
from exercises.engine import Case, Table, run_cases
from exercises.plain import PLAIN
from exercises.slips import General, Slip, gives, near, scaled
from lib import measures

__all__ = ["chernoff_information", "g_statistic", "mean_tosses"]


def g_statistic(function: Callable[[np.ndarray, np.ndarray], float]) -> None:
    """Check a function from counts and a model to 2n·D(shares of the counts‖model) in nats.

    Prints ✓ or "not yet"; raises CheckFailed at the first case that is wrong.

    The number of observations belongs to it:

    >>> import numpy as np
    >>> from exercises import check
    >>> from lib import kl_divergence
    >>> check.g_statistic(lambda counts, model: 2 * kl_divergence(counts / counts.sum(), model))
    Traceback (most recent call last):
    exercises.engine.CheckFailed: ✗ g_statistic: case 1 of 7, 20 telegrams
      input     counts = [14, 5, 1], model = [0.5, 0.3, 0.2]
      expected  4.825418335 nats
      got       0.2412709168
      slip      the number of observations is missing: 2n·D, not 2·D.
    """
    run_cases("g_statistic", function, _G_STATISTIC)


def chernoff_information(function: Callable[[np.ndarray, np.ndarray], float]) -> None:
    """Check a function from two pmfs to their Chernoff information in nats.

    Prints ✓ or "not yet"; raises CheckFailed at the first case that is wrong.

    A grid that is fine enough will do:

    >>> import numpy as np
    >>> from exercises import check
    >>> def mine(p, q):
    ...     both, s = (p > 0) & (q > 0), np.linspace(0, 1, 1001)[:, None]
    ...     return -np.log((p[both] ** s * q[both] ** (1 - s)).sum(axis=1).min())
    >>> check.chernoff_information(mine)
    ✓ chernoff_information: 6 cases agree with the lowest point of ln Σ p^s q^(1−s)
    """
    run_cases("chernoff_information", function, _CHERNOFF_INFORMATION)


def mean_tosses(function: Callable[[float, float, float], float]) -> None:
    """Check a function from two coins and odds to the mean number of tosses until these odds.

    The coin that is tossed is p, and the odds are for p against q. Prints ✓ or "not yet"; raises
    CheckFailed at the first case that is wrong.

    The slope alone forgets that the last toss goes too far:

    >>> import numpy as np
    >>> from exercises import check
    >>> def slope(p, q, odds):
    ...     return np.log(odds) / (p * np.log(p / q) + (1 - p) * np.log((1 - p) / (1 - q)))
    >>> check.mean_tosses(slope)
    Traceback (most recent call last):
    exercises.engine.CheckFailed: ✗ mean_tosses: case 1 of 6, the fair coin of the chapter
      input     p = 0.5, q = 0.8, odds = 100
      expected  22.82130803 tosses
      got       20.63770232
      slip      this is ln odds / D(p‖q), as if the walk stopped at the odds and not beyond them.
    """
    run_cases("mean_tosses", function, _MEAN_TOSSES)


# ---- 2n·D of counts ------------------------------------------------------------------------------


def _g(counts: Any, model: Any) -> Any:
    return 2 * np.sum(counts) * measures.kl_divergence(counts / np.sum(counts), model)


def _without_zeros(f: Callable[[Any, Any], Any]) -> Callable[..., bool]:
    """Recognise a slip by its result on counts and the counts that the model expects."""

    def result(counts: Any, model: Any) -> Any:
        expected = np.sum(counts) * model
        with np.errstate(all="ignore"):
            return f(counts[expected > 0], expected[expected > 0])

    return gives(result)


def _swapped(counts: Any, model: Any) -> Any:
    return 2 * np.sum(counts) * measures.kl_divergence(model, counts / np.sum(counts))


_G_STATISTIC = Table(
    reference=_g,
    agrees_with="2n · lib.kl_divergence of the shares and the model",
    parameters=("counts", "model"),
    cases=[
        Case("20 telegrams", ([14, 5, 1], [0.5, 0.3, 0.2])),
        Case("as expected", ([10, 6, 4], [0.5, 0.3, 0.2])),
        Case("a kind that didn't come", ([12, 8, 0], [0.5, 0.3, 0.2])),
        Case("one kind alone", ([0, 7], [0.25, 0.75])),
        Case("many counts", ([250, 350, 150, 250], [0.25, 0.25, 0.25, 0.25])),
        Case("a kind that can't come and didn't", ([6, 4, 0], [0.5, 0.5, 0.0])),
        Case("a kind that can't come and did", ([5, 4, 1], [0.5, 0.5, 0.0])),
    ],
    slips=[
        Slip(
            "the number of observations is missing: 2n·D, not 2·D.",
            gives(lambda counts, model: _g(counts, model) / np.sum(counts)),
        ),
        Slip("the factor 2 is missing.", scaled(0.5)),
        Slip(
            "this is D itself; the factor 2n is missing.",
            gives(lambda counts, model: _g(counts, model) / 2 / np.sum(counts)),
        ),
        Slip(
            "the arguments are swapped: the shares of the counts stand first, D(shares‖model).",
            gives(_swapped),
        ),
        Slip(
            "this is Pearson's sum of (count − expected)² / expected, which is near, not equal.",
            _without_zeros(lambda c, e: np.sum((c - e) ** 2 / e)),
        ),
        Slip(
            "this is a sum of (count − expected)² / count. Logarithms are asked for.",
            _without_zeros(lambda c, e: np.sum((c - e) ** 2 / c)),
        ),
        Slip(
            "this is 2n times the cross-entropy. Divide each share by the model inside the log.",
            gives(lambda c, m: 2 * np.sum(c) * measures.cross_entropy(c / np.sum(c), m)),
        ),
        Slip(
            "the logarithm is of count / probability. The model's probability times n, the "
            "expected count, belongs there.",
            _without_zeros(
                lambda c, e: 2 * np.sum(np.where(c > 0, c * np.log(c / e * np.sum(c)), 0))
            ),
        ),
        Slip(
            "the weights are the model's. The average is over the counts.",
            _without_zeros(lambda c, e: 2 * np.sum(e * np.log(np.where(c > 0, c, e) / e))),
        ),
        Slip(
            "the terms' signs were dropped with abs. Only the sum is never negative.",
            _without_zeros(lambda c, e: 2 * np.sum(np.abs(np.where(c > 0, c * np.log(c / e), 0)))),
        ),
        Slip(
            "½ was added to each count. Here the counts are taken as they are.",
            gives(lambda counts, model: _g(counts + 0.5, model)),
        ),
        Slip(
            "the number of outcomes was taken for the number of observations.",
            gives(lambda c, model: _g(c, model) / np.sum(c) * c.size),
        ),
    ],
    unit=" nats",
    general=General(
        slips=[
            Slip("log2 was used, so this is in bits. χ² wants nats: np.log.", scaled(1 / LN2)),
            Slip(
                "0 · log 0 came out as nan. By convention it is 0: add up only where counts > 0.",
                lambda got, expected, counts, model: bool(
                    (counts == 0).any() and np.isnan(got).any()
                ),
            ),
            Slip(
                "what the model excludes has come, so it is infinite. An epsilon or a left-out row "
                "hides that.",
                lambda got, expected, *args: bool(np.isinf(expected) and np.isfinite(got).all()),
            ),
            *PLAIN.slips,
        ]
    ),
)


# ---- Chernoff information ------------------------------------------------------------------------

_TOLERANCE = (5e-4, 1e-6)  # a grid of a hundred steps is a fair answer


def _within(a: Any, b: Any) -> bool:
    return near(a, b, *_TOLERANCE)


def _log_sums(p: Any, q: Any, s: Any) -> Any:
    both = (p > 0) & (q > 0)
    logs = np.multiply.outer(s, np.log(p[both])) + np.multiply.outer(1 - s, np.log(q[both]))
    return np.log(np.exp(logs).sum(axis=-1))


def _lowest(p: Any, q: Any) -> tuple[Any, Any]:
    """Return the s with the lowest ln Σ p^s q^(1−s), and that lowest."""
    low, high = 0.0, 1.0
    for _ in range(60):  # convex, so a third at one end can be left out each time
        a, b = low + (high - low) / 3, high - (high - low) / 3
        if _log_sums(p, q, a) < _log_sums(p, q, b):
            high = b
        else:
            low = a
    return (low + high) / 2, _log_sums(p, q, (low + high) / 2)


def _at(s: float) -> Callable[[Any, Any], Any]:
    return lambda p, q: -_log_sums(p, q, s)


_CHERNOFF_INFORMATION = Table(
    reference=lambda p, q: 0.0 - _lowest(p, q)[1],
    agrees_with="the lowest point of ln Σ p^s q^(1−s)",
    parameters=("p", "q"),
    cases=[
        Case("the coins of the chapter", ([0.5, 0.5], [0.8, 0.2])),
        Case("one nearly sure", ([0.99, 0.01], [0.5, 0.5])),
        Case("news and clerk", ([0.5, 0.3, 0.2], [0.3, 0.6, 0.1])),
        Case("the same twice", ([0.5, 0.3, 0.2], [0.5, 0.3, 0.2])),
        Case("each excludes something", ([0.5, 0.5, 0.0], [0.0, 0.5, 0.5])),
        Case("four outcomes", ([0.7, 0.1, 0.1, 0.1], [0.1, 0.1, 0.2, 0.6])),
    ],
    slips=[
        Slip(
            "this is the exponent at s = ½. In general another s is better; search for it.",
            gives(_at(0.5)),
        ),
        Slip(
            "this is the lowest sum itself. Take minus its logarithm.",
            gives(lambda p, q: np.exp(_lowest(p, q)[1]), _within),
        ),
        Slip(
            "this is the s at which the sum is lowest, or 1 minus it. The exponent is asked for.",
            lambda got, expected, p, q: (
                any(near(got, s, 5e-3, 5e-3) for s in (_lowest(p, q)[0], 1 - _lowest(p, q)[0]))
                and not _within(got, expected)
            ),
        ),
        Slip("this is D(p‖q).", gives(measures.kl_divergence)),
        Slip("this is D(q‖p).", gives(lambda p, q: measures.kl_divergence(q, p))),
        Slip(
            "this is the mean of both divergences. The Chernoff information is above neither.",
            gives(lambda p, q: (measures.kl_divergence(p, q) + measures.kl_divergence(q, p)) / 2),
        ),
        Slip(
            "this is a quarter of a divergence, in general no good guess unless both are near.",
            lambda got, expected, p, q: any(
                gives(lambda p, q, f=f: f(p, q) / 4)(got, expected, p, q)
                for f in (
                    measures.kl_divergence,
                    lambda p, q: measures.kl_divergence(q, p),
                )
            ),
        ),
        Slip(
            "this is the Jensen–Shannon divergence.",
            gives(measures.js_divergence),
        ),
        Slip(
            "the largest sum was taken, at an end, where it is 1. The lowest is asked for.",
            lambda got, expected, *args: bool(np.all(np.abs(got) < 1e-9) and expected > 1e-6),
        ),
        Slip("the minus sign is missing: the lowest sum is below 1.", scaled(-1)),
        Slip(
            "the grid of s is too coarse. Take a thousand points, or a minimiser.",
            lambda got, expected, p, q: bool(
                np.ndim(got) == 0
                and any(
                    near(got, -_log_sums(p, q, np.linspace(0, 1, k)).min(), 1e-9, 1e-12)
                    for k in range(4, 12)
                )
            ),
        ),
        Slip(
            "ln 2 was added: the prior ½ is no part of the exponent.",
            lambda got, expected, *args: _within(got - LN2, expected),
        ),
    ],
    unit=" nats",
    general=General(
        slips=[
            Slip(
                "log2 was used, so this is in bits. Use the natural logarithm.",
                lambda got, expected, *args: bool(expected > 1e-6) and _within(got, expected / LN2),
            ),
            Slip(
                "this came out as nan or infinite: leave out what one of the lists excludes.",
                lambda got, expected, *args: bool(not np.isfinite(got).all()),
            ),
            *PLAIN.slips,
        ]
    ),
    tolerance=_TOLERANCE,
)


# ---- the mean number of tosses -------------------------------------------------------------------


@cache
def _tail(coin: float, p: float, q: float, odds: float, against: float = np.inf) -> np.ndarray:
    """Return the probabilities that the walk is still open after 0, 1, 2, … tosses."""
    open_, out, n = np.ones(1), [1.0], 0
    while out[-1] > 1e-13 and n < 3_000:
        n += 1
        open_ = (1 - coin) * np.append(open_, 0) + coin * np.append(0, open_)
        k = np.arange(n + 1)
        nats = k * np.log(p / q) + (n - k) * np.log((1 - p) / (1 - q))
        open_[(nats >= np.log(odds)) | (nats <= -np.log(against))] = 0
        out.append(open_.sum())
    return np.array(out)


def _coins(p: Any, q: Any) -> Any:
    return measures.kl_divergence([p, 1 - p], [q, 1 - q])


def _median(p: Any, q: Any, odds: Any) -> Any:
    return np.argmax(_tail(p, p, q, odds) <= 0.5)


def _largest_step(p: Any, q: Any) -> Any:
    return max(np.log(p / q), np.log((1 - p) / (1 - q)))


_MEAN_TOSSES = Table(
    reference=lambda p, q, odds: _tail(p, p, q, odds).sum(),
    agrees_with="the sum of the probabilities that the walk is still open",
    parameters=("p", "q", "odds"),
    cases=[
        Case("the fair coin of the chapter", (0.5, 0.8, 100)),
        Case("the other one", (0.8, 0.5, 100)),
        Case("steps of one size", (0.8, 0.2, 20)),
        Case("coins with more tails", (0.3, 0.6, 10)),
        Case("small odds", (0.5, 0.8, 2)),
        Case("quickly told apart", (0.9, 0.2, 50)),
    ],
    slips=[
        Slip(
            "this is ln odds / D(p‖q), as if the walk stopped at the odds and not beyond them.",
            gives(lambda p, q, odds: np.log(odds) / _coins(p, q)),
        ),
        Slip(
            "this is ln odds / D(q‖p): the other direction, and without what the last toss brings "
            "too much.",
            gives(lambda p, q, odds: np.log(odds) / _coins(q, p)),
        ),
        Slip(
            "ln odds / D rounded up is not the mean: runs end early and late.",
            gives(lambda p, q, odds: np.ceil(np.log(odds) / _coins(p, q))),
        ),
        Slip(
            "this adds a whole largest step. On average the walk overshoots by less.",
            gives(lambda p, q, odds: (np.log(odds) + _largest_step(p, q)) / _coins(p, q)),
        ),
        Slip("this is the median. The mean is larger.", gives(_median)),
        Slip(
            "this walk also stops when the odds are against p. It goes on until they are for p.",
            gives(lambda p, q, odds: _tail(p, p, q, odds, odds).sum()),
        ),
        Slip(
            "the first toss is counted as number 0.",
            gives(lambda p, q, odds: _tail(p, p, q, odds).sum() - 1),
        ),
        Slip(
            "one toss too many is counted.",
            gives(lambda p, q, odds: _tail(p, p, q, odds).sum() + 1),
        ),
        Slip(
            "here q is tossed and the odds are for q. Toss p.",
            gives(lambda p, q, odds: _tail(q, q, p, odds).sum()),
        ),
        Slip(
            "the long runs are missing: the sum ends too early.",
            lambda got, expected, p, q, odds: any(
                gives(lambda p, q, odds, m=m: _tail(p, p, q, odds)[:m].sum())(
                    got, expected, p, q, odds
                )
                or gives(lambda p, q, odds, m=m: _arrived_by(p, q, odds, m))(
                    got, expected, p, q, odds
                )
                for m in (20, 25, 30, 40, 50, 60, 64, 100)
            ),
        ),
        Slip(
            "the evidence is in bits and the level in nats, or the reverse. Take one logarithm.",
            lambda got, expected, p, q, odds: any(
                gives(lambda p, q, odds, f=f: _tail(p, p, q, odds**f).sum())(
                    got, expected, p, q, odds
                )
                for f in (LN2, 1 / LN2)
            ),
        ),
        Slip(
            "the level is the posterior probability, odds / (1 + odds), not the odds.",
            gives(lambda p, q, odds: _tail(p, p, q, odds / (1 + odds)).sum()),
        ),
        Slip(
            "the number is the earliest that is possible, with the best toss every time.",
            gives(lambda p, q, odds: np.ceil(np.log(odds) / _largest_step(p, q))),
        ),
    ],
    unit=" tosses",
    general=General(
        slips=[
            Slip(
                "a simulation comes near, but not this near. Carry the probabilities along.",
                lambda got, expected, *args: bool(
                    np.ndim(got) == 0 and abs(got / expected - 1) < 0.03
                ),
            ),
            *PLAIN.slips,
        ]
    ),
    tolerance=(1e-6, 1e-6),
)


def _arrived_by(p: Any, q: Any, odds: Any, most: int) -> Any:
    """Return the sum over n ≤ most of n times the probability to arrive at n."""
    arrived = -np.diff(_tail(p, p, q, odds))[:most]
    return np.arange(1, arrived.size + 1) @ arrived
