"""Exercises of the chapter on RLHF: the tilted policy, the best of n answers."""

from collections.abc import Callable

import numpy as np

from exercises.engine import Case, Table, run_cases
from exercises.plain import PLAIN
from exercises.slips import Slip, gives, same

__all__ = ["best_of_n", "tilted_policy"]


def tilted_policy(function: Callable[[np.ndarray, np.ndarray, float], np.ndarray]) -> None:
    """Check a function from reference, rewards and beta to the best policy at that price.

    Prints ✓ or "not yet"; raises CheckFailed at the first case that is wrong.

    β divides the reward, it doesn't multiply it:

    >>> import numpy as np
    >>> from exercises import check
    >>> def mine(reference, rewards, beta):
    ...     weights = reference * np.exp(beta * rewards)
    ...     return weights / weights.sum()
    >>> check.tilted_policy(mine)
    Traceback (most recent call last):
    exercises.engine.CheckFailed: ✗ tilted_policy: case 2 of 8, a lower price
      input     reference = [0.5, 0.3, 0.2], rewards = [0.0, 1.0, 2.0], beta = 0.5
      expected  [0.0367 0.1626 0.8008]
      got       [0.325 0.3215 0.3534]
      slip      β multiplies the reward here. It is a price: divide by it.
    """
    run_cases("tilted_policy", function, _TILTED_POLICY)


def best_of_n(function: Callable[[np.ndarray, np.ndarray, int], np.ndarray]) -> None:
    """Check a function from reference, rewards and n to the distribution of the best of n answers.

    Among drawn answers with the same reward a coin decides.
    Prints ✓ or "not yet"; raises CheckFailed at the first case that is wrong.

    A right answer agrees on all seven cases:

    >>> import numpy as np
    >>> from exercises import check
    >>> def mine(reference, rewards, n):
    ...     below = (reference * (rewards < rewards[:, None])).sum(axis=1)
    ...     equal = (reference * (rewards == rewards[:, None])).sum(axis=1)
    ...     share = np.where(reference > 0, reference / np.where(equal > 0, equal, 1), 0)
    ...     return ((below + equal) ** n - below**n) * share
    >>> check.best_of_n(mine)
    ✓ best_of_n: 7 cases agree with the best of n draws
    """
    run_cases("best_of_n", function, _BEST_OF_N)


# ---- the tilted policy ---------------------------------------------------------------------------


def _tilted(reference: np.ndarray, rewards: np.ndarray, beta: float) -> np.ndarray:
    weights, given = np.zeros(len(reference)), reference > 0
    weights[given] = reference[given] * np.exp((rewards[given] - rewards[given].max()) / beta)
    return _shares(weights)


def _shares(weights: np.ndarray) -> np.ndarray:
    with np.errstate(invalid="ignore"):
        return weights / weights.sum()


def _softmax(z: np.ndarray) -> np.ndarray:
    return _shares(np.exp(z - z.max()))


_TILTED_POLICY = Table(
    reference=_tilted,
    agrees_with="the tilted policy",
    parameters=("reference", "rewards", "beta"),
    cases=[
        Case("three answers, a nat costs 1", ([0.5, 0.3, 0.2], [0.0, 1.0, 2.0], 1.0)),
        Case("a lower price", ([0.5, 0.3, 0.2], [0.0, 1.0, 2.0], 0.5)),
        Case("a high price", ([0.7, 0.2, 0.05, 0.05], [-1.0, 0.5, 2.0, 0.0], 10.0)),
        Case("all answers pay the same", ([0.6, 0.3, 0.1], [3.0, 3.0, 3.0], 0.3)),
        Case("an answer that is never given", ([0.5, 0.5, 0.0], [0.0, 1.0, 60.0], 1.0)),
        Case("rewards of a thousand", ([0.5, 0.3, 0.2], [1000.0, 1001.0, 999.0], 1.0)),
        Case("a very low price", ([0.5, 0.3, 0.2], [0.0, 1.0, 2.0], 0.001)),
        Case("a thousand for what is never given", ([0.6, 0.4, 0.0], [0.0, 1.0, 1000.0], 1.0)),
    ],
    slips=[
        Slip(
            "log 0 was replaced by something: an answer that the reference never gives stays at 0.",
            lambda got, expected, p, r, b: (
                0 in p
                and got.shape == p.shape
                and bool(((got > 0) | np.isnan(got))[p == 0].any())
                and bool(np.isfinite(got[p > 0]).all())
            ),
        ),
        Slip(
            "β multiplies the reward here. It is a price: divide by it.",
            lambda got, expected, p, r, b: (
                b != 1 and gives(lambda p, r, b: _tilted(p, r, 1 / b))(got, expected, p, r, b)
            ),
        ),
        Slip(
            "the reference is missing: multiply by it, or add its logarithm to r/β.",
            lambda got, expected, p, r, b: (
                0 not in p and gives(lambda p, r, b: _softmax(r / b))(got, expected, p, r, b)
            ),
        ),
        Slip(
            "the weights don't sum to 1 yet: divide by Z, their sum.",
            gives(lambda p, r, b: p * np.exp(r / b)),
        ),
        Slip(
            "the sign of the reward is wrong: bad answers get the mass.",
            gives(lambda p, r, b: _tilted(p, -r, b)),
        ),
        Slip(
            "2 stands in place of e.",
            gives(lambda p, r, b: _shares(p * 2 ** ((r - r.max()) / b))),
        ),
        Slip(
            "the reference was taken for logits. Take its logarithm, or multiply by it.",
            gives(lambda p, r, b: _softmax(p + r / b)),
        ),
        Slip(
            "the reference is multiplied by the reward itself. Take e to the power of r/β.",
            lambda got, expected, p, r, b: (
                bool((p * r).sum())
                and gives(lambda p, r, b: _shares(p * r))(got, expected, p, r, b)
            ),
        ),
        Slip(
            "β also divides the logarithm of the reference. The price is on the reward alone.",
            gives(lambda p, r, b: _shares(p ** (1 / b) * np.exp((r - r.max()) / b))),
        ),
        Slip(
            "all of it goes to the best answer. That is the limit for β = 0.",
            lambda got, expected, p, r, b: (
                bool(np.ptp(r)) and same(got, np.eye(p.size)[r.argmax()])
            ),
        ),
        Slip(
            "this is the mean reward. Return a probability for each answer.",
            gives(lambda p, r, b: _tilted(p, r, b) @ r),
        ),
        Slip(
            "this is Z. Return a probability for each answer.",
            gives(lambda p, r, b: p @ np.exp(r / b)),
        ),
        Slip(
            "the largest reward belongs to an answer that is never given; all others underflow. "
            "Subtract the largest of those that are given.",
            lambda got, expected, p, r, b: (
                bool(p[r.argmax()] == 0 and np.ptp(r) / b > 700)
                and got.shape == p.shape
                and not np.isinf(got).any()
                and bool(np.isnan(got[p > 0]).all() or not got[p > 0].any())
            ),
        ),
        Slip(
            "exp overflows: subtract the largest reward first, which changes no policy.",
            lambda got, expected, p, r, b: not np.isfinite(got).all() and bool(r.max() / b > 700),
        ),
    ],
    unit="",
    general=PLAIN,
    tolerance=(1e-5, 1e-6),  # a minimiser may find it
)


# ---- best of n -----------------------------------------------------------------------------------


def _best(reference: np.ndarray, rewards: np.ndarray, n: int) -> np.ndarray:
    below = (reference * (rewards < rewards[:, None])).sum(axis=1)
    equal = (reference * (rewards == rewards[:, None])).sum(axis=1)
    share = np.divide(reference, equal, out=np.zeros(reference.size), where=equal > 0)
    return ((below + equal) ** n - below**n) * share


def _as_given(reference: np.ndarray, n: int) -> np.ndarray:
    return np.diff(np.cumsum(reference) ** n, prepend=0)


def _first_of_equals(reference: np.ndarray, rewards: np.ndarray, n: int) -> np.ndarray:
    order = np.argsort(-rewards, kind="stable")[::-1]
    found = np.empty(reference.size)
    found[order] = _as_given(reference[order], n)
    return found


def _last_of_equals(reference: np.ndarray, rewards: np.ndarray, n: int) -> np.ndarray:
    order = np.argsort(rewards, kind="stable")
    found = np.empty(reference.size)
    found[order] = _as_given(reference[order], n)
    return found


def _up_to(reference: np.ndarray, rewards: np.ndarray) -> np.ndarray:
    return (reference * (rewards <= rewards[:, None])).sum(axis=1)


_BEST_OF_N = Table(
    reference=_best,
    agrees_with="the best of n draws",
    parameters=("reference", "rewards", "n"),
    cases=[
        Case("three answers, two draws", ([0.5, 0.3, 0.2], [0.0, 1.0, 2.0], 2)),
        Case("the best answer stands first", ([0.2, 0.5, 0.3], [2.0, 0.0, 1.0], 4)),
        Case("one draw", ([0.5, 0.3, 0.2], [0.0, 1.0, 2.0], 1)),
        Case("two answers pay the same", ([0.5, 0.3, 0.2], [0.0, 1.0, 1.0], 4)),
        Case("all pay the same", ([0.5, 0.3, 0.2], [1.0, 1.0, 1.0], 16)),
        Case("negative rewards", ([0.1, 0.2, 0.3, 0.4], [-3.0, -1.0, -2.0, -1.0], 3)),
        Case("an answer that is never given", ([0.6, 0.4, 0.0], [0.0, 1.0, 2.0], 8)),
    ],
    slips=[
        Slip(
            "the answers are taken in the order in which they stand. Sort them by their reward.",
            lambda got, expected, p, r, n: (
                bool((np.diff(r) < 0).any()) and same(got, _as_given(p, n))
            ),
        ),
        Slip(
            "among equals one gets all. They share in proportion to the reference.",
            lambda got, expected, p, r, n: (
                same(got, _first_of_equals(p, r, n)) or same(got, _last_of_equals(p, r, n))
            ),
        ),
        Slip(
            "equals share evenly here. They share in proportion to the reference.",
            gives(
                lambda p, r, n: np.array(
                    [_best(p, r, n)[r == one].sum() / (r == one).sum() for one in r]
                )
            ),
        ),
        Slip(
            "among equals the mass comes twice: count the group once, then share it.",
            gives(lambda p, r, n: _up_to(p, r) ** n - (_up_to(p, r) - p) ** n),
        ),
        Slip(
            "among equals the mass of each is that of the whole group. Share it.",
            gives(lambda p, r, n: np.array([_best(p, r, n)[r == one].sum() for one in r])),
        ),
        Slip(
            "this is the probability that the best is this one or a worse one. Take differences.",
            gives(lambda p, r, n: _up_to(p, r) ** n),
        ),
        Slip(
            "this is the probability that an answer is drawn. A better one may be among them.",
            gives(lambda p, r, n: 1 - (1 - p) ** n),
        ),
        Slip(
            "this is the worst of n.",
            gives(lambda p, r, n: _best(p, -r, n)),
        ),
        Slip(
            "this is p to the power n, normalised. All n draws need not be the same.",
            gives(lambda p, r, n: _shares(p**n)),
        ),
        Slip(
            "this is the best answer alone. With some probability none of the n draws is that one.",
            lambda got, expected, p, r, n: same(got, np.eye(p.size)[r.argmax()]),
        ),
        Slip(
            "this is the reference, as with one draw.",
            gives(lambda p, r, n: p),
        ),
        Slip(
            "this is the mean reward. Return a probability for each answer.",
            gives(lambda p, r, n: _best(p, r, n) @ r),
        ),
        Slip(
            "0/0 for an answer that is never given. Its probability stays 0.",
            lambda got, expected, p, r, n: 0 in p and bool(np.isnan(got).any()),
        ),
    ],
    unit="",
    general=PLAIN,
)
