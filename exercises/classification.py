"""Exercises of the chapter on classification: logits, the loss and its slope, in nats."""

from collections.abc import Callable

import numpy as np

from exercises.engine import Case, Table, run_cases
from exercises.nats import FAILS_OF_EXP, NATS, at, largest, one_hot, raw_log_softmax, sum_of_exp
from exercises.slips import Slip, gives, same
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
    exercises.engine.CheckFailed: ✗ log_softmax: case 3 of 7, the same logits, all 1000 higher
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
    exercises.engine.CheckFailed: ✗ cross_entropy_from_logits: case 1 of 7, two samples
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
        Case("a logit far below the others", ([-720.0, 0.0, 0.5],)),
        Case("an outcome that is all but ruled out", ([1000.0, -800.0],)),
        Case("three axes", ([[[1.0, 2.0]], [[3.0, 2.0]]],)),
        Case("two rows far apart", (_FAR_APART,)),
    ],
    slips=[
        Slip("these are the probabilities. Return their logarithms.", gives(logits.softmax)),
        Slip(
            "the sum runs over everything. Each row has its own: axis=-1, keepdims=True.",
            lambda got, expected, z: z.ndim > 1 and same(got, raw_log_softmax(z, None)),
        ),
        Slip(
            "the sum runs along axis 0. The outcomes lie on the last axis: axis=-1, keepdims=True.",
            lambda got, expected, z: z.ndim > 1 and same(got, raw_log_softmax(z, 0)),
        ),
        Slip(
            "the largest logit was subtracted inside the sum only. It has to come off z too.",
            gives(lambda z: logits.log_softmax(z) + largest(z)),
        ),
        Slip(
            "these are the logits minus their largest. log Σ is missing.",
            gives(lambda z: z - largest(z)),
        ),
        Slip(
            "the largest logit was subtracted from z, but not inside the sum.",
            gives(lambda z: logits.log_softmax(z) - largest(z)),
        ),
        Slip(
            "Σ exp(z) was subtracted. Its logarithm is needed.",
            gives(lambda z: z - np.exp(z).sum(axis=-1, keepdims=True)),
        ),
        Slip(
            "Σ exp(z − max z) was subtracted. Its logarithm is needed.",
            gives(lambda z: z - largest(z) - np.exp(z - largest(z)).sum(-1, keepdims=True)),
        ),
        Slip(
            "log Σ was added. Subtract it.",
            gives(lambda z: 2 * z - logits.log_softmax(z)),
        ),
        Slip(
            "the mean of exp z stands in place of the sum.",
            gives(lambda z: logits.log_softmax(z) + np.log(z.shape[-1])),
        ),
        Slip(
            "log1p adds 1 to the sum, which holds all terms already. Use log.",
            gives(lambda z: z - largest(z) - np.log1p(sum_of_exp(z))),
        ),
        Slip(
            "each logit went through a sigmoid of its own. The outcomes share one sum.",
            gives(lambda z: -np.logaddexp(0, -z)),
        ),
        Slip(
            "z was divided by its sum. Softmax divides exp z by the sum of exp z.",
            gives(lambda z: np.log(z / z.sum(axis=-1, keepdims=True))),
        ),
        *FAILS_OF_EXP,
    ],
    unit=" nats",
    general=NATS,
)  # fmt: skip


_LOSS_FROM_LOGITS = Table(
    reference=logits.cross_entropy_from_logits,
    agrees_with="lib.cross_entropy_from_logits",
    parameters=("classes", "z"),
    cases=[
        Case("two samples", ([0, 2], _BATCH)),
        Case("three samples", ([1, 0, 1], [[1.0, 3.0, 2.0], [0.0, 0.0, 0.0], [2.0, -1.0, 0.5]])),
        Case("logits of a thousand", ([0, 1], [[1001.0, 1000.0], [1003.0, 1000.0]])),
        Case("a logit far below the others", ([0, 1], [[-720.0, 0.0, 0.5], [-720.0, 0.0, 0.5]])),
        Case(
            "a class that the model all but rules out",
            ([1, 0], [[1000.0, -800.0], [1000.0, -800.0]]),
        ),
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
            gives(lambda t, z: -np.log(at(z, t))),
        ),
        Slip(
            "these are the logits of the classes with a minus sign. log Σ exp(z) is missing.",
            gives(lambda t, z: -at(z, t)),
        ),
        Slip(
            "these are the probabilities of the classes. Take −log.",
            gives(lambda t, z: at(logits.softmax(z), t)),
        ),
        Slip(
            "softmax ran along axis 0, over the samples. The outcomes lie on the last axis.",
            lambda got, expected, t, z: len(z) > 1 and same(got, -at(raw_log_softmax(z, 0), t)),
        ),
        Slip(
            "softmax ran over everything. Each row has its own sum: axis=-1, keepdims=True.",
            lambda got, expected, t, z: len(z) > 1 and same(got, -at(raw_log_softmax(z, None), t)),
        ),
        Slip(
            "these are the losses of all classes. Take that of each sample's own class.",
            gives(lambda t, z: -logits.log_softmax(z)),
        ),
        Slip(
            "these are the losses of the likeliest classes. Take those of the given ones.",
            gives(lambda t, z: -logits.log_softmax(z).max(axis=-1)),
        ),
        Slip(
            "this is divided by the number of samples. Return the losses themselves.",
            lambda got, expected, t, z: len(z) > 1 and same(got, expected / len(z)),
        ),
        Slip(
            "this is 1 − p of the classes. Take −log p.",
            gives(lambda t, z: 1 - at(logits.softmax(z), t)),
        ),
        Slip(
            "each class was taken for a coin of its own, with a sigmoid. Here one class is right.",
            lambda got, expected, t, z: (
                same(got, at(np.logaddexp(0, -z), t))
                or same(got, np.logaddexp(0, z).sum(axis=-1) - at(z, t))
            ),
        ),
        Slip(
            "the classes were counted from 1. Here they count from 0.",
            gives(lambda t, z: -at(logits.log_softmax(z), t - 1)),
        ),
        Slip(
            "[:, classes] takes the columns of all samples in each row. Take one number of each "
            "row: [np.arange(len(classes)), classes].",
            lambda got, expected, t, z: same(got, -logits.log_softmax(z)[:, t]),
        ),
        *FAILS_OF_EXP,
    ],
    unit=" nats",
    general=NATS,
)


_LOSS_GRADIENT = Table(
    reference=logits.cross_entropy_gradient,
    agrees_with="lib.cross_entropy_gradient",
    parameters=("p", "z"),
    cases=[
        Case("a one-hot label", ([[0.0, 1.0, 0.0]], [[2.0, 1.0, -1.0]])),
        Case("two soft targets", ([[0.5, 0.3, 0.2], [0.1, 0.1, 0.8]], _BATCH)),
        Case("the target is met", ([[0.5, 0.5]], [[3.0, 3.0]])),
        Case("logits of a thousand", ([[0.0, 1.0]], [[1001.0, 1000.0]])),
        Case("logits far apart", ([[0.0, 1.0], [0.5, 0.5]], [[1000.0, -800.0], [0.0, 1.0]])),
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
            "this is softmax − 1 for every class. The 1 belongs to the target alone.",
            gives(lambda p, z: logits.softmax(z) - 1),
        ),
        Slip(
            "this is 1 − softmax. The gradient is softmax − target.",
            gives(lambda p, z: 1 - logits.softmax(z)),
        ),
        Slip(
            "this is twice the gradient. The 2 belongs to squared errors.",
            lambda got, expected, p, z: same(got, 2 * expected),
        ),
        Slip(
            "these are the logits minus the target. Take their softmax first.",
            gives(lambda p, z: z - p),
        ),
        Slip(
            "the target was added. Subtract it.",
            gives(lambda p, z: logits.softmax(z) + p),
        ),
        Slip(
            "the target was made one-hot with argmax. A soft target counts with all its numbers.",
            gives(lambda p, z: logits.softmax(z) - one_hot(p)),
        ),
        Slip(
            "the largest logit was taken for the target. The target is p.",
            gives(lambda p, z: logits.softmax(z) - one_hot(z)),
        ),
        Slip(
            "this is the slope of softmax, q(1 − q), not of the loss.",
            gives(lambda p, z: logits.softmax(z) * (1 - logits.softmax(z))),
        ),
        Slip(
            "each logit went through a sigmoid of its own. The outcomes share one sum.",
            gives(lambda p, z: 1 / (1 + np.exp(-z)) - p),
        ),
        Slip(
            "these are the losses. Return their slopes, one for each logit.",
            gives(lambda p, z: logits.cross_entropy_from_logits(p, z)),
        ),
        Slip(
            "this is the sum or the mean over the outcomes. Return a slope for each logit.",
            lambda got, expected, p, z: (
                same(got, expected.mean(axis=-1)) or same(got, expected.sum(axis=-1))
            ),
        ),
        Slip(
            "this is the sum or the mean over the samples. Return the gradient of each loss.",
            lambda got, expected, p, z: (
                got.shape != expected.shape
                and (same(got, expected.mean(axis=0)) or same(got, expected.sum(axis=0)))
            ),
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
                len(z) > 1 and same(got, np.exp(raw_log_softmax(z, None)) - p)
            ),
        ),
        Slip("this is −target. The slope of log Σ exp(z) is missing: softmax.",
              gives(lambda p, z: -p)),
        Slip(
            "this is target · (softmax − 1), each term's slope in its own logit. Through log Σ "
            "exp(z) each term depends on all logits.",
            gives(lambda p, z: p * (logits.softmax(z) - 1)),
        ),
        *FAILS_OF_EXP,
    ],
    unit=" nats per unit of a logit",
    general=NATS,
    tolerance=(1e-5, 1e-6),  # of slopes from differences
)  # fmt: skip
