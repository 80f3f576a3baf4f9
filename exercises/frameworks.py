"""Exercises of the chapter on frameworks: what a KL loss and a weighted loss divide by."""

from collections.abc import Callable
from typing import Any

import numpy as np

from exercises.engine import Case, Table, run_cases
from exercises.nats import NATS, PLAIN_NATS, at
from exercises.slips import Slip, Trouble, error_with, gives, same
from lib import logits

__all__ = ["kl_loss", "weighted_loss"]

IGNORED = -100


def kl_loss(function: Callable[[np.ndarray, np.ndarray], float]) -> None:
    """Check a function from log q and pmfs p, of any shape, to their mean D(p‖q) in nats.

    The outcomes lie on the last axis; the mean runs over all others. What both exclude adds 0.
    A target with a negative entry or a nan is to be refused: by nan, inf or an error.
    Prints ✓ or "not yet"; raises CheckFailed at the first case that is wrong.

    The mean over all elements is too small by the number of outcomes:

    >>> import numpy as np
    >>> from exercises import check
    >>> check.kl_loss(lambda log_q, p: np.mean(p * (np.log(p) - log_q)))
    Traceback (most recent call last):
    exercises.engine.CheckFailed: ✗ kl_loss: case 1 of 8, one list
      input     log_q = [-1.204, -0.511, -2.303], p = [0.5, 0.3, 0.2]
      expected  0.1862469859 nats
      got       0.06208232865
      slip      this is divided by the number of all elements. Divide by that of distributions.
    """
    run_cases("kl_loss", function, _KL_LOSS)


def weighted_loss(function: Callable[[np.ndarray, np.ndarray, np.ndarray], float]) -> None:
    """Check a function from classes (n,), logits (n, K) and weights (K,) to PyTorch's mean loss.

    It divides by the weights of the samples that count; a class of −100 does not.
    Prints ✓ or "not yet"; raises CheckFailed at the first case that is wrong.

    A right answer agrees on all six cases:

    >>> from exercises import check
    >>> from lib import log_softmax
    >>> def my_loss(classes, z, weight):
    ...     z, classes = z[classes != -100], classes[classes != -100]
    ...     losses = -log_softmax(z)[range(len(z)), classes]
    ...     return weight[classes] @ losses / weight[classes].sum()
    >>> check.weighted_loss(my_loss)
    ✓ weighted_loss: 6 cases agree with PyTorch's formula
    """
    run_cases("weighted_loss", function, _WEIGHTED_LOSS)


# ---- the KL loss ---------------------------------------------------------------------------------


def _rows(log_q: Any, p: Any) -> Any:
    """Return D(p‖q) of each row; outcomes that p excludes add 0, a negative p makes nan."""
    kept = p != 0  # p > 0 would leave out what is negative, logarithms say, and nan
    terms = np.zeros(p.shape)
    with np.errstate(invalid="ignore"):
        terms[kept] = p[kept] * (np.log(p[kept]) - log_q[kept])
    return terms.sum(axis=-1)


def _mean(log_q: Any, p: Any) -> Any:
    return _rows(log_q, p).mean()


def _of_probabilities(log_q: Any, p: Any) -> Any:
    return _mean(np.exp(log_q), p)


def _cross_entropy(log_q: Any, p: Any) -> Any:
    return -np.where(p > 0, p * log_q, 0.0).sum(axis=-1).mean()


def _with_log_target(log_q: Any, p: Any) -> Any:
    return (np.exp(p) * (p - log_q)).sum(axis=-1).mean()


_LOG_Q = [-1.204, -0.511, -2.303]
_P = [0.5, 0.3, 0.2]
_OTHER = [-0.916, -0.693, -2.303]
_OTHER_P = [0.2, 0.2, 0.6]

_KL_LOSS = Table(
    reference=_mean,
    agrees_with="the mean of D(p‖q) over all distributions",
    parameters=("log_q", "p"),
    cases=[
        Case("one list", (_LOG_Q, _P)),
        Case("two rows", ([_LOG_Q, _OTHER], [_P, _OTHER_P])),
        Case(
            "two sequences of two tokens",
            ([[_LOG_Q, _OTHER], [_OTHER, _OTHER]], [[_P, _OTHER_P], [_P, _P]]),
        ),
        Case("a zero in p", ([_LOG_Q], [[0.5, 0.5, 0.0]])),
        Case("an outcome that both exclude", ([[-0.511, -0.916, -np.inf]], [[0.5, 0.5, 0.0]])),
        Case("an outcome that q alone excludes", ([[-0.511, -0.916, -np.inf]], [_P])),
        Case("a target in logarithms", ([_LOG_Q], [[-0.693, -1.204, -1.609]])),
        Case("a target with a nan", ([_LOG_Q], [[0.5, 0.3, np.nan]])),
    ],
    refuses=True,
    slips=[
        Slip(
            "p is no pmf here, and the result hides it. p > 0 and nansum leave out in silence what "
            "is negative or nan; leave out the zeros alone, with p != 0.",
            lambda got, expected, *args: bool(np.isnan(expected).all() and np.isfinite(got).all()),
        ),
        Slip(
            "this is divided by the number of all elements. Divide by that of distributions.",
            gives(lambda log_q, p: _rows(log_q, p).sum() / p.size),
        ),
        Slip(
            "this is the sum over all distributions. Divide by their number.",
            gives(lambda log_q, p: _rows(log_q, p).sum()),
        ),
        Slip(
            "this is divided by the length of the first axis alone, so a sequence's tokens add up. "
            "Divide by the number of distributions.",
            gives(lambda log_q, p: _rows(log_q, p).sum() / len(p)),
        ),
        Slip(
            "these are the divergences of the rows. Return their mean.",
            gives(_rows),
        ),
        Slip(
            "these are the terms. Add them up over the last axis and take the mean of the rows.",
            gives(lambda log_q, p: p * (np.log(p) - log_q)),
        ),
        Slip(
            "log_q was taken for probabilities, and its exponential for their logarithm.",
            gives(_of_probabilities),
        ),
        Slip(
            "p and q are swapped: this is the mean of D(q‖p).",
            gives(lambda log_q, p: _mean(np.log(p), np.exp(log_q))),
        ),
        Slip(
            "this is the cross-entropy. Subtract the entropy of p.",
            gives(_cross_entropy),
        ),
        Slip(
            "p was taken for logarithms, as log_target=True does.",
            gives(_with_log_target),
        ),
        Slip(
            "the signs of the terms were dropped with abs. Only the sum is never negative.",
            gives(lambda log_q, p: np.abs(p * (np.log(p) - log_q)).sum(axis=-1).mean()),
        ),
        Slip(
            "0 · log 0 or 0 · −∞ came out as nan. Add up only where p != 0.",
            lambda got, expected, log_q, p: (
                np.shape(got) == np.shape(expected)
                and bool(np.isfinite(expected).all() and np.isnan(got).all() and (p == 0).any())
            ),
        ),
        Slip(
            "what the model excludes and happens costs infinitely much; something here hides that.",
            lambda got, expected, *args: bool(
                np.isinf(expected).all() and np.ndim(got) == 0 and np.isfinite(got)
            ),
        ),
    ],
    unit=" nats",
    general=PLAIN_NATS,
)


# ---- the weighted loss ---------------------------------------------------------------------------


def _parts(classes: Any, z: Any, weight: Any) -> tuple[Any, Any]:
    """Return the losses and the weights of the samples that count."""
    kept = classes != IGNORED
    return -at(logits.log_softmax(z[kept]), classes[kept]), weight[classes[kept]]


def _weighted(classes: Any, z: Any, weight: Any) -> Any:
    losses, w = _parts(classes, z, weight)
    return (losses * w).sum() / w.sum()


def _with_parts(f: Callable[..., Any]) -> Callable[..., bool]:
    """Recognise a slip in putting the parts together: f(losses, weights, n)."""
    return gives(lambda classes, z, weight: f(*_parts(classes, z, weight), len(classes)))


def _first_for_ignored(classes: Any, z: Any, weight: Any) -> Any:
    """Return the loss where −100 is no class to be left out, but the first one instead."""
    return _weighted(np.where(classes == IGNORED, 0, classes), z, weight)


_THREE = [[2.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 3.0]]

_WEIGHTED_LOSS = Table(
    reference=_weighted,
    agrees_with="PyTorch's formula",
    parameters=("classes", "z", "weight"),
    cases=[
        Case("a class of weight 10", ([0, 0, 2], _THREE, [1.0, 1.0, 10.0])),
        Case("even weights", ([0, 1, 1], _THREE, [1.0, 1.0, 1.0])),
        Case("weights below 1", ([2, 1, 0], _THREE, [0.5, 0.25, 0.125])),
        Case("an ignored sample", ([0, -100, 2], _THREE, [1.0, 2.0, 4.0])),
        Case("a class of weight 0", ([1, 1, 0], _THREE, [2.0, 0.0, 1.0])),
        Case("large logits", ([0, 1], [[1000.0, 998.0], [0.0, 1.0]], [1.0, 3.0])),
    ],
    slips=[
        Slip(
            "this is divided by the number of samples. Divide by the sum of their weights.",
            lambda got, expected, *args: any(
                _with_parts(one)(got, expected, *args)
                for one in (
                    lambda losses, w, n: (losses * w).sum() / n,
                    lambda losses, w, n: (losses * w).mean(),  # of those that count
                )
            ),
        ),
        Slip(
            "the weights are missing.",
            _with_parts(lambda losses, w, n: losses.mean()),
        ),
        Slip(
            "this is the weighted sum. Divide by the sum of the weights.",
            _with_parts(lambda losses, w, n: (losses * w).sum()),
        ),
        Slip(
            "these are the weighted losses. Return their sum, divided by that of the weights.",
            _with_parts(lambda losses, w, n: losses * w),
        ),
        Slip(
            "these are the losses of the samples. Return one number.",
            _with_parts(lambda losses, w, n: losses),
        ),
        Slip(
            "this is divided by the sum of the weights of all classes. Each sample brings the "
            "weight of its own class.",
            gives(lambda classes, z, weight: np.dot(*_parts(classes, z, weight)) / weight.sum()),
        ),
        Slip(
            "the weights stand in the divisor alone.",
            _with_parts(lambda losses, w, n: losses.sum() / w.sum()),
        ),
        Slip(
            "the sample with class −100 is counted. Leave it out, above and below.",
            gives(_first_for_ignored),
        ),
        Slip(
            "the ignored sample is left out above, and its weight still stands below.",
            lambda got, expected, classes, z, weight: (
                bool((classes == IGNORED).any()) and _is_divided_by_all(got, classes, z, weight)
            ),
        ),
        Slip(
            "exp of a large logit has no room in a float. Subtract the largest logit first.",
            lambda got, expected, classes, z, weight: (
                np.ndim(got) == 0 and z.max() > 700 and not np.isfinite(got)
            ),
        ),
        Slip(
            "z was taken for log-probabilities. Take log_softmax first.",
            gives(
                lambda classes, z, weight: (
                    (
                        -at(z[classes >= 0], classes[classes >= 0]) * _parts(classes, z, weight)[1]
                    ).sum()
                    / _parts(classes, z, weight)[1].sum()
                )
            ),
        ),
    ],
    unit=" nats",
    general=NATS._replace(
        troubles=[
            Trouble(
                "a class of −100 is no column. Leave those samples out first.",
                error_with(IndexError, "index -100 "),
            ),
            *NATS.troubles,
        ]
    ),
)


def _is_divided_by_all(got: Any, classes: Any, z: Any, weight: Any) -> bool:
    """Is the divisor that of all samples, with any class in place of the ignored one?"""
    losses, w = _parts(classes, z, weight)
    extra = (classes == IGNORED).sum()
    return any(same(got, (losses * w).sum() / (w.sum() + extra * one)) for one in weight)
