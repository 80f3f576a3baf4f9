"""Exercises of the chapter on classification: logits, the loss and its slope, in nats."""

from collections.abc import Callable
from typing import Any

import numpy as np

from exercises.bits import LN2
from exercises.engine import Case, General, Slip, Table, gives, run_cases, same, scaled
from lib import logits

__all__ = ["cross_entropy_from_logits", "cross_entropy_gradient", "log_softmax"]


def log_softmax(function: Callable[[np.ndarray], np.ndarray]) -> None:
    """Check a function from logits z, a row or rows of them, to the logs of their probabilities.

    The logs are natural, the outcomes lie on the last axis, and a logit may have any size.
    Prints ✓ or "not yet"; raises CheckFailed at the first case that is wrong.

    The formula as it stands in books is right until a logit is large:

    >>> import numpy as np
    >>> from exercises import check
    >>> check.log_softmax(lambda z: z - np.log(np.exp(z).sum(axis=-1, keepdims=True)))
    Traceback (most recent call last):
    exercises.engine.CheckFailed: ✗ log_softmax: case 3 of 6, the same logits, all 1000 higher
      input     z = [1002.0, 1001.0, 999.0]
      expected  [-0.349 -1.349 -3.349] nats
      got       [-inf -inf -inf]
      slip      exp of a large logit has no room in a float. Subtract the largest logit first.
    """
    run_cases("log_softmax", function, _LOG_SOFTMAX)


def cross_entropy_from_logits(function: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> None:
    """Check a function from classes (n,) and logits z (n, K) to the n losses, in nats.

    Prints ✓ or "not yet"; raises CheckFailed at the first case that is wrong.

    One loss for each sample is asked for, not their mean:

    >>> from exercises import check
    >>> from lib import log_softmax
    >>> def my_loss(classes, z):
    ...     return -log_softmax(z)[range(len(z)), classes].mean()
    >>> check.cross_entropy_from_logits(my_loss)
    Traceback (most recent call last):
    exercises.engine.CheckFailed: ✗ cross_entropy_from_logits: case 1 of 6, two samples
      input     classes = [0, 2], z = [[2.0, 1.0, -1.0], [0.0, 0.5, 1.0]]
      expected  [0.349  0.6803] nats
      got       0.5146409437
      slip      this is the mean over the samples. Return a loss for each of them.
    """
    run_cases("cross_entropy_from_logits", function, _LOSS_FROM_LOGITS)


def cross_entropy_gradient(function: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> None:
    """Check a function from pmfs p (n, K) and logits z (n, K) to the slope of each loss in z.

    Prints ✓ or "not yet"; raises CheckFailed at the first case that is wrong.

    A right answer agrees on all five cases:

    >>> from exercises import check
    >>> from lib import softmax
    >>> check.cross_entropy_gradient(lambda p, z: softmax(z) - p)
    ✓ cross_entropy_gradient: 5 cases agree with lib.cross_entropy_gradient
    """
    run_cases("cross_entropy_gradient", function, _LOSS_GRADIENT)


_SLIPS_IN_NATS = [
    Slip("log2 was used, so this is in bits. Use the natural logarithm.", scaled(1 / LN2)),
    Slip("the minus sign is missing, or there is one too many.", scaled(-1)),
    Slip(
        "an epsilon or a clip inside the logarithm caps the surprise. Don't go by way of the "
        "probabilities: log p = z − max z − log Σ exp(z − max z).",
        lambda got, expected, *args: (
            got.shape == np.shape(expected)
            and bool(np.isfinite(got).all())
            and bool(((np.abs(expected) > 100) & (np.abs(got) < 100)).any())
        ),
    ),
    Slip(
        "close, but off by more than rounding. Is an epsilon added inside the logarithm, or the "
        "result clipped or rounded?",
        lambda got, expected, *args: (
            got.shape == np.shape(expected) and bool((np.abs(got - expected) < 1e-3).all())
        ),
    ),
    Slip(
        "the result has another shape than the one expected.",
        lambda got, expected, *args: got.shape != np.shape(expected),
    ),
]

_NATS = General(
    slips=_SLIPS_IN_NATS,
)


def _is_wrong_in_far_rows(got: np.ndarray, expected: np.ndarray, *args: Any) -> bool:
    """Are just those rows no numbers from which the largest logit of all is too far away?"""
    z = args[-1]
    if z.ndim < 2 or got.shape != np.shape(expected):
        return False
    far = z.max(axis=-1) < z.max() - 700
    wrong = ~np.isfinite(got)
    wrong = wrong.any(axis=-1) if got.ndim == z.ndim else wrong
    return bool(far.any()) and bool((wrong == far).all())


_ONE_LARGEST = Slip(
    "the largest of all rows was subtracted; each row has its own: axis=-1, keepdims=True.",
    _is_wrong_in_far_rows,
)
_OVERFLOW = Slip(
    "exp of a large logit has no room in a float. Subtract the largest logit first.",
    lambda got, expected, *args: np.max(args[-1]) > 700 and not np.isfinite(got).all(),
)
_UNDERFLOW = Slip(
    "a probability became 0 before its logarithm was taken. Don't go by way of the probabilities: "
    "log p = z − max z − log Σ exp(z − max z).",
    lambda got, expected, *args: not np.isfinite(got).all() and bool(np.isfinite(expected).all()),
)


def _raw_log_softmax(z: np.ndarray, axis: int | None) -> np.ndarray:
    """Return z − log Σ exp(z) with the sum over `axis`, or over everything."""
    largest = z.max(axis=axis, keepdims=True)
    return z - largest - np.log(np.exp(z - largest).sum(axis=axis, keepdims=True))


def _largest(z: np.ndarray) -> np.ndarray:
    return z.max(axis=-1, keepdims=True)


def _at(table: np.ndarray, classes: np.ndarray) -> np.ndarray:
    return table[np.arange(len(classes)), classes]


_BATCH = [[2.0, 1.0, -1.0], [0.0, 0.5, 1.0]]
_FAR_APART = [[1000.0, 999.0], [0.0, 1.0]]


_LOG_SOFTMAX = Table(
    reference=logits.log_softmax,
    agrees_with="lib.log_softmax",
    parameters=("z",),
    cases=[
        Case("three logits", ([2.0, 1.0, -1.0],)),
        Case("two rows", (_BATCH,)),
        Case("the same logits, all 1000 higher", ([1002.0, 1001.0, 999.0],)),
        Case("an outcome that is all but ruled out", ([0.0, -800.0],)),
        Case("three axes", ([[[1.0, 2.0]], [[3.0, 2.0]]],)),
        Case("two rows far apart", (_FAR_APART,)),
    ],
    slips=[
        Slip("these are the probabilities. Return their logarithms.", gives(logits.softmax)),
        Slip(
            "the sum runs over everything. Each row has its own: axis=-1, keepdims=True.",
            lambda got, expected, z: z.ndim > 1 and same(got, _raw_log_softmax(z, None)),
        ),
        Slip(
            "the sum runs along axis 0. The outcomes lie on the last axis: axis=-1, keepdims=True.",
            lambda got, expected, z: z.ndim > 1 and same(got, _raw_log_softmax(z, 0)),
        ),
        Slip(
            "the largest logit was subtracted inside the sum only. It has to come off z too.",
            gives(lambda z: logits.log_softmax(z) + _largest(z)),
        ),
        Slip("these are the logits minus their largest. log Σ is missing.",
              gives(lambda z: z - _largest(z))),
        _ONE_LARGEST,
        _OVERFLOW,
        _UNDERFLOW,
    ],
    unit=" nats",
    general=_NATS,
)  # fmt: skip


_LOSS_FROM_LOGITS = Table(
    reference=logits.cross_entropy_from_logits,
    agrees_with="lib.cross_entropy_from_logits",
    parameters=("classes", "z"),
    cases=[
        Case("two samples", ([0, 2], _BATCH)),
        Case("three samples", ([1, 0, 1], [[1.0, 3.0, 2.0], [0.0, 0.0, 0.0], [2.0, -1.0, 0.5]])),
        Case("logits of a thousand", ([0, 1], [[1001.0, 1000.0], [1003.0, 1000.0]])),
        Case("a class that the model all but rules out", ([1], [[0.0, -800.0]])),
        Case("one sample", ([1], [[-2.0, 3.0]])),
        Case("two rows far apart", ([1, 0], _FAR_APART)),
    ],
    slips=[
        Slip(
            "this is the mean over the samples. Return a loss for each of them.",
            lambda got, expected, *args: (
                got.ndim == 0 and expected.size > 1 and same(got, np.mean(expected))
            ),
        ),
        Slip(
            "this is the sum over the samples. Return a loss for each of them.",
            lambda got, expected, *args: got.ndim == 0 and same(got, np.sum(expected)),
        ),
        Slip(
            "softmax was applied twice: probabilities were taken for logits. Nothing fails then, "
            "and no loss comes near 0.",
            gives(lambda t, z: logits.cross_entropy_from_logits(t, logits.softmax(z))),
        ),
        Slip(
            "the logits were taken for probabilities. Take their softmax, in logarithms.",
            gives(lambda t, z: -np.log(_at(z, t))),
        ),
        Slip(
            "these are the logits of the classes with a minus sign. log Σ exp(z) is missing.",
            gives(lambda t, z: -_at(z, t)),
        ),
        Slip(
            "these are the probabilities of the classes. Take −log.",
            gives(lambda t, z: _at(logits.softmax(z), t)),
        ),
        Slip(
            "softmax ran along axis 0, over the samples. The outcomes lie on the last axis.",
            lambda got, expected, t, z: len(z) > 1 and same(got, -_at(_raw_log_softmax(z, 0), t)),
        ),
        Slip(
            "softmax ran over everything. Each row has its own sum: axis=-1, keepdims=True.",
            lambda got, expected, t, z: (
                len(z) > 1 and same(got, -_at(_raw_log_softmax(z, None), t))
            ),
        ),
        Slip(
            "the classes were counted from 1. Here they count from 0.",
            gives(lambda t, z: -_at(logits.log_softmax(z), t - 1)),
        ),
        Slip(
            "[:, classes] takes the columns of all samples in each row. Take one number of each "
            "row: [np.arange(len(classes)), classes].",
            lambda got, expected, t, z: same(got, -logits.log_softmax(z)[:, t]),
        ),
        _ONE_LARGEST,
        _OVERFLOW,
        _UNDERFLOW,
    ],
    unit=" nats",
    general=_NATS,
)


_LOSS_GRADIENT = Table(
    reference=logits.cross_entropy_gradient,
    agrees_with="lib.cross_entropy_gradient",
    parameters=("p", "z"),
    cases=[
        Case("a one-hot label", ([[1.0, 0.0, 0.0]], [[2.0, 1.0, -1.0]])),
        Case("two soft targets", ([[0.5, 0.3, 0.2], [0.1, 0.1, 0.8]], _BATCH)),
        Case("the target is met", ([[0.5, 0.5]], [[3.0, 3.0]])),
        Case("logits of a thousand", ([[0.0, 1.0]], [[1001.0, 1000.0]])),
        Case("two rows far apart", ([[0.0, 1.0], [0.5, 0.5]], _FAR_APART)),
    ],
    slips=[
        Slip(
            "this is target − softmax, the way down. The gradient points up: softmax − target.",
            lambda got, expected, *args: same(got, -expected) and bool(np.any(expected)),
        ),
        Slip("these are the probabilities. Subtract the target.",
              gives(lambda p, z: logits.softmax(z))),
        Slip(
            "this is the slope in each probability, −p/q. The slope in the logits is asked for.",
            gives(lambda p, z: -p / logits.softmax(z)),
        ),
        Slip(
            "this is log softmax − target. The first term is the probability itself.",
            gives(lambda p, z: logits.log_softmax(z) - p),
        ),
        Slip(
            "this is the gradient of the mean over the samples. Don't divide by their number.",
            lambda got, expected, p, z: len(z) > 1 and same(got, expected / len(z)),
        ),
        Slip(
            "this is divided by the number of outcomes. Their losses are added, not averaged.",
            gives(lambda p, z: (logits.softmax(z) - p) / z.shape[-1]),
        ),
        Slip(
            "softmax ran along axis 0, over the samples. The outcomes lie on the last axis.",
            lambda got, expected, p, z: same(got, logits.softmax(z, axis=0) - p),
        ),
        Slip(
            "softmax ran over everything. Each row has its own sum: axis=-1, keepdims=True.",
            lambda got, expected, p, z: (
                len(z) > 1 and same(got, np.exp(_raw_log_softmax(z, None)) - p)
            ),
        ),
        Slip("this is −target. The slope of log Σ exp(z) is missing: softmax.",
              gives(lambda p, z: -p)),
        Slip(
            "this is target · (softmax − 1), each term's slope in its own logit. Through log Σ "
            "exp(z) each term depends on all logits.",
            gives(lambda p, z: p * (logits.softmax(z) - 1)),
        ),
        _ONE_LARGEST,
        _OVERFLOW,
    ],
    unit=" nats per unit of a logit",
    general=_NATS,
)  # fmt: skip
