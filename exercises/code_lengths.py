"""Exercises of the chapter on code lengths: Kraft's sum, the lengths of a best code."""

from collections.abc import Callable
from typing import Any

import numpy as np

from exercises.bits import BITS
from exercises.engine import Case, Slip, Table, gives, run_cases, same
from lib import codes

__all__ = ["huffman_lengths", "kraft_sum"]


def kraft_sum(function: Callable[[np.ndarray], float]) -> None:
    """Check a function from the lengths of binary code words to what they spend of the budget of 1.

    Prints ✓ or "not yet"; raises CheckFailed at the first case that is wrong.

    A right answer agrees on all four cases:

    >>> import numpy as np
    >>> from exercises import check
    >>> check.kraft_sum(lambda lengths: np.sum(0.5**lengths))
    ✓ kraft_sum: 4 cases agree with lib.kraft_sum
    """
    run_cases("kraft_sum", function, _KRAFT_SUM)


def huffman_lengths(function: Callable[[np.ndarray], np.ndarray]) -> None:
    """Check a function from a pmf to the word lengths of a best binary code, one for each outcome.

    Any lengths are right that fit a prefix code and have the least mean.
    Prints ✓ or "not yet"; raises CheckFailed at the first case that is wrong.

    Rounding the surprisals up is a code, but not the best:

    >>> import numpy as np
    >>> from exercises import check
    >>> check.huffman_lengths(lambda p: np.ceil(-np.log2(p)))
    Traceback (most recent call last):
    exercises.engine.CheckFailed: ✗ huffman_lengths: case 1 of 5, the news
      input     p = [0.5, 0.3, 0.2]
      expected  1.5 bits on average
      got       1.7 bits on average, from the lengths [1. 2. 3.]
      slip      these are Shannon's lengths, the surprisals rounded up. A best code is shorter.
    """
    run_cases("huffman_lengths", function, _HUFFMAN_LENGTHS)


_KRAFT_SUM = Table(
    reference=codes.kraft_sum,
    agrees_with="lib.kraft_sum",
    parameters=("lengths",),
    cases=[
        Case("Huffman's words for the news", ([1.0, 2.0, 2.0],)),
        Case("Shannon's words for the news", ([1.0, 2.0, 3.0],)),
        Case("more than there is", ([1.0, 1.0, 2.0],)),
        Case("words of different lengths", ([2.0, 3.0, 3.0, 4.0, 6.0],)),
    ],
    slips=[
        Slip("this is Σ 2^ℓ. A longer word costs less: Σ 2^−ℓ.", gives(lambda n: (2.0**n).sum())),
        Slip("this is Σ e^−ℓ. The digits are binary: Σ 2^−ℓ.", gives(lambda n: np.exp(-n).sum())),
        Slip("this is Σ 1/ℓ. A word of ℓ digits costs 2^−ℓ.", gives(lambda n: (1 / n).sum())),
        Slip("this is what is left. Return what is spent.", lambda g, e, *_: same(g, 1 - e)),
    ],
    unit="",
    general=BITS,
)


def _mean_if_code(lengths: np.ndarray, p: np.ndarray) -> Any:
    """Return the mean length, or nan where no prefix code has these lengths."""
    whole = bool((lengths >= 0).all()) and bool((lengths == np.round(lengths)).all())
    return codes.mean_length(lengths, p) if whole and codes.kraft_sum(lengths) <= 1 else np.nan


_HUFFMAN_LENGTHS = Table(
    reference=lambda p: codes.mean_length([len(word or "") for word in codes.huffman_code(p)], p),
    agrees_with="the mean length of lib.huffman_code",
    parameters=("p",),
    cases=[
        Case("the news", ([0.5, 0.3, 0.2],)),
        Case("the wrong belief", ([0.3, 0.6, 0.1],)),
        Case("two outcomes", ([0.9, 0.1],)),
        Case("five outcomes, where ties are met", ([0.2, 0.2, 0.2, 0.2, 0.2],)),
        Case("six outcomes", ([0.05, 0.1, 0.3, 0.15, 0.15, 0.25],)),
    ],
    slips=[
        Slip(
            "no prefix code has these lengths: they are not whole, or spend more than 1.",
            lambda got, *_: got.ndim == 0 and bool(np.isnan(got)),
        ),
        Slip(
            "these are Shannon's lengths, the surprisals rounded up. A best code is shorter.",
            gives(lambda p: codes.mean_length(codes.shannon_lengths(p), p)),
        ),
        Slip(
            "these are words of equal length. Give frequent outcomes shorter ones.",
            gives(lambda p: np.ceil(np.log2(p.size))),
        ),
        Slip("one length is expected for each probability in p.", lambda got, *_: got.ndim > 0),
    ],
    unit=" bits on average",
    seen=_mean_if_code,
    general=BITS,
)
