"""Exercises of the chapter on information gain: the gain of a split, and of the best cut."""

from collections.abc import Callable
from typing import Any

import numpy as np

from exercises.bits import BITS, H
from exercises.engine import Case, Table, run_cases
from exercises.slips import General, Slip, Trouble, error_with, gives, same
from lib import joint, measures

__all__ = ["best_cut", "gain"]


def gain(function: Callable[[np.ndarray, np.ndarray], float]) -> None:
    """Check a function from labels and groups, both whole numbers, to the gain in bits.

    The numbers are names; they may have gaps. Prints ✓ or "not yet"; raises CheckFailed at the
    first case that is wrong.

    A group counts by its share of the cases:

    >>> import numpy as np
    >>> from exercises import check
    >>> from lib import entropy
    >>> def h(labels):
    ...     return entropy(np.unique(labels, return_counts=True)[1] / len(labels), base=2)
    >>> check.gain(lambda y, x: h(y) - np.mean([h(y[x == v]) for v in np.unique(x)]))
    Traceback (most recent call last):
    exercises.engine.CheckFailed: ✗ gain: case 1 of 7, outlook of the fourteen days
      input     labels = [0, 0, 1, 1, 1, 0, 1, 0, 1, 1, 1, 1, 1, 0], \
split = [0, 0, 1, 2, 2, 2, 1, 0, 0, 2, 0, 1, 1, 2]
      expected  0.2467498198 bits
      got       0.2929855624
      slip      all groups count alike. Weight each by its share of the cases.
    """
    run_cases("gain", function, _GAIN)


def best_cut(function: Callable[[np.ndarray, np.ndarray], float]) -> None:
    """Check a function from numbers x and labels to the largest gain in bits of a cut x ≤ t.

    Where all x are equal nothing can be parted, and the gain is 0. Prints ✓ or "not yet"; raises
    CheckFailed at the first case that is wrong.

    A right answer agrees on all eight cases:

    >>> import numpy as np
    >>> from exercises import check
    >>> from lib import information_gain
    >>> check.best_cut(lambda x, y: max(information_gain(y, x <= t, base=2) for t in x))
    ✓ best_cut: 8 cases agree with the largest lib.information_gain
    """
    run_cases("best_cut", function, _BEST_CUT)


# ---- the gain of a split -------------------------------------------------------------------------


def _gain(labels: Any, split: Any) -> Any:
    return joint.information_gain(labels, split, base=2)


def _shares(labels: Any, among: Any) -> Any:
    """Return the share of each value of `among` in labels."""
    return np.mean(labels == np.unique(among)[:, None], axis=1)


def _entropy(labels: Any) -> Any:
    return H(_shares(labels, labels))


def _groups(labels: Any, split: Any) -> list[Any]:
    return [labels[split == value] for value in np.unique(split)]


def _left(labels: Any, split: Any) -> Any:
    """Return H(Y given X)."""
    return sum(len(group) * _entropy(group) for group in _groups(labels, split)) / len(labels)


def _gini(labels: Any) -> Any:
    return 1 - np.sum(_shares(labels, labels) ** 2)


def _gini_saved(labels: Any, split: Any) -> Any:
    left = sum(len(group) * _gini(group) for group in _groups(labels, split)) / len(labels)
    return _gini(labels) - left


def _reverse(labels: Any, split: Any) -> Any:
    """Return the mean divergence of the parent from the children."""
    parent = _shares(labels, labels)
    return sum(
        len(group) * measures.kl_divergence(parent, _shares(group, labels), base=2)
        for group in _groups(labels, split)
    ) / len(labels)


def _ratio(labels: Any, split: Any) -> Any:
    return _gain(labels, split) / max(_entropy(split), 1e-300)


def _divergences(labels: Any, split: Any) -> Any:
    parent = _shares(labels, labels)
    return [
        measures.kl_divergence(_shares(group, labels), parent, base=2)
        for group in _groups(labels, split)
    ]


_PLAY = [0, 0, 1, 1, 1, 0, 1, 0, 1, 1, 1, 1, 1, 0]
_OUTLOOK = [0, 0, 1, 2, 2, 2, 1, 0, 0, 2, 0, 1, 1, 2]

_GAIN = Table(
    reference=_gain,
    agrees_with="lib.information_gain",
    parameters=("labels", "split"),
    cases=[
        Case("outlook of the fourteen days", (_PLAY, _OUTLOOK)),
        Case("wind of the fourteen days", (_PLAY, [0, 1, 0, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 1])),
        Case("three labels, groups of 5 and 2", ([0, 1, 2, 0, 0, 2, 2], [1, 1, 0, 1, 1, 1, 0])),
        Case("equal shares in both groups", ([0, 1, 0, 1], [0, 0, 1, 1])),
        Case("a group for each case", ([0, 1, 2, 0], [0, 1, 2, 3])),
        Case("numbers with gaps", ([7, -3, 7, 7, -3, 12, 7], [40, 40, 5, 5, 5, -1, -1])),
        Case("one label only", ([1, 1, 1], [0, 1, 0])),
    ],
    slips=[
        Slip("this is what is left, H(Y|X). Take it off H(Y).", gives(_left)),
        Slip(
            "groups whose number is negative are left out. Take the numbers that occur.",
            gives(lambda y, x: _entropy(y) - np.mean(x >= 0) * _left(y[x >= 0], x[x >= 0])),
        ),
        Slip(
            "all groups count alike. Weight each by its share of the cases.",
            gives(lambda y, x: _entropy(y) - np.mean([_entropy(group) for group in _groups(y, x)])),
        ),
        Slip(
            "the groups' entropies are added up. Weight each by its share of the cases.",
            gives(lambda y, x: _entropy(y) - sum(_entropy(group) for group in _groups(y, x))),
        ),
        Slip(
            "all groups' divergences count alike. Weight each by its share of the cases.",
            gives(lambda y, x: np.mean(_divergences(y, x))),
        ),
        Slip(
            "the groups' divergences are added up. Weight each by its share of the cases.",
            gives(lambda y, x: np.sum(_divergences(y, x))),
        ),
        Slip(
            "this is what all cases save together. Divide by their number.",
            gives(lambda y, x: len(y) * _gain(y, x)),
        ),
        Slip("this is the gain ratio. Don't divide by H(X).", gives(_ratio)),
        Slip("this is H(Y), and the split is not used.", gives(lambda y, x: _entropy(y))),
        Slip("this is the entropy of the groups, H(X).", gives(lambda y, x: _entropy(x))),
        Slip(
            "this is the entropy of the pairs, H(X, Y). The gain is H(X) + H(Y) minus that.",
            gives(lambda y, x: _entropy(x) + _left(y, x)),
        ),
        Slip("this is what the Gini impurity loses.", gives(_gini_saved)),
        Slip(
            "the parent stands first. The gain averages D(child‖parent).",
            lambda got, expected, y, x: same(got, _reverse(y, x)),
        ),
        Slip(
            "labels and groups are exchanged in H(Y) − H(Y|X).",
            gives(lambda y, x: _entropy(y) - _left(x, y)),
        ),
    ],
    general=BITS,
)


# ---- the best cut --------------------------------------------------------------------------------


def _cuts(x: Any, labels: Any) -> Any:
    """Return the gain of each cut of x."""
    return np.array([_gain(labels, x <= t) for t in np.unique(x)[:-1]])


def _best(x: Any, labels: Any) -> Any:
    return _cuts(x, labels).max(initial=0.0)


def _in_order(labels: Any) -> Any:
    """Return the largest gain of a cut of the labels as they stand."""
    return _best(np.arange(len(labels)), labels)


def _pairs_parted(x: Any, labels: Any) -> Any:
    """Return the largest gain of a cut that also parts equal values, as they are sorted."""
    return _in_order(labels[np.argsort(x, kind="stable")])


def _threshold(x: Any, labels: Any) -> Any:
    gains, values = _cuts(x, labels), np.unique(x)
    i = gains.argmax()
    return (values[i] + values[i + 1]) / 2


def _wide(x: Any, labels: Any) -> Any:
    """Return the largest gain of a cut in a gap that a grid of 1,000 steps would meet."""
    gaps = np.diff(np.unique(x))
    return _cuts(x, labels)[gaps > np.ptp(x) / 1_000].max(initial=0.0)


def _where_cut(f: Callable[[Any, Any], Any]) -> Callable[..., bool]:
    """Recognise a slip by its number, where there is a cut at all."""
    recognised = gives(f)
    return lambda got, expected, x, labels: (
        np.unique(x).size > 1 and recognised(got, expected, x, labels)
    )


_BEST_CUT = Table(
    reference=_best,
    agrees_with="the largest lib.information_gain",
    parameters=("x", "labels"),
    cases=[
        # Here no two wrong results of the slips below are alike, so each gets its own name.
        Case("eight values", ([2.1, 4.3, 3.2, 4.5, 4.2, 1.4, 4.0, 4.7], [2, 0, 1, 2, 1, 2, 2, 1])),
        Case("best at the right end", ([2.5, 0.25, 1.75, 0.5, 1.5, 0.75], [1, 0, 0, 0, 0, 1])),
        Case("three values, each twice", ([1.0, 2.0, 1.0, 3.0, 2.0, 3.0], [0, 0, 0, 0, 1, 1])),
        Case("equal values, other labels", ([2.0, 2.0, 1.0, 2.0, 2.0], [0, 0, 0, 1, 1])),
        Case("below and above 0", ([-0.2, 0.1, -0.3, 0.4], [5, 9, 5, 5])),
        Case("labels in turn", ([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0], [0, 1, 0, 1, 0, 1, 0])),
        Case("a narrow gap", ([0.0, 0.001, 0.002, 10.0], [0, 0, 1, 0])),
        Case("all values equal", ([2.0, 2.0, 2.0], [0, 1, 1])),
    ],
    slips=[
        Slip(
            "all values are equal here, so there is no cut to try. The gain is then 0.",
            lambda got, expected, x, labels: np.unique(x).size == 1 and not np.isfinite(got).all(),
        ),
        # The next four differ from the largest gain in a case that tries just that.
        Slip(
            "the last cut is left out. Try each gap between neighbouring values.",
            _where_cut(lambda x, y: _cuts(x, y)[:-1].max(initial=0.0)),
        ),
        Slip(
            "the first cut is left out. Try each gap between neighbouring values.",
            _where_cut(lambda x, y: _cuts(x, y)[1:].max(initial=0.0)),
        ),
        Slip(
            "the midpoints are taken between values as they stand. Sort x first.",
            _where_cut(lambda x, y: max(_gain(y, x <= t) for t in (x[1:] + x[:-1]) / 2)),
        ),
        Slip(
            "a narrow gap is missed. Don't try a grid; try each gap between neighbouring values.",
            _where_cut(_wide),
        ),
        Slip(
            "this is the number of the best cut. Return what it gains.",
            _where_cut(lambda x, y: _cuts(x, y).argmax()),
        ),
        Slip(
            "each value has a group of its own. A cut has two, x ≤ t and x > t.",
            gives(lambda x, y: _gain(y, x)),
        ),
        Slip(
            "one value is parted from all others. A cut has two sides, x ≤ t and x > t.",
            _where_cut(lambda x, y: max(_gain(y, x == t) for t in np.unique(x))),
        ),
        Slip(
            "the labels were cut as they stand. Sort them by x first.",
            gives(lambda x, y: _in_order(y)),
        ),
        Slip(
            "equal values were parted. No threshold can do that; cut between different ones only.",
            gives(_pairs_parted),
        ),
        Slip("this is a threshold. Return what it gains.", _where_cut(_threshold)),
        Slip(
            "this is the smallest gain. Take the largest.",
            _where_cut(lambda x, y: _cuts(x, y).min()),
        ),
        Slip(
            "this is 0, what a threshold at the largest value gains. Take the largest gain.",
            _where_cut(lambda x, y: 0.0),
        ),
        Slip(
            "this is the mean over all cuts. Take the largest.",
            _where_cut(lambda x, y: _cuts(x, y).mean()),
        ),
        Slip(
            "this is the gain of the first cut alone. Does the return stand inside the loop?",
            _where_cut(lambda x, y: _cuts(x, y)[0]),
        ),
        Slip(
            "this is the gain of the last cut alone. Keep the largest, don't replace it.",
            _where_cut(lambda x, y: _cuts(x, y)[-1]),
        ),
        Slip(
            "this is the cut at the median. Try all.",
            gives(lambda x, y: _gain(y, x <= np.median(x))),
        ),
        Slip(
            "this is the cut at the mean. Try all.",
            gives(lambda x, y: _gain(y, x <= np.mean(x))),
        ),
        Slip(
            "this is what is left after the best cut. Take it off H(Y).",
            _where_cut(lambda x, y: _entropy(y) - _best(x, y)),
        ),
        Slip(
            "this is what all cases save together. Divide by their number.",
            gives(lambda x, y: len(y) * _best(x, y)),
        ),
        Slip(
            "this is what the Gini impurity loses at best.",
            _where_cut(lambda x, y: max(_gini_saved(y, x <= t) for t in np.unique(x)[:-1])),
        ),
        Slip(
            "this is the largest gain ratio. Don't divide by H(X).",
            _where_cut(lambda x, y: max(_ratio(y, x <= t) for t in np.unique(x)[:-1])),
        ),
    ],
    general=General(
        slips=BITS.slips,
        other_unit=BITS.other_unit,
        troubles=[
            Trouble(
                "all values are equal here, so there is no cut to try. The gain is then 0.",
                lambda error, x, labels: (
                    np.unique(x).size == 1
                    and error_with(ValueError, "empty", "zero-size", "argmax")(error)
                ),
            ),
            *BITS.troubles,
        ],
    ),
)
