"""Exercises of the chapter on code lengths: Kraft's sum, the lengths of a best code."""

from collections.abc import Callable
from typing import Any

import numpy as np

from exercises.bits import surprise
from exercises.engine import Case, Table, run_cases
from exercises.plain import PLAIN
from exercises.slips import Slip, gives, same, sum_slips
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
    exercises.engine.CheckFailed: ✗ huffman_lengths: case 1 of 7, the wrong belief
      input     p = [0.3, 0.6, 0.1]
      expected  1.4 bits on average
      got       1.6 bits on average, from the lengths [2. 1. 4.]
      slip      these are Shannon's lengths, the surprisals rounded up. A best code is shorter.
    """
    run_cases("huffman_lengths", function, _HUFFMAN_LENGTHS)


_KRAFT_SUM = Table(
    reference=codes.kraft_sum,
    agrees_with="lib.kraft_sum",
    parameters=("lengths",),
    cases=[
        Case("words of different lengths", ([3, 2, 4, 4, 6],)),
        Case("Huffman's words for the news", ([1, 2, 2],)),
        Case("Shannon's words for the news", ([1, 2, 3],)),
        Case("more than there is", ([1, 1, 2],)),
    ],
    slips=[
        Slip("this is Σ 2^ℓ. A longer word costs less: Σ 2^−ℓ.", gives(lambda n: (2.0**n).sum())),
        Slip("this is Σ e^−ℓ. The digits are binary: Σ 2^−ℓ.", gives(lambda n: np.exp(-n).sum())),
        Slip("this is Σ 10^−ℓ. The digits are binary: Σ 2^−ℓ.", gives(lambda n: (0.1**n).sum())),
        Slip("this is Σ 1/ℓ. A word of ℓ digits costs 2^−ℓ.", gives(lambda n: (1 / n).sum())),
        Slip("this is Σ ℓ. A word of ℓ digits costs 2^−ℓ.", gives(lambda n: n.sum())),
        Slip("this is Σ ℓ·2^−ℓ. A word costs 2^−ℓ alone.", gives(lambda n: n @ 0.5**n)),
        Slip("this is what is left. Return what is spent.", lambda g, e, *_: same(g, 1 - e)),
        Slip(
            "this is the product of the costs, 2 to minus the total length. Add the costs up.",
            gives(lambda n: 0.5 ** n.sum()),
        ),
        Slip(
            "each length was counted once: set drops what is equal. Every word costs.",
            gives(lambda n: (0.5 ** np.unique(n)).sum()),
        ),
        Slip(
            "this is capped at 1. Return what the words spend, also if it is more than there is.",
            lambda got, expected, *_: expected > 1 and same(got, 1.0),
        ),
        *sum_slips(lambda n: 0.5**n),
    ],
    unit="",
    general=PLAIN,
    # NumPy has no negative powers of whole numbers, and no shifts by floats
    other_form=lambda function: lambda lengths: function(lengths.astype(float)),
)


def _mean_if_code(lengths: np.ndarray, p: np.ndarray) -> Any:
    """Return the mean length, or nan where no prefix code has these lengths."""
    whole = bool((lengths >= 0).all()) and bool((lengths == np.round(lengths)).all())
    return codes.mean_length(lengths, p) if whole and codes.kraft_sum(lengths) <= 1 else np.nan


def _huffman_lengths(p: np.ndarray) -> list[int]:
    return [len(word or "") for word in codes.huffman_code(p)]


def _shannon_fano(p: np.ndarray) -> np.ndarray:
    """Return the lengths from splitting the sorted outcomes into halves that are nearly even."""
    lengths = np.zeros(p.size)

    def split(group: np.ndarray) -> None:
        if group.size > 1:
            total = np.cumsum(p[group])
            cut = int(np.argmin(np.abs(2 * total[:-1] - total[-1]))) + 1
            lengths[group] += 1
            split(group[:cut])
            split(group[cut:])

    split(np.argsort(-p, kind="stable"))
    return lengths


def _is_out_of_order(got: np.ndarray, expected: Any, p: np.ndarray) -> bool:
    """Has an outcome a longer word than a rarer one?"""
    return bool(((got[:, None] > got) & (p[:, None] > p + 1e-9)).any())


_HUFFMAN_LENGTHS = Table(
    reference=lambda p: codes.mean_length(_huffman_lengths(p), p),
    agrees_with="the mean length of lib.huffman_code",
    parameters=("p",),
    cases=[
        Case("the wrong belief", ([0.3, 0.6, 0.1],)),
        Case("the news", ([0.5, 0.3, 0.2],)),
        Case("two outcomes", ([0.9, 0.1],)),
        Case("five outcomes, where ties are met", ([0.2, 0.2, 0.2, 0.2, 0.2],)),
        Case("six outcomes", ([0.05, 0.1, 0.3, 0.15, 0.15, 0.25],)),
        Case("halves of halves", ([0.0625, 0.5, 0.125, 0.0625, 0.25],)),
        Case("one ahead of four that are close", ([0.17, 0.35, 0.16, 0.17, 0.15],)),
    ],
    slips=[
        Slip(
            "this is the mean length. Return the length of each outcome's word.",
            lambda got, expected, p: same(got, expected),
        ),
        Slip(
            "one length is expected for each probability in p.",
            lambda got, expected, p: got.shape != p.shape,
        ),
        Slip(
            "these are the surprisals, the ideal lengths. The words of a code have whole ones.",
            gives(surprise),
        ),
        Slip(
            "no prefix code has these lengths: one of them is not whole.",
            lambda got, expected, p: bool((got != np.round(got)).any()),
        ),
        Slip(
            "no prefix code has these lengths: they spend more than 1. Does every outcome of both "
            "groups get a digit at each merge?",
            lambda got, expected, p: bool(np.isnan(_mean_if_code(got, p))),
        ),
        Slip(
            "every length is 1 too large: the last group is the root, and has no digit.",
            lambda got, expected, p: same(_mean_if_code(got - 1, p), expected),
        ),
        Slip(
            "these are Shannon's lengths, the surprisals rounded up. A best code is shorter.",
            gives(codes.shannon_lengths),
        ),
        Slip(
            "these are words of equal length. Give frequent outcomes shorter ones.",
            lambda got, expected, p: bool((got == got[0]).all()),
        ),
        Slip(
            "a more frequent outcome has a longer word than a rarer one. Are the two rarest "
            "merged, and the lengths in the order of p?",
            _is_out_of_order,
        ),
        Slip(
            "these are Shannon and Fano's lengths, by splitting from the top. Merging from below "
            "is better.",
            gives(_shannon_fano),
        ),
        Slip(
            "these words leave some of the budget of 1 unspent. A best code spends it all.",
            lambda got, expected, p: bool(codes.kraft_sum(got) < 1),
        ),
        Slip(
            "a code with these lengths exists, but a shorter one too. Look for the two rarest "
            "again after each merge, the merged group among them.",
            lambda got, expected, p: True,
        ),
    ],
    unit=" bits on average",
    seen=_mean_if_code,
    general=PLAIN,
)
