"""What checks that ask for bits share: measures in base 2, and the slips that all of them know."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from exercises.plain import CLOSE, ONE_NUMBER, SIGN, WRAPPED
from exercises.slips import General, Slip, Trouble, has_zero, same, scaled
from lib import measures


def surprise(q: Any) -> Any:
    """Return the surprisal in bits."""
    return measures.surprisal(q, base=2)


def _bits(measure: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *args: measure(*args, base=2)


H = _bits(measures.entropy)
CE = _bits(measures.cross_entropy)
KL = _bits(measures.kl_divergence)

LN2, _LOG10_2 = math.log(2), math.log10(2)

_SLIPS = [
    Slip(
        "the natural logarithm was used, so this is in nats. For bits use log2, or divide by ln 2.",
        scaled(LN2),
    ),
    Slip("log10 was used. For bits use log2.", scaled(_LOG10_2)),
    SIGN,
    Slip("the sign is wrong, and the natural logarithm gives nats, not bits.", scaled(-LN2)),
    Slip(
        "0 · log 0 came out as nan. By convention it is 0: add up only where p > 0.",
        lambda got, expected, *args: (
            has_zero(args[:1]) and bool(np.isfinite(expected).all() and np.isnan(got).any())
        ),
    ),
    Slip(
        "an impossible outcome that does happen costs infinitely much. An epsilon, a clip, "
        "nan_to_num or a 0 in its place hides that.",
        lambda got, expected, *args: (
            got.shape == np.shape(expected) and bool((np.isinf(expected) & ~np.isinf(got)).any())
        ),
    ),
    CLOSE,
    WRAPPED,
    Slip(
        "this is the array of terms. Return their sum.",
        lambda got, expected, *args: got.ndim > 0 and same(np.nansum(got), expected),
    ),
    ONE_NUMBER,
    Slip(
        "one number is expected for each probability in p.",
        lambda got, expected, *args: got.shape != np.shape(expected),
    ),
]

BITS = General(
    slips=_SLIPS,
    other_unit=(LN2, "Also, it is in nats; for bits use log2."),
    troubles=[
        Trouble(
            "a probability is 0 here: log(0) and 1/0 are errors outside NumPy.",
            lambda error, *args: (
                isinstance(error, ValueError | ZeroDivisionError)
                and has_zero(args)
                and any(word in str(error) for word in ("math domain", "positive input", "zero"))
            ),
        ),
    ],
)
