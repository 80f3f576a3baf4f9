"""What checks share that go from logits to nats: how exp and log fail, and how that looks."""

from typing import Any

import numpy as np

from exercises.bits import LN2
from exercises.plain import CLOSE, PLAIN, SHAPES, SIGN
from exercises.slips import General, Slip, Trouble, error_with, same, scaled
from lib.checks import was_single

# exp is inf above 709.8 and 0 below −745.1 in double precision.
_LARGE = 700

IN_BITS = Slip("log2 was used, so this is in bits. Use the natural logarithm.", scaled(1 / LN2))
# Of what is in nats and does not come from logits alone.
PLAIN_NATS = General(slips=[IN_BITS, *PLAIN.slips])

_EPSILON = Slip(
    "an epsilon or a clip inside the logarithm caps the surprise. Don't go by way of the "
    "probabilities: log p = z − max z − log Σ exp(z − max z).",
    lambda got, expected, *args: (
        got.shape == np.shape(expected)
        and bool(np.isfinite(got).all())
        and bool(((np.abs(expected) > 100) & (np.abs(got) < 100)).any())
    ),
)


def _spread(z: np.ndarray) -> Any:
    return np.max(np.max(z, axis=-1) - np.min(z, axis=-1))


NATS = General(
    slips=[
        IN_BITS,
        Slip("log10 was used. Use the natural logarithm.", scaled(1 / np.log(10))),
        SIGN,
        _EPSILON,
        CLOSE,
        *SHAPES,
    ],
    other_unit=(1 / LN2, "Also, it is in bits; use the natural logarithm."),
    troubles=[
        Trouble(
            "an axis was lost on the way: max and sum over the last axis need keepdims=True, so "
            "that each row gets its own.",
            lambda error, *args: (
                args[-1].ndim > 1 and error_with(ValueError, "could not be broadcast")(error)
            ),
        ),
        Trouble(
            "z may have any number of axes. The last of them is axis=-1.",
            error_with(ValueError, "out of bounds for array of dimension"),
        ),
        Trouble(
            "the classes count the columns of z, not its rows: one number of each row is "
            "[np.arange(len(classes)), classes].",
            error_with(IndexError, "out of bounds for axis 0"),
        ),
        Trouble(
            "exp of a large number has no room in a float. Of the logits of a row minus the "
            "largest of them, none is above 0.",
            error_with(OverflowError),
        ),
        Trouble(
            "a probability became 0 before its logarithm was taken. Don't go by way of the "
            "probabilities: log p = z − max z − log Σ exp(z − max z).",
            lambda error, *args: (
                _spread(args[-1]) > _LARGE
                and error_with(ValueError, "math domain", "positive input")(error)
            ),
        ),
    ],
)


def _not_finite(got: np.ndarray, z: np.ndarray) -> Any:
    """Return for each row of z whether the result has something in it that is no number."""
    return (~np.isfinite(got)).any(axis=-1) if got.ndim == z.ndim else ~np.isfinite(got)


def _breaks_rows(rows: Any, got: np.ndarray, expected: np.ndarray, z: np.ndarray) -> bool:
    """Are just these rows no numbers, and all others right?"""
    if got.shape != np.shape(expected):
        return False
    broken, rows = _not_finite(got, z), np.asarray(rows)
    return bool(rows.any() and (broken == rows).all()) and same(got[~rows], expected[~rows])


def _is_overflow(got: np.ndarray, expected: np.ndarray, *args: Any) -> bool:
    z = args[-1]
    return _breaks_rows((z > _LARGE).all(axis=-1), got, expected, z)


def _is_one_largest(got: np.ndarray, expected: np.ndarray, *args: Any) -> bool:
    """Are just those rows no numbers from which the largest logit of all is too far away?"""
    z = args[-1]
    return z.ndim > 1 and _breaks_rows(z.max(axis=-1) < z.max() - _LARGE, got, expected, z)


def _is_wrong_shift(got: np.ndarray, expected: np.ndarray, *args: Any) -> bool:
    """Are just those rows no numbers whose logits are far from each other?"""
    z = args[-1]
    far = z.max(axis=-1) - z.min(axis=-1) > _LARGE
    return _breaks_rows(far, got, expected, z)


def _is_infinite_where_far(got: np.ndarray, expected: np.ndarray) -> bool:
    """Is the result right, but infinite for outcomes that are all but ruled out?"""
    if got.shape != np.shape(expected):
        return False
    far = np.abs(expected) > _LARGE
    infinite = np.isinf(got) & (np.sign(got) == np.sign(expected))
    return bool(far.any() and (infinite == far).all()) and same(got[~far], expected[~far])


_ONE_LARGEST = Slip(
    "the largest of all rows was subtracted; each row has its own: axis=-1, keepdims=True.",
    _is_one_largest,
)
_OVERFLOW = Slip(
    "exp of a large logit has no room in a float. Subtract the largest logit first.",
    _is_overflow,
)
_WRONG_SHIFT = Slip(
    "what was subtracted is not the largest logit, so exp of what is left has no room in a float.",
    _is_wrong_shift,
)
# exp(720) is inf, but exp(−720) is not yet 0, unless in single precision.
_DIFFERENCES = Slip(
    "exp of a difference of two logits, z_j − z_k, has no room in a float. Subtract the largest: "
    "log p = z − max z − log Σ exp(z − max z).",
    lambda got, expected, *args: (
        _spread(args[-1]) < 740
        and _is_infinite_where_far(got, expected)
        and not was_single(got[np.isfinite(got)])
    ),
)
_UNDERFLOW = Slip(
    "a probability became 0 before its logarithm was taken. Don't go by way of the probabilities: "
    "log p = z − max z − log Σ exp(z − max z).",
    lambda got, expected, *args: _is_infinite_where_far(got, expected),
)
FAILS_OF_EXP = [_ONE_LARGEST, _OVERFLOW, _DIFFERENCES, _UNDERFLOW, _WRONG_SHIFT]


# ---- parts of what slips return ------------------------------------------------------------------


def raw_log_softmax(z: np.ndarray, axis: int | None) -> np.ndarray:
    """Return z − log Σ exp(z) with the sum over `axis`, or over everything."""
    shifted = z - z.max(axis=axis, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=axis, keepdims=True))


def largest(z: np.ndarray) -> np.ndarray:
    """Return the largest logit of each row, the axis kept."""
    return z.max(axis=-1, keepdims=True)


def sum_of_exp(z: np.ndarray) -> np.ndarray:
    """Return Σ exp(z − max z) of each row, the axis kept."""
    return np.exp(z - largest(z)).sum(axis=-1, keepdims=True)


def one_hot(z: np.ndarray) -> np.ndarray:
    """Return rows with a 1 at the largest number."""
    return np.eye(z.shape[-1])[z.argmax(axis=-1)]


def at(table: np.ndarray, classes: np.ndarray) -> np.ndarray:
    """Return one number of each row, that of its class."""
    return table[np.arange(len(classes)), classes]
