"""Exercises of the chapter on mutual information: a table, single pairs, a bound by guessing."""

from collections.abc import Callable
from typing import Any

import numpy as np

from exercises.bits import BITS, LN2, H
from exercises.engine import Case, Table, run_cases
from exercises.nats import IN_BITS
from exercises.plain import PLAIN
from exercises.slips import General, Slip, Trouble, error_with, gives, same
from lib import joint, logits, measures

__all__ = ["infonce_bound", "mutual_information", "pointwise"]


def mutual_information(function: Callable[[np.ndarray], float]) -> None:
    """Check a function from a table of joint probabilities to the mutual information in bits.

    Prints ✓ or "not yet"; raises CheckFailed at the first case that is wrong.

    The logarithms count as often as their pair comes:

    >>> import numpy as np
    >>> from exercises import check
    >>> def mine(p_xy):
    ...     apart = np.outer(p_xy.sum(axis=1), p_xy.sum(axis=0))
    ...     return np.log2(p_xy / apart).mean()
    >>> check.mutual_information(mine)
    Traceback (most recent call last):
    exercises.engine.CheckFailed: ✗ mutual_information: case 1 of 6, two rows, three columns
      input     p_xy = [[0.3, 0.1, 0.2], [0.05, 0.25, 0.1]]
      expected  0.1862841727 bits
      got       -0.2192955045
      slip      the logarithms are averaged with equal weights. Weight each with p(x, y).
    """
    run_cases("mutual_information", function, _INFORMATION)


def pointwise(function: Callable[[np.ndarray], np.ndarray]) -> None:
    """Check a function from a table of counts to the pointwise mutual information in bits.

    A pair that never came has −∞. Prints ✓ or "not yet"; raises CheckFailed at the first case that
    is wrong.

    A right answer agrees on all five cases:

    >>> import numpy as np
    >>> from exercises import check
    >>> def mine(counts):
    ...     by_chance = np.outer(counts.sum(axis=1), counts.sum(axis=0)) / counts.sum()
    ...     return np.log2(counts / by_chance)
    >>> check.pointwise(mine)
    ✓ pointwise: 5 cases agree with log2 p(x, y)/(p(x) p(y))
    """
    run_cases("pointwise", function, _POINTWISE)


def infonce_bound(function: Callable[[np.ndarray], float]) -> None:
    """Check a function from a square table of scores to ln N minus the InfoNCE loss, in nats.

    Row i holds the scores of x_i with each candidate, its own partner in column i. Prints ✓ or
    "not yet"; raises CheckFailed at the first case that is wrong.

    Each row is a game of its own:

    >>> import numpy as np
    >>> from exercises import check
    >>> def mine(scores):
    ...     q = np.exp(scores) / np.exp(scores).sum(axis=0)
    ...     return np.log(len(scores)) + np.log(np.diag(q)).mean()
    >>> check.infonce_bound(mine)
    Traceback (most recent call last):
    exercises.engine.CheckFailed: ✗ infonce_bound: case 1 of 5, three games
      input     scores = [[2.0, 0.0, -1.0], [1.0, 0.5, 3.0], [0.0, -2.0, 1.0]]
      expected  0.02674817759 nats
      got       0.07379673896
      slip      the softmax runs over the rows. The candidates of x_i stand in row i: sum over the \
columns.
    """
    run_cases("infonce_bound", function, _INFONCE)


# ---- the information of a table ------------------------------------------------------------------


def _apart(p_xy: Any) -> Any:
    """Return the table that the margins have if they are independent."""
    return np.outer(p_xy.sum(axis=1), p_xy.sum(axis=0))


def _x(p_xy: Any) -> Any:
    return H(p_xy.sum(axis=1))


def _y(p_xy: Any) -> Any:
    return H(p_xy.sum(axis=0))


def _both(p_xy: Any) -> Any:
    return H(p_xy.ravel())


def _information(p_xy: Any) -> Any:
    return joint.mutual_information(p_xy, base=2)


def _logarithms(p_xy: Any) -> Any:
    """Return the pointwise information of the pairs that are possible."""
    seen = p_xy > 0
    return np.log2(p_xy[seen] / _apart(p_xy)[seen])


def _of_rows(p_xy: Any) -> Any:
    """Return D(p(y|x)‖p(y)) of each row that is possible."""
    rows = p_xy[p_xy.sum(axis=1) > 0]
    return measures.kl_divergence(
        rows / rows.sum(axis=1, keepdims=True),
        np.broadcast_to(p_xy.sum(axis=0), rows.shape),
        base=2,
    )


_INFORMATION = Table(
    reference=_information,
    agrees_with="lib.mutual_information",
    parameters=("p_xy",),
    cases=[
        Case("two rows, three columns", ([[0.3, 0.1, 0.2], [0.05, 0.25, 0.1]],)),
        Case(
            "the news behind the wire",
            ([[0.45, 0.025, 0.025], [0.015, 0.27, 0.015], [0.01, 0.01, 0.18]],),
        ),
        Case("pairs that are impossible", ([[0.5, 0.0], [0.25, 0.25]],)),
        Case("independent", ([[0.12, 0.28], [0.18, 0.42]],)),
        Case("a row that never comes", ([[0.4, 0.1], [0.0, 0.0], [0.2, 0.3]],)),
        Case("a copy of three values", ([[0.5, 0.0, 0.0], [0.0, 0.3, 0.0], [0.0, 0.0, 0.2]],)),
    ],
    slips=[
        Slip(
            "the logarithms are averaged with equal weights. Weight each with p(x, y).",
            gives(lambda p: _logarithms(p).mean()),
        ),
        Slip(
            "the logarithms are added up without weights. Weight each with p(x, y).",
            gives(lambda p: _logarithms(p).sum()),
        ),
        Slip(
            "the logarithms are weighted with p(x) p(y). The average is taken under p(x, y).",
            gives(lambda p: np.sum(_apart(p)[p > 0] * _logarithms(p))),
        ),
        Slip(
            "this is D(p(x) p(y)‖p(x, y)), the other direction. The joint table stands first.",
            gives(lambda p: measures.kl_divergence(_apart(p).ravel(), p.ravel(), base=2)),
        ),
        Slip("this is H(X, Y). Subtract it from H(X) + H(Y).", gives(_both)),
        Slip(
            "this is H(X) + H(Y). Subtract H(X, Y), which counts what they share once.",
            gives(lambda p: _x(p) + _y(p)),
        ),
        Slip(
            "this is what is left open, H(Y|X). Take it off H(Y).",
            gives(lambda p: _both(p) - _x(p)),
        ),
        Slip(
            "this is what is left open, H(X|Y). Take it off H(X).",
            gives(lambda p: _both(p) - _y(p)),
        ),
        Slip("this is H(X).", gives(_x)),
        Slip("this is H(Y).", gives(_y)),
        Slip(
            "all rows count alike. Weight the divergence of each with p(x).",
            gives(lambda p: _of_rows(p).mean()),
        ),
        Slip(
            "the divergences of the rows are added up. Weight each with p(x).",
            gives(lambda p: _of_rows(p).sum()),
        ),
        Slip(
            "this is the divergence from the even table. Compare with p(x) p(y).",
            gives(lambda p: np.log2(p.size) - _both(p)),
        ),
        Slip(
            "this is divided by an entropy. Mutual information itself is asked for.",
            lambda got, expected, p: any(
                bool(np.isfinite(part)) and part > 0 and same(got, expected / part)
                for part in (_x(p), _y(p), (_x(p) + _y(p)) / 2, min(_x(p), _y(p)), _both(p))
            ),
        ),
        Slip(
            "a pair with probability 0 has made this nan or infinite: 0 log 0 counts as 0. Leave "
            "those pairs out.",
            lambda got, expected, p: 0 in p and got.ndim == 0 and not bool(np.isfinite(got)),
        ),
    ],
    general=BITS,
)


# ---- single pairs --------------------------------------------------------------------------------


def _pmi(counts: Any) -> Any:
    with np.errstate(divide="ignore"):
        return np.log2(counts * counts.sum() / _apart(counts))


def _shares(counts: Any) -> Any:
    return counts / counts.sum()


def _finite(got: Any, expected: Any, other: Any) -> bool:
    """Is this the other table, whatever stands for the pairs that never came?"""
    seen = np.isfinite(expected)
    return got.shape == np.shape(expected) and bool(seen.any()) and same(got[seen], other[seen])


def _table(f: Callable[[Any], Any]) -> Callable[..., bool]:
    """Recognise a slip by the numbers it gives to the pairs that came."""

    def fits(got: Any, expected: Any, counts: Any) -> bool:
        with np.errstate(all="ignore"):
            return _finite(got, expected, np.asarray(f(counts)))

    return fits


def _in_nats(counts: Any) -> Any:
    return LN2 * _pmi(counts)


_POINTWISE = Table(
    reference=_pmi,
    agrees_with="log2 p(x, y)/(p(x) p(y))",
    parameters=("counts",),
    cases=[
        Case("two rows, three columns", ([[30, 10, 20], [5, 25, 10]],)),
        Case("a pair that never came", ([[8, 0], [4, 4]],)),
        Case("independent", ([[12, 28], [18, 42]],)),
        Case("rare words, once together", ([[1, 0, 0], [0, 40, 7], [0, 9, 60]],)),
        Case("one row", ([[3, 5, 2]],)),
    ],
    slips=[
        Slip(
            "a pair that never came has −∞ here: chance would have brought it, and it didn't come.",
            lambda got, expected, counts: (
                0 in counts and _finite(got, expected, expected) and not same(got, expected)
            ),
        ),
        Slip(
            "n is missing: divide the counts by their sum, or multiply by n once.",
            _table(lambda c: np.log2(c / _apart(c))),
        ),
        Slip(
            "the counts stand over probabilities, or the reverse: divide all of them by n.",
            lambda got, expected, c: any(
                _table(f)(got, expected, c)
                for f in (
                    lambda c: np.log2(c * c.sum() ** 2 / _apart(c)),
                    lambda c: np.log2(_shares(c) / _apart(c)),
                )
            ),
        ),
        Slip(
            "these are the terms p(x, y) pmi, whose sum is I. Leave out the weight.",
            _table(lambda c: _shares(c) * _pmi(c)),
        ),
        Slip(
            "what is negative was set to 0 (positive pmi). Keep it.",
            _table(lambda c: np.maximum(_pmi(c), 0)),
        ),
        Slip(
            "this is log p(x, y). Divide by p(x) p(y) first.",
            _table(lambda c: np.log2(_shares(c))),
        ),
        Slip(
            "this is log p(y|x). Divide by p(y), too.",
            _table(lambda c: np.log2(c / c.sum(axis=1, keepdims=True))),
        ),
        Slip(
            "this is log p(x|y). Divide by p(x), too.",
            _table(lambda c: np.log2(c / c.sum(axis=0))),
        ),
        Slip(
            "this is the quotient. Take its logarithm.",
            _table(lambda c: c * c.sum() / _apart(c)),
        ),
        Slip(
            "a number was added to each count. Here the counts are taken as they are.",
            lambda got, expected, c: any(
                _finite(got, expected, _pmi(c + added)) for added in (0.5, 1)
            ),
        ),
        Slip(
            "this is normalised, divided by −log p(x, y). Leave it in bits.",
            _table(lambda c: _pmi(c) / -np.log2(_shares(c))),
        ),
        Slip(
            "this is the average, the mutual information. A number for each pair is asked for.",
            lambda got, expected, c: (
                got.ndim == 0
                and any(
                    same(got, k * joint.mutual_information(_shares(c), base=2)) for k in (1, LN2)
                )
            ),
        ),
        Slip(
            "rows and columns are exchanged.",
            lambda got, expected, c: got.ndim == 2 and same(got.T, expected),
        ),
        Slip(
            "the numbers are right, but not their shape: that of the table is wanted.",
            lambda got, expected, c: (
                got.size == expected.size
                and got.shape != expected.shape
                and same(got.ravel(), expected.ravel())
            ),
        ),
        Slip(
            "this is in nats; for bits use log2.",
            lambda got, expected, c: (
                not same(_pmi(c), _in_nats(c)) and _finite(got, expected, _in_nats(c))
            ),
        ),
    ],
    general=BITS,
)


# ---- guessing the partner ------------------------------------------------------------------------


def _own(scores: Any) -> Any:
    """Return the log-probability that each row gives to its partner."""
    return np.diag(logits.log_softmax(scores))


def _bound(scores: Any) -> Any:
    return np.log(len(scores)) + _own(scores).mean()


def _strangers(scores: Any) -> Any:
    """Return ln of the sum over the strangers alone, for each row."""
    others = np.where(np.eye(len(scores), dtype=bool), -np.inf, scores)
    top = others.max(axis=1)
    return top + np.log(np.exp(others - top[:, None]).sum(axis=1))


_LARGE = 700

_INFONCE = Table(
    reference=_bound,
    agrees_with="ln N − loss",
    parameters=("scores",),
    cases=[
        Case("three games", ([[2.0, 0.0, -1.0], [1.0, 0.5, 3.0], [0.0, -2.0, 1.0]],)),
        Case("two games", ([[1.0, -1.0], [0.5, 0.25]],)),
        Case("a critic that knows nothing", ([[0.5, 0.5], [0.5, 0.5]],)),
        Case(
            "four games",
            (
                [
                    [3.0, 1.0, 0.0, -1.0],
                    [0.0, 2.0, 2.5, 1.0],
                    [-1.0, 0.5, 4.0, 1.5],
                    [2.0, 0.0, 1.0, 0.5],
                ],
            ),
        ),
        Case("large scores", ([[1000.0, 0.0, 998.0], [0.0, -50.0, 1.0], [1.0, 0.0, 1000.0]],)),
    ],
    slips=[
        Slip(
            "the softmax runs over the rows. The candidates of x_i stand in row i: sum over the "
            "columns.",
            gives(lambda s: _bound(s.T)),
        ),
        Slip(
            "the mean of both ways, over rows and over columns. Here each x looks for its y alone.",
            gives(lambda s: (_bound(s) + _bound(s.T)) / 2),
        ),
        Slip("this is the loss. The bound is ln N minus it.", gives(lambda s: -_own(s).mean())),
        Slip("ln N is missing: the bound is ln N minus the loss.", gives(lambda s: _own(s).mean())),
        Slip(
            "this is ln N plus the loss. The bound is ln N minus it.",
            gives(lambda s: np.log(len(s)) - _own(s).mean()),
        ),
        Slip(
            "ln(N − 1) stands for ln N: the partner is one of the N candidates.",
            gives(lambda s: np.log(max(len(s) - 1, 1)) + _own(s).mean()),
        ),
        Slip(
            "the partner is missing in the sum below. It is one of the candidates.",
            lambda got, expected, s: (
                len(s) > 1
                and any(
                    same(got, np.log(n) + np.mean(np.diag(s) - _strangers(s)))
                    for n in (len(s), len(s) - 1)
                )
            ),
        ),
        Slip(
            "the losses of the games are added up. Take their mean.",
            gives(lambda s: np.log(len(s)) + _own(s).sum()),
        ),
        Slip(
            "the logarithm of the mean probability was taken. Take the mean of the logarithms.",
            gives(lambda s: np.log(len(s)) + np.log(np.exp(_own(s)).mean())),
        ),
        Slip(
            "the mean of all log-probabilities was taken. The partners stand on the diagonal.",
            gives(lambda s: np.log(len(s)) + logits.log_softmax(s).mean()),
        ),
        Slip(
            "the scores stand for log-probabilities. Subtract the logarithm of the sum of their "
            "exponentials.",
            gives(lambda s: np.log(len(s)) + np.diag(s).mean()),
        ),
        Slip(
            "the softmax runs over the whole table. Each row is a game of its own.",
            gives(
                lambda s: (
                    np.log(len(s)) + np.diag(logits.log_softmax(s.ravel()).reshape(s.shape)).mean()
                )
            ),
        ),
        Slip(
            "exp of a large score has no room in a float. Subtract the largest score of each row "
            "first.",
            lambda got, expected, s: s.max() > _LARGE and not bool(np.isfinite(got).all()),
        ),
        Slip(
            "an epsilon inside the logarithm, or a clip, caps the loss. Go by way of "
            "z − max z − log Σ exp(z − max z).",
            lambda got, expected, s: s.max() > _LARGE and got.ndim == 0,
        ),
    ],
    unit=" nats",
    general=General(
        slips=[IN_BITS, *PLAIN.slips],
        other_unit=(1 / LN2, "Also, it is in bits; use the natural logarithm."),
        troubles=[
            Trouble(
                "exp of a large score has no room in a float. Subtract the largest score of each "
                "row first.",
                error_with(OverflowError),
            ),
        ],
    ),
)
